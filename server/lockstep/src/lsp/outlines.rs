//! The outlines that a client was given last, part by part as JSON: at the next key only the parts are made
//! again of which something is other. Those behind a change are told with other lines.

use std::ops::Range;

use lockstep_analysis::Analysis;
use lockstep_analysis::analysis::changed::ChangedEntities;
use lockstep_analysis::features::document_symbols::{
    Symbol, outline_change, outline_parts, symbols_of,
};
use lockstep_analysis::index::DocIdx;
use lockstep_analysis::model::EntityIdx;
use lockstep_analysis::profile::EntityKind;
use lockstep_analysis::profile::vocabulary::Category;
use lockstep_analysis::text::TextRange;
use tower_lsp::ls_types::{SymbolKind, SymbolTag};

use crate::lsp::lined_json::{self, LinedJson};
use crate::lsp::to_proto::{self, Lines};

/// How many outlines are kept.
const KEPT: usize = 4;

/// The outline of a document with fewer entities is made anew each time.
const LONG: usize = 64;

/// How a client takes an outline.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OutlineForm<'a> {
    /// Whether it may be a tree.
    pub(crate) nested: bool,
    /// Whether an entry may be crossed out.
    pub(crate) tags: bool,
    /// The document, as the client spells it.
    pub(crate) uri: &'a str,
}

/// The outlines that a client was given last, the latest behind.
#[derive(Debug, Default)]
pub(crate) struct Outlines(Vec<KeptOutline>);

/// The outline of one document, and the state of the workspace that it is of.
#[derive(Debug)]
struct KeptOutline {
    uri: String,
    analysis: Analysis,
    n_lines: u32,
    parts: Vec<OutlinePart>,
}

/// What nothing is around, with all that is in it.
#[derive(Debug)]
struct OutlinePart {
    entities: Range<EntityIdx>,
    /// Its entries, with commas between; empty where it has none.
    json: LinedJson,
    /// The first line and the last of its entries when it was made.
    span: (u32, u32),
    /// Whether something stands before it on its first line.
    is_inside: bool,
}

impl Outlines {
    /// The outline of a document as JSON.
    pub(crate) fn json(
        &mut self,
        analysis: &Analysis,
        path: &str,
        lines: &Lines<'_>,
        form: OutlineForm<'_>,
    ) -> String {
        let Some((doc, document)) = analysis.index.document(path) else { return "[]".to_owned() };
        let maker = PartMaker { analysis, doc, lines, form };
        // A text that the client has not read again has other lines than the document.
        if document.facts.entities.len() < LONG || lines.held.is_some() || lines.marked {
            return written(&maker.all());
        }
        let known = self.0.iter().position(|kept| kept.uri == form.uri);
        let known = known.map(|at| self.0.remove(at));
        let parts = known.and_then(|known| {
            let change = outline_change(analysis, &known.analysis, path)?;
            let longer = i64::from(lines.index.n_lines()) - i64::from(known.n_lines);
            maker.updated(known.parts, &change, longer)
        });
        let parts = parts.unwrap_or_else(|| maker.all());
        let json = written(&parts);
        let (uri, analysis) = (form.uri.to_owned(), analysis.clone());
        self.0.push(KeptOutline { uri, analysis, n_lines: lines.index.n_lines(), parts });
        if self.0.len() > KEPT {
            self.0.remove(0);
        }
        json
    }
}

impl OutlinePart {
    fn line(&self, made: u32) -> u32 {
        u32::try_from(i64::from(made) + self.json.moved).unwrap_or_default()
    }

    fn first_line(&self) -> u32 {
        self.line(self.span.0)
    }

    fn last_line(&self) -> u32 {
        self.line(self.span.1)
    }
}

fn written(parts: &[OutlinePart]) -> String {
    lined_json::list(parts.iter().map(|part| &part.json))
}

/// Makes parts of the outline of one document.
struct PartMaker<'a> {
    analysis: &'a Analysis,
    doc: DocIdx,
    lines: &'a Lines<'a>,
    form: OutlineForm<'a>,
}

impl PartMaker<'_> {
    fn all(&self) -> Vec<OutlinePart> {
        outline_parts(self.analysis, self.doc).into_iter().map(|own| self.part(own)).collect()
    }

    fn part(&self, entities: Range<EntityIdx>) -> OutlinePart {
        let symbols = symbols_of(self.analysis, self.doc, entities.clone());
        let mut writer = PartWriter { maker: self, json: LinedJson::default() };
        match self.form.nested {
            true => writer.nested(&symbols),
            false => writer.flat(&symbols),
        }
        let json = writer.json;
        let span = json.span();
        let fact = self.analysis.index.docs[self.doc].facts.entities.get(entities.start);
        let start = fact.map(|fact| to_proto::range(self.lines, fact.range).start);
        let is_inside = start.is_some_and(|start| start.character > 0);
        OutlinePart { entities, json, span, is_inside }
    }

    /// The parts after a change that made the text so many lines longer; `None` where the document has
    /// others.
    fn updated(
        &self,
        mut parts: Vec<OutlinePart>,
        change: &ChangedEntities,
        longer: i64,
    ) -> Option<Vec<OutlinePart>> {
        let read = &change.read;
        // Whether the part before is made again, and where it ended.
        let (mut is_other, mut ended) = (false, None);
        for part in &mut parts {
            let entities = part.entities.clone();
            // What stands on the line of another part has moved with it along that line.
            let was_beside = part.is_inside && ended == Some(part.first_line());
            ended = Some(part.last_line());
            let is_read = entities.start < read.end && read.start < entities.end;
            if entities.start >= read.end {
                part.json.moved += longer;
            }
            let speaks_of_others = change.others.range(entities.clone()).next().is_some();
            if is_read || speaks_of_others || (is_other && was_beside) {
                *part = self.is_part(&entities).then(|| self.part(entities))?;
                is_other = true;
            } else {
                is_other = false;
            }
        }
        let is_complete = parts.last().map_or(0, |part| part.entities.end)
            == self.analysis.index.docs[self.doc].facts.entities.len();
        is_complete.then_some(parts)
    }

    /// Whether these entities are still one part.
    fn is_part(&self, own: &Range<EntityIdx>) -> bool {
        let entities = &self.analysis.index.docs[self.doc].facts.entities;
        let parent = |entity: EntityIdx| entities.get(entity).map(|fact| fact.parent);
        parent(own.start) == Some(None)
            && (own.start + 1..own.end)
                .all(|it| parent(it).flatten().is_some_and(|parent| parent >= own.start))
    }
}

/// Writes one part.
struct PartWriter<'a> {
    maker: &'a PartMaker<'a>,
    json: LinedJson,
}

impl PartWriter<'_> {
    /// The entries as trees: each stands behind the one around it.
    fn nested(&mut self, symbols: &[Symbol]) {
        let mut below: Vec<Vec<usize>> = vec![Vec::new(); symbols.len()];
        let mut roots = Vec::new();
        for (at, symbol) in symbols.iter().enumerate() {
            symbol.parent.map_or(&mut roots, |parent| &mut below[parent]).push(at);
        }
        // Lists that are under way, each with how much of it is written.
        let mut open: Vec<(Vec<usize>, usize)> = vec![(roots, 0)];
        while let Some((list, next)) = open.last_mut() {
            let Some(at) = list.get(*next).copied() else {
                open.pop();
                if !open.is_empty() {
                    self.json.push("]}");
                }
                continue;
            };
            if *next > 0 {
                self.json.push(",");
            }
            *next += 1;
            self.open_entry(&symbols[at]);
            match std::mem::take(&mut below[at]) {
                none if none.is_empty() => self.json.push("}"),
                list => {
                    self.json.push(r#","children":["#);
                    open.push((list, 0));
                }
            }
        }
    }

    fn open_entry(&mut self, symbol: &Symbol) {
        self.json.push(r#"{"name":"#);
        self.string(&symbol.name);
        if !symbol.detail.is_empty() {
            self.json.push(r#","detail":"#);
            self.string(&symbol.detail);
        }
        self.kind(symbol);
        self.json.push(r#","range":"#);
        self.range(symbol.range);
        self.json.push(r#","selectionRange":"#);
        self.range(symbol.name_range);
    }

    /// The entries as a list, for clients that show no tree.
    fn flat(&mut self, symbols: &[Symbol]) {
        for (at, symbol) in symbols.iter().enumerate() {
            self.json.push(if at > 0 { r#",{"name":"# } else { r#"{"name":"# });
            self.string(&symbol.name);
            self.kind(symbol);
            self.json.push(r#","location":{"uri":"#);
            self.string(self.maker.form.uri);
            self.json.push(r#","range":"#);
            self.range(symbol.name_range);
            self.json.push("}");
            if let Some(parent) = symbol.parent {
                self.json.push(r#","containerName":"#);
                self.string(&symbols[parent].name);
            }
            self.json.push("}");
        }
    }

    fn kind(&mut self, symbol: &Symbol) {
        let numbers = (written_as(kind(symbol.kind)), written_as(SymbolTag::DEPRECATED));
        self.json.push(&format!(r#","kind":{}"#, numbers.0));
        if self.maker.form.tags && symbol.category.is_some_and(Category::is_closed) {
            self.json.push(&format!(r#","tags":[{}]"#, numbers.1));
        }
    }

    fn string(&mut self, text: &str) {
        self.json.push(&written_as(text));
    }

    fn range(&mut self, range: TextRange) {
        self.json.range(self.maker.lines, range);
    }
}

/// A value that can be written, as JSON.
fn written_as<T: serde::Serialize>(value: T) -> String {
    serde_json::to_string(&value).unwrap_or_default()
}

/// The kinds that every client knows.
fn kind(kind: EntityKind) -> SymbolKind {
    match kind {
        EntityKind::Plan => SymbolKind::MODULE,
        EntityKind::Task => SymbolKind::CLASS,
        EntityKind::Phase => SymbolKind::METHOD,
        EntityKind::Item => SymbolKind::BOOLEAN,
    }
}

#[cfg(test)]
mod tests;
