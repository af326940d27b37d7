//! Records that go from one list to others, with every byte of them.

use std::collections::BTreeMap;

use crate::change::archive::{ArchiveDraft, ArchiveObstacle, below};
use crate::change::refuse;
use crate::change::{Refusal, RefusalKind, validate};
use crate::index::{DocIdx, Place};
use crate::profile::id::TaskId;
use crate::syntax::json::rewrite::{ElementLayout, add_elements, insert_member, remove_elements};
use crate::syntax::json::{Json, JsonKind, JsonValue};
use crate::text::TextRange;
use crate::text::text_edit::TextEdit;

/// Records that leave one list together.
struct Leaving<'j> {
    key: Option<&'j str>,
    array: &'j JsonValue<'j>,
    /// Their indices in it, in order, and whose they are.
    records: BTreeMap<usize, TaskId>,
}

impl ArchiveDraft<'_> {
    pub(super) fn move_records(&mut self) -> Result<(), ArchiveObstacle> {
        let mut by_doc: BTreeMap<DocIdx, Vec<(TaskId, Place)>> = BTreeMap::new();
        for (id, own) in self.parts {
            for place in &own.records {
                by_doc.entry(place.doc).or_default().push((id.clone(), *place));
            }
        }
        for (doc, records) in by_doc {
            self.move_from(doc, &records)?;
        }
        Ok(())
    }

    fn move_from(
        &mut self,
        doc: DocIdx,
        records: &[(TaskId, Place)],
    ) -> Result<(), ArchiveObstacle> {
        let document = self.analysis.index.docs[doc].clone();
        let json = Json::parse(&document.text);
        let mut lists: Vec<Leaving<'_>> = Vec::new();
        for (id, place) in records {
            let range = document.facts.entities[place.entity].range;
            let found = json.root.as_ref().and_then(|root| array_around(root, None, range));
            let Some((key, array, idx)) = found else {
                return Err((
                    id.clone(),
                    no_list(document.path.as_str(), &self.analysis.name_of(id)),
                ));
            };
            match lists.iter_mut().find(|list| list.array.range == array.range) {
                Some(list) => drop(list.records.insert(idx, id.clone())),
                None => {
                    let records = BTreeMap::from([(idx, id.clone())]);
                    lists.push(Leaving { key, array, records });
                }
            }
        }
        for list in lists {
            let first = list.records.values().next().cloned();
            let obstacle = || {
                let id = first.clone().unwrap_or_else(|| TaskId::new(""));
                let refusal = no_list(document.path.as_str(), &self.analysis.name_of(&id));
                (id, refusal)
            };
            let gone: Vec<usize> = list.records.keys().copied().collect();
            let look = ElementLayout::of(&document.text, list.array).ok_or_else(obstacle)?;
            let removed =
                remove_elements(&document.text, list.array, &gone).ok_or_else(obstacle)?;
            let elements = list.array.as_array().unwrap_or_default();
            let texts: Vec<String> =
                gone.iter().map(|idx| self.taken(doc, elements[*idx].range)).collect();
            self.gone.entry(doc).or_default().extend(removed.into_iter().map(|edit| edit.range));
            let added = self.add(doc, &json, list.key, &texts, &look).map_err(|refusal| {
                let (id, other) = obstacle();
                (id, refusal.unwrap_or(other))
            })?;
            for (doc, edit) in added {
                self.edits.entry(doc).or_default().push(edit);
            }
            self.edits.entry(doc).or_default();
        }
        Ok(())
    }

    /// Adds records to every list of the profile that is there, else to the first, which is made.
    /// The error is `None` where a list is not what it should be.
    fn add(
        &self,
        doc: DocIdx,
        json: &Json,
        key: Option<&str>,
        records: &[String],
        look: &ElementLayout,
    ) -> Result<Vec<(DocIdx, TextEdit)>, Option<Refusal>> {
        let index = &self.analysis.index;
        let document = &index.docs[doc];
        let mut edits = Vec::new();
        for rule in &self.rule.records {
            let other = match &rule.file {
                None => None,
                Some(file) => match index.document(below(document.path.folder(), file).as_str()) {
                    Some((other, _)) => Some(other),
                    None => continue,
                },
            };
            if let Some(other) = other {
                validate::readable(self.analysis, [other].into()).map_err(Some)?;
            }
            let parsed = other.map(|other| Json::parse(&index.docs[other].text));
            let root = parsed.as_ref().unwrap_or(json).root.as_ref();
            let Some(list) = root.and_then(|root| root.get(&rule.list)) else { continue };
            let at = other.unwrap_or(doc);
            let edit = add_elements(&index.docs[at].text, list, records, look);
            edits.push((at, edit.ok_or(None)?));
        }
        if edits.is_empty() {
            let rule = self.rule.records.iter().find(|rule| rule.file.is_none()).ok_or(None)?;
            let root = json.root.as_ref().ok_or(None)?;
            let list = format!("[{}]", look.fill(records));
            let edit = insert_member(&document.text, root, &rule.list, &list, key);
            edits.push((doc, edit.ok_or(None)?));
        }
        Ok(edits)
    }
}

fn no_list(path: &str, name: &str) -> Refusal {
    let message =
        format!("the record of task {name} in {path}, or the place it goes to, is not in a list");
    refuse(RefusalKind::Malformed, message, "move it by hand")
}

/// The array that has the value at `range` as an element, its key and the element's index.
fn array_around<'j>(
    value: &'j JsonValue<'j>,
    key: Option<&'j str>,
    range: TextRange,
) -> Option<(Option<&'j str>, &'j JsonValue<'j>, usize)> {
    let inside = |value: &&JsonValue| value.range.contains_range(range);
    match &value.kind {
        JsonKind::Array(items) => match items.iter().position(|item| item.range == range) {
            Some(at) => Some((key, value, at)),
            None => array_around(items.iter().find(inside)?, None, range),
        },
        JsonKind::Object(members) => {
            let member = members.iter().find(|member| inside(&&member.value))?;
            array_around(&member.value, Some(&member.key), range)
        }
        _ => None,
    }
}
