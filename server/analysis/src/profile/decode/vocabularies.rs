//! `[vocabulary]` and `[[type]]`: the statuses of each kind of entity and each type of task.

use std::sync::Arc;

use super::table::Placed;
use crate::profile::decode::{Decoder, Table};
use crate::profile::node::{Node, Value};
use crate::profile::vocabulary::{Category, StatusDef, StatusIdx, Vocabulary};
use crate::profile::{EntityKind, TaskType, TypeIdx, keys};
use crate::text::TextRange;

/// More types of tasks are not read.
const MOST_TYPES: usize = 100;

impl Decoder {
    pub(super) fn vocabularies(
        &mut self,
        top: &mut Table<'_>,
        free_words: bool,
    ) -> [Arc<Vocabulary>; 4] {
        let mut out: [Option<Arc<Vocabulary>>; 4] = [None, None, None, None];
        let mut same: Vec<(EntityKind, String, Option<TextRange>)> = Vec::new();
        top.sub(self, "vocabulary", |d, table| {
            for kind in EntityKind::ALL {
                let Some(node) = table.take(kind.name()) else { continue };
                let own = table.kind(kind.name()).keys();
                match &node.value {
                    Value::String(other) => same.push((kind, other.clone(), node.range)),
                    _ => {
                        let own = d.vocabulary(node, own);
                        let own = if free_words { own.translated() } else { own };
                        out[kind as usize] = Some(Arc::new(own));
                    }
                }
            }
        });
        for (kind, other, range) in same {
            let source = EntityKind::ALL.iter().find(|k| k.name() == other);
            match source.and_then(|k| out[*k as usize].clone()) {
                Some(vocabulary) => out[kind as usize] = Some(vocabulary),
                None => {
                    self.unknown("vocabulary", &other, range, &["task", "plan", "phase", "item"])
                }
            }
        }
        let task = out[0].clone().unwrap_or_default();
        out.map(|vocabulary| vocabulary.unwrap_or_else(|| task.clone()))
    }

    /// The types of tasks. One without statuses has those of tasks.
    pub(super) fn task_types(
        &mut self,
        top: &mut Table<'_>,
        tasks: &Arc<Vocabulary>,
    ) -> Vec<TaskType> {
        let mut types = Vec::new();
        for mut table in top.tables(self, "type").into_iter().take(MOST_TYPES) {
            table.needs(self, "id");
            let id = table.string(self, "id");
            let statuses = table.take("status").zip(Some(table.kind("status").keys()));
            let own = statuses.map(|(node, own)| Arc::new(self.vocabulary(node, own)));
            table.finish(self);
            let Some((id, _)) = id else { continue };
            types.push(TaskType { id, vocabulary: own.unwrap_or_else(|| tasks.clone()) });
        }
        self.types = types.iter().map(|own| own.id.clone()).collect();
        types
    }

    /// The type of task that the key `type` names.
    pub(super) fn task_type(&mut self, table: &mut Table<'_>) -> TypeIdx {
        let Some((name, range)) = table.string(self, "type") else { return TypeIdx::default() };
        self.type_called(&name, range)
    }

    pub(super) fn type_called(&mut self, name: &str, range: Option<TextRange>) -> TypeIdx {
        let found = self.types.iter().position(|own| own == name);
        if found.is_none() {
            let types = self.types.clone();
            let known: Vec<&str> = types.iter().map(String::as_str).collect();
            self.unknown("type", name, range, &known);
        }
        TypeIdx(found.and_then(|at| u8::try_from(at + 1).ok()).unwrap_or_default())
    }

    fn vocabulary(&mut self, node: &Node, own: &'static [keys::Key]) -> Vocabulary {
        let Value::Array(entries) = &node.value else {
            self.report(
                node.range,
                format!(
                    "a vocabulary must be a list of statuses or the name of another, not {}",
                    node.value.kind()
                ),
            );
            return Vocabulary::default();
        };
        let mut defs = Vec::new();
        let mut nexts: Vec<Vec<Placed<String>>> = Vec::new();
        for entry in entries.iter().take(250) {
            let Some(mut table) = self.table(entry, "a status", own) else { continue };
            table.needs(self, "id");
            let Some((id, _)) = table.string(self, "id") else { continue };
            nexts.push(table.placed_strings(self, "next"));
            defs.push(self.status(&mut table, id));
            table.finish(self);
        }
        let ids: Vec<String> = defs.iter().map(|def| def.id.clone()).collect();
        let known: Vec<&str> = ids.iter().map(String::as_str).collect();
        for (def, next) in defs.iter_mut().zip(nexts) {
            for (name, range) in next {
                match known.iter().position(|id| *id == name) {
                    Some(at) => def.next.push(StatusIdx(u8::try_from(at).unwrap_or(u8::MAX))),
                    None => self.unknown("status", &name, range, &known),
                }
            }
        }
        Vocabulary::new(defs)
    }

    fn status(&mut self, table: &mut Table<'_>, id: String) -> StatusDef {
        table.needs(self, "category");
        let category = table.choice(self, "category").and_then(Category::parse);
        let words = id.replace(['_', '-'], " ");
        let spellings = table.strings(self, "spellings");
        let aliases = table.strings(self, "aliases");
        StatusDef {
            marker: table.string(self, "marker").map_or(words, |(m, _)| m),
            json: table.string(self, "json").map_or_else(|| id.clone(), |(j, _)| j),
            exact: false,
            aliases: spellings.iter().cloned().chain(aliases).collect(),
            spellings,
            translated: false,
            boxes: table.strings(self, "box"),
            category: category.unwrap_or(Category::Open),
            stamp: table.string(self, "stamp").map(|(s, _)| s),
            stamp_required: table.flag(self, "stamp_required"),
            may_be_ticked: table.flag(self, "may_be_ticked"),
            ticked_aliases: table.strings(self, "ticked_aliases"),
            within: table.string(self, "within").map(|(w, _)| w),
            seldom: table.flag(self, "seldom"),
            reason: table.string(self, "reason").map(|(r, _)| r),
            artifacts: table.globs(self, "artifacts"),
            next: Vec::new(),
            id,
        }
    }
}
