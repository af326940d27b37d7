//! A new member of a map of YAML: a line behind that of the task it stands behind, with its indentation.

use super::{Written, anchor, no_form};
use crate::analysis::Analysis;
use crate::change::eol;
use crate::index::{DocIdx, Place};
use crate::operation::Refused;
use crate::profile::Format;
use crate::profile::adding::AddPlace;
use crate::profile::id::TaskId;
use crate::text::text_edit::TextEdit;

pub(super) fn edit(
    state: &Analysis,
    doc: DocIdx,
    place: &AddPlace,
    new: &Written<'_>,
) -> Result<TextEdit, Refused> {
    let document = &*state.index.docs[doc];
    let near = anchor(state, doc, new).or_else(|| last_of_group(state, doc, new.id.as_ref()?));
    let Some(near) = near else {
        return Err(no_form(
            state,
            doc,
            "no task stands there that it belongs to; name one by `--after`",
        ));
    };
    let text: &str = &document.text;
    let range = state.index.entity(near).range;
    let start = text[..range.start as usize].rfind('\n').map_or(0, |at| at + 1);
    let end =
        text[range.end as usize..].find('\n').map_or(text.len(), |at| range.end as usize + at);
    let indent = &text[start..range.start as usize];
    if !indent.trim().is_empty() || text[start..end].contains('{') {
        return Err(no_form(state, doc, "the task beside it has no line of its own"));
    }
    let end = start + text[start..end].trim_end_matches('\r').len();
    let line = new.fill(place.text.trim(), Format::Yaml, "");
    Ok(TextEdit::insert(end, format!("{}{indent}{line}", eol(text))))
}

/// The last task whose id differs from the new one in its last number only: `1-2` for `1-3`.
fn last_of_group(state: &Analysis, doc: DocIdx, id: &TaskId) -> Option<Place> {
    let group = |id: &TaskId| id.as_str().rsplit_once('-').map(|(group, _)| group.to_owned());
    let own = group(id)?;
    let entities = &state.index.docs[doc].facts.entities;
    let is_beside = |id: &TaskId| group(id).as_ref() == Some(&own);
    let entities = entities.iter().enumerate();
    let (entity, _) = entities.filter(|(_, it)| it.id.as_ref().is_some_and(is_beside)).last()?;
    Some(Place { doc, entity })
}
