//! What a command has done to a workspace, as plain data: so that a process which has read the files
//! already can do it for another one.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use lockstep_store::history::{self, RecordedOperation};
use lockstep_store::id::TxId;
use lockstep_store::store::Store;
use serde::{Deserialize, Serialize};

use crate::report::{SetReport, SetResult};
use crate::workspace::commit::{
    self, ClaimDeed, ClaimReport, Claiming, CommitError, CommitRequest, DEADLINE, Interim,
    Recorded, Spare, TellInterim, Terms, Undone,
};
use crate::workspace::local::LocalWorkspace;
use crate::workspace::question::{Answer, Question};

/// An order.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Order {
    /// The workspace's folder.
    pub root: PathBuf,
    /// Who gives it, for the history.
    pub who: String,
    /// What nobody else calls an order of theirs: the history keeps it, so that an order whose answer
    /// was lost can be found there.
    pub key: String,
    /// The digest of the plan that was approved, where only that may be carried out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approved: Option<String>,
    /// What the claims of others mean for it.
    #[serde(default)]
    pub claiming: Claiming,
    /// What is to be done.
    pub deed: Deed,
}

/// What is to be done.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Deed {
    /// A request is to be carried out.
    CarryOut(CommitRequest),
    /// A transaction is to be taken back; without a name the newest that can be.
    Undo {
        /// Its name, or how that begins.
        transaction: Option<String>,
        /// When, as RFC 3339.
        at: String,
    },
    /// Something is to be done with a claim.
    Claim(ClaimDeed),
    /// A question is to be answered; nothing is done.
    Ask(Question),
}

/// What came of an order.
#[derive(Clone, Debug)]
pub enum Done {
    /// A request was carried out, as far as this says.
    CarriedOut(SetReport),
    /// A transaction was taken back.
    Undone(Undone),
    /// Something was done with a claim.
    Claimed(ClaimReport),
    /// A question was answered.
    Answered(Answer),
}

/// What is told of an order, a line each: how far it is, and last what came of it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reply {
    /// What is told meanwhile.
    Interim(Interim),
    /// A request was carried out.
    CarriedOut(SetReport),
    /// A transaction was taken back.
    Undone(Undone),
    /// Something was done with a claim.
    Claimed(ClaimReport),
    /// A question was answered.
    Answered(Answer),
    /// Nothing was done.
    Failed(CommitError),
}

impl Order {
    /// An order of `who`.
    pub fn new(root: &Path, who: String, deed: Deed) -> Order {
        let (root, key) = (root.to_owned(), TxId::random().to_string());
        Order { root, who, key, approved: None, claiming: Claiming::default(), deed }
    }

    /// Carries the order out in a workspace; its files may say something newer by now.
    pub fn carry_out(
        &self,
        workspace: &mut LocalWorkspace,
        spare: &Spare<'_>,
        tell: &TellInterim<'_>,
    ) -> Result<Done, CommitError> {
        let terms = Terms {
            who: self.who.clone(),
            key: Some(self.key.clone()),
            approved: self.approved.clone(),
            claiming: self.claiming.clone(),
            deadline: DEADLINE,
            spare,
            tell,
        };
        match &self.deed {
            Deed::CarryOut(request) => {
                commit::commit(workspace, request, &terms).map(Done::CarriedOut)
            }
            Deed::Undo { transaction, at } => {
                commit::reverse(workspace, transaction.as_deref(), at, &terms).map(Done::Undone)
            }
            Deed::Claim(deed) => commit::claim(workspace, deed, &terms).map(Done::Claimed),
            Deed::Ask(question) => {
                let answer = commit::undisturbed(&self.root, || {
                    workspace.rescan_written(&BTreeSet::new());
                    question.answer(workspace)
                })?;
                answer.map(Done::Answered)
            }
        }
    }

    /// What came of the order, by the history: `None` where it was not carried out. What is
    /// unfinished is carried to its end first.
    pub fn find(&self) -> Result<Option<Done>, CommitError> {
        match &self.deed {
            Deed::Claim(_) => return Ok(self.find_claim()),
            Deed::Ask(_) => return Ok(None),
            Deed::CarryOut(_) | Deed::Undo { .. } => {}
        }
        let store = commit::open_store(&self.root)?;
        drop(commit::begin(&[&store], DEADLINE, &Interim::log)?);
        for operation in history::newest_first(&store)?.naming(&self.key) {
            let operation = operation?;
            let recorded = Recorded::of(&operation);
            if let Some(recorded) = recorded.filter(|it| it.key.as_ref() == Some(&self.key)) {
                return Order::done(&store, &operation, recorded).map(Some);
            }
        }
        Ok(None)
    }

    /// The claim that was taken by the order. To renew or to release one again is the same as once.
    fn find_claim(&self) -> Option<Done> {
        let workspace = LocalWorkspace::open_once(&self.root).ok()?;
        commit::claim_taken(&workspace, &self.key).map(Done::Claimed)
    }

    fn done(
        store: &Store,
        operation: &RecordedOperation,
        recorded: Recorded,
    ) -> Result<Done, CommitError> {
        let transaction = operation.id.clone();
        if let commit::CommitAction::Undo { transaction: reversed } = recorded.request.action {
            let files = operation.files.iter().map(|file| file.path.clone()).collect();
            let worktrees = operation.roots.clone();
            let named = history::newest_first(store)?.naming(&reversed);
            let mut named = named.filter_map(Result::ok).filter(|it| it.id == reversed);
            let what = named.next().as_ref().map(commit::described).unwrap_or_default();
            return Ok(Done::Undone(Undone { transaction, reversed, what, files, worktrees }));
        }
        let report = recorded.report.unwrap_or_else(|| commit::report(None, Vec::new()));
        Ok(Done::CarriedOut(SetReport { transaction: Some(transaction), ..report }))
    }
}

impl Done {
    /// The files that were written in the workspace at `root`, and in other worktrees.
    pub fn files(&self, root: PathBuf) -> Vec<(PathBuf, Vec<String>)> {
        match self {
            Done::CarriedOut(report) => written(report, root),
            // Whoever watches reads what is new in the history.
            Done::Claimed(_) => vec![(root, Vec::new())],
            Done::Answered(_) => Vec::new(),
            // What was taken back elsewhere are the same files.
            Done::Undone(undone) => {
                let others = undone.worktrees.iter().map(PathBuf::from);
                let roots = std::iter::once(root).chain(others);
                roots.map(|root| (root, undone.files.clone())).collect()
            }
        }
    }
}

/// The files that a request has written in the workspace at `root`, and in other worktrees.
pub fn written(report: &SetReport, root: PathBuf) -> Vec<(PathBuf, Vec<String>)> {
    if report.transaction.is_none() {
        return Vec::new();
    }
    let of = |results: &[SetResult]| {
        let files: BTreeSet<&String> = results.iter().flat_map(|it| &it.files).collect();
        files.into_iter().cloned().collect()
    };
    let others = report.worktrees.iter();
    let others = others.map(|there| (PathBuf::from(&there.root), of(&there.results)));
    std::iter::once((root, of(&report.results))).chain(others).collect()
}

impl From<Result<Done, CommitError>> for Reply {
    fn from(done: Result<Done, CommitError>) -> Reply {
        match done {
            Ok(Done::CarriedOut(report)) => Reply::CarriedOut(report),
            Ok(Done::Undone(undone)) => Reply::Undone(undone),
            Ok(Done::Claimed(report)) => Reply::Claimed(report),
            Ok(Done::Answered(answer)) => Reply::Answered(answer),
            Err(error) => Reply::Failed(error),
        }
    }
}

impl Reply {
    /// What came of the order; the error is what is told meanwhile.
    pub fn outcome(self) -> Result<Result<Done, CommitError>, Interim> {
        match self {
            Reply::Interim(told) => Err(told),
            Reply::CarriedOut(report) => Ok(Ok(Done::CarriedOut(report))),
            Reply::Undone(undone) => Ok(Ok(Done::Undone(undone))),
            Reply::Claimed(report) => Ok(Ok(Done::Claimed(report))),
            Reply::Answered(answer) => Ok(Ok(Done::Answered(answer))),
            Reply::Failed(error) => Ok(Err(error)),
        }
    }
}
