//! A chosen action as it travels through the client, in `data`.

use std::path::Path;

use lockstep_analysis::actions::Choice;
use lockstep_analysis::text::TextRange;
use serde::{Deserialize, Serialize};
use tower_lsp::ls_types::Uri;

/// An action that was offered, in words that outlive the text it was offered on.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct ChosenAction {
    /// The root of the workspace.
    pub(crate) root: String,
    /// The document in which it was offered.
    pub(crate) focus: Uri,
    action: String,
    path: String,
    start: u32,
    end: u32,
    rule: Option<String>,
    task: Option<String>,
    phase: Option<String>,
    status: Option<String>,
    #[serde(default)]
    lacks_reason: bool,
    title: String,
}

impl ChosenAction {
    /// What `choice` is, in the workspace at `root`.
    pub(crate) fn new(root: &Path, focus: &Uri, choice: &Choice) -> ChosenAction {
        let choice = choice.clone();
        ChosenAction {
            root: root.to_string_lossy().into_owned(),
            focus: focus.clone(),
            action: choice.action,
            path: choice.path,
            start: choice.range.start,
            end: choice.range.end,
            rule: choice.rule,
            task: choice.task,
            phase: choice.phase,
            status: choice.status,
            lacks_reason: choice.lacks_reason,
            title: choice.title,
        }
    }

    /// The choice.
    pub(crate) fn choice(&self) -> Choice {
        Choice {
            action: self.action.clone(),
            path: self.path.clone(),
            range: TextRange::new(self.start as usize, self.end as usize),
            rule: self.rule.clone(),
            task: self.task.clone(),
            phase: self.phase.clone(),
            status: self.status.clone(),
            lacks_reason: self.lacks_reason,
            title: self.title.clone(),
        }
    }
}
