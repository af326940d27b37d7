//! A fault at every operation, of every kind, once and for ever.

use super::*;
use crate::vfs::testing::faulty::{Fault, FaultyVfs};

const KINDS: [Fault; 5] = [Fault::Kill, Fault::Io, Fault::Full, Fault::Denied, Fault::Short];

fn operations() -> u64 {
    let vfs = Arc::new(FaultyVfs::new(Arc::new(SimulatedVfs::new(disk()))));
    let store = simulated(vfs.clone(), Options::default());
    let outcome = change(&store, &FILES.map(|(name, _)| name));
    assert!(matches!(outcome, Ok(CommitOutcome::Committed(_))), "{outcome:?}");
    vfs.log().len() as u64
}

fn disk() -> Disk {
    SimulatedVfs::disk("/w", &FILES)
}

/// Runs the change with a fault; what it said and what is on disk.
fn with_fault(at: u64, fault: Fault, for_ever: bool) -> (Result<CommitOutcome, StoreError>, Disk) {
    let inner = Arc::new(SimulatedVfs::new(disk()));
    let vfs = Arc::new(FaultyVfs::new(inner.clone()).failing(at, fault, for_ever));
    let store = simulated(vfs, Options::default());
    let outcome = change(&store, &FILES.map(|(name, _)| name));
    (outcome, inner.now_on_disk())
}

/// What the answer lets its caller expect: the new state, the old, or either.
fn promised(outcome: &Result<CommitOutcome, StoreError>) -> Option<bool> {
    match outcome {
        Ok(CommitOutcome::Committed(_)) => Some(true),
        Ok(CommitOutcome::Aborted(_)) => Some(false),
        Err(StoreError::Unfinished { .. }) => None,
        Err(_) => Some(false),
    }
}

#[test]
fn after_a_fault_the_answer_is_true_and_the_next_command_mends() {
    let mut cases = 0;
    for at in 0..operations() {
        for fault in KINDS {
            for for_ever in [false, true] {
                let (outcome, disk) = with_fault(at, fault, for_ever);
                let case = format!("{fault:?} at {at}, for ever {for_ever}: {outcome:?}");
                let killed = fault == Fault::Kill;
                if let Some(new) = promised(&outcome).filter(|_| !killed) {
                    assert_eq!(state(&disk, &FILES), Ok(new), "at once: {case}");
                }
                let after = recover(disk, &Options::default()).expect(&case);
                let found = state(&after, &FILES).expect(&case);
                if let Some(new) = promised(&outcome) {
                    assert_eq!(found, new, "{case}");
                }
                assert_eq!(debris(&after), [""; 0].map(PathBuf::from), "{case}");
                cases += 1;
            }
        }
    }
    assert!(cases > 500, "{cases}");
}

#[test]
fn a_second_fault_during_recovery_is_mended_by_the_third_command() {
    let stride = if full() { 1 } else { 5 };
    let mut pairs = 0;
    for first in (0..operations()).step_by(stride) {
        let (_, disk) = with_fault(first, Fault::Kill, true);
        for fault in KINDS {
            for second in (0..).step_by(stride) {
                let inner = Arc::new(SimulatedVfs::new(disk.clone()));
                let vfs = Arc::new(FaultyVfs::new(inner.clone()).failing(second, fault, false));
                let store = simulated(vfs.clone(), Options::default());
                let answer = begin(&store).map(drop);
                let reached = vfs.log().len() as u64 > second;
                let case = format!("killed at {first}, then {fault:?} at {second}: {answer:?}");
                let after = recover(inner.now_on_disk(), &Options::default()).expect(&case);
                state(&after, &FILES).expect(&case);
                assert!(debris(&after).is_empty(), "{case}");
                pairs += 1;
                if !reached {
                    break;
                }
            }
        }
    }
    assert!(pairs >= 500, "{pairs}");
}

#[test]
fn an_exchange_that_is_not_allowed_takes_the_rest_back() {
    for number in 0..FILES.len() {
        let inner = Arc::new(SimulatedVfs::new(disk()));
        let all = {
            let vfs = Arc::new(FaultyVfs::new(Arc::new(SimulatedVfs::new(disk()))));
            let store = simulated(vfs.clone(), Options::default());
            drop(change(&store, &FILES.map(|(name, _)| name)));
            vfs.log()
        };
        let at = all.iter().enumerate().filter(|(_, name)| **name == "exchange").nth(number);
        let at = at.expect("an exchange").0 as u64;
        let vfs = FaultyVfs::new(inner.clone()).failing(at, Fault::Denied, false);
        let store = simulated(Arc::new(vfs), Options::default());
        let outcome = change(&store, &FILES.map(|(name, _)| name)).expect("an outcome");
        assert!(matches!(outcome, CommitOutcome::Aborted(_)), "{outcome:?}");
        let disk = inner.now_on_disk();
        assert_eq!(state(&disk, &FILES), Ok(false));
        assert!(debris(&disk).is_empty());
    }
}
