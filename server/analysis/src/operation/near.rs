//! What somebody may have meant who named a task that there is not.

use super::{Code, Refused};
use crate::analysis::Analysis;
use crate::change::holds_number;
use crate::model::Document;
use crate::snapshot::Unread;

/// How many are named.
const LIMIT: usize = 3;

/// That there is no such task, with the ids that are near.
pub fn unknown_task(analysis: &Analysis, id: &str) -> Refused {
    if let Some(refused) = unreadable(analysis, id) {
        return refused;
    }
    if analysis.index.docs.is_empty() {
        let message = format!("no task {id}: no task files found");
        return Refused::new(Code::UnknownTask, message, analysis.profile.looks_for());
    }
    let near = near_ids(analysis, id);
    let remedy = match near.as_slice() {
        [] => "`lockstep list` shows the tasks".to_owned(),
        near => format!("near ids: {}", near.join(", ")),
    };
    Refused::new(Code::UnknownTask, format!("no task {id}"), remedy)
}

/// Refuses where nothing of the workspace can be read, so that nobody takes it for empty.
pub fn is_held(analysis: &Analysis) -> Result<(), Refused> {
    match analysis.unread.first().filter(|_| analysis.index.docs.is_empty()) {
        Some(Unread { path, reason }) => {
            let message = format!("the tasks cannot be read: {path}: {reason}");
            Err(Refused::new(
                Code::Unreadable,
                message,
                "`lockstep check` lists what cannot be read",
            ))
        }
        None => Ok(()),
    }
}

/// That a task may stand in a file that cannot be read, where there is such a file.
fn unreadable(analysis: &Analysis, id: &str) -> Option<Refused> {
    if let Some(Unread { path, reason }) = analysis.unread.first() {
        let message = format!("no task {id} in what can be read; {path}: {reason}");
        let remedy = "it may stand there; `lockstep check` lists what cannot be read";
        return Some(Refused::new(Code::Unreadable, message, remedy));
    }
    let ids = &analysis.profile.ids;
    let wanted = ids.parse(id)?;
    let may_hold = |document: &Document| match document.facts.captures.id.as_deref() {
        Some(own) => ids.parse(own).as_ref() == Some(&wanted),
        None => document.is_unreadable() || holds_number(&document.text, wanted.as_str()),
    };
    let live = analysis.index.docs.iter().filter(|document| !document.facts.history);
    let mut found = live.filter_map(|it| Some((it, it.facts.broken.as_ref()?)));
    let (document, problem) = found.find(|(document, _)| may_hold(document))?;
    let at = document.lines.line_col(problem.range.start as usize);
    let (path, line, column) = (&document.path, at.line + 1, at.col + 1);
    let message = format!(
        "task {id} is in no file that can be read; {path}:{line}:{column}: {}",
        problem.message
    );
    let remedy = "mend that file first, or check the id with `lockstep list`";
    Some(Refused::new(Code::Unreadable, message, remedy))
}

/// The names of what may be meant: phases and boxes that are called so, else the ids that are
/// spelled nearly so, the nearest first.
pub fn near_ids(analysis: &Analysis, id: &str) -> Vec<String> {
    let index = &analysis.index;
    let parts = index.parts_called(id);
    if !parts.is_empty() {
        let mut names = index.telling_names(&parts);
        names.truncate(LIMIT);
        return names;
    }
    let wanted = id.trim_start_matches('#').to_lowercase();
    nearest(&wanted, index.tasks.keys().map(|id| analysis.name_of(id)))
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
