//! Floor 5: the lock of a workspace. The kernel holds it, so it ends with the process however that
//! ends. The file that bears its name may be removed and made anew under the holder's feet (`git
//! clean -fdx`); so whoever got the lock compares the file it locked with the file that stands
//! there, then and right before the commit.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::io;
use std::time::Duration;

use crate::error::{Doing, StoreError};
use crate::holder::Holder;
use crate::own;
use crate::store::Store;
use crate::vfs::{self, FileKind, Lock};

/// How long somebody may take to remove the store's folder, in which its mark may be the first to go.
const REMOVAL: Duration = Duration::from_millis(100);

/// The lock of a workspace, held.
#[derive(Debug)]
pub(crate) struct HeldWorkspaceLock {
    lock: Lock,
}

impl HeldWorkspaceLock {
    /// Waits for the lock, for at most `deadline`.
    pub(crate) fn acquire(
        store: &Store,
        deadline: Duration,
    ) -> Result<HeldWorkspaceLock, StoreError> {
        let (vfs, path) = (&*store.vfs, store.layout.lock());
        let mut waited = Duration::ZERO;
        let mut pause = Duration::from_millis(1);
        loop {
            let locked = match own::create(store) {
                Ok(()) => vfs.try_lock(&path),
                // The folder is being removed as a whole.
                Err(StoreError::Io { source, .. }) if source.kind() == io::ErrorKind::NotFound => {
                    Ok(None)
                }
                Err(StoreError::Strange(it)) if it.is_whole && waited < REMOVAL.min(deadline) => {
                    Ok(None)
                }
                Err(error) => return Err(error),
            };
            match locked {
                Ok(Some(lock)) => {
                    let held = HeldWorkspaceLock { lock };
                    if held.is_current(store).doing("look at", &path)? {
                        held.announce(store);
                        return Ok(held);
                    }
                }
                Ok(None) => {}
                // The folder was removed after it was created.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(error).doing("lock", &path),
            }
            if waited >= deadline {
                return Err(StoreError::Busy { holder: holder(store), waited });
            }
            let next = jittered(pause).min(deadline - waited);
            vfs.wait(next);
            waited += next;
            pause = (pause * 2).min(Duration::from_millis(25));
        }
    }

    /// Whether the file that is locked still bears the name of the lock.
    pub(crate) fn is_current(&self, store: &Store) -> io::Result<bool> {
        #[cfg(test)]
        if store.sabotaged(crate::store::Sabotage::LockUnchecked) {
            return Ok(true);
        }
        let found = vfs::metadata(&*store.vfs, &store.layout.lock())?;
        Ok(found.is_some_and(|found| found.identity == self.lock.identity))
    }

    /// Says who holds the lock. For messages only, so failure to say so is none.
    fn announce(&self, store: &Store) {
        let (vfs, path) = (&*store.vfs, store.layout.lock_info());
        let text = Holder::this_process(vfs.now()).to_text();
        let written = own::entry(vfs, &path, FileKind::File).and_then(|found| {
            let file = if found.is_some() { vfs.open(&path) } else { vfs.create(&path) };
            let file = file.doing("open", &path)?;
            vfs::write_all(vfs, &file, 0, text.as_bytes()).doing("write", &path)?;
            vfs.truncate(&file, text.len() as u64).doing("write", &path)
        });
        if let Err(error) = written {
            tracing::debug!(%error, "the holder of the lock is not named");
        }
    }
}

/// Who says to hold the lock, which need not be so.
pub(crate) fn holder(store: &Store) -> Option<Holder> {
    let bytes = vfs::read(&*store.vfs, &store.layout.lock_info()).ok()??;
    Holder::from_text(std::str::from_utf8(&bytes).ok()?)
}

/// Between half of `pause` and all of it, so that those who wait do not come back together.
fn jittered(pause: Duration) -> Duration {
    let random = RandomState::new().build_hasher().finish() % 512;
    pause.mul_f64(0.5 + random as f64 / 1024.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{Options, Sabotage};
    use crate::vfs::real::RealVfs;
    use crate::vfs::testing::faulty::{FaultWhen, FaultyVfs};
    use std::sync::Arc;

    const NOW: Duration = Duration::ZERO;

    fn workspace() -> (tempfile::TempDir, Store) {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let store = Store::open(dir.path(), Options::default()).expect("a store");
        (dir, store)
    }

    #[test]
    fn one_has_the_lock_at_a_time() {
        let (_dir, store) = workspace();
        let first = HeldWorkspaceLock::acquire(&store, NOW).expect("the lock");
        assert!(HeldWorkspaceLock::acquire(&store, NOW).is_err());
        drop(first);
        assert!(HeldWorkspaceLock::acquire(&store, NOW).is_ok());
    }

    #[test]
    fn whoever_waits_in_vain_is_told_who_holds_the_lock() {
        let (_dir, store) = workspace();
        let _writer = HeldWorkspaceLock::acquire(&store, NOW).expect("the lock");
        let deadline = Duration::from_millis(30);
        let error = HeldWorkspaceLock::acquire(&store, deadline).expect_err("it is held");
        let StoreError::Busy { holder: Some(holder), waited } = &error else { panic!("{error:?}") };
        assert_eq!(holder.pid, std::process::id());
        assert_eq!(*waited, deadline);
        assert!(error.to_string().contains(&format!("(process {})", holder.pid)), "{error}");
    }

    #[test]
    fn whoever_waits_gets_the_lock_when_it_is_given_up() {
        let (_dir, store) = workspace();
        let writer = HeldWorkspaceLock::acquire(&store, NOW).expect("the lock");
        let vfs = FaultyVfs::new(Arc::new(RealVfs));
        let mut writer = Some(writer);
        let vfs = vfs.hook(FaultWhen::BeforeNth("try_lock", 3), move |_| drop(writer.take()));
        let waiting =
            Store::with_vfs(store.root().to_path_buf(), Options::default(), Arc::new(vfs));
        let deadline = Duration::from_secs(60);
        HeldWorkspaceLock::acquire(&waiting, deadline).expect("the lock");
    }

    /// Has the store's folder removed right after the lock was taken.
    fn removed_under_the_holder(options: Options) -> bool {
        let (_dir, store) = workspace();
        let held = HeldWorkspaceLock::acquire(&store, NOW).expect("the lock");
        std::fs::remove_dir_all(store.layout.folder()).expect("removed");
        let second = HeldWorkspaceLock::acquire(&store, NOW);
        assert!(second.is_ok(), "the lock that stands there is free");
        let store = Store { options, ..store.clone() };
        held.is_current(&store).expect("looked at")
    }

    #[test]
    fn a_holder_notices_that_the_lock_was_removed_and_made_anew() {
        assert!(!removed_under_the_holder(Options::default()));
    }

    #[test]
    fn without_the_look_two_hold_the_lock() {
        let options = Options { sabotage: Sabotage::LockUnchecked, ..Options::default() };
        assert!(removed_under_the_holder(options));
    }

    #[test]
    fn a_lock_that_is_removed_while_it_is_taken_is_taken_again() {
        let (_dir, store) = workspace();
        drop(HeldWorkspaceLock::acquire(&store, NOW).expect("the folder is complete"));
        let path = store.layout.lock();
        // Nine looks at the folder, its mark and its parts, then the one at the lock just taken.
        let vfs = FaultyVfs::new(Arc::new(RealVfs))
            .hook(FaultWhen::BeforeNth("metadata", 9), move |vfs| {
                vfs.remove(&path).expect("removed")
            });
        let store = Store { vfs: Arc::new(vfs), ..store };
        assert!(HeldWorkspaceLock::acquire(&store, NOW).is_err(), "it is not the one");
        let held = HeldWorkspaceLock::acquire(&store, NOW).expect("the lock");
        assert!(held.is_current(&store).expect("looked at"));
    }
}
