//! A file system that Linux reaches through a program: NTFS over FUSE. It exchanges no files and
//! renames none without taking another's place, so both take several steps; and it can be told to
//! take names that differ in case only for one.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use lockstep_store::error::StoreError;
use lockstep_store::history::Note;
use lockstep_store::path::RelPath;
use lockstep_store::store::{Options, Store};
use lockstep_store::transaction::{
    CommitOutcome, Expect, Rebase, Target, Transaction, TransactionPart,
};

use super::kills::{Kills, Tally, kill_until};
use super::mounts::{Mounted, make_ntfs};
use super::tasks::Tasks;
use crate::support::report::{Chance, Summary, count};

const OLD: &str = "old\n";

/// Whether there is NTFS here; otherwise says so.
fn available() -> bool {
    let reason = if rustix::process::geteuid().as_raw() != 0 {
        "only root can mount"
    } else if Command::new("lowntfs-3g").arg("--version").output().is_err() {
        assert!(std::env::var("CI").as_deref() != Ok("true"), "ntfs-3g is missing");
        "ntfs-3g is missing"
    } else {
        return true;
    };
    println!("skipped: {reason}");
    false
}

fn mounted(dir: &Path, options: &str) -> Mounted {
    let image = dir.join("image");
    make_ntfs(&image, 16 * 1024).expect("a file system");
    Mounted::ntfs(&image, options, &dir.join("ntfs")).expect("mounted")
}

#[test]
fn a_kill_leaves_all_files_old_or_all_new_where_they_are_exchanged_in_steps() {
    if !available() {
        return;
    }
    let mut chance = Chance::new();
    let summary = Summary::new("04 kills on NTFS", &chance);
    let wanted = count(30, 2_000);
    let mut all = Tally::default();
    while all.kills().sent < wanted || (all.kills().mixed == 0 && all.runs < 2_000) {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let mounted = mounted(dir.path(), "rw");
        let tasks = Tasks::create(&mounted.path.join("w"), &[7, 8]);
        let Kills { sent, .. } = all.kills();
        let part = (wanted - wanted.min(sent)).clamp(1, 500);
        all.add(&kill_until(&tasks, &mut chance, |tally| tally.kills().sent >= part));
        let probe = fs::read_to_string(tasks.path(".lockstep/probe")).expect("what was tried");
        assert!(probe.starts_with("tier T3\n"), "{probe}");
        assert_eq!(names(&tasks.path(".lockstep/conflicts")), [""; 0], "nobody else saved");
    }
    all.told(summary).tell();
    assert!(all.kills().mixed > 0, "no kill left a mix to mend: {all:?}");
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("the folder");
    entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into()).collect()
}

/// Gives every one of these files, old or not there yet, its own name as content.
fn change(root: &Path, files: &[(&str, bool)]) -> Result<CommitOutcome, StoreError> {
    let store = Store::open(root, Options::default()).expect("a store");
    let locked =
        Transaction::begin(&[&store], Duration::ZERO, &mut |_, _, _, _| Rebase::Unchanged)?;
    let target = |(name, there): &(&str, bool)| Target {
        path: RelPath::new(name).expect("a path"),
        pre: if *there { Expect::read_as(Some(OLD.as_bytes())) } else { Expect::Absent },
        post: Some(name.as_bytes().into()),
        moved_from: None,
    };
    let note = Note { who: "ann".into(), when: "2026-01-31T12:00:00Z".into(), what: "new".into() };
    let planned = locked.plan(vec![TransactionPart {
        root: 0,
        note,
        targets: files.iter().map(target).collect(),
    }])?;
    planned.stage()?.commit(&mut |_, _, _| Rebase::Unchanged)
}

#[test]
fn two_spellings_of_one_file_are_refused_and_one_that_is_not_on_disk_is_that_file() {
    if !available() {
        return;
    }
    let dir = tempfile::tempdir().expect("a temporary folder");
    let mounted = mounted(dir.path(), "ignore_case");
    let root = mounted.path.join("w");
    fs::create_dir_all(root.join("plans")).expect("a folder");
    let read = |name: &str| fs::read_to_string(root.join(name)).expect("the file");
    fs::write(root.join("todo.md"), OLD).expect("a file");
    assert_eq!(read("TODO.md"), OLD, "names in either case mean one file");
    for files in [
        &[("TODO.md", true), ("todo.md", true)][..],
        &[("todo.md", true), ("plans/new.md", false), ("Plans/NEW.md", false)],
    ] {
        let answer = change(&root, files);
        assert!(matches!(answer, Err(StoreError::Refused { .. })), "{answer:?}");
        assert_eq!(read("todo.md"), OLD);
        assert!(!root.join("plans/new.md").exists());
    }
    let answer = change(&root, &[("TODO.md", true), ("Plans/new.md", false)]);
    assert!(matches!(answer, Ok(CommitOutcome::Committed(_))), "{answer:?}");
    assert_eq!(
        (read("todo.md").as_str(), read("plans/new.md").as_str()),
        ("TODO.md", "Plans/new.md")
    );
    let mut found = names(&root);
    found.sort();
    assert_eq!(found, [".lockstep", "plans", "todo.md"], "no second file came to be");
    assert_eq!(names(&root.join(".lockstep/tx")), [""; 0]);
}
