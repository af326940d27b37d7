//! What an editor holds, over what is on disk.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use lockstep_analysis::model::FilePath;
use lockstep_analysis::snapshot::editing::{EditorChange, OtherEditor};
use lockstep_analysis::text::shared_text::SharedText;

use crate::workspace::local::held::HeldText;
use crate::workspace::local::overlays::{OpenTextState, Unsaved};
use crate::workspace::local::{LocalWorkspace, Taking};

impl LocalWorkspace {
    /// Lets `text` stand in for the file at `path`, relative to the root, or with `None` reads the
    /// file again.
    pub fn set_overlay(&mut self, path: &str, text: Option<SharedText>) {
        self.set_overlays([(path.to_owned(), text)]);
    }

    /// The files that a text stands in for.
    pub fn overlaid(&self) -> impl Iterator<Item = &str> {
        self.overlays.paths().map(String::as_str)
    }

    /// Whether a text stands in for the file at `path`.
    pub fn has_overlay(&self, path: &str) -> bool {
        self.overlays.holds(path)
    }

    /// As [`LocalWorkspace::set_overlay`], for several files at once, one after the other.
    pub fn set_overlays(
        &mut self,
        overlays: impl IntoIterator<Item = (String, Option<SharedText>)>,
    ) {
        let mut paths = BTreeSet::new();
        for (path, text) in overlays {
            let known = self.analysis.index.document(&path).map(|(_, it)| it.text.clone());
            self.overlays.set(&path, text, known);
            paths.insert(path);
        }
        self.refresh_and_apply(paths.iter().map(String::as_str).collect(), Taking::Everything);
        self.tell_editing();
    }

    /// As [`LocalWorkspace::set_overlays`], where `disk` has read the same folder: files that lose
    /// theirs say what was read there, as in [`LocalWorkspace::adopt`], before others are given one.
    pub fn set_overlays_over(
        &mut self,
        disk: &LocalWorkspace,
        overlays: impl IntoIterator<Item = (String, Option<SharedText>)>,
    ) {
        let (set, lifted): (Vec<_>, Vec<_>) =
            overlays.into_iter().partition(|(_, text)| text.is_some());
        if !lifted.is_empty() {
            // What is on disk at this moment may be half-written, and nobody would read it again.
            lifted.iter().for_each(|(path, _)| self.overlays.set(path, None, None));
            self.adopt(disk);
        }
        self.set_overlays(set);
    }

    /// What the file at `path` says at this moment below the text that stands in for it; `None` where
    /// nothing does, or nothing can be read.
    pub fn on_disk(&self, path: &str) -> Option<SharedText> {
        self.overlays.on_disk(path)
    }

    /// Takes note that the editor has written `text` to the file at `path`.
    pub fn wrote(&mut self, path: &str, text: SharedText) {
        self.overlays.wrote(path, text);
        self.refresh_and_apply(BTreeSet::from([path]), Taking::Everything);
        self.tell_editing();
    }

    /// Takes note that the editor has read or saved the file at `path` as `text`, and nothing since.
    pub fn was_read(&mut self, path: &str, text: SharedText) {
        self.overlays.was_read(path, text);
        self.tell_editing();
    }

    /// How each open text stands to what is on disk.
    pub fn open_texts(&self) -> impl Iterator<Item = (&str, OpenTextState)> {
        self.overlays.states()
    }

    /// The texts that the editor holds of files for which what is on disk counts.
    pub fn held(&self) -> BTreeMap<String, Arc<HeldText>> {
        self.overlays.held().map(|(path, held)| (path.to_owned(), held.clone())).collect()
    }

    /// Takes note that the editor has had its usual time to read the file at `path` again.
    pub fn set_late(&mut self, path: &str) {
        self.overlays.set_late(path);
        self.refresh_and_apply(BTreeSet::from([path]), Taking::Everything);
        self.tell_editing();
    }

    /// Takes note that what was typed into the file at `path` was not typed just now.
    pub fn forget_typed(&mut self, path: &str) {
        self.overlays.forget_typed(path);
        self.tell_editing();
    }

    /// Takes in whether to fix all is to bring places into agreement, too.
    pub fn set_fixes_drift(&mut self, fixes_drift: bool) {
        self.overlays.fixes_drift = fixes_drift;
        self.tell_editing();
    }

    /// Takes in which changes matter that the editor was asked to make.
    pub fn set_changes(&mut self, changes: Vec<Arc<EditorChange>>) {
        self.overlays.changes = changes;
        self.tell_editing();
    }

    /// Takes in what other editors hold that is not saved. Returns whether that is new.
    pub fn set_others(&mut self, others: BTreeMap<FilePath, Vec<OtherEditor>>) -> bool {
        let is_new = self.overlays.others != others;
        self.overlays.others = others;
        self.tell_editing();
        is_new
    }

    /// The texts that stand in for files and are not what is on disk.
    pub fn unsaved(&self) -> impl Iterator<Item = (&str, Unsaved)> {
        self.overlays.unsaved().map(|(path, unsaved)| {
            let document = self.analysis.index.document(path).map(|(_, document)| document);
            let document = document.filter(|document| document.text == unsaved.text).cloned();
            (path, Unsaved { document, ..unsaved })
        })
    }

    pub(super) fn tell_editing(&mut self) {
        let editing = self.overlays.editing();
        if editing != *self.analysis.editing {
            self.host.set_editing(editing);
            self.analysis = self.host.analysis();
        }
    }
}
