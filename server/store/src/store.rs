//! Floor 3: a workspace as the store sees it: a root, a file system, and how careful to be. Opening
//! one changes nothing on disk.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use crate::layout::Layout;
use crate::path::RelPath;
use crate::seen::State;
use crate::vfs::Vfs;
use crate::vfs::real::RealVfs;

/// What a success survives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Durability {
    /// A power cut: everything is flushed before it is relied upon.
    #[default]
    Full,
    /// The end of this process at any instant, but not a power cut: nothing is flushed.
    Process,
}

/// How a store behaves.
#[derive(Clone, Debug)]
pub struct Options {
    /// What a success survives.
    pub durability: Durability,
    /// Whether files that their owner may not write are changed all the same.
    pub force_read_only: bool,
    /// How long to wait, before the commit, for a program that has a file open for writing.
    pub writer_before: Duration,
    /// How long to wait, after the commit, for a program that has a file open for writing; then the
    /// transaction is withdrawn.
    pub writer_after: Duration,
    #[cfg(test)]
    pub(crate) sabotage: Sabotage,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            durability: Durability::Full,
            force_read_only: false,
            writer_before: Duration::from_millis(500),
            writer_after: Duration::from_secs(2),
            #[cfg(test)]
            sabotage: Sabotage::None,
        }
    }
}

/// A part of the protocol that a test leaves out, to see that tests notice.
#[cfg(test)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sabotage {
    None,
    /// What an exchange took out is not looked at.
    SlotsUnread,
    /// A lock is not compared with the file that bears its name.
    LockUnchecked,
    /// A journal's checksum is not compared.
    ChecksumUnchecked,
    /// Nobody is asked whether a file is open for writing.
    LeaseUnasked,
}

/// A workspace.
#[derive(Clone, Debug)]
pub struct Store {
    pub(crate) root: PathBuf,
    pub(crate) layout: Layout,
    pub(crate) vfs: Arc<dyn Vfs>,
    pub(crate) options: Options,
    pub(crate) accept: Accept,
    /// Which files are written in place where they cannot be exchanged.
    pub(crate) in_place: Accept,
}

/// How far a workspace has come by transactions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment([Option<State>; 2]);

/// Which files something holds for.
#[derive(Clone)]
pub(crate) struct Accept(Arc<dyn Fn(&RelPath) -> bool + Send + Sync>);

impl fmt::Debug for Accept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Accept")
    }
}

impl Store {
    /// The workspace at `root`, on the file system of the machine. The error is the system's own,
    /// where `root` is not a folder that can be reached.
    pub fn open(root: &Path, options: Options) -> io::Result<Store> {
        let root = root.canonicalize()?;
        if !root.is_dir() {
            return Err(io::ErrorKind::NotADirectory.into());
        }
        Ok(Store::with_vfs(root, options, Arc::new(RealVfs)))
    }

    /// The workspace at `root`, an absolute path without links, on the file system `vfs`.
    pub(crate) fn with_vfs(root: PathBuf, options: Options, vfs: Arc<dyn Vfs>) -> Store {
        let accept = Accept(Arc::new(|_| true));
        let in_place = Accept(Arc::new(|_| false));
        Store { layout: Layout::new(&root), root, vfs, options, accept, in_place }
    }

    /// Has a journal refused that names a file for which `accept` does not hold. A journal may have
    /// come with somebody's repository.
    #[must_use]
    pub fn accepting(mut self, accept: impl Fn(&RelPath) -> bool + Send + Sync + 'static) -> Store {
        self.accept = Accept(Arc::new(accept));
        self
    }

    /// Has files for which `allow` holds written in place where they cannot be exchanged: those with
    /// several names, and those that are mounts of their own. Others may see such a file half
    /// written, and what somebody saves at the same moment may be lost.
    #[must_use]
    pub fn writing_in_place(
        mut self,
        allow: impl Fn(&RelPath) -> bool + Send + Sync + 'static,
    ) -> Store {
        self.in_place = Accept(Arc::new(allow));
        self
    }

    pub(crate) fn writes_in_place(&self, path: &RelPath) -> bool {
        (self.in_place.0)(path)
    }

    /// Whether a journal may name a file.
    pub fn accepts(&self, path: &RelPath) -> bool {
        (self.accept.0)(path)
    }

    /// The canonical root.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// What has been committed so far, as far as that shows without the lock: whatever is begun or
    /// ended later makes this another.
    pub fn moment(&self) -> Moment {
        Moment([self.layout.tx(), self.layout.log()].map(|path| State::of(&path)))
    }

    /// The workspace at another root, treated as this one is.
    pub(crate) fn at(&self, root: PathBuf) -> Store {
        Store { layout: Layout::new(&root), root, ..self.clone() }
    }

    pub(crate) fn durable(&self) -> bool {
        self.options.durability == Durability::Full
    }

    #[cfg(test)]
    pub(crate) fn sabotaged(&self, part: Sabotage) -> bool {
        self.options.sabotage == part
    }
}
