//! When to believe the disk: events are gathered until they pause, and a text that looks
//! half-written is read a second time before it counts. Knows no file, only times.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::{Duration, Instant};

use lockstep_store::loader;
use lockstep_store::watcher::Hint;

/// How long events must pause.
const PAUSE: Duration = Duration::from_millis(60);

/// How long events may go on without a pause.
const PATIENCE: Duration = Duration::from_millis(500);

/// How long a text may stay half-written.
const DOUBT: Duration = Duration::from_millis(100);

/// What may have changed below one root since it was last read.
#[derive(Debug, Default)]
pub(crate) struct Pending {
    paths: BTreeSet<String>,
    rescan: bool,
    /// When the first and the latest of these events came.
    times: Option<(Instant, Instant)>,
    /// Paths that looked half-written, and when to take them as they are.
    doubts: BTreeMap<String, Instant>,
}

/// What is to be read now.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Due {
    /// Everything.
    pub(crate) rescan: bool,
    /// These, if they are whole.
    pub(crate) paths: BTreeSet<String>,
    /// These, whatever they look like.
    pub(crate) settled: BTreeSet<String>,
}

impl Pending {
    /// Notes what a watcher of `root` says.
    pub(crate) fn add(&mut self, root: &Path, hint: Hint, now: Instant) {
        match hint {
            Hint::Rescan => self.rescan = true,
            Hint::Limited(_) => return,
            Hint::Paths(paths) => {
                let before = self.paths.len();
                self.paths.extend(paths.iter().filter_map(|path| watched(root, path)));
                if self.paths.len() == before && self.times.is_none() {
                    return;
                }
            }
        }
        let first = self.times.map_or(now, |(first, _)| first);
        self.times = Some((first, now));
    }

    /// Notes that these looked half-written, of what was `read`: everything, or some paths. What
    /// looked so before and was whole this time is doubted no more: returns whether there is such.
    pub(crate) fn doubt(
        &mut self,
        read: Option<&BTreeSet<String>>,
        paths: Vec<String>,
        now: Instant,
    ) -> bool {
        let before = self.doubts.len();
        self.doubts.retain(|path, _| {
            paths.contains(path) || read.is_some_and(|read| !read.contains(path))
        });
        let is_over = self.doubts.len() < before;
        for path in paths {
            self.doubts.entry(path).or_insert(now + DOUBT);
        }
        is_over
    }

    /// When something is to be read, if nothing else happens.
    pub(crate) fn next(&self) -> Option<Instant> {
        let events = self.times.map(|(first, last)| (last + PAUSE).min(first + PATIENCE));
        events.into_iter().chain(self.doubts.values().copied()).min()
    }

    /// Whether events are due by `now`.
    pub(crate) fn is_due(&self, now: Instant) -> bool {
        self.times.is_some_and(|(first, last)| (last + PAUSE).min(first + PATIENCE) <= now)
    }

    /// Takes note that somebody is at work still: what is due is due after another pause.
    pub(crate) fn put_off(&mut self, now: Instant) {
        self.times = self.times.map(|_| (now, now));
    }

    /// Takes what is due by `now`.
    pub(crate) fn take(&mut self, now: Instant) -> Option<Due> {
        if self.next().is_none_or(|next| next > now) {
            return None;
        }
        let mut due = Due::default();
        if self.is_due(now) {
            self.times = None;
            due.rescan = std::mem::take(&mut self.rescan);
            due.paths = std::mem::take(&mut self.paths);
        }
        self.doubts.retain(|path, at| {
            let settled = *at <= now;
            if settled {
                due.settled.insert(path.clone());
            }
            !settled
        });
        due.paths.retain(|path| !due.settled.contains(path));
        Some(due)
    }
}

/// The path relative to the root, unless nothing there counts.
fn watched(root: &Path, path: &Path) -> Option<String> {
    let path = loader::relative(root, path)?;
    (!loader::is_skipped(&path)).then_some(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hint(path: &str) -> Hint {
        Hint::Paths(vec![Path::new("/w").join(path)])
    }

    fn due(paths: &[&str], settled: &[&str]) -> Option<Due> {
        let set = |paths: &[&str]| paths.iter().map(|path| (*path).to_owned()).collect();
        Some(Due { rescan: false, paths: set(paths), settled: set(settled) })
    }

    #[test]
    fn events_count_once_they_pause() {
        let (mut pending, start) = (Pending::default(), Instant::now());
        pending.add(Path::new("/w"), hint("a.md"), start);
        pending.add(Path::new("/w"), hint("b.md"), start + PAUSE / 2);
        assert_eq!(pending.take(start + PAUSE), None);
        assert_eq!(pending.take(start + PAUSE * 2), due(&["a.md", "b.md"], &[]));
        assert_eq!(pending.next(), None);
    }

    #[test]
    fn events_that_are_put_off_count_after_another_pause() {
        let (mut pending, start) = (Pending::default(), Instant::now());
        pending.put_off(start);
        assert_eq!(pending.next(), None);
        pending.add(Path::new("/w"), hint("a.md"), start);
        assert!(!pending.is_due(start) && pending.is_due(start + PAUSE));
        pending.put_off(start + PAUSE);
        assert_eq!(pending.take(start + PAUSE), None);
        assert_eq!(pending.take(start + PAUSE * 2), due(&["a.md"], &[]));
    }

    #[test]
    fn events_without_a_pause_count_after_a_while() {
        let (mut pending, start) = (Pending::default(), Instant::now());
        let mut now = start;
        while now < start + PATIENCE {
            assert_eq!(pending.take(now), None);
            pending.add(Path::new("/w"), hint("a.md"), now);
            now += PAUSE / 3;
        }
        assert_eq!(pending.take(now), due(&["a.md"], &[]));
    }

    #[test]
    fn a_half_written_text_counts_a_little_later() {
        let (mut pending, start) = (Pending::default(), Instant::now());
        pending.doubt(None, vec!["a.json".to_owned()], start);
        pending.doubt(None, vec!["a.json".to_owned()], start + DOUBT / 2);
        assert_eq!(pending.next(), Some(start + DOUBT));
        assert_eq!(pending.take(start + DOUBT), due(&[], &["a.json"]));
    }

    #[test]
    fn a_text_that_was_whole_since_is_doubted_anew() {
        let both = || vec!["a.json".to_owned(), "b.json".to_owned()];
        let read = BTreeSet::from(["a.json".to_owned()]);
        for (read, left) in [(Some(&read), Some(DOUBT)), (None, None)] {
            let (mut pending, start) = (Pending::default(), Instant::now());
            pending.doubt(None, both(), start);
            pending.doubt(read, Vec::new(), start + DOUBT / 2);
            assert_eq!(pending.next(), left.map(|left| start + left), "b.json was read or not");
            pending.doubt(Some(&both().into_iter().collect()), both(), start + DOUBT / 2);
            let soon = pending.take(start + DOUBT).map(|due| due.settled);
            assert!(soon.is_none_or(|it| !it.contains("a.json")));
        }
    }

    #[test]
    fn what_happens_outside_and_in_unwatched_folders_does_not_count() {
        let mut pending = Pending::default();
        for path in ["/v/a.md", "/w/.git/index", "/w/a/node_modules/b/TODO.md"] {
            pending.add(Path::new("/w"), Hint::Paths(vec![path.into()]), Instant::now());
        }
        assert_eq!(pending.next(), None);
    }
}
