//! Statuses that name another beside them: one that followed it, and what took the place of something.

use super::{Reading, read_bare, trim};
use crate::profile::MarkerStyle;
use crate::profile::vocabulary::{Category, StatusIdx, Vocabulary};
use crate::text::TextRange;

/// What stands between a status and the one that followed it.
pub const ARROWS: &[&str] = &["→", "->", "=>", "⇒", "➜", "➔"];

/// The most steps that are told one after the other.
const MOST_STEPS: usize = 6;

/// The status that followed another, `in-progress → done`: the last one holds, where nothing but a day or
/// a name in brackets follows it. From what is not begun to what is done, over something else, is the
/// way of all work, and no status.
pub(super) fn last(
    vocabulary: &Vocabulary,
    style: &MarkerStyle,
    text: &str,
    first: StatusIdx,
    behind: TextRange,
) -> Option<Reading> {
    let category = |status: StatusIdx| vocabulary.get(status).category;
    let (mut rest, mut found, mut n_steps) = (behind, None::<Reading>, 0);
    while let Some(next) = behind_arrow(text, rest) {
        n_steps += 1;
        let own = trim(text, next, |c| c.is_whitespace() || matches!(c, '*' | '`' | '_'));
        let step = read_bare(vocabulary, style, text, own).filter(|_| n_steps <= MOST_STEPS)?;
        step.status?;
        rest = TextRange::new(step.range.end as usize, next.end as usize);
        found = Some(step);
    }
    let last = found?;
    let is_way = n_steps > 1
        && category(first) == Category::Open
        && last.status.map(category) == Some(Category::Done);
    let said = rest.of(text).trim_matches(|c: char| c.is_whitespace() || "*_`.".contains(c));
    (!is_way && is_aside(said)).then_some(last)
}

/// What stands behind an arrow that a text begins with.
fn behind_arrow(text: &str, behind: TextRange) -> Option<TextRange> {
    let said = behind.of(text).trim_start_matches(['*', '`', '_', ' ']);
    let rest = ARROWS.iter().find_map(|arrow| said.strip_prefix(arrow))?;
    Some(TextRange::new(behind.end as usize - rest.len(), behind.end as usize))
}

/// Whether a text is nothing, a day, or one of them or a name in brackets.
fn is_aside(said: &str) -> bool {
    let inner = said.strip_prefix('(').and_then(|it| it.strip_suffix(')'));
    let is_day = |it: &str| it.len() == 10 && it.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    let is_name = |it: &str| it.starts_with(char::is_uppercase) && !it.contains(' ');
    said.is_empty() || is_day(said) || inner.is_some_and(|it| is_day(it) || is_name(it))
}

/// What a word says that names with a status of what is given up what took its place: `absorbed-by-18-8`.
pub fn given_up_for(vocabulary: &Vocabulary, word: &str) -> Option<StatusIdx> {
    let links = ["-by-", "-into-", "-in-", "-to-", "-with-"];
    let at = links.into_iter().filter_map(|link| word.find(link)).min()?;
    let status = vocabulary.lookup(&word[..at])?;
    (vocabulary.get(status).category == Category::Dropped).then_some(status)
}

#[cfg(test)]
mod tests {
    use super::super::read_field;
    use super::*;
    use crate::profile::{EntityKind, builtin};

    #[test]
    fn the_last_of_several_steps_holds_and_what_took_the_place_of_something_is_named_with_it() {
        let profile = builtin::profile("bmad").expect("a profile");
        let vocabulary = profile.vocabulary(EntityKind::Task);
        let field = |value: &'static str| {
            let range = TextRange::new(0, value.len());
            let reading = read_field(vocabulary, &profile.markers, value, range)?;
            let status = reading.status.map(|it| vocabulary.get(it).id.clone());
            Some((reading.range.of(value), status))
        };
        for (value, said, id) in [
            ("in-progress → done", "done", "done"),
            ("**ready-for-dev** -> **in-progress** (Ann)", "in-progress", "in-progress"),
            ("in-progress → review → done", "done", "done"),
            ("in-progress → soon", "in-progress", "in-progress"),
            ("in-progress → done by Friday", "in-progress", "in-progress"),
            ("in-progress → done (target)", "in-progress", "in-progress"),
            ("in-progress → done (2026-01-02)", "done", "done"),
            ("backlog → in-progress → done", "backlog", "backlog"),
            ("absorbed-by-18-8", "absorbed-by-18-8", "cancelled"),
            ("merged-into-3-2 (Ann)", "merged-into-3-2", "cancelled"),
        ] {
            assert_eq!(field(value), Some((said, Some(id.to_owned()))), "{value}");
        }
        assert_eq!(field("done-by-ann").and_then(|it| it.1), None);
    }

    #[test]
    fn steps_without_end_are_none() {
        let profile = builtin::profile("checklist").expect("a profile");
        let vocabulary = profile.vocabulary(EntityKind::Task);
        for step in ["Done→", "✅ Done → "] {
            let value = step.repeat(100_000);
            let range = TextRange::new(0, value.len());
            let reading = read_field(vocabulary, &profile.markers, &value, range);
            let said = reading.map(|it| it.word.of(&value).to_owned());
            assert_eq!(said.as_deref(), Some("Done"));
        }
    }
}
