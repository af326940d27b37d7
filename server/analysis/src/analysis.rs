//! Floor 8: the façade: a host that takes changes, and snapshots with what is found in them.

pub mod changed;
pub mod findings;
pub mod mending;

use std::collections::BTreeMap;
use std::ops::Deref;
use std::sync::{Arc, OnceLock};

use crate::index::update::Touched;
use crate::model::{Content, Document, FilePath};
use crate::profile::Profile;
use crate::profile::config::Config;
use crate::profile::instances::Instances;
use crate::rules::Diagnostic;
use crate::rules::judge::{Judged, Workers};
use crate::snapshot::base::Base;
use crate::snapshot::document_set::DocumentSet;
use crate::snapshot::earlier::EarlierLines;
use crate::snapshot::editing::Editing;
use crate::snapshot::worktrees::Worktree;
use crate::snapshot::{Existence, Snapshot, Texts, Unread};
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
    pub setup: Option<(Instances, Config)>,
}

/// Holds the texts of a workspace and hands out snapshots. Clones share what neither has changed.
#[derive(Clone, Debug)]
pub struct AnalysisHost {
    set: DocumentSet,
    known: Arc<BTreeMap<String, Existence>>,
    unread: Arc<Vec<Unread>>,
    /// The state at the last look, to be updated if there was a change since.
    last: Analysis,
    is_stale: bool,
}

impl AnalysisHost {
    /// A host without files.
    pub fn new(instances: impl Into<Instances>, config: Config) -> AnalysisHost {
        AnalysisHost {
            set: DocumentSet::default(),
            known: Arc::default(),
            unread: Arc::default(),
            last: Analysis::new(Snapshot::new(instances.into(), Arc::new(config))),
            is_stale: false,
        }
    }

    /// Takes in what has changed. Only files whose text differs are read again.
    pub fn apply_change(&mut self, change: Change) {
        self.is_stale = true;
        let is_new = change.setup.is_some();
        if let Some((instances, config)) = change.setup {
            self.set_up(instances, Arc::new(config));
        }
        let paths = change.files.iter().map(|(path, _)| path);
        let mut paths = paths.chain(change.read.iter().map(|it| &it.path));
        let lists = is_new || paths.any(|path| self.last.instances.list_statuses(path.as_str()));
        self.set.read(&self.last.instances, change.files);
        self.set.put_all(change.read.into_iter().map(|it| (it.path.clone(), Some(it))).collect());
        if lists {
            self.take_listed();
        }
        if !change.known.is_empty() {
            Arc::make_mut(&mut self.known).extend(change.known);
        }
        if let Some(unread) = change.unread.filter(|unread| *unread != *self.unread) {
            self.unread = Arc::new(unread);
        }
    }

    fn set_up(&mut self, instances: Instances, config: Arc<Config>) {
        let mut snapshot = Snapshot::new(instances.clone(), config);
        snapshot.editing = self.last.editing.clone();
        snapshot.worktrees = self.last.worktrees.clone();
        snapshot.base = self.last.base.clone();
        snapshot.earlier = self.last.earlier.clone();
        self.last = Analysis::new(snapshot);
        self.set.read_again(&instances);
    }

    /// Takes in the statuses that files of the repository list.
    fn take_listed(&mut self) {
        let listed = |profile: &Arc<Profile>| {
            let document = self.set.docs.iter().find(|document| {
                Arc::ptr_eq(&document.profile, profile)
                    && profile.lists_statuses(document.path.as_str())
            });
            let is_read = document.is_none_or(|document| document.content().fault.is_none());
            let text = document.map(|document| &**document.text.whole());
            profile.with_listed(text).filter(|_| is_read).map(Arc::new)
        };
        let instances = self.last.instances.with(&listed);
        if !instances.is_same(&self.last.instances) {
            self.set_up(instances, self.last.config.clone());
        }
    }

    /// Takes in what the editor holds now. The facts stay as they are.
    pub fn set_editing(&mut self, editing: Editing) {
        self.last.snapshot.editing = Arc::new(editing);
        self.last.diagnostics = Arc::default();
    }

    /// Takes in what the other worktrees of the repository say. The facts stay as they are.
    pub fn set_worktrees(&mut self, worktrees: Vec<Worktree>) {
        self.last.snapshot.worktrees = Arc::new(worktrees);
        self.last.judging = Arc::default();
        self.last.diagnostics = Arc::default();
    }

    /// Takes in how tasks stood at the commit that is compared with. The facts stay as they are.
    pub fn set_base(&mut self, base: Option<Base>) {
        let mut tasks = self.last.snapshot.tasks_changed_since_base();
        self.last.snapshot.base = Arc::new(base);
        tasks.extend(self.last.snapshot.tasks_changed_since_base());
        let basis = self.last.judging.basis(Touched { tasks, ..Touched::default() });
        self.last.judging = Arc::new(Judging { basis, ..Judging::default() });
        self.last.diagnostics = Arc::default();
    }

    /// Takes in what lines were before changes replaced them. The facts stay as they are.
    pub fn set_earlier(&mut self, earlier: EarlierLines) {
        self.last.snapshot.earlier = Arc::new(earlier);
    }

    /// The state as it is now; later changes do not touch it.
    pub fn analysis(&mut self) -> Analysis {
        if std::mem::take(&mut self.is_stale) {
            self.set.settle_strays(&self.last.instances);
            let snapshot = self.last.snapshot.updated(self.set.docs.clone(), self.known.clone());
            self.last = self.last.updated(snapshot);
            self.last.snapshot.unread = self.unread.clone();
        }
        self.last.clone()
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
    fn judged(&self, snapshot: &Snapshot, workers: &Workers<'_>) -> &Arc<Judged> {
        self.judged.get_or_init(|| {
            Arc::new(match &self.basis {
                Some((judged, touched)) => judged.again(snapshot, touched),
                None => Judged::new(snapshot, workers),
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

/// A snapshot of a workspace, with what is found in it.
#[derive(Clone, Debug)]
pub struct Analysis {
    snapshot: Snapshot,
    /// What the rules find that are not about editors: the same for all that differ in `editing`.
    judging: Arc<Judging>,
    diagnostics: Arc<Diagnostics>,
}

impl Deref for Analysis {
    type Target = Snapshot;

    fn deref(&self) -> &Snapshot {
        &self.snapshot
    }
}

impl Analysis {
    fn new(snapshot: Snapshot) -> Analysis {
        Analysis { snapshot, judging: Arc::default(), diagnostics: Arc::default() }
    }

    /// Of a snapshot that was made of this one, and differs from it in what is touched.
    fn updated(&self, (snapshot, touched): (Snapshot, Option<Touched>)) -> Analysis {
        let basis = touched.and_then(|touched| self.judging.basis(touched));
        let judging = Arc::new(Judging { basis, ..Judging::default() });
        Analysis { judging, ..Analysis::new(snapshot) }
    }

    /// The same workspace with some documents replaced: what an edit would make of it.
    pub fn with_texts(&self, texts: &Texts) -> Analysis {
        self.updated(self.replaced(texts))
    }

    /// The same, knowing what lines were before changes replaced them. What is found stays as it is.
    #[must_use]
    pub fn knowing(mut self, earlier: Arc<EarlierLines>) -> Analysis {
        self.snapshot.earlier = earlier;
        self
    }

    /// The same workspace with another text of one document.
    pub(crate) fn with_text(&self, path: &FilePath, text: SharedText) -> Analysis {
        self.updated(self.snapshot.replaced_by(vec![(path.clone(), Some(text.into()))]))
    }

    /// Whether the other is of the same state, so that what is found for one holds for both.
    pub fn is_same(&self, other: &Analysis) -> bool {
        Arc::ptr_eq(&self.index, &other.index)
            && Arc::ptr_eq(&self.judging, &other.judging)
            && Arc::ptr_eq(&self.worktrees, &other.worktrees)
            && Arc::ptr_eq(&self.base, &other.base)
            && self.editing == other.editing
    }
}

#[cfg(test)]
mod tests {
    mod incremental;
    mod looks;
    mod rows;

    use std::collections::BTreeSet;

    use super::*;
    use crate::snapshot::editing::OtherEditor;
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
