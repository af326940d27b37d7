//! The marks of boxes that a file explains itself: `- `[d]` = deferred`.

/// The marks of which a text says in words what they mean, outside of boxes. Nobody but its authors knows
/// in which status such a box is.
pub(super) fn explained(text: &str) -> Vec<char> {
    // Most texts name no mark: to look for one in all of a text is less work than in each of its lines.
    if !text.contains("`[") {
        return Vec::new();
    }
    let mut marks: Vec<char> = text.lines().flat_map(in_line).collect();
    marks.sort_unstable();
    marks.dedup();
    marks
}

/// Whether a text names a mark where it may explain it.
pub(super) fn may_explain(text: &str) -> bool {
    named(text).next().is_some()
}

/// The marks that a text names as `` `[d]` ``, and where that begins and ends.
fn named(text: &str) -> impl Iterator<Item = (char, usize, usize)> {
    text.match_indices("`[").filter_map(|(at, _)| {
        let mut rest = text[at + 2..].chars();
        let mark = rest.next()?;
        let behind = rest.as_str().strip_prefix("]`")?;
        Some((mark, at, text.len() - behind.len()))
    })
}

/// What stands between a mark and what it means.
const BETWEEN: [char; 10] = ['=', ':', '→', '–', '—', '-', '>', ' ', '*', '_'];

/// What a text says that a mark means, up to the end of the line.
pub(crate) fn meaning(text: &str, mark: char) -> Option<&str> {
    let of_line = |line| {
        let own = in_line(line).any(|it| it == mark).then(|| named(line))?;
        own.filter(|(it, ..)| *it == mark).map(|(.., end)| &line[end..]).next()
    };
    text.lines().find_map(of_line).map(|behind| behind.trim_start().trim_start_matches(BETWEEN))
}

/// The marks that a line explains.
fn in_line(line: &str) -> impl Iterator<Item = char> {
    let says = |at: usize, end: usize| {
        let before = line[..at].trim_end();
        let behind = line[end..].trim_start();
        let meaning = behind.trim_start_matches(BETWEEN);
        let is_first = before.trim_start_matches(['-', '*', '+', '>', ' ', '\t']).is_empty();
        let is_next = before.ends_with([':', '·', ',', ';', '/', '|']);
        meaning.starts_with(char::is_alphabetic)
            && (meaning.len() < behind.len() || is_first || is_next)
    };
    named(line).filter(move |(_, at, end)| says(*at, *end)).map(|(mark, ..)| mark)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_explained_where_words_follow_it() {
        let legends = [
            "- `[d]` = deferred (mobile)",
            "- `[d]` Deferred",
            "> `[d]`: deferred",
            "> - `[d]` — **deferred** until spring",
            "Legend: `[x]` done · `[d]` deferred",
            "Marks: `[d]` → deferred",
        ];
        let others =
            ["- [d] Log in", "Stories for phones = `[d]`.", "They write `[d]` there", "`[d]`"];
        for text in legends {
            assert!(may_explain(text) && explained(text).contains(&'d'), "{text}");
            assert!(!explained(text).contains(&'e'), "{text}");
        }
        for text in others {
            assert_eq!(explained(text), [], "{text}");
        }
        assert!(!may_explain("`[name]` and `[` and `[é"));
    }
}
