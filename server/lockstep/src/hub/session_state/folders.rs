//! The folders a session works in: which there are, and its view of each.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use lockstep_analysis::index::Index;
use lockstep_analysis::profile::Severity;
use lockstep_store::loader;

use crate::hub::session_state::SessionState;
use crate::hub::shared_workspaces::{SharedWorkspace, SharedWorkspaces};
use crate::hub::uri::DocumentUri;
use crate::workspace::local::{Aliases, CONFIG, LocalWorkspace};

/// What marks the root of a workspace that no client has announced.
const MARKERS: [&str; 2] = [CONFIG, ".git"];

/// What is read through links where nothing is read yet.
static NO_ALIASES: Aliases = Aliases::new();

/// One folder.
#[derive(Debug)]
pub(super) struct SessionFolder {
    path: PathBuf,
    /// The files as the session sees them; `None` until they have been read.
    pub(super) view: Option<LocalWorkspace>,
    /// What was on disk when the session took it over last.
    adopted: Option<Arc<Index>>,
    /// Whether the client knows which events are in it, if it wants to know.
    pub(super) is_caught_up: bool,
}

impl SessionFolder {
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn aliases(&self) -> &Aliases {
        self.view.as_ref().map_or(&NO_ALIASES, |view| view.aliases())
    }

    /// Takes over what is on disk.
    pub(super) fn adopt(&mut self, disk: &LocalWorkspace) {
        if let Some(view) = &mut self.view {
            view.adopt(disk);
            self.adopted = Some(disk.analysis().index.clone());
        }
    }

    /// Whether the client has read a file again that is on `disk` and not taken over yet.
    pub(super) fn is_ahead(&self, disk: &Index) -> bool {
        let Some((view, adopted)) = self.view.as_ref().zip(self.adopted.as_ref()) else {
            return false;
        };
        let says = |index: &Index, path| Some(index.document(path)?.1.text.clone());
        view.open_texts().any(|(path, _)| {
            let now = says(disk, path);
            now.is_some() && now == says(&view.analysis().index, path) && now != says(adopted, path)
        })
    }
}

impl SessionState {
    pub(super) fn change_roots(
        &mut self,
        added: Vec<DocumentUri>,
        removed: &[DocumentUri],
        workspaces: &mut SharedWorkspaces,
    ) {
        for uri in removed {
            // The folder may be gone, and what its name leads to with it.
            let key = self.uris.remove_root(uri).or_else(|| self.uris.key(uri));
            if let Some(key) = key {
                self.roots.retain(|root| root.path() != key.path());
            }
        }
        self.has_folders |= !added.is_empty();
        for uri in added {
            if let Some(key) = self.uris.add_root(uri) {
                self.add_root(key.path().to_owned(), workspaces);
            }
        }
        self.separate_roots(workspaces);
    }

    /// Adds the folder that a document seems to belong to. A folder that holds everything else too
    /// is none.
    pub(super) fn add_root_of(&mut self, document: &Path, workspaces: &mut SharedWorkspaces) {
        let Some(folder) = document.parent() else { return };
        let is_marked = |folder: &&Path| MARKERS.iter().any(|marker| folder.join(marker).exists());
        let marked = folder.ancestors().find(is_marked);
        let common = [Some(PathBuf::from("/")), std::env::home_dir(), Some(std::env::temp_dir())];
        let is_common = |folder: &Path| {
            let mut common = common.iter().flatten().filter_map(|it| it.canonicalize().ok());
            common.any(|common| common.starts_with(folder))
        };
        let Some(root) = marked.or_else(|| Some(folder).filter(|it| !is_common(it))) else {
            tracing::info!(document = %document.display(), "the document is not in a workspace");
            return;
        };
        self.uris.add_root(DocumentUri::of_path(root));
        self.add_root(root.to_owned(), workspaces);
        self.separate_roots(workspaces);
    }

    fn add_root(&mut self, path: PathBuf, workspaces: &mut SharedWorkspaces) {
        if self.works_in(&path) {
            return;
        }
        let mut root = SessionFolder { path, view: None, adopted: None, is_caught_up: false };
        match workspaces.get_mut(&root.path) {
            Some(shared) => self.enter(&mut root, shared),
            None => workspaces.open(&root.path),
        }
        self.roots.push(root);
    }

    /// Whether it works in this folder, as a folder of its own.
    pub(in crate::hub) fn works_in(&self, root: &Path) -> bool {
        self.roots.iter().any(|known| known.path() == root)
    }

    /// Takes over a folder that has been read, or leaves it because it cannot be.
    pub(in crate::hub) fn opened(
        &mut self,
        path: &Path,
        read: Result<(), &str>,
        workspaces: &mut SharedWorkspaces,
    ) {
        let Some(at) = self.roots.iter().position(|root| root.path() == path) else { return };
        let mut root = self.roots.remove(at);
        match (read, workspaces.get_mut(path)) {
            (Ok(()), Some(shared)) => {
                self.enter(&mut root, shared);
                self.roots.insert(at, root);
            }
            (Err(error), _) => {
                self.outbox.show(Severity::Warning, format!("Lockstep: {error}"));
            }
            (Ok(()), None) => {}
        }
        self.separate_roots(workspaces);
    }

    fn enter(&self, root: &mut SessionFolder, shared: &SharedWorkspace) {
        root.view = Some(shared.local.clone());
        root.adopted = Some(shared.local.analysis().index.clone());
        if let Some(trouble) = &shared.trouble {
            self.outbox.show(Severity::Warning, trouble);
        }
    }

    /// Lets each file belong to the innermost folder only.
    fn separate_roots(&mut self, workspaces: &mut SharedWorkspaces) {
        let all: Vec<PathBuf> = self.roots.iter().map(|root| root.path().to_owned()).collect();
        for root in &mut self.roots {
            let SessionFolder { path, view: Some(view), .. } = root else { continue };
            let nested: BTreeSet<String> =
                all.iter().filter_map(|other| loader::relative(path, other)).collect();
            if view.leave_out(nested)
                && let Some(shared) = workspaces.get_mut(path)
            {
                root.adopt(&shared.local);
            }
        }
        self.unsettled.extend(self.uris.open_files().cloned());
        (self.is_rehomed, self.is_fresh) = (true, true);
    }
}
