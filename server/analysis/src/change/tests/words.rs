//! A status is written in the words of the places beside it.

use crate::testing::set;

/// What is in place of `old` in the file that changes, when task 1 gets a status.
#[track_caller]
fn written(fixture: &str, status: &str) -> String {
    let after = set(fixture, "1", status).expect("it may be set");
    let line = after.lines().find(|line| line.contains("tatus")).expect("a line with a status");
    line.trim().to_owned()
}

fn tasks(statuses: [&str; 4]) -> String {
    let all = statuses.iter().zip(1..).map(|(status, id)| {
        format!("//- /tasks/{id}-x.md\n  # Task {id}: It\n\n  **Status**: {status}\n")
    });
    all.collect()
}

#[test]
fn siblings_tell_the_word_for_a_status() {
    let cases = [
        (["IN PROGRESS", "DONE", "DONE", "COMPLETED"], "done", "**Status**: DONE"),
        (["In Progress", "Done", "TODO", "Blocked"], "done", "**Status**: Done"),
        (["todo", "ACTIVE", "ACTIVE", "In Progress"], "in_progress", "**Status**: ACTIVE"),
        (["Pending", "in-progress", "done", "done"], "in_progress", "**Status**: in-progress"),
        (["[TODO]", "[DONE]", "[DONE]", "[DONE]"], "done", "**Status**: [DONE]"),
        (["🚧 In Progress", "✅ Done", "✅ Done", "✅ Done"], "done", "**Status**: ✅ Done"),
        // Of the same number the nearest counts.
        (["TODO", "DONE", "Completed", "Blocked"], "done", "**Status**: DONE"),
    ];
    for (statuses, to, expected) in cases {
        assert_eq!(written(&tasks(statuses), to), expected, "{statuses:?}");
    }
}

#[test]
fn of_words_in_several_letters_those_of_the_old_one_are_taken() {
    let cases = [
        (["review", "Done", "Done", "done"], "done", "**Status**: done"),
        (["Review", "done", "Done", "done"], "done", "**Status**: Done"),
    ];
    for (statuses, to, expected) in cases {
        assert_eq!(written(&tasks(statuses), to), expected, "{statuses:?}");
    }
}

#[test]
fn a_file_that_says_it_twice_gets_one_word() {
    let story = |id: u32, head: &str, foot: &str| {
        format!(
            "//- /docs/1-{id}-form.md\n  # Story 1.{id}: Form\n\n  Status: {head}\n\n  ## Status\n\n  {foot}\n"
        )
    };
    let fixture = format!(
        "//- /docs/sprint-status.yaml\n  development_status:\n    1-1-form: done\n    1-2-form: in-progress\n{}{}",
        story(1, "done", "review"),
        story(2, "in_progress", "review"),
    );
    let after = set(&fixture, "1-1", "in-progress").expect("it may be set");
    let story = after.split("//- ").find(|file| file.contains("# Story")).expect("the story");
    assert_eq!(story.matches("in-progress").count(), 2, "{after}");
}

#[test]
fn stories_get_the_words_of_the_others_and_else_those_of_their_form() {
    let story = |id: u32, status: &str| {
        format!(
            "//- /docs/stories/1.{id}.form.md\n  # Story 1.{id}: Form\n\n  ## Status\n\n  {status}\n\n  ## Story\n"
        )
    };
    let cases = [
        ("InProgress", ["Ready", "Ready", "Done"], "ready-for-dev", "Ready"),
        ("InProgress", ["Draft", "Approved", "Done"], "ready-for-dev", "Approved"),
        ("InProgress", ["Draft", "Done", "Done"], "ready-for-dev", "Approved"),
        ("InProgress", ["Ready for Review", "Done", "Done"], "review", "Ready for Review"),
        ("Review", ["Completed", "Completed", "Approved"], "done", "Completed"),
    ];
    for (old, others, to, expected) in cases {
        let others = (2..).zip(others).map(|(id, status)| story(id, status));
        let fixture = story(1, old) + &others.collect::<String>();
        let after = set(&fixture, "1.1", to).expect("it may be set");
        let own = after.split("//- ").find(|file| file.contains("Story 1.1")).expect("the story");
        assert!(own.contains(&format!("\n  {expected}\n")), "{expected}: {own}");
    }
}

#[test]
fn what_one_other_story_says_is_no_habit_beside_a_list_with_the_name_of_the_status() {
    let written = |others: &[&str]| {
        let story = |(id, status): (usize, &&str)| {
            format!("//- /docs/1-{id}-form.md\n  # Story 1.{id}: Form\n\n  Status: {status}\n")
        };
        let ids = 2..2 + others.len();
        let keys: String = ids.clone().map(|id| format!("    1-{id}-form: review\n")).collect();
        let list = "//- /docs/sprint-status.yaml\n  development_status:\n    1-1-form: done\n";
        let stories: String =
            [(1, &"done")].into_iter().chain(ids.zip(others)).map(story).collect();
        let after = set(&format!("{list}{keys}{stories}"), "1-1", "review").expect("it may be set");
        assert!(after.contains("1-1-form: review\n"), "{after}");
        let own = after.split("//- ").find(|file| file.contains("Story 1.1")).expect("the story");
        own.split("Status: ").nth(1).expect("a status").trim().to_owned()
    };
    assert_eq!(written(&["ready-for-review"]), "review");
    assert_eq!(written(&["ready-for-review", "review"]), "review");
    assert_eq!(written(&["ready-for-review", "ready-for-review"]), "ready-for-review");
}

#[test]
fn a_word_that_says_more_is_not_taken() {
    let cases = [
        (["In Progress", "Merged", "Shipped", "Fixed"], "done", "**Status**: Completed"),
        (["TODO", "IN REVIEW", "IN REVIEW", "PARTIAL"], "in_progress", "**Status**: IN PROGRESS"),
        (["TODO", "SUPERSEDED", "DEFERRED", "SKIPPED"], "cancelled", "**Status**: CANCELLED"),
        (["TODO", "✅", "✅", "✅"], "done", "**Status**: COMPLETED"),
    ];
    for (statuses, to, expected) in cases {
        assert_eq!(written(&tasks(statuses), to), expected, "{statuses:?}");
    }
}

#[test]
fn where_none_says_it_the_letters_are_those_of_the_others() {
    let cases = [
        (["TODO", "Done", "Blocked", "Blocked"], "in_progress", "**Status**: In Progress"),
        (["TODO", "Done", "Done", "Done"], "in_progress", "**Status**: IN PROGRESS"),
        (["done", "in-progress", "blocked", "blocked"], "todo", "**Status**: todo"),
        (
            ["Pending", "Done", "Not started", "Not started"],
            "in_progress",
            "**Status**: In progress",
        ),
        (["todo", "not-started", "done", "done"], "in_progress", "**Status**: in-progress"),
        (["TODO", "NOT-STARTED", "DONE", "DONE"], "in_progress", "**Status**: IN-PROGRESS"),
        (["TODO", "Done", "not started", "Blocked"], "in_progress", "**Status**: IN PROGRESS"),
    ];
    for (statuses, to, expected) in cases {
        assert_eq!(written(&tasks(statuses), to), expected, "{statuses:?}");
    }
}

#[test]
fn what_stands_in_the_same_file_counts_before_other_files() {
    let fixture = "
//- /TODO.md
  # Work

  ## Task 1: One
  **Status**: In Progress

  ## Task 2: Two
  **Status**: Done
//- /tasks/TODO.md
  # Other work

  ## Task 7: Seven
  **Status**: Completed

  ## Task 8: Eight
  **Status**: Completed
";
    assert_eq!(written(fixture, "done"), "**Status**: Done");
}

#[test]
fn front_matter_and_rows_are_written_as_their_neighbours_are() {
    let matter = |id: u32, status: &str| {
        format!("//- /tasks/{id}-x.md\n  ---\n  status: {status}\n  ---\n  # It\n")
    };
    let fixture = matter(1, "pending") + &matter(2, "completed") + &matter(3, "completed");
    assert_eq!(written(&fixture, "done"), "status: completed");
    let rows = "
//- /lockstep.toml
  extends = \"checklist\"
  [[role]]
  id = \"board\"
  files = [\"board.md\"]
  [[role.table]]
  kind = \"task\"
  id = [\"Id\"]
  status = [\"Status\"]
//- /board.md
  # Board

  | Id | Status |
  |---|---|
  | 1 | ACTIVE |
  | 2 | DONE |
";
    let after = set(rows, "1", "done").expect("it may be set");
    assert!(after.contains("| 1 | DONE |"), "{after}");
}

#[test]
fn the_words_that_a_profile_lists_are_kept() {
    let fixture = "
//- /backlog/config.yml
  statuses: [\"To Do\", \"In Progress\", \"Done\"]
//- /backlog/tasks/task-1-one.md
  ---
  id: task-1
  title: One
  status: To Do
  ---
//- /backlog/tasks/task-2-two.md
  ---
  id: task-2
  title: Two
  status: completed
  ---
";
    assert_eq!(written(fixture, "done"), "status: Done");
}

#[test]
fn capitals_that_a_profile_demands_are_kept_whatever_stands_beside_them() {
    let fixture = "
//- /specs/TODO.md
  ### 1. One
  - **Status**: [PLANNED]

  ### 2. Two
  - **Status**: Abandoned

  ### 3. Three
  - **Status**: [Planned]
//- /specs/state.json
  { \"active_projects\": [] }
";
    let after = set(fixture, "1", "implementing").expect("it may be set");
    assert!(after.contains("- **Status**: [IMPLEMENTING]"), "{after}");
}

#[test]
fn a_word_of_the_profile_is_followed_by_one_of_the_profile() {
    let road = "//- /.planning/ROADMAP.md\n  | Phase | Status |\n  |---|---|\n  | 1. Log in | Complete |\n  | 2. Log out | Not started |\n";
    let after = set(road, "2", "in_progress").expect("it may be set");
    assert!(after.contains("| 2. Log out | In Progress |"), "{after}");
    let lower = set(&road.replace("Not started", "not started"), "2", "in_progress");
    assert!(lower.expect("it may be set").contains("| in progress |"));
}

#[test]
fn records_get_the_words_of_the_other_records() {
    let track = |id: u32, status: &str| {
        format!(
            "//- /conductor/tracks/tea_{id}/metadata.json\n  {{ \"track_id\": \"tea_{id}\", \"status\": \"{status}\" }}\n"
        )
    };
    let cases = [
        (["in_progress", "complete", "complete"], "completed", "complete"),
        (["complete", "pending", "pending"], "in_progress", "in_progress"),
        (["in-progress", "pending", "complete"], "new", "pending"),
        (["new", "in-progress", "in-progress"], "in_progress", "in-progress"),
        (["new", "in_progress", "new"], "completed", "completed"),
    ];
    for ([own, second, third], to, expected) in cases {
        let tracks = "//- /conductor/tracks.md\n  # Tracks\n";
        let all = [tracks, &track(1, own), &track(2, second), &track(3, third)].concat();
        let after = set(&all, "tea_1", to).expect("it may be set");
        assert!(after.contains(&format!("\"status\": \"{expected}\"")), "{own} {to}: {after}");
    }
}

#[test]
fn a_ticket_in_review_is_written_as_the_others_are() {
    let ticket = |id: &str, said: &str| {
        format!(
            "//- /tickets/T-00{id}-log-in.md\n  ---\n  id: T-00{id}\n  status: {said}\n  ---\n  # Log in\n"
        )
    };
    let all = ticket("1", "in_review") + &ticket("2", "todo");
    let after = crate::testing::set(&all, "T-002", "in_review").expect("it is planned");
    assert!(after.contains("status: in_review\n"), "{after}");
    let begun = ticket("1", "in_progress");
    let after = crate::testing::set(&begun, "T-001", "in_review").expect("it is planned");
    assert!(after.contains("status: in_review\n"), "{after}");
    let back = crate::testing::set(&ticket("1", "In Review"), "T-001", "in_progress");
    assert!(back.expect("it is planned").contains("status: In Progress\n"));
}

#[test]
fn a_ticket_in_review_is_in_progress_for_a_table_that_tells_no_more() {
    let fixture = |own: &str, row: &str| {
        format!(
            "//- /tickets/INDEX.md\n  | Ticket | Title | Status |\n  |---|---|---|\n  | T-001 | Log in | {row} |\n//- /tickets/T-001-log-in.md\n  # Log in\n\n  **Status:** {own}\n"
        )
    };
    for (own, row) in
        [("in-review", "In Progress"), ("In Progress", "In Review"), ("Testing", "In Review")]
    {
        let (analysis, _) = crate::testing::analysis(&fixture(own, row));
        assert_eq!(analysis.diagnostics(), [], "{own} {row}");
    }
    let (analysis, _) = crate::testing::analysis(&fixture("In Review", "Open"));
    assert_eq!(analysis.diagnostics().len(), 1);
    let after = crate::testing::set(&fixture("In Progress", "In Progress"), "T-001", "in_review");
    let after = after.expect("it is planned");
    assert_eq!(after.matches("In Review").count(), 2, "{after}");
}

#[test]
fn a_list_in_json_that_names_its_statuses_has_no_others_written() {
    let list = |head: &str| {
        format!(
            "//- /feature_list.json\n  {{\n    {head}\n    \"features\": [\n      {{\"id\": 1, \"title\": \"Ask\", \"status\": \"not_started\"}}\n    ]\n  }}\n"
        )
    };
    let after = |head: &str| set(&list(head), "1", "done").expect("it may be set");
    let legend = "\"legend\": {\"not_started\": \"No work\", \"passing\": \"It is proved\"},";
    assert!(after(legend).contains(r#""status": "passing""#), "{}", after(legend));
    // What stands there otherwise is no legend.
    for other in [
        "\"milestone\": \"completed\",",
        "\"proofs\": [\"verified\"],",
        "\"state\": {\"phase\": \"passing\"},",
    ] {
        assert!(after(other).contains(r#""status": "done""#), "{}", after(other));
    }
    // Of two words nobody knows which is meant, and its own word needs no other.
    for both in ["\"all\": [\"passing\", \"completed\"],", "\"all\": [\"done\", \"passing\"],", ""]
    {
        assert!(after(both).contains(r#""status": "done""#), "{}", after(both));
    }
}

#[test]
fn a_feature_whose_list_says_its_status_in_two_ways_is_known_and_stays() {
    let list = |own: &str| {
        format!(
            "//- /feature_list.json\n  [\n    {{\"id\": 1, \"name\": \"Ask\", \"passes\": false{own}}},\n    {{\"id\": 2, \"name\": \"Answer\", \"depends_on\": [1], \"passes\": false}}\n  ]\n"
        )
    };
    for nothing in ["", ", \"status\": null", ", \"status\": \"\""] {
        let after = set(&list(nothing), "1", "done").expect("it may be set");
        assert!(after.contains(&format!("\"passes\": true{nothing}}}")), "{after}");
    }
    let both = list(", \"status\": \"pending\"");
    let (found, _) = crate::testing::analysis(&both);
    assert_eq!(found.diagnostics(), []);
    assert_eq!(found.index.tasks.len(), 2);
    let why = set(&both, "1", "done").expect_err("it says it twice").to_string();
    assert!(why.contains("both say how far 1 is in feature_list.json"), "{why}");
    // One that says nothing says it as those beside it do.
    let silent = both.replace(", \"passes\": false, \"status\": \"pending\"", "");
    let why = set(&silent, "1", "done").expect_err("nobody knows how").to_string();
    assert!(why.contains("has no status in feature_list.json"), "{why}");
}

/// A ticket in its file and in its row, with another and with what the index says of words.
fn indexed(words: [(&str, &str); 2], legend: &str) -> String {
    let [(own, own_row), (other, other_row)] = words;
    let file = |id: u32, said: &str| {
        format!("//- /tickets/00{id}-draw.md\n  # 00{id}: Draw\n\n  ## Status\n\n  `{said}`\n")
    };
    let row = |id: u32, said: &str| format!("  | 00{id} | [Draw](00{id}-draw.md) | `{said}` |\n");
    let head = "//- /tickets/INDEX.md\n  | # | Ticket | Status |\n  |---|---|---|\n";
    [file(1, own), file(2, other), head.into(), row(1, own_row), row(2, other_row), legend.into()]
        .concat()
}

#[test]
fn a_ticket_gets_the_word_that_its_index_explains() {
    let legend = "
  ## Key

  | Status | Meaning |
  |---|---|
  | `pending` | Nobody has begun |
  | `in-progress` | Somebody draws |
  | `done` | It is drawn |
";
    let fixture = indexed([("done", "done"), ("blocked", "blocked")], legend);
    for (to, word) in [("open", "`pending`"), ("in_progress", "`in-progress`")] {
        let after = set(&fixture, "1", to).expect("it may be set");
        let own = |line: &&str| !line.contains("Nobody") && !line.contains("Somebody");
        let n = after.lines().filter(own).filter(|line| line.contains(word)).count();
        assert_eq!(n, 2, "{after}");
    }
    // Of two words nobody knows which is meant.
    let both = legend.replace("`done`", "`todo`");
    let after = set(&indexed([("done", "done"), ("done", "done")], &both), "1", "open");
    assert!(!after.expect("it may be set").contains("  `pending`"));
}

#[test]
fn a_file_and_a_row_get_one_word_where_the_places_beside_one_have_it() {
    let cases = [
        ([("done", "done"), ("blocked", "pending")], "open", "`pending`", 3),
        ([("done", "done"), ("in-progress", "done")], "in_progress", "`in-progress`", 2),
    ];
    for (words, to, word, n) in cases {
        let after = set(&indexed(words, ""), "1", to).expect("it may be set");
        assert_eq!(after.matches(word).count(), n, "{after}");
    }
    let own = indexed([("done", "done"), ("todo", "pending")], "");
    let after = set(&own, "1", "open").expect("it may be set");
    assert_eq!([after.matches("`todo`").count(), after.matches("`pending`").count()], [1, 2]);
}

#[test]
fn the_box_of_a_ticket_in_its_index_follows() {
    let fixture = |own: &str, said: &str| {
        format!(
            "//- /tickets/INDEX.md\n  # All\n\n  {own}\n  - [ ] `T-002-print.md`\n  - [ ] Print, see `001-draw.md`\n//- /tickets/001-draw.md\n  # 001: Draw\n\n  Status: {said}\n//- /tickets/T-002-print.md\n  # T-002: Print\n\n  Status: todo\n"
        )
    };
    for (done, open) in [
        ("- [x] `001-draw.md`", "- [ ] `001-draw.md`"),
        ("- [x] [Draw](001-draw.md), first", "- [ ] [Draw](001-draw.md), first"),
    ] {
        for to in ["in_progress", "open", "in_review"] {
            let after = set(&fixture(done, "done"), "1", to).expect("it may be set");
            assert!(after.contains(open), "{to}: {after}");
        }
        let after = set(&fixture(open, "todo"), "1", "done").expect("it may be set");
        assert!(after.contains(done) && after.contains("Status: done"), "{after}");
        assert!(after.contains("- [ ] Print, see"), "{after}");
    }
}

#[test]
fn a_row_that_has_the_word_of_the_file_gets_its_next_one_too() {
    let fixture = "//- /tickets/INDEX.md\n  | Ticket | Title | Status |\n  |---|---|---|\n  | [T-001](T-001-draw.md) | Draw | done |\n//- /tickets/T-001-draw.md\n  ---\n  status: done\n  ---\n  # T-001: Draw\n";
    for (to, word) in [("in_progress", "in_progress"), ("open", "open")] {
        let after = set(fixture, "T-001", to).expect("it may be set");
        let row = format!("| Draw | {word} |");
        assert!(after.contains(&format!("status: {word}\n")) && after.contains(&row), "{after}");
    }
}
