//! An immutable view of all that one session sees: its workspaces with its unsaved texts, and how
//! its client spells their files.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use lockstep_analysis::Analysis;
use lockstep_store::loader;
use tower_lsp::ls_types::Uri;

use crate::lsp::uri::{DocumentKey, UriTable};

/// What a session sees at one time.
#[derive(Clone, Debug, Default)]
pub(crate) struct Snapshot {
    /// How many of the client's messages it has taken in.
    pub(crate) applied: u64,
    /// The workspaces.
    pub(crate) folders: Vec<Folder>,
    /// The versions of the documents that are open.
    pub(crate) open: Arc<HashMap<DocumentKey, i32>>,
    /// How the client spells files.
    pub(crate) uris: Arc<UriTable>,
}

/// One workspace.
#[derive(Clone, Debug)]
pub(crate) struct Folder {
    /// Its root, canonical.
    pub(crate) root: PathBuf,
    /// What its files say.
    pub(crate) analysis: Analysis,
}

impl Snapshot {
    /// The workspace a document belongs to, the innermost, and the document's path in it.
    pub(crate) fn locate(&self, uri: &Uri) -> Option<(&Folder, String)> {
        let key = self.uris.key(uri)?;
        let folder = innermost(self.folders.iter(), |folder| &folder.root, key.path())?;
        Some((folder, loader::relative(&folder.root, key.path())?))
    }

    /// The workspace with this root.
    pub(crate) fn folder(&self, root: &str) -> Option<&Folder> {
        self.folders.iter().find(|folder| folder.root == Path::new(root))
    }

    /// The text of a document.
    pub(crate) fn text(&self, key: &DocumentKey) -> Option<Arc<str>> {
        let folder = innermost(self.folders.iter(), |folder| &folder.root, key.path())?;
        let path = loader::relative(&folder.root, key.path())?;
        folder.analysis.index.document(&path).map(|(_, document)| document.text.clone())
    }

    /// The client's spelling of a file.
    pub(crate) fn uri(&self, folder: &Folder, path: &str) -> Uri {
        self.uris.spelling(&folder.root.join(path))
    }

    /// The version of a file, where the client has it open.
    pub(crate) fn version(&self, folder: &Folder, path: &str) -> Option<i32> {
        self.open.get(&DocumentKey::of_canonical(folder.root.join(path))).copied()
    }
}

/// The one with the longest root that holds `path`.
pub(crate) fn innermost<T>(
    folders: impl Iterator<Item = T>,
    root: impl Fn(&T) -> &Path,
    path: &Path,
) -> Option<T> {
    folders
        .filter(|folder| path.starts_with(root(folder)))
        .max_by_key(|folder| root(folder).components().count())
}
