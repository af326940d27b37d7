//! Floor 1: paths of files in a workspace: relative, normal, and beneath the root even where links
//! are followed. A journal is read by the same rules, so it cannot name a file elsewhere.

use std::borrow::Borrow;
use std::fmt;
use std::io;
use std::path::{Component, Path, PathBuf};

use crate::vfs::{self, FileKind, Vfs};

/// The folder at the root of a workspace that belongs to the store.
pub const STORE_FOLDER: &str = ".lockstep";

/// Links that are followed on the way to one file, at most.
const LINK_LIMIT: usize = 40;

/// A path relative to the root of a workspace, with `/` between its parts: no part is empty, `.` or
/// `..`, and it leads neither into the store's folder nor into a repository's.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RelPath(String);

/// Why some text is no [`RelPath`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathError {
    /// The text.
    pub path: String,
    /// What is wrong with it, as a clause.
    pub reason: &'static str,
}

impl fmt::Display for PathError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} {}", self.path, self.reason)
    }
}

impl std::error::Error for PathError {}

impl RelPath {
    /// Reads a path; the error says what is wrong with it.
    pub fn new(path: &str) -> Result<RelPath, PathError> {
        match fault(path) {
            Some(reason) => Err(PathError { path: path.to_string(), reason }),
            None => Ok(RelPath(path.to_string())),
        }
    }

    /// The path as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The path below `root`.
    pub fn below(&self, root: &Path) -> PathBuf {
        root.join(&self.0)
    }

    /// The last part.
    pub fn file_name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or(&self.0)
    }
}

impl fmt::Display for RelPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Borrow<str> for RelPath {
    fn borrow(&self) -> &str {
        &self.0
    }
}

fn fault(path: &str) -> Option<&'static str> {
    if path.is_empty() {
        return Some("is empty");
    }
    if path.len() > 4096 {
        return Some("is longer than 4096 bytes");
    }
    if path.contains('\0') {
        return Some("holds a zero byte");
    }
    if cfg!(windows) && path.contains(['\\', ':']) {
        return Some("holds a backslash or a colon");
    }
    if path.split('/').any(|part| matches!(part, "" | "." | "..")) {
        return Some("is not relative and normal");
    }
    // A file system may take names for equal that differ in case.
    let forbidden = [STORE_FOLDER, ".git", ".hg", ".jj"];
    let taken = |part: &str| forbidden.iter().any(|name| part.eq_ignore_ascii_case(name));
    path.split('/').any(taken).then_some("leads into a folder that is not for task files")
}

/// Follows the links on the way to `path` below `root`, which is canonical. The answer is the file
/// that would be read or written; it need not exist, and neither need the folders above it.
///
/// [`io::ErrorKind::InvalidInput`] where a link leads out of the root or into a folder that is not
/// for task files, or where links go round in a circle.
pub(crate) fn resolve(vfs: &dyn Vfs, root: &Path, path: &RelPath) -> io::Result<RelPath> {
    let refuse =
        |what: &str| io::Error::new(io::ErrorKind::InvalidInput, format!("{path}: {what}"));
    let mut rest: Vec<String> = path.as_str().rsplit('/').map(str::to_string).collect();
    let mut done: Vec<String> = Vec::new();
    let mut links = 0;
    while let Some(part) = rest.pop() {
        if part == ".." {
            if done.pop().is_none() {
                return Err(refuse("a link leads out of the workspace"));
            }
            continue;
        }
        done.push(part);
        let here = root.join(done.join("/"));
        let link = vfs::metadata(vfs, &here)?.is_some_and(|found| found.kind == FileKind::Link);
        if !link {
            continue;
        }
        links += 1;
        if links > LINK_LIMIT {
            return Err(refuse("its links go round in a circle"));
        }
        let mut goal = vfs.read_link(&here)?;
        done.pop();
        if goal.is_absolute() {
            goal = match goal.strip_prefix(root) {
                Ok(inside) => inside.to_path_buf(),
                Err(_) => return Err(refuse("a link leads out of the workspace")),
            };
            done.clear();
        }
        for part in goal.components().rev() {
            match part {
                Component::Normal(part) => match part.to_str() {
                    Some(part) => rest.push(part.to_string()),
                    None => return Err(refuse("a link leads to a name that is not UTF-8")),
                },
                Component::ParentDir => rest.push("..".to_string()),
                Component::CurDir => {}
                Component::RootDir | Component::Prefix(_) => {
                    return Err(refuse("a link leads out of the workspace"));
                }
            }
        }
    }
    RelPath::new(&done.join("/")).map_err(|error| refuse(error.reason))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vfs::real::RealVfs;

    #[test]
    fn only_relative_and_normal_paths_are_paths() {
        for good in ["a", "a/b.md", "a b/ü.json", ".github/x", "..a", "a/...", ".lockstep2/a"] {
            assert!(RelPath::new(good).is_ok(), "{good}");
        }
        for bad in ["", "/", "/a", "a/", "a//b", ".", "..", "a/../b", "./a", "a/.", "a\0b"] {
            assert!(RelPath::new(bad).is_err(), "{bad}");
        }
        for bad in
            [".lockstep/a", "b/.lockstep/a", ".LockStep/log.jsonl", ".git/config", "a/.GIT/x"]
        {
            assert!(RelPath::new(bad).is_err(), "{bad}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn links_are_followed_within_the_root_only() {
        use std::os::unix::fs::symlink;
        let dir = tempfile::tempdir().expect("a temporary folder");
        let root = dir.path().canonicalize().expect("a path").join("root");
        std::fs::create_dir_all(root.join("real/deep")).expect("folders");
        std::fs::create_dir(dir.path().join("outside")).expect("a folder");
        symlink("real/deep", root.join("short")).expect("a link");
        symlink("../real/x.md", root.join("real/up")).expect("a link");
        symlink(root.join("real"), root.join("absolute")).expect("a link");
        symlink("../outside", root.join("out")).expect("a link");
        symlink("/etc", root.join("etc")).expect("a link");
        symlink("b", root.join("a")).expect("a link");
        symlink("a", root.join("b")).expect("a link");
        symlink(".git", root.join("git")).expect("a link");
        let at = |path| {
            let path = RelPath::new(path).expect("a path");
            resolve(&RealVfs, &root, &path).map(|found| found.0).map_err(|error| error.to_string())
        };
        assert_eq!(at("short/a.md"), Ok("real/deep/a.md".to_string()));
        assert_eq!(at("real/up"), Ok("real/x.md".to_string()));
        assert_eq!(at("absolute/up"), Ok("real/x.md".to_string()));
        assert_eq!(at("new/folder/a.md"), Ok("new/folder/a.md".to_string()));
        assert_eq!(at("out/a"), Err("out/a: a link leads out of the workspace".to_string()));
        assert_eq!(
            at("etc/passwd"),
            Err("etc/passwd: a link leads out of the workspace".to_string())
        );
        assert_eq!(at("a"), Err("a: its links go round in a circle".to_string()));
        assert!(at("git/config").is_err());
    }
}
