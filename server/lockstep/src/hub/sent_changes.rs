//! Changes that the client was asked to make, from the moment they are handed out until they are
//! saved or undone everywhere. What the client says of them is no proof: its texts are.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use lockstep_analysis::Analysis;
use lockstep_analysis::change::SourceChange;
use lockstep_analysis::index::Index;
use lockstep_analysis::model::FilePath;
use lockstep_analysis::snapshot::editing::{EditProgress, EditedFile, EditorChange};

use crate::hub::snapshot::Folder;

/// How long a client is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Patience {
    /// With a change that is made nowhere: the client may ask its user first, and what is undone may
    /// be done again.
    pub(crate) offer: Duration,
    /// With the texts of a change, once the first is there; and with an edit that the client says it
    /// has made, before the next one goes out.
    pub(crate) arrival: Duration,
    /// With a file that somebody else has changed, until it reads that again.
    pub(crate) reread: Duration,
}

impl Default for Patience {
    fn default() -> Patience {
        Patience {
            offer: Duration::from_secs(60),
            arrival: Duration::from_secs(2),
            reread: Duration::from_secs(3),
        }
    }
}

/// A change that is handed to the client, in the workspace at `root`.
#[derive(Clone, Debug)]
pub(crate) struct SentChange {
    pub(crate) root: PathBuf,
    pub(crate) change: EditorChange,
}

impl SentChange {
    /// The change as far as it is `sent`; `None` where that is not over several files,
    /// and moves none.
    pub(crate) fn new(
        id: &str,
        label: &str,
        folder: &Folder,
        change: &SourceChange,
        sent: &[String],
    ) -> Option<SentChange> {
        let is_moving = !change.folders.is_empty();
        if sent.len() < 2 && !is_moving {
            return None;
        }
        let after = change.after().into_iter();
        // What becomes of a file without a role is not known.
        let is_known = |path: &FilePath| {
            let from = change.came_from(path);
            !change.before.contains_key(from)
                || folder.analysis.index.document(from.as_str()).is_some()
        };
        let after = after
            .filter(|(path, _)| is_known(path) && sent.iter().any(|sent| sent == path.as_str()));
        let files = after.filter_map(|(path, after)| {
            let before = change.before.get(change.came_from(&path)).map(|it| it.whole().clone());
            Some((path, EditedFile { before, after: after?.whole().clone(), seen: false }))
        });
        let (id, label) = (id.to_owned(), label.to_owned());
        let change = EditorChange { id, label, files: files.collect(), below: Vec::new() };
        let root = folder.root.clone();
        (change.files.len() > 1 || is_moving).then_some(SentChange { root, change })
    }
}

/// The changes that are followed.
#[derive(Debug, Default)]
pub(crate) struct SentChanges(Vec<TrackedChange>);

#[derive(Debug)]
struct TrackedChange {
    root: PathBuf,
    change: Arc<EditorChange>,
    stage: Stage,
    patience: Patience,
    /// The files that the editor says it has saved.
    heard: BTreeSet<FilePath>,
    /// How far saving has come while it is saved in some files only.
    saving: Option<PartialSave>,
}

/// For so long an editor that saves one file after the other is given until the next.
const SAVING: Duration = Duration::from_secs(3);

/// For so long a device is given: a text is seen on it long before an editor that waits for it to be flushed
/// says that it has saved the file.
const FLUSHING: Duration = Duration::from_secs(10);

/// How far a change is saved that is saved in some of its files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct SavedSoFar {
    /// In how many files it waits to be saved.
    n_left: usize,
    /// Whether there is a file on disk of which the editor has not said that it has saved it.
    is_flushing: bool,
}

/// A change that is saved in some of its files only.
#[derive(Clone, Copy, Debug)]
struct PartialSave {
    so_far: SavedSoFar,
    /// Until when that counts as one thing.
    until: Instant,
    /// Whether its files were looked at once that was over.
    is_looked_at: bool,
}

/// How far a change has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// It is made nowhere, and is forgotten if that stays so.
    Offered { until: Instant },
    /// It is made in some files, and the others have this long to follow.
    Arriving { until: Instant },
    /// It is made in all of its files, as far as is known.
    Whole,
    /// It is made in some files only, and has been for a while.
    Half,
}

impl Stage {
    /// The next stage; `None` where the change matters no more.
    fn next(self, progress: &EditProgress, patience: Patience, now: Instant) -> Option<Stage> {
        if !progress.is_begun() {
            return match self {
                Stage::Offered { until } => (now < until).then_some(self),
                Stage::Arriving { .. } | Stage::Whole | Stage::Half => {
                    Some(Stage::Offered { until: now + patience.offer })
                }
            };
        }
        match self {
            _ if progress.is_over() => None,
            _ if progress.is_complete() => Some(Stage::Whole),
            // What is made or undone in several files arrives one file after the other.
            Stage::Offered { .. } | Stage::Whole => {
                Some(Stage::Arriving { until: now + patience.arrival })
            }
            Stage::Arriving { until } if now < until => Some(self),
            Stage::Arriving { .. } | Stage::Half => Some(Stage::Half),
        }
    }

    fn deadline(self) -> Option<Instant> {
        match self {
            Stage::Offered { until } | Stage::Arriving { until } => Some(until),
            Stage::Whole | Stage::Half => None,
        }
    }

    /// Whether something may be said of it.
    fn is_told(self) -> bool {
        matches!(self, Stage::Whole | Stage::Half)
    }
}

impl SentChanges {
    /// Follows a change. What is made in its files and not saved is what it stands on.
    pub(crate) fn add(&mut self, handed: SentChange, patience: Patience, now: Instant) {
        let SentChange { root, mut change } = handed;
        self.0.retain(|known| known.change.id != change.id);
        let shares =
            |other: &EditorChange| other.files.keys().any(|path| change.files.contains_key(path));
        let is_below = |known: &&TrackedChange| {
            let is_made = !matches!(known.stage, Stage::Offered { .. });
            known.root == root && is_made && shares(&known.change)
        };
        let mut below: Vec<Arc<EditorChange>> = Vec::new();
        for known in self.0.iter().filter(is_below) {
            for lower in known.change.below.iter().chain([&known.change]) {
                if below.iter().all(|other| other.id != lower.id) {
                    below.push(lower.clone());
                }
            }
        }
        change.below = below;
        let stage = Stage::Offered { until: now + patience.offer };
        let change = Arc::new(change);
        let (heard, saving) = (BTreeSet::new(), None);
        self.0.push(TrackedChange { root, change, stage, patience, heard, saving });
    }

    /// Takes note that the editor says it has saved a file of the workspace at `root`.
    pub(crate) fn hear_saved(&mut self, root: &Path, path: &str) {
        let path = FilePath::new(path);
        for followed in self.0.iter_mut().filter(|followed| followed.root == root) {
            if followed.change.files.contains_key(&path) {
                followed.heard.insert(path.clone());
            }
        }
    }

    /// Forgets the changes in workspaces that it does not work in.
    pub(crate) fn forget(&mut self, works_in: impl Fn(&Path) -> bool) {
        self.0.retain(|followed| works_in(&followed.root));
    }

    /// When something is to be judged, if nothing else happens.
    pub(crate) fn next(&self) -> Option<Instant> {
        self.0.iter().filter_map(|followed| followed.stage.deadline()).min()
    }

    /// When the next file of a change that is being saved is waited for no more, if that is still to come.
    pub(crate) fn next_saving(&self, now: Instant) -> Option<Instant> {
        let saving = self.0.iter().filter_map(|followed| followed.saving);
        saving.map(|it| it.until).filter(|until| *until > now).min()
    }

    /// The files of changes whose next file has been waited for in vain, by workspace, once each: the
    /// watcher may be behind what the editor has written.
    pub(crate) fn take_overdue(&mut self, now: Instant) -> Vec<(PathBuf, Vec<FilePath>)> {
        let mut overdue = Vec::new();
        for followed in &mut self.0 {
            let Some(saving) = &mut followed.saving else { continue };
            if saving.until <= now && !saving.is_looked_at {
                saving.is_looked_at = true;
                let paths = followed.change.files.keys().cloned().collect();
                overdue.push((followed.root.clone(), paths));
            }
        }
        overdue
    }

    /// Whether the editor is about to save a change in the workspace at `root`, and has in some of its files:
    /// what is on disk is half of it. `disk` is what the watcher has read: an editor says that it has saved
    /// a file only once the device has it, and begins with the next one after that.
    pub(crate) fn is_saving(
        &mut self,
        root: &Path,
        analysis: &Analysis,
        disk: Option<&Index>,
        now: Instant,
    ) -> bool {
        let mut is_saving = false;
        for followed in self.0.iter_mut().filter(|followed| followed.root == root) {
            let progress = analysis.progress_on(&followed.change, disk);
            let n_left = progress.unsaved.len();
            let is_flushing = !progress.saved.is_subset(&followed.heard);
            let so_far = SavedSoFar { n_left, is_flushing };
            followed.saving = match followed.saving {
                _ if n_left == 0 || progress.saved.is_empty() => None,
                Some(known) if known.so_far == so_far => Some(known),
                _ => {
                    let until = now + if is_flushing { FLUSHING } else { SAVING };
                    Some(PartialSave { so_far, until, is_looked_at: false })
                }
            };
            is_saving |= followed.saving.is_some_and(|it| now < it.until);
        }
        is_saving
    }

    /// Looks at what has become of the changes in the workspace at `root`, and returns those of
    /// which something may be said.
    pub(crate) fn told(
        &mut self,
        root: &Path,
        analysis: &Analysis,
        now: Instant,
    ) -> Vec<Arc<EditorChange>> {
        self.0.retain_mut(|followed| {
            if followed.root != root {
                return true;
            }
            see(&mut followed.change, analysis);
            let progress = analysis.progress(&followed.change);
            let next = followed.stage.next(&progress, followed.patience, now);
            followed.stage = next.unwrap_or(followed.stage);
            next.is_some()
        });
        let told = self.0.iter().filter(|it| it.root == root && it.stage.is_told());
        told.map(|followed| followed.change.clone()).collect()
    }
}

/// Takes note of the files that the editor has open.
fn see(change: &mut Arc<EditorChange>, analysis: &Analysis) {
    let open = &analysis.editing.open;
    if change.files.iter().any(|(path, file)| !file.seen && open.contains_key(path)) {
        for (path, file) in &mut Arc::make_mut(change).files {
            file.seen |= open.contains_key(path);
        }
    }
}

#[cfg(test)]
mod tests {
    use lockstep_fixture::{Fixture, Sandbox};

    use super::*;
    use crate::workspace::local::LocalWorkspace;

    const A: &str = "a/TODO.md";
    const B: &str = "b/TODO.md";
    const BEFORE: &str = "- [ ] Sweep\n";
    const AFTER: &str = "- [x] Sweep\n";
    const OFFER: Duration = Duration::from_secs(60);
    const ARRIVAL: Duration = Duration::from_secs(2);

    struct Case {
        workspace: LocalWorkspace,
        changes: SentChanges,
        now: Instant,
        sandbox: Sandbox,
    }

    /// Two open files, and a change of both that is handed out.
    fn case() -> Case {
        let sandbox = Sandbox::new(&Fixture::default());
        [A, B].iter().for_each(|path| sandbox.write(path, BEFORE));
        let mut workspace = LocalWorkspace::open(sandbox.path()).expect("a workspace");
        workspace.set_overlays([A, B].map(|path| (path.to_owned(), Some(BEFORE.into()))));
        let file = EditedFile { before: Some(BEFORE.into()), after: AFTER.into(), seen: false };
        let files = [A, B].map(|path| (FilePath::new(path), file.clone())).into();
        let (id, label) = ("edit-1".to_owned(), "Sweep".to_owned());
        let change = EditorChange { id, label, files, below: Vec::new() };
        let (mut changes, now) = (SentChanges::default(), Instant::now());
        let handed = SentChange { root: workspace.folder().to_owned(), change };
        changes.add(
            handed,
            Patience { offer: OFFER, arrival: ARRIVAL, ..Patience::default() },
            now,
        );
        Case { workspace, changes, now, sandbox }
    }

    impl Case {
        /// How many changes are told of once a file has another text and time has passed.
        fn told(&mut self, path: &str, text: &str, later: Duration) -> usize {
            self.workspace.set_overlay(path, Some(text.into()));
            self.now += later;
            let (root, analysis) = (self.workspace.folder(), self.workspace.analysis());
            self.changes.told(root, analysis, self.now).len()
        }

        /// Whether a change is being saved once a file is saved, if any, and time has passed.
        fn is_saving(&mut self, saved: Option<&str>, later: Duration) -> bool {
            if let Some(path) = saved {
                self.sandbox.write(path, AFTER);
                self.workspace.wrote(path, AFTER.into());
                self.changes.hear_saved(self.workspace.folder(), path);
            }
            self.now += later;
            let (root, analysis) = (self.workspace.folder(), self.workspace.analysis());
            self.changes.is_saving(root, analysis, None, self.now)
        }
    }

    #[test]
    fn texts_may_arrive_one_after_the_other_but_not_for_ever() {
        let mut case = case();
        assert_eq!(case.told(A, AFTER, OFFER / 2), 0);
        assert_eq!(case.told(B, AFTER, ARRIVAL / 2), 1);
        assert_eq!(case.changes.next(), None);
        assert_eq!(case.told(B, BEFORE, ARRIVAL), 0, "it may be undone in the other too");
        assert_eq!(case.changes.next(), Some(case.now + ARRIVAL));
        assert_eq!(case.told(B, BEFORE, ARRIVAL), 1);
        assert_eq!(case.told(A, BEFORE, ARRIVAL), 0);
        assert_eq!(case.told(A, AFTER, OFFER / 2), 0);
        assert_eq!(case.told(B, AFTER, ARRIVAL / 2), 1, "it is done again");
    }

    #[test]
    fn a_change_that_is_saved_in_some_files_is_being_saved_for_a_moment_after_each() {
        let mut case = case();
        case.told(A, AFTER, Duration::ZERO);
        case.told(B, AFTER, Duration::ZERO);
        assert!(!case.is_saving(None, Duration::ZERO), "nothing is saved");
        assert!(case.is_saving(Some(A), Duration::ZERO));
        assert_eq!(case.changes.next_saving(case.now), Some(case.now + SAVING));
        assert!(case.is_saving(None, SAVING / 2));
        assert!(!case.is_saving(None, SAVING), "its user may not save the other");
        assert_eq!(case.changes.next_saving(case.now), None);
        assert!(!case.is_saving(Some(B), Duration::ZERO), "it is whole on disk");
    }

    #[test]
    fn the_files_of_a_change_are_looked_at_once_before_it_counts_as_saved_by_half() {
        let mut case = case();
        case.told(A, AFTER, Duration::ZERO);
        case.told(B, AFTER, Duration::ZERO);
        assert!(case.is_saving(Some(A), Duration::ZERO));
        assert_eq!(case.changes.take_overdue(case.now), []);
        case.now += SAVING;
        let root = case.workspace.folder().to_owned();
        let files = [A, B].map(FilePath::new).to_vec();
        assert_eq!(case.changes.take_overdue(case.now), [(root, files)]);
        assert_eq!(case.changes.take_overdue(case.now), [], "nobody waits for it any more");
    }

    #[test]
    fn a_change_is_being_saved_before_its_editor_says_so_of_the_first_file() {
        let mut case = case();
        case.told(A, AFTER, Duration::ZERO);
        case.told(B, AFTER, Duration::ZERO);
        case.sandbox.write(A, AFTER);
        let watched = LocalWorkspace::open(case.sandbox.path()).expect("a workspace");
        let (root, analysis) = (case.workspace.folder(), case.workspace.analysis());
        let mut is_saving = |disk, now| case.changes.is_saving(root, analysis, disk, now);
        let disk = Some(&*watched.analysis().index);
        assert!(is_saving(disk, case.now));
        assert!(is_saving(disk, case.now + SAVING * 2), "the device is slow");
        assert!(!is_saving(disk, case.now + FLUSHING), "another program may have written it");
        assert!(!is_saving(None, case.now), "the editor has said nothing");
        case.changes.hear_saved(root, A);
        let mut is_saving = |now| case.changes.is_saving(root, analysis, disk, now);
        assert!(is_saving(case.now), "it may go on with the next one");
        assert!(!is_saving(case.now + SAVING), "its user may not save the other");
    }

    #[test]
    fn a_change_in_a_folder_that_is_gone_is_waited_for_no_more() {
        let mut case = case();
        let root = case.workspace.folder().to_owned();
        case.changes.forget(|known| known == root);
        assert_eq!(case.changes.next(), Some(case.now + OFFER));
        case.changes.forget(|known| known != root);
        assert_eq!(case.changes.next(), None);
    }

    #[test]
    fn an_offer_that_nobody_takes_is_forgotten() {
        let mut case = case();
        assert_eq!(case.told(A, BEFORE, OFFER / 2), 0);
        assert_eq!(case.changes.next(), Some(case.now + OFFER / 2));
        assert_eq!(case.told(A, BEFORE, OFFER / 2), 0);
        assert_eq!(case.changes.next(), None);
        case.told(A, AFTER, Duration::ZERO);
        assert_eq!(case.told(B, AFTER, ARRIVAL), 0);
    }
}
