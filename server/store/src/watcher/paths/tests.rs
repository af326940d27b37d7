//! What is told of single paths.

use std::fs;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use super::*;

/// Far longer than a hint takes.
const DEADLINE: Duration = Duration::from_secs(20);

struct Watched {
    folder: tempfile::TempDir,
    told: Receiver<PathBuf>,
    watcher: PathWatcher,
    n_ends: usize,
}

impl Watched {
    fn new() -> Watched {
        let folder = tempfile::tempdir().expect("a folder");
        let (sender, told) = channel();
        let tell = move |owner: &Path| drop(sender.send(owner.to_owned()));
        Watched { folder, told, watcher: PathWatcher::new(tell), n_ends: 0 }
    }

    fn at(&self, path: &str) -> PathBuf {
        self.folder.path().canonicalize().expect("it is there").join(path)
    }

    fn watch(&mut self, owner: &str, paths: &[&str]) {
        let paths: Vec<PathBuf> = paths.iter().map(|path| self.at(path)).collect();
        assert!(self.watcher.watch(Path::new(owner), paths), "all of them are watched");
    }

    /// Who is told of what `act` does.
    #[track_caller]
    fn tells(&mut self, owner: &str, act: impl FnOnce(&dyn Fn(&str) -> PathBuf)) {
        act(&|path| self.at(path));
        // What is told of a path that nobody has touched before comes after all of that.
        self.n_ends += 1;
        let end = format!("end {}", self.n_ends);
        self.watch(&end, &[&end]);
        fs::create_dir(self.at(&end)).expect("made");
        let mut owners = BTreeSet::new();
        loop {
            match self.told.recv_timeout(DEADLINE).expect("the end is told") {
                told if told == Path::new(&end) => break,
                told => owners.insert(told),
            };
        }
        self.watcher.leave(Path::new(&end));
        let expected = Some(owner).filter(|it| !it.is_empty()).map(PathBuf::from);
        assert_eq!(owners, expected.into_iter().collect());
    }
}

#[test]
fn what_comes_changes_and_goes_is_told_to_its_owner() {
    let mut it = Watched::new();
    fs::create_dir_all(it.at("a/list")).expect("made");
    it.watch("one", &["a/file", "a/list"]);
    it.tells("one", |at| fs::write(at("a/file"), "text").expect("written"));
    it.tells("one", |at| fs::rename(at("a/file"), at("a/moved")).expect("moved"));
    it.tells("one", |at| fs::create_dir(at("a/list/entry")).expect("made"));
    it.tells("one", |at| fs::remove_dir(at("a/list/entry")).expect("removed"));
    fs::create_dir(it.at("b")).expect("made");
    it.watch("two", &["b/file"]);
    it.tells("two", |at| fs::write(at("b/file"), "text").expect("written"));
    it.tells("two", |at| fs::remove_dir_all(at("b")).expect("removed"));
    // The folder is another one now.
    fs::create_dir(it.at("b")).expect("made");
    it.watch("two", &["b/file"]);
    it.tells("two", |at| fs::write(at("b/file"), "text").expect("written"));
    it.watch("one", &["a/list"]);
    it.tells("one", |at| fs::rename(at("a/list"), at("a/moved list")).expect("moved"));
}

#[test]
fn of_what_nobody_wants_to_know_nothing_is_told() {
    let mut it = Watched::new();
    fs::create_dir_all(it.at("a/list")).expect("made");
    it.watch("one", &["a/file", "a/list"]);
    it.tells("", |at| fs::write(at("a/other"), "text").expect("written"));
    it.tells("", |at| fs::create_dir(at("a/folder")).expect("made"));
    it.tells("", |at| assert_eq!(fs::read_dir(at("a/list")).expect("read").count(), 0));
    it.watcher.leave(Path::new("one"));
    it.tells("", |at| fs::write(at("a/file"), "text").expect("written"));
    it.watch("one", &["a/file"]);
    it.tells("one", |at| fs::write(at("a/file"), "text").expect("written"));
}

#[test]
fn a_change_behind_a_link_is_told() {
    let mut it = Watched::new();
    fs::create_dir_all(it.at("a/b")).expect("made");
    fs::write(it.at("a/b/file"), "text").expect("written");
    std::os::unix::fs::symlink(it.at("a/b/file"), it.at("link")).expect("linked");
    it.watch("one", &["link"]);
    it.tells("one", |at| fs::write(at("a/b/file"), "other").expect("written"));
    it.tells("one", |at| fs::remove_file(at("link")).expect("removed"));
}
