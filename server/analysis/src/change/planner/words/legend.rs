//! The words that a text explains as those of its statuses: `` | `pending` | Nobody has begun | ``.

/// What stands between a word and what it means in a list.
const BETWEEN: [char; 7] = ['=', ':', '→', '–', '—', '-', '|'];

/// The words that each list or table explains: one in backticks begins each of its lines, and what it
/// means follows. Where a word begins two lines, it is a column of a table of something else.
pub(super) fn explained(text: &str) -> Vec<Vec<&str>> {
    // Most texts have none: to look for one in all of a text is less work than in each of its lines.
    if !text.contains('`') {
        return Vec::new();
    }
    let mut all = vec![Vec::new()];
    for line in text.lines() {
        match (word(line), all.last_mut()) {
            (Some(word), Some(last)) => last.push(word),
            (None, Some(last)) if !last.is_empty() => all.push(Vec::new()),
            _ => {}
        }
    }
    let is_apart = |words: &Vec<&str>| {
        let mut sorted = words.clone();
        sorted.sort_unstable();
        words.len() > 1 && sorted.windows(2).all(|two| two[0] != two[1])
    };
    all.retain(is_apart);
    all
}

/// The word that a line explains.
fn word(line: &str) -> Option<&str> {
    let line = line.trim_start().trim_start_matches("> ").trim_start();
    let rest = line.strip_prefix(['|', '-', '*'])?.trim_start().trim_start_matches('*');
    let (word, behind) = rest.strip_prefix('`')?.split_once('`')?;
    let behind = behind.trim_start_matches('*').trim_start();
    let meaning = behind.strip_prefix(BETWEEN)?.trim_start();
    meaning.starts_with(char::is_alphabetic).then_some(word)
}

#[cfg(test)]
mod tests {
    use super::explained;

    #[test]
    fn words_in_backticks_are_explained_by_what_follows_them() {
        let legends = [
            "| Status | Meaning |\n|---|---|\n| `pending` | Not begun |\n| `done` | All is there |\n",
            "- `pending` — not begun\n- `done` — all is there\n",
            "> * **`pending`**: not begun\n> * **`done`**: all is there\n",
        ];
        for text in legends {
            assert_eq!(explained(text), [["pending", "done"]], "{text}");
        }
        let others = [
            "| `done` | Draw |\n| `done` | Print |\n",
            "| Draw | `done` |\n| Print | `open` |\n",
            "- `done`\n- `open`\n",
            "- `done` — all is there\n\nIt is `open`.\n",
        ];
        for text in others {
            assert!(explained(text).is_empty(), "{text}");
        }
    }
}
