//! What is told of changes to real folders.

use std::fs;
use std::sync::mpsc::RecvTimeoutError;
use std::time::Instant;

use super::*;

/// Far longer than a hint takes.
const DEADLINE: Duration = Duration::from_secs(20);

struct Watched {
    _folder: tempfile::TempDir,
    root: PathBuf,
    hints: Receiver<Hint>,
    _watcher: Watcher,
}

impl Watched {
    /// A folder in which `make` has made something, watched by at most so many watches.
    fn new(watches: usize, make: impl FnOnce(&Path)) -> Watched {
        let folder = tempfile::tempdir().expect("a folder");
        let root = folder.path().canonicalize().expect("it is there").join("root");
        fs::create_dir(&root).expect("made");
        make(&root);
        let (told, hints) = channel();
        let tell = move |hint| drop(told.send(hint));
        let limits = Limits { watches, interval: Duration::from_millis(5) };
        let watcher = Watcher::start_within(limits, &root, Box::new(tell)).expect("a watcher");
        Watched { _folder: folder, root, hints, _watcher: watcher }
    }

    fn write(&self, path: &str) {
        write(&self.root, path);
    }

    /// Waits for a hint that is `wanted`, and returns those before it.
    #[track_caller]
    fn until(&self, mut wanted: impl FnMut(&Hint) -> bool) -> Vec<Hint> {
        let end = Instant::now() + DEADLINE;
        let mut before = Vec::new();
        loop {
            match self.hints.recv_timeout(end.saturating_duration_since(Instant::now())) {
                Ok(hint) if wanted(&hint) => return before,
                Ok(hint) => before.push(hint),
                Err(RecvTimeoutError::Timeout) => panic!("waited in vain after {before:?}"),
                Err(RecvTimeoutError::Disconnected) => panic!("the watcher ended: {before:?}"),
            }
        }
    }

    #[track_caller]
    fn until_told_of(&self, path: &str) -> Vec<Hint> {
        let wanted = self.root.join(path);
        self.until(|hint| matches!(hint, Hint::Paths(paths) if paths.contains(&wanted)))
    }

    #[track_caller]
    fn until_rescan(&self) -> Vec<Hint> {
        self.until(|hint| *hint == Hint::Rescan)
    }

    /// Waits until all is told that has happened so far. A file that is written now is told by its
    /// path once nothing is left to be found out; until then the hint to read everything may tell of
    /// it.
    #[track_caller]
    fn until_all_is_told(&self) {
        self.write_until_told_of("end");
    }

    /// Writes a file until that is told by its path rather than by the hint to read everything.
    /// Returns what else is told before.
    #[track_caller]
    fn write_until_told_of(&self, path: &str) -> Vec<Hint> {
        let end = self.root.join(path);
        let is_end = |hint: &Hint| matches!(hint, Hint::Paths(paths) if paths.contains(&end));
        let (mut before, mut is_told) = (Vec::new(), false);
        while !is_told {
            self.write(path);
            before.extend(self.until(|hint| {
                is_told = is_end(hint);
                is_told || *hint == Hint::Rescan
            }));
        }
        before
    }
}

fn write(root: &Path, path: &str) {
    let path = root.join(path);
    fs::create_dir_all(path.parent().expect("a folder")).expect("made");
    fs::write(path, "text").expect("written");
}

fn speaks_of(hints: &[Hint], part: &str) -> bool {
    format!("{hints:?}").contains(part)
}

#[test]
fn a_change_is_told_by_its_path() {
    let watched = Watched::new(usize::MAX, |root| write(root, "a/b/TODO.md"));
    watched.write("a/b/TODO.md");
    watched.until_told_of("a/b/TODO.md");
}

#[test]
fn what_happens_in_skipped_and_ignored_folders_is_not_told() {
    let watched = Watched::new(2, |root| {
        for path in [".git/HEAD", "node_modules/a/b.js", "target/debug/a", "build/x", "a/b"] {
            write(root, path);
        }
        fs::write(root.join(".gitignore"), "/build/\n").expect("written");
    });
    for path in [".git/index", "node_modules/a/c.js", "target/new/a", "build/y", "build/new/z"] {
        watched.write(path);
    }
    watched.write("a/b");
    let before = watched.until_told_of("a/b");
    assert_eq!(before, [], "two watches are enough, and nothing else is told");
}

#[test]
fn a_new_folder_is_watched_with_all_that_is_in_it() {
    let watched = Watched::new(usize::MAX, |_| {});
    watched.write("a/b/c/TODO.md");
    watched.until_rescan();
    watched.write("a/b/c/PLAN.md");
    watched.until(|hint| *hint == Hint::Rescan || speaks_of(std::slice::from_ref(hint), "PLAN.md"));
    watched.until_all_is_told();
    // By now each of the folders has its watch.
    watched.write("a/b/c/TODO.md");
    watched.until_told_of("a/b/c/TODO.md");
}

#[test]
fn a_folder_that_moves_is_watched_where_it_is() {
    let watched = Watched::new(usize::MAX, |root| write(root, "a/b/TODO.md"));
    fs::rename(watched.root.join("a"), watched.root.join("z")).expect("moved");
    watched.until_rescan();
    watched.until_all_is_told();
    watched.write("z/b/TODO.md");
    watched.until_told_of("z/b/TODO.md");
    watched.write("a/b/TODO.md");
    watched.until_rescan();
    watched.until_all_is_told();
    watched.write("a/b/TODO.md");
    watched.until_told_of("a/b/TODO.md");
}

#[test]
fn what_is_no_longer_ignored_is_watched() {
    let watched = Watched::new(usize::MAX, |root| {
        write(root, ".git/HEAD");
        write(root, "build/TODO.md");
        fs::write(root.join(".gitignore"), "/build/\n").expect("written");
    });
    fs::write(watched.root.join(".gitignore"), "").expect("written");
    watched.until_rescan();
    watched.until_all_is_told();
    watched.write("build/TODO.md");
    watched.until_told_of("build/TODO.md");
}

#[test]
fn what_cannot_be_watched_is_looked_at_and_that_is_said_once() {
    let watched = Watched::new(2, |root| {
        for path in ["a/TODO.md", "b/TODO.md", "c/d/TODO.md"] {
            write(root, path);
        }
    });
    let before = watched.until(|hint| matches!(hint, Hint::Limited(_)));
    assert_eq!(before, []);
    for path in ["a/TODO.md", "b/TODO.md", "c/d/TODO.md", "c/e/TODO.md"] {
        watched.write(path);
        let before = watched.until_told_of(path);
        assert!(!speaks_of(&before, "Limited"), "{before:?}");
    }
    fs::remove_file(watched.root.join("c/d/TODO.md")).expect("it is there");
    watched.until_told_of("c/d/TODO.md");
    // Two folders leave, so that the others can be watched.
    for folder in ["a", "c"] {
        fs::remove_dir_all(watched.root.join(folder)).expect("it is there");
    }
    watched.write("b/TODO.md");
    watched.until_told_of("b/TODO.md");
}

#[test]
fn a_root_that_goes_and_comes_back_is_watched_again() {
    let watched = Watched::new(usize::MAX, |root| write(root, "a/TODO.md"));
    let away = watched.root.with_file_name("away");
    fs::rename(&watched.root, &away).expect("moved");
    watched.until_rescan();
    fs::rename(&away, &watched.root).expect("moved");
    watched.write("first");
    watched.until(|hint| *hint == Hint::Rescan || speaks_of(std::slice::from_ref(hint), "first"));
    watched.until_all_is_told();
    fs::remove_dir_all(&watched.root).expect("it is there");
    watched.until(|hint| *hint == Hint::Rescan || speaks_of(std::slice::from_ref(hint), "TODO.md"));
    watched.write("b/TODO.md");
    watched.until(|hint| *hint == Hint::Rescan || speaks_of(std::slice::from_ref(hint), "TODO.md"));
    let before = watched.write_until_told_of("second");
    assert!(!speaks_of(&before, "Limited"), "{before:?}");
}

#[cfg(unix)]
#[test]
fn a_root_that_is_removed_while_somebody_is_in_it_is_watched_where_it_comes_back() {
    for is_noticed in [true, false] {
        let watched = Watched::new(usize::MAX, |root| write(root, "a/TODO.md"));
        // As a terminal that has gone there.
        let inside = fs::File::open(&watched.root).expect("it is there");
        fs::remove_dir_all(&watched.root).expect("it is there");
        if is_noticed {
            watched.until_rescan();
        }
        watched.write_until_told_of("b/TODO.md");
        drop(inside);
    }
}

#[cfg(unix)]
#[test]
fn a_change_behind_a_link_is_told_by_the_link() {
    let mut target = PathBuf::new();
    let watched = Watched::new(usize::MAX, |root| {
        target = root.join("ignored/shared.md");
        fs::create_dir_all(root.join("ignored")).expect("a folder");
        fs::write(root.join(".ignore"), "ignored\n").expect("written");
        fs::write(&target, "text").expect("written");
        std::os::unix::fs::symlink(&target, root.join("TODO.md")).expect("linked");
    });
    fs::write(&target, "other text").expect("written");
    watched.until_told_of("TODO.md");
}

#[test]
fn a_watcher_that_cannot_be_had_is_told_with_what_a_person_can_change() {
    let why = |code| super::reason(&notify::Error::io(std::io::Error::from_raw_os_error(code)));
    assert!(why(24).contains("fs.inotify.max_user_instances"), "{}", why(24));
    assert!(!why(13).contains("inotify"), "{}", why(13));
}
