//! Floor 0: what files and folders were when they were looked at, and whether another look would find
//! them as they were. Whoever asks whether something is as it was asks here; what is in a file is told
//! by its [`Stamp`](crate::stamp::Stamp).

use std::fs::Metadata;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// What a file is without a look at its text. Whoever writes to it makes it another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct State {
    file: (u64, u64),
    len: u64,
    written: (i64, i64),
    changed: (i64, i64),
}

impl State {
    /// The state of the file at `path`; `None` where there is none, or where the system does not say
    /// enough.
    pub fn of(path: &Path) -> Option<State> {
        State::told(&std::fs::metadata(path).ok()?)
    }

    #[cfg(unix)]
    fn told(meta: &Metadata) -> Option<State> {
        use std::os::unix::fs::MetadataExt;
        Some(State {
            file: (meta.dev(), meta.ino()),
            len: meta.len(),
            written: (meta.mtime(), meta.mtime_nsec()),
            changed: (meta.ctime(), meta.ctime_nsec()),
        })
    }

    #[cfg(not(unix))]
    fn told(_: &Metadata) -> Option<State> {
        None
    }

    /// Whether whatever is written from `now` on, in seconds since 1970, makes this another state.
    /// The clocks of file systems tick up to two seconds apart, and a second write within one tick
    /// would not show.
    fn is_settled(&self, now: i64) -> bool {
        self.changed.0 + 3 < now
    }
}

/// What something was, as far as that tells of every write since.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LastSeen {
    /// Nothing was there.
    Absent,
    /// It had this state, and whatever is written since makes that another.
    As(State),
    /// Somebody had written to it, or named it, just before, or the system does not say enough: it may
    /// be another without showing it, by what it was.
    Young(Option<State>),
}

impl LastSeen {
    /// What is at `path`. Whatever is read of it must be read after this, for one that is written to
    /// meanwhile.
    pub fn at(path: &Path) -> LastSeen {
        LastSeen::at_time(path, now())
    }

    fn at_time(path: &Path, now: i64) -> LastSeen {
        match std::fs::metadata(path) {
            Ok(meta) => LastSeen::told(&meta, now),
            Err(error) => match error.kind() {
                io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => LastSeen::Absent,
                _ => LastSeen::Young(None),
            },
        }
    }

    /// What is told of a file, `now` in seconds since 1970.
    pub(crate) fn told(meta: &Metadata, now: i64) -> LastSeen {
        match State::told(meta) {
            Some(state) if state.is_settled(now) => LastSeen::As(state),
            state => LastSeen::Young(state),
        }
    }

    /// Whether it may be another without showing it.
    pub fn is_young(&self) -> bool {
        matches!(self, LastSeen::Young(_))
    }

    /// What is at `path`, if it is no link and has the state that it had when it was young. Whoever
    /// knows that nobody has written to it in between knows that it is as it was.
    pub fn still(&self, path: &Path) -> Option<LastSeen> {
        let LastSeen::Young(Some(before)) = self else { return None };
        let now = now();
        let told = LastSeen::told(&std::fs::symlink_metadata(path).ok()?, now);
        let (LastSeen::As(state) | LastSeen::Young(Some(state))) = told else { return None };
        (state == *before).then_some(told)
    }

    /// Whether what is at `path` is as it was. Of what is young nobody can tell.
    pub fn holds(&self, path: &Path) -> bool {
        match self {
            LastSeen::Absent => LastSeen::at(path) == LastSeen::Absent,
            LastSeen::As(state) => State::of(path).as_ref() == Some(state),
            LastSeen::Young(_) => false,
        }
    }

    /// As if nobody had written to what is at `path` lately.
    #[cfg(test)]
    pub(crate) fn aged(path: &Path) -> LastSeen {
        State::of(path).map_or(LastSeen::Absent, LastSeen::As)
    }
}

/// What some files and folders were.
#[derive(Debug, Default)]
pub struct Looked(Vec<(PathBuf, LastSeen)>);

impl Looked {
    /// Takes note of what these are. Whatever is read of them must be read after this.
    pub fn at(paths: impl IntoIterator<Item = PathBuf>) -> Looked {
        let now = now();
        let each = paths.into_iter().map(|path| {
            let seen = LastSeen::at_time(&path, now);
            (path, seen)
        });
        Looked(each.collect())
    }

    /// What was looked at.
    pub fn paths(&self) -> impl Iterator<Item = &Path> {
        self.0.iter().map(|(path, _)| path.as_path())
    }

    /// Whether all are as they were. Of what was written to just before nobody can tell.
    pub fn holds(&self) -> bool {
        self.0.iter().all(|(path, seen)| seen.holds(path))
    }

    /// Takes note of others too.
    pub(crate) fn extend(&mut self, others: Looked) {
        self.0.extend(others.0);
    }

    /// As if nobody had written to any of them lately.
    #[cfg(test)]
    pub(crate) fn age(&mut self) {
        self.0.iter_mut().for_each(|(path, seen)| *seen = LastSeen::aged(path));
    }
}

/// For how long nobody has written to the file at `path`, or named it; no time at all where the system
/// does not say.
pub fn age(path: &Path) -> Duration {
    let changed = |meta: Metadata| {
        #[cfg(unix)]
        {
            use std::os::unix::fs::MetadataExt;
            let (seconds, rest) =
                (meta.ctime().try_into().ok()?, meta.ctime_nsec().try_into().ok()?);
            SystemTime::UNIX_EPOCH.checked_add(Duration::new(seconds, rest))
        }
        #[cfg(not(unix))]
        meta.modified().ok()
    };
    let changed = std::fs::metadata(path).ok().and_then(changed);
    changed.and_then(|changed| changed.elapsed().ok()).unwrap_or_default()
}

/// The time in seconds since 1970.
pub(crate) fn now() -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    now.map_or(0, |past| past.as_secs().cast_signed())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_write_makes_another_state() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("TODO.md");
        std::fs::write(&path, "- [ ] a\n").expect("it can be written");
        let written = std::fs::metadata(&path).and_then(|meta| meta.modified()).expect("a time");
        let before = State::of(&path).expect("a state");
        assert_eq!(State::of(&path), Some(before));
        let (second, _) = before.changed;
        assert!(!before.is_settled(second) && !before.is_settled(second + 2));
        assert!(before.is_settled(second + 4));
        let young = LastSeen::at(&path);
        assert_eq!(young, LastSeen::Young(Some(before)), "it was written just now");
        assert!(young.is_young() && !young.holds(&path) && LastSeen::As(before).holds(&path));
        assert_eq!(young.still(&path), Some(young));
        assert_eq!(LastSeen::Young(None).still(&path), None);
        assert!(LastSeen::at(&folder.path().join("none")) == LastSeen::Absent);
        assert!(!LastSeen::Absent.holds(&path));
        let other = folder.path().join("other");
        std::fs::write(&other, "- [x] a\n").expect("it can be written");
        let file = std::fs::File::options().write(true).open(&other).expect("the file");
        file.set_modified(written).expect("a time");
        std::fs::rename(&other, &path).expect("renamed");
        assert_ne!(State::of(&path), Some(before), "as long, and said to be as old");
        assert_eq!(young.still(&path), None);
    }
}
