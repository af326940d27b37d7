//! `lockstep.fixAll {uri?, confirm?}`: every fix that needs no decision, in every workspace, or in that
//! of `uri`. With `confirm` the client shows what becomes of each task, and its user decides.

use lockstep_analysis::operation::{self, FixOperation, Operation, Refused};
use serde_json::Value;
use tower_lsp::jsonrpc::Result;
use tower_lsp::ls_types::Uri;

use crate::hub::snapshot::Folder;
use crate::lsp::commands::arguments::Arguments;
use crate::lsp::commands::edit::{self, CommandEdits};
use crate::lsp::error::{refusal, refused};
use crate::lsp::moves;
use crate::lsp::session::SessionContext;
use crate::lsp::uri;
use crate::workspace::clock::now;

/// Its name in the protocol.
pub(crate) const NAME: &str = "lockstep.fixAll";

pub(super) fn run(context: &SessionContext, arguments: Arguments) -> Result<Value> {
    edit::carry_out(context, arguments, plan)
}

fn plan(context: &SessionContext, mut arguments: Arguments) -> Result<CommandEdits<'_>> {
    let (focus, confirm) = (arguments.uri("uri")?, arguments.flag("confirm")?);
    arguments.finish()?;
    let (at, mut n_fixes) = (now(), 0);
    let mut changes = Vec::new();
    for folder in folders(context, focus.as_ref())? {
        let all = Operation::FixOperation(FixOperation::default());
        let change = moves::planned(context, folder, |planner| {
            let plan = operation::plan_with(&folder.analysis, &all, &at, planner)?;
            n_fixes += plan.mended;
            Ok(plan.change)
        });
        changes.push((folder, change.map_err(|why: Refused| refusal(&why))?));
    }
    let (notes, done) = match n_fixes {
        0 => (vec!["nothing to fix without a decision".to_owned()], None),
        1 => (Vec::new(), Some("fixed 1 finding".to_owned())),
        n => (Vec::new(), Some(format!("fixed {n} findings"))),
    };
    let label = "Fix all findings".to_owned();
    Ok(CommandEdits { label, changes, notes, done, focus, confirm })
}

/// The workspaces that are meant: that of a document, else all.
fn folders<'a>(context: &'a SessionContext, of: Option<&Uri>) -> Result<Vec<&'a Folder>> {
    let all = &context.snapshot.folders;
    let Some(uri) = of else { return Ok(all.iter().collect()) };
    let uri = uri::from_proto(uri);
    let root = context.snapshot.uris.key(&uri);
    let is_root = |folder: &&Folder| root.as_ref().is_some_and(|key| key.path() == folder.root);
    let located = || context.snapshot.locate(&uri).map(|(folder, _)| folder);
    let found = all.iter().find(is_root).or_else(located);
    found.map(|folder| vec![folder]).ok_or_else(|| {
        refused(
            "the file of `uri` is in no workspace that is open; leave it out to fix all of them",
        )
    })
}
