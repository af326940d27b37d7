//! `lockstep.undo {transaction?, uri?}`: takes back a transaction on disk, by its name or how that
//! begins; without one the newest. `uri` says which workspace is meant where there are several.

use std::time::Instant;

use serde_json::Value;
use tower_lsp::jsonrpc::Result;

use crate::hub::TRANSACTION;
use crate::hub::client_event::ClientEvent;
use crate::hub::snapshot::Folder;
use crate::lsp::commands::arguments::Arguments;
use crate::lsp::commands::disk;
use crate::lsp::error::refused;
use crate::lsp::session::SessionContext;
use crate::lsp::uri;
use crate::workspace::clock::now;
use crate::workspace::commit;
use crate::workspace::order::Done;

/// Its name in the protocol.
pub(crate) const NAME: &str = "lockstep.undo";

pub(super) fn run(context: &SessionContext, mut arguments: Arguments) -> Result<Value> {
    let transaction = arguments.text("transaction")?;
    let uri = arguments.uri("uri")?;
    arguments.finish()?;
    let snapshot = &context.snapshot;
    let folder = match uri.as_ref().and_then(|uri| snapshot.locate(&uri::from_proto(uri))) {
        Some((folder, _)) => folder,
        None => meant(&snapshot.folders, transaction.as_deref())?,
    };
    let mut workspace = disk::open(context, folder).map_err(disk::failure)?;
    let spare = disk::spare(context, folder);
    let tell = |told| disk::show(context, told);
    let terms = disk::terms(context, &spare, &tell);
    let began = Instant::now();
    let undone = commit::reverse(&mut workspace, transaction.as_deref(), &now(), &terms);
    context.session.hub().metrics().record(TRANSACTION, began.elapsed());
    let undone = undone.map_err(disk::failure)?;
    for (root, paths) in Done::Undone(undone.clone()).files(folder.root.clone()) {
        context.session.send(ClientEvent::Written { root, paths });
    }
    Ok(undone.report())
}

/// The workspace in which it can be taken back; of several the one that was changed last.
fn meant<'a>(folders: &'a [Folder], transaction: Option<&str>) -> Result<&'a Folder> {
    let when =
        |folder: &Folder| Some(commit::reversible(&folder.root, transaction).ok()?.note.when);
    let reversible = folders.iter().filter_map(|folder| Some((when(folder)?, folder)));
    let newest = reversible.max_by(|(a, _), (b, _)| a.cmp(b)).map(|(_, folder)| folder);
    // Where it cannot be, the one that knows it says why.
    let knows = |folder: &&Folder| {
        let known = transaction.zip(commit::newest_first(&folder.root).ok());
        known.is_some_and(|(id, mut operations)| {
            operations.any(|operation| operation.is_ok_and(|it| it.id.starts_with(id)))
        })
    };
    newest
        .or_else(|| folders.iter().find(knows))
        .or_else(|| folders.first())
        .ok_or_else(|| refused("no workspace is open; open one of its files"))
}
