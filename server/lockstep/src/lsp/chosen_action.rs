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
    /// What was offered.
    #[serde(flatten, with = "ChoiceMembers")]
    pub(crate) choice: Choice,
}

/// The members of a [`Choice`], for serde.
#[derive(Serialize, Deserialize)]
#[serde(remote = "Choice")]
struct ChoiceMembers {
    action: String,
    path: String,
    #[serde(flatten, with = "RangeMembers")]
    range: TextRange,
    rule: Option<String>,
    task: Option<String>,
    phase: Option<String>,
    status: Option<String>,
    #[serde(default)]
    lacks_reason: bool,
    #[serde(default)]
    ticks: bool,
    title: String,
}

/// The members of a [`TextRange`], for serde.
#[derive(Serialize, Deserialize)]
#[serde(remote = "TextRange")]
struct RangeMembers {
    start: u32,
    end: u32,
}

impl ChosenAction {
    /// What `choice` is, in the workspace at `root`.
    pub(crate) fn new(root: &Path, focus: &Uri, choice: &Choice) -> ChosenAction {
        let root = root.to_string_lossy().into_owned();
        ChosenAction { root, focus: focus.clone(), choice: choice.clone() }
    }
}
