//! On the file system of the machine, in a temporary folder.

use std::fs;
use std::io::Write;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};

use super::*;
use crate::vfs::real::RealVfs;
use crate::vfs::testing::faulty::{Fault, FaultWhen, FaultyVfs};

mod damaged;
mod in_place;

struct Workspace {
    dir: tempfile::TempDir,
    root: PathBuf,
}

const NAMES: [&str; 4] = [FILES[0].0, FILES[1].0, FILES[2].0, FILES[3].0];

fn workspace() -> Workspace {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let root = dir.path().canonicalize().expect("a path").join("w");
    for (name, text) in FILES {
        let path = root.join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    }
    Workspace { dir, root }
}

impl Workspace {
    fn path(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }

    fn text(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap_or_else(|error| error.to_string())
    }

    fn store(&self, options: Options) -> Store {
        Store::open(&self.root, options).expect("a store")
    }

    fn with_vfs(&self, vfs: FaultyVfs, options: Options) -> Store {
        Store::with_vfs(self.root.clone(), options, Arc::new(vfs))
    }

    fn state(&self) -> Result<bool, String> {
        let texts = NAMES.map(|name| self.text(name));
        if texts.iter().zip(FILES).all(|(found, (_, old))| found == old) {
            Ok(false)
        } else if texts
            .iter()
            .zip(FILES)
            .all(|(found, (_, old))| *found == old.replace("old", "new"))
        {
            Ok(true)
        } else {
            Err(format!("{texts:?}"))
        }
    }

    fn pending(&self) -> usize {
        fs::read_dir(self.path(".lockstep/tx")).map_or(0, Iterator::count)
    }
}

fn committed(answer: Result<CommitOutcome, StoreError>) -> Committed {
    match answer {
        Ok(CommitOutcome::Committed(committed)) => only(committed),
        other => panic!("{other:?}"),
    }
}

fn refused(answer: Result<CommitOutcome, StoreError>) -> String {
    match answer {
        Err(StoreError::Refused { path, reason }) => format!("{path}: {reason}"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn several_files_change_together() {
    let workspace = workspace();
    let committed = committed(change(&workspace.store(Options::default()), &NAMES));
    assert_eq!(committed.files.len(), 4);
    assert_eq!(workspace.state(), Ok(true));
    assert_eq!(workspace.pending(), 0);
    assert_eq!(workspace.text(".lockstep/.gitignore"), "*\n");
}

#[test]
fn a_kill_before_any_operation_is_mended_by_the_next_command() {
    let operations = {
        let workspace = workspace();
        let vfs = Arc::new(FaultyVfs::new(Arc::new(RealVfs)));
        let store = Store::with_vfs(workspace.root.clone(), Options::default(), vfs.clone());
        committed(change(&store, &NAMES));
        vfs.log().len() as u64
    };
    let mut mixed = 0;
    for at in 0..operations {
        let workspace = workspace();
        let vfs = FaultyVfs::new(Arc::new(RealVfs)).failing(at, Fault::Kill, true);
        let outcome = change(&workspace.with_vfs(vfs, Options::default()), &NAMES);
        mixed += usize::from(workspace.state().is_err());
        drop(begin(&workspace.store(Options::default())).expect("the lock"));
        let case = format!("killed before {at}: {outcome:?}");
        workspace.state().unwrap_or_else(|mix| panic!("{case}: {mix}"));
        assert_eq!(workspace.pending(), 0, "{case}");
    }
    assert_eq!(mixed, NAMES.len() - 1, "kills between two exchanges leave a mix to mend");
}

#[test]
fn a_store_that_is_removed_when_all_is_installed_does_no_harm() {
    let removal = {
        let workspace = workspace();
        let vfs = Arc::new(FaultyVfs::new(Arc::new(RealVfs)));
        let store = Store::with_vfs(workspace.root.clone(), Options::default(), vfs.clone());
        committed(change(&store, &NAMES));
        vfs.log().iter().rposition(|name| *name == "remove").expect("the journal is removed")
    };
    let workspace = workspace();
    let folder = workspace.path(".lockstep");
    let vfs =
        FaultyVfs::new(Arc::new(RealVfs)).hook(FaultWhen::Before(removal as u64), move |_| {
            fs::remove_dir_all(&folder).expect("removed");
        });
    committed(change(&workspace.with_vfs(vfs, Options::default()), &NAMES));
    assert_eq!(workspace.state(), Ok(true));
}

#[test]
fn where_the_slots_are_removed_nothing_is_said_to_be_withdrawn() {
    let workspace = workspace();
    let tx = workspace.path(".lockstep/tx");
    let vfs =
        FaultyVfs::new(Arc::new(RealVfs)).hook(FaultWhen::BeforeNth("exchange", 1), move |_| {
            for entry in fs::read_dir(&tx).expect("the folder") {
                let path = entry.expect("an entry").path();
                if path.extension().is_some_and(|extension| extension != "journal") {
                    fs::remove_file(path).expect("removed");
                }
            }
        });
    let answer = change(&workspace.with_vfs(vfs, Options::default()), &NAMES);
    assert!(matches!(answer, Err(StoreError::Unfinished { .. })), "{answer:?}");
    drop(begin(&workspace.store(Options::default())).expect("the next command goes on"));
}

#[test]
fn a_lock_that_is_removed_right_before_the_commit_ends_the_change() {
    let workspace = workspace();
    let lock = workspace.path(".lockstep/lock");
    // The last file is looked at for the last time.
    let vfs = FaultyVfs::new(Arc::new(RealVfs))
        .hook(FaultWhen::BeforeNth("lease", 11), move |_| fs::remove_file(&lock).expect("removed"));
    let answer = change(&workspace.with_vfs(vfs, Options::default()), &NAMES);
    assert!(matches!(answer, Err(StoreError::Io { .. })), "{answer:?}");
    assert_eq!(workspace.state(), Ok(false));
    assert_eq!(workspace.pending(), 0);
}

#[test]
fn a_commit_of_somebody_whose_lock_was_removed_is_not_swept_away() {
    let workspace = workspace();
    let names = ["0123456789abcdef.journal", "0123456789abcdef.s0"];
    let paths = names.map(|name| workspace.path(".lockstep/tx").join(name));
    drop(begin(&workspace.store(Options::default())).expect("the lock"));
    fs::write(workspace.path(".lockstep/tx/fedcba9876543210.s0"), "left").expect("a file");
    // After recovery found no journal, and something to sweep away.
    let vfs = FaultyVfs::new(Arc::new(RealVfs)).hook(FaultWhen::BeforeNth("list", 1), move |_| {
        paths.iter().for_each(|path| fs::write(path, "theirs").expect("a file"));
    });
    drop(begin(&workspace.with_vfs(vfs, Options::default())).expect("the lock"));
    assert_eq!(workspace.pending(), 2);
}

#[test]
fn a_writer_in_place_that_is_not_done_is_waited_for() {
    let writer_that_writes_after = |lease: usize, options: Options| {
        let workspace = workspace();
        let path = workspace.path("TODO.md");
        let slot: Arc<std::sync::Mutex<Option<fs::File>>> = Arc::default();
        let (open, close) = (slot.clone(), slot);
        let vfs = FaultyVfs::new(Arc::new(RealVfs))
            .hook(FaultWhen::BeforeNth("exchange", 0), move |_| {
                let file = fs::OpenOptions::new().append(true).open(&path).expect("the file");
                *open.lock().expect("no panic") = Some(file);
            })
            .hook(FaultWhen::BeforeNth("lease", lease), move |_| {
                if let Some(mut file) = close.lock().expect("no panic").take() {
                    file.write_all(b"by hand\n").expect("written");
                }
            });
        let outcome = change(&workspace.with_vfs(vfs, options), &NAMES);
        (workspace, outcome)
    };
    // Each of the four files is asked about at the read, at the plan and before the commit.
    let asked_before = 12;
    for lease in asked_before..asked_before + 3 {
        let (workspace, outcome) = writer_that_writes_after(lease, Options::default());
        committed(outcome);
        assert_eq!(workspace.text("TODO.md"), "- [ ] 7 new\nby hand\n", "at {lease}");
    }
}

/// Somebody has a file open in place from before the exchange, and writes after everything.
fn writer_that_writes_at_the_end(
    options: Options,
) -> (Workspace, Result<CommitOutcome, StoreError>) {
    let workspace = workspace();
    let path = workspace.path("TODO.md");
    let slot: Arc<std::sync::Mutex<Option<fs::File>>> = Arc::default();
    let open = slot.clone();
    let vfs =
        FaultyVfs::new(Arc::new(RealVfs)).hook(FaultWhen::BeforeNth("exchange", 0), move |_| {
            let file = fs::OpenOptions::new().append(true).open(&path).expect("the file");
            *open.lock().expect("no panic") = Some(file);
        });
    let outcome = change(&workspace.with_vfs(vfs, options), &NAMES);
    let file = slot.lock().expect("no panic").take();
    file.expect("the writer").write_all(b"by hand\n").expect("written");
    (workspace, outcome)
}

#[test]
fn a_writer_in_place_that_is_never_done_has_the_transaction_withdrawn() {
    let writer_after = Duration::from_millis(20);
    let options = Options { writer_after, ..Options::default() };
    let (workspace, outcome) = writer_that_writes_at_the_end(options);
    let Ok(CommitOutcome::Aborted(aborted)) = outcome else { panic!("{outcome:?}") };
    assert_eq!(aborted.reason, "TODO.md: another program keeps it open for writing");
    assert_eq!(workspace.text("TODO.md"), "- [ ] 7 old\nby hand\n");
    assert_eq!(workspace.text("state.json"), FILES[3].1);
}

#[test]
fn where_nobody_is_asked_a_write_in_place_is_lost() {
    let (workspace, outcome) = writer_that_writes_at_the_end(sabotage(Sabotage::LeaseUnasked));
    committed(outcome);
    assert_eq!(workspace.text("TODO.md"), "- [ ] 7 new\n");
}

#[test]
fn a_file_that_is_open_for_writing_is_refused_before_the_commit() {
    let workspace = workspace();
    let writer = fs::OpenOptions::new().append(true).open(workspace.path("TODO.md"));
    let options = Options { writer_before: Duration::from_millis(20), ..Options::default() };
    let answer = change(&workspace.store(options), &NAMES);
    assert_eq!(refused(answer), "TODO.md: another program has it open for writing");
    drop(writer);
}

#[test]
fn a_save_by_renaming_right_before_the_exchange_is_rebased() {
    let workspace = workspace();
    let path = workspace.path("plans/7.md");
    let vfs =
        FaultyVfs::new(Arc::new(RealVfs)).hook(FaultWhen::BeforeNth("exchange", 1), move |_| {
            let new = path.with_extension("new");
            fs::write(&new, "old\nby hand\n").expect("a file");
            fs::set_permissions(&new, fs::Permissions::from_mode(0o600)).expect("permissions");
            fs::rename(&new, &path).expect("renamed");
        });
    committed(change(&workspace.with_vfs(vfs, Options::default()), &NAMES));
    assert_eq!(workspace.text("plans/7.md"), "new\nby hand\n");
    let mode = fs::metadata(workspace.path("plans/7.md")).expect("the file").mode();
    assert_eq!(mode & 0o7777, 0o600, "the permissions are those of the one who saved");
}

/// Mode, owner and a note of a file, where it has one.
type Look = ((u32, u32, u32), Option<Vec<u8>>);

fn look(path: &Path) -> Look {
    let found = fs::metadata(path).expect("the file");
    let mut note = [0; 16];
    let length = rustix::fs::getxattr(path, "user.note", &mut note[..]);
    let note = length.ok().map(|length| note[..length].to_vec());
    ((found.mode() & 0o7777, found.uid(), found.gid()), note)
}

/// Gives a file everything that may be lost, as far as that is allowed here.
fn make_strange(path: &Path) -> Look {
    let named = rustix::fs::setxattr(path, "user.note", b"mine", rustix::fs::XattrFlags::empty());
    let owned = std::os::unix::fs::chown(path, Some(1234), Some(4321));
    fs::set_permissions(path, fs::Permissions::from_mode(0o2640)).expect("permissions");
    let ((mode, uid, gid), note) = look(path);
    assert_eq!(mode, 0o2640);
    assert!(owned.is_err() || (uid, gid) == (1234, 4321));
    assert!(named.is_err() || note.as_deref() == Some(b"mine"));
    ((mode, uid, gid), note)
}

#[test]
fn owner_permissions_and_attributes_stay() {
    let workspace = workspace();
    let path = workspace.path("TODO.md");
    let inode = || fs::metadata(&path).expect("the file").ino();
    let (before, first) = (make_strange(&path), inode());
    committed(change(&workspace.store(Options::default()), &NAMES));
    assert_ne!(first, inode(), "the file was replaced");
    assert_eq!(look(&path), before);
}

#[test]
fn a_file_that_is_moved_takes_its_owner_permissions_and_attributes_along() {
    let workspace = workspace();
    let before = make_strange(&workspace.path("plans/7.md"));
    for (from, to) in [("plans/7.md", "done/7.md"), ("done/7.md", "plans/again.md")] {
        let store = workspace.store(Options::default());
        committed(move_file(&store, from, to));
        assert_eq!(look(&workspace.path(to)), before, "{to}");
        assert!(!workspace.path(from).exists());
    }
}

fn move_file(store: &Store, from: &str, to: &str) -> Result<CommitOutcome, StoreError> {
    let locked = begin(store)?;
    let (from, to) = (rel(from), rel(to));
    let bytes = locked.roots()[0].read(&from)?;
    let (pre, moved_from) = (Expect::read_as(bytes.as_deref()), Some(from.clone()));
    let targets = vec![
        Target { path: from, pre, post: None, moved_from: None },
        Target { path: to, pre: Expect::Absent, post: bytes.map(Into::into), moved_from },
    ];
    let planned = plan(&locked, note("old -> new"), targets)?;
    planned.stage()?.commit(&mut |_, _, bytes| rebase(bytes))
}

#[test]
fn what_cannot_be_changed_safely_is_refused_and_nothing_is_written() {
    let workspace = workspace();
    let path = workspace.path("TODO.md");
    let store = workspace.store(Options::default());
    fs::hard_link(&path, workspace.path("second")).expect("a second name");
    assert_eq!(
        refused(change(&store, &NAMES)),
        "TODO.md: the file has 2 hard links, and one would be separated; add it to `in-place` in lockstep.toml to write it anyway"
    );
    fs::remove_file(workspace.path("second")).expect("removed");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o444)).expect("permissions");
    assert_eq!(
        refused(change(&store, &NAMES)),
        "TODO.md: the file is read-only; make it writable first"
    );
    assert_eq!(workspace.state(), Ok(false));
    let force = Options { force_read_only: true, ..Options::default() };
    committed(change(&workspace.store(force), &NAMES));
    assert_eq!(fs::metadata(&path).expect("the file").mode() & 0o777, 0o444);
    assert_eq!(
        refused(change(&store, &["plans"])),
        "plans: it is not a regular file; move it away first"
    );
    symlink("/etc/hosts", workspace.path("out")).expect("a link");
    assert_eq!(refused(change(&store, &["out"])), "out: out: a link leads out of the workspace");
    symlink("TODO.md", workspace.path("again")).expect("a link");
    assert_eq!(
        refused(change(&store, &["TODO.md", "again"])),
        "again: the same file is changed twice"
    );
}

#[test]
fn a_link_stays_and_its_file_changes() {
    let workspace = workspace();
    symlink("plans/7.md", workspace.path("current.md")).expect("a link");
    let committed = committed(change(&workspace.store(Options::default()), &["current.md"]));
    assert_eq!(committed.files[0].path, rel("current.md"));
    assert_eq!(workspace.text("plans/7.md"), "# Task 7\nnew\n");
    let link = fs::read_link(workspace.path("current.md")).expect("a link");
    assert_eq!(link, Path::new("plans/7.md"));
}

#[test]
fn a_file_that_becomes_a_link_meanwhile_withdraws_all() {
    let workspace = workspace();
    let path = workspace.path("TODO.md");
    let vfs =
        FaultyVfs::new(Arc::new(RealVfs)).hook(FaultWhen::BeforeNth("exchange", 0), move |_| {
            fs::remove_file(&path).expect("removed");
            symlink("/etc/hosts", &path).expect("a link");
        });
    let outcome = change(&workspace.with_vfs(vfs, Options::default()), &NAMES);
    assert!(matches!(outcome, Ok(CommitOutcome::Aborted(_))), "{outcome:?}");
    let link = fs::read_link(workspace.path("TODO.md")).expect("the link is back");
    assert_eq!(link, Path::new("/etc/hosts"));
    assert_eq!(workspace.text("state.json"), FILES[3].1);
}

/// Kills a change between two exchanges.
fn half_done() -> (Workspace, PathBuf) {
    killed_at("exchange", 2, |store| drop(change(store, &NAMES)))
}

/// Kills a change right before the operation of this name and number; the workspace, and the journal.
fn killed_at(name: &str, number: usize, change: impl Fn(&Store)) -> (Workspace, PathBuf) {
    let workspace = workspace();
    let log = {
        let other = self::workspace();
        let vfs = Arc::new(FaultyVfs::new(Arc::new(RealVfs)));
        change(&Store::with_vfs(other.root.clone(), Options::default(), vfs.clone()));
        vfs.log()
    };
    let at = log.iter().enumerate().filter(|(_, known)| **known == name).nth(number);
    let at = at.expect("such an operation").0 as u64;
    let vfs = FaultyVfs::new(Arc::new(RealVfs)).failing(at, Fault::Kill, true);
    change(&workspace.with_vfs(vfs, Options::default()));
    let tx = workspace.path(".lockstep/tx");
    let names = fs::read_dir(&tx).expect("the folder").map(|entry| entry.expect("an entry").path());
    let journal = names.into_iter().find(|path| path.extension().is_some_and(|e| e == "journal"));
    (workspace, journal.expect("a journal"))
}

fn corrupt(store: &Store) -> String {
    match begin(store) {
        Err(StoreError::Corrupt { journal, reason }) => {
            assert!(fs::symlink_metadata(&journal).is_ok(), "{}", journal.display());
            reason
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_damaged_journal_is_put_aside_and_nothing_is_changed() {
    let (workspace, journal) = half_done();
    let texts = NAMES.map(|name| workspace.text(name));
    let mut bytes = fs::read(&journal).expect("the journal");
    let middle = bytes.len() - 40;
    bytes[middle] ^= 1;
    fs::write(&journal, bytes).expect("damaged");
    let store = workspace.store(Options::default());
    assert_eq!(corrupt(&store), "its checksum is wrong");
    assert_eq!(NAMES.map(|name| workspace.text(name)), texts);
    let kept = fs::read_dir(workspace.path(".lockstep/conflicts")).expect("a folder").count();
    assert_eq!(kept, 5, "the journal and four slots");
    drop(begin(&store).expect("the next command goes on"));
}

#[test]
fn a_journal_that_is_not_this_workspaces_is_put_aside() {
    let (workspace, journal) = half_done();
    let name = journal.file_name().expect("a name");
    let other = self::workspace();
    drop(begin(&other.store(Options::default())).expect("the lock"));
    fs::copy(&journal, other.path(".lockstep/tx").join(name)).expect("copied");
    let store = other.store(Options::default());
    assert_eq!(corrupt(&store), "it belongs to another workspace");
    assert_eq!(other.state(), Ok(false));
    fs::copy(&journal, workspace.path(".lockstep/tx/0000000000000000.journal")).expect("copied");
    let store = workspace.store(Options::default());
    assert_eq!(corrupt(&store), "its name is not its own");
    let store = store.accepting(|path| path.as_str() != "TODO.md");
    assert_eq!(corrupt(&store), "it names a file that is not for this program");
    let tx = other.path(".lockstep/tx");
    symlink(workspace.path("TODO.md"), tx.join(name)).expect("a link");
    assert_eq!(corrupt(&other.store(Options::default())), "it is not a regular file");
}

#[test]
fn a_workspace_that_moved_is_recovered() {
    let (workspace, _) = half_done();
    let moved = workspace.dir.path().join("moved");
    fs::rename(&workspace.root, &moved).expect("moved");
    let workspace = Workspace { root: moved.canonicalize().expect("a path"), ..workspace };
    let store = workspace.store(Options::default());
    let locked = begin(&store).expect("the lock");
    assert_eq!(locked.recovered().len(), 1);
    assert_eq!(locked.recovered()[0].note, note("old -> new"));
    assert_eq!(workspace.state(), Ok(true));
}

#[test]
fn writers_with_a_lock_lose_nothing() {
    let workspace = workspace();
    fs::write(workspace.path("TODO.md"), "").expect("a file");
    fs::write(workspace.path("state.json"), "").expect("a file");
    let rounds = if full() { 200 } else { 10 };
    let root = &workspace.root;
    std::thread::scope(|scope| {
        for writer in 0..4 {
            scope.spawn(move || {
                let options =
                    Options { durability: crate::store::Durability::Process, ..Options::default() };
                let store = Store::open(root, options).expect("a store");
                for round in 0..rounds {
                    append(&store, &format!("{writer}.{round}\n"));
                }
            });
        }
    });
    let text = workspace.text("TODO.md");
    assert_eq!(text, workspace.text("state.json"));
    let mut lines: Vec<&str> = text.lines().collect();
    lines.sort_unstable();
    lines.dedup();
    assert_eq!(lines.len(), 4 * rounds);
}

/// Adds a line to two files.
fn append(store: &Store, line: &str) {
    let locked = Transaction::begin(&[store], Duration::from_secs(60), &mut |_, _, _, _| {
        Rebase::Invalid("nothing to recover".to_string())
    });
    let locked = locked.expect("the lock");
    let target = |name: &str| {
        let path = rel(name);
        let bytes = locked.roots()[0].read(&path).expect("read").expect("a file");
        let post = [&bytes, line.as_bytes()].concat();
        Target {
            path,
            pre: Expect::read_as(Some(&bytes)),
            post: Some(post.into()),
            moved_from: None,
        }
    };
    let targets = vec![target("TODO.md"), target("state.json")];
    let staged = plan(&locked, note("a line"), targets).expect("a plan").stage().expect("staged");
    committed(staged.commit(&mut |_, _, _| Rebase::Invalid("nobody else saves".to_string())));
}

#[test]
fn a_folder_goes_with_its_last_file_and_no_sooner() {
    let workspace = workspace();
    fs::create_dir_all(workspace.path("tasks/7/notes/empty")).expect("folders");
    fs::create_dir_all(workspace.path("tasks/8")).expect("folders");
    for name in ["tasks/7/plans/a.md", "tasks/8/a.md", "tasks/8/run.sh"] {
        let path = workspace.path(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, "old").expect("a file");
    }
    let store = workspace.store(Options::default());
    let remove = |names: &[&str]| {
        let locked = begin(&store).expect("the lock");
        let pre = Expect::read_as(Some(b"old"));
        let target = |name: &&str| Target {
            path: rel(name),
            pre: pre.clone(),
            post: None,
            moved_from: None,
        };
        let planned = plan(&locked, note("remove"), names.iter().map(target).collect());
        let staged = planned.expect("a plan").stage().expect("staged");
        committed(staged.commit(&mut |_, _, _| Rebase::Unchanged));
    };
    remove(&["tasks/7/plans/a.md", "tasks/8/a.md"]);
    let there = |name: &str| workspace.path(name).exists();
    assert!(!there("tasks/7/plans"), "its last file is gone");
    assert!(there("tasks/7/notes/empty"), "a folder that was empty before is somebody's own");
    assert!(there("tasks/8/run.sh") && there("tasks"));
}
