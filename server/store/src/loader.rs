//! Finds and reads the files of a workspace.

pub mod finder;
pub mod looked;

use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ignore::WalkBuilder;

use crate::vfs::real::RealVfs;
use crate::vfs::{Lease, Vfs};
use crate::worktrees;

/// Folders that never hold task files of the workspace itself.
const SKIPPED: [&str; 6] = [".git", ".jj", ".hg", ".lockstep", "node_modules", "target"];

/// Files above this size are not read: nobody keeps tasks in them.
pub const SIZE_LIMIT: u64 = 64 * 1024 * 1024;

/// A file's text as it stands on disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileText {
    /// The text; bytes that are not UTF-8 are replaced.
    pub text: Arc<str>,
    /// Whether the file is UTF-8, so that the text is the file.
    pub exact: bool,
}

/// What can be told of a file without reading it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// A file with something in it, or a folder.
    Present,
    /// A file without content.
    Empty,
    /// Nothing.
    Absent,
}

/// Whether a part of the path, relative to a root, is a folder that never holds task files.
pub fn is_skipped(path: &str) -> bool {
    path.split('/').any(|part| SKIPPED.contains(&part))
}

/// What [`visit`] comes upon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entry {
    /// A folder, before what is in it.
    Folder,
    /// A file.
    File,
    /// A link that leads to a file.
    Link,
}

/// Paths below `root` for which `accept` holds, relative to it with `/` between their parts, in
/// order. Ignored files of a repository are left out, and other worktrees of it; hidden folders are
/// not, for agents keep their work in them. What cannot be read is skipped and logged.
pub fn files(root: &Path, accept: &(dyn Fn(&str) -> bool + Sync)) -> Vec<String> {
    let mut found = Vec::new();
    visit(
        root,
        |_| true,
        |path, entry| {
            if entry != Entry::Folder
                && let Some(path) = relative(root, path)
                && accept(&path)
            {
                found.push(path);
            }
        },
    );
    found.sort();
    found
}

/// Whether [`files`] would come upon the file at `path`, relative to `root`: it is there, and
/// neither it nor a folder above it is ignored.
pub fn finds(root: &Path, path: &str) -> bool {
    let wanted = root.join(path);
    let on_the_way = wanted.clone();
    let mut is_there = false;
    visit(root, move |path| on_the_way.starts_with(path), |path, _| is_there |= path == wanted);
    is_there
}

/// Calls `each` for `root` and for what is below it by the rules of [`files`], as far as `enters`
/// lets it. The content of a folder is read after the call for the folder. The answer is what is
/// there and could not be read, as clauses.
pub fn visit(
    root: &Path,
    enters: impl Fn(&Path) -> bool + Send + Sync + 'static,
    mut each: impl FnMut(&Path, Entry),
) -> Vec<String> {
    let mut unread = Vec::new();
    let unknown = Arc::new(Mutex::new(Vec::new()));
    let not_known = unknown.clone();
    let walk = WalkBuilder::new(root)
        .hidden(false)
        .parents(false)
        .follow_links(false)
        .filter_entry(move |entry| {
            let name = entry.file_name().to_string_lossy();
            let is_folder = entry.file_type().is_some_and(|t| t.is_dir());
            let is_other = || {
                entry.depth() > 0
                    && worktrees::is_linked(entry.path()).unwrap_or_else(|error| {
                        // Whose files they are is not known.
                        lock(&not_known).push(error.to_string());
                        true
                    })
            };
            !(is_folder && (SKIPPED.contains(&name.as_ref()) || is_other())) && enters(entry.path())
        })
        .build();
    for entry in walk {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                // What was removed meanwhile is not there.
                if error.io_error().is_none_or(|e| e.kind() != io::ErrorKind::NotFound) {
                    tracing::warn!(%error, "a folder cannot be read");
                    unread.push(error.to_string());
                }
                continue;
            }
        };
        let path = entry.path();
        match entry.file_type() {
            Some(kind) if kind.is_dir() => each(path, Entry::Folder),
            Some(kind) if kind.is_file() => each(path, Entry::File),
            Some(kind) if kind.is_symlink() && path.is_file() => each(path, Entry::Link),
            _ => {}
        }
    }
    unread.append(&mut lock(&unknown));
    unread
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// `path` relative to `root`, with `/` between its parts; `None` outside of it, or where a part is
/// not UTF-8.
pub fn relative(root: &Path, path: &Path) -> Option<String> {
    let inside = path.strip_prefix(root).ok()?;
    let mut parts = Vec::new();
    for part in inside.components() {
        match part {
            std::path::Component::Normal(part) => parts.push(part.to_str()?),
            _ => return None,
        }
    }
    (!parts.is_empty()).then(|| parts.join("/"))
}

/// Whether there may be text in a file that was not read for this reason. Otherwise it is not there,
/// or nobody keeps tasks in it.
pub fn may_hold_text(error: &io::Error) -> bool {
    use io::ErrorKind::{FileTooLarge, InvalidData, InvalidInput, NotFound};
    ![FileTooLarge, InvalidData, InvalidInput, NotFound].contains(&error.kind())
}

/// What a file is without a look at its text. Whoever writes to it makes it another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct State {
    file: (u64, u64),
    len: u64,
    written: (i64, i64),
    changed: (i64, i64),
}

impl State {
    /// The state of the file at `path`; `None` where there is none, or where the system does not say
    /// enough.
    pub fn of(path: &Path) -> Option<State> {
        State::told(&std::fs::metadata(path).ok()?)
    }

    #[cfg(unix)]
    fn told(meta: &std::fs::Metadata) -> Option<State> {
        use std::os::unix::fs::MetadataExt;
        Some(State {
            file: (meta.dev(), meta.ino()),
            len: meta.len(),
            written: (meta.mtime(), meta.mtime_nsec()),
            changed: (meta.ctime(), meta.ctime_nsec()),
        })
    }

    #[cfg(not(unix))]
    fn told(_: &std::fs::Metadata) -> Option<State> {
        None
    }

    /// Whether whatever is written from `now` on, in seconds since 1970, makes this another state.
    /// The clocks of file systems tick up to two seconds apart, and a second write within one tick
    /// would not show.
    fn is_settled(&self, now: i64) -> bool {
        self.changed.0 + 3 < now
    }
}

/// Whether the file at `path` may be written to without showing in its [`State`]: somebody has
/// written to it, or named it, just before.
pub fn is_young(path: &Path) -> bool {
    State::of(path).is_some_and(|state| !state.is_settled(looked::now()))
}

/// Whether some program has the file at `path` open for writing, as far as the system tells.
pub fn is_being_written(path: &Path) -> bool {
    let asked = path.canonicalize().and_then(|path| RealVfs.lease(&RealVfs.look(&path)?));
    matches!(asked, Ok(Lease::Busy))
}

/// Reads a file of text. An error carries its path; a file with a zero byte is no text.
pub fn read(path: &Path) -> io::Result<FileText> {
    read_with_state(path).map(|(file, _)| file)
}

/// As [`read`], with the state of the file where that tells of every write after the reading.
pub fn read_with_state(path: &Path) -> io::Result<(FileText, Option<State>)> {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let now = now.map_or(0, |past| past.as_secs().cast_signed());
    let with_path =
        |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", path.display()));
    let meta = std::fs::metadata(path).map_err(with_path)?;
    let refusal = |kind: io::ErrorKind, reason: String| {
        Err(io::Error::new(kind, format!("{}: {reason}", path.display())))
    };
    if !meta.is_file() {
        // A pipe would be waited for.
        return refusal(io::ErrorKind::InvalidInput, "this is no file".to_owned());
    }
    if meta.len() > SIZE_LIMIT {
        let reason = format!("the file has {} bytes, more than are read", meta.len());
        return refusal(io::ErrorKind::FileTooLarge, reason);
    }
    let bytes = std::fs::read(path).map_err(with_path)?;
    if bytes.contains(&0) {
        return refusal(io::ErrorKind::InvalidData, "this is no text".to_owned());
    }
    let file = match String::from_utf8(bytes) {
        Ok(text) => FileText { text: Arc::from(text), exact: true },
        Err(error) => {
            let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
            FileText { text: Arc::from(text), exact: false }
        }
    };
    // Told before the reading: a write in between shows in it.
    Ok((file, State::told(&meta).filter(|state| state.is_settled(now))))
}

/// Whether there is something at `path`.
pub fn presence(path: &Path) -> Presence {
    match std::fs::metadata(path) {
        Ok(meta) if meta.is_file() && meta.len() == 0 => Presence::Empty,
        Ok(_) => Presence::Present,
        Err(_) => Presence::Absent,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_text_or_no_file_is_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("TODO.md");
        std::fs::write(&path, b"# TODO\n\0\x01").expect("it can be written");
        let refused = |path: &Path| read(path).expect_err("it is refused").kind();
        assert_eq!(refused(&path), io::ErrorKind::InvalidData);
        assert_eq!(refused(folder.path()), io::ErrorKind::InvalidInput);
        std::fs::write(&path, b"caf\xe9").expect("it can be written");
        assert!(!read(&path).expect("Latin-1 is text of a kind").exact);
    }

    #[test]
    fn every_write_makes_another_state() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("TODO.md");
        std::fs::write(&path, "- [ ] a\n").expect("it can be written");
        let written = std::fs::metadata(&path).and_then(|meta| meta.modified()).expect("a time");
        let before = State::of(&path).expect("a state");
        assert_eq!(State::of(&path), Some(before));
        let (second, _) = before.changed;
        assert!(!before.is_settled(second) && !before.is_settled(second + 2));
        assert!(before.is_settled(second + 4));
        let (_, settled) = read_with_state(&path).expect("it is read");
        assert_eq!(settled, None, "it was written just now");
        let other = folder.path().join("other");
        std::fs::write(&other, "- [x] a\n").expect("it can be written");
        let file = std::fs::File::options().write(true).open(&other).expect("the file");
        file.set_modified(written).expect("a time");
        std::fs::rename(&other, &path).expect("renamed");
        assert_ne!(State::of(&path), Some(before), "as long, and said to be as old");
    }

    #[test]
    fn a_file_is_found_where_neither_it_nor_a_folder_above_is_ignored() {
        let folder = tempfile::tempdir().expect("a folder");
        let root = folder.path();
        for path in [".git/HEAD", "a/b.md", "build/c.md", "node_modules/d.md", ".agents/e.md"] {
            std::fs::create_dir_all(root.join(path).parent().expect("a folder")).expect("made");
            std::fs::write(root.join(path), "x").expect("it can be written");
        }
        std::fs::write(root.join(".gitignore"), "/build/\n").expect("it can be written");
        assert_eq!(files(root, &|path| path.ends_with(".md")), [".agents/e.md", "a/b.md"]);
        for (path, found) in [("a/b.md", true), ("build/c.md", false), ("node_modules/d.md", false)]
        {
            assert_eq!(finds(root, path), found, "{path}");
        }
    }
}
