//! What was read of a workspace, and where there was anything to read. It says what stands on disk, and
//! so is the same for all that look at one folder.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use lockstep_store::loader::State;
use lockstep_store::loader::finder::{Finder, Found};

/// What was read below one root.
#[derive(Debug)]
pub(super) struct Reading {
    seen: Mutex<BTreeMap<String, Seen>>,
    /// Held for as long as it looks.
    finder: Mutex<Finder>,
}

/// What a file said in a state that tells of every write since.
#[derive(Debug)]
struct Seen {
    text: Arc<str>,
    state: State,
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
        let now = State::of(file)?;
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.get(path).filter(|seen| seen.state == now).map(|seen| seen.text.clone())
    }

    /// Takes note of what a file says. Without a state that may be another thing soon.
    pub(super) fn take_note(&self, path: &str, text: &Arc<str>, state: Option<State>) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        match state {
            Some(state) => {
                seen.insert(path.to_owned(), Seen { text: text.clone(), state });
            }
            None => {
                seen.remove(path);
            }
        }
    }
}
