//! Files that were looked at, and whether another look would find them as they were.

use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::loader::State;

/// What some files and folders were, as far as that tells of every write since.
#[derive(Debug, Default)]
pub struct Looked(Vec<(PathBuf, Option<Option<State>>)>);

impl Looked {
    /// Takes note of what these are. Whatever is read of them must be read after this, for one that is
    /// written to meanwhile.
    pub fn at(paths: impl IntoIterator<Item = PathBuf>) -> Looked {
        let now = now();
        let each = paths.into_iter().map(|path| {
            let state = State::of(&path);
            let is_settled = state.is_none_or(|state| state.is_settled(now));
            (path, is_settled.then_some(state))
        });
        Looked(each.collect())
    }

    /// What was looked at.
    pub fn paths(&self) -> impl Iterator<Item = &Path> {
        self.0.iter().map(|(path, _)| path.as_path())
    }

    /// Whether all are as they were. Of what was written to just before nobody can tell.
    pub fn holds(&self) -> bool {
        self.0.iter().all(|(path, state)| state.is_some_and(|state| State::of(path) == state))
    }

    /// Takes note of others too.
    pub(super) fn extend(&mut self, others: Looked) {
        self.0.extend(others.0);
    }

    /// As if nobody had written to any of them lately.
    #[cfg(test)]
    pub(super) fn age(&mut self) {
        self.0.iter_mut().for_each(|(path, state)| *state = Some(State::of(path)));
    }
}

/// The time in seconds since 1970.
pub(super) fn now() -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    now.map_or(0, |past| past.as_secs().cast_signed())
}
