//! Somebody saves without a lock while files are being changed: before the exchange, after it, or
//! again and again. What they saved is in a file or in a kept copy afterwards.

use std::sync::Mutex;

use super::power::save_by_rename;
use super::*;
use crate::vfs::testing::faulty::{FaultWhen, FaultyVfs};

const NAMES: [&str; 4] = [FILES[0].0, FILES[1].0, FILES[2].0, FILES[3].0];

fn start() -> Arc<SimulatedVfs> {
    Arc::new(SimulatedVfs::new(SimulatedVfs::disk("/w", &FILES)))
}

/// All files have the new status or all have the old.
fn in_step(disk: &Disk) -> bool {
    let texts = NAMES.map(|name| text(disk, name).unwrap_or_default());
    texts.iter().all(|text| text.contains("new")) || texts.iter().all(|text| text.contains("old"))
}

fn operations() -> u64 {
    let vfs = Arc::new(FaultyVfs::new(start()));
    drop(change(&simulated(vfs.clone(), Options::default()), &NAMES));
    vfs.log().len() as u64
}

#[test]
fn files_are_exchanged_with_nothing_in_between_and_looked_at_no_more_than_needed() {
    let vfs = Arc::new(FaultyVfs::new(start()));
    drop(change(&simulated(vfs.clone(), Options::default()), &NAMES));
    let log = vfs.log();
    let first = log.iter().position(|name| *name == "exchange").expect("an exchange");
    assert_eq!(log[first..first + NAMES.len()], ["exchange"; NAMES.len()]);
    // Each file by the caller, for the plan and before the commit, and then what came out of it; and the
    // end of the history once.
    let looks = log.iter().filter(|name| **name == "look").count();
    assert_eq!(looks, 4 * NAMES.len() + 1);
}

#[test]
fn a_save_at_any_moment_is_kept_and_the_files_stay_in_step() {
    for at in 0..operations() {
        for (name, old) in FILES {
            for saved in [format!("{old}by hand\n"), "by hand, new\n".to_string()] {
                let inner = start();
                let path = Path::new("/w").join(name);
                let text_saved = saved.clone();
                let vfs = FaultyVfs::new(inner.clone()).hook(FaultWhen::Before(at), move |vfs| {
                    save_by_rename(vfs, &path, &text_saved);
                });
                let store = simulated(Arc::new(vfs), Options::default());
                let outcome = change(&store, &NAMES);
                let disk = inner.now_on_disk();
                let case = format!("{name} before operation {at}: {outcome:?}");
                assert!(kept(&disk, "by hand"), "{case}: {:?}", every_text(&disk));
                // Whoever saves after the exchange has the last word.
                let last = text(&disk, name).as_deref() == Some(saved.as_str());
                assert!(last || in_step(&disk), "{case}: {:?}", every_text(&disk));
                assert!(debris(&disk).is_empty(), "{case}");
            }
        }
    }
}

#[test]
fn a_save_and_a_kill_at_any_two_moments_are_mended() {
    let stride = if full() { 1 } else { 7 };
    let count = operations();
    for save in (0..count).step_by(stride) {
        for kill in (save..count + 40).step_by(if full() { 1 } else { 3 }) {
            let inner = start();
            let path = Path::new("/w").join(FILES[1].0);
            let vfs = FaultyVfs::new(inner.clone())
                .failing(kill, crate::vfs::testing::faulty::Fault::Kill, true)
                .hook(FaultWhen::Before(save), move |vfs| {
                    save_by_rename(vfs, &path, "# Task 7\nold\nby hand\n");
                });
            let outcome = change(&simulated(Arc::new(vfs), Options::default()), &NAMES);
            let case = format!("save before {save}, kill before {kill}: {outcome:?}");
            let disk = recover(inner.now_on_disk(), &Options::default()).expect(&case);
            assert!(kept(&disk, "by hand"), "{case}: {:?}", every_text(&disk));
            let last = text(&disk, NAMES[1]).as_deref() == Some("# Task 7\nold\nby hand\n");
            assert!(last || in_step(&disk), "{case}: {:?}", every_text(&disk));
        }
    }
}

/// Runs the change while somebody saves right before the first exchange.
fn save_before_the_exchange(options: Options, saved: &'static str) -> (CommitOutcome, Disk) {
    let inner = start();
    let vfs = FaultyVfs::new(inner.clone()).hook(FaultWhen::BeforeNth("exchange", 0), move |vfs| {
        save_by_rename(vfs, Path::new("/w/TODO.md"), saved);
    });
    let outcome = change(&simulated(Arc::new(vfs), options), &NAMES).expect("an outcome");
    (outcome, inner.now_on_disk())
}

#[test]
fn a_save_right_before_the_exchange_is_rebased() {
    let (outcome, disk) = save_before_the_exchange(Options::default(), "- [ ] 7 old\nby hand\n");
    let CommitOutcome::Committed(committed) = outcome else { panic!("{outcome:?}") };
    assert_eq!(text(&disk, "TODO.md").as_deref(), Some("- [ ] 7 new\nby hand\n"));
    assert_eq!(committed[0].conflicts, []);
    let file = &committed[0].files[0];
    assert!(file.rebased);
    assert_eq!(file.before.as_deref(), Some(&b"- [ ] 7 old\nby hand\n"[..]));
    assert_eq!(file.after.as_deref(), Some(&b"- [ ] 7 new\nby hand\n"[..]));
}

#[test]
fn a_save_that_the_intent_does_not_fit_withdraws_all_files() {
    let (outcome, disk) = save_before_the_exchange(Options::default(), "by hand\n");
    let CommitOutcome::Aborted(aborted) = outcome else { panic!("{outcome:?}") };
    assert_eq!(aborted.reason, "TODO.md: there is no status any more");
    assert_eq!(text(&disk, "TODO.md").as_deref(), Some("by hand\n"));
    for (name, old) in &FILES[1..] {
        assert_eq!(text(&disk, name).as_deref(), Some(*old));
    }
}

#[test]
fn where_slots_are_not_read_a_save_is_lost() {
    let options = sabotage(Sabotage::SlotsUnread);
    let (_, disk) = save_before_the_exchange(options, "- [ ] 7 old\nby hand\n");
    assert!(!kept(&disk, "by hand"));
}

#[test]
fn an_earlier_save_that_a_later_one_did_not_know_is_kept_as_a_copy() {
    let inner = start();
    let save = |text: &'static str| {
        move |vfs: &dyn Vfs| save_by_rename(vfs, Path::new("/w/TODO.md"), text)
    };
    // The fifth exchange is the second of the first file.
    let vfs = FaultyVfs::new(inner.clone())
        .hook(FaultWhen::BeforeNth("exchange", 0), save("old, ann\n"))
        .hook(FaultWhen::BeforeNth("exchange", 4), save("old, bob\n"));
    let outcome = change(&simulated(Arc::new(vfs), Options::default()), &NAMES);
    let Ok(CommitOutcome::Committed(committed)) = outcome else { panic!("{outcome:?}") };
    let disk = inner.now_on_disk();
    assert_eq!(text(&disk, "TODO.md").as_deref(), Some("new, bob\n"));
    assert_eq!(committed[0].conflicts.len(), 1);
    assert_eq!(committed[0].conflicts[0].path, rel("TODO.md"));
    assert!(kept(&disk, "old, ann"));
}

#[test]
fn every_save_of_somebody_who_saves_again_and_again_is_kept() {
    let inner = start();
    let mut vfs = FaultyVfs::new(inner.clone());
    for nth in (0..1).chain(4..40) {
        vfs = vfs.hook(FaultWhen::BeforeNth("exchange", nth), move |vfs| {
            save_by_rename(vfs, Path::new("/w/TODO.md"), &format!("old, save {nth:02}\n"));
        });
    }
    let outcome = change(&simulated(Arc::new(vfs), Options::default()), &NAMES);
    let disk = inner.now_on_disk();
    for nth in (0..1).chain(4..8) {
        assert!(
            kept(&disk, &format!("save {nth:02}")),
            "{nth}: {outcome:?} {:?}",
            every_text(&disk)
        );
    }
}

#[test]
fn a_file_that_changed_since_it_was_read_is_not_touched() {
    let inner = start();
    let store = simulated(inner.clone(), Options::default());
    let locked = begin(&store).expect("the lock");
    let target = |pre: &[u8]| Target {
        path: rel("TODO.md"),
        pre: Expect::read_as(Some(pre)),
        post: Some((*b"x").into()),
        moved_from: None,
    };
    let stale = plan(&locked, note("old -> new"), vec![target(b"something else")]);
    assert!(matches!(stale, Err(StoreError::Stale { .. })), "{stale:?}");
    let planned =
        plan(&locked, note("old -> new"), vec![target(FILES[0].1.as_bytes())]).expect("a plan");
    let staged = planned.stage().expect("staged");
    save_by_rename(&*inner, Path::new("/w/TODO.md"), "by hand");
    let answer = staged.commit(&mut |_, _, bytes| rebase(bytes));
    assert!(matches!(answer, Err(StoreError::Stale { .. })), "{answer:?}");
    assert_eq!(text(&inner.now_on_disk(), "TODO.md").as_deref(), Some("by hand"));
    assert!(debris(&inner.now_on_disk()).is_empty());
}

#[test]
fn nothing_is_planned_while_git_writes() {
    let files = [&FILES[..], &[(".git/index.lock", "")]].concat();
    let vfs = Arc::new(SimulatedVfs::new(SimulatedVfs::disk("/w", &files)));
    let answer = change(&simulated(vfs.clone(), Options::default()), &["TODO.md"]);
    assert!(matches!(answer, Err(StoreError::Git { .. })), "{answer:?}");
    assert_eq!(state(&vfs.now_on_disk(), &FILES), Ok(false));
    assert!(debris(&vfs.now_on_disk()).is_empty());
}

#[test]
fn a_guard_that_changed_stops_the_commit() {
    let inner = start();
    let store = simulated(inner.clone(), Options::default());
    let locked = begin(&store).expect("the lock");
    let guard = Target {
        path: rel("state.json"),
        pre: Expect::read_as(Some(FILES[3].1.as_bytes())),
        post: Some(FILES[3].1.as_bytes().into()),
        moved_from: None,
    };
    let target = Target {
        path: rel("TODO.md"),
        pre: Expect::read_as(Some(FILES[0].1.as_bytes())),
        post: Some((*b"x").into()),
        moved_from: None,
    };
    let planned = plan(&locked, note("old -> new"), vec![guard, target]).expect("a plan");
    assert_eq!(planned.parts[0].files.len(), 1);
    let staged = planned.stage().expect("staged");
    save_by_rename(&*inner, Path::new("/w/state.json"), "by hand");
    let answer = staged.commit(&mut |_, _, bytes| rebase(bytes));
    assert!(matches!(answer, Err(StoreError::Stale { path }) if path.as_str() == "state.json"));
}

#[test]
fn what_a_change_is_based_on_is_asked_for_right_before_the_commit() {
    let inner = start();
    let store = simulated(inner.clone(), Options::default());
    let locked = begin(&store).expect("the lock");
    let target = Target {
        path: rel("TODO.md"),
        pre: Expect::read_as(Some(FILES[0].1.as_bytes())),
        post: Some((*b"x").into()),
        moved_from: None,
    };
    let is_changed = std::cell::Cell::new(false);
    let changed = || is_changed.get().then(|| rel("new.md"));
    let planned = plan(&locked, note("old -> new"), vec![target]).expect("a plan");
    let staged = planned.based_on(&changed).stage().expect("staged");
    is_changed.set(true);
    let answer = staged.commit(&mut |_, _, bytes| rebase(bytes));
    assert!(matches!(answer, Err(StoreError::Stale { path }) if path.as_str() == "new.md"));
    assert_eq!(state(&inner.now_on_disk(), &FILES), Ok(false));
}

#[test]
fn a_file_that_is_moved_away_while_its_new_content_is_staged_stops_the_commit() {
    let inner = start();
    let vfs =
        FaultyVfs::new(inner.clone()).hook(FaultWhen::BeforeNth("copy_attributes", 0), |vfs| {
            vfs.remove(Path::new("/w/TODO.md")).expect("removed");
        });
    let store = simulated(Arc::new(vfs), Options::default());
    let answer = change(&store, &["TODO.md"]);
    assert!(matches!(&answer, Err(StoreError::Stale { .. })), "{answer:?}");
}

#[test]
fn where_leases_are_unknown_a_late_write_is_found_by_looking_again() {
    for wait in 0..2 {
        let mut vfs = SimulatedVfs::new(SimulatedVfs::disk("/w", &FILES));
        vfs.leases = false;
        let inner = Arc::new(vfs);
        let writer = inner.open(Path::new("/w/TODO.md")).expect("a writer in place");
        let vfs =
            FaultyVfs::new(inner.clone()).hook(FaultWhen::BeforeNth("wait", wait), move |vfs| {
                let text = b"- [ ] 7 old, by hand\n";
                vfs.write_at(&writer, 0, text).expect("written");
            });
        let outcome = change(&simulated(Arc::new(vfs), Options::default()), &NAMES);
        let Ok(CommitOutcome::Committed(committed)) = outcome else { panic!("{outcome:?}") };
        assert!(committed[0].files[0].rebased);
        let found = text(&inner.now_on_disk(), "TODO.md");
        assert_eq!(found.as_deref(), Some("- [ ] 7 new, by hand\n"));
    }
}

/// A disk on which names that differ in case only mean the same file, or do not.
fn disk_that_ignores_case(ignores_case: bool) -> Arc<SimulatedVfs> {
    let mut disk = SimulatedVfs::disk("/w", &FILES);
    disk.ignores_case = ignores_case;
    Arc::new(SimulatedVfs::new(disk))
}

fn make_both(store: &Store, names: [&str; 2]) -> Result<CommitOutcome, StoreError> {
    let locked = begin(store)?;
    let target = |name| {
        let (path, post) = (rel(name), Some(format!("{name}: new").into_bytes().into()));
        Target { path, pre: Expect::Absent, post, moved_from: None }
    };
    let planned = plan(&locked, note("old -> new"), names.map(target).into())?;
    planned.stage()?.commit(&mut |_, _, bytes| rebase(bytes))
}

#[test]
fn two_spellings_of_one_file_are_refused_before_anything_is_written() {
    let vfs = disk_that_ignores_case(true);
    let store = simulated(vfs.clone(), Options::default());
    let alike = [["TODO.md", "todo.md"], ["PLANS/7.md", "plans/7.MD"]];
    for outcome in alike.map(|names| change(&store, &names)) {
        let Err(StoreError::Refused { reason, .. }) = outcome else { panic!("{outcome:?}") };
        assert_eq!(reason, "the same file is changed twice");
    }
    let alike = [["new/T.md", "new/t.md"], ["New/t.md", "new/t.md"]];
    for outcome in alike.map(|names| make_both(&store, names)) {
        let Err(StoreError::Refused { reason, .. }) = outcome else { panic!("{outcome:?}") };
        assert_eq!(reason, "its name differs from another only in case; rename one");
    }
    let disk = vfs.now_on_disk();
    assert_eq!(state(&disk, &FILES), Ok(false));
    assert!(debris(&disk).is_empty());
}

#[test]
fn another_spelling_of_a_file_changes_it_and_leaves_its_name() {
    let vfs = disk_that_ignores_case(true);
    let names = ["todo.md", "Plans/7.md", "plans/STATE.json", "state.json"];
    let outcome = change(&simulated(vfs.clone(), Options::default()), &names);
    assert!(matches!(outcome, Ok(CommitOutcome::Committed(_))), "{outcome:?}");
    assert_eq!(state(&vfs.now_on_disk(), &FILES), Ok(true));
}

#[test]
fn two_files_whose_names_differ_in_case_only_are_changed_together() {
    let vfs = disk_that_ignores_case(false);
    save_by_rename(&*vfs, Path::new("/w/todo.md"), "the other: old");
    let outcome = change(&simulated(vfs.clone(), Options::default()), &["TODO.md", "todo.md"]);
    assert!(matches!(outcome, Ok(CommitOutcome::Committed(_))), "{outcome:?}");
    let disk = vfs.now_on_disk();
    assert_eq!(text(&disk, "TODO.md").as_deref(), Some("- [ ] 7 new\n"));
    assert_eq!(text(&disk, "todo.md").as_deref(), Some("the other: new"));
}

#[test]
fn a_file_is_made_and_another_removed_all_or_none() {
    let vfs = Arc::new(SimulatedVfs::new(SimulatedVfs::disk("/w", &FILES)).recording());
    let outcome = move_a_file(&simulated(vfs.clone(), Options::default()));
    assert!(matches!(outcome, Ok(CommitOutcome::Committed(_))), "{outcome:?}");
    assert_eq!(moved(&vfs.now_on_disk()), Ok(true));
    let mut seen = HashSet::new();
    for disk in vfs.history() {
        let mut disks = disk.after_power_cut(500, &mut seen);
        disks.push(disk.after_kill());
        for disk in disks {
            let after = recover(disk, &Options::default()).expect("recovered");
            moved(&after).unwrap_or_else(|mix| panic!("{mix}"));
        }
    }
}

#[test]
fn a_save_and_a_power_cut_are_mended() {
    let (limit, mut states) = (if full() { 2_000 } else { 60 }, 0);
    for saved in ["- [ ] 7 old\nby hand\n", "by hand\n"] {
        let vfs = SimulatedVfs::new(SimulatedVfs::disk("/w", &FILES)).recording();
        let inner = Arc::new(vfs);
        let vfs =
            FaultyVfs::new(inner.clone()).hook(FaultWhen::BeforeNth("exchange", 0), move |vfs| {
                save_by_rename(vfs, Path::new("/w/TODO.md"), saved);
            });
        drop(change(&simulated(Arc::new(vfs), Options::default()), &NAMES));
        let mut seen = HashSet::new();
        let by_hand = |disk: &Disk| text(disk, "TODO.md").is_some_and(|t| t.contains("by hand"));
        // From the moment that the save is done, flushed as it is.
        let history = inner.history();
        let done = history.iter().position(by_hand).expect("the save") + 1;
        for disk in &history[done..] {
            let mut disks = disk.after_power_cut(limit, &mut seen);
            disks.push(disk.after_kill());
            states += disks.len();
            for disk in disks {
                let after = recover(disk, &Options::default()).expect("recovered");
                assert!(kept(&after, "by hand"), "{:?}", every_text(&after));
                let others = FILES.map(|(name, _)| text(&after, name).expect("a file"));
                let new = others[1..].iter().all(|text| text.contains("new"));
                let old = others[1..].iter().all(|text| text.contains("old"));
                assert!(if new { others[0].contains("new") } else { old }, "{others:?}");
            }
        }
    }
    assert!(states > 500, "{states}");
}

#[test]
fn making_and_removing_files_is_taken_back() {
    let log = Arc::new(Mutex::new(0));
    for nth in 0..12 {
        let inner = start();
        let vfs = FaultyVfs::new(inner.clone()).hook(FaultWhen::BeforeNth("exchange", nth), {
            let log = log.clone();
            move |vfs| {
                *log.lock().expect("no panic") += 1;
                save_by_rename(vfs, Path::new("/w/TODO.md"), "by hand\n");
            }
        });
        match move_a_file(&simulated(Arc::new(vfs), Options::default())).expect("an outcome") {
            CommitOutcome::Committed(_) => assert_eq!(moved(&inner.now_on_disk()), Ok(true)),
            CommitOutcome::Aborted(_) => {
                let disk = inner.now_on_disk();
                assert_eq!(text(&disk, "done/7.md"), None);
                assert_eq!(text(&disk, "plans/7.md").as_deref(), Some(FILES[1].1));
                assert_eq!(text(&disk, "TODO.md").as_deref(), Some("by hand\n"));
                assert!(debris(&disk).is_empty());
            }
        }
    }
    assert!(*log.lock().expect("no panic") > 0);
}

#[test]
fn a_file_that_appears_where_one_is_made_is_rebased_on_or_stays() {
    for (appears, expected) in [("old, by hand", Some("new, by hand")), ("by hand", None)] {
        let inner = start();
        // The first of that name makes the new file.
        let vfs =
            FaultyVfs::new(inner.clone()).hook(FaultWhen::BeforeNth("rename_new", 0), move |vfs| {
                save_by_rename(vfs, Path::new("/w/done/7.md"), appears);
            });
        let outcome = move_a_file(&simulated(Arc::new(vfs), Options::default()));
        let disk = inner.now_on_disk();
        let found = text(&disk, "done/7.md");
        assert_eq!(found.as_deref(), expected.or(Some(appears)), "{outcome:?}");
        assert_eq!(text(&disk, "plans/7.md").is_none(), expected.is_some(), "{outcome:?}");
    }
}

#[test]
fn a_file_to_be_removed_that_somebody_saved_stays() {
    let inner = start();
    // The first of that name is of the journal; the second takes the old file out.
    let vfs = FaultyVfs::new(inner.clone()).hook(FaultWhen::BeforeNth("rename", 1), |vfs| {
        save_by_rename(vfs, Path::new("/w/plans/7.md"), "old, by hand");
    });
    let outcome = move_a_file(&simulated(Arc::new(vfs), Options::default())).expect("an outcome");
    assert!(matches!(outcome, CommitOutcome::Aborted(_)), "{outcome:?}");
    let disk = inner.now_on_disk();
    assert_eq!(text(&disk, "plans/7.md").as_deref(), Some("old, by hand"));
    assert_eq!(text(&disk, "TODO.md").as_deref(), Some(FILES[0].1));
    assert_eq!(text(&disk, "done/7.md"), None);
}
