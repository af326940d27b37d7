//! A journal that somebody left, with any states and any slots beside it: recovery believes it or puts
//! it aside, writes nothing outside of its root, puts nothing into a file but what was in it or in a
//! slot, and loses no content.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use lockstep_store::history::Note;
use lockstep_store::path::RelPath;
use lockstep_store::stamp::ContentStamp;
use lockstep_store::store::{Durability, Options, Store};
use lockstep_store::transaction::{Locked, Rebase, Transaction};

const ID: &str = "0123456789abcdef";
const FILES: [&str; 3] = ["a.md", "b.json", "sub/c.md"];
const NAMES: [&str; 8] = [
    "a.md",
    "b.json",
    "sub/c.md",
    "new.md",
    "../outside.md",
    ".lockstep/owner",
    "sub",
    "sub/../a.md",
];
/// Of the secret beside the root, of the files, and of what is to become of them.
const CONTENTS: [&str; 5] = ["secret", "one\n", "two\n", "three\n", ""];

/// A root in memory with the store's folder, and something beside it.
pub struct Folder(tempfile::TempDir);

impl Folder {
    pub fn new() -> Folder {
        let memory = Path::new("/dev/shm");
        let folder = match memory.is_dir() {
            true => tempfile::tempdir_in(memory),
            false => tempfile::tempdir(),
        };
        let folder = Folder(folder.expect("a folder"));
        fs::create_dir(folder.root()).expect("a folder in memory");
        folder
    }

    pub fn root(&self) -> PathBuf {
        self.0.path().join("root")
    }
}

/// The store at a root; its folder is there and its own.
pub fn store(folder: &Folder, accept: fn(&RelPath) -> bool) -> Store {
    let options = Options {
        durability: Durability::Process,
        writer_before: Duration::ZERO,
        writer_after: Duration::ZERO,
        ..Options::default()
    };
    let store = Store::open(&folder.root(), options).expect("the root is there").accepting(accept);
    fs::create_dir(folder.root().join(".lockstep")).expect("a folder in memory");
    store.adopt().expect("the folder can be marked");
    for name in ["tx", "graveyard", "conflicts"] {
        fs::create_dir(folder.root().join(".lockstep").join(name)).expect("a folder in memory");
    }
    fs::write(folder.root().join(".lockstep/log.jsonl"), "").expect("a folder in memory");
    store
}

pub fn check(data: &[u8]) {
    let mut choices = Choices(data);
    let folder = Folder::new();
    let root = folder.root();
    fs::write(folder.0.path().join("outside.md"), CONTENTS[0]).expect("a folder in memory");
    fs::create_dir(root.join("sub")).expect("a folder in memory");
    for file in FILES {
        if choices.next() % 8 > 0 {
            fs::write(root.join(file), choices.of(&CONTENTS[1..])).expect("a folder in memory");
        }
    }
    let store = store(&folder, |path| !path.as_str().starts_with(".lockstep"));
    let journal = journal(&root, &mut choices);
    let tx = root.join(".lockstep/tx");
    let end = *choices.of(&["journal", "journal", "journal", "ref", "journl"]);
    fs::write(tx.join(format!("{ID}.{end}")), journal).expect("a folder in memory");
    for number in 0..choices.next() % 4 {
        let content = choices.of(&CONTENTS[1..]);
        let stamp = ContentStamp::of(choices.of(&CONTENTS[1..]).as_bytes()).hex();
        let name = match choices.next() % 3 {
            0 => format!("{ID}.s{number}"),
            1 => format!("{ID}.s{number}.1-{stamp}"),
            _ => format!("{ID}.s{number}.{}", choices.next()),
        };
        fs::write(tx.join(name), content).expect("a folder in memory");
    }
    let before = contents(folder.0.path());
    let mut rebase = |_: &Path, _: &Note, _: &RelPath, now: &[u8]| match choices.next() % 3 {
        0 => Rebase::Unchanged,
        1 => Rebase::Bytes([now, b"rebased"].concat()),
        _ => Rebase::Invalid("it does not fit".to_owned()),
    };
    let begun = Transaction::begin(&[&store], Duration::ZERO, &mut rebase)
        .map(|locked: Locked<'_>| drop(locked));
    let after = contents(folder.0.path());
    let outside = fs::read(folder.0.path().join("outside.md")).expect("it is there still");
    assert_eq!(outside, CONTENTS[0].as_bytes(), "something outside of the root was written");
    for file in FILES.iter().chain(&["new.md"]) {
        if let Ok(now) = fs::read(root.join(file)) {
            let bare = now.strip_suffix(b"rebased").unwrap_or(&now);
            assert!(before.contains(bare), "{file} holds what was nowhere: {now:?}, {begun:?}");
        }
    }
    for content in CONTENTS[1..4].iter().map(|it| it.as_bytes()).filter(|it| before.contains(*it)) {
        let is_kept = after.iter().any(|now| now.starts_with(content));
        assert!(is_kept || begun.is_ok(), "{content:?} is nowhere any more after {begun:?}");
    }
}

/// What all files below a folder hold.
fn contents(folder: &Path) -> BTreeSet<Vec<u8>> {
    let mut found = BTreeSet::new();
    for entry in fs::read_dir(folder).expect("a folder in memory").flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(contents(&path));
        } else {
            found.extend(fs::read(&path).ok());
        }
    }
    found
}

/// The bytes of a journal: well formed as to its frame, anything as to what it says.
fn journal(root: &Path, choices: &mut Choices<'_>) -> Vec<u8> {
    let n_entries = usize::from(choices.next() % 4);
    let named: Vec<&str> = (0..n_entries).map(|_| *choices.of(&NAMES)).collect();
    let mut stamps: Vec<[Option<ContentStamp>; 2]> = Vec::new();
    for _ in 0..n_entries {
        let mut stamp = || match choices.next() % 6 {
            0 => None,
            at => CONTENTS.get(usize::from(at)).map(|text| ContentStamp::of(text.as_bytes())),
        };
        stamps.push([stamp(), stamp()]);
    }
    let hex = |stamp: &Option<ContentStamp>| stamp.as_ref().map(ContentStamp::hex);
    let files: Vec<_> = named
        .iter()
        .zip(&stamps)
        .map(|(path, [pre, post])| serde_json::json!({"path": path, "pre": hex(pre), "post": hex(post)}))
        .collect();
    let operation =
        serde_json::json!({"id": ID, "who": "a", "when": "b", "what": null, "files": files});
    let mut records = Vec::new();
    let mut bytes = |bytes: &[u8]| {
        records.extend((bytes.len() as u64).to_le_bytes());
        records.extend_from_slice(bytes);
    };
    bytes(operation.to_string().as_bytes());
    bytes(root.to_str().expect("a plain path").as_bytes());
    records.extend(0_u64.to_le_bytes());
    records.extend((n_entries as u64).to_le_bytes());
    for (path, pair) in named.iter().zip(&stamps) {
        for _ in 0..2 {
            records.extend((path.len() as u64).to_le_bytes());
            records.extend_from_slice(path.as_bytes());
        }
        for stamp in pair {
            match stamp {
                None => records.push(0),
                Some(stamp) => {
                    records.push(1);
                    records.extend_from_slice(&stamp.digest);
                    records.extend(stamp.len.to_le_bytes());
                }
            }
        }
        records.extend(u64::from(0o644_u32).to_le_bytes());
        records.extend(u64::from(choices.next() % 8 == 0).to_le_bytes());
    }
    // Some of it is damaged, before or after the checksum is made.
    let damage = choices.next();
    if damage % 4 == 1 {
        let at = usize::from(choices.next()) * 3 % records.len();
        records[at] ^= 1 << (damage >> 4 & 7);
    }
    if damage % 8 == 2 {
        records.truncate(usize::from(choices.next()) * 3 % records.len());
    }
    sealed(records, choices)
}

/// The records behind a page that says a state, before a checksum over both.
fn sealed(records: Vec<u8>, choices: &mut Choices<'_>) -> Vec<u8> {
    let page = |word: &[u8]| {
        let mut page = [b"lockstep journal 1\n", word].concat();
        page.resize(4095, b' ');
        page.push(b'\n');
        page
    };
    let hashed = [page(b"COMMITTED"), records.clone()].concat();
    let mut checksum = blake3::hash(&hashed).as_bytes().to_vec();
    let word = *choices.of(&[b"COMMITTED", b"WITHDRAWN", b"COMMITTED", b"WITMITTED", b"NONSENSE!"]);
    checksum[0] ^= u8::from(choices.next() == 255);
    [page(word), records, checksum].concat()
}

/// Bytes of the input, one after the other; zeros behind its end.
struct Choices<'a>(&'a [u8]);

impl Choices<'_> {
    fn next(&mut self) -> u8 {
        let Some((first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        *first
    }

    fn of<'t, T>(&mut self, all: &'t [T]) -> &'t T {
        &all[usize::from(self.next()) % all.len()]
    }
}

pub fn seeds() -> Vec<Vec<u8>> {
    let ramp: Vec<u8> = (0..64).collect();
    vec![vec![1; 64], ramp, (0..64).map(|at: u8| at.wrapping_mul(37)).collect()]
}
