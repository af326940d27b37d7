//! What the boxes below the phases of a plan say of it.

use crate::testing::analysis;

/// The messages about one file.
fn found(path: &str, text: &str) -> Vec<String> {
    let lines: Vec<String> = text.lines().map(|line| format!("  {line}\n")).collect();
    let (analysis, _) = analysis(&format!("//- {path}\n{}", lines.concat()));
    analysis.diagnostics().iter().map(|it| it.message.clone()).collect()
}

fn of_plan(text: &str) -> Vec<String> {
    found("/docs/plans/ink.md", text)
}

const NONE: [&str; 0] = [];

#[test]
fn boxes_of_phases_that_state_nothing_are_those_of_the_plan() {
    let told = ["this task is finished, but 2 of its 3 boxes are open"];
    for heading in ["## Phase 1: Draw", "### Task 1: Draw"] {
        let plan = format!("# Ink\n**Status:** Done\n\n{heading}\n- [x] a\n- [ ] b\n");
        let second = heading.replace('1', "2");
        assert_eq!(of_plan(&format!("{plan}\n{second}\n- [ ] c\n")), told, "{heading}");
    }
    let plan = "# Ink\n**Status:** Not started\n\n## Phase 1: Draw\n- [x] a\n\n## Phase 2: Print\n";
    let told = ["all 2 boxes of this task are ticked, but it is `Not started`"];
    assert_eq!(of_plan(&format!("{plan}- [x] b\n")), told);
    // What a phase without boxes says nobody knows.
    assert_eq!(of_plan(plan), NONE);
    assert_eq!(of_plan(&format!("{plan}- [ ] b\n")), NONE);
    // A phase with a status speaks for its boxes.
    let plan = "# Ink\n**Status:** Done\n\n## Phase 1: Draw (cancelled)\n- [ ] a\n- [x] b\n";
    assert_eq!(of_plan(plan), NONE);
}

#[test]
fn boxes_for_what_comes_later_are_left_open() {
    for later in ["### Future", "### Nice to have", "#### Prints (deferred)", "### Out of scope"] {
        let plan = format!("# Ink\n**Status:** Done\n\n- [x] a\n\n{later}\n- [ ] b\n");
        assert_eq!(of_plan(&plan), NONE, "{later}");
        let list = format!("## Phase 1: Draw ✅ Complete\n- [x] a\n\n{later}\n- [ ] b\n");
        assert_eq!(found("/ROADMAP.md", &list), NONE, "{later}");
    }
    let plan = "# Ink\n**Status:** Done\n\n## Future\n- [ ] a\n\n## Work\n- [ ] b\n- [x] c\n";
    assert_eq!(of_plan(plan), ["this task is finished, but 1 of its 2 boxes is open"]);
}

#[test]
fn a_finished_phase_of_a_list_has_no_open_boxes() {
    let list = "## Phase 1: Draw (v0.1) ✅ Complete\n- [ ] pens\n- [x] ink\n\n## Phase 2: Print 🚧 In Progress\n- [x] paper\n";
    let told = ["this phase is finished, but 1 of its 2 boxes is open"];
    assert_eq!(found("/ROADMAP.md", list), told);
    assert_eq!(found("/ROADMAP.md", &list.replace("[ ]", "[-]")), NONE);
    let list = "## ✅ Phase 1: Draw\n- [x] pens\n- [ ] ink\n\n## ✅ Phase 2: Print\n- [ ] paper\n";
    assert_eq!(found("/ROADMAP.md", list), told);
    assert_eq!(found("/ROADMAP.md", &list.replace("[x]", "[ ]")), NONE);
    assert_eq!(
        found("/ROADMAP.md", "### Phase 1 ✓\n- [ ] pens\n\n### Phase 2 ✓\n- [ ] ink\n"),
        NONE
    );
}

#[test]
fn a_letter_behind_a_number_has_parts_of_its_own() {
    let plan = "# Ink\n**Status**: In progress\n\n## Phase 8f.1 - draw (DONE)\n\n## Phase 8f.2 - print (DONE)\n\n## Phase 9\n";
    assert_eq!(of_plan(plan), NONE);
    let twice = plan.replace("8f.2", "8f.1");
    assert_eq!(of_plan(&twice), ["phase 8f.1 is twice in this plan"]);
}

#[test]
fn circles_from_red_to_green_tell_what_comes_first() {
    let plan = "# Plan\n\n## 🔴 PHASE 1 - Critical\n- [ ] a\n\n## 🟡 PHASE 2 - Ink\n\n## 🟢 PHASE 3 - Paper\n- [ ] b\n";
    assert_eq!(of_plan(plan), NONE);
    // Nobody says that they tell it.
    let plan = plan.replace("Critical", "Pens");
    assert_eq!(of_plan(&plan), ["this phase is finished, but its only box is open"]);
    // What is done stands first.
    let plan = "# Plan\n\n## 🟢 PHASE 1 - Pens\n- [ ] a\n\n## 🔴 PHASE 2 - Ink\n";
    assert_eq!(of_plan(plan), ["this phase is finished, but its only box is open"]);
}

#[test]
fn what_waits_for_somebody_else_may_have_all_its_boxes_ticked() {
    for status in [
        "Ready for Review",
        "Ready for implementation",
        "⏳ Aguardando a Ann",
        "🟡 PARTIAL — 3/5 landed, 2/5 deferred",
    ] {
        let plan = format!("# Ink\n**Status**: {status}\n\n- [x] a\n");
        assert_eq!(of_plan(&plan), NONE, "{status}");
    }
    let told = ["the only box of this task is ticked, but it is `Ready`"];
    assert_eq!(of_plan("# Ink\n**Status**: Ready\n\n- [x] a\n"), told);
}

#[test]
fn a_sign_beside_words_that_say_otherwise_finishes_nothing() {
    for status in [
        "✅ **APPROVED**",
        "✅ Approved by Ann",
        "✅ MOSTLY COMPLETE (2026-01-02) - the page is pending",
        "✅ All lines drawn - Awaiting Ann",
        "✅ Parcial",
    ] {
        let plan = format!("# Ink\n**Status**: {status}\n\n- [ ] a\n- [x] b\n");
        assert_eq!(of_plan(&plan), NONE, "{status}");
    }
    for done in ["✅", "✅ All lines drawn", "✅ Готово", "✅ Done - awaiting nobody"] {
        let plan = format!("# Ink\n**Status**: {done}\n\n- [ ] a\n- [x] b\n");
        assert_eq!(of_plan(&plan).len(), 1, "{done}");
    }
    for remark in ["✅ (Parcial - 2026-01-02)", "✅ (partial)"] {
        let list = format!("- [x] **Pens** {remark}\n  - [x] a\n  - [ ] b\n");
        assert_eq!(found("/ROADMAP.md", &list), NONE, "{remark}");
    }
}

#[test]
fn names_and_comments_behind_a_heading_are_none_of_its_title() {
    for behind in ["{#draw}", "<!-- by Ann -->", "<!-- a --> {#b}"] {
        let list = format!("### Task 1: Draw ✅ DONE {behind}\n- [ ] a\n");
        let told = ["this task is finished, but its only box is open"];
        assert_eq!(found("/TODO.md", &list), told, "{behind}");
    }
}

#[test]
fn what_has_landed_is_done() {
    let plan = "# Ink\n**Status:** landed (commit 1a2b3c4)\n\n- [ ] a\n- [x] b\n";
    assert_eq!(of_plan(plan), ["this task is finished, but 1 of its 2 boxes is open"]);
}

#[test]
fn reports_beside_tasks_are_none() {
    for file in
        ["port/01_REVIEW.md", "port/closeout.md", "port/3-closeout.md", "artifacts/ink/matrix.md"]
    {
        let text = "# A\n**Status**: Closed\n\n- [ ] a\n";
        assert_eq!(found(&format!("/docs/tasks/{file}"), text), NONE, "{file}");
        assert_eq!(
            found(&format!("/docs/plans/{file}"), text).is_empty(),
            !file.contains("artifacts"),
            "{file}"
        );
    }
    let told = ["this task is finished, but its only box is open"];
    for file in ["tasks/012-add-review.md", "plans/REVIEW_FORMS.md"] {
        let text = "# A\n**Status**: Done\n\n- [ ] a\n";
        assert_eq!(found(&format!("/docs/{file}"), text), told, "{file}");
    }
}
