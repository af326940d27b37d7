//! What was read of a workspace, and where there was anything to read. It says what stands on disk, and
//! so is the same for all that look at one folder.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use lockstep_analysis::model::Content;
use lockstep_store::loader::State;
use lockstep_store::loader::finder::{Finder, Found};

use crate::workspace::local::content::on_disk;

/// What was read below one root.
#[derive(Debug)]
pub(super) struct Reading {
    seen: Mutex<BTreeMap<String, Seen>>,
    /// Held for as long as it looks.
    finder: Mutex<Finder>,
}

/// What a file said.
#[derive(Debug)]
struct Seen {
    text: Arc<str>,
    /// Tells of every write since, unless somebody had written to the file just before.
    state: Option<State>,
}

impl Reading {
    /// Nothing is read yet.
    pub(super) fn new(root: &Path) -> Reading {
        Reading { seen: Mutex::default(), finder: Mutex::new(Finder::new(root)) }
    }

    /// The files that there are.
    pub(super) fn find(&self) -> Arc<Found> {
        self.finder.lock().unwrap_or_else(PoisonError::into_inner).look()
    }

    /// The text of the file at `path`, if nobody has written to it since it was read.
    pub(super) fn known(&self, path: &str, file: &Path) -> Option<Arc<str>> {
        let now = Some(State::of(file)?);
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.get(path).filter(|seen| seen.state == now).map(|seen| seen.text.clone())
    }

    /// Takes note of what a file says. Without a state that may be another thing soon.
    pub(super) fn take_note(&self, path: &str, text: &Arc<str>, state: Option<State>) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.insert(path.to_owned(), Seen { text: text.clone(), state });
    }

    /// Whether the file at `path` below `root` holds this still; `None` where there was none.
    pub(super) fn says(&self, path: &str, root: &Path, content: Option<Content>) -> bool {
        let known = self.known(path, &root.join(path)).map(Content::from);
        known.or_else(|| on_disk(root, path)) == content
    }

    /// Which of the files that were read somebody had written to just before.
    pub(super) fn young(&self) -> Vec<String> {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let young = seen.iter().filter(|(_, seen)| seen.state.is_none());
        young.map(|(path, _)| path.clone()).collect()
    }

    /// The folders in which something has come or gone just before they were looked at.
    pub(super) fn young_folders(&self) -> Vec<PathBuf> {
        let finder = self.finder.lock().unwrap_or_else(PoisonError::into_inner);
        finder.young().map(Path::to_owned).collect()
    }
}
