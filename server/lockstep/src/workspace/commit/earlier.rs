//! What the history tells of lines as they stood before a change, for whoever changes them back.

use std::path::Path;

use lockstep_analysis::snapshot::earlier::{EarlierLines, ReplacedLine};

use super::newest_first;
use crate::workspace::local::LocalWorkspace;

/// How much of a history is read, in bytes: some hundred changes.
const REMEMBERED: u64 = 256 * 1024;

/// Lines that the newest changes of a workspace have replaced. What cannot be read is not known.
pub(super) fn lines(root: &Path) -> EarlierLines {
    let mut lines = EarlierLines::default();
    let Ok(operations) = newest_first(root) else { return lines };
    for operation in operations.within(REMEMBERED).flatten() {
        let day = operation.note.when.get(..10).unwrap_or_default();
        for file in operation.files.iter().rev() {
            for [above, was, is] in file.replaced_lines() {
                let day = day.to_owned();
                lines.push(&file.path, ReplacedLine { above, was, is, day });
            }
        }
    }
    lines
}

/// Has a workspace know what its lines were before the newest changes.
pub fn recall(workspace: &mut LocalWorkspace) {
    let earlier = lines(workspace.folder());
    workspace.set_earlier(earlier);
}
