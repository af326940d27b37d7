//! A planned change as an edit that one client can take.

use std::collections::HashMap;

use lockstep_analysis::change::SourceChange;
use lockstep_analysis::model::FilePath;
use lockstep_analysis::text::text_edit::TextEdits;
use tower_lsp::ls_types::{
    CreateFile, CreateFileOptions, DocumentChangeOperation, DocumentChanges, OneOf,
    OptionalVersionedTextDocumentIdentifier, Position, Range, ResourceOp, TextDocumentEdit,
    TextEdit, Uri, WorkspaceEdit,
};

use crate::hub::snapshot::{Folder, SessionSnapshot};
use crate::hub::uri::DocumentUri;
use crate::lsp::client::{ClientFeatures, EditForm};
use crate::lsp::to_proto::{self, Lines};
use crate::lsp::uri;

/// An edit, and what it leaves out.
#[derive(Debug, Default)]
pub(crate) struct PlannedEdit {
    /// The edit.
    pub(crate) edit: WorkspaceEdit,
    /// The files it touches, relative to their roots.
    pub(crate) files: Vec<String>,
    /// New files that the client cannot make.
    pub(crate) left_out: Vec<String>,
}

impl PlannedEdit {
    /// What the user must know of what is left out.
    pub(crate) fn notes(&self) -> Vec<String> {
        let left_out = self.left_out.iter();
        left_out.map(|path| format!("this editor cannot create files: {path} is missing")).collect()
    }
}

/// The edit of changes that were planned on `snapshot`, each in its workspace. The file at `focus`
/// comes first: it is the one whose version Neovim checks.
pub(crate) fn workspace_edit(
    snapshot: &SessionSnapshot,
    features: &ClientFeatures,
    changes: &[(&Folder, &SourceChange)],
    focus: Option<&Uri>,
) -> PlannedEdit {
    let mut planned = PlannedEdit::default();
    let mut files = Vec::new();
    for (folder, change) in changes {
        for (path, edits) in &change.edits {
            let Some(edits) = text_edits(snapshot, features, folder, path, edits) else { continue };
            let version = snapshot.version(folder, path.as_str());
            files.push(File {
                uri: snapshot.uri(folder, path.as_str()),
                version,
                edits,
                new: false,
            });
            planned.files.push(path.to_string());
        }
        for (path, text) in &change.creates {
            if !features.creates_files || features.edits == EditForm::Changes {
                planned.left_out.push(path.to_string());
                continue;
            }
            let start = Range::new(Position::new(0, 0), Position::new(0, 0));
            let edits = vec![TextEdit::new(start, text.clone())];
            let uri = snapshot.uri(folder, path.as_str());
            files.push(File { uri, version: None, edits, new: true });
            planned.files.push(path.to_string());
        }
    }
    let focus = focus.and_then(|uri| snapshot.uris.key(&uri::from_proto(uri)));
    files.sort_by_key(|file| focus.is_none() || snapshot.uris.key(&file.uri) != focus);
    planned.edit = match features.edits {
        EditForm::DocumentChanges => document_changes(files),
        EditForm::Changes => changes_map(files),
    };
    planned
}

struct File {
    uri: DocumentUri,
    version: Option<i32>,
    edits: Vec<TextEdit>,
    new: bool,
}

fn text_edits(
    snapshot: &SessionSnapshot,
    features: &ClientFeatures,
    folder: &Folder,
    path: &FilePath,
    edits: &TextEdits,
) -> Option<Vec<TextEdit>> {
    let lines = Lines::new(snapshot, folder, path.as_str(), features.encoding)?;
    let edits = edits.minimal(lines.text);
    let edit = |edit: &lockstep_analysis::text::text_edit::TextEdit| {
        TextEdit::new(to_proto::range(&lines, edit.range), edit.insert.clone())
    };
    (!edits.is_empty()).then(|| edits.iter().map(edit).collect())
}

fn document_changes(files: Vec<File>) -> WorkspaceEdit {
    let mut operations = Vec::new();
    for File { uri, version, edits, new } in files {
        let uri = uri::to_proto(&uri);
        if new {
            // Without this Neovim empties a file that is there by now.
            let options = CreateFileOptions { overwrite: None, ignore_if_exists: Some(true) };
            let create =
                CreateFile { uri: uri.clone(), options: Some(options), annotation_id: None };
            operations.push(DocumentChangeOperation::Op(ResourceOp::Create(create)));
        }
        operations.push(DocumentChangeOperation::Edit(TextDocumentEdit {
            text_document: OptionalVersionedTextDocumentIdentifier { uri, version },
            edits: edits.into_iter().map(OneOf::Left).collect(),
        }));
    }
    let document_changes = Some(DocumentChanges::Operations(operations));
    WorkspaceEdit { document_changes, ..WorkspaceEdit::default() }
}

fn changes_map(files: Vec<File>) -> WorkspaceEdit {
    let changes: HashMap<Uri, Vec<TextEdit>> =
        files.into_iter().map(|file| (uri::to_proto(&file.uri), file.edits)).collect();
    WorkspaceEdit { changes: Some(changes), ..WorkspaceEdit::default() }
}
