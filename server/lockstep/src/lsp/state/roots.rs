//! The folders a session works in: which there are, and how they follow the disk.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Instant;

use lockstep_store::loader;
use lockstep_store::watcher::Watcher;
use tower_lsp::ls_types::{MessageType, Uri};

use crate::lsp::state::{Event, Numbered, State};
use crate::lsp::uri;
use crate::lsp::watch::Pending;
use crate::workspace::local::{CONFIG, LocalWorkspace};

/// What marks the root of a workspace that no client has announced.
const MARKERS: [&str; 2] = [CONFIG, ".git"];

/// One folder.
#[derive(Debug)]
pub(crate) struct Root {
    pub(crate) workspace: LocalWorkspace,
    pub(crate) pending: Pending,
    /// Tells of changes on disk for as long as the root is there.
    _watcher: Option<Watcher>,
}

impl Root {
    pub(crate) fn path(&self) -> &Path {
        self.workspace.folder()
    }

    /// Reads what has changed on disk, as far as it is due.
    pub(crate) fn read_pending(&mut self, now: Instant) {
        let Some(due) = self.pending.take(now) else { return };
        self.workspace.refresh(due.settled.iter().map(String::as_str));
        let doubtful = if due.rescan || due.paths.iter().any(|path| self.is_folder(path)) {
            self.workspace.rescan_whole()
        } else {
            self.workspace.refresh_whole(due.paths.iter().map(String::as_str))
        };
        self.pending.doubt(doubtful, now);
    }

    /// Whether the path is a folder, or was one that held documents.
    fn is_folder(&self, path: &str) -> bool {
        let docs = &self.workspace.analysis().index.docs;
        let below = |doc: &str| doc.strip_prefix(path).is_some_and(|rest| rest.starts_with('/'));
        self.path().join(path).is_dir() || docs.iter().any(|doc| below(doc.path.as_str()))
    }
}

impl State {
    pub(super) fn change_roots(&mut self, added: Vec<Uri>, removed: &[Uri]) {
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
                self.add_root(key.path().to_owned());
            }
        }
        self.separate_roots();
    }

    /// Adds the folder that a document seems to belong to. A folder that holds everything else too
    /// is none.
    pub(super) fn add_root_of(&mut self, document: &Path) {
        let Some(folder) = document.parent() else { return };
        let is_marked = |folder: &&Path| MARKERS.iter().any(|marker| folder.join(marker).exists());
        let marked = folder.ancestors().find(is_marked);
        let common = [Some(PathBuf::from("/")), std::env::home_dir(), Some(std::env::temp_dir())];
        let is_common = |folder: &Path| {
            let mut common = common.iter().flatten().filter_map(|it| it.canonicalize().ok());
            common.any(|common| common.starts_with(folder))
        };
        let Some(root) = marked.or_else(|| Some(folder).filter(|it| !is_common(it))) else {
            tracing::info!(document = %document.display(), "the document is in no workspace");
            return;
        };
        self.uris.add_root(uri::to_uri(root));
        self.add_root(root.to_owned());
        self.separate_roots();
    }

    fn add_root(&mut self, path: PathBuf) {
        if self.roots.iter().any(|root| root.path() == path) {
            return;
        }
        // The watcher starts before the files are read: what happens in between counts.
        let watcher = self.watch(&path);
        match LocalWorkspace::open(&path) {
            Ok(workspace) => {
                let watcher = watcher.map_err(|error| self.cannot_watch(&path, &error)).ok();
                let pending = Pending::default();
                self.roots.push(Root { workspace, pending, _watcher: watcher });
            }
            Err(error) => {
                tracing::warn!(%error, "a folder cannot be opened");
                self.outbox.show(MessageType::WARNING, format!("Lockstep: {error}"));
            }
        }
    }

    fn watch(&self, root: &Path) -> io::Result<Watcher> {
        let events = self.events.clone();
        let path = root.to_owned();
        Watcher::start(root, move |hint| {
            let event = Event::Disk { root: path.clone(), hint };
            // The session may be over already.
            let _ = events.send(Numbered { number: None, event });
        })
    }

    fn cannot_watch(&self, root: &Path, error: &io::Error) {
        tracing::warn!(%error, root = %root.display(), "the folder cannot be watched");
        let message =
            "Lockstep cannot watch the folder, and will not see what other programs change";
        self.outbox.show(MessageType::WARNING, format!("{message}: {error}"));
    }

    /// Tells that some changes by other programs are seen late.
    pub(super) fn watches_little(&self, reason: &str) {
        let message = "Lockstep cannot watch every folder, and sees some changes late";
        self.outbox.show(MessageType::WARNING, format!("{message}: {reason}"));
    }

    /// Lets each file belong to the innermost folder only.
    fn separate_roots(&mut self) {
        let all: Vec<PathBuf> = self.roots.iter().map(|root| root.path().to_owned()).collect();
        for root in &mut self.roots {
            let nested: BTreeSet<String> =
                all.iter().filter_map(|other| loader::relative(root.path(), other)).collect();
            root.workspace.set_nested(nested);
        }
        self.unsettled.extend(self.uris.open_files().cloned());
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use lockstep_fixture::{Fixture, Sandbox};
    use lockstep_store::watcher::Hint;

    use super::*;

    const RECORD: &str = "specs/state.json";

    /// Far longer than events must pause or a text may stay half-written.
    const LATER: Duration = Duration::from_secs(1);

    #[test]
    fn a_half_written_file_neither_empties_the_index_nor_shows_an_error() {
        let sandbox = Sandbox::new(&Fixture::new(
            r#"
//- /specs/TODO.md
  # TODO
//- /specs/state.json
  {"active_projects": [{"project_number": 7, "project_name": "login", "status": "planned"}]}
"#,
        ));
        let workspace = LocalWorkspace::open(sandbox.path()).expect("a workspace");
        let mut root = Root { workspace, pending: Pending::default(), _watcher: None };
        let whole = sandbox.read(RECORD);
        let mut now = Instant::now();
        let changed = || Hint::Paths(vec![sandbox.join(RECORD)]);

        for half in ["", &whole[..whole.len() / 2]] {
            let before = root.workspace.analysis().diagnostics().to_vec();
            sandbox.write(RECORD, half);
            root.pending.add(sandbox.path(), changed(), now);
            now += LATER;
            root.read_pending(now);
            assert!(root.workspace.analysis().task("7").is_some(), "{half:?}");
            assert_eq!(root.workspace.analysis().diagnostics(), before, "{half:?}");
            sandbox.write(RECORD, whole.replace("planned", "revised"));
            now += LATER;
            root.read_pending(now);
            let list = root.workspace.analysis().index.document(RECORD);
            assert!(list.is_some_and(|(_, doc)| doc.text.contains("revised")), "{half:?}");
            sandbox.write(RECORD, &whole);
            root.workspace.refresh([RECORD]);
        }
    }
}
