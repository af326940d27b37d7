//! The group that a workspace belongs to: the linked worktrees of its repository, and the clones that
//! `[worktrees]` names. A workspace may be a folder within its worktree; then the others are the same
//! folder in theirs.

use std::io;
use std::path::{Path, PathBuf};

use lockstep_analysis::profile::config::{WorktreeMode, WorktreeSettings};
use lockstep_analysis::snapshot::worktrees::Worktree;
use lockstep_store::worktrees;

use crate::workspace::local::{CONFIG, LocalWorkspace, config_of};

/// Another workspace of a group.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Member {
    /// The name of its worktree's folder; the whole path where two are called the same.
    pub name: String,
    /// Its canonical root.
    pub root: PathBuf,
    /// Whether git knows it for a worktree of the same repository.
    pub linked: bool,
}

/// The others of the group of the workspace at `root`, which is canonical, by name. One that says `mode = "off"` belongs to
/// no group, whatever the others say. The error names what cannot be read of any.
pub fn group(root: &Path, settings: &WorktreeSettings) -> io::Result<Vec<Member>> {
    if settings.mode == WorktreeMode::Off {
        return Ok(Vec::new());
    }
    let mut found: Vec<Member> = Vec::new();
    if let Some(linked) = worktrees::of(root)? {
        for top in &linked.others {
            found.extend(member(top, &top.join(&linked.below), true)?);
        }
    }
    for clone in &settings.also {
        let top = root.join(clone);
        // A folder around this one is no clone of it, and may be all of a disk.
        let clone = member(&top, &top, false)?;
        found.extend(clone.filter(|clone| !root.starts_with(&clone.root)));
    }
    let mut others: Vec<Member> = Vec::new();
    for other in found.into_iter().filter(|other| other.root != root) {
        if settings_of(&other.root)?.mode != WorktreeMode::Off {
            others.push(other);
        }
    }
    others.sort_by(|a, b| (&a.root, b.linked).cmp(&(&b.root, a.linked)));
    others.dedup_by(|a, b| a.root == b.root);
    let names: Vec<String> = others.iter().map(|other| other.name.clone()).collect();
    for other in &mut others {
        if names.iter().filter(|name| **name == other.name).count() > 1 {
            other.name = other.root.display().to_string();
        }
    }
    others.sort();
    Ok(others)
}

/// The files and folders on which it hangs what [`group`] says.
pub fn inputs(root: &Path, settings: &WorktreeSettings) -> Vec<PathBuf> {
    if settings.mode == WorktreeMode::Off {
        return Vec::new();
    }
    // What cannot be read is among the store's inputs.
    let found = worktrees::of(root).ok().flatten();
    let linked = found.iter().flat_map(|it| it.others.iter().map(|top| top.join(&it.below)));
    let clones = settings.also.iter().map(|clone| root.join(clone));
    let others = linked.chain(clones).flat_map(|other| [other.join(CONFIG), other]);
    let mut inputs: Vec<PathBuf> = worktrees::inputs(root).into_iter().chain(others).collect();
    inputs.sort();
    inputs
}

/// Those of [`inputs`] to be told of. Where no repository is, one may begin in any folder above: these
/// may be as busy as a temporary folder, and are looked at when something happens in the workspace.
pub fn watched(root: &Path, inputs: &[PathBuf]) -> Vec<PathBuf> {
    let is_above = |path: &Path| path.parent().is_some_and(|it| it != root && root.starts_with(it));
    let wanted = inputs.iter().filter(|path| !is_above(path) || path.exists());
    wanted.cloned().collect()
}

/// The others of the group that a change of the workspace at `root` is made in too. A clone that
/// is named, rather than known to git, has to name this root as well: a configuration may come
/// with somebody's repository, and must not have files elsewhere changed. The error names what cannot
/// be read: a worktree that is left out in silence would differ from then on.
pub fn mirrored(root: &Path, settings: &WorktreeSettings) -> io::Result<Vec<Member>> {
    if settings.mode != WorktreeMode::Mirror {
        return Ok(Vec::new());
    }
    let mut mirrored = Vec::new();
    for other in group(root, settings)? {
        if other.linked || names(&other.root, root)? {
            mirrored.push(other);
        }
    }
    Ok(mirrored)
}

/// Whether the workspace at `other` has its changes made in the one at `root` too.
fn names(other: &Path, root: &Path) -> io::Result<bool> {
    let theirs = settings_of(other)?;
    for clone in theirs.also.iter().filter(|_| theirs.mode == WorktreeMode::Mirror) {
        if worktrees::canonical(&other.join(clone))?.as_deref() == Some(root) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// What the others of the group say, as far as they keep their tasks in the same way.
pub fn look(workspace: &LocalWorkspace) -> Vec<Worktree> {
    let analysis = workspace.analysis();
    let group = group(workspace.folder(), &analysis.config.worktrees).unwrap_or_else(|error| {
        tracing::warn!(%error, "cannot look for other worktrees");
        Vec::new()
    });
    let read = |member: Member| {
        let other = LocalWorkspace::open_once(&member.root)
            .inspect_err(|error| tracing::warn!(%error, "cannot read a worktree"))
            .ok()?;
        let same = other.analysis().profile.id == analysis.profile.id;
        same.then(|| Worktree::new(member.name, other.analysis()))
    };
    std::thread::scope(|scope| {
        let read = &read;
        let others: Vec<_> =
            group.into_iter().map(|member| scope.spawn(move || read(member))).collect();
        others.into_iter().filter_map(|other| other.join().ok().flatten()).collect()
    })
}

fn member(top: &Path, root: &Path, linked: bool) -> io::Result<Option<Member>> {
    let Some((top, root)) = worktrees::canonical(top)?.zip(worktrees::canonical(root)?) else {
        return Ok(None);
    };
    let name = top
        .file_name()
        .map_or_else(|| top.display().to_string(), |name| name.to_string_lossy().into_owned());
    Ok(root.is_dir().then_some(Member { name, root, linked }))
}

fn settings_of(root: &Path) -> io::Result<WorktreeSettings> {
    let config = config_of(root);
    match config.problems.first() {
        Some(problem) if config.is_unread() => {
            Err(io::Error::other(format!("{}: {}", root.join(CONFIG).display(), problem.message)))
        }
        _ => Ok(config.worktrees),
    }
}
