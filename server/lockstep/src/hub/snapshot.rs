//! An immutable view of all that one session sees: its workspaces with its unsaved texts, and how
//! its client spells their files.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use lockstep_analysis::Analysis;
use lockstep_analysis::text::shared_text::SharedText;
use lockstep_store::loader;

use crate::hub::uri::{DocumentKey, DocumentUri, UriTable};
use crate::workspace::local::{Aliases, HeldText};

/// What a session sees at one time.
#[derive(Clone, Debug, Default)]
pub(crate) struct SessionSnapshot {
    /// How many of the client's messages it has taken in.
    pub(crate) applied: u64,
    /// How many snapshots of this session came before.
    pub(crate) number: u64,
    /// Whether everything is read that there is to be read for it: other worktrees too.
    pub(crate) is_whole: bool,
    /// Whether its client has read a part of what another is about to save in several files, so that its
    /// files disagree for a moment: another snapshot follows as soon as that is saved or waited for no more.
    pub(crate) is_ahead: bool,
    /// The workspaces.
    pub(crate) folders: Vec<Folder>,
    /// The documents that are open.
    pub(crate) open: Arc<HashMap<DocumentKey, OpenDocument>>,
    /// How the client spells files.
    pub(crate) uris: Arc<UriTable>,
}

/// A document that is open.
#[derive(Clone, Debug)]
pub(crate) struct OpenDocument {
    /// What the client has.
    pub(crate) text: SharedText,
    /// The version that the client gave last.
    pub(crate) version: i32,
    /// Which opening of a document this is, among all of the session.
    pub(crate) opening: u64,
}

/// One workspace.
#[derive(Clone, Debug)]
pub(crate) struct Folder {
    /// Its root, canonical.
    pub(crate) root: PathBuf,
    /// What its files say.
    pub(crate) analysis: Analysis,
    /// Its files that are read through a link.
    pub(crate) aliases: Arc<Aliases>,
    /// The texts that the client has of files which it has not read since somebody else changed them: its
    /// files say what is on disk instead.
    pub(crate) held: Arc<BTreeMap<String, Arc<HeldText>>>,
}

impl Folder {
    /// The one name of the file that is indexed as `path`.
    pub(crate) fn key(&self, path: &str) -> DocumentKey {
        key(&self.root, &self.aliases, path)
    }
}

/// The one name of the file that is indexed as `path` below a root.
pub(crate) fn key(root: &Path, aliases: &Aliases, path: &str) -> DocumentKey {
    let target = aliases.iter().find(|(_, link)| *link == path).map(|(target, _)| target.clone());
    DocumentKey::of_canonical(target.unwrap_or_else(|| root.join(path)))
}

impl SessionSnapshot {
    /// The workspace a document belongs to, the innermost, and the path it is indexed under.
    pub(crate) fn locate(&self, uri: &DocumentUri) -> Option<(&Folder, String)> {
        self.find(self.uris.key(uri)?.path())
    }

    fn find(&self, path: &Path) -> Option<(&Folder, String)> {
        home(self.folders.iter(), |folder| (&folder.root, &folder.aliases), path)
    }

    /// The workspace with this root.
    pub(crate) fn folder(&self, root: &str) -> Option<&Folder> {
        self.folders.iter().find(|folder| folder.root == Path::new(root))
    }

    /// The text of a document.
    pub(crate) fn text(&self, key: &DocumentKey) -> Option<SharedText> {
        let (folder, path) = self.find(key.path())?;
        folder.analysis.index.document(&path).map(|(_, document)| document.text.clone())
    }

    /// The client's spelling of a file: that which it has open, else the name that is indexed.
    pub(crate) fn uri(&self, folder: &Folder, path: &str) -> DocumentUri {
        let key = folder.key(path);
        match self.uris.is_open(&key) {
            true => self.uris.spelling(key.path()),
            false => self.uris.spelling(&folder.root.join(path)),
        }
    }

    /// Whether files are spelled and shown to the client as in the snapshot `before`.
    pub(crate) fn spells_as(&self, before: &SessionSnapshot) -> bool {
        let other = |one: &SessionSnapshot, two: &SessionSnapshot| {
            let unlike = one.open.keys().filter(|key| !two.open.contains_key(*key));
            unlike.cloned().collect::<Vec<_>>()
        };
        let changed = [other(self, before), other(before, self)].concat();
        // What is read through a link, or begins with a mark, looks otherwise once it is open.
        let is_plain = |key: &DocumentKey| {
            let text = self.text(key).or_else(|| before.text(key));
            text.is_none_or(|text| text.copy(0..3) != "\u{feff}")
        };
        let no_links = || self.folders.iter().all(|folder| folder.aliases.is_empty());
        self.uris.spells_as(&before.uris)
            && (changed.is_empty() || (no_links() && changed.iter().all(is_plain)))
    }

    /// The version of a file, where the client has it open.
    pub(crate) fn version(&self, folder: &Folder, path: &str) -> Option<i32> {
        Some(self.opened(folder, path)?.version)
    }

    /// A file as the client has it open.
    pub(crate) fn opened(&self, folder: &Folder, path: &str) -> Option<&OpenDocument> {
        self.open.get(&folder.key(path))
    }
}

/// The folder that the file at the canonical `path` belongs to, and the path it has there: the one
/// that has it under another name, else the innermost that it lies in.
pub(crate) fn home<T>(
    folders: impl Iterator<Item = T>,
    parts: impl for<'a> Fn(&'a T) -> (&'a Path, &'a Aliases),
    path: &Path,
) -> Option<(T, String)> {
    let named = folders.filter_map(|folder| {
        let (root, aliases) = parts(&folder);
        let alias = aliases.get(path).cloned();
        let rank = (alias.is_some(), root.components().count());
        let name = alias.or_else(|| loader::relative(root, path))?;
        Some((rank, folder, name))
    });
    named.max_by_key(|(rank, ..)| *rank).map(|(_, folder, name)| (folder, name))
}
