//! Statuses in tables in which anything may stand: the form is that of the other rows.

use crate::testing::set;

const ROWS: [&str; 7] = [
    "| ID | Task | Status | Done |",
    "|----|------|--------|------|",
    "| T-1 | Draw | ✅ Done | 100% |",
    "| T-2 | Paint | 🔄 In Progress | 40% |",
    "| T-3 | Frame \\| hang | Pending |",
    "| T-4 | Sell | ⬜ | |",
    "| T-5 | Wrap | **TODO** | |",
];

/// What the row of a task says then, or why it does not.
fn row(rows: &[&str], task: &str, to: &str) -> String {
    let fixture = format!("//- /TODO.md\n  {}\n", rows.join("\n  "));
    match set(&fixture, task, to) {
        Ok(after) => {
            let own = after.lines().find(|line| line.contains(task));
            own.expect("its row").trim().to_owned()
        }
        Err(why) => format!("{why:?}"),
    }
}

#[test]
fn a_cell_is_spelled_as_the_nearest_row_spells_it() {
    for (task, to, after) in [
        ("T-1", "todo", "| T-1 | Draw | Pending | 0% |"),
        ("T-2", "done", "| T-2 | Paint | ✅ Done | 100% |"),
        ("T-3", "in_progress", "| T-3 | Frame \\| hang | 🔄 In Progress |"),
        ("T-3", "done", "| T-3 | Frame \\| hang | ✅ Done |"),
        ("T-4", "done", "| T-4 | Sell | ✅ Done | |"),
        ("T-5", "in_progress", "| T-5 | Wrap | **🔄 In Progress** | |"),
        // No other row says so.
        ("T-3", "blocked", "| T-3 | Frame \\| hang | Blocked |"),
        ("T-4", "blocked", "| T-4 | Sell | 🚫 | |"),
    ] {
        assert_eq!(row(&ROWS, task, to), after);
    }
}

#[test]
fn a_sign_alone_stays_one_and_none_says_what_has_failed() {
    let rows = [
        "| # | Task | Status |",
        "|---|---|---|",
        "| 1 | A | ✅ |",
        "| 2 | B | 🔄 |",
        "| 3 | C | 🔄 In Progress |",
    ];
    assert_eq!(row(&rows, "1", "in_progress"), "| 1 | A | 🔄 |");
    let refused = row(&rows, "2", "failed");
    assert!(refused.contains("a sign alone may tell what is not yet"), "{refused}");
}

#[test]
fn a_row_with_a_note_is_read_and_its_note_is_never_left_behind_another_status() {
    let rows = [
        "| ID | Item | Effort | Status |",
        "|---|---|---|---|",
        "| P-1 | Draw | 1 day | ✅ Done (v0.3.0) |",
        "| P-2 | Paint | 1 day | Done (PR #44) |",
        "| P-3 | Frame | 1 day | **Done (2026-01-02)** |",
        "| P-4 | Hang | 1 day | Not started |",
        "| P-5 | Sell | 1 day | In progress (3/5) |",
        "| P-6 | Wrap | 1 day | Done (nearly) |",
    ];
    assert_eq!(row(&rows, "P-4", "done"), "| P-4 | Hang | 1 day | Done |");
    assert_eq!(row(&rows, "P-3", "todo"), "| P-3 | Frame | 1 day | **Not started** |");
    for (task, to, note) in
        [("P-1", "todo", "v0.3.0"), ("P-2", "in_progress", "PR #44"), ("P-5", "blocked", "3/5")]
    {
        let refused = row(&rows, task, to);
        assert!(refused.contains(note) && refused.contains("its old status"), "{refused}");
    }
    let unknown = row(&rows, "P-6", "todo");
    assert!(unknown.contains("no task P-6"), "{unknown}");
}

#[test]
fn a_sign_of_the_end_before_the_title_of_a_row_is_not_left_behind() {
    let fixture = "\
//- /tickets/README.md
  | # | Title | Status | Tests |
  |---|---|---|---|
  | 1 | ✅ Draw it | DONE | ✅ |
  | 2 | Print it | DONE | ✅ |
  | 3 | ✅ Fold it | TODO | |
//- /tickets/1-draw-it.md
  **Status:** DONE
//- /tickets/2-print-it.md
  **Status:** DONE
//- /tickets/3-fold-it.md
  **Status:** TODO
";
    let told = set(fixture, "1", "open").expect_err("its title says done");
    assert!(told.message.contains("it also says `✅`"), "{told}");
    assert!(set(fixture, "2", "open").is_ok());
    assert!(set(fixture, "3", "done").is_ok());
}

#[test]
fn the_index_of_a_folder_follows_the_files_that_its_rows_name() {
    let fixture = "\
//- /tasks/_index.md
  | Task | Priority | Status |
  |---|---|---|
  | [Fold sheets](./fold-sheets.md) | High | In Progress |
  | [T-012-print-it](T-012-print-it.md) | Low | Todo |

  ### In Progress
  - [Fold sheets](./fold-sheets.md)

  ### Done
  - _none_
//- /tasks/fold-sheets.md
  ---
  title: Fold sheets
  status: in-progress
  ---
//- /tasks/T-012-print-it.md
  # T-012: Print it

  **Status:** Todo
";
    let after = set(fixture, "fold-sheets", "done").expect("it is planned");
    for stands in [
        "(./fold-sheets.md) | High | Done |",
        "### In Progress\n  - _none_\n\n  ### Done\n  - [Fold sheets](./fold-sheets.md)\n",
        "status: done\n",
    ] {
        assert!(after.contains(stands), "{after}");
    }
    let after = set(fixture, "T-012", "in_progress").expect("it is planned");
    assert!(after.contains("| Low | In Progress |"), "{after}");
    assert!(after.contains("**Status:** In Progress"), "{after}");
}
