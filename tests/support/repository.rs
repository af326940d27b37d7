//! The project's own files.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The project's folder.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .canonicalize()
        .expect("the project's folder")
}

/// A file's text.
#[track_caller]
pub fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The files that git tracks or would track, those that are there.
pub fn tracked() -> Vec<PathBuf> {
    let listed = Command::new("git")
        .args(["ls-files", "--cached", "--others", "--exclude-standard", "-z"])
        .current_dir(root())
        .output()
        .expect("git runs");
    assert!(listed.status.success(), "git lists the files of the project");
    let names = String::from_utf8(listed.stdout).expect("paths are UTF-8");
    let paths = names.split('\0').filter(|name| !name.is_empty()).map(|name| root().join(name));
    paths.filter(|path| path.is_file()).collect()
}

/// The Rust files below a folder.
pub fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let below =
        |path: &PathBuf| path.starts_with(folder) && path.extension().is_some_and(|e| e == "rs");
    let files: Vec<PathBuf> = tracked().into_iter().filter(below).collect();
    assert!(!files.is_empty(), "there are Rust files below {}", folder.display());
    files
}

/// Real repositories' task files, where they lie beside the project.
pub fn corpora() -> Option<PathBuf> {
    let folder = root().parent()?.join("shared/corpora");
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("skipped: there is no folder `shared/corpora` beside the project");
    None
}
