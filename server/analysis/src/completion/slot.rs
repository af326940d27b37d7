//! The place of a status that is being typed, and the workspace with the status that stood there before.

use crate::analysis::Analysis;
use crate::completion::Line;
use crate::index::{DocIdx, Place};
use crate::model::{Document, Occurrence};
use crate::profile::vocabulary::{Category, StatusDef, StatusIdx, Vocabulary};
use crate::profile::{EntityKind, Format, Profile};
use crate::syntax::json::rewrite::quote;
use crate::text::TextRange;
use crate::text::line_index::floor_char_boundary;

/// The place of a status that is being typed.
pub(super) struct StatusSlot {
    /// What is typed of it so far.
    pub(super) typed: TextRange,
    /// The text of that before the cursor.
    pub(super) head: String,
    /// Whether that is a status as it is, rather than the begin of one.
    pub(super) is_whole: bool,
    /// The workspace with a status that is known in the place of what is typed.
    pub(super) base: Analysis,
    /// That status there.
    pub(super) token: TextRange,
    /// What has it.
    pub(super) place: Place,
    /// The form in which others can be written; `None` where the one before tells.
    pub(super) fresh: Option<StatusForm>,
}

/// How the text of a status is made.
pub(super) type StatusForm = fn(&Profile, &StatusDef) -> String;

/// The forms, the more particular ones first.
const FORMS: [StatusForm; 4] = [MARKER, |_, def| quote(&def.json), |_, def| def.json.clone(), BOX];

/// The same where a check box begins.
const BOX_FORMS: [StatusForm; 2] = [BOX, MARKER];

const MARKER: StatusForm = |profile, def| profile.markers.write(&def.marker);

const BOX: StatusForm =
    |_, def| def.boxes.first().map(|mark| format!("[{mark}]")).unwrap_or_default();

/// The place of the status that a cursor is at, if it is at one.
pub(super) fn find(analysis: &Analysis, doc: DocIdx, line: &Line) -> Option<StatusSlot> {
    let document = &*analysis.index.docs[doc];
    if document.facts.history {
        return None;
    }
    let here = occurrence_at(document, TextRange::empty(line.offset));
    let here = here.filter(|it| it.reading.status.is_some() || !is_blank(document, it));
    if here.is_none()
        && let Some(slot) = erased(analysis, doc, line)
    {
        return Some(slot);
    }
    let typed = here.map(|it| it.reading.range).or_else(|| typed_range(document, line))?;
    let before = line.before.get(..(typed.start as usize).saturating_sub(line.start));
    let forms = if before.is_some_and(is_bullet) { &BOX_FORMS[..] } else { &FORMS };
    let head = line.typed(typed);
    let search = Search { analysis, doc, document, typed, head, forms };
    if let Some(known) = here.filter(|it| search.is_settled(it)) {
        let place = Place { doc, entity: known.entity };
        return Some(search.slot(analysis.clone(), typed, place, None));
    }
    search.before(here).or_else(|| search.by_others()).or_else(|| search.fresh())
}

fn is_blank(document: &Document, occurrence: &Occurrence) -> bool {
    document.raw(occurrence).trim().is_empty()
}

/// The place of a status that stood at the cursor when the file was saved, where nothing else of its line
/// has changed since.
fn erased(analysis: &Analysis, doc: DocIdx, line: &Line) -> Option<StatusSlot> {
    let document = &*analysis.index.docs[doc];
    let disk = on_disk(analysis, document)?;
    let nth = document.lines.line_col(line.offset).line;
    // Lines may have come or gone elsewhere.
    let from_end = (nth + disk.lines.n_lines()).checked_sub(document.lines.n_lines());
    let lines = [Some(nth), from_end].into_iter().flatten();
    lines.filter(|nth| *nth < disk.lines.n_lines()).find_map(|nth| {
        let range = disk.lines.line_range(nth);
        let was = disk.text.copy(range.bytes());
        let was = was.trim_end_matches(['\r', '\n']);
        let (typed, old) = gone(&disk, range.start as usize, was, line)?;
        let head = line.typed(typed);
        let search = Search { analysis, doc, document, typed, head, forms: &FORMS };
        let (base, place, _) = search.with(old)?;
        Some(search.slot(base, search.token(old.len()), place, None))
    })
}

/// What is typed of a line in the place of a status that the line had, and that status with the brackets
/// or quotes that have gone with it.
fn gone<'w>(
    disk: &Document,
    start: usize,
    was: &'w str,
    line: &Line,
) -> Option<(TextRange, &'w str)> {
    let same =
        |one: &str, two: &str| one.bytes().zip(two.bytes()).take_while(|(a, b)| a == b).count();
    let head = floor_char_boundary(was, same(was, &line.before));
    let alike = was.bytes().rev().zip(line.behind.bytes().rev());
    let tail = alike.take_while(|(a, b)| a == b).count().min(was.len() - head);
    let end = (was.len() - tail..=was.len()).find(|at| was.is_char_boundary(*at))?;
    let length = line.before.len() + line.behind.len();
    let mut known = disk.facts.occurrences.iter().filter(|it| it.reading.status.is_some());
    known.find_map(|it| {
        let own = it.reading.range.bytes();
        let own = own.start.checked_sub(start)?..own.end.checked_sub(start)?;
        let all = own.start.min(head)..own.end.max(end);
        let beside = [was.get(all.start..own.start)?, was.get(own.end..all.end)?];
        let is_mark = |c: char| matches!(c, '[' | ']' | '"' | '\'' | '`' | '*' | ' ');
        let typed_end = (all.end + length).checked_sub(was.len())?;
        let is_here = all.start <= line.before.len() && line.before.len() <= typed_end;
        let fits = is_here && head <= own.end && own.start <= end;
        (fits && beside.concat().chars().all(is_mark))
            .then(|| (TextRange::new(line.start + all.start, line.start + typed_end), &was[all]))
    })
}

/// The document as it is on disk.
fn on_disk(analysis: &Analysis, document: &Document) -> Option<Document> {
    let disk = analysis.editing.open.get(&document.path)?;
    document.with_text(disk.text.clone()?)
}

/// The shortest status that touches a range.
fn occurrence_at(document: &Document, range: TextRange) -> Option<&Occurrence> {
    let near = document.facts.occurrences.around(range).map(|(_, it)| it);
    let is_here = |it: &&Occurrence| {
        let own = it.reading.range;
        own.start <= range.end && range.start <= own.end
    };
    near.filter(is_here).min_by_key(|it| it.reading.range.len())
}

/// What may become a status at a cursor where none is read yet: `[IMP`, or the value of a field.
fn typed_range(document: &Document, line: &Line) -> Option<TextRange> {
    let whole = |start: usize, end: usize| TextRange::new(line.start + start, end);
    if let Some(open) = line.before.rfind('[') {
        let inside = &line.before[open + 1..];
        let is_word = |c: char| !matches!(c, ']' | '(' | '"' | ':' | ',');
        if inside.chars().all(is_word) && inside.len() < 40 {
            let closed = usize::from(line.behind.starts_with(']'));
            return Some(whole(open, line.offset + closed));
        }
    }
    let (name, value) = line.before.split_once(':')?;
    let name = name.trim_start_matches(['-', '*', '+', '#', ' ', '\t']);
    let name = name.trim_matches(['*', '_', '"', ' ']);
    let names = document.profile.fields.status.iter().map(String::as_str);
    let role = document.role();
    let keys = role.records.iter().map(|rule| rule.status.as_str());
    let key = role.document.as_ref().and_then(|rule| rule.front_matter.as_deref());
    let mut all = names.chain(keys).chain(key);
    if !all.any(|own| own.eq_ignore_ascii_case(name)) {
        return None;
    }
    let start = line.before.len() - value.trim_start_matches(['*', '_', ' ', '\t']).len();
    let end = match role.format {
        Format::Json => line.behind.len() - line.behind.trim_start_matches('"').len(),
        _ => line.behind.trim_end().len(),
    };
    Some(whole(start, line.offset + end))
}

/// Whether a text is nothing but the bullet of a list.
fn is_bullet(text: &str) -> bool {
    let text = text.trim();
    let number = text.strip_suffix(['.', ')']);
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|it| it.is_ascii_digit());
    matches!(text, "-" | "*" | "+") || number.is_some_and(is_number)
}

struct Search<'a> {
    analysis: &'a Analysis,
    doc: DocIdx,
    document: &'a Document,
    typed: TextRange,
    head: &'a str,
    forms: &'static [StatusForm],
}

impl Search<'_> {
    fn slot(
        &self,
        base: Analysis,
        token: TextRange,
        place: Place,
        fresh: Option<StatusForm>,
    ) -> StatusSlot {
        let (typed, head) = (self.typed, self.head.to_owned());
        let is_whole = base.is_same(self.analysis);
        StatusSlot { typed, head, is_whole, base, token, place, fresh }
    }

    /// Whether what stands there is the status that it has, rather than one that is being overwritten.
    fn is_settled(&self, here: &Occurrence) -> bool {
        let index = &self.analysis.index;
        let place = Place { doc: self.doc, entity: here.entity };
        let is_task = index.entity(place).kind == EntityKind::Task;
        let agrees = || index.task_at(place).is_none_or(|task| index.agreed(task));
        let said = here.reading.range.of(&self.document.text);
        let is_saved = || self.saved(Some(here)).is_none_or(|(text, _)| text == said);
        here.reading.status.is_some() && (!is_task || agrees() || is_saved())
    }

    /// The workspace with a text in the place of what is typed, where that is a status then.
    fn with(&self, text: &str) -> Option<(Analysis, Place, StatusIdx)> {
        let (start, path) = (self.typed.start as usize, &self.document.path);
        let replaced = self.document.text.replaced(self.typed.bytes(), text);
        let base = self.analysis.with_text(path, replaced);
        let (doc, document) = base.index.document(path.as_str())?;
        let token = TextRange::new(start, start + text.len());
        let found =
            occurrence_at(document, token).filter(|it| token.contains_range(it.reading.range))?;
        let (place, status) = (Place { doc, entity: found.entity }, found.reading.status?);
        Some((base, place, status))
    }

    fn token(&self, len: usize) -> TextRange {
        TextRange::new(self.typed.start as usize, self.typed.start as usize + len)
    }

    /// The status that was there when the file was saved, as it stood.
    fn saved(&self, here: Option<&Occurrence>) -> Option<(String, StatusIdx)> {
        let disk = on_disk(self.analysis, self.document)?;
        let entity = self.document.entity_at(self.typed.start as usize)?;
        let (own, was) = (&self.document.facts.entities[entity], disk.facts.entities.get(entity)?);
        if (own.kind, &own.id, &own.number) != (was.kind, &was.id, &was.number) {
            return None;
        }
        let mut said = disk.facts.occurrences_of(entity);
        let old = said.find(|it| here.is_none_or(|here| here.carrier == it.carrier))?;
        Some((disk.raw(old).to_owned(), old.reading.status?))
    }

    /// With the status that was there when the file was saved.
    fn before(&self, here: Option<&Occurrence>) -> Option<StatusSlot> {
        let (text, old) = self.saved(here)?;
        let (base, place, status) = self.with(&text)?;
        (status == old).then(|| self.slot(base, self.token(text.len()), place, None))
    }

    /// With the status that the other places of the task have.
    fn by_others(&self) -> Option<StatusSlot> {
        let index = &self.analysis.index;
        let entity = self.document.entity_at(self.typed.start as usize)?;
        let task = index.task_at(Place { doc: self.doc, entity })?;
        if self.document.facts.entities[entity].kind != EntityKind::Task {
            return None;
        }
        let mut others = index.statuses(task).filter(|spot| {
            spot.place.doc != self.doc || !self.typed.contains_range(spot.occurrence.reading.range)
        });
        let status = others.find_map(|spot| spot.status())?;
        let def = index.vocabulary_of(task).get(status);
        self.forms.iter().find_map(|form| {
            let text = form(&self.document.profile, def);
            let (base, place, found) = self.with(&text).filter(|_| !text.is_empty())?;
            (found == status).then(|| self.slot(base, self.token(text.len()), place, None))
        })
    }

    /// Where none has been yet.
    fn fresh(&self) -> Option<StatusSlot> {
        let profile = &self.document.profile;
        let entity = self.document.entity_at(self.typed.start as usize);
        let vocabulary = |kind| profile.vocabulary(kind);
        let own = entity.map(|entity| self.document.vocabulary_of(entity));
        let kinds = [EntityKind::Item, EntityKind::Task].map(vocabulary);
        let all: Vec<&Vocabulary> = own.into_iter().chain(kinds).collect();
        all.into_iter().find_map(|vocabulary| {
            let open = |(_, def): &(StatusIdx, &StatusDef)| def.category == Category::Open;
            let (status, def) = vocabulary.iter().find(open)?;
            self.forms.iter().find_map(|form| {
                let text = form(profile, def);
                let (base, place, found) = self.with(&text).filter(|_| !text.is_empty())?;
                let token = self.token(text.len());
                (found == status).then(|| self.slot(base, token, place, Some(*form)))
            })
        })
    }
}
