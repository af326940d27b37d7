//! Tables in which anything may stand: a row says a status only where its cell holds one that is known
//! and nothing else but a note in brackets.

use rustc_hash::FxHashMap;

use super::{RowStatus, mark_in};
use crate::model::carrier::markdown_reader::MarkdownReader;
use crate::model::legend::means_another;
use crate::profile::EntityType;
use crate::profile::reading::{self, Reading, Shape, is_sign, is_sign_part};
use crate::profile::vocabulary::{Category, StatusDef, StatusIdx, Vocabulary};
use crate::syntax::markdown::MarkdownTable;
use crate::text::TextRange;

/// What is known of a table, as far as it was asked.
#[derive(Debug, Default)]
pub(super) struct Explained {
    /// Which signs the text says to mean another status than they do elsewhere.
    signs: FxHashMap<String, bool>,
    /// Whether it is of statuses.
    pub(super) of_statuses: Option<bool>,
    /// Whether the sign of what has failed tells in it what is not yet.
    not_yet: Option<bool>,
}

/// What a heading holds above a table that compares what stands elsewhere.
const CHECKS: [&str; 6] = [
    "cross-check",
    "cross check",
    "verification matrix",
    "validation matrix",
    "co-location",
    "traceability",
];

impl MarkdownReader<'_> {
    /// Whether a table below such a heading has nothing but signs in its column for the status: they tell
    /// what agrees, and not what is done.
    pub(super) fn is_of_checks(&self, table: &MarkdownTable, column: usize) -> bool {
        let heading = table.heading.map(|at| self.markdown.headings[at].text.of(self.text));
        let heading = heading.unwrap_or_default().to_lowercase();
        let cells = table.rows.iter().filter_map(|row| row.get(column));
        let mut said = cells.map(|cell| cell.of(self.text)).filter(|said| !said.is_empty());
        CHECKS.iter().any(|check| heading.contains(check))
            && said.all(|said| {
                let tells_work = said.contains(['🚧', '🔄', '⏳', '⬜', '🔲', '🟡', '📋']);
                !tells_work && said.chars().all(|c| is_sign(c) || is_sign_part(c))
            })
    }

    /// Whether at least half of what a table says in its column for the status are statuses. Others are
    /// of decisions, checks or figures.
    pub(super) fn is_of_statuses(
        &self,
        what: EntityType,
        table: &MarkdownTable,
        column: usize,
    ) -> bool {
        let cells = table.rows.iter().filter_map(|row| row.get(column)).copied();
        let said: Vec<TextRange> = cells.filter(|cell| !cell.is_empty()).collect();
        let known = said.iter().filter(|cell| self.read_alone(what, **cell).is_some()).count();
        known > 0 && known * 2 >= said.len()
    }

    /// The status that is all there is in a cell. A sign without a word that the text explains to mean
    /// another says nothing. One for what has failed tells what is not yet, where its column has no other for
    /// that, and else nothing.
    pub(super) fn status_alone(
        &self,
        what: EntityType,
        (table, column): (&MarkdownTable, usize),
        cell: TextRange,
        explained: &mut Explained,
    ) -> Option<RowStatus> {
        let mut said = self.read_alone(what, cell)?;
        let RowStatus::Read(reading) = &mut said else { return Some(said) };
        let (drawn, mut status) = (reading.range.of(self.text), reading.status?);
        if !drawn.chars().all(is_sign_part) {
            return Some(said);
        }
        let vocabulary = self.profile.vocabulary_of(what);
        if vocabulary.get(status).category == Category::Failed {
            let cells = || table.rows.iter().filter_map(|row| row.get(column));
            let is_not_yet = || tells_not_yet(vocabulary, cells().map(|cell| cell.of(self.text)));
            explained.not_yet.get_or_insert_with(is_not_yet).then_some(())?;
            status = open(vocabulary)?;
            reading.status = Some(status);
        }
        let sign = drawn.trim_end_matches('\u{fe0f}');
        let text = self.text;
        let is_other = *explained
            .signs
            .entry(sign.to_owned())
            .or_insert_with(|| means_another(vocabulary, text, sign, status));
        (!is_other).then_some(said)
    }

    fn read_alone(&self, what: EntityType, cell: TextRange) -> Option<RowStatus> {
        let vocabulary = self.profile.vocabulary_of(what);
        if let Some(mark) = mark_in(self.text, cell) {
            let status = Some(vocabulary.lookup_box(mark.of(self.text))?);
            return Some(RowStatus::Box(Reading {
                range: mark,
                word: mark,
                status,
                shape: Shape::Exact,
            }));
        }
        let reading = reading::read_field(vocabulary, &self.profile.markers, self.text, cell)?;
        reading.status?;
        let said = bare(self.text, cell);
        let is_all = reading.range == said || note_in(self.text, reading.range, said).is_some();
        is_all.then_some(RowStatus::Read(reading))
    }
}

/// Whether in a column for the status the sign of what has failed tells what is not yet: neither a sign
/// nor a word of another row does.
pub(super) fn tells_not_yet<'t>(
    vocabulary: &Vocabulary,
    cells: impl Iterator<Item = &'t str>,
) -> bool {
    let is_open = |said: &str| {
        let status = vocabulary.lookup(said);
        let category = status.map(|status| vocabulary.get(status).category);
        matches!(category, Some(Category::Open | Category::Waiting))
    };
    let mut said =
        cells.map(|cell| cell.trim_matches(|c: char| c.is_whitespace() || "*_`".contains(c)));
    !said.any(|said| {
        let words = said.trim_start_matches(is_sign_part);
        let sign = &said[..said.len() - words.len()];
        is_open(sign) || is_open(words.trim_start())
    })
}

/// What is not yet: the status of an empty box, or else the first that is open.
pub(super) fn open(vocabulary: &Vocabulary) -> Option<StatusIdx> {
    let is_open = |(_, def): &(StatusIdx, &StatusDef)| def.category == Category::Open;
    let first = || vocabulary.iter().find(is_open).map(|(status, _)| status);
    vocabulary.lookup_box(" ").or_else(first)
}

/// What a cell says in brackets behind its status, where that is all there is and it tells when or where
/// with a number: `Done (v0.3.0)`, `Done (PR #44)`, `Done (2026-01-02)`.
pub(super) fn note_in(text: &str, status: TextRange, cell: TextRange) -> Option<&str> {
    let note = in_brackets(text, status, cell)?;
    (note.contains(|c: char| c.is_ascii_digit()) && !note.contains(['(', ')'])).then_some(note)
}

/// What stands in brackets behind a status that a cell begins with, and up to its end.
pub(super) fn in_brackets(text: &str, status: TextRange, cell: TextRange) -> Option<&str> {
    let is_head = status.start == cell.start && status.end < cell.end;
    let behind = is_head.then(|| TextRange { start: status.end, ..cell }.of(text))?;
    behind.trim_start_matches(['*', '`', '_']).strip_prefix(" (")?.strip_suffix(')')
}

/// A cell without blanks and marks of emphasis around it.
pub(super) fn bare(text: &str, cell: TextRange) -> TextRange {
    reading::trim(text, cell, |c| c.is_whitespace() || matches!(c, '*' | '`' | '_'))
}
