//! What is written beside a status: since when it is so, and why.

use crate::change::planner::PlanDraft;
use crate::change::{Subject, form, json_edit, markdown_edit};
use crate::index::{Place, Spot};
use crate::model::FieldRole;
use crate::model::carriers::ended_day;
use crate::model::carriers::spelling::{time_as, time_in, time_like};
use crate::model::time::TimeStamp;
use crate::profile::vocabulary::{Category, StatusDef, StatusIdx};
use crate::profile::{EntityKind, Format};
use crate::syntax::markdown::Markdown;
use crate::text::TextRange;
use crate::text::text_edit::TextEdit;

impl PlanDraft<'_> {
    /// The day of a change that is stamped.
    pub(super) fn day(&self) -> Option<&str> {
        let is_now = !self.intent.mode.mends();
        self.intent.at.get(..10).filter(|_| is_now)
    }

    /// The times and the reason that an entity gets with a status.
    pub(super) fn stamp_edits(&self, place: Place, to: StatusIdx, changes: bool) -> Vec<TextEdit> {
        let index = &self.analysis.index;
        let document = &*index.docs[place.doc];
        let profile = &document.profile;
        let entity = &document.facts.entities[place.entity];
        let def = profile.vocabulary_of(entity.what()).get(to);
        let names = &profile.fields;
        let json = document.role().format == Format::Json;
        let at = &self.intent.at;
        let is_there = |name: &str| {
            let mut fields = document.facts.fields_of(place.entity);
            fields.any(|it| matches!(&it.role, FieldRole::Stamp(own) if **own == *name))
        };
        let stamp = def.stamp.as_deref();
        let stamp = stamp.filter(|name| is_there(name) || index.keeps_stamp(place, name));
        let mut edits = Vec::new();
        if changes {
            edits.extend(self.stale_stamps(place, to, json));
        }
        if changes && json {
            edits.extend(json_edit::stamps(document, place, names, stamp, at));
        } else if changes && let Some(stamp) = stamp {
            let header = index.spots(place).find(|spot| spot.occurrence.carrier.is_in_header);
            edits.extend(match header {
                Some(spot) => header_stamp(&spot, stamp, at),
                None => markdown_edit::stamp(document, place, stamp, at),
            });
        }
        if changes && !json && !names.touch.is_empty() {
            let header = index.spots(place).find(|spot| spot.occurrence.carrier.is_in_header);
            edits.extend(header.iter().flat_map(|spot| header_touches(spot, &names.touch, at)));
        }
        let subject = matches!(&self.intent.subject, Subject::Task(id) if self.tasks.contains_key(id))
            || entity.kind == EntityKind::Phase;
        let reason = self.intent.reason.as_deref().filter(|_| subject);
        if let (Some(reason), Some(field)) = (reason, &def.reason) {
            if json {
                edits.extend(json_edit::reason(document, place, names, field, reason));
            } else {
                edits.push(markdown_edit::reason(document, place, field, reason));
            }
        }
        edits
    }

    /// What is open again was not finished: the time at which it was goes, unless there is more in
    /// its place than a time.
    fn stale_stamps(&self, place: Place, to: StatusIdx, json: bool) -> Vec<TextEdit> {
        let index = &self.analysis.index;
        let document = &*index.docs[place.doc];
        let vocabulary = index.vocabulary_at(place);
        if vocabulary.get(to).category.is_closed() {
            return Vec::new();
        }
        let closing = |name: &str| {
            let mut of = vocabulary.iter().filter(|(_, def)| def.stamp.as_deref() == Some(name));
            of.any(|(_, def)| def.category.is_closed())
        };
        let fields = document.facts.fields_of(place.entity);
        let stale = fields.filter(|it| matches!(&it.role, FieldRole::Stamp(name) if closing(name)));
        let remove = if json { json_edit::remove } else { markdown_edit::remove };
        stale.filter_map(|field| remove(document, place, field)).collect()
    }

    /// The day since which a task is finished, as places of it tell that are: `(completed 2026-01-02)`
    /// behind a box. `None` where they tell different ones.
    fn told_day(&self, place: Place) -> Option<String> {
        let index = &self.analysis.index;
        let task = index.task_at(place)?;
        let mut days = index.statuses(task).filter_map(|spot| {
            let category = spot.vocabulary().get(spot.status()?).category;
            let day = ended_day(form(&spot))?.of(&spot.document.text).to_owned();
            (category == Category::Done).then_some(day)
        });
        let first = days.next()?;
        days.all(|day| day == first).then_some(first)
    }

    /// A cell of a row holds the day on which its task was finished: today, or none any more. What else
    /// stands there stays. Of what is finished elsewhere another place may tell the day; whoever mends knows
    /// no other.
    pub(super) fn ends(&self, place: Place, to: StatusIdx) -> Vec<TextEdit> {
        let index = &self.analysis.index;
        let document = &*index.docs[place.doc];
        let is_done = index.vocabulary_at(place).get(to).category == Category::Done;
        let cells = document.facts.fields_of(place.entity);
        let cells = cells.filter(|field| field.role == FieldRole::EndDay);
        let was_done = || {
            let task = index.task_at(place);
            let was = task.and_then(|task| Some((task, index.status(task)?)));
            was.is_some_and(|(task, was)| {
                index.vocabulary_of(task).get(was).category == Category::Done
            })
        };
        let today = self.day();
        let is_told = is_done && (today.is_none() || was_done());
        let told = is_told.then(|| self.told_day(place)).flatten();
        let edit = |range: TextRange| {
            let said = range.of(&document.text).trim();
            let day = told.as_deref().or(today);
            if let Some(day) = day.filter(|_| is_done && said.is_empty()) {
                let range = empty_cell(document.text.whole(), range)?;
                return Some(TextEdit { range, insert: format!(" {day} ") });
            }
            let is_blank = matches!(said, "-" | "–" | "—");
            let is_day =
                said.len() == 10 && matches!(TimeStamp::parse(said), Some(TimeStamp::Day(_)));
            let insert = match (is_done, day) {
                (true, Some(day)) if is_blank || (is_day && today.is_some()) => day,
                (false, _) if is_day => "-",
                _ => return None,
            };
            Some(TextEdit { range, insert: insert.to_owned() })
        };
        cells.filter_map(|field| edit(field.value)).chain(self.told_end(place, to)).collect()
    }

    /// The day behind a box on which its task was finished, as a row of the task tells, goes when the task
    /// is opened again: `- [x] **Phase 2: Print** (2026-01-02)`.
    fn told_end(&self, place: Place, to: StatusIdx) -> Option<TextEdit> {
        let index = &self.analysis.index;
        let document = &*index.docs[place.doc];
        let category = |status| index.vocabulary_at(place).get(status).category;
        let spot = index.spots(place).find(|spot| spot.occurrence.carrier.is_coarse())?;
        if category(to) == Category::Done || category(spot.status()?) != Category::Done {
            return None;
        }
        let start = spot.occurrence.reading.range.end as usize;
        let line = TextRange::new(start, (spot.occurrence.line.end as usize).max(start));
        let said = line.of(&document.text).trim_end();
        let (before, day) = said.strip_suffix(')')?.rsplit_once(" (")?;
        if !matches!(TimeStamp::parse(day), Some(TimeStamp::Day(_))) {
            return None;
        }
        let tells = |at: &Place| {
            let other = &index.docs[at.doc];
            let mut cells = other.facts.fields_of(at.entity);
            cells.any(|it| it.role == FieldRole::EndDay && it.value.of(&other.text).trim() == day)
        };
        let task = index.task_at(place).filter(|task| task.places.contains(&place))?;
        let from = start + before.trim_end().len();
        let whole = TextRange::new(from, start + said.len());
        task.places.iter().any(tells).then(|| TextEdit::delete(whole))
    }
}

/// What stands between the bars of a cell that is empty; `None` where the row ends before it.
fn empty_cell(text: &str, at: TextRange) -> Option<TextRange> {
    let is_blank = |c: char| c == ' ' || c == '\t';
    let before = text.get(..at.start as usize)?.trim_end_matches(is_blank);
    let after = text.get(at.end as usize..)?;
    let rest = after.trim_start_matches(is_blank);
    let is_closed = before.ends_with('|') && rest.starts_with('|');
    is_closed.then(|| TextRange::new(before.len(), text.len() - rest.len()))
}

/// The time at which a status was entered, in the front matter that says the status. What else stands
/// there under that key stays.
fn header_stamp(spot: &Spot<'_>, stamp: &str, at: &str) -> Option<TextEdit> {
    let text = spot.document.text.whole();
    let key = StatusDef::json_name(stamp);
    let markdown = Markdown::parse(text);
    let entries = markdown.front_matter.iter().flat_map(|front| &front.entries);
    let mut own =
        entries.filter(|it| matches!(&it.path[..], [only] if StatusDef::json_name(only) == key));
    let Some(entry) = own.next() else {
        let end = spot.occurrence.line.end as usize;
        let line_break = if text.get(end..)?.starts_with('\r') { "\r\n" } else { "\n" };
        let insert = format!("{line_break}{key}: {}", time_like(at, None, true));
        return Some(TextEdit { range: TextRange::empty(end), insert });
    };
    let old = entry.value.of(text);
    let part = time_in(old)?;
    let start = entry.value.start as usize;
    let range = TextRange::new(start + part.start, start + part.end);
    Some(TextEdit { range, insert: time_like(at, Some(old), true) })
}

/// The time of a change under those keys of the front matter that hold the time of the last one.
fn header_touches(spot: &Spot<'_>, keys: &[String], at: &str) -> Vec<TextEdit> {
    let text = spot.document.text.whole();
    let markdown = Markdown::parse(text);
    let entries = markdown.front_matter.iter().flat_map(|front| &front.entries);
    let entries: Vec<_> = entries.collect();
    let touched = |key: &String| {
        let mut own = entries.iter().filter(|it| matches!(&it.path[..], [only] if only == key));
        let entry = own.next().filter(|_| own.next().is_none())?;
        let quote = usize::from(entry.quoted);
        let (start, end) = (entry.value.start as usize + quote, entry.value.end as usize - quote);
        let range = TextRange::new(start, end);
        let insert = time_as(at, range.of(text))?;
        Some(TextEdit { range, insert })
    };
    keys.iter().filter_map(touched).collect()
}
