//! Edits that are the answer to a request, and made by the client without being asked to.

use lockstep_analysis::change::SourceChange;
use lockstep_analysis::profile::Severity;
use tower_lsp::jsonrpc::Result;
use tower_lsp::ls_types::{Uri, WorkspaceEdit};

use crate::hub::client_event::ClientEvent;
use crate::hub::sent_changes::SentChange;
use crate::hub::snapshot::Folder;
use crate::lsp::commands::edit;
use crate::lsp::error::refused;
use crate::lsp::session::SessionContext;
use crate::lsp::session::edit_queue::outdated;
use crate::lsp::workspace_edit::{Showing, workspace_edit};

/// What must hold of files that the client has not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Files {
    /// They are what was read last.
    AsRead,
    /// They are on disk what was read last.
    AsOnDisk,
}

/// How a change is handed out.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Handing<'a> {
    /// What a menu of undo calls it.
    pub(crate) label: &'a str,
    /// The document in which it was asked for.
    pub(crate) focus: &'a Uri,
    /// What must hold of files that the client has not open.
    pub(crate) files: Files,
    /// What to do where a text is another by now.
    pub(crate) remedy: &'a str,
}

/// The edit of a change that was planned on the context's texts, and what to follow once it is handed
/// out.
pub(crate) fn handed_out(
    context: &SessionContext,
    folder: &Folder,
    change: &SourceChange,
    Handing { label, focus, files, remedy }: Handing<'_>,
) -> Result<(WorkspaceEdit, Option<SentChange>)> {
    let snapshot = &context.snapshot;
    if let Some(behind) = edit::behind(folder, change).next() {
        return Err(refused(format!(
            "{} has changed on disk since the editor read it; {remedy} once it has",
            behind.path
        )));
    }
    if files == Files::AsOnDisk {
        let unopened: Vec<_> = edit::unopened(snapshot, folder, change).collect();
        let outdated = outdated(&unopened);
        if let Some(path) = outdated.values().flatten().next() {
            let message = format!("{path} has just changed on disk; {remedy}");
            for (root, paths) in outdated.clone() {
                context.session.send(ClientEvent::Written { root, paths });
            }
            return Err(refused(message));
        }
    }
    let changes = [(folder, change)];
    let showing = Showing { focus: Some(focus), confirm: false };
    let planned = workspace_edit(snapshot, context.features(), &changes, showing);
    for note in planned.notes() {
        context.session.show(Severity::Info, format!("Lockstep: {note}"));
    }
    let id = context.session.name_change();
    let handed = SentChange::new(&id, label, folder, change, &planned.files);
    Ok((planned.edit, handed))
}
