//! Why nothing was committed.

use std::fmt;

use lockstep_analysis::operation::{Code, Refused};
use lockstep_store::error::StoreError;
use serde::{Deserialize, Serialize};

/// Why nothing was committed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CommitError {
    /// The request itself is wrong.
    Usage(String),
    /// What it asks for is not to be had; the reason, and what can be done.
    Refused(String),
    /// Somebody else changed or holds what it needs.
    Conflict(String),
    /// A fault of the machine or of this program.
    Internal(String),
    /// The operation is none, or nothing of it can be done, for a reason that has a code.
    Told {
        /// For programs that branch.
        code: String,
        /// What is the matter.
        message: String,
        /// What can be done about it.
        remedy: String,
    },
}

impl CommitError {
    /// Refused, because of this.
    pub fn told(code: Code, message: impl Into<String>, remedy: impl Into<String>) -> CommitError {
        let code = code.name().to_owned();
        CommitError::Told { code, message: message.into(), remedy: remedy.into() }
    }

    /// What programs branch on.
    pub fn code(&self) -> &str {
        match self {
            CommitError::Usage(_) => "usage",
            CommitError::Refused(_) => Code::NotAllowed.name(),
            CommitError::Conflict(_) => "conflict",
            CommitError::Internal(_) => "internal",
            CommitError::Told { code, .. } => code,
        }
    }

    /// Whether what was asked for is no request: nothing in the files can make it one.
    pub fn is_misuse(&self) -> bool {
        let of_words = [Code::Usage.name(), Code::UnknownStatus.name(), Code::Ambiguous.name()];
        of_words.contains(&self.code())
    }

    /// Whether somebody else changed or holds what it needs.
    pub fn is_conflict(&self) -> bool {
        let of_others = [Code::NotExpected.name(), Code::Held.name()];
        matches!(self, CommitError::Conflict(_)) || of_others.contains(&self.code())
    }

    /// What is the matter, without what can be done about it where that is told for itself.
    pub fn message(&self) -> &str {
        match self {
            CommitError::Usage(message)
            | CommitError::Refused(message)
            | CommitError::Conflict(message)
            | CommitError::Internal(message)
            | CommitError::Told { message, .. } => message,
        }
    }

    /// What can be done about it, where that is told for itself.
    pub fn remedy(&self) -> Option<&str> {
        match self {
            CommitError::Told { remedy, .. } => {
                Some(remedy).filter(|it| !it.is_empty()).map(|it| &**it)
            }
            _ => None,
        }
    }

    /// The same with another message.
    pub fn saying(self, say: impl FnOnce(&str) -> String) -> CommitError {
        match self {
            CommitError::Usage(message) => CommitError::Usage(say(&message)),
            CommitError::Refused(message) => CommitError::Refused(say(&message)),
            CommitError::Conflict(message) => CommitError::Conflict(say(&message)),
            CommitError::Internal(message) => CommitError::Internal(say(&message)),
            CommitError::Told { code, message, remedy } => {
                CommitError::Told { code, message: say(&message), remedy }
            }
        }
    }
}

impl From<Refused> for CommitError {
    fn from(refused: Refused) -> CommitError {
        CommitError::told(refused.code, refused.message, refused.remedy)
    }
}

impl fmt::Display for CommitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.remedy() {
            Some(remedy) => write!(f, "{}; {remedy}", self.message()),
            None => f.write_str(self.message()),
        }
    }
}

impl std::error::Error for CommitError {}

impl From<StoreError> for CommitError {
    fn from(error: StoreError) -> CommitError {
        let message = match &error {
            StoreError::Io { source, .. } => format!("{error}: {source}; nothing was changed"),
            StoreError::Unfinished { source, .. } => {
                format!("{error}; what came in the way: {source}")
            }
            _ => error.to_string(),
        };
        match error {
            StoreError::Busy { .. } | StoreError::Git { .. } => {
                CommitError::told(Code::Held, message, "")
            }
            StoreError::Stale { .. } => CommitError::Conflict(message),
            StoreError::Refused { .. } | StoreError::Path(_) | StoreError::Strange(_) => {
                CommitError::Refused(message)
            }
            StoreError::Corrupt { .. } | StoreError::Unfinished { .. } | StoreError::Io { .. } => {
                CommitError::Internal(message)
            }
        }
    }
}
