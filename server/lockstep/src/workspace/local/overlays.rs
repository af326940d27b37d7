//! Texts that stand in for files, and what stands on disk below them.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use lockstep_analysis::Analysis;
use lockstep_analysis::model::{Document, FilePath};
use lockstep_analysis::snapshot::editing::{Editing, EditorChange, OnDisk, OtherEditor};
use lockstep_analysis::text::merge::{self, Standing};
use lockstep_analysis::text::shared_text::SharedText;
use lockstep_store::loader;

use crate::workspace::local::Taking;
use crate::workspace::local::held::HeldText;
use crate::workspace::local::reading::FolderReading;

/// Texts that stand in for files of one workspace.
#[derive(Clone, Debug)]
pub(super) struct Overlays {
    root: PathBuf,
    reading: Arc<FolderReading>,
    texts: BTreeMap<String, Overlaid>,
    /// Changes that the editor was asked to make.
    pub(super) changes: Vec<Arc<EditorChange>>,
    /// What other editors hold that is not saved.
    pub(super) others: BTreeMap<FilePath, Vec<OtherEditor>>,
    /// Whether to fix all is to bring places into agreement, too.
    pub(super) fixes_drift: bool,
}

/// A text that is not what is on disk.
#[derive(Clone, Debug)]
pub struct Unsaved {
    /// The text.
    pub text: SharedText,
    /// What the editor has read or saved last; `None` where there was no file.
    pub read: Option<SharedText>,
    /// The text as it is read already, and by which profile.
    pub document: Option<Arc<Document>>,
}

impl Unsaved {
    /// Whether it was changed since it was read, rather than the file.
    pub fn is_changed(&self) -> bool {
        !merge::same_texts(self.read.as_ref().unwrap_or(&SharedText::default()), &self.text)
    }
}

#[derive(Clone, Debug)]
struct Overlaid {
    text: SharedText,
    disk: OnDisk,
    /// What the text was before the editor's user changed it.
    typed_on: Option<SharedText>,
    /// What came from the disk, as far as is known: one that says at once that it has written it has
    /// typed it, and told of that late.
    reread: Option<Reread>,
    /// The text beside what is on disk, where that counts.
    held: Option<Arc<HeldText>>,
}

/// An open text that has become what is on disk.
#[derive(Clone, Debug)]
struct Reread {
    /// What the text was before its user changed it.
    typed_on: Option<SharedText>,
    at: Instant,
}

impl Reread {
    /// An editor sends what was typed right before it says that it has saved it, on a busy machine some
    /// time before; hardly anybody reads a file again and saves it as it is within this time.
    const AT_ONCE: Duration = Duration::from_secs(3);

    /// What the text was typed on, if it was written by its editor and told of late.
    fn typed_on(self, written: Instant) -> Option<Option<SharedText>> {
        (written.duration_since(self.at) < Reread::AT_ONCE).then_some(self.typed_on)
    }
}

/// How an open text stands to what is on disk, for whoever keeps the time.
#[derive(Clone, Debug)]
pub struct OpenTextState {
    /// What is on disk, where the editor has not read it since somebody else changed it, and has changed
    /// nothing itself.
    pub unread: Option<Option<SharedText>>,
    /// Whether the editor has had its usual time to read it.
    pub is_late: bool,
    /// Whether its user has changed it, and has saved it since.
    pub is_typed_and_saved: bool,
}

impl Overlaid {
    /// What the editor has is what it has read, wherever that is on disk too. One that has not read what
    /// has changed, and has changed nothing itself, states nothing: then the disk counts.
    fn compare(&mut self) {
        if self.disk.text.as_ref().is_some_and(|disk| merge::same_texts(disk, &self.text)) {
            self.disk.read = self.disk.text.clone();
        }
        let beside = self.disk.text.as_ref().filter(|_| self.is_unread());
        let is_known =
            |held: &&Arc<HeldText>| beside.is_some_and(|disk| held.is_of(&self.text, disk));
        let known = self.held.as_ref().filter(is_known).cloned();
        let made = || beside.map(|disk| Arc::new(HeldText::new(&self.text, disk)));
        self.held = known.or_else(made);
    }

    /// Whether somebody else has changed the file since it was read, and the editor nothing.
    fn is_unread(&self) -> bool {
        let read = self.disk.read.as_ref();
        let is_read = |text: &SharedText| read.is_some_and(|read| merge::same_texts(read, text));
        is_read(&self.text) && !self.disk.text.as_ref().is_some_and(is_read)
    }

    /// What the workspace goes by. A file that is gone counts as gone for as long as the editor may
    /// close it.
    fn judged(&self) -> Option<&SharedText> {
        match &self.held {
            Some(held) => Some(held.document()),
            None if self.is_unread() && self.disk.text.is_none() && !self.disk.late => None,
            None => Some(&self.text),
        }
    }

    /// Takes over what is on disk.
    fn see(&mut self, now: Option<SharedText>) {
        let now = now.map(|now| self.text.shared_with(&now));
        if self.disk.text != now {
            self.disk.late = false;
        }
        self.disk.text = now;
        self.compare();
    }
}

impl Overlays {
    pub(super) fn new(root: &Path, reading: Arc<FolderReading>) -> Overlays {
        Overlays {
            root: root.to_owned(),
            reading,
            texts: BTreeMap::new(),
            changes: Vec::new(),
            others: BTreeMap::new(),
            fixes_drift: false,
        }
    }

    /// What stands in for a file.
    pub(super) fn get(&self, path: &str) -> Option<&SharedText> {
        self.texts.get(path)?.judged()
    }

    /// Whether a file is open, whatever counts of it.
    pub(super) fn holds(&self, path: &str) -> bool {
        self.texts.contains_key(path)
    }

    /// The texts that editors hold where the disk counts.
    pub(super) fn held(&self) -> impl Iterator<Item = (&str, &Arc<HeldText>)> {
        self.texts.iter().filter_map(|(path, it)| Some((path.as_str(), it.held.as_ref()?)))
    }

    /// How each open text stands to what is on disk.
    pub(super) fn states(&self) -> impl Iterator<Item = (&str, OpenTextState)> {
        self.texts.iter().map(|(path, it)| {
            let on_disk = it.disk.text.as_ref();
            let is_saved = on_disk.is_some_and(|disk| merge::same_texts(disk, &it.text));
            let is_typed = it.typed_on.as_ref().is_some_and(|before| *before != it.text);
            let unread = it.is_unread().then(|| it.disk.text.clone());
            let is_late = it.disk.late;
            (
                path.as_str(),
                OpenTextState { unread, is_late, is_typed_and_saved: is_saved && is_typed },
            )
        })
    }

    /// Takes note that the editor has had its usual time to read a file again.
    pub(super) fn set_late(&mut self, path: &str) {
        if let Some(known) = self.texts.get_mut(path) {
            known.disk.late = true;
        }
    }

    /// Takes note that what was typed into a file was not typed just now.
    pub(super) fn forget_typed(&mut self, path: &str) {
        if let Some(known) = self.texts.get_mut(path) {
            known.typed_on = Some(known.text.clone());
        }
    }

    pub(super) fn paths(&self) -> impl Iterator<Item = &String> {
        self.texts.keys()
    }

    /// The texts that are not what is on disk, each with what was read last.
    pub(super) fn unsaved(&self) -> impl Iterator<Item = (&str, Unsaved)> {
        let on_disk = |known: &Overlaid| known.disk.text.clone().unwrap_or_default();
        let unsaved =
            self.texts.iter().filter(move |(_, it)| !merge::same_texts(&on_disk(it), &it.text));
        unsaved.map(|(path, known)| {
            let (text, read) = (known.text.clone(), known.disk.read.clone());
            (path.as_str(), Unsaved { text, read, document: None })
        })
    }

    /// Lets a text stand in for a file, or none. `known` was read of the file before.
    pub(super) fn set(&mut self, path: &str, text: Option<SharedText>, known: Option<SharedText>) {
        let Some(text) = text else {
            self.texts.remove(path);
            return;
        };
        // What is the same is one in memory, and so compared at no cost from now on.
        let text = known.as_ref().map_or(text.clone(), |known| known.shared_with(&text));
        if let Some(known) = self.texts.get_mut(path) {
            let is_written =
                known.disk.read.as_ref().is_some_and(|read| merge::same_texts(read, &text));
            known.text = text;
            known.reread = None;
            known.compare();
            let disk = known.disk.text.as_ref();
            if !is_written && disk.is_some_and(|disk| merge::same_texts(disk, &known.text)) {
                // It has read the file again.
                let typed_on = known.typed_on.replace(known.text.clone());
                known.reread = Some(Reread { typed_on, at: Instant::now() });
            }
        } else {
            let now = on_disk(&self.root, &self.reading, path, &text);
            let now = now.map(|now| text.shared_with(&now));
            // Where nothing is there, somebody may be writing it.
            let now = if is_empty(&now) { known.or(now) } else { now };
            let typed_on = now.clone();
            let disk = OnDisk { read: now.clone(), text: now, ..OnDisk::default() };
            let new = Overlaid { text, disk, typed_on, reread: None, held: None };
            self.texts.insert(path.to_owned(), new);
        }
    }

    /// What a file that a text stands in for says at this moment.
    pub(super) fn on_disk(&self, path: &str) -> Option<SharedText> {
        let known = self.texts.get(path)?;
        on_disk(&self.root, &self.reading, path, &known.text)
    }

    /// Takes note that the editor has written `text` to a file.
    pub(super) fn wrote(&mut self, path: &str, text: SharedText) {
        if let Some(known) = self.texts.get_mut(path) {
            let now = on_disk(&self.root, &self.reading, path, &text);
            // As above: whoever watches the file knows better in a moment.
            let now = if is_empty(&now) { Some(text.clone()) } else { now };
            let reread = known.reread.take().filter(|_| merge::same_texts(&known.text, &text));
            if let Some(typed_on) = reread.and_then(|it| it.typed_on(Instant::now())) {
                known.typed_on = typed_on;
            }
            known.disk.read = Some(text);
            known.see(now);
        }
    }

    /// Takes note that the editor has read or saved `text` last, as far as is known: one that holds
    /// what has come to the disk since has read that too.
    pub(super) fn was_read(&mut self, path: &str, text: SharedText) {
        let Some(known) = self.texts.get_mut(path) else { return };
        let now = known.disk.text.as_deref().unwrap_or_default();
        if merge::standing(&text, now, &known.text) != Standing::Made {
            known.typed_on = Some(text.clone());
            known.disk.read = Some(text);
            known.compare();
        }
    }

    /// Reads what stands on disk below those of `paths`, or below all. Returns those that look as
    /// if somebody were still writing them, and are left as they were.
    pub(super) fn look(&mut self, paths: Option<&BTreeSet<&str>>, taking: Taking) -> Vec<String> {
        let mut left_out = Vec::new();
        let wanted = |path: &str| paths.is_none_or(|paths| paths.contains(path));
        for (path, known) in self.texts.iter_mut().filter(|(path, _)| wanted(path)) {
            let now = on_disk(&self.root, &self.reading, path, &known.text);
            if taking == Taking::Whole && is_empty(&now) && !is_empty(&known.disk.text) {
                left_out.push(path.clone());
            } else {
                known.see(now);
            }
        }
        left_out
    }

    /// Takes over from `disk` what stands on disk below the texts, and reads what it does not have. Where
    /// it has another text than was seen here last, either may be the older one: the file tells.
    pub(super) fn see(&mut self, disk: &Analysis) {
        for (path, known) in &mut self.texts {
            let indexed = disk.index.document(path).map(|(_, document)| document);
            let exact = indexed.filter(|document| document.fault.is_none());
            let is_seen = exact.is_some_and(|it| known.disk.text.as_ref() == Some(&it.text));
            if is_seen {
                known.compare();
                continue;
            }
            let now = on_disk(&self.root, &self.reading, path, &known.text);
            // One that is empty is being written, and read again by whoever watches it.
            let is_being_written = is_empty(&now) && exact.is_some_and(|it| !it.text.is_blank());
            if !is_being_written {
                known.see(now);
            }
        }
    }

    /// What the editor holds, for the analysis.
    pub(super) fn editing(&self) -> Editing {
        let open = self.texts.iter();
        let open = open.map(|(path, known)| {
            let behind = known.held.is_some().then(|| known.text.clone());
            let typed_on =
                known.typed_on.clone().filter(|it| behind.is_none() && *it != known.text);
            (FilePath::new(path), OnDisk { behind, typed_on, ..known.disk.clone() })
        });
        let (changes, others) = (self.changes.clone(), self.others.clone());
        Editing { open: open.collect(), changes, others, fixes_drift: self.fixes_drift }
    }
}

fn is_empty(text: &Option<SharedText>) -> bool {
    text.as_ref().is_none_or(SharedText::is_blank)
}

/// The text on disk. A file that cannot be read as UTF-8 says what the editor says: they cannot be
/// compared.
fn on_disk(
    root: &Path,
    reading: &FolderReading,
    path: &str,
    text: &SharedText,
) -> Option<SharedText> {
    let read = match reading.known(path, &root.join(path)) {
        Some(known) => Ok((true, known)),
        None => loader::read(root, path).map(|file| (file.is_exact(), file.text)),
    };
    match read.map(|(is_exact, text)| (is_exact, SharedText::from(text))) {
        // What is the same is one in memory, as above.
        Ok((true, now)) if now != *text => Some(now),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        _ => Some(text.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_read_again_a_while_ago_was_not_typed() {
        let at = Instant::now();
        let before = Some(SharedText::from("- [ ] Sweep\n"));
        let reread = || Reread { typed_on: before.clone(), at };
        assert_eq!(reread().typed_on(at), Some(before.clone()));
        assert_eq!(reread().typed_on(at + Reread::AT_ONCE), None);
    }
}
