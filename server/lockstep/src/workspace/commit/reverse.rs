//! The reverse of a transaction, in all of its roots that are there.

use std::path::Path;

use lockstep_store::error::StoreError;
use lockstep_store::history::{self, RecordedOperation};
use lockstep_store::path::RelPath;
use lockstep_store::transaction::{LockedRoot, Rebase};

use super::run::{Checkout, CommitIntent, RunEnd, Work, run};
use super::settled::Concern;
use super::undo::{self, Undone};
use super::{
    CommitAction, CommitError, CommitRequest, Recorded, Terms, Touch, all_read, described,
    open_store, opened,
};
use crate::workspace::local::LocalWorkspace;

/// Reverses an operation, or the newest that can be. The files may say something newer than
/// `workspace`. A root that is gone is left out, and so is one whose history does not name this root
/// in turn: the history of a copy names the worktrees of the original.
pub fn reverse(
    workspace: &mut LocalWorkspace,
    transaction: Option<&str>,
    at: &str,
    terms: &Terms<'_>,
) -> Result<Undone, CommitError> {
    all_read(workspace)?;
    let found = undo::choose(&open_store(workspace.folder())?, transaction)?;
    let what = described(&found);
    match reverse_this(workspace, &found, at, terms) {
        Ok(undone) => Ok(Undone { what, ..undone }),
        Err(error) => {
            Err(error
                .saying(|said| format!("{said}; tried to undo {what} (transaction {})", found.id)))
        }
    }
}

fn reverse_this(
    workspace: &mut LocalWorkspace,
    found: &RecordedOperation,
    at: &str,
    terms: &Terms<'_>,
) -> Result<Undone, CommitError> {
    terms.check(workspace.folder(), touched(found))?;
    let mut others = Vec::new();
    for root in found.roots.iter().map(Path::new).filter(|root| root.is_dir()) {
        if agrees(root, workspace.folder(), found)? {
            others.push(opened(root.display().to_string(), root)?);
        }
    }
    let mut all = Checkout::all(workspace, &mut others);
    let action = CommitAction::Undo { transaction: found.id.clone() };
    let request = CommitRequest { at: at.to_owned(), action };
    let mut reversal = Reversal { request, terms, found: vec![found.clone()] };
    let committed = match run(&mut all, &mut reversal, terms)? {
        RunEnd::Committed(committed) => committed,
        RunEnd::Nothing(_) => Vec::new(),
    };
    let own = committed.first();
    let files = own.map(|own| own.files.iter().map(|file| file.path.to_string()).collect());
    Ok(Undone {
        transaction: own.map(|own| own.id.to_string()).unwrap_or_default(),
        reversed: found.id.clone(),
        what: String::new(),
        files: files.unwrap_or_default(),
        worktrees: all.iter().skip(1).map(|one| one.name.clone()).collect(),
    })
}

/// The reverse of an operation.
struct Reversal<'r> {
    request: CommitRequest,
    terms: &'r Terms<'r>,
    /// What it was in each checkout, as far as that was looked up.
    found: Vec<RecordedOperation>,
}

impl CommitIntent for Reversal<'_> {
    fn concern(&self, place: usize) -> Concern<'_> {
        let left_by = self.found.get(place).or_else(|| self.found.first());
        let tasks = left_by.and_then(Recorded::of).map(|recorded| recorded.tasks());
        Concern { tasks: tasks.unwrap_or_default(), left_by }
    }

    fn plan(
        &mut self,
        all: &[Checkout<'_>],
        locked: &[LockedRoot<'_>],
    ) -> Result<Option<Vec<Work>>, CommitError> {
        let CommitAction::Undo { transaction } = &self.request.action else { return Ok(None) };
        let mut found = Vec::new();
        let mut work = Vec::new();
        for (one, locked) in all.iter().zip(locked) {
            let operation = counterpart(one, transaction)?;
            let free = self.terms.check(one.folder(), touched(&operation));
            free.map_err(|error| error.saying(|said| in_checkout(one, said.to_owned())))?;
            let targets = undo::targets(locked, &operation)?;
            let after = undo::check(one.analysis(), &operation, &targets)?;
            let recorded = Recorded::new(&self.request, one.analysis(), &after);
            work.push(Work { targets, recorded: recorded.moving_back(&operation), after });
            found.push(operation);
        }
        self.found = found;
        Ok(Some(work))
    }

    fn rebase(&self, place: usize, _: &Checkout<'_>, path: &RelPath, bytes: &[u8]) -> Rebase {
        match self.found.get(place) {
            Some(operation) => undo::rebase(operation, path, bytes),
            None => Rebase::Invalid(format!("{path} is of no operation")),
        }
    }
}

/// What the reverse of an operation does to files.
fn touched(operation: &RecordedOperation) -> impl Iterator<Item = (&str, Touch)> {
    operation.files.iter().map(|file| {
        let touch = if file.pre.is_some() { Touch::Write } else { Touch::TakeAway };
        (file.path.as_str(), touch)
    })
}

/// Whether the history of another root says that `operation` took place in `own` as well.
fn agrees(root: &Path, own: &Path, operation: &RecordedOperation) -> Result<bool, CommitError> {
    let store = open_store(root)?;
    let counterpart = match history::find(&store, &operation.id) {
        // What came with a repository says nothing.
        Err(StoreError::Strange(strange)) => {
            tracing::warn!("{strange}");
            return Ok(false);
        }
        found => found?,
    };
    let roots = counterpart.iter().flat_map(|counterpart| &counterpart.roots);
    Ok(roots.into_iter().any(|root| Path::new(root) == own))
}

/// The operation of this name that can be undone.
fn counterpart(one: &Checkout<'_>, id: &str) -> Result<RecordedOperation, CommitError> {
    undo::choose(&open_store(one.folder())?, Some(id)).map_err(|error| match error {
        CommitError::Refused(message) => CommitError::Refused(in_checkout(one, message)),
        other => other,
    })
}

fn in_checkout(one: &Checkout<'_>, message: String) -> String {
    match one.name.as_str() {
        "" => message,
        name => format!("in worktree {name}, {message}; nothing was changed in any"),
    }
}
