//! Floor 4: what stands below `.lockstep` and is not the store's own. A repository can bring
//! anything under that name: links that lead elsewhere, pipes, journals that say what to install.
//!
//! The folder is told by its *mark*, a file that names the folder's inode and the moment at which it
//! was made. A clone, a copy or a backup carries the mark, but not what it names. Everything in the
//! folder is told by its name, its kind and its owner, without following a link.

use std::io;
use std::path::{Path, PathBuf};

use crate::error::{Doing, StoreError, Strange};
use crate::id::TxId;
use crate::layout::Layout;
use crate::stamp::ContentStamp;
use crate::store::Store;
use crate::vfs::{self, FileKind, Metadata, Vfs};

/// What is wrong with a file by its name.
const NAME: &str = "has a name that Lockstep does not use";

/// A mark that is longer is none, in bytes.
const MARK_LIMIT: u64 = 256;

/// What the store's folder is.
enum EntryStanding {
    /// Not there.
    Absent,
    /// The store's own.
    Own,
    /// Without a mark, and without anything that could be believed.
    Blank,
    Strange(Strange),
}

impl Store {
    /// Whether the store has a folder of its own. [`StoreError::Strange`] where there is one that it
    /// did not make, which is not used.
    pub fn is_kept(&self) -> Result<bool, StoreError> {
        match standing(self)? {
            EntryStanding::Own => Ok(true),
            EntryStanding::Absent | EntryStanding::Blank => Ok(false),
            EntryStanding::Strange(strange) => Err(StoreError::Strange(strange)),
        }
    }

    /// Takes the store's folder for its own although it was copied or restored from elsewhere. What is
    /// in it is looked at as ever.
    pub fn adopt(&self) -> Result<(), StoreError> {
        let (vfs, layout) = (&*self.vfs, &self.layout);
        if entry(vfs, layout.folder(), FileKind::Folder)?.is_some() {
            entry(vfs, &layout.mark(), FileKind::File)?;
            mark(self).doing("mark", layout.folder())?;
        }
        Ok(())
    }
}

/// What stands at `path`, which must be of this kind and belong to this user; `None` where nothing
/// does. [`StoreError::Strange`] where something else does.
pub(crate) fn entry(
    vfs: &dyn Vfs,
    path: &Path,
    kind: FileKind,
) -> Result<Option<Metadata>, StoreError> {
    let Some(found) = vfs::metadata(vfs, path).doing("look at", path)? else { return Ok(None) };
    match fault(vfs, found, kind) {
        None => Ok(Some(found)),
        Some(reason) => Err(strange(path, reason)),
    }
}

fn strange(path: &Path, reason: &'static str) -> StoreError {
    StoreError::Strange(Strange { path: path.to_path_buf(), reason, is_whole: false })
}

fn fault(vfs: &dyn Vfs, found: Metadata, kind: FileKind) -> Option<&'static str> {
    match (found.kind, kind) {
        (found, kind) if found == kind => {}
        (FileKind::Link, _) => return Some("is a symbolic link"),
        (_, FileKind::Folder) => return Some("is not a folder"),
        _ => return Some("is not a regular file"),
    }
    (!belongs(vfs, found)).then_some("belongs to another user")
}

/// Whether a file belongs to this user. Root may go on with what anybody left.
pub(crate) fn belongs(vfs: &dyn Vfs, found: Metadata) -> bool {
    found.uid == vfs.user() || vfs.user() == 0
}

/// The transaction that a file of `tx` belongs to, by its name.
pub(crate) fn transaction_of(name: &str) -> Option<TxId> {
    TxId::parse(name.split('.').next()?)
}

/// What a retained slot held when it came there, and its name before.
/// [`StoreError::Strange`] where it has no such name.
pub(crate) fn retained(path: &Path) -> Result<(ContentStamp, &str), StoreError> {
    let name = path.file_name().and_then(|name| name.to_str());
    let parts = name.and_then(retained_name);
    parts.ok_or_else(|| strange(path, NAME))
}

fn retained_name(name: &str) -> Option<(ContentStamp, &str)> {
    let (stamp, name) = name.split_once('.')?;
    transaction_of(name)?;
    Some((ContentStamp::parse(stamp)?, name))
}

/// Tells why something was left as it is, which breaks no promise.
pub(crate) fn tell(error: &StoreError, what: &str) {
    match error {
        StoreError::Strange(_) => tracing::warn!("{error}"),
        _ => tracing::debug!(%error, "{what}"),
    }
}

/// The path of a file that is not there yet where conflicts are kept, like `name`.
pub(crate) fn free_conflict(store: &Store, name: &str) -> io::Result<PathBuf> {
    let mut free = store.layout.conflicts().join(name);
    let mut number = 0_u32;
    while vfs::metadata(&*store.vfs, &free)?.is_some() {
        free = store.layout.conflicts().join(format!("{name}.{number}"));
        number += 1;
    }
    Ok(free)
}

/// Creates of the store's folder what is missing. The `.gitignore` comes last, after the others are
/// flushed where `durable`: while it stands, their names survive a power cut. Nothing is put into
/// `tx` before the mark is complete.
pub(crate) fn create(store: &Store) -> Result<(), StoreError> {
    let (vfs, layout) = (&*store.vfs, &store.layout);
    let marked = store.is_kept()?;
    let folders =
        [layout.folder().to_path_buf(), layout.tx(), layout.retained(), layout.conflicts()];
    let mut missing = Vec::new();
    for folder in &folders {
        if entry(vfs, folder, FileKind::Folder)?.is_none() {
            missing.push(folder);
        }
    }
    entry(vfs, &layout.lock(), FileKind::File)?;
    let (log, ignore) = (layout.log(), layout.ignore());
    let has_log = entry(vfs, &log, FileKind::File)?.is_some();
    let is_flushed = entry(vfs, &ignore, FileKind::File)?.is_some();
    if marked && missing.is_empty() && has_log && is_flushed {
        return Ok(());
    }
    let create = || {
        tolerate(vfs.remove(&ignore), io::ErrorKind::NotFound)?;
        for folder in missing {
            tolerate(vfs.create_dir(folder), io::ErrorKind::AlreadyExists)?;
        }
        if !marked {
            mark(store)?;
        }
        tolerate(vfs.create(&log).map(drop), io::ErrorKind::AlreadyExists)?;
        if store.durable() {
            vfs.sync_dir(layout.folder())?;
            vfs.sync_dir(store.root())?;
        }
        match vfs.create(&ignore) {
            Ok(file) => vfs::write_all(vfs, &file, 0, b"*\n"),
            Err(error) => tolerate(Err(error), io::ErrorKind::AlreadyExists),
        }
    };
    create().doing("create", layout.folder())
}

fn standing(store: &Store) -> Result<EntryStanding, StoreError> {
    let (vfs, folder) = (&*store.vfs, store.layout.folder());
    let strange = |reason| {
        let path = folder.to_path_buf();
        Ok(EntryStanding::Strange(Strange { path, reason, is_whole: true }))
    };
    let Some(found) = vfs::metadata(vfs, folder).doing("look at", folder)? else {
        return Ok(EntryStanding::Absent);
    };
    if let Some(reason) = fault(vfs, found, FileKind::Folder) {
        return strange(reason);
    }
    if is_marked(vfs, &store.layout, found)? {
        return Ok(EntryStanding::Own);
    }
    if is_blank(vfs, &store.layout)? {
        return Ok(EntryStanding::Blank);
    }
    // Whoever creates the folder marks it before they put anything into it.
    match is_marked(vfs, &store.layout, found)? {
        true => Ok(EntryStanding::Own),
        false => strange("was not created here by Lockstep: it came with a repository or a copy"),
    }
}

fn is_marked(vfs: &dyn Vfs, layout: &Layout, folder: Metadata) -> Result<bool, StoreError> {
    let path = layout.mark();
    let found = vfs::metadata(vfs, &path).doing("look at", &path)?;
    if !found.is_some_and(|found| found.kind == FileKind::File && found.len <= MARK_LIMIT) {
        return Ok(false);
    }
    let text = vfs::read(vfs, &path).doing("read", &path)?.unwrap_or_default();
    let (inode, born) = (folder.identity.ino, folder.born);
    // Some systems do not tell when a folder was made, or begin to after an update.
    Ok(parse_mark(&text)
        .is_some_and(|mark| mark.0 == inode && (mark.1 == born || mark.1 == 0 || born == 0)))
}

fn parse_mark(text: &[u8]) -> Option<(u64, u64)> {
    let mut lines = std::str::from_utf8(text).ok()?.split_terminator('\n');
    let inode = lines.next()?.strip_prefix("inode ")?.parse().ok()?;
    let born = lines.next()?.strip_prefix("born ")?.parse().ok()?;
    (lines.next().is_none() && text.ends_with(b"\n")).then_some((inode, born))
}

/// Marks the folder. Others who do so at the same time write the same.
fn mark(store: &Store) -> io::Result<()> {
    let (vfs, path) = (&*store.vfs, store.layout.mark());
    let folder = vfs.metadata(store.layout.folder())?;
    let text = format!("inode {}\nborn {}\n", folder.identity.ino, folder.born);
    let file = match vfs.create(&path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => vfs.open(&path)?,
        created => created?,
    };
    vfs::write_all(vfs, &file, 0, text.as_bytes())?;
    vfs.truncate(&file, text.len() as u64)?;
    if store.durable() { vfs.sync(&file) } else { Ok(()) }
}

/// Whether nothing is in the folder that could be believed.
fn is_blank(vfs: &dyn Vfs, layout: &Layout) -> Result<bool, StoreError> {
    for name in names(vfs, layout.folder())? {
        let path = layout.folder().join(&name);
        let Some(kind) = layout.kind_of(&name) else { return Ok(false) };
        let found = match entry(vfs, &path, kind) {
            Ok(Some(found)) => found,
            Ok(None) => continue,
            Err(StoreError::Strange(_)) => return Ok(false),
            Err(error) => return Err(error),
        };
        let is_empty = match kind {
            FileKind::Folder => names(vfs, &path)?.is_empty(),
            _ => ![layout.log(), layout.register()].contains(&path) || found.len == 0,
        };
        if !is_empty {
            return Ok(false);
        }
    }
    Ok(true)
}

fn names(vfs: &dyn Vfs, folder: &Path) -> Result<Vec<String>, StoreError> {
    vfs::list(vfs, folder).doing("list", folder)
}

/// Everything in the store's folder that is not its own, or the folder itself.
pub(crate) fn all_strange(store: &Store) -> Result<Vec<Strange>, StoreError> {
    let (vfs, layout) = (&*store.vfs, &store.layout);
    match standing(store)? {
        EntryStanding::Strange(strange) => return Ok(vec![strange]),
        EntryStanding::Absent | EntryStanding::Blank => return Ok(Vec::new()),
        EntryStanding::Own => {}
    }
    let mut found = OwnEntry { vfs, strange: Vec::new() };
    found.look(layout.folder(), |name| layout.kind_of(name))?;
    let file = |is_own: bool| is_own.then_some(FileKind::File);
    if found.is_own(&layout.tx()) {
        found.look(&layout.tx(), |name| file(transaction_of(name).is_some()))?;
    }
    if found.is_own(&layout.conflicts()) {
        found.look(&layout.conflicts(), |_| Some(FileKind::File))?;
    }
    let retained = layout.retained();
    if found.is_own(&retained) {
        found.look(&retained, |name| name.parse::<u64>().ok().map(|_| FileKind::Folder))?;
        for name in names(vfs, &retained)? {
            let minute = retained.join(name);
            if found.is_own(&minute) {
                found.look(&minute, |name| file(retained_name(name).is_some()))?;
            }
        }
    }
    Ok(found.strange)
}

struct OwnEntry<'v> {
    vfs: &'v dyn Vfs,
    strange: Vec<Strange>,
}

impl OwnEntry<'_> {
    fn is_own(&self, path: &Path) -> bool {
        self.strange.iter().all(|strange| strange.path != path)
    }

    /// Looks at what is in a folder, where `kind` tells what has that name.
    fn look(
        &mut self,
        folder: &Path,
        kind: impl Fn(&str) -> Option<FileKind>,
    ) -> Result<(), StoreError> {
        for name in names(self.vfs, folder)? {
            let path = folder.join(&name);
            let found = match kind(&name) {
                Some(kind) => entry(self.vfs, &path, kind).map(drop),
                None => Err(strange(&path, NAME)),
            };
            match found {
                Ok(()) => {}
                Err(StoreError::Strange(strange)) => self.strange.push(strange),
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

fn tolerate(answer: io::Result<()>, kind: io::ErrorKind) -> io::Result<()> {
    match answer {
        Err(error) if error.kind() == kind => Ok(()),
        answer => answer,
    }
}
