//! Journals and references that are damaged or forged: nothing is written on their word.

use super::*;
use crate::history::FileRecord;
use crate::journal::{Journal, JournalEntry, JournalState};
use crate::stamp::ContentStamp;

/// A change of two roots that was killed between two exchanges, with the name of the transaction.
fn half_way() -> (Disk, String) {
    let mixed = |disk: &Disk| state_of(disk, ONE_EACH).is_err();
    let disk = (0..).map_while(|at| killed(ONE_EACH, at, false)).find(mixed).expect("a mix");
    let reference =
        left_behind(&disk).into_iter().find(|path| path.extension() == Some("ref".as_ref()));
    let id = reference.expect("a reference").file_stem().expect("a name").to_owned();
    (disk, id.into_string().expect("a name"))
}

fn user_files(disk: &Disk) -> Vec<Option<String>> {
    ONE_EACH.iter().chain(&[("/x/a.md", "")]).map(|(file, _)| text(disk, file)).collect()
}

/// Replaces a file of a disk.
fn put(disk: Disk, path: &str, bytes: &[u8]) -> Disk {
    let vfs = SimulatedVfs::new(disk);
    let path = Path::new(path);
    let mut above: Vec<&Path> = path.ancestors().skip(1).collect();
    while let Some(folder) = above.pop() {
        drop(vfs.create_dir(folder));
    }
    drop(vfs.remove(path));
    let file = vfs.create(path).expect("a file");
    crate::vfs::write_all(&vfs, &file, 0, bytes).expect("written");
    vfs.now_on_disk()
}

fn bytes_at(disk: &Disk, path: &str) -> Vec<u8> {
    disk.tree().remove(Path::new(path)).flatten().expect("a file")
}

/// Whether beginning in `root` is refused for a journal, with every file left as it was.
fn refused(disk: &Disk, root: &str) -> bool {
    let vfs = Arc::new(SimulatedVfs::new(disk.clone()));
    let store = Store::with_vfs(PathBuf::from(root), Options::default(), vfs.clone());
    let refused = matches!(begin(&store), Err(StoreError::Corrupt { .. }));
    refused && user_files(&vfs.now_on_disk()) == user_files(disk)
}

#[test]
fn a_damaged_reference_or_journal_is_refused_from_every_root() {
    let (disk, id) = half_way();
    let stride = if full() { 1 } else { 97 };
    for path in [format!("/a/.lockstep/tx/{id}.ref"), format!("/w/.lockstep/tx/{id}.journal")] {
        let bytes = bytes_at(&disk, &path);
        for len in (0..bytes.len()).step_by(stride) {
            let damaged = put(disk.clone(), &path, &bytes[..len]);
            let own = &path[..2];
            assert!(refused(&damaged, own), "{path} cut to {len} bytes");
        }
        for bit in (0..bytes.len() * 8).step_by(stride) {
            let mut flipped = bytes.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            let damaged = put(disk.clone(), &path, &flipped);
            for root in ["/w", "/a"] {
                // Begun where the sound one is, the other is looked at too.
                assert!(refused(&damaged, root), "bit {bit} of {path}, from {root}");
            }
        }
    }
}

/// A reference in `/x` that would make `/x/a.md` new.
fn forged(id: &str, roots: &[&str]) -> Vec<u8> {
    let path = rel("a.md");
    let operation = RecordedOperation {
        id: id.to_string(),
        note: note("old -> new"),
        files: vec![FileRecord::new(&path, Some(b"old"), Some(b"new"))],
        roots: Vec::new(),
    };
    let entry = JournalEntry {
        path: path.clone(),
        named: path,
        pre: Some(ContentStamp::of(b"old")),
        post: Some(ContentStamp::of(b"new")),
        mode: 0o644,
        in_place: false,
    };
    let journal = Journal {
        state: JournalState::Committed,
        id: TxId::parse(id).expect("an id"),
        root: "/x".to_string(),
        root_ino: 0,
        operation,
        entries: vec![entry],
        participants: roots.iter().map(|root| root.to_string()).collect(),
    };
    journal.to_bytes().expect("bytes")
}

/// A disk on which `/x` has a forged reference, and a slot for it.
fn with_forged(roots: &[&str]) -> Disk {
    let (disk, id) = half_way();
    let disk = put(disk, "/x/a.md", b"old");
    // Every folder of a simulated disk has this inode.
    let disk = put(disk, "/x/.lockstep/owner", b"inode 0\nborn 0\n");
    let disk = put(disk, &format!("/x/.lockstep/tx/{id}.s0"), b"new");
    put(disk, &format!("/x/.lockstep/tx/{id}.ref"), &forged(&id, roots))
}

#[test]
fn a_reference_to_a_root_that_does_not_name_it_is_refused() {
    let disk = with_forged(&["/w", "/x"]);
    assert!(refused(&disk, "/x"));
    let after = recover_from(disk, "/w").expect("those that name each other are recovered");
    assert_eq!(state_of(&after, ONE_EACH), Ok(true));
    assert_eq!(text(&after, "/x/a.md").as_deref(), Some("old"));
}

#[test]
fn a_reference_to_a_root_that_knows_nothing_of_it_does_nothing() {
    for stranger in ["/y", "/w/plans"] {
        let disk = put(with_forged(&[stranger, "/x"]), &format!("{stranger}/a.md"), b"old");
        let after = recover_from(disk.clone(), "/x").expect("recovered");
        assert_eq!(text(&after, "/x/a.md").as_deref(), Some("old"));
        assert!(!left_behind(&after).iter().any(|path| path.starts_with("/x")));
        let own = |path: &PathBuf| path.starts_with(stranger);
        let there = |disk: &Disk| disk.tree().into_keys().filter(own).collect::<Vec<_>>();
        assert_eq!(there(&after), there(&disk), "no lock, no folder");
    }
}

#[test]
fn roots_that_are_no_canonical_paths_are_refused() {
    let strange: [&[&str]; 7] = [
        &["w", "/x"],
        &["/w/../w", "/x"],
        &["/w/", "/x"],
        &["/w//a", "/x"],
        &["/w", "/w"],
        &["/x", "/x"],
        &["/x"],
    ];
    for roots in strange {
        assert!(refused(&with_forged(roots), "/x"), "{roots:?}");
    }
    // A reference of the root that decides is none.
    assert!(refused(&with_forged(&["/x", "/w"]), "/x"));
}
