//! What holds of every repository, whatever it looks like: the laws of `fix` and of `set`.

use std::collections::{BTreeMap, BTreeSet};

use lockstep_analysis::analysis::mending;
use lockstep_analysis::change::events::{self, Event};
use lockstep_analysis::change::moving::Kept;
use lockstep_analysis::change::relocation::relocate;
use lockstep_analysis::change::{self, Intent, Mode, SourceChange, Subject};
use lockstep_analysis::index::{Index, Place, Task, counters};
use lockstep_analysis::model::FilePath;
use lockstep_analysis::operation::{Meant, meant};
use lockstep_analysis::profile::EntityKind;
use lockstep_analysis::profile::detect::detect;
use lockstep_analysis::profile::id::TaskId;
use lockstep_analysis::profile::vocabulary::StatusIdx;
use lockstep_analysis::rules::Diagnostic;
use lockstep_analysis::{Analysis, AnalysisHost, Change, Existence};

use super::Files;
use super::words;
use crate::support::report::Chance;

pub const AT: &str = "2026-04-05T06:07:08Z";
/// Later, when the same is asked for again.
const AGAIN: &str = "2026-06-07T08:09:10Z";

/// So many names of a kind are tried, one here and one there.
const NAMES: usize = 40;

/// Findings that a status itself may call for: work that is still to be done around it, and what a
/// task waits for once it is open again.
const CALLED_FOR: [&str; 12] = [
    "missing-reason",
    "missing-timestamp",
    "unchecked-work",
    "finished-unmarked",
    "stale-rollup",
    "missing-artifact",
    "missing-record",
    "phase-numbering",
    "unknown-dependency",
    "dependency-cycle",
    "unmet-dependency",
    // A time of an end that stood beside an open status is before the new beginning.
    "timestamp-order",
];

/// A law that does not hold, and where.
#[derive(Clone, Debug)]
pub struct Breach {
    pub law: &'static str,
    pub what: String,
}

fn breach(law: &'static str, what: impl Into<String>) -> Breach {
    Breach { law, what: what.into() }
}

/// The files as a workspace that has been read from disk.
pub fn read(files: &Files) -> Analysis {
    let paths: Vec<&str> = files.keys().map(String::as_str).collect();
    let profile = detect(&paths, &|path| files.get(path).map(|text| text.as_str().into()));
    let mut host = AnalysisHost::new(profile, Default::default());
    let texts = files.iter().map(|(path, text)| (FilePath::new(path), Some(text.as_str().into())));
    host.apply_change(Change { files: texts.collect(), ..Change::default() });
    let known = |path: String| match files.get(&path) {
        Some(text) if text.trim().is_empty() => (path, Existence::Empty),
        Some(_) => (path, Existence::Present),
        None => (path, Existence::Absent),
    };
    let known = host.analysis().unknown_paths().into_iter().map(known).collect();
    host.apply_change(Change { known, ..Change::default() });
    host.analysis()
}

/// Every task with its title, where it has one besides that of its plan.
fn titles(analysis: &Analysis) -> BTreeMap<String, String> {
    let index = &analysis.index;
    let title =
        |task: &Task| if has_title(index, task) { index.title(task) } else { "" }.to_owned();
    index.tasks.values().map(|task| (task.id.to_string(), title(task))).collect()
}

/// Whether what a task is called stands beside its status rather than in its plan only.
fn has_title(index: &Index, task: &Task) -> bool {
    let mut own = task.places.iter().map(|place| index.entity(*place));
    own.any(|entity| !entity.title.is_empty() && !entity.mention)
}

/// How often each rule finds something about each task, or about no task in each file.
fn findings(analysis: &Analysis) -> BTreeMap<(&'static str, String), usize> {
    let mut counts = BTreeMap::new();
    for found in analysis.diagnostics() {
        let about = found.task.as_ref().map_or(found.path.to_string(), ToString::to_string);
        // What nobody knew may still not be written as the profile writes it.
        let rule = if found.rule == "malformed-marker" { "unknown-status" } else { found.rule };
        *counts.entry((rule, about)).or_default() += 1;
    }
    for about in untold(analysis) {
        *counts.entry(("unknown-status", about)).or_default() += 1;
    }
    counts
}

/// What has a status that nobody knows, where words of one's own are no fault.
fn untold(analysis: &Analysis) -> Vec<String> {
    let index = &analysis.index;
    let free = index.docs.iter().enumerate().filter(|(_, document)| document.profile.free_words);
    let found = free.flat_map(|(doc, document)| {
        let unknown = document.facts.occurrences.iter().filter(|it| it.reading.status.is_none());
        unknown.map(move |it| {
            let task = index.task_at(Place { doc, entity: it.entity });
            task.map_or(document.path.to_string(), |task| task.id.to_string())
        })
    });
    let told = analysis.diagnostics().iter().filter(|found| found.rule == "unknown-status");
    let mut told: Vec<&TaskId> = told.filter_map(|found| found.task.as_ref()).collect();
    let mut untold: Vec<String> = found.collect();
    untold.retain(|about| match told.iter().position(|id| id.as_str() == about) {
        Some(at) => {
            told.remove(at);
            false
        }
        None => true,
    });
    untold
}

/// Files that have moved, from where they are to where they were.
type Moves = BTreeMap<String, String>;

/// What is found more often than before: the rule, and what it is about.
fn new_findings(before: &Analysis, after: &Analysis, moves: &Moves) -> Vec<(&'static str, String)> {
    let (old, new) = (findings(before), findings(after));
    let more = |((rule, about), n): &((_, String), usize)| {
        let was = (*rule, moves.get(about).unwrap_or(about).clone());
        *n > old.get(&was).copied().unwrap_or(0)
    };
    new.into_iter().filter(more).map(|(key, _)| key).collect()
}

/// What holds of every change, whoever asks for it.
fn of_change(before: &Analysis, after: &Analysis, change: &SourceChange) -> Result<(), Breach> {
    let (old, new) = (titles(before), titles(after));
    let other = |id: &&String| match (old.get(*id), new.get(*id)) {
        (Some(old), Some(new)) => !old.is_empty() && old != new,
        _ => true,
    };
    if let Some(id) = old.keys().chain(new.keys()).find(other) {
        let what = format!("{id}: {:?} became {:?}", old.get(id), new.get(id));
        return Err(breach("tasks stay", what));
    }
    for (path, edits) in &change.edits {
        let Some((_, document)) = before.index.document(path.as_str()) else { continue };
        if before.profile.history.is_match(path.as_str()) {
            return Err(breach("archives stay", path.to_string()));
        }
        if let Some(words) = words::lost(document, &edits.apply(&document.text)) {
            return Err(breach("words stay", format!("{path}: `{words}`")));
        }
    }
    Ok(())
}

/// The laws of `fix` without a choice of rule or task.
pub fn of_fix(before: &Analysis) -> Result<(), Breach> {
    let (change, _) = mending::fix_all(before, AT, &|_| true);
    let after = before.with_texts(&change.after());
    of_change(before, &after, &change)?;
    if let Some((rule, about)) = new_findings(before, &after, &Moves::new()).first() {
        return Err(breach("fix finds nothing new", format!("{rule} of {about}")));
    }
    let left =
        after.diagnostics().iter().zip(mending::certain(&after)).find(|(_, certain)| *certain);
    if let Some((left, _)) = left {
        return Err(breach("fix leaves nothing fixable", told(left)));
    }
    let (again, _) = mending::fix_all(&after, AGAIN, &|_| true);
    if !again.is_empty() {
        return Err(breach("fix is done at once", again.diff()));
    }
    Ok(())
}

/// As [`of_fix`], for findings of one rule.
pub fn of_rule(before: &Analysis, rule: &'static str) -> Result<(), Breach> {
    let own = |found: &Diagnostic| found.rule == rule;
    let (change, n) = mending::fix_all(before, AT, &own);
    let after = before.with_texts(&change.after());
    of_change(before, &after, &change)?;
    if let Some((new, about)) = new_findings(before, &after, &Moves::new()).first() {
        let what = format!("--rule {rule}: {new} of {about}");
        return Err(breach("fix of a rule finds nothing new", what));
    }
    let (again, _) = mending::fix_all(&after, AGAIN, &own);
    if !again.is_empty() {
        return Err(breach("fix of a rule is done at once", again.diff()));
    }
    if n > 0 && after.diagnostics().len() >= before.diagnostics().len() {
        return Err(breach("fix of a rule mends", format!("--rule {rule}: {n} claimed")));
    }
    Ok(())
}

/// What is told of tasks that change, come or go calls each by a name that means just that one: where
/// it stands afterwards, else where it stood.
fn of_events(before: &Analysis, after: &Analysis) -> Result<(), Breach> {
    let told = events::events(before, after);
    let told: Vec<&Event> = told.iter().filter(|event| !event.task.is_empty()).collect();
    for event in told.iter().step_by(told.len() / NAMES + 1) {
        let id = TaskId::new(&event.task);
        let there = if after.index.tasks.contains_key(&id) { after } else { before };
        let is_own = |found: Meant<'_>| matches!(found, Meant::Task(found) if found.id == id);
        if !meant(there, &event.name).is_ok_and(is_own) {
            let what = format!("{} of {} (task {id})", event.kind, event.name);
            return Err(breach("names mean one", what));
        }
    }
    Ok(())
}

/// What a list calls a task, phase or box means just that one, and so does what is told of it.
pub fn of_names(analysis: &Analysis) -> Result<(), Breach> {
    let index = &analysis.index;
    let mut names = BTreeSet::new();
    for task in index.tasks.values().step_by(index.tasks.len() / NAMES + 1) {
        let name = analysis.name_of(&task.id);
        let is_own = |found: Meant<'_>| matches!(found, Meant::Task(found) if found.id == task.id);
        if !meant(analysis, &name).is_ok_and(is_own) || !names.insert(name.clone()) {
            let what = format!("{name} (task {}): {:?}", task.id, meant(analysis, &name));
            return Err(breach("names mean one", what));
        }
    }
    let parts = index.docs.iter().flat_map(|document| index.parts_in(document.path.as_str()));
    let parts: Vec<Place> = parts.collect();
    for place in parts.iter().step_by(parts.len() / NAMES + 1).copied() {
        let name = index.part_name(place);
        let is_own = |found| matches!(found, Meant::Part(found) if found == place);
        if !meant(analysis, &name).is_ok_and(is_own) {
            let what = format!("{name} ({place:?}): {:?}", meant(analysis, &name));
            return Err(breach("names mean one", what));
        }
    }
    let none = index.docs.iter().map(|document| (document.path.clone(), None)).collect();
    let empty = analysis.with_texts(&none);
    of_events(&empty, analysis).and_then(|()| of_events(analysis, &empty))
}

fn told(found: &Diagnostic) -> String {
    format!("{}: {}: {}", found.path, found.rule, found.message)
}

/// The laws of `set`, for a task and a status by chance.
pub fn of_set(before: &Analysis, chance: &mut Chance) -> Result<(), Breach> {
    let index = &before.index;
    if index.tasks.is_empty() {
        return Ok(());
    }
    let at = chance.below(index.tasks.len() as u64) as usize;
    let Some(task) = index.tasks.values().nth(at) else { return Ok(()) };
    let phases = index.phases(task);
    let phase = (!phases.is_empty() && chance.below(3) == 0)
        .then(|| phases[chance.below(phases.len() as u64) as usize])
        .and_then(|place| Some((place, index.entity(place).number.as_deref()?.to_owned())));
    let vocabulary = match &phase {
        Some((place, _)) => index.vocabulary_at(*place),
        None => index.vocabulary_of(task),
    };
    let phase = phase.map(|(_, number)| number);
    let to = StatusIdx(chance.below(vocabulary.iter().count() as u64) as u8);
    let subject = match &phase {
        Some(number) => Subject::Phase(task.id.clone(), number.clone()),
        None => Subject::Task(task.id.clone()),
    };
    let mode = if chance.below(2) == 0 { Mode::Force } else { Mode::Transition };
    let reason = (chance.below(2) == 0).then(|| "nobody is here".to_owned());
    let intent = Intent { subject, to, reason, at: AT.to_owned(), mode };
    let Ok(plan) = change::plan(before, &intent) else { return Ok(()) };
    let after = before.with_texts(&plan.change.after());
    let asked = || {
        let phase = phase.as_ref().map(|phase| format!(" phase {phase}")).unwrap_or_default();
        let from = plan.from.map_or("nothing", |from| &vocabulary.get(from).id);
        format!("{}{phase} {from} -> {} ({mode:?})", task.id, vocabulary.get(to).id)
    };
    let what = |breach: Breach| Breach { what: format!("{}: {}", asked(), breach.what), ..breach };
    of_change(before, &after, &plan.change).map_err(what)?;
    of_events(before, &after).map_err(what)?;
    let Some((after, moves)) = moved(before, after) else { return Ok(()) };
    set_says(&after, &task.id, &phase, to).map_err(what)?;
    set_tells_nothing_else(before, &after, &task.id, &moves).map_err(what)?;
    let again = Intent { at: AGAIN.to_owned(), mode: Mode::Force, ..intent };
    match change::plan(&after, &again) {
        Ok(plan) if plan.change.is_empty() => Ok(()),
        Ok(plan) => Err(what(breach("set is done at once", plan.change.diff()))),
        Err(refusal) => Err(what(breach("set is done at once", refusal.to_string()))),
    }
}

/// The files of all tasks that have another status than before, where their folders say so; `None`
/// where one of them has to stay.
fn moved(before: &Analysis, after: Analysis) -> Option<(Analysis, Moves)> {
    let (mut now, mut moves) = (after, Moves::new());
    for change in change::status_changes(before, &now) {
        let paths: Vec<String> = now.index.docs.iter().map(|it| it.path.to_string()).collect();
        let is_inside = |path: &&String, from: &str| {
            path.strip_prefix(from).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        let movable = |from: &str, to: &str| match paths.iter().any(|it| is_inside(&it, to)) {
            true => Err(Kept::ByDisk(format!("{to} exists already"))),
            false => Ok(paths.iter().filter(|it| is_inside(it, from)).cloned().collect()),
        };
        if let Some(relocation) = relocate(&now, &change.task, AT, &movable).ok()? {
            let ways = relocation.moves.iter();
            moves.extend(ways.map(|(from, to)| (to.to_string(), from.to_string())));
            now = now.with_texts(&relocation.texts);
        }
    }
    Some((now, moves))
}

/// What a task is a part of, and what that is a part of.
fn above(index: &Index, id: &TaskId) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut open = vec![id.clone()];
    while let Some(task) = open.pop().and_then(|id| index.tasks.get(&id)) {
        let parents = index.parents(task).map(|(_, parent)| &parent.id);
        for parent in parents.chain(index.told_parents(task)) {
            if found.insert(parent.to_string()) {
                open.push(parent.clone());
            }
        }
    }
    found
}

/// The task says what was asked for, wherever it stands.
fn set_says(
    after: &Analysis,
    id: &TaskId,
    phase: &Option<String>,
    to: StatusIdx,
) -> Result<(), Breach> {
    let index = &after.index;
    let Some(task) = index.tasks.get(id) else {
        return Err(breach("set is done", "the task is gone"));
    };
    let drift = after.diagnostics().iter();
    let is_own =
        |place: Place| !matches!(index.entity(place).kind, EntityKind::Phase | EntityKind::Item);
    let mut drift = drift.filter(|found| {
        let own = found.task.as_ref() == Some(id) && found.place.is_none_or(is_own);
        found.rule == "drift" && own
    });
    let said = match phase {
        None => index.status(task),
        Some(number) => {
            let phases = index.phases(task);
            let own = phases.iter().find(|at| index.entity(**at).number.as_deref() == Some(number));
            own.and_then(|place| index.status_at(*place))
        }
    };
    if said != Some(to) {
        return Err(breach("set is done", format!("it says {said:?}")));
    }
    match drift.next() {
        Some(found) if phase.is_none() => Err(breach("set leaves no drift", told(found))),
        _ => Ok(()),
    }
}

/// Whether a counter in a file was not judged, because what it counts was of two minds.
fn was_uncertain(analysis: &Analysis, path: &str) -> bool {
    let index = &analysis.index;
    index.document(path).is_some_and(|(doc, document)| {
        document.facts.counters.iter().any(|fact| {
            let counter = &document.profile.counters[fact.counter];
            counters::expected(index, doc, counter, &BTreeMap::new()).is_none()
        })
    })
}

/// No other task changes, and nothing is found that the status itself does not call for.
fn set_tells_nothing_else(
    before: &Analysis,
    after: &Analysis,
    id: &TaskId,
    moves: &Moves,
) -> Result<(), Breach> {
    let changed = change::status_changes(before, after);
    if let Some(other) = changed.iter().find(|change| change.task != *id) {
        return Err(breach("set leaves others alone", other.task.to_string()));
    }
    let above = above(&after.index, id);
    for (rule, about) in new_findings(before, after, moves) {
        let is_called_for = match about == id.as_str() {
            true => CALLED_FOR.contains(&rule),
            // What a task is a part of has to be looked at where the part is open again.
            // A circle is told of the first task in it, and what depends on the task has to be
            // looked at too.
            false => {
                (rule == "stale-rollup" && above.contains(&about))
                    || (rule == "stale-counter" && was_uncertain(before, &about))
                    || ["dependency-cycle", "unmet-dependency"].contains(&rule)
            }
        };
        if !is_called_for {
            return Err(breach("set finds nothing new", format!("{rule} of {about}")));
        }
    }
    Ok(())
}
