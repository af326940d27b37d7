//! Editors that know of no lock save four files, two of them in place and two by renaming, while
//! transactions on the same files are killed. No save may be lost.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use super::drive::{Aim, pause, run_and_kill};
use super::naive;
use super::tasks::{Tasks, files};
use crate::support::report::{Chance, Summary, count};

const EDITORS: u64 = 4;

/// One editor with its file. Its saves are numbered, and no other editor has the same numbers.
struct Editor {
    path: PathBuf,
    number: u64,
    chance: Chance,
    /// How long it rests between two saves, at most.
    rest: Duration,
    /// How long it may take until a save is in the file again, under a transaction that did not know
    /// of it.
    patience: Duration,
}

/// What all editors did so far.
#[derive(Debug, Default)]
struct Counts {
    saves: AtomicU64,
    missing: AtomicU64,
}

/// What one editor did.
#[derive(Debug, Default)]
struct Edited {
    saves: u64,
    /// Saves that were not in the file when the editor read it again.
    missing: Vec<u64>,
    /// The last save, to be in the file at the end.
    last: u64,
}

impl Editor {
    /// Saves until `stop`; each time what it reads, with another number in it.
    fn run(mut self, counts: &Counts, stop: impl Fn(u64) -> bool) -> Edited {
        let mut done = Edited { last: self.number, ..Edited::default() };
        let text = fs::read_to_string(&self.path).expect("the file");
        let text = naive::with_number(&text, "note ", |_| self.number).expect("a note");
        self.save(&text);
        while !stop(done.saves) {
            pause(Duration::from_micros(self.chance.below(self.rest.as_micros() as u64)));
            let Some(text) = self.read_with(done.last) else {
                done.missing.push(done.last);
                counts.missing.fetch_add(1, Ordering::SeqCst);
                done.last = self.current();
                continue;
            };
            let next = done.last + EDITORS;
            let Some(text) = naive::with_number(&text, "note ", |_| next) else { continue };
            self.save(&text);
            done.last = next;
            done.saves += 1;
            counts.saves.fetch_add(1, Ordering::SeqCst);
        }
        done
    }

    /// The text once it holds the save of this number. For a moment there may be what a transaction
    /// made without knowing of it. `None` where that does not end.
    fn read_with(&self, number: u64) -> Option<String> {
        let began = Instant::now();
        loop {
            match fs::read_to_string(&self.path) {
                Ok(text) if naive::number(&text, "note ") == Some(number) => return Some(text),
                _ if began.elapsed() > self.patience => return None,
                _ => std::thread::yield_now(),
            }
        }
    }

    fn current(&self) -> u64 {
        loop {
            let text = fs::read_to_string(&self.path).unwrap_or_default();
            match naive::number(&text, "note ") {
                Some(number) => return number,
                None => std::thread::yield_now(),
            }
        }
    }

    fn save(&self, text: &str) {
        if self.number.is_multiple_of(2) {
            // As editors do: emptied first, then written.
            let file = fs::OpenOptions::new().write(true).truncate(true).open(&self.path);
            file.and_then(|mut file| file.write_all(text.as_bytes())).expect("written");
        } else {
            let new = self.path.with_extension("saving");
            fs::write(&new, text).expect("a file");
            fs::rename(&new, &self.path).expect("renamed");
        }
    }
}

fn editors(tasks: &Tasks, chance: &mut Chance, rest: Duration, patience: Duration) -> Vec<Editor> {
    let each = (0..).zip(files(7)).map(|(number, name)| Editor {
        path: tasks.path(&name),
        number,
        chance: chance.fork(),
        rest,
        patience,
    });
    each.collect()
}

/// Tells that a writer has ended, be it by a panic: nobody waits for kills by it any more.
struct Ending<'a>(&'a AtomicBool);

impl Drop for Ending<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

/// How the runs of one writer ended: by exit code, -1 for a kill.
type Ends = BTreeMap<i32, u64>;

/// Changes task `id` again and again, and is killed most of the time.
fn write(
    tasks: &Tasks,
    id: u32,
    mut chance: Chance,
    whole: Duration,
    (kills, stop): (&AtomicU64, &AtomicBool),
) -> Ends {
    let _ending = Ending(stop);
    let mut ends = Ends::new();
    let whole = whole.as_micros() as u64;
    for value in 1.. {
        if stop.load(Ordering::SeqCst) {
            break;
        }
        let aim = match chance.below(4) {
            0 => Aim::Start(Duration::from_micros(chance.below(whole))),
            1 => Aim::Commit(Duration::from_micros(chance.below(whole / 16))),
            2 => Aim::Exchange(Duration::from_micros(chance.below(whole / 16))),
            _ => Aim::Start(Duration::from_secs(600)),
        };
        let end = run_and_kill(tasks.setting(id, value), &tasks.root, aim);
        let code = end.as_ref().map_or(-1, |answer| answer.exit);
        assert!(code <= 3, "{end:?}");
        *ends.entry(code).or_default() += 1;
        kills.fetch_add(u64::from(code == -1), Ordering::SeqCst);
    }
    ends
}

#[test]
fn no_save_is_lost_to_transactions_that_are_killed() {
    let mut chance = Chance::new();
    let summary = Summary::new("06 editors", &chance);
    let (wanted_saves, wanted_kills) = (count(20, 10_000), count(20, 1_000));
    let dir = tempfile::tempdir().expect("a temporary folder");
    let tasks = Tasks::create(dir.path(), &[7, 8]);
    let began = Instant::now();
    assert_eq!(tasks.run(&["set", "8", "abandoned", "--reason", "round 1"]).exit, 0);
    let whole = began.elapsed();
    let (counts, kills, stop) = (Counts::default(), AtomicU64::new(0), AtomicBool::new(false));
    let (edited, ends) = std::thread::scope(|scope| {
        let (counts, kills, stop, tasks) = (&counts, &kills, &stop, &tasks);
        let enough = |own| {
            let is_done = own >= wanted_saves && kills.load(Ordering::SeqCst) >= wanted_kills;
            is_done || stop.load(Ordering::SeqCst)
        };
        let editors = editors(tasks, &mut chance, whole, Duration::from_secs(20));
        let editors: Vec<_> = editors
            .into_iter()
            .map(|editor| scope.spawn(move || editor.run(counts, enough)))
            .collect();
        let writers = [7, 8].map(|id| {
            let chance = chance.fork();
            scope.spawn(move || write(tasks, id, chance, whole, (kills, stop)))
        });
        let edited: Vec<Edited> =
            editors.into_iter().map(|editor| editor.join().expect("no panic")).collect();
        stop.store(true, Ordering::SeqCst);
        let mut ends = Ends::new();
        for (code, number) in writers.into_iter().flat_map(|w| w.join().expect("no panic")) {
            *ends.entry(code).or_default() += number;
        }
        (edited, ends)
    });
    let lost = judge(&tasks, &edited);
    let missing: usize = edited.iter().map(|edited| edited.missing.len()).sum();
    summary
        .with("saves", counts.saves.into_inner())
        .with("kills", kills.into_inner())
        .with("ends by exit code", format!("{ends:?}"))
        .with("kept as copies", missing)
        .with("lost", lost.len())
        .tell();
    assert!(ends.contains_key(&0), "{ends:?}");
    assert_eq!(lost, [0; 0]);
}

/// Recovers, holds the files against what is promised, and tells which saves are nowhere.
fn judge(tasks: &Tasks, edited: &[Edited]) -> Vec<u64> {
    let recovered = tasks.run(&["recover"]);
    assert_eq!(recovered.exit, 0, "{recovered:?}");
    for (name, edited) in files(7).iter().zip(edited) {
        let text = fs::read_to_string(tasks.path(name)).expect("the file");
        assert_eq!(naive::number(&text, "note "), Some(edited.last), "{name}");
    }
    // A save of an editor may have taken one file of a transaction back; nobody is in the way now.
    for id in [7, 8] {
        let value = 1_000_000;
        let answer = tasks.setting(id, value).output().expect("the binary runs");
        assert!(answer.status.success(), "{answer:?}");
        assert_eq!(tasks.value(id), Ok(value));
    }
    assert_eq!(tasks.under_way(), [""; 0]);
    let kept = tasks.kept();
    let is_kept =
        |number: &u64| ["\n", "\""].iter().any(|end| kept.contains(&format!("note {number}{end}")));
    edited.iter().flat_map(|e| &e.missing).filter(|number| !is_kept(number)).copied().collect()
}

#[test]
fn to_writers_that_compare_and_rename_saves_are_lost() {
    let mut chance = Chance::new();
    let summary = Summary::new("06 editors, control", &chance);
    let dir = tempfile::tempdir().expect("a temporary folder");
    let tasks = Tasks::create(dir.path(), &[7]);
    let wanted = count(0, 10_000);
    let (counts, stop) = (Counts::default(), AtomicBool::new(false));
    let began = Instant::now();
    std::thread::scope(|scope| {
        let (counts, stop) = (&counts, &stop);
        for writer in 0..2 {
            let paths = files(7).map(|name| tasks.path(&name));
            scope.spawn(move || change_naively(&paths, writer, stop));
        }
        // The quick form ends with the first save that is lost.
        let enough = move |own| {
            let seen = counts.missing.load(Ordering::SeqCst) > 0;
            own >= wanted && (seen || began.elapsed() > Duration::from_secs(60))
        };
        let rest = Duration::from_micros(50);
        let editors = editors(&tasks, &mut chance, rest, Duration::from_millis(5));
        let editors: Vec<_> = editors
            .into_iter()
            .map(|editor| scope.spawn(move || editor.run(counts, enough)))
            .collect();
        for editor in editors {
            editor.join().expect("no panic");
        }
        stop.store(true, Ordering::SeqCst);
    });
    let (saves, lost) = (counts.saves.into_inner(), counts.missing.into_inner());
    summary.with("saves", saves).with("lost", lost).tell();
    assert!(lost > 0, "the control loses nothing in {saves} saves");
    assert!(lost * 100 >= saves || wanted == 0, "{lost} of {saves}");
}

/// Adds an empty line at the end of each file or takes it away, until `stop`.
fn change_naively(paths: &[PathBuf], writer: u64, stop: &AtomicBool) {
    let beside = format!("naive{writer}");
    let edit = |text: &str| match text.strip_suffix("\n\n") {
        _ if text.is_empty() => None,
        Some(text) => Some(format!("{text}\n")),
        None => Some(format!("{text}\n")),
    };
    while !stop.load(Ordering::SeqCst) {
        for path in paths {
            naive::change(path, &beside, edit);
        }
    }
}
