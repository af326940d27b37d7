//! What stands beside a status and tells why it is so: a fix leaves it to a person.

use super::*;
use crate::analysis::mending::{certain, fix_all};
use crate::testing::{AT, analysis};

/// What a fix of all changes in a list of stories, and the messages of what it leaves.
#[track_caller]
fn left(list: &str, story: &str) -> (String, Vec<String>) {
    let list = format!("//- /docs/sprint-status.yaml\n  development_status:\n{list}");
    let story = format!("//- /docs/1-1-boil.md\n  # Story 1.1: Boil\n\n{story}");
    let (analysis, _) = analysis(&format!("{list}{story}"));
    let (change, _) = fix_all(&analysis, AT, &|_| true);
    let all = analysis.diagnostics().iter().zip(certain(&analysis));
    let left = all.filter(|(_, certain)| !certain);
    (change.diff(), left.map(|(found, _)| found.message.clone()).collect())
}

fn epic(above: &str, line: &str) -> String {
    format!("{above}    epic-1: {line}\n    1-1-boil: done\n    1-2-pour: done\n")
}

const DONE: &str = "  Status: done\n";

#[test]
fn stories_below_another_epic_without_any_finish_none_that_has_their_number() {
    let list = |other: &str| {
        format!(
            "    epic-1: backlog\n    # To be written\n    epic-2: done\n    1-1-boil: done\n{other}"
        )
    };
    assert_eq!(left(&list(""), DONE), (String::new(), Vec::new()));
    let between = "    2-1-pour: done\n    epic-3: backlog\n";
    assert_eq!(left(&list(between), DONE), (String::new(), Vec::new()));
    let headed = list("").replace("    1-1-", "    # Epic 01: the rest\n    1-1-");
    assert!(left(&headed, DONE).0.contains("+  epic-1: done"));
    // Where epics come first, the last has stories of its own.
    let (diff, _) = left(&list("    2-1-pour: done\n"), DONE);
    assert!(diff.contains("+  epic-1: done"), "{diff}");
}

#[test]
fn a_comment_that_tells_of_the_state_leaves_the_whole_to_a_person() {
    for (above, line) in [
        ("    # Epic 1: Tea (P0) - IN PROGRESS (kettle done)\n", "in-progress"),
        ("    # 4 of 5 stories are written\n    # ======\n", "in-progress"),
        ("    # Reopened after the tasting\n", "in-progress"),
        ("    # 1. 茶 (进行中)\n", "in-progress"),
        ("    # 茶 (进行中)\n", "in-progress"),
        ("    # Epic 1: Tea of the day (进行中)\n", "in-progress"),
        ("    # Epic 1: Tea (one story is left)\n", "in-progress"),
        ("    # Epic 1: Tea - the cups are left\n", "in-progress"),
        ("    # Epic 1 waits for the kettle\n", "in-progress"),
        ("    # A third story was added on 2026-01-15\n", "in-progress"),
        ("    # Added a third story\n", "in-progress"),
        ("    # Added 2026-01-15, reopened since\n", "in-progress"),
        ("    # Epic 1: IN PROGRESS\n", "in-progress"),
        ("    # ─── Epic 1 : Tea (half done) ─────\n", "in-progress"),
        ("    # Waits until Epic 2 is done\n", "in-progress"),
        ("", "in-progress  # reopened: a third story is to be written"),
        ("", "in-progress # 2/3 stories done"),
        ("", "\"in-progress\" # falta uno"),
    ] {
        let (diff, left) = left(&epic(above, line), DONE);
        assert_eq!(diff, "", "{above}{line}");
        assert!(left[0].ends_with("beside it may say why"), "{left:?}");
    }
    for (above, line) in [
        ("    # Epic 1: Tea (5 stories)\n", "in-progress"),
        ("    # 1. 茶\n", "in-progress"),
        ("    # Reopened after the tasting\n\n", "in-progress"),
        ("    # Epic 1: Tea - DONE\n", "in-progress # 2026-01-02"),
        ("", "in-progress # 2/2 done"),
        ("    # Reference: docs/planning-drafts/pending.md\n", "in-progress"),
        ("    # Added 2026-01-15 after the first tasting\n", "in-progress"),
        ("    # Tells which tea was drunk (绿茶/红茶/白茶)\n", "in-progress"),
        ("    # Keeps the leaves of the day (茶叶)\n", "in-progress"),
        ("    # Epic 1: Progress of half the failed teas\n", "in-progress"),
        ("    # Story 1-1: What is left\n", "in-progress"),
        ("    # ─── Epic 1 : Thé (simplifié) ─────\n", "in-progress"),
        ("    # --- Epic 1 : Tea (second half) ---\n", "in-progress"),
        ("    # --- Epic 1 ---\n", "in-progress"),
        ("    # All 2 stories must be in review before Epic 2 begins\n", "in-progress"),
    ] {
        let (diff, left) = left(&epic(above, line), DONE);
        assert!(diff.contains("+  epic-1: done") && left.is_empty(), "{above}{line}: {left:?}");
    }
}

#[test]
fn a_remark_behind_the_status_of_a_story_leaves_it_to_a_person() {
    let list = "    epic-1: in-progress\n    1-1-boil: done\n    1-2-pour: backlog\n";
    for said in [
        "  Status: In Review (merge pending)\n",
        "  ## Status\n\n  In Review - waiting for Ann\n",
        "  | Field | Value |\n  |---|---|\n  | Status | In Review, not merged yet |\n",
        "  Status: review (à faire)\n",
    ] {
        assert_eq!(left(list, said).0, "", "{said}");
    }
    for said in ["  Status: In Review (2026-01-02)\n", "  Status: In Review (Ann)\n"] {
        assert!(left(list, said).0.contains("+Status: Done"), "{said}");
    }
    let doubted = list.replace("done", "done # merge pending");
    assert_eq!(left(&doubted, "  Status: review\n").0, "");
    let told = list.replace("done", "done # Code review passed, all tests green");
    assert!(left(&told, "  Status: review\n").0.contains("+Status: done"));
}

#[test]
fn who_sets_a_status_before_a_comment_is_told_that_it_stays() {
    let notes = |comment: &str| {
        let list = format!("    1-1-boil: done{comment}\n    1-2-pour: backlog\n");
        let fixture = format!("//- /docs/sprint-status.yaml\n  development_status:\n{list}");
        let (analysis, _) = analysis(&fixture);
        let to = analysis.profile.vocabulary(EntityKind::Task).by_id("in-progress").expect("it");
        let (subject, at) = (Subject::Task(TaskId::new("1-1")), AT.to_owned());
        let intent = Intent { subject, to, reason: None, at, mode: Mode::Transition };
        crate::change::plan(&analysis, &intent).expect("it may be set").notes
    };
    let told = "the comment `reviewed by Ann` behind docs/sprint-status.yaml:2:13 stays";
    assert!(notes("  # reviewed by Ann").iter().any(|note| note == told));
    assert!(notes("").is_empty());
}

#[test]
fn what_tells_of_work_that_is_left_is_not_left_behind_another_status() {
    let plan = |said: &str| format!("//- /PLAN.md\n  # Plan\n  - **Status**: {said}\n");
    for said in ["In Progress — phase 2", "In Progress — 3 of 5", "In progress: waits for Ann"]
    {
        for status in ["todo", "done"] {
            let refused = set(&plan(said), "plan", status).expect_err(said);
            assert!(refused.message.contains("may belong to its old status"), "{refused}");
        }
    }
    for said in [
        "In Progress - phase 2 of 3",
        "In Progress (1/8 phases)",
        "in-progress (needs ink)",
        "draft — awaiting Ann",
    ] {
        let refused = set(&plan(said), "plan", "done").expect_err(said);
        assert!(refused.message.contains("may belong to its old status"), "{refused}");
    }
    for said in [
        "In Progress (since May)",
        "In Progress (50%)",
        "in progress - Ann",
        "In Progress (left panel)",
        "Draft (added 2026-01-02)",
    ] {
        set(&plan(said), "plan", "done").expect(said);
    }
    for said in
        ["Draft — pending tasters", "Draft - awaiting Ann", "Not Started - Planning Complete"]
    {
        for status in ["in_progress", "blocked", "done"] {
            let refused = set(&plan(said), "plan", status).expect_err(said);
            assert!(refused.message.contains("may belong to its old status"), "{refused}");
        }
    }
    // What is put on hold has come as far.
    set(&plan("In Progress (1/8 phases)"), "plan", "in_progress").expect("it stays true");
}

#[test]
fn parts_that_are_put_off_contradict_no_whole() {
    let list = "    epic-1: done # the first tea\n    1-1-boil: done\n    1-2-pour: backlog # V2 deferred（a/b）\n";
    assert_eq!(left(list, DONE), (String::new(), Vec::new()));
    let (_, found) = left(&list.replace("# V2 deferred（a/b）", "# with milk"), DONE);
    assert_eq!(found.len(), 1);
}

#[test]
fn who_finishes_the_last_part_is_told_why_the_whole_stays() {
    let list = epic("", "in-progress # reopened").replace("1-2-pour: done", "1-2-pour: review");
    let text = format!("//- /docs/sprint-status.yaml\n  development_status:\n{list}");
    let after = set(&text, "1-2", "done").expect("it may be set");
    assert!(after.contains("epic-1: in-progress # reopened"), "{after}");
}

/// What a fix of all changes in a list of boxes, and the messages of what it leaves.
#[track_caller]
fn left_of_boxes(first: &str) -> (String, Vec<String>) {
    let list = format!("  - {first}\n    - [x] 1.1 Draw it\n    - [x] 1.2 Test it\n");
    let (analysis, _) = analysis(&format!("//- /.kiro/specs/login/tasks.md\n{list}"));
    let (change, _) = fix_all(&analysis, AT, &|_| true);
    let all = analysis.diagnostics().iter().zip(certain(&analysis));
    let left = all.filter(|(_, certain)| !certain);
    (change.diff(), left.map(|(found, _)| found.message.clone()).collect())
}

#[test]
fn what_a_box_under_way_says_of_itself_leaves_it_to_a_person() {
    for (first, said) in [
        ("[-] 1. Log in (the mail is left)", "the mail is left"),
        ("[~] 1. Step 1 — 登录（页面完成・邮件未做）", "页面完成・邮件未做"),
        ("[-] 1. Log in — reste le courrier", "reste le courrier"),
        ("[-] 1. Log in (React)", "React"),
        ("[ ] 1. Log in (pending: the mail)", "pending: the mail"),
    ] {
        let (diff, left) = left_of_boxes(first);
        assert_eq!(diff, "", "{first}");
        let end = format!("; `{said}` beside it may say why");
        assert!(left.len() == 1 && left[0].ends_with(&end), "{first}: {left:?}");
    }
    for first in [
        "[-] 1. Log in",
        "[-] 1. Log in (AC: #1, #2)",
        "[-] 1. Step 1 — Log in",
        "[-] 1. [Log in](https://example.org/in)",
        "[ ] 1. Log in (by hand)",
        "[ ] 1. Log in — the form, events of progress, waiting for the mail",
        "[ ] 1. 登录（页面和邮件）",
    ] {
        let (diff, left) = left_of_boxes(first);
        let ticked = first.replace("[-]", "[x]").replace("[ ]", "[x]");
        assert!(diff.contains(&format!("+- {ticked}\n")) && left.is_empty(), "{first}: {left:?}");
    }
}

#[test]
fn a_comment_that_comes_is_heard_at_once() {
    let fixture = |line: &str| {
        let list = epic("", line);
        format!("//- /docs/sprint-status.yaml\n  development_status:\n{list}")
    };
    let mut state = analysis(&fixture("in-progress")).0;
    for (line, end) in [("in-progress # reopened", "may say why"), ("in-progress", "say done")] {
        let other = analysis(&fixture(line)).0;
        let files = other.index.docs.iter().map(|it| (it.path.clone(), Some(it.text.clone())));
        state = state.with_texts(&files.collect());
        let found = &state.diagnostics()[0].message;
        assert!(found.ends_with(end), "{found}");
    }
}

#[test]
fn words_that_tell_of_the_old_status_are_not_left_behind_another() {
    let story = |status: &str| {
        format!(
            "//- /docs/stories/1.1.tea.md\n  # Story 1.1: Tea\n\n  ## Status\n\n  {status}\n\n  ## Story\n"
        )
    };
    for (status, told) in [
        ("Approved for Development", "for Development"),
        ("Done with issues", "with issues"),
        ("Done. All gates have been passed.", "All gates have been passed."),
        ("Done - duplicate of 1.2", "duplicate of 1.2"),
    ] {
        let refused = set(&story(status), "1.1", "in-progress").expect_err(status);
        assert!(refused.message.contains(&format!("`{told}")), "{refused}");
    }
    let row = |status: &str| {
        format!(
            "//- /.planning/ROADMAP.md\n  - [ ] **Phase 1: A**\n//- /.planning/REQUIREMENTS.md\n  - [ ] **UI-01**: a\n\n  \
             | Requirement | Phase | Status |\n  |---|---|---|\n  | UI-01 | Phase 1 | {status} |\n"
        )
    };
    for status in ["Pending (verification gap)", "Pending (06.1-01)", "Pending until v2"] {
        let refused = set(&row(status), "UI-01", "complete").expect_err(status);
        assert!(refused.message.contains("old status"), "{refused}");
    }
    set(&row("Pending"), "UI-01", "complete").expect("nothing stands behind it");
}

#[test]
fn what_is_told_in_another_language_behind_a_status_stays_with_it() {
    for said in [
        "In Arbeit — Tests fehlen",
        "En cours (reste une page)",
        "进行中（50%）",
        "进行中（还差测试）",
    ] {
        let plan = format!("//- /PLAN.md\n  # Plan\n  - **Status**: {said}\n");
        let refused = set(&plan, "plan", "done").expect_err(said);
        assert!(refused.message.contains("may belong to its old status"), "{refused}");
    }
    let plan = "//- /PLAN.md\n  # Plan\n  - **Status**: 进行中 (50%)\n";
    assert!(set(plan, "plan", "done").expect("a share").contains("已完成 (100%)"));
}

#[test]
fn what_tells_of_the_old_status_is_in_the_way_of_every_other() {
    let story = "//- /docs/stories/1.1.boil.md
  # Story 1.1: Boil

  ## Status

  **Backlog** — Deferred from Story 5.4, targeted for the autumn.
";
    for to in ["ready-for-dev", "in-progress", "blocked", "deferred", "cancelled"] {
        let refused = set(story, "1.1", to).expect_err(to);
        assert!(refused.message.contains("beside it may belong to its old status"), "{refused}");
    }
}
