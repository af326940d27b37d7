//! When it is time to say that an editor has not read a file again, and that what was typed was not typed
//! just now.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use lockstep_analysis::text::shared_text::SharedText;

use crate::hub::uri::DocumentKey;
use crate::workspace::local::OpenTextState;

/// For how long what was typed and saved is what its user has changed just now.
const JUST_NOW: Duration = Duration::from_secs(60);

/// The open texts of a session of which something is to be said later.
#[derive(Debug, Default)]
pub(super) struct ReadingTimes {
    /// What is on disk and not read, and until when that is waited for.
    unread: BTreeMap<DocumentKey, (Option<SharedText>, Instant)>,
    typed: BTreeMap<DocumentKey, Instant>,
}

/// What is to be said of an open text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TimeUp {
    /// It was not read again in its usual time.
    Late,
    /// What was typed into it was not typed just now.
    NotJustTyped,
}

impl ReadingTimes {
    /// When something is to be said, if nothing else happens.
    pub(super) fn next(&self) -> Option<Instant> {
        self.unread.values().map(|(_, at)| *at).chain(self.typed.values().copied()).min()
    }

    /// Takes note of how an open text stands, and returns what is to be said of it now.
    pub(super) fn see(
        &mut self,
        key: &DocumentKey,
        state: OpenTextState,
        patience: Duration,
        now: Instant,
    ) -> Option<TimeUp> {
        let unread = state.unread.filter(|_| !state.is_late);
        let until = unread.as_ref().map(|disk| match self.unread.get(key) {
            Some((known, until)) if known == disk => *until,
            _ => now + patience,
        });
        match unread.zip(until) {
            Some(waiting) => drop(self.unread.insert(key.clone(), waiting)),
            None => drop(self.unread.remove(key)),
        }
        match state.is_typed_and_saved {
            true => drop(self.typed.entry(key.clone()).or_insert(now + JUST_NOW)),
            false => drop(self.typed.remove(key)),
        }
        if until.is_some_and(|until| until <= now) {
            self.unread.remove(key);
            return Some(TimeUp::Late);
        }
        if self.typed.get(key).is_some_and(|until| *until <= now) {
            self.typed.remove(key);
            return Some(TimeUp::NotJustTyped);
        }
        None
    }

    /// Forgets what is not open.
    pub(super) fn retain(&mut self, is_open: impl Fn(&DocumentKey) -> bool) {
        self.unread.retain(|key, _| is_open(key));
        self.typed.retain(|key, _| is_open(key));
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    const PATIENCE: Duration = Duration::from_secs(3);

    fn state(unread: Option<&str>, is_late: bool, is_typed_and_saved: bool) -> OpenTextState {
        let unread = unread.map(|text| Some(SharedText::from(text)));
        OpenTextState { unread, is_late, is_typed_and_saved }
    }

    #[test]
    fn an_editor_has_its_time_for_each_change_of_a_file() {
        let key = DocumentKey::of_canonical(PathBuf::from("/a"));
        let (mut times, start) = (ReadingTimes::default(), Instant::now());
        let mut see = |text, late, at| times.see(&key, state(text, late, false), PATIENCE, at);
        assert_eq!(see(Some("1"), false, start), None);
        assert_eq!(see(Some("2"), false, start + PATIENCE), None, "it has changed again");
        assert_eq!(see(Some("2"), false, start + PATIENCE * 2), Some(TimeUp::Late));
        assert_eq!(see(Some("2"), true, start + PATIENCE * 3), None, "it is said already");
        assert_eq!(see(None, false, start + PATIENCE * 3), None);
        assert_eq!(times.next(), None);
    }

    #[test]
    fn what_is_typed_counts_for_a_while_after_it_is_saved() {
        let key = DocumentKey::of_canonical(PathBuf::from("/a"));
        let (mut times, start) = (ReadingTimes::default(), Instant::now());
        let mut see = |typed, at| times.see(&key, state(None, false, typed), PATIENCE, at);
        assert_eq!(see(true, start), None);
        assert_eq!(see(false, start + JUST_NOW), None, "it was changed again");
        assert_eq!(see(true, start + JUST_NOW), None);
        assert_eq!(see(true, start + JUST_NOW * 2), Some(TimeUp::NotJustTyped));
        times.retain(|_| false);
        assert_eq!(times.next(), None);
    }
}
