//! `[[role.section]]`: headings that are entities.

use crate::profile::SectionRule;
use crate::profile::decode::{Decoder, Table, entity_type, when};
use crate::profile::heading_pattern::HeadingPattern;
use crate::profile::node::Value;

pub(super) fn section_rule(d: &mut Decoder, t: &mut Table<'_>) -> Option<SectionRule> {
    let what = entity_type(d, t);
    let heading = t.regex(d, "heading");
    // Kept for readers of a profile: headings carry their marker at the end.
    let _ = t.choice(d, "marker");
    let levels = match t.take("levels").map(|node| (&node.value, node.range)) {
        Some((Value::Array(items), _)) => items
            .iter()
            .filter_map(|item| match item.value {
                Value::Integer(level @ 1..=6) => u8::try_from(level).ok(),
                _ => None,
            })
            .collect(),
        Some((_, range)) => {
            d.report(range, "`levels` must be a list of numbers from 1 to 6".to_owned());
            Vec::new()
        }
        None => vec![1, 2, 3, 4, 5, 6],
    };
    let when = when(d, t);
    let (link, derived) = (t.regex(d, "link"), t.flag(d, "derived"));
    let (mention, in_document) = (t.flag(d, "mention"), t.flag(d, "in_document"));
    let behind = t.regex(d, "behind");
    let (status, rank) = (t.strings(d, "status"), t.number(d, "rank"));
    t.needs(d, "heading");
    let heading = HeadingPattern::new(heading?);
    Some(SectionRule {
        what,
        heading,
        link,
        derived,
        mention,
        status,
        rank,
        behind,
        in_document,
        levels,
        when,
    })
}
