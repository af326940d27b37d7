//! What a transaction costs, as ratios within one run:
//!
//! - a transaction over 4 files in 2 folders against the bare flushes that it needs;
//! - `lockstep set` over 4 files in 3 folders, as a program and within one, against the bare flushes
//!   that it needs, and against comparing and renaming file after file without any flush;
//! - `lockstep set` in a workspace of 10,000 tasks, against `lockstep list` of it, which only reads.
//!
//! `cargo bench --bench transaction [ROUNDS]`. Each round runs every contender once, so that whatever
//! else the machine does falls on all of them; medians are compared.

#![allow(clippy::print_stdout)]

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use lockstep::daemon::address::OFF_VARIABLE;
use lockstep::workspace::commit::{self, CommitAction, CommitRequest, Terms};
use lockstep::workspace::local::LocalWorkspace;
use lockstep_store::error::StoreError;
use lockstep_store::history::Note;
use lockstep_store::path::RelPath;
use lockstep_store::store::{Options, Store};
use lockstep_store::transaction::{
    CommitOutcome, Expect, Rebase, Target, Transaction, TransactionPart,
};

/// Names the work of a process that this program starts.
const WORK: &str = "LOCKSTEP_BENCH_WORK";
/// What `set` changes.
const FILES: [&str; 4] = [
    "specs/TODO.md",
    "specs/state.json",
    "specs/007_login/state.json",
    "specs/007_login/plans/implementation-001.md",
];
/// Four files in two folders.
const PLAIN: [&str; 4] = ["a.md", "b.md", "c/a.md", "c/b.md"];

fn main() -> io::Result<()> {
    if let Ok(work) = std::env::var(WORK) {
        return match work.as_str() {
            "flushes" => flushes(Path::new("."), &FILES),
            _ => renames(Path::new(".")),
        };
    }
    let rounds = std::env::args().skip(1).find_map(|word| word.parse().ok()).unwrap_or(100);
    let folder = tempfile::tempdir()?;
    store(&folder.path().join("store"), rounds)?;
    small(folder.path(), rounds)?;
    large(folder.path(), (rounds / 10).max(5))
}

/// A transaction over four files in two folders.
fn store(root: &Path, rounds: usize) -> io::Result<()> {
    fs::create_dir_all(root.join("c"))?;
    for name in PLAIN {
        fs::write(root.join(name), "0")?;
    }
    let store = Store::open(root, Options::default())?;
    let mut times: [Vec<Duration>; 2] = Default::default();
    for round in 0..rounds {
        times[0].push(timed(|| transaction(&store, round).map_err(io::Error::other))?);
        times[1].push(timed(|| flushes(root, &PLAIN))?);
    }
    let [transaction, bare] = times.map(median);
    let times = ratio(transaction, bare);
    println!("a transaction over 4 files in 2 folders, medians of {rounds} rounds");
    println!("  transaction                        {transaction:>10.1?}");
    println!("  the bare flushes                   {bare:>10.1?}  it takes {times:.2} times that");
    Ok(())
}

fn transaction(store: &Store, round: usize) -> Result<(), StoreError> {
    let never = &mut |_: &Path, _: &Note, _: &RelPath, _: &[u8]| Rebase::Unchanged;
    let locked = Transaction::begin(&[store], Duration::ZERO, never)?;
    let mut targets = Vec::new();
    for name in PLAIN {
        let path = RelPath::new(name)?;
        let before = locked.roots()[0].read(&path)?;
        let post = Some(format!("{round}, {name}").into_bytes());
        targets.push(Target {
            path,
            pre: Expect::read_as(before.as_deref()),
            post: post.map(Into::into),
            moved_from: None,
        });
    }
    let note = Note { who: String::new(), when: String::new(), what: round.into() };
    let outcome = locked
        .plan(vec![TransactionPart { root: 0, note, targets }])?
        .stage()?
        .commit(&mut |_, _, _| Rebase::Unchanged)?;
    assert!(matches!(outcome, CommitOutcome::Committed(_)), "{outcome:?}");
    Ok(())
}

/// `set` over four files in three folders.
fn small(folder: &Path, rounds: usize) -> io::Result<()> {
    let (set, bare) = (folder.join("set"), folder.join("bare"));
    for root in [&set, &bare] {
        fs::create_dir_all(root.join("specs/007_login/plans"))?;
        let task = "### 7. Login\n- **Status**: [IMPLEMENTING]\n\n";
        fs::write(root.join(FILES[0]), format!("# Tasks\n\n{task}"))?;
        let record =
            r#"{ "project_number": 7, "project_name": "login", "status": "implementing" }"#;
        fs::write(
            root.join(FILES[1]),
            format!("{{\n  \"active_projects\": [\n    {record}\n  ]\n}}\n"),
        )?;
        fs::write(
            root.join(FILES[2]),
            "{\n  \"project_number\": 7,\n  \"status\": \"implementing\"\n}\n",
        )?;
        let plan = "# Plan\n- **Status**: [IN PROGRESS]\n\n### Phase 1: Form [COMPLETED]\n";
        fs::write(root.join(FILES[3]), plan)?;
    }
    let mut workspace = LocalWorkspace::open(&set)?;
    let mut times: [Vec<Duration>; 5] = Default::default();
    for round in 0..rounds {
        let [first, second] = [["partial", "implementing"], ["blocked", "abandoned"]][round % 2];
        times[0].push(timed(|| program(&set, &["set", "7", first, "--force", "--reason", "r"]))?);
        times[1].push(timed(|| itself(&bare, "flushes"))?);
        times[2].push(timed(|| itself(&bare, "renames"))?);
        workspace.rescan();
        times[3].push(timed(|| within(&mut workspace, second))?);
        times[4].push(timed(|| flushes(&bare, &FILES))?);
    }
    let [set, bare, renamed, within, within_bare] = times.map(median);
    println!("set over 4 files in 3 folders, medians of {rounds} rounds");
    println!("  program: lockstep set              {set:>10.1?}");
    println!(
        "  program: the bare flushes          {bare:>10.1?}  set takes {:.2} times that",
        ratio(set, bare)
    );
    println!(
        "  program: compare, rename, no flush {renamed:>10.1?}  set takes {:.2} times that",
        ratio(set, renamed)
    );
    println!("  within:  set                       {within:>10.1?}");
    println!(
        "  within:  the bare flushes          {within_bare:>10.1?}  set takes {:.2} times that",
        ratio(within, within_bare)
    );
    Ok(())
}

/// Ten thousand tasks, every tenth with a plan.
fn large(folder: &Path, rounds: usize) -> io::Result<()> {
    let root = folder.join("large");
    fs::create_dir_all(root.join("specs"))?;
    let (mut todo, mut records) = ("# Tasks\n\n".to_owned(), Vec::new());
    for number in 1..=10_000 {
        todo += &format!(
            "### {number}. Task {number}\n- **Effort**: 2 hours\n- **Status**: [IMPLEMENTING]\n\n**Description**: words.\n\n"
        );
        records.push(format!("    {{ \"project_number\": {number}, \"project_name\": \"task\", \"status\": \"implementing\" }}"));
        if number % 10 == 0 {
            let plans = root.join(format!("specs/{number}_task/plans"));
            fs::create_dir_all(&plans)?;
            fs::write(
                plans.join("implementation-001.md"),
                "# Plan\n- **Status**: [IN PROGRESS]\n\n### Phase 1: Form [COMPLETED]\n",
            )?;
        }
    }
    fs::write(root.join("specs/TODO.md"), todo)?;
    fs::write(
        root.join("specs/state.json"),
        format!("{{\n  \"active_projects\": [\n{}\n  ]\n}}\n", records.join(",\n")),
    )?;
    let mut times: [Vec<Duration>; 2] = Default::default();
    for round in 0..rounds {
        let status = ["partial", "implementing"][round % 2];
        times[0]
            .push(timed(|| program(&root, &["set", "7000", status, "--force", "--reason", "r"]))?);
        times[1].push(timed(|| program(&root, &["list", "--format", "json"]))?);
    }
    let [set, list] = times.map(median);
    println!("10,000 tasks, medians of {rounds} rounds");
    println!("  lockstep set                       {set:>10.1?}");
    println!(
        "  lockstep list                      {list:>10.1?}  set takes {:.2} times that",
        ratio(set, list)
    );
    Ok(())
}

fn timed(work: impl FnOnce() -> io::Result<()>) -> io::Result<Duration> {
    let began = Instant::now();
    work()?;
    Ok(began.elapsed())
}

fn program(root: &Path, arguments: &[&str]) -> io::Result<()> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lockstep"));
    run(command.args(arguments).current_dir(root).env(OFF_VARIABLE, "1"))
}

/// This program again, for one piece of work.
fn itself(root: &Path, work: &str) -> io::Result<()> {
    run(Command::new(std::env::current_exe()?).env(WORK, work).current_dir(root))
}

fn run(command: &mut Command) -> io::Result<()> {
    match command.stdout(Stdio::null()).status()?.success() {
        true => Ok(()),
        false => Err(io::Error::other(format!("{command:?} failed"))),
    }
}

fn within(workspace: &mut LocalWorkspace, status: &str) -> io::Result<()> {
    let action = CommitAction::Set {
        tasks: vec!["7".to_owned()],
        status: status.to_owned(),
        phase: None,
        from: None,
        reason: Some("r".to_owned()),
        to_fill_in: false,
        tick: false,
        stay: false,
        force: true,
        atomic: false,
    };
    let request = CommitRequest { at: "2026-01-31T12:00:00Z".to_owned(), action };
    let report = commit::commit(workspace, &request, &Terms::of("bench".to_owned()));
    match report.map_err(io::Error::other)?.transaction {
        Some(_) => Ok(()),
        None => Err(io::Error::other("nothing was changed")),
    }
}

/// The flushes of a transaction, with the least around them: the new files, the record of the change,
/// its name, the folders, the acknowledgement.
fn flushes(root: &Path, files: &[&str]) -> io::Result<()> {
    let beside = root.join("beside");
    fs::create_dir_all(&beside)?;
    let flushed = |path: PathBuf, bytes: &[u8]| -> io::Result<()> {
        let mut file = File::create(path)?;
        file.write_all(bytes)?;
        file.sync_all()
    };
    for (number, name) in files.iter().enumerate() {
        flushed(beside.join(number.to_string()), &fs::read(root.join(name))?)?;
    }
    flushed(beside.join("journal.new"), &[b' '; 6000])?;
    fs::rename(beside.join("journal.new"), beside.join("journal"))?;
    File::open(&beside)?.sync_all()?;
    for (number, name) in files.iter().enumerate() {
        fs::rename(beside.join(number.to_string()), root.join(name))?;
    }
    let folders: BTreeSet<_> = files.iter().map(|name| Path::new(name).parent()).collect();
    for folder in folders.into_iter().flatten() {
        File::open(root.join(folder))?.sync_all()?;
    }
    let mut log = File::options().create(true).append(true).open(beside.join("log"))?;
    log.write_all(&[b' '; 2000])?;
    log.sync_all()?;
    fs::remove_file(beside.join("journal"))
}

/// File after file: read, write beside, compare, rename.
fn renames(root: &Path) -> io::Result<()> {
    for name in FILES {
        let (path, beside) = (root.join(name), root.join(name).with_extension("new"));
        let before = fs::read(&path)?;
        fs::write(&beside, &before)?;
        if fs::read(&path)? == before {
            fs::rename(&beside, &path)?;
        }
    }
    Ok(())
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

fn ratio(a: Duration, b: Duration) -> f64 {
    a.as_secs_f64() / b.as_secs_f64().max(f64::EPSILON)
}
