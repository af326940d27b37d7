//! How tasks stood at a commit, as `git` has it.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use lockstep_analysis::Analysis;
use lockstep_analysis::model::FilePath;
use lockstep_analysis::snapshot::Texts;
use lockstep_analysis::snapshot::base::Base;
use lockstep_store::history::RecordedOperation;

use super::commit::{self, CommitAction, Recorded};
use super::local::LocalWorkspace;

/// A file larger than this at the commit is taken to be as it is now.
const LARGEST: u64 = 64 << 20;

/// The commit that is checked out.
const HEAD: &str = "HEAD";

/// How often it is looked again whether files are as they were.
const ROUNDS: u32 = 3;

/// How the tasks of a workspace stood at `rev`; of a branch, where the current one has left it. The
/// error says why that is not known.
pub fn at(root: &Path, analysis: &Analysis, rev: &str) -> Result<Base, String> {
    let commit = resolved(root, rev)?;
    let listed = FilesSince::at(root, &commit)?;
    let texts = texts(root, analysis, &commit, &listed)?;
    let base = Base::new(rev.to_owned(), &analysis.with_texts(&texts));
    let base = match news(root, &base, None) {
        Some(BaseNews { explained: Some(explained), .. }) => explained,
        _ => base,
    };
    Ok(base)
}

/// How tasks stood at the commit that is checked out, as far as the history was known.
#[derive(Debug)]
pub struct HeadBase {
    /// How they stood.
    pub base: Base,
    /// The operation that was the newest.
    pub newest: Option<String>,
}

/// What the history tells of a base.
#[derive(Debug)]
pub struct BaseNews {
    /// The operation that is the newest.
    pub newest: String,
    /// The base with what somebody has set by force, or taken back; `None` where nobody has.
    pub explained: Option<Base>,
}

/// What the history tells of `base` after the operation `newest`; `None` where that is the newest.
pub fn news(root: &Path, base: &Base, newest: Option<&str>) -> Option<BaseNews> {
    let operations = history_since(root, newest);
    let first = operations.first()?.id.clone();
    let recorded: Vec<Recorded> = operations.iter().filter_map(Recorded::of).collect();
    let explained = recorded.iter().any(explains).then(|| {
        let mut base = base.clone();
        explain(&mut base, &recorded);
        base
    });
    Some(BaseNews { newest: first, explained })
}

/// How the tasks of a workspace stood at the commit that is checked out; `None` where there is none
/// yet, or the files change all the time. `workspace` is brought up to date.
pub fn at_head(workspace: &mut LocalWorkspace) -> Result<Option<HeadBase>, String> {
    let root = workspace.folder().to_owned();
    let Ok(commit) = resolved(&root, HEAD) else { return Ok(None) };
    let mut listed = FilesSince::at(&root, &commit)?;
    for _ in 0..ROUNDS {
        // What is not listed before nor afterwards is as at the commit, and so it was read.
        workspace.rescan_written(&BTreeSet::new());
        let again = FilesSince::at(&root, &commit)?;
        if again == listed {
            let analysis = workspace.analysis();
            let texts = texts(&root, analysis, &commit, &listed)?;
            let base = Base::new(HEAD.to_owned(), &analysis.with_texts(&texts));
            return Ok(Some(match news(&root, &base, None) {
                Some(BaseNews { newest, explained }) => {
                    HeadBase { base: explained.unwrap_or(base), newest: Some(newest) }
                }
                None => HeadBase { base, newest: None },
            }));
        }
        listed = again;
    }
    Ok(None)
}

/// The files that are others than at a commit, as `git` tells them.
#[derive(Debug, PartialEq, Eq)]
struct FilesSince {
    changed: Vec<u8>,
    untracked: Vec<u8>,
}

impl FilesSince {
    fn at(root: &Path, commit: &str) -> Result<FilesSince, String> {
        let changed = git(
            root,
            &[
                "diff",
                "--no-ext-diff",
                "--no-textconv",
                "--name-status",
                "--find-renames",
                "-z",
                "--relative",
                "--no-color",
                commit,
                "--",
                ".",
            ],
            b"",
        )?;
        let untracked = git(root, &["ls-files", "--others", "--exclude-standard", "-z"], b"")?;
        Ok(FilesSince { changed, untracked })
    }
}

/// The commit to compare with.
fn resolved(root: &Path, rev: &str) -> Result<String, String> {
    let is_name = !rev.is_empty() && !rev.starts_with('-');
    let name = format!("{rev}^{{commit}}");
    let found = is_name.then(|| git(root, &["rev-parse", "--verify", "--quiet", &name], b""));
    let found = match found {
        Some(found) => found.map_err(|_| format!("`{rev}` is no commit here"))?,
        None => return Err(format!("`{rev}` is no commit here")),
    };
    let commit = String::from_utf8_lossy(&found).trim().to_owned();
    // Where two histories have nothing in common, the commit itself is what there is.
    let base = git(root, &["merge-base", &commit, "HEAD"], b"");
    let base = base.map(|it| String::from_utf8_lossy(&it).trim().to_owned());
    Ok(base.ok().filter(|base| !base.is_empty()).unwrap_or(commit))
}

/// The texts at a commit of all files that are others now, each at the path that it has now.
fn texts(
    root: &Path,
    analysis: &Analysis,
    commit: &str,
    FilesSince { changed, untracked }: &FilesSince,
) -> Result<Texts, String> {
    let has_role = |path: &str| analysis.instances.of(path).is_some();
    let mut texts = Texts::new();
    // Each with the path that it has at the commit.
    let mut wanted: Vec<(String, String)> = Vec::new();
    for (now, then) in changes(changed) {
        match then {
            Some(then) if has_role(&now) => wanted.push((now, then)),
            None if has_role(&now) => drop(texts.insert(FilePath::new(&now), None)),
            _ => {}
        }
    }
    for path in untracked.split(|byte| *byte == 0).filter_map(|it| std::str::from_utf8(it).ok()) {
        if !path.is_empty() && has_role(path) {
            texts.insert(FilePath::new(path), None);
        }
    }
    let names: Vec<&str> = wanted.iter().map(|(_, then)| then.as_str()).collect();
    for ((now, _), text) in wanted.iter().zip(blobs(root, commit, &names)?) {
        if let Some(text) = text {
            texts.insert(FilePath::new(now), Some(text.into()));
        }
    }
    Ok(texts)
}

/// What `git diff --name-status -z` tells: the path of each file now, or its last one, and the path
/// that it had, if it was there.
fn changes(told: &[u8]) -> Vec<(String, Option<String>)> {
    let mut words = told.split(|byte| *byte == 0).map(String::from_utf8_lossy);
    let mut found = Vec::new();
    while let Some(kind) = words.next().filter(|kind| !kind.is_empty()) {
        let Some(path) = words.next().map(|path| path.into_owned()) else { break };
        match kind.chars().next() {
            Some('R') => {
                let Some(now) = words.next() else { break };
                found.push((now.into_owned(), Some(path)));
            }
            Some('A') => found.push((path, None)),
            _ => found.push((path.clone(), Some(path))),
        }
    }
    found
}

/// The texts of files at a commit; `None` for what is no text, or too large.
fn blobs(root: &Path, commit: &str, paths: &[&str]) -> Result<Vec<Option<String>>, String> {
    let plain = |path: &&str| !path.contains('\n');
    let asked: String = paths
        .iter()
        .map(|path| if plain(path) { format!("{commit}:./{path}\n") } else { "-\n".to_owned() })
        .collect();
    if paths.is_empty() {
        return Ok(Vec::new());
    }
    let told = git(root, &["cat-file", "--batch"], asked.as_bytes())?;
    let mut rest = told.as_slice();
    let mut found = Vec::new();
    for _ in paths {
        let end = rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
        let head = String::from_utf8_lossy(&rest[..end]).into_owned();
        rest = rest.get(end + 1..).unwrap_or_default();
        let size = head.split(' ').nth(2).and_then(|size| size.parse::<usize>().ok());
        let Some(size) = size.filter(|_| head.contains(" blob ")) else {
            found.push(None);
            continue;
        };
        let bytes = rest.get(..size).unwrap_or_default();
        rest = rest.get(size + 1..).unwrap_or_default();
        let text = std::str::from_utf8(bytes).ok().filter(|_| size as u64 <= LARGEST);
        found.push(text.map(str::to_owned));
    }
    Ok(found)
}

/// What `git` prints. It takes no lock and starts no program that the repository names.
fn git(root: &Path, arguments: &[&str], input: &[u8]) -> Result<Vec<u8>, String> {
    let mut command = Command::new("git");
    command.arg("-C").arg(root).args(["-c", "core.fsmonitor=false", "-c", "core.quotePath=false"]);
    command.args(arguments.iter().map(OsStr::new)).env("GIT_OPTIONAL_LOCKS", "0");
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let failed = |error: std::io::Error| format!("cannot run git: {error}");
    let mut child = command.spawn().map_err(failed)?;
    let stdin = child.stdin.take();
    let input = input.to_owned();
    let writer = std::thread::spawn(move || {
        // A git that ends early says why itself.
        stdin.map(|mut stdin| stdin.write_all(&input))
    });
    let out = child.wait_with_output().map_err(failed)?;
    drop(writer.join());
    match out.status.success() {
        true => Ok(out.stdout),
        false => {
            let told = String::from_utf8_lossy(&out.stderr).trim().to_owned();
            Err(told.lines().next().unwrap_or("git failed").to_owned())
        }
    }
}

/// The operations after one, or all, the newest first.
fn history_since(root: &Path, since: Option<&str>) -> Vec<RecordedOperation> {
    let Ok(operations) = commit::newest_first(root) else { return Vec::new() };
    operations.flatten().take_while(|operation| Some(operation.id.as_str()) != since).collect()
}

/// Whether somebody has set by force what an operation says, or taken it back.
fn explains(recorded: &Recorded) -> bool {
    match &recorded.request.action {
        CommitAction::Set { force, .. } => *force,
        CommitAction::Batch { list, .. } => list.iter().any(|change| change.force),
        CommitAction::Undo { .. } => true,
        _ => false,
    }
}

/// Takes in what was set by force, or taken back.
fn explain(base: &mut Base, operations: &[Recorded]) {
    for recorded in operations.iter().filter(|recorded| explains(recorded)) {
        for change in &recorded.changes {
            if let Some(to) = &change.to {
                base.explain(&change.task, change.phase.as_deref(), to);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::changes;

    #[test]
    fn what_git_tells_is_read() {
        let told = b"M\0a.md\0R087\0old.md\0new.md\0A\0b.md\0D\0c.md\0";
        let same = |path: &str| (path.to_owned(), Some(path.to_owned()));
        assert_eq!(
            changes(told),
            [
                same("a.md"),
                ("new.md".to_owned(), Some("old.md".to_owned())),
                ("b.md".to_owned(), None),
                same("c.md"),
            ]
        );
        assert!(changes(b"").is_empty());
    }
}
