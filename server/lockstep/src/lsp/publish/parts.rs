//! The findings of a snapshot as a client is told of them: file by file, and of each part by part, so
//! that only what is other than in the snapshot before is looked at.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use lockstep_analysis::analysis::findings::Part;
use lockstep_analysis::model::FilePath;
use lockstep_analysis::rules::Diagnostic;
use lockstep_analysis::text::TextRange;

use crate::hub::snapshot::{Folder, SessionSnapshot};
use crate::hub::uri::DocumentUri;
use crate::lsp::client::ClientFeatures;
use crate::lsp::echo;
use crate::lsp::publish::Published;
use crate::lsp::to_proto;

/// The findings of one file by part, as JSON: what is in no part, and then those of its text in order.
pub(super) type FileParts = BTreeMap<Option<Part>, Arc<str>>;

/// Whether these are the same findings. What is one in memory is not compared.
pub(super) fn are_alike(one: &FileParts, other: &FileParts) -> bool {
    let mut pairs = one.iter().zip(other);
    one.len() == other.len()
        && pairs.all(|((a, one), (b, other))| a == b && (Arc::ptr_eq(one, other) || one == other))
}

/// What a client was told, and from what.
#[derive(Clone, Debug, Default)]
pub(super) struct ToldFindings {
    pub(super) snapshot: Arc<SessionSnapshot>,
    pub(super) files: BTreeMap<DocumentUri, Published>,
    /// Files with findings that are in no part.
    pub(super) rest: BTreeSet<DocumentUri>,
}

impl ToldFindings {
    /// Takes note of what is told of a file.
    pub(super) fn take(&mut self, uri: DocumentUri, now: Published) {
        match now.parts.contains_key(&None) {
            true => self.rest.insert(uri.clone()),
            false => self.rest.remove(&uri),
        };
        match now.parts.is_empty() {
            true => self.files.remove(&uri),
            false => self.files.insert(uri, now),
        };
    }
}

/// The files that may have to be told of again, as they are in `snapshot`.
pub(super) fn files(
    told: &ToldFindings,
    snapshot: &SessionSnapshot,
    features: &ClientFeatures,
) -> BTreeMap<DocumentUri, Published> {
    let before = &told.snapshot;
    let pairs = snapshot.folders.iter().zip(&before.folders);
    let is_same =
        |(now, was): (&Folder, &Folder)| now.root == was.root && now.aliases == was.aliases;
    // What was told of a file that the client has read again is about the text before.
    let has_read =
        |(now, was): (&Folder, &Folder)| was.held.keys().any(|path| !now.held.contains_key(path));
    let is_known = snapshot.folders.len() == before.folders.len()
        && snapshot.spells_as(before)
        && pairs.clone().all(is_same)
        && !pairs.clone().any(has_read);
    let parts = pairs.map(|(now, was)| now.analysis.parts_other_than(&was.analysis));
    let parts: Option<Vec<BTreeSet<Part>>> = is_known.then(|| parts.collect()).flatten();
    let mut files: BTreeMap<DocumentUri, Published> = BTreeMap::new();
    let gone: Vec<&DocumentUri> = match &parts {
        Some(_) => told.rest.iter().collect(),
        None => told.files.keys().collect(),
    };
    for uri in gone {
        let known = told.files.get(uri).filter(|_| parts.is_some());
        let mut file = known.cloned().unwrap_or_default();
        file.parts.remove(&None);
        files.insert(uri.clone(), file);
    }
    for (nth, folder) in snapshot.folders.iter().enumerate() {
        let context = PartContext { told, snapshot, features, folder, is_new: parts.is_none() };
        context.keep_held(&mut files);
        match &parts {
            Some(parts) => parts[nth].iter().for_each(|part| context.add_part(*part, &mut files)),
            None => {
                let docs = 0..folder.analysis.index.docs.len();
                let parts = docs.flat_map(|doc| folder.analysis.parts(doc));
                parts.for_each(|part| context.add_part(part, &mut files));
            }
        }
        context.add_rest(&mut files);
    }
    add_opened(told, snapshot, &mut files);
    files
}

/// Gives what is open the version that it has, whether anything else of it is new or not.
fn add_opened(
    told: &ToldFindings,
    snapshot: &SessionSnapshot,
    files: &mut BTreeMap<DocumentUri, Published>,
) {
    for (key, opened) in snapshot.open.iter() {
        let uri = snapshot.uris.spelling(key.path());
        if let Some(known) = told.files.get(&uri) {
            files.entry(uri.clone()).or_insert_with(|| known.clone());
        }
        if let Some(file) = files.get_mut(&uri) {
            (file.version, file.opening) = (Some(opened.version), Some(opened.opening));
        }
    }
}

struct PartContext<'a> {
    told: &'a ToldFindings,
    snapshot: &'a SessionSnapshot,
    features: &'a ClientFeatures,
    folder: &'a Folder,
    /// Whether nothing is known of the folder.
    is_new: bool,
}

impl PartContext<'_> {
    /// What was told of a file, to be changed.
    fn file<'f>(
        &self,
        path: &str,
        files: &'f mut BTreeMap<DocumentUri, Published>,
    ) -> &'f mut Published {
        let uri = self.snapshot.uri(self.folder, path);
        let known = self.told.files.get(&uri).filter(|_| !self.is_new);
        let file = files.entry(uri).or_insert_with(|| known.cloned().unwrap_or_default());
        let opened = self.snapshot.opened(self.folder, path);
        file.version = opened.map(|it| it.version);
        file.opening = opened.map(|it| it.opening);
        file
    }

    /// Leaves what was told of files that the client has not read again: what is found by now has no place
    /// in the text that it shows.
    fn keep_held(&self, files: &mut BTreeMap<DocumentUri, Published>) {
        for path in self.folder.held.keys() {
            let uri = self.snapshot.uri(self.folder, path);
            if let Some(known) = self.told.files.get(&uri) {
                let mut file = known.clone();
                file.parts.remove(&None);
                files.insert(uri, file);
            }
        }
    }

    /// What is found in a part, and what is echoed there.
    fn add_part(&self, part: Part, files: &mut BTreeMap<DocumentUri, Published>) {
        let analysis = &self.folder.analysis;
        let (found, range) = analysis.diagnostics_of(part);
        let path = &analysis.index.docs[part.doc].path;
        if (found.is_empty() && self.is_new) || self.folder.held.contains_key(path.as_str()) {
            return;
        }
        let is_here = |of: &FilePath, place: TextRange| {
            of == path && (range.start..range.end).contains(&place.start)
        };
        let echoes = echo::echoes(analysis, &found, is_here);
        let own = found.iter().filter(|found| is_here(&found.path, found.range));
        let json = self.json(own.chain(&echoes));
        let file = self.file(path.as_str(), files);
        match json.is_empty() {
            true => file.parts.remove(&Some(part)),
            false => file.parts.insert(Some(part), json),
        };
    }

    /// What is found in no part.
    fn add_rest(&self, files: &mut BTreeMap<DocumentUri, Published>) {
        let rest = self.folder.analysis.diagnostics_of_none();
        let mut by_path: BTreeMap<&str, Vec<&Diagnostic>> = BTreeMap::new();
        for found in &rest {
            by_path.entry(found.path.as_str()).or_default().push(found);
        }
        for (path, found) in by_path {
            let json = self.json(found.into_iter());
            if !json.is_empty() {
                self.file(path, files).parts.insert(None, json);
            }
        }
    }

    fn json<'d>(&self, found: impl Iterator<Item = &'d Diagnostic>) -> Arc<str> {
        let mut json = String::new();
        for found in found {
            let shown = to_proto::diagnostic(self.snapshot, self.folder, self.features, found);
            let Some(shown) = shown.and_then(|shown| serde_json::to_string(&shown).ok()) else {
                continue;
            };
            if !json.is_empty() {
                json.push(',');
            }
            json.push_str(&shown);
        }
        json.into()
    }
}
