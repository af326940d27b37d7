//! One transaction over several roots: the promises of one root hold for all of them together, from
//! whichever root somebody begins afterwards. The first root is not the first by name.

use super::power::save_by_rename;
use super::*;
use crate::layout::{JOURNAL, REFERENCE};
use crate::vfs::testing::faulty::{Fault, FaultWhen, FaultyVfs};

mod damaged;
mod gone;
mod locks;

const ROOTS: [&str; 3] = ["/w", "/a", "/x"];

/// A file with its old text.
type File = (&'static str, &'static str);

const TWO: &[File] =
    &[("/w/TODO.md", "- [ ] 7 old\n"), ("/w/plans/7.md", "old"), ("/a/TODO.md", "- [ ] 7 old\n")];
const THREE: &[File] =
    &[("/w/TODO.md", "old"), ("/a/TODO.md", "old"), ("/a/plans/7.md", "x old"), ("/x/a.md", "old")];
const SIX: &[File] = &[
    ("/w/TODO.md", "old"),
    ("/w/plans/7.md", "old"),
    ("/w/done/b.md", "x old"),
    ("/a/TODO.md", "old"),
    ("/a/plans/7.md", "old"),
    ("/x/TODO.md", "old"),
];
const ONE_EACH: &[File] = &[("/w/a.md", "old"), ("/a/a.md", "old")];

/// The roots that `files` are in, in the order of [`ROOTS`].
fn stores(vfs: &Arc<dyn Vfs>, files: &[File]) -> Vec<Store> {
    let used = ROOTS.iter().filter(|root| files.iter().any(|(file, _)| file.starts_with(*root)));
    used.map(|root| Store::with_vfs(PathBuf::from(root), Options::default(), vfs.clone())).collect()
}

/// Makes `old` into `new` in every file.
fn change_all(stores: &[Store], files: &[&str]) -> Result<CommitOutcome, StoreError> {
    let borrowed: Vec<&Store> = stores.iter().collect();
    let locked =
        Transaction::begin(&borrowed, Duration::ZERO, &mut |_, _, _, bytes| rebase(bytes))?;
    let mut parts = Vec::new();
    for (root, store) in stores.iter().enumerate() {
        let mut targets = Vec::new();
        for file in files.iter().filter_map(|file| Path::new(file).strip_prefix(store.root()).ok())
        {
            let path = rel(file.to_str().expect("a name"));
            let bytes = locked.roots()[root].read(&path)?;
            let post = bytes.as_deref().map(|bytes| match rebase(bytes) {
                Rebase::Bytes(bytes) => bytes.into(),
                _ => bytes.into(),
            });
            targets.push(Target {
                path,
                pre: Expect::read_as(bytes.as_deref()),
                post,
                moved_from: None,
            });
        }
        parts.push(TransactionPart { root, note: note("old -> new"), targets });
    }
    locked.plan(parts)?.stage()?.commit(&mut |_, _, bytes| rebase(bytes))
}

/// The disk that is left when the change of `files` is killed before an operation; `None` where it
/// has fewer. `by_hand` is as in a [`Search`].
fn killed(files: &'static [File], at: u64, by_hand: bool) -> Option<Disk> {
    let inner = Arc::new(SimulatedVfs::new(SimulatedVfs::disk("/w", files)));
    let mut vfs = FaultyVfs::new(inner.clone()).failing(at, Fault::Kill, true);
    if by_hand {
        vfs = vfs.hook(FaultWhen::BeforeNth("exchange", 0), move |vfs| save_by_hand(vfs, files));
    }
    let vfs = Arc::new(vfs);
    let shared: Arc<dyn Vfs> = vfs.clone();
    drop(change_all(&stores(&shared, files), &names(files)));
    (vfs.log().len() as u64 > at).then(|| inner.now_on_disk())
}

/// Saves a file so that the intent still fits, and a later one so that it does not.
fn save_by_hand(vfs: &dyn Vfs, files: &[File]) {
    let [.., (fits, old), (last, _)] = files else { panic!("two files at least") };
    save_by_rename(vfs, Path::new(fits), &format!("{old}{MORE_BY_HAND}"));
    save_by_rename(vfs, Path::new(last), BY_HAND);
}

fn names(files: &[File]) -> Vec<&'static str> {
    files.iter().map(|(file, _)| *file).collect()
}

/// Begins in one root of a disk, and returns what is there then.
fn recover_from(disk: Disk, root: &str) -> Result<Disk, StoreError> {
    let vfs = Arc::new(SimulatedVfs::new(disk));
    let store = Store::with_vfs(PathBuf::from(root), Options::default(), vfs.clone());
    begin(&store).map(drop)?;
    Ok(vfs.now_on_disk())
}

const BY_HAND: &str = "by hand\n";
const MORE_BY_HAND: &str = "\nmore by hand\n";

/// Whether the files have their new state. One that somebody saved by hand says that the rest has
/// the old.
fn state_of(disk: &Disk, files: &[File]) -> Result<bool, String> {
    let mut states = Vec::new();
    for (file, old) in files {
        let found = text(disk, file).unwrap_or("missing".to_string());
        let text = found.strip_suffix(MORE_BY_HAND).unwrap_or(&found);
        states.push(match text {
            _ if text == *old => false,
            BY_HAND => false,
            _ if text == old.replace("old", "new") => true,
            _ => return Err(format!("{file}: {text:?}")),
        });
    }
    let new = states.first().copied().unwrap_or_default();
    let mixed =
        || format!("{:?}", files.iter().map(|(file, _)| text(disk, file)).collect::<Vec<_>>());
    if states.iter().all(|other| *other == new) { Ok(new) } else { Err(mixed()) }
}

fn recorded_in(disk: &Disk, root: &str) -> usize {
    let log = text(disk, &format!("{root}/.lockstep/log.jsonl")).unwrap_or_default();
    log.lines().filter(|line| serde_json::from_str::<RecordedOperation>(line).is_ok()).count()
}

fn left_behind(disk: &Disk) -> Vec<PathBuf> {
    let tx = |path: &Path| path.parent().is_some_and(|folder| folder.ends_with(".lockstep/tx"));
    disk.tree().into_keys().filter(|path| tx(path)).collect()
}

/// How thoroughly to search.
#[derive(Clone, Copy)]
struct Search {
    files: &'static [File],
    /// Power cuts tried at each point, at most.
    limit: u64,
    /// Power cuts tried at each point of each recovery, at most; 0 for no nested search.
    nested: u64,
    ignored_sync: Option<usize>,
    /// Whether somebody saves a file by hand in between, so that the rest is taken back.
    by_hand: bool,
}

#[derive(Debug, Default)]
struct Found {
    states: usize,
    violations: Vec<String>,
}

impl Found {
    fn violation(&mut self, from: &str, what: &str, detail: impl std::fmt::Debug) {
        self.violations.push(format!("from {from}: {what}: {detail:?}"));
    }
}

fn roots_of(files: &[File]) -> Vec<&'static str> {
    let used = |root: &&&str| files.iter().any(|(file, _)| file.starts_with(**root));
    ROOTS.iter().filter(used).copied().collect()
}

fn search(search: Search) -> Found {
    let files = search.files;
    let inner = SimulatedVfs::new(SimulatedVfs::disk("/w", files)).recording();
    let inner = Arc::new(inner.ignoring_sync(search.ignored_sync));
    let mut vfs = FaultyVfs::new(inner.clone());
    if search.by_hand {
        vfs = vfs.hook(FaultWhen::BeforeNth("exchange", 0), move |vfs| save_by_hand(vfs, files));
    }
    let vfs: Arc<dyn Vfs> = Arc::new(vfs);
    let outcome = change_all(&stores(&vfs, files), &names(files));
    match outcome {
        Ok(CommitOutcome::Committed(_)) if !search.by_hand => {}
        Ok(CommitOutcome::Aborted(_)) if search.by_hand => {}
        other => panic!("{other:?}"),
    }
    let mut found = Found::default();
    let (mut seen, mut nested) = (HashSet::new(), HashSet::new());
    let history = inner.history();
    let end = history.len() - 1;
    let mut order: Vec<_> = history.iter().enumerate().collect();
    if search.ignored_sync.is_some() {
        // What a flush is needed for comes after it.
        order.reverse();
    }
    for (number, disk) in order {
        let acknowledged = number == end && !search.by_hand;
        if number == end || search.ignored_sync.is_some() {
            seen.clear();
        }
        let mut disks = disk.after_power_cut(search.limit, &mut seen);
        disks.push(disk.after_kill());
        for disk in disks {
            if search.ignored_sync.is_some() && !found.violations.is_empty() {
                return found;
            }
            for root in roots_of(files) {
                check(&disk, files, root, acknowledged, &mut found);
                if search.nested > 0 {
                    check_nested(&disk, search, root, acknowledged, &mut nested, &mut found);
                }
            }
        }
    }
    if !search.by_hand {
        check_later_edit(&history[end], search, &mut found);
    }
    found
}

/// Begins in `root`, then in all the others.
fn check(disk: &Disk, files: &[File], root: &str, acknowledged: bool, found: &mut Found) {
    found.states += 1;
    let mut disk = disk.clone();
    let all = roots_of(files);
    for (turn, begun) in [root].iter().chain(&all).enumerate() {
        disk = match recover_from(disk, begun) {
            Ok(after) => after,
            Err(error) => return found.violation(root, "recovery gave up", error),
        };
        match state_of(&disk, files) {
            Err(mixed) => found.violation(root, "neither all nor none", (turn, mixed)),
            Ok(false) if acknowledged => found.violation(root, "acknowledged and lost", turn),
            Ok(new) => {
                for root in &all {
                    let lines = recorded_in(&disk, root);
                    if lines != usize::from(new) {
                        found.violation(root, "in the history this often", lines);
                    }
                }
            }
        }
    }
    if !left_behind(&disk).is_empty() {
        found.violation(root, "left behind", left_behind(&disk));
    }
}

/// Cuts the recovery of `disk` from `root` short at every point; begins in each root then.
fn check_nested(
    disk: &Disk,
    search: Search,
    root: &str,
    acknowledged: bool,
    seen: &mut HashSet<u64>,
    found: &mut Found,
) {
    let vfs = Arc::new(SimulatedVfs::new(disk.clone()).recording());
    let store = Store::with_vfs(PathBuf::from(root), Options::default(), vfs.clone());
    drop(begin(&store));
    for disk in vfs.history() {
        let mut disks = disk.after_power_cut(search.nested, seen);
        if disks.is_empty() {
            continue;
        }
        disks.push(disk.after_kill());
        for disk in disks {
            for root in roots_of(search.files) {
                check(&disk, search.files, root, acknowledged, found);
            }
        }
    }
}

/// After the acknowledgement somebody takes the change of one file back; that must stay.
fn check_later_edit(end: &Disk, search: Search, found: &mut Found) {
    for (name, old) in search.files {
        let vfs = SimulatedVfs::new(end.clone());
        save_by_rename(&vfs, Path::new(name), old);
        for disk in vfs.now_on_disk().after_power_cut(search.limit, &mut HashSet::new()) {
            for root in roots_of(search.files) {
                found.states += 1;
                match recover_from(disk.clone(), root) {
                    Ok(after) if text(&after, name).as_deref() == Some(old) => {}
                    Ok(after) => found.violation(root, "a later edit is lost", text(&after, name)),
                    Err(error) => found.violation(root, "recovery gave up", error),
                }
            }
        }
    }
}

const QUICK: Search =
    Search { files: TWO, limit: 60, nested: 0, ignored_sync: None, by_hand: false };

#[test]
fn no_power_cut_and_no_kill_leaves_a_mix_of_roots() {
    let mut states = 0;
    let some = if full() { &[ONE_EACH, TWO, THREE, SIX][..] } else { &[ONE_EACH, TWO, THREE] };
    for files in some.iter().copied() {
        for by_hand in [false, true].into_iter().filter(|by_hand| !by_hand || files != ONE_EACH) {
            let (limit, nested) = match full() {
                true if files == ONE_EACH => (40, 3),
                true => (100, 0),
                false if files == ONE_EACH => (12, 1),
                false => (12, 0),
            };
            let found = search(Search { files, limit, nested, by_hand, ..QUICK });
            assert_eq!(found.violations, [""; 0], "{files:?}, by hand {by_hand}");
            states += found.states;
        }
    }
    let wanted = if full() { 100_000 } else { 2_000 };
    assert!(states >= wanted, "{states} states");
}

#[test]
fn every_flush_of_every_root_is_needed() {
    for files in if full() { &[TWO, THREE, SIX][..] } else { &[TWO] } {
        let vfs = Arc::new(SimulatedVfs::new(SimulatedVfs::disk("/w", files)));
        let shared: Arc<dyn Vfs> = vfs.clone();
        drop(change_all(&stores(&shared, files), &names(files)));
        let folders: HashSet<_> = files.iter().map(|(file, _)| Path::new(file).parent()).collect();
        // Two where the workspace is new; one for each file, each journal, its name, each folder,
        // and each history.
        let roots = roots_of(files).len();
        assert_eq!(vfs.syncs(), 3 * roots + files.len() + 2 * roots + folders.len() + roots);
        for number in 0..vfs.syncs() {
            let found = search(Search { files, ignored_sync: Some(number), limit: 60, ..QUICK });
            assert!(!found.violations.is_empty(), "flush {number} is not missed in {files:?}");
        }
    }
}

#[test]
fn after_a_fault_the_answer_is_true_and_any_root_mends_all() {
    let kinds = [Fault::Kill, Fault::Io, Fault::Full, Fault::Denied, Fault::Short];
    let disk = || SimulatedVfs::disk("/w", THREE);
    let run = |vfs: FaultyVfs| {
        let vfs = Arc::new(vfs);
        let shared: Arc<dyn Vfs> = vfs.clone();
        (change_all(&stores(&shared, THREE), &names(THREE)), vfs.log().len() as u64)
    };
    let (_, count) = run(FaultyVfs::new(Arc::new(SimulatedVfs::new(disk()))));
    let mut withdrawn = 0;
    for at in 0..count {
        for (fault, for_ever) in kinds.iter().flat_map(|kind| [(*kind, false), (*kind, true)]) {
            let inner = Arc::new(SimulatedVfs::new(disk()));
            let (outcome, _) = run(FaultyVfs::new(inner.clone()).failing(at, fault, for_ever));
            let case = format!("{fault:?} at {at}, for ever {for_ever}: {outcome:?}");
            let promised = match &outcome {
                Ok(CommitOutcome::Committed(_)) => Some(true),
                Ok(CommitOutcome::Aborted(_)) => {
                    withdrawn += 1;
                    Some(false)
                }
                Err(StoreError::Unfinished { .. }) => None,
                Err(_) => Some(false),
            };
            if let Some(new) = promised.filter(|_| fault != Fault::Kill) {
                assert_eq!(state_of(&inner.now_on_disk(), THREE), Ok(new), "at once: {case}");
            }
            for root in ROOTS {
                let after = recover_from(inner.now_on_disk(), root).expect(&case);
                let found = state_of(&after, THREE).expect(&case);
                assert_eq!(found, promised.unwrap_or(found), "from {root}: {case}");
            }
        }
    }
    assert!(withdrawn > 0 && count > 100, "{withdrawn} withdrawn of {count}");
}

#[test]
fn a_second_fault_in_the_recovery_of_one_root_is_mended_by_another() {
    let stride = if full() { 1 } else { 7 };
    let mut pairs = 0;
    for first in (0..).step_by(stride) {
        let Some(killed) = killed(TWO, first, false) else { break };
        for (fault, root) in [(Fault::Kill, "/w"), (Fault::Kill, "/a"), (Fault::Io, "/a")] {
            for second in (0..).step_by(stride) {
                let inner = Arc::new(SimulatedVfs::new(killed.clone()));
                let vfs = Arc::new(FaultyVfs::new(inner.clone()).failing(second, fault, false));
                let store = Store::with_vfs(PathBuf::from(root), Options::default(), vfs.clone());
                let answer = begin(&store).map(drop);
                let case = format!("{first}, then {fault:?} at {second} from {root}: {answer:?}");
                for root in ["/w", "/a"] {
                    let after = recover_from(inner.now_on_disk(), root).expect(&case);
                    state_of(&after, TWO).expect(&case);
                }
                pairs += 1;
                if vfs.log().len() as u64 <= second {
                    break;
                }
            }
        }
    }
    assert!(pairs >= 500, "{pairs}");
}

#[test]
fn what_another_root_acknowledges_is_not_taken_back_where_something_cannot_be_read() {
    let mut faults = 0;
    for first in 0.. {
        let Some(killed) = killed(TWO, first, false) else { break };
        let disk = SimulatedVfs::new(killed.clone());
        let has = |root: &str, end: &str| {
            let names = disk.list(&Path::new(root).join(".lockstep/tx")).unwrap_or_default();
            names.iter().any(|name| name.ends_with(end))
        };
        let is_ended_there = !has("/w", JOURNAL) && has("/a", REFERENCE);
        if !is_ended_there || !state_of(&killed, TWO).is_ok_and(|new| new) {
            continue;
        }
        for second in 0.. {
            let inner = Arc::new(SimulatedVfs::new(killed.clone()));
            let vfs = Arc::new(FaultyVfs::new(inner.clone()).failing(second, Fault::Io, false));
            let store = Store::with_vfs(PathBuf::from("/a"), Options::default(), vfs.clone());
            let answer = begin(&store).map(drop);
            let case = format!("{first}, then at {second}: {answer:?}");
            for root in ["/w", "/a"] {
                let after = recover_from(inner.now_on_disk(), root).expect(&case);
                state_of(&after, TWO).expect(&case);
            }
            faults += 1;
            if vfs.log().len() as u64 <= second {
                break;
            }
        }
    }
    assert!(faults > 50, "{faults}");
}

#[test]
fn a_journal_that_cannot_be_read_once_is_not_taken_for_one_that_names_no_other_root() {
    let mut faults = 0;
    for first in (0..).step_by(if full() { 1 } else { 5 }) {
        let Some(killed) = killed(TWO, first, false) else { break };
        // Nothing of a journal is read before these, and its root is locked by then.
        for (second, root) in (10..30).flat_map(|second| [(second, "/w"), (second, "/a")]) {
            let inner = Arc::new(SimulatedVfs::new(killed.clone()));
            let vfs = FaultyVfs::new(inner.clone()).failing(second, Fault::Io, false);
            let store = Store::with_vfs(PathBuf::from(root), Options::default(), Arc::new(vfs));
            let answer = begin(&store).map(drop);
            let case = format!("{first}, then at {second} from {root}: {answer:?}");
            let after = recover_from(inner.now_on_disk(), "/w").expect(&case);
            state_of(&after, TWO).expect(&case);
            faults += usize::from(answer.is_err());
        }
    }
    assert!(faults > 50, "{faults}");
}

#[test]
fn a_root_in_which_nothing_changes_only_has_to_be_as_it_is() {
    let files: &[File] = &[("/w/TODO.md", "old"), ("/a/TODO.md", "new")];
    let inner = Arc::new(SimulatedVfs::new(SimulatedVfs::disk("/w", files)));
    let vfs: Arc<dyn Vfs> = inner.clone();
    let outcome = change_all(&stores(&vfs, files), &names(files)).expect("an outcome");
    let CommitOutcome::Committed(committed) = outcome else { panic!("{outcome:?}") };
    assert!(committed[0].operation.as_ref().is_some_and(|it| it.roots.is_empty()));
    assert!(committed[1].operation.is_none());
    let disk = inner.now_on_disk();
    assert_eq!((recorded_in(&disk, "/w"), recorded_in(&disk, "/a")), (1, 0));
}

#[test]
fn each_history_has_the_change_and_names_the_other_roots() {
    let inner = Arc::new(SimulatedVfs::new(SimulatedVfs::disk("/w", THREE)));
    let vfs: Arc<dyn Vfs> = inner.clone();
    let all = stores(&vfs, THREE);
    let outcome = change_all(&all, &names(THREE)).expect("an outcome");
    let CommitOutcome::Committed(committed) = outcome else { panic!("{outcome:?}") };
    for (store, committed) in all.iter().zip(&committed) {
        let [operation] = &crate::history::read(store).expect("a history")[..] else { panic!() };
        assert_eq!(operation.id, committed.id.as_str());
        let root = store.root().to_str().expect("a name");
        let others: Vec<&str> = ROOTS.into_iter().filter(|other| *other != root).collect();
        assert_eq!(operation.roots, others);
        let own = THREE.iter().filter(|(file, _)| file.starts_with(root)).count();
        assert_eq!(operation.files.len(), own);
    }
}
