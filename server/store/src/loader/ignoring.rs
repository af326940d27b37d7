//! Which files a repository ignores: what `.gitignore`, `.ignore` and git's own lists say, as git and
//! ripgrep take it. All that is read here may be somebody else's, so it is bounded: in bytes, in the
//! length of a line, and in the braces of one pattern.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder};

use crate::loader::relative;
use crate::loader::tracked::{Tracked, TrackedQuestion};
use crate::seen::LastSeen;
use crate::{bounded, worktrees};

/// More than this is not read of the lists of one walk, in bytes.
const MOST_BYTES: u64 = 1024 * 1024;

/// Longer lines name no path.
const LONGEST_LINE: usize = 4096;

/// A pattern with more of them is left out: each may nest in the one before.
const MOST_BRACES: usize = 32;

/// A name for which no list has a pattern of its own.
const ANY_NAME: &str = "~ any ~";

/// What is left of [`MOST_BYTES`].
#[derive(Debug)]
pub(super) struct Room(u64);

impl Room {
    pub(super) fn new() -> Room {
        Room(MOST_BYTES)
    }
}

/// The index of a repository, as it was read.
#[derive(Debug)]
struct GitIndex {
    path: PathBuf,
    /// What it was before it was read.
    seen: LastSeen,
    tracked: Tracked,
}

/// Whether git holds something that it ignores.
#[derive(Debug)]
pub(super) struct Holding<'i> {
    pub(super) index: &'i Path,
    /// What the index was before it was read.
    pub(super) seen: LastSeen,
    pub(super) question: TrackedQuestion,
    pub(super) holds: bool,
}

/// What one folder and those above it ignore.
#[derive(Debug)]
pub(super) struct Ignoring {
    above: Option<Arc<Ignoring>>,
    is_repository: bool,
    /// Whether git ignores the folder, and it is looked into all the same.
    is_sought: bool,
    /// Whether git ignores the folder, and only what it holds all the same counts.
    is_held: bool,
    /// What git holds of the repository at the folder, once somebody has asked.
    index: OnceLock<Option<GitIndex>>,
    folder: PathBuf,
    /// `.ignore`, which goes before the others.
    plain: Gitignore,
    /// `.gitignore`, as far as there is a repository.
    git: Gitignore,
    /// The list that git keeps for the repository, or for all of a user's.
    own: Gitignore,
}

impl Ignoring {
    /// What the user has git ignore everywhere.
    pub(super) fn everywhere(root: &Path, room: &mut Room) -> Result<Arc<Ignoring>, String> {
        let list = ignore::gitignore::gitconfig_excludes_path();
        let own = match list {
            Some(list) => patterns(root, &list, true, room)?,
            None => Gitignore::empty(),
        };
        Ok(Arc::new(Ignoring { own, ..Ignoring::nothing(root, None) }))
    }

    fn nothing(folder: &Path, above: Option<&Arc<Ignoring>>) -> Ignoring {
        Ignoring {
            above: above.cloned(),
            folder: folder.to_owned(),
            is_repository: false,
            is_sought: false,
            is_held: false,
            index: OnceLock::new(),
            plain: Gitignore::empty(),
            git: Gitignore::empty(),
            own: Gitignore::empty(),
        }
    }

    /// What is ignored in a folder that git ignores and that is looked into all the same: what git's lists
    /// say of it above has no say.
    pub(super) fn in_sought(folder: &Path, above: &Arc<Ignoring>) -> Arc<Ignoring> {
        Arc::new(Ignoring { is_sought: true, ..Ignoring::nothing(folder, Some(above)) })
    }

    /// What is ignored in a folder that git ignores and that is looked into for what git holds in it all
    /// the same: all the rest.
    pub(super) fn in_held(folder: &Path, above: &Arc<Ignoring>) -> Arc<Ignoring> {
        Arc::new(Ignoring { is_held: true, ..Ignoring::nothing(folder, Some(above)) })
    }

    /// What `folder` ignores, below others. `has` tells whether a name stands in it. The error is a
    /// clause.
    pub(super) fn of(
        folder: &Path,
        above: &Arc<Ignoring>,
        has: impl Fn(&str) -> bool,
        room: &mut Room,
    ) -> Result<Arc<Ignoring>, String> {
        let is_repository = has(".git");
        if !is_repository && !has(".ignore") && !has(".gitignore") {
            return Ok(above.clone());
        }
        let mut list = |name: &str| match has(name) {
            true => patterns(folder, &folder.join(name), false, room),
            false => Ok(Gitignore::empty()),
        };
        let (plain, git) = (list(".ignore")?, list(".gitignore")?);
        let own = is_repository.then(|| worktrees::exclude_list(folder).ok().flatten()).flatten();
        let own = match own {
            Some(list) => patterns(folder, &list, true, room)?,
            None => Gitignore::empty(),
        };
        let nothing = Ignoring::nothing(folder, Some(above));
        Ok(Arc::new(Ignoring { is_repository, plain, git, own, ..nothing }))
    }

    /// Whether what stands at `path` is ignored. The folders above it are not, but as far as git holds
    /// something in them.
    pub(super) fn ignores(&self, path: &Path, is_folder: bool) -> bool {
        if self.is_in_held() {
            return true;
        }
        let in_repository = self.levels().any(|level| level.is_repository);
        let (mut plain, mut git, mut own) = (Match::None, Match::None, Match::None);
        // What stands above a repository has no say in it.
        let mut is_outside = !in_repository;
        let mut is_sought = false;
        for level in self.levels() {
            plain = plain.or(level.plain.matched(path, is_folder));
            if !is_outside {
                git = git.or(level.git.matched(path, is_folder));
            }
            if !is_outside || (in_repository && !is_sought && level.above.is_none()) {
                own = own.or(level.own.matched(path, is_folder));
            }
            is_sought |= level.is_sought;
            is_outside |= level.is_repository || is_sought;
        }
        plain.or(git).or(own).is_ignore()
    }

    /// Whether git's lists leave a folder out, as `specs` or as `specs/*`, and `.ignore` does not.
    pub(super) fn leaves_out_by_git(&self, folder: &Path, is_ignored: bool) -> bool {
        match is_ignored {
            _ if self.is_in_held() => false,
            true => !self.ignores_by_itself(folder, true),
            false => {
                let within = folder.join(ANY_NAME);
                self.ignores(&within, true) && !self.ignores_by_itself(&within, true)
            }
        }
    }

    /// Whether git holds what stands at `path`, or something in it, though it ignores that. `None` where
    /// `.ignore` leaves it out, or there is no repository.
    pub(super) fn holding(&self, path: &Path, is_folder: bool) -> Option<Holding<'_>> {
        if self.ignores_by_itself(path, is_folder) {
            return None;
        }
        let repository = self.levels().find(|level| level.is_repository)?;
        let path = relative(&repository.folder, path)?.into_boxed_str();
        let index = repository.index.get_or_init(|| GitIndex::of(&repository.folder)).as_ref()?;
        let question = TrackedQuestion { path, is_folder };
        let holds = question.ask(&index.tracked);
        Some(Holding { index: &index.path, seen: index.seen, question, holds })
    }

    /// Whether `.ignore` itself says that something is ignored.
    fn ignores_by_itself(&self, path: &Path, is_folder: bool) -> bool {
        let all = self.levels().map(|level| level.plain.matched(path, is_folder));
        all.fold(Match::None, Match::or).is_ignore()
    }

    /// Whether git ignores the folder, or one above it in the repository, and only what it holds counts.
    fn is_in_held(&self) -> bool {
        self.levels().take_while(|level| !level.is_repository).any(|level| level.is_held)
    }

    fn levels(&self) -> impl Iterator<Item = &Ignoring> {
        std::iter::successors(Some(self), |level| level.above.as_deref())
    }
}

impl GitIndex {
    /// That of the repository at `top`.
    fn of(top: &Path) -> Option<GitIndex> {
        let path = worktrees::index_file(top).ok().flatten()?;
        let seen = LastSeen::at(&path);
        let tracked = Tracked::read(&path);
        Some(GitIndex { path, seen, tracked })
    }
}

/// The patterns of a list, for what is below `folder`. A list that cannot be read says nothing, like
/// one that is a link, which git does not follow. The error is a clause.
fn patterns(
    folder: &Path,
    list: &Path,
    through_links: bool,
    room: &mut Room,
) -> Result<Gitignore, String> {
    let read = match through_links {
        true => bounded::read_through_links(list, room.0),
        false => bounded::read(list, room.0).map(|(bytes, _)| bytes),
    };
    let bytes = match read {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::FileTooLarge => {
            return Err(format!(
                "the ignore files have more than {MOST_BYTES} bytes together; shorten them"
            ));
        }
        Err(error) => {
            tracing::debug!(list = %list.display(), %error, "a list of ignored files says nothing");
            return Ok(Gitignore::empty());
        }
    };
    room.0 = room.0.saturating_sub(bytes.len() as u64);
    let text = String::from_utf8_lossy(&bytes);
    let mut builder = GitignoreBuilder::new(folder);
    for line in text.trim_start_matches('\u{feff}').lines() {
        let braces = line.bytes().filter(|byte| *byte == b'{').count();
        if line.len() <= LONGEST_LINE
            && braces <= MOST_BRACES
            && let Err(error) = builder.add_line(None, line)
        {
            tracing::debug!(list = %list.display(), %error, "a pattern is left out");
        }
    }
    Ok(builder.build().unwrap_or_else(|error| {
        tracing::debug!(list = %list.display(), %error, "a list of ignored files says nothing");
        Gitignore::empty()
    }))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::{Path, PathBuf};

    use crate::loader::{Entry, visit};

    fn write(root: &Path, path: &str, text: &str) {
        let path = root.join(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("folders");
        std::fs::write(path, text).expect("written");
    }

    fn found(root: &Path) -> BTreeSet<PathBuf> {
        let mut found = BTreeSet::new();
        let walked = visit(
            root,
            |_| true,
            |path, entry| found.extend((entry == Entry::File).then(|| path.to_owned())),
        );
        assert_eq!(walked, crate::loader::Walked::default());
        found
    }

    #[test]
    fn what_is_ignored_is_what_ripgrep_ignores() {
        let folder = tempfile::tempdir().expect("a folder");
        let root = folder.path();
        let ignored = [
            (
                ".gitignore",
                "\u{feff}/build/\n*.log\n!keep.log\na/**/deep.md\n# no\n\\#x\n*.{t,z}mp\n",
            ),
            (".ignore", "/plain.md\n!by-name.log\n"),
            ("a/.gitignore", "!*.log\n/own.md\n[x-z]?.md\n"),
            ("a/.ignore", "*.txt\n"),
            (".git/info/exclude", "excluded.md\n"),
            ("inner/.gitignore", "*.md\n!b.md\n"),
            ("bare/.gitignore", "c/\n"),
        ];
        let files = [
            "a.md",
            "plain.md",
            "x.log",
            "keep.log",
            "by-name.log",
            "excluded.md",
            "#x",
            "u.tmp",
            "u.zmp",
            "build/a.md",
            "a/build/b.md",
            "a/x.log",
            "a/own.md",
            "a/b/own.md",
            "a/b/c/deep.md",
            "a/ya.md",
            "a/n.txt",
            "inner/.git/HEAD",
            "inner/a.md",
            "inner/b.md",
            "inner/x.log",
            "inner/excluded.md",
            "bare/c/a.md",
            "bare/d/c.md",
            ".hidden/a.md",
        ];
        ignored.iter().for_each(|(path, text)| write(root, path, text));
        files.iter().for_each(|path| write(root, path, ""));
        for is_repository in [true, false] {
            if !is_repository {
                std::fs::remove_dir_all(root.join(".git")).expect("removed");
            }
            let walk = ignore::WalkBuilder::new(root)
                .hidden(false)
                .parents(false)
                .filter_entry(|entry| entry.file_name() != ".git")
                .build();
            let expected = walk.filter_map(Result::ok).filter(|entry| entry.path().is_file());
            let expected: BTreeSet<PathBuf> = expected.map(ignore::DirEntry::into_path).collect();
            assert!(expected.len() < files.len() + ignored.len(), "some are ignored");
            assert_eq!(found(root), expected);
        }
    }

    #[test]
    fn what_tools_keep_their_work_in_is_found_though_git_ignores_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let root = folder.path();
        let files = [
            (".git/info/exclude", "specs\n"),
            (".gitignore", ".planning/\nconductor\n/build\n*.md\n!b.md\n"),
            (".ignore", "/conductor/\n"),
            (".planning/.gitignore", "/c.md\n"),
            (".planning/a.md", ""),
            (".planning/build/b.md", ""),
            (".planning/c.md", ""),
            ("build/.planning/a.md", ""),
            ("conductor/a.md", ""),
            ("src/a.md", ""),
            ("src/b.md", ""),
            ("specs/7/a.md", ""),
            (".taskmaster/a.md", ""),
            (".taskmaster/.gitignore", "/*\n"),
            ("openspec/a.md", ""),
            ("inner/.gitignore", "openspec/**\n"),
            ("inner/openspec/b.md", ""),
            ("inner/specs/b.md", ""),
            ("inner/.ignore", "specs/*\n"),
        ];
        files.iter().for_each(|(path, text)| write(root, path, text));
        let found: Vec<_> = found(root)
            .iter()
            .filter(|path| path.extension().is_some_and(|end| end == "md"))
            .filter_map(|path| crate::loader::relative(root, path))
            .collect();
        let expected = [
            ".planning/a.md",
            ".planning/build/b.md",
            "inner/openspec/b.md",
            "specs/7/a.md",
            "src/b.md",
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn what_git_holds_is_found_though_its_lists_say_otherwise() {
        let folder = tempfile::tempdir().expect("a folder");
        let root = folder.path();
        let git = |arguments: &[&str]| {
            let git = std::process::Command::new("git").args(arguments).current_dir(root).status();
            git.is_ok_and(|status| status.success())
        };
        if !git(&["init", "--quiet"]) {
            return;
        }
        let held =
            ["prd.json", "build/a.md", "build/deep/b.md", "build/.planning/c.md", "out/d.md"];
        let others = ["b.json", "build/other.md", "build/deep/c/d.md", "build/.planning/d.md"];
        held.iter().chain(&others).for_each(|path| write(root, path, ""));
        write(root, ".gitignore", "*.json\nbuild/\nnode_modules/\n");
        write(root, ".ignore", "/out/\n");
        write(root, "node_modules/a.md", "");
        assert!(git(&["add", "--force", "node_modules"]));
        assert!(held.iter().all(|path| git(&["add", "--force", path])));
        write(root, "inner/.gitignore", "*.json\n");
        write(root, "inner/prd.json", "");
        let expected =
            [".gitignore", ".ignore", "build/.planning/c.md", "build/a.md", "build/deep/b.md"];
        let expected = expected.iter().chain(&["inner/.gitignore", "prd.json"]);
        assert_eq!(found(root), expected.map(|path| root.join(path)).collect());
    }

    #[test]
    fn no_pattern_ends_the_process_or_takes_long() {
        let folder = tempfile::tempdir().expect("a folder");
        let root = folder.path();
        write(root, ".git/HEAD", "");
        write(root, "a.md", "");
        let braces =
            ["{".repeat(15_000), "{a,".repeat(1_000), "{".repeat(15_000) + &"}".repeat(15_000)];
        let others = ["[a-\u{10ffff}]".repeat(300), "?".repeat(4_000), "**/".repeat(1_300)];
        for line in braces.iter().chain(&others) {
            write(root, ".gitignore", &format!("{line}\n/b.md\n"));
            assert!(found(root).contains(&root.join("a.md")), "{}", &line[..8]);
            write(root, "b.md", "");
            assert!(!found(root).contains(&root.join("b.md")), "the next line holds");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_list_that_is_no_file_says_nothing_and_one_that_is_too_long_is_told() {
        let folder = tempfile::tempdir().expect("a folder");
        let root = folder.path();
        write(root, ".git/info/exclude", "");
        write(root, "a.md", "");
        for name in [".gitignore", ".ignore"] {
            std::os::unix::fs::symlink("/dev/zero", root.join(name)).expect("a link");
        }
        std::fs::remove_file(root.join(".git/info/exclude")).expect("removed");
        std::os::unix::fs::symlink("/dev/zero", root.join(".git/info/exclude")).expect("a link");
        assert_eq!(found(root), BTreeSet::from([root.join("a.md")]));
        std::fs::remove_file(root.join(".gitignore")).expect("removed");
        write(root, ".gitignore", &"/some/file\n".repeat(100_000));
        let walked = visit(root, |_| true, |_, _| {});
        assert!(walked.gave_up);
        assert!(walked.unread[0].to_string().starts_with("the ignore files have more"));
    }
}
