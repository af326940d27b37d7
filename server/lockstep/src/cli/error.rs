//! How a command ends: one list of exit codes, and errors that say what to do.

use std::io;
use std::process::ExitCode;

use lockstep_analysis::operation::{Code, Refused};

use crate::report::SCHEMA;
use crate::workspace::commit::CommitError;

/// How a command ended. The numbers are a contract with scripts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Success: done, or nothing found.
    Done = 0,
    /// Findings, or a change was refused.
    Findings = 1,
    /// Wrong arguments or configuration.
    Usage = 2,
    /// Conflict: another process changed or locks what the command needs.
    Conflict = 3,
    /// Internal error of this program or of the machine.
    Internal = 4,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit as u8)
    }
}

/// Why a command could not be done: the fact, the reason, the remedy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserError {
    /// The fact, as a clause without a full stop.
    pub what: String,
    /// The reason, where it is known.
    pub why: Option<String>,
    /// What to do about it.
    pub hint: Option<String>,
    /// For programs that branch, where the exit code does not say it all.
    pub code: Option<String>,
    /// How the process ends.
    pub exit: Exit,
}

impl UserError {
    /// An error that ends the process with `exit`.
    pub fn new(exit: Exit, what: impl Into<String>) -> UserError {
        UserError { what: what.into(), why: None, hint: None, code: None, exit }
    }

    /// The arguments are wrong.
    pub fn usage(what: impl Into<String>) -> UserError {
        UserError::new(Exit::Usage, what)
    }

    /// A fault of this program, or of the machine.
    pub fn internal(what: impl Into<String>) -> UserError {
        UserError::new(Exit::Internal, what)
    }

    /// With the reason.
    pub fn why(mut self, why: impl Into<String>) -> UserError {
        self.why = Some(why.into());
        self
    }

    /// With what to do about it.
    pub fn hint(mut self, hint: impl Into<String>) -> UserError {
        self.hint = Some(hint.into());
        self
    }

    /// With a code.
    pub fn code(mut self, code: &str) -> UserError {
        self.code = Some(code.to_owned());
        self
    }

    /// As programs read it.
    pub fn report(&self) -> serde_json::Value {
        let of_exit = match self.exit {
            Exit::Done => "done",
            Exit::Findings => Code::NotAllowed.name(),
            Exit::Usage => Code::Usage.name(),
            Exit::Conflict => "conflict",
            Exit::Internal => "internal",
        };
        serde_json::json!({
            "schema": SCHEMA,
            "error": {
                "code": self.code.as_deref().unwrap_or(of_exit),
                "message": self.what,
                "reason": self.why,
                "remedy": self.hint,
            },
        })
    }

    /// An operation on the machine did not work.
    pub fn io(what: impl Into<String>, error: &io::Error) -> UserError {
        UserError::internal(what).why(error.to_string())
    }

    /// Nobody reads the output any more, which is no fault: the process ends as if it were done.
    pub(super) fn closed_pipe() -> UserError {
        UserError::new(Exit::Done, "")
    }
}

impl From<Refused> for UserError {
    fn from(refused: Refused) -> UserError {
        CommitError::from(refused).into()
    }
}

impl From<CommitError> for UserError {
    fn from(error: CommitError) -> UserError {
        let exit = match &error {
            _ if error.is_misuse() => Exit::Usage,
            _ if error.is_conflict() => Exit::Conflict,
            CommitError::Usage(_) => Exit::Usage,
            CommitError::Refused(_) | CommitError::Told { .. } => Exit::Findings,
            CommitError::Conflict(_) => Exit::Conflict,
            CommitError::Internal(_) => Exit::Internal,
        };
        let told = UserError::new(exit, error.message()).code(error.code());
        match error.remedy() {
            Some(remedy) => told.hint(remedy),
            None => told,
        }
    }
}
