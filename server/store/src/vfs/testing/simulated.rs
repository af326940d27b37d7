//! A file system in memory that knows what a power cut would leave. What was not flushed is there or
//! not: each change of names for itself, and the content of each file whole, cut short, or absent.

mod content;

use std::collections::{BTreeMap, HashSet};
use std::io;
use std::ops::Bound;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Duration;

use content::SimulatedContent;

use crate::vfs::{FileKind, Handle, Identity, Lease, Lock, Metadata, Mount, Vfs, not_a_file};

/// What a name means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Name {
    Folder,
    File(u64),
}

/// A part of a disk that is away.
#[derive(Clone, Debug)]
pub(crate) struct Away(BTreeMap<PathBuf, Name>);

/// One change of names, which happens as a whole.
#[derive(Clone, Debug)]
struct UnsyncedChange(Vec<(PathBuf, Option<Name>)>);

/// The state of the disk and of what is on its way there.
#[derive(Clone, Debug, Default)]
pub(crate) struct Disk {
    /// Names as they are flushed, the changes since, and what both come to.
    durable: BTreeMap<PathBuf, Name>,
    pending: Vec<UnsyncedChange>,
    names: BTreeMap<PathBuf, Name>,
    files: BTreeMap<u64, SimulatedContent>,
    next: u64,
    clock: u64,
    /// Whether names that differ in case only mean the same file.
    pub(crate) ignores_case: bool,
}

impl Disk {
    fn find(&self, path: &Path) -> Option<Name> {
        self.names.get(&self.spelled(path)).copied()
    }

    /// A path as its names are written on disk.
    fn spelled(&self, path: &Path) -> PathBuf {
        let same = |known: &&PathBuf| known.as_os_str().eq_ignore_ascii_case(path);
        match (self.ignores_case, path.parent(), path.file_name()) {
            (true, Some(parent), Some(name)) => match self.names.keys().find(same) {
                Some(known) => known.clone(),
                None => self.spelled(parent).join(name),
            },
            _ => path.to_path_buf(),
        }
    }

    fn file(&self, path: &Path) -> io::Result<u64> {
        match self.find(path) {
            Some(Name::File(file)) => Ok(file),
            Some(Name::Folder) => Err(io::ErrorKind::IsADirectory.into()),
            None => Err(io::ErrorKind::NotFound.into()),
        }
    }

    fn metadata(&self, name: Name) -> Metadata {
        let (kind, ino, len) = match name {
            Name::Folder => (FileKind::Folder, 0, 0),
            Name::File(file) => {
                let len = self.files.get(&file).map_or(0, |content| content.now.len());
                (FileKind::File, file, len as u64)
            }
        };
        let identity = Identity { dev: 1, ino };
        let links = self.names.values().filter(|other| **other == name).count() as u64;
        Metadata { kind, identity, links, mode: 0o644, uid: 0, gid: 0, len, born: 0 }
    }

    fn change(&mut self, changes: Vec<(&Path, Option<Name>)>) -> io::Result<()> {
        for (path, _) in &changes {
            let parent = path.parent().unwrap_or(Path::new("/"));
            if self.find(parent) != Some(Name::Folder) {
                return Err(io::ErrorKind::NotFound.into());
            }
        }
        let changes = changes.into_iter().map(|(path, name)| (self.spelled(path), name));
        let change = UnsyncedChange(changes.collect());
        change.apply(&mut self.names);
        self.pending.push(change);
        Ok(())
    }

    /// Makes the changes that touch `folder` durable. What an earlier change would do to the same
    /// names is overtaken.
    fn flush(&mut self, folder: &Path) {
        let mut rest: Vec<UnsyncedChange> = Vec::new();
        for change in std::mem::take(&mut self.pending) {
            if change.touches(folder) {
                change.apply(&mut self.durable);
                for earlier in &mut rest {
                    earlier.0.retain(|(path, _)| change.0.iter().all(|(other, _)| other != path));
                }
            } else {
                rest.push(change);
            }
        }
        rest.retain(|change| !change.0.is_empty());
        self.pending = rest;
    }

    /// The contents of all files by path, and the folders with `None`.
    pub(crate) fn tree(&self) -> BTreeMap<PathBuf, Option<Vec<u8>>> {
        let content = |name: &Name| match name {
            Name::Folder => None,
            Name::File(file) => self.files.get(file).map(|content| content.now.clone()),
        };
        self.names.iter().map(|(path, name)| (path.clone(), content(name))).collect()
    }

    /// Takes everything below `root` away, as when its mount goes.
    pub(crate) fn take(&mut self, root: &str) -> Away {
        let away = self.names.clone().into_iter().filter(|(path, _)| path.starts_with(root));
        let away = Away(away.collect());
        self.pending.clear();
        self.names.retain(|path, _| !path.starts_with(root));
        self.durable = self.names.clone();
        away
    }

    /// Brings back what was taken away.
    pub(crate) fn give(&mut self, away: Away) {
        self.durable.extend(away.0.clone());
        self.names.extend(away.0);
    }

    /// Every disk that a power cut may leave, at most `limit` of them, chosen evenly by number.
    pub(crate) fn after_power_cut(&self, limit: u64, seen: &mut HashSet<u64>) -> Vec<Disk> {
        let mut start = self.clone();
        start.settle_messages();
        start.power_cuts(limit, seen)
    }

    /// Flushes what only messages are made of, so that its states do not multiply the others.
    fn settle_messages(&mut self) {
        let message = |path: &Path| path.ends_with(".lockstep/lock.info");
        for (_, name) in self.names.iter().filter(|(path, _)| message(path)) {
            if let Some(content) = name.file().and_then(|file| self.files.get_mut(&file)) {
                content.flushed = true;
            }
        }
        let pending = std::mem::take(&mut self.pending);
        for change in pending {
            if change.0.iter().all(|(path, _)| message(path)) {
                change.apply(&mut self.durable);
            } else {
                self.pending.push(change);
            }
        }
    }

    fn power_cuts(&self, limit: u64, seen: &mut HashSet<u64>) -> Vec<Disk> {
        let named: HashSet<u64> = self
            .pending
            .iter()
            .flat_map(|change| change.0.iter().filter_map(|(_, name)| name.as_ref()?.file()))
            .chain(self.durable.values().filter_map(Name::file))
            .collect();
        let unflushed = self.files.iter().filter(|(file, c)| !c.flushed && named.contains(file));
        let loose: Vec<u64> = unflushed.map(|(file, _)| *file).collect();
        let subsets = 1_u64 << self.pending.len().min(20);
        let contents = 3_u64.saturating_pow(loose.len().min(12) as u32);
        let total = subsets.saturating_mul(contents);
        let step = total.div_ceil(limit).max(1) | 1;
        let mut disks = Vec::new();
        let mut number = 0;
        while number < total {
            let disk = self.cut(number % subsets, number / subsets, &loose);
            if seen.insert(disk.fingerprint()) {
                disks.push(disk);
            }
            number += step;
        }
        disks
    }

    fn cut(&self, subset: u64, mut contents: u64, loose: &[u64]) -> Disk {
        let mut disk = self.clone();
        disk.pending.clear();
        for (number, change) in self.pending.iter().enumerate() {
            // Changes beyond the twentieth go with the last.
            if subset >> number.min(19) & 1 == 1 {
                change.apply(&mut disk.durable);
            }
        }
        for file in loose {
            let Some(content) = disk.files.get_mut(file) else { continue };
            content.now = content.after_power_cut(contents % 3);
            contents /= 3;
        }
        let names = disk.durable.clone();
        let reachable = |path: &Path| {
            path.ancestors().skip(1).all(|above| {
                above.as_os_str().is_empty()
                    || above == Path::new("/")
                    || names.get(above) == Some(&Name::Folder)
            })
        };
        disk.durable.retain(|path, _| reachable(path));
        disk.names = disk.durable.clone();
        let live: HashSet<u64> = disk.durable.values().filter_map(Name::file).collect();
        disk.files.retain(|file, _| live.contains(file));
        for content in disk.files.values_mut() {
            content.durable = content.now.clone();
            content.flushed = true;
        }
        disk
    }

    /// The disk that the end of a process leaves: all of it, flushed or not.
    pub(crate) fn after_kill(&self) -> Disk {
        self.clone()
    }

    fn fingerprint(&self) -> u64 {
        use std::hash::{DefaultHasher, Hash, Hasher};
        let mut hasher = DefaultHasher::new();
        self.tree().hash(&mut hasher);
        hasher.finish()
    }
}

impl Name {
    fn file(&self) -> Option<u64> {
        match self {
            Name::Folder => None,
            Name::File(file) => Some(*file),
        }
    }
}

impl UnsyncedChange {
    fn apply(&self, names: &mut BTreeMap<PathBuf, Name>) {
        for (path, name) in &self.0 {
            match name {
                Some(name) => names.insert(path.clone(), *name),
                None => names.remove(path),
            };
        }
    }

    fn touches(&self, folder: &Path) -> bool {
        self.0.iter().any(|(path, _)| path.parent() == Some(folder))
    }
}

/// A file system in memory.
#[derive(Debug)]
pub(crate) struct SimulatedVfs {
    disk: Mutex<Disk>,
    history: Mutex<Vec<Disk>>,
    /// The flush of this number does nothing, and says that it did.
    ignored_sync: Option<usize>,
    syncs: Mutex<usize>,
    recording: bool,
    /// Whether files can be exchanged in one step.
    pub(crate) exchanges: bool,
    /// Whether a file can be renamed in a step that takes no other's place.
    pub(crate) renames_new: bool,
    /// Whether a file can have two names.
    pub(crate) links: bool,
    /// Whether it can be told who has a file open for writing.
    pub(crate) leases: bool,
}

impl SimulatedVfs {
    pub(crate) fn new(disk: Disk) -> SimulatedVfs {
        SimulatedVfs {
            disk: Mutex::new(disk),
            history: Mutex::new(Vec::new()),
            ignored_sync: None,
            syncs: Mutex::new(0),
            recording: false,
            exchanges: true,
            renames_new: true,
            links: true,
            leases: true,
        }
    }

    /// Keeps the disk as it was before each change.
    pub(crate) fn recording(mut self) -> SimulatedVfs {
        self.recording = true;
        self
    }

    pub(crate) fn ignoring_sync(mut self, number: Option<usize>) -> SimulatedVfs {
        self.ignored_sync = number;
        self
    }

    /// A disk with a folder `root` and files in it, all flushed.
    pub(crate) fn disk(root: &str, files: &[(&str, &str)]) -> Disk {
        let mut disk = Disk { next: 1, clock: 1_800_000_000, ..Disk::default() };
        let root = PathBuf::from(root);
        let mut folders: Vec<PathBuf> = root.ancestors().map(PathBuf::from).collect();
        for (path, text) in files {
            let path = root.join(path);
            folders.extend(path.ancestors().skip(1).map(PathBuf::from));
            let bytes = text.as_bytes().to_vec();
            let content = SimulatedContent { now: bytes.clone(), durable: bytes, flushed: true };
            disk.files.insert(disk.next, content);
            disk.durable.insert(path, Name::File(disk.next));
            disk.next += 1;
        }
        disk.durable.extend(folders.into_iter().map(|folder| (folder, Name::Folder)));
        disk.names = disk.durable.clone();
        disk
    }

    /// Gives a file of a disk another name.
    pub(crate) fn link(disk: &mut Disk, path: &str, other: &str) {
        let name = disk.durable.get(Path::new(path)).copied();
        disk.durable.extend(name.map(|name| (PathBuf::from(other), name)));
        disk.names = disk.durable.clone();
    }

    /// The disk as it is.
    pub(crate) fn now_on_disk(&self) -> Disk {
        self.disk.lock().expect("no panic").clone()
    }

    /// The disks before each change, in order, and the disk as it is.
    pub(crate) fn history(&self) -> Vec<Disk> {
        let mut history = self.history.lock().expect("no panic").clone();
        history.push(self.now_on_disk());
        history
    }

    /// How many flushes there were.
    pub(crate) fn syncs(&self) -> usize {
        *self.syncs.lock().expect("no panic")
    }

    fn see<T>(&self, see: impl FnOnce(&Disk) -> io::Result<T>) -> io::Result<T> {
        see(&self.disk.lock().expect("no panic"))
    }

    fn edit<T>(&self, edit: impl FnOnce(&mut Disk) -> io::Result<T>) -> io::Result<T> {
        let mut disk = self.disk.lock().expect("no panic");
        if self.recording {
            self.history.lock().expect("no panic").push(disk.clone());
        }
        edit(&mut disk)
    }

    fn ignores_sync(&self) -> bool {
        let mut syncs = self.syncs.lock().expect("no panic");
        *syncs += 1;
        self.ignored_sync == Some(*syncs - 1)
    }
}

fn handle(path: &Path, node: u64) -> Handle {
    Handle { path: path.to_path_buf(), file: None, node }
}

impl Vfs for SimulatedVfs {
    fn create(&self, path: &Path) -> io::Result<Handle> {
        self.edit(|disk| {
            if disk.find(path).is_some() {
                return Err(io::ErrorKind::AlreadyExists.into());
            }
            let node = disk.next;
            disk.change(vec![(path, Some(Name::File(node)))])?;
            disk.files.insert(node, SimulatedContent::default());
            disk.next += 1;
            Ok(handle(path, node))
        })
    }

    fn open(&self, path: &Path) -> io::Result<Handle> {
        self.see(|disk| Ok(handle(path, disk.file(path)?)))
    }

    fn write_at(&self, file: &Handle, offset: u64, bytes: &[u8]) -> io::Result<usize> {
        self.edit(|disk| {
            let content = disk.files.get_mut(&file.node).ok_or(io::ErrorKind::NotFound)?;
            let start = offset as usize;
            let end = start + bytes.len();
            content.now.resize(content.now.len().max(end), 0);
            content.now[start..end].copy_from_slice(bytes);
            content.flushed = false;
            Ok(bytes.len())
        })
    }

    fn truncate(&self, file: &Handle, len: u64) -> io::Result<()> {
        self.edit(|disk| {
            let content = disk.files.get_mut(&file.node).ok_or(io::ErrorKind::NotFound)?;
            content.now.resize(len as usize, 0);
            content.flushed = false;
            Ok(())
        })
    }

    fn sync(&self, file: &Handle) -> io::Result<()> {
        let ignored = self.ignores_sync();
        self.edit(|disk| {
            let content = disk.files.get_mut(&file.node).ok_or(io::ErrorKind::NotFound)?;
            if !ignored {
                content.durable = content.now.clone();
                content.flushed = true;
            }
            Ok(())
        })
    }

    fn sync_dir(&self, path: &Path) -> io::Result<()> {
        let ignored = self.ignores_sync();
        self.edit(|disk| {
            if disk.find(path) != Some(Name::Folder) {
                return Err(io::ErrorKind::NotFound.into());
            }
            if !ignored {
                disk.flush(path);
            }
            Ok(())
        })
    }

    fn copy_attributes(&self, _: &Path, _: &Handle) -> io::Result<()> {
        Ok(())
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.edit(|disk| {
            let file = disk.file(from)?;
            disk.change(vec![(from, None), (to, Some(Name::File(file)))])
        })
    }

    fn rename_new(&self, from: &Path, to: &Path) -> io::Result<()> {
        if !self.renames_new {
            return Err(io::ErrorKind::Unsupported.into());
        }
        self.edit(|disk| {
            let file = disk.file(from)?;
            if disk.find(to).is_some() {
                return Err(io::ErrorKind::AlreadyExists.into());
            }
            disk.change(vec![(from, None), (to, Some(Name::File(file)))])
        })
    }

    fn link(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.edit(|disk| {
            let file = disk.file(from)?;
            match disk.find(to) {
                Some(_) => Err(io::ErrorKind::AlreadyExists.into()),
                None if !self.links => Err(io::ErrorKind::PermissionDenied.into()),
                None => disk.change(vec![(to, Some(Name::File(file)))]),
            }
        })
    }

    fn exchange(&self, target: &Path, slot: &Path) -> io::Result<()> {
        if !self.exchanges {
            return Err(io::ErrorKind::Unsupported.into());
        }
        self.edit(|disk| {
            let (a, b) = (disk.file(target)?, disk.file(slot)?);
            disk.change(vec![(target, Some(Name::File(b))), (slot, Some(Name::File(a)))])
        })
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.edit(|disk| {
            disk.file(path)?;
            disk.change(vec![(path, None)])
        })
    }

    fn create_dir(&self, path: &Path) -> io::Result<()> {
        self.edit(|disk| match disk.find(path) {
            Some(_) => Err(io::ErrorKind::AlreadyExists.into()),
            None => disk.change(vec![(path, Some(Name::Folder))]),
        })
    }

    fn remove_dir(&self, path: &Path) -> io::Result<()> {
        if !self.list(path)?.is_empty() {
            return Err(io::ErrorKind::DirectoryNotEmpty.into());
        }
        self.edit(|disk| disk.change(vec![(path, None)]))
    }

    fn look(&self, path: &Path) -> io::Result<Handle> {
        self.see(|disk| match disk.find(path) {
            Some(Name::File(file)) => Ok(handle(path, file)),
            Some(Name::Folder) => Err(not_a_file()),
            None => Err(io::ErrorKind::NotFound.into()),
        })
    }

    fn metadata_of(&self, file: &Handle) -> io::Result<Metadata> {
        self.see(|disk| Ok(disk.metadata(Name::File(file.node))))
    }

    fn read_all(&self, file: &Handle) -> io::Result<Vec<u8>> {
        self.see(|disk| Ok(disk.files.get(&file.node).ok_or(io::ErrorKind::NotFound)?.now.clone()))
    }

    fn read_at(&self, file: &Handle, offset: u64, len: usize) -> io::Result<Vec<u8>> {
        let bytes = self.read_all(file)?;
        let start = usize::try_from(offset).unwrap_or(usize::MAX).min(bytes.len());
        Ok(bytes[start..bytes.len().min(start.saturating_add(len))].to_vec())
    }

    fn metadata(&self, path: &Path) -> io::Result<Metadata> {
        self.see(|disk| Ok(disk.metadata(disk.find(path).ok_or(io::ErrorKind::NotFound)?)))
    }

    fn read_link(&self, _: &Path) -> io::Result<PathBuf> {
        Err(io::ErrorKind::InvalidInput.into())
    }

    fn list(&self, path: &Path) -> io::Result<Vec<String>> {
        self.see(|disk| {
            if disk.find(path) != Some(Name::Folder) {
                return Err(io::ErrorKind::NotFound.into());
            }
            let below = disk.names.range::<Path, _>((Bound::Excluded(path), Bound::Unbounded));
            let below = below.map(|(name, _)| name).take_while(|name| name.starts_with(path));
            let inside = below.filter(|name| name.parent() == Some(path));
            Ok(inside.filter_map(|name| Some(name.file_name()?.to_str()?.to_string())).collect())
        })
    }

    fn lease(&self, _: &Handle) -> io::Result<Lease> {
        Ok(if self.leases { Lease::Free } else { Lease::Unknown })
    }

    fn obstacle(&self, _: &Path, _: &Path) -> io::Result<Option<crate::vfs::Obstacle>> {
        Ok(None)
    }

    fn try_lock(&self, path: &Path) -> io::Result<Option<Lock>> {
        if self.see(|disk| Ok(disk.find(path)))?.is_none() {
            self.create(path)?;
        }
        Ok(Some(Lock { identity: self.metadata(path)?.identity, _file: None }))
    }

    fn mount(&self, _: &Path) -> io::Result<Mount> {
        Ok(Mount { kind: "simulated".to_string(), remote: false, free: u64::MAX })
    }

    fn user(&self) -> u32 {
        0
    }

    fn now(&self) -> u64 {
        self.disk.lock().expect("no panic").clock
    }

    fn wait(&self, time: Duration) {
        self.disk.lock().expect("no panic").clock += time.as_secs();
    }
}
