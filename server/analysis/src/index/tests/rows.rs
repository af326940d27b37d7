//! Rows of tables in which anything may stand: which are tasks, and of which task.

use super::check_tasks;
use crate::testing::{analysis, set};

/// The tasks of a file `TODO.md` with this table.
#[track_caller]
fn check_table(rows: &[&str], expected: &[&str]) {
    check_tasks(&format!("//- /TODO.md\n  # Work\n\n  {}\n", rows.join("\n  ")), expected);
}

#[test]
fn a_row_with_one_known_status_is_a_task() {
    check_table(
        &[
            "| ID | Task | Status | Notes |",
            "|----|------|:------:|-------|",
            "| T-01 | Draw it | ✅ Done | |",
            "| **T-02** | Paint it | **In Progress** | 40 of 100 |",
            "| [T-03](t.md) | Frame it | `todo` | |",
            "| ~~T-04~~ | Hang it | [x] | |",
            "| #5 | Sell it | ⬜ | |",
            "| 1.2 | Wrap it | ⏳ Not Started | |",
            "| P0-AWS-1 | Ship it | 🚫 **BLOCKED** | |",
        ],
        &[
            "1.2 todo",
            "5 todo",
            "P0-AWS-1 blocked",
            "T-01 done",
            "T-02 in_progress",
            "T-03 todo",
            "T-04 done",
        ],
    );
}

#[test]
fn what_says_more_than_a_status_or_none_is_no_task() {
    check_table(
        &[
            "| ID | Task | Status |",
            "|---|---|---|",
            "| T-1 | Draw it | Done |",
            "| T-2 | Draw it | Done, but for the frame |",
            "| T-3 | Draw it | blocked by T-1 |",
            "| T-4 | Draw it | ⬜/✅ |",
            "| T-5 | Draw it | |",
            "| T-6 | Draw it | Done |",
            "| T-7 | Draw it | Todo |",
            "| T-8 | Draw it | ❌ |",
            "| T-1, T-2 | Draw it | Done |",
            "| 3-6 | Draw it | Done |",
            "| **Total** | 8 | Done |",
            "| T-9/T-10 | Draw it | Done |",
            "| T-11 | Draw it | Done |",
            "| T-12 | Draw it |",
        ],
        &["T-1 done", "T-6 done", "T-7 todo", "T-11 done"],
    );
}

#[test]
fn tables_of_something_else_are_silent() {
    let cells = [
        ("ID | Title | Status", "ADR-1 | One | Accepted", "ADR-2 | Two | Proposed"),
        ("Symbol | Meaning", "✅ | Done", "⬜ | Todo"),
        ("# | Status | Task | State", "1 | Done | One | Todo", "2 | Todo | Two | Done"),
        ("ID | Risk | Task | Status", "1 | High | One | Open", "2 | Low | Two | Open"),
        ("Component | Status", "Parser | ✅ Done", "Writer | ✅ Done"),
        ("Feature | Ours | Theirs", "Search | ✅ | ❌", "Sort | ✅ | ✅"),
        ("Metric | Target | Status", "Tests | 7 | ✅", "Lines | 8 | ✅"),
        ("ID | Name | Status", "1 | web | Active", "2 | db | Active"),
        ("Task | Duration", "Draw | Done", "Paint | Done"),
    ];
    for (header, one, two) in cells {
        let line = "---|".repeat(header.matches('|').count() + 1);
        let table = [header, &line, one, one, two].map(|row| format!("| {row} |"));
        let third = format!("| {} |", one.replacen("1", "3", 1));
        let rows = [&table[0], &format!("|{line}"), &table[2], &third, &table[4]];
        check_table(&rows.map(|row| row.as_str()), &[]);
    }
}

#[test]
fn a_row_without_an_id_is_called_by_its_title() {
    check_table(
        &[
            "| Phase | Task | Status |",
            "|---|---|---|",
            "| 1 | Write the plan | **DONE** |",
            "| 1 | Write the plan | TODO |",
            "| 2 | Read it | 🔄 |",
        ],
        &["read-it in_progress", "write-the-plan done", "write-the-plan-2 todo"],
    );
    // A column `Task` may hold ids, where another says what they are.
    check_table(
        &[
            "| Task | Description | Status |",
            "|---|---|---|",
            "| 2.1 | Write the plan | [ ] |",
            "| 2.2 | Read it | [x] |",
        ],
        &["2.1 todo", "2.2 done"],
    );
    check_table(
        &["| Задача | Описание | Статус |", "|---|---|---|", "| План | для всех | ✅ |"],
        &["план done"],
    );
}

#[test]
fn a_sign_that_the_file_explains_otherwise_says_nothing() {
    let legends = [
        "| ⏳ | In progress |",
        "| ⏳ | **In progress** | who has begun |",
        "Legend: ✅ Done · ⏳ In Progress · ⬜ Todo",
        "Signs: ⏳ = in progress",
        "⏳ → In progress",
    ];
    let agreeing = ["⏳ Pending", "⏳ Review the plan", "✅ done, ⏳ next week", "| ⏳ | Log in |"];
    let fixture = |text: &str| {
        format!(
            "//- /TODO.md\n  {text}\n\n  | ID | Task | Status |\n  |---|---|---|\n  | 1 | Log in | ⏳ |\n  | 2 | Log out | ⏳ Pending |\n"
        )
    };
    for legend in legends {
        check_tasks(&fixture(legend), &["2 todo"]);
    }
    for text in agreeing {
        let (analysis, _) = analysis(&fixture(text));
        assert!(analysis.task("1").is_some(), "{text}");
    }
}

#[test]
fn a_row_and_a_heading_with_one_telling_id_are_one_task() {
    let file = |id: &str| {
        format!(
            "//- /TODO.md\n  | ID | Task | Status |\n  |---|---|---|\n  | {id} | Log in | Done |\n  ### {id}: Log in\n  **Status**: In progress\n"
        )
    };
    check_tasks(&file("AUTH-1"), &["AUTH-1 in_progress!"]);
    check_tasks(&file("P7-S9-01"), &["P7-S9-01 in_progress!"]);
    // Numbers begin again with each list.
    check_tasks(&file("7"), &["7 done", "TODO.md#7 in_progress"]);
    let boxed = "//- /TODO.md\n  - [ ] AUTH-1 Log in\n\n  | ID | Task | Status |\n  |---|---|---|\n  | AUTH-1 | Log in | Done |\n";
    check_tasks(boxed, &["AUTH-1 todo!"]);
    let list = |below: &str| {
        format!(
            "//- /TODO.md\n  ### ⏳ AUTH-1: Log in\n\n  Words.\n\n  ## All\n\n  - 🔄 **AUTH-1**{below}\n"
        )
    };
    check_tasks(&list(" Log in"), &["AUTH-1 todo!"]);
    check_tasks(&list(""), &["AUTH-1 todo!"]);
    // One more thing to do about it.
    check_tasks(&list(" Try it again"), &["AUTH-1 todo", "TODO.md#AUTH-1 in_progress"]);
    // What is in another file, or in the same list, is something else.
    let two = format!("{}//- /docs/TODO.md\n  - [ ] AUTH-1 Log in\n", file("AUTH-1"));
    check_tasks(&two, &["AUTH-1 in_progress!", "docs/TODO.md#AUTH-1 todo"]);
    let other = format!("{}{}", "//- /A/TODO.md\n  - [x] AUTH-1 Sign up\n", file("AUTH-1"));
    check_tasks(&other, &["AUTH-1 done", "TODO.md#AUTH-1 in_progress!"]);
    let (analysis, _) = analysis(&other);
    for name in ["TODO.md#AUTH-1", "A/TODO.md#AUTH-1"] {
        let found = crate::operation::task_meant(&analysis, name).expect("one task");
        assert_eq!(analysis.name_of(&found.id), name);
    }
}

#[test]
fn a_heading_that_is_no_task_leaves_its_words_to_no_other() {
    check_tasks(
        "//- /x-plan.md\n  - **Files without it:** 21 (47%) ❌\n  #### GAP-1: Draw\n  #### GAP-2: Print\n  **Status:** 🔴 DRAWN, AWAITING PAPER\n  #### GAP-5: Sell\n  **Status:** PRICE NEEDED\n",
        &[],
    );
    check_tasks(
        "//- /TODO.md\n  ### ADR-1: Use it\n  **Status**: Accepted\n  ### AUTH-2: Log out\n  Status: Done\n",
        &["AUTH-2 done"],
    );
}

#[test]
fn a_heading_with_a_telling_id_is_a_task_where_its_status_is_known() {
    check_tasks(
        "//- /TODO.md\n  ### AUTH-1: Log in\n  Status: Pending\n  ### AUTH-2. Log out ✅\n  ### ADR-1: Use it\n  **Status**: Accepted\n  ### AUTH-4: Sign up\n  Nobody knows.\n  ### UTF-8 is used\n  Status: Done\n",
        &["AUTH-1 todo", "AUTH-2 done"],
    );
}

#[test]
fn a_section_in_another_is_not_the_header_of_the_document() {
    let text = "//- /AUDIT_PLAN.md\n  # Audit\n\n  ## Findings\n\n  ### M13. Missing HSTS Header\n\n  **Status:** Done\n";
    check_tasks(text, &[]);
    check_tasks(&text.replace("### M13. Missing HSTS Header", "### Status"), &[]);
    check_tasks(&text.replace("### M13", "## M13"), &[]);
    check_tasks(
        &text.replace("## Findings\n\n  ### M13. Missing HSTS Header", "## Status"),
        &["audit-plan done"],
    );
}

#[test]
fn a_file_without_a_heading_is_a_place_of_the_task_that_its_name_says() {
    for front in ["id: T-001\n  title: Draw\n", "id: T-001\n"] {
        let text = format!(
            "//- /tickets/T-001-draw.md\n  ---\n  {front}  status: done\n  ---\n  The cause was found.\n//- /tickets/INDEX.md\n  | Ticket | Title | Status |\n  |---|---|---|\n  | [T-001](T-001-draw.md) | Draw | in-progress |\n"
        );
        check_tasks(&text, &["T-001 done!"]);
    }
}

#[test]
fn the_cell_behind_a_sign_does_not_tell_what_the_sign_means() {
    let rows = [
        "| Task | Status | Details |",
        "|---|---|---|",
        "| Impact | ✅ | Ready |",
        "| Outline | ⏳ | Complete, but for the end |",
        "| Matrix | ⏳ | Done |",
    ];
    check_table(&rows, &["impact done", "matrix todo", "outline todo"]);
    let legend = ["| ⏳ | Done |", ""];
    let rows: Vec<&str> =
        ["| Sign | Meaning |", "|---|---|"].into_iter().chain(legend).chain(rows).collect();
    check_table(&rows, &["impact done"]);
}

#[test]
fn an_item_and_a_row_with_one_number_and_one_title_are_one_task() {
    let file = |items: &str| {
        format!(
            "//- /tasks/TASK001-draw.md\n  # TASK001 - Draw\n\n  **Status:** In Progress\n\n  ## Phase 1: Paper\n\n{items}\n  ## Table\n\n  | ID | Description | Status |\n  |---|---|---|\n  | 1.1 | Buy paper | Complete |\n  | 1.2 | Cut paper | Not Started |\n"
        )
    };
    let own = file("  - [x] 1.1 Buy paper\n  - [ ] **1.2** Cut paper (with the knife)\n");
    check_tasks(&own, &["1.1 done", "1.2 todo", "TASK001 in_progress"]);
    let after = set(&own, "1.2", "done").expect("it may be set");
    let done = ["- [x] **1.2** Cut paper", "| Cut paper | Complete |"];
    assert!(done.iter().all(|it| after.contains(it)), "{after}");
    let taken_back = crate::analysis::mending::fix_all(
        &analysis(&after.replacen("[x] **1.2", "[ ] **1.2", 1)).0,
        crate::testing::AT,
        &|_| true,
    );
    assert!(taken_back.0.after().is_empty(), "nobody knows which is true");
    // Each is of its file, though another counts so, too.
    let two = format!(
        "//- /TODO.md\n  - [ ] Fold it\n\n  | # | Task | Status |\n  |---|---|---|\n  | 1.2 | Fold | Done |\n{own}"
    );
    assert_eq!(analysis(&two).0.index.tasks.keys().count(), 5);
    let others = [
        ("  - [ ] 1.2 Fold paper\n", "1-2-fold-paper"),
        ("  - [ ] 1.3 Cut paper\n", "1-3-cut-paper"),
        ("  - [ ] 1.2 Cut paper\n  - [ ] 1.2 Cut paper again\n", "1-2-cut-paper"),
    ];
    for (items, id) in others {
        let (analysis, _) = analysis(&file(items));
        assert!(analysis.index.tasks.keys().any(|it| it.as_str() == id), "{id}");
    }
}

#[test]
fn an_item_that_contradicts_the_row_of_its_number_is_told() {
    crate::testing::check_all_rules(
        "
//- /TODO.md
  - [ ] 1.2 Cut paper

  | # | Task | Status |
  |---|---|---|
  | 1.2 | Cut paper | Complete |
//                    ^^^^^^^^ warning[drift]: task 1.2 is `Complete` here, but the task is [ ] in TODO.md
//                    | TODO.md: task 1.2 is [ ] here
",
    );
}
