//! Tells when something below a folder may have changed. Events are hints: whoever is told reads
//! the files again, and their content decides.

use std::io;
use std::path::{Path, PathBuf};

use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};

/// What may have changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hint {
    /// These paths.
    Paths(Vec<PathBuf>),
    /// Anything: events were lost.
    Rescan,
}

/// Watches a folder and everything below it for as long as it lives.
#[derive(Debug)]
pub struct Watcher {
    _inner: RecommendedWatcher,
}

impl Watcher {
    /// Starts to watch. `tell` is called from a thread of the watcher's own, and must be quick.
    pub fn start(root: &Path, tell: impl Fn(Hint) + Send + 'static) -> io::Result<Watcher> {
        let mut inner =
            notify::recommended_watcher(move |event: notify::Result<Event>| match event {
                Ok(event) if event.need_rescan() => tell(Hint::Rescan),
                Ok(event) if matches!(event.kind, EventKind::Access(_)) => {}
                Ok(event) => tell(Hint::Paths(event.paths)),
                Err(error) => {
                    tracing::warn!(%error, "the watcher lost events");
                    tell(Hint::Rescan);
                }
            })
            .map_err(io::Error::other)?;
        inner.watch(root, RecursiveMode::Recursive).map_err(io::Error::other)?;
        Ok(Watcher { _inner: inner })
    }
}
