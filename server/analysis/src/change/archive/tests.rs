//! What is put away, as whole workspaces.

mod by_profile;

use std::collections::BTreeMap;

use expect_test::{Expect, expect};
use lockstep_fixture::Fixture;

use crate::analysis::Analysis;
use crate::change::SourceChange;
use crate::change::archive::{ArchiveWish, Archived, Fate, Folders, finished, folders, plan};
use crate::model::FilePath;
use crate::profile::id::TaskId;
use crate::testing::{analysis, result};

/// Every folder of the tasks with the fixture's files in it, as if nothing else were there.
fn all_folders(analysis: &Analysis, fixture: &Fixture, ids: &[TaskId]) -> Folders {
    let own = ids.iter().flat_map(|id| folders(analysis, id)).map(|(folder, _)| {
        let inside = |path: &&str| *path == folder || path.starts_with(&format!("{folder}/"));
        let paths = fixture.files.iter().map(|file| file.path.as_str());
        (folder.clone(), Ok(paths.filter(inside).map(str::to_owned).collect()))
    });
    own.collect()
}

#[track_caller]
fn archive(fixture: &str, ids: &[&str], before: Option<&str>) -> (Analysis, Archived) {
    let (analysis, fixture) = analysis(fixture);
    let ids = match ids.is_empty() {
        true => finished(&analysis),
        false => ids.iter().map(|id| TaskId::new(id)).collect(),
    };
    let folders = all_folders(&analysis, &fixture, &ids);
    let wish = ArchiveWish { tasks: &ids, before, folders: &folders };
    let archived = plan(&analysis, &wish).expect("the profile has an archive");
    (analysis, archived)
}

fn fates(archived: &Archived) -> Vec<String> {
    let fate = |(id, fate): &(TaskId, Fate)| match fate {
        Fate::Moved { notes, .. } if notes.is_empty() => format!("{id} moved"),
        Fate::Moved { notes, .. } => format!("{id} moved; {}", notes.join("; ")),
        Fate::Unchanged(why) => format!("{id} unchanged: {why}"),
        Fate::Refused(refusal) => format!("{id} refused: {refusal}"),
    };
    archived.fates.iter().map(fate).collect()
}

/// The tasks are put away; all of them are found afterwards with the status they had, nothing is
/// found wrong that was not before, and a second time nothing changes.
#[track_caller]
fn check(fixture: &str, ids: &[&str], expected: Expect) {
    let (before, archived) = archive(fixture, ids, None);
    let mut change = SourceChange::between(&before, &archived.texts);
    change.moves = archived.moves.clone();
    expected.assert_eq(&format!("{}\n{}", fates(&archived).join("\n"), result(&change)));
    let after = before.with_texts(&archived.texts);
    for (id, _) in &archived.fates {
        let status = |analysis: &Analysis| {
            let task = analysis.index.tasks.get(id).expect("a task");
            analysis.index.status(task)
        };
        assert_eq!(status(&after), status(&before), "{id} is found with its status");
    }
    let told = |analysis: &Analysis| -> Vec<String> {
        analysis.diagnostics().iter().map(|d| format!("{} {}", d.rule, d.message)).collect()
    };
    let old = told(&before);
    let new: Vec<String> = told(&after).into_iter().filter(|d| !old.contains(d)).collect();
    assert_eq!(new, [""; 0], "nothing is found wrong that was not before");
    let ids: Vec<TaskId> = archived.fates.iter().map(|(id, _)| id.clone()).collect();
    let wish = ArchiveWish { tasks: &ids, before: None, folders: &BTreeMap::new() };
    let again = plan(&after, &wish).expect("the profile has an archive");
    assert!(again.texts.is_empty(), "a second time it changes {:?}", again.texts.keys());
}

#[track_caller]
fn check_refused(fixture: &str, id: &str, message: &str) {
    let (_, archived) = archive(fixture, &[id], None);
    assert_eq!(fates(&archived), [format!("{id} {message}")]);
    assert!(archived.texts.is_empty() && archived.moves.is_empty());
}

const THREE: &str = r#"
//- /specs/TODO.md
  ---
  next_project_number: 10
  task_counts:
    active: 1
  ---
  # Tasks

  ## Task Order

  - **7** [COMPLETED] — Login first
    - of [the plan](007_add_login/plans/a.md)

      more of it
  - **8** [PLANNED] — then logout

  ### 7. Add login
  - **Status**: [COMPLETED]
  - **Completed**: 2026-01-01

  #### Notes
  Text.

  ---

  ### 8. Add logout
  - **Status**: [PLANNED]
  - **Plan**: [as login](specs/007_add_login/plans/a.md#two)

  ---

  ### 9. Write docs
  - **Status**: [ABANDONED]
  - **Abandonment Reason**: nobody reads them
//- /specs/state.json
  {
    "active_projects": [
      {
        "project_number": 7,
        "project_name": "add_login",
        "status": "completed", "completed": "2026-01-01",
        "artifacts": ["specs/007_add_login/plans/a.md"]
      },
      {
        "project_number": 8,
        "project_name": "add_logout",
        "status": "planned"
      },
      {
        "project_number": 9,
        "project_name": "write_docs",
        "status": "abandoned", "abandonment_reason": "nobody reads them"
      }
    ],
    "next_project_number": 10
  }
//- /specs/007_add_login/plans/a.md
  # Plan
  - **Status**: [COMPLETED]

  See [the tasks](../../TODO.md) and [the report](../reports/r.md).
//- /specs/007_add_login/reports/r.md
  # Report
"#;

#[test]
fn records_entries_and_folders_go_where_the_profile_says_and_links_follow() {
    check(
        THREE,
        &[],
        expect![[r#"
            7 moved
            9 moved
            //- /specs/007_add_login/plans/a.md deleted
            //- /specs/007_add_login/reports/r.md deleted
            //- /specs/TODO.md
              ---
              next_project_number: 10
              task_counts:
                active: 1
              ---
              # Tasks

              ## Task Order

              - **8** [PLANNED] — then logout

              ### 8. Add logout
              - **Status**: [PLANNED]
              - **Plan**: [as login](specs/archive/007_add_login/plans/a.md#two)

              ---
            //- /specs/archive/007_add_login/plans/a.md
              # Plan
              - **Status**: [COMPLETED]

              See [the tasks](../../../TODO.md) and [the report](../reports/r.md).
            //- /specs/archive/TODO.md
              # Archive

              ### 7. Add login
              - **Status**: [COMPLETED]
              - **Completed**: 2026-01-01

              #### Notes
              Text.

              ---
            //- /specs/state.json
              {
                "active_projects": [
                  {
                    "project_number": 8,
                    "project_name": "add_logout",
                    "status": "planned"
                  }
                ],
                "completed_projects": [
                  {
                    "project_number": 7,
                    "project_name": "add_login",
                    "status": "completed", "completed": "2026-01-01",
                    "artifacts": ["specs/archive/007_add_login/plans/a.md"]
                  },
                  {
                    "project_number": 9,
                    "project_name": "write_docs",
                    "status": "abandoned", "abandonment_reason": "nobody reads them"
                  }
                ],
                "next_project_number": 10
              }
        "#]],
    );
}

#[test]
fn a_replaced_plan_that_moves_and_a_picture_lead_where_they_did() {
    let replaced = "\
//- /specs/007_add_login/plans/implementation-001-old.md
  # Old plan
  - **Status**: [NOT STARTED]

  See [the tasks](../../TODO.md).
//- /specs/007_add_login/plans/implementation-002.md
  # Plan
  - **Status**: [COMPLETED]

  ![how](../../../docs/how.png) ![ours](../how.png)
";
    let (_, archived) = archive(&format!("{}{replaced}", THREE.trim_start()), &["7"], None);
    let text = |name: &str| {
        let path = FilePath::new(&format!("specs/archive/007_add_login/plans/{name}"));
        archived.texts[&path].as_deref().expect("a text").to_owned()
    };
    assert!(text("implementation-001-old.md").contains("(../../../TODO.md)"));
    let pictures = "![how](../../../../docs/how.png) ![ours](../how.png)";
    assert!(text("implementation-002.md").contains(pictures));
}

#[test]
fn a_record_goes_to_every_list_that_is_there() {
    let archive = "//- /specs/archive/state.json\n  { \"archived_projects\": [] }\n";
    let finished = THREE.replace(
        "    \"next_project_number\": 10",
        "    \"completed_projects\": [\n      { \"project_number\": 6, \"status\": \"completed\" }\n    ],\n    \"next_project_number\": 10",
    );
    check(
        &format!("{finished}{archive}"),
        &["9"],
        expect![[r#"
        9 moved
        //- /specs/TODO.md
          ---
          next_project_number: 10
          task_counts:
            active: 1
          ---
          # Tasks

          ## Task Order

          - **7** [COMPLETED] — Login first
            - of [the plan](007_add_login/plans/a.md)

              more of it
          - **8** [PLANNED] — then logout

          ### 7. Add login
          - **Status**: [COMPLETED]
          - **Completed**: 2026-01-01

          #### Notes
          Text.

          ---

          ### 8. Add logout
          - **Status**: [PLANNED]
          - **Plan**: [as login](specs/007_add_login/plans/a.md#two)

          ---
        //- /specs/archive/state.json
          { "archived_projects": [
              {
                "project_number": 9,
                "project_name": "write_docs",
                "status": "abandoned", "abandonment_reason": "nobody reads them"
              }
            ] }
        //- /specs/state.json
          {
            "active_projects": [
              {
                "project_number": 7,
                "project_name": "add_login",
                "status": "completed", "completed": "2026-01-01",
                "artifacts": ["specs/007_add_login/plans/a.md"]
              },
              {
                "project_number": 8,
                "project_name": "add_logout",
                "status": "planned"
              }
            ],
            "completed_projects": [
              { "project_number": 6, "status": "completed" },
              {
                "project_number": 9,
                "project_name": "write_docs",
                "status": "abandoned", "abandonment_reason": "nobody reads them"
              }
            ],
            "next_project_number": 10
          }
    "#]],
    );
}

#[test]
fn an_entry_without_a_record_goes_to_a_file_that_is_made_for_it() {
    check(
        r#"
//- /specs/TODO.md
  ### 7. Add login
  - **Status**: [COMPLETED]
  - **Completed**: 2026-01-01

  ### 8. Add logout
  - **Status**: [ABANDONED]
  - **Abandoned**: 2026-01-01
  - **Abandonment Reason**: none
//- /specs/008_add_logout/plans/a.md
"#,
        &[],
        expect![[r#"
            7 moved
            8 moved
            //- /specs/008_add_logout/plans/a.md deleted
            //- /specs/TODO.md
            //- /specs/archive/008_add_logout/plans/a.md
            //- /specs/archive/TODO.md
              # Archive

              ### 7. Add login
              - **Status**: [COMPLETED]
              - **Completed**: 2026-01-01

              ### 8. Add logout
              - **Status**: [ABANDONED]
              - **Abandoned**: 2026-01-01
              - **Abandonment Reason**: none
        "#]],
    );
}

#[test]
fn a_list_of_boxes_goes_to_the_file_that_is_configured() {
    check(
        r#"
//- /lockstep.toml
  extends = "checklist"
  [archive]
  entries = "archive/TODO.md"
//- /TODO.md
  # Chores

  - [x] Wash the car
    - with soap
  - [ ] Buy milk
  - [x] Feed the cat
//- /archive/TODO.md
  # Done

  - [x] Sleep
"#,
        &[],
        expect![[r#"
            feed-the-cat moved
            wash-the-car moved
            //- /TODO.md
              # Chores

              - [ ] Buy milk
            //- /archive/TODO.md
              # Done

              - [x] Sleep
              - [x] Wash the car
                - with soap
              - [x] Feed the cat
        "#]],
    );
}

#[test]
fn only_what_is_finished_everywhere_is_put_away() {
    check_refused(
        THREE,
        "8",
        "refused: task 8 is planned, and only finished tasks are archived; finish it first with `lockstep set`",
    );
    let drifting = THREE.replace("\"status\": \"completed\"", "\"status\": \"planned\"");
    check_refused(
        &drifting,
        "7",
        "refused: task 7 is [COMPLETED] in specs/TODO.md, but \"planned\" in specs/state.json; run `lockstep fix 7` first",
    );
    let nested = THREE.replace("#### Notes", "#### 5. Add tokens\n  - **Status**: [PLANNED]");
    check_refused(
        &nested,
        "7",
        "refused: task 5 is below task 7 in specs/TODO.md; finish that task first",
    );
    let broken = THREE.replace("\"next_project_number\": 10\n", "\"next_project_number\"\n");
    let (_, archived) = archive(&broken, &["9"], None);
    assert!(fates(&archived)[0].contains("specs/state.json:20:"), "{:?}", fates(&archived));
    assert!(fates(&archived)[0].contains("correct the file first"), "{:?}", fates(&archived));
}

#[test]
fn a_refused_task_does_not_keep_the_others() {
    let nested = THREE.replace("#### Notes", "#### 5. Add tokens\n  - **Status**: [PLANNED]");
    let (_, archived) = archive(&nested, &["7", "9"], None);
    assert_eq!(fates(&archived)[1], "9 moved");
    assert!(archived.moves.is_empty() && archived.texts.len() == 2);
}

#[test]
fn a_day_leaves_what_was_finished_later_or_does_not_say_when() {
    let fates = |day| fates(&archive(THREE, &[], Some(day)).1);
    assert_eq!(
        fates("2026-01-01"),
        [
            "7 unchanged: it was finished on 2026-01-01 or later: specs/TODO.md:18:18",
            "9 unchanged: it has no date of completion"
        ]
    );
    assert_eq!(fates("2026-01-02")[0], "7 moved");
}

#[test]
fn a_task_is_put_away_by_its_age_only_where_every_place_says_so() {
    let fate = |written: &str, date: &str, day| {
        let said = [THREE.to_owned(), THREE.replacen(written, date, 1)];
        assert_ne!(said[0], said[1]);
        fates(&archive(&said[1], &["7"], Some(day)).1).remove(0)
    };
    let (entry, record) = ("**: 2026-01-01", "\"completed\": \"2026-01-01\"");
    let later = "7 unchanged: it was finished on 2026-01-02 or later: specs/state.json:6:43";
    assert_eq!(fate(record, "\"completed\": \"2030-01-01\"", "2026-01-02"), later);
    let entry_says = |date: &str, day| fate(entry, &format!("**: {date}"), day);
    let later = "7 unchanged: it was finished on 2026-01-02 or later: specs/TODO.md:18:18";
    assert_eq!(entry_says("9999-12-31T23:59:59.999999999Z", "2026-01-02"), later);
    let none = "7 unchanged: its date of completion is no date: specs/TODO.md:18:18";
    for unread in ["2025-13-40", "10000-01-01", "last week"] {
        assert_eq!(entry_says(unread, "2026-01-02"), none, "{unread}");
    }
    for early in ["1901-12-13T20:45:51+14:00", "0000-01-01", "1969-12-31 23:59"] {
        assert_eq!(entry_says(early, "2026-01-02"), "7 moved", "{early}");
    }
    assert_eq!(entry_says("9999-12-30", "9999-12-31"), "7 moved");
}

#[test]
fn a_folder_that_may_not_be_moved_stays_and_its_links_with_it() {
    let (analysis, _) = analysis(THREE);
    let (ids, folder) = ([TaskId::new("7")], "specs/007_add_login");
    let why = Err(format!("{folder}/run.sh is no Markdown and no JSON"));
    let kept = Folders::from([(folder.to_owned(), why)]);
    let archived = plan(&analysis, &ArchiveWish { tasks: &ids, before: None, folders: &kept });
    let archived = archived.expect("the profile has an archive");
    assert_eq!(
        fates(&archived)[0],
        "7 moved; specs/007_add_login is not moved: specs/007_add_login/run.sh is no Markdown and no JSON"
    );
    assert!(archived.moves.is_empty());
    let state = archived.texts.iter().find(|(path, _)| path.as_str() == "specs/state.json");
    let text = state.and_then(|(_, text)| text.clone()).expect("it changes");
    assert!(text.contains("[\"specs/007_add_login/plans/a.md\"]"), "{text}");
}

#[test]
fn a_profile_without_an_archive_says_how_to_get_one() {
    let (analysis, _) = analysis("//- /TODO.md\n  - [x] Wash the car\n");
    let wish = ArchiveWish { tasks: &[], before: None, folders: &Folders::new() };
    let refusal = plan(&analysis, &wish).expect_err("it has none").to_string();
    assert!(refusal.contains("`checklist` does not say where"), "{refusal}");
    assert!(refusal.contains("entries = \"archive/TODO.md\""), "{refusal}");
}

#[test]
fn counters_that_were_right_follow_and_others_stay() {
    let fixture = |finished: u32| {
        format!(
            r#"
//- /lockstep.toml
  extends = "opencode"
  [[counter]]
  role = "ledger"
  front_matter = "finished"
  equals = "count"
  category = ["done", "dropped"]
//- /specs/TODO.md
  ---
  finished: {finished}
  ---
  ### 7. Add login
  - **Status**: [COMPLETED]
  - **Completed**: 2026-01-01

  ### 8. Add logout
  - **Status**: [COMPLETED]
  - **Completed**: 2026-01-01
"#
        )
    };
    for (finished, then) in [(2, "finished: 1\n"), (5, "finished: 5\n")] {
        let (_, archived) = archive(&fixture(finished), &["7"], None);
        let todo = archived.texts.iter().find(|(path, _)| path.as_str() == "specs/TODO.md");
        let text = todo.and_then(|(_, text)| text.clone()).expect("it changes");
        assert!(text.contains(then), "{text}");
    }
}

#[test]
fn an_entry_with_words_of_its_own_is_kept_where_no_archive_is_yet() {
    let entry = "//- /specs/TODO.md\n  # Tasks\n\n  ### 7. Add login\n  - **Status**: [COMPLETED]\n  - **Completed**: 2026-01-01\n";
    let record = "//- /specs/state.json\n  { \"active_projects\": [\n    { \"project_number\": 7, \"status\": \"completed\", \"completed\": \"2026-01-01\" }\n  ] }\n";
    let made = |more: &str| {
        let (_, archived) = archive(&format!("{entry}{more}{record}"), &["7"], None);
        assert_eq!(fates(&archived), ["7 moved"]);
        archived.texts.get(&FilePath::new("specs/archive/TODO.md")).cloned().flatten()
    };
    assert_eq!(made(""), None);
    let text = made("\n  **Description**: A long text.\n").expect("it is put away");
    assert!(text.contains("### 7. Add login") && text.contains("A long text."), "{text}");
}
