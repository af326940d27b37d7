//! `[[role.table]]`: the rows of tables that are tasks.

use crate::profile::TableRule;
use crate::profile::decode::{Decoder, Table, entity_type};

pub(super) fn table_rule(d: &mut Decoder, t: &mut Table<'_>) -> Option<TableRule> {
    t.needs(d, "status");
    let rule = TableRule {
        what: entity_type(d, t),
        alone: t.flag(d, "alone"),
        mention: t.flag(d, "mention"),
        id_columns: t.strings(d, "id"),
        status_columns: t.strings(d, "status"),
        without_columns: t.strings(d, "without"),
        title_columns: t.strings(d, "title"),
        depends_columns: t.strings(d, "depends"),
        parent_columns: t.strings(d, "parent"),
        parts_columns: t.strings(d, "parts"),
        ended_columns: t.strings(d, "ended"),
        id: t.regex(d, "pattern"),
        link: t.regex(d, "link"),
        in_document: t.flag(d, "in_document"),
        rank: t.number(d, "rank"),
    };
    let is_named = if rule.alone { !rule.title_columns.is_empty() } else { t.has("id") };
    if !is_named {
        t.needs(d, if rule.alone { "title" } else { "id" });
    }
    (is_named && !rule.status_columns.is_empty()).then_some(rule)
}
