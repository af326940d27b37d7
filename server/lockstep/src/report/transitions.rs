//! Which statuses may follow, what they need, and what else they change.

use lockstep_analysis::Analysis;
use lockstep_analysis::change;
use lockstep_analysis::index::{Place, Task};
use lockstep_analysis::operation::{self, Code, Meant, Refused};
use lockstep_analysis::profile::vocabulary::{StatusDef, StatusIdx, Vocabulary};
use serde::{Deserialize, Serialize};

use super::PlaceReport;

/// A status that may or may not follow: one entry of `lockstep/transitions`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TransitionReport {
    /// The id of the status.
    pub status: String,
    /// What people read for it: `Not started`.
    pub title: String,
    /// What it means.
    pub category: String,
    /// Whether it is the status now.
    pub current: bool,
    /// Whether the profile allows it now.
    pub allowed: bool,
    /// Why, or why not.
    pub why: String,
    /// What it needs and the task lacks: `reason`, or an `artifact`, which is a file that the task links to.
    #[serde(default)]
    pub needs: Vec<String>,
    /// With `effects`: every place that would say something else. What turns out to be refused is not
    /// `allowed` then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changes: Option<Vec<PlaceReport>>,
}

/// Which statuses may follow now, of a task, one of its phases, or a phase or box by its name. An error says what is not
/// there.
pub fn transitions(
    analysis: &Analysis,
    task: &str,
    phase: Option<&str>,
) -> Result<Vec<TransitionReport>, Refused> {
    let index = &analysis.index;
    let none = |what| Refused::new(Code::UnknownTask, what, "`lockstep show` lists its phases");
    let found = operation::meant(analysis, task)?;
    let (vocabulary, from, whole) = match (phase, found) {
        (None, Meant::Task(found)) => {
            (index.vocabulary_of(found), index.status(found), Some(found))
        }
        (None, Meant::Part(place)) => (index.vocabulary_at(place), index.status_at(place), None),
        (Some(_), Meant::Part(_)) => return Err(none(format!("`{task}` has no phases"))),
        (Some(number), Meant::Task(found)) => {
            let phases = index.phases(found);
            let place = phases
                .iter()
                .find(|place| index.entity(**place).number.as_deref() == Some(number))
                .ok_or_else(|| none(format!("task {task} has no phase `{number}`")))?;
            (index.vocabulary_at(*place), index.status_at(*place), None)
        }
    };
    Ok(of(analysis, vocabulary, from, whole))
}

/// What to know of the marks that boxes would get for some statuses, by their ids.
pub fn strange_marks(analysis: &Analysis, places: &[Place], statuses: &[String]) -> Vec<String> {
    let note = |id: &String| {
        let mut told = places.iter().filter_map(|place| {
            let to = analysis.index.vocabulary_at(*place).by_id(id)?;
            change::strange_mark(analysis, *place, to)
        });
        told.next().map(|told| format!("{id}: {told}"))
    };
    statuses.iter().filter_map(note).collect()
}

fn of(
    analysis: &Analysis,
    vocabulary: &Vocabulary,
    from: Option<StatusIdx>,
    task: Option<&Task>,
) -> Vec<TransitionReport> {
    let report = |transition: change::Transition| {
        let def = vocabulary.get(transition.to);
        let current = from == Some(transition.to);
        let needs = task.filter(|_| !current);
        let needs = needs.map(|task| change::needs(analysis, task, transition.to));
        let needs = needs.unwrap_or_default().into_iter();
        TransitionReport {
            status: def.id.clone(),
            title: title(def),
            category: def.category.name().to_owned(),
            current,
            allowed: transition.allowed,
            why: transition.why,
            needs: needs.map(|need| need.name().to_owned()).collect(),
            changes: None,
        }
    };
    let all = match task {
        Some(task) => change::transitions_of(analysis, task),
        None => change::transitions(vocabulary, from),
    };
    all.into_iter().map(report).collect()
}

/// The id in words, with a capital letter.
fn title(def: &StatusDef) -> String {
    let words = def.id.replace(['_', '-'], " ").to_lowercase();
    let mut letters = words.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters.clone()).collect()
}
