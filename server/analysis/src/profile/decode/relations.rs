//! `[[relation]]`: tasks that are part of others.

use std::sync::Arc;

use regex::Regex;

use crate::profile::decode::{Decoder, Table};
use crate::profile::flow::{DeclaredFlow, TaskKind};
use crate::profile::relation::{PartOf, Relation, RollUpMode};
use crate::profile::roll_up::RollUp;
use crate::profile::strategies::{Threshold, strategy};
use crate::profile::vocabulary::{StatusIdx, Vocabulary};
use crate::profile::{TaskType, TypeIdx};

impl Decoder {
    /// The relations between the types of tasks.
    pub(super) fn relations(
        &mut self,
        top: &mut Table<'_>,
        tasks: &Arc<Vocabulary>,
        types: &[TaskType],
    ) -> Vec<Relation> {
        let tables = top.tables(self, "relation").into_iter();
        tables.filter_map(|table| self.relation(table, tasks, types)).collect()
    }

    fn relation(
        &mut self,
        mut table: Table<'_>,
        tasks: &Arc<Vocabulary>,
        types: &[TaskType],
    ) -> Option<Relation> {
        let parent = self.type_named(&mut table, "parent");
        let child = self.type_named(&mut table, "child");
        table.needs(self, "by");
        let by = table.choice(self, "by");
        let pattern = table.regex(self, "pattern");
        let template = table.string(self, "parent_id").map(|(text, _)| text);
        let own = usize::from(parent.0).checked_sub(1).and_then(|at| types.get(at));
        let vocabulary = own.map_or(tasks, |own| &own.vocabulary);
        let agreement = self.children_agreement(&mut table, vocabulary);
        let roll_up = match table.choice(self, "roll_up") {
            Some("apply") => RollUpMode::Apply,
            Some("tell") => RollUpMode::Tell,
            Some("off") => RollUpMode::Off,
            _ => RollUpMode::Propose,
        };
        let by = match by? {
            "id" => {
                table.needs(self, "pattern");
                table.needs(self, "parent_id");
                pattern.zip(template).map(|(pattern, parent)| PartOf::Id { pattern, parent })
            }
            "path" => Some(PartOf::Path),
            "field" => {
                let is_naming = |it: &Regex| it.capture_names().flatten().any(|it| it == "id");
                if !pattern.as_ref().is_none_or(is_naming) {
                    let told = "the `pattern` of a relation by a field needs a group `id`";
                    self.report(table.key_range("pattern"), told.to_owned());
                    return None;
                }
                Some(PartOf::Field { pattern })
            }
            _ => Some(PartOf::Nesting),
        };
        let flow = self.flow(&mut table);
        table.finish(self);
        Some(Relation { parent, child, by: by?, agreement, roll_up, flow })
    }

    fn flow(&mut self, table: &mut Table<'_>) -> DeclaredFlow {
        let threshold = table.string(self, "threshold").map(|(text, range)| {
            let read = Threshold::parse(&text);
            if read.is_none() {
                let message = "a threshold must be a number from 1 on, or a percentage: `60%`";
                self.report(range, message.to_owned());
            }
            read
        });
        DeclaredFlow {
            kind: table.choice(self, "kind").and_then(TaskKind::parse),
            strategy: table.choice(self, "strategy").and_then(strategy),
            threshold: threshold.flatten(),
        }
    }

    fn children_agreement(
        &mut self,
        table: &mut Table<'_>,
        vocabulary: &Vocabulary,
    ) -> Vec<(StatusIdx, Vec<RollUp>)> {
        let Some(node) = table.take("agreement") else { return Vec::new() };
        let known = RollUp::ALL.map(|(_, name)| name);
        let mut out = Vec::new();
        for (key, value) in self.rows(node, "agreement") {
            let status = self.status_named("status", &key.name, key.range, vocabulary);
            let Some(status) = status else { continue };
            let mut all = Vec::new();
            for (name, range) in self.string_list(value, "agreement") {
                match RollUp::ALL.iter().find(|(_, known)| *known == name) {
                    Some((said, _)) => all.push(*said),
                    None => self.unknown("value of `agreement`:", &name, range, &known),
                }
            }
            out.push((status, all));
        }
        out
    }

    /// The type that a key names; without it that of all other tasks.
    pub(super) fn type_named(&mut self, table: &mut Table<'_>, key: &'static str) -> TypeIdx {
        let Some((name, range)) = table.string(self, key) else { return TypeIdx::default() };
        self.type_called(&name, range)
    }
}
