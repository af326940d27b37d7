//! Floor 1: one root with its configuration, as every front end sees it: the language server, the
//! command line, and later a daemon's client. Questions and answers are plain data, so that the
//! workspace may live in another process.

pub mod clock;
pub mod commit;
pub mod events;
pub mod ledger;
pub mod local;
pub mod order;
mod setup;
pub mod worktrees;

use std::fmt;
use std::path::Path;

use crate::report::{CheckReport, Fixes, TaskFilter, TaskList, TransitionReport};

/// What can be asked of a workspace.
pub trait Workspace {
    /// Its folder.
    fn root(&self) -> &Path;

    /// All findings.
    fn check(&self, fixes: Fixes) -> CheckReport;

    /// The tasks that pass a filter.
    fn tasks(&self, filter: &TaskFilter) -> Result<TaskList, Trouble>;

    /// A task's state across files, as Markdown.
    fn describe(&self, task: &str) -> Result<String, Trouble>;

    /// Which statuses may follow now.
    fn transitions(
        &self,
        task: &str,
        phase: Option<&str>,
    ) -> Result<Vec<TransitionReport>, Trouble>;
}

/// Why a question has no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// The question names something that is not there.
    NotFound(String),
    /// The question itself is wrong.
    Usage(String),
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Trouble::NotFound(message) | Trouble::Usage(message) => f.write_str(message),
        }
    }
}

impl std::error::Error for Trouble {}
