//! What somebody may have meant who named a task that there is not.

use super::{Code, Refused};
use crate::analysis::Analysis;

/// How many are named.
const LIMIT: usize = 3;

/// That there is no such task, with the ids that are near.
pub fn unknown_task(analysis: &Analysis, id: &str) -> Refused {
    let near = near_ids(analysis, id);
    let remedy = match near.as_slice() {
        [] => "`lockstep list` shows the tasks there are".to_owned(),
        near => format!("near ids: {}", near.join(", ")),
    };
    Refused::new(Code::UnknownTask, format!("there is no task {id}"), remedy)
}

/// The ids that are spelled nearly so, the nearest first.
pub fn near_ids(analysis: &Analysis, id: &str) -> Vec<String> {
    let wanted = id.trim_start_matches('#').to_lowercase();
    let known = analysis.index.tasks.values().map(|task| task.id.to_string());
    nearest(&wanted, known)
}

/// Those of `known` that differ from a word in few letters, the nearest first.
pub(super) fn nearest(wanted: &str, known: impl Iterator<Item = String>) -> Vec<String> {
    let limit = (wanted.chars().count() / 3).max(1);
    let near = known
        .map(|known| (strsim::osa_distance(wanted, &known.to_lowercase()), known))
        .filter(|(distance, _)| *distance <= limit);
    let mut near: Vec<(usize, String)> = near.collect();
    near.sort();
    near.dedup();
    near.into_iter().take(LIMIT).map(|(_, known)| known).collect()
}
