//! Where the system exchanges no files and renames none without taking another's place, so that both
//! take several steps: an end after each of them, a fault in each, a save before each.

use std::sync::atomic::{AtomicBool, Ordering};

use super::power::save_by_rename;
use super::*;
use crate::vfs::testing::faulty::{Fault, FaultWhen, FaultyVfs};

const NAMES: [&str; 4] = [FILES[0].0, FILES[1].0, FILES[2].0, FILES[3].0];

/// A change, on a file system that exchanges no files.
#[derive(Clone, Copy)]
struct Case {
    /// Whether that renames a file in one step without taking another's place.
    renames_new: bool,
    change: fn(&Store) -> Result<CommitOutcome, StoreError>,
    /// Whether the files are as after the change.
    told: fn(&Disk) -> Result<bool, String>,
}

fn cases() -> impl Iterator<Item = Case> {
    [false, true].into_iter().flat_map(|renames_new| {
        let (change, told) = (change_all as fn(&Store) -> _, told_all as fn(&Disk) -> _);
        [Case { renames_new, change, told }, Case { renames_new, change: move_a_file, told: moved }]
    })
}

fn change_all(store: &Store) -> Result<CommitOutcome, StoreError> {
    change(store, &NAMES)
}

fn told_all(disk: &Disk) -> Result<bool, String> {
    state(disk, &FILES)
}

impl Case {
    fn vfs(self, disk: Disk) -> SimulatedVfs {
        let mut vfs = SimulatedVfs::new(disk);
        vfs.exchanges = false;
        vfs.renames_new = self.renames_new;
        vfs
    }

    /// The change, on a file system that tells of every step.
    fn recorded(self) -> Arc<SimulatedVfs> {
        let vfs = Arc::new(self.vfs(start()).recording());
        let outcome = (self.change)(&simulated(vfs.clone(), Options::default()));
        assert!(matches!(outcome, Ok(CommitOutcome::Committed(_))), "{outcome:?}");
        assert!(self.check(&vfs.now_on_disk(), "without an end"));
        vfs
    }

    /// The recovery of `disk`.
    fn mended(self, disk: &Disk) -> Arc<SimulatedVfs> {
        let vfs = Arc::new(self.vfs(disk.clone()).recording());
        drop(begin(&simulated(vfs.clone(), Options::default())).expect("recovered"));
        vfs
    }

    /// That the files are all new or all old, nothing is left behind, no file has a second name, and
    /// no copy of anything was kept; whether they are new.
    fn check(self, disk: &Disk, case: &str) -> bool {
        let new = (self.told)(disk).unwrap_or_else(|mix| panic!("{case}: {mix}"));
        assert!(debris(disk).is_empty(), "{case}: {:?}", debris(disk));
        let vfs = SimulatedVfs::new(disk.clone());
        for (path, text) in every_text(disk) {
            let links = vfs.metadata(&path).expect("it is there").links;
            assert_eq!(links, 1, "{case}: {path:?}");
            assert!(!path.starts_with("/w/.lockstep/conflicts"), "{case}: {path:?} {text}");
        }
        new
    }
}

fn start() -> Disk {
    SimulatedVfs::disk("/w", &FILES)
}

/// Every disk that a kill of a change on `vfs` may have left.
fn kills(vfs: &SimulatedVfs) -> Vec<Disk> {
    vfs.history().iter().map(Disk::after_kill).collect()
}

/// As [`kills`], by power cuts, at most so many at each point.
fn power_cuts(vfs: &SimulatedVfs, limit: u64, seen: &mut HashSet<u64>) -> Vec<Disk> {
    let history = vfs.history();
    history.iter().flat_map(|disk| disk.after_power_cut(limit, seen)).collect()
}

#[test]
fn a_kill_after_every_step_and_in_the_recovery_from_it_leaves_no_mix() {
    for case in cases() {
        for (number, disk) in kills(&case.recorded()).iter().enumerate() {
            let committed =
                debris(disk).iter().any(|path| path.extension() == Some("journal".as_ref()));
            let recovery = case.mended(disk);
            let new = case.check(&recovery.now_on_disk(), &format!("kill {number}"));
            assert!(new || !committed, "kill {number}");
            for (later, disk) in kills(&recovery).iter().enumerate() {
                let name = format!("kill {number}, then {later}");
                let new = case.check(&case.mended(disk).now_on_disk(), &name);
                assert!(new || !committed, "{name}");
            }
        }
    }
}

#[test]
fn a_power_cut_after_every_step_and_in_the_recovery_from_it_leaves_no_mix() {
    let (limit, nested) = if full() { (2_000, 10) } else { (50, 0) };
    let mut states = 0;
    for case in cases() {
        let (mut seen, mut seen_later) = (HashSet::new(), HashSet::new());
        let cuts = power_cuts(&case.recorded(), limit, &mut seen);
        for (number, disk) in cuts.iter().enumerate() {
            let recovery = case.mended(disk);
            case.check(&recovery.now_on_disk(), &format!("cut {number}"));
            if nested > 0 {
                for disk in power_cuts(&recovery, nested, &mut seen_later) {
                    let name = format!("cut {number}, then another");
                    case.check(&case.mended(&disk).now_on_disk(), &name);
                    states += 1;
                }
            }
        }
        states += cuts.len();
    }
    assert!(states > if full() { 50_000 } else { 2_000 }, "{states}");
}

#[test]
fn after_a_fault_in_any_step_the_answer_is_true_and_the_next_command_mends() {
    for case in cases() {
        let mut at = 0;
        while faults_at(case, at) {
            at += 1;
        }
        assert!(at > 100, "{at}");
    }
}

/// Runs the change with faults at one operation; whether it got there.
fn faults_at(case: Case, at: u64) -> bool {
    let mut reached = false;
    for (fault, for_ever) in
        [(Fault::Kill, true), (Fault::Io, false), (Fault::Denied, false), (Fault::Io, true)]
    {
        let inner = Arc::new(case.vfs(start()));
        let vfs = Arc::new(FaultyVfs::new(inner.clone()).failing(at, fault, for_ever));
        let outcome = (case.change)(&simulated(vfs.clone(), Options::default()));
        let name = format!("{fault:?} at {at}, for ever {for_ever}: {outcome:?}");
        let new = case.check(&case.mended(&inner.now_on_disk()).now_on_disk(), &name);
        match outcome {
            Ok(CommitOutcome::Committed(_)) => assert!(new, "{name}"),
            Err(StoreError::Unfinished { .. }) => {}
            _ => assert!(!new || fault == Fault::Kill, "{name}"),
        }
        reached |= vfs.log().len() as u64 > at;
    }
    reached
}

/// Runs the change of every case once for each of its operations, before which somebody saves to the
/// file of this name; how often they did.
fn save_at_any_moment(
    change: fn(&Store) -> Result<CommitOutcome, StoreError>,
    name: &str,
    saved: &str,
) -> usize {
    let mut saves = 0;
    for case in cases().map(|case| Case { change, ..case }) {
        let mut at = 0;
        loop {
            let inner = Arc::new(case.vfs(start()));
            let (path, text) = (Path::new("/w").join(name), saved.to_string());
            let done = Arc::new(AtomicBool::new(false));
            let vfs = Arc::new(FaultyVfs::new(inner.clone()).hook(FaultWhen::Before(at), {
                let done = done.clone();
                move |vfs| {
                    // Nobody saves to a folder that is not there yet.
                    let there = vfs.metadata(path.parent().expect("a folder")).is_ok();
                    done.store(there, Ordering::SeqCst);
                    if there {
                        save_by_rename(vfs, &path, &text);
                    }
                }
            }));
            let outcome = (case.change)(&simulated(vfs.clone(), Options::default()));
            let disk = inner.now_on_disk();
            let done = done.load(Ordering::SeqCst);
            let case = format!("{name} before operation {at}: {outcome:?}");
            assert!(!done || kept(&disk, "by hand"), "{case}: {:?}", every_text(&disk));
            assert!(debris(&disk).is_empty(), "{case}");
            saves += usize::from(done);
            at += 1;
            if at >= vfs.log().len() as u64 {
                break;
            }
        }
    }
    saves
}

#[test]
fn a_save_at_any_moment_is_kept() {
    for (name, old) in FILES {
        assert!(save_at_any_moment(change_all, name, &format!("{old}by hand\n")) > 200);
    }
    for name in ["plans/7.md", "done/7.md"] {
        assert!(save_at_any_moment(move_a_file, name, "old, by hand\n") > 200);
    }
}

#[test]
fn where_files_can_have_no_second_name_either_nothing_is_touched() {
    for case in cases().filter(|case| !case.renames_new) {
        let mut vfs = case.vfs(start());
        vfs.links = false;
        let vfs = Arc::new(vfs.recording());
        let outcome = (case.change)(&simulated(vfs.clone(), Options::default()));
        let Ok(CommitOutcome::Aborted(aborted)) = outcome else { panic!("{outcome:?}") };
        assert!(aborted.reason.contains("neither rename"), "{}", aborted.reason);
        assert!(!case.check(&vfs.now_on_disk(), "withdrawn"));
        for disk in vfs.history() {
            assert_eq!((case.told)(&disk), Ok(false));
        }
    }
}
