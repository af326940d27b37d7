//! The lenses that a client was given last for long documents, task by task as JSON: at the next key only
//! those are made again of which something is other. Those behind a change are told with other lines.

use std::collections::{BTreeMap, BTreeSet};

use lockstep_analysis::Analysis;
use lockstep_analysis::analysis::changed::ChangedEntities;
use lockstep_analysis::features::code_lenses::{
    Lens, code_lenses, is_long, lens_change, lens_places, lenses_at, lenses_last,
};
use lockstep_analysis::index::{DocIdx, Place};
use lockstep_analysis::model::EntityIdx;
use lockstep_analysis::profile::id::TaskId;

use crate::lsp::lined_json::{self, LinedJson};
use crate::lsp::to_proto::Lines;

#[cfg(test)]
mod tests;

/// For how many documents they are kept.
const KEPT: usize = 4;

/// What lenses are made with.
#[derive(Clone, Copy)]
pub(crate) struct LensForm<'a> {
    /// The document, as the client spells it.
    pub(crate) uri: &'a str,
    /// Who holds which task, by its id.
    pub(crate) holders: &'a BTreeMap<String, String>,
    /// What the client does for a lens, as JSON.
    pub(crate) command: &'a dyn Fn(&Lens) -> String,
}

/// The lenses that a client was given last, the latest behind.
#[derive(Debug, Default)]
pub(crate) struct Lenses(Vec<KeptLenses>);

/// The lenses of one document, and the state of the workspace that they are of.
#[derive(Debug)]
struct KeptLenses {
    uri: String,
    holders: BTreeMap<String, String>,
    analysis: Analysis,
    n_lines: u32,
    all: LensesByEntity,
}

/// What is told of each task that something is told of.
type LensesByEntity = BTreeMap<EntityIdx, LinedJson>;

impl Lenses {
    /// The lenses of a document as JSON.
    pub(crate) fn json(
        &mut self,
        analysis: &Analysis,
        path: &str,
        lines: &Lines<'_>,
        form: LensForm<'_>,
    ) -> String {
        let holder = |task: &TaskId| form.holders.get(task.as_str()).cloned();
        let Some((doc, _)) = analysis.index.document(path) else { return "[]".to_owned() };
        let maker = LensMaker { analysis, doc, lines, form };
        // A text that the client has not read again has other lines than the document.
        if !is_long(analysis, doc) || lines.held.is_some() || lines.marked {
            let json = maker.made(code_lenses(analysis, path, &holder));
            return lined_json::list(std::iter::once(&json));
        }
        let known = self.0.iter().position(|kept| kept.uri == form.uri);
        let known = known.map(|at| self.0.remove(at)).filter(|it| it.holders == *form.holders);
        let all = known.and_then(|known| {
            let change = lens_change(analysis, &known.analysis, path)?;
            let longer = i64::from(lines.index.n_lines()) - i64::from(known.n_lines);
            Some(maker.updated(known.all, &change, longer))
        });
        let all = all.unwrap_or_else(|| {
            let places = lens_places(analysis, doc).into_iter();
            places.filter_map(|place| maker.at(place.entity)).collect()
        });
        let json = lined_json::list(all.values());
        let (uri, holders) = (form.uri.to_owned(), form.holders.clone());
        let (analysis, n_lines) = (analysis.clone(), lines.index.n_lines());
        self.0.push(KeptLenses { uri, holders, analysis, n_lines, all });
        if self.0.len() > KEPT {
            self.0.remove(0);
        }
        json
    }
}

/// Makes the lenses of one document.
struct LensMaker<'a> {
    analysis: &'a Analysis,
    doc: DocIdx,
    lines: &'a Lines<'a>,
    form: LensForm<'a>,
}

impl LensMaker<'_> {
    fn made(&self, lenses: Vec<Lens>) -> LinedJson {
        let mut json = LinedJson::default();
        for lens in lenses {
            json.push(if json.is_empty() { r#"{"range":"# } else { r#",{"range":"# });
            json.range(self.lines, lens.range);
            json.push(r#","command":"#);
            json.push(&(self.form.command)(&lens));
            json.push("}");
        }
        json
    }

    /// What is told of an entity; `None` where that is nothing.
    fn at(&self, entity: EntityIdx) -> Option<(EntityIdx, LinedJson)> {
        let holder = |task: &TaskId| self.form.holders.get(task.as_str()).cloned();
        let place = Place { doc: self.doc, entity };
        let json = self.made(lenses_at(self.analysis, place, &holder));
        (!json.is_empty()).then_some((entity, json))
    }

    /// What is told after a change that made the text so many lines longer.
    fn updated(
        &self,
        mut all: LensesByEntity,
        change: &ChangedEntities,
        longer: i64,
    ) -> LensesByEntity {
        let ChangedEntities { read, others } = change;
        let entities = &self.analysis.index.docs[self.doc].facts.entities;
        // What stands on the line on which the change ends has moved along that line too.
        let last = read.clone().next_back().map(|last| entities[last].range.end as usize);
        let last = last.map(|end| self.lines.index.line_col(end).line);
        let mut again: BTreeSet<EntityIdx> = others.iter().copied().chain(read.clone()).collect();
        for (entity, json) in all.iter_mut().filter(|(entity, _)| **entity >= read.end) {
            json.moved += longer;
            if Some(json.span().0) <= last {
                again.insert(*entity);
            }
        }
        let is_brief = |entity: &EntityIdx| {
            !lenses_last(self.analysis, Place { doc: self.doc, entity: *entity })
        };
        again.extend(all.keys().copied().filter(is_brief).collect::<Vec<_>>());
        all.retain(|entity, _| !again.contains(entity));
        all.extend(again.into_iter().filter_map(|entity| self.at(entity)));
        all
    }
}
