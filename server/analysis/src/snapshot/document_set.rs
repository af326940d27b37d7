//! The documents of a workspace, as they are read from its texts.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::index::{DocIdx, Docs};
use crate::model::{Content, Document, FilePath};
use crate::profile::instances::Instances;

/// What is read. Clones share what neither has changed.
#[derive(Clone, Debug, Default)]
pub(crate) struct DocumentSet {
    pub(crate) docs: Docs,
    /// Texts of files that have no role: with another profile they may have one.
    others: Arc<BTreeMap<FilePath, Content>>,
    /// Whether files have come or gone since the strays were last looked for.
    paths_changed: bool,
}

impl DocumentSet {
    /// These documents, and no other text.
    pub(crate) fn new(docs: Docs) -> DocumentSet {
        DocumentSet { docs, ..DocumentSet::default() }
    }

    /// Reads everything again by another profile.
    pub(crate) fn read_again(&mut self, instances: &Instances) {
        let read = self.docs.iter().map(|it| (it.path.clone(), Some(it.content())));
        let others = self.others.iter().map(|(path, it)| (path.clone(), Some(it.clone())));
        let files = read.chain(others).collect();
        (self.docs, self.others) = (Docs::default(), Arc::default());
        self.read(instances, files);
    }

    /// Reads these files, as far as their texts differ; `None` removes the file.
    pub(crate) fn read(&mut self, instances: &Instances, files: Vec<(FilePath, Option<Content>)>) {
        let mut new: BTreeMap<FilePath, Option<Arc<Document>>> = BTreeMap::new();
        for (path, content) in files {
            let before = match new.get(&path) {
                Some(before) => before.as_ref(),
                None => self.find(&path).ok().map(|at| &self.docs[at]),
            };
            let known = before.map(|document| document.content());
            if known.as_ref().or_else(|| self.others.get(&path)) == content.as_ref() {
                continue;
            }
            let read = content.as_ref().and_then(|content| match before {
                Some(before) => before.with_content(content.clone()),
                None => {
                    let profile = instances.of(path.as_str())?;
                    Document::read_content(profile, &path, content.clone(), false)
                }
            });
            match content.filter(|_| read.is_none()) {
                Some(content) => {
                    drop(Arc::make_mut(&mut self.others).insert(path.clone(), content));
                }
                None if self.others.contains_key(&path) => {
                    Arc::make_mut(&mut self.others).remove(&path);
                }
                None => {}
            }
            new.insert(path, read.map(Arc::new));
        }
        self.put_all(new);
    }

    /// Lets these be the documents at their paths, or none.
    pub(crate) fn put_all(&mut self, new: BTreeMap<FilePath, Option<Arc<Document>>>) {
        // Many are put in at once, for each that comes or goes moves those behind it.
        let comes_or_goes = |(path, document): (&FilePath, &Option<Arc<Document>>)| {
            self.find(path).is_ok() != document.is_some()
        };
        if new.iter().filter(|it| comes_or_goes(*it)).count() < 2 {
            new.into_iter().for_each(|(path, document)| self.put(&path, document));
            return;
        }
        self.paths_changed = true;
        let old = self.docs.iter().filter(|document| !new.contains_key(&document.path));
        let mut docs: Vec<Arc<Document>> =
            old.cloned().chain(new.values().flatten().cloned()).collect();
        docs.sort_by(|a, b| a.path.cmp(&b.path));
        self.docs = docs.into_iter().collect();
    }

    fn find(&self, path: &FilePath) -> Result<DocIdx, DocIdx> {
        self.docs.binary_search_by(|document| document.path.cmp(path))
    }

    /// Lets this be the document at `path`, or none.
    fn put(&mut self, path: &FilePath, document: Option<Arc<Document>>) {
        match (self.find(path), document) {
            (Ok(at), Some(document)) => self.docs.replace(at, document),
            (Err(at), Some(document)) => {
                self.paths_changed = true;
                let (before, behind) = (self.docs.iter().take(at), self.docs.iter().skip(at));
                self.docs = before.chain([&document]).chain(behind).cloned().collect();
            }
            (Ok(_), None) => {
                self.paths_changed = true;
                let left = self.docs.iter().filter(|document| document.path != *path);
                self.docs = left.cloned().collect();
            }
            (Err(_), None) => {}
        }
    }

    /// Reads those documents again that have become strays, or are none any more.
    pub(crate) fn settle_strays(&mut self, instances: &Instances) {
        if !std::mem::take(&mut self.paths_changed) {
            return;
        }
        let strays: BTreeSet<&str> = instances
            .iter()
            .flat_map(|profile| {
                let own = self.docs.iter().filter(|it| Arc::ptr_eq(&it.profile, profile));
                profile.strays(own.map(|it| (it.path.as_str(), it.facts.role)))
            })
            .collect();
        let is_stray = |document: &Document| strays.contains(document.path.as_str());
        let changed: Vec<(DocIdx, bool)> = (self.docs.iter().enumerate())
            .map(|(at, document)| (at, document, is_stray(document)))
            .filter(|(_, document, stray)| document.facts.stray != *stray)
            .map(|(at, _, stray)| (at, stray))
            .collect();
        for (at, stray) in changed {
            let Document { path, profile, .. } = &*self.docs[at];
            let content = self.docs[at].content();
            if let Some(document) = Document::read_content(profile, path, content, stray) {
                self.docs.replace(at, Arc::new(document));
            }
        }
    }
}
