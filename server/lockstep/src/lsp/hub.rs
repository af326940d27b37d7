//! Where sessions meet: one thread that owns the texts of every workspace and of every session.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, Sender};

use crate::lsp::state::{Event, SessionId, State};

/// A handle on what all sessions of a process share. Clones mean the same.
#[derive(Clone, Debug)]
pub struct Hub(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    events: Sender<Event>,
    n_sessions: AtomicU64,
}

impl Hub {
    /// A hub without sessions. It ends with its last clone and its last session.
    pub fn start() -> Hub {
        let (events, taken) = mpsc::channel();
        let state = State::new(events.clone());
        let owner = std::thread::Builder::new().name("lockstep-state".to_owned());
        if let Err(error) = owner.spawn(move || state.run(&taken)) {
            tracing::error!(%error, "there is no thread that owns the texts");
        }
        Hub(Arc::new(Shared { events, n_sessions: AtomicU64::new(0) }))
    }

    /// A name that no other session of this hub has.
    pub(crate) fn name_session(&self) -> SessionId {
        SessionId(self.0.n_sessions.fetch_add(1, Ordering::Relaxed) + 1)
    }

    /// Hands an event to the owner. Returns at once.
    pub(crate) fn send(&self, event: Event) {
        if self.0.events.send(event).is_err() {
            tracing::error!("there is no owner of the texts any more");
        }
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        // The owner holds a sender itself, for its watchers, and so must be told.
        let _ = self.events.send(Event::Stop);
    }
}
