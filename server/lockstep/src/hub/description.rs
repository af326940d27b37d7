//! What a hub holds, as whoever asks is told.

use std::collections::BTreeMap;
use std::path::PathBuf;

use lockstep_analysis::text::shared_text::SharedText;

use crate::report::WorkspaceStatus;

/// What there is.
#[derive(Clone, Debug, Default)]
pub(crate) struct Description {
    /// The workspaces that are held.
    pub(crate) workspaces: Vec<WorkspaceStatus>,
    /// How many documents each session has open, by what the daemon calls it.
    pub(crate) open: BTreeMap<u64, usize>,
    /// The files that some editor has changed and not saved, with what the editor calls itself.
    pub(crate) unsaved: BTreeMap<PathBuf, String>,
    /// The files that are open and hold no tasks, with what the editor calls itself, and its text:
    /// whether that is saved is not known before somebody asks.
    pub(crate) bystanders: Vec<(PathBuf, String, SharedText)>,
}
