//! The lock: removed under its holders, held by somebody who stands still, wanted by many.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Child;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use super::drive::{finish, spawn, spawn_until_locked};
use super::naive;
use super::tasks::Tasks;
use super::writers::{is_busy, step};
use crate::support::report::{Chance, Summary, count, full};

/// Removes the lock every 50 ms, and every fourth time the store's whole folder, while `work` lasts.
/// How often.
fn removing<T>(root: &Path, pause: Duration, work: impl FnOnce() -> T) -> (T, u64) {
    let (done, wait) = channel::<()>();
    let folder = root.join(".lockstep");
    std::thread::scope(|scope| {
        let remover = scope.spawn(move || {
            let mut removed = 0;
            while wait.recv_timeout(pause) == Err(RecvTimeoutError::Timeout) {
                // A writer may be creating files in the folder at the same time.
                match removed % 4 {
                    3 => drop(fs::remove_dir_all(&folder)),
                    _ => drop(fs::remove_file(folder.join("lock"))),
                }
                removed += 1;
            }
            removed
        });
        let worked = work();
        drop(done);
        (worked, remover.join().expect("no panic"))
    })
}

/// What became of one writer.
#[derive(Debug, Default)]
struct Written {
    /// The value that its task must have; or the next one, where that is in doubt.
    value: u64,
    runs: u64,
    in_doubt: bool,
    /// The last refusal.
    said: String,
    /// Refusals, by exit code and the beginning of what was said.
    refusals: BTreeMap<String, u64>,
    faults: Vec<String>,
}

/// Changes task `id` until all writers have been acknowledged `wanted` changes.
fn write(tasks: &Tasks, id: u32, acknowledged: &AtomicU64, wanted: u64) -> Written {
    let mut written = Written::default();
    while acknowledged.load(Ordering::SeqCst) < wanted {
        written.runs += 1;
        let answer = step(tasks, id, written.value);
        if answer.exit == 0 {
            acknowledged.fetch_add(1, Ordering::SeqCst);
            written.value += 1;
            written.in_doubt = false;
            continue;
        }
        let said = format!("{}{}", answer.err, answer.out);
        if said.contains("by now") {
            // It took place though the answer could not say so.
            if !written.in_doubt {
                let texts = tasks.texts(id);
                let (value, said) = (written.value, &written.said);
                written
                    .faults
                    .push(format!("task {id} at {value}: {answer:?} after {said}, {texts:?}"));
            }
            written.value += 1;
            written.in_doubt = false;
            continue;
        }
        // Somebody who got a lock of their own may have built on it already.
        let may_be = ["is not finished", "right after the change"];
        written.in_doubt |= may_be.iter().any(|words| said.contains(words));
        let kind: String =
            answer.err.chars().take_while(|c| !"/0123456789\n".contains(*c)).collect();
        *written.refusals.entry(format!("{} {kind}", answer.exit)).or_default() += 1;
        written.said = said;
    }
    written
}

#[test]
fn a_lock_that_is_removed_under_its_holders_costs_no_acknowledged_change() {
    let chance = Chance::new();
    let summary = Summary::new("12 lock removed", &chance);
    let wanted = count(8, 2_000);
    let dir = tempfile::tempdir().expect("a temporary folder");
    let ids: Vec<u32> = (1..=8).collect();
    let tasks = Tasks::create(dir.path(), &ids);
    let acknowledged = AtomicU64::new(0);
    let work = || -> Vec<Written> {
        std::thread::scope(|scope| {
            let (tasks, acknowledged) = (&tasks, &acknowledged);
            let writers: Vec<_> = ids
                .iter()
                .map(|id| scope.spawn(move || write(tasks, *id, acknowledged, wanted)))
                .collect();
            writers.into_iter().map(|writer| writer.join().expect("no panic")).collect()
        })
    };
    let (written, removed) = removing(dir.path(), Duration::from_millis(50), work);
    let mut refusals = BTreeMap::new();
    let mut halves = 0;
    for (id, written) in ids.iter().zip(&written) {
        assert_eq!(written.faults, [""; 0]);
        for (line, number) in &written.refusals {
            *refusals.entry(line.clone()).or_insert(0) += number;
        }
        match (tasks.value(*id), written.in_doubt) {
            (Ok(value), false) => assert_eq!(value, written.value, "task {id}"),
            (Ok(value), true) => assert!([0, 1].contains(&(value - written.value)), "task {id}"),
            // The journal was removed while its transaction was being carried out.
            (Err(_), true) => halves += 1,
            (Err(mix), false) => panic!("task {id}: {mix}"),
        }
    }
    summary
        .with("runs", written.iter().map(|written| written.runs).sum::<u64>())
        .with("acknowledged", acknowledged.into_inner())
        .with("lost", 0)
        .with("removals", removed)
        .with("halves left by a removed journal", halves)
        .with("refusals", format!("{refusals:?}"))
        .tell();
}

/// Counts up in a file, holding a lock that is not looked at again.
fn count_up_naively(root: &Path, writer: u32, rounds: u64) {
    let folder = root.join(".lockstep");
    let beside = format!("naive{writer}");
    for _ in 0..rounds {
        let file = loop {
            drop(fs::create_dir(&folder));
            let open = fs::OpenOptions::new()
                .write(true)
                .create(true)
                .truncate(false)
                .open(folder.join("lock"));
            match open {
                Ok(file) => break file,
                Err(_) => std::thread::yield_now(),
            }
        };
        file.lock().expect("the lock");
        let edit = |text: &str| naive::with_number(text, "count ", |count| count + 1);
        let text = fs::read_to_string(root.join("counted")).expect("the file");
        let new = root.join(&beside);
        fs::write(&new, edit(&text).expect("a count")).expect("a file");
        fs::rename(new, root.join("counted")).expect("renamed");
    }
}

#[test]
fn with_a_lock_that_is_not_looked_at_again_updates_are_lost() {
    let chance = Chance::new();
    let summary = Summary::new("12 lock removed, control", &chance);
    let (mut updates, mut lost) = (0, 0);
    // Each round may be lucky.
    while lost == 0 && updates < 200_000 {
        let dir = tempfile::tempdir().expect("a temporary folder");
        fs::write(dir.path().join("counted"), "count 0\n").expect("a file");
        let rounds = 200;
        removing(dir.path(), Duration::from_millis(1), || {
            std::thread::scope(|scope| {
                for writer in 0..8 {
                    let root = dir.path();
                    scope.spawn(move || count_up_naively(root, writer, rounds));
                }
            });
        });
        let text = fs::read_to_string(dir.path().join("counted")).expect("the file");
        updates += 8 * rounds;
        lost += 8 * rounds - naive::number(&text, "count ").expect("a count");
    }
    summary.with("updates", updates).with("lost", lost).tell();
    assert!(lost > 0, "the control loses nothing of {updates} updates");
}

fn signal(child: &Child, signal: Signal) {
    kill_process(Pid::from_child(child), signal).expect("a signal");
}

#[test]
fn who_waits_in_vain_for_a_holder_that_stands_still_is_told_its_name() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let tasks = Tasks::create(dir.path(), &[7, 8]);
    assert_eq!(step(&tasks, 8, 0).exit, 0);
    let (holder, value) = stopped_holder(&tasks);
    let answer = step(&tasks, 8, 1);
    assert_eq!(answer.exit, 3, "{answer:?}");
    let name = format!("lockstep set (process {})", holder.id());
    assert!(answer.err.contains(&name), "{answer:?}");
    signal(&holder, Signal::CONT);
    let answer = finish(holder).expect("it ends by itself");
    assert_eq!(answer.exit, 0, "{answer:?}");
    assert_eq!(tasks.value(7), Ok(value));
    assert_eq!(step(&tasks, 8, 1).exit, 0);
}

/// A run that changes task 7, and stands still while it holds the lock; and what it changes the task
/// to.
fn stopped_holder(tasks: &Tasks) -> (Child, u64) {
    let lock = fs::File::open(tasks.path(".lockstep/lock")).expect("the lock");
    let mut value = 1;
    loop {
        let holder = spawn_until_locked(tasks.setting(7, value), &tasks.root);
        signal(&holder, Signal::STOP);
        // Taken as a reader, and given back at once.
        match lock.try_lock_shared() {
            Err(_) => return (holder, value),
            Ok(()) => lock.unlock().expect("given back"),
        }
        // It was faster.
        signal(&holder, Signal::CONT);
        assert_eq!(finish(holder).expect("it ends by itself").exit, 0);
        value += 1;
    }
}

#[test]
fn of_many_that_wait_each_gets_its_turn_or_is_told() {
    let chance = Chance::new();
    let summary = Summary::new("12 many that wait", &chance);
    let number = if full() { 64 } else { 16 };
    let dir = tempfile::tempdir().expect("a temporary folder");
    let ids: Vec<u32> = (7..8 + number).collect();
    let tasks = Tasks::create(dir.path(), &ids);
    assert_eq!(step(&tasks, 8, 0).exit, 0);
    let (holder, _) = stopped_holder(&tasks);
    let released = AtomicBool::new(false);
    let mut waits: Vec<(u32, i32, Duration)> = std::thread::scope(|scope| {
        let (tasks, released) = (&tasks, &released);
        let wait_for = |id: u32| {
            let child = spawn(&mut tasks.setting(id, 2));
            scope.spawn(move || {
                let began = Instant::now();
                let answer = finish(child).expect("it ends by itself");
                assert!(answer.exit == 0 || is_busy(&answer), "{answer:?}");
                assert!(released.load(Ordering::SeqCst) || answer.exit == 3, "{answer:?}");
                (id, answer.exit, began.elapsed())
            })
        };
        let waiters: Vec<_> = ids[1..].iter().map(|id| wait_for(*id)).collect();
        released.store(true, Ordering::SeqCst);
        signal(&holder, Signal::CONT);
        waiters.into_iter().map(|waiter| waiter.join().expect("no panic")).collect()
    });
    assert_eq!(finish(holder).expect("it ends by itself").exit, 0);
    waits.sort_by_key(|(_, _, wait)| *wait);
    for (id, exit, _) in &waits {
        let value = if *id == 8 { [2, 1] } else { [2, 0] };
        assert_eq!(tasks.value(*id), Ok(value[usize::from(*exit != 0)]), "task {id}");
    }
    let served = waits.iter().filter(|(_, exit, _)| *exit == 0).count();
    let at = |share: usize| waits[(waits.len() - 1) * share / 100].2.as_millis();
    summary
        .with("waiters", waits.len())
        .with("served", served)
        .with("wait p50", format!("{} ms", at(50)))
        .with("p99", format!("{} ms", at(99)))
        .tell();
    assert!(served > 0);
}
