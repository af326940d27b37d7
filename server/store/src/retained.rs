//! Floor 5: what transactions took out, kept for ten minutes. On a file system where nobody can be
//! asked who has a file open for writing, somebody may still write to it there; what they wrote is
//! found when its time is over, and kept.
//!
//! There is a folder for each minute, so that a look costs the same after many transactions.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use crate::error::{Doing, StoreError};
use crate::own;
use crate::stamp::ContentStamp;
use crate::store::Store;
use crate::vfs::{self, FileKind};

/// How long a slot is kept, in minutes.
const MINUTES: u64 = 10;

/// Something that was written to a file after a transaction had taken it out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LateWrite {
    /// Where it is kept.
    pub copy: PathBuf,
}

/// Moves the slots whose names begin with `prefix` and a dot out of the way. What cannot be moved is
/// moved by the next transaction. `known` is what some of them hold, by name; the others are read.
pub(crate) fn retain(store: &Store, prefix: &str, known: &HashMap<String, ContentStamp>) {
    if let Err(error) = try_retain(store, prefix, known) {
        own::tell(&error, "cannot move slots; the next transaction moves them");
    }
}

fn try_retain(
    store: &Store,
    prefix: &str,
    known: &HashMap<String, ContentStamp>,
) -> Result<(), StoreError> {
    let (vfs, tx) = (&*store.vfs, store.layout.tx());
    let names = vfs::list(vfs, &tx).doing("list", &tx)?;
    let belongs = |name: &&String| {
        name.strip_prefix(prefix).is_some_and(|rest| rest.starts_with('.') || rest.is_empty())
    };
    let slots: Vec<_> = names.iter().filter(belongs).collect();
    if slots.is_empty() {
        return Ok(());
    }
    let folder = store.layout.retained().join((vfs.now() / 60).to_string());
    if own::entry(vfs, &folder, FileKind::Folder)?.is_none() {
        vfs.create_dir(&folder).doing("create", &folder)?;
    }
    for name in slots {
        let path = tx.join(name);
        let Some(found) = own::entry(vfs, &path, FileKind::File)? else { continue };
        if found.links > 1 {
            // A file that got its place under a second name, until a power cut brought back the
            // first. A file with two names is not replaced.
            vfs.remove(&path).doing("remove", &path)?;
            continue;
        }
        let read = || match vfs::read(vfs, &path) {
            Ok(Some(bytes)) => ContentStamp::of(&bytes),
            _ => ContentStamp::of(b""),
        };
        let stamp = known.get(name).copied().unwrap_or_else(read);
        let kept = folder.join(format!("{}+{}.{name}", stamp.hex(), stamp.len));
        if own::entry(vfs, &kept, FileKind::File)?.is_none() {
            vfs.rename(&path, &kept).doing("move", &path)?;
        }
    }
    Ok(())
}

/// Removes what has been kept long enough, and answers with what was written to meanwhile.
pub(crate) fn sweep(store: &Store) -> Vec<LateWrite> {
    let mut late = Vec::new();
    let retained = store.layout.retained();
    let now = store.vfs.now() / 60;
    for name in vfs::list(&*store.vfs, &retained).unwrap_or_default() {
        let due = name.parse::<u64>().is_ok_and(|minute| minute + MINUTES < now);
        if due && let Err(error) = clear(store, &retained.join(&name), &mut late) {
            own::tell(&error, "cannot remove old slots");
        }
    }
    late
}

fn clear(store: &Store, folder: &Path, late: &mut Vec<LateWrite>) -> Result<(), StoreError> {
    let vfs = &*store.vfs;
    if own::entry(vfs, folder, FileKind::Folder)?.is_none() {
        return Ok(());
    }
    for name in vfs.list(folder).doing("list", folder)? {
        let path = folder.join(&name);
        let (stamp, rest) = own::retained(&path)?;
        if own::entry(vfs, &path, FileKind::File)?.is_none() {
            continue;
        }
        let found = vfs::read(vfs, &path).ok().flatten().map(|bytes| ContentStamp::of(&bytes));
        if found == Some(stamp) {
            vfs.remove(&path).doing("remove", &path)?;
        } else {
            let copy = own::free_conflict(store, &format!("late-{rest}")).doing("keep", &path)?;
            vfs.rename(&path, &copy).doing("keep", &path)?;
            late.push(LateWrite { copy });
        }
    }
    vfs.remove_dir(folder).doing("remove", folder)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::Note;
    use crate::path::RelPath;
    use crate::store::Options;
    use crate::transaction::{CommitOutcome, Expect, Rebase, Target, Transaction, TransactionPart};
    use crate::vfs::Vfs;
    use crate::vfs::testing::simulated::SimulatedVfs;
    use std::sync::Arc;
    use std::time::Duration;

    #[test]
    fn slots_are_kept_for_a_while_and_late_writes_for_good() {
        let disk = SimulatedVfs::disk("/w", &[("a", "old"), ("b", "old")]);
        let vfs = Arc::new(SimulatedVfs::new(disk));
        let store = Store::with_vfs(PathBuf::from("/w"), Options::default(), vfs.clone());
        let begin = || {
            Transaction::begin(&[&store], Duration::ZERO, &mut |_, _, _, _| Rebase::Unchanged)
                .expect("the lock")
        };
        let locked = begin();
        let note = Note { who: String::new(), when: String::new(), what: "new".into() };
        let target = |path| Target {
            path: RelPath::new(path).expect("a path"),
            pre: Expect::read_as(Some(b"old")),
            post: Some((*b"new").into()),
            moved_from: None,
        };
        let planned = locked
            .plan(vec![TransactionPart { root: 0, note, targets: vec![target("a"), target("b")] }])
            .expect("a plan");
        let outcome = planned.stage().expect("staged").commit(&mut |_, _, _| Rebase::Unchanged);
        assert!(matches!(outcome, Ok(CommitOutcome::Committed(_))));
        drop(locked);
        let retained = store.layout.retained();
        let minute = vfs.list(&retained).expect("the folder").pop().expect("a minute");
        let slots = vfs.list(&retained.join(&minute)).expect("the folder");
        assert_eq!(slots.len(), 2);
        let late = vfs.open(&retained.join(&minute).join(&slots[0])).expect("a slot");
        vfs.write_at(&late, 0, b"OLD").expect("written");
        vfs.wait(Duration::from_secs(9 * 60));
        assert!(begin().roots()[0].late_writes().is_empty());
        vfs.wait(Duration::from_secs(3 * 60));
        let locked = begin();
        let [late] = locked.roots()[0].late_writes() else {
            panic!("{:?}", locked.roots()[0].late_writes())
        };
        assert_eq!(vfs.read(&late.copy).expect("the copy"), b"OLD");
        assert!(vfs.list(&retained).expect("the folder").is_empty());
    }
}
