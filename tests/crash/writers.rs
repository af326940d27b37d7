//! Eight writers at once. Each moves a task of its own through a sequence, every step with `--from`;
//! and all of them race for every step of one more task, which exactly one may win.

use std::fs;
use std::sync::Barrier;
use std::sync::atomic::{AtomicU64, Ordering};

use lockstep_store::stamp::ContentStamp;
use serde_json::Value;

use super::naive;
use super::tasks::Tasks;
use crate::cli::support::Answer;
use crate::support::report::{Chance, Summary, count};

const WRITERS: u32 = 8;
const SHARED: u32 = 9;

/// What a writer was told.
#[derive(Debug, Default)]
pub struct Told {
    /// The value that its own task must have.
    pub value: u64,
    /// Transactions that were acknowledged, in their order.
    pub transactions: Vec<String>,
    /// Answers that somebody else holds the lock.
    pub busy: u64,
    /// What must not be. A writer that panicked would let the others wait for ever.
    pub faults: Vec<String>,
}

/// Gives task `id` the value after `value`, provided that it has that one still.
pub fn step(tasks: &Tasks, id: u32, value: u64) -> Answer {
    let mut arguments = Tasks::set(id, value + 1);
    let from = if value.is_multiple_of(2) { "blocked" } else { "abandoned" };
    arguments.extend(["--from".to_owned(), from.to_owned()]);
    tasks.run(&arguments.iter().map(String::as_str).collect::<Vec<_>>())
}

/// The name of the transaction that was acknowledged.
pub fn transaction(answer: &Answer) -> String {
    let report: Value = serde_json::from_str(&answer.out).expect("JSON");
    report["transaction"].as_str().expect("a transaction").to_owned()
}

pub fn is_busy(answer: &Answer) -> bool {
    answer.exit == 3 && answer.err.contains("locked")
}

/// Takes a step as often as it takes until nobody else holds the lock.
fn sure_step(tasks: &Tasks, id: u32, value: u64, told: &mut Told) -> Answer {
    loop {
        let answer = step(tasks, id, value);
        if !is_busy(&answer) {
            return answer;
        }
        told.busy += 1;
    }
}

fn write(tasks: &Tasks, id: u32, rounds: u64, barrier: &Barrier, winners: &AtomicU64) -> Told {
    let mut told = Told::default();
    for round in 0..rounds {
        barrier.wait();
        let answer = sure_step(tasks, SHARED, round, &mut told);
        if answer.exit == 0 {
            winners.fetch_add(1, Ordering::SeqCst);
            told.transactions.push(transaction(&answer));
        } else if answer.exit != 3 {
            told.faults.push(format!("the race for {round}: {answer:?}"));
        }
        let answer = sure_step(tasks, id, told.value, &mut told);
        if answer.exit == 0 {
            told.value += 1;
            told.transactions.push(transaction(&answer));
        } else {
            told.faults.push(format!("writer {id} at {}: {answer:?}", told.value));
        }
        barrier.wait();
        let won = winners.load(Ordering::SeqCst);
        if won != round + 1 {
            told.faults.push(format!("{won} have won after round {round}"));
        }
    }
    told
}

#[test]
fn of_eight_writers_none_loses_anything_and_one_wins_each_race() {
    let chance = Chance::new();
    let summary = Summary::new("05 writers", &chance);
    let rounds = count(5, 500);
    let dir = tempfile::tempdir().expect("a temporary folder");
    let ids: Vec<u32> = (1..=SHARED).collect();
    let tasks = Tasks::create(dir.path(), &ids);
    let (barrier, winners) = (Barrier::new(WRITERS as usize), AtomicU64::new(0));
    let told: Vec<Told> = std::thread::scope(|scope| {
        let (tasks, barrier, winners) = (&tasks, &barrier, &winners);
        let writers: Vec<_> = (1..=WRITERS)
            .map(|id| scope.spawn(move || write(tasks, id, rounds, barrier, winners)))
            .collect();
        writers.into_iter().map(|writer| writer.join().expect("no panic")).collect()
    });
    for (id, told) in (1..).zip(&told) {
        assert_eq!(told.faults, [""; 0]);
        assert_eq!(tasks.value(id), Ok(told.value), "task {id}");
    }
    assert_eq!(tasks.value(SHARED), Ok(rounds));
    assert_eq!(tasks.under_way(), [""; 0]);
    let mut acknowledged: Vec<&str> =
        told.iter().flat_map(|told| &told.transactions).map(String::as_str).collect();
    let mut recorded = history(&tasks);
    let transactions = recorded.len();
    acknowledged.sort_unstable();
    recorded.sort_unstable();
    assert_eq!(recorded, acknowledged, "the history is what was acknowledged");
    let busy: u64 = told.iter().map(|told| told.busy).sum();
    summary.with("transactions", transactions).with("told to wait", busy).with("lost", 0).tell();
}

/// The transactions of the history in their order, in which each must begin with what the one before
/// left, and the last have left what is there.
fn history(tasks: &Tasks) -> Vec<String> {
    let log = fs::read_to_string(tasks.path(".lockstep/log.jsonl")).expect("the history");
    let mut left = std::collections::BTreeMap::new();
    let mut names = Vec::new();
    for line in log.lines() {
        let operation: Value = serde_json::from_str(line).expect("a line of JSON");
        for file in operation["files"].as_array().expect("files") {
            let path = file["path"].as_str().expect("a path").to_owned();
            let (pre, post) = (file["pre"].as_str(), file["post"].as_str().map(str::to_owned));
            let before = left.insert(path.clone(), post);
            if let Some(before) = before {
                assert_eq!(before.as_deref(), pre, "{path} in {}", operation["id"]);
            }
        }
        names.push(operation["id"].as_str().expect("a name").to_owned());
    }
    for (path, post) in left {
        let bytes = fs::read(tasks.path(&path)).expect("the file");
        assert_eq!(post, Some(ContentStamp::of(&bytes).hex()), "{path}");
    }
    names
}

#[test]
fn writers_without_a_lock_lose_updates() {
    let chance = Chance::new();
    let summary = Summary::new("05 writers, control", &chance);
    let (mut updates, mut lost) = (0, 0);
    // Each round may be lucky.
    while lost == 0 && updates < 100_000 {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let path = dir.path().join("TODO.md");
        let text: String = (0..WRITERS).map(|id| format!("task {id}: 0;\n")).collect();
        fs::write(&path, text).expect("a file");
        let counts: Vec<u64> = std::thread::scope(|scope| {
            let count_up = |id: u32| {
                let (path, beside) = (&path, format!("naive{id}"));
                let word = format!("task {id}: ");
                move || {
                    let edit = |text: &str| naive::with_number(text, &word, |count| count + 1);
                    (0..100).filter(|_| naive::change(path, &beside, edit)).count() as u64
                }
            };
            let writers: Vec<_> = (0..WRITERS).map(|id| scope.spawn(count_up(id))).collect();
            writers.into_iter().map(|writer| writer.join().expect("no panic")).collect()
        });
        let text = fs::read_to_string(&path).expect("the file");
        for (id, count) in counts.iter().enumerate() {
            let found = naive::number(&text, &format!("task {id}: ")).expect("a number");
            lost += count - found;
        }
        updates += counts.iter().sum::<u64>();
    }
    summary.with("updates", updates).with("lost", lost).tell();
    assert!(lost > 0, "the control loses nothing of {updates} updates");
}
