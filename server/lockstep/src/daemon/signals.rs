//! How the system tells a daemon to end.

use crate::daemon::Ending;

/// What asks a process to end.
pub(super) struct Signals {
    #[cfg(unix)]
    both: Option<(tokio::signal::unix::Signal, tokio::signal::unix::Signal)>,
}

impl Signals {
    #[cfg(unix)]
    pub(super) fn new() -> Signals {
        use tokio::signal::unix::{SignalKind, signal};
        let both = signal(SignalKind::terminate())
            .and_then(|terminate| Ok((terminate, signal(SignalKind::interrupt())?)));
        if let Err(error) = &both {
            tracing::warn!(%error, "cannot handle signals: they end the daemon at once");
        }
        Signals { both: both.ok() }
    }

    #[cfg(unix)]
    pub(super) async fn received(&mut self) -> Ending {
        match &mut self.both {
            Some((terminate, interrupt)) => tokio::select! {
                // Whoever ends a process does not know whom it serves.
                _ = terminate.recv() => Ending::Replaced,
                // Somebody sits before it.
                _ = interrupt.recv() => Ending::Stopped,
            },
            None => std::future::pending().await,
        }
    }

    #[cfg(not(unix))]
    pub(super) fn new() -> Signals {
        Signals {}
    }

    #[cfg(not(unix))]
    pub(super) async fn received(&mut self) -> Ending {
        match tokio::signal::ctrl_c().await {
            Ok(()) => Ending::Stopped,
            Err(_) => std::future::pending().await,
        }
    }
}
