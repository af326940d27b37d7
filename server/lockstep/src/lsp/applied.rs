//! What became of a change that a client was asked to make, as it is told.

use serde::{Deserialize, Serialize};
use tower_lsp::ls_types::Uri;
use tower_lsp::ls_types::notification::Notification;

use crate::lsp::methods;

/// The params of `lockstep/applied`.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Applied {
    /// The name of the change, for `lockstep.saveChange`.
    pub(crate) transaction: String,
    /// What it does, as a menu of undo says it.
    pub(crate) label: String,
    /// The files that it changes, as the client spells them.
    pub(crate) files: Vec<Uri>,
    /// What became of it.
    pub(crate) outcome: AppliedOutcome,
    /// What the user should know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) message: Option<String>,
}

/// What became of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum AppliedOutcome {
    /// It is made.
    Applied,
    /// It is not made.
    Refused,
    /// It is made in some of its files.
    InPart,
}

impl Notification for Applied {
    type Params = Applied;
    const METHOD: &'static str = methods::APPLIED;
}
