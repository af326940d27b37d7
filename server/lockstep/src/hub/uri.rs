//! Which document a URI means, and how a client spells it.
//!
//! A file has many URIs: `file:///c%3A/a` and `file:///C:/a`, `%5B` and `%5b`, paths through
//! symlinks. `DocumentKey` is the one name of a file; `UriTable` keeps how a client spells it.

use std::collections::HashMap;
use std::io;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

/// A document as a client names it: the text of its URI, and the absolute path that this means on
/// this machine; none for what is no file here.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DocumentUri {
    text: Arc<str>,
    path: Option<Arc<Path>>,
}

impl DocumentUri {
    /// A URI that means this path.
    pub fn new(text: &str, path: Option<&Path>) -> DocumentUri {
        DocumentUri { text: text.into(), path: path.map(Arc::from) }
    }

    /// A valid URI of `path`, spelled as VS Code spells it: everything but letters, digits, `-._~`
    /// and `/` is percent-encoded, and a drive letter is lower case. A relative path is taken from
    /// the current directory.
    pub fn of_path(path: &Path) -> DocumentUri {
        let absolute = std::path::absolute(path);
        let path = absolute.as_deref().unwrap_or(path);
        let mut text = String::from("file://");
        push_path(&mut text, path);
        DocumentUri::new(&text, Some(path))
    }

    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

/// Appends `byte` as `%XX`.
pub(crate) fn push_percent_encoded(out: &mut String, byte: u8) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    out.push('%');
    out.push(char::from(DIGITS[usize::from(byte >> 4)]));
    out.push(char::from(DIGITS[usize::from(byte & 15)]));
}

/// The one name of a file: its canonical path, through no symlink as far as it exists.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DocumentKey(PathBuf);

impl DocumentKey {
    /// The key of the file that `uri` means, if it means one. Reads the file system: the key of a
    /// file that is created, deleted or relinked can change.
    pub fn of(uri: &DocumentUri) -> Option<DocumentKey> {
        uri.path.as_deref().map(DocumentKey::of_path)
    }

    /// The key of the file at `path`, which is absolute.
    pub fn of_path(path: &Path) -> DocumentKey {
        DocumentKey(canonical(path))
    }

    /// The key of a path which is canonical already. Does not touch the file system.
    pub fn of_canonical(path: PathBuf) -> DocumentKey {
        DocumentKey(path)
    }

    /// The canonical path.
    pub fn path(&self) -> &Path {
        &self.0
    }
}

/// How one client spells the files it has told us of.
#[derive(Clone, Debug, Default)]
pub struct UriTable {
    keys: HashMap<DocumentUri, DocumentKey>,
    /// The open spellings of a file, the latest last.
    spellings: HashMap<DocumentKey, Vec<DocumentUri>>,
    roots: Vec<(DocumentKey, DocumentUri)>,
}

impl UriTable {
    /// Remembers `uri` as a workspace folder, so that files below it are spelled below it.
    pub fn add_root(&mut self, uri: DocumentUri) -> Option<DocumentKey> {
        let key = DocumentKey::of(&uri)?;
        self.remove_root(&uri);
        self.roots.push((key.clone(), uri));
        Some(key)
    }

    /// Forgets a workspace folder and returns the key it had.
    pub fn remove_root(&mut self, uri: &DocumentUri) -> Option<DocumentKey> {
        let known = self.roots.iter().position(|(_, root)| root == uri)?;
        Some(self.roots.remove(known).0)
    }

    /// Remembers `uri` as open. Its key stays the same until it is closed, whatever happens to the
    /// file. `None` for what is no file.
    pub fn open(&mut self, uri: DocumentUri) -> Option<DocumentKey> {
        let key = self.key(&uri)?;
        let spellings = self.spellings.entry(key.clone()).or_default();
        spellings.retain(|spelling| *spelling != uri);
        spellings.push(uri.clone());
        self.keys.insert(uri, key.clone());
        Some(key)
    }

    /// Forgets `uri` and returns the key it was open under.
    pub fn close(&mut self, uri: &DocumentUri) -> Option<DocumentKey> {
        let key = self.keys.remove(uri)?;
        if let Some(spellings) = self.spellings.get_mut(&key) {
            spellings.retain(|spelling| spelling != uri);
            if spellings.is_empty() {
                self.spellings.remove(&key);
            }
        }
        Some(key)
    }

    /// Lets `uri`, if it is open, be how the client spells the file from now on.
    pub fn prefer(&mut self, uri: &DocumentUri) {
        let spellings = self.keys.get(uri).and_then(|key| self.spellings.get_mut(key));
        let Some(spellings) = spellings.filter(|it| it.last() != Some(uri)) else { return };
        spellings.retain(|spelling| spelling != uri);
        spellings.push(uri.clone());
    }

    /// The spelling under which the client has opened or changed the file last.
    pub fn open_spelling(&self, key: &DocumentKey) -> Option<&DocumentUri> {
        self.spellings.get(key)?.last()
    }

    /// Whether both spell files alike.
    pub(crate) fn spells_as(&self, other: &UriTable) -> bool {
        let alike = |key: &DocumentKey| self.spelling(key.path()) == other.spelling(key.path());
        self.roots == other.roots && self.open_files().chain(other.open_files()).all(alike)
    }

    /// The files that are open.
    pub fn open_files(&self) -> impl Iterator<Item = &DocumentKey> {
        self.spellings.keys()
    }

    /// The key `uri` was opened under, or has now if it is not open.
    pub fn key(&self, uri: &DocumentUri) -> Option<DocumentKey> {
        self.keys.get(uri).cloned().or_else(|| DocumentKey::of(uri))
    }

    /// Whether the client has the file open under any spelling.
    pub fn is_open(&self, key: &DocumentKey) -> bool {
        self.spellings.contains_key(key)
    }

    /// The client's spelling of the canonical `path`: that of the open document, else one below the
    /// innermost workspace folder that holds it, else its own. Does not touch the file system.
    pub fn spelling(&self, path: &Path) -> DocumentUri {
        if let Some(uri) = self.open_spelling(&DocumentKey(path.to_owned())) {
            return uri.clone();
        }
        let below = |(root, uri)| -> Option<(usize, DocumentUri)> {
            let root: &DocumentKey = root;
            let rest = path.strip_prefix(root.path()).ok()?;
            Some((root.path().components().count(), join(uri, rest)))
        };
        let innermost = self
            .roots
            .iter()
            .filter_map(|(root, uri)| below((root, uri)))
            .max_by_key(|found| found.0);
        innermost.map_or_else(|| DocumentUri::of_path(path), |(_, uri)| uri)
    }
}

fn join(root: &DocumentUri, rest: &Path) -> DocumentUri {
    if rest.as_os_str().is_empty() {
        return root.clone();
    }
    let mut text = root.as_str().trim_end_matches('/').to_owned();
    push_path(&mut text, rest);
    DocumentUri::new(&text, root.path.as_ref().map(|root| root.join(rest)).as_deref())
}

/// Appends the components of `path`, encoded, each after a `/`.
fn push_path(out: &mut String, path: &Path) {
    let before = out.len();
    for component in path.components() {
        match component {
            Component::RootDir | Component::CurDir => {}
            Component::Prefix(prefix) => push_prefix(out, prefix),
            Component::ParentDir => out.push_str("/.."),
            Component::Normal(name) => {
                out.push('/');
                push_encoded(out, name.as_encoded_bytes());
            }
        }
    }
    if out.len() == before {
        out.push('/');
    }
}

fn push_encoded(out: &mut String, bytes: &[u8]) {
    for &byte in bytes {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            push_percent_encoded(out, byte);
        }
    }
}

fn push_prefix(out: &mut String, prefix: std::path::PrefixComponent<'_>) {
    use std::path::Prefix;
    match prefix.kind() {
        Prefix::Disk(letter) | Prefix::VerbatimDisk(letter) => {
            out.push('/');
            out.push(char::from(letter.to_ascii_lowercase()));
            out.push_str("%3A");
        }
        Prefix::UNC(server, share) | Prefix::VerbatimUNC(server, share) => {
            push_encoded(out, server.as_encoded_bytes());
            out.push('/');
            push_encoded(out, share.as_encoded_bytes());
        }
        Prefix::Verbatim(name) | Prefix::DeviceNS(name) => {
            out.push('/');
            push_encoded(out, name.as_encoded_bytes());
        }
    }
}

/// `path` with the symlinks of its longest existing ancestor resolved.
fn canonical(path: &Path) -> PathBuf {
    for ancestor in path.ancestors() {
        if let (Ok(mut resolved), Ok(rest)) = (canonicalize(ancestor), path.strip_prefix(ancestor))
        {
            push_lexically(&mut resolved, rest);
            return resolved;
        }
    }
    let mut normal = PathBuf::new();
    push_lexically(&mut normal, path);
    normal
}

fn push_lexically(base: &mut PathBuf, rest: &Path) {
    for component in rest.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                base.pop();
            }
            other => base.push(other),
        }
    }
}

#[cfg(not(windows))]
fn canonicalize(path: &Path) -> io::Result<PathBuf> {
    std::fs::canonicalize(path)
}

/// Without the `\\?\` of the system's own answer, which few programs accept.
#[cfg(windows)]
fn canonicalize(path: &Path) -> io::Result<PathBuf> {
    use std::path::Prefix;
    let resolved = std::fs::canonicalize(path)?;
    let mut components = resolved.components();
    let plain = match components.next() {
        Some(Component::Prefix(prefix)) => match prefix.kind() {
            Prefix::VerbatimDisk(letter) => {
                format!("{}:", char::from(letter.to_ascii_uppercase()))
            }
            Prefix::VerbatimUNC(server, share) => {
                format!("\\\\{}\\{}", server.to_string_lossy(), share.to_string_lossy())
            }
            _ => return Ok(resolved),
        },
        _ => return Ok(resolved),
    };
    let mut path = std::ffi::OsString::from(plain);
    path.push(components.as_path());
    Ok(PathBuf::from(path))
}

#[cfg(test)]
mod tests;
