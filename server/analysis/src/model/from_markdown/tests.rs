//! What is read of a page.

use expect_test::expect;

use crate::testing::check_facts;

#[test]
fn entries_are_tasks_with_status_fields_dependencies_and_links() {
    check_facts(
        r#"
//- /lockstep.toml
  profile = "opencode"
//- /specs/TODO.md
  # TODO

  - **7** [PLANNED] — Add login

  ### 7. Add login
  * **Status**: [PLANNED]
  - **Dependencies**: Tasks 5, 6
  - **Plan**: [plan](007_add_login/plans/implementation-001.md)

  ### 8. Add logout
  - **Status**: blokked
"#,
        "specs/TODO.md",
        expect![[r#"
                task 7 "Add login"
                  [PLANNED] planned
                task 7 "Add login" after 5, 6
                  [PLANNED] planned
                  field "Tasks 5, 6"
                task 8 "Add logout"
                  `blokked` unknown
                link 007_add_login/plans/implementation-001.md
            "#]],
    );
}

#[test]
fn phases_and_their_boxes_stand_below_their_plan() {
    check_facts(
        r#"
//- /lockstep.toml
  profile = "opencode"
//- /specs/TODO.md
  # TODO
//- /specs/007_add_login/plans/implementation-001.md
  # Implementation Plan: Add login

  - **Task**: 7 - Add login
  - **Status**: [IN PROGRESS]

  ### Phase 1: Form [COMPLETED]
  - [x] Draw it
    - [ ] Twice

  ### Phase 2: Session [NOT STARTED]
  - **Depends on**: Phase 1
"#,
        "specs/007_add_login/plans/implementation-001.md",
        expect![[r#"
                plan 7 "Implementation Plan: Add login"
                  [IN PROGRESS] in_progress
                phase 1 "Form" in "Implementation Plan: Add login"
                  [COMPLETED] completed
                item "Draw it" in "Form"
                  [x] done
                item "Twice" in "Draw it"
                  [ ] open
                phase 2 "Session" in "Implementation Plan: Add login" after 1
                  [NOT STARTED] not_started
                  field "Phase 1"
            "#]],
    );
}

#[test]
fn what_only_looks_like_a_task_is_none() {
    check_facts(
        r#"
//- /lockstep.toml
  profile = "opencode"
//- /specs/TODO.md
  # TODO

  ```
  ### 7. In a fence
  - **Status**: [PLANNED]
  ```

  Prose that says **Status**: [PLANNED] of nothing.

  ### 8. Add logout
      - **Status**: [PLANNED]
"#,
        "specs/TODO.md",
        expect![[r#"
                task 8 "Add logout"
                  [PLANNED] planned
            "#]],
    );
}

#[test]
fn signs_of_a_list_are_statuses_unless_most_are_pictures() {
    check_facts(
        r#"
//- /TODO.md
  Wishes:
  - 🚀 **Speed:** a second at most
  - 💾 **Memory:** little of it
  - 🔄 **Steps:** only what is new

  Choices:
  1. ❌ **They keep all** - we keep the last
  2. ⚠️ **They keep one**
  3. ✅ **They ask first**
  4. ⚠️ **They keep none**

  Rules:
  - 🛑 Never guess
  - **📖 Read it all**
  - ✅ Ask first
  - 🔍 Look it up
  - 🔄 Read it again

  Work:
  - ✅ Log in
    - 🚀 Fast
    - ✅ Safe
  - 🔵 Log out
  - **🔄 Sign in**

  - ⚠️ Sign out
  - [ ] 🚀 Ship it
"#,
        "TODO.md",
        expect![[r#"
            task log-in "Log in"
              `✅` done
            task sign-in "Sign in"
              `🔄` in_progress
            task ship-it "🚀 Ship it"
              [ ] todo
        "#]],
    );
}

#[test]
fn letters_with_digits_are_an_id_where_something_parts_them_or_another_item_counts_on() {
    check_facts(
        r#"
//- /TODO.md
  - [ ] TB6612 to the left of the motor
  - [ ] TB6612 has its own supply
  - [ ] MP3 is played
  - [ ] Q1: Log in
  - [ ] U7 — Log out
  - [ ] AB-1 Sign in
  - [ ] **K9** Sign out
  - [ ] T1 Draw it
  - [ ] T2 (later) Print it
  - [ ] FR001 Fold it
"#,
        "TODO.md",
        expect![[r#"
            task tb6612-to-the-left-of-the "TB6612 to the left of the motor"
              [ ] todo
            task tb6612-has-its-own-supply "TB6612 has its own supply"
              [ ] todo
            task mp3-is-played "MP3 is played"
              [ ] todo
            task Q1 "Q1: Log in"
              [ ] todo
            task U7 "U7 — Log out"
              [ ] todo
            task AB-1 "AB-1 Sign in"
              [ ] todo
            task K9 "K9 Sign out"
              [ ] todo
            task T1 "T1 Draw it"
              [ ] todo
            task T2 "T2 (later) Print it"
              [ ] todo
            task FR001 "FR001 Fold it"
              [ ] todo
        "#]],
    );
}

#[test]
fn a_title_may_stand_in_another_heading_than_the_first() {
    check_facts(
        r#"
//- /.taskmaster/tasks/tasks.json
  { "tasks": [ { "id": 1, "title": "Log in", "status": "done" } ] }
//- /.taskmaster/tasks/task_002.txt
  # Task ID: 2
  # Title: Log out
  # Status: done
  # Details:
  ## Title: of a page
"#,
        ".taskmaster/tasks/task_002.txt",
        expect![[r#"
            task 2 "Log out"
              `done` done
        "#]],
    );
}

#[test]
fn a_title_stands_behind_the_break_within_the_emphasis_of_its_id() {
    check_facts(
        r#"
//- /.planning/ROADMAP.md
  # Roadmap
//- /.planning/REQUIREMENTS.md
  - [x] **LOG-01
  **: Log in with a *key*
    and more
  - [ ] **LOG-02**
    what it needs
  - [ ] **LOG-03
  - [ ] **LOG-04**: Search
"#,
        ".planning/REQUIREMENTS.md",
        expect![[r#"
            task LOG-01 "Log in with a key"
              [x] complete
            task LOG-02 ""
              [ ] pending
            task LOG-03 ""
              [ ] pending
            task LOG-04 "Search"
              [ ] pending
        "#]],
    );
}

#[test]
fn a_status_is_shown_without_emphasis() {
    check_facts(
        r#"
//- /memory-bank/tasks/TASK001-log-in.md
  # \[TASK001] - Log in

  **Status:** ✅ **Completed**
"#,
        "memory-bank/tasks/TASK001-log-in.md",
        expect![[r#"
            task TASK001 "Log in"
              `✅ Completed` completed
        "#]],
    );
}

#[test]
fn front_matter_names_what_has_no_heading_of_all_of_it() {
    for (heading, title) in [("## Goal", "Draw the book"), ("# The book", "The book")] {
        let (now, _) = crate::testing::analysis(&format!(
            "//- /docs/plans/draw.md\n  ---\n  title: Draw the book\n  status: in-progress\n  ---\n\n  {heading}\n\n  - [ ] Draw\n"
        ));
        let titles: Vec<String> =
            now.index.tasks.values().map(|it| now.index.title(it).to_owned()).collect();
        assert_eq!(titles, [title]);
    }
}
