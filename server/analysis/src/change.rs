//! Floor 6: what should become of the documents: an intent in, edits over many files out.

pub mod archive;
pub mod children;
mod create;
pub mod events;
mod json_edit;
pub(crate) mod markdown_edit;
pub mod moving;
mod needs;
mod padding;
mod planner;
mod read_back;
pub mod reason;
pub mod relocation;
mod status_changes;
#[cfg(test)]
mod tests;
mod validate;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

pub(crate) use markdown_edit::eol;
pub use needs::{Need, needs};
pub use planner::{
    Ticking, plan, plan_ticking, plan_typed, strange_mark, ticking, ticking_at, transitions,
    transitions_of,
};
pub(crate) use planner::{reopens, unproven};
pub(crate) use read_back::{proven, proven_with};
pub use status_changes::{StatusChange, status_changes};
pub(crate) use validate::holds_number;

use crate::index::{Place, Spot};
use crate::model::carrier::Form;
use crate::model::{Document, FilePath};
use crate::profile::EntityKind;
use crate::profile::id::TaskId;
use crate::profile::vocabulary::StatusIdx;
use crate::snapshot::{Snapshot, Texts};
use crate::text::diff;
use crate::text::shared_text::SharedText;
use crate::text::text_edit::{TextEdit, TextEdits};

/// What somebody wants: a status for a task, phase or item.
#[derive(Clone, Debug)]
pub struct Intent {
    /// Whose status.
    pub subject: Subject,
    /// Which status, in the vocabulary of the subject's kind.
    pub to: StatusIdx,
    /// Why, for statuses that need a reason.
    pub reason: Option<String>,
    /// When: an instant in UTC as RFC 3339, to the second.
    pub at: String,
    /// How strictly it is judged.
    pub mode: Mode,
}

/// Whose status is to change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A task, everywhere it stands.
    Task(TaskId),
    /// A phase of a task's newest plan, by its number.
    Phase(TaskId, String),
    /// One entity in one document: an item, or a plan that belongs to no task.
    Place(Place),
}

impl Subject {
    /// What stands at a place: a task everywhere, a phase of a task's plan with plan and task. Any
    /// other place stands alone, and so does one of several phases with one number.
    pub fn at(analysis: &Snapshot, place: Place) -> Subject {
        let index = &analysis.index;
        let entity = index.entity(place);
        match (entity.kind, index.task_at(place), &entity.number) {
            (EntityKind::Task, Some(task), _) => Subject::Task(task.id.clone()),
            (_, Some(task), Some(number)) => {
                let mut phases = index.phases(task);
                phases.retain(|it| index.entity(*it).number.as_deref() == Some(&**number));
                match phases == [place] {
                    true => Subject::Phase(task.id.clone(), number.to_string()),
                    false => Subject::Place(place),
                }
            }
            _ => Subject::Place(place),
        }
    }
}

/// How strictly an intent is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// The profile must allow the transition; stamps and reason are written.
    Transition,
    /// As a transition, but any status may follow.
    Force,
    /// As a transition, of what was so before: that it is written down now is no day of it.
    Follow,
    /// Disagreeing places are brought to a status that the task already has: nothing but markers.
    Align,
}

impl Mode {
    /// Whether the profile must allow it.
    pub fn is_transition(self) -> bool {
        matches!(self, Mode::Transition | Mode::Follow)
    }

    /// Whether it writes down what is so already, as a fix does, and nobody looks at each place.
    pub fn mends(self) -> bool {
        matches!(self, Mode::Follow | Mode::Align)
    }
}

/// Planned edits over many files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SourceChange {
    /// Edits of files that exist, each against the text in [`SourceChange::before`].
    pub edits: BTreeMap<FilePath, TextEdits>,
    /// Files to be made, with their texts.
    pub creates: BTreeMap<FilePath, String>,
    /// Files that go, each with the one among those to be made that takes its place.
    pub moves: BTreeMap<FilePath, FilePath>,
    /// The folders of these, and files that go alone, from where to where.
    pub folders: BTreeMap<String, String>,
    /// The texts that the edits were planned against: the change is stale where they differ.
    pub before: BTreeMap<FilePath, SharedText>,
}

impl SourceChange {
    /// Whether nothing would change.
    pub fn is_empty(&self) -> bool {
        self.edits.is_empty() && self.creates.is_empty() && self.moves.is_empty()
    }

    /// Where a file was before it.
    pub fn came_from<'c>(&'c self, path: &'c FilePath) -> &'c FilePath {
        let mut moves = self.moves.iter();
        moves.find(|(_, to)| *to == path).map_or(path, |(from, _)| from)
    }

    /// Takes a file along that the analysis does not hold: its text, and what that becomes.
    pub fn take_unread(&mut self, path: FilePath, before: Arc<str>, after: String) {
        match self.moves.get(&path) {
            Some(to) => drop(self.creates.insert(to.clone(), after)),
            None => drop(self.edits.insert(path.clone(), diff::edits(&before, &after))),
        }
        self.before.insert(path, before.into());
    }

    /// The files it touches, in order.
    pub fn files(&self) -> Vec<&FilePath> {
        let made = self.creates.keys().chain(self.moves.values());
        let mut files: Vec<&FilePath> =
            self.edits.keys().chain(self.moves.keys()).chain(made).collect();
        files.sort();
        files.dedup();
        files
    }

    /// The texts that it makes.
    pub fn after(&self) -> Texts {
        let edited = self.edits.iter().filter_map(|(path, edits)| {
            let before = self.before.get(path)?;
            Some((path.clone(), Some(edits.apply_shared(before))))
        });
        let created = self.creates.iter();
        let created = created.map(|(path, text)| (path.clone(), Some(text.as_str().into())));
        let gone = self.moves.keys().map(|path| (path.clone(), None));
        edited.chain(created).chain(gone).collect()
    }

    /// The change as a unified diff over all its files.
    pub fn diff(&self) -> String {
        let mut out = String::new();
        let came_from: BTreeMap<&FilePath, &FilePath> =
            self.moves.iter().map(|(from, to)| (to, from)).collect();
        for (from, to) in &self.moves {
            out.push_str(&format!("rename {from}\n    to {to}\n"));
        }
        for (path, after) in self.after() {
            if self.moves.contains_key(&path) {
                continue;
            }
            let was = came_from.get(&path).copied().unwrap_or(&path);
            let before = self.before.get(was).map_or("", |text| text.as_str());
            out.push_str(&diff::unified(path.as_str(), before, after.as_deref().unwrap_or(""), 3));
        }
        out
    }
}

/// A planned change with what it means.
#[derive(Clone, Debug)]
pub struct ChangePlan {
    /// The edits; empty where everything already says so.
    pub change: SourceChange,
    /// The status before.
    pub from: Option<StatusIdx>,
    /// The status after.
    pub to: StatusIdx,
    /// What the statuses belong to.
    pub kind: EntityKind,
    /// What the user should know: parts that were left as they are.
    pub notes: Vec<String>,
}

/// Why an intent is not planned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// For code that branches.
    pub kind: RefusalKind,
    /// What is the matter.
    pub message: String,
    /// What can be done about it.
    pub remedy: String,
}

/// The kinds of refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefusalKind {
    /// No such task, phase or entity.
    NotFound,
    /// Several phases of a task are meant.
    Ambiguous,
    /// The profile does not allow the transition.
    NotAllowed,
    /// The status needs a reason.
    ReasonMissing,
    /// A time is before one that the task has already.
    TimeOrder,
    /// A file that the task links to, and that the status needs, is not there or is empty.
    ArtifactMissing,
    /// A file that must change cannot be read in full.
    Malformed,
    /// The task stands in history only.
    History,
    /// A place has a form in which the status cannot be written.
    NoSpelling,
    /// Read again, the changed texts would not say what was asked, or would have another status too.
    Unproven,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; {}", self.message, self.remedy)
    }
}

impl std::error::Error for Refusal {}

/// Whether a status may follow the present one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transition {
    /// The status.
    pub to: StatusIdx,
    /// Whether the profile allows it now.
    pub allowed: bool,
    /// Why or why not, as a clause.
    pub why: String,
}

impl SourceChange {
    /// The smallest change that makes these texts of the present ones.
    pub fn between(analysis: &Snapshot, texts: &Texts) -> SourceChange {
        let mut change = SourceChange::default();
        for (path, text) in texts {
            let Some(after) = text else {
                if let Some((_, document)) = analysis.index.document(path.as_str()) {
                    change.before.insert(path.clone(), document.text.clone());
                }
                continue;
            };
            match analysis.index.document(path.as_str()) {
                Some((_, document)) => {
                    let edits = diff::edits_shared(&document.text, after);
                    if !edits.is_empty() {
                        change.before.insert(path.clone(), document.text.clone());
                        change.edits.insert(path.clone(), edits);
                    }
                }
                None => {
                    change.creates.insert(path.clone(), after.to_string());
                }
            }
        }
        change
    }
}

impl SourceChange {
    /// One edit of one document.
    pub(crate) fn single(document: &Document, edit: TextEdit) -> SourceChange {
        SourceChange::within(document, vec![edit])
    }

    /// Edits of one document; nothing where they overlap.
    pub(crate) fn within(document: &Document, edits: Vec<TextEdit>) -> SourceChange {
        let mut change = SourceChange::default();
        if let Ok(edits) = TextEdits::new(edits) {
            change.before.insert(document.path.clone(), document.text.clone());
            change.edits.insert(document.path.clone(), edits);
        }
        change
    }
}

fn form<'a>(spot: &Spot<'a>) -> Form<'a> {
    let style = &spot.document.profile.markers;
    let (text, vocabulary) = (&spot.document.text, spot.vocabulary());
    let all = &spot.document.facts.occurrences;
    Form { text, occurrence: spot.occurrence, vocabulary, style, all }
}

/// A status with its form mended, and every word kept.
pub(crate) fn mended(spot: &Spot<'_>) -> Option<String> {
    form(spot).mended()
}

/// A status with another word in its form.
pub(crate) fn with_word(spot: &Spot<'_>, word: &str) -> String {
    form(spot).with_word(word)
}

fn refuse(kind: RefusalKind, message: String, remedy: &str) -> Refusal {
    Refusal { kind, message, remedy: remedy.to_owned() }
}
