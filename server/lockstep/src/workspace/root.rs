//! Which folder is the workspace of a place.

use std::path::{Path, PathBuf};

use crate::workspace::local::CONFIG;

/// The workspace's folder for a place: the nearest folder from there upwards that holds
/// `lockstep.toml`, but not beyond the repository; else the repository's folder; else the current
/// folder where that is above, and `start` where it is not.
pub fn find_root(start: &Path) -> PathBuf {
    let here = std::env::current_dir().and_then(|here| here.canonicalize());
    root_of(start, here.ok().as_deref())
}

/// As [`find_root`], whatever the current folder is: outside of a repository it is `start`.
pub fn root_above(start: &Path) -> PathBuf {
    root_of(start, None)
}

fn root_of(start: &Path, here: Option<&Path>) -> PathBuf {
    for folder in start.ancestors() {
        if folder.join(CONFIG).is_file() || folder.join(".git").exists() {
            return folder.to_owned();
        }
    }
    here.filter(|here| start.starts_with(here)).unwrap_or(start).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(files: &[&str]) -> tempfile::TempDir {
        let dir = tempfile::tempdir().expect("a temporary folder");
        for file in files {
            let path = dir.path().join(file);
            std::fs::create_dir_all(path.parent().expect("a parent")).expect("folders");
            std::fs::write(path, "").expect("a file");
        }
        dir
    }

    #[test]
    fn the_nearest_configuration_wins_within_the_repository() {
        let dir = tree(&[".git/HEAD", "a/lockstep.toml", "a/b/c/x.md", "d/x.md"]);
        assert_eq!(find_root(&dir.path().join("a/b/c")), dir.path().join("a"));
        assert_eq!(find_root(&dir.path().join("d")), dir.path());
    }

    #[test]
    fn outside_of_a_repository_the_current_folder_is_the_root_of_what_is_below() {
        let dir = tree(&["process/tasks/1.md"]);
        let (root, below) = (dir.path(), dir.path().join("process/tasks"));
        assert_eq!(root_of(&below, Some(root)), root);
        assert_eq!(root_of(&below, Some(Path::new("/elsewhere"))), below);
        assert_eq!(root_of(&below, None), below);
    }

    #[test]
    fn a_configuration_outside_of_the_repository_has_no_say() {
        let dir = tree(&["lockstep.toml", "repo/.git/HEAD", "repo/x/y.md"]);
        assert_eq!(find_root(&dir.path().join("repo/x")), dir.path().join("repo"));
    }
}
