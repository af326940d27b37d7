//! What somebody asks for, in words that outlive the text: it is kept in the journal and in the
//! history, and planned on whatever the files say at the time.

mod archive;
mod batch;

use std::collections::BTreeMap;
use std::sync::Arc;

use lockstep_analysis::Analysis;
use lockstep_analysis::change::archive::Folders;
use lockstep_analysis::change::{self, Intent, Mode, RefusalKind, SourceChange, Subject};
use lockstep_analysis::features::tasks;
use lockstep_analysis::index::Task;
use lockstep_analysis::model::FilePath;
use lockstep_analysis::profile::EntityKind;
use lockstep_analysis::profile::vocabulary::StatusIdx;
use lockstep_analysis::rules::{self, Diagnostic};
use lockstep_analysis::text::diff;
use serde::{Deserialize, Serialize};

use crate::report::{SetResult, Verdict};
use crate::workspace::commit::CommitError;

/// What somebody asks for, and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// When: an instant in UTC as RFC 3339, to the second.
    pub at: String,
    /// What.
    #[serde(flatten)]
    pub action: Action,
}

/// What somebody asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "action", rename_all = "kebab-case")]
pub enum Action {
    /// A status for tasks, or for one phase of each.
    Set {
        /// The tasks.
        tasks: Vec<String>,
        /// The status, in any spelling.
        status: String,
        /// The phase.
        phase: Option<String>,
        /// The status that it must have now.
        from: Option<String>,
        /// Why.
        reason: Option<String>,
        /// Whether any status may follow any other.
        force: bool,
        /// Whether nothing is done unless everything is.
        atomic: bool,
    },
    /// A status of its own for each of several tasks.
    Batch {
        /// What each of them gets.
        list: Vec<Change>,
        /// Whether nothing is done unless everything is.
        atomic: bool,
    },
    /// Agreement, and whatever else has one certain fix.
    Fix {
        /// The tasks; all where there are none.
        tasks: Vec<String>,
        /// Only findings of this rule.
        rule: Option<String>,
        /// The file that is right, or the status.
        prefer: Option<String>,
    },
    /// Finished tasks put away where the profile keeps them.
    Archive {
        /// The tasks; all that are finished where there are none.
        tasks: Vec<String>,
        /// Only those that were finished before this day.
        done_before: Option<String>,
        /// What may be moved as a folder: its files, by folder.
        folders: Folders,
    },
    /// A change that an editor has made and not saved.
    Save {
        /// What it does, in words.
        label: String,
    },
    /// The reverse of a transaction.
    Undo {
        /// Which.
        transaction: String,
    },
}

/// A status for one task of a batch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// The task.
    pub task: String,
    /// The status, in any spelling.
    pub status: String,
    /// The phase.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phase: Option<String>,
    /// The status that it must have now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Whether any status may follow any other.
    #[serde(default)]
    pub force: bool,
}

/// Told how many of how many tasks are planned.
pub type Progress<'a> = dyn Fn(usize, usize) + 'a;

/// What a request comes to.
#[derive(Debug)]
pub struct Planned {
    /// New texts of files.
    pub texts: BTreeMap<FilePath, Option<Arc<str>>>,
    /// Files that are moved, from where to where; some have no role, and so no text here.
    pub moves: BTreeMap<FilePath, FilePath>,
    /// The folders of these files, from where to where.
    pub folders: BTreeMap<String, String>,
    /// What becomes of each task.
    pub results: Vec<SetResult>,
    /// The change against the present texts.
    pub change: SourceChange,
    /// What the workspace is then.
    pub after: Analysis,
}

impl Planned {
    /// Takes a file along that the analysis does not hold: its text, and what that becomes.
    pub(super) fn take_unread(&mut self, path: FilePath, before: Arc<str>, after: String) {
        for result in &mut self.results {
            let files = &mut result.files;
            let is_own = |from: &String| {
                let name = from.rsplit('/').next().unwrap_or(from);
                let is_inside = |file: &String| file.starts_with(&format!("{from}/"));
                files.iter().any(is_inside) && before.contains(name)
            };
            if !files.iter().any(|file| file == path.as_str()) && self.folders.keys().any(is_own) {
                files.push(path.to_string());
                files.sort();
            }
        }
        match self.moves.get(&path) {
            Some(to) => {
                self.change.creates.insert(to.clone(), after.clone());
                self.texts.insert(to.clone(), Some(Arc::from(after)));
                self.texts.insert(path.clone(), None);
            }
            None => {
                self.change.edits.insert(path.clone(), diff::edits(&before, &after));
                self.texts.insert(path.clone(), Some(Arc::from(after)));
            }
        }
        self.change.before.insert(path, before);
    }

    /// The files that it writes, or moves from where they are.
    pub(super) fn paths(&self) -> impl Iterator<Item = &str> {
        let moved = self.moves.keys().filter(|path| !self.texts.contains_key(*path));
        self.texts.keys().chain(moved).map(FilePath::as_str)
    }
}

/// Plans a request on what the files say. An error means that the request itself is wrong.
pub fn plan(request: &Request, analysis: &Analysis) -> Result<Planned, CommitError> {
    plan_with(request, analysis, &|_, _| {})
}

/// As [`plan`], telling how far it is.
pub fn plan_with(
    request: &Request,
    analysis: &Analysis,
    progress: &Progress<'_>,
) -> Result<Planned, CommitError> {
    let mut draft = Draft {
        analysis,
        state: analysis.clone(),
        texts: BTreeMap::new(),
        moves: BTreeMap::new(),
        folders: BTreeMap::new(),
        results: Vec::new(),
        at: &request.at,
        progress,
    };
    match &request.action {
        Action::Set { .. } => draft.set(&request.action)?,
        Action::Batch { list, atomic } => draft.batch(list, *atomic),
        Action::Fix { tasks, rule, prefer } => {
            draft.fix(tasks, rule.as_deref(), prefer.as_deref())?
        }
        Action::Archive { tasks, done_before, folders } => {
            draft.archive(tasks, done_before.as_deref(), folders)?
        }
        Action::Save { label } => {
            return Err(CommitError::Internal(format!("`{label}` is saved, not planned")));
        }
        Action::Undo { transaction } => {
            return Err(CommitError::Internal(format!("{transaction} is undone, not planned")));
        }
    }
    let mut change = SourceChange::between(analysis, &draft.texts);
    change.moves = draft.moves.clone();
    let Draft { texts, moves, folders, results, state, .. } = draft;
    let after = if texts.is_empty() { analysis.clone() } else { state };
    Ok(Planned { change, after, texts, moves, folders, results })
}

struct Draft<'a> {
    analysis: &'a Analysis,
    /// What the workspace is after the tasks so far.
    state: Analysis,
    texts: BTreeMap<FilePath, Option<Arc<str>>>,
    moves: BTreeMap<FilePath, FilePath>,
    folders: BTreeMap<String, String>,
    results: Vec<SetResult>,
    at: &'a str,
    progress: &'a Progress<'a>,
}

/// A status for a task, in the words of the vocabulary.
struct Wanted<'w> {
    id: &'w str,
    kind: EntityKind,
    phase: Option<&'w str>,
    to: StatusIdx,
    from: Option<StatusIdx>,
    reason: Option<&'w str>,
    force: bool,
}

impl Draft<'_> {
    fn set(&mut self, action: &Action) -> Result<(), CommitError> {
        let Action::Set { tasks, status, phase, from, reason, force, atomic } = action else {
            return Ok(());
        };
        let kind = if phase.is_some() { EntityKind::Phase } else { EntityKind::Task };
        let to = self.status(kind, status)?;
        let from = from.as_deref().map(|from| self.status(kind, from)).transpose()?;
        for (done, id) in tasks.iter().enumerate() {
            (self.progress)(done, tasks.len());
            let (phase, reason, force) = (phase.as_deref(), reason.as_deref(), *force);
            self.want(&Wanted { id, kind, phase, to, from, reason, force });
        }
        (self.progress)(tasks.len(), tasks.len());
        if *atomic {
            self.all_or_none();
        }
        Ok(())
    }

    fn want(&mut self, wanted: &Wanted<'_>) {
        let (id, to) = (wanted.id, wanted.to);
        let Some(task) = self.state.task(id).map(|task| task.id.clone()) else {
            let message =
                format!("there is no task {id}; `lockstep list` shows the tasks there are");
            let status = self.analysis.profile.vocabulary(wanted.kind).get(to).id.clone();
            self.results.push(SetResult::refused(id, None, &status, Verdict::Refused, message));
            return;
        };
        let subject = match wanted.phase {
            Some(number) => Subject::Phase(task, number.to_owned()),
            None => Subject::Task(task),
        };
        let mode = if wanted.force { Mode::Force } else { Mode::Transition };
        let reason = wanted.reason.map(str::to_owned);
        let intent = Intent { subject, to, reason, at: self.at.to_owned(), mode };
        self.one(id, &intent, wanted.kind, wanted.from);
    }

    /// Does nothing where something was refused.
    fn all_or_none(&mut self) {
        if self.results.iter().all(|result| result.refusal().is_none()) {
            return;
        }
        self.texts.clear();
        for result in self.results.iter_mut().filter(|r| r.outcome == Verdict::Applied) {
            result.outcome = Verdict::Refused;
            result.files.clear();
            result.reason = Some("another task was refused, and all or none was asked for".into());
        }
    }

    fn status(&self, kind: EntityKind, word: &str) -> Result<StatusIdx, CommitError> {
        let vocabulary = self.analysis.profile.vocabulary(kind);
        vocabulary.lookup(word).ok_or_else(|| {
            let known: Vec<&str> = vocabulary.iter().map(|(_, def)| def.id.as_str()).collect();
            let kind = kind.name();
            CommitError::Usage(format!(
                "there is no {kind} status `{word}`; known: {}",
                known.join(", ")
            ))
        })
    }

    fn one(&mut self, id: &str, intent: &Intent, kind: EntityKind, from: Option<StatusIdx>) {
        let vocabulary = self.analysis.profile.vocabulary(kind);
        let name = |status: StatusIdx| vocabulary.get(status).id.clone();
        let to = name(intent.to);
        let now = self.now(&intent.subject);
        if let Some(from) = from.filter(|from| now != Some(*from)) {
            let is = now.map_or("without a status".to_owned(), &name);
            let message = format!("it is {is} by now, not {}; look at it again", name(from));
            let result = SetResult::refused(id, now.map(&name), &to, Verdict::Conflict, message);
            self.results.push(result);
            return;
        }
        match change::plan(&self.state, intent) {
            Err(refusal) => {
                let verdict = match refusal.kind {
                    RefusalKind::NotFound
                    | RefusalKind::NotAllowed
                    | RefusalKind::ReasonMissing
                    | RefusalKind::TimeOrder
                    | RefusalKind::ArtifactMissing
                    | RefusalKind::Malformed
                    | RefusalKind::NoSpelling
                    | RefusalKind::Unproven
                    | RefusalKind::History => Verdict::Refused,
                };
                let message = refusal.to_string();
                self.results.push(SetResult::refused(id, now.map(&name), &to, verdict, message));
            }
            Ok(planned) => {
                let files = planned.change.files().iter().map(ToString::to_string).collect();
                let outcome = match planned.change.is_empty() {
                    true => Verdict::Unchanged,
                    false => Verdict::Applied,
                };
                self.take(&planned.change);
                let notes = planned.notes.join("; ");
                self.results.push(SetResult {
                    task: id.to_owned(),
                    from: planned.from.map(name),
                    to,
                    outcome,
                    reason: (!notes.is_empty()).then_some(notes),
                    files,
                });
            }
        }
    }

    fn now(&self, subject: &Subject) -> Option<StatusIdx> {
        let index = &self.state.index;
        match subject {
            Subject::Task(id) => index.status(index.tasks.get(id)?),
            Subject::Phase(id, number) => {
                let phases = index.phases(index.tasks.get(id)?);
                let mut same = phases.into_iter();
                let place =
                    same.find(|p| index.entity(*p).number.as_deref() == Some(number.as_str()))?;
                index.status_at(place)
            }
            Subject::Place(place) => index.status_at(*place),
        }
    }

    fn take(&mut self, change: &SourceChange) {
        if change.is_empty() {
            return;
        }
        let after = change.after();
        self.state = self.state.with_texts(&after);
        self.texts.extend(after);
    }

    fn fix(
        &mut self,
        ids: &[String],
        rule: Option<&str>,
        prefer: Option<&str>,
    ) -> Result<(), CommitError> {
        if let Some(rule) = rule.filter(|rule| rules::rule(rule).is_none()) {
            return Err(CommitError::Usage(format!(
                "there is no rule `{rule}`; `lockstep explain` lists them"
            )));
        }
        let mut wanted = Vec::new();
        for id in ids {
            match self.state.task(id) {
                Some(task) => wanted.push(task.id.clone()),
                None => {
                    let message = format!("there is no task {id}");
                    self.results.push(SetResult::refused(id, None, "", Verdict::Refused, message));
                }
            }
        }
        let chosen = |d: &Diagnostic| {
            rule.is_none_or(|rule| d.rule == rule)
                && (ids.is_empty() || d.task.as_ref().is_some_and(|task| wanted.contains(task)))
        };
        if let Some(prefer) = prefer {
            self.prefer(prefer, &chosen);
        }
        let (change, _) = rules::fix_all(&self.state, self.at, &chosen);
        self.take(&change);
        self.tell(&chosen);
        (self.progress)(self.results.len(), self.results.len());
        Ok(())
    }

    /// Brings drifting tasks to the status that a file or the user prefers.
    fn prefer(&mut self, prefer: &str, chosen: &dyn Fn(&Diagnostic) -> bool) {
        let drifting: Vec<_> = self
            .state
            .diagnostics()
            .iter()
            .filter(|d| d.rule == rules::drift::RULE.id && chosen(d))
            .filter_map(|d| d.task.clone())
            .collect();
        for id in drifting {
            let Some(task) = self.state.index.tasks.get(&id) else { continue };
            let Some(to) = preferred(&self.state, task, prefer) else { continue };
            let subject = Subject::Task(id);
            let mode = Mode::Align;
            let intent = Intent { subject, to, reason: None, at: self.at.to_owned(), mode };
            if let Ok(planned) = change::plan(&self.state, &intent) {
                self.take(&planned.change);
            }
        }
    }

    /// One result for each task that the change touches.
    fn tell(&mut self, chosen: &dyn Fn(&Diagnostic) -> bool) {
        let files: Vec<String> = self.texts.keys().map(ToString::to_string).collect();
        let mut told: Vec<String> = Vec::new();
        for diagnostic in self.analysis.diagnostics().iter().filter(|d| d.fixable && chosen(d)) {
            let id = diagnostic.task.as_ref().map_or("", |task| task.as_str());
            if told.iter().any(|other| other == id) {
                continue;
            }
            told.push(id.to_owned());
            let status = |state: &Analysis| {
                let task = state.task(id)?;
                tasks::status(state, task).map(|def| def.id.clone())
            };
            let touched = files.iter().filter(|file| {
                self.analysis.diagnostics().iter().any(|d| {
                    d.path.as_str() == *file && d.task.as_ref().is_some_and(|t| t.as_str() == id)
                })
            });
            self.results.push(SetResult {
                task: id.to_owned(),
                from: status(self.analysis),
                to: status(&self.state).unwrap_or_default(),
                outcome: if files.is_empty() { Verdict::Unchanged } else { Verdict::Applied },
                reason: None,
                files: touched.cloned().collect(),
            });
        }
    }
}

/// The status that a preference names: itself, or what the file of that path says.
fn preferred(analysis: &Analysis, task: &Task, prefer: &str) -> Option<StatusIdx> {
    let index = &analysis.index;
    let by_file = index.statuses(task).find(|spot| {
        let path = spot.document.path.as_str();
        path == prefer || path.ends_with(&format!("/{prefer}"))
    });
    let vocabulary = analysis.profile.vocabulary(EntityKind::Task);
    by_file.and_then(|spot| spot.status()).or_else(|| vocabulary.lookup(prefer))
}
