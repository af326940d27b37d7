//! SIGKILL at random instants. What the files say before anything of ours looks at them again is the
//! control: without recovery, they are mixed.
//!
//! A command takes most of its time to start, to read, to stage and to flush: of kills at any instant
//! of it hardly one falls between two exchanges. So half of them are sent at any instant between the
//! first exchange and the end of the journal. Both shares are told.

use std::fmt;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use lockstep::daemon::address::OFF_VARIABLE;

use super::drive::{Aim, measure, run_and_kill};
use super::tasks::Tasks;
use crate::cli::support::{Answer, answer};
use crate::support::git::{is_installed, repository_with_worktree};
use crate::support::program;
use crate::support::report::{Chance, Summary, count};

/// What kills came to.
#[derive(Clone, Copy, Debug, Default)]
pub struct Kills {
    pub sent: u64,
    /// Those after which the files disagreed.
    pub mixed: u64,
}

impl Kills {
    fn add(&mut self, other: Kills) {
        self.sent += other.sent;
        self.mixed += other.mixed;
    }

    fn share(self) -> f64 {
        100.0 * self.mixed as f64 / self.sent.max(1) as f64
    }
}

impl fmt::Display for Kills {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {} ({:.1} %)", self.mixed, self.sent, self.share())
    }
}

/// What a series of runs came to.
#[derive(Debug, Default)]
pub struct Tally {
    pub runs: u64,
    acknowledged: u64,
    /// Kills at any instant of the command.
    anywhere: Kills,
    /// Kills at any instant from the first exchange until the journal is removed.
    in_window: Kills,
}

impl Tally {
    pub fn add(&mut self, other: &Tally) {
        self.runs += other.runs;
        self.acknowledged += other.acknowledged;
        self.anywhere.add(other.anywhere);
        self.in_window.add(other.in_window);
    }

    pub fn kills(&self) -> Kills {
        let mut all = self.anywhere;
        all.add(self.in_window);
        all
    }

    /// Takes note of a run that was killed at `aim`, or has answered before.
    fn note(&mut self, aim: Aim, answer: Option<&Answer>, is_mixed: bool) {
        self.runs += 1;
        if answer.is_some() {
            self.acknowledged += 1;
            return;
        }
        let kills =
            if matches!(aim, Aim::Start(_)) { &mut self.anywhere } else { &mut self.in_window };
        kills.add(Kills { sent: 1, mixed: u64::from(is_mixed) });
    }

    pub fn told(&self, summary: Summary) -> Summary {
        summary
            .with("runs", self.runs)
            .with("acknowledged", self.acknowledged)
            .with("mixed before recovery", self.kills())
            .with("at any instant", self.anywhere)
            .with("from the first exchange to the end of the journal", self.in_window)
    }
}

/// How long a change takes here.
#[derive(Clone, Copy, Debug)]
struct Times {
    whole: u64,
    /// From the first exchange until the journal is removed.
    window: u64,
}

impl Times {
    /// Makes changes of task 7, whose journals are in the workspace at `coordinator`.
    fn of(tasks: &Tasks, coordinator: &Path) -> Times {
        let value = tasks.value(7).expect("agreement");
        // The first one in a workspace makes the folders that are watched.
        let first = answer(&mut tasks.setting(7, value + 1));
        assert_eq!(first.exit, 0, "{first:?}");
        let times = (value + 2..value + 5)
            .map(|value| measure(tasks.setting(7, value), &tasks.root, coordinator));
        let (mut wholes, mut windows): (Vec<_>, Vec<_>) = times.unzip();
        let median = |times: &mut Vec<Duration>| {
            times.sort();
            times[times.len() / 2].as_micros() as u64
        };
        Times { whole: median(&mut wholes), window: median(&mut windows) }
    }

    /// Half of the kills at any instant of the whole, and half in the window.
    fn aim(self, chance: &mut Chance) -> Aim {
        match chance.below(2) {
            0 => Aim::Start(Duration::from_micros(chance.below(self.whole))),
            _ => Aim::Exchange(Duration::from_micros(chance.below(self.window))),
        }
    }
}

/// Kills runs that change task 7 until `enough`, and looks at the files after each.
pub fn kill_until(tasks: &Tasks, chance: &mut Chance, enough: impl Fn(&Tally) -> bool) -> Tally {
    let times = Times::of(tasks, &tasks.root);
    let mut tally = Tally::default();
    while !enough(&tally) {
        let before = tasks.value(7).expect("agreement");
        let aim = times.aim(chance);
        let end = run_and_kill(tasks.setting(7, before + 1), &tasks.root, aim);
        tally.note(aim, end.as_ref(), tasks.value(7).is_err());
        let after = tasks.listed_value(7);
        match &end {
            None => assert!([before, before + 1].contains(&after), "{before} became {after}"),
            Some(answer) => {
                assert_eq!((answer.exit, after), (0, before + 1), "{aim:?}: {answer:?}");
            }
        }
    }
    // What was not committed is cleared away by the next command that writes.
    Times::of(tasks, &tasks.root);
    assert_eq!(tasks.under_way(), [""; 0]);
    tally
}

#[test]
fn a_kill_at_any_instant_leaves_all_files_old_or_all_new() {
    let mut chance = Chance::new();
    let summary = Summary::new("04 kills", &chance);
    let wanted = count(30, 10_000);
    let mut all = Tally::default();
    // The control: somebody who does not recover finds a mix after some kill.
    while all.kills().sent < wanted || (all.kills().mixed == 0 && all.runs < 2_000) {
        // A new workspace now and then, for the history of one grows.
        let dir = tempfile::tempdir().expect("a temporary folder");
        let tasks = Tasks::create(dir.path(), &[7, 8]);
        let part = (wanted - wanted.min(all.kills().sent)).clamp(1, 500);
        all.add(&kill_until(&tasks, &mut chance, |tally| tally.kills().sent >= part));
    }
    all.told(summary).tell();
    let Kills { sent, mixed } = all.kills();
    assert!(mixed > 0, "no kill left a mix to mend: {all:?}");
    assert!(sent < 10_000 || all.kills().share() >= 10.0, "{all:?}");
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
                let enough = move |tally: &Tally| tally.kills().sent >= wanted;
                scope.spawn(move || kill_until(&Tasks { root }, &mut chance, enough))
            })
            .collect();
        writers.into_iter().for_each(|writer| all.add(&writer.join().expect("no panic")));
    });
    all.told(summary).tell();
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
    while all.kills().sent < wanted || (all.kills().mixed == 0 && all.runs < 2_000) {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let roots = ["first", "second"].map(|name| dir.path().join(name));
        let first = Tasks::create(&roots[0], &[7, 8]);
        let config = "[worktrees]\nmode = \"mirror\"\n";
        std::fs::write(first.path("lockstep.toml"), config).expect("the configuration");
        repository_with_worktree(&roots[0], &roots[1]);
        let both = roots.map(|root| Tasks { root });
        let sent = all.kills().sent;
        let part = sent + (wanted - wanted.min(sent)).clamp(1, 200);
        let times = Times::of(&both[0], &both[0].root);
        while all.kills().sent < part {
            let before = mirrored_value(&both).expect("agreement");
            let aim = times.aim(&mut chance);
            let (writer, reader) = (chance.below(2) as usize, chance.below(2) as usize);
            let command = both[writer].setting(7, before + 1);
            let end = run_and_kill(command, &both[writer].root, aim);
            all.note(aim, end.as_ref(), mirrored_value(&both).is_err());
            // Whoever reads in either of them finds both whole.
            let listed = both[reader].listed_value(7);
            let after = mirrored_value(&both)
                .unwrap_or_else(|mix| panic!("{aim:?} in {writer}, read in {reader}: {mix}"));
            assert_eq!(after, listed);
            match &end {
                None => assert!([before, before + 1].contains(&after), "{before}: {after}"),
                Some(answer) => {
                    assert_eq!((answer.exit, after), (0, before + 1), "{aim:?}: {answer:?}");
                }
            }
        }
        Times::of(&both[1], &both[0].root);
        assert_eq!(both.each_ref().map(Tasks::under_way), [[""; 0], [""; 0]]);
    }
    all.told(summary).tell();
    assert!(all.kills().mixed > 0, "no kill left a mix to mend: {all:?}");
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
    program::copied(&binary);
    let root = dir.path().join("w");
    let tasks = Tasks::create(&root, &[7, 8]);
    Times::of(&tasks, &root);
    while !tasks.under_way().iter().any(|name| name.ends_with(".journal")) {
        let value = tasks.listed_value(7);
        run_and_kill(tasks.setting(7, value + 1), &root, Aim::Exchange(Duration::ZERO));
    }
    let own =
        |path: &Path| std::os::unix::fs::chown(path, Some(1234), Some(1234)).expect("an owner");
    [dir.path(), &root, &root.join(".lockstep")].into_iter().for_each(own);
    for entry in std::fs::read_dir(root.join(".lockstep")).expect("the folder") {
        own(&entry.expect("an entry").path());
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
