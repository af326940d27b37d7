//! Floor 1: the worktrees of a git repository, found by reading what git writes
//! (gitrepository-layout(5), git-worktree(1)). No git is run, and nothing is changed.

use std::io;
use std::path::{Path, PathBuf};

use crate::bounded;

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
/// in none, or in a folder of which its repository knows nothing: any folder may name a repository,
/// but only what the repository names in turn is a worktree of it. The error names the file that
/// cannot be read.
pub fn of(folder: &Path) -> io::Result<Option<Worktrees>> {
    let Some(own) = top_of(folder)? else { return Ok(None) };
    let Some(git) = git_folder(own)? else { return Ok(None) };
    let common = match first_line(&git.join("commondir"))? {
        Some(common) => canonical(&git.join(common))?,
        None => Some(git),
    };
    let Some(common) = common else { return Ok(None) };
    let mut tops: Vec<PathBuf> = main_worktree(&common)?.into_iter().collect();
    for entry in entries(&common)? {
        tops.extend(linked_worktree(&entry)?);
    }
    if !tops.iter().any(|top| top == own) {
        return Ok(None);
    }
    tops.retain(|top| top != own);
    tops.sort();
    tops.dedup();
    let below = folder.strip_prefix(own).map_err(io::Error::other)?.to_path_buf();
    Ok(Some(Worktrees { own: own.to_path_buf(), below, others: tops }))
}

/// The files and folders on which it hangs what [`of`] says of `folder`, but for the other worktrees
/// themselves. One that cannot be read is among them, and what it would name is not.
pub fn inputs(folder: &Path) -> Vec<PathBuf> {
    let mut inputs = Vec::new();
    for above in folder.ancestors() {
        inputs.push(above.join(".git"));
        if !matches!(is_there(&above.join(".git")), Ok(false)) {
            if let Err(error) = add_inputs(above, &mut inputs) {
                tracing::debug!(%error, "worktrees are not looked for any further");
            }
            break;
        }
    }
    inputs
}

/// The files on which it hangs which commit is checked out in the worktree that `folder` lies in; none
/// where that is no worktree.
pub fn head_inputs(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let Some(own) = top_of(folder)? else { return Ok(Vec::new()) };
    let Some(git) = git_folder(own)? else { return Ok(Vec::new()) };
    let common = first_line(&git.join("commondir"))?;
    let common = common.map_or(git.clone(), |common| git.join(common));
    let head = git.join("HEAD");
    let branch = first_line(&head)?.and_then(|line| {
        let name = line.strip_prefix("ref: ")?.trim().to_owned();
        let is_below = name.split('/').all(|part| !matches!(part, "" | "." | ".."));
        is_below.then(|| common.join(name))
    });
    // The log of HEAD is written last, and each time; but it may be switched off.
    let inputs = [git.join("logs/HEAD"), common.join("packed-refs"), head];
    Ok(inputs.into_iter().chain(branch).collect())
}

/// Adds what there is behind the `.git` of a worktree.
fn add_inputs(own: &Path, inputs: &mut Vec<PathBuf>) -> io::Result<()> {
    let Some(git) = git_folder(own)? else { return Ok(()) };
    inputs.push(git.join("commondir"));
    let common = first_line(&git.join("commondir"))?;
    let common = common.map_or(git.clone(), |common| git.join(common));
    inputs.extend([common.join("worktrees"), common.join("config")]);
    for entry in entries(&common)? {
        inputs.push(entry.join("gitdir"));
        inputs.extend(first_line(&entry.join("gitdir"))?.map(|git| entry.join(git)));
    }
    Ok(())
}

/// The top of the worktree that a folder lies in.
pub(crate) fn top_of(folder: &Path) -> io::Result<Option<&Path>> {
    for above in folder.ancestors() {
        if is_there(&above.join(".git"))? {
            return Ok(Some(above));
        }
    }
    Ok(None)
}

/// The folders of the linked worktrees, in the folder `common`.
fn entries(common: &Path) -> io::Result<Vec<PathBuf>> {
    let folder = common.join("worktrees");
    let Some(entries) = present(&folder, std::fs::read_dir(&folder))? else {
        return Ok(Vec::new());
    };
    let path = |entry: io::Result<std::fs::DirEntry>| named(&folder, entry.map(|it| it.path()));
    entries.map(path).collect()
}

/// The folder in which git keeps what it knows of the worktree at `top`: `.git` itself, or where it
/// says, as in a linked worktree or a submodule.
fn git_folder(top: &Path) -> io::Result<Option<PathBuf>> {
    let git = top.join(".git");
    let Some(found) = present(&git, std::fs::metadata(&git))? else { return Ok(None) };
    if found.is_dir() {
        return canonical(&git);
    }
    let line = first_line(&git)?.unwrap_or_default();
    let Some(path) = line.strip_prefix("gitdir: ") else { return Ok(None) };
    canonical(&top.join(path))
}

/// The list of files that git ignores in the repository at `top` besides those of `.gitignore`, whether
/// it is there or not.
pub(crate) fn exclude_list(top: &Path) -> io::Result<Option<PathBuf>> {
    let Some(git) = git_folder(top)? else { return Ok(None) };
    let common = first_line(&git.join("commondir"))?;
    Ok(Some(common.map_or(git.clone(), |common| git.join(common)).join("info/exclude")))
}

/// The index of the worktree at `top`, whether it is there or not.
pub(crate) fn index_file(top: &Path) -> io::Result<Option<PathBuf>> {
    Ok(git_folder(top)?.map(|git| git.join("index")))
}

/// Whether a folder is the top of a linked worktree.
pub(crate) fn is_linked(folder: &Path) -> io::Result<bool> {
    let git = folder.join(".git");
    let found = present(&git, std::fs::symlink_metadata(&git))?;
    if !found.is_some_and(|found| found.is_file()) {
        return Ok(false);
    }
    let line = first_line(&git)?.unwrap_or_default();
    let entry = line.strip_prefix("gitdir: ").map(Path::new);
    Ok(entry.and_then(Path::parent).is_some_and(|above| above.ends_with("worktrees")))
}

/// The worktree that is not linked, of the repository in the folder `common`; `None` where that is
/// bare.
fn main_worktree(common: &Path) -> io::Result<Option<PathBuf>> {
    let config = text(&common.join("config"))?.unwrap_or_default();
    if core_setting(&config, "bare").is_some_and(|bare| bare.eq_ignore_ascii_case("true")) {
        return Ok(None);
    }
    let top = match (core_setting(&config, "worktree"), common.parent()) {
        (Some(top), _) => common.join(top),
        (None, Some(above)) if common.ends_with(".git") => above.to_path_buf(),
        (None, _) => return Ok(None),
    };
    let Some(top) = canonical(&top)? else { return Ok(None) };
    Ok((git_folder(&top)?.as_deref() == Some(common)).then_some(top))
}

/// The worktree that `entry`, a folder below `worktrees`, is about; `None` where it is gone, or has
/// become something else.
fn linked_worktree(entry: &Path) -> io::Result<Option<PathBuf>> {
    let Some(entry) = canonical(entry)? else { return Ok(None) };
    let Some(git) = first_line(&entry.join("gitdir"))? else { return Ok(None) };
    let git = entry.join(git);
    let Some(top) = git.parent().map(canonical).transpose()?.flatten() else { return Ok(None) };
    Ok((git_folder(&top)? == Some(entry)).then_some(top))
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

fn first_line(path: &Path) -> io::Result<Option<String>> {
    Ok(text(path)?.and_then(|text| Some(text.lines().next()?.trim_end().to_string())))
}

/// The text of a file of git's; `None` where there is none.
fn text(path: &Path) -> io::Result<Option<String>> {
    let Some(bytes) = present(path, bounded::read_through_links(path, SIZE_LIMIT))? else {
        return Ok(None);
    };
    let text = String::from_utf8(bytes);
    named(path, text.map(Some).map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "not UTF-8")))
}

fn is_there(path: &Path) -> io::Result<bool> {
    Ok(present(path, std::fs::symlink_metadata(path))?.is_some())
}

/// The canonical path of what is there.
pub fn canonical(path: &Path) -> io::Result<Option<PathBuf>> {
    present(path, path.canonicalize())
}

/// What was found at `path`; `None` where nothing is.
fn present<T>(path: &Path, found: io::Result<T>) -> io::Result<Option<T>> {
    match found {
        Err(error)
            if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) =>
        {
            Ok(None)
        }
        found => named(path, found).map(Some),
    }
}

/// The answer, whose error says what it is about.
fn named<T>(path: &Path, answer: io::Result<T>) -> io::Result<T> {
    answer.map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", path.display())))
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
        of(folder).expect("it is read").expect("a repository").others
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
        let deep = of(&inside.join("deep/er")).expect("it is read").expect("a repository");
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
        let states = |inputs: &[PathBuf]| -> Vec<Option<crate::seen::State>> {
            inputs.iter().map(|path| crate::seen::State::of(path)).collect()
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
        assert_eq!(of(dir.path()).expect("it is read"), None);
    }

    #[cfg(unix)]
    #[test]
    fn what_cannot_be_read_is_told_and_not_taken_for_absent() {
        use std::os::unix::fs::symlink;
        let Some((_dir, folder)) = repository() else { return };
        let main = folder.join("main");
        git(&main, &["worktree", "add", "--quiet", "-b", "two", "../second"]);
        let entry = main.join(".git/worktrees/second");
        // A link to itself stands for whatever else cannot be read.
        let both = &["main", "second"][..];
        let unread = [
            (main.join(".git/commondir"), &both[..1]),
            (main.join(".git/config"), both),
            (main.join(".git/worktrees"), both),
            (entry.join("gitdir"), both),
            (folder.join("second/.git"), both),
        ];
        for (path, tops) in unread {
            let aside = folder.join("aside");
            let was_there = std::fs::rename(&path, &aside).is_ok();
            symlink(&path, &path).expect("a link");
            for top in tops {
                let told = of(&folder.join(top)).expect_err("it is not read").to_string();
                assert!(told.starts_with(&*path.to_string_lossy()), "{told}");
            }
            std::fs::remove_file(&path).expect("removed");
            if was_there {
                std::fs::rename(&aside, &path).expect("it is back");
            }
        }
        assert_eq!(others(&main), [folder.join("second")]);
    }

    #[test]
    fn a_folder_that_names_a_repository_is_no_worktree_of_it() {
        let Some((_dir, folder)) = repository() else { return };
        let main = folder.join("main");
        git(&main, &["worktree", "add", "--quiet", "-b", "two", "../second"]);
        let common = main.join(".git").display().to_string();
        let claims: [(&str, &[(&str, String)]); 4] = [
            ("its common folder", &[(".git/commondir", common.clone())]),
            ("it", &[(".git", format!("gitdir: {common}"))]),
            ("another worktree's", &[(".git", format!("gitdir: {common}/worktrees/second"))]),
            (
                "it as a linked one",
                &[(".git", "gitdir: own".to_string()), ("own/commondir", common.clone())],
            ),
        ];
        for (claim, files) in claims {
            let folder = folder.join(claim);
            for (path, text) in files {
                let path = folder.join(path);
                std::fs::create_dir_all(path.parent().expect("a folder")).expect("folders");
                std::fs::write(path, text).expect("written");
            }
            assert_eq!(of(&folder).expect("it is read"), None, "it names {claim}");
        }
        let copy = Command::new("cp").arg("-a").args([&main, &folder.join("copy")]).status();
        assert!(copy.expect("cp runs").success());
        assert_eq!(others(&folder.join("copy")), [""; 0].map(PathBuf::from));
        assert_eq!(others(&folder.join("second")), [main]);
    }
}
