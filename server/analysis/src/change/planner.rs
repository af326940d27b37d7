//! Intent to edits: which places get which status, up the parents to a fixpoint, then the edits of
//! every file.

mod comments;
mod counted;
mod follow;
mod linked;
mod listed;
mod marks;
mod nowhere;
mod own_words;
mod place_edits;
mod recall;
mod stamps;
mod tick;
mod transitions;
mod twins;
mod words;

pub use marks::strange_mark;
pub use tick::{Ticking, ticking, ticking_at};
pub use transitions::{transitions, transitions_of};

use std::collections::{BTreeMap, BTreeSet};

use crate::change::{
    ChangePlan, Intent, Mode, Refusal, RefusalKind, SourceChange, Subject, create, form, padding,
    proven, reason, refuse, validate,
};
use crate::index::{Index, Place, Spot, Task, counters};
use crate::model::FieldRole;
use crate::profile::id::TaskId;
use crate::profile::vocabulary::{Category, StatusIdx, Vocabulary};
use crate::profile::{EntityKind, RecordList};
use crate::snapshot::Snapshot;
use crate::text::text_edit::{TextEdit, TextEdits};

/// Rounds after which roll-ups are taken to have settled.
const ROUNDS: usize = 8;

/// Plans what an intent asks for. Nothing is changed; a refusal says why and what to do.
pub fn plan(analysis: &Snapshot, intent: &Intent) -> Result<ChangePlan, Refusal> {
    drafted(PlanDraft::new(analysis, intent), true)
}

/// As [`plan`], and what has its status by its check boxes gets it by them: all are ticked, or none.
pub fn plan_ticking(analysis: &Snapshot, intent: &Intent) -> Result<ChangePlan, Refusal> {
    drafted(PlanDraft { ticks: true, ..PlanDraft::new(analysis, intent) }, true)
}

/// As [`plan`] or [`plan_ticking`], for whoever has typed the status as a word: where nothing beside a
/// place tells how it is written there, that is the word.
pub fn plan_typed(
    analysis: &Snapshot,
    intent: &Intent,
    word: &str,
    ticks: bool,
) -> Result<ChangePlan, Refusal> {
    drafted(PlanDraft { ticks, typed: Some(word), ..PlanDraft::new(analysis, intent) }, true)
}

/// As [`plan`], for whoever reads the changed texts again, of many plans together.
pub(crate) fn unproven(analysis: &Snapshot, intent: &Intent) -> Result<ChangePlan, Refusal> {
    drafted(PlanDraft::new(analysis, intent), false)
}

/// As planned with lines as they stood earlier; where that cannot be, without them.
fn drafted(draft: PlanDraft<'_>, proves: bool) -> Result<ChangePlan, Refusal> {
    let (analysis, intent) = (draft.analysis, draft.intent);
    let (ticks, typed) = (draft.ticks, draft.typed);
    let anew = || PlanDraft { ticks, typed, recalls: false, ..PlanDraft::new(analysis, intent) };
    let recalls = draft.recalls;
    carried_out(draft, proves).or_else(|why| match recalls {
        true => carried_out(anew(), proves),
        false => Err(why),
    })
}

fn carried_out(mut draft: PlanDraft<'_>, proves: bool) -> Result<ChangePlan, Refusal> {
    let (analysis, intent) = (draft.analysis, draft.intent);
    let (from, kind) = match &intent.subject {
        Subject::Task(id) => (draft.task(id)?, EntityKind::Task),
        Subject::Phase(id, number) => (draft.phase(id, number)?, EntityKind::Phase),
        Subject::Place(place) => draft.place(*place)?,
    };
    let change = draft.edits()?;
    draft.note_marks(&change);
    draft.note_comments(&change);
    if proves {
        proven(analysis, &change, Some(&draft.desired))?;
    }
    Ok(ChangePlan { change, from, to: intent.to, kind, notes: draft.notes })
}

struct PlanDraft<'a> {
    analysis: &'a Snapshot,
    intent: &'a Intent,
    /// The status that each place is to have.
    desired: BTreeMap<Place, StatusIdx>,
    /// Tasks whose status changes: they get stamps, reason, and missing files.
    tasks: BTreeMap<TaskId, StatusIdx>,
    notes: Vec<String>,
    /// Whether boxes are ticked from which a status follows.
    ticks: bool,
    /// Whether lines come back as they stood before a change.
    recalls: bool,
    /// The word by which the status was asked for.
    typed: Option<&'a str>,
}

impl<'a> PlanDraft<'a> {
    fn new(analysis: &'a Snapshot, intent: &'a Intent) -> PlanDraft<'a> {
        let (desired, tasks) = (BTreeMap::new(), BTreeMap::new());
        let recalls = !intent.mode.mends();
        let (notes, ticks, typed) = (Vec::new(), false, None);
        PlanDraft { analysis, intent, desired, tasks, notes, ticks, recalls, typed }
    }

    fn find(&self, id: &TaskId) -> Result<&'a Task, Refusal> {
        let index = &self.analysis.index;
        let Some(task) = index.tasks.get(id) else {
            return Err(refuse(
                RefusalKind::NotFound,
                format!("no task {id}"),
                "`lockstep list` shows the tasks",
            ));
        };
        if task.places.is_empty() && task.plans.is_empty() {
            return Err(refuse(
                RefusalKind::History,
                format!("task {} is archived", self.analysis.name_of(id)),
                "undo its archiving first; archives are not edited",
            ));
        }
        Ok(task)
    }

    fn task(&mut self, id: &TaskId) -> Result<Option<StatusIdx>, Refusal> {
        let task = self.find(id)?;
        let to = self.intent.to;
        let from = self.analysis.index.status(task);
        let called = || format!("task {}", self.analysis.name_of(id));
        self.is_one(task)?;
        self.not_derived(task)?;
        self.judge(self.analysis.index.vocabulary_of(task), &called, from, to)?;
        self.has_mark(task, to)?;
        self.require_reason(task, to)?;
        if self.intent.mode.is_transition() && from != Some(to) {
            validate::times(self.analysis, task, to, &self.intent.at)?;
            validate::artifacts(self.analysis, task, to)?;
        }
        self.set_task(task, to);
        self.follow_task(task, to);
        self.note_open_phases(task, to);
        self.note_open_children(task, to);
        self.note_linked_boxes(task, to);
        if from != Some(to) {
            self.carry_up(task);
        }
        Ok(from)
    }

    fn phase(&mut self, id: &TaskId, number: &str) -> Result<Option<StatusIdx>, Refusal> {
        let task = self.find(id)?;
        let index = &self.analysis.index;
        let called = || self.analysis.name_of(id);
        let phases = index.phases(task);
        let named = |place: &&Place| {
            index.entity(**place).number.as_deref().is_some_and(|n| same_number(n, number))
        };
        let found: Vec<Place> = phases.iter().filter(named).copied().collect();
        if found.len() > 1 {
            let message = format!("task {} has {} phases {number}", called(), found.len());
            let names = index.telling_names(&found).join(", ");
            return Err(refuse(RefusalKind::Ambiguous, message, &format!("name one: {names}")));
        }
        let Some(place) = found.first().copied() else {
            let numbers: Vec<&str> =
                phases.iter().filter_map(|p| index.entity(*p).number.as_deref()).collect();
            let remedy = match numbers.is_empty() {
                true => "the task has no plan with phases".to_owned(),
                false => format!("its phases are {}", numbers.join(", ")),
            };
            let message = format!("task {} has no phase {number}", called());
            return Err(refuse(RefusalKind::NotFound, message, &remedy));
        };
        let from = index.status_at(place);
        let phase = || format!("phase {number} of task {}", called());
        self.judge(index.vocabulary_at(place), &phase, from, self.intent.to)?;
        if self.intent.mode.is_transition() && reopens(self.analysis, task, self.intent.to) {
            return Err(refuse(
                RefusalKind::NotAllowed,
                format!("task {} is finished, so its phases cannot be open", called()),
                "reopen both with `--force --reason …`",
            ));
        }
        match self.ticked(place, self.intent.to) {
            Some(boxes) => self.desired.extend(boxes),
            None => drop(self.desired.insert(place, self.intent.to)),
        }
        if self.intent.mode != Mode::Align && from != Some(self.intent.to) {
            self.roll_up(task);
            if reopens(self.analysis, task, self.intent.to) && !self.tasks.contains_key(id) {
                self.reopen(task);
            }
        }
        Ok(from)
    }

    fn place(&mut self, place: Place) -> Result<(Option<StatusIdx>, EntityKind), Refusal> {
        let index = &self.analysis.index;
        let kind = index.entity(place).kind;
        let from = index.status_at(place);
        let this = || format!("this {}", kind.name());
        self.judge(index.vocabulary_at(place), &this, from, self.intent.to)?;
        self.desired.insert(place, self.intent.to);
        Ok((from, kind))
    }

    fn judge(
        &self,
        vocabulary: &Vocabulary,
        what: &dyn Fn() -> String,
        from: Option<StatusIdx>,
        to: StatusIdx,
    ) -> Result<(), Refusal> {
        let Some(from) = from else { return Ok(()) };
        if !self.intent.mode.is_transition() || vocabulary.allows(from, to) {
            return Ok(());
        }
        let (old, new) = (vocabulary.get(from), vocabulary.get(to));
        let next: Vec<&str> = old.next.iter().map(|n| vocabulary.get(*n).id.as_str()).collect();
        let remedy = match next.is_empty() {
            true => {
                format!("{} is final; reopen with `--force --reason …` or `lockstep undo`", old.id)
            }
            false => format!("allowed next: {}", next.join(", ")),
        };
        let message = format!("{} cannot change from {} to {}", what(), old.id, new.id);
        Err(refuse(RefusalKind::NotAllowed, message, &remedy))
    }

    /// Refuses a status that the check boxes of a task cannot say, and tells those that they can.
    fn has_mark(&self, task: &Task, to: StatusIdx) -> Result<(), Refusal> {
        let index = &self.analysis.index;
        let Some(spot) = index.statuses(task).find(|spot| spot.status() != Some(to)) else {
            return Ok(());
        };
        if transitions::is_spellable(index, task, to) {
            return Ok(());
        }
        let vocabulary = index.vocabulary_of(task);
        let id = &vocabulary.get(to).id;
        let marked = vocabulary.iter().filter(|(_, def)| index.has_mark_for(spot.place, def));
        let marked: Vec<&str> = marked.map(|(_, def)| &*def.id).collect();
        let refusal = unspelled(&spot, id, &format!("a check box has no mark for {id}"));
        Err(Refusal { remedy: format!("it can say: {}", marked.join(", ")), ..refusal })
    }

    fn require_reason(&self, task: &Task, to: StatusIdx) -> Result<(), Refusal> {
        let index = &self.analysis.index;
        let def = index.vocabulary_of(task).get(to);
        let given = self.intent.reason.as_deref().is_some_and(|reason| !reason.trim().is_empty());
        let Some(field) = &def.reason else { return Ok(()) };
        if !self.intent.mode.is_transition() || given || reason::has_reason(index, task) {
            return Ok(());
        }
        Err(refuse(
            RefusalKind::ReasonMissing,
            format!("task {} needs a reason to be {}", self.analysis.name_of(&task.id), def.id),
            &format!("add `--reason \"why\"`; it is written as `{field}`"),
        ))
    }

    /// Every place where the task's own status stands gets the status.
    fn set_task(&mut self, task: &Task, to: StatusIdx) {
        let index = &self.analysis.index;
        for place in &task.places {
            if stays_silent(index, task, *place) || self.stays_listed(task, *place, to) {
                continue;
            }
            match self.ticked(*place, to) {
                Some(boxes) => self.desired.extend(boxes),
                None => drop(self.desired.insert(*place, index.wanted_at(task, *place, to))),
            }
        }
        let plan = task.plans.first().and_then(|plan| self.ticked(*plan, to));
        self.desired.extend(plan.unwrap_or_default());
        self.tasks.insert(task.id.clone(), to);
    }

    /// The newest plan's header follows the task where the profile ties the two. Where its phases
    /// contradict all that it may say then, it follows only if the task itself changes.
    fn follow_task(&mut self, task: &Task, to: StatusIdx) {
        let Some(allowed) = self.analysis.index.plan_statuses(task, to) else { return };
        let Some(plan) = task.plans.first() else { return };
        let present = self.status(*plan);
        if present.is_none_or(|status| allowed.contains(&status)) {
            return;
        }
        let fits = |said: &&StatusIdx| self.asked(*plan, **said).is_none();
        let align = self.intent.mode == Mode::Align;
        let fitting = allowed.iter().find(fits).or(allowed.first().filter(|_| !align));
        if let Some(status) = fitting.copied() {
            self.desired.insert(*plan, status);
        }
    }

    fn note_open_phases(&mut self, task: &Task, to: StatusIdx) {
        let profile = self.analysis.index.profile_of(task);
        if self.analysis.index.vocabulary_of(task).get(to).category != Category::Done {
            return;
        }
        let vocabulary = profile.vocabulary(EntityKind::Phase);
        let phases = self.analysis.index.phases(task);
        let open = phases.iter().filter(|place| {
            let status = self.status(**place);
            status.is_some_and(|status| !vocabulary.get(status).category.is_closed())
        });
        let n = open.count();
        if n > 0 {
            let (are, s) = if n == 1 { ("is", "") } else { ("are", "s") };
            let name = self.analysis.name_of(&task.id);
            self.notes.push(format!("{n} phase{s} of task {name} {are} still open"));
        }
    }

    /// The status a place has, or is to have.
    fn status(&self, place: Place) -> Option<StatusIdx> {
        self.desired.get(&place).copied().or_else(|| self.analysis.index.status_at(place))
    }

    /// The edits of all files.
    fn edits(&mut self) -> Result<SourceChange, Refusal> {
        let index = &self.analysis.index;
        // Also what a change is carried up to.
        for task in self.tasks.keys().filter_map(|id| index.tasks.get(id)) {
            self.is_one(task)?;
        }
        self.unread_rows()?;
        let mut by_doc: BTreeMap<usize, Vec<TextEdit>> = BTreeMap::new();
        for (place, to) in &self.desired {
            let edits = self.place_edits(*place, *to)?;
            by_doc.entry(place.doc).or_default().extend(edits);
        }
        by_doc.retain(|_, edits| !edits.is_empty());
        self.readable(by_doc.keys().copied())?;
        self.counters(&mut by_doc);
        self.type_counters(&mut by_doc);
        self.figures(&mut by_doc);
        let mut change = SourceChange::default();
        for (doc, mut edits) in by_doc {
            let document = &self.analysis.index.docs[doc];
            edits.extend(padding::kept(&document.text, &edits));
            let edits = TextEdits::new(edits).map_err(|_| {
                refuse(
                    RefusalKind::Malformed,
                    format!("the edits of {} would overlap", document.path),
                    "this is a bug in Lockstep; please report it with the file",
                )
            })?;
            let edits = edits.minimal(&document.text);
            if !edits.is_empty() {
                change.before.insert(document.path.clone(), document.text.clone());
                change.edits.insert(document.path.clone(), edits);
            }
        }
        self.creates(&mut change);
        self.has_place(&change)?;
        Ok(change)
    }

    /// Refuses where a file cannot be read in which something changes, or would if it could be; or
    /// in which the status stands, for what else it says of the task nobody knows.
    fn readable(&self, edited: impl Iterator<Item = usize>) -> Result<(), Refusal> {
        let index = &self.analysis.index;
        let meant = self.desired.iter().filter(|(place, to)| {
            let known = index.status_at(**place);
            self.intent.mode != Mode::Align || known != Some(**to)
        });
        let mut docs: BTreeSet<usize> = edited.chain(meant.map(|(place, _)| place.doc)).collect();
        let tasks = || self.tasks.keys().filter_map(|id| index.tasks.get(id));
        let places = self.desired.keys().chain(tasks().flat_map(|task| &task.places));
        places.copied().try_for_each(|place| self.is_certain(place))?;
        let places = tasks().flat_map(|task| &task.places);
        places.copied().try_for_each(|place| self.is_read(place))?;
        let tasks = tasks();
        docs.extend(tasks.flat_map(|task| validate::unread(self.analysis, task)));
        validate::readable(self.analysis, docs)
    }

    /// Counters that were right stay right; one that was wrong is left to its own rule.
    fn counters(&self, by_doc: &mut BTreeMap<usize, Vec<TextEdit>>) {
        let index = &self.analysis.index;
        let docs: Vec<usize> = by_doc.keys().copied().collect();
        for doc in docs {
            for fact in &index.docs[doc].facts.counters {
                let counter = &index.docs[doc].profile.counters[fact.counter];
                if !counters::moves(index, doc, counter, &self.desired) {
                    continue;
                }
                let none = BTreeMap::new();
                let before = counters::expected(index, doc, counter, &none);
                let after = counters::expected(index, doc, counter, &self.desired);
                if let (Some(value), Some(after)) = (fact.value, after)
                    && before == Some(value)
                    && after != value
                {
                    let edit = TextEdit { range: fact.range, insert: after.to_string() };
                    by_doc.entry(doc).or_default().push(edit);
                }
            }
        }
    }

    fn creates(&self, change: &mut SourceChange) {
        if self.intent.mode == Mode::Align {
            return;
        }
        for (id, to) in &self.tasks {
            let Some(task) = self.analysis.index.tasks.get(id) else { continue };
            let def = self.analysis.index.vocabulary_of(task).get(*to);
            let reason = self.intent.reason.as_deref();
            let at = &self.intent.at;
            change.creates.extend(create::missing_files(self.analysis, task, def, reason, at));
        }
        // A status that stands already needs no new file.
        let index = &self.analysis.index;
        let stands = |(id, to): (&TaskId, &StatusIdx)| {
            index.tasks.get(id).is_some_and(|task| index.status(task) == Some(*to))
        };
        if change.edits.is_empty() && self.tasks.iter().all(stands) {
            change.creates.clear();
        }
    }

    /// The status that the task of a place is to have: a box that is coarse has another for it.
    fn meant_id<'d>(&'d self, spot: &Spot<'_>, own: &'d str) -> &'d str {
        let index = &self.analysis.index;
        let task = index.task_at(spot.place).filter(|_| spot.entity.kind == EntityKind::Task);
        let asked = task.and_then(|task| Some((task, *self.tasks.get(&task.id)?)));
        asked.map_or(own, |(task, to)| &index.vocabulary_of(task).get(to).id)
    }

    /// Refuses where the status of a task would stand nowhere.
    fn has_place(&self, change: &SourceChange) -> Result<(), Refusal> {
        let index = &self.analysis.index;
        let nowhere = |id: &&TaskId| {
            let task = index.tasks.get(id);
            let stands = |place: &Place| {
                self.desired.contains_key(place)
                    || index.spots(*place).next().is_some()
                    || index.entity(*place).derived
            };
            task.is_some_and(|task| !task.places.iter().any(stands))
        };
        let Some(id) = self.tasks.keys().find(nowhere).filter(|_| change.creates.is_empty()) else {
            return Ok(());
        };
        let message =
            format!("no file has an entry or a record of task {}", self.analysis.name_of(id));
        let remedy = "add one; a plan alone cannot hold the status of its task";
        Err(refuse(RefusalKind::NotAllowed, message, remedy))
    }
}

/// Whether a place of a task says nothing of its status, and need not.
fn stays_silent(index: &Index, task: &Task, place: Place) -> bool {
    let entity = index.entity(place);
    let stands_elsewhere = || {
        index.is_document(place) && entity.fixed.is_none() && index.statuses(task).next().is_some()
    };
    // What a row says beside its column is looked at apart.
    let says_beside = || {
        let mut fields = index.docs[place.doc].facts.fields_of(place.entity);
        fields.any(|it| it.role == FieldRole::StatusBeside)
    };
    index.spots(place).next().is_none()
        && (entity.mention
            || entity.list != RecordList::Active
            || stands_elsewhere()
            || says_beside())
}

/// Whether a phase with this status would be open below a task that is finished.
pub(crate) fn reopens(analysis: &Snapshot, task: &Task, to: StatusIdx) -> bool {
    let index = &analysis.index;
    let finished = |status| index.vocabulary_of(task).get(status).category == Category::Done;
    let phases = index.profile_of(task).vocabulary(EntityKind::Phase);
    !phases.get(to).category.is_closed() && analysis.index.status(task).is_some_and(finished)
}

fn same_number(a: &str, b: &str) -> bool {
    let strip = |n: &str| n.trim().trim_start_matches('0').to_lowercase();
    strip(a) == strip(b)
}

/// Refuses where something beside a status may tell of that one.
fn says_no_more(remark: Option<String>) -> Result<(), String> {
    remark.map_or(Ok(()), |it| Err(format!("`{it}` beside it may belong to its old status")))
}

fn unspelled(spot: &Spot<'_>, id: &str, why: &str) -> Refusal {
    let at = validate::location(spot.document, spot.occurrence.reading.range);
    let raw = spot.raw();
    let is_again = raw.starts_with(char::is_alphabetic) && why == format!("it also says `{raw}`");
    let why = match is_again {
        true => "the words beside it say the same once more",
        false => why,
    };
    let message = format!("`{raw}` at {at} cannot say {id}: {why}");
    refuse(RefusalKind::NoSpelling, message, "change that place by hand")
}
