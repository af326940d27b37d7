//! SIGKILL at random instants. What the files say before anything of ours looks at them again is the
//! control: without recovery, they are mixed.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use lockstep::daemon::address::OFF_VARIABLE;

use super::drive::{Aim, run_and_kill};
use super::tasks::Tasks;
use crate::cli::support::answer;
use crate::support::git::{is_installed, repository_with_worktree};
use crate::support::report::{Chance, Summary, count};

/// What a series of kills came to.
#[derive(Debug, Default)]
struct Tally {
    runs: u64,
    kills: u64,
    acknowledged: u64,
    /// Kills after which the files disagreed.
    mixed: u64,
}

impl Tally {
    fn add(&mut self, other: &Tally) {
        self.runs += other.runs;
        self.kills += other.kills;
        self.acknowledged += other.acknowledged;
        self.mixed += other.mixed;
    }
}

/// How long a whole run takes here, and how long its part after the commit may take.
fn whole_run(tasks: &Tasks) -> Duration {
    let began = Instant::now();
    let value = tasks.value(7).expect("agreement") + 1;
    let end = tasks.setting(7, value).output().expect("the binary runs");
    assert!(end.status.success(), "{end:?}");
    began.elapsed()
}

/// Kills runs that change task 7 until `enough`, and looks at the files after each.
fn kill_until(tasks: &Tasks, chance: &mut Chance, enough: impl Fn(&Tally) -> bool) -> Tally {
    let whole = whole_run(tasks).as_micros() as u64;
    let mut tally = Tally::default();
    while !enough(&tally) {
        let before = tasks.value(7).expect("agreement");
        // A third anywhere; the others where it hurts most.
        let aim = match chance.below(3) {
            0 => Aim::Start(Duration::from_micros(chance.below(whole))),
            1 => Aim::Commit(Duration::from_micros(chance.below(whole / 16))),
            _ => Aim::Exchange(Duration::from_micros(chance.below(whole / 1024))),
        };
        let end = run_and_kill(tasks.setting(7, before + 1), &tasks.root, aim);
        tally.runs += 1;
        tally.kills += u64::from(end.is_none());
        tally.mixed += u64::from(tasks.value(7).is_err());
        let after = tasks.listed_value(7);
        match &end {
            None => assert!([before, before + 1].contains(&after), "{before} became {after}"),
            Some(answer) => {
                assert_eq!((answer.exit, after), (0, before + 1), "{aim:?}: {answer:?}");
                tally.acknowledged += 1;
            }
        }
    }
    // What was not committed is cleared away by the next command that writes.
    whole_run(tasks);
    assert_eq!(tasks.under_way(), [""; 0]);
    tally
}

#[test]
fn a_kill_at_any_instant_leaves_all_files_old_or_all_new() {
    let mut chance = Chance::new();
    let summary = Summary::new("04 kills", &chance);
    let wanted = count(30, 10_000);
    let mut all = Tally::default();
    while all.kills < wanted {
        // A new workspace now and then, for the history of one grows.
        let dir = tempfile::tempdir().expect("a temporary folder");
        let tasks = Tasks::create(dir.path(), &[7, 8]);
        let part = (wanted - all.kills).min(500);
        all.add(&kill_until(&tasks, &mut chance, |tally| tally.kills >= part));
    }
    // The control: somebody who does not recover.
    if all.mixed == 0 {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let tasks = Tasks::create(dir.path(), &[7, 8]);
        let enough = |tally: &Tally| tally.mixed > 0 || tally.runs > 2_000;
        all.add(&kill_until(&tasks, &mut chance, enough));
    }
    let share = 100.0 * all.mixed as f64 / all.kills as f64;
    summary
        .with("runs", all.runs)
        .with("kills", all.kills)
        .with("acknowledged", all.acknowledged)
        .with("mixed before recovery", format!("{} ({share:.1} %)", all.mixed))
        .tell();
    assert!(all.mixed > 0, "no kill left a mix to mend: {all:?}");
    assert!(all.kills < 10_000 || share >= 10.0, "{share} % of kills left a mix");
}

#[test]
fn kills_in_two_worktrees_of_one_repository_leave_each_whole() {
    if !is_installed() {
        return;
    }
    let mut chance = Chance::new();
    let summary = Summary::new("04 kills in two worktrees", &chance);
    let wanted = count(4, 1_000);
    let dir = tempfile::tempdir().expect("a temporary folder");
    let (first, second) = (dir.path().join("first"), dir.path().join("second"));
    Tasks::create(&first, &[7, 8]);
    repository_with_worktree(&first, &second);
    let mut all = Tally::default();
    std::thread::scope(|scope| {
        let writers: Vec<_> = [first, second]
            .into_iter()
            .map(|root| {
                let mut chance = chance.fork();
                let enough = move |tally: &Tally| tally.kills >= wanted;
                scope.spawn(move || kill_until(&Tasks { root }, &mut chance, enough))
            })
            .collect();
        writers.into_iter().for_each(|writer| all.add(&writer.join().expect("no panic")));
    });
    summary.with("kills", all.kills).with("mixed before recovery", all.mixed).tell();
}

/// The value that the files of both worktrees agree on; otherwise what they say.
fn mirrored_value(both: &[Tasks; 2]) -> Result<u64, String> {
    match both.each_ref().map(|tasks| tasks.value(7)) {
        [Ok(first), Ok(second)] if first == second => Ok(first),
        values => Err(format!("{values:?}")),
    }
}

#[test]
fn a_kill_in_a_change_of_two_worktrees_leaves_both_old_or_both_new() {
    if !is_installed() {
        return;
    }
    let mut chance = Chance::new();
    let summary = Summary::new("04 kills of one transaction over two worktrees", &chance);
    let wanted = count(25, 2_000);
    let mut all = Tally::default();
    // The control: somebody who does not recover finds a mix after some kill.
    while all.kills < wanted || (all.mixed == 0 && all.runs < 2_000) {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let roots = ["first", "second"].map(|name| dir.path().join(name));
        let first = Tasks::create(&roots[0], &[7, 8]);
        let config = "[worktrees]\nmode = \"mirror\"\n";
        std::fs::write(first.path("lockstep.toml"), config).expect("the configuration");
        repository_with_worktree(&roots[0], &roots[1]);
        let both = roots.map(|root| Tasks { root });
        let part = all.kills + (wanted - wanted.min(all.kills)).clamp(1, 200);
        let whole = whole_run(&both[0]).as_micros() as u64;
        while all.kills < part {
            let before = mirrored_value(&both).expect("agreement");
            let aim = match chance.below(3) {
                0 => Aim::Start(Duration::from_micros(chance.below(whole))),
                1 => Aim::Commit(Duration::from_micros(chance.below(whole / 16))),
                _ => Aim::Exchange(Duration::from_micros(chance.below(whole / 256))),
            };
            let (writer, reader) = (chance.below(2) as usize, chance.below(2) as usize);
            let command = both[writer].setting(7, before + 1);
            let end = run_and_kill(command, &both[writer].root, aim);
            all.runs += 1;
            all.kills += u64::from(end.is_none());
            all.mixed += u64::from(mirrored_value(&both).is_err());
            // Whoever reads in either of them finds both whole.
            let listed = both[reader].listed_value(7);
            let after = mirrored_value(&both)
                .unwrap_or_else(|mix| panic!("{aim:?} in {writer}, read in {reader}: {mix}"));
            assert_eq!(after, listed);
            match &end {
                None => assert!([before, before + 1].contains(&after), "{before}: {after}"),
                Some(answer) => {
                    assert_eq!((answer.exit, after), (0, before + 1), "{aim:?}: {answer:?}");
                    all.acknowledged += 1;
                }
            }
        }
        whole_run(&both[1]);
        assert_eq!(both.each_ref().map(Tasks::under_way), [[""; 0], [""; 0]]);
    }
    summary
        .with("runs", all.runs)
        .with("kills", all.kills)
        .with("acknowledged", all.acknowledged)
        .with("mixed before recovery", all.mixed)
        .tell();
    assert!(all.mixed > 0, "no kill left a mix to mend: {all:?}");
}

#[test]
fn a_journal_of_another_user_is_put_aside_and_nothing_is_changed() {
    if rustix::process::geteuid().as_raw() != 0 {
        println!("skipped: only root can be another user");
        return;
    }
    let dir = tempfile::tempdir().expect("a temporary folder");
    // Another user may not enter the folder that the program is built in.
    let binary = dir.path().join("lockstep");
    std::fs::copy(env!("CARGO_BIN_EXE_lockstep"), &binary).expect("copied");
    let root = dir.path().join("w");
    let tasks = Tasks::create(&root, &[7, 8]);
    whole_run(&tasks);
    while !tasks.under_way().iter().any(|name| name.ends_with(".journal")) {
        let value = tasks.listed_value(7);
        run_and_kill(tasks.setting(7, value + 1), &root, Aim::Exchange(Duration::ZERO));
    }
    let own =
        |path: &Path| std::os::unix::fs::chown(path, Some(1234), Some(1234)).expect("an owner");
    [dir.path(), &root, &root.join(".lockstep")].into_iter().for_each(own);
    for name in ["lock", "lock.info", "tx", "conflicts", "graveyard"] {
        own(&root.join(".lockstep").join(name));
    }
    let texts = tasks.texts(7);
    let mut command = Command::new("setpriv");
    command.args(["--reuid=1234", "--regid=1234", "--clear-groups"]).arg(&binary).arg("recover");
    let answer = answer(command.current_dir(&root).env(OFF_VARIABLE, "1"));
    assert_eq!(answer.exit, 4, "{answer:?}");
    assert!(answer.err.contains("it belongs to another user"), "{answer:?}");
    assert_eq!(tasks.texts(7), texts);
    assert_eq!(tasks.under_way(), [""; 0], "the journal and its slots are kept elsewhere");
}
