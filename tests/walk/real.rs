//! Parts of real repositories.

use std::path::{Path, PathBuf};

use super::Files;
use crate::support::report::Chance;

/// Bytes of one file beyond which it is left out: a case is to be quick.
const LARGEST: u64 = 200 * 1024;

/// Folders with task files, each with its files.
pub struct Corpora(Vec<(PathBuf, Vec<PathBuf>)>);

impl Corpora {
    /// The repositories below a folder; each of `deep` holds a group of them.
    pub fn open(folder: &Path) -> Corpora {
        let mut roots: Vec<PathBuf> =
            ["opencode", "specs", "minsky", "roadmap", "compozy"].map(|it| folder.join(it)).into();
        for group in folders(&folder.join("conventions")) {
            roots.extend(folders(&group));
        }
        let found = roots.into_iter().map(|root| {
            let mut files = Vec::new();
            files_below(&root, &mut files);
            files.sort();
            (root, files)
        });
        Corpora(found.filter(|(_, files)| !files.is_empty()).collect())
    }

    /// The main files of one of the repositories, and some of the others.
    pub fn part(&self, chance: &mut Chance) -> Files {
        // Those that keep a status in several files come as often as all others.
        let n = if chance.below(2) == 0 { 2 } else { self.0.len() as u64 };
        let (root, files) = &self.0[chance.below(n.min(self.0.len() as u64)) as usize];
        let main = |path: &&PathBuf| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let depth = path.strip_prefix(root).map_or(0, |below| below.components().count());
            depth <= 3 && (name == "TODO.md" || name == "state.json")
        };
        let start = chance.below(files.len() as u64) as usize;
        let some = files.iter().cycle().skip(start).take(6 + chance.below(20) as usize);
        let chosen = files.iter().filter(main).chain(some.take(files.len()));
        chosen.filter_map(|path| read(root, path)).collect()
    }

    /// Each repository with its files.
    pub fn all(&self) -> Vec<(&Path, Files)> {
        let read = |(root, files): &(PathBuf, Vec<PathBuf>)| {
            files.iter().filter_map(|path| read(root, path)).collect()
        };
        self.0.iter().map(|it| (it.0.as_path(), read(it))).collect()
    }
}

/// A file by its path below the root, where it is short and text.
fn read(root: &Path, path: &Path) -> Option<(String, String)> {
    let (below, bytes) = (path.strip_prefix(root).ok()?, std::fs::read(path).ok()?);
    let below = below.to_string_lossy().replace('\\', "/");
    (bytes.len() as u64 <= LARGEST).then_some(())?;
    Some((below, String::from_utf8(bytes).ok()?))
}

fn folders(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut found: Vec<PathBuf> = entries.map(|it| it.path()).filter(|it| it.is_dir()).collect();
    found.sort();
    found
}

fn files_below(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            files_below(&path, files);
        } else if path.extension().is_some_and(|end| end == "md" || end == "json") {
            files.push(path);
        }
    }
}
