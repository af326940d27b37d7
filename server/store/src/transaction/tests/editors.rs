//! Editors that know of no lock save as fast as they can, while transactions change the same files
//! and are cut short now and then. No save may be lost.

use std::fs;
use std::io::Write;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Instant;

use super::*;
use crate::vfs::real::RealVfs;
use crate::vfs::testing::faulty::{Fault, FaultyVfs};

const NAMES: [&str; 4] = ["a.md", "b.md", "c.json", "d.md"];

/// Sets the first line, which counts transactions, and keeps the rest.
fn counted(bytes: &[u8], count: usize) -> Rebase {
    let text = String::from_utf8_lossy(bytes);
    match text.split_once('\n') {
        Some((line, rest)) if line.starts_with("count ") => {
            Rebase::Bytes(format!("count {count}\n{rest}").into_bytes())
        }
        _ => Rebase::Invalid("there is no count".to_string()),
    }
}

/// Saves a file again and again, in place or by renaming, each time with one line more than it reads
/// there, until `stop`. How many saves there were, and which were gone afterwards.
fn edit(path: &Path, editor: usize, stop: &AtomicBool, pace: &AtomicUsize) -> (usize, Vec<String>) {
    let (mut saves, mut lost, mut last) = (0, Vec::new(), String::new());
    while !stop.load(Ordering::SeqCst) {
        // A few saves for each transaction that is tried, so that some succeed.
        if saves > 3 * pace.load(Ordering::SeqCst) {
            std::thread::yield_now();
            continue;
        }
        let Some(mut text) = read_with(path, &last) else {
            lost.push(std::mem::take(&mut last));
            continue;
        };
        last = format!("save {editor}.{saves};\n");
        text.push_str(&last);
        if editor.is_multiple_of(2) {
            // As editors do: emptied first, then written.
            let file = fs::OpenOptions::new().write(true).truncate(true).open(path);
            file.and_then(|mut file| file.write_all(text.as_bytes())).expect("written");
        } else {
            let new = path.with_extension("saving");
            fs::write(&new, text).expect("a file");
            fs::rename(&new, path).expect("renamed");
        }
        saves += 1;
    }
    lost.extend(read_with(path, &last).is_none().then_some(last));
    (saves, lost)
}

/// The content of a file once it has `line` in it: for a moment there is what a transaction made
/// without knowing of the last save. `None` where that does not end.
fn read_with(path: &Path, line: &str) -> Option<String> {
    let patience = Instant::now() + Duration::from_secs(2);
    while Instant::now() < patience {
        match fs::read_to_string(path) {
            Ok(text) if text.contains(line) => return Some(text),
            _ => std::thread::yield_now(),
        }
    }
    None
}

/// One transaction, which may be cut short before operation `kill`.
fn count_up(root: &Path, options: &Options, count: usize, kill: u64) -> bool {
    let vfs = FaultyVfs::new(Arc::new(RealVfs)).failing(kill, Fault::Kill, true);
    let store = Store::with_vfs(root.to_path_buf(), options.clone(), Arc::new(vfs));
    let recover = &mut |_: &Path, note: &Note, _: &RelPath, bytes: &[u8]| {
        let count = note.what.as_str().and_then(|count| count.parse().ok());
        counted(bytes, count.expect("a count"))
    };
    let Ok(locked) = Transaction::begin(&[&store], Duration::ZERO, recover) else { return false };
    let mut targets = Vec::new();
    for name in NAMES {
        let Ok(Some(bytes)) = locked.roots()[0].read(&rel(name)) else { return false };
        let Rebase::Bytes(post) = counted(&bytes, count) else { return false };
        let pre = Expect::read_as(Some(&bytes));
        targets.push(Target { path: rel(name), pre, post: Some(post.into()), moved_from: None });
    }
    let staged = plan(&locked, note(&count.to_string()), targets).and_then(Planned::stage);
    let answer = staged.and_then(|staged| staged.commit(&mut |_, _, bytes| counted(bytes, count)));
    matches!(answer, Ok(CommitOutcome::Committed(_)))
}

/// How many saves there were until so many transactions took place, and how many of them were lost.
fn saves_and_lost(options: &Options, transactions: usize) -> (usize, usize) {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let root = dir.path().canonicalize().expect("a path");
    for name in NAMES {
        fs::write(root.join(name), "count 0\n").expect("a file");
    }
    let (stop, pace) = (AtomicBool::new(false), AtomicUsize::new(0));
    let (mut count, mut committed) = (0, 0);
    let found = std::thread::scope(|scope| {
        let start = |(editor, name): (usize, &&str)| {
            let (path, stop, pace) = (root.join(name), &stop, &pace);
            scope.spawn(move || edit(&path, editor, stop, pace))
        };
        let editors: Vec<_> = NAMES.iter().enumerate().map(start).collect();
        while committed < transactions {
            count += 1;
            pace.store(count, Ordering::SeqCst);
            // Some are cut short early, some late, most not at all.
            let kill = (count as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 54;
            committed += usize::from(count_up(&root, options, count, kill));
        }
        // What was cut short last must not stand in the way of the last save.
        count_up(&root, options, count, u64::MAX);
        stop.store(true, Ordering::SeqCst);
        editors.into_iter().map(|editor| editor.join().expect("no panic")).collect::<Vec<_>>()
    });
    assert!(count_up(&root, options, count + 1, u64::MAX), "nobody is in the way any more");
    let counts = NAMES.map(|name| {
        let text = fs::read_to_string(root.join(name)).expect("a file");
        text.lines().next().unwrap_or_default().to_string()
    });
    assert!(counts.iter().all(|count| *count == counts[0]), "{counts:?}");
    let copies = fs::read_dir(root.join(".lockstep/conflicts")).expect("the folder");
    let copies = copies.map(|entry| fs::read_to_string(entry.expect("an entry").path()));
    let copies: String = copies.map(|copy| copy.expect("a text")).collect();
    let saves = found.iter().map(|(saves, _)| saves).sum();
    let lost = found.into_iter().flat_map(|(_, lost)| lost);
    (saves, lost.filter(|line| !copies.contains(line)).count())
}

fn options(sabotage: Sabotage) -> Options {
    let durability = crate::store::Durability::Process;
    let writer_before = Duration::from_millis(20);
    Options { durability, sabotage, writer_before, ..Options::default() }
}

#[test]
fn no_save_of_an_editor_without_a_lock_is_lost() {
    let transactions = if full() { 2_000 } else { 20 };
    let (saves, lost) = saves_and_lost(&options(Sabotage::None), transactions);
    assert!(saves > 10, "only {saves} saves");
    assert_eq!(lost, 0, "of {saves} saves, among {transactions} transactions");
}

#[test]
fn where_slots_are_not_read_saves_of_editors_are_lost() {
    // Each run may be lucky.
    let lost = |_| saves_and_lost(&options(Sabotage::SlotsUnread), 4).1;
    assert!((0..50).map(lost).any(|lost| lost > 0));
}
