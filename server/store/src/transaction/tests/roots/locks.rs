//! Several processes begin in several roots at once, on the real file system.

use super::*;
use crate::vfs::real::RealVfs;

/// Two roots with a file each.
fn roots(vfs: &Arc<dyn Vfs>) -> (tempfile::TempDir, [Store; 2]) {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let folder = dir.path().canonicalize().expect("a path");
    let stores = ["w", "a"].map(|name| {
        let root = folder.join(name);
        std::fs::create_dir(&root).expect("a folder");
        std::fs::write(root.join("a.md"), "old").expect("written");
        Store::with_vfs(root, Options::default(), vfs.clone())
    });
    (dir, stores)
}

fn change_both(stores: &[Store; 2]) -> Result<CommitOutcome, StoreError> {
    let paths = stores.each_ref().map(|store| store.root().join("a.md"));
    change_all(stores, &paths.each_ref().map(|path| path.to_str().expect("a name")))
}

fn texts(stores: &[Store; 2]) -> [String; 2] {
    stores.each_ref().map(|store| std::fs::read_to_string(store.root().join("a.md")).expect("read"))
}

/// Two roots in which a process was killed between two exchanges.
fn half_way() -> (tempfile::TempDir, [Store; 2]) {
    let whole = Arc::new(FaultyVfs::new(Arc::new(RealVfs)));
    let shared: Arc<dyn Vfs> = whole.clone();
    let (_dir, stores) = roots(&shared);
    let outcome = change_both(&stores);
    assert!(matches!(outcome, Ok(CommitOutcome::Committed(_))), "{outcome:?}");
    let log = whole.log();
    let second = log.iter().enumerate().filter(|(_, name)| **name == "exchange").nth(1);
    let at = second.expect("an exchange").0 as u64;
    let real: Arc<dyn Vfs> = Arc::new(RealVfs);
    let killed = FaultyVfs::new(real.clone()).failing(at, Fault::Kill, true);
    let shared: Arc<dyn Vfs> = Arc::new(killed);
    let (dir, stores) = roots(&shared);
    assert!(change_both(&stores).is_err());
    assert_eq!(texts(&stores), ["new", "old"]);
    (dir, stores.map(|store| Store { vfs: real.clone(), ..store }))
}

#[test]
fn whoever_begins_first_mends_both_and_nobody_waits_for_ever() {
    let deadline = Duration::from_secs(60);
    for _ in 0..if full() { 200 } else { 10 } {
        let (_dir, stores) = half_way();
        let [w, a] = &stores;
        let recover = |_: &Path, _: &Note, _: &RelPath, bytes: &[u8]| rebase(bytes);
        let recovered = std::thread::scope(|scope| {
            let alone = |store: &'_ Store| {
                let locked =
                    Transaction::begin(&[store], deadline, &mut { recover }).expect("a lock");
                assert_eq!(texts(&stores), ["new", "new"]);
                locked.recovered().len()
            };
            let together = |both: [&'_ Store; 2]| {
                let locked =
                    Transaction::begin(&both, deadline, &mut { recover }).expect("the locks");
                assert_eq!(texts(&stores), ["new", "new"]);
                locked.recovered().len()
            };
            let threads = [
                scope.spawn(move || alone(a)),
                scope.spawn(move || alone(w)),
                scope.spawn(move || together([w, a])),
                scope.spawn(move || together([a, w])),
            ];
            threads.map(|thread| thread.join().expect("no panic")).iter().sum::<usize>()
        });
        assert_eq!(recovered, 1, "it is carried to its end once");
    }
}

#[test]
fn a_commit_ends_where_the_lock_of_any_root_was_removed() {
    for name in ["w", "a"] {
        let real: Arc<dyn Vfs> = Arc::new(RealVfs);
        let (dir, stores) = roots(&real);
        let borrowed: Vec<&Store> = stores.iter().collect();
        let locked =
            Transaction::begin(&borrowed, Duration::ZERO, &mut |_, _, _, _| Rebase::Unchanged)
                .expect("the locks");
        let parts = (0..2).map(|root| TransactionPart {
            root,
            note: note("old -> new"),
            targets: vec![Target {
                path: rel("a.md"),
                pre: Expect::read_as(Some(b"old")),
                post: Some((*b"new").into()),
                moved_from: None,
            }],
        });
        let staged = locked.plan(parts.collect()).expect("a plan").stage().expect("staged");
        std::fs::remove_file(dir.path().join(name).join(".lockstep/lock")).expect("removed");
        let outcome = staged.commit(&mut |_, _, _| Rebase::Unchanged);
        assert!(matches!(outcome, Err(StoreError::Io { .. })), "{outcome:?}");
        assert_eq!(texts(&stores), ["old", "old"]);
        let left = |store: &Store| std::fs::read_dir(store.layout.tx()).map(Iterator::count);
        assert_eq!(stores.each_ref().map(|store| left(store).expect("a folder")), [0, 0]);
    }
}
