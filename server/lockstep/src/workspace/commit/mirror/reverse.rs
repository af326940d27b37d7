//! The reverse of a transaction over several roots, in all of them that are there.

use std::path::Path;

use lockstep_store::error::StoreError;
use lockstep_store::history::{self, Operation};
use lockstep_store::path::RelPath;
use lockstep_store::store::Store;
use lockstep_store::transaction::{Part, Rebase};

use super::{Site, begin, run};
use crate::workspace::commit::run::{Failure, verify};
use crate::workspace::commit::undo::{self, Undone};
use crate::workspace::commit::{Action, CommitError, ROUNDS, Recorded, Request, Terms, open_store};
use crate::workspace::local::LocalWorkspace;

/// Takes `operation` of `own` back, and its counterparts in the roots that it names. A root that is
/// gone is left out, and so is one whose history does not name this root in turn: the history of a copy
/// names the worktrees of the original.
pub(in crate::workspace::commit) fn reverse(
    own: &LocalWorkspace,
    operation: &Operation,
    at: &str,
    terms: &Terms<'_>,
) -> Result<Undone, CommitError> {
    let mut sites = vec![Site { name: String::new(), workspace: own.clone() }];
    for root in operation.roots.iter().map(Path::new).filter(|root| root.is_dir()) {
        if agrees(root, own.folder(), operation)? {
            sites.push(Site::open(root.display().to_string(), root)?);
        }
    }
    let stores: Result<Vec<Store>, _> =
        sites.iter().map(|site| open_store(site.workspace.folder())).collect();
    let stores = stores?;
    let locked = begin(&stores, terms.deadline)?;
    let mut found = Vec::new();
    for (site, store) in sites.iter().zip(&stores) {
        let counterpart = counterpart(site, store, &operation.id)?;
        let files = counterpart.files.iter().map(|file| file.path.as_str());
        let free = terms.check(site.workspace.folder(), files);
        free.map_err(|error| error.saying(|said| in_site(site, said.to_owned())))?;
        found.push(counterpart);
    }
    let request =
        Request { at: at.to_owned(), action: Action::Undo { transaction: operation.id.clone() } };
    let mut round = 0;
    let (committed, recorded) = loop {
        let (mut parts, mut recorded) = (Vec::new(), Vec::new());
        for (root, locked) in locked.roots().iter().enumerate() {
            let Some((site, found)) = sites.get_mut(root).zip(found.get(root)) else { continue };
            site.workspace.rescan();
            let targets = undo::targets(locked, found)?;
            let after = undo::check(site.workspace.analysis(), found, &targets)?;
            let record = Recorded::new(&request, site.workspace.analysis(), &after);
            let record = record.moving_back(found);
            parts.push(Part { root, note: record.note(terms)?, targets });
            recorded.push((record, after));
        }
        let rebase = &mut |root: &Path, path: &RelPath, bytes: &[u8]| {
            let mut known = stores.iter().zip(&found);
            match known.find(|(store, _)| store.root() == root) {
                Some((_, operation)) => undo::rebase(operation, path, bytes),
                None => Rebase::Invalid(format!("{} takes no part", root.display())),
            }
        };
        match run(&locked, parts, &|| None, rebase) {
            Err(Failure::Store(StoreError::Stale { .. })) if round < ROUNDS => round += 1,
            answer => break (answer?, recorded),
        }
    };
    for ((site, (record, after)), committed) in sites.iter().zip(&recorded).zip(&committed) {
        verify(site.workspace.folder(), committed, record, after)?;
    }
    let own = committed.first();
    let files = own.map(|own| own.files.iter().map(|file| file.path.to_string()).collect());
    Ok(Undone {
        transaction: own.map(|own| own.id.to_string()).unwrap_or_default(),
        reversed: operation.id.clone(),
        what: String::new(),
        files: files.unwrap_or_default(),
        worktrees: sites.iter().skip(1).map(|site| site.name.clone()).collect(),
    })
}

/// Whether the history of another root says that `operation` took place in `own` as well.
fn agrees(root: &Path, own: &Path, operation: &Operation) -> Result<bool, CommitError> {
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
fn counterpart(site: &Site, store: &Store, id: &str) -> Result<Operation, CommitError> {
    undo::choose(store, Some(id)).map_err(|error| match error {
        CommitError::Refused(message) => CommitError::Refused(in_site(site, message)),
        other => other,
    })
}

fn in_site(site: &Site, message: String) -> String {
    match site.name.as_str() {
        "" => message,
        name => format!("in worktree {name}, {message}; nothing was changed in any"),
    }
}
