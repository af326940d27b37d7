//! Lists by status: an entry goes to the section of its status.

use crate::change::RefusalKind;
use crate::rules::{drift, duplicate_task};
use crate::testing::{check_fix_all, check_rule, set};

fn bank(status: &str, index: &str) -> String {
    format!(
        "//- /memory-bank/tasks/TASK001-log-in.md\n  # [TASK001] - Log in\n\n  **Status:** {status}\n\
         //- /memory-bank/tasks/TASK002-log-out.md\n  # [TASK002] - Log out\n\n  **Status:** Pending\n\
         //- /memory-bank/tasks/_index.md\n{index}"
    )
}

/// The index after a task gets a status, or why it does not.
#[track_caller]
fn index(status: &str, before: &str, to: &str) -> String {
    let fixture = bank(status, before);
    match set(&fixture, "TASK001", to) {
        Ok(after) => {
            let at = after.find("//- /memory-bank/tasks/_index.md\n");
            at.map_or("unchanged".to_owned(), |at| after[at + 33..].to_owned())
        }
        Err(refusal) => format!("refused: {}", refusal.message),
    }
}

#[test]
fn an_entry_goes_behind_the_last_one_of_its_section() {
    let before = "  # Tasks Index

  ## In Progress

  ## Pending

  - [TASK002] Log out

  - [TASK001] Log in - with a form
    - its notes

  ## Completed

  - [TASK000] Set up - Completed on 2026-01-01

  ## Abandoned
";
    let after = "  # Tasks Index

  ## In Progress

  ## Pending

  - [TASK002] Log out

  ## Completed

  - [TASK000] Set up - Completed on 2026-01-01
  - [TASK001] Log in - with a form
    - its notes

  ## Abandoned
";
    assert_eq!(index("Pending", before, "completed"), after);
    let after = "  # Tasks Index

  ## In Progress

  - [TASK001] Log in - with a form
    - its notes

  ## Pending

  - [TASK002] Log out

  ## Completed

  - [TASK000] Set up - Completed on 2026-01-01

  ## Abandoned
";
    assert_eq!(index("Pending", before, "in_progress"), after);
}

#[test]
fn an_empty_section_is_filled_as_the_others_are() {
    let before = "  ## Pending\n  - [TASK001] Log in\n  - [TASK002] Log out\n\n  ## Completed\n";
    let after = "  ## Pending\n  - [TASK002] Log out\n\n  ## Completed\n  - [TASK001] Log in\n";
    assert_eq!(index("Pending", before, "completed"), after);
    let before = "  ## Pending\n  - [TASK001] Log in\n\n  ## Completed\n  - (none)\n";
    let after = "  ## Pending\n  - (none)\n\n  ## Completed\n  - [TASK001] Log in\n";
    assert_eq!(index("Pending", before, "completed"), after);
    let before = "  ## Pending\n\n  - [TASK001] Log in\n\n  ## Completed\n\n  *No tasks*\n";
    let after = "  ## Pending\n\n  *No tasks*\n\n  ## Completed\n\n  - [TASK001] Log in\n";
    assert_eq!(index("Pending", before, "completed"), after);
}

#[test]
fn a_section_that_is_emptied_says_so_as_others_of_its_file_do() {
    let (from, to) = ("  ## Pending", "  ## Completed");
    for nothing in ["- (none)", "*None*", "_No tasks_"] {
        let before = format!("{from}\n\n  - [TASK001] Log in\n\n{to}\n\n  {nothing}\n");
        let after = format!("{from}\n\n  {nothing}\n\n{to}\n\n  - [TASK001] Log in\n");
        assert_eq!(index("Pending", &before, "completed"), after);
        assert_eq!(index("Completed", &after, "pending"), before);
    }
    let blocked = "\n  ## Blocked\n  None\n";
    let before = format!("{from}\n  - [TASK001] Log in\n\n{to}\n{blocked}");
    let after = format!("{from}\n  None\n\n{to}\n  - [TASK001] Log in\n{blocked}");
    assert_eq!(index("Pending", &before, "completed"), after);
    // What another section says of itself, or in other words, is not said of this one.
    let blocked = "\n  ## Blocked\n  No blocked tasks\n";
    let before = format!("{from}\n  - [TASK001] Log in\n\n{to}\n{blocked}");
    let after = format!("{from}\n\n{to}\n  - [TASK001] Log in\n{blocked}");
    assert_eq!(index("Pending", &before, "completed"), after);
    let blocked = "\n  ## Blocked\n  None\n\n  ## Abandoned\n  (none)\n";
    let before = format!("{from}\n  - [TASK001] Log in\n\n{to}\n{blocked}");
    let after = format!("{from}\n\n{to}\n  - [TASK001] Log in\n{blocked}");
    assert_eq!(index("Pending", &before, "completed"), after);
    let blocked = "\n  ## Blocked\n  None\n";
    let before = format!("{from}\n  What comes next.\n  - [TASK001] Log in\n\n{to}\n{blocked}");
    let after = format!("{from}\n  What comes next.\n\n{to}\n  - [TASK001] Log in\n{blocked}");
    assert_eq!(index("Pending", &before, "completed"), after);
}

#[test]
fn what_is_said_of_the_old_status_goes_or_is_refused() {
    let list = |line: &str| format!("  ## Pending\n\n  ## Completed\n  {line}\n");
    let cases = [
        ("- [TASK001] Log in - Completed", "- [TASK001] Log in"),
        ("- [TASK001] Log in. Completed forms", "- [TASK001] Log in. Completed forms"),
        ("- [TASK001] **Log in** - a form", "- [TASK001] **Log in** - a form"),
        ("- [TASK001] Log in - 完成", "- [TASK001] Log in"),
        ("- [TASK001] Log in - 完成情况", "- [TASK001] Log in - 完成情况"),
    ];
    for (line, moved) in cases {
        let after = index("Completed", &list(line), "pending");
        assert_eq!(after, format!("  ## Pending\n  {moved}\n\n  ## Completed\n"), "{line}");
    }
    for (line, why) in [
        ("- [TASK001] Log in - Completed on 2026-01-01 (with a form)", "`Completed on"),
        ("- [TASK001] Log in - Completed on 2026-01-01", "`Completed on 2026-01-01` behind it"),
        ("- [TASK001] Log in - Completed (2026-01-01)", "`Completed (2026-01-01` behind it"),
        ("- [TASK001] Log in - 2026-01-01完成", "`2026-01-01完成` behind it"),
        ("- [TASK001] Log in. Completed on 2026-01-01", "`Completed on 2026-01-01` behind it"),
        ("- [TASK001] Log in - a form. Completed 2026-01-01.", "`Completed 2026-01-01` behind it"),
        ("- [TASK001] Log in - with a form (2026-01-01)", "`2026-01-01` behind it"),
        ("- [TASK001] Log in - 100%", "`100%`"),
        ("- [TASK001] Log in - 2026-01-01完成（with a form）", "`2026-01-01完成（with a form）`"),
        ("- [TASK001] Log in（form）- 2026-01-01完成（x）", "`2026-01-01完成（x）`"),
        ("- [TASK001] Log in - Erledigt, mit Formular", "`Erledigt, mit Formular`"),
    ] {
        let after = index("Completed", &list(line), "pending");
        assert!(after.starts_with("refused: ") && after.contains(why), "{line}: {after}");
    }
    for line in [
        "- [TASK001] Log in - 75% complete (started: 2026-01-01)",
        "- [TASK001] 9.5%: log in",
        "- [TASK001] Log in - ~80% complete",
        "- [TASK001] Log in - <50% done",
        "- [TASK001] Log in, now at 60% only",
    ] {
        let list = format!("  ## Pending\n  {line}\n\n  ## Completed\n");
        let after = index("Pending", &list, "completed");
        assert!(after.starts_with("refused: ") && after.contains('%'), "{line}: {after}");
    }
    // What was measured is no share of the work.
    for line in ["- [TASK001] Log in, which is -32%", "- [TASK001] Log in by 32% faster forms"] {
        let list = format!("  ## Pending\n  {line}\n\n  ## Completed\n");
        let after = index("Pending", &list, "completed");
        assert_eq!(after, format!("  ## Pending\n\n  ## Completed\n  {line}\n"));
    }
    // The same status again says nothing else.
    assert_eq!(index("Completed", &list("- [TASK001] Log in - 100%"), "completed"), "unchanged");
}

#[test]
fn a_fix_takes_nothing_back_that_a_list_or_a_folder_says() {
    let file = "  # [TASK001] - Log in\n\n  **Status:** Pending\n\n  ### Subtasks\n  | ID | Description | Status |\n  |----|---|---|\n  | 1.1 | Draw it | Complete |\n  | 1.2 | Test it | Not Started |\n";
    let list = "//- /memory-bank/tasks/_index.md\n  ## Pending\n\n  ## In Progress\n\n  ## Completed\n  - [TASK001] Log in - Completed on 2026-01-01\n";
    for (folder, list) in [("COMPLETED/", ""), ("", list)] {
        let fixture = format!("//- /memory-bank/tasks/{folder}TASK001-log-in.md\n{file}{list}");
        check_fix_all(&fixture, "");
    }
    let after = file.replace("Pending", "In Progress");
    let path = "//- /memory-bank/tasks/TASK001-log-in.md\n";
    check_fix_all(&format!("{path}{file}"), &format!("{path}{after}"));
}

#[test]
fn a_list_without_the_section_stays() {
    let before = "  ## Pending\n  - [TASK001] Log in\n";
    assert_eq!(index("Pending", before, "completed"), "unchanged");
    // Whose status stands nowhere else is refused.
    let fixture = format!("{}  - [TASK003] Rest\n", bank("Pending", before));
    let refusal = set(&fixture, "TASK003", "completed").expect_err("no place for it");
    assert_eq!(refusal.kind, RefusalKind::NoSpelling);
    assert!(refusal.message.ends_with("_index.md has no section for completed"), "{refusal}");
    // So is one whose file says something that is not understood.
    let fixture =
        bank("Approved by the board", "  ## Pending\n  - [TASK001] Log in\n\n  ## Completed\n");
    let refusal = set(&fixture, "TASK001", "completed").expect_err("its file says nothing");
    assert!(refusal.message.ends_with("called by task TASK001, and states no status"), "{refusal}");
}

#[test]
fn several_sections_of_a_status_are_told_apart_by_what_is_above_them() {
    let before =
        "  # One\n  ## Pending\n  - [TASK001] Log in\n  ## Completed\n  # Two\n  ## Completed\n";
    let after =
        "  # One\n  ## Pending\n  ## Completed\n  - [TASK001] Log in\n\n  # Two\n  ## Completed\n";
    assert_eq!(index("Pending", before, "completed"), after);
    let twice = "  ## Pending\n  - [TASK001] Log in\n  ## Completed\n  ## Completed\n";
    assert!(index("Pending", twice, "completed").contains("2 sections of its file say completed"));
}

#[test]
fn what_is_emphasised_before_the_end_of_an_entry_keeps_its_marks() {
    for (end, stays) in [
        ("**[TASK001] Log in** - Completed", "**[TASK001] Log in**"),
        ("[TASK001] _Log in_ — **Completed**", "[TASK001] _Log in_"),
        ("[TASK001] `Log in` - **Completed**", "[TASK001] `Log in`"),
        ("**[TASK001]** Log in - **(Completed)**", "**[TASK001]** Log in"),
    ] {
        let before = format!("  ## In Progress\n\n  ## Completed\n\n  - {end}\n");
        let after = index("Completed", &before, "in_progress");
        assert!(after.contains(&format!("- {stays}\n")), "{after}");
    }
}

#[test]
fn what_a_title_says_of_the_old_status_is_told() {
    let before =
        "  ## In Progress\n\n  ## Completed\n\n  - [TASK001] Log in (completed 2026-01-02)\n";
    let told = index("Completed", before, "in_progress");
    assert!(told.contains("`completed 2026-01-02` behind it belongs to its old status"), "{told}");
}

#[test]
fn an_id_that_a_list_gives_to_another_task_moves_nothing() {
    let file = "//- /memory-bank/tasks/TASK001-draw-form.md\n  # [TASK001] - Draw the form\n\n  **Status:** Completed\n";
    let list = |entry: &str| {
        format!(
            "{file}//- /memory-bank/tasks/_index.md\n  ## Pending\n  - [TASK001] {entry}\n\n  ## Completed\n"
        )
    };
    let other = list("Translate every page");
    let refusal = set(&other, "TASK001", "pending").expect_err("nobody knows which is meant");
    assert_eq!(refusal.kind, RefusalKind::Ambiguous);
    assert_eq!(
        refusal.message,
        "memory-bank/tasks/_index.md:2:4 gives the id TASK001 to `Translate every page`, and the task is `Draw the form`"
    );
    check_fix_all(&other, "");
    check_rule(&drift::RULE, &other.replace("page\n", "page\n//   ^^^^^^^ warning[drift]: `Translate every page` has the id TASK001 of `Draw the form` in memory-bank/tasks/TASK001-draw-form.md: it is `Pending` here, and `Completed` there\n"));
    let agreed = set(&other.replace("Completed\n", "Pending\n"), "TASK001", "in_progress");
    assert!(agreed.is_ok(), "what agrees is one thing by two titles: {agreed:?}");
    // Words that any work has are none in common.
    let any = "Implementation of the printing system";
    let told = list(any).replace("Draw the form", "Implement the login");
    let told = told.replace("TASK001-draw-form", "TASK001-implement-the-login");
    let refusal = set(&told, "TASK001", "pending").expect_err("nobody knows which is meant");
    assert_eq!(refusal.kind, RefusalKind::Ambiguous, "{refusal}");
    check_fix_all(&told, "");
    // A word in common is enough, and so is another language.
    for entry in ["Forms for everybody", "[Page](TASK001-draw-form.md) and more", "画表单 并 测试"]
    {
        assert!(set(&list(entry), "TASK001", "in_progress").is_ok(), "{entry}");
    }
}

#[test]
fn what_stands_for_nothing_is_an_item_and_gives_way_and_comes_back() {
    let none = "  ## In Progress\n  - (none)\n\n";
    let pending = "  ## Pending\n  - [TASK001] Log in\n\n";
    let done = "  ## Completed\n  - [TASK002] Log out\n";
    let file = "//- /memory-bank/tasks/TASK001-log-in.md\n  # [TASK001] - Log in\n\n  **Status:** Pending\n";
    let list = format!("{file}//- /memory-bank/tasks/_index.md\n{none}{pending}{done}");
    let after = set(&list, "TASK001", "completed").expect("it is planned");
    let moved =
        "## Pending\n  - (none)\n\n  ## Completed\n  - [TASK002] Log out\n  - [TASK001] Log in\n";
    assert!(after.contains(moved), "{after}");
}

#[test]
fn tasks_with_other_letters_are_listed_by_status_too() {
    let text = "\
//- /memory-bank/tasks/_index.md
  ## Pending
  - [US-RN-001] Test it

  ## Completed
  - [TECH-001] Draw it
//- /memory-bank/tasks/TECH-001-draw-it.md
  # [TECH-001] - Draw it

  **Status:** Completed
//- /memory-bank/tasks/US-RN-001.md
  # US-RN-001: Test it

  **Status:** Completed
//- /memory-bank/tasks/TECH-2026-notes.md
  # Notes

  **Status:** Completed
";
    let after = set(text, "TECH-001", "pending").expect("it is planned");
    let list = "## Pending\n  - [US-RN-001] Test it\n  - [TECH-001] Draw it\n\n  ## Completed\n";
    assert!(after.contains(list) && after.contains("**Status:** Pending\n"), "{after}");
    let told = text.replace(
        "Test it\n\n  ## Completed",
        "Test it\n//   ^^^^^^^^^ warning[drift]: task US-RN-001 is `Pending` here, but the task is `Completed` in memory-bank/tasks/US-RN-001.md\n//   | memory-bank/tasks/US-RN-001.md: task US-RN-001 is `Completed` here\n\n  ## Completed",
    );
    check_rule(&drift::RULE, &told);
}

#[test]
fn of_two_entries_with_one_id_none_is_moved() {
    for before in [
        "  ## In Progress\n\n  - [TASK001] Log in & out - begun\n\n  ## Completed\n\n  - [TASK001] Log in page - drawn\n\n  ## Abandoned\n\n  None currently\n",
        "  ## In Progress\n  - [TASK001] Log in\n\n  ## Completed\n  - [TASK001] Log in\n\n  ## Abandoned\n",
    ] {
        for to in ["abandoned", "pending", "completed", "in_progress"] {
            let told = index("In Progress", before, to);
            let is_told =
                told.contains("2 entries of memory-bank/tasks/_index.md are task TASK001: lines ");
            assert!(is_told || told == "unchanged", "{to}: {told}");
        }
        check_fix_all(&bank("In Progress", before), "");
    }
    check_rule(
        &duplicate_task::RULE,
        &bank(
            "In Progress",
            "  ## In Progress
  - [TASK001] Log in

  ## Completed
  - [TASK001] Log in page
//   ^^^^^^^ warning[duplicate-task]: task TASK001 is twice in this file
//   | memory-bank/tasks/_index.md: task TASK001 is here first
",
        ),
    );
}

#[test]
fn a_word_that_is_set_apart_is_said_of_the_old_status() {
    let before =
        "  ## In Progress\n\n  ## Pending\n\n  - [TASK001] Log in - **PENDING** Draw the form\n";
    let told = index("Pending", before, "in_progress");
    assert!(told.contains("it also says `PENDING`"), "{told}");
}

#[test]
fn what_is_listed_as_finished_contradicts_a_file_that_goes_on() {
    let list = "  ## Completed
  - [TASK001] Log in
//   ^^^^^^^ warning[drift]: task TASK001 is `Completed` here, but the task is `In Progress` in memory-bank/tasks/TASK001-log-in.md
//   | memory-bank/tasks/TASK001-log-in.md: task TASK001 is `In Progress` here
";
    check_rule(&drift::RULE, &bank("In Progress", list));
    let plain = "  ## Completed\n  - [TASK001] Log in\n";
    let told = index("Completed", plain, "in_progress");
    assert!(told.contains("its file has no section for in_progress"), "{told}");
    // Below what is begun or waits, nothing ends.
    let open = "  ## Pending\n  - [TASK001] Log in\n";
    check_rule(&drift::RULE, &bank("Completed", open));
}

#[test]
fn words_that_tell_how_an_entry_came_to_its_section_are_left_behind_by_nobody() {
    let list = |words: &str| {
        format!("  # Tasks\n\n  ## Pending\n\n  ## Completed\n\n  - [TASK001] Log in - {words}\n")
    };
    for words in ["Completed the form and its words", "Completed with a form", "Done: the form"] {
        let refused = index("Completed", &list(words), "pending");
        assert!(refused.starts_with("refused: "), "{words}: {refused}");
    }
    let moved = index("Completed", &list("with a form"), "pending");
    assert!(moved.contains("## Pending\n\n  - [TASK001] Log in - with a form"), "{moved}");
}
