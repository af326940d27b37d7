//! Intents that are found in journals, applied to what somebody has saved since.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use lockstep_analysis::Analysis;
use lockstep_store::history::{self, Note};
use lockstep_store::path::RelPath;
use lockstep_store::transaction::Rebase;

use super::{CommitAction, Recorded, open_store, replan, undo};
use crate::workspace::local::LocalWorkspace;

/// What is needed to apply intents again, by root, as far as it was read.
#[derive(Debug, Default)]
pub(super) struct Intents(BTreeMap<PathBuf, Option<Analysis>>);

impl Intents {
    /// The intent of a note, applied to what somebody gave to a file of a root.
    pub(super) fn rebase(
        &mut self,
        root: &Path,
        note: &Note,
        path: &RelPath,
        bytes: &[u8],
    ) -> Rebase {
        let Some(Recorded { request, moves, .. }) = Recorded::in_note(note) else {
            return Rebase::Invalid("its record cannot be read".to_owned());
        };
        if let CommitAction::Undo { transaction } = &request.action {
            let found = open_store(root).and_then(|store| Ok(history::find(&store, transaction)?));
            return match found {
                Ok(Some(operation)) => undo::rebase(&operation, path, bytes),
                Ok(None) => {
                    Rebase::Invalid(format!("transaction {transaction} is not in the history"))
                }
                Err(error) => Rebase::Invalid(format!("cannot read the history: {error}")),
            };
        }
        let workspace = self.0.entry(root.to_owned()).or_insert_with(|| {
            LocalWorkspace::open(root).ok().map(|workspace| workspace.analysis().clone())
        });
        match workspace {
            Some(analysis) => {
                let moved: Vec<&str> = moves.keys().map(String::as_str).collect();
                replan(root, &request, &moved, analysis, path, bytes)
            }
            None => Rebase::Invalid("the workspace cannot be read".to_owned()),
        }
    }
}
