//! What transactions took out, kept for ten minutes. On a file system where nobody can be asked who
//! has a file open for writing, somebody may still write to it there; what they wrote is found when
//! its time is over, and kept.
//!
//! There is a folder for each minute, so that a look costs the same after many transactions.

use std::io;
use std::path::{Path, PathBuf};

use crate::stamp::Stamp;
use crate::store::Store;
use crate::transaction::LockedRoot;
use crate::vfs;

/// How long a slot is kept, in minutes.
const MINUTES: u64 = 10;

/// Something that was written to a file after a transaction had taken it out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LateWrite {
    /// Where it is kept.
    pub copy: PathBuf,
}

/// Moves the slots whose names begin with `prefix` and a dot out of the way. What cannot be moved is
/// moved by the next transaction.
pub(crate) fn bury(store: &Store, prefix: &str) {
    if let Err(error) = try_bury(store, prefix) {
        tracing::debug!(%error, prefix, "slots stay for the next transaction");
    }
}

fn try_bury(store: &Store, prefix: &str) -> io::Result<()> {
    let (vfs, tx) = (&*store.vfs, store.layout.tx());
    let names = vfs::list(vfs, &tx)?;
    let belongs = |name: &&String| {
        name.strip_prefix(prefix).is_some_and(|rest| rest.starts_with('.') || rest.is_empty())
    };
    let slots: Vec<_> = names.iter().filter(belongs).collect();
    if slots.is_empty() {
        return Ok(());
    }
    let folder = store.layout.graveyard().join((vfs.now() / 60).to_string());
    match vfs.create_dir(&folder) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    for name in slots {
        let path = tx.join(name);
        let stamp = match vfs::read(vfs, &path) {
            Ok(Some(bytes)) => Stamp::of(&bytes),
            _ => Stamp::of(b""),
        };
        let buried = format!("{}+{}.{name}", stamp.hex(), stamp.len);
        vfs.rename(&path, &folder.join(buried))?;
    }
    Ok(())
}

/// Removes what has been kept long enough, and answers with what was written to meanwhile.
pub(crate) fn sweep(locked: &LockedRoot<'_>) -> Vec<LateWrite> {
    let store = locked.store;
    let mut late = Vec::new();
    let graveyard = store.layout.graveyard();
    let now = store.vfs.now() / 60;
    for name in vfs::list(&*store.vfs, &graveyard).unwrap_or_default() {
        let due = name.parse::<u64>().is_ok_and(|minute| minute + MINUTES < now);
        if due && let Err(error) = clear(store, &graveyard.join(&name), &mut late) {
            tracing::debug!(%error, name, "old slots stay");
        }
    }
    late
}

fn clear(store: &Store, folder: &Path, late: &mut Vec<LateWrite>) -> io::Result<()> {
    let vfs = &*store.vfs;
    for name in vfs.list(folder)? {
        let path = folder.join(&name);
        let (stamp, rest) = name.split_once('.').unwrap_or(("", &name));
        let found = vfs::read(vfs, &path).ok().flatten().map(|bytes| Stamp::of(&bytes));
        if found == Stamp::parse(stamp) {
            vfs.remove(&path)?;
        } else {
            let copy = store.layout.conflicts().join(format!("late-{rest}"));
            vfs.rename(&path, &copy)?;
            late.push(LateWrite { copy });
        }
    }
    vfs.remove_dir(folder)
}
