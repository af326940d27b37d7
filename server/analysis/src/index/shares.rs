//! Shares that stand beside counters: how much of all is finished, in percent, as a bar, or as `4/10`.
//!
//! A share follows where it says what the counters say, by the rounding that it uses. Where it may be the
//! share of several counters that now differ, or a line has a number that is none of theirs, it stays.

use crate::model::Document;
use crate::profile::{CounterValue, ShareAt};
use crate::syntax::front_matter;
use crate::syntax::markdown::Markdown;
use crate::text::TextRange;
use crate::text::text_edit::TextEdit;

/// What a full and an empty part of a bar look like.
const FULL: &str = "█▓■●▰#=";
const EMPTY: &str = "░▒□○▱-.·";

/// The two that mostly stand together, for a bar that has only one of them.
const USUAL: (char, char) = ('█', '░');

/// How short a bar may be.
const SHORTEST_BAR: usize = 5;

/// How many of how many are finished.
type Ratio = (u64, u64);

/// A ratio that two counters of a file say, and what it becomes.
#[derive(Clone, Copy, Debug)]
struct RatioChange {
    before: Ratio,
    after: Ratio,
}

/// The edits by which the shares of a document follow those of its counters. `was` is what a number was before
/// a change made it what it is.
pub fn follow(
    document: &Document,
    counted: &[TextEdit],
    was: &dyn Fn(TextRange) -> Option<u64>,
) -> Vec<TextEdit> {
    let own = document.profile.shares.iter().filter(|share| share.role == document.facts.role);
    let own: Vec<&ShareAt> = own.map(|share| &share.at).collect();
    let changes = if own.is_empty() { Vec::new() } else { ratios(document, counted) };
    if changes.iter().all(|it| it.before == it.after) {
        return Vec::new();
    }
    let text = &*document.text;
    let mut edits = Vec::new();
    for at in own {
        match at {
            ShareAt::FrontMatter(key) => {
                let front = front_matter::of(text);
                let entries = front.iter().flat_map(|front| &front.entries);
                let values = entries.filter(|entry| entry.path == *key).map(|entry| entry.value);
                edits.extend(values.flat_map(|value| percent_alone(text, value, &changes, was)));
            }
            ShareAt::Line(head) => {
                for line in &Markdown::parse(text).lines {
                    let Some(found) = head.find(line.range.of(text)) else { continue };
                    let start = line.range.start as usize + found.end();
                    edits.extend(of_line(text, start, line.range.end as usize, &changes));
                }
            }
        }
    }
    edits.retain(|edit| edit.range.of(text) != edit.insert);
    edits
}

/// What pairs of counters of a document say, and will say.
fn ratios(document: &Document, counted: &[TextEdit]) -> Vec<RatioChange> {
    let facts = &document.facts.counters;
    let definition = |at: usize| &document.profile.counters[facts[at].counter];
    let after = |at: usize| {
        let edit = counted.iter().find(|edit| edit.range == facts[at].range);
        edit.map_or(facts[at].value, |edit| edit.insert.parse().ok())
    };
    let both = |done: Option<i64>, total: Option<i64>| {
        Some((u64::try_from(done?).ok()?, u64::try_from(total?).ok()?))
    };
    let of = |done: usize| {
        let CounterValue::OfType { total: Some(total), .. } = &definition(done).equals else {
            return None;
        };
        let total = (0..facts.len()).find(|at| definition(*at).key == *total)?;
        let before = both(facts[done].value, facts[total].value)?;
        Some(RatioChange { before, after: both(after(done), after(total))? })
    };
    (0..facts.len()).filter_map(of).collect()
}

fn nearest((done, total): Ratio, scale: u64) -> Option<u64> {
    let is_share = total > 0 && done <= total;
    let twice = done.checked_mul(2)?.checked_mul(scale)?.checked_add(total)?;
    is_share.then(|| twice / total / 2)
}

fn below((done, total): Ratio, scale: u64) -> Option<u64> {
    let is_share = total > 0 && done <= total;
    Some(done.checked_mul(scale)? / total).filter(|_| is_share)
}

/// What `said` of `scale` parts becomes; `None` where that is not certain.
fn moved(said: u64, scale: u64, changes: &[RatioChange]) -> Option<u64> {
    let roundings: [fn(Ratio, u64) -> Option<u64>; 2] = [nearest, below];
    // Nothing may be what was never written on.
    let is_begun = |it: &RatioChange| nearest(it.before, scale) != Some(0);
    if said == 0 && changes.iter().any(is_begun) {
        return None;
    }
    roundings.into_iter().find_map(|round| {
        let own = changes.iter().filter(|it| round(it.before, scale) == Some(said));
        one(own.map(|it| round(it.after, scale)))
    })?
}

/// The one value of all; `None` where there is none, and `Some(None)` where they differ.
fn one<T: PartialEq>(mut all: impl Iterator<Item = Option<T>>) -> Option<Option<T>> {
    let first = all.next()?;
    Some(first.filter(|first| all.all(|it| it.as_ref() == Some(first))))
}

/// `40`, `"40"`, `40%`.
fn percent_alone(
    text: &str,
    value: TextRange,
    changes: &[RatioChange],
    was: &dyn Fn(TextRange) -> Option<u64>,
) -> Option<TextEdit> {
    let raw = value.of(text);
    let bare = raw.trim_matches(['"', '\'']);
    let digits = bare.strip_suffix('%').unwrap_or(bare);
    let start = value.start as usize + raw.find(digits)?;
    let range = TextRange::new(start, start + digits.len());
    // What was the share of a counter that is what it was then is that again.
    let is_share = |said: &u64| {
        let moving = changes.iter().filter(|it| it.before != it.after).map(|it| it.after);
        moving.into_iter().any(|it| [nearest(it, 100), below(it, 100)].contains(&Some(*said)))
    };
    let becomes = moved(number(digits)?, 100, changes);
    let insert = becomes.or_else(|| was(range).filter(is_share))?.to_string();
    Some(TextEdit { range, insert })
}

fn number(digits: &str) -> Option<u64> {
    let is_plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|_| is_plain)
}

/// `[████░░░░░░] 40% (4/10 plans)`.
fn of_line(text: &str, start: usize, end: usize, changes: &[RatioChange]) -> Vec<TextEdit> {
    let said = &text[start..end];
    let bar = ProgressBar::read(said);
    let behind = start + bar.as_ref().map_or(0, |bar| bar.end);
    let Some(mut edits) = numbers(text, behind, end, changes) else { return Vec::new() };
    let drawn = bar.and_then(|bar| bar.moved(changes).map(|parts| (bar.range, parts)));
    edits.extend(drawn.map(|(range, insert)| {
        let range = TextRange::new(start + range.0, start + range.1);
        TextEdit { range, insert }
    }));
    edits
}

/// The edits of each percentage and each figure; `None` where a number is neither, or stays for sure
/// no share of the counters.
fn numbers(text: &str, start: usize, end: usize, changes: &[RatioChange]) -> Option<Vec<TextEdit>> {
    let mut edits = Vec::new();
    let mut at = start;
    while let Some(from) = text[at..end].find(|c: char| c.is_ascii_digit()).map(|it| at + it) {
        let is_part = |c: char| c.is_alphanumeric() || "~.,-/≈".contains(c);
        if text[start..from].chars().next_back().is_some_and(is_part) {
            return None;
        }
        let digits = |from: usize| {
            let rest = &text[from..end];
            from + rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len())
        };
        let first = TextRange::new(from, digits(from));
        let said = number(first.of(text))?;
        let rest = &text[first.end as usize..end];
        if rest.starts_with('%') {
            let insert = moved(said, 100, changes)?.to_string();
            edits.push(TextEdit { range: first, insert });
            at = first.end as usize + 1;
            continue;
        }
        let between = ["/", " / ", " of "].into_iter().find(|it| rest.starts_with(it))?;
        let second = first.end as usize + between.len();
        let second = TextRange::new(second, digits(second));
        let ratio = (said, number(second.of(text))?);
        at = second.end as usize;
        if text[at..end].starts_with(|c: char| c.is_alphanumeric() || "%./-".contains(c)) {
            return None;
        }
        let own = changes.iter().filter(|it| it.before == ratio).map(|it| Some(it.after));
        let (done, total) = one(own)??;
        edits.push(TextEdit { range: first, insert: done.to_string() });
        edits.push(TextEdit { range: second, insert: total.to_string() });
    }
    Some(edits)
}

/// A bar at the beginning of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct ProgressBar {
    /// Its parts.
    range: (usize, usize),
    /// Where what follows it begins.
    end: usize,
    full: u64,
    width: u64,
    /// What its parts look like.
    parts: (char, char),
}

impl ProgressBar {
    fn read(text: &str) -> Option<ProgressBar> {
        let open = text.len() - text.trim_start_matches(['`', '[']).len();
        let is_framed = text[..open].ends_with('[');
        let inner = &text[open..];
        let run = inner.trim_start_matches(|c| FULL.contains(c) || EMPTY.contains(c));
        let drawn = &inner[..inner.len() - run.len()];
        let full = drawn.len() - drawn.trim_start_matches(|c| FULL.contains(c)).len();
        let (full, empty) = drawn.split_at(full);
        let is_bar = drawn.chars().count() >= SHORTEST_BAR
            && empty.chars().all(|c| EMPTY.contains(c))
            && (is_framed == run.starts_with(']'))
            && (is_framed || !drawn.is_ascii());
        let parts = match (one(full.chars().map(Some)), one(empty.chars().map(Some))) {
            (Some(full), Some(empty)) => (full?, empty?),
            (Some(full), None) => (full.filter(|it| *it == USUAL.0)?, USUAL.1),
            (None, empty) => (USUAL.0, empty?.filter(|it| *it == USUAL.1)?),
        };
        let (width, full) = (drawn.chars().count() as u64, full.chars().count() as u64);
        let range = (open, open + drawn.len());
        let end = range.1 + usize::from(is_framed);
        is_bar.then_some(ProgressBar { range, end, full, width, parts })
    }

    /// Its parts when the counters have changed. A bar shows the percentage, which is rounded already.
    fn moved(&self, changes: &[RatioChange]) -> Option<String> {
        let in_percent = |ratio| Some((nearest(ratio, 100)?, 100));
        let rounded = changes.iter().filter_map(|it| {
            Some(RatioChange { before: in_percent(it.before)?, after: in_percent(it.after)? })
        });
        let rounded: Vec<RatioChange> = rounded.collect();
        let full = usize::try_from(moved(self.full, self.width, &rounded)?).ok()?;
        let width = usize::try_from(self.width).ok()?;
        let parts = |part: char, n: usize| std::iter::repeat_n(part, n);
        Some(parts(self.parts.0, full).chain(parts(self.parts.1, width - full)).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn becomes(line: &str, changes: &[(Ratio, Ratio)]) -> String {
        let changes: Vec<RatioChange> = changes
            .iter()
            .map(|(before, after)| RatioChange { before: *before, after: *after })
            .collect();
        let mut edits = of_line(line, 0, line.len(), &changes);
        edits.sort_by_key(|edit| edit.range.start);
        let mut out = line.to_owned();
        for edit in edits.iter().rev() {
            out.replace_range(edit.range.start as usize..edit.range.end as usize, &edit.insert);
        }
        out
    }

    #[test]
    fn a_line_follows_where_it_says_what_the_counters_say() {
        let plans = [((4, 10), (5, 10))];
        for (line, expected) in [
            ("[████░░░░░░] 40%", "[█████░░░░░] 50%"),
            ("████░░░░░░ 40%", "█████░░░░░ 50%"),
            ("`[####------]` 40 % of it", "`[####------]` 40 % of it"),
            ("[####------] 40%", "[#####-----] 50%"),
            ("[████░░░░░░] 40% (4/10 plans)", "[█████░░░░░] 50% (5/10 plans)"),
            ("4 of 10 plans (40%)", "5 of 10 plans (50%)"),
            ("[████████░░░░░░░░░░░░] 40%", "[██████████░░░░░░░░░░] 50%"),
            // A bar that says something else is somebody else's.
            ("[███████░░░] 40%", "[███████░░░] 50%"),
            // A number that is none of theirs: the line may speak of something else.
            ("[████░░░░░░] 40% (3/9 plans)", "[████░░░░░░] 40% (3/9 plans)"),
            ("[████░░░░░░] 41%", "[████░░░░░░] 41%"),
            ("[████░░░░░░] ~40%", "[████░░░░░░] ~40%"),
            ("[████░░░░░░] 40.0%", "[████░░░░░░] 40.0%"),
            ("[████░░░░░░] 40% (v1.0)", "[████░░░░░░] 40% (v1.0)"),
            ("[██░░██░░░░] 40%", "[██░░██░░░░] 50%"),
            ("--- 40%", "--- 50%"),
        ] {
            assert_eq!(becomes(line, &plans), expected);
        }
    }

    #[test]
    fn rounding_is_that_of_the_line() {
        let line = |line, before, after| becomes(line, &[(before, after)]);
        assert_eq!(line("38%", (3, 8), (5, 8)), "63%");
        assert_eq!(line("37%", (3, 8), (5, 8)), "62%");
        assert_eq!(line("36%", (3, 8), (5, 8)), "36%");
        assert_eq!(line("[████████░░] 75%", (3, 4), (4, 4)), "[██████████] 100%");
        assert_eq!(line("[██████████] 100%", (4, 4), (3, 4)), "[████████░░] 75%");
        assert_eq!(line("[==========] 100%", (4, 4), (3, 4)), "[==========] 75%");
        assert_eq!(line("[░░░░░░░░░░] 0%", (0, 4), (1, 4)), "[███░░░░░░░] 25%");
        assert_eq!(line("0%", (0, 0), (1, 0)), "0%");
    }

    #[test]
    fn what_may_be_the_share_of_two_counters_follows_where_both_say_the_same() {
        let two = |line, phases, plans| becomes(line, &[phases, plans]);
        assert_eq!(two("50%", ((1, 2), (1, 2)), ((4, 10), (5, 10))), "50%");
        assert_eq!(two("40%", ((1, 2), (1, 2)), ((4, 10), (5, 10))), "50%");
        assert_eq!(two("50%", ((1, 2), (1, 2)), ((5, 10), (6, 10))), "50%");
        assert_eq!(two("50%", ((1, 2), (2, 2)), ((5, 10), (10, 10))), "100%");
        // Nothing may be the share of phases, or what was never written on.
        assert_eq!(two("0%", ((0, 2), (1, 2)), ((4, 10), (5, 10))), "0%");
    }
}
