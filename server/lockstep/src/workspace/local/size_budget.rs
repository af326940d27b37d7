//! How much of a workspace is read: files that hold tasks may be many and long, and nobody else is to
//! do without memory for it.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use lockstep_analysis::model::{Content, Document, FilePath};
use lockstep_analysis::{Change, snapshot};

use crate::workspace::local::{CONFIG, LocalWorkspace, Taking};

/// How many bytes may be read beside those that are.
#[derive(Debug)]
pub(super) struct SizeBudget {
    left: AtomicI64,
    limit: u64,
}

impl Clone for SizeBudget {
    fn clone(&self) -> SizeBudget {
        SizeBudget { left: AtomicI64::new(self.left.load(Ordering::Relaxed)), limit: self.limit }
    }
}

impl SizeBudget {
    pub(super) fn new(limit: u64) -> SizeBudget {
        SizeBudget { left: AtomicI64::new(limit.cast_signed()), limit }
    }

    /// The same limit, with what these documents take.
    fn holding<'d>(&self, documents: impl Iterator<Item = &'d Arc<Document>>) -> SizeBudget {
        let budget = SizeBudget::new(self.limit);
        documents.for_each(|document| budget.take(None, Some(&document.content())));
        budget
    }

    /// Takes what one content needs in the place of another.
    pub(super) fn take(&self, old: Option<&Content>, new: Option<&Content>) {
        let size = |content: Option<&Content>| content.map_or(0, |it| it.text.len() as i64);
        self.left.fetch_sub(size(new) - size(old), Ordering::Relaxed);
    }

    /// Whether more was taken than there is.
    pub(super) fn is_over(&self) -> bool {
        self.left.load(Ordering::Relaxed) < 0
    }
}

impl LocalWorkspace {
    /// Counts anew what is held: what was left out meanwhile was counted as if it were not.
    pub(super) fn measure(&mut self) {
        self.budget = self.budget.holding(self.analysis.index.docs.iter());
    }

    /// Where the workspace was too large and nothing of it has shrunk since, holds nothing as before,
    /// without reading any of it; where it has shrunk, everything is read.
    pub(super) fn still_too_large(&mut self, taking: Taking) -> Option<Vec<String>> {
        // The states of all files are asked only of a workspace that was too large.
        let known = self.too_large?;
        if self.size() >= known {
            self.give_up();
            return Some(Vec::new());
        }
        self.too_large = None;
        self.listed.is_none().then(|| self.find_and_apply(taking))
    }

    /// How many bytes there are to read, by the state of the files.
    fn size(&self) -> u64 {
        let found = self.found.files.iter().map(|(path, _)| path).filter(|path| {
            self.analysis.instances.has_role(path) && self.overlays.get(path).is_none()
        });
        let on_disk = |path| std::fs::metadata(self.root.join(path)).map_or(0, |it| it.len());
        let open = self.overlays.paths().filter_map(|path| self.overlays.get(path));
        found.map(on_disk).sum::<u64>() + open.map(|text| text.len() as u64).sum::<u64>()
    }

    /// Holds nothing of a workspace that is too large, and says so.
    pub(super) fn give_up(&mut self) {
        let (limit, size) = (self.budget.limit, self.size());
        self.too_large = Some(self.too_large.map_or(size, |known| known.min(size)));
        let reason = format!(
            "the files that may hold tasks have more than {limit} bytes together, and no more are read; \
             name some in `.ignore`, or give a smaller folder"
        );
        let unread = snapshot::Unread { path: FilePath::new(CONFIG), reason };
        let docs = self.analysis.index.docs.iter();
        let files = docs.map(|document| (document.path.clone(), None)).collect();
        self.host.apply_change(Change { files, unread: Some(vec![unread]), ..Change::default() });
        self.analysis = self.host.analysis();
        self.files_mut().clear();
        self.aliases = Arc::default();
        (self.listed, self.basis) = (None, None);
        self.reading.forget();
        self.budget = SizeBudget::new(limit);
    }
}
