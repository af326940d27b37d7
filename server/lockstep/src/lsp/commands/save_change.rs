//! `lockstep.saveChange {transaction}`: writes a change that the editor has made, and nothing else of
//! what it holds, to the files on disk that lack it: all of them or none.
//!
//! A server cannot save an editor's buffers. One whose text is what stands on disk then is in step,
//! whatever the editor calls it; one that holds more keeps that, unsaved.

use serde_json::Value;
use tower_lsp::jsonrpc::Result;

use crate::lsp::commands::arguments::Arguments;
use crate::lsp::commands::disk;
use crate::lsp::error::refused;
use crate::lsp::session::SessionContext;
use crate::workspace::clock::now;
use crate::workspace::commit;

/// Its name in the protocol.
pub(crate) const NAME: &str = "lockstep.saveChange";

pub(super) fn run(context: &SessionContext, mut arguments: Arguments) -> Result<Value> {
    let id = arguments.required_text("transaction")?;
    arguments.finish()?;
    let mut known = context.snapshot.folders.iter().flat_map(|folder| {
        folder.analysis.editing.changes.iter().map(move |change| (folder, change))
    });
    let (folder, change) = known.find(|(_, change)| change.id == id).ok_or_else(|| {
        refused(format!("no change `{id}` to save; it is saved or undone already"))
    })?;
    let mut workspace = disk::open(context, folder).map_err(disk::failure)?;
    let tell = |told| disk::show(context, told);
    let terms = disk::terms(context, &|_, _, _| None, &tell);
    let saved = commit::save(&mut workspace, change, &now(), &terms);
    let saved = saved.map_err(disk::failure)?;
    disk::written(context, folder, saved.files.clone());
    Ok(saved.report())
}
