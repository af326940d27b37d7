//! Programs that save while a status is set: at the instant at which the files are read, one of them is
//! empty, half written or away, so that the task is not seen in it. What is acknowledged must be in
//! every file all the same.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime};

use serde_json::Value;

use super::drive::{finish, pause, spawn};
use super::naive;
use super::tasks::{Tasks, files};
use super::writers::transaction;
use crate::cli::support::Answer;
use crate::support::daemon::until;
use crate::support::report::{Chance, Summary, count};

/// How a program saves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// The file is emptied, and written after a while.
    Emptied,
    /// It is emptied, written to half, and to the end after a while.
    Halved,
    /// It is emptied and closed, and opened again to be written.
    Closed,
    /// It is moved away, and another is written in its place.
    Moved,
}

const WAYS: [Way; 4] = [Way::Emptied, Way::Halved, Way::Closed, Way::Moved];

/// A file that is being saved.
#[derive(Debug)]
struct Saving {
    path: PathBuf,
    rest: Vec<u8>,
    file: Option<File>,
}

impl Saving {
    fn begin(path: PathBuf, way: Way) -> Saving {
        let bytes = fs::read(&path).expect("the file");
        let half = if way == Way::Halved { bytes.len() / 3 } else { 0 };
        let (first, rest) = bytes.split_at(half);
        let file = match way {
            Way::Emptied | Way::Halved => {
                let mut file = File::create(&path).expect("it is emptied");
                file.write_all(first).expect("written");
                Some(file)
            }
            Way::Closed => {
                drop(File::create(&path).expect("it is emptied"));
                None
            }
            Way::Moved => {
                fs::rename(&path, beside(&path)).expect("moved");
                None
            }
        };
        Saving { path, rest: rest.to_vec(), file }
    }

    fn end(self) {
        let mut file = self.file.unwrap_or_else(|| File::create(&self.path).expect("the file"));
        file.write_all(&self.rest).expect("written");
        // Only what was moved is there.
        let _ = fs::remove_file(beside(&self.path));
    }
}

fn beside(path: &Path) -> PathBuf {
    PathBuf::from(format!("{}~", path.display()))
}

/// The kernel's number for what a program does that waits for a time to come: the call `futex`.
const WAITS: &str = if cfg!(target_arch = "x86_64") { "202 " } else { "98 " };

/// Runs a command, and does something as soon as it waits, or has ended.
fn run_and(mut command: Command, act: impl FnOnce()) -> Answer {
    let mut child = spawn(&mut command);
    let call = format!("/proc/{}/syscall", child.id());
    until("the command waits or ends", || {
        let now = fs::read_to_string(&call).unwrap_or_default();
        now.starts_with(WAITS) || child.try_wait().expect("a child").is_some()
    });
    act();
    finish(child).expect("nobody kills it")
}

#[test]
fn a_file_that_is_being_saved_is_waited_for_and_changed_too() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let tasks = Tasks::create(dir.path(), &[7]);
    let cases = files(7).into_iter().flat_map(|name| WAYS.map(|way| (name.clone(), way)));
    for ((name, way), value) in cases.zip(1..) {
        let saving = Saving::begin(tasks.path(&name), way);
        let answer = run_and(tasks.setting(7, value), || saving.end());
        assert_eq!(answer.exit, 0, "{name}, {way:?}: {answer:?}");
        assert_eq!(tasks.value(7), Ok(value), "{name}, {way:?}");
    }
}

#[test]
fn nothing_is_changed_while_a_file_is_being_saved_and_that_does_not_end() {
    let refused = |name: &str, way: Way| {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let tasks = Tasks::create(dir.path(), &[7]);
        let saving = Saving::begin(tasks.path(name), way);
        let before = tasks.texts(7);
        let answer = tasks.setting(7, 1).output().expect("the binary runs");
        let told = [&answer.stdout, &answer.stderr].map(|it| String::from_utf8_lossy(it));
        // What is not well formed may be refused for that.
        assert!(matches!(answer.status.code(), Some(1 | 3)), "{name}, {way:?}: {answer:?}");
        assert!(told.iter().any(|told| told.contains(name)), "{name}, {way:?}: {answer:?}");
        assert_eq!(tasks.texts(7), before, "{name}, {way:?}");
        saving.end();
        assert_eq!(tasks.value(7), Ok(0));
    };
    std::thread::scope(|scope| {
        for name in files(7) {
            for way in WAYS {
                let name = name.clone();
                scope.spawn(move || refused(&name, way));
            }
        }
    });
}

#[test]
fn what_was_checked_out_empty_or_broken_is_in_the_way_of_nothing_else() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let tasks = Tasks::create(dir.path(), &[7, 8]);
    let [.., own] = files(7);
    let [.., other] = files(8);
    let plan = fs::read_to_string(tasks.path(&own)).expect("the plan");
    fs::write(tasks.path(&own), format!("{plan}\n<!-- Later\n")).expect("written");
    fs::write(tasks.path(&other), "").expect("emptied");
    fs::write(tasks.path("specs/_TODO.md"), "Another file\n").expect("written");
    assert_eq!(tasks.run(&["fix", "--yes"]).exit, 0);
    let answer = tasks.setting(7, 1).output().expect("the binary runs");
    assert_eq!(answer.status.code(), Some(0), "{answer:?}");
    assert_eq!(tasks.value(7), Ok(1));
}

#[test]
fn a_file_that_comes_after_the_files_were_read_is_changed_too() {
    for name in files(7) {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let tasks = Tasks::create(dir.path(), &[7]);
        fs::write(tasks.path("lockstep.toml"), "profile = \"opencode\"\n").expect("written");
        let text = fs::read(tasks.path(&name)).expect("the file");
        fs::remove_file(tasks.path(&name)).expect("removed");
        // It has not been there for long.
        for folder in ["", "specs", "specs/007_t7", "specs/007_t7/plans"] {
            let folder = File::open(tasks.path(folder)).expect("a folder");
            folder.set_modified(SystemTime::UNIX_EPOCH).expect("it is aged");
        }
        // Between reading and writing git is waited for.
        let lock = tasks.path(".git/index.lock");
        fs::create_dir(tasks.path(".git")).expect("a folder");
        fs::write(&lock, "").expect("written");
        let answer = run_and(tasks.setting(7, 1), || {
            fs::write(tasks.path(&name), text).expect("written");
            fs::remove_file(&lock).expect("removed");
        });
        assert_eq!(answer.exit, 0, "{name}: {answer:?}");
        assert_eq!(tasks.value(7), Ok(1), "{name}");
    }
}

#[test]
fn nothing_is_undone_while_a_file_that_it_leaves_alone_is_being_saved() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let tasks = Tasks::create(dir.path(), &[7]);
    let older = tasks.path("specs/007_t7/plans/implementation-000.md");
    fs::write(&older, "# Older plan\n- **Status**: [BLOCKED]\n").expect("written");
    assert_eq!(tasks.run(&["set", "7", "implementing"]).exit, 0);
    let set = tasks.texts(7);
    for way in [Way::Emptied, Way::Closed, Way::Moved] {
        let saving = Saving::begin(older.clone(), way);
        let answer = tasks.run(&["undo"]);
        assert_eq!(answer.exit, 3, "{way:?}: {answer:?}");
        assert!(answer.err.contains("implementation-000.md"), "{way:?}: {answer:?}");
        assert_eq!(tasks.texts(7), set, "{way:?}");
        saving.end();
    }
    let saving = Saving::begin(older, Way::Emptied);
    let answer = run_and(tasks.command(&["undo"]), || saving.end());
    assert_eq!(answer.exit, 0, "{answer:?}");
    assert_eq!(tasks.value(7), Ok(0));
}

#[test]
fn what_comes_after_the_files_were_read_is_read_before_anything_is_undone() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let tasks = Tasks::create(dir.path(), &[7]);
    assert_eq!(tasks.run(&["set", "7", "implementing"]).exit, 0);
    let set = tasks.texts(7);
    // Between reading and writing git is waited for.
    let lock = tasks.path(".git/index.lock");
    fs::create_dir(tasks.path(".git")).expect("a folder");
    fs::write(&lock, "").expect("written");
    let answer = run_and(tasks.command(&["undo"]), || {
        fs::write(tasks.path("lockstep.toml"), "profile = 7\n").expect("written");
        fs::remove_file(&lock).expect("removed");
    });
    assert_eq!(answer.exit, 2, "{answer:?}");
    assert!(answer.err.contains("lockstep.toml"), "{answer:?}");
    assert_eq!(tasks.texts(7), set);
}

/// Saves a file until `stop`, each time what it reads, with another number in it.
fn save(path: &Path, way: Way, mut chance: Chance, rest: Duration, stop: &AtomicBool) -> u64 {
    let mut saves = 0;
    while !stop.load(Ordering::SeqCst) {
        pause(Duration::from_micros(chance.below(rest.as_micros() as u64)));
        let Ok(text) = fs::read_to_string(path) else { continue };
        let Some(text) = naive::with_number(&text, "note ", |number| number + 1) else { continue };
        let mut saving = Saving::begin(path.to_owned(), way);
        let half = if way == Way::Halved { text.len() / 3 } else { 0 };
        if let Some(file) = saving.file.as_mut().filter(|_| half > 0) {
            // As it is written now, and not as it was.
            *file = File::create(path).expect("it is emptied");
            file.write_all(&text.as_bytes()[..half]).expect("written");
        }
        saving.rest = text.as_bytes()[half..].to_vec();
        pause(Duration::from_micros(chance.below(200)));
        saving.end();
        saves += 1;
    }
    saves
}

/// The files that each transaction of the history has changed.
fn recorded(tasks: &Tasks) -> Vec<(String, Vec<String>)> {
    let log = fs::read_to_string(tasks.path(".lockstep/log.jsonl")).unwrap_or_default();
    let lines = log.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
    let files = |line: Value| {
        let paths = line["files"].as_array()?.iter();
        let paths = paths.filter_map(|file| file["path"].as_str().map(str::to_owned));
        Some((line["id"].as_str()?.to_owned(), paths.collect()))
    };
    lines.filter_map(files).collect()
}

/// A program may save over a change as soon as that is made, with what it has read before. So what is
/// judged is which files a transaction has changed: each value is new to the three that are saved,
/// whatever was saved before.
#[test]
fn what_is_acknowledged_was_written_to_every_file_whoever_saves() {
    let mut chance = Chance::new();
    let summary = Summary::new("11 savers", &chance);
    let (wanted, rest) = (count(20, 600), Duration::from_millis(100));
    let dir = tempfile::tempdir().expect("a temporary folder");
    let tasks = Tasks::create(dir.path(), &[7]);
    let stop = AtomicBool::new(false);
    let (mut acknowledged, mut refused, mut fault) = (Vec::new(), 0_u64, None);
    let saves: u64 = std::thread::scope(|scope| {
        let ways = [Way::Halved, Way::Moved, Way::Emptied];
        let savers: Vec<_> = files(7)
            .into_iter()
            .zip(ways)
            .map(|(name, way)| {
                let (path, chance, stop) = (tasks.path(&name), chance.fork(), &stop);
                scope.spawn(move || save(&path, way, chance, rest, stop))
            })
            .collect();
        for value in 1.. {
            let answer = tasks.setting(7, value).output().expect("the binary runs");
            let exit = answer.status.code().unwrap_or(-1);
            let out = String::from_utf8_lossy(&answer.stdout).into_owned();
            match exit {
                0 => acknowledged.push(Answer { exit, out, err: String::new() }),
                1..=3 => refused += 1,
                // Whoever panics here lets the savers go on for ever.
                _ => fault = Some(answer),
            }
            let is_over = acknowledged.len() as u64 == wanted || refused > 10 * wanted;
            if is_over || fault.is_some() {
                break;
            }
        }
        stop.store(true, Ordering::SeqCst);
        savers.into_iter().map(|saver| saver.join().expect("no panic")).sum()
    });
    assert!(fault.is_none(), "{fault:?}");
    let acknowledged: Vec<String> = acknowledged.iter().map(transaction).collect();
    let recorded = recorded(&tasks);
    let saved = &files(7)[..3];
    let lost: Vec<_> = recorded
        .iter()
        .filter(|(id, _)| acknowledged.contains(id))
        .filter(|(_, changed)| saved.iter().any(|path| !changed.contains(path)))
        .collect();
    summary
        .with("acknowledged", acknowledged.len())
        .with("refused", refused)
        .with("saves", saves)
        .with("lost", lost.len())
        .tell();
    assert_eq!(acknowledged.len() as u64, wanted, "{refused} were refused");
    assert!(acknowledged.iter().all(|id| recorded.iter().any(|(known, _)| known == id)));
    assert!(lost.is_empty(), "{lost:?}");
}

#[test]
fn to_a_writer_that_compares_what_it_writes_only_a_saved_file_is_lost() {
    let mut chance = Chance::new();
    let summary = Summary::new("11 savers, control", &chance);
    let dir = tempfile::tempdir().expect("a temporary folder");
    let tasks = Tasks::create(dir.path(), &[7]);
    let path = tasks.path(&files(7)[0]);
    let (stop, mut changes, mut lost) = (AtomicBool::new(false), 0_u64, 0_u64);
    std::thread::scope(|scope| {
        let (saved, chance) = (&path, chance.fork());
        let stop = &stop;
        scope.spawn(move || save(saved, Way::Emptied, chance, Duration::from_micros(500), stop));
        while lost == 0 && changes < 1_000_000 {
            let text = fs::read_to_string(&path).unwrap_or_default();
            lost += u64::from(!text.contains("### 7. "));
            changes += 1;
        }
        stop.store(true, Ordering::SeqCst);
    });
    summary.with("changes", changes).with("lost", lost).tell();
    assert!(lost > 0, "the control loses nothing of {changes} changes");
}
