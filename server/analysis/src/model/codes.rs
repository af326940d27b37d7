//! Ids of letters and digits without anything between, `T1`, which names of parts and norms look like:
//! `TB6612`, `MP3`.

/// Most letters of such an id.
const MOST_LETTERS: usize = 6;

/// What parts an id from the words behind it.
const PARTING: [char; 5] = [':', ')', '.', ',', ']'];

/// Dashes that do.
const DASHES: [&str; 4] = [" - ", " -- ", " – ", " — "];

/// Whether the id that a text begins with is one wherever it stands: something parts its letters from its
/// digits, or all of it from the words behind it, or its number is filled up with noughts, `T001`.
pub(super) fn is_parted(text: &str, id: &str) -> bool {
    let behind = text.get(id.len()..).unwrap_or_default();
    let digits = &id[letters(id).len()..];
    let is_filled_up = digits.starts_with('0') && (2..=3).contains(&digits.len());
    is_filled_up
        || id.contains(['-', '.'])
        || behind.is_empty()
        || behind.starts_with(PARTING)
        || DASHES.iter().any(|dash| behind.starts_with(dash))
}

/// Whether letters and a digit say how much something is wanted, `P0` to `P3`, and not which it is, where
/// nothing counts on from there.
pub(super) fn is_priority(code: &str) -> bool {
    matches!(code, "P0" | "P1" | "P2" | "P3")
}

/// The letters with which items of a text begin that count on: `T1 Log in` and `T2 Log out` do.
pub(super) fn counting(text: &str) -> Vec<String> {
    let mut codes = in_items(text);
    codes.sort_unstable();
    codes.dedup();
    let same = codes.chunk_by(|(one, _), (two, _)| one == two).filter(|all| all.len() > 1);
    let is_levels = |all: &&[(&str, &str)]| {
        all.iter().all(|(letters, digits)| is_priority(&format!("{letters}{digits}")))
    };
    let same = same.filter(|all| !is_levels(all));
    same.map(|all| all[0].0.to_owned()).collect()
}

/// The letters of such an id.
pub(super) fn letters(id: &str) -> &str {
    id.trim_end_matches(|c: char| c.is_ascii_digit())
}

/// What the items of a text begin with that is an id, or looks like one: its letters, and its digits.
pub(super) fn in_items(text: &str) -> Vec<(&str, &str)> {
    text.lines().filter_map(in_item).collect()
}

fn in_item(line: &str) -> Option<(&str, &str)> {
    let line = line.trim_start_matches([' ', '\t', '>']);
    let number = line.trim_start_matches(|c: char| c.is_ascii_digit());
    let item = match number.len() < line.len() {
        true => number.strip_prefix(['.', ')']),
        false => line.strip_prefix(['-', '*', '+']),
    }?;
    let item = item.strip_prefix([' ', '\t'])?.trim_start();
    let boxed = item.strip_prefix('[').and_then(|it| it.split_once("] "));
    let item = boxed.filter(|(mark, _)| mark.chars().count() < 3).map_or(item, |(_, words)| words);
    let item = item.trim_start_matches(|c: char| !c.is_alphanumeric());
    let letters = item.len() - item.trim_start_matches(|c: char| c.is_ascii_uppercase()).len();
    let rest = &item[letters..];
    let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let goes_on = rest[digits..].starts_with(|c: char| c.is_alphanumeric() || c == '_');
    let is_code = (1..=MOST_LETTERS).contains(&letters) && digits > 0 && !goes_on;
    is_code.then(|| (&item[..letters], &rest[..digits]))
}

#[cfg(test)]
mod tests {
    use super::{counting, in_items, is_parted};

    #[test]
    fn items_begin_with_letters_that_count_on() {
        let text = "- [ ] T1 Log in\n  1. [x] **T2** Log out\n- TB6612 to the left\n- [ ] TB6612 to the \
                    right\nU1 is none\n- U2x\n+ ✅ U3\n- [Link](U4) 5\n> - [~] T10\n";
        let found =
            [("T", "1"), ("T", "2"), ("TB", "6612"), ("TB", "6612"), ("U", "3"), ("T", "10")];
        assert_eq!(in_items(text), found);
        assert_eq!(counting(text), ["T"]);
        let levels = "- [ ] P0 Log in\n- [ ] P1 Log out\n";
        assert!(counting(levels).is_empty());
        assert_eq!(counting(&format!("{levels}- [ ] P4 Sign in\n")), ["P"]);
    }

    #[test]
    fn an_id_is_parted_from_what_stands_beside_it() {
        for text in ["T1", "T1: Log in", "T1. Log in", "T1) Log in", "T1 — Log in", "T1 - Log in"]
        {
            assert!(is_parted(text, "T1"), "{text}");
        }
        assert!(is_parted("T001 Log in", "T001") && !is_parted("R0603 to the left", "R0603"));
        assert!(is_parted("T-1 Log in", "T-1") && is_parted("T1.2 Log in", "T1.2"));
        assert!(!is_parted("T1 Log in", "T1") && !is_parted("T1 (by hand)", "T1"));
    }
}
