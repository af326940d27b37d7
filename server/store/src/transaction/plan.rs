//! From targets to a plan: every file is found, read and compared with what the caller expects, and
//! everything that would go wrong after the commit is looked for before it.

use std::collections::HashSet;
use std::fmt;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::{Expect, Locked, LockedRoot, Target, TransactionPart};
use crate::error::{Doing, StoreError};
use crate::git;
use crate::history::Note;
use crate::journal::JournalEntry;
use crate::parallel;
use crate::path::{self, RelPath};
use crate::stamp::ContentStamp;
use crate::store::Store;
use crate::vfs::{self, FileKind, Handle, Identity, Lease, Metadata, Obstacle, Vfs};

/// Contents of more bytes are worth a thread.
pub(super) const LARGE: usize = 1024 * 1024;

/// A change whose files are all as the caller expects.
#[derive(Debug)]
#[must_use = "nothing is changed yet"]
pub struct Planned<'l> {
    pub(super) parts: Vec<PlannedPart<'l>>,
    pub(super) basis: Basis<'l>,
}

/// What is planned in one root.
#[derive(Debug)]
pub(super) struct PlannedPart<'l> {
    pub(super) locked: &'l LockedRoot<'l>,
    pub(super) note: Note,
    pub(super) files: Vec<PlannedFile>,
    /// Files that only have to be as they are.
    pub(super) guards: Guards,
}

/// Files, and what they have to be.
type Guards = Vec<(RelPath, Option<ContentStamp>)>;

/// What else a change was planned on, besides the files that it is about.
#[derive(Clone, Copy)]
pub(super) struct Basis<'l>(&'l dyn Fn() -> Option<RelPath>);

impl fmt::Debug for Basis<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Basis")
    }
}

impl Basis<'_> {
    pub(super) fn check(self) -> Result<(), StoreError> {
        (self.0)().map_or(Ok(()), |path| Err(StoreError::Stale { path }))
    }
}

impl<'l> Planned<'l> {
    /// Has the commit refused with [`StoreError::Stale`] where `changed` names a file that is not as
    /// it was when the change was planned. It is asked under the locks, right before the commit.
    pub fn based_on(self, changed: &'l dyn Fn() -> Option<RelPath>) -> Planned<'l> {
        Planned { basis: Basis(changed), ..self }
    }
}

/// One file of a plan.
#[derive(Debug)]
pub(crate) struct PlannedFile {
    pub(super) entry: JournalEntry,
    pub(super) before: Option<Arc<[u8]>>,
    pub(super) after: Option<Arc<[u8]>>,
    /// The file whose owner, permissions and attributes it gets, links resolved.
    pub(super) like: Option<RelPath>,
}

impl<'s> Locked<'s> {
    /// Checks that the targets of `parts` fit what is on disk and can be changed safely. The note of
    /// a part is kept in the journal for recovery, which hands it back to its caller, and then in the
    /// history.
    ///
    /// [`StoreError::Git`] where git does not end, [`StoreError::Stale`] where a file is not as
    /// expected, [`StoreError::Refused`] where it cannot be changed safely. Nothing is written.
    pub fn plan<'l>(&'l self, parts: Vec<TransactionPart>) -> Result<Planned<'l>, StoreError>
    where
        's: 'l,
    {
        let is_one = parts.len() == 1;
        let mut files = HashSet::new();
        let mut planned = Planned { parts: Vec::new(), basis: Basis(&|| None) };
        for TransactionPart { root, note, targets } in parts {
            let Some(locked) = self.roots.get(root) else {
                let source = io::Error::other("it is not locked");
                return Err(StoreError::Io { action: format!("plan for root {root}"), source });
            };
            let path = locked.store.root();
            if !is_one && path.to_str().is_none() {
                let source = io::Error::other("its path is not UTF-8");
                return Err(StoreError::Io { action: format!("name {}", path.display()), source });
            }
            let part = locked.plan(note, targets);
            let part = part.map_err(|error| if is_one { error } else { in_root(path, error) })?;
            // A root may lie within another.
            for file in &part.files {
                if !files.insert(file.entry.path.below(path)) {
                    let reason = "the same file is changed in two roots".to_string();
                    return Err(StoreError::Refused { path: file.entry.named.clone(), reason });
                }
            }
            planned.parts.push(part);
        }
        Ok(planned)
    }
}

/// The error, with the root: the path alone does not tell which file it is about.
fn in_root(root: &Path, error: StoreError) -> StoreError {
    match error {
        StoreError::Refused { path, reason } => {
            StoreError::Refused { path, reason: format!("{reason} (in {})", root.display()) }
        }
        other => other,
    }
}

impl LockedRoot<'_> {
    fn plan(&self, note: Note, targets: Vec<Target>) -> Result<PlannedPart<'_>, StoreError> {
        git::wait(self.store)?;
        let (files, guards) = self.store.planned(targets)?;
        Ok(PlannedPart { locked: self, note, files, guards })
    }
}

impl Store {
    /// Whether a transaction could change these files now: the errors of [`Locked::plan`], but for
    /// that of git. Nothing is locked, and nothing is made.
    pub fn could_change(&self, targets: Vec<Target>) -> Result<(), StoreError> {
        self.planned(targets).map(drop)
    }

    fn planned(&self, targets: Vec<Target>) -> Result<(Vec<PlannedFile>, Guards), StoreError> {
        let folder = self.layout.folder();
        let own = match vfs::metadata(&*self.vfs, folder).doing("look at", folder)? {
            Some(own) => own,
            // It will be on the mount of the root.
            None => self.vfs.metadata(self.root()).doing("look at", self.root())?,
        };
        let (mut files, mut guards) = (Vec::new(), Vec::new());
        let (mut paths, mut identities, mut names) =
            (HashSet::new(), HashSet::new(), HashSet::new());
        for target in targets {
            let read = stable_read(self, &target.path)?;
            let refuse = |reason: &str| StoreError::Refused {
                path: target.path.clone(),
                reason: reason.to_string(),
            };
            let identity = read.metadata.map(|found| found.identity).filter(|id| id.ino != 0);
            let twice = !paths.insert(read.path.clone());
            if twice || identity.is_some_and(|identity| !identities.insert(identity)) {
                return Err(refuse("the same file is changed twice"));
            }
            // Whether two names that differ in case only mean one file does not show before it is
            // there.
            if identity.is_none() && !names.insert(read.path.as_str().to_lowercase()) {
                return Err(refuse("its name differs from another only in case; rename one"));
            }
            if !target.pre.is(read.content.as_deref()) {
                return Err(StoreError::Stale { path: target.path });
            }
            let before = match target.pre {
                Expect::Absent => None,
                Expect::Content(content) => Some(content),
            };
            let (pre, post) = stamps(before.as_deref(), target.post.as_deref());
            if pre == post {
                guards.push((read.path, pre));
                continue;
            }
            let obstacle = check(self, &read, own.identity.dev);
            let obstacle = obstacle.map_err(|reason| refuse(&reason))?;
            let in_place = obstacle.is_some();
            if let Some(reason) = obstacle {
                let allowed = self.writes_in_place(&read.path);
                if !allowed || pre.is_none() || post.is_none() {
                    return Err(refuse(&reason));
                }
            }
            let like = match (pre, &target.moved_from) {
                (Some(_), _) => Some(read.path.clone()),
                (None, Some(from)) => Some(resolve(self, from)?),
                (None, None) => None,
            };
            let mode = read.metadata.map_or(0, |found| found.mode);
            let entry =
                JournalEntry { path: read.path, named: target.path, pre, post, mode, in_place };
            files.push(PlannedFile { entry, before, after: target.post, like });
        }
        Ok((files, guards))
    }
}

/// The stamps of what a file holds before and after.
fn stamps(
    before: Option<&[u8]>,
    after: Option<&[u8]>,
) -> (Option<ContentStamp>, Option<ContentStamp>) {
    let is_large = before.map_or(0, <[u8]>::len) > LARGE;
    let both = [before, after];
    let stamps = parallel::each(&both, if is_large { 1 } else { 2 }, |content| {
        content.map(ContentStamp::of)
    });
    (stamps.first().copied().flatten(), stamps.get(1).copied().flatten())
}

/// Why the file cannot be exchanged, as a clause; the error is why it cannot be changed at all. `own`
/// is the device of the store's folder.
fn check<T>(store: &Store, read: &Read<T>, own: u64) -> Result<Option<String>, String> {
    let describe = |error: io::Error| error.to_string();
    let mut why = None;
    if let Some(found) = read.metadata {
        if found.links > 1 {
            let links = found.links;
            why = Some(format!("the file has {links} hard links, and one would be separated"));
        }
        if found.mode & 0o200 == 0 && !store.options.force_read_only {
            return Err("the file is read-only; make it writable first".to_string());
        }
    }
    let mut above = read.path.below(store.root());
    while above.pop() {
        match vfs::metadata(&*store.vfs, &above).map_err(describe)? {
            None => {}
            Some(found) if found.kind != FileKind::Folder => {
                return Err(format!("{} is not a folder; move it away first", above.display()));
            }
            Some(found) if found.identity.dev != own => {
                why = Some("the file is on another mount than the workspace".to_string());
                break;
            }
            Some(_) => break,
        }
    }
    if why.is_none() && read.metadata.is_some_and(|found| found.identity.dev != own) {
        why = Some("the file is a mount of its own".to_string());
    }
    let obstacle = store.vfs.obstacle(&read.path.below(store.root()), &store.layout.tx());
    match obstacle.map_err(describe)? {
        Some(Obstacle::Barred(reason)) => return Err(reason.to_string()),
        Some(Obstacle::Mount) if why.is_none() => {
            why = Some("it is on another mount than the workspace, or a mount of its own".into());
        }
        Some(Obstacle::Mount) | None => {}
    }
    Ok(why.map(|why| format!("{why}; add it to `in-place` in lockstep.toml to write it anyway")))
}

/// A file as it was read.
pub(super) struct Read<T> {
    /// Where it is, links resolved.
    pub(super) path: RelPath,
    /// What was made of what it holds; `None` where there is no file.
    pub(super) content: Option<T>,
    metadata: Option<Metadata>,
}

/// Reads a file while nobody writes it: nobody has it open for writing, and it is the same file of
/// the same length before and after.
pub(super) fn stable_read(store: &Store, named: &RelPath) -> Result<Read<Vec<u8>>, StoreError> {
    stable(store, named, &|vfs, file, len| {
        let bytes = vfs.read_all(file)?;
        Ok((bytes.len() as u64 == len).then_some(bytes))
    })
}

/// Whether a file holds this, read as by [`stable_read`]; `None` is no file.
pub(super) fn stable_is(
    store: &Store,
    named: &RelPath,
    expected: Option<&[u8]>,
) -> Result<bool, StoreError> {
    let is_it = |vfs: &dyn Vfs, file: &Handle, len| match expected {
        Some(expected) if expected.len() as u64 == len => vfs::holds(vfs, file, expected).map(Some),
        _ => Ok(Some(false)),
    };
    let content = stable(store, named, &is_it)?.content;
    Ok(content.unwrap_or(expected.is_none()))
}

/// What to make of an open file of a length; `None` where it was written meanwhile.
type Take<'t, T> = dyn Fn(&dyn Vfs, &Handle, u64) -> io::Result<Option<T>> + 't;

/// Has a file read by `take` while nobody writes it.
fn stable<T>(store: &Store, named: &RelPath, take: &Take<'_, T>) -> Result<Read<T>, StoreError> {
    let vfs = &*store.vfs;
    let path = resolve(store, named)?;
    let full = path.below(store.root());
    let pause = Duration::from_millis(10);
    let mut waited = Duration::ZERO;
    loop {
        let refuse = |reason: &str| {
            Err(StoreError::Refused { path: named.clone(), reason: reason.to_string() })
        };
        match read_once(vfs, &full, take).doing("read", &full)? {
            Once::Absent => return Ok(Read { path, content: None, metadata: None }),
            Once::Odd => return refuse("it is not a regular file; move it away first"),
            Once::Read(metadata, content) => {
                return Ok(Read { path, content: Some(content), metadata: Some(metadata) });
            }
            Once::Busy if waited >= store.options.writer_before => {
                return refuse("another program has it open for writing");
            }
            Once::Busy => {}
        }
        vfs.wait(pause);
        waited += pause;
    }
}

/// The file that a path means, links resolved.
fn resolve(store: &Store, named: &RelPath) -> Result<RelPath, StoreError> {
    path::resolve(&*store.vfs, store.root(), named).map_err(|error| match error.kind() {
        io::ErrorKind::InvalidInput => {
            StoreError::Refused { path: named.clone(), reason: error.to_string() }
        }
        _ => StoreError::Io { action: format!("find {named}"), source: error },
    })
}

/// What one look at a file finds.
enum Once<T> {
    Absent,
    Odd,
    /// Somebody is writing it, or has saved it meanwhile.
    Busy,
    Read(Metadata, T),
}

/// Reads a file unless somebody is writing it.
fn read_once<T>(vfs: &dyn Vfs, full: &Path, take: &Take<'_, T>) -> io::Result<Once<T>> {
    let file = match vfs::look(vfs, full) {
        Ok(Some(file)) => file,
        Ok(None) => return Ok(Once::Absent),
        Err(error) if error.kind() == io::ErrorKind::InvalidInput => return Ok(Once::Odd),
        Err(error) => return Err(error),
    };
    let before = vfs.metadata_of(&file)?;
    if before.kind != FileKind::File {
        return Ok(Once::Odd);
    }
    if vfs.lease(&file)? == Lease::Busy {
        return Ok(Once::Busy);
    }
    let content = take(vfs, &file, before.len)?;
    let key = |found: Metadata| -> (Identity, u64) { (found.identity, found.len) };
    let same = vfs::metadata(vfs, full)?.is_some_and(|after| key(after) == key(before));
    Ok(match content.filter(|_| same) {
        Some(content) => Once::Read(before, content),
        None => Once::Busy,
    })
}
