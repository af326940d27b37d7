//! Another file system, seen through faults: the operation of a given number fails, once or for
//! ever, or something happens right before it. Counts operations.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::vfs::{Handle, Lease, Lock, Metadata, Mount, Vfs};

/// How an operation fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The process ends before the operation: nothing happens any more.
    Kill,
    /// An error of the device.
    Io,
    /// No space is left; a write takes half of what it is given.
    Full,
    /// It is not allowed.
    Denied,
    /// A write takes half of what it is given and succeeds; other operations are interrupted by
    /// nothing.
    Short,
}

type Hook = Box<dyn FnMut(&dyn Vfs) + Send>;

/// A file system that fails.
pub(crate) struct FaultyVfs {
    inner: Arc<dyn Vfs>,
    count: AtomicU64,
    fault: Option<(u64, Fault, bool)>,
    hooks: Mutex<Vec<(FaultWhen, Hook)>>,
    log: Mutex<Vec<&'static str>>,
}

/// FaultWhen a hook runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FaultWhen {
    /// Right before the operation of this number.
    Before(u64),
    /// Right before the nth operation of this name, counted from 0.
    BeforeNth(&'static str, usize),
}

impl fmt::Debug for FaultyVfs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FaultyVfs").field("fault", &self.fault).finish_non_exhaustive()
    }
}

impl FaultyVfs {
    pub(crate) fn new(inner: Arc<dyn Vfs>) -> FaultyVfs {
        FaultyVfs {
            inner,
            count: AtomicU64::new(0),
            fault: None,
            hooks: Mutex::new(Vec::new()),
            log: Mutex::new(Vec::new()),
        }
    }

    /// Fails the operation of number `at`, and where `for_ever` all that follow.
    pub(crate) fn failing(mut self, at: u64, fault: Fault, for_ever: bool) -> FaultyVfs {
        self.fault = Some((at, fault, for_ever));
        self
    }

    /// Runs `hook` once, at `when`.
    pub(crate) fn hook(
        self,
        when: FaultWhen,
        hook: impl FnMut(&dyn Vfs) + Send + 'static,
    ) -> FaultyVfs {
        self.hooks.lock().expect("no panic").push((when, Box::new(hook)));
        self
    }

    /// The operations so far, by name.
    pub(crate) fn log(&self) -> Vec<&'static str> {
        self.log.lock().expect("no panic").clone()
    }

    fn step(&self, name: &'static str) -> io::Result<Option<Fault>> {
        let number = self.count.fetch_add(1, Ordering::SeqCst);
        let nth = {
            let mut log = self.log.lock().expect("no panic");
            log.push(name);
            log.iter().filter(|known| **known == name).count() - 1
        };
        let due = |when: &FaultWhen| match *when {
            FaultWhen::Before(at) => at == number,
            FaultWhen::BeforeNth(wanted, at) => wanted == name && at == nth,
        };
        let hooks = {
            let mut hooks = self.hooks.lock().expect("no panic");
            hooks.extract_if(.., |(when, _)| due(when)).collect::<Vec<_>>()
        };
        for (_, mut hook) in hooks {
            hook(&*self.inner);
        }
        let fault = self.fault.and_then(|(at, fault, for_ever)| {
            let hit = number == at || (number > at && (for_ever || fault == Fault::Kill));
            hit.then_some(fault)
        });
        match fault {
            None | Some(Fault::Short) => Ok(fault),
            Some(Fault::Full) if name == "write_at" => Ok(fault),
            Some(Fault::Kill) => Err(io::Error::other("killed")),
            Some(Fault::Io) => Err(io::Error::from_raw_os_error(5)),
            Some(Fault::Full) if matches!(name, "create" | "create_dir" | "truncate" | "sync") => {
                Err(io::ErrorKind::StorageFull.into())
            }
            Some(Fault::Full) => Ok(None),
            Some(Fault::Denied) => Err(io::ErrorKind::PermissionDenied.into()),
        }
    }
}

impl Vfs for FaultyVfs {
    fn create(&self, path: &Path) -> io::Result<Handle> {
        self.step("create")?;
        self.inner.create(path)
    }

    fn open(&self, path: &Path) -> io::Result<Handle> {
        self.step("open")?;
        self.inner.open(path)
    }

    fn write_at(&self, file: &Handle, offset: u64, bytes: &[u8]) -> io::Result<usize> {
        let half = bytes.get(..bytes.len().div_ceil(2)).unwrap_or_default();
        match self.step("write_at")? {
            Some(Fault::Short) => self.inner.write_at(file, offset, half),
            Some(Fault::Full) => {
                self.inner.write_at(file, offset, half)?;
                Err(io::ErrorKind::StorageFull.into())
            }
            _ => self.inner.write_at(file, offset, bytes),
        }
    }

    fn truncate(&self, file: &Handle, len: u64) -> io::Result<()> {
        self.step("truncate")?;
        self.inner.truncate(file, len)
    }

    fn sync(&self, file: &Handle) -> io::Result<()> {
        self.step("sync")?;
        self.inner.sync(file)
    }

    fn sync_dir(&self, path: &Path) -> io::Result<()> {
        self.step("sync_dir")?;
        self.inner.sync_dir(path)
    }

    fn copy_attributes(&self, from: &Path, to: &Handle) -> io::Result<()> {
        self.step("copy_attributes")?;
        self.inner.copy_attributes(from, to)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.step("rename")?;
        self.inner.rename(from, to)
    }

    fn rename_new(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.step("rename_new")?;
        self.inner.rename_new(from, to)
    }

    fn link(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.step("link")?;
        self.inner.link(from, to)
    }

    fn exchange(&self, target: &Path, slot: &Path) -> io::Result<()> {
        self.step("exchange")?;
        self.inner.exchange(target, slot)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.step("remove")?;
        self.inner.remove(path)
    }

    fn create_dir(&self, path: &Path) -> io::Result<()> {
        self.step("create_dir")?;
        self.inner.create_dir(path)
    }

    fn remove_dir(&self, path: &Path) -> io::Result<()> {
        self.step("remove_dir")?;
        self.inner.remove_dir(path)
    }

    fn look(&self, path: &Path) -> io::Result<Handle> {
        self.step("look")?;
        self.inner.look(path)
    }

    fn metadata_of(&self, file: &Handle) -> io::Result<Metadata> {
        self.step("metadata_of")?;
        self.inner.metadata_of(file)
    }

    fn read_all(&self, file: &Handle) -> io::Result<Vec<u8>> {
        self.step("read_all")?;
        self.inner.read_all(file)
    }

    fn read_at(&self, file: &Handle, offset: u64, len: usize) -> io::Result<Vec<u8>> {
        self.step("read_at")?;
        self.inner.read_at(file, offset, len)
    }

    fn metadata(&self, path: &Path) -> io::Result<Metadata> {
        self.step("metadata")?;
        self.inner.metadata(path)
    }

    fn read_link(&self, path: &Path) -> io::Result<PathBuf> {
        self.step("read_link")?;
        self.inner.read_link(path)
    }

    fn list(&self, path: &Path) -> io::Result<Vec<String>> {
        self.step("list")?;
        self.inner.list(path)
    }

    fn lease(&self, file: &Handle) -> io::Result<Lease> {
        self.step("lease")?;
        self.inner.lease(file)
    }

    fn obstacle(&self, path: &Path, slots: &Path) -> io::Result<Option<crate::vfs::Obstacle>> {
        self.step("obstacle")?;
        self.inner.obstacle(path, slots)
    }

    fn try_lock(&self, path: &Path) -> io::Result<Option<Lock>> {
        self.step("try_lock")?;
        self.inner.try_lock(path)
    }

    fn mount(&self, path: &Path) -> io::Result<Mount> {
        self.step("mount")?;
        self.inner.mount(path)
    }

    fn user(&self) -> u32 {
        self.inner.user()
    }

    fn now(&self) -> u64 {
        self.inner.now()
    }

    fn wait(&self, time: Duration) {
        // Waiting cannot fail; only what is to happen meanwhile counts.
        drop(self.step("wait"));
        self.inner.wait(time);
    }
}
