//! What the indexes of repositories have said of what git ignores. Git writes an index time and again
//! without any file coming or going; then it is asked the same again, and nothing else is.

use std::path::PathBuf;

use crate::loader::ignoring::Holding;
use crate::loader::tracked::{Tracked, TrackedQuestion};
use crate::seen::LastSeen;

/// The indexes that were asked.
#[derive(Debug, Default)]
pub(super) struct Indexes(Vec<AskedIndex>);

/// One of them.
#[derive(Debug)]
struct AskedIndex {
    path: PathBuf,
    /// What it was before it was read.
    seen: LastSeen,
    answers: Vec<(TrackedQuestion, bool)>,
}

impl Indexes {
    /// Takes note of an answer.
    pub(super) fn note(&mut self, holding: Holding<'_>) {
        let Holding { index, seen, question, holds } = holding;
        let at = self.0.iter().rposition(|asked| asked.path == index).unwrap_or_else(|| {
            self.0.push(AskedIndex { path: index.to_owned(), seen, answers: Vec::new() });
            self.0.len() - 1
        });
        self.0[at].answers.push((question, holds));
    }

    /// Whether all would say the same again.
    pub(super) fn hold(&mut self) -> bool {
        self.0.iter_mut().all(AskedIndex::holds)
    }
}

impl AskedIndex {
    fn holds(&mut self) -> bool {
        if self.seen.holds(&self.path) {
            return true;
        }
        self.seen = LastSeen::at(&self.path);
        let tracked = Tracked::read(&self.path);
        self.answers.iter().all(|(question, holds)| question.ask(&tracked) == *holds)
    }
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use crate::loader::finder::Finder;

    #[test]
    fn what_git_holds_is_found_once_it_does_and_no_longer() {
        let folder = tempfile::tempdir().expect("a folder");
        let root = folder.path();
        let git = |arguments: &[&str]| {
            let status = Command::new("git").args(arguments).current_dir(root).status();
            status.is_ok_and(|status| status.success())
        };
        if !git(&["init", "--quiet"]) {
            return;
        }
        for path in ["a/TODO.md", "build/TODO.md", "build/b.md"] {
            let path = root.join(path);
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("folders");
            std::fs::write(path, "").expect("written");
        }
        std::fs::write(root.join(".gitignore"), "/build/\n").expect("written");
        let mut finder = Finder::new(root);
        let mut finds = |command: &[&str], holds: bool, expected: &[&str]| {
            assert!(git(command), "{command:?}");
            if let Some(known) = &mut finder.known {
                known.others.rules.age();
            }
            assert_eq!(finder.holds(), holds, "{command:?}");
            let found = finder.look();
            let mut found: Vec<&str> = found.files.iter().map(|(path, _)| path.as_str()).collect();
            found.sort_unstable();
            assert_eq!(found, expected, "{command:?}");
        };
        let without = [".gitignore", "a/TODO.md"];
        let with = [".gitignore", "a/TODO.md", "build/TODO.md"];
        finds(&["status", "--short"], false, &without);
        finds(&["add", "a"], true, &without);
        finds(&["add", "--force", "build/TODO.md"], false, &with);
        finds(&["rm", "--quiet", "--cached", "a/TODO.md"], true, &with);
        finds(&["rm", "--quiet", "--cached", "build/TODO.md"], false, &without);
    }
}
