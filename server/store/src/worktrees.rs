//! The worktrees of a git repository, found by reading what git writes
//! (gitrepository-layout(5), git-worktree(1)). No git is run, and nothing is changed.

use std::path::{Path, PathBuf};

/// A file of git's that is longer than this is not read, in bytes.
const SIZE_LIMIT: u64 = 1024 * 1024;

/// Where a folder lies in the worktrees of its repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Worktrees {
    /// The top folder of the worktree that the folder lies in, canonical.
    pub own: PathBuf,
    /// Where the folder lies below it.
    pub below: PathBuf,
    /// The top folders of the other worktrees that are there, canonical, in order.
    pub others: Vec<PathBuf>,
}

/// The worktrees of the repository that `folder`, which is canonical, lies in; `None` where it lies
/// in none.
pub fn of(folder: &Path) -> Option<Worktrees> {
    let own = folder.ancestors().find(|above| above.join(".git").exists())?;
    let below = folder.strip_prefix(own).ok()?.to_path_buf();
    let git = git_folder(own)?;
    let common = match first_line(&git.join("commondir")) {
        Some(common) => git.join(common).canonicalize().ok()?,
        None => git,
    };
    let linked = std::fs::read_dir(common.join("worktrees")).into_iter().flatten().flatten();
    let linked = linked.filter_map(|entry| linked_worktree(&entry.path()));
    let mut others: Vec<PathBuf> = main_worktree(&common).into_iter().chain(linked).collect();
    others.retain(|other| other != own);
    others.sort();
    others.dedup();
    Some(Worktrees { own: own.to_path_buf(), below, others })
}

/// The files and folders on which it hangs what [`of`] says of `folder`, but for the other worktrees
/// themselves.
pub fn inputs(folder: &Path) -> Vec<PathBuf> {
    let is_top = |above: &&Path| above.join(".git").exists();
    let own = folder.ancestors().find(is_top);
    let on_the_way = folder.ancestors().take_while(|above| own.is_none_or(|own| *above != own));
    let mut inputs: Vec<PathBuf> = on_the_way.chain(own).map(|it| it.join(".git")).collect();
    let Some(git) = own.and_then(git_folder) else { return inputs };
    let common = first_line(&git.join("commondir")).map_or(git.clone(), |common| git.join(common));
    inputs.extend([git.join("commondir"), common.join("worktrees"), common.join("config")]);
    let linked = std::fs::read_dir(common.join("worktrees")).into_iter().flatten().flatten();
    for entry in linked.map(|entry| entry.path()) {
        inputs.extend(first_line(&entry.join("gitdir")).map(|git| entry.join(git)));
        inputs.push(entry.join("gitdir"));
    }
    inputs
}

/// The folder in which git keeps what it knows of the worktree at `top`: `.git` itself, or where it
/// says, as in a linked worktree or a submodule.
fn git_folder(top: &Path) -> Option<PathBuf> {
    let git = top.join(".git");
    if git.is_dir() {
        return git.canonicalize().ok();
    }
    top.join(first_line(&git)?.strip_prefix("gitdir: ")?).canonicalize().ok()
}

/// Whether a folder is the top of a linked worktree.
pub(crate) fn is_linked(folder: &Path) -> bool {
    let git = folder.join(".git");
    if !std::fs::symlink_metadata(&git).is_ok_and(|found| found.is_file()) {
        return false;
    }
    let line = first_line(&git).unwrap_or_default();
    let entry = line.strip_prefix("gitdir: ").map(Path::new);
    entry.and_then(Path::parent).is_some_and(|above| above.ends_with("worktrees"))
}

/// The worktree that is not linked, of the repository in the folder `common`; `None` where that is
/// bare.
fn main_worktree(common: &Path) -> Option<PathBuf> {
    let config = text(&common.join("config")).unwrap_or_default();
    if core_setting(&config, "bare").is_some_and(|bare| bare.eq_ignore_ascii_case("true")) {
        return None;
    }
    let top = match core_setting(&config, "worktree") {
        Some(top) => common.join(top),
        None if common.file_name().is_some_and(|name| name == ".git") => common.parent()?.into(),
        None => return None,
    };
    let top = top.canonicalize().ok()?;
    (git_folder(&top)? == common).then_some(top)
}

/// The worktree that `entry`, a folder below `worktrees`, is about; `None` where it is gone, or has
/// become something else.
fn linked_worktree(entry: &Path) -> Option<PathBuf> {
    let entry = entry.canonicalize().ok()?;
    let git = entry.join(first_line(&entry.join("gitdir"))?);
    let top = git.parent()?.canonicalize().ok()?;
    (git_folder(&top)? == entry).then_some(top)
}

/// A setting of the section `core` of a configuration of git's. Includes are not followed.
fn core_setting<'t>(config: &'t str, name: &str) -> Option<&'t str> {
    let mut in_core = false;
    let mut found = None;
    for line in config.lines().map(str::trim) {
        if line.starts_with('[') {
            in_core = line.eq_ignore_ascii_case("[core]");
        } else if in_core
            && let Some((key, value)) = line.split_once('=')
            && key.trim().eq_ignore_ascii_case(name)
        {
            found = Some(value.trim().trim_matches('"'));
        }
    }
    found
}

fn first_line(path: &Path) -> Option<String> {
    Some(text(path)?.lines().next()?.trim_end().to_string())
}

/// The text of a file of git's. A pipe is not read, for it would not end.
fn text(path: &Path) -> Option<String> {
    let found = std::fs::metadata(path).ok()?;
    if !found.is_file() || found.len() > SIZE_LIMIT {
        return None;
    }
    std::fs::read_to_string(path).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Command;

    /// A folder with a repository in `main`; `None`, with a word on it, where there is no git.
    #[allow(clippy::print_stdout)]
    fn repository() -> Option<(tempfile::TempDir, PathBuf)> {
        if Command::new("git").arg("--version").output().is_err() {
            println!("skipped: git is not installed");
            return None;
        }
        let dir = tempfile::tempdir().expect("a temporary folder");
        let folder = dir.path().canonicalize().expect("a path");
        git(&folder, &["init", "--quiet", "main"]);
        commit(&folder.join("main"));
        Some((dir, folder))
    }

    fn git(folder: &Path, arguments: &[&str]) {
        let mut command = Command::new("git");
        command.args(["-c", "user.name=ann", "-c", "user.email=ann@localhost"]);
        command.args(["-c", "protocol.file.allow=always"]);
        let output = command.args(arguments).current_dir(folder).output().expect("git runs");
        assert!(output.status.success(), "git {arguments:?}: {output:?}");
    }

    fn commit(top: &Path) {
        std::fs::create_dir_all(top.join("deep/er")).expect("folders");
        std::fs::write(top.join("deep/er/TODO.md"), "- [ ] a\n").expect("written");
        git(top, &["add", "--all"]);
        git(top, &["commit", "--quiet", "--message", "A task"]);
    }

    fn others(folder: &Path) -> Vec<PathBuf> {
        of(folder).expect("a repository").others
    }

    #[test]
    fn worktrees_know_each_other() {
        let Some((_dir, folder)) = repository() else { return };
        let [main, second, inside] =
            ["main", "second one", "main/inside"].map(|it| folder.join(it));
        assert_eq!(others(&main), [""; 0].map(PathBuf::from));
        git(&main, &["worktree", "add", "--quiet", "-b", "two", "../second one"]);
        git(&main, &["worktree", "add", "--quiet", "inside"]);
        assert_eq!(others(&main), [inside.clone(), second.clone()]);
        assert_eq!(others(&second), [main.clone(), inside.clone()]);
        let deep = of(&inside.join("deep/er")).expect("a repository");
        assert_eq!((deep.own, deep.below), (inside.clone(), PathBuf::from("deep/er")));
        assert_eq!(deep.others, [main.clone(), second.clone()]);
        let found = crate::loader::files(&main, &|_| true);
        assert_eq!(found, ["deep/er/TODO.md"], "what is in another worktree is its own");
        // Locked, it is one all the same; gone or moved without git's knowledge, it is none.
        git(&main, &["worktree", "lock", "inside"]);
        std::fs::rename(&second, folder.join("moved")).expect("renamed");
        assert_eq!(others(&main), [inside]);
    }

    #[test]
    fn whatever_makes_other_worktrees_shows_in_an_input() {
        let Some((_dir, folder)) = repository() else { return };
        let [main, second] = ["main", "second"].map(|it| folder.join(it));
        let states = |inputs: &[PathBuf]| -> Vec<Option<crate::loader::State>> {
            inputs.iter().map(|path| crate::loader::State::of(path)).collect()
        };
        let shows = |change: &dyn Fn()| {
            let inputs = [inputs(&main), inputs(&main.join("deep"))];
            let before = inputs.each_ref().map(|it| states(it));
            change();
            for (inputs, before) in inputs.iter().zip(before) {
                assert_ne!(states(inputs), before);
            }
        };
        shows(&|| git(&main, &["worktree", "add", "--quiet", "-b", "two", "../second"]));
        shows(&|| std::fs::rename(&second, folder.join("moved")).expect("renamed"));
        shows(&|| std::fs::rename(folder.join("moved"), &second).expect("renamed"));
        shows(&|| git(&main, &["worktree", "move", "../second", "../third"]));
        shows(&|| git(&main, &["worktree", "remove", "../third"]));
        shows(&|| std::fs::remove_dir_all(main.join(".git")).expect("removed"));
    }

    #[test]
    fn a_bare_repository_has_linked_worktrees_only() {
        let Some((_dir, folder)) = repository() else { return };
        git(&folder, &["clone", "--quiet", "--bare", "main", "bare.git"]);
        for name in ["one", "two"] {
            let top = folder.join(name);
            let top = top.to_str().expect("UTF-8");
            git(&folder.join("bare.git"), &["worktree", "add", "--quiet", "-b", name, top]);
        }
        assert_eq!(others(&folder.join("one")), [folder.join("two")]);
        // A clone is a repository of its own.
        assert_eq!(others(&folder.join("main")), [""; 0].map(PathBuf::from));
    }

    #[test]
    fn a_submodule_is_no_worktree_of_what_it_lies_in() {
        let Some((_dir, folder)) = repository() else { return };
        git(&folder, &["init", "--quiet", "outer"]);
        let outer = folder.join("outer");
        commit(&outer);
        git(&outer, &["submodule", "--quiet", "add", "../main", "sub"]);
        git(&outer, &["commit", "--quiet", "--message", "A submodule"]);
        git(&outer, &["worktree", "add", "--quiet", "../linked"]);
        let sub = outer.join("sub");
        assert_eq!(others(&sub), [""; 0].map(PathBuf::from));
        assert_eq!(others(&outer), [folder.join("linked")]);
        git(&sub, &["worktree", "add", "--quiet", "-b", "two", "../../of sub"]);
        assert_eq!(others(&sub), [folder.join("of sub")]);
        assert_eq!(others(&folder.join("of sub")), [sub]);
    }

    #[test]
    fn what_is_no_repository_has_no_worktrees() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        std::fs::write(dir.path().join(".git"), "gitdir: nowhere\n").expect("written");
        assert_eq!(of(dir.path()), None);
    }
}
