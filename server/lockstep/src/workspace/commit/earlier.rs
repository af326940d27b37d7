//! What the history tells of lines as they stood before a status was changed, for whoever changes it back.

use std::path::Path;
use std::sync::Arc;

use lockstep_analysis::snapshot::earlier::{EarlierLines, EarlierText, ReplacedLine};

use super::{CommitAction, Recorded, newest_first};
use crate::workspace::local::LocalWorkspace;

/// How much of a history is read, in bytes: some hundred changes.
const REMEMBERED: u64 = 256 * 1024;

/// Lines that the newest changes of statuses have replaced in a workspace. What cannot be read is not known.
pub(super) fn lines(root: &Path) -> EarlierLines {
    let mut lines = EarlierLines::default();
    let Ok(operations) = newest_first(root) else { return lines };
    for operation in operations.within(REMEMBERED).flatten() {
        let Some(tasks) = Recorded::of(&operation).and_then(changed) else { continue };
        let day = operation.note.when.get(..10).unwrap_or_default();
        for file in operation.files.iter().rev() {
            if let Some(pieces) = file.rearranged() {
                lines.push_text(&file.path, EarlierText { pieces, tasks: tasks.clone() });
            }
            for [above, was, is] in file.replaced_lines() {
                let (day, tasks) = (day.to_owned(), tasks.clone());
                lines.push(&file.path, ReplacedLine { above, was, is, day, tasks });
            }
        }
    }
    lines
}

/// The tasks to which an operation gave another status; nothing where it was about something else.
fn changed(recorded: Recorded) -> Option<Arc<[String]>> {
    let action = &recorded.request.action;
    let is_status = matches!(
        action,
        CommitAction::Set { .. } | CommitAction::Batch { .. } | CommitAction::Fix { .. }
    );
    let mut tasks: Vec<String> = recorded.changes.into_iter().map(|change| change.task).collect();
    tasks.dedup();
    is_status.then(|| tasks.into())
}

/// Has a workspace know what its lines were before the newest changes, and tells whether that is new.
pub fn recall(workspace: &mut LocalWorkspace) -> bool {
    let earlier = lines(workspace.folder());
    let is_new = *workspace.analysis().earlier != earlier;
    if is_new {
        workspace.set_earlier(earlier);
    }
    is_new
}
