//! Folders on disk: which may be moved whole, and their files as targets.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::FileType;
use std::path::Path;
use std::sync::Arc;

use lockstep_analysis::Analysis;
use lockstep_analysis::change::SourceChange;
use lockstep_analysis::change::archive::{self, Folders};
use lockstep_analysis::change::moving;
use lockstep_analysis::model::FilePath;
use lockstep_analysis::operation::task_meant;
use lockstep_store::loader::{self, FileText};
use lockstep_store::path::RelPath;
use lockstep_store::transaction::{Expect, LockedRoot, Target};

use crate::workspace::commit::{CommitError, PlannedFiles, is_task_file};

/// The folders of these tasks, or of all that are finished: the files of those that may be moved,
/// which hold nothing but what a transaction may change, and whose place in the archive is free; and
/// what keeps the others.
pub fn movable(root: &Path, analysis: &Analysis, ids: &[String]) -> Folders {
    let tasks = match ids.is_empty() {
        true => archive::finished(analysis),
        false => {
            let tasks = ids.iter().filter_map(|id| task_meant(analysis, id).ok());
            tasks.map(|task| task.id.clone()).collect()
        }
    };
    let folders = tasks.iter().flat_map(|id| archive::folders(analysis, id));
    let looked = folders.map(|(from, to)| {
        let files = files_of(root, &from, &to);
        (from, files)
    });
    looked.collect()
}

/// The files that go with a folder, or the one that goes alone; the error is what keeps it.
pub fn files_of(root: &Path, from: &str, to: &str) -> Result<Vec<String>, String> {
    let goal = root.join(to);
    if !is_free(&goal).map_err(|error| unread(root, &goal, error))? {
        return Err(format!("{to} exists already"));
    }
    let path = root.join(from);
    let kind = std::fs::symlink_metadata(&path).map_err(|error| unread(root, &path, error))?;
    let mut files = Vec::new();
    match kind.is_dir() {
        true => collect(root, &path, &mut files)?,
        false => take(root, &path, kind.file_type(), &mut files)?,
    }
    Ok(files)
}

/// The files in a folder that hold Markdown or JSON, or the one that is meant; what cannot be read is left
/// out.
pub fn files_below(root: &Path, path: &str) -> Vec<String> {
    let below = format!("{path}/");
    let is_meant = |file: &str| (file == path || file.starts_with(&below)) && is_task_file(file);
    loader::files(root, &is_meant)
}

/// Those of `files` that go with a folder, or the one that goes alone.
pub(super) fn inside(files: &[&str], from: &str) -> Vec<String> {
    let goes = |path: &&&str| {
        path.strip_prefix(from).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    files.iter().filter(goes).map(|path| (*path).to_owned()).collect()
}

fn unread(root: &Path, path: &Path, error: std::io::Error) -> String {
    let name = path.strip_prefix(root).unwrap_or(path);
    format!("{} cannot be read: {error}", name.display())
}

/// Whether nothing is at `path` but folders, which a command that was killed may have made; the error is
/// that nobody can tell.
fn is_free(path: &Path) -> std::io::Result<bool> {
    let entries = match std::fs::read_dir(path) {
        Ok(entries) => entries,
        Err(error) => {
            return match error.kind() {
                std::io::ErrorKind::NotFound => Ok(true),
                std::io::ErrorKind::NotADirectory => Ok(false),
                _ => Err(error),
            };
        }
    };
    for entry in entries {
        let entry = entry?;
        if !entry.file_type()?.is_dir() || !is_free(&entry.path())? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Adds the files below `folder`; the error names what may not be moved, and so keeps it.
fn collect(root: &Path, folder: &Path, files: &mut Vec<String>) -> Result<(), String> {
    let entries = std::fs::read_dir(folder).map_err(|error| unread(root, folder, error))?;
    for entry in entries {
        let entry = entry.map_err(|error| unread(root, folder, error))?;
        let path = entry.path();
        let kind = entry.file_type().map_err(|error| unread(root, &path, error))?;
        match kind.is_dir() {
            true => collect(root, &path, files)?,
            false => take(root, &path, kind, files)?,
        }
    }
    Ok(())
}

/// Adds what is no folder; the error tells why it may not be moved.
fn take(root: &Path, path: &Path, kind: FileType, files: &mut Vec<String>) -> Result<(), String> {
    match loader::relative(root, path) {
        Some(file) if kind.is_file() && is_task_file(&file) => files.push(file),
        _ => {
            let name = path.strip_prefix(root).unwrap_or(path);
            let what = if kind.is_symlink() { "a link" } else { "no Markdown and no JSON" };
            return Err(format!("{} is {what}", name.display()));
        }
    }
    Ok(())
}

/// Has links follow what moves in Markdown that has no role, and so no text in the analysis. History
/// is left alone, unless it moves.
pub(super) fn mend_links(root: &Path, analysis: &Analysis, planned: &mut PlannedFiles) {
    let on_disk = |path: &str| loader::read(root, path).ok();
    let mended = mended_links(root, analysis, &planned.change, &on_disk);
    for (path, before, after) in mended.texts {
        planned.take_unread(path, before, after);
    }
    planned.unmended = mended.unread;
}

/// Markdown without a role, with links to what moves or of what moves.
#[derive(Debug, Default)]
pub struct MendedLinks {
    /// Each file, its text, and what that becomes.
    pub texts: Vec<(FilePath, Arc<str>, String)>,
    /// Files that stay as they are because they cannot be read, and may have such links.
    pub unread: Vec<FilePath>,
}

/// What is to be known of files that may have links to where others were.
pub fn unmended(files: &[FilePath]) -> Option<String> {
    let (first, more) = files.split_first()?;
    let more = if more.is_empty() { String::new() } else { format!(" and {} more", more.len()) };
    Some(format!(
        "{first}{more} cannot be read as UTF-8: links in it may lead to where the files were; \
         correct them by hand"
    ))
}

/// The Markdown without a role that has links to what a change moves, or moves itself.
pub fn mended_links(
    root: &Path,
    analysis: &Analysis,
    change: &SourceChange,
    text: &dyn Fn(&str) -> Option<FileText>,
) -> MendedLinks {
    let mut mended = MendedLinks::default();
    if change.folders.is_empty() {
        return mended;
    }
    let has_role = |path: &str| analysis.index.document(path).is_some();
    let is_history =
        |path: &str| analysis.instances.iter().any(|profile| profile.history.is_match(path));
    let stays = |path: &str| path.ends_with(".md") && !has_role(path) && !is_history(path);
    let goes = change.moves.keys().map(FilePath::as_str);
    let goes = goes.filter(|path| path.ends_with(".md") && !has_role(path)).map(str::to_owned);
    let mut paths: BTreeSet<String> = goes.collect();
    paths.extend(loader::files(root, &stays));
    let is_there = |path: &str| Some(was_there(root, &change.moves, path));
    for path in paths {
        let (read, path) = (text(&path), FilePath::new(&path));
        let Some(FileText { text: before, replaced }) = read else {
            mended.unread.push(path);
            continue;
        };
        match moving::mend_text(&path, &before, &change.folders, &is_there) {
            Some(after) if replaced.is_none() => mended.texts.push((path, before, after)),
            Some(_) => mended.unread.push(path),
            None => {}
        }
    }
    mended
}

/// Whether something is at a path before these files move, of which some may have moved already.
pub(super) fn was_there(root: &Path, moves: &BTreeMap<FilePath, FilePath>, path: &str) -> bool {
    let is_below = |file: &FilePath| moving::goes(file.as_str(), path);
    let is_on_disk = || std::fs::symlink_metadata(root.join(path)).is_ok();
    moves.keys().any(is_below) || !moves.values().any(|to| to.as_str() == path) && is_on_disk()
}

/// The targets of moved files that have no role, and so no text in the analysis.
pub(super) fn targets(
    locked: &LockedRoot<'_>,
    analysis: &Analysis,
    planned: &PlannedFiles,
) -> Result<Vec<Target>, CommitError> {
    let mut targets = Vec::new();
    for (from, to) in &planned.moves {
        if analysis.index.document(from.as_str()).is_some() || planned.texts.contains_key(from) {
            continue;
        }
        let rel = |path: &FilePath| {
            RelPath::new(path.as_str()).map_err(|error| CommitError::Refused(error.to_string()))
        };
        let (from, to) = (rel(from)?, rel(to)?);
        let Some(bytes) = locked.read(&from)? else {
            return Err(CommitError::Conflict(format!("{from} no longer exists; try again")));
        };
        let pre = Expect::read_as(Some(&bytes));
        let (absent, moved_from) = (Expect::Absent, Some(from.clone()));
        targets.push(Target { path: from, pre, post: None, moved_from: None });
        targets.push(Target { path: to, pre: absent, post: Some(bytes.into()), moved_from });
    }
    Ok(targets)
}
