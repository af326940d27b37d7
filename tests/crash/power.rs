//! Power cuts: the file system is shut down while the program writes, and mounted again.

use std::fs;
use std::os::fd::OwnedFd;
use std::process::Stdio;
use std::sync::atomic::{AtomicI32, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use rustix::fs::inotify::WatchFlags;
use rustix::process::{Pid, Signal, kill_process};

use super::drive::{finish, pause, wait_for_name, watch};
use super::mounts::{Mounted, make_ext4, unavailable};
use super::tasks::Tasks;
use crate::support::report::{Chance, Summary, count};

/// Whether the file system's own journal is flushed first.
const LOGFLUSH: u32 = 1;
const NOLOGFLUSH: u32 = 2;

/// Ends the file system that `folder` is on as a power cut does: what is not on disk is lost.
#[allow(unsafe_code)]
fn shut_down(folder: &fs::File, how: u32) {
    const EXT4_IOC_SHUTDOWN: rustix::ioctl::Opcode = 0x8004_587d;
    // SAFETY: the kernel reads one u32 for this request, and that is what is handed over.
    let answer = unsafe {
        let request = rustix::ioctl::Setter::<EXT4_IOC_SHUTDOWN, u32>::new(how);
        rustix::ioctl::ioctl(folder, request)
    };
    answer.expect("the file system ends");
}

/// What a series of power cuts came to.
#[derive(Debug, Default)]
struct Tally {
    cuts: u64,
    acknowledged: u64,
    recovered: u64,
    /// Files that disagreed before recovery.
    mixed: u64,
    violations: Vec<String>,
}

/// Changes task 7 until it fails; the value that was tried last.
fn write(tasks: &Tasks, acknowledged: &AtomicU64, running: &AtomicI32) -> u64 {
    let mut value = acknowledged.load(Ordering::SeqCst);
    loop {
        value += 1;
        // The program is elsewhere, but its folder may not be entered any more.
        let Ok(child) = tasks.setting(7, value).stdout(Stdio::null()).stderr(Stdio::null()).spawn()
        else {
            return value;
        };
        running.store(child.id() as i32, Ordering::SeqCst);
        if finish(child).is_none_or(|answer| answer.exit != 0) {
            return value;
        }
        acknowledged.store(value, Ordering::SeqCst);
    }
}

/// Cuts the power `wanted` times, more often where nothing was acknowledged by then, or until a promise
/// is broken where `until_broken`.
fn cut(config: &str, wanted: u64, until_broken: bool, chance: &mut Chance) -> Tally {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let (image, point) = (dir.path().join("image"), dir.path().join("mnt"));
    let mut tally = Tally::default();
    let mut whole = Duration::from_millis(100);
    let mut fresh = true;
    let is_over = |tally: &Tally| {
        let is_idle = tally.acknowledged == 0 && tally.cuts < 10 * wanted;
        tally.cuts >= wanted && !is_idle
    };
    while !is_over(&tally) && (!until_broken || tally.violations.is_empty()) {
        if fresh {
            make_ext4(&image, 64 * 1024).expect("a file system");
        }
        let mounted = Mounted::image(&image, &point).expect("mounted");
        let root = mounted.path.join("w");
        if fresh {
            let tasks = Tasks::create(&root, &[7, 8]);
            fs::write(root.join("lockstep.toml"), config).expect("the configuration");
            assert!(tasks.setting(7, 1).output().expect("the binary runs").status.success());
        }
        let tasks = Tasks { root };
        let before = tasks.value(7).expect("agreement");
        let folder = fs::File::open(&point).expect("the mount point");
        rustix::fs::syncfs(&folder).expect("flushed");
        let watch = watch(&tasks.path(".lockstep/tx"), WatchFlags::MOVED_TO);
        let (acknowledged, running) = (AtomicU64::new(before), AtomicI32::new(0));
        let began = Instant::now();
        let tried = std::thread::scope(|scope| {
            let writer = scope.spawn(|| write(&tasks, &acknowledged, &running));
            let lasts = || !writer.is_finished();
            let exchanging = wait(&watch, whole.as_micros() as u64, chance, lasts);
            // Shutting down takes longer than the other exchanges.
            let stopped = Pid::from_raw(running.load(Ordering::SeqCst)).filter(|_| exchanging);
            stopped.map(|child| kill_process(child, Signal::STOP));
            let flushed = exchanging || chance.below(2) == 0;
            shut_down(&folder, if flushed { LOGFLUSH } else { NOLOGFLUSH });
            stopped.map(|child| kill_process(child, Signal::CONT));
            writer.join().expect("no panic")
        });
        let acknowledged = acknowledged.into_inner();
        if acknowledged > before {
            whole = began.elapsed() / (acknowledged - before + 1) as u32;
        }
        tally.cuts += 1;
        tally.acknowledged += acknowledged - before;
        drop((folder, watch, mounted));
        let mounted = Mounted::image(&image, &point).expect("mounted again");
        let violations = tally.violations.len();
        look(&tasks, acknowledged, tried, &mut tally);
        // The history grows, and a broken workspace is of no use.
        fresh = tally.cuts.is_multiple_of(25) || tally.violations.len() > violations;
        drop(mounted);
    }
    tally
}

/// Waits for some instant, most often one right after a commit. Whether a file was exchanged right
/// now.
fn wait(watch: &OwnedFd, whole: u64, chance: &mut Chance, lasts: impl FnMut() -> bool) -> bool {
    match chance.below(3) {
        0 => pause(Duration::from_micros(chance.below(3 * whole))),
        1 => {
            wait_for_name(watch, ".journal", lasts);
            pause(Duration::from_micros(chance.below(whole / 16)));
        }
        _ => {
            wait_for_name(watch, ".s0", lasts);
            return true;
        }
    }
    false
}

/// Recovers, and holds what is there against what was promised.
fn look(tasks: &Tasks, acknowledged: u64, tried: u64, tally: &mut Tally) {
    tally.mixed += u64::from(tasks.value(7).is_err());
    let answer = tasks.run(&["recover"]);
    tally.recovered += u64::from(answer.out.contains("transaction"));
    let list = tasks.run(&["list", "--format", "json"]);
    if answer.exit != 0 || list.exit != 0 {
        return tally.violations.push(format!("{answer:?}, {list:?}"));
    }
    match tasks.value(7) {
        Err(mix) => tally.violations.push(format!("mixed: {mix}")),
        Ok(value) if value < acknowledged || value > tried => {
            let what = format!("{acknowledged} was acknowledged, {tried} tried, {value} is there");
            tally.violations.push(what);
        }
        Ok(_) => {}
    }
    let debris = tasks.under_way();
    if !debris.is_empty() {
        tally.violations.push(format!("left behind: {debris:?}"));
    }
}

fn tell(summary: Summary, tally: &Tally) {
    summary
        .with("cuts", tally.cuts)
        .with("acknowledged", tally.acknowledged)
        .with("mixed before recovery", tally.mixed)
        .with("recoveries", tally.recovered)
        .with("violations", tally.violations.len())
        .tell();
}

#[test]
fn no_power_cut_leaves_a_mix_or_takes_an_acknowledged_change_back() {
    if let Some(reason) = unavailable() {
        println!("skipped: {reason}");
        return;
    }
    let mut chance = Chance::new();
    let summary = Summary::new("07 power cuts", &chance);
    let tally = cut("", count(10, 1_000), false, &mut chance);
    tell(summary, &tally);
    assert_eq!(tally.violations, [""; 0]);
    assert!(tally.acknowledged > 0, "{tally:?}");
}

#[test]
fn without_flushes_a_power_cut_breaks_a_promise() {
    if let Some(reason) = unavailable() {
        println!("skipped: {reason}");
        return;
    }
    let mut chance = Chance::new();
    let summary = Summary::new("07 power cuts, control", &chance);
    let tally = cut("durability = \"process\"\n", 200, true, &mut chance);
    tell(summary, &tally);
    assert!(!tally.violations.is_empty(), "{tally:?}");
}
