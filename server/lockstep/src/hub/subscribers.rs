//! Those who want to know what happens and nothing else.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use tokio::sync::mpsc::Sender;

use crate::hub::shared_workspaces::SharedWorkspaces;
use crate::workspace::events::EventReport;

/// What somebody who listens is told.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Notice {
    /// From now on nothing is left out that comes after the event with this number.
    Begun(u64),
    /// Something has happened.
    Event(Arc<EventReport>),
    /// There is nothing to listen to, for this reason.
    Refused(String),
}

/// What somebody wants to be told of.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Subscription {
    /// The workspace's folder, canonical.
    pub root: PathBuf,
    /// The number of the last event that is known, where those after it are wanted.
    pub since: Option<u64>,
}

/// One of them.
#[derive(Debug)]
pub(crate) struct Subscriber {
    /// What it wants to be told of.
    pub(crate) wants: Subscription,
    /// Where it is told. Whoever does not read is told no more: the channel ends.
    pub(crate) sender: Sender<Notice>,
}

/// All of them.
#[derive(Debug, Default)]
pub(super) struct Subscribers {
    /// They wait for their root to be read.
    waiting: Vec<Subscriber>,
    listening: Vec<Subscriber>,
}

impl Subscriber {
    /// Tells it. Returns whether it listens still.
    fn tell(&self, event: &Arc<EventReport>) -> bool {
        self.sender.try_send(Notice::Event(event.clone())).is_ok()
    }
}

impl Subscribers {
    pub(super) fn add(&mut self, subscriber: Subscriber) {
        self.waiting.retain(|known| !known.sender.is_closed());
        self.listening.retain(|known| !known.sender.is_closed());
        self.waiting.push(subscriber);
    }

    /// Whether anybody listens to this root.
    pub(super) fn hear(&self, root: &Path) -> bool {
        let all = self.waiting.iter().chain(&self.listening);
        all.into_iter().any(|known| known.wants.root == root && !known.sender.is_closed())
    }

    /// Tells those who wait for a root that it cannot be read.
    pub(super) fn refuse(&mut self, root: &Path, error: &str) {
        self.waiting.retain(|subscriber| {
            let is_concerned = subscriber.wants.root == root;
            if is_concerned {
                // It may have left.
                let _ = subscriber.sender.try_send(Notice::Refused(error.to_owned()));
            }
            !is_concerned
        });
    }

    /// Tells those who listen to a root what has happened there.
    pub(super) fn tell(&mut self, root: &Path, events: &[Arc<EventReport>]) {
        self.listening.retain(|subscriber| {
            subscriber.wants.root != root || events.iter().all(|event| subscriber.tell(event))
        });
    }

    /// Begins with those whose root is read by now, by what they have missed.
    pub(super) fn begin(&mut self, workspaces: &mut SharedWorkspaces) {
        for subscriber in std::mem::take(&mut self.waiting) {
            match workspaces.get_mut(&subscriber.wants.root) {
                None => self.waiting.push(subscriber),
                Some(shared) => {
                    let missed = subscriber.wants.since.map(|since| shared.ledger.since(since));
                    let begun = subscriber.wants.since.unwrap_or_else(|| shared.ledger.seq());
                    let begun = subscriber.sender.try_send(Notice::Begun(begun)).is_ok();
                    if begun && missed.into_iter().flatten().all(|event| subscriber.tell(&event)) {
                        self.listening.push(subscriber);
                    }
                }
            }
        }
    }
}
