//! Files that an editor moves with a change: which it may, and the texts that follow.

use std::collections::BTreeMap;

use lockstep_analysis::change::SourceChange;
use lockstep_analysis::change::moving::{self, Kept};
use lockstep_analysis::model::FilePath;
use lockstep_analysis::operation::Planner;
use lockstep_analysis::profile::Severity;
use lockstep_analysis::text::merge::same_texts;
use lockstep_store::loader::{self, FileText};

use crate::hub::snapshot::Folder;
use crate::lsp::session::SessionContext;
use crate::workspace::commit::{self, MendedLinks};

/// Plans a change in a folder that the client may be asked to make, with the files that it moves. The
/// links in files without a role follow.
pub(crate) fn planned<E>(
    context: &SessionContext,
    folder: &Folder,
    plan: impl FnOnce(Planner<'_>) -> Result<SourceChange, E>,
) -> Result<SourceChange, E> {
    let movable = |from: &str, to: &str| movable(context, folder, from, to);
    let mut change = plan(Planner { movable: &movable, ..Planner::STILL })?;
    let text = |path: &str| text(context, folder, path);
    let mended = commit::mended_links(&folder.root, &folder.analysis, &change, &text);
    take(context, &mut change, mended);
    Ok(change)
}

/// What links to files become which the client is about to rename, from where to where, and what links in
/// them become. The texts stay where they are: they are renamed by the client itself.
pub(crate) fn followed(
    context: &SessionContext,
    folder: &Folder,
    ways: &BTreeMap<String, String>,
) -> SourceChange {
    let mut change = moving::followed(&folder.analysis, ways);
    let text = |path: &str| text(context, folder, path);
    // Which files go is looked up before the client renames them.
    let files = ways.iter().flat_map(|(from, to)| {
        let files = commit::files_below(&folder.root, from);
        files.into_iter().map(move |path| {
            let new = format!("{to}{}", &path[from.len()..]);
            (FilePath::new(&path), FilePath::new(&new))
        })
    });
    let going =
        SourceChange { moves: files.collect(), folders: ways.clone(), ..SourceChange::default() };
    let mended = commit::mended_links(&folder.root, &folder.analysis, &going, &text);
    take(context, &mut change, mended);
    change
}

/// Takes along what links become in files without a role, and tells of those that cannot be read.
fn take(context: &SessionContext, change: &mut SourceChange, mended: MendedLinks) {
    for (path, before, after) in mended.texts {
        change.take_unread(path, before, after);
    }
    if let Some(warning) = commit::unmended(&mended.unread) {
        context.session.show(Severity::Warning, format!("Lockstep: {warning}"));
    }
}

/// The files that the client may move from one path to another.
fn movable(
    context: &SessionContext,
    folder: &Folder,
    from: &str,
    to: &str,
) -> Result<Vec<String>, Kept> {
    if !context.features().renames_files {
        return Err(Kept::ByTexts);
    }
    let files = commit::files_of(&folder.root, from, to).map_err(Kept::ByDisk)?;
    match files.iter().find_map(|path| unsaved(context, folder, path)) {
        Some(why) => Err(Kept::ByDisk(why)),
        None => Ok(files),
    }
}

/// Why a file cannot be moved while editors hold what they hold.
fn unsaved(context: &SessionContext, folder: &Folder, path: &str) -> Option<String> {
    // Who has only not read it again has nothing to lose.
    let open = context.snapshot.opened(folder, path).filter(|_| !folder.held.contains_key(path));
    let own = open.is_some_and(|open| {
        let disk = loader::read(&folder.root, path).ok();
        !disk.is_some_and(|disk| same_texts(&disk.text.into(), &open.text))
    });
    let others = &folder.analysis.editing.others;
    let other = others.get(&FilePath::new(path)).and_then(|all| all.first());
    match (own, other) {
        (true, _) => Some(format!("{path} has unsaved changes; save or undo them first")),
        (false, Some(other)) => {
            let name = &other.name;
            Some(format!("{path} has unsaved changes in {name}; save or undo them there first"))
        }
        (false, None) => context.session.hub().spare(&folder.root, path),
    }
}

/// The text of a file without a role: what the client has, else what is on disk.
fn text(context: &SessionContext, folder: &Folder, path: &str) -> Option<FileText> {
    match context.snapshot.opened(folder, path) {
        Some(open) => Some(FileText { text: open.text.whole().clone(), replaced: None }),
        None => loader::read(&folder.root, path).ok(),
    }
}
