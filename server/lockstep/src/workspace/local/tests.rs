//! What a workspace reads, when, and under which name.

use lockstep_analysis::operation::Code;
use lockstep_analysis::snapshot::Snapshot;
use lockstep_fixture::{Fixture, Sandbox};
use lockstep_store::seen::{LastSeen, State};

use super::*;
use crate::report::{self, TaskFilter};

const RECORD: &str = "specs/state.json";

fn sandbox() -> Sandbox {
    Sandbox::new(&Fixture::new(
        r#"
//- /specs/TODO.md
  # TODO

  ### 7. Add login
  - **Status**: [PLANNED]
//- /specs/state.json
  {"active_projects": [{"project_number": 7, "project_name": "login", "status": "planned"}]}
"#,
    ))
}

fn status(workspace: &LocalWorkspace, text: &str) -> Option<bool> {
    let task = workspace.analysis().task("7")?;
    let mut spots = workspace.analysis().index.statuses(task);
    Some(spots.any(|spot| spot.raw() == text))
}

#[test]
fn an_overlay_stands_in_for_its_file_until_it_is_taken_away() {
    let sandbox = sandbox();
    let mut workspace = LocalWorkspace::open(sandbox.path()).expect("a workspace");
    let text = sandbox.read(RECORD).replace("planned", "blocked");
    workspace.set_overlay(RECORD, Some(text.into()));
    assert_eq!(status(&workspace, r#""blocked""#), Some(true));
    sandbox.write(RECORD, sandbox.read(RECORD).replace("planned", "revised"));
    workspace.refresh([RECORD]);
    workspace.rescan();
    assert_eq!(status(&workspace, r#""blocked""#), Some(true));
    workspace.set_overlay(RECORD, None);
    assert_eq!(status(&workspace, r#""revised""#), Some(true));
}

#[test]
fn what_nobody_has_written_to_is_not_read_again() {
    let sandbox = sandbox();
    let mut workspace = LocalWorkspace::open(sandbox.path()).expect("a workspace");
    let seen = || State::of(&sandbox.path().join(RECORD)).map_or(LastSeen::Absent, LastSeen::As);
    let text: Arc<str> = sandbox.read(RECORD).replace("planned", "blocked").into();
    workspace.reading.take_note(RECORD, &text, seen());
    workspace.rescan_written(&BTreeSet::new());
    assert_eq!(status(&workspace, r#""blocked""#), Some(true), "what is known of the state");
    sandbox.write(RECORD, sandbox.read(RECORD).replace("planned", "revised"));
    workspace.rescan_written(&BTreeSet::new());
    assert_eq!(status(&workspace, r#""revised""#), Some(true), "another state");
    workspace.reading.take_note(RECORD, &text, seen());
    workspace.rescan();
    assert_eq!(status(&workspace, r#""revised""#), Some(true), "everything is read");
}

#[test]
fn what_many_texts_say_is_what_each_of_them_says_alone() {
    let sandbox = sandbox();
    for id in 1..=300 {
        let text = format!("# Plan\n- **Status**: [PLANNED]\n{}", "\nA word on it.\n".repeat(90));
        sandbox.write(&format!("specs/{id:03}_task/plans/implementation-001.md"), text);
    }
    let workspace = LocalWorkspace::open(sandbox.path()).expect("a workspace");
    let Snapshot { index, profile, .. } = &**workspace.analysis();
    assert_eq!(index.docs.len(), 302);
    assert!(index.docs.iter().is_sorted_by(|a, b| a.path < b.path));
    for known in index.docs.iter() {
        let stray = known.facts.stray;
        let alone = Document::read(profile, &known.path, known.text.clone(), stray);
        let facts = alone.map(|document| format!("{:?}", document.facts));
        assert_eq!(facts, Some(format!("{:?}", known.facts)), "{}", known.path);
    }
}

#[test]
fn a_document_that_is_not_on_disk_yet_counts_while_it_is_open() {
    let sandbox = sandbox();
    let text = sandbox.read(RECORD);
    sandbox.remove(RECORD);
    sandbox.write("lockstep.toml", "profile = \"opencode\"\n");
    let mut workspace = LocalWorkspace::open(sandbox.path()).expect("a workspace");
    workspace.set_overlay(RECORD, Some(text.into()));
    assert_eq!(status(&workspace, r#""planned""#), Some(true));
    workspace.set_overlay(RECORD, None);
    assert_eq!(status(&workspace, r#""planned""#), Some(false));
}

#[test]
fn a_text_that_looks_half_written_is_taken_in_only_when_it_stays_so() {
    let sandbox = sandbox();
    let text = sandbox.read(RECORD);
    let mut workspace = LocalWorkspace::open(sandbox.path()).expect("a workspace");
    for half in [Some(""), Some(&text[..text.len() / 2]), None] {
        match half {
            Some(half) => sandbox.write(RECORD, half),
            None => sandbox.remove(RECORD),
        }
        assert_eq!(workspace.refresh_whole([RECORD]), [RECORD], "{half:?}");
        assert_eq!(workspace.rescan_whole(), [RECORD], "{half:?}");
        assert_eq!(status(&workspace, r#""planned""#), Some(true), "{half:?}");
    }
    workspace.refresh([RECORD]);
    assert_eq!(status(&workspace, r#""planned""#), Some(false));
}

#[test]
fn a_configuration_that_looks_half_written_counts_only_when_it_stays_so() {
    let sandbox = sandbox();
    let config = "profile = \"opencode\"\n[rules]\ndrift = \"error\"\n";
    sandbox.write(CONFIG, config);
    let mut workspace = LocalWorkspace::open(sandbox.path()).expect("a workspace");
    for half in ["", "profile = \"open"] {
        sandbox.write(CONFIG, half);
        assert_eq!(workspace.refresh_whole([CONFIG]), [CONFIG], "{half:?}");
        assert_eq!(workspace.rescan_whole(), [CONFIG], "{half:?}");
        assert_eq!(*workspace.analysis().config.text, *config);
    }
    workspace.refresh([CONFIG]);
    assert_eq!(workspace.analysis().config.problems.len(), 1);
    sandbox.write(CONFIG, "profile = \"checklist\"\n");
    assert_eq!(workspace.rescan_whole(), [""; 0]);
    assert_eq!(workspace.analysis().profile.id, "checklist");
}

#[test]
fn a_file_that_is_renamed_is_never_there_twice() {
    let sandbox = sandbox();
    let (old, new) = ("specs/007_login/state.json", "specs/007_sign_in/state.json");
    sandbox.write(old, r#"{"project_number": 7, "status": "planned"}"#);
    let mut workspace = LocalWorkspace::open(sandbox.path()).expect("a workspace");
    let text = sandbox.read(old);
    sandbox.remove(old);
    sandbox.write(new, text);
    assert_eq!(workspace.refresh_whole([old, new]), [old, new]);
    assert!(workspace.analysis().index.document(new).is_none());
    workspace.refresh([old, new]);
    assert!(workspace.analysis().index.document(new).is_some());
    assert!(workspace.analysis().index.document(old).is_none());
}

#[cfg(unix)]
#[test]
fn a_file_with_several_names_is_one_document() {
    let sandbox = sandbox();
    let link = |target: &str, name: &str| {
        std::os::unix::fs::symlink(sandbox.join(target), sandbox.join(name)).expect("linked");
    };
    let names = |workspace: &LocalWorkspace| -> Vec<String> {
        workspace.analysis().index.docs.iter().map(|doc| doc.path.to_string()).collect()
    };
    link("specs/TODO.md", "TODO.md");
    sandbox.write("specs/no-role.txt", r#"{"project_number": 7, "status": "planned"}"#);
    sandbox.write("lockstep.toml", "profile = \"opencode\"\n");
    std::fs::create_dir_all(sandbox.join("specs/007_login")).expect("a folder");
    link("specs/no-role.txt", "specs/007_login/state.json");
    let mut workspace = LocalWorkspace::open(sandbox.path()).expect("a workspace");
    let expected = ["specs/007_login/state.json", "specs/TODO.md", RECORD];
    assert_eq!(names(&workspace), expected);
    let aliases: Vec<_> = workspace.aliases().iter().collect();
    let target = sandbox.join("specs/no-role.txt");
    assert_eq!(aliases, [(&target, &"specs/007_login/state.json".to_owned())]);
    assert_eq!(workspace.refresh_whole(["TODO.md"]), [""; 0]);
    assert_eq!(names(&workspace), expected);
    sandbox.remove("specs/007_login/state.json");
    workspace.refresh(["specs/007_login/state.json"]);
    assert_eq!(names(&workspace), expected[1..]);
    assert!(workspace.aliases().is_empty());
}

#[test]
fn the_first_files_of_a_workspace_decide_on_its_profile() {
    let (empty, sandbox) = (Sandbox::new(&Fixture::default()), sandbox());
    let mut workspace = LocalWorkspace::open(empty.path()).expect("a workspace");
    for path in ["specs/TODO.md", RECORD] {
        empty.write(path, sandbox.read(path));
    }
    assert_eq!(workspace.refresh_whole(["specs/TODO.md", RECORD]), [""; 0]);
    assert_eq!(workspace.analysis().profile.id, "opencode");
    assert_eq!(status(&workspace, r#""planned""#), Some(true));
}

#[test]
fn what_lies_in_a_nested_workspace_is_left_out() {
    let sandbox = sandbox();
    let disk = LocalWorkspace::open(sandbox.path()).expect("a workspace");
    let mut workspace = disk.clone();
    assert!(workspace.leave_out(BTreeSet::from(["specs".to_owned()])));
    workspace.adopt(&disk);
    assert_eq!(status(&workspace, "[PLANNED]"), None);
    workspace.set_overlay("specs/TODO.md", Some(sandbox.read("specs/TODO.md").into()));
    assert_eq!(status(&workspace, "[PLANNED]"), None);
    workspace.rescan();
    assert_eq!(status(&workspace, "[PLANNED]"), None);
    workspace.leave_out(BTreeSet::new());
    workspace.adopt(&disk);
    assert_eq!(status(&workspace, "[PLANNED]"), Some(true));
}

#[test]
fn what_was_read_of_a_file_before_the_editor_wrote_it_does_not_come_back() {
    const TODO: &str = "specs/TODO.md";
    let sandbox = sandbox();
    let disk = LocalWorkspace::open(sandbox.path()).expect("a workspace");
    let mut workspace = disk.clone();
    let saved = sandbox.read(TODO).replace("PLANNED", "BLOCKED");
    workspace.set_overlay(TODO, Some(saved.as_str().into()));
    sandbox.write(TODO, &saved);
    workspace.wrote(TODO, saved.as_str().into());
    workspace.set_overlay(TODO, Some(format!("{saved}\nMore.\n").into()));
    let seen = |workspace: &LocalWorkspace| {
        let open = workspace.analysis().editing.open.get(&FilePath::new(TODO));
        open.and_then(|it| it.text.as_deref().map(str::to_owned))
    };
    // It is being written again, by whomever, when somebody looks.
    for now in [saved.as_str(), ""] {
        sandbox.write(TODO, now);
        workspace.adopt(&disk);
        assert_eq!(seen(&workspace).as_ref(), Some(&saved), "{now:?}");
    }
    let changed = saved.replace("Add login", "Add a login");
    sandbox.write(TODO, &changed);
    workspace.adopt(&disk);
    assert_eq!(seen(&workspace), Some(changed));
}

#[test]
fn a_workspace_that_is_too_large_is_held_in_no_part_and_says_so() {
    let sandbox = sandbox();
    let mut workspace = LocalWorkspace::open(sandbox.path()).expect("a workspace");
    let size = |path: &str| sandbox.read(path).len() as u64;
    let all = size("specs/TODO.md") + size(RECORD);
    workspace.budget = SizeBudget::new(all);
    workspace.rescan();
    assert_eq!(
        workspace.analysis().index.tasks.values().count(),
        1,
        "it is just as large as it may be"
    );
    sandbox.write(RECORD, format!("{} ", sandbox.read(RECORD)));
    let left_out = workspace.refresh_whole([RECORD]);
    for _ in 0..3 {
        assert!(left_out.is_empty() && workspace.analysis().index.docs.iter().next().is_none());
        let [told] = &workspace.analysis().unread[..] else { panic!("one reason") };
        assert!(told.reason.contains("bytes together, and no more are read"), "{told:?}");
        let told =
            report::list(workspace.analysis(), &TaskFilter::default()).expect_err("not empty");
        let asked =
            report::transitions::transitions(workspace.analysis(), "7", None).expect_err("unknown");
        assert_eq!((told.code, asked.code), (Code::Unreadable, Code::Unreadable));
        workspace.rescan();
    }
    // As long as nothing gets smaller, nothing is read: neither what is told of nor what is new.
    let new = "specs/008_other/plans/implementation-001.md";
    sandbox.write(new, "# Plan\n");
    assert!(workspace.refresh_whole(["specs/TODO.md", new]).is_empty());
    workspace.rescan();
    assert!(!workspace.reading.young().iter().any(|path| path == new));
    assert!(workspace.analysis().index.docs.iter().next().is_none());
    sandbox.remove(new);
    sandbox.write(RECORD, sandbox.read(RECORD).trim_end());
    workspace.rescan();
    assert_eq!(
        (workspace.analysis().index.tasks.values().count(), workspace.analysis().unread.len()),
        (1, 0)
    );
}

/// A workspace for which the system vouches, as if nobody had written to any file of it lately.
#[cfg(target_os = "linux")]
mod vouched {
    use std::fs;

    use tempfile::TempDir;

    use super::*;

    const TODO: &str = "TODO.md";
    const OTHER: &str = "specs/008_other/plans/implementation-001.md";

    /// What is done to a root.
    type Act<'a> = &'a dyn Fn(&Path);

    /// How a workspace is opened.
    type Open = fn(&Path) -> std::io::Result<LocalWorkspace>;

    struct Vouched {
        folder: TempDir,
        workspace: LocalWorkspace,
    }

    impl Vouched {
        fn new() -> Vouched {
            let vouched = Vouched::with(LocalWorkspace::open_watched);
            assert_eq!(vouched.in_question("7"), [TODO], "the other is vouched for");
            vouched
        }

        fn with(open: Open) -> Vouched {
            let folder = tempfile::tempdir_in("/dev/shm").expect("a folder");
            let todo = "# TODO\n\n### 7. Add login\n- **Status**: [PLANNED]\n\n### 8. Other\n- **Status**: [PLANNED]\n";
            let write = |path: &str, text: &str| write(&folder.path().join(path), text);
            write(CONFIG, "profile = \"opencode\"\n");
            write(TODO, todo);
            write(OTHER, "# Other\n- **Status**: [PLANNED]\n");
            let workspace = open(folder.path()).expect("a workspace");
            let vouched = Vouched { folder, workspace };
            [TODO, OTHER].iter().for_each(|path| vouched.note(path, &vouched.read(path)));
            vouched
        }

        fn at(&self, path: &str) -> PathBuf {
            self.folder.path().join(path)
        }

        fn read(&self, path: &str) -> String {
            fs::read_to_string(self.at(path)).expect("a text")
        }

        /// Notes that a file said this when it was read, long after it was written.
        fn note(&self, path: &str, text: &str) {
            let state = State::of(&self.at(path)).expect("a state");
            self.workspace.reading.take_note(path, &text.into(), LastSeen::As(state));
        }

        fn in_question(&self, task: &str) -> Vec<String> {
            let found = self.workspace.reading.find();
            let paths = self.workspace.in_question(&found, &task_ids(task));
            let paths = paths.map(Vec::from_iter);
            paths.expect("nobody vouches: is fs.inotify.max_user_instances used up?")
        }

        fn says(&self, path: &str) -> Option<String> {
            let document = self.workspace.analysis().index.document(path);
            document.map(|(_, document)| document.text.to_string())
        }
    }

    fn task_ids(task: &str) -> BTreeSet<String> {
        BTreeSet::from([task.to_owned()])
    }

    fn write(path: &Path, text: &str) {
        fs::create_dir_all(path.parent().expect("a folder")).expect("folders");
        fs::write(path, text).expect("written");
    }

    #[test]
    fn only_what_may_say_something_of_a_task_is_looked_at() {
        let mut it = Vouched::new();
        let text = it.read(OTHER);
        it.note(OTHER, "# What nobody has written\n");
        it.workspace.rescan_written(&task_ids("7"));
        assert_eq!(it.workspace.changed(&task_ids("7"), &BTreeSet::new()), None);
        assert_eq!(it.says(OTHER), Some(text), "it was not looked at");
        let tasks = [
            task_ids("8"),
            BTreeSet::new(),
            task_ids("7").into_iter().chain(task_ids("8")).collect(),
        ];
        for tasks in tasks {
            assert_eq!(
                it.workspace.changed(&tasks, &BTreeSet::new()).as_deref(),
                Some(OTHER),
                "{tasks:?}"
            );
        }
        it.workspace.rescan_written(&task_ids("8"));
        assert_eq!(it.says(OTHER).as_deref(), Some("# What nobody has written\n"));
    }

    #[test]
    fn what_was_just_written_is_read_again_only_if_somebody_has_written_to_it_since() {
        let mut it = Vouched::new();
        let text = it.read(TODO);
        let blocked = text.replace(
            "7. Add login\n- **Status**: [PLANNED]",
            "7. Add login\n- **Status**: [BLOCKED]",
        );
        it.workspace.rescan_written(&task_ids("7"));
        let young = LastSeen::Young(State::of(&it.at(TODO)));
        it.workspace.reading.take_note(TODO, &blocked.as_str().into(), young);
        it.workspace.rescan_written(&task_ids("7"));
        assert_eq!(it.says(TODO), Some(blocked.clone()), "it is vouched for");
        assert_eq!(it.workspace.changed(&task_ids("7"), &BTreeSet::new()), None);
        // As long as before, and maybe in the same moment by the clock of the file system.
        write(&it.at(TODO), &text);
        assert_eq!(it.workspace.changed(&task_ids("7"), &BTreeSet::new()).as_deref(), Some(TODO));
        it.workspace.rescan_written(&task_ids("7"));
        assert_eq!(it.says(TODO), Some(text));
    }

    #[test]
    fn what_is_named_by_its_file_may_be_in_any() {
        let it = Vouched::new();
        let phase = format!("{OTHER}#phase-1");
        assert_eq!(it.in_question(&phase), [TODO, OTHER]);
        assert!(it.workspace.may_hold(OTHER, &phase) && !it.workspace.may_hold(OTHER, "7"));
    }

    #[test]
    fn whatever_happens_between_a_look_and_the_commit_is_seen() {
        let acts: [(&str, &str, Act<'_>); 7] = [
            ("written over", OTHER, &|root| {
                let text = fs::read_to_string(root.join(OTHER)).expect("a text");
                fs::write(root.join(OTHER), text.replace("PLANNED", "BLOCKED")).expect("written");
            }),
            ("cut", OTHER, &|root| {
                let file = fs::File::options().write(true).open(root.join(OTHER));
                file.and_then(|file| file.set_len(3)).expect("cut");
            }),
            ("replaced", OTHER, &|root| {
                write(&root.join("specs/new"), "# Other\n- **Status**: [BLOCKED]\n");
                fs::rename(root.join("specs/new"), root.join(OTHER)).expect("renamed");
            }),
            ("removed", OTHER, &|root| fs::remove_file(root.join(OTHER)).expect("removed")),
            ("new", "specs/state.json", &|root| write(&root.join("specs/state.json"), "{}")),
            ("in a new folder", "specs/009_new/plans/implementation-001.md", &|root| {
                write(&root.join("specs/009_new/plans/implementation-001.md"), "# New\n");
            }),
            ("in another folder of the name", OTHER, &|root| {
                write(&root.join("new/plans/implementation-001.md"), "# Another\n");
                fs::rename(root.join("specs/008_other"), root.join("old")).expect("renamed");
                fs::rename(root.join("new"), root.join("specs/008_other")).expect("renamed");
            }),
        ];
        // Where nobody vouches, since there is no watcher to be had, the same is seen.
        let opens: [Open; 2] = [LocalWorkspace::open_watched, LocalWorkspace::open];
        for (what, path, act, open) in
            acts.iter().flat_map(|(what, path, act)| opens.map(|open| (*what, *path, act, open)))
        {
            let mut it = Vouched::with(open);
            it.workspace.rescan_written(&task_ids("7"));
            assert_eq!(it.workspace.changed(&task_ids("7"), &BTreeSet::new()), None, "{what}");
            act(it.folder.path());
            assert_eq!(
                it.workspace.changed(&task_ids("7"), &BTreeSet::new()).as_deref(),
                Some(path),
                "{what}"
            );
            it.workspace.rescan_written(&task_ids("7"));
            let now = fs::read_to_string(it.at(path)).ok();
            assert_eq!(it.says(path), now, "{what}");
            assert_eq!(it.workspace.changed(&task_ids("7"), &BTreeSet::new()), None, "{what}");
        }
    }

    #[test]
    fn what_is_done_by_another_name_of_a_file_is_seen() {
        let mut it = Vouched::new();
        let elsewhere = tempfile::tempdir_in("/dev/shm").expect("a folder");
        let name = elsewhere.path().join("name");
        fs::hard_link(it.at(OTHER), &name).expect("a link");
        write(&it.at(OTHER), "# Other\n- **Status**: [BLOCKED]\n");
        it.workspace.rescan_written(&task_ids("7"));
        it.note(OTHER, &it.read(OTHER));
        assert_eq!(it.workspace.changed(&task_ids("7"), &BTreeSet::new()), None);
        fs::write(&name, "# Other\n- **Status**: [COMPLETED]\n").expect("written");
        assert_eq!(it.workspace.changed(&task_ids("7"), &BTreeSet::new()).as_deref(), Some(OTHER));
    }

    #[test]
    fn a_text_that_is_left_out_is_looked_at_again() {
        let mut it = Vouched::new();
        let text = it.read(OTHER);
        write(&it.at(OTHER), "");
        assert_eq!(it.workspace.rescan_whole(), [OTHER]);
        assert_eq!(it.says(OTHER), Some(text));
        it.note(OTHER, "");
        assert_eq!(it.in_question("7"), [TODO, OTHER]);
        it.workspace.rescan_written(&task_ids("7"));
        assert_eq!(it.says(OTHER).as_deref(), Some(""));
    }
}
