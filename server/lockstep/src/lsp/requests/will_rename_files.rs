//! `workspace/willRenameFiles`: links and paths that lead to files which the editor is about to rename
//! lead there afterwards, and so do those in such files.

use std::collections::BTreeMap;

use tower_lsp::jsonrpc::Result;
use tower_lsp::ls_types::{
    FileOperationFilter, FileOperationPattern, FileOperationRegistrationOptions, RenameFilesParams,
    ServerCapabilities, Uri, WorkspaceEdit,
};

use crate::hub::snapshot::Folder;
use crate::lsp::client::ClientFeatures;
use crate::lsp::moves;
use crate::lsp::requests::Request;
use crate::lsp::session::SessionContext;
use crate::lsp::uri;
use crate::lsp::workspace_edit::{Showing, workspace_edit};

/// The request.
pub(crate) struct WillRenameFiles;

impl Request for WillRenameFiles {
    const METHOD: &'static str = "workspace/willRenameFiles";
    type Params = RenameFilesParams;
    type Answer = Option<WorkspaceEdit>;

    fn declare(client: &ClientFeatures, server: &mut ServerCapabilities) {
        if client.shown.tells_renames {
            let workspace = server.workspace.get_or_insert_default();
            let operations = workspace.file_operations.get_or_insert_default();
            operations.will_rename = Some(every_file());
            operations.did_rename = Some(every_file());
        }
    }

    fn answer(context: &SessionContext, params: RenameFilesParams) -> Result<Self::Answer> {
        let snapshot = &context.snapshot;
        let located = |uri: &str| -> Option<(&Folder, String)> {
            snapshot.locate(&uri::from_proto(&uri.parse::<Uri>().ok()?))
        };
        let mut ways: BTreeMap<String, (&Folder, BTreeMap<String, String>)> = BTreeMap::new();
        for file in &params.files {
            if let (Some((folder, from)), Some((other, to))) =
                (located(&file.old_uri), located(&file.new_uri))
                && folder.root == other.root
                && from != to
            {
                let key = folder.root.to_string_lossy().into_owned();
                let (_, own) = ways.entry(key).or_insert_with(|| (folder, BTreeMap::new()));
                own.insert(from, to);
            }
        }
        let changes: Vec<_> = ways
            .into_values()
            .map(|(folder, ways)| (folder, moves::followed(context, folder, &ways)))
            .collect();
        let changes: Vec<_> = changes.iter().map(|(folder, change)| (*folder, change)).collect();
        let planned = workspace_edit(snapshot, context.features(), &changes, Showing::default());
        Ok((!planned.files.is_empty() || !planned.unfollowed.is_empty()).then_some(planned.edit))
    }
}

/// All files and folders: what leads to them may be a task's.
fn every_file() -> FileOperationRegistrationOptions {
    let pattern = FileOperationPattern { glob: "**/*".to_owned(), matches: None, options: None };
    let filter = FileOperationFilter { scheme: Some("file".to_owned()), pattern };
    FileOperationRegistrationOptions { filters: vec![filter] }
}
