//! Statuses that name another beside them: one that followed it, and what took the place of something.

use super::{Reading, read_field};
use crate::profile::MarkerStyle;
use crate::profile::vocabulary::{Category, StatusIdx, Vocabulary};
use crate::text::TextRange;

/// What stands between a status and the one that followed it.
pub const ARROWS: &[&str] = &["→", "->", "=>", "⇒", "➜", "➔"];

/// The status that followed another, `in-progress → done`: the last one holds.
pub(super) fn last(
    vocabulary: &Vocabulary,
    style: &MarkerStyle,
    text: &str,
    behind: TextRange,
) -> Option<Reading> {
    let raw = behind.of(text);
    let said = raw.trim_start_matches(['*', '`', '_', ' ']);
    let rest = ARROWS.iter().find_map(|arrow| said.strip_prefix(arrow))?;
    let rest = TextRange::new(behind.end as usize - rest.len(), behind.end as usize);
    read_field(vocabulary, style, text, rest).filter(|last| last.status.is_some())
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
            ("draft → review → done", "done", "done"),
            ("in-progress → soon", "in-progress", "in-progress"),
            ("absorbed-by-18-8", "absorbed-by-18-8", "cancelled"),
            ("merged-into-3-2 (Ann)", "merged-into-3-2", "cancelled"),
        ] {
            assert_eq!(field(value), Some((said, Some(id.to_owned()))), "{value}");
        }
        assert_eq!(field("done-by-ann").and_then(|it| it.1), None);
    }
}
