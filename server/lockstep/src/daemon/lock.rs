//! Files that one process holds at a time.

use std::fs::{File, TryLockError};
use std::io::{self, Read, Write};
use std::path::Path;
use std::sync::mpsc;
use std::time::Duration;

use crate::daemon::address::open_private;

/// A lock, given back when this is dropped or the process ends.
#[derive(Debug)]
pub(super) struct HeldDaemonLock {
    file: File,
}

impl HeldDaemonLock {
    /// Writes down which process holds it, for [`holder`].
    pub(super) fn sign(&mut self) -> io::Result<()> {
        self.file.set_len(0)?;
        writeln!(self.file, "{}", std::process::id())
    }
}

/// Whether somebody holds a lock.
///
/// # Errors
///
/// What keeps the file from being opened.
pub(super) fn is_held(path: &Path) -> io::Result<bool> {
    match open_private(path)?.try_lock() {
        Ok(()) => Ok(false),
        Err(TryLockError::WouldBlock) => Ok(true),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

/// The process that holds a lock; `None` where none does, or none has signed.
///
/// # Errors
///
/// What keeps the file from being opened or read.
pub(super) fn holder(path: &Path) -> io::Result<Option<u32>> {
    let mut file = open_private(path)?;
    match file.try_lock() {
        Ok(()) => return Ok(None),
        Err(TryLockError::Error(error)) => return Err(error),
        Err(TryLockError::WouldBlock) => {}
    }
    let mut signed = String::new();
    file.read_to_string(&mut signed)?;
    Ok(signed.trim_end().parse().ok())
}

/// Takes the lock, waiting for its holder at most for `patience`.
///
/// # Errors
///
/// `WouldBlock` where the holder keeps it; else what keeps the file from being opened.
pub(super) fn take(path: &Path, patience: Duration) -> io::Result<HeldDaemonLock> {
    let file = open_private(path)?;
    match file.try_lock() {
        Ok(()) => return Ok(HeldDaemonLock { file }),
        Err(TryLockError::Error(error)) => return Err(error),
        Err(TryLockError::WouldBlock) if patience.is_zero() => {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        Err(TryLockError::WouldBlock) => {}
    }
    // Nothing can wait for a lock for a limited time but a thread that is left behind.
    let (taken, arrived) = mpsc::channel();
    std::thread::spawn(move || {
        let locked = file.lock().map(|()| HeldDaemonLock { file });
        // Where nobody waits any more the lock is given back.
        let _ = taken.send(locked);
    });
    arrived.recv_timeout(patience).unwrap_or_else(|_| Err(io::ErrorKind::WouldBlock.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_tells_who_holds_it_as_long_as_it_is_held() {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("lock");
        assert_eq!(holder(&path).expect("it is made"), None);
        for _ in 0..2 {
            let mut held = take(&path, Duration::ZERO).expect("it is free");
            held.sign().expect("it is written");
            assert_eq!(holder(&path).expect("it is read"), Some(std::process::id()));
            drop(held);
            assert_eq!(holder(&path).expect("it is read"), None);
        }
    }

    #[test]
    fn a_lock_is_held_by_one_and_passed_on() {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("lock");
        let held = take(&path, Duration::ZERO).expect("it is free");
        let refused = take(&path, Duration::from_millis(1)).expect_err("it is held");
        assert_eq!(refused.kind(), io::ErrorKind::WouldBlock);
        let next = std::thread::spawn({
            let path = path.clone();
            move || take(&path, Duration::from_secs(20))
        });
        drop(held);
        next.join().expect("no panic").expect("it is passed on");
    }
}
