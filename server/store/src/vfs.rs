//! Floor 0: the file operations that the store is made of, so that a test can count them, fail
//! them, stop between two of them, and cut the power. Nothing in the store changes a file except
//! through here; finding and watching files ([`crate::loader`], [`crate::watcher`]) does not go
//! through here.

use std::fmt;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

#[cfg(target_os = "linux")]
mod lease;
pub mod limit;
#[cfg(target_os = "linux")]
mod obstacle;
pub mod real;
#[cfg(test)]
pub(crate) mod testing;

/// What stands at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// A regular file.
    File,
    /// A folder.
    Folder,
    /// A symbolic link.
    Link,
    /// Anything else: a device, a socket, a pipe.
    Other,
}

/// Which file a name means: names with equal identities mean the same file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Identity {
    /// The device, 0 where the system has none.
    pub dev: u64,
    /// The inode, 0 where the system has none.
    pub ino: u64,
}

/// What is known of a file without reading it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Metadata {
    /// What it is.
    pub kind: FileKind,
    /// Which file it is.
    pub identity: Identity,
    /// How many names it has.
    pub links: u64,
    /// Permission bits, without the file type.
    pub mode: u32,
    /// The owner's user id.
    pub uid: u32,
    /// The owner's group id.
    pub gid: u32,
    /// Length in bytes.
    pub len: u64,
    /// When it was made, in nanoseconds since 1970; 0 where the system does not tell.
    pub born: u64,
}

/// Whether somebody has a file open for writing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lease {
    /// Nobody has.
    Free,
    /// Somebody has.
    Busy,
    /// The file system, or this user's rights, do not allow to ask.
    Unknown,
}

/// What keeps a file from being exchanged with another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Obstacle {
    /// It is on another mount, or one of its own. It can still be written to.
    Mount,
    /// It cannot be changed at all, for this reason, as a clause.
    Barred(&'static str),
}

/// A file that was opened through a [`Vfs`].
#[derive(Debug)]
pub struct Handle {
    /// The path it was opened by, for messages.
    pub path: PathBuf,
    pub(crate) file: Option<File>,
    #[cfg(test)]
    pub(crate) node: u64,
}

/// A lock that is held until it is dropped.
#[derive(Debug)]
pub struct Lock {
    /// The file that is locked, which need not be the one that bears its name any more.
    pub identity: Identity,
    pub(crate) _file: Option<File>,
}

/// A mounted file system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mount {
    /// Its kind, as `ext4`; a hexadecimal number where the kind has no name here.
    pub kind: String,
    /// Whether it is served over a network, so that locks are only as good as the server.
    pub remote: bool,
    /// Bytes that this user may still write.
    pub free: u64,
}

/// File operations. Paths are absolute. No operation follows a symbolic link in the last part of a
/// path, except [`Vfs::try_lock`], which refuses it. Every error is the system's own.
pub trait Vfs: fmt::Debug + Send + Sync {
    /// Creates a file that is not there yet, to be written.
    fn create(&self, path: &Path) -> io::Result<Handle>;
    /// Opens a file that is there, to be written.
    fn open(&self, path: &Path) -> io::Result<Handle>;
    /// Writes at a byte offset; returns how many bytes were taken, which may be fewer.
    fn write_at(&self, file: &Handle, offset: u64, bytes: &[u8]) -> io::Result<usize>;
    /// Cuts or extends a file to a length in bytes.
    fn truncate(&self, file: &Handle, len: u64) -> io::Result<()>;
    /// Makes the content of a file survive a power cut.
    fn sync(&self, file: &Handle) -> io::Result<()>;
    /// Makes the names in a folder survive a power cut.
    fn sync_dir(&self, path: &Path) -> io::Result<()>;
    /// Gives a file the owner, permissions and extended attributes of the one at `from`.
    fn copy_attributes(&self, from: &Path, to: &Handle) -> io::Result<()>;
    /// Renames a file, replacing what is at `to`.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;
    /// Renames a file in one step; [`io::ErrorKind::AlreadyExists`] where there is anything at `to`,
    /// [`io::ErrorKind::Unsupported`] where that cannot be done.
    fn rename_new(&self, from: &Path, to: &Path) -> io::Result<()>;
    /// Gives a file a second name; [`io::ErrorKind::AlreadyExists`] where there is anything at `to`.
    fn link(&self, from: &Path, to: &Path) -> io::Result<()>;
    /// Exchanges two files in one step; [`io::ErrorKind::Unsupported`] where that cannot be done.
    /// The order matters to those who watch: `target` is seen to leave and to come back.
    fn exchange(&self, target: &Path, slot: &Path) -> io::Result<()>;
    /// Removes a file or a symbolic link.
    fn remove(&self, path: &Path) -> io::Result<()>;
    /// Creates a folder.
    fn create_dir(&self, path: &Path) -> io::Result<()>;
    /// Removes an empty folder.
    fn remove_dir(&self, path: &Path) -> io::Result<()>;
    /// Opens what stands at a path, to be looked at and read. A link, and whatever else cannot be
    /// opened like a file, is [`io::ErrorKind::InvalidInput`].
    fn look(&self, path: &Path) -> io::Result<Handle>;
    /// What was opened, wherever its name has gone since.
    fn metadata_of(&self, file: &Handle) -> io::Result<Metadata>;
    /// The whole content of a regular file. Anything else is [`io::ErrorKind::InvalidInput`]: it is
    /// not read, for a pipe would not end.
    fn read_all(&self, file: &Handle) -> io::Result<Vec<u8>>;
    /// As [`Vfs::read_all`], of what stands at a path.
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        self.read_all(&self.look(path)?)
    }
    /// The bytes of a regular file from a byte offset on, `len` of them; fewer where it ends before.
    fn read_at(&self, file: &Handle, offset: u64, len: usize) -> io::Result<Vec<u8>>;
    /// What stands at a path.
    fn metadata(&self, path: &Path) -> io::Result<Metadata>;
    /// Where a symbolic link points.
    fn read_link(&self, path: &Path) -> io::Result<PathBuf>;
    /// The names in a folder, in order; those that are not UTF-8 are left out.
    fn list(&self, path: &Path) -> io::Result<Vec<String>>;
    /// Whether somebody has a file open for writing.
    fn lease(&self, file: &Handle) -> io::Result<Lease>;
    /// Why the file at a path, there or not, cannot be exchanged with one in the folder `slots`, as far
    /// as that can be told beforehand; a clause.
    fn obstacle(&self, path: &Path, slots: &Path) -> io::Result<Option<Obstacle>>;
    /// Locks a file, which is created where it is missing; `None` where somebody else holds it.
    fn try_lock(&self, path: &Path) -> io::Result<Option<Lock>>;
    /// The mount that a path is on.
    fn mount(&self, path: &Path) -> io::Result<Mount>;
    /// The user that files are created as; 0 where the system has none.
    fn user(&self) -> u32;
    /// Seconds since 1970.
    fn now(&self) -> u64;
    /// Lets time pass.
    fn wait(&self, time: Duration);
}

/// Writes all of `bytes` from `offset` on.
pub(crate) fn write_all(vfs: &dyn Vfs, file: &Handle, offset: u64, bytes: &[u8]) -> io::Result<()> {
    let mut done = 0;
    while done < bytes.len() {
        let rest = bytes.get(done..).unwrap_or_default();
        let taken = match vfs.write_at(file, offset + done as u64, rest) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(taken) => taken,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => 0,
            Err(error) => return Err(error),
        };
        done += taken;
    }
    Ok(())
}

/// How much of a file is compared at once, in bytes.
const PIECE: usize = 256 * 1024;

/// Whether a regular file holds `expected` and nothing else. It is read in pieces, for which no memory
/// of its size is needed.
pub(crate) fn holds(vfs: &dyn Vfs, file: &Handle, expected: &[u8]) -> io::Result<bool> {
    let mut rest = expected;
    loop {
        let found = vfs.read_at(file, (expected.len() - rest.len()) as u64, PIECE)?;
        if found.len() < PIECE {
            return Ok(found == rest);
        }
        match rest.strip_prefix(&*found) {
            Some(after) => rest = after,
            None => return Ok(false),
        }
    }
}

/// What stands at `path`, `None` where nothing does.
pub(crate) fn metadata(vfs: &dyn Vfs, path: &Path) -> io::Result<Option<Metadata>> {
    absent_as_none(vfs.metadata(path))
}

/// What stands at `path`, opened as by [`Vfs::look`]; `None` where nothing does.
pub(crate) fn look(vfs: &dyn Vfs, path: &Path) -> io::Result<Option<Handle>> {
    absent_as_none(vfs.look(path))
}

/// The content of the regular file at `path`, as by [`Vfs::read`]; `None` where nothing stands there.
pub(crate) fn read(vfs: &dyn Vfs, path: &Path) -> io::Result<Option<Vec<u8>>> {
    absent_as_none(vfs.read(path))
}

/// The error of whatever would read something that is no regular file.
fn not_a_file() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, "not a regular file")
}

/// The names in a folder, none where there is no folder.
pub(crate) fn list(vfs: &dyn Vfs, path: &Path) -> io::Result<Vec<String>> {
    Ok(absent_as_none(vfs.list(path))?.unwrap_or_default())
}

fn absent_as_none<T>(found: io::Result<T>) -> io::Result<Option<T>> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::real::RealVfs;
    use super::*;

    #[test]
    fn a_file_is_compared_to_its_last_byte_whatever_its_length() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.md");
        for length in [0, 1, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE, 2 * PIECE + 7] {
            let bytes = vec![b'x'; length];
            std::fs::write(&path, &bytes).expect("it can be written");
            let file = RealVfs.look(&path).expect("a file");
            let holds = |expected: &[u8]| holds(&RealVfs, &file, expected).expect("it is read");
            assert!(holds(&bytes), "{length}");
            assert!(!holds(&[&bytes[..], b"x"].concat()), "{length}: shorter");
            if let Some((last, before)) = bytes.split_last() {
                assert!(!holds(before), "{length}: longer");
                assert!(!holds(&[before, &[last + 1][..]].concat()), "{length}: other");
            }
        }
    }
}
