//! Edits that the server sends of its own accord: one after the other, each on the text that the
//! one before has made.
//!
//! A second edit planned while the first is on its way would be planned on text that is gone by the
//! time it arrives, and most editors apply it all the same. So an edit waits for its turn, and is
//! planned again where the text has changed meanwhile.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, Weak};
use std::time::Duration;

use lockstep_analysis::profile::Severity;
use lockstep_store::loader;
use tokio::sync::{mpsc, watch};
use tower_lsp::Client;
use tower_lsp::jsonrpc::Result;
use tower_lsp::ls_types::{Uri, WorkspaceEdit};

use crate::hub::arrivals::Arrivals;
use crate::hub::client_event::ClientEvent;
use crate::hub::outbox::Outbox;
use crate::hub::sent_changes::SentChange;
use crate::hub::snapshot::SessionSnapshot;
use crate::hub::uri::DocumentKey;
use crate::lsp::applied::{Applied, AppliedOutcome};
use crate::lsp::apply_edit::{ApplyEdit, ApplyEditParams, EditMetadata};
use crate::lsp::error::refused;
use crate::lsp::outstanding::OneOutstanding;
use crate::lsp::session::{Session, SessionContext};

/// How long a client may take to answer, with the user's help.
const ANSWER: Duration = Duration::from_secs(60);

/// How long the change of a text may take to arrive after the refusal that it explains.
const EXPLANATION: Duration = Duration::from_millis(250);

/// How often an edit is sent again where the texts have moved on.
const AGAIN: usize = 2;

/// An edit as it goes to the client.
#[derive(Debug, Default)]
pub(crate) struct Edit {
    /// The name of the change.
    pub(crate) id: String,
    /// What a menu of undo calls it.
    pub(crate) label: String,
    /// The edit.
    pub(crate) edit: WorkspaceEdit,
    /// The files that it changes, as the client spells them.
    pub(crate) uris: Vec<Uri>,
    /// The texts that it makes.
    pub(crate) texts: Vec<EditedText>,
    /// The files that it changes and that the client has to read again, before an edit of them can be
    /// told: then all but the name is missing here.
    pub(crate) behind: Vec<Behind>,
    /// The files that it changes and that the client has to read first.
    pub(crate) unopened: Vec<Unopened>,
    /// What is followed until it is saved or undone.
    pub(crate) handed: Vec<SentChange>,
    /// What the user is told once it is made.
    pub(crate) notes: Vec<String>,
    /// Whether the client asks its user, who may decline.
    pub(crate) asks: bool,
}

/// The text of one document.
#[derive(Clone, Debug)]
pub(crate) struct EditedText {
    /// The document.
    pub(crate) key: DocumentKey,
    /// What an edit was planned on; `None` where there was no file.
    pub(crate) before: Option<Arc<str>>,
    /// What it makes.
    pub(crate) after: Arc<str>,
}

/// A file that somebody has changed since the client read it.
#[derive(Debug)]
pub(crate) struct Behind {
    /// The workspace.
    pub(crate) root: PathBuf,
    /// The file in it.
    pub(crate) path: String,
}

impl Behind {
    /// Whether that is still so.
    fn is_so(&self, snapshot: &SessionSnapshot) -> bool {
        let mut folders = snapshot.folders.iter().filter(|folder| folder.root == self.root);
        folders.any(|folder| folder.held.contains_key(&self.path))
    }
}

/// A file that an edit changes and the client has not open: it is on disk what it was planned on,
/// or the edit does not fit what the client reads.
#[derive(Debug)]
pub(crate) struct Unopened {
    /// The workspace.
    pub(crate) root: PathBuf,
    /// The file in it.
    pub(crate) path: String,
    /// What it was planned on.
    pub(crate) before: Arc<str>,
}

/// The files that are not what was planned on, by workspace.
pub(crate) fn outdated(unopened: &[Unopened]) -> BTreeMap<PathBuf, Vec<String>> {
    let mut outdated: BTreeMap<PathBuf, Vec<String>> = BTreeMap::new();
    for Unopened { root, path, before } in unopened {
        let now = loader::read(root, path);
        if now.is_ok_and(|now| now.is_exact() && *now.text != **before) {
            outdated.entry(root.clone()).or_default().push(path.clone());
        }
    }
    outdated
}

/// How often an edit is planned again because somebody writes to its files.
const ROUNDS: usize = 5;

/// Plans an edit; `None` where there is nothing to change.
pub(crate) type PlanEdit = Arc<dyn Fn(&SessionContext) -> Result<Option<Edit>> + Send + Sync>;

/// An edit that waits for its turn.
pub(crate) struct QueuedEdit {
    /// The edit.
    pub(crate) edit: Edit,
    /// The texts it was planned on.
    pub(crate) planned_on: Arc<SessionSnapshot>,
    /// Plans it again.
    pub(crate) plan: PlanEdit,
}

/// Edits that wait, in their order.
pub(crate) type EditQueue = mpsc::UnboundedReceiver<(QueuedEdit, OneOutstanding)>;

impl fmt::Debug for QueuedEdit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("QueuedEdit").field("edit", &self.edit).finish_non_exhaustive()
    }
}

/// What sends edits.
#[derive(Debug)]
pub(crate) struct EditSender {
    pub(crate) client: Client,
    pub(crate) session: Weak<Session>,
    pub(crate) outbox: Outbox,
    pub(crate) snapshots: watch::Receiver<Arc<SessionSnapshot>>,
    pub(crate) arrivals: Arrivals,
}

/// What became of an edit that was sent.
struct SentOutcome {
    outcome: AppliedOutcome,
    /// Why it is not made as it should be.
    why: Option<String>,
    /// Whether the client says that it has not made it.
    is_declined: bool,
}

/// In which files an edit is made.
struct MadeEdit {
    /// The names of those that are as they were.
    left: Vec<String>,
    /// Whether it was seen in any.
    is_begun: bool,
}

impl MadeEdit {
    /// It is made in some of its files.
    fn in_part(&self) -> SentOutcome {
        let left = match self.left.is_empty() {
            true => "all files".to_owned(),
            false => self.left.join(", "),
        };
        let why =
            format!("the editor did not change {left}; undo the change, or run the command again");
        SentOutcome { outcome: AppliedOutcome::InPart, why: Some(why), is_declined: false }
    }
}

impl SentOutcome {
    /// It is not made, for this reason.
    fn refused(why: &str) -> SentOutcome {
        let why = Some(why.trim_end().to_owned());
        SentOutcome { outcome: AppliedOutcome::Refused, why, is_declined: false }
    }
}

/// Plans an edit on a newer text, which it returns with it.
fn plan_again(
    plan: &PlanEdit,
) -> impl FnOnce(&SessionContext) -> Result<Option<(Edit, Arc<SessionSnapshot>)>> + Send + 'static {
    let plan = plan.clone();
    move |context| Ok(plan(context)?.map(|edit| (edit, context.snapshot.clone())))
}

impl EditSender {
    /// Sends what is queued, until nothing more can be.
    pub(crate) async fn run(mut self, mut queue: EditQueue) {
        while let Some((queued, _unsent)) = queue.recv().await {
            let name = Edit {
                id: queued.edit.id.clone(),
                label: queued.edit.label.clone(),
                ..Edit::default()
            };
            if let Err(error) = self.carry_out(queued).await {
                let why = error.message.into_owned();
                self.tell(name, SentOutcome::refused(&why)).await;
            }
            // Only then it is over for whoever waits for that.
            self.outbox.until_told().await;
        }
    }

    /// Sends an edit on the newest text, and again where somebody has typed meanwhile.
    async fn carry_out(&mut self, queued: QueuedEdit) -> Result<()> {
        let QueuedEdit { edit, planned_on, plan } = queued;
        let name = Edit { id: edit.id.clone(), label: edit.label.clone(), ..Edit::default() };
        let mut known = Some((edit, planned_on));
        for attempt in 0.. {
            let Some((edit, planned_on)) = self.fresh(known.take(), &plan).await? else {
                let notes = vec!["the files have this status already".to_owned()];
                let outcome = AppliedOutcome::Applied;
                let sent = SentOutcome { outcome, why: None, is_declined: false };
                self.tell(Edit { notes, ..name }, sent).await;
                return Ok(());
            };
            let sent = self.send(&edit).await;
            let is_declined = sent.is_declined && !edit.asks;
            let has_moved = is_declined && self.has_moved(&edit, &planned_on).await;
            if has_moved && attempt < AGAIN {
                tracing::info!(label = edit.label, "the texts have changed; planned again");
                continue;
            }
            let moved = "the editor did not make the change, as its texts changed meanwhile; \
                         run the command again when nobody types";
            let why = if has_moved { Some(moved.to_owned()) } else { sent.why };
            self.tell(edit, SentOutcome { why, ..sent }).await;
            return Ok(());
        }
        Ok(())
    }

    /// The edit on the newest text, and that text.
    async fn fresh(
        &self,
        known: Option<(Edit, Arc<SessionSnapshot>)>,
        plan: &PlanEdit,
    ) -> Result<Option<(Edit, Arc<SessionSnapshot>)>> {
        let Some(session) = self.session.upgrade() else { return Ok(None) };
        let again = plan.clone();
        let newest = move |context: &SessionContext| {
            let planned_on = context.snapshot.clone();
            let edit = match known {
                Some((edit, on)) if Arc::ptr_eq(&on, &planned_on) => Some(edit),
                _ => again(context)?,
            };
            Ok(edit.map(|edit| (edit, planned_on)))
        };
        let mut planned = session.read(newest).await?;
        for _ in 0..ROUNDS {
            if let Some(behind) = planned.as_ref().and_then(|(edit, _)| edit.behind.first()) {
                self.until_read(behind, session.settings().patience.reread).await?;
                planned = session.read(plan_again(plan)).await?;
                continue;
            }
            let unopened = planned.as_ref().map(|(edit, _)| &*edit.unopened).unwrap_or_default();
            let outdated = outdated(unopened);
            if outdated.is_empty() {
                return Ok(planned);
            }
            for (root, paths) in outdated {
                session.send(ClientEvent::Written { root, paths });
            }
            planned = session.read(plan_again(plan)).await?;
        }
        Err(refused("another change writes to the files; try again when it is done"))
    }

    /// Waits until the client has read a file again.
    async fn until_read(&self, behind: &Behind, patience: Duration) -> Result<()> {
        let mut snapshots = self.snapshots.clone();
        let read = snapshots.wait_for(|now| !behind.is_so(now));
        match tokio::time::timeout(patience, read).await {
            Ok(_) => Ok(()),
            Err(_) => Err(refused(format!(
                "{} has changed on disk since the editor read it; reload it there, and run the \
                 command again",
                behind.path
            ))),
        }
    }

    /// Sends an edit, and says what became of it.
    async fn send(&mut self, edit: &Edit) -> SentOutcome {
        let Some(session) = self.session.upgrade() else {
            return SentOutcome::refused("the session is over");
        };
        session.hand(edit.handed.iter().cloned());
        let patience = session.settings().patience.arrival;
        let metadata = session.features().edit_metadata;
        drop(session);
        self.arrivals.expect(edit.texts.iter().map(|it| (it.key.clone(), it.after.clone())));
        let params = ApplyEditParams {
            label: edit.label.clone(),
            edit: edit.edit.clone(),
            metadata: metadata.then_some(EditMetadata { is_refactoring: false }),
        };
        let answer = self.client.send_request::<ApplyEdit>(params);
        match tokio::time::timeout(ANSWER, answer).await {
            // What the client says of itself is no proof: its texts are.
            Ok(Ok(answer)) if answer.applied => self.observe(edit, patience).await,
            Ok(Ok(answer)) => {
                let reason = answer.failure_reason.unwrap_or_default();
                tracing::info!(%reason, "the client did not apply an edit");
                self.declined(edit, &reason).await
            }
            Ok(Err(error)) => {
                tracing::warn!(%error, "the client cannot apply an edit");
                let why = error.message.trim().trim_end_matches('.');
                SentOutcome::refused(&format!(
                    "the editor cannot make the change: {why}; run the command again, or \
                     `lockstep set` in a shell"
                ))
            }
            Err(_) => {
                tracing::debug!("the client does not say what became of an edit");
                let sent = self.observe(edit, Duration::ZERO).await;
                let why = "the editor does not say what became of the change; look at its files";
                match sent.outcome {
                    AppliedOutcome::Refused => SentOutcome::refused(why),
                    AppliedOutcome::Applied | AppliedOutcome::InPart => sent,
                }
            }
        }
    }

    /// What became of an edit that the client says it has not made.
    async fn declined(&self, edit: &Edit, reason: &str) -> SentOutcome {
        if let Some(made) = self.made(edit).await
            && made.is_begun
        {
            return made.in_part();
        }
        let is_silent = reason.is_empty();
        let reason = match reason.trim().trim_end_matches('.') {
            "" => String::new(),
            said => format!(": {said}"),
        };
        let why = format!("the editor did not make the change{reason}; run the command again");
        let mut sent = SentOutcome { is_declined: true, ..SentOutcome::refused(&why) };
        if edit.asks && is_silent {
            // Who declines knows it.
            sent.why = None;
        }
        sent
    }

    /// Whether the client has another version of a text than an edit was planned on. The change may
    /// arrive after the refusal.
    async fn has_moved(&mut self, edit: &Edit, planned_on: &SessionSnapshot) -> bool {
        let version = |snapshot: &SessionSnapshot, key: &DocumentKey| {
            snapshot.open.get(key).map(|open| (open.version, open.opening))
        };
        let is_other = |it: &EditedText, now: &SessionSnapshot| {
            version(now, &it.key) != version(planned_on, &it.key)
        };
        let moved = self.snapshots.wait_for(|now| edit.texts.iter().any(|it| is_other(it, now)));
        matches!(tokio::time::timeout(EXPLANATION, moved).await, Ok(Ok(_)))
    }

    /// Waits until each file has had the text that is expected, and no longer than this; a client may
    /// make something else of it, as one that formats does.
    async fn observe(&mut self, edit: &Edit, patience: Duration) -> SentOutcome {
        let arrivals = &self.arrivals;
        let seen = self.snapshots.wait_for(|snapshot| {
            arrivals.see_all(snapshot);
            arrivals.is_complete()
        });
        if tokio::time::timeout(patience, seen).await.is_err() {
            tracing::debug!(?arrivals, "an edit was not seen to arrive");
        }
        match self.made(edit).await {
            None => SentOutcome::refused("the session is over"),
            Some(made) if made.left.is_empty() => {
                SentOutcome { outcome: AppliedOutcome::Applied, why: None, is_declined: false }
            }
            Some(made) if made.left.len() == edit.texts.len() => SentOutcome::refused(
                "the editor did not make the change, though it says so; run the command again",
            ),
            Some(made) => made.in_part(),
        }
    }

    /// In which files an edit is made, by all that the client has said so far. `None` once the session
    /// is over.
    async fn made(&self, edit: &Edit) -> Option<MadeEdit> {
        let session = self.session.upgrade()?;
        let now = session.read(|context| Ok(context.snapshot.clone())).await.ok()?;
        self.arrivals.see_all(&now);
        // A file that the client does not show may be changed in a buffer that is not told of.
        let is_as_before = |it: &&EditedText| {
            let text = now.open.get(&it.key).map(|open| &open.text);
            self.arrivals.awaits(&it.key)
                && text.zip(it.before.as_ref()).is_some_and(|(now, before)| **now == **before)
        };
        let left = edit.texts.iter().filter(is_as_before);
        let names = left.filter_map(|it| it.key.path().file_name());
        let left = names.map(|name| name.to_string_lossy().into_owned()).collect();
        let is_begun = edit.texts.iter().any(|it| !self.arrivals.awaits(&it.key));
        Some(MadeEdit { left, is_begun })
    }

    /// Tells the user what became of an edit, or has the client tell.
    async fn tell(&self, edit: Edit, SentOutcome { outcome, why, .. }: SentOutcome) {
        let Some(session) = self.session.upgrade() else { return };
        let notes = if outcome == AppliedOutcome::Refused { Vec::new() } else { edit.notes };
        if session.features().applied {
            let message: Vec<String> = why.into_iter().chain(notes).collect();
            let message = Some(message.join("; ")).filter(|it| !it.is_empty());
            let (transaction, label, files) = (edit.id, edit.label, edit.uris);
            let applied = Applied { transaction, label, files, outcome, message };
            return self.client.send_notification::<Applied>(applied).await;
        }
        if let Some(why) = why {
            self.outbox.show(Severity::Error, why);
        }
        for note in notes {
            self.outbox.show(Severity::Info, format!("Lockstep: {note}"));
        }
    }
}
