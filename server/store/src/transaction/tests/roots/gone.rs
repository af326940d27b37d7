//! A root that took part is gone when somebody begins in another, for good or for a while.

use super::*;

/// The files of `files` that are not below `root`.
fn without(files: &[File], root: &str) -> Vec<File> {
    files.iter().filter(|(file, _)| !file.starts_with(root)).copied().collect()
}

#[test]
fn the_roots_that_are_left_agree() {
    let mut cases = 0;
    for by_hand in [false, true] {
        for at in 0.. {
            let Some(disk) = killed(THREE, at, by_hand) else { break };
            for gone in ROOTS {
                let mut disk = disk.clone();
                disk.take(gone);
                let left = without(THREE, gone);
                for root in ROOTS.into_iter().filter(|root| *root != gone) {
                    let case =
                        format!("killed at {at}, by hand {by_hand}, {gone} gone, from {root}");
                    let after = recover_from(disk.clone(), root).expect(&case);
                    state_of(&after, &left).expect(&case);
                    cases += 1;
                }
            }
        }
    }
    assert!(cases > 1_000, "{cases}");
}

#[test]
fn a_root_that_comes_back_agrees_with_what_the_others_did() {
    let mut decided = [0, 0];
    for at in 0.. {
        let Some(disk) = killed(THREE, at, false) else { break };
        for away in ROOTS {
            for root in ROOTS.into_iter().filter(|root| *root != away) {
                let mut disk = disk.clone();
                let kept = disk.take(away);
                let case = format!("killed at {at}, {away} away, from {root}");
                let mut after = recover_from(disk, root).expect(&case);
                after.give(kept);
                let after = recover_from(after, away).expect(&case);
                let new = state_of(&after, THREE).expect(&case);
                decided[usize::from(new)] += 1;
            }
        }
    }
    assert!(decided.iter().all(|count| *count > 50), "{decided:?}");
}
