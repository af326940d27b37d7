//! Files and folders that go elsewhere, with the links to them and from them.

mod links;

use std::collections::BTreeMap;

pub use links::mend_text;
pub(crate) use links::{escaped, mend, relative};

use crate::change::{Refusal, RefusalKind, SourceChange, refuse};
use crate::index::DocIdx;
use crate::model::FilePath;
use crate::snapshot::{Snapshot, Texts};
use crate::text::text_edit::{TextEdit, TextEdits};

/// What keeps files where they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kept {
    /// What is on the disk, as a clause.
    ByDisk(String),
    /// That whoever asks changes texts and moves nothing.
    ByTexts,
}

/// The files of a folder, or the file, that may go from one path to another, relative to the root.
pub type Movable<'a> = dyn Fn(&str, &str) -> Result<Vec<String>, Kept> + 'a;

/// Whether a file or folder is at a path before anything moves; `None` where nobody has looked.
pub type IsThere<'a> = dyn Fn(&str) -> Option<bool> + 'a;

/// Folders and files, from where to where they go.
pub(crate) type Ways<'a> = BTreeMap<&'a str, &'a str>;

/// What a move makes.
#[derive(Clone, Debug, Default)]
pub(crate) struct MovedFiles {
    /// New texts of files; `None` removes one.
    pub(crate) texts: Texts,
    /// Files that are moved, from where to where, also those that have no role.
    pub(crate) moves: BTreeMap<FilePath, FilePath>,
}

/// The texts of all documents that change by `edits` or go along the `ways`, with those of `files` that
/// do, some of which have no role.
pub(crate) fn moved_texts<'f>(
    analysis: &Snapshot,
    mut edits: BTreeMap<DocIdx, Vec<TextEdit>>,
    ways: &Ways<'_>,
    files: impl Iterator<Item = &'f String>,
) -> Result<MovedFiles, Refusal> {
    let mut made = MovedFiles::default();
    let docs = match ways.is_empty() {
        true => edits.keys().copied().collect(),
        false => (0..analysis.index.docs.len()).collect::<Vec<DocIdx>>(),
    };
    for doc in docs {
        let document = &analysis.index.docs[doc];
        let edits = edits.remove(&doc).filter(|edits| !edits.is_empty());
        let to = moved(document.path.as_str(), ways);
        if edits.is_none() && to.is_none() {
            continue;
        }
        let edits = TextEdits::new(edits.unwrap_or_default()).map_err(|_| {
            let message = format!("the edits of {} would overlap", document.path);
            let remedy = "this is a bug in Lockstep; please report it with the file";
            refuse(RefusalKind::Malformed, message, remedy)
        })?;
        let text = edits.apply_shared(&document.text);
        if let Some(to) = to {
            made.moves.insert(document.path.clone(), to.clone());
            made.texts.insert(document.path.clone(), None);
            made.texts.insert(to, Some(text));
        } else if text != document.text {
            made.texts.insert(document.path.clone(), Some(text));
        }
    }
    // Files without a role are told of by whoever has looked.
    for (path, to) in files.filter_map(|path| Some((path, moved(path, ways)?))) {
        made.moves.insert(FilePath::new(path), to);
    }
    Ok(made)
}

/// What links become by which files that go elsewhere are found, from where to where, and links in these:
/// edits of texts that stay where they are.
pub fn followed(analysis: &Snapshot, ways: &BTreeMap<String, String>) -> SourceChange {
    let ways: Ways<'_> = ways.iter().map(|(from, to)| (&**from, &**to)).collect();
    let mut change = SourceChange::default();
    for (doc, edits) in mend(analysis, &ways) {
        let document = &analysis.index.docs[doc];
        if let Ok(edits) = TextEdits::new(edits) {
            change.before.insert(document.path.clone(), document.text.clone());
            change.edits.insert(document.path.clone(), edits);
        }
    }
    change
}

/// Where a file goes, by itself or with its folder. Its own way goes before that of its folder.
pub(super) fn moved(path: &str, ways: &Ways<'_>) -> Option<FilePath> {
    // Of folders one in another, the inner one is behind.
    let (from, to) = ways.iter().rev().find(|(from, _)| goes(path, from))?;
    Some(FilePath::new(&format!("{to}{}", &path[from.len()..])))
}

/// Whether a file or folder is the one that goes, or in it.
pub fn goes(path: &str, way: &str) -> bool {
    path == way || is_inside(path, way)
}

pub(super) fn is_inside(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}
