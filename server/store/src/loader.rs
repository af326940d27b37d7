//! Finds and reads the files of a workspace.

use std::io;
use std::path::Path;
use std::sync::Arc;

use ignore::WalkBuilder;

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

/// Paths below `root` for which `accept` holds, relative to it with `/` between their parts, in
/// order. Ignored files of a repository are left out; hidden folders are not, for agents keep their
/// work in them. What cannot be read is skipped and logged.
pub fn files(root: &Path, accept: &(dyn Fn(&str) -> bool + Sync)) -> Vec<String> {
    let mut found = Vec::new();
    let walk = WalkBuilder::new(root)
        .hidden(false)
        .parents(false)
        .follow_links(false)
        .filter_entry(|entry| {
            let name = entry.file_name().to_string_lossy();
            !(entry.file_type().is_some_and(|t| t.is_dir()) && SKIPPED.contains(&name.as_ref()))
        })
        .build();
    for entry in walk {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                tracing::warn!(%error, "a folder cannot be read");
                continue;
            }
        };
        let is_file = entry.file_type().is_some_and(|t| t.is_file())
            || (entry.path_is_symlink() && entry.path().is_file());
        if !is_file {
            continue;
        }
        if let Some(path) = relative(root, entry.path())
            && accept(&path)
        {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// Whether [`files`] would come upon the file at `path`, relative to `root`: it is there, and
/// neither it nor a folder above it is ignored.
pub fn finds(root: &Path, path: &str) -> bool {
    let wanted = root.join(path);
    let on_the_way = wanted.clone();
    let walk = WalkBuilder::new(root)
        .hidden(false)
        .parents(false)
        .follow_links(false)
        .filter_entry(move |entry| on_the_way.starts_with(entry.path()))
        .build();
    let skipped = path.split('/').any(|part| SKIPPED.contains(&part));
    !skipped && walk.flatten().any(|entry| entry.path() == wanted)
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

/// Reads a file. An error carries its path.
pub fn read(path: &Path) -> io::Result<FileText> {
    let with_path =
        |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", path.display()));
    let size = std::fs::metadata(path).map_err(with_path)?.len();
    if size > SIZE_LIMIT {
        let message = format!("{}: the file has {size} bytes, more than are read", path.display());
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, message));
    }
    let bytes = std::fs::read(path).map_err(with_path)?;
    Ok(match String::from_utf8(bytes) {
        Ok(text) => FileText { text: Arc::from(text), exact: true },
        Err(error) => {
            let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
            FileText { text: Arc::from(text), exact: false }
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
