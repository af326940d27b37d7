//! Floor 5: the façade: a host that takes changes, and snapshots that answer.

pub mod editing;
pub mod findings;
#[cfg(test)]
mod incremental;
pub mod worktrees;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use crate::analysis::editing::Editing;
use crate::analysis::worktrees::Worktree;
use crate::index::update::Touched;
use crate::index::{DocIdx, Docs, Index, Task};
use crate::model::{Content, Document, FilePath, Link};
use crate::profile::Profile;
use crate::profile::config::Config;
use crate::profile::id::TaskId;
use crate::rules::Diagnostic;
use crate::rules::judge::Judged;
use crate::text::line_index::LineIndex;
use crate::text::shared_text::SharedText;

/// What became of files since the last change.
#[derive(Clone, Debug, Default)]
pub struct Change {
    /// What files hold now; `None` removes the file.
    pub files: Vec<(FilePath, Option<Content>)>,
    /// What files hold now that is read already, with [`Document::with_content`] where there was a
    /// document before.
    pub read: Vec<Arc<Document>>,
    /// What is known of files that are linked to but not read.
    pub known: Vec<(String, Existence)>,
    /// Where there is something that cannot be looked into, and why, in place of all that was told so
    /// before.
    pub unread: Option<Vec<Unread>>,
    /// A new profile and configuration: everything is read again.
    pub setup: Option<(Arc<Profile>, Config)>,
}

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

/// Holds the texts of a workspace and hands out snapshots. Clones share what neither has changed.
#[derive(Clone, Debug)]
pub struct AnalysisHost {
    docs: Docs,
    /// Texts of files that have no role: with another profile they may have one.
    others: Arc<BTreeMap<FilePath, Content>>,
    known: Arc<BTreeMap<String, Existence>>,
    profile: Arc<Profile>,
    config: Arc<Config>,
    editing: Arc<Editing>,
    worktrees: Arc<Vec<Worktree>>,
    unread: Arc<Vec<Unread>>,
    /// The state at the last look, to be updated if there was a change since.
    snapshot: Option<Analysis>,
    is_stale: bool,
    /// Whether files have come or gone since the strays were last looked for.
    paths_changed: bool,
}

impl AnalysisHost {
    /// A host without files.
    pub fn new(profile: Arc<Profile>, config: Config) -> AnalysisHost {
        AnalysisHost {
            docs: Docs::default(),
            others: Arc::default(),
            known: Arc::default(),
            profile,
            config: Arc::new(config),
            editing: Arc::default(),
            worktrees: Arc::default(),
            unread: Arc::default(),
            snapshot: None,
            is_stale: false,
            paths_changed: false,
        }
    }

    /// Takes in what has changed. Only files whose text differs are read again.
    pub fn apply_change(&mut self, change: Change) {
        self.is_stale = true;
        if let Some((profile, config)) = change.setup {
            self.snapshot = None;
            self.profile = profile;
            self.config = Arc::new(config);
            let read = self.docs.iter().map(|it| (it.path.clone(), Some(it.content())));
            let others = self.others.iter().map(|(path, it)| (path.clone(), Some(it.clone())));
            let files = read.chain(others).collect();
            (self.docs, self.others) = (Docs::default(), Arc::default());
            self.read(files);
        }
        self.read(change.files);
        self.put_all(change.read.into_iter().map(|it| (it.path.clone(), Some(it))).collect());
        if !change.known.is_empty() {
            Arc::make_mut(&mut self.known).extend(change.known);
        }
        if let Some(unread) = change.unread.filter(|unread| *unread != *self.unread) {
            self.unread = Arc::new(unread);
        }
    }

    fn read(&mut self, files: Vec<(FilePath, Option<Content>)>) {
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
                Some(before) => before.with_content(&self.profile, content.clone()),
                None => Document::read_content(&self.profile, &path, content.clone(), false),
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
    fn put_all(&mut self, new: BTreeMap<FilePath, Option<Arc<Document>>>) {
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

    /// Takes in what the editor holds now. The facts stay as they are.
    pub fn set_editing(&mut self, editing: Editing) {
        self.editing = Arc::new(editing);
        let editing = || self.editing.clone();
        let diagnostics = Arc::default();
        self.snapshot =
            self.snapshot.take().map(|old| Analysis { editing: editing(), diagnostics, ..old });
    }

    /// Takes in what the other worktrees of the repository say. The facts stay as they are.
    pub fn set_worktrees(&mut self, worktrees: Vec<Worktree>) {
        self.worktrees = Arc::new(worktrees);
        let worktrees = || self.worktrees.clone();
        self.snapshot = self.snapshot.take().map(|old| Analysis {
            worktrees: worktrees(),
            judging: Arc::default(),
            diagnostics: Arc::default(),
            ..old
        });
    }

    /// Reads those documents again that have become strays, or are none any more.
    fn settle_strays(&mut self) {
        let strays = self.profile.strays(self.docs.iter().map(|document| document.path.as_str()));
        let is_stray = |document: &Document| strays.contains(document.path.as_str());
        let changed: Vec<(DocIdx, bool)> = (self.docs.iter().enumerate())
            .map(|(at, document)| (at, document, is_stray(document)))
            .filter(|(_, document, stray)| document.facts.stray != *stray)
            .map(|(at, _, stray)| (at, stray))
            .collect();
        for (at, stray) in changed {
            let (path, content) = (&self.docs[at].path, self.docs[at].content());
            if let Some(document) = Document::read_content(&self.profile, path, content, stray) {
                self.docs.replace(at, Arc::new(document));
            }
        }
    }

    /// The state as it is now; later changes do not touch it.
    pub fn analysis(&mut self) -> Analysis {
        let old = match &self.snapshot {
            Some(snapshot) if !self.is_stale => return snapshot.clone(),
            old => old.clone(),
        };
        self.is_stale = false;
        if std::mem::take(&mut self.paths_changed) {
            self.settle_strays();
        }
        let docs = self.docs.clone();
        let analysis = match old {
            Some(old) => {
                let updated = old.updated(docs, self.known.clone());
                Analysis { unread: self.unread.clone(), ..updated }
            }
            None => Analysis {
                index: Arc::new(Index::new(&self.profile, docs)),
                profile: self.profile.clone(),
                config: self.config.clone(),
                known: self.known.clone(),
                editing: self.editing.clone(),
                worktrees: self.worktrees.clone(),
                unread: self.unread.clone(),
                judging: Arc::default(),
                diagnostics: Arc::default(),
                config_lines: Arc::default(),
            },
        };
        self.snapshot = Some(analysis.clone());
        analysis
    }
}

/// What the rules find that are not about editors. Found when somebody asks.
#[derive(Debug, Default)]
struct Judging {
    /// What was found before, and what has been touched since.
    basis: Option<(Arc<Judged>, Touched)>,
    judged: OnceLock<Arc<Judged>>,
}

impl Judging {
    fn judged(&self, analysis: &Analysis) -> &Arc<Judged> {
        self.judged.get_or_init(|| {
            Arc::new(match &self.basis {
                Some((judged, touched)) => judged.again(analysis, touched),
                None => Judged::new(analysis),
            })
        })
    }

    /// From what the next state can be judged, if this has been touched on the way to it.
    fn basis(&self, touched: Touched) -> Option<(Arc<Judged>, Touched)> {
        if let Some(judged) = self.judged.get() {
            return Some((judged.clone(), touched));
        }
        let (judged, before) = self.basis.as_ref()?;
        Some((judged.clone(), before.and(&touched)))
    }
}

/// What is found, as far as somebody has asked.
#[derive(Debug, Default)]
struct Diagnostics {
    all: OnceLock<Vec<Diagnostic>>,
    of_editors: OnceLock<Vec<Diagnostic>>,
}

/// An immutable view of a workspace.
#[derive(Clone, Debug)]
pub struct Analysis {
    /// How the repository keeps its tasks.
    pub profile: Arc<Profile>,
    /// What the user has configured.
    pub config: Arc<Config>,
    /// The facts.
    pub index: Arc<Index>,
    /// What the editor holds; nothing where there is none.
    pub editing: Arc<Editing>,
    /// What the other worktrees of the repository say; nothing where they were not looked at.
    pub worktrees: Arc<Vec<Worktree>>,
    /// Where there is something that cannot be looked into.
    pub unread: Arc<Vec<Unread>>,
    known: Arc<BTreeMap<String, Existence>>,
    /// What the rules find that are not about editors: the same for all that differ in `editing`.
    judging: Arc<Judging>,
    diagnostics: Arc<Diagnostics>,
    config_lines: Arc<OnceLock<(SharedText, LineIndex)>>,
}

/// The configuration's path in the workspace.
pub const CONFIG: &str = "lockstep.toml";

impl Analysis {
    /// The same with these documents, and with what is known of files that are not read. What the
    /// change does not touch is taken over.
    fn updated(&self, docs: Docs, known: Arc<BTreeMap<String, Existence>>) -> Analysis {
        let (index, touched) = match self.index.updated(&self.profile, &docs) {
            Some((index, touched)) => (index, Some(touched)),
            None => (Index::new(&self.profile, docs), None),
        };
        // Links lead to files that are there now or are there no longer, and what is in one file is
        // looked for in another as far as that can be read.
        let touched = touched.filter(|touched| {
            let said = |index: &Index, doc: DocIdx| {
                let Document { text, facts, .. } = &*index.docs[doc];
                let is_paired =
                    self.profile.pairs.iter().any(|(one, two)| [*one, *two].contains(&facts.role));
                (text.is_blank(), is_paired && facts.problems.is_empty())
            };
            let same = |doc: &DocIdx| said(&index, *doc) == said(&self.index, *doc);
            Arc::ptr_eq(&known, &self.known) && touched.docs.iter().all(same)
        });
        let basis = touched.and_then(|touched| self.judging.basis(touched));
        Analysis {
            index: Arc::new(index),
            known,
            judging: Arc::new(Judging { basis, ..Judging::default() }),
            diagnostics: Arc::default(),
            ..self.clone()
        }
    }

    /// The same workspace with some documents replaced: what an edit would make of it.
    pub fn with_texts(&self, texts: &BTreeMap<FilePath, Option<Arc<str>>>) -> Analysis {
        let mut host = AnalysisHost {
            docs: self.index.docs.clone(),
            others: Arc::default(),
            known: self.known.clone(),
            profile: self.profile.clone(),
            config: self.config.clone(),
            editing: self.editing.clone(),
            worktrees: self.worktrees.clone(),
            unread: self.unread.clone(),
            snapshot: None,
            is_stale: false,
            paths_changed: false,
        };
        let content = |text: &Option<Arc<str>>| text.clone().map(Content::from);
        host.read(texts.iter().map(|(path, text)| (path.clone(), content(text))).collect());
        self.updated(host.docs, self.known.clone())
    }

    /// Whether the other is of the same state, so that what is found for one holds for both.
    pub fn is_same(&self, other: &Analysis) -> bool {
        Arc::ptr_eq(&self.index, &other.index)
            && Arc::ptr_eq(&self.judging, &other.judging)
            && Arc::ptr_eq(&self.worktrees, &other.worktrees)
            && self.editing == other.editing
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
        let (tasks, id) = (&self.index.tasks, self.profile.ids.parse(spelled)?);
        let found = tasks.get(&id).or_else(|| tasks.get(&TaskId::new(spelled.trim())));
        found.map(|task| &**task)
    }

    /// What is known of the file at `path`, relative to the root.
    pub fn existence(&self, path: &str) -> Option<Existence> {
        if let Some((_, document)) = self.index.document(path) {
            let empty = document.text.is_blank();
            return Some(if empty { Existence::Empty } else { Existence::Present });
        }
        self.known.get(path).copied()
    }

    /// Paths that the documents link to and of which nothing is known: to be looked up and told by
    /// [`Change::known`].
    pub fn unknown_paths(&self) -> BTreeSet<String> {
        self.unknown_paths_of(
            self.index
                .docs
                .iter()
                .flat_map(|document| document.facts.links.iter().map(move |link| (document, link))),
        )
    }

    /// As [`Analysis::unknown_paths`], where there were none in `before`: only what is new is looked
    /// at, if nothing else can lead elsewhere than there.
    pub fn unknown_paths_since(&self, before: &Analysis) -> BTreeSet<String> {
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
            let mut candidates = link_candidates(&document.path, &link.target);
            if !candidates.iter().any(|path| self.existence(path) == Some(Existence::Present)) {
                candidates.retain(|path| self.existence(path).is_none());
                paths.extend(candidates);
            }
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
pub(crate) fn link_candidates(from: &FilePath, target: &str) -> Vec<String> {
    let mut candidates = Vec::new();
    let mut add = |path: Option<String>| {
        if let Some(path) = path.filter(|path| !path.is_empty() && !candidates.contains(path)) {
            candidates.push(path);
        }
    };
    let mut folder = from.folder();
    loop {
        add(join(folder, target));
        match folder.rsplit_once('/') {
            Some((above, _)) => folder = above,
            None if folder.is_empty() => break,
            None => folder = "",
        }
    }
    let mut rest = target;
    while let Some((_, below)) = rest.split_once('/') {
        rest = below;
        if rest.contains('/') {
            add(join("", rest));
        }
    }
    candidates
}

/// `folder/target` with `.` and `..` resolved; `None` where it leaves the root.
pub(crate) fn join(folder: &str, target: &str) -> Option<String> {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::editing::OtherEditor;
    use crate::testing;

    #[test]
    fn files_are_judged_once_whatever_editors_hold() {
        let (analysis, _) = testing::analysis(
            r#"
//- /specs/TODO.md
  ### 7. Add login
  - **Status**: [BLOCKED]
//- /specs/state.json
  { "active_projects": [], "completed_projects": [] }
"#,
        );
        let document = &analysis.index.docs[0];
        let mut host = AnalysisHost::new(analysis.profile.clone(), Config::default());
        let files = vec![(document.path.clone(), Some(document.content()))];
        host.apply_change(Change { files, ..Change::default() });
        let rules = |analysis: &Analysis| {
            analysis.diagnostics().iter().map(|found| found.rule).collect::<Vec<_>>()
        };
        let before = host.analysis();
        assert_eq!(rules(&before), ["missing-reason"]);

        let text = document.text.replace("[BLOCKED]", "[PLANNED]").into();
        let other = OtherEditor { name: "Ed".to_owned(), text, read: None, document: None };
        let others = BTreeMap::from([(document.path.clone(), vec![other])]);
        host.set_editing(Editing { others, ..Editing::default() });
        let after = host.analysis();
        assert_eq!(rules(&after).len(), 2);
        assert!(rules(&after).contains(&"other-editor") && rules(&before).len() == 1);
        assert!(Arc::ptr_eq(&before.judging, &after.judging));
        host.set_worktrees(Vec::new());
        assert!(!Arc::ptr_eq(&before.judging, &host.analysis().judging));
    }

    #[test]
    fn where_a_linked_file_goes_it_is_asked_for_the_other_places_that_the_link_may_mean() {
        let (analysis, _) = testing::analysis(
            r"
//- /specs/TODO.md
  ### 7. Add login
  - **Status**: [PLANNED]
  - **Plan**: [plan](007_add_login/plan.md)
",
        );
        let mut host = AnalysisHost::new(analysis.profile.clone(), Config::default());
        let document = &analysis.index.docs[0];
        let files = vec![(document.path.clone(), Some(document.content()))];
        host.apply_change(Change { files, ..Change::default() });
        let (near, far) = ("specs/007_add_login/plan.md", "007_add_login/plan.md");
        assert_eq!(host.analysis().unknown_paths(), [far, near].map(str::to_owned).into());
        let mut tell = |path: &str, known| {
            let known = vec![(path.to_owned(), known)];
            host.apply_change(Change { known, ..Change::default() });
            host.analysis()
        };
        let before = tell(near, Existence::Present);
        assert_eq!(before.unknown_paths(), BTreeSet::new());
        let after = tell(near, Existence::Absent);
        assert_eq!(after.unknown_paths_since(&before), [far.to_owned()].into());
    }
}
