//! Why a call did not do what was asked: for a model that must decide what to do next.

use lockstep_analysis::operation::{Code, Refused};
use serde::Serialize;

use crate::report::SetResult;
use crate::workspace::commit::CommitError;

/// Why a call did nothing: the fact, the reason, the remedy, and what is now.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(super) struct ToolFailure {
    /// A result code.
    pub(super) code: String,
    /// What is the matter.
    pub(super) fact: String,
    /// Why, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) reason: Option<String>,
    /// What to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) remedy: Option<String>,
    /// How the task is, where it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) now: Option<Box<TaskNow>>,
}

/// How a task is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(super) struct TaskNow {
    /// Its status.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) status: Option<String>,
    /// The name of what its places say.
    pub(super) rev: String,
}

impl ToolFailure {
    pub(super) fn new(code: &str, fact: impl Into<String>, remedy: &str) -> ToolFailure {
        let remedy = Some(remedy.to_owned()).filter(|it| !it.is_empty());
        let (code, fact) = (code.to_owned(), fact.into());
        ToolFailure { code, fact, remedy, ..ToolFailure::default() }
    }

    /// The arguments are wrong.
    pub(super) fn usage(fact: impl Into<String>, remedy: &str) -> ToolFailure {
        ToolFailure::new(Code::Usage.name(), fact, remedy)
    }

    /// A fault of this program, or of the machine.
    pub(super) fn internal(fact: impl Into<String>) -> ToolFailure {
        ToolFailure::new("internal", fact, "run `lockstep doctor`")
    }

    /// Why one task was refused.
    pub(super) fn of_result(result: SetResult) -> ToolFailure {
        ToolFailure {
            code: result.code.unwrap_or_else(|| Code::NotAllowed.name().to_owned()),
            fact: result.reason.unwrap_or_default(),
            remedy: result.remedy,
            ..ToolFailure::default()
        }
    }
}

impl From<Refused> for ToolFailure {
    fn from(refused: Refused) -> ToolFailure {
        ToolFailure::new(refused.code.name(), refused.message, &refused.remedy)
    }
}

impl From<CommitError> for ToolFailure {
    fn from(error: CommitError) -> ToolFailure {
        let remedy = match error.is_conflict() {
            true => "read the task again and decide; do not repeat the call as it is",
            false => "",
        };
        let remedy = error.remedy().unwrap_or(remedy);
        ToolFailure::new(error.code(), error.message(), remedy)
    }
}
