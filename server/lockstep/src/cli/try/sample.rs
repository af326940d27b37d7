//! The sample workspace: one task whose four places disagree, and two markers gone wrong.

use std::io;
use std::path::{Path, PathBuf};

/// Its files, by path and text.
pub const FILES: [(&str, &str); 5] = [
    ("lockstep.toml", include_str!("sample/lockstep.toml")),
    ("specs/TODO.md", include_str!("sample/specs/TODO.md")),
    ("specs/state.json", include_str!("sample/specs/state.json")),
    ("specs/007_login/state.json", include_str!("sample/specs/007_login/state.json")),
    (
        "specs/007_login/plans/implementation-001.md",
        include_str!("sample/specs/007_login/plans/implementation-001.md"),
    ),
];

/// The list of tasks: what an editor opens first.
pub(super) const TODO: &str = "specs/TODO.md";
/// Where the drift of the list against the records is shown.
pub(super) const STATE: &str = "specs/state.json";

/// A sample on disk.
#[derive(Debug)]
pub(super) struct Sample {
    /// The workspace.
    pub(super) root: PathBuf,
    /// A folder for what an editor writes, so that the user's own stays as it is.
    pub(super) private: PathBuf,
}

/// Writes the sample to a fresh folder, which stays.
pub(super) fn write() -> io::Result<Sample> {
    let folder = tempfile::Builder::new().prefix("lockstep-try-").tempdir()?.keep();
    let folder = folder.canonicalize()?;
    let (root, private) = (folder.join("workspace"), folder.join("editor"));
    write_files(&root, &FILES)?;
    std::fs::create_dir_all(&private)?;
    Ok(Sample { root, private })
}

/// Writes files below `root`, with the folders that they need.
pub(super) fn write_files(root: &Path, files: &[(&str, &str)]) -> io::Result<()> {
    for (path, text) in files {
        let path = root.join(path);
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        std::fs::write(path, text)?;
    }
    Ok(())
}
