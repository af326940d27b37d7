//! Which of two executables is the newer one.

use std::cmp::Ordering;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use serde::{Deserialize, Serialize};

/// Where a daemon finds which executable has started it.
pub(super) const STARTER_VARIABLE: &str = "LOCKSTEP_STARTER";

/// One executable. A later version is newer; of one version, the file that was written later, so
/// that whoever builds anew meets what has just been built.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Build {
    /// The version of the package.
    pub version: String,
    /// When the file was written, in nanoseconds since 1970; 0 where that is not known.
    pub written: u64,
    /// The size of the file in bytes.
    pub size: u64,
}

impl Build {
    /// The executable of this process.
    pub fn current() -> Build {
        let file = fs::metadata(running()).ok();
        let written = file.as_ref().and_then(|file| file.modified().ok());
        let written = written.and_then(|time| time.duration_since(UNIX_EPOCH).ok());
        Build {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            written: written.and_then(|age| u64::try_from(age.as_nanos()).ok()).unwrap_or(0),
            size: file.map_or(0, |file| file.len()),
        }
    }

    /// The executable of the process that has started this one as a daemon. Where it is newer, what
    /// is installed is older than programs that still run, and nobody like it can start a newer
    /// daemon.
    pub(super) fn of_starter() -> Option<Build> {
        serde_json::from_str(&std::env::var(STARTER_VARIABLE).ok()?).ok()
    }

    /// Whether this one should take the place of `other`.
    pub fn is_newer_than(&self, other: &Build) -> bool {
        let by_version = numbers(&self.version).cmp(&numbers(&other.version));
        match by_version {
            Ordering::Equal => self.written > other.written,
            order => order == Ordering::Greater,
        }
    }
}

/// The numbers of a version. What follows them is not compared.
fn numbers(version: &str) -> Vec<u64> {
    version.split('.').map_while(|part| part.parse().ok()).collect()
}

/// The file that runs, even where its name stands for another one by now.
fn running() -> PathBuf {
    let link = PathBuf::from("/proc/self/exe");
    if link.exists() { link } else { std::env::current_exe().unwrap_or_default() }
}

/// What to run to have a program like this one: the file of its name, unless the one that runs is
/// newer.
pub(super) fn program() -> PathBuf {
    let written = |path: &Path| fs::metadata(path).and_then(|file| file.modified()).ok();
    let (running, named) = (running(), named(std::env::current_exe().unwrap_or_default()));
    if written(&named) >= written(&running) { named } else { running }
}

/// The name that a program was started by. Linux adds to it where the file is another one by now.
fn named(current: PathBuf) -> PathBuf {
    let replaced = current.to_str().and_then(|path| path.strip_suffix(" (deleted)"));
    replaced.map(PathBuf::from).filter(|path| path.is_file()).unwrap_or(current)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn build(version: &str, written: u64) -> Build {
        Build { version: version.to_owned(), written, size: 1 }
    }

    #[test]
    fn a_version_counts_before_the_time_of_the_file() {
        assert!(build("0.10.0", 1).is_newer_than(&build("0.9.9", 2)));
        assert!(!build("0.9.9", 2).is_newer_than(&build("0.10.0", 1)));
        assert!(build("1.0.0", 2).is_newer_than(&build("1.0.0", 1)));
        assert!(!build("1.0.0", 1).is_newer_than(&build("1.0.0", 1)));
    }

    #[test]
    fn of_two_builds_only_one_is_newer() {
        let builds = [build("0.1.0", 5), build("0.1.0", 6), build("0.2.0", 1), build("x", 9)];
        for a in &builds {
            for b in &builds {
                assert!(!(a.is_newer_than(b) && b.is_newer_than(a)), "{a:?} {b:?}");
            }
        }
    }

    #[test]
    fn this_process_knows_its_file() {
        let current = Build::current();
        assert!(current.size > 0 && current.written > 0, "{current:?}");
        assert!(program().is_file());
    }
}
