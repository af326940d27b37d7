//! Floor 2: where sessions meet: one thread that owns the texts of every workspace and session.
//!
//! Types of no protocol: [`client_event`] is what a client does, [`snapshot`] what a session sees.
//! The thread is [`owner`]; it keeps a [`session_state`] of each session, one reading of each of the
//! [`shared_workspaces`], and those who listen ([`subscribers`]).

pub(crate) mod arrivals;
pub(crate) mod client_event;
mod description;
pub(crate) mod message;
pub(crate) mod outbox;
pub mod overlay;
mod owner;
mod pending;
mod reading_times;
pub(crate) mod sent_changes;
pub(crate) mod session_state;
mod shared_workspaces;
pub(crate) mod snapshot;
pub mod subscribers;
pub mod uri;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, Sender};
use std::time::{Duration, Instant};

use lockstep_analysis::text::merge::same_texts;
use lockstep_analysis::text::shared_text::SharedText;
use tokio::sync::mpsc::{Receiver, channel};
use tokio::sync::watch;

use crate::hub::description::Description;
use crate::hub::message::{Message, SessionId};
use crate::hub::owner::Owner;
use crate::hub::subscribers::{Notice, Subscriber, Subscription};
use crate::metrics::Metrics;
use crate::workspace::commit::{self, CommitError, TellInterim, Touch};
use crate::workspace::local::LocalWorkspace;
use crate::workspace::order::{Deed, Done, Order};

/// Under what name transactions are counted.
pub(crate) const TRANSACTION: &str = "transaction";

/// How many events somebody who listens may leave unread.
const BACKLOG: usize = 65_536;

/// How long the owner may be at one thing: a large workspace takes a second or two.
const STILL: Duration = Duration::from_secs(30);

/// A handle on what all sessions of a process share. Clones mean the same.
#[derive(Clone, Debug)]
pub struct Hub {
    shared: Arc<SharedState>,
    /// What the daemon calls the session that uses this handle.
    guest: u64,
}

#[derive(Debug)]
struct SharedState {
    messages: Sender<Message>,
    n_sessions: AtomicU64,
    metrics: Arc<Metrics>,
    described: watch::Receiver<Description>,
    /// Since when the owner has been at one thing; `None` while it waits.
    at: watch::Receiver<Option<Instant>>,
}

impl Hub {
    /// A hub without sessions. It ends with its last clone and its last session.
    pub fn start() -> Hub {
        let (messages, taken) = mpsc::channel();
        let (description, described) = watch::channel(Description::default());
        let metrics: Arc<Metrics> = Arc::default();
        let (begun, at) = watch::channel(None);
        let owner = Owner::new(messages.clone(), metrics.clone(), description, begun);
        let thread = std::thread::Builder::new().name("lockstep-state".to_owned());
        if let Err(error) = thread.spawn(move || owner.run(&taken)) {
            tracing::error!(%error, "cannot start the thread that owns the texts");
        }
        Hub::over(messages, metrics, described, at)
    }

    fn over(
        messages: Sender<Message>,
        metrics: Arc<Metrics>,
        described: watch::Receiver<Description>,
        at: watch::Receiver<Option<Instant>>,
    ) -> Hub {
        let n_sessions = AtomicU64::new(0);
        Hub {
            shared: Arc::new(SharedState { messages, n_sessions, metrics, described, at }),
            guest: 0,
        }
    }

    /// What is counted.
    pub(crate) fn metrics(&self) -> &Arc<Metrics> {
        &self.shared.metrics
    }

    /// The same hub, for a session that the daemon calls so.
    pub(crate) fn for_guest(&self, guest: u64) -> Hub {
        Hub { shared: self.shared.clone(), guest }
    }

    /// What the daemon calls the session.
    pub(crate) fn guest(&self) -> u64 {
        self.guest
    }

    /// A name that no other session of this hub has.
    pub(crate) fn name_session(&self) -> SessionId {
        SessionId(self.shared.n_sessions.fetch_add(1, Ordering::Relaxed) + 1)
    }

    /// What happens from now on in a workspace, or after the event that is known; an error where it
    /// cannot be read. Whoever does not read for long is told no more.
    pub fn subscribe(&self, wants: Subscription) -> Receiver<Notice> {
        let (sender, told) = channel(BACKLOG);
        self.send(Message::Subscribe(Subscriber { wants, sender }));
        told
    }

    /// Carries out an order, and has every session see what it has written.
    pub fn carry_out(&self, order: &Order, tell: &TellInterim<'_>) -> Result<Done, CommitError> {
        let root = order.root.canonicalize().unwrap_or_else(|_| order.root.clone());
        commit::finish(&root)?;
        // The disk may say something newer, which is looked at in time.
        let mut workspace = match self.workspace(&root) {
            Some(known) => known,
            None => LocalWorkspace::open(&root)
                .map_err(|error| CommitError::Usage(error.to_string()))?,
        };
        let began = Instant::now();
        // An editor here sees what is written, but saves to where it has read; nobody need look at
        // another worktree.
        let spare = |other: &Path, path: &str, touch| match other == root && touch == Touch::Write {
            true => None,
            false => self.spare(other, path),
        };
        let done = order.carry_out(&mut workspace, &spare, tell);
        if !matches!(order.deed, Deed::Ask(_)) {
            self.metrics().record(TRANSACTION, began.elapsed());
        }
        let done = done?;
        for (root, paths) in done.files(root) {
            self.send(Message::Written { root, paths });
        }
        Ok(done)
    }

    /// The workspace at the canonical `root` as it was read last, if some session works there. Must
    /// not be called where waiting is not allowed.
    pub(crate) fn workspace(&self, root: &Path) -> Option<LocalWorkspace> {
        let (sender, lent) = mpsc::channel();
        self.send(Message::Lend { root: root.to_owned(), sender });
        lent.recv().ok().map(|lent| *lent)
    }

    /// What there is, as the owner has said last. Waits for nobody, whatever the owner is at.
    pub(crate) fn describe(&self) -> Description {
        self.shared.described.borrow().clone()
    }

    /// For how long the owner has been at one thing, where that is longer than any may take.
    pub(crate) fn stands_still(&self) -> Option<Duration> {
        still(*self.shared.at.borrow())
    }

    /// Returns as soon as the owner does not stand still.
    pub(crate) async fn until_it_moves(&self) {
        let mut at = self.shared.at.clone();
        // Where there is no owner any more nobody is waited for.
        let _ = at.wait_for(|at| still(*at).is_none()).await;
    }

    /// Why a file must be left alone that some editor has changed and not saved, as far as is known.
    pub(crate) fn spare(&self, root: &Path, path: &str) -> Option<String> {
        let file = root.join(path).canonicalize().ok()?;
        let described = self.shared.described.borrow();
        let is_on_disk = |text: &SharedText| {
            std::fs::read_to_string(&file)
                .is_ok_and(|read| same_texts(&SharedText::from(&*read), text))
        };
        let bystander = || {
            let mut own = described.bystanders.iter().filter(|(path, ..)| *path == file);
            own.find(|(.., text)| !is_on_disk(text)).map(|(_, editor, _)| editor)
        };
        let editor = described.unsaved.get(&file).or_else(bystander)?;
        Some(format!("{path} has unsaved changes in {editor}; save or undo them there first"))
    }

    /// Hands a message to the owner. Returns at once.
    pub(crate) fn send(&self, message: Message) {
        if self.shared.messages.send(message).is_err() {
            tracing::error!("the thread that owns the texts has ended");
        }
    }
}

fn still(at: Option<Instant>) -> Option<Duration> {
    at.map(|since| since.elapsed()).filter(|time| *time >= STILL)
}

impl Drop for SharedState {
    fn drop(&mut self) {
        // The owner holds a sender itself, for its watchers, and so must be told.
        let _ = self.messages.send(Message::Stop);
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt as _;

    use super::*;

    #[test]
    fn whoever_asks_what_there_is_does_not_wait_for_an_owner_that_is_busy() {
        // Nobody takes what is sent, as if the owner were at something long.
        let (messages, _taken) = mpsc::channel();
        let open = [(1, 2)].into();
        let (_description, described) = watch::channel(Description { open, ..Default::default() });
        let (_begun, at) = watch::channel(Some(Instant::now()));
        let hub = Hub::over(messages, Arc::default(), described, at);
        let (answered, answer) = mpsc::channel();
        std::thread::spawn(move || answered.send(hub.describe()));
        let description = answer.recv_timeout(Duration::from_secs(20)).expect("an answer");
        assert_eq!(description.open.get(&1), Some(&2));
    }

    #[tokio::test]
    async fn an_owner_that_is_at_one_thing_for_too_long_stands_still_until_it_moves() {
        let (messages, _taken) = mpsc::channel();
        let (_description, described) = watch::channel(Description::default());
        let long_ago = Instant::now().checked_sub(STILL).expect("the machine runs for longer");
        let (begun, at) = watch::channel(Some(long_ago));
        let hub = Hub::over(messages, Arc::default(), described, at);
        assert!(hub.stands_still().is_some_and(|time| time >= STILL));
        let moves = hub.until_it_moves();
        tokio::pin!(moves);
        assert!(moves.as_mut().now_or_never().is_none());
        begun.send_replace(Some(Instant::now()));
        let moved = tokio::time::timeout(Duration::from_secs(20), moves).await;
        assert!(moved.is_ok(), "it moves");
        assert_eq!(hub.stands_still(), None);
        begun.send_replace(None);
        assert_eq!(hub.stands_still(), None);
    }
}
