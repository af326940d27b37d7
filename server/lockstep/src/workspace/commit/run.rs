//! One transaction, from an intent to what is on disk afterwards: in one workspace, or in several
//! worktrees as one.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use lockstep_analysis::Analysis;
use lockstep_analysis::change;
use lockstep_analysis::model::FilePath;
use lockstep_analysis::snapshot::Texts;
use lockstep_analysis::text::shared_text::SharedText;
use lockstep_store::error::StoreError;
use lockstep_store::path::RelPath;
use lockstep_store::store::Store;
use lockstep_store::transaction::{
    Aborted, CommitOutcome, Committed, LockedRoot, Rebase, RebaseFn, Target, TransactionPart,
};

use super::settled::{self, Concern, Look};
use super::{
    CommitError, Interim, Recorded, TellInterim, Terms, all_read, begin, open_store, withdrawn,
};
use crate::workspace::local::LocalWorkspace;

/// How often something is planned anew because somebody saved meanwhile.
const ROUNDS: u32 = 5;

/// How much of a file is compared at once, in bytes.
const PIECE: usize = 256 * 1024;

/// One of the workspaces that a transaction is about. The first is the one in which it was asked for,
/// and has no name.
pub(super) struct Checkout<'w> {
    pub(super) name: String,
    pub(super) workspace: &'w mut LocalWorkspace,
}

impl<'w> Checkout<'w> {
    /// A workspace, and others that are named.
    pub(super) fn all(
        own: &'w mut LocalWorkspace,
        others: &'w mut [(String, LocalWorkspace)],
    ) -> Vec<Checkout<'w>> {
        let others =
            others.iter_mut().map(|(name, workspace)| Checkout { name: name.clone(), workspace });
        [Checkout { name: String::new(), workspace: own }].into_iter().chain(others).collect()
    }

    pub(super) fn folder(&self) -> &Path {
        self.workspace.folder()
    }

    pub(super) fn analysis(&self) -> &Analysis {
        self.workspace.analysis()
    }
}

/// What is to be done in one of them.
pub(super) struct Work {
    pub(super) targets: Vec<Target>,
    /// For the journal and the history.
    pub(super) recorded: Recorded,
    /// What the workspace is then.
    pub(super) after: Analysis,
}

impl Work {
    fn paths(&self) -> BTreeSet<&str> {
        self.targets.iter().map(|target| target.path.as_str()).collect()
    }
}

/// What somebody wants, applied to whatever the files say.
pub(super) trait CommitIntent {
    /// What it is about in the checkout at this place.
    fn concern(&self, place: usize) -> Concern<'_>;

    /// What it comes to in each checkout, which is locked and was just read; `None` where nothing is
    /// to be done in any.
    fn plan(
        &mut self,
        all: &[Checkout<'_>],
        locked: &[LockedRoot<'_>],
    ) -> Result<Option<Vec<Work>>, CommitError>;

    /// The tasks that the plan is about in the checkout at this place; `None` where it may be about all.
    fn planned_tasks(&self, _place: usize) -> Option<BTreeSet<String>> {
        None
    }

    /// What becomes of a file of the checkout at this place that somebody else has saved since.
    fn rebase(&self, place: usize, own: &Checkout<'_>, path: &RelPath, bytes: &[u8]) -> Rebase;
}

/// How it ended.
pub(super) enum RunEnd {
    /// Nothing is to be done; and how certain that is.
    Nothing(Vec<Look>),
    /// What became of each checkout.
    Committed(Vec<Committed>),
}

/// Carries an intent out in all checkouts, or in none. It is planned on what the files say under the
/// lock while nobody is saving them, and anew where something that was read is another right before
/// the commit.
pub(super) fn run(
    all: &mut [Checkout<'_>],
    intent: &mut dyn CommitIntent,
    terms: &Terms<'_>,
) -> Result<RunEnd, CommitError> {
    let stores: Vec<Store> =
        all.iter().map(|one| open_store(one.folder())).collect::<Result<_, _>>()?;
    let borrowed: Vec<&Store> = stores.iter().collect();
    let locked = begin(&borrowed, terms.deadline, terms.tell)?;
    let mut round = 0;
    loop {
        let mut looks = Vec::new();
        for (place, one) in all.iter_mut().enumerate() {
            looks.push(settled::look(one.workspace, &intent.concern(place)));
            all_read(one.workspace)?;
        }
        let Some(work) = intent.plan(all, locked.roots())? else {
            return Ok(RunEnd::Nothing(looks));
        };
        for (place, (one, look)) in all.iter().zip(&looks).enumerate() {
            look.settled(one.workspace, intent.planned_tasks(place).as_ref())?;
        }
        let about: Vec<BTreeSet<String>> =
            (0..all.len()).map(|place| about(intent, place)).collect();
        // Files that are changed are compared by the store.
        let compared: Vec<BTreeSet<&str>> = work.iter().map(Work::paths).collect();
        let others = || all.iter().zip(&about).zip(&compared);
        let changed = || {
            settled::changed(others().map(|((one, tasks), ours)| (&*one.workspace, tasks, ours)))
        };
        let rebase = &mut |root: &Path, path: &RelPath, bytes: &[u8]| {
            let mut known = stores.iter().zip(&*all).enumerate();
            match known.find(|(_, (store, _))| store.root() == root) {
                Some((place, (_, one))) => intent.rebase(place, one, path, bytes),
                None => Rebase::Invalid(format!("{} takes no part", root.display())),
            }
        };
        let parts = work.iter().enumerate().map(|(root, work)| {
            Ok(TransactionPart {
                root,
                note: work.recorded.note(terms)?,
                targets: work.targets.clone(),
            })
        });
        let parts = parts.collect::<Result<Vec<_>, CommitError>>()?;
        let staged = locked.plan(parts).and_then(|planned| planned.based_on(&changed).stage());
        let committed = match staged.and_then(|staged| staged.commit(rebase as &mut RebaseFn<'_>)) {
            // Somebody saved between the look and the commit: their text is looked at instead.
            Err(StoreError::Stale { .. }) if round < ROUNDS => {
                round += 1;
                continue;
            }
            Err(error) => return Err(error.into()),
            Ok(CommitOutcome::Aborted(aborted)) => return Err(conflict(&aborted, all, &work)),
            Ok(CommitOutcome::Committed(committed)) => committed,
        };
        for ((one, work), committed) in all.iter().zip(&work).zip(&committed) {
            verify(one.folder(), committed, work, terms.tell)?;
        }
        return Ok(RunEnd::Committed(committed));
    }
}

/// The tasks that are asked for, and those that come with them, in the checkout at a place; none where
/// it is about all.
fn about(intent: &dyn CommitIntent, place: usize) -> BTreeSet<String> {
    let mut tasks = intent.concern(place).tasks;
    if !tasks.is_empty() {
        tasks.extend(intent.planned_tasks(place).unwrap_or_default());
    }
    tasks
}

/// What is to be said of a transaction that was withdrawn.
fn conflict(aborted: &Aborted, all: &[Checkout<'_>], work: &[Work]) -> CommitError {
    let left = all.iter().zip(work);
    let left: String =
        left.map(|(one, work)| withdrawn::left_over(one.folder(), &work.targets)).collect();
    let kept: Vec<String> =
        aborted.conflicts.iter().map(|c| c.copy.display().to_string()).collect();
    let kept = match kept.is_empty() {
        true => String::new(),
        false => format!("; the version saved by another program is kept in {}", kept.join(", ")),
    };
    let reason = &aborted.reason;
    CommitError::Conflict(format!("the change was rolled back in every file: {reason}{kept}{left}"))
}

/// What the workspace is after these targets.
pub(super) fn after(analysis: &Analysis, targets: &[Target]) -> Analysis {
    let text = |bytes: &[u8]| SharedText::from(&*String::from_utf8_lossy(bytes));
    let texts: Texts = targets
        .iter()
        .map(|target| (FilePath::new(target.path.as_str()), target.post.as_deref().map(text)))
        .collect();
    analysis.with_texts(&texts)
}

/// Reads every file back. Somebody may have saved one since; the statuses that were changed must
/// stand all the same. One that cannot be read is not taken for saved: it is committed, which is told.
fn verify(
    folder: &Path,
    committed: &Committed,
    work: &Work,
    tell: &TellInterim<'_>,
) -> Result<(), CommitError> {
    let mut saved = BTreeMap::new();
    for file in &committed.files {
        let found = match other_than(&file.path.below(folder), file.after.as_deref()) {
            Ok(None) => continue,
            Ok(Some(found)) => found,
            Err(error) => {
                tell(Interim::Warning(format!(
                    "{} is committed, but cannot be read back: {error}; check it",
                    file.path
                )));
                continue;
            }
        };
        let text = found.map(|bytes| SharedText::from(&*String::from_utf8_lossy(&bytes)));
        saved.insert(FilePath::new(file.path.as_str()), text);
    }
    if saved.is_empty() {
        return Ok(());
    }
    let tasks = work.recorded.tasks();
    let lost = change::status_changes(&work.after, &work.after.with_texts(&saved));
    match lost.iter().find(|change| tasks.contains(change.task.as_str())) {
        None => Ok(()),
        Some(change) => Err(CommitError::Conflict(format!(
            "transaction {} is committed, but another program saved a file right after it, and task {} does not have the status; check the file, and repeat the command",
            committed.id,
            work.after.name_of(&change.task)
        ))),
    }
}

/// What a file holds, where that is not what is expected; the inner `None` is no file. It is compared
/// in pieces, for which no memory of its size is needed.
fn other_than(path: &Path, expected: Option<&[u8]>) -> io::Result<Option<Option<Vec<u8>>>> {
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Ok(expected.is_some().then_some(None));
        }
        Err(error) => return Err(error),
    };
    let (mut rest, mut piece) = (expected, vec![0; PIECE]);
    while let Some(before) = rest {
        rest = match file.read(&mut piece) {
            Ok(0) if before.is_empty() => return Ok(None),
            Ok(0) => None,
            Ok(n) => before.strip_prefix(&piece[..n]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Some(before),
            Err(error) => return Err(error),
        };
    }
    // By its name: another may have it by now.
    match std::fs::read(path) {
        Ok(bytes) => Ok(Some(Some(bytes))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Some(None)),
        Err(error) => Err(error),
    }
}
