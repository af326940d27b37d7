//! `workspace/applyEdit` with what newer clients know of it.

use serde::{Deserialize, Serialize};
use tower_lsp::ls_types::request::Request;
use tower_lsp::ls_types::{ApplyWorkspaceEditResponse, WorkspaceEdit};

/// The request.
pub(crate) enum ApplyEdit {}

/// What the client is asked to make.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct ApplyEditParams {
    /// What a menu of undo calls it.
    pub(crate) label: String,
    /// The edit.
    pub(crate) edit: WorkspaceEdit,
    /// What it is, for clients that ask.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) metadata: Option<EditMetadata>,
}

/// What an edit is.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct EditMetadata {
    /// Whether it changes the form of code: a client may save the files of such an edit unasked.
    pub(crate) is_refactoring: bool,
}

impl Request for ApplyEdit {
    type Params = ApplyEditParams;
    type Result = ApplyWorkspaceEditResponse;
    const METHOD: &'static str = "workspace/applyEdit";
}
