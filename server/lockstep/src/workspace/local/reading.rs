//! What was read of a workspace, and where there was anything to read. It says what stands on disk, and
//! so is the same for all that look at one folder.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use lockstep_analysis::model::Content;
use lockstep_store::loader::finder::{Finder, Found};
use lockstep_store::seen::LastSeen;

use crate::workspace::local::content::on_disk;

/// What was read below one root.
#[derive(Debug)]
pub(super) struct Reading {
    said: Mutex<BTreeMap<String, Said>>,
    /// Held for as long as it looks.
    finder: Mutex<Finder>,
}

/// What a file said.
#[derive(Debug)]
struct Said {
    text: Arc<str>,
    /// What the file was before it was read.
    seen: LastSeen,
}

impl Reading {
    /// Nothing is read yet.
    pub(super) fn new(root: &Path) -> Reading {
        Reading { said: Mutex::default(), finder: Mutex::new(Finder::new(root)) }
    }

    /// The files that there are.
    pub(super) fn find(&self) -> Arc<Found> {
        self.finder.lock().unwrap_or_else(PoisonError::into_inner).look()
    }

    /// The text of the file at `path`, if nobody has written to it since it was read.
    pub(super) fn known(&self, path: &str, file: &Path) -> Option<Arc<str>> {
        let known = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        let (text, seen) = known.get(path).map(|said| (said.text.clone(), said.seen))?;
        drop(known);
        seen.holds(file).then_some(text)
    }

    /// Takes note of what a file says, and what it was before it was read.
    pub(super) fn take_note(&self, path: &str, text: &Arc<str>, seen: LastSeen) {
        let mut known = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert(path.to_owned(), Said { text: text.clone(), seen });
    }

    /// Forgets what files say.
    pub(super) fn forget(&self) {
        self.said.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// Whether the file at `path` below `root` holds this still; `None` where there was none.
    pub(super) fn says(&self, path: &str, root: &Path, content: Option<Content>) -> bool {
        let known = self.known(path, &root.join(path)).map(Content::from);
        known.or_else(|| on_disk(root, path)) == content
    }

    /// Which of the files that were read somebody had written to just before.
    pub(super) fn young(&self) -> Vec<String> {
        let known = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        let young = known.iter().filter(|(_, said)| said.seen == LastSeen::Young);
        young.map(|(path, _)| path.clone()).collect()
    }

    /// The folders in which something has come or gone just before they were looked at.
    pub(super) fn young_folders(&self) -> Vec<PathBuf> {
        let finder = self.finder.lock().unwrap_or_else(PoisonError::into_inner);
        finder.young().map(Path::to_owned).collect()
    }
}
