//! Places with one id that are of different tasks, by what they are called.

use super::check_tasks;
use crate::testing::analysis;

/// A ticket that is done, and the row of an epic with its id.
fn ticket_and_row(row: &str) -> String {
    format!(
        "\
//- /tickets/epics/EPIC-1.md
  # EPIC-1: Ways in

  **Status:** In Progress

  | Ticket | Title | Status |
  |---|---|---|
  {row}
//- /tickets/completed/UX-001-small-screens.md
  # UX-001: Small screens

  ## Status: Completed
"
    )
}

#[test]
fn a_row_that_links_to_another_file_is_of_another_ticket() {
    let of_other = ticket_and_row("| [UX-001](../UX-001-tour.md) | A tour | Pending |");
    check_tasks(&of_other, &["EPIC-1 in_progress", "UX-001 done"]);
    let (analysis, _) = analysis(&of_other);
    let found: Vec<&str> = analysis.diagnostics().iter().map(|it| it.rule).collect();
    assert_eq!(found, ["missing-artifact"]);
    for row in [
        "| UX-001 | A tour | Pending |",
        "| [UX-001](../completed/UX-001-small-screens.md) | A tour | Pending |",
        "| [UX-001](../UX-001-small-screens.md) | A tour | Pending |",
        "| [UX-001](../UX-001-screens.md) | A tour | Pending |",
        "| [UX-001](../UX-001-mobile.md) | Small screens | Pending |",
        "| [UX-001](https://example.org/UX-001) | A tour | Pending |",
        "| [UX-001](../../notes/tour.md) | A tour | Pending |",
    ] {
        check_tasks(&ticket_and_row(row), &["EPIC-1 in_progress", "UX-001 done!"]);
    }
}

#[test]
fn a_title_stands_in_another_column_than_the_id() {
    let row = "| UX-002 | A menu | Pending |";
    let (analysis, _) = analysis(&ticket_and_row(row));
    let task = analysis.task("UX-002").expect("a task");
    assert_eq!(analysis.index.title(task), "A menu");
}

/// A list of stories with a key, and a file with a heading that both say another status.
#[track_caller]
fn check_story(key: &str, path: &str, heading: &str, expected: &str) {
    let fixture = format!(
        "//- /docs/sprint-status.yaml\n  development_status:\n    {key}: backlog\n//- /docs/{path}\n  # {heading}\n\n  Status: review\n"
    );
    check_tasks(&fixture, &[expected]);
}

#[test]
fn a_story_whose_name_has_no_word_of_the_key_is_another() {
    for (key, path, heading) in [
        ("34-2-library", "story-34-2-back-button.md", "Story 34.2: Back button"),
        ("34-2-library-search", "34-2-button.md", "Story 34.2: Button"),
    ] {
        check_story(key, path, heading, "34-2 backlog");
    }
    for (key, path, heading) in [
        ("34-2-library", "34-2-button.md", "Story 34.2: Button"),
        ("34-2-library-search", "34-2-find.md", "Story 34.2: Search books"),
        ("34-2-library-search", "34-2-libraries.md", "Story 34.2"),
        ("34-2-library-search", "story-34-2.md", "Story 34.2"),
        ("34-2", "34-2-back-button.md", "Story 34.2: Back button"),
        ("34-2-ci", "34-2-back-button.md", "Story 34.2: Back button"),
        ("34-2-library-search", "stories/story-34.2.md", "Story 34.2: Suche in Regalen"),
        ("34-2-library-search", "stories/34-2-查找-书籍.md", "Story 34.2: 查找 书籍"),
    ] {
        check_story(key, path, heading, "34-2 backlog!");
    }
}

/// The rules that find something in a story of a list that says it is done.
fn found_in_story(text: &str) -> Vec<&'static str> {
    let story = text.replace('\n', "\n  ");
    let (analysis, _) = analysis(&format!(
        "//- /docs/sprint-status.yaml\n  development_status:\n    2-4-gate: done\n//- /docs/story-2.4.md\n  # Story 2.4: Gate\n\n  {story}\n"
    ));
    analysis.diagnostics().iter().map(|it| it.rule).collect()
}

#[test]
fn a_status_may_stand_behind_other_fields_of_its_line() {
    for line in [
        "**Epic:** 2 - Ways in **Story ID:** 2.4 **Status:** review",
        "> **Epic:** 2 **Status:** review **Owner:** Ann",
        "**Epic**: 2 | **Status**: review | **Effort**: 3 h",
        "**Epic:** 2 · **Status:** `review` · **Effort:** 3 h",
    ] {
        assert_eq!(found_in_story(line), ["drift"], "{line}");
        assert_eq!(found_in_story(&line.replace("review", "done")), [""; 0], "{line}");
    }
    for line in [
        "The **Status:** review of it is over",
        "**Epic:** 2, whose status: review",
        "**Epic:** 2 has **Status** review",
        "**Epic:** 2 **Status of the epic:** review",
    ] {
        assert_eq!(found_in_story(line), [""; 0], "{line}");
    }
}

#[test]
fn tasks_of_a_story_may_be_called_technical() {
    for heading in ["## Technical Tasks", "## Development Tasks\n### Task 1: Draw it"] {
        let story = format!("Status: done\n\n{heading}\n- [ ] Draw it");
        assert_eq!(found_in_story(&story), ["unchecked-work"], "{heading}");
    }
    assert_eq!(found_in_story("Status: done\n\n## Technical Notes\n- [ ] Draw it"), [""; 0]);
}

/// The rules that find something in a road map with one phase, and a row of it.
fn found_in_phase(box_and_row: [&str; 2]) -> Vec<&'static str> {
    let [mark, row] = box_and_row;
    let (analysis, _) = analysis(&format!(
        "//- /.planning/ROADMAP.md\n  - [{mark}] **Phase 1: Log in**\n\n  | Phase | Plans Complete | Status | Completed |\n  |---|---|---|---|\n  | 1. Log in | 0/2 | {row} | - |\n"
    ));
    analysis.diagnostics().iter().map(|it| it.rule).collect()
}

#[test]
fn a_phase_that_is_planned_is_not_begun_and_one_may_be_blocked() {
    for said in
        ["Planning complete", "✅ Planning Complete (ready)", "BLOCKED", "Paused", "Withdrawn"]
    {
        assert_eq!(found_in_phase([" ", said]), [""; 0], "{said}");
        assert!(found_in_phase(["x", said]).contains(&"drift"), "{said}");
    }
    assert_eq!(found_in_phase([" ", "Research complete"]), ["unknown-status"]);
}

#[test]
fn a_plan_that_is_left_out_may_have_a_mark_for_that() {
    let found = |text: &str| {
        let (analysis, _) = analysis(&format!(
            "//- /.planning/ROADMAP.md\n  - [x] **Phase 1: Log in**\n\n  ### Phase 1: Log in\n  - [x] 01-01-PLAN.md\n  - [~] 01-02-PLAN.md — {text}\n"
        ));
        analysis.diagnostics().iter().map(|it| it.rule).collect::<Vec<_>>()
    };
    assert_eq!(found("DEFERRED"), [""; 0]);
    assert!(found("Test it").contains(&"unknown-status"));
}

#[test]
fn what_was_closed_without_work_has_nothing_to_tick() {
    let found = |remark: &str| {
        let (analysis, _) = analysis(&format!(
            "//- /tickets/T-1-menu.md\n  # T-1: Menu\n\n  ## Status: Closed{remark}\n\n  ## Acceptance Criteria\n  - [ ] It opens\n"
        ));
        analysis.diagnostics().iter().map(|it| it.rule).collect::<Vec<_>>()
    };
    for remark in [" (False Positive)", " (duplicate of T-2)"] {
        assert_eq!(found(remark), [""; 0], "{remark}");
    }
    for remark in [
        "",
        " (2026-01-02)",
        " (invalidated)",
        " (invalid forms are refused)",
        " (obsolete form removed)",
    ] {
        assert_eq!(found(remark), ["unchecked-work"], "{remark}");
    }
}

#[test]
fn requests_and_issues_of_phases_have_statuses_of_their_own() {
    let found = |column: &str| {
        let (analysis, _) = analysis(&format!(
            "//- /.planning/ROADMAP.md\n  - [x] **Phase 1: Log in**\n//- /.planning/STATE.md\n  | Phase | {column} | Status |\n  |---|---|---|\n  | Phase 1: Log in | #4 | Pending |\n"
        ));
        analysis.diagnostics().iter().map(|it| it.rule).collect::<Vec<_>>()
    };
    for column in ["PR", "Issue", "Pull Request"] {
        assert_eq!(found(column), [""; 0], "{column}");
    }
    for column in ["Name", "PRs", "Issues"] {
        assert_eq!(found(column), ["drift"], "{column}");
    }
}

#[test]
fn the_name_of_a_plan_may_be_code() {
    let road = "//- /.planning/ROADMAP.md\n  - [x] **Phase 1: Log in**\n\n  ### Phase 1: Log in\n  - [ ] `01-01-form-PLAN.md` — Draw it\n  - [ ] `01-02` — Test it\n";
    check_tasks(road, &["1 complete", "01-01 not_started", "01-02 not_started"]);
    let (analysis, _) = analysis(road);
    let task = analysis.task("01-01").expect("a plan");
    assert_eq!(analysis.index.title(task), "Draw it");
    let found: Vec<&str> = analysis.diagnostics().iter().map(|it| it.rule).collect();
    assert_eq!(found, ["stale-rollup"]);
}

#[test]
fn tracks_in_the_archive_below_them_are_of_the_past() {
    let fixture = |folder: &str| {
        format!(
            "//- /conductor/tracks.md\n  - [ ] **Track: Menu**\n    *Link: [./tracks/menu_20260102/](./tracks/menu_20260102/)*\n//- /conductor/tracks/menu_20260102/metadata.json\n  {{ \"status\": \"new\" }}\n//- /conductor/tracks/{folder}/old_20260101/metadata.json\n  {{ \"status\": \"archived\" }}\n"
        )
    };
    for folder in ["_archive", "archive"] {
        let (analysis, _) = analysis(&fixture(folder));
        assert_eq!(analysis.diagnostics(), [], "{folder}");
        let old = analysis.task("old_20260101").expect("a track");
        assert!(old.places.is_empty(), "{folder}");
    }
}

#[test]
fn of_several_stories_the_one_that_the_key_is_like_is_the_story() {
    let file = |name: &str, title: &str, status: &str| {
        format!("//- /docs/{name}.md\n  # Story 1.1: {title}\n\n  Status: {status}\n")
    };
    let list = "//- /docs/sprint-status.yaml\n  development_status:\n    1-1-log-in-form: done\n";
    let old = file("1-1-project-scaffold", "Project scaffold", "review");
    for new in [file("1-1-log-in-form", "Form", "done"), file("1-1-login", "A form", "done")] {
        let fixture = format!("{list}{old}{new}");
        check_tasks(&fixture, &["1-1 done"]);
        assert_eq!(analysis(&fixture).0.diagnostics(), [], "{new}");
    }
}

#[test]
fn phases_may_be_called_in_other_languages() {
    for word in ["Phase", "Fase", "FASE", "Étape", "Etapa", "Этап", "Фаза", "Faza"] {
        let (analysis, _) = analysis(&format!(
            "//- /PLAN_A.md\n  # Plan\n\n  ## ✅ {word} 1 - Draw\n  - [ ] a\n  - [x] b\n\n  ## {word} 2: Paint\n  - [ ] a\n"
        ));
        let found: Vec<&str> = analysis.diagnostics().iter().map(|it| it.rule).collect();
        assert_eq!(found, ["unchecked-work"], "{word}");
    }
}

#[test]
fn a_summary_in_the_folder_of_an_earlier_phase_is_of_that() {
    let found = |old: &str, title: &str| {
        let fixture = format!(
            "//- /.planning/ROADMAP.md\n  - [ ] **Phase 2: {title}**\n\n  ### Phase 2: {title}\n  - [ ] 02-01-PLAN.md — Draw it\n//- /.planning/phases/02-new-menu/02-01-PLAN.md\n  # Plan\n//- /.planning/phases/{old}/02-01-PLAN.md\n  # Plan\n//- /.planning/phases/{old}/02-01-SUMMARY.md\n  # Done\n"
        );
        let (analysis, _) = analysis(&fixture);
        analysis.diagnostics().iter().map(|it| it.rule).collect::<Vec<_>>()
    };
    assert_eq!(found("02-old-form", "New menu"), [""; 0]);
    // Nobody knows which of the two it is.
    assert_eq!(found("02-old-form", "Print"), ["drift", "duplicate-task"]);
}

#[test]
fn reports_about_stories_are_no_stories() {
    let (analysis, _) = analysis(
        "//- /docs/stories/3-1-log-in.md\n  # Story 3.1: Log in\n\n  Status: review\n//- /docs/stories/3-1-test-summary.md\n  # Story 3.1: Log in - Test Summary\n\n  Status: Passed\n//- /docs/stories/3-1-DoD-verification.md\n  # Story 3.1: Log in\n\n  Status: done\n",
    );
    assert_eq!(analysis.diagnostics(), []);
    assert_eq!(analysis.index.tasks.len(), 1);
}

/// Has a file of a workspace say something else, and compares with reading everything anew.
#[track_caller]
fn check_typed(fixture: &str, path: &str, from: &str, to: &str) {
    let (before, _) = analysis(fixture);
    let document = before.index.document(path).expect("a file").1;
    let text = document.text.to_string().replace(from, to);
    assert_ne!(text, document.text.to_string());
    let texts = [(document.path.clone(), Some(text.as_str().into()))].into();
    let after = before.with_texts(&texts);
    let (anew, _) = analysis(&fixture.replace(from, to));
    let told = |analysis: &crate::Analysis| -> Vec<String> {
        let places = analysis.index.tasks.values().map(|it| format!("{} {:?}", it.id, it.places));
        // Which files there are is handed in anew.
        let found = analysis.diagnostics().iter().filter(|it| it.rule != "missing-artifact");
        places.chain(found.map(|it| it.message.clone())).collect()
    };
    assert_eq!(told(&after), told(&anew));
    assert_ne!(told(&after), told(&before));
}

#[test]
fn what_is_typed_may_tell_two_apart() {
    let row = ticket_and_row("| [UX-001](../UX-001-small-screens.md) | A tour | Pending |");
    let epic = "tickets/epics/EPIC-1.md";
    check_typed(&row, epic, "../UX-001-small-screens", "../UX-001-tour");
    let road = "//- /.planning/ROADMAP.md\n  - [ ] **Phase 2: Print**\n\n  ### Phase 2: Print\n  - [ ] 02-01-PLAN.md — Draw it\n//- /.planning/phases/02-new-menu/02-01-PLAN.md\n  # Plan\n//- /.planning/phases/02-old-form/02-01-SUMMARY.md\n  # Done\n";
    check_typed(road, ".planning/ROADMAP.md", "### Phase 2: Print", "### Phase 2: New menu");
}

#[test]
fn lists_may_have_a_year_a_version_or_what_they_are_of_in_their_names() {
    let count = |name: &str| {
        let (analysis, _) = analysis(&format!("//- /docs/{name}\n  - [ ] Draw it\n"));
        analysis.index.tasks.len()
    };
    for name in [
        "TODO_2026.md",
        "TODO-next.md",
        "todo-list.md",
        "TODOLIST.md",
        "ROADMAP-2026.md",
        "ROADMAP_V2.md",
        "roadmap-next.md",
        "ROADMAP_IMPLEMENTATION.md",
        "IMPLEMENTATION_ROADMAP.md",
    ] {
        assert_eq!(count(name), 1, "{name}");
    }
    for name in [
        "ROADMAP_PARSER_REPORT.md",
        "todo-app.md",
        "roadmap_notes.md",
        "TODO-conventions.md",
        "TODO_TEMPLATE.md",
        "TODO_FORM_TUTORIAL.md",
        "HOW_TO_WRITE_A_ROADMAP.md",
    ] {
        assert_eq!(count(name), 0, "{name}");
    }
}

/// How many tasks there are in some files with one text.
fn count_in(files: &[&str], text: &str) -> usize {
    let all: String = files.iter().map(|path| format!("//- /{path}\n{text}")).collect();
    analysis(&all).0.index.tasks.len()
}

#[test]
fn a_memory_bank_with_a_list_takes_its_folder_only_for_tasks_with_ids() {
    let text = "  # Plan\n\n  **Status:** In Progress\n\n  - [ ] Draw it\n";
    let index = "memory-bank/tasks/_index.md";
    let files = ["memory-bank/tasks/001-login.md", "memory-bank/tasks/TODO.md"];
    assert_eq!(count_in(&[index, files[0], files[1]], text), 1 + count_in(&files, text));
    let tech = ["memory-bank/tasks/TECH-001-login.md", "memory-bank/tasks/TECH-002-SUMMARY.md"];
    assert_eq!(count_in(&[index, tech[0], tech[1]], text), 1);
}

#[test]
fn features_may_be_called_as_reports_are() {
    let backlog = ["backlog/tasks/task-7-add-completion-summary-screen.md"];
    assert_eq!(count_in(&backlog, "  ---\n  id: task-7\n  status: To Do\n  ---\n"), 1);
    let bank = ["memory-bank/tasks/_index.md", "memory-bank/tasks/US-012-order-summary.md"];
    assert_eq!(count_in(&bank, "  # Order summary\n\n  **Status:** In Progress\n"), 1);
    check_story(
        "3-2-export-test-summary",
        "3-2-export-test-summary.md",
        "Story 3.2: Export test summary",
        "3-2 backlog!",
    );
}

#[test]
fn issues_have_three_figures_and_lists_beside_them() {
    let issue = "  ---\n  status: done\n  ---\n  - [x] Draw it\n  - [x] Paint it\n";
    let ticket = |name: &str| {
        let (analysis, _) = analysis(&format!(
            "//- /docs/issues/{name}\n{issue}//- /docs/issues/TODO.md\n  - [ ] Print it\n"
        ));
        let of = |id: &str| analysis.instances.iter().any(|it| it.id == id);
        (
            of("tickets"),
            analysis.index.tasks.values().any(|task| analysis.index.title(task) == "Print it"),
        )
    };
    assert_eq!(ticket("001-draw.md"), (true, true));
    assert_eq!(ticket("01-spring.md"), (false, true));
    assert_eq!(ticket("2026-01-02-outage.md"), (false, true));
}

#[test]
fn letters_and_figures_are_an_id_only_where_they_are_the_whole_name() {
    let file = |name: &str| format!("//- /tickets/{name}.md\n  # Bind\n\n  **Status:** Open\n");
    let all = ["T-1-log-in", "fix-ipv6-bind", "fix-ipv6-dns", "tin-k9q3"].map(file).concat();
    let (analysis, _) = analysis(&all);
    let found: Vec<&str> = analysis.diagnostics().iter().map(|it| it.rule).collect();
    assert!(!found.contains(&"duplicate-task"), "{found:?}");
    assert!(analysis.task("tin-k9q3").is_some());
    assert!(analysis.task("fix-ipv6").is_none());
}
