//! The promises of a transaction, held against a simulated file system and the real one.
//!
//! In all of them the intent is to make `old` into `new` in every file.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::*;
use crate::error::StoreError;
use crate::history::Note;
use crate::store::{Options, Sabotage, Store};
use crate::vfs::Vfs;
use crate::vfs::testing::simulated::{Disk, SimulatedVfs};

mod editors;
mod faults;
mod power;
mod races;
mod real;
mod roots;
mod steps;

const FILES: [(&str, &str); 4] = [
    ("TODO.md", "- [ ] 7 old\n"),
    ("plans/7.md", "# Task 7\nold\n"),
    ("plans/state.json", "{\"7\": \"old\"}\n"),
    ("state.json", "{\"all\": \"old\"}\n"),
];

fn rel(path: &str) -> RelPath {
    RelPath::new(path).expect("a path")
}

/// The intent, applied to what somebody saved.
fn rebase(bytes: &[u8]) -> Rebase {
    let text = std::str::from_utf8(bytes).expect("a text");
    if text.contains("old") {
        Rebase::Bytes(text.replace("old", "new").into_bytes())
    } else if text.contains("new") {
        Rebase::Unchanged
    } else {
        Rebase::Invalid("there is no status any more".to_string())
    }
}

fn note(what: &str) -> Note {
    let when = "2026-01-31T12:00:00Z".to_string();
    Note { who: "ann".to_string(), when, what: what.into() }
}

fn begin(store: &Store) -> Result<Locked<'_>, StoreError> {
    Transaction::begin(&[store], Duration::ZERO, &mut |_, found, _, bytes| {
        assert_eq!(*found, note("old -> new"));
        rebase(bytes)
    })
}

/// What is planned of the only root.
fn plan<'l>(
    locked: &'l Locked<'_>,
    note: Note,
    targets: Vec<Target>,
) -> Result<Planned<'l>, StoreError> {
    locked.plan(vec![TransactionPart { root: 0, note, targets }])
}

/// What became of the only root, where the transaction took place.
fn only(committed: Vec<Committed>) -> Committed {
    committed.into_iter().next().expect("one root")
}

/// Makes `old` into `new` in `files`.
fn change(store: &Store, files: &[&str]) -> Result<CommitOutcome, StoreError> {
    let locked = begin(store)?;
    let mut targets = Vec::new();
    for file in files {
        let path = rel(file);
        let bytes = locked.roots()[0].read(&path)?;
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
    let planned = plan(&locked, note("old -> new"), targets)?;
    planned.stage()?.commit(&mut |_, _, bytes| rebase(bytes))
}

fn simulated(vfs: Arc<dyn Vfs>, options: Options) -> Store {
    Store::with_vfs(PathBuf::from("/w"), options, vfs).writing_in_place(|_| true)
}

fn sabotage(sabotage: Sabotage) -> Options {
    Options { sabotage, ..Options::default() }
}

/// Recovers a disk and returns what is there then.
fn recover(disk: Disk, options: &Options) -> Result<Disk, StoreError> {
    let vfs = Arc::new(SimulatedVfs::new(disk));
    let store = simulated(vfs.clone(), options.clone());
    begin(&store).map(|locked| {
        drop(locked);
        vfs.now_on_disk()
    })
}

fn text(disk: &Disk, file: &str) -> Option<String> {
    let bytes = disk.tree().remove(&Path::new("/w").join(file))??;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

/// Which of the two states the files are in; an error where they are in neither.
fn state(disk: &Disk, files: &[(&str, &str)]) -> Result<bool, String> {
    let texts: Vec<String> =
        files.iter().map(|(file, _)| text(disk, file).unwrap_or("missing".to_string())).collect();
    let all = |wanted: &dyn Fn(&str) -> String| {
        texts.iter().zip(files).all(|(found, (_, old))| *found == wanted(old))
    };
    if all(&|old: &str| old.to_string()) {
        return Ok(false);
    }
    if all(&|old: &str| old.replace("old", "new")) {
        return Ok(true);
    }
    Err(format!("{texts:?}"))
}

fn every_text(disk: &Disk) -> Vec<(PathBuf, String)> {
    let texts = disk.tree().into_iter();
    texts
        .filter_map(|(path, bytes)| Some((path, String::from_utf8_lossy(&bytes?).into_owned())))
        .collect()
}

/// Whether `token` stands in a file of the workspace or in a copy that is kept.
fn kept(disk: &Disk, token: &str) -> bool {
    let lasting = |path: &Path| {
        !path.starts_with("/w/.lockstep") || path.starts_with("/w/.lockstep/conflicts")
    };
    every_text(disk).iter().any(|(path, text)| lasting(path) && text.contains(token))
}

/// A change that makes one file, removes another and edits a third.
fn move_a_file(store: &Store) -> Result<CommitOutcome, StoreError> {
    let locked = begin(store)?;
    let old = |at: usize| Expect::read_as(Some(FILES[at].1.as_bytes()));
    let targets = vec![
        Target {
            path: rel("done/7.md"),
            pre: Expect::Absent,
            post: Some((*b"new").into()),
            moved_from: Some(rel("plans/7.md")),
        },
        Target { path: rel("plans/7.md"), pre: old(1), post: None, moved_from: None },
        Target {
            path: rel("TODO.md"),
            pre: old(0),
            post: Some((*b"- [x] 7 new\n").into()),
            moved_from: None,
        },
    ];
    let planned = plan(&locked, note("old -> new"), targets)?;
    planned.stage()?.commit(&mut |_, _, bytes| rebase(bytes))
}

fn moved(disk: &Disk) -> Result<bool, String> {
    let texts = ["done/7.md", "plans/7.md", "TODO.md"].map(|name| text(disk, name));
    let texts = texts.each_ref().map(Option::as_deref);
    match texts {
        [Some("new"), None, Some("- [x] 7 new\n")] => Ok(true),
        [None, Some("# Task 7\nold\n"), Some("- [ ] 7 old\n")] => Ok(false),
        _ => Err(format!("{texts:?}")),
    }
}

fn debris(disk: &Disk) -> Vec<PathBuf> {
    let inside = |path: &PathBuf| path.starts_with("/w/.lockstep/tx") && !path.ends_with("tx");
    disk.tree().into_keys().filter(inside).collect()
}

fn full() -> bool {
    std::env::var_os("LOCKSTEP_FULL").is_some()
}
