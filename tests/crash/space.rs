//! Disks that are full or nearly so, and limits on the size of files.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::Command;

use lockstep::daemon::address::OFF_VARIABLE;

use super::mounts::{Mounted, make_ext4, unavailable};
use super::tasks::Tasks;
use crate::cli::support::{Answer, answer};
use crate::support::report::{Chance, Summary, count};

/// What a series of full disks came to.
#[derive(Debug, Default)]
struct Tally {
    cases: u64,
    refused: u64,
}

/// Holds an answer that was given without space against what is there, and makes another change
/// once `release` gave space again.
fn check(
    tasks: &Tasks,
    (before, found): (u64, &Answer),
    case: &str,
    tally: &mut Tally,
    release: impl FnOnce(),
) {
    tally.cases += 1;
    tally.refused += u64::from(found.exit != 0);
    let recovered = tasks.run(&["recover"]);
    assert!(recovered.exit == 0 || found.exit != 0, "{case}: {recovered:?} after {found:?}");
    let after = tasks.value(7).unwrap_or_else(|mix| panic!("{case}: {found:?}: {mix}"));
    let new = found.exit == 0 || (found.err.contains("not finished") && after != before);
    assert_eq!(after, before + u64::from(new), "{case}: {found:?}");
    if found.exit != 0 {
        let causes = ["No space left on device", "File too large"];
        assert!(causes.iter().any(|cause| found.err.contains(cause)), "{case}: {found:?}");
        assert_eq!(found.err.lines().count(), 1, "{case}: {found:?}");
    }
    release();
    let answer = answer(&mut tasks.setting(7, after + 1));
    assert_eq!(answer.exit, 0, "{case}, then with space: {answer:?}");
    assert_eq!(tasks.value(7), Ok(after + 1), "{case}");
    assert_eq!(tasks.under_way(), [""; 0], "{case}");
}

/// Changes task 7 where there is no space, and then where there is.
fn change(tasks: &Tasks, case: &str, tally: &mut Tally, release: impl FnOnce()) {
    let before = tasks.value(7).expect("agreement");
    let found = answer(&mut tasks.setting(7, before + 1));
    check(tasks, (before, &found), case, tally, release);
}

/// Fills what is left, but for so many bytes.
fn fill(filler: &Path, but: u64) {
    let mut file = fs::File::create(filler).expect("the filler");
    let block = [b'x'; 1024];
    while file.write_all(&block).is_ok() {}
    let length = file.metadata().expect("the filler").len();
    file.set_len(length.saturating_sub(but)).expect("its length");
    // On ext4 the end of a file that shrank is given back with the next commit.
    file.sync_all().expect("flushed");
}

/// Whether the store is new too, or has been used before.
fn each_age(root: &Path, mut each: impl FnMut(&Tasks, &str)) {
    for age in ["new", "used"] {
        let tasks = Tasks::create(&root.join(age), &[7, 8]);
        if age == "used" {
            assert!(tasks.setting(7, 1).output().expect("the binary runs").status.success());
        }
        each(&tasks, age);
        fs::remove_dir_all(root.join(age)).expect("removed");
    }
}

#[test]
fn on_a_full_disk_nothing_changes_and_the_cause_is_told() {
    if let Some(reason) = unavailable() {
        println!("skipped: {reason}");
        return;
    }
    let summary = Summary::new("08 full disks", &Chance::new());
    let mut tally = Tally::default();
    let dir = tempfile::tempdir().expect("a temporary folder");
    let step = count(5, 1) as usize;
    for size in [256, 512, 1024].into_iter().take(count(1, 3) as usize) {
        let options = format!("size={size}k");
        let mounted = Mounted::tmpfs(&options, &dir.path().join("pages")).expect("mounted");
        let filler = mounted.path.join("filler");
        for pages in (0..=15).step_by(step) {
            each_age(&mounted.path, |tasks, age| {
                fill(&filler, pages * 4096);
                let case = format!("{size} KiB, {pages} pages left, {age}");
                change(tasks, &case, &mut tally, || fs::remove_file(&filler).expect("removed"));
            });
        }
    }
    let mounted = Mounted::tmpfs("nr_inodes=200", &dir.path().join("inodes")).expect("mounted");
    for left in (0..=10).step_by(step) {
        each_age(&mounted.path, |tasks, age| {
            let fillers = mounted.path.join("fillers");
            fs::create_dir(&fillers).expect("a folder");
            let mut number = 0;
            while fs::File::create(fillers.join(number.to_string())).is_ok() {
                number += 1;
            }
            for filler in 0..left {
                fs::remove_file(fillers.join(filler.to_string())).expect("removed");
            }
            let case = format!("{left} files may be created, {age}");
            change(tasks, &case, &mut tally, || fs::remove_dir_all(&fillers).expect("removed"));
        });
    }
    let image = dir.path().join("image");
    make_ext4(&image, 2048).expect("a file system");
    let mounted = Mounted::image(&image, &dir.path().join("ext4")).expect("mounted");
    let filler = mounted.path.join("filler");
    for blocks in (0..=15).step_by(step) {
        each_age(&mounted.path, |tasks, age| {
            fill(&filler, blocks * 1024);
            let case = format!("ext4, {blocks} blocks left, {age}");
            change(tasks, &case, &mut tally, || fs::remove_file(&filler).expect("removed"));
        });
    }
    summary.with("cases", tally.cases).with("refused", tally.refused).tell();
    assert!(tally.refused > 0 && tally.refused < tally.cases, "{tally:?}");
}

#[test]
fn at_a_limit_on_the_size_of_files_nothing_changes_and_the_cause_is_told() {
    let summary = Summary::new("08 size limits", &Chance::new());
    let mut tally = Tally::default();
    let dir = tempfile::tempdir().expect("a temporary folder");
    let step = count(4, 1) as usize;
    for limit in (0..=16).step_by(step).map(|number| number * 512) {
        each_age(dir.path(), |tasks, age| {
            let before = tasks.value(7).expect("agreement");
            let mut command = Command::new("prlimit");
            command.arg(format!("--fsize={limit}")).arg(env!("CARGO_BIN_EXE_lockstep"));
            command.args(Tasks::set(7, before + 1)).current_dir(&tasks.root).env(OFF_VARIABLE, "1");
            let found = answer(&mut command);
            check(tasks, (before, &found), &format!("limit {limit}, {age}"), &mut tally, || {});
        });
    }
    summary.with("cases", tally.cases).with("refused", tally.refused).tell();
    assert!(tally.refused > 0 && tally.refused < tally.cases, "{tally:?}");
}
