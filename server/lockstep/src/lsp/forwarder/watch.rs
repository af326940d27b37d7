//! Looks after the daemon that serves an editor: whether it is there, and what the user must know of
//! it.

use std::cell::RefCell;
use std::convert::Infallible;
use std::time::Instant;

use tokio::sync::Notify;

use crate::lsp::forwarder::editor::ToldEditor;
use crate::lsp::forwarder::mirror::Mirror;
use crate::lsp::forwarder::pulse::{Act, Pulse};

/// Looks after a server that is another process.
pub(super) struct Watch {
    process: Option<u32>,
    pulse: RefCell<Pulse>,
    /// Told when the server begins to owe something.
    owing: Notify,
    /// Told when the server is to be asked whether it is there.
    ask: Notify,
}

impl Watch {
    /// A server in this process; where it is none, nobody needs to look after it.
    pub(super) fn new(process: Option<u32>) -> Watch {
        let pulse = RefCell::new(Pulse::new());
        Watch { process, pulse, owing: Notify::new(), ask: Notify::new() }
    }

    /// Something is said to it.
    pub(super) fn said(&self) {
        if self.pulse.borrow_mut().said(Instant::now()) {
            self.owing.notify_one();
        }
    }

    /// It is asked what it must answer before anything else is said.
    pub(super) fn asked(&self) {
        self.pulse.borrow_mut().asked(Instant::now());
        self.owing.notify_one();
    }

    /// It has said something, which the editor takes.
    pub(super) fn heard(&self, mirror: &RefCell<Mirror>) {
        let mut mirror = mirror.borrow_mut();
        let owes = mirror.awaits_answer();
        let was_silent = self.pulse.borrow_mut().heard(Instant::now(), owes);
        if was_silent {
            mirror.log("the daemon answers again");
        }
        if was_silent || owes {
            self.owing.notify_one();
        }
    }

    /// What it says waits for the editor.
    pub(super) fn hold_up(&self) {
        self.pulse.borrow_mut().hold_up();
    }

    /// When it is to be asked whether it is there.
    pub(super) async fn asks(&self) {
        self.ask.notified().await;
    }

    /// Asks a server that says nothing whether it is there, and tells the user of one that is not.
    pub(super) async fn run(&self, mirror: &RefCell<Mirror>, said: &ToldEditor) -> Infallible {
        let Some(process) = self.process else { return std::future::pending().await };
        loop {
            let due = self.pulse.borrow().due();
            match due {
                Some(due) => {
                    let never = std::future::pending::<()>();
                    // Only the time can end this.
                    let _ = tokio::time::timeout_at(due.into(), never).await;
                }
                None => self.owing.notified().await,
            }
            let act = self.pulse.borrow_mut().act(Instant::now());
            match act {
                None => {}
                Some(Act::Ask) => self.ask.notify_one(),
                Some(Act::Tell) => mirror.borrow_mut().show(&format!(
                    "Lockstep: the daemon (process {process}) does not answer, and findings may be out of date; run `lockstep daemon restart`"
                )),
            }
            let due = mirror.borrow_mut().take_due();
            for body in due {
                // Who does not hear this is noticed by others.
                let _ = said.tell(body).await;
            }
        }
    }
}
