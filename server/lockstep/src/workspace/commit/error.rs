//! Why nothing was committed.

use std::fmt;

use lockstep_store::store::StoreError;
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
}

impl fmt::Display for CommitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CommitError::Usage(message)
            | CommitError::Refused(message)
            | CommitError::Conflict(message)
            | CommitError::Internal(message) => f.write_str(message),
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
            StoreError::Busy { .. } | StoreError::Git { .. } | StoreError::Stale { .. } => {
                CommitError::Conflict(message)
            }
            StoreError::Refused { .. } | StoreError::Path(_) | StoreError::Strange(_) => {
                CommitError::Refused(message)
            }
            StoreError::Corrupt { .. } | StoreError::Unfinished { .. } | StoreError::Io { .. } => {
                CommitError::Internal(message)
            }
        }
    }
}
