//! Floor 10: what the file system of a workspace allows, found by trying, and kept in
//! `.lockstep/probe`.

use std::fmt;
use std::io;

use crate::error::{Doing, StoreError};
use crate::id::TxId;
use crate::own;
use crate::store::Store;
use crate::transaction::LockedRoot;
use crate::vfs::{self, FileKind, Lease, Mount, Vfs};

/// How safely a file can be replaced while others write it, best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tier {
    /// Files are exchanged, and it can be told that nobody writes what came out.
    T1,
    /// Files are exchanged, but who writes what came out is told by looking again.
    T2,
    /// Files are replaced in two steps; a file is missing for a moment.
    T3,
    /// As T3, on Windows, where folders cannot be flushed.
    T4,
}

impl fmt::Display for Tier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Tier::T1 => "T1",
            Tier::T2 => "T2",
            Tier::T3 => "T3",
            Tier::T4 => "T4",
        })
    }
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Probe {
    /// How safely files are replaced.
    pub tier: Tier,
    /// The mount of the store's folder.
    pub mount: Mount,
}

impl LockedRoot<'_> {
    /// Tries what the file system allows, on files of the store's own, and records it.
    pub fn probe(&self) -> Result<Probe, StoreError> {
        let store = self.store();
        let folder = store.layout.folder();
        let mount = store.vfs.mount(folder).doing("look at the mount of", folder)?;
        let tier = tier(store).doing("try exchanging files in", folder)?;
        let probe = Probe { tier, mount };
        record(store, &probe)?;
        Ok(probe)
    }
}

impl LockedRoot<'_> {
    /// As [`LockedRoot::probe`], unless what was found on this kind of file system is recorded. It
    /// is for `doctor` to tell, so failure is none.
    pub fn probe_once(&self) {
        let store = self.store();
        let path = store.layout.probe();
        let recorded = vfs::read(&*store.vfs, &path).ok().flatten().unwrap_or_default();
        let mount = store.vfs.mount(store.layout.folder()).ok();
        let line = mount.map(|mount| format!("\nmount {}\n", mount.kind));
        if line.is_some_and(|line| recorded.ends_with(line.as_bytes())) {
            return;
        }
        if let Err(error) = self.probe() {
            tracing::debug!(%error, "cannot probe the file system");
        }
    }
}

fn tier(store: &Store) -> io::Result<Tier> {
    if cfg!(windows) {
        return Ok(Tier::T4);
    }
    let vfs = &*store.vfs;
    // What an end in between leaves is cleared away as slots are.
    let id = TxId::random();
    let names = ["a", "b"].map(|end| store.layout.tx().join(format!("{id}.{end}")));
    let [a, b] = &names;
    let create = |path| vfs.create(path).map(drop);
    let found = create(a).and_then(|()| create(b)).and_then(|()| exchange(vfs, a, b));
    for name in &names {
        if let Err(error) = vfs.remove(name) {
            tracing::debug!(%error, "cannot remove a file of the probe");
        }
    }
    found
}

fn exchange(vfs: &dyn Vfs, a: &std::path::Path, b: &std::path::Path) -> io::Result<Tier> {
    match vfs.exchange(a, b) {
        Err(error) if error.kind() == io::ErrorKind::Unsupported => return Ok(Tier::T3),
        answer => answer?,
    }
    Ok(match vfs.lease(&vfs.look(a)?)? {
        Lease::Unknown => Tier::T2,
        Lease::Free | Lease::Busy => Tier::T1,
    })
}

fn record(store: &Store, probe: &Probe) -> Result<(), StoreError> {
    let (vfs, path) = (&*store.vfs, store.layout.probe());
    let text = format!("tier {}\nmount {}\n", probe.tier, probe.mount.kind);
    let new = path.with_extension("new");
    own::entry(vfs, &path, FileKind::File)?;
    if own::entry(vfs, &new, FileKind::File)?.is_some() {
        vfs.remove(&new).doing("remove", &new)?;
    }
    let write = || {
        let file = vfs.create(&new)?;
        vfs::write_all(vfs, &file, 0, text.as_bytes())?;
        vfs.rename(&new, &path)
    };
    write().doing("write", &path)
}
