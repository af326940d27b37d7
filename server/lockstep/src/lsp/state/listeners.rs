//! Those who want to know what happens and nothing else.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::sync::mpsc::Sender;

use crate::lsp::hub::Told;
use crate::lsp::state::site::Sites;
use crate::workspace::events::EventReport;

/// One of them.
#[derive(Debug)]
pub(crate) struct Listener {
    /// The canonical root that it listens to.
    pub(crate) root: PathBuf,
    /// The number of the last event that it knows, if it is to be told of those before now.
    pub(crate) since: Option<u64>,
    /// Where it is told. Whoever does not read is told no more: the channel ends.
    pub(crate) sender: Sender<Told>,
}

/// All of them.
#[derive(Debug, Default)]
pub(super) struct Listeners {
    /// They wait for their root to be read.
    waiting: Vec<Listener>,
    listening: Vec<Listener>,
}

impl Listener {
    /// Tells it. Returns whether it listens still.
    fn tell(&self, event: &Arc<EventReport>) -> bool {
        self.sender.try_send(Told::Event(event.clone())).is_ok()
    }
}

impl Listeners {
    pub(super) fn add(&mut self, listener: Listener) {
        self.waiting.retain(|known| !known.sender.is_closed());
        self.listening.retain(|known| !known.sender.is_closed());
        self.waiting.push(listener);
    }

    /// Whether anybody listens to this root.
    pub(super) fn hear(&self, root: &Path) -> bool {
        let all = self.waiting.iter().chain(&self.listening);
        all.into_iter().any(|known| known.root == root && !known.sender.is_closed())
    }

    /// Tells those who wait for a root that it cannot be read.
    pub(super) fn refuse(&mut self, root: &Path, error: &str) {
        self.waiting.retain(|listener| {
            let is_concerned = listener.root == root;
            if is_concerned {
                // It may have left.
                let _ = listener.sender.try_send(Told::Refused(error.to_owned()));
            }
            !is_concerned
        });
    }

    /// Tells those who listen to a root what has happened there.
    pub(super) fn tell(&mut self, root: &Path, events: &[Arc<EventReport>]) {
        self.listening.retain(|listener| {
            listener.root != root || events.iter().all(|event| listener.tell(event))
        });
    }

    /// Begins with those whose root is read by now, by what they have missed.
    pub(super) fn begin(&mut self, sites: &mut Sites) {
        for listener in std::mem::take(&mut self.waiting) {
            match sites.get_mut(&listener.root) {
                None => self.waiting.push(listener),
                Some(site) => {
                    let missed = listener.since.map(|since| site.ledger.since(since));
                    let begun = listener.since.unwrap_or_else(|| site.ledger.seq());
                    let begun = listener.sender.try_send(Told::Begun(begun)).is_ok();
                    if begun && missed.into_iter().flatten().all(|event| listener.tell(&event)) {
                        self.listening.push(listener);
                    }
                }
            }
        }
    }
}
