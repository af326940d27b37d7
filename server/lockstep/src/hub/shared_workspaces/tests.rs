//! When a workspace is the change cannot be verified: and what its sessions see of it.

use lockstep_analysis::snapshot::editing::EditorChange;
use lockstep_analysis::text::line_index::PositionEncoding;
use lockstep_fixture::{Fixture, Sandbox};
use tokio::sync::watch;

use super::*;
use crate::hub::arrivals::Arrivals;
use crate::hub::client_event::ClientEvent;
use crate::hub::outbox::Outbox;
use crate::hub::overlay::TextChange;
use crate::hub::sent_changes::{Patience, SentChange};
use crate::hub::session_state::SessionState;
use crate::hub::snapshot::SessionSnapshot;
use crate::hub::uri::DocumentUri;
use crate::workspace::commit::{self, CommitAction, CommitRequest, Terms};

const RECORD: &str = "specs/state.json";

/// Far longer than events must pause or a text may stay half-written.
const LATER: Duration = Duration::from_secs(1);

fn one_record() -> Sandbox {
    Sandbox::new(&Fixture::new(
        r#"
//- /specs/TODO.md
  # TODO
//- /specs/state.json
  {"active_projects": [{"project_number": 7, "project_name": "login", "status": "planned"}]}
"#,
    ))
}

#[test]
fn a_half_written_file_neither_empties_the_index_nor_shows_an_error() {
    let sandbox = one_record();
    let mut shared = SharedWorkspace::new(opened(sandbox.path(), false));
    let whole = sandbox.read(RECORD);
    let mut now = Instant::now();
    let changed = || Hint::Paths(vec![sandbox.join(RECORD)]);

    for half in ["", &whole[..whole.len() / 2]] {
        let before = shared.local.analysis().diagnostics().to_vec();
        sandbox.write(RECORD, half);
        shared.pending.add(sandbox.path(), changed(), now);
        now += LATER;
        shared.read_pending(now);
        assert!(shared.local.analysis().task("7").is_some(), "{half:?}");
        assert_eq!(shared.local.analysis().diagnostics(), before, "{half:?}");
        sandbox.write(RECORD, whole.replace("planned", "revised"));
        now += LATER;
        shared.read_pending(now);
        let list = shared.local.analysis().index.document(RECORD);
        assert!(list.is_some_and(|(_, doc)| doc.text.contains("revised")), "{half:?}");
        sandbox.write(RECORD, &whole);
        shared.local.refresh([RECORD]);
    }
}

#[test]
fn files_of_a_transaction_that_is_under_way_are_read_once_it_is_done_or_left() {
    let sandbox = one_record();
    let mut shared = SharedWorkspace::new(opened(sandbox.path(), false));
    let revised = sandbox.read(RECORD).replace("planned", "revised");
    let status = |shared: &SharedWorkspace| {
        let (_, document) = shared.local.analysis().index.document(RECORD).expect("the record");
        document.text.contains("revised")
    };
    let journal = sandbox.join(".lockstep/tx/1.journal");
    for is_done in [true, false] {
        sandbox.write(".lockstep/tx/1.journal", "");
        sandbox.write(RECORD, &revised);
        let mut now = Instant::now();
        shared.pending.add(sandbox.path(), Hint::Paths(vec![sandbox.join(RECORD)]), now);
        now += LATER;
        shared.read_pending(now);
        assert!(!status(&shared), "another file of it may not be changed yet");
        if is_done {
            std::fs::remove_file(&journal).expect("it goes");
        }
        now += TRANSACTION;
        shared.read_pending(now);
        assert!(status(&shared), "{is_done}");
        sandbox.write(RECORD, revised.replace("revised", "planned"));
        shared.local.refresh([RECORD]);
    }
}

#[test]
fn what_cannot_be_watched_is_known_though_it_is_told_before_the_folder_is_read() {
    let sandbox = Sandbox::new(&Fixture::new("//- /TODO.md\n  - [ ] Sweep\n"));
    let mut workspaces = SharedWorkspaces::new(Arc::new(drop));
    workspaces.open(sandbox.path());
    assert!(!workspaces.limit(sandbox.path(), "few".to_owned()), "nobody knows of it yet");
    workspaces.opened(sandbox.path(), Ok(opened(sandbox.path(), true))).expect("it is read");
    let trouble =
        |workspaces: &mut SharedWorkspaces| workspaces.get_mut(sandbox.path())?.trouble.clone();
    assert_eq!(trouble(&mut workspaces).as_deref(), Some("few"));
    assert!(workspaces.limit(sandbox.path(), "fewer".to_owned()));
    assert_eq!(trouble(&mut workspaces).as_deref(), Some("fewer"));
}

#[test]
fn what_is_changed_and_changed_back_between_two_looks_is_told() {
    let todo = "//- /specs/TODO.md\n  ### 7. Add login\n  - **Status**: [PLANNED]\n";
    let sandbox = Sandbox::new(&Fixture::new(todo));
    let root = sandbox.path();
    let mut other = LocalWorkspace::open(root).expect("a workspace");
    let mut set = |status: &str| {
        let action = CommitAction::Set {
            tasks: vec!["7".to_owned()],
            status: status.to_owned(),
            phase: None,
            from: None,
            reason: Some("because".to_owned()),
            to_fill_in: false,
            tick: false,
            stay: false,
            force: true,
            atomic: false,
        };
        let request = CommitRequest { at: "2026-01-02T03:04:05Z".to_owned(), action };
        let report = commit::commit(&mut other, &request, &Terms::of("ann".to_owned()));
        assert!(report.is_ok_and(|report| report.transaction.is_some()));
    };
    set("implementing");
    let mut workspaces = SharedWorkspaces::new(Arc::new(drop));
    workspaces.opened(root, Ok(opened(root, false))).expect("it is read");
    let mut now = Instant::now() + LATER;
    workspaces.follow(&[], now);
    assert_eq!(workspaces.follow(&[], now).len(), 0, "all is told");
    set("planned");
    set("implementing");
    workspaces.hint(root, Hint::Paths(vec![sandbox.join("specs/TODO.md")]));
    now += LATER;
    assert!(workspaces.settle(now).is_empty(), "the files say what they said");
    let told = workspaces.follow(&[], now);
    assert_eq!(told[0].1.events.len(), 2, "{told:#?}");
}

/// A folder that was read, which nothing watches.
fn opened(root: &Path, is_watched: bool) -> Opened {
    let workspace = LocalWorkspace::open(root).expect("a workspace");
    let ledger = Ledger::new(&workspace);
    let watcher = match is_watched {
        true => Watcher::start(root, |_| {}),
        false => Err(io::Error::other("nothing is watched here")),
    };
    Opened { workspace, ledger, watcher }
}

/// A session in a folder that nothing watches.
struct Seat {
    workspaces: SharedWorkspaces,
    session: SessionState,
    snapshots: watch::Receiver<Arc<SessionSnapshot>>,
}

/// What a session has of a file: its text, and where it is open, what is on disk and what was read.
type Had = (Option<String>, Option<[Option<String>; 2]>);

impl Seat {
    fn start(root: &Path) -> Seat {
        let mut workspaces = SharedWorkspaces::new(Arc::new(drop));
        workspaces.opened(root, Ok(opened(root, false))).expect("it is read");
        let (published, snapshots) = watch::channel(Arc::default());
        let session = SessionState::new(0, published, Outbox::new().0, Arrivals::default());
        let mut seat = Seat { workspaces, session, snapshots };
        let (name, roots) = ("Ed".to_owned(), vec![DocumentUri::of_path(root)]);
        let start = ClientEvent::Start { name, encoding: PositionEncoding::Utf16, roots };
        seat.had("", [start]);
        seat
    }

    /// Reads the folder again.
    fn refresh(&mut self, root: &Path) {
        let shared = self.workspaces.get_mut(root).expect("it is read");
        shared.local.rescan();
    }

    /// What it has of a file once these events are done, all in one batch.
    fn had(&mut self, path: &str, events: impl IntoIterator<Item = ClientEvent>) -> Had {
        events.into_iter().for_each(|event| self.session.take(event, &mut self.workspaces));
        self.session.did(1);
        for root in self.workspaces.settle(Instant::now()) {
            self.session.adopt(&root, &mut self.workspaces);
        }
        self.session.settle(&mut self.workspaces);
        self.session.publish(Instant::now(), &mut Vec::new());
        let analysis = self.snapshots.borrow().folders[0].analysis.clone();
        let here = analysis.index.document(path).map(|(_, it)| it.text.to_string());
        let open = analysis.editing.open.values().next();
        let disk = open.map(|it| [&it.text, &it.read].map(|it| it.as_deref().map(str::to_owned)));
        (here, disk)
    }
}

fn open(uri: DocumentUri, text: &str) -> ClientEvent {
    ClientEvent::Open { uri, text: text.to_owned(), version: 1, language: "x".to_owned() }
}

#[test]
fn a_session_sees_nothing_of_a_file_that_is_emptied_to_be_written_again() {
    const PATH: &str = "a/TODO.md";
    let sandbox = Sandbox::new(&Fixture::new("//- /a/TODO.md\n  - [ ] Sweep\n"));
    let root = sandbox.path().canonicalize().expect("a folder");
    let mut seat = Seat::start(&root);
    let (uri, text) = (|| DocumentUri::of_path(&root.join(PATH)), sandbox.read(PATH));
    sandbox.write(PATH, "");
    let (here, disk) = (Some(text.clone()), Some([Some(text.clone()), Some(text.clone())]));
    assert_eq!(seat.had(PATH, [open(uri(), &text)]), (here.clone(), disk.clone()));
    assert_eq!(seat.had(PATH, [ClientEvent::Saved { uri: uri() }]), (here.clone(), disk));
    assert_eq!(seat.had(PATH, [ClientEvent::Close { uri: uri() }]), (here, None));
}

#[test]
fn a_file_that_is_closed_and_opened_at_once_is_read_again_and_not_changed() {
    let sandbox = one_record();
    let root = sandbox.path().canonicalize().expect("a folder");
    let mut seat = Seat::start(&root);
    let (uri, text) = (|| DocumentUri::of_path(&root.join(RECORD)), sandbox.read(RECORD));
    seat.had(RECORD, [open(uri(), &text)]);
    // It looks as if somebody were writing it, and is looked at a little later.
    let broken = text.replace("}]}", "}]");
    sandbox.write(RECORD, &broken);
    let again = [ClientEvent::Close { uri: uri() }, open(uri(), &broken)];
    let (here, disk) = seat.had(RECORD, again);
    assert_eq!(here.as_deref(), Some(&*broken));
    assert_eq!(disk, Some([Some(broken.clone()), Some(broken.clone())]));
    // Neither is what was saved in between what was read then.
    let whole = TextChange { range: None, text: text.replace("planned", "revised") };
    let again = [
        ClientEvent::Change { uri: uri(), changes: vec![whole], version: 2 },
        ClientEvent::Saved { uri: uri() },
        ClientEvent::Close { uri: uri() },
        open(uri(), &text),
    ];
    let (here, disk) = seat.had(RECORD, again);
    assert_eq!((here, disk), (Some(text), Some([Some(broken.clone()), Some(broken)])));
}

#[test]
fn what_is_saved_counts_and_not_what_was_read_before() {
    const PATH: &str = "a/TODO.md";
    let (before, saved, after) = ("- [ ] Sweep\n", "- [x] Sweep\n", "- [ ] Sweep up\n");
    let sandbox = Sandbox::new(&Fixture::new("//- /a/TODO.md\n  - [ ] Sweep up\n"));
    let root = sandbox.path().canonicalize().expect("a folder");
    let uri = || DocumentUri::of_path(&root.join(PATH));
    let was_read = || ClientEvent::WasRead { uri: uri(), text: before.to_owned() };
    // What a front replays, and what its editor says next, in one batch or another.
    for batches in [
        vec![vec![open(uri(), saved), was_read(), ClientEvent::Saved { uri: uri() }]],
        vec![vec![open(uri(), saved)], vec![was_read(), ClientEvent::Saved { uri: uri() }]],
        vec![vec![open(uri(), saved), was_read()], vec![ClientEvent::Saved { uri: uri() }]],
    ] {
        let mut seat = Seat::start(&root);
        let had: Vec<Had> = batches.into_iter().map(|events| seat.had(PATH, events)).collect();
        let disk = had.last().and_then(|(_, disk)| disk.clone());
        assert_eq!(disk, Some([Some(after.to_owned()), Some(saved.to_owned())]));
    }
}

#[test]
fn what_is_typed_while_a_file_is_written_is_not_taken_for_what_was_written() {
    const PATH: &str = "a/TODO.md";
    let (read, written, typed) = ("- [ ] Sweep\n", "- [ ] Sweep u\n", "- [ ] Sweep up\n");
    let sandbox = Sandbox::new(&Fixture::new("//- /a/TODO.md\n  - [ ] Sweep\n"));
    let root = sandbox.path().canonicalize().expect("a folder");
    let uri = || DocumentUri::of_path(&root.join(PATH));
    let typing = |version: i32, text: &str| ClientEvent::Change {
        uri: uri(),
        changes: vec![TextChange { range: None, text: text.to_owned() }],
        version,
    };
    let saved = || ClientEvent::Saved { uri: uri() };
    for is_one_batch in [true, false] {
        sandbox.write(PATH, read);
        let mut seat = Seat::start(&root);
        seat.had(PATH, [open(uri(), read), typing(2, written)]);
        sandbox.write(PATH, written);
        let events = vec![typing(3, typed), saved()];
        let batches: Vec<_> = match is_one_batch {
            true => vec![events],
            false => events.into_iter().map(|event| vec![event]).collect(),
        };
        let had: Vec<Had> = batches.into_iter().map(|events| seat.had(PATH, events)).collect();
        let disk = Some([Some(written.to_owned()), Some(written.to_owned())]);
        assert_eq!(had.last(), Some(&(Some(typed.to_owned()), disk)), "it is what its user says");
        sandbox.write(PATH, typed);
        let disk = Some([Some(typed.to_owned()), Some(typed.to_owned())]);
        assert_eq!(seat.had(PATH, [saved()]), (Some(typed.to_owned()), disk));
    }
}

#[test]
fn what_is_saved_before_it_is_told_is_typed_all_the_same() {
    const PATH: &str = "a/TODO.md";
    let (read, typed) = ("- [ ] Sweep\n", "- [x] Sweep\n");
    let sandbox = Sandbox::new(&Fixture::new("//- /a/TODO.md\n  - [ ] Sweep\n"));
    let root = sandbox.path().canonicalize().expect("a folder");
    let uri = || DocumentUri::of_path(&root.join(PATH));
    let changed = || ClientEvent::Change {
        uri: uri(),
        changes: vec![TextChange { range: None, text: typed.to_owned() }],
        version: 2,
    };
    let saved = || ClientEvent::Saved { uri: uri() };
    for (is_seen, batches) in [
        (false, vec![vec![changed(), saved()]]),
        (false, vec![vec![changed()], vec![saved()]]),
        (true, vec![vec![changed(), saved()]]),
        (true, vec![vec![changed()], vec![saved()]]),
        (true, vec![vec![changed()]]),
    ] {
        sandbox.write(PATH, read);
        let mut seat = Seat::start(&root);
        seat.had(PATH, [open(uri(), read)]);
        sandbox.write(PATH, typed);
        if is_seen {
            seat.refresh(&root);
            seat.session.adopt(&root, &mut seat.workspaces);
        }
        let is_saved = batches.iter().flatten().count() == 2;
        batches.into_iter().for_each(|events| drop(seat.had(PATH, events)));
        let analysis = seat.snapshots.borrow().folders[0].analysis.clone();
        let open = analysis.editing.open.values().next().expect("it is open");
        let before = open.typed_on.as_deref();
        assert_eq!(before, is_saved.then_some(read), "seen: {is_seen}");
    }
}

#[test]
fn a_file_that_belongs_to_another_folder_by_now_is_left_by_the_one_before() {
    let sandbox = Sandbox::new(&Fixture::new("//- /in/TODO.md\n  - [ ] Sweep\n"));
    let root = sandbox.path().canonicalize().expect("a folder");
    let inner = root.join("in");
    let mut seat = Seat::start(&root);
    let uri = || DocumentUri::of_path(&root.join("in/TODO.md"));
    seat.had("in/TODO.md", [open(uri(), "- [ ] Typed\n")]);
    assert_eq!(seat.session.unsaved().1.len(), 1);
    let added = vec![DocumentUri::of_path(&inner)];
    seat.session.take(ClientEvent::Folders { added, removed: Vec::new() }, &mut seat.workspaces);
    seat.workspaces.opened(&inner, Ok(opened(&inner, false))).expect("it is read");
    seat.session.opened(&inner, Ok(()), &mut seat.workspaces);
    seat.had("in/TODO.md", []);
    assert_eq!(seat.session.unsaved().1.len(), 1);
    sandbox.write("in/TODO.md", "- [ ] Typed\n");
    let (here, disk) = seat.had("in/TODO.md", [ClientEvent::Saved { uri: uri() }]);
    assert_eq!((here, disk), (None, None), "it is the inner folder's");
    assert_eq!(seat.session.unsaved().1.len(), 0);
    seat.had("", [ClientEvent::Close { uri: uri() }]);
    let open: Vec<_> =
        seat.snapshots.borrow().folders.iter().map(|it| it.analysis.editing.open.len()).collect();
    assert_eq!(open, [0, 0]);
}

#[test]
fn a_text_that_looked_half_written_and_went_is_seen_to_be_gone() {
    let sandbox = one_record();
    let root = sandbox.path().canonicalize().expect("a folder");
    let mut seat = Seat::start(&root);
    let (uri, text) = (|| DocumentUri::of_path(&root.join(RECORD)), sandbox.read(RECORD));
    let broken = text.replace("}]}", "}]");
    sandbox.write(RECORD, &broken);
    seat.had(RECORD, [open(uri(), &broken)]);
    sandbox.write(RECORD, &text);
    seat.workspaces.get_mut(&root).expect("it is read").refresh([RECORD]);
    let (_, disk) = seat.had(RECORD, []);
    assert_eq!(disk.map(|[disk, _]| disk), Some(Some(text)));
}

#[cfg(unix)]
#[test]
fn a_file_that_is_read_through_a_link_is_left_when_the_link_goes() {
    let sandbox =
        Sandbox::new(&Fixture::new("//- /README.md\n  Nothing.\n//- /notes/T.md\n  - [ ] Sweep\n"));
    let root = sandbox.path().canonicalize().expect("a folder");
    let link = root.join("TODO.md");
    let target = root.join("notes/T.md");
    let make = || std::os::unix::fs::symlink(&target, &link).expect("a link");
    make();
    let mut seat = Seat::start(&root);
    let uri = || DocumentUri::of_path(&link);
    let (here, _) = seat.had("TODO.md", [open(uri(), "- [ ] Typed\n")]);
    assert_eq!(here.as_deref(), Some("- [ ] Typed\n"));
    std::fs::remove_file(&link).expect("it goes");
    seat.refresh(&root);
    assert_eq!(seat.had("TODO.md", []).0, None);
    seat.had("TODO.md", [ClientEvent::Close { uri: uri() }]);
    make();
    seat.refresh(&root);
    assert_eq!(seat.had("TODO.md", []), (Some("- [ ] Sweep\n".to_owned()), None));
}

#[cfg(unix)]
#[test]
fn a_file_that_is_open_by_another_name_too_keeps_what_was_read() {
    const PATH: &str = "a/TODO.md";
    let sandbox = Sandbox::new(&Fixture::new("//- /a/TODO.md\n  - [ ] Sweep\n"));
    let root = sandbox.path().canonicalize().expect("a folder");
    std::os::unix::fs::symlink(root.join("a"), root.join("b")).expect("a link");
    let mut seat = Seat::start(&root);
    let text = sandbox.read(PATH);
    seat.had(PATH, [open(DocumentUri::of_path(&root.join(PATH)), &text)]);
    sandbox.write(PATH, "- [x] Sweep\n");
    let typed = open(DocumentUri::of_path(&root.join("b/TODO.md")), "- [ ] Sweep up\n");
    let (_, disk) = seat.had(PATH, [typed]);
    assert_eq!(disk, Some([Some("- [x] Sweep\n".to_owned()), Some(text)]));
}

#[test]
fn nobody_waits_for_a_change_in_a_folder_that_is_gone() {
    let sandbox = Sandbox::new(&Fixture::new("//- /a/TODO.md\n  - [ ] Sweep\n"));
    let root = sandbox.path().canonicalize().expect("a folder");
    let mut seat = Seat::start(&root);
    let change = EditorChange {
        id: "edit-1".to_owned(),
        label: "Sweep".to_owned(),
        files: BTreeMap::new(),
        below: Vec::new(),
    };
    let sent = SentChange { root: root.clone(), change };
    let patience = Patience::default();
    let removed = vec![DocumentUri::of_path(&root)];
    for event in
        [ClientEvent::Sent(sent, patience), ClientEvent::Folders { added: Vec::new(), removed }]
    {
        seat.session.take(event, &mut seat.workspaces);
        assert!(seat.session.next().is_some(), "it is waited for");
    }
    seat.session.publish(Instant::now(), &mut Vec::new());
    assert_eq!(seat.session.next(), None);
}

#[test]
fn a_client_that_reads_a_part_of_what_another_saves_is_ahead_until_that_is_taken_over() {
    const PATH: &str = "a/TODO.md";
    let (before, saved) = ("- [ ] Sweep\n", "- [x] Sweep\n");
    let sandbox = Sandbox::new(&Fixture::new("//- /a/TODO.md\n  - [ ] Sweep\n"));
    let root = sandbox.path().canonicalize().expect("a folder");
    let uri = DocumentUri::of_path(&root.join(PATH));
    let mut seat = Seat::start(&root);
    seat.had(PATH, [open(uri.clone(), before)]);
    sandbox.write(PATH, saved);
    seat.refresh(&root);
    let news = [root];
    let mut is_ahead = |version, text: &str, is_being_saved: bool| {
        let changes = vec![TextChange { range: None, text: text.to_owned() }];
        let change = ClientEvent::Change { uri: uri.clone(), changes, version };
        seat.session.take(change, &mut seat.workspaces);
        seat.session.adopt_settled(&news, |_| is_being_saved, &mut seat.workspaces);
        seat.session.settle(&mut seat.workspaces);
        seat.session.publish(Instant::now(), &mut Vec::new());
        seat.snapshots.borrow().is_ahead
    };
    assert!(!is_ahead(2, "- [ ] Sweep up\n", true), "it is what its user types");
    assert!(!is_ahead(3, before, true));
    assert!(is_ahead(4, saved, true), "others may be to come");
    assert!(!is_ahead(5, saved, false));
}
