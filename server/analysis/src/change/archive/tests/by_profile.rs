//! Where other profiles than the first put finished tasks away.

use expect_test::expect;

use super::{archive, check, fates};
use crate::change::archive::{ArchiveWish, Folders, plan};
use crate::profile::id::TaskId;
use crate::testing::analysis;

#[test]
fn a_file_that_is_a_task_goes_to_the_folder_beside_its_own() {
    check(
        "
//- /backlog/tasks/task-1-log-in.md
  ---
  id: TASK-1
  status: Done
  ---
  As in [the other](task-2-log-out.md).
//- /backlog/tasks/task-2-log-out.md
  ---
  id: TASK-2
  status: To Do
  ---
  As in [the first](task-1-log-in.md).
//- /backlog/completed/task-3-search.md
  ---
  id: TASK-3
  status: Done
  ---
",
        &["1", "2", "3"],
        expect![[r#"
            1 moved
            2 refused: task 2 is to_do, and only finished tasks are archived; finish it first with `lockstep set`
            3 unchanged: archived already
            //- /backlog/completed/task-1-log-in.md
              ---
              id: TASK-1
              status: Done
              ---
              As in [the other](../tasks/task-2-log-out.md).
            //- /backlog/tasks/task-1-log-in.md deleted
            //- /backlog/tasks/task-2-log-out.md
              ---
              id: TASK-2
              status: To Do
              ---
              As in [the first](../completed/task-1-log-in.md).
        "#]],
    );
}

const TICKETS: &str = "
//- /tickets/INDEX.md
  | Ticket | Title | Status |
  |--------|-------|--------|
  | [T-001](open/T-001-log-in.md) | Log in | Done |
  | [T-002](open/T-002-log-out.md) | Log out | Cancelled |
  | [T-003](Closed/T-003-search.md) | Search | Done |
//- /tickets/open/T-001-log-in.md
  # T-001: Log in

  **Status:** Done
//- /tickets/open/T-002-log-out.md
  # T-002: Log out

  **Status:** Cancelled
//- /tickets/Closed/T-003-search.md
  # T-003: Search

  **Status:** Done
//- /tickets/T-004-print.md
  # T-004: Print

  **Status:** Done
";

#[test]
fn a_ticket_goes_to_the_folder_in_which_finished_ones_lie() {
    check(
        TICKETS,
        &["T-001", "T-002", "T-003", "T-004"],
        expect![[r#"
        T-001 moved
        T-002 refused: no folder for tasks that are cancelled is known beside tickets/open/T-002-log-out.md; move it by hand
        T-003 unchanged: archived already
        T-004 moved
        //- /tickets/Closed/T-001-log-in.md
          # T-001: Log in

          **Status:** Done
        //- /tickets/Closed/T-004-print.md
          # T-004: Print

          **Status:** Done
        //- /tickets/INDEX.md
          | Ticket | Title | Status |
          |--------|-------|--------|
          | [T-001](Closed/T-001-log-in.md) | Log in | Done |
          | [T-002](open/T-002-log-out.md) | Log out | Cancelled |
          | [T-003](Closed/T-003-search.md) | Search | Done |
        //- /tickets/T-004-print.md deleted
        //- /tickets/open/T-001-log-in.md deleted
    "#]],
    );
}

#[test]
fn a_ticket_stays_where_no_folder_for_finished_ones_is() {
    let fixture = TICKETS.replace("Closed/", "open/");
    let (analysis, _) = analysis(&fixture);
    let folders = Folders::new();
    let wish = ArchiveWish { tasks: &[TaskId::new("T-001")], before: None, folders: &folders };
    let refusal = plan(&analysis, &wish).expect_err("there is none").to_string();
    assert!(
        refusal.starts_with("no folder for finished tasks is there: closed, done"),
        "{refusal}"
    );
    assert!(refusal.ends_with("`files = \"closed\"`"), "{refusal}");
    assert!(!crate::change::archive::finished(&analysis).is_empty(), "they are told of");
    let own = format!(
        "//- /lockstep.toml\n  extends = \"tickets\"\n  [archive]\n  files = \"closed\"\n{fixture}"
    );
    let (_, archived) = archive(&own, &["T-001", "T-004"], None);
    assert_eq!(fates(&archived), ["T-001 moved", "T-004 moved"]);
    let to: Vec<&str> = archived.moves.values().map(|path| path.as_str()).collect();
    assert_eq!(to, ["tickets/closed/T-004-print.md", "tickets/closed/T-001-log-in.md"]);
}

const TRACKS: &str = "
//- /conductor/tracks.md
  # Project Tracks

  The first was [this](tracks/login_1/plan.md).

  ---
  ## [x] Track: Log in
  *Link: [./tracks/login_1/](./tracks/login_1/)*

  ---
  ## [x] Track: Log out
  *Link: [./tracks/logout_2/](./tracks/logout_2/)*

  ---
  ## [ ] Track: Search
  *Link: [./tracks/search_3/](./tracks/search_3/)*
//- /conductor/tracks/login_1/metadata.json
  { \"track_id\": \"login_1\", \"status\": \"completed\" }
//- /conductor/tracks/login_1/plan.md
  - [x] Task: Draw it, see [all](../../tracks.md)
//- /conductor/tracks/search_3/plan.md
  - [ ] Task: Index it
";

#[test]
fn a_track_goes_with_its_folder_to_the_one_beside_and_leaves_the_list() {
    check(
        TRACKS,
        &["login_1", "logout_2", "search_3"],
        expect![[r#"
            login_1 moved
            logout_2 unchanged: it has no folder to move
            search_3 refused: task search_3 is new, and only finished tasks are archived; finish it first with `lockstep set`
            //- /conductor/archive/login_1/metadata.json
              { "track_id": "login_1", "status": "completed" }
            //- /conductor/archive/login_1/plan.md
              - [x] Task: Draw it, see [all](../../tracks.md)
            //- /conductor/tracks.md
              # Project Tracks

              The first was [this](archive/login_1/plan.md).

              ---
              ## [x] Track: Log out
              *Link: [./tracks/logout_2/](./tracks/logout_2/)*

              ---
              ## [ ] Track: Search
              *Link: [./tracks/search_3/](./tracks/search_3/)*
            //- /conductor/tracks/login_1/metadata.json deleted
            //- /conductor/tracks/login_1/plan.md deleted
        "#]],
    );
}

#[test]
fn a_track_of_a_product_goes_to_the_same_archive() {
    let fixture =
        TRACKS.replace("tracks/login_1", "tracks/shop/login_1").replace("../../t", "../../../t");
    let (_, archived) = archive(&fixture, &["login_1"], None);
    assert_eq!(fates(&archived), ["login_1 moved"]);
    let ways: Vec<_> = archived.folders.into_iter().collect();
    assert_eq!(
        ways,
        [("conductor/tracks/shop/login_1".to_owned(), "conductor/archive/login_1".to_owned())]
    );
}

#[test]
fn a_track_stays_in_the_list_while_its_folder_has_to_stay() {
    let (analysis, _) = analysis(TRACKS);
    let kept = "conductor/archive/login_1 exists already".to_owned();
    let folders = Folders::from([("conductor/tracks/login_1".to_owned(), Err(kept))]);
    let wish = ArchiveWish { tasks: &[TaskId::new("login_1")], before: None, folders: &folders };
    let archived = plan(&analysis, &wish).expect("the profile has an archive");
    let why = "conductor/tracks/login_1 is not moved: conductor/archive/login_1 exists already";
    assert_eq!(fates(&archived), [format!("login_1 unchanged: {why}")]);
    assert!(archived.texts.is_empty());
}

#[test]
fn a_track_stays_whose_status_stands_in_the_list_only() {
    let fixture = TRACKS.replace("login_1/metadata.json", "login_1/notes.json");
    let (_, archived) = archive(&fixture, &["login_1"], None);
    let why = "the status of task login_1 would stand nowhere any more; state it in a file that \
               moves along, such as the record of the task";
    assert_eq!(fates(&archived), [format!("login_1 refused: {why}")]);
    assert!(archived.texts.is_empty() && archived.moves.is_empty());
}

#[test]
fn without_a_name_only_tracks_with_a_folder_are_put_away() {
    let (_, archived) = archive(TRACKS, &[], None);
    assert_eq!(fates(&archived), ["login_1 moved"]);
}

#[test]
fn what_its_own_tool_archives_is_refused_with_the_command() {
    let (analysis, _) = analysis(
        "
//- /openspec/changes/add-login/tasks.md
  - [x] 1.1 Draw it
",
    );
    let folders = Folders::new();
    let wish = ArchiveWish { tasks: &[TaskId::new("add-login")], before: None, folders: &folders };
    let refusal = plan(&analysis, &wish).expect_err("its own tool does it").to_string();
    assert!(refusal.ends_with("run `openspec archive add-login`"), "{refusal}");
}
