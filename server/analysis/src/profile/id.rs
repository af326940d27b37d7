//! Ids of tasks: one spelling inside, many in the files.

use std::cmp::Ordering;
use std::fmt;
use std::ops::Range;
use std::sync::{Arc, LazyLock};

use regex::{Captures, Regex};

/// A task's id in its normal form: numbers without leading zeros, other ids as written.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TaskId {
    text: Arc<str>,
    /// Kept, since every look into an index compares ids many times.
    number: Option<u64>,
}

impl TaskId {
    /// The id spelled `text` in normal form already.
    pub fn new(text: &str) -> TaskId {
        // A sign is no part of a number: `+1` is an id of its own.
        let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
        let number = is_number.then(|| text.parse().ok()).flatten();
        TaskId { text: Arc::from(text), number }
    }

    /// As text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether it is nobody's by chance: letters, and digits behind a hyphen, as in `T-01` or `P7-S9-01`.
    /// `3` and `A1` begin again with each list.
    pub fn is_telling(&self) -> bool {
        let behind = self.text.split('-').skip(1);
        self.text.starts_with(|c: char| c.is_ascii_alphabetic())
            && behind.last().is_some_and(|last| last.starts_with(|c: char| c.is_ascii_digit()))
    }

    /// As a number, where it is one.
    pub fn number(&self) -> Option<u64> {
        self.number
    }
}

impl fmt::Display for TaskId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// As a person counts: each run of digits by its size, what stands between them as text. `1.2` comes
/// before `1.10`, and both behind `1` and before `2`.
impl Ord for TaskId {
    fn cmp(&self, other: &TaskId) -> Ordering {
        let counted = match (self.number, other.number) {
            (Some(a), Some(b)) => a.cmp(&b),
            _ => as_counted(self.text.as_bytes(), other.text.as_bytes()),
        };
        // Leading zeros tell apart what is the same size.
        counted.then_with(|| self.text.cmp(&other.text))
    }
}

fn as_counted(mut a: &[u8], mut b: &[u8]) -> Ordering {
    loop {
        let (Some(x), Some(y)) = (a.first(), b.first()) else { return a.len().cmp(&b.len()) };
        let order = if x.is_ascii_digit() && y.is_ascii_digit() {
            let (x, y) = (take_digits(&mut a), take_digits(&mut b));
            x.len().cmp(&y.len()).then_with(|| x.cmp(y))
        } else {
            let order = x.cmp(y);
            (a, b) = (&a[1..], &b[1..]);
            order
        };
        if order.is_ne() {
            return order;
        }
    }
}

/// Takes the digits that `text` begins with off it; they are returned without leading zeros.
fn take_digits<'a>(text: &mut &'a [u8]) -> &'a [u8] {
    let end = text.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    *text = rest;
    &digits[digits.iter().take_while(|digit| **digit == b'0').count()..]
}

impl PartialOrd for TaskId {
    fn partial_cmp(&self, other: &TaskId) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// A number without its leading zeros, with the small letter that may stand behind it: `5b` of `05b`.
/// Anything else as it is.
fn without_zeros(text: &str) -> &str {
    let digits = text.strip_suffix(|c: char| c.is_ascii_lowercase()).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return text;
    }
    let zeros = digits.bytes().take_while(|byte| *byte == b'0').count();
    &text[zeros.min(digits.len() - 1)..]
}

/// How ids are written in files and by people.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IdStyle {
    /// Prefixes that are no part of the id; matched without regard to case. `*-` is any word of letters
    /// with a hyphen and a digit behind it.
    pub prefixes: Vec<String>,
    /// Whether digits, alone or with one small letter behind them, are a number, so that leading zeros do
    /// not count.
    pub number: bool,
    /// Whether an id holds where it stands only: the same id elsewhere is another task.
    pub local: bool,
    /// Words that, with a hyphen and a number behind them, name something else than a task.
    pub others: Vec<String>,
}

impl IdStyle {
    /// The id that `text` spells; `None` for an empty one.
    pub fn parse(&self, text: &str) -> Option<TaskId> {
        let mut rest = text.trim();
        // None is left before the id, which read again would be another one.
        while let shorter = self.behind_prefixes(rest)
            && shorter.len() < rest.len()
        {
            rest = shorter;
        }
        if rest.is_empty() {
            return None;
        }
        Some(TaskId::new(if self.number { without_zeros(rest) } else { rest }))
    }

    fn behind_prefixes<'t>(&self, text: &'t str) -> &'t str {
        let mut rest = text;
        for prefix in &self.prefixes {
            if let Some(separator) = prefix.strip_prefix('*') {
                let behind = behind_word(rest, separator);
                let word = &rest[..rest.len() - behind.len()];
                let word = word.strip_suffix(separator).unwrap_or(word);
                if !self.others.iter().any(|other| other.eq_ignore_ascii_case(word)) {
                    rest = behind;
                }
                continue;
            }
            if let Some(head) = rest.get(..prefix.len())
                && head.eq_ignore_ascii_case(prefix)
            {
                rest = rest[prefix.len()..].trim_start();
            }
        }
        rest
    }

    /// Every id that a list such as `12, Task 13, #14` or `Tasks 1-4` names. What stands in
    /// parentheses is a remark or the target of a link; a date, `1.2`, an address and `PR #3` are no id.
    pub fn parse_list(&self, text: &str) -> Vec<TaskId> {
        self.spelled_in(text).into_iter().map(|(id, _)| id).collect()
    }

    /// As [`IdStyle::parse_list`], each with the part of the text that names it: an id within `1-4`
    /// is named by all of that.
    pub fn spelled_in(&self, text: &str) -> Vec<(TaskId, Range<usize>)> {
        let mut ids = Vec::new();
        let mut left = MOST_BY_RANGES;
        let mut previous: Option<u64> = None;
        let mut depth = 0usize;
        let mut listed = String::with_capacity(text.len());
        for c in text.chars() {
            depth += usize::from(matches!(c, '(' | '（'));
            match depth {
                0 => listed.push(c),
                // Every byte keeps its place.
                _ => listed.extend(std::iter::repeat_n(' ', c.len_utf8())),
            }
            depth = depth.saturating_sub(usize::from(matches!(c, ')' | '）')));
        }
        if says_none(&listed) {
            return ids;
        }
        let listed = without_others(listed);
        let place = |part: &str| {
            let start = part.as_ptr() as usize - listed.as_ptr() as usize;
            start..start + part.len()
        };
        for word in listed.split(|c: char| !c.is_alphanumeric() && c != '-' && c != '–') {
            if is_date(word) {
                continue;
            }
            if let Some(range) = lettered_range(word, left) {
                left -= range.len();
                ids.extend(range.into_iter().map(|id| (id, place(word))));
                continue;
            }
            if word.starts_with(|c: char| c.is_ascii_uppercase()) && word.contains('-') {
                ids.extend(named(word).map(|id| (id, place(word))));
                continue;
            }
            for (at, part) in word.split(['-', '–']).enumerate() {
                let Ok(number) = part.parse::<u64>() else {
                    previous = None;
                    ids.extend(named(part).map(|id| (id, place(part))));
                    continue;
                };
                if let Some(first) = previous.filter(|_| at > 0) {
                    let between = numbers_between(first, number, left);
                    left -= between.len();
                    ids.extend(between.into_iter().map(|id| (id, place(word))));
                }
                ids.push((TaskId::new(&number.to_string()), place(part)));
                previous = Some(number);
            }
        }
        ids
    }
}

/// Whether a list begins with a word for none: what stands behind it is a remark.
fn says_none(listed: &str) -> bool {
    static NONE: LazyLock<Option<Regex>> = LazyLock::new(|| {
        let words = "none|nothing|n/a|no dependenc(?:y|ies)|keine|aucune?|ning[uú]na?|nenhuma?|nessuna?|нет|无|無|なし|없음";
        Regex::new(&format!(r"(?i)^[^\w]*(?:{words})(?:[^\w]|$)")).ok()
    });
    NONE.as_ref().is_some_and(|none| none.is_match(listed))
}

/// A list with blanks instead of what holds digits and names no task that is waited for: `10.1`, `v2.0`,
/// `PR #3`, `Step 4`, `before Task 5`, an address. Every byte keeps its place.
fn without_others(listed: String) -> String {
    static OTHERS: LazyLock<Option<Regex>> = LazyLock::new(|| {
        let dotted = r"[\w-]*[0-9]\.[0-9][\w.-]*";
        let parts = r"\b(?i:steps?|stages?|sprints?|weeks?|days?)[ -]*#?[0-9]+";
        let later = r"\b(?i:before|blocks)\s+(?:(?i:tasks?)\s+)?#?[0-9]+";
        let merged = r"\b(?:PR|MR)s?[ -]*[#!]?[0-9]+";
        Regex::new(&format!(r"[A-Za-z]+://\S+|{merged}|{parts}|{later}|{dotted}")).ok()
    });
    let Some(others) = OTHERS.as_ref().filter(|it| it.is_match(&listed)) else { return listed };
    let blank = |found: &Captures<'_>| " ".repeat(found[0].len());
    others.replace_all(&listed, blank).into_owned()
}

/// So many ids of one list are named by ranges: a few letters in somebody's file name no millions. Of a
/// longer range at most the ends are named.
pub(super) const MOST_BY_RANGES: usize = 1000;

/// Whether what stands between two ids has them be the ends of a range.
pub(crate) fn is_range(between: &str) -> bool {
    let between = between.trim().to_ascii_lowercase();
    let between = between.trim_end_matches(['0', '_', '#', ' ']);
    let between = between.strip_suffix("task").unwrap_or(between).trim_end();
    matches!(between, "-" | "–" | "—" | ".." | "..." | "to" | "through")
}

/// The ids between two that are numbers, or letters with numbers; none if there are more than `most`.
pub(super) fn between(first: &TaskId, last: &TaskId, most: usize) -> Vec<TaskId> {
    if let (Ok(first), Ok(last)) = (first.as_str().parse(), last.as_str().parse()) {
        return numbers_between(first, last, most);
    }
    let all = lettered_range(&format!("{first}-{last}"), most).unwrap_or_default();
    all.into_iter().filter(|id| id != first && id != last).collect()
}

fn numbers_between(first: u64, last: u64, most: usize) -> Vec<TaskId> {
    let numbers = if is_short(first, last, most) { first + 1..last } else { 0..0 };
    numbers.map(|n| TaskId::new(&n.to_string())).collect()
}

/// Whether there are numbers after `first` up to `last`, and not more than `most`.
fn is_short(first: u64, last: u64, most: usize) -> bool {
    let n = last.checked_sub(first).and_then(|n| usize::try_from(n).ok());
    n.is_some_and(|n| (1..=most).contains(&n))
}

/// The number behind any word of letters and this separator. Another word behind them would be taken
/// for a prefix when the id is read again, which then were another id.
fn behind_word<'t>(text: &'t str, separator: &str) -> &'t str {
    let letters = text.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(text.len());
    let behind = text.get(letters..).and_then(|rest| rest.strip_prefix(separator));
    behind
        .filter(|rest| letters > 0 && rest.starts_with(|c: char| c.is_ascii_digit()))
        .unwrap_or(text)
}

/// An id such as `T07` or `LOG-12`.
fn named(word: &str) -> Option<TaskId> {
    let letters = word.find(|c: char| !c.is_ascii_uppercase()).unwrap_or(word.len());
    let digits = word[letters..].strip_prefix('-').unwrap_or(&word[letters..]);
    let whole = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    (whole && (1..=6).contains(&letters)).then(|| TaskId::new(word))
}

/// Every id of a range such as `T001-T003`, in the width of the first; `None` if there are more than
/// `most`.
fn lettered_range(word: &str, most: usize) -> Option<Vec<TaskId>> {
    let (first, last) = word.split_once(['-', '–'])?;
    let cut = |id: &str| {
        let letters = id.find(|c: char| !c.is_ascii_uppercase()).filter(|at| *at > 0)?;
        let number: u64 = named(id)?.as_str()[letters..].parse().ok()?;
        Some((letters, number))
    };
    let ((letters, from), (other, to)) = (cut(first)?, cut(last)?);
    let is_range = first[..letters] == last[..other] && is_short(from, to, most.saturating_sub(1));
    let width = first.len() - letters;
    let id = |number: u64| TaskId::new(&format!("{}{number:0width$}", &first[..letters]));
    is_range.then(|| (from..=to).map(id).collect())
}

fn is_date(word: &str) -> bool {
    let parts: Vec<&str> = word.split('-').collect();
    parts.len() == 3
        && parts.iter().all(|part| part.bytes().all(|b| b.is_ascii_digit()))
        && parts[0].len() == 4
}

#[cfg(test)]
mod tests {
    use super::*;

    fn style() -> IdStyle {
        IdStyle { prefixes: vec!["task ".into(), "#".into()], number: true, ..IdStyle::default() }
    }

    #[test]
    fn zeros_and_prefixes_do_not_count() {
        for text in ["7", "007", "#7", "Task 007", "task #7"] {
            assert_eq!(style().parse(text).unwrap().as_str(), "7", "{text}");
        }
        assert_eq!(style().parse("000").unwrap().as_str(), "0");
        assert_eq!(style().parse("task 05b").unwrap().as_str(), "5b");
        assert_eq!(style().parse("00b").unwrap().as_str(), "0b");
        assert_eq!(style().parse("T07").unwrap().as_str(), "T07");
        assert_eq!(style().parse("07ab").unwrap().as_str(), "07ab");
        assert_eq!(style().parse(" # "), None);
    }

    #[test]
    fn ids_stand_as_a_person_counts() {
        let ordered = [
            "+5",
            "0",
            "01",
            "1",
            "1.1",
            "1.2",
            "1.10",
            "1.10.1",
            "2",
            "3.1",
            "10",
            "10a",
            "18446744073709551616",
            "T1",
            "T2",
            "T02a",
            "T10",
            "T10-b2",
            "T10-b10",
            "a",
        ];
        for (at, one) in ordered.iter().enumerate() {
            for (other_at, other) in ordered.iter().enumerate() {
                let order = TaskId::new(one).cmp(&TaskId::new(other));
                assert_eq!(order, at.cmp(&other_at), "{one} and {other}");
            }
        }
    }

    #[test]
    fn an_id_that_is_read_again_is_the_same() {
        let style = IdStyle {
            prefixes: vec!["*-".into()],
            number: true,
            others: vec!["epic".into()],
            ..IdStyle::default()
        };
        for (text, id) in [
            ("task-007", "7"),
            ("back-7.1", "7.1"),
            ("task-epic-11.2", "task-epic-11.2"),
            ("epic-11", "epic-11"),
            ("Epic-11", "Epic-11"),
        ] {
            let read = style.parse(text).unwrap();
            assert_eq!(read.as_str(), id);
            assert_eq!(style.parse(read.as_str()), Some(read));
        }
        let style = IdStyle { prefixes: vec!["task ".into(), "#".into()], ..style };
        for text in ["##7", "#task 7", "# Task #7"] {
            let read = style.parse(text).unwrap();
            assert_eq!(style.parse(read.as_str()), Some(read), "{text}");
        }
    }

    #[test]
    fn numbers_sort_by_size() {
        let mut ids: Vec<TaskId> = ["b", "10", "9", "a"].map(TaskId::new).to_vec();
        ids.sort();
        assert_eq!(ids.iter().map(TaskId::as_str).collect::<Vec<_>>(), ["9", "10", "a", "b"]);
    }

    #[test]
    fn lists_name_each_id_and_ranges_all_between() {
        let ids = style().parse_list("Tasks 1-4, #007 and 12");
        assert_eq!(
            ids.iter().map(TaskId::as_str).collect::<Vec<_>>(),
            ["1", "2", "3", "4", "7", "12"]
        );
        assert!(style().parse_list("None").is_empty());
    }

    #[test]
    fn the_ranges_of_one_list_name_so_many_ids_and_no_more() {
        for (word, n) in [("1-999", 997 + 2 * 400), ("T001-T999", 999), ("1-2", 2 * 400)] {
            let ids = style().parse_list(&[word; 400].join(", "));
            assert_eq!(ids.len(), n, "{word}");
        }
    }

    #[test]
    fn each_id_of_a_list_has_the_text_that_names_it() {
        let text = "größer (ü 9) 1-3, #007, T07";
        let named: Vec<_> = style()
            .spelled_in(text)
            .into_iter()
            .map(|(id, place)| format!("{id}={}", &text[place]))
            .collect();
        assert_eq!(named, ["1=1", "2=1-3", "3=3", "7=007", "T07=T07"]);
    }

    #[test]
    fn remarks_links_and_dates_name_no_ids() {
        let listed = |text: &str| {
            style().parse_list(text).iter().map(|id| id.as_str().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(listed("Task 3 (phase 2), #4 since 2025-12-01"), ["3", "4"]);
        assert_eq!(listed("[Task 12](specs/012_login/plans/implementation-001.md)"), ["12"]);
        assert_eq!(listed("None (see the notes of 2024 (May))"), [""; 0]);
        assert_eq!(listed("none. Execute **after Task 7 and before Task 8**"), [""; 0]);
        assert_eq!(listed("N/A - see 4"), [""; 0]);
        assert_eq!(listed("Task 4, live before Task 5 and for Step 2's walkthrough"), ["4"]);
        assert_eq!(listed("T07（beside T08 and 9）, 3"), ["T07", "3"]);
        assert_eq!(listed("nonesuch 3"), ["3"]);
        assert_eq!(listed("10.1, v2.0, Task 2.1, 3."), ["3"]);
        assert_eq!(listed("4, PR #1, PRs 2, https://a.example/issues/3, 5"), ["4", "5"]);
        assert_eq!(listed("T07, LOG-12, 1–3"), ["T07", "LOG-12", "1", "2", "3"]);
        assert_eq!(listed("T009-T011, T1–T2"), ["T009", "T010", "T011", "T1", "T2"]);
        assert_eq!(listed("T001-LOG3, T4-T2"), [""; 0]);
    }
}
