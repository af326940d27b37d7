//! Changed texts are read again as their owner's documents before anybody gets them: everything that
//! was there is there, what was asked for stands where it was asked for, and nothing else is different.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::change::refuse;
use crate::change::{Refusal, RefusalKind, SourceChange, validate};
use crate::index::{DocIdx, Place, Task};
use crate::model::{Document, Entity, EntityIdx, Field, FieldRole, Link, Occurrence};
use crate::profile::id::TaskId;
use crate::profile::reading::Shape;
use crate::profile::vocabulary::StatusIdx;
use crate::snapshot::Snapshot;
use crate::text::text_edit::TextEdits;

/// What is different that must not be: a clause whose subject is the changed file.
type Deviation = String;

/// Refuses a change after which a document would lose something, or say something that `intended`
/// does not ask for. Without `intended`, only statuses that an edit touches may differ.
pub(crate) fn proven(
    analysis: &Snapshot,
    change: &SourceChange,
    intended: Option<&BTreeMap<Place, StatusIdx>>,
) -> Result<(), Refusal> {
    proven_with(analysis, change, intended, 0)
}

/// As [`proven`], of a change that adds this many comments that allow findings.
pub(crate) fn proven_with(
    analysis: &Snapshot,
    change: &SourceChange,
    intended: Option<&BTreeMap<Place, StatusIdx>>,
    comments: usize,
) -> Result<(), Refusal> {
    for (path, edits) in &change.edits {
        let Some((doc, before)) = analysis.index.document(path.as_str()) else { continue };
        // Of a text that is not all of its file nothing can be written.
        if before.fault.is_some() {
            validate::readable(analysis, [doc].into())?;
        }
        let Some(after) = before.with_text(edits.apply_shared(&before.text)) else { continue };
        let reading = ReadBack { doc, before, after: &after, edits, intended, comments };
        if let Some(difference) = reading.difference() {
            let message = format!("the change cannot be verified: {path} would {difference}");
            let remedy = "change that file by hand; nothing was written";
            return Err(refuse(RefusalKind::Unproven, message, remedy));
        }
    }
    Ok(())
}

/// The first task that is not in `after` what it was: gone, or new, or with a title or statuses that it
/// had not. What is `moved` may stand in fewer places.
pub(super) fn lost(
    before: &Snapshot,
    after: &Snapshot,
    moved: &dyn Fn(&TaskId) -> bool,
) -> Option<(TaskId, Refusal)> {
    let said = |analysis: &Snapshot, task: &Task| -> BTreeMap<String, usize> {
        let mut said = BTreeMap::new();
        let places = task.places.iter().chain(&task.past);
        for spot in places.flat_map(|place| analysis.index.spots(*place)) {
            *said.entry(spot.raw().to_owned()).or_default() += 1;
        }
        said
    };
    let unproven = |id: &TaskId, what: String| {
        let remedy = "move it by hand; nothing was written";
        (id.clone(), refuse(RefusalKind::Unproven, what, remedy))
    };
    for was in before.index.tasks.values() {
        let id = &was.id;
        let Some(is) = after.index.tasks.get(id) else {
            return Some(unproven(
                id,
                format!(
                    "the change cannot be verified: task {} would not be found",
                    before.name_of(id)
                ),
            ));
        };
        let (old, new) = (said(before, was), said(after, is));
        let same = match moved(id) {
            true => new.keys().all(|status| old.contains_key(status)),
            false => new == old && before.index.title(was) == after.index.title(is),
        };
        if !same {
            return Some(unproven(
                id,
                format!(
                    "the change cannot be verified: task {} would have another status",
                    before.name_of(id)
                ),
            ));
        }
    }
    let new = after.index.tasks.keys().find(|id| !before.index.tasks.contains_key(id))?;
    Some(unproven(
        new,
        format!("the change cannot be verified: there would be a new task {}", after.name_of(new)),
    ))
}

struct ReadBack<'a> {
    doc: DocIdx,
    before: &'a Document,
    after: &'a Document,
    edits: &'a TextEdits,
    intended: Option<&'a BTreeMap<Place, StatusIdx>>,
    /// How many comments that allow findings are added.
    comments: usize,
}

impl ReadBack<'_> {
    fn difference(&self) -> Option<Deviation> {
        let (before, after) = (&self.before.facts, &self.after.facts);
        if after.problems.len() > before.problems.len() {
            let problem = after.problems.last()?;
            return Some(format!("have an error at {}", self.location(problem.range)));
        }
        // What was not read again is what it was.
        let read = self.after.lineage.since(&self.before.lineage);
        let now = self.moved();
        let at_now = |at: EntityIdx| now.as_ref().map_or(Some(at), |now| now[at]);
        for at in read.clone().unwrap_or(0..before.entities.len()) {
            let was = &before.entities[at];
            let stands = at_now(at).and_then(|now| Some((now, after.entities.get(now)?)));
            let Some((now, is)) = stands.filter(|(_, is)| is_same(was, is)) else {
                let place = validate::location(self.before, was.name);
                return Some(format!("lose the {} at {place}", named(was)));
            };
            let what = self.statuses((at, now), was).or_else(|| self.fields((at, now)));
            if let Some(what) = what {
                return Some(format!("{what} of the {} at {}", named(was), self.location(is.name)));
            }
        }
        if let Some(new) = after.entities.get(before.entities.len()) {
            return Some(format!("hold a second {} at {}", named(new), self.location(new.name)));
        }
        let links = |document: &Document| -> Vec<(Option<EntityIdx>, Arc<str>)> {
            let named = |link: &Link| (link.entity, link.target.clone());
            match &read {
                Some(read) => {
                    read.clone().flat_map(|at| document.facts.links_of(at)).map(named).collect()
                }
                None => document.facts.links.iter().map(named).collect(),
            }
        };
        let (mut had, mut has) = (links(self.before), links(self.after));
        if now.is_some() {
            had.iter_mut().for_each(|(entity, _)| *entity = entity.and_then(at_now));
            had.sort();
            has.sort();
        }
        let is_less = had != has
            || before.counters.len() != after.counters.len()
            || before.allows.len() + self.comments != after.allows.len();
        is_less.then(|| "have other links, counters or comments".to_owned())
    }

    /// Where each entity stands now, where some were put into other sections of a list.
    fn moved(&self) -> Option<Vec<Option<EntityIdx>>> {
        if !self.before.role().lists_by_section() {
            return None;
        }
        let (before, after) = (&self.before.facts, &self.after.facts);
        let is_moved = |at: EntityIdx| {
            let mut own = before.occurrences_of(at).filter(|it| it.section.is_some());
            own.any(|it| self.edits.iter().any(|edit| edit.range.contains_range(it.reading.range)))
        };
        let moved: Vec<EntityIdx> = (0..before.entities.len()).filter(|at| is_moved(*at)).collect();
        if moved.is_empty() {
            return None;
        }
        let mut by_start: BTreeMap<usize, EntityIdx> = BTreeMap::new();
        by_start
            .extend(after.entities.iter().enumerate().map(|(at, it)| (it.name.start as usize, at)));
        let mut now = vec![None; before.entities.len()];
        for at in (0..now.len()).filter(|at| !moved.contains(at)) {
            let start = self.edits.shift(before.entities[at].name.start as usize);
            now[at] = by_start.remove(&start);
        }
        for at in moved {
            let is_own = |now: &&EntityIdx| is_same(&before.entities[at], &after.entities[**now]);
            now[at] = by_start.values().find(is_own).copied();
            by_start.retain(|_, it| Some(*it) != now[at]);
        }
        Some(now)
    }

    /// What is wrong with the statuses of an entity.
    fn statuses(&self, (at, now): (EntityIdx, EntityIdx), entity: &Entity) -> Option<Deviation> {
        let was: Vec<&Occurrence> = self.before.facts.occurrences_of(at).collect();
        let is: Vec<&Occurrence> = self.after.facts.occurrences_of(now).collect();
        let place = Place { doc: self.doc, entity: at };
        let wanted = self.intended.map(|intended| intended.get(&place).copied());
        if let Some(Some(to)) = wanted {
            let vocabulary = self.before.profile.vocabulary_of(entity.what());
            let marked = is.iter().any(|it| !it.carrier.is_coarse());
            let says = |it: &&Occurrence| match it.reading.status {
                Some(status) if marked && it.carrier.is_coarse() => {
                    vocabulary.box_allows(status, to)
                }
                status => status == Some(to),
            };
            if is.is_empty() || !is.iter().all(says) {
                return Some(format!("not have the status {}", vocabulary.get(to).id));
            }
            // `[ ] ✅ All tests pass` says so beside its box once that is ticked.
            let signs = |all: &[&Occurrence]| {
                all.iter().filter(|it| it.reading.shape == Shape::Sign).count()
            };
            let is_one_form = was.is_empty()
                || was.len() == is.len()
                || is.len() - signs(&is) == was.len() - signs(&was);
            return (!is_one_form).then(|| "have the status in another place".to_owned());
        }
        if was.len() != is.len() {
            let is_written = was.is_empty() && wanted.is_none() && self.touches(entity);
            return (!is_written).then(|| "change the status".to_owned());
        }
        let same = was.iter().zip(&is).all(|(was, is)| {
            let touched = wanted.is_none()
                && self.edits.iter().any(|edit| {
                    edit.range.start <= was.reading.range.end
                        && was.reading.range.start <= edit.range.end
                });
            let alike = was.carrier == is.carrier && self.before.raw(was) == self.after.raw(is);
            touched || (alike && was.reading.status == is.reading.status)
        });
        (!same).then(|| "change the status".to_owned())
    }

    /// What is wrong with the fields of an entity: those of one that is not changed stay.
    fn fields(&self, (at, now): (EntityIdx, EntityIdx)) -> Option<Deviation> {
        let place = Place { doc: self.doc, entity: at };
        let is_changed = match self.intended {
            Some(intended) => intended.contains_key(&place),
            None => self.touches(&self.before.facts.entities[at]),
        };
        let own = |document: &Document, at: EntityIdx| -> Vec<(FieldRole, String)> {
            let fields = document.facts.fields_of(at);
            // A figure follows what other tasks are.
            let stays = |it: &&Field| it.role != FieldRole::Parts;
            let stay = fields.filter(stays);
            let kept = stay.filter(|it| !is_changed || it.role == FieldRole::Dependencies);
            kept.map(|it| (it.role.clone(), it.value.of(&document.text).to_owned())).collect()
        };
        (own(self.before, at) != own(self.after, now)).then(|| "change a field".to_owned())
    }

    fn touches(&self, entity: &Entity) -> bool {
        self.edits.iter().any(|edit| entity.range.touches(edit.range.start as usize))
    }

    fn location(&self, range: crate::text::TextRange) -> String {
        validate::location(self.after, range)
    }
}

fn is_same(was: &Entity, is: &Entity) -> bool {
    (was.kind, &was.id, was.derived_id, &was.number) == (is.kind, &is.id, is.derived_id, &is.number)
        && (&was.title, was.parent, was.mention, was.list)
            == (&is.title, is.parent, is.mention, is.list)
        && was.depends == is.depends
}

fn named(entity: &Entity) -> String {
    let kind = entity.kind.name();
    match &entity.id {
        Some(id) if !entity.derived_id => format!("{kind} {id}"),
        _ => format!("{kind} `{}`", entity.title),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{lost, proven};
    use crate::analysis::Analysis;
    use crate::change::SourceChange;
    use crate::model::FilePath;
    use crate::testing::analysis;
    use crate::text::TextRange;
    use crate::text::text_edit::TextEdit;

    const TODO: &str = "//- /specs/TODO.md
  # Tasks

  ### 7. Add login
  - **Status**: [PLANNED]
  - **Dependencies**: 8

  ### 8. Add logout
  - **Status**: [PLANNED]
  - **Planned**: 2026-01-02
  - [docs](docs.md)
//- /specs/state.json
  { \"active_projects\": [] }
";

    /// Why the change of one piece of text for another is not proven.
    fn refusal(analysis: &Analysis, old: &str, new: &str) -> Option<String> {
        let (_, document) = analysis.index.document("specs/TODO.md").expect("the file");
        let at = document.text.rfind(old).expect("the text");
        let range = TextRange::new(at, at + old.len());
        let change = SourceChange::single(document, TextEdit { range, insert: new.to_owned() });
        proven(analysis, &change, None).err().map(|refusal| refusal.message)
    }

    #[test]
    fn what_would_be_lost_or_say_something_else_is_found() {
        let (analysis, _) = analysis(TODO);
        let cases = [
            ("[PLANNED]", "[RESEARCHED]", None),
            ("### 8.", "### 9.", Some("lose the task 8 at specs/TODO.md:7:5")),
            ("logout", "log out", Some("lose the task 8 at specs/TODO.md:7:5")),
            ("### 8. Add", "8. Add", Some("lose the task 8 at specs/TODO.md:7:5")),
            (
                "[docs]",
                "### 9. a\n- **Status**: [PLANNED]\n[a]",
                Some("hold a second task 9 at specs/TODO.md:10:7"),
            ),
            (
                "Dependencies**: 8",
                "Dependencies**: 9",
                Some("lose the task 7 at specs/TODO.md:3:5"),
            ),
            ("docs.md", "other.md", Some("have other links, counters or comments")),
            (
                "### 8. Add logout\n- **Status**",
                "### 8. Add logout\n- **State**",
                Some("change the status of the task 8 at specs/TODO.md:7:5"),
            ),
            (
                "# Tasks",
                "<<<<<<< a\n# Tasks\n=======\n# Work\n>>>>>>> b",
                Some("have an error at specs/TODO.md:1:1"),
            ),
        ];
        for (old, new, why) in cases {
            let why =
                why.map(|why| format!("the change cannot be verified: specs/TODO.md would {why}"));
            assert_eq!(refusal(&analysis, old, new), why, "{old} -> {new}");
        }
    }

    #[test]
    fn tasks_that_are_put_away_are_found_again() {
        let (before, _) = analysis(TODO);
        let lost = |old: &str, new: &str| {
            let path = FilePath::new("specs/TODO.md");
            let (_, document) = before.index.document(path.as_str()).expect("the file");
            let text = document.text.replace(old, new).into();
            let after = before.with_texts(&BTreeMap::from([(path, Some(text))]));
            lost(&before, &after, &|id| id.as_str() == "8").map(|(_, refusal)| refusal.message)
        };
        let said = |what: &str| Some(format!("the change cannot be verified: {what}"));
        assert_eq!(lost("### 8.", "### 8."), None);
        assert_eq!(lost("### 8.", "###### 8."), said("task 8 would not be found"));
        assert_eq!(lost("Add login", "Log in"), said("task 7 would have another status"));
        let other = lost("# Tasks", "### 9. New\n- **Status**: [PLANNED]");
        assert_eq!(other, said("there would be a new task 9"));
    }
}
