//! A new record in a list of JSON, laid out as those that stand there.

use super::{Written, no_form};
use crate::analysis::Analysis;
use crate::index::DocIdx;
use crate::operation::Refused;
use crate::profile::Format;
use crate::profile::adding::AddPlace;
use crate::syntax::json::rewrite::{add_elements, object_like, quote};
use crate::syntax::json::{Json, JsonValue};
use crate::text::text_edit::TextEdit;

pub(super) fn edit(
    state: &Analysis,
    doc: DocIdx,
    place: &AddPlace,
    new: &Written<'_>,
) -> Result<TextEdit, Refused> {
    let document = &*state.index.docs[doc];
    let json = Json::parse(&document.text);
    let list = place.list.as_deref().unwrap_or_default();
    let found = json.root.as_ref().and_then(|root| root.get(list));
    let Some((array, records)) = found.and_then(|it| Some((it, it.as_array()?))) else {
        return Err(no_form(state, doc, &format!("it has no list `{list}`")));
    };
    let filled = new.fill(&place.text, Format::Json, "");
    let template = Json::parse(&filled);
    let members = template.root.as_ref().map(JsonValue::members).unwrap_or_default();
    let rule = document.role().records.iter().find(|rule| {
        [&rule.id, &rule.title, &rule.status]
            .iter()
            .all(|key| members.iter().any(|it| it.key == **key))
    });
    let Some(rule) = rule else {
        return Err(no_form(state, doc, "`[[add.place]]` names no record of its role"));
    };
    let is_needed = |key: &str| [&rule.id, &rule.title, &rule.status].iter().any(|own| *own == key);
    let is_usual = |key: &str| records.is_empty() || records.iter().any(|it| it.get(key).is_some());
    let own: Vec<(String, String)> = members
        .iter()
        .filter(|it| is_needed(&it.key) || is_usual(&it.key))
        .map(|it| {
            // Some write numbers in quotes.
            let beside = records.last().and_then(|record| record.get(&it.key));
            let is_quoted = beside.is_some_and(|it| it.as_str().is_some());
            let value = match (it.value.as_str(), it.value.range.of(&filled)) {
                (Some(text), _) => quote(text),
                (None, number) if is_quoted => quote(number),
                (None, number) => number.to_owned(),
            };
            (it.key.to_string(), value)
        })
        .collect();
    let (record, around) = object_like(&document.text, array, &own);
    let edit = add_elements(&document.text, array, &[record], &around);
    edit.ok_or_else(|| no_form(state, doc, &format!("`{list}` cannot be read in full")))
}
