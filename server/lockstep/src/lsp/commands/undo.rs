//! `lockstep.undo {transaction?, uri?}`: takes back a transaction on disk, by its name or how that
//! begins; without one the newest. `uri` says which workspace is meant where there are several.

use lockstep_store::history::Operation;
use serde_json::Value;
use tower_lsp::jsonrpc::Result;

use crate::lsp::commands::arguments::Arguments;
use crate::lsp::commands::{disk, now};
use crate::lsp::error::refused;
use crate::lsp::session::Context;
use crate::lsp::snapshot::Folder;
use crate::workspace::commit;

/// Its name in the protocol.
pub(crate) const NAME: &str = "lockstep.undo";

pub(super) fn run(context: &Context, mut arguments: Arguments) -> Result<Value> {
    let transaction = arguments.text("transaction")?;
    let uri = arguments.uri("uri")?;
    arguments.finish()?;
    let snapshot = &context.snapshot;
    let folder = match uri.as_ref().and_then(|uri| snapshot.locate(uri)) {
        Some((folder, _)) => folder,
        None => meant(&snapshot.folders, transaction.as_deref())?,
    };
    let mut workspace = disk::open(context, folder).map_err(disk::failure)?;
    let spare = disk::spare(folder);
    let terms = disk::terms(context, &spare);
    let undone = commit::reverse(&mut workspace, transaction.as_deref(), &now(), &terms);
    let undone = undone.map_err(disk::failure)?;
    disk::written(context, folder, &undone.files);
    Ok(undone.report())
}

/// The workspace whose history has the transaction, or the newest of all.
fn meant<'a>(folders: &'a [Folder], transaction: Option<&str>) -> Result<&'a Folder> {
    let is_meant = |operation: &Operation| {
        transaction.is_none_or(|id| operation.id.starts_with(id) && !id.is_empty())
    };
    let newest = |folder: &Folder| {
        let operations = commit::operations(&folder.root).unwrap_or_default();
        operations.iter().filter(|it| is_meant(it)).map(|it| it.note.when.clone()).max()
    };
    // Where no history has it the first one says so.
    folders
        .iter()
        .rev()
        .max_by_key(|folder| newest(folder))
        .ok_or_else(|| refused("there is no workspace; open a file of the one you mean"))
}
