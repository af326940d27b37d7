//! What one client can do: its capabilities, folded to the questions that are asked here.

#[cfg(test)]
mod recorded;
mod shown;

use lockstep_analysis::text::line_index::PositionEncoding;
use tower_lsp::ls_types::{
    ClientCapabilities, MarkupKind, ResourceOperationKind, TextDocumentClientCapabilities,
    WorkspaceClientCapabilities,
};

use crate::lsp::encoding::negotiate;
use crate::lsp::own_capabilities::{APPLIED, ASKS_REASON, EDIT_METADATA, ROWS, declares};

pub(crate) use shown::Shown;

/// What a client can do.
#[derive(Clone, Debug)]
pub(crate) struct ClientFeatures {
    /// What it calls itself.
    pub(crate) name: Option<String>,
    /// The units of its columns.
    pub(crate) encoding: PositionEncoding,
    /// How it takes edits over many files.
    pub(crate) edits: EditForm,
    /// Whether an edit may create files.
    pub(crate) creates_files: bool,
    /// Whether an edit may rename files and folders.
    pub(crate) renames_files: bool,
    /// Whether it applies edits that the server sends.
    pub(crate) applies_edits: bool,
    /// Whether it takes code actions, rather than commands only.
    pub(crate) code_actions: bool,
    /// Whether it asks for the edit of an action when the action is chosen.
    pub(crate) resolves_edits: bool,
    /// Whether hovers may be Markdown.
    pub(crate) markdown_hover: bool,
    /// Whether it shows the places that explain a diagnostic.
    pub(crate) related_information: bool,
    /// Whether it drops diagnostics of another version than it has.
    pub(crate) diagnostic_versions: bool,
    /// Whether it can ask for diagnostics.
    pub(crate) can_pull: bool,
    /// Whether it asks for diagnostics in this session, and is told of none unasked.
    pub(crate) pulls: bool,
    /// Whether it can be asked to ask again.
    pub(crate) refreshes_diagnostics: bool,
    /// Whether it takes the diagnostics of other documents with those of one.
    pub(crate) related_documents: bool,
    /// Whether it shows progress that the server begins.
    pub(crate) progress: bool,
    /// Whether it asks its user for the reason that a command lacks.
    pub(crate) asks_reason: bool,
    /// Whether it wants to be told which rows of a list of tasks are other than before.
    pub(crate) rows: bool,
    /// Whether it wants to be told what became of a change, and tells its user itself.
    pub(crate) applied: bool,
    /// Whether it can ask its user about each part of an edit.
    pub(crate) annotations: bool,
    /// Whether it wants to know what an edit is.
    pub(crate) edit_metadata: bool,
    /// What it shows of the answers to its questions.
    pub(crate) shown: Shown,
}

/// How a client takes edits over many files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EditForm {
    /// In order, with versions.
    DocumentChanges,
    /// As a map from file to edits.
    Changes,
}

impl ClientFeatures {
    /// Folds what the client declares.
    pub(crate) fn new(declared: &ClientCapabilities) -> ClientFeatures {
        let no_workspace = WorkspaceClientCapabilities::default();
        let no_documents = TextDocumentClientCapabilities::default();
        let workspace = declared.workspace.as_ref().unwrap_or(&no_workspace);
        let documents = declared.text_document.as_ref().unwrap_or(&no_documents);
        let edit = workspace.workspace_edit.as_ref();
        let operations = edit.and_then(|edit| edit.resource_operations.as_ref());
        // Neovim declares only the operations, and ignores the versions of the other form.
        let ordered = operations.is_some() || edit.and_then(|e| e.document_changes) == Some(true);
        let action = documents.code_action.as_ref();
        let resolves = action.and_then(|action| action.resolve_support.as_ref());
        let formats = documents.hover.as_ref().and_then(|hover| hover.content_format.as_ref());
        let published = documents.publish_diagnostics.as_ref();
        let pulled = documents.diagnostic.as_ref();
        let explains = [
            published.and_then(|it| it.related_information),
            pulled.and_then(|it| it.related_information),
        ];
        let refreshes = workspace.diagnostics.as_ref().and_then(|it| it.refresh_support);
        ClientFeatures {
            name: None,
            encoding: negotiate(declared),
            edits: if ordered { EditForm::DocumentChanges } else { EditForm::Changes },
            creates_files: operations.is_some_and(|o| o.contains(&ResourceOperationKind::Create)),
            renames_files: operations.is_some_and(|o| o.contains(&ResourceOperationKind::Rename)),
            applies_edits: workspace.apply_edit == Some(true),
            code_actions: action.is_some_and(|a| a.code_action_literal_support.is_some()),
            resolves_edits: resolves.is_some_and(|r| r.properties.iter().any(|p| p == "edit")),
            markdown_hover: formats.is_some_and(|f| f.contains(&MarkupKind::Markdown)),
            related_information: explains.contains(&Some(true)),
            diagnostic_versions: published.and_then(|p| p.version_support) == Some(true),
            can_pull: pulled.is_some(),
            pulls: false,
            refreshes_diagnostics: refreshes == Some(true),
            related_documents: pulled.and_then(|it| it.related_document_support) == Some(true),
            asks_reason: declares(declared, ASKS_REASON),
            rows: declares(declared, ROWS),
            applied: declares(declared, APPLIED),
            edit_metadata: declares(declared, EDIT_METADATA),
            annotations: edit.is_some_and(|edit| edit.change_annotation_support.is_some()),
            shown: Shown::new(declared),
            progress: declared.window.as_ref().and_then(|w| w.work_done_progress) == Some(true),
        }
    }
}
