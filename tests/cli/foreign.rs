//! Repositories that bring something under the name of the store's folder.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use lockstep_store::stamp::ContentStamp;
use rustix::fs::{CWD, FileType, Mode, mknodat};

use super::support::{Answer, Place, answer, lockstep};
use crate::support::git::{git, is_installed};

/// Files of somebody else, which a repository tries to reach.
const THEIRS: [&str; 3] = ["keys/id", "keys/id.pub", "keys/0.0123456789abcdef.s0"];

/// A clone of a repository in which `bring` put something below `.lockstep`, beside a folder `keys`.
struct Clone {
    place: Place,
}

impl Clone {
    fn of(bring: impl FnOnce(&Path)) -> Clone {
        let place = Place::named("workspace", &[]);
        let around = place.path().parent().expect("a folder").to_owned();
        let origin = around.join("origin");
        fs::create_dir_all(origin.join("specs")).expect("a folder");
        for (path, text) in lockstep::cli::r#try::sample::FILES {
            let path = origin.join(path);
            fs::create_dir_all(path.parent().expect("a folder")).expect("the folders");
            fs::write(path, text).expect("a file");
        }
        git(&origin, &["init", "--quiet"]);
        bring(&origin);
        git(&origin, &["add", "--force", "--all"]);
        git(&origin, &["commit", "--quiet", "--message", "Tasks"]);
        fs::remove_dir(place.path()).expect("it is empty");
        git(&around, &["clone", "--quiet", "origin", "workspace"]);
        fs::create_dir(around.join("keys")).expect("a folder");
        for name in THEIRS {
            fs::write(around.join(name), name).expect("a file");
        }
        symlink("id", around.join("keys/link")).expect("a link");
        Clone { place }
    }

    fn around(&self) -> PathBuf {
        self.place.path().parent().expect("a folder").to_owned()
    }

    /// Everything there is, as text: links by where they lead.
    fn everything(&self) -> Vec<String> {
        let mut all = Vec::new();
        let mut folders = vec![self.around()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(&folder).expect("a folder") {
                let path = entry.expect("an entry").path();
                let found = fs::symlink_metadata(&path).expect("an entry");
                all.push(match found.file_type() {
                    kind if kind.is_symlink() => {
                        format!("{} -> {:?}", path.display(), fs::read_link(&path).expect("a link"))
                    }
                    kind if kind.is_dir() => {
                        folders.push(path.clone());
                        path.display().to_string()
                    }
                    kind if kind.is_file() => {
                        let bytes = fs::read(&path).expect("a file");
                        format!("{} {}", path.display(), ContentStamp::of(&bytes).hex())
                    }
                    _ => format!("{} is odd", path.display()),
                });
            }
        }
        all.sort();
        all
    }

    /// Commands that write end with a refusal that says what to do, and change nothing; those that
    /// read do not mind.
    #[track_caller]
    fn is_refused(&self) -> Answer {
        let before = self.everything();
        let mut last = None;
        let set = ["set", "7", "blocked", "--force", "--reason", "so"];
        for command in [&set[..], &["undo"], &["fix", "--yes"], &["recover"]] {
            let answer = self.place.run(command);
            assert_eq!(answer.exit, 1, "{command:?}: {answer:?}");
            let said = answer.err.replace(&self.place.path().display().to_string(), "");
            assert!(said.contains(".lockstep"), "{command:?}: {answer:?}");
            assert_eq!(self.everything(), before, "{command:?}");
            last = Some(answer);
        }
        for command in [&["list"][..], &["check"]] {
            let answer = self.place.run(command);
            assert!([0, 1].contains(&answer.exit) && answer.err.is_empty(), "{answer:?}");
        }
        let doctor = self.place.run(&["doctor"]);
        assert!(doctor.exit == 0 && doctor.out.contains("not used: "), "{doctor:?}");
        assert_eq!(self.everything(), before);
        last.expect("an answer")
    }
}

/// The parts of a folder as the store makes it, but for its mark.
fn parts(root: &Path) -> PathBuf {
    let folder = root.join(".lockstep");
    for name in ["tx", "graveyard", "conflicts"] {
        fs::create_dir_all(folder.join(name)).expect("a folder");
    }
    fs::write(folder.join(".gitignore"), "*\n").expect("a file");
    fs::write(folder.join("log.jsonl"), "").expect("a file");
    folder
}

/// The folder's mark as somebody else's would be.
fn mark(folder: &Path) {
    fs::write(folder.join("owner"), "inode 4711\nborn 1764000000000000000\n").expect("a file");
}

#[test]
fn a_folder_that_a_repository_brings_is_not_used_whatever_is_in_it() {
    if !is_installed() {
        return;
    }
    type Bring = fn(&Path);
    let shapes: [(&str, Bring); 8] = [
        ("a link for a minute of the graveyard", |root| {
            let folder = parts(root);
            symlink("../../../keys", folder.join("graveyard/1")).expect("a link");
            mark(&folder);
        }),
        ("links for minutes to come", |root| {
            let folder = parts(root);
            let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
            let now = now.expect("a time").as_secs() / 60;
            for minute in now..now + 10 {
                let link = folder.join("graveyard").join(minute.to_string());
                symlink("../../../keys", link).expect("a link");
            }
        }),
        ("a link for the graveyard", |root| {
            let folder = parts(root);
            fs::remove_dir(folder.join("graveyard")).expect("it is empty");
            symlink("../../keys", folder.join("graveyard")).expect("a link");
        }),
        ("a link for the transactions", |root| {
            let folder = parts(root);
            fs::remove_dir(folder.join("tx")).expect("it is empty");
            symlink("../../keys", folder.join("tx")).expect("a link");
        }),
        ("a link for conflicts", |root| {
            let folder = parts(root);
            fs::remove_dir(folder.join("conflicts")).expect("it is empty");
            symlink("../../keys", folder.join("conflicts")).expect("a link");
            fs::create_dir_all(folder.join("graveyard/1")).expect("a folder");
            fs::write(folder.join("graveyard/1/0+0.late"), "late").expect("a file");
        }),
        ("a link for the history", |root| {
            let folder = parts(root);
            fs::remove_file(folder.join("log.jsonl")).expect("a file");
            symlink("../../keys/id", folder.join("log.jsonl")).expect("a link");
            mark(&folder);
        }),
        ("a link for the lock", |root| {
            symlink("../../keys/id", parts(root).join("lock")).expect("a link");
        }),
        ("a link for it all", |root| symlink("../keys", root.join(".lockstep")).expect("a link")),
    ];
    for (shape, bring) in shapes {
        println!("{shape}");
        Clone::of(bring).is_refused();
    }
}

#[test]
fn a_history_and_what_is_unfinished_are_believed_where_they_were_made_only() {
    if !is_installed() {
        return;
    }
    // The history of another workspace, with its mark, and a slot of what it never finished.
    let clone = Clone::of(|root| {
        let command = ["set", "7", "implementing"];
        assert_eq!(answer(lockstep(root).args(command)).exit, 0);
        fs::write(root.join(".lockstep/tx/0123456789abcdef.s0"), "slot").expect("a file");
        fs::write(root.join(".lockstep/tx/0123456789abcdef.journal"), "journal").expect("a file");
    });
    let refusal = clone.is_refused();
    assert!(refusal.err.contains("lockstep recover --adopt"), "{refusal:?}");
    assert_eq!(clone.place.run(&["log"]).exit, 1);
    // Whoever has made it says so.
    fs::remove_file(clone.place.path().join(".lockstep/tx/0123456789abcdef.journal"))
        .expect("gone");
    assert_eq!(clone.place.run(&["recover", "--adopt"]).exit, 0);
    assert!(clone.place.run(&["log"]).out.contains("set 7 implementing"));
    assert_eq!(clone.place.run(&["undo"]).exit, 0);
    // Or begins anew.
    let copy = clone.around().join("copy");
    assert!(
        answer(std::process::Command::new("cp").arg("-a").args([&clone.place.path(), &copy])).exit
            == 0
    );
    let refused = answer(lockstep(&copy).args(["set", "7", "implementing"]));
    assert!(refused.exit == 1 && refused.err.contains("move it away"), "{refused:?}");
    fs::rename(copy.join(".lockstep"), clone.around().join("aside")).expect("moved");
    assert_eq!(answer(lockstep(&copy).args(["set", "7", "implementing"])).exit, 0);
}

#[test]
fn what_comes_into_a_folder_later_is_left_alone() {
    let place = Place::sample();
    assert_eq!(place.run(&["set", "7", "implementing"]).exit, 0);
    let folder = place.path().join(".lockstep");
    let keys = place.path().parent().expect("a folder").join("keys");
    fs::create_dir(&keys).expect("a folder");
    fs::write(keys.join("id"), "secret").expect("a file");
    let strange = ["graveyard/1", "graveyard/x", "tx/0011223344556677.s0", "tx/other", "lock.info"];
    for name in strange {
        drop(fs::remove_file(folder.join(name)));
        symlink(&keys, folder.join(name)).expect("a link");
    }
    let pipe = folder.join("graveyard/2");
    mknodat(CWD, &pipe, FileType::Fifo, Mode::from_raw_mode(0o600), 0).expect("a pipe");
    let answer = place.run(&["set", "7", "completed"]);
    assert_eq!(answer.exit, 0, "{answer:?}");
    for name in strange {
        assert_eq!(fs::read_link(folder.join(name)).ok().as_ref(), Some(&keys), "{name}");
    }
    assert!(fs::symlink_metadata(&pipe).is_ok());
    assert_eq!(fs::read_dir(&keys).expect("a folder").count(), 1);
    let doctor = place.run(&["doctor"]);
    for name in strange.iter().chain(&["graveyard/2"]) {
        assert!(doctor.out.contains(&folder.join(name).display().to_string()), "{doctor:?}");
    }
    // In place of what cannot be done without, it is refused.
    for name in ["log.jsonl", "lock", "tx"] {
        let kept = folder.join("kept");
        fs::rename(folder.join(name), &kept).expect("moved");
        mknodat(CWD, folder.join(name), FileType::Fifo, Mode::from_raw_mode(0o600), 0)
            .expect("a pipe");
        let before = place.read("specs/TODO.md");
        let answer = place.run(&["set", "7", "implementing", "--force", "--reason", "again"]);
        assert!(
            answer.exit == 1 && answer.err.contains("check it, and move it away"),
            "{name}: {answer:?}"
        );
        assert_eq!(place.read("specs/TODO.md"), before);
        fs::remove_file(folder.join(name)).expect("removed");
        fs::rename(&kept, folder.join(name)).expect("moved");
    }
}
