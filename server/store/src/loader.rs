//! Floor 2: finds and reads the files of a workspace.

pub mod finder;
mod ignoring;
mod tracked;
mod walk;
mod witness;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use walk::UnreadPath;
use walk::Walked;

use walk::{States, WalkStep};

use crate::bounded;
use crate::seen::{self, LastSeen};
use crate::vfs::real::RealVfs;
use crate::vfs::{Lease, Vfs};
use crate::worktrees;

/// Folders that never hold task files of the workspace itself.
const SKIPPED: [&str; 6] = [".git", ".jj", ".hg", ".lockstep", "node_modules", "target"];

/// Folders in which tools for plans and tasks keep their work. Many people have git ignore them, or some of
/// what git holds of them, and work in them all the same: only `.ignore` leaves them out.
pub const SOUGHT: [&str; 11] = [
    ".backlog",
    ".compozy",
    ".kiro",
    ".planning",
    ".specify",
    ".taskmaster",
    "_bmad-output",
    "backlog",
    "conductor",
    "openspec",
    "specs",
];

/// Files above this size are not read, in bytes.
pub const SIZE_LIMIT: u64 = 64 * 1024 * 1024;

/// A file's text as it stands on disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileText {
    /// The text; bytes that are not UTF-8 are replaced.
    pub text: Arc<str>,
    /// Where in the text the first of those stands; `None` where the text is the file.
    pub replaced: Option<usize>,
}

impl FileText {
    /// Whether the file is UTF-8, so that the text is the file.
    pub fn is_exact(&self) -> bool {
        self.replaced.is_none()
    }
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
    /// A link that leads to no folder, and perhaps nowhere.
    Link,
    /// What is no file, as a pipe.
    Special,
}

/// Paths of files and links below `root` for which `accept` holds, relative to it with `/` between
/// their parts, in order, as far as [`visit`] comes upon them.
pub fn files(root: &Path, accept: &(dyn Fn(&str) -> bool + Sync)) -> Vec<String> {
    let mut found = Vec::new();
    let walked = visit(
        root,
        |_| true,
        |path, entry| {
            if matches!(entry, Entry::File | Entry::Link)
                && let Some(path) = relative(root, path)
                && accept(&path)
            {
                found.push(path);
            }
        },
    );
    if walked.gave_up {
        found.clear();
    }
    found.sort();
    found
}

/// What [`visit`] comes upon at `path`, relative to `root`; `None` where that is nothing, or left out,
/// or in a folder that is.
pub fn finds(root: &Path, path: &str) -> Option<Entry> {
    let wanted = root.join(path);
    let mut found = None;
    visit(
        root,
        |path| wanted.starts_with(path),
        |path, entry| {
            if path == wanted {
                found = Some(entry);
            }
        },
    );
    found
}

/// Calls `each` for `root` and for what is below it, as far as `enters` lets it. Ignored files of a
/// repository are left out, but for what git holds all the same and for folders that are [`SOUGHT`], and
/// other worktrees of it; hidden folders are not, for agents keep their work in them. No link to a folder
/// is followed. The content of a folder is read after the call for the folder.
pub(crate) fn visit(
    root: &Path,
    enters: impl Fn(&Path) -> bool,
    mut each: impl FnMut(&Path, Entry),
) -> Walked {
    walk::walk(root, States::Unasked, enters, |path, step| match step {
        WalkStep::Entry(entry) => each(path, entry),
        WalkStep::Names(..) | WalkStep::Holding(_) => {}
    })
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

/// Whether some program has the file at `path` open for writing, as far as the system tells.
pub fn is_being_written(path: &Path) -> bool {
    let asked = path.canonicalize().and_then(|path| RealVfs.lease(&RealVfs.look(&path)?));
    matches!(asked, Ok(Lease::Busy))
}

/// Whether the file at `path` is as git wrote or read it when it last took note of it: nobody has written
/// to it since, however young it is.
pub fn is_as_git_noted(path: &Path) -> bool {
    let noted = || {
        let top = worktrees::top_of(path.parent()?).ok()??;
        let index = worktrees::index_file(top).ok()??;
        let meta = std::fs::symlink_metadata(path).ok()?;
        Some(tracked::is_as_noted(&index, &relative(top, path)?, &meta))
    };
    noted().unwrap_or(false)
}

/// Reads the file of text at `path`, relative to `root`. A link is followed as far
/// as it stays below the root. The error is a clause that says what to do, without the path; its kind
/// is [`io::ErrorKind::NotFound`] only where nothing is there.
pub fn read(root: &Path, path: &str) -> io::Result<FileText> {
    read_with_state(root, path).map(|(file, ..)| file)
}

/// As [`read`], with what the file was before the reading, and whether it has no other name: only of
/// such a file does its folder tell all that is done to it.
pub fn read_with_state(root: &Path, path: &str) -> io::Result<(FileText, LastSeen, bool)> {
    let now = seen::now();
    let full = root.join(path);
    let read = match bounded::read(&full, SIZE_LIMIT) {
        Err(_) if full.is_symlink() => bounded::read(&target(root, &full)?, SIZE_LIMIT),
        read => read,
    };
    let (bytes, meta) = read?;
    // Told before the reading: a write in between shows in it.
    Ok((decoded(bytes)?, LastSeen::told(&meta, now), has_one_name(&meta)))
}

#[cfg(unix)]
fn has_one_name(meta: &std::fs::Metadata) -> bool {
    std::os::unix::fs::MetadataExt::nlink(meta) == 1
}

#[cfg(not(unix))]
fn has_one_name(_: &std::fs::Metadata) -> bool {
    false
}

/// As [`read`], of a file that somebody has opened, wherever links lead.
pub fn read_opened(path: &Path) -> io::Result<FileText> {
    decoded(bounded::read_through_links(path, SIZE_LIMIT)?)
}

/// Where a link leads, which is below the root.
pub fn target(root: &Path, link: &Path) -> io::Result<PathBuf> {
    let refusal = |reason: String| Err(io::Error::new(io::ErrorKind::InvalidInput, reason));
    match link.canonicalize() {
        Ok(target) if target.starts_with(root.canonicalize()?) => Ok(target),
        Ok(_) => refusal(
            "this link leads out of the workspace, where no file is read; move the file into it"
                .to_owned(),
        ),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            refusal("this link leads to nothing; correct or remove it".to_owned())
        }
        Err(error) => {
            refusal(format!("this link cannot be followed: {error}; correct or remove it"))
        }
    }
}

fn decoded(bytes: Vec<u8>) -> io::Result<FileText> {
    let is_utf16 = bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]);
    if is_utf16 || memchr::memchr(0, &bytes).is_some() {
        let what = if is_utf16 { "this file is UTF-16" } else { "this file holds NUL characters" };
        let reason = format!("{what}, and only UTF-8 is read; save it as UTF-8");
        return Err(io::Error::new(io::ErrorKind::InvalidData, reason));
    }
    Ok(match String::from_utf8(bytes) {
        Ok(text) => FileText { text: Arc::from(text), replaced: None },
        Err(error) => {
            let replaced = Some(error.utf8_error().valid_up_to());
            let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
            FileText { text: Arc::from(text), replaced }
        }
    })
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
        let write = |bytes: &[u8]| {
            std::fs::write(folder.path().join("TODO.md"), bytes).expect("it can be written");
            read(folder.path(), "TODO.md")
        };
        for bytes in [&b"# TODO\n\0\x01"[..], b"\xff\xfe#\0", b"\xfe\xff\0#"] {
            let refused = write(bytes).expect_err("it is refused");
            assert_eq!(refused.kind(), io::ErrorKind::InvalidData, "{refused}");
        }
        let refused = read(folder.path(), "").expect_err("it is refused");
        assert_eq!(refused.kind(), io::ErrorKind::InvalidInput);
        let latin = write(b"caf\xe9").expect("Latin-1 is text of a kind");
        assert_eq!((&*latin.text, latin.replaced), ("caf\u{fffd}", Some(3)));
    }

    #[cfg(unix)]
    #[test]
    fn links_are_followed_below_the_root_only() {
        let folder = tempfile::tempdir().expect("a folder");
        let outside = tempfile::tempdir().expect("a folder");
        let root = folder.path().canonicalize().expect("a path");
        std::fs::write(outside.path().join("secret"), "secret").expect("written");
        std::fs::write(root.join("a.md"), "a").expect("written");
        let link = |name: &str, to: &Path| {
            std::os::unix::fs::symlink(to, root.join(name)).expect("a link");
            read(&root, name).map(|file| file.text.to_string()).map_err(|error| error.to_string())
        };
        assert_eq!(link("in.md", Path::new("a.md")), Ok("a".to_owned()));
        assert_eq!(link("absolute.md", &root.join("in.md")), Ok("a".to_owned()));
        let refused = |answer: Result<String, String>, why: &str| {
            let error = answer.expect_err("it is refused");
            assert!(error.contains(why), "{error}");
        };
        refused(link("out.md", &outside.path().join("secret")), "out of the workspace");
        refused(link("proc.md", Path::new("/proc/self/pagemap")), "out of the workspace");
        refused(link("dangling.md", Path::new("nowhere.md")), "leads to nothing");
        refused(link("round.md", Path::new("round.md")), "cannot be followed");
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
        let found = Some(Entry::File);
        for (path, found) in [("a/b.md", found), ("build/c.md", None), ("node_modules/d.md", None)]
        {
            assert_eq!(finds(root, path), found, "{path}");
        }
    }
}
