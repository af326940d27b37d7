//! What a workspace reads, when, and under which name.

use lockstep_analysis::snapshot::Snapshot;
use lockstep_fixture::{Fixture, Sandbox};
use lockstep_store::seen::{LastSeen, State};

use super::*;

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
    workspace.rescan_written();
    assert_eq!(status(&workspace, r#""blocked""#), Some(true), "what is known of the state");
    sandbox.write(RECORD, sandbox.read(RECORD).replace("planned", "revised"));
    workspace.rescan_written();
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
        workspace.rescan();
    }
    sandbox.write(RECORD, sandbox.read(RECORD).trim_end());
    workspace.rescan();
    assert_eq!(
        (workspace.analysis().index.tasks.values().count(), workspace.analysis().unread.len()),
        (1, 0)
    );
}
