//! Power cuts and kills at every point, over every state that the disk may be left in.

use super::*;

macro_rules! dots {
    () => {
        "........................................................................................
         ........................................................................................
         ........................................................................................\n"
    };
}

/// Six files in three folders.
const MORE: [(&str, &str); 6] =
    [FILES[0], FILES[1], FILES[2], FILES[3], ("done/a.md", "old"), ("done/b.md", "x old")];

/// A file that is longer than what a disk writes at once, and one beside it.
const LONG: [(&str, &str); 2] = [("TODO.md", LONG_TEXT), FILES[3]];
const LONG_TEXT: &str = concat!("old\n", dots!(), dots!(), dots!(), "old\n", dots!(), "old\n");

/// What a search found.
#[derive(Debug, Default)]
struct Found {
    states: usize,
    violations: Vec<String>,
}

impl Found {
    fn violation(&mut self, what: &str, detail: impl std::fmt::Debug) {
        self.violations.push(format!("{what}: {detail:?}"));
    }
}

/// How thoroughly to search.
#[derive(Clone, Copy)]
struct Search {
    files: &'static [(&'static str, &'static str)],
    /// Power cuts tried at each point, at most.
    limit: u64,
    /// Power cuts tried at each point of each recovery, at most; 0 for no nested search.
    nested: u64,
    ignored_sync: Option<usize>,
    /// Whether the first file has another name, and so is written in place.
    linked: bool,
}

fn search(search: Search) -> Found {
    let files = search.files;
    let names: Vec<&str> = files.iter().map(|(name, _)| *name).collect();
    let mut disk = SimulatedVfs::disk("/w", files);
    if search.linked {
        SimulatedVfs::link(&mut disk, "/w/TODO.md", "/w/other.md");
    }
    let vfs = SimulatedVfs::new(disk).recording();
    let vfs = Arc::new(vfs.ignoring_sync(search.ignored_sync));
    let store = simulated(vfs.clone(), Options::default());
    match change(&store, &names) {
        Ok(CommitOutcome::Committed(_)) => {}
        other => panic!("{other:?}"),
    }
    let mut found = Found::default();
    let (mut seen, mut nested) = (HashSet::new(), HashSet::new());
    let history = vfs.history();
    let end = history.len() - 1;
    for (number, disk) in history.iter().enumerate() {
        let acknowledged = number == end;
        if acknowledged {
            seen.clear();
        }
        let mut disks = disk.after_power_cut(search.limit, &mut seen);
        disks.push(disk.after_kill());
        for disk in disks {
            if search.ignored_sync.is_some() && !found.violations.is_empty() {
                return found;
            }
            check(&disk, files, acknowledged, &mut found);
            if search.nested > 0 {
                check_nested(&disk, files, acknowledged, search, &mut nested, &mut found);
            }
        }
    }
    check_later_edit(&history[end], files, search, &mut found);
    found
}

fn check(disk: &Disk, files: &[(&str, &str)], acknowledged: bool, found: &mut Found) {
    found.states += 1;
    let after = match recover(disk.clone(), &Options::default()) {
        Ok(after) => after,
        Err(error) => return found.violation("recovery gave up", error),
    };
    match state(&after, files) {
        Err(mixed) => found.violation("neither all nor none", mixed),
        Ok(false) if acknowledged => found.violation("an acknowledged change is lost", ()),
        Ok(new) => {
            let other = text(&after, "other.md");
            if other.is_some() && other != text(&after, "TODO.md") {
                found.violation("two names of one file mean two", &other);
            }
            let lines = recorded(&after);
            if lines != usize::from(new) {
                found.violation("in the history this often", lines);
            }
        }
    }
    let kept = after.tree().into_keys();
    let kept: Vec<_> = kept.filter(|path| path.starts_with("/w/.lockstep/conflicts/")).collect();
    if kept.iter().any(|path| !path.ends_with("conflicts")) {
        found.violation("kept though nobody saved", kept);
    }
    if !debris(&after).is_empty() {
        found.violation("left behind", debris(&after));
    }
}

/// How many operations the history of a disk holds.
fn recorded(disk: &Disk) -> usize {
    let log = text(disk, ".lockstep/log.jsonl").unwrap_or_default();
    log.lines().filter(|line| serde_json::from_str::<RecordedOperation>(line).is_ok()).count()
}

/// Cuts the recovery of `disk` short at every point.
fn check_nested(
    disk: &Disk,
    files: &[(&str, &str)],
    acknowledged: bool,
    search: Search,
    seen: &mut HashSet<u64>,
    found: &mut Found,
) {
    let vfs = Arc::new(SimulatedVfs::new(disk.clone()).recording());
    let store = simulated(vfs.clone(), Options::default());
    drop(begin(&store));
    for disk in vfs.history() {
        let mut disks = disk.after_power_cut(search.nested, seen);
        disks.push(disk.after_kill());
        disks.iter().for_each(|disk| check(disk, files, acknowledged, found));
    }
}

/// After the acknowledgement somebody takes the change of one file back; that must stay.
fn check_later_edit(end: &Disk, files: &[(&str, &str)], search: Search, found: &mut Found) {
    let (name, old) = files[0];
    let path = Path::new("/w").join(name);
    let vfs = SimulatedVfs::new(end.clone());
    save_by_rename(&vfs, &path, old);
    for disk in vfs.now_on_disk().after_power_cut(search.limit, &mut HashSet::new()) {
        found.states += 1;
        match recover(disk, &Options::default()) {
            Ok(after) if text(&after, name).as_deref() == Some(old) => {}
            Ok(after) => found.violation("a later edit is lost", text(&after, name)),
            Err(error) => found.violation("recovery gave up", error),
        }
    }
}

/// Saves a file as a careful editor does.
pub(super) fn save_by_rename(vfs: &dyn Vfs, path: &Path, text: &str) {
    let new = path.with_extension("saving");
    let file = vfs.create(&new).expect("a file");
    crate::vfs::write_all(vfs, &file, 0, text.as_bytes()).expect("written");
    vfs.sync(&file).expect("flushed");
    vfs.rename(&new, path).expect("renamed");
    vfs.sync_dir(path.parent().expect("a folder")).expect("flushed");
}

#[test]
fn no_power_cut_and_no_kill_leaves_a_mix() {
    let mut states = 0;
    for files in 1..=if full() { MORE.len() } else { FILES.len() } {
        let limit = if full() { 20_000 } else { 300 };
        let nested = match (full(), files) {
            (true, _) => 1_000,
            (false, 2) => 30,
            _ => 0,
        };
        let found = search(Search {
            files: &MORE[..files],
            limit,
            nested,
            ignored_sync: None,
            linked: false,
        });
        assert_eq!(found.violations, [""; 0], "{files} files");
        states += found.states;
    }
    let wanted = if full() { 100_000 } else { 1_000 };
    assert!(states >= wanted, "{states} states");
}

#[test]
fn neither_does_one_of_a_file_that_is_written_in_place() {
    let (limit, nested) = if full() { (20_000, 1_000) } else { (300, 30) };
    let found = search(Search { files: &LONG, limit, nested, ignored_sync: None, linked: true });
    assert_eq!(found.violations, [""; 0]);
    let sure = Search { files: &LONG, limit: 500, nested: 0, ignored_sync: None, linked: true };
    // After the three of a new workspace: what was there, the new content, that of the other file.
    for number in [3, 4, 5] {
        let found = search(Search { ignored_sync: Some(number), ..sure });
        assert!(!found.violations.is_empty(), "flush {number} is not missed");
    }
}

#[test]
fn every_flush_is_needed() {
    let sure = Search { files: &FILES, limit: 500, nested: 0, ignored_sync: None, linked: false };
    let count = {
        let vfs = Arc::new(SimulatedVfs::new(SimulatedVfs::disk("/w", &FILES)));
        let store = simulated(vfs.clone(), Options::default());
        drop(change(&store, &FILES.map(|(name, _)| name)));
        vfs.syncs()
    };
    // Three when the workspace is new; then one for each file, the journal, its name, each folder,
    // and the history.
    assert_eq!(count, 3 + FILES.len() + 2 + 2 + 1);
    for number in 0..count {
        let found = search(Search { ignored_sync: Some(number), ..sure });
        assert!(!found.violations.is_empty(), "flush {number} of {count} is not missed");
    }
}

#[test]
fn without_flushes_a_kill_still_leaves_no_mix() {
    let options = Options { durability: crate::store::Durability::Process, ..Options::default() };
    let vfs = Arc::new(SimulatedVfs::new(SimulatedVfs::disk("/w", &FILES)).recording());
    let store = simulated(vfs.clone(), options.clone());
    drop(change(&store, &FILES.map(|(name, _)| name)));
    assert_eq!(vfs.syncs(), 0);
    for disk in vfs.history() {
        let after = recover(disk.after_kill(), &options).expect("recovered");
        state(&after, &FILES).expect("all or none");
    }
}
