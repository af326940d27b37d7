//! What a file holds, and what is known of one that is not read.

use std::io;
use std::path::Path;

use lockstep_analysis::Existence;
use lockstep_analysis::model::Content;
use lockstep_analysis::text::TextRange;
use lockstep_store::loader::{self, FileText, Presence};

use crate::workspace::local::{LocalWorkspace, Taking, is_below};

/// What the file at `path` below `root` holds; `None` where there is none.
pub(super) fn on_disk(root: &Path, path: &str) -> Option<Content> {
    told(loader::read(root, path))
}

fn told(read: io::Result<FileText>) -> Option<Content> {
    match read {
        Ok(FileText { text, replaced: None }) => Some(text.into()),
        Ok(FileText { text, replaced: Some(at) }) => {
            let range = TextRange::new(at, at + char::REPLACEMENT_CHARACTER.len_utf8());
            let reason = "this is not UTF-8; save the file as UTF-8, so that no byte is lost";
            Some(Content::faulty(text.into(), range, reason.to_owned()))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => Some(Content::unreadable(error.to_string())),
    }
}

impl LocalWorkspace {
    /// What the file at `path` holds: the text of its overlay, else what is on disk.
    pub(super) fn content(&self, path: &str, taking: Taking) -> Option<Content> {
        if is_below(path, &self.nested) {
            return None;
        }
        let counts = |path: &str| self.files.contains(path) || !self.root.join(path).exists();
        if let Some(text) = self.overlays.get(path).filter(|_| counts(path)) {
            return Some(text.clone().into());
        }
        if !self.files.contains(path) {
            return None;
        }
        let full = self.root.join(path);
        if taking != Taking::Everything
            && let Some(text) = self.reading.known(path, &full)
        {
            return Some(text.into());
        }
        if taking == Taking::Written
            && let Some(text) = self.reading.vouched(path, &full)
        {
            return Some(text.into());
        }
        told(self.reading.read(&self.root, path))
    }

    pub(super) fn existence(&self, path: &str) -> Existence {
        match loader::presence(&self.root.join(path)) {
            Presence::Present => Existence::Present,
            Presence::Empty => Existence::Empty,
            Presence::Absent => Existence::Absent,
        }
    }
}
