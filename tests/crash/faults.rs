//! A fault at every call to the kernel that a change makes: the program is killed there, or the call
//! answers with an error. `strace` does it.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use lockstep::daemon::address::OFF_VARIABLE;

use super::drive::{finish, spawn};
use super::tasks::Tasks;
use crate::cli::support::Answer;
use crate::support::report::{Chance, Summary, full};

/// Calls that change what is on disk, or who may.
const CHANGING: [&str; 16] = [
    "fchmod",
    "fchown",
    "fdatasync",
    "flock",
    "fsetxattr",
    "fsync",
    "ftruncate",
    "linkat",
    "mkdir",
    "pwrite64",
    "rename",
    "renameat",
    "renameat2",
    "unlink",
    "unlinkat",
    "write",
];

/// Calls that only look.
const LOOKING: [&str; 13] = [
    "access",
    "fcntl",
    "flistxattr",
    "fstat",
    "getcwd",
    "getdents64",
    "newfstatat",
    "openat",
    "pread64",
    "read",
    "readlink",
    "statfs",
    "statx",
];

fn traced(tasks: &Tasks, options: &[String], value: u64) -> Command {
    let mut command = Command::new("strace");
    command.args(["-f", "-qq", "--signal=none"]).args(options);
    command.arg(env!("CARGO_BIN_EXE_lockstep")).args(Tasks::set(7, value));
    command.current_dir(&tasks.root).env_remove("LOCKSTEP_LOG").env(OFF_VARIABLE, "1");
    command
}

/// How often a change makes each of the calls.
fn calls(tasks: &Tasks, value: u64) -> BTreeMap<&'static str, u64> {
    let trace = tasks.path("trace");
    let names = [&CHANGING[..], &LOOKING[..]].concat();
    let options =
        ["-o".to_owned(), trace.to_string_lossy().into(), format!("--trace={}", names.join(","))];
    let end = finish(spawn(&mut traced(tasks, &options, value))).expect("it ends by itself");
    assert_eq!(end.exit, 0, "{end:?}");
    let text = fs::read_to_string(&trace).expect("the trace");
    fs::remove_file(&trace).expect("removed");
    let mut calls = BTreeMap::new();
    for line in text.lines() {
        let call = line.trim_start_matches(|c: char| c.is_ascii_digit() || c == ' ');
        let name = call.split('(').next().unwrap_or_default();
        if let Some(name) = names.iter().find(|known| **known == name) {
            *calls.entry(*name).or_default() += 1;
        }
    }
    calls
}

/// What a series of faults came to.
#[derive(Debug, Default)]
struct Tally {
    kills: u64,
    errors: u64,
    mixed: u64,
    /// How the runs ended: by exit code, -1 for a kill.
    ends: BTreeMap<i32, u64>,
}

/// A fault at a call, by its number; `5+` is that one and all later ones.
fn fault(tasks: &Tasks, name: &str, fault: &str, number: &str, tally: &mut Tally) {
    let before = tasks.value(7).expect("agreement");
    let inject = format!("--inject={name}:{fault}:when={number}");
    let trace = format!("--trace={name}");
    let mut options = vec!["-o".to_owned(), "/dev/null".to_owned(), trace, inject.clone()];
    // Only the one call is stopped at. With a signal this does not work.
    options.extend((fault != "signal=KILL").then(|| "--seccomp-bpf".to_owned()));
    let end = finish(spawn(&mut traced(tasks, &options, before + 1)));
    match end {
        None => tally.kills += 1,
        Some(_) => tally.errors += 1,
    }
    *tally.ends.entry(end.as_ref().map_or(-1, |answer| answer.exit)).or_default() += 1;
    let raw = tasks.value(7);
    tally.mixed += u64::from(raw.is_err());
    let is_unfinished = tasks.under_way().iter().any(|name| name.ends_with(".journal"));
    let recovered = tasks.run(&["recover"]);
    assert_eq!(recovered.exit, 0, "{inject}: {end:?}, then {recovered:?}");
    let after = tasks.value(7);
    let after = after.unwrap_or_else(|mix| panic!("{inject}: {end:?}: {recovered:?}: {mix}"));
    assert_eq!(tasks.listed_value(7), after);
    assert!([before, before + 1].contains(&after), "{inject}: {end:?}: {before}, then {after}");
    assert_eq!(tasks.under_way(), [""; 0], "{inject}: {end:?}");
    let Some(answer) = end else { return };
    honest(&answer, is_unfinished, (before, &raw, after), &inject);
}

/// Whether the answer of a run that was not killed is true.
fn honest(
    answer: &Answer,
    is_unfinished: bool,
    (before, raw, after): (u64, &Result<u64, String>, u64),
    inject: &str,
) {
    let case = format!("{inject}: {answer:?}: {before}, then {raw:?}, then {after}");
    let is_unsure = match answer.exit {
        0 => return assert_eq!((raw.as_ref(), after), (Ok(&(before + 1)), before + 1), "{case}"),
        1..=3 => answer.err.contains("check it, and move it away"),
        // Where nothing can be written, nothing can be said.
        4 if answer.err.is_empty() && inject.starts_with("--inject=write:") => is_unfinished,
        4 => answer.err.contains("not finished"),
        // The loader of the system could not start it.
        127 => false,
        _ => panic!("{case}"),
    };
    if !is_unsure {
        assert_eq!((raw.as_ref(), after), (Ok(&before), before), "{case}");
    }
}

fn is_available() -> bool {
    let available = Command::new("strace").arg("--version").output().is_ok();
    assert!(available || std::env::var("CI").as_deref() != Ok("true"), "strace is missing");
    if !available {
        println!("skipped: strace is missing");
    }
    available
}

fn workspace(folder: &Path) -> Tasks {
    let tasks = Tasks::create(folder, &[7, 8]);
    let made = tasks.setting(7, 1).output().expect("the binary runs");
    assert!(made.status.success(), "{made:?}");
    tasks
}

#[test]
fn after_a_fault_in_any_call_to_the_kernel_the_answer_is_true_and_the_next_command_mends() {
    if !is_available() {
        return;
    }
    let mut chance = Chance::new();
    let summary = Summary::new("03 faults in system calls", &chance);
    let dir = tempfile::tempdir().expect("a temporary folder");
    let calls = calls(&workspace(&dir.path().join("first")), 2);
    let changing = |name: &str| CHANGING.contains(&name);
    assert!(["fsync", "pwrite64", "renameat2"].iter().all(|name| calls.contains_key(name)));
    let mut tally = Tally::default();
    for (name, number) in &calls {
        // A workspace for each, for the history of one grows.
        let tasks = workspace(&dir.path().join(name));
        let kinds = match changing(name) {
            true => &["signal=KILL", "error=EIO", "error=ENOSPC", "error=EACCES"][..],
            false => &["error=EIO", "error=EACCES"],
        };
        for kind in kinds {
            let stride = match name {
                _ if full() => 1,
                _ if changing(name) => 6,
                // A folder each.
                &"getdents64" => 1,
                _ => 150,
            };
            let mut at = 1 + chance.below(stride);
            while at <= *number {
                fault(&tasks, name, kind, &at.to_string(), &mut tally);
                at += stride;
            }
            if changing(name) && *kind != "signal=KILL" {
                let mut at = 1 + chance.below(stride);
                while at <= *number {
                    fault(&tasks, name, kind, &format!("{at}+"), &mut tally);
                    at += stride * 2;
                }
            }
        }
    }
    summary
        .with("calls", calls.values().sum::<u64>())
        .with("kills", tally.kills)
        .with("errors", tally.errors)
        .with("mixed before recovery", tally.mixed)
        .with("ends by exit code", format!("{:?}", tally.ends))
        .tell();
    assert!(tally.kills > 0 && tally.errors > 0, "{tally:?}");
}

#[test]
fn a_recovery_that_cannot_be_reported_is_done_all_the_same() {
    if !is_available() {
        return;
    }
    let dir = tempfile::tempdir().expect("a temporary folder");
    let tasks = workspace(dir.path());
    // Between the first exchange and the second.
    let inject = "--inject=renameat2:signal=KILL:when=2".to_owned();
    let options = ["-o".to_owned(), "/dev/null".to_owned(), "--trace=renameat2".to_owned(), inject];
    let end = finish(spawn(&mut traced(&tasks, &options, 2)));
    assert!(end.is_none(), "{end:?}");
    tasks.value(7).expect_err("a mix");
    let full = fs::File::options().write(true).open("/dev/full").expect("a full device");
    let mut command = tasks.command(&["recover"]);
    let child = command.stdout(full).stderr(std::process::Stdio::piped()).spawn();
    let answer = finish(child.expect("the binary runs")).expect("it ends by itself");
    assert_eq!(answer.exit, 0, "{answer:?}");
    assert!(
        answer.err.contains("the change is made, but its report cannot be printed"),
        "{answer:?}"
    );
    assert_eq!(tasks.value(7), Ok(2));
}
