//! Statuses that are drawn.

use crate::testing::set;

/// The line of a task when it has a status.
fn line(text: &str, task: &str, to: &str) -> String {
    match set(&format!("//- /TODO.md\n{text}"), task, to) {
        Ok(after) => {
            let own = after.lines().find(|line| line.contains(task));
            own.expect("its line").trim().to_owned()
        }
        Err(refused) => refused.message,
    }
}

#[test]
fn of_several_signs_the_one_is_written_that_the_list_has() {
    let list = "  - 🔄 **AUTH-1** Draw\n  - ✅ **AUTH-2** Hang\n  - ⏳ **AUTH-3** Sell\n";
    assert_eq!(line(list, "AUTH-2", "in_progress"), "- 🔄 **AUTH-2** Hang");
    assert_eq!(line(list, "AUTH-1", "todo"), "- ⏳ **AUTH-1** Draw");
    // None is in the list.
    assert_eq!(line(list, "AUTH-1", "blocked"), "- 🚫 **AUTH-1** Draw");
}

#[test]
fn a_heading_with_a_sign_and_an_item_with_it_are_one_task() {
    let text = "  ### ⏳ AUTH-7: Log in\n\n  Words.\n\n  ## All\n\n  - ⏳ **AUTH-7** Log in\n  - 🔄 **AUTH-8** Log out\n";
    let after = set(&format!("//- /TODO.md\n{text}"), "AUTH-7", "in_progress").expect("both");
    assert_eq!(after.matches("🔄 **AUTH-7").count(), 1, "{after}");
    assert_eq!(after.matches("🔄 AUTH-7: Log in").count(), 1, "{after}");
}

#[test]
fn a_sign_before_a_heading_may_be_a_picture() {
    for text in [
        "  ### 🔄 AUTH-7: Sync\n  **Status**: done\n",
        "  ### 🔄 AUTH-7: Sync\n\n  ### 💾 AUTH-8: Save\n",
        "  ### 🚀 AUTH-7: Start\n",
    ] {
        let after = set(&format!("//- /TODO.md\n{text}"), "AUTH-7", "in_progress");
        let said = after.unwrap_or_else(|refused| refused.message);
        assert!(said.contains("Status**: in progress") || said == "no task AUTH-7", "{said}");
    }
}

/// A list and a table of tasks, below a legend and a heading with an ornament.
const BOTH: &str = "  ## 📋 All
  - **Status**: ⏳ Pendente | 🚧 Em Progresso | ✅ Concluído

  | ID | Task | Status |
  |---|---|---|
  | A-1 | Draw | ✅ |

  - ✅ A-1: Draw
";

#[test]
fn a_sign_is_the_one_that_the_file_has_for_a_status_by_its_rows_or_by_its_legend() {
    let after = |text: &str, to: &str| {
        let after = set(&format!("//- /TODO.md\n{text}"), "A-1", to).expect("both places");
        let mut lines = after.lines().map(str::trim);
        let row = lines.find(|line| line.starts_with("| A-1")).expect("its row").to_owned();
        (row, lines.find(|line| line.starts_with("- ")).expect("its entry").to_owned())
    };
    let with = |sign: &str| (format!("| A-1 | Draw | {sign} |"), format!("- {sign} A-1: Draw"));
    assert_eq!(after(BOTH, "todo"), with("⏳"));
    assert_eq!(after(BOTH, "in_progress"), with("🚧"));
    // What a row has stands in all places, where the list has none.
    let rows = BOTH.replace("Pendente", "-")
        + "\n  | ID | Task | Status |\n  |---|---|---|\n  | B-1 | Hang | ⏳ |\n";
    assert_eq!(after(&rows, "todo"), with("⏳"));
    // What stands in front of other lines tells less, and most of all in front of a heading.
    let lines = BOTH.replace("🚧 Em Progresso | ", "");
    let other = lines.clone() + "\n  Next:\n\n  > 🔄 Hang\n";
    assert_eq!(after(&other, "in_progress"), with("🔄"));
    let heading = lines + "\n  ## 🔄 Version 2\n";
    assert_eq!(after(&heading, "in_progress"), with("🔄"));
    assert_eq!(after(&heading.replace("⏳ Pendente | ", ""), "todo"), with("⬜"));
    let last = "  ## All ✓\n\n  ### 1. Draw ⏳\n";
    let after_last = set(&format!("//- /TODO.md\n{last}"), "1", "done").expect("its heading");
    assert!(after_last.contains("### 1. Draw ✓\n"), "{after_last}");
    // Levels and ornaments of headings are no signs of the file.
    let levels = BOTH.replace("🚧 Em Progresso | ", "")
        + "\n  ## 🟡 Later\n  - 🔴 **High**: now\n  - 🟡 **Medium**: later\n";
    assert_eq!(after(&levels, "in_progress"), with("🚧"));
}

#[test]
fn a_sign_does_not_change_above_a_field_that_would_go_on_to_say_the_old_status() {
    let text = |said: &str| format!("  ### 2. Test ⏸️\n  **Status:** {said}\n");
    for said in ["Postponed until spring", "Postponed to some indefinite future"] {
        let refused = set(&format!("//- /TODO.md\n{}", text(said)), "2", "done");
        let refused = refused.expect_err(said).message;
        assert!(refused.contains(&format!("`{said}` at TODO.md:2:13")), "{refused}");
    }
}

#[test]
fn words_that_say_that_the_work_is_over_do_not_stay_behind_a_sign_for_work_that_is_left() {
    for (words, told) in [
        ("**✅ AUTH-7 Search completed** - all of it", true),
        ("✅ AUTH-7 The search is finished", true),
        ("✅ AUTH-7 Search of completed forms", false),
        ("✅ AUTH-7 Make the form look done", false),
        ("✅ AUTH-7 Tell when done: with a bell", false),
        ("✅ AUTH-7", false),
    ] {
        let text = format!("//- /TODO.md\n  - {words}\n  - ✅ AUTH-8 Print\n");
        match (set(&text, "AUTH-7", "todo"), told) {
            (Err(refused), true) => {
                assert!(refused.message.contains("belongs to its old status"), "{refused}");
            }
            (after, false) => assert!(after.is_ok(), "{words}: {after:?}"),
            (Ok(after), true) => panic!("{after}"),
        }
    }
}

#[test]
fn a_figure_behind_the_sign_of_a_status_follows_it() {
    let task = |said: &str| {
        format!(
            "//- /memory-bank/tasks/TASK001-log-in.md\n  # [TASK001] - Log in\n\n  **Status:** {said}\n"
        )
    };
    for (before, to, after) in [
        ("Completed ✅ - 100%", "pending", "Pending ⬜ - 0%"),
        ("Pending ⬜ - 0%", "completed", "Completed ✅ - 100%"),
        ("Completed ✅ (100%)", "pending", "Pending ⬜ (0%)"),
        ("Completed ✅ - 100%", "in_progress", "In Progress 🔄"),
    ] {
        let set = set(&task(before), "TASK001", to).expect("it is planned");
        assert!(set.contains(&format!("**Status:** {after}\n")), "{set}");
    }
}

#[test]
fn a_sign_for_what_is_done_goes_with_its_word_where_the_profile_knows_none() {
    let story = |said: &str| {
        format!(
            "//- /docs/sprint-status.yaml\n  development_status:\n    1-1-log-in: done\n//- /docs/1-1-log-in.md\n  # Story 1.1: Log in\n\n{said}\n"
        )
    };
    for (said, expected) in [
        ("  Status: **done** ✅", "Status: **in-progress**\n"),
        ("  Status: ✅ done", "Status: in-progress\n"),
    ] {
        let after = crate::testing::set(&story(said), "1-1", "in-progress").expect("it is set");
        assert!(after.contains(expected), "{said}: {after}");
    }
    let refused = crate::testing::set(&story("  Status: done 🟠"), "1-1", "in-progress");
    assert!(refused.is_err());
}

#[test]
fn a_cross_in_a_column_of_marks_is_what_is_not_yet() {
    let table = |signs: [&str; 3]| {
        let rows = ["Draw", "Print", "Bind"].iter().zip(signs);
        let rows: String = rows.map(|(task, sign)| format!("  | {task} | {sign} |\n")).collect();
        format!("//- /TODO.md\n  # Work\n\n  | Task | Status |\n  |---|---|\n{rows}")
    };
    let after = |signs, task: &str, to: &str| match set(&table(signs), task, to) {
        Ok(after) => after.lines().filter(|line| line.contains('|')).skip(2).collect(),
        Err(why) => why.message,
    };
    let [two, three] = [["✅", "❌", "❌"], ["✅", "❌", "⬜"]];
    assert!(
        after(two, "print", "done").contains("| Print | ✅ |"),
        "{}",
        after(two, "print", "done")
    );
    assert!(after(two, "draw", "todo").contains("| Draw | ❌ |"));
    for to in ["in_progress", "blocked"] {
        let why = after(two, "print", to);
        assert!(why.contains("no row beside it has a sign for that"), "{why}");
    }
    // Where another sign says so, a cross may be of what has failed.
    assert!(after(three, "print", "done").contains("no task print"));
    assert!(after(three, "draw", "todo").contains("| Draw | ⬜ |"));
    assert!(after(["🔄", "❌", "❌"], "bind", "in_progress").contains("| Bind | 🔄 |"));
    assert!(after(["❌", "❌", "❌"], "bind", "done").contains("| Bind | ✅ |"));
}

#[test]
fn a_list_of_marks_and_crosses_gets_no_third_sign() {
    let list = "  - ✅ draw\n  - ❌ print\n";
    assert_eq!(line(list, "print", "done"), "- ✅ print");
    for (task, to) in [("print", "in_progress"), ("print", "todo"), ("draw", "todo")] {
        let why = line(list, task, to);
        assert!(why.contains("its file has no other signs than `✅` and `❌`"), "{why}");
    }
    let three = format!("{list}  - 🔄 bind\n");
    assert_eq!(line(&three, "print", "in_progress"), "- 🔄 print");
    assert_eq!(line("  - ✅ draw\n  - ✅ print\n", "print", "in_progress"), "- 🚧 print");
}

#[test]
fn signs_that_a_file_explains_with_other_words_are_its_only_ones() {
    let legends = [
        "  > **Status legend**\n  > - ✅ = seen\n  > - ❌ = missing (must be there)\n",
        "  ## Legend\n\n  - ✅ — seen by somebody\n  - ❌ — missing\n",
        "  Legend: ✅ seen · ❌ missing\n",
    ];
    for legend in legends {
        let list = format!("  # Map\n\n{legend}\n  ## Work\n\n  - ❌ print\n");
        let why = line(&list, "print", "in_progress");
        assert!(why.contains("its file explains other signs than `🚧`"), "{legend}{why}");
        assert_eq!(line(&list, "print", "done"), "- ✅ print");
    }
}

#[test]
fn no_sign_is_written_that_its_file_explains_otherwise() {
    let list = "  # Map\n\n  > ⏳ = Blocked\n\n  - ✅ print\n";
    let after = line(list, "print", "todo");
    assert_eq!(after, "- ⬜ print");
}
