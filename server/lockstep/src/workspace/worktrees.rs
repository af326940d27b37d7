//! The group that a workspace belongs to: the linked worktrees of its repository, and the clones that
//! `[worktrees]` names. A workspace may be a folder within its worktree; then the others are the same
//! folder in theirs.

use std::path::{Path, PathBuf};

use lockstep_analysis::analysis::worktrees::Worktree;
use lockstep_analysis::profile::config::{self, WorktreeMode, Worktrees};
use lockstep_store::loader;
use lockstep_store::worktrees;

use crate::workspace::local::{CONFIG, LocalWorkspace};

/// The others of a group.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Group {
    /// In the order of their names.
    pub others: Vec<Member>,
}

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

/// The group of the workspace at `root`, which is canonical. One that says `mode = "off"` belongs to
/// no group, whatever the others say.
pub fn group(root: &Path, settings: &Worktrees) -> Group {
    if settings.mode == WorktreeMode::Off {
        return Group::default();
    }
    let mut others: Vec<Member> = Vec::new();
    if let Some(found) = worktrees::of(root) {
        others.extend(
            found.others.iter().filter_map(|top| member(top, &top.join(&found.below), true)),
        );
    }
    for clone in &settings.also {
        let top = root.join(clone);
        others.extend(member(&top, &top, false));
    }
    others.retain(|other| other.root != root && settings_of(&other.root).mode != WorktreeMode::Off);
    others.sort_by(|a, b| (&a.root, b.linked).cmp(&(&b.root, a.linked)));
    others.dedup_by(|a, b| a.root == b.root);
    let names: Vec<String> = others.iter().map(|other| other.name.clone()).collect();
    for other in &mut others {
        if names.iter().filter(|name| **name == other.name).count() > 1 {
            other.name = other.root.display().to_string();
        }
    }
    others.sort();
    Group { others }
}

/// The files and folders on which it hangs what [`group`] says.
pub fn inputs(root: &Path, settings: &Worktrees) -> Vec<PathBuf> {
    if settings.mode == WorktreeMode::Off {
        return Vec::new();
    }
    let found = worktrees::of(root);
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
/// with somebody's repository, and must not have files elsewhere changed.
pub fn mirrored(root: &Path, settings: &Worktrees) -> Vec<Member> {
    if settings.mode != WorktreeMode::Mirror {
        return Vec::new();
    }
    let names_this = |other: &Path| {
        let theirs = settings_of(other);
        let back = |clone: &String| other.join(clone).canonicalize().is_ok_and(|it| it == root);
        theirs.mode == WorktreeMode::Mirror && theirs.also.iter().any(back)
    };
    let mut others = group(root, settings).others;
    others.retain(|other| other.linked || names_this(&other.root));
    others
}

/// What the others of the group say, as far as they keep their tasks in the same way.
pub fn look(workspace: &LocalWorkspace) -> Vec<Worktree> {
    let analysis = workspace.analysis();
    let group = group(workspace.folder(), &analysis.config.worktrees);
    let read = |member: Member| {
        let other = LocalWorkspace::open(&member.root)
            .inspect_err(|error| tracing::warn!(%error, "a worktree cannot be read"))
            .ok()?;
        let same = other.analysis().profile.id == analysis.profile.id;
        same.then(|| Worktree::new(member.name, other.analysis()))
    };
    std::thread::scope(|scope| {
        let read = &read;
        let others: Vec<_> =
            group.others.into_iter().map(|member| scope.spawn(move || read(member))).collect();
        others.into_iter().filter_map(|other| other.join().ok().flatten()).collect()
    })
}

fn member(top: &Path, root: &Path, linked: bool) -> Option<Member> {
    let root = root.canonicalize().ok().filter(|root| root.is_dir())?;
    let top = top.canonicalize().ok()?;
    let name = top
        .file_name()
        .map_or_else(|| top.display().to_string(), |name| name.to_string_lossy().into_owned());
    Some(Member { name, root, linked })
}

fn settings_of(root: &Path) -> Worktrees {
    let text = loader::read(&root.join(CONFIG)).map(|file| file.text).unwrap_or_default();
    config::parse(&text, &[]).worktrees
}
