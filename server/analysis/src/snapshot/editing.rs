//! What an editor holds: which of its texts are not what is on disk, and which changes it was asked
//! to make. Whoever has an editor hands this in; without one there is nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::index::Index;
use crate::model::{Document, FilePath};
use crate::snapshot::Snapshot;
use crate::text::TextRange;
use crate::text::merge::{self, Standing};
use crate::text::shared_text::SharedText;

/// What an editor holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Editing {
    /// The documents that are open: their texts are the editor's.
    pub open: BTreeMap<FilePath, OnDisk>,
    /// Changes over several files that the editor was asked to make, as far as they matter still.
    pub changes: Vec<Arc<EditorChange>>,
    /// What other editors hold that is not saved.
    pub others: BTreeMap<FilePath, Vec<OtherEditor>>,
    /// Whether to fix all is to bring places into agreement, too.
    pub fixes_drift: bool,
}

/// Another editor that has a file open.
#[derive(Clone, Debug)]
pub struct OtherEditor {
    /// What a user calls it.
    pub name: String,
    /// Its text.
    pub text: SharedText,
    /// What it has read or saved last; `None` where there was no file.
    pub read: Option<SharedText>,
    /// Its text as it is read there already.
    pub document: Option<Arc<Document>>,
}

impl OtherEditor {
    /// What it has, as the analysis reads it.
    pub(crate) fn document(&self, here: &Document) -> Option<Arc<Document>> {
        if let Some(document) = &self.document
            && Arc::ptr_eq(&document.profile, &here.profile)
            && document.facts.stray == here.facts.stray
            && document.path == here.path
        {
            return Some(document.clone());
        }
        here.with_text(self.text.clone()).map(Arc::new)
    }
}

/// A document says what its text says.
impl PartialEq for OtherEditor {
    fn eq(&self, other: &OtherEditor) -> bool {
        (&self.name, &self.text, &self.read) == (&other.name, &other.text, &other.read)
    }
}

impl Eq for OtherEditor {}

/// What stands on disk below an open document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OnDisk {
    /// The text now; `None` where there is no file.
    pub text: Option<SharedText>,
    /// The text when the editor last had the same.
    pub read: Option<SharedText>,
    /// The editor's text, where the document is what is on disk instead: the editor has what it has read,
    /// and somebody else has changed the file since.
    pub behind: Option<SharedText>,
    /// Whether the editor has had its usual time to read the file again.
    pub late: bool,
    /// What the text was before the editor's user changed it last; `None` where that is not just now.
    pub typed_on: Option<SharedText>,
}

/// A change that an editor was asked to make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EditorChange {
    /// Its name, for commands.
    pub id: String,
    /// What it does, as a menu says it.
    pub label: String,
    /// The files it is made of.
    pub files: BTreeMap<FilePath, EditedFile>,
    /// The changes that it was made on, not saved at that time: the oldest first.
    pub below: Vec<Arc<EditorChange>>,
}

/// What a change makes of one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EditedFile {
    /// The text that it was planned on; `None` where there was no file.
    pub before: Option<Arc<str>>,
    /// The text that it makes.
    pub after: Arc<str>,
    /// Whether the editor has had the file open since. One that it has never shown may be changed
    /// in a buffer that is not told of.
    pub seen: bool,
}

impl EditedFile {
    /// How a text stands to the change.
    pub fn standing(&self, text: Option<&str>) -> Standing {
        let before = self.before.as_deref().unwrap_or_default();
        merge::standing(before, &self.after, text.unwrap_or_default())
    }

    /// Where the document shows the change, or would.
    pub fn place(&self, document: &Document) -> TextRange {
        place(document, self.before.as_deref().unwrap_or_default(), &self.after)
    }
}

/// Where a document shows the change that makes `after` of `before`, or would: a status among the
/// lines if there is one, else the first of them, else the start.
pub(crate) fn place(document: &Document, before: &str, after: &str) -> TextRange {
    let text = &document.text;
    let places = merge::places(before, after, text);
    let statuses = document.facts.occurrences.iter().map(|it| it.reading.range);
    let mut changed = statuses.filter(|it| places.iter().any(|lines| lines.contains_range(*it)));
    let first_line = || {
        let lines = places.first()?;
        let line = lines.of(text).lines().next().unwrap_or_default();
        let start = lines.start as usize + line.len() - line.trim_start().len();
        Some(TextRange::new(start, lines.start as usize + line.trim_end().len()))
    };
    changed.next().or_else(first_line).unwrap_or_default()
}

/// How far a change has come: its files by what becomes of them. A file in which the same place was
/// changed otherwise since is none of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EditProgress {
    /// Made and on disk.
    pub saved: BTreeSet<FilePath>,
    /// Made in the editor only.
    pub unsaved: BTreeSet<FilePath>,
    /// Not made.
    pub missing: BTreeSet<FilePath>,
    /// Not made as far as is known, in files that the editor has not shown.
    pub unknown: BTreeSet<FilePath>,
}

impl EditProgress {
    /// Whether the change is made in some of its files.
    pub fn is_begun(&self) -> bool {
        !(self.saved.is_empty() && self.unsaved.is_empty())
    }

    /// Whether it is made in some of its files and not in others.
    pub fn is_half(&self) -> bool {
        self.is_begun() && !self.missing.is_empty()
    }

    /// Whether it is made in all of its files, saved or not.
    pub fn is_complete(&self) -> bool {
        self.missing.is_empty() && self.unknown.is_empty()
    }

    /// Whether nothing is left to be done.
    pub fn is_over(&self) -> bool {
        self.unsaved.is_empty() && self.is_complete()
    }
}

impl Snapshot {
    /// How far a change has come.
    pub fn progress(&self, change: &EditorChange) -> EditProgress {
        self.progress_on(change, None)
    }

    /// How far a change has come, where `disk` is what is on disk, if that is known to others already.
    pub fn progress_on(&self, change: &EditorChange, disk: Option<&Index>) -> EditProgress {
        let mut progress = EditProgress::default();
        for (path, file) in &change.files {
            let here = self.index.document(path.as_str()).map(|(_, document)| &*document.text);
            let known = disk.and_then(|index| index.document(path.as_str()));
            let disk = match (known, self.editing.open.get(path)) {
                (Some((_, document)), _) => Some(&*document.text),
                (None, Some(disk)) => disk.text.as_deref(),
                (None, None) => here,
            };
            match (file.standing(here), file.standing(disk)) {
                (Standing::Made, Standing::Made) => progress.saved.insert(path.clone()),
                (Standing::Made, _) => progress.unsaved.insert(path.clone()),
                (Standing::Missing, _) if file.seen => progress.missing.insert(path.clone()),
                (Standing::Missing, _) => progress.unknown.insert(path.clone()),
                (Standing::Otherwise, _) => false,
            };
        }
        // Once all that is known of is saved, the disk decides.
        if progress.unsaved.is_empty() {
            progress.missing.append(&mut progress.unknown);
        }
        progress
    }
}
