//! What was read of a workspace, and where there was anything to read. It says what stands on disk, and
//! so is the same for all that look at one folder.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use lockstep_analysis::model::Content;
use lockstep_store::loader::finder::{Finder, Found, LookMoment};
use lockstep_store::loader::{self, FileText};
use lockstep_store::seen::LastSeen;

use crate::workspace::local::content::on_disk;
use crate::workspace::setup::{self, Setup};

/// What was read below one root.
#[derive(Debug)]
pub(super) struct FolderReading {
    said: Mutex<BTreeMap<String, Said>>,
    unsure: Mutex<Unsure>,
    /// Held for as long as it looks.
    finder: Mutex<Finder>,
}

/// Files that may become others without anybody telling.
#[derive(Debug, Default)]
struct Unsure {
    /// Somebody had written to them just before they were read last.
    young: BTreeSet<String>,
    /// They had another name once, or could not be read as they are.
    odd: BTreeSet<String>,
}

/// What a file said.
#[derive(Debug)]
struct Said {
    text: Arc<str>,
    /// What the file was before it was read.
    seen: LastSeen,
    /// The moment after which it was read.
    since: LookMoment,
}

impl FolderReading {
    /// Nothing is read yet. What `finder` finds is read.
    pub(super) fn new(finder: Finder) -> FolderReading {
        let finder = Mutex::new(finder);
        FolderReading { said: Mutex::default(), unsure: Mutex::default(), finder }
    }

    fn finder(&self) -> MutexGuard<'_, Finder> {
        self.finder.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn unsure(&self) -> MutexGuard<'_, Unsure> {
        self.unsure.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The files that there are.
    pub(super) fn find(&self) -> Arc<Found> {
        self.finder().look()
    }

    /// As [`FolderReading::find`], and believes nothing that was seen before.
    pub(super) fn find_again(&self) -> Arc<Found> {
        self.finder().look_again()
    }

    /// By what `root` is read, with `overlay` in the place of its configuration.
    pub(super) fn setup(&self, root: &Path, overlay: Option<&str>) -> Setup {
        setup::find(root, overlay, || self.find(), |path| self.read(root, path))
    }

    /// Takes in what is told of files that are read next.
    pub(super) fn hear(&self) {
        self.finder().hear();
    }

    /// The moment of the last look for files.
    pub(super) fn now(&self) -> LookMoment {
        self.finder().now()
    }

    /// Of the files that were read after `since`, those that may be others by the last look. `None`
    /// where nobody vouches for the rest.
    pub(super) fn touched(&self, since: LookMoment) -> Option<BTreeSet<String>> {
        let finder = self.finder();
        let mut touched: BTreeSet<String> = finder.touched(since)?.map(str::to_owned).collect();
        let unsure = self.unsure();
        touched.extend(unsure.young.iter().chain(&unsure.odd).cloned());
        Some(touched)
    }

    /// The text of the file at `path`, if nobody has written to it since it was read.
    pub(super) fn known(&self, path: &str, file: &Path) -> Option<Arc<str>> {
        let known = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        let (text, seen) = known.get(path).map(|said| (said.text.clone(), said.seen))?;
        drop(known);
        seen.holds(file).then_some(text)
    }

    /// As [`FolderReading::known`], of one that somebody had written to just before it was read, where the
    /// system vouches that nobody has since: right after a look for files, by what that heard.
    pub(super) fn vouched(&self, path: &str, file: &Path) -> Option<Arc<str>> {
        let known = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        let said = known.get(path)?;
        let (text, seen, since) = (said.text.clone(), said.seen, said.since);
        drop(known);
        let is_vouched = self.finder().vouches_for(path, since);
        if !is_vouched || self.unsure().odd.contains(path) {
            return None;
        }
        let now = seen.still(file)?;
        let mut known = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        let same = known.get_mut(path).filter(|it| it.since == since && it.seen == seen);
        if let Some(said) = same.filter(|_| !now.is_young()) {
            // What is written from here on shows.
            said.seen = now;
            drop(known);
            self.unsure().young.remove(path);
        }
        Some(text)
    }

    /// Reads the file at `path` below `root`, and takes note of what it says.
    pub(super) fn read(&self, root: &Path, path: &str) -> io::Result<FileText> {
        let since = self.now();
        let read = loader::read_with_state(root, path);
        if !matches!(&read, Ok((file, _, true)) if file.is_exact()) {
            // It is to be looked at whatever is told of it.
            self.unsure().odd.insert(path.to_owned());
        }
        if let Ok((FileText { text, replaced: None }, state, _)) = &read {
            self.note(path, Said { text: text.clone(), seen: *state, since });
        }
        read.map(|(file, ..)| file)
    }

    /// Takes note of what a file says, and what it was before it was read.
    #[cfg(test)]
    pub(super) fn take_note(&self, path: &str, text: &Arc<str>, seen: LastSeen) {
        let since = self.now();
        self.note(path, Said { text: text.clone(), seen, since });
    }

    fn note(&self, path: &str, said: Said) {
        match said.seen.is_young() {
            true => self.unsure().young.insert(path.to_owned()),
            false => self.unsure().young.remove(path),
        };
        let mut known = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert(path.to_owned(), said);
    }

    /// Forgets what files say.
    pub(super) fn forget(&self) {
        self.said.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// Whether the file at `path` below `root` holds this still; `None` where there was none.
    pub(super) fn says(&self, path: &str, root: &Path, content: Option<Content>) -> bool {
        let file = root.join(path);
        let known = self.known(path, &file).or_else(|| self.vouched(path, &file));
        known.map(Content::from).or_else(|| on_disk(root, path)) == content
    }

    /// Which of the files that were read somebody had written to just before.
    pub(super) fn young(&self) -> Vec<String> {
        self.unsure().young.iter().cloned().collect()
    }

    /// The folders in which something has come or gone just before they were looked at.
    pub(super) fn young_folders(&self) -> Vec<PathBuf> {
        self.finder().young().map(Path::to_owned).collect()
    }
}
