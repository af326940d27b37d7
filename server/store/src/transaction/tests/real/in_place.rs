//! Files with two names, which are written where they stand.

use std::sync::Mutex;

use super::*;

/// A workspace in which these files have a second name each, `2` at their end.
fn linked(names: &[&str]) -> Workspace {
    let workspace = workspace();
    for name in names {
        let second = workspace.path(&format!("{name}2"));
        fs::hard_link(workspace.path(name), second).expect("a second name");
    }
    workspace
}

/// Gives files that say `old` other texts.
fn replace(store: &Store, texts: &[(&str, &str)]) -> Result<CommitOutcome, StoreError> {
    let locked = begin(store)?;
    let mut targets = Vec::new();
    for (name, text) in texts {
        let path = rel(name);
        let pre = Expect::read_as(locked.roots()[0].read(&path)?.as_deref());
        let post = Some(text.as_bytes().into());
        targets.push(Target { path, pre, post, moved_from: None });
    }
    let planned = plan(&locked, note("old -> new"), targets)?;
    planned.stage()?.commit(&mut |_, _, bytes| rebase(bytes))
}

#[test]
fn a_file_with_two_names_keeps_both_where_it_is_written_in_place() {
    let mut torn = 0;
    for kill in 0.. {
        let workspace = workspace();
        let (path, second) = (workspace.path("TODO.md"), workspace.path("second"));
        fs::hard_link(&path, &second).expect("a second name");
        let vfs = FaultyVfs::new(Arc::new(RealVfs)).failing(kill, Fault::Kill, true);
        let store = workspace.with_vfs(vfs, Options::default()).writing_in_place(|_| true);
        let ended = change(&store, &NAMES);
        torn += usize::from(workspace.state().is_err());
        let store = workspace.store(Options::default()).writing_in_place(|_| true);
        drop(begin(&store).expect("recovered"));
        let state = workspace.state().expect("all or none");
        let inode = |path: &Path| fs::metadata(path).expect("the file").ino();
        assert_eq!(inode(&path), inode(&second), "killed at {kill}");
        if ended.is_ok() {
            assert!(state);
            break;
        }
    }
    assert!(torn > 3, "{torn} kills left a mix behind");
}

#[test]
fn what_somebody_saves_to_a_file_that_is_written_in_place_stays() {
    let workspace = workspace();
    let path = workspace.path("TODO.md");
    fs::hard_link(&path, workspace.path("second")).expect("a second name");
    let vfs =
        FaultyVfs::new(Arc::new(RealVfs)).hook(FaultWhen::BeforeNth("exchange", 1), move |_| {
            fs::write(&path, "old, by hand\n").expect("saved");
        });
    let store = workspace.with_vfs(vfs, Options::default()).writing_in_place(|_| true);
    let outcome = change(&store, &NAMES);
    assert!(matches!(outcome, Ok(CommitOutcome::Aborted(_))), "{outcome:?}");
    assert_eq!(workspace.text("second"), "old, by hand\n");
    assert_eq!(workspace.text("state.json"), FILES[3].1);
}

#[test]
fn a_file_gets_shorter_and_longer() {
    for text in ["new", "- [x] 7 new, and a good deal longer than it was before\n"] {
        let workspace = linked(&["TODO.md"]);
        let store = workspace.store(Options::default()).writing_in_place(|_| true);
        committed(replace(&store, &[("TODO.md", text)]));
        assert_eq!([workspace.text("TODO.md"), workspace.text("TODO.md2")], [text, text]);
    }
}

#[test]
fn a_file_is_written_back_where_another_was_saved_meanwhile() {
    for text in ["new", "- [x] 7 new, and a good deal longer than it was before\n"] {
        let workspace = linked(&["TODO.md", "state.json"]);
        let path = workspace.path("state.json");
        let save = move |_: &dyn Vfs| fs::write(&path, "by hand\n").expect("saved");
        let vfs = FaultyVfs::new(Arc::new(RealVfs)).hook(FaultWhen::BeforeNth("exchange", 0), save);
        let store = workspace.with_vfs(vfs, Options::default()).writing_in_place(|_| true);
        let texts = [("TODO.md", text), ("plans/7.md", "new"), ("state.json", "new")];
        let outcome = replace(&store, &texts);
        let Ok(CommitOutcome::Aborted(aborted)) = outcome else { panic!("{outcome:?}") };
        assert_eq!(aborted.reason, "state.json: another program saved it");
        assert_eq!(workspace.text("TODO.md2"), FILES[0].1);
        assert_eq!(workspace.text("plans/7.md"), FILES[1].1);
        assert_eq!(workspace.text("state.json2"), "by hand\n");
    }
}

#[test]
fn a_program_that_is_not_done_with_the_file_is_waited_for() {
    let workspace = linked(&["TODO.md"]);
    let path = workspace.path("TODO.md");
    let writer = Arc::new(Mutex::new(None));
    let opened = writer.clone();
    let open = move |_: &dyn Vfs| {
        let file = fs::File::options().append(true).open(&path).expect("a writer");
        *opened.lock().expect("no panic") = Some(file);
    };
    let write = move |_: &dyn Vfs| {
        let mut file = writer.lock().expect("no panic").take().expect("it is open");
        file.write_all(b"by hand\n").expect("written");
    };
    let vfs = FaultyVfs::new(Arc::new(RealVfs))
        .hook(FaultWhen::BeforeNth("exchange", 1), open)
        .hook(FaultWhen::BeforeNth("wait", 0), write);
    let store = workspace.with_vfs(vfs, Options::default()).writing_in_place(|_| true);
    let outcome = change(&store, &NAMES);
    assert!(matches!(outcome, Ok(CommitOutcome::Aborted(_))), "{outcome:?}");
    assert_eq!(workspace.text("TODO.md2"), format!("{}by hand\n", FILES[0].1));
    assert_eq!(workspace.text("state.json"), FILES[3].1);
}

#[test]
fn a_file_that_is_removed_meanwhile_is_named() {
    let workspace = linked(&["TODO.md"]);
    let path = workspace.path("TODO.md");
    let vfs =
        FaultyVfs::new(Arc::new(RealVfs)).hook(FaultWhen::BeforeNth("exchange", 1), move |_| {
            fs::remove_file(&path).expect("removed");
        });
    let store = workspace.with_vfs(vfs, Options::default()).writing_in_place(|_| true);
    let outcome = change(&store, &NAMES);
    let Ok(CommitOutcome::Aborted(aborted)) = outcome else { panic!("{outcome:?}") };
    assert_eq!(aborted.reason, "TODO.md: the file was removed");
    assert_eq!(workspace.text("TODO.md2"), FILES[0].1);
    assert_eq!(workspace.text("state.json"), FILES[3].1);
}

#[test]
fn what_is_saved_while_the_file_is_written_stays() {
    let workspace = linked(&["TODO.md"]);
    let path = workspace.path("TODO.md");
    // After those of the mark, two contents of this file, the others' slots, and the journal.
    let flush = FaultWhen::BeforeNth("sync", 7);
    let vfs = FaultyVfs::new(Arc::new(RealVfs)).hook(flush, move |_| {
        assert!(fs::read_to_string(&path).expect("the file").contains("new"));
        fs::write(&path, "by hand\n").expect("saved");
    });
    let store = workspace.with_vfs(vfs, Options::default()).writing_in_place(|_| true);
    let outcome = change(&store, &NAMES);
    let Ok(CommitOutcome::Aborted(aborted)) = outcome else { panic!("{outcome:?}") };
    assert_eq!(aborted.reason, "TODO.md: another program saved it");
    assert_eq!(workspace.text("TODO.md2"), "by hand\n");
    assert_eq!(workspace.text("state.json"), FILES[3].1);
}
