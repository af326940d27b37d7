//! Floor 5: what is known of a workspace at one time, which changes are planned on and rules look at.

pub mod base;
pub(crate) mod document_set;
pub mod earlier;
pub mod editing;
mod emptied;
pub(crate) mod typed;
pub mod worktrees;

use std::collections::{BTreeMap, BTreeSet};
use std::iter::successors;
use std::sync::{Arc, OnceLock};

use crate::index::update::Touched;
use crate::index::{DocIdx, Docs, Index, Task};
use crate::model::{Content, Document, FilePath, Link, join};
use crate::profile::Profile;
use crate::profile::config::Config;
use crate::profile::id::TaskId;
use crate::profile::instances::Instances;
use crate::snapshot::base::Base;
use crate::snapshot::document_set::DocumentSet;
use crate::snapshot::earlier::EarlierLines;
use crate::snapshot::editing::Editing;
use crate::snapshot::worktrees::Worktree;
use crate::text::line_index::LineIndex;
use crate::text::shared_text::SharedText;

/// What somebody makes of some texts: the text of each file, or that it goes.
pub type Texts = BTreeMap<FilePath, Option<SharedText>>;

/// Something that is there and cannot be looked into: files may be in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unread {
    /// A folder, or where it has none the configuration.
    pub path: FilePath,
    /// Why, and what to do: a clause.
    pub reason: String,
}

/// What is known of a file that is not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Existence {
    /// It is there.
    Present,
    /// It is there and holds nothing.
    Empty,
    /// It is not there.
    Absent,
}

/// An immutable view of a workspace: the facts, and what was handed in beside them.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// How the repository keeps its tasks.
    pub instances: Instances,
    /// The profile that speaks where no file is meant.
    pub profile: Arc<Profile>,
    /// What the user has configured.
    pub config: Arc<Config>,
    /// The facts.
    pub index: Arc<Index>,
    /// What the editor holds; nothing where there is none.
    pub editing: Arc<Editing>,
    /// What the other worktrees of the repository say; nothing where they were not looked at.
    pub worktrees: Arc<Vec<Worktree>>,
    /// How tasks stood at the commit that is compared with; nothing where there is none.
    pub base: Arc<Option<Base>>,
    /// What lines were before changes replaced them; nothing where nobody has looked that up.
    pub earlier: Arc<EarlierLines>,
    /// Where there is something that cannot be looked into.
    pub unread: Arc<Vec<Unread>>,
    pub(crate) known: Arc<BTreeMap<String, Existence>>,
    config_lines: Arc<OnceLock<(SharedText, LineIndex)>>,
    incomplete: Arc<OnceLock<Vec<DocIdx>>>,
}

/// The configuration's path in the workspace.
pub const CONFIG: &str = "lockstep.toml";

impl Snapshot {
    /// A workspace without files.
    pub(crate) fn new(instances: Instances, config: Arc<Config>) -> Snapshot {
        Snapshot {
            index: Arc::new(Index::new(Docs::default())),
            profile: instances.main().clone(),
            instances,
            config,
            editing: Arc::default(),
            worktrees: Arc::default(),
            base: Arc::default(),
            earlier: Arc::default(),
            unread: Arc::default(),
            known: Arc::default(),
            config_lines: Arc::default(),
            incomplete: Arc::default(),
        }
    }

    /// The same with these documents, and with what is known of files that are not read. What the
    /// change does not touch is taken over, and where that is certain it is told what it touches.
    pub(crate) fn updated(
        &self,
        docs: Docs,
        known: Arc<BTreeMap<String, Existence>>,
    ) -> (Snapshot, Option<Touched>) {
        let (index, touched) = match self.index.updated(&docs) {
            Some((index, touched)) => (index, Some(touched)),
            None => (Index::new(docs), None),
        };
        // Links lead to files that are there now or are there no longer, and what is in one file is
        // looked for in another as far as that can be read.
        let touched = touched.filter(|touched| {
            let said = |index: &Index, doc: DocIdx| {
                let Document { text, facts, profile, .. } = &*index.docs[doc];
                let is_paired =
                    profile.pairs.iter().any(|(one, two)| [*one, *two].contains(&facts.role));
                let holds = is_paired && facts.entities.iter().any(emptied::is_record);
                (text.is_blank(), is_paired && facts.problems.is_empty(), holds)
            };
            let same = |doc: &DocIdx| said(&index, *doc) == said(&self.index, *doc);
            Arc::ptr_eq(&known, &self.known) && touched.docs.iter().all(same)
        });
        // What can be read in full is found among all files, and is so still where these say it.
        let is_broken = |index: &Index, doc: DocIdx| index.docs[doc].facts.broken.is_some();
        let is_carried = touched.as_ref().is_some_and(|touched| {
            let mut docs = touched.docs.iter();
            docs.all(|doc| is_broken(&index, *doc) == is_broken(&self.index, *doc))
        });
        let incomplete = if is_carried { self.incomplete.clone() } else { Arc::default() };
        let index = Arc::new(index);
        (Snapshot { index, known, incomplete, ..self.clone() }, touched)
    }

    /// The same workspace with some documents replaced: what an edit would make of it.
    pub fn with_texts(&self, texts: &Texts) -> Snapshot {
        self.replaced(texts).0
    }

    /// As [`Snapshot::with_texts`], with what that touches where it is certain.
    pub(crate) fn replaced(&self, texts: &Texts) -> (Snapshot, Option<Touched>) {
        let content = |text: &Option<SharedText>| text.clone().map(Content::from);
        self.replaced_by(texts.iter().map(|(path, text)| (path.clone(), content(text))).collect())
    }

    /// As [`Snapshot::replaced`], of whatever files hold.
    pub(crate) fn replaced_by(
        &self,
        files: Vec<(FilePath, Option<Content>)>,
    ) -> (Snapshot, Option<Touched>) {
        let mut set = DocumentSet::new(self.index.docs.clone());
        set.read(&self.instances, files);
        self.updated(set.docs, self.known.clone())
    }

    /// The text of an indexed file, or of the configuration, with its lines.
    pub fn source(&self, path: &str) -> Option<(&SharedText, &LineIndex)> {
        if let Some((_, document)) = self.index.document(path) {
            return Some((&document.text, &document.lines));
        }
        let text = &*self.config.text;
        let read = || (SharedText::from(text), LineIndex::new(text));
        let config = path == CONFIG && !text.is_empty();
        let (text, lines) = config.then(|| self.config_lines.get_or_init(read))?;
        Some((text, lines))
    }

    /// The task with this id, in any of its spellings.
    pub fn task(&self, spelled: &str) -> Option<&Task> {
        let exact = self.index.tasks.get(&TaskId::new(spelled.trim()));
        exact.map(|task| &**task).or_else(|| self.index.spelled(spelled).first().copied())
    }

    /// The name by which a task is certainly meant: `TODO.md:4#write-a-test` where its id may mean
    /// another.
    pub fn name_of(&self, id: &TaskId) -> String {
        self.index.name_of(id)
    }

    /// What is known of the file at `path`, relative to the root.
    pub fn existence(&self, path: &str) -> Option<Existence> {
        if let Some((_, document)) = self.index.document(path) {
            let empty = document.text.is_blank();
            return Some(if empty { Existence::Empty } else { Existence::Present });
        }
        self.known.get(path).copied()
    }

    /// Paths that the documents link to and of which nothing is known: to be looked up
    /// and told.
    pub fn unknown_paths(&self) -> BTreeSet<String> {
        self.unknown_paths_of(
            self.index
                .docs
                .iter()
                .flat_map(|document| document.facts.links.iter().map(move |link| (document, link))),
        )
    }

    /// As [`Snapshot::unknown_paths`], where there were none in `before`: only what is new is looked
    /// at, if nothing else can lead elsewhere than there.
    pub fn unknown_paths_since(&self, before: &Snapshot) -> BTreeSet<String> {
        let (docs, old) = (&self.index.docs, &before.index.docs);
        if docs.len() == old.len() && Arc::ptr_eq(&self.known, &before.known) {
            let other = docs.other_than(old);
            let is_there = |document: &Document| !document.text.is_blank();
            let same = |doc: &DocIdx| {
                let (now, was) = (&docs[*doc], &old[*doc]);
                now.path == was.path && is_there(now) == is_there(was)
            };
            if other.iter().all(same) {
                let links = other.into_iter().flat_map(|doc| {
                    let document = &docs[doc];
                    document.links_since(&old[doc]).map(move |link| (document, link))
                });
                return self.unknown_paths_of(links);
            }
        }
        self.unknown_paths()
    }

    fn unknown_paths_of<'a>(
        &self,
        links: impl Iterator<Item = (&'a Arc<Document>, &'a Link)>,
    ) -> BTreeSet<String> {
        let mut paths = BTreeSet::new();
        for (document, link) in links.filter(|(document, _)| !document.facts.history) {
            // What is found further up is not what is meant, if there is something nearer.
            let nearer = link_candidates(&document.path, &link.target)
                .take_while(|path| self.existence(path) != Some(Existence::Present));
            paths.extend(nearer.filter(|path| self.existence(path).is_none()));
        }
        paths
    }

    /// Which file a link leads to: the first candidate that is there, or what is known of all.
    pub fn resolve(&self, document: &Document, target: &str) -> Resolved {
        let mut unknown = false;
        let mut empty = None;
        for path in link_candidates(&document.path, target) {
            match self.existence(&path) {
                Some(Existence::Present) => return Resolved::Present(path),
                Some(Existence::Empty) => empty = empty.or(Some(path)),
                Some(Existence::Absent) => {}
                None => unknown = true,
            }
        }
        match (empty, unknown) {
            (Some(path), _) => Resolved::Empty(path),
            (None, true) => Resolved::Unknown,
            (None, false) => Resolved::Absent,
        }
    }
}

/// What a link leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Resolved {
    /// A file.
    Present(String),
    /// A file that holds nothing.
    Empty(String),
    /// Nothing, as far as anybody knows.
    Absent,
    /// Nobody has looked.
    Unknown,
}

/// The paths a link may mean: relative to its file's folder and to each folder above it, and the
/// same without leading parts that lie above the root.
pub(crate) fn link_candidates(from: &FilePath, target: &str) -> impl Iterator<Item = String> {
    let folders = successors(Some(from.folder()), |folder| match folder.rsplit_once('/') {
        Some((above, _)) => Some(above),
        None => (!folder.is_empty()).then_some(""),
    });
    let parts = successors(Some(target), |path| path.split_once('/').map(|(_, below)| below));
    let parts = parts.skip(1).filter(|path| path.contains('/')).map(|path| ("", path));
    let named = folders.map(move |folder| (folder, target)).chain(parts);
    named.filter_map(|(folder, path)| join(folder, path)).filter(|path| !path.is_empty())
}
