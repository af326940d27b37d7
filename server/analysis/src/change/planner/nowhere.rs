//! Where no status stands: the field that is added, or why a place is given none.

use std::sync::Arc;

use crate::change::planner::{PlanDraft, tick};
use crate::change::{Refusal, RefusalKind, json_edit, markdown_edit, refuse, validate};
use crate::index::Place;
use crate::index::boxes::Boxes;
use crate::model::{Document, Field, FieldRole};
use crate::profile::reading;
use crate::profile::vocabulary::{Category, StatusDef, StatusIdx};
use crate::profile::{DocumentRule, EntityKind};
use crate::syntax::front_matter::FrontEntry;
use crate::syntax::markdown::{Markdown, unclosed};
use crate::text::TextRange;
use crate::text::text_edit::TextEdit;

/// The two members of a record of which each says its status, so that a change of one would leave the other.
fn two_ways(document: &Document, place: Place) -> Option<(&str, &str)> {
    let mut rules = document.role().records.iter();
    rules.find_map(|rule| {
        let both = json_edit::with_record(document, place, |record| {
            record.get(&rule.status)?;
            rule.without.iter().find(|key| record.get(key).is_some())
        })?;
        Some((rule.status.as_str(), both?.as_str()))
    })
}

impl PlanDraft<'_> {
    /// Where no status stands and none can be added.
    pub(super) fn nowhere(&self, place: Place) -> Refusal {
        let index = &self.analysis.index;
        let path = &index.docs[place.doc].path;
        let name = index.task_at(place).map(|task| self.analysis.name_of(&task.id));
        if let Some((key, n)) = unread_key(&index.docs[place.doc]) {
            if n > 1 {
                let message = format!("`{key}` of {path} stands twice");
                return refuse(RefusalKind::Malformed, message, "take one of the two out");
            }
            let message = format!("`{key}` of {path} is in a form that is not read");
            let remedy = format!("write it on one line, as `{key}: {}`", self.wanted_word(place));
            return refuse(RefusalKind::NoSpelling, message, &remedy);
        }
        let by_file = index.task_at(place).and_then(|task| index.said_by_file(task));
        if let Some((file, _)) = by_file.filter(|(file, _)| *file != place) {
            return self.follows_file(file);
        }
        if let Some((own, other)) = two_ways(&index.docs[place.doc], place) {
            let name = name.unwrap_or_default();
            let message = format!("`{own}` and `{other}` both say how far {name} is in {path}");
            return refuse(RefusalKind::NoSpelling, message, "take one of the two out");
        }
        let message = format!("{} has no status in {path}", name.unwrap_or_default());
        let rule = index.docs[place.doc].role().document.as_ref();
        if rule.is_some_and(|rule| rule.by_name) {
            let profile = &index.docs[place.doc].profile.id;
            let remedy = self.places_of_its_kind(place).unwrap_or_else(|| {
                format!(
                    "write it by hand where its profile keeps statuses: `lockstep profiles {profile}`"
                )
            });
            return refuse(RefusalKind::NoSpelling, message, &remedy);
        }
        refuse(RefusalKind::NoSpelling, message, "add one by hand")
    }

    /// Where others of the kind of a document have their statuses: in check boxes, and by another document
    /// that says the wanted one by being there.
    fn places_of_its_kind(&self, place: Place) -> Option<String> {
        let index = &self.analysis.index;
        let (profile, what) = (&index.docs[place.doc].profile, index.entity(place).what());
        let has_boxes = |document: &&Arc<Document>| {
            let is_here = Arc::ptr_eq(&document.profile, profile) && !document.facts.history;
            is_here && document.role().own_boxes.iter().any(|rule| rule.what == what)
        };
        let list = index.docs.iter().find(has_boxes);
        let list = list.map(|document| format!("add its check box to {}", document.path));
        let wanted = index.task_at(place).and_then(|task| self.tasks.get(&task.id)).copied();
        let says_it = |rule: &DocumentRule| rule.what == what && rule.status == wanted;
        let role = profile.roles.iter().find(|role| role.document.as_ref().is_some_and(says_it));
        let role = role.filter(|_| wanted.is_some()).map(|role| format!("write its {}", role.id));
        let ways: Vec<String> = list.into_iter().chain(role).collect();
        (!ways.is_empty()).then(|| ways.join(", or "))
    }

    /// The word of the status that is wanted at a place, for an example.
    fn wanted_word(&self, place: Place) -> &str {
        let vocabulary = self.analysis.index.vocabulary_at(place);
        let wanted = self.desired.get(&place).map(|to| vocabulary.get(*to));
        let first = || vocabulary.iter().next().map(|(_, def)| def);
        wanted.or_else(first).map_or("", |def| &def.marker)
    }

    /// Refuses where the heading may say a status in a form that is not read: a second one beside it
    /// would contradict it.
    fn is_silent(&self, place: Place) -> Result<(), Refusal> {
        let index = &self.analysis.index;
        let (document, entity) = (&*index.docs[place.doc], index.entity(place));
        let text = document.text.whole();
        let Some(hint) = reading::hint(index.vocabulary_at(place), text, entity.name) else {
            return Ok(());
        };
        let at = validate::location(document, hint);
        let message =
            format!("`{}` at {at} may be a status, in a form that is not read", hint.of(text));
        let marker = document.profile.markers.write(self.wanted_word(place));
        let remedy = format!("write `{marker}` at the end of the heading, and that out of it");
        Err(refuse(RefusalKind::NoSpelling, message, &remedy))
    }

    /// Refuses where phases beside one have lines for the status, and none a marker in its heading.
    fn is_marked_beside(&self, place: Place) -> Result<(), Refusal> {
        let document = &*self.analysis.index.docs[place.doc];
        let (facts, text) = (&document.facts, &document.text);
        let own = &facts.entities[place.entity];
        if own.kind != EntityKind::Phase {
            return Ok(());
        }
        let is_beside =
            |at: &usize| *at != place.entity && facts.entities[*at].what() == own.what();
        let beside = || (0..facts.entities.len()).filter(is_beside);
        let in_heading = |at: usize| {
            let heading = facts.entities[at].name;
            let mut said = facts.occurrences_of(at);
            said.any(|it| heading.contains_range(it.reading.range) || heading == it.line)
        };
        let line = || beside().find_map(|at| status_line(document, facts.entities[at].name));
        if beside().any(in_heading) {
            return Ok(());
        }
        let Some(line) = line() else { return Ok(()) };
        let name = own.name.of(text);
        let message = format!("`{name}` in {} says no status", document.path);
        let at = validate::location(document, line);
        let remedy = format!(
            "add a line below it by hand, such as `{}` at {at}: others beside it have one",
            line.of(text).trim()
        );
        Err(refuse(RefusalKind::NoSpelling, message, &remedy))
    }

    /// The edit that gives a place in Markdown, where no status stands, a field that says it.
    pub(super) fn added_field(&self, place: Place, def: &StatusDef) -> Result<TextEdit, Refusal> {
        self.is_silent(place)?;
        self.is_marked_beside(place)?;
        let index = &self.analysis.index;
        let document = &*index.docs[place.doc];
        let profile = &document.profile;
        let rule = document.role().document.as_ref().filter(|_| index.is_document(place));
        // A field below front matter that is to say the status would not be read.
        let has_front = document.text.copy(0..3) == "---";
        let in_front = |it: &DocumentRule| it.front_matter.is_some() && has_front;
        let has_form =
            |it: &DocumentRule| it.status_section.is_none() && it.status.is_none() && !in_front(it);
        let has_field = !profile.fields.status.is_empty();
        if rule.is_some_and(|it| !has_form(it) || !has_field) {
            return Err(self.nowhere(place));
        }
        let field = profile.fields.status.first().map_or("Status", String::as_str);
        let marker = profile.markers.write(&def.marker);
        let filled = self.empty_field_edit(place, &marker)?;
        Ok(filled.unwrap_or_else(|| markdown_edit::add_status(document, place, field, &marker)))
    }

    /// Refuses where the place of the status says something that is not read: a second one beside it, or
    /// in another file, would contradict it.
    pub(super) fn is_read(&self, place: Place) -> Result<(), Refusal> {
        let index = &self.analysis.index;
        let document = &*index.docs[place.doc];
        self.is_in_its_column(place)?;
        let said = unread(document, place).filter(|it| !it.value.is_empty());
        let is_alone = index.spots(place).next().is_none();
        let is_left = |it: &Field| self.changes(place) && is_in_words(document, it);
        let Some(field) = said.filter(|it| is_alone || is_left(it)) else {
            return Ok(());
        };
        let said = field.value.of(&document.text);
        let at = validate::location(document, field.value);
        let message =
            format!("`{said}` at {at} is in the place of the status, and is not read as one");
        let marker = document.profile.markers.write(self.wanted_word(place));
        let remedy = match is_alone {
            true => format!("write `{marker}` there"),
            false => "change that place by hand first".to_owned(),
        };
        Err(refuse(RefusalKind::NoSpelling, message, &remedy))
    }

    /// Whether a place says another status than it is to have.
    fn changes(&self, place: Place) -> bool {
        let differs = |to: &StatusIdx| {
            self.analysis.index.spots(place).any(|spot| spot.status() != Some(*to))
        };
        self.desired.get(&place).is_some_and(differs)
    }

    /// Refuses where another status than the wanted one stands in a row, but not in its column: the row
    /// would go on to say it.
    fn is_in_its_column(&self, place: Place) -> Result<(), Refusal> {
        let index = &self.analysis.index;
        let document = &*index.docs[place.doc];
        let Some(beside) = field_of(document, place, &FieldRole::StatusBeside) else {
            return Ok(());
        };
        let said = beside.value.of(&document.text);
        let wanted = index.task_at(place).and_then(|task| self.tasks.get(&task.id)).copied();
        if wanted.is_some() && index.vocabulary_at(place).lookup(said) == wanted {
            return Ok(());
        }
        let at = validate::location(document, beside.value);
        let message = format!("`{said}` at {at} stands beside the column for the status");
        let remedy = "the row may lack a cell: put each into its column";
        Err(refuse(RefusalKind::NoSpelling, message, remedy))
    }

    /// The edit that has the field for the status say it, where there is one and it says nothing yet.
    fn empty_field_edit(&self, place: Place, marker: &str) -> Result<Option<TextEdit>, Refusal> {
        self.is_read(place)?;
        let document = &*self.analysis.index.docs[place.doc];
        let Some(field) = unread(document, place) else { return Ok(None) };
        let line = document.text.copy(field.line.bytes());
        let start = field.line.start as usize;
        let range = TextRange::new(start + line.trim_end().len(), start + line.len());
        Ok(Some(TextEdit { range, insert: format!(" {marker}") }))
    }

    /// Refuses where a place may be a part of what is never closed before it: an example in a fence, a
    /// draft in a comment. Where places are brought together, such a one in the same file is no witness.
    pub(super) fn is_certain(&self, place: Place) -> Result<(), Refusal> {
        let document = &*self.analysis.index.docs[place.doc];
        let facts = &document.facts;
        let Some(open) = unclosed::first_unclosed(&facts.problems) else { return Ok(()) };
        let from = open.range.start;
        let hides = facts.occurrences.iter().any(|it| it.reading.range.start > from);
        let is_behind = facts.entities[place.entity].range.start > from;
        let is_no_witness = hides && self.intent.mode.mends();
        if !(is_behind || is_no_witness) {
            return Ok(());
        }
        let at = validate::location(document, open.range);
        let message = format!("{at}: {}, and may be no task", open.message);
        Err(refuse(RefusalKind::Malformed, message, "close it first"))
    }

    /// What has its status by the folder of its file is given no other.
    pub(super) fn follows_file(&self, place: Place) -> Refusal {
        let index = &self.analysis.index;
        let name = index.task_at(place).map(|task| self.analysis.name_of(&task.id));
        let name = name.unwrap_or_else(|| index.entity(place).title.to_string());
        let path = &index.docs[place.doc].path;
        let said = index.entity(place).fixed.map(|it| &index.vocabulary_at(place).get(it).marker);
        let said = said.map_or("", String::as_str);
        let message = format!("{name} is {said} because {path} is there");
        let remedy = "take that file away, or move it or its folder elsewhere";
        refuse(RefusalKind::NotAllowed, message, remedy)
    }

    /// What has the status of its boxes is given no other.
    pub(super) fn follows_boxes(&self, place: Place) -> Refusal {
        let index = &self.analysis.index;
        let name = index.task_at(place).map(|task| self.analysis.name_of(&task.id));
        let name = name.unwrap_or_else(|| index.entity(place).title.to_string());
        let message = format!("{name} states no status: it follows from its check boxes");
        let boxes = index.boxes_below(place, Boxes::WithPhases);
        let wanted =
            self.desired.get(&place).map(|to| index.vocabulary_at(place).get(*to).category);
        let category = wanted.unwrap_or(Category::Active);
        if let Some(spot) = tick::unknown_mark(index, &boxes).and_then(|it| index.spots(it).next())
        {
            let at = validate::location(spot.document, spot.occurrence.reading.range);
            let remedy = format!("write a known mark instead of {} at {at}", spot.shown());
            return refuse(RefusalKind::NotAllowed, message, &remedy);
        }
        let remedy = match (boxes.first(), category) {
            (None, _) => "add check boxes, or a status".to_owned(),
            (Some(_), Category::Done) => format!("`--tick` ticks all {}", boxes.len()),
            (Some(_), Category::Open) => format!("`--tick` unticks all {}", boxes.len()),
            (Some((first, _)), _) => {
                format!("set the boxes, such as `{}`", index.part_name(*first))
            }
        };
        refuse(RefusalKind::NotAllowed, message, &remedy)
    }
}

/// The key of the front matter that is to say the status, where it says something that is not read: a
/// value over two lines, or one with escapes; and how often it stands there.
fn unread_key(document: &Document) -> Option<(&str, usize)> {
    let key = document.role().document.as_ref()?.front_matter.as_deref()?;
    let markdown = Markdown::parse(document.text.whole());
    let entries = &markdown.front_matter.as_ref()?.entries;
    let is_own =
        |it: &&FrontEntry| matches!(&it.path[..], [only] if only.eq_ignore_ascii_case(key));
    let n = entries.iter().filter(is_own).count();
    let own = entries.iter().find(is_own)?;
    (!own.text.is_empty() && !["~", "null"].contains(&own.text.as_str())).then_some((key, n))
}

/// Whether what a field for the status says is words, and stands behind its name.
fn is_in_words(document: &Document, field: &Field) -> bool {
    let line = document.text.copy(field.line.bytes());
    let names = &document.profile.fields.status;
    let is_name = |name: &str| {
        let name = name.trim_matches(|c: char| !c.is_alphanumeric());
        names.iter().any(|own| own.eq_ignore_ascii_case(name))
    };
    let is_behind = line.split_once(':').is_some_and(|(name, _)| is_name(name));
    is_behind && field.value.of(&document.text).contains(char::is_alphabetic)
}

/// What stands where an entity is to say its status, and is not read as one.
fn unread(document: &Document, place: Place) -> Option<&Field> {
    field_of(document, place, &FieldRole::UnreadStatus)
}

fn field_of<'d>(document: &'d Document, place: Place, role: &FieldRole) -> Option<&'d Field> {
    document.facts.fields_of(place.entity).find(|it| it.role == *role)
}

/// The line for the status that is the first below a heading.
fn status_line(document: &Document, heading: TextRange) -> Option<TextRange> {
    let lines = &document.lines;
    let first = lines.line_col(heading.end as usize).line + 1;
    let ranges = (first..lines.n_lines().min(first + 4)).map(|line| lines.line_range(line));
    let line = ranges.into_iter().find(|it| !it.of(&document.text).trim().is_empty())?;
    let said = line.of(&document.text).trim_start_matches(['-', '*', '+', '_', ' ', '\t']);
    let (name, _) = said.split_once(':')?;
    let name = name.trim_matches(['*', '_', ' ']);
    let mut names = document.profile.fields.status.iter();
    names.any(|own| own.eq_ignore_ascii_case(name)).then_some(line)
}
