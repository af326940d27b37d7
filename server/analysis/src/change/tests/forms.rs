//! A status keeps the form in which it was found.

use crate::analysis::Analysis;
use crate::change::{Intent, Mode, RefusalKind, Subject};
use crate::profile::EntityKind;
use crate::profile::id::TaskId;
use crate::testing::{AT, findings_by_rule, set_with};

/// The changed file's line with this number from 0 after the change, or why there is none.
fn line(fixture: &str, task: &str, phase: Option<&str>, status: &str, nth: usize) -> String {
    let intent = |analysis: &Analysis| {
        let task = TaskId::new(task);
        let (kind, subject) = match phase {
            Some(phase) => (EntityKind::Phase, Subject::Phase(task, phase.to_owned())),
            None => (EntityKind::Task, Subject::Task(task)),
        };
        let to = analysis.profile.vocabulary(kind).by_id(status).expect("a status");
        Intent { subject, to, reason: None, at: AT.to_owned(), mode: Mode::Force }
    };
    match set_with(fixture, intent) {
        Ok(after) if after.is_empty() => "unchanged".to_owned(),
        Ok(after) => after.lines().nth(nth + 1).unwrap_or_default().trim_start().to_owned(),
        Err(refusal) => {
            assert_eq!(refusal.kind, RefusalKind::NoSpelling, "{refusal}");
            let (_, why) = refusal.message.rsplit_once(": ").expect("a place and a reason");
            format!("refused: {why}")
        }
    }
}

/// What a field of a plan says, a status, and what the field says then.
#[track_caller]
fn in_fields(cases: &[(&str, &str, &str)]) {
    for (value, status, expected) in cases {
        let fixture = format!("//- /PLAN.md\n  # Plan\n\n  - **Status**: {value}\n");
        let after = line(&fixture, "plan", None, status, 2);
        assert_eq!(after.trim_start_matches("- **Status**: "), *expected, "{value}");
    }
}

#[test]
fn a_field_keeps_its_form() {
    let cases = [
        ("In Progress", "done", "Completed"),
        ("in progress", "done", "done"),
        ("(in progress)", "done", "(done)"),
        ("**in progress**", "done", "**done**"),
        ("`IN PROGRESS`", "done", "`COMPLETED`"),
        ("[In Progress]", "done", "[Completed]"),
        ("in_progress", "todo", "todo"),
        ("**[IN PROGRESS]**", "done", "**[COMPLETED]**"),
        ("🚧 In Progress", "done", "✅ Completed"),
        ("🎯 In Progress", "done", "🎯 Completed"),
        (
            "In Progress 🟠",
            "done",
            "refused: 🟠 beside it may say its old status, and no sign is known for another",
        ),
        ("In Progress 🚧", "done", "Completed ✅"),
        ("In Progress (50%)", "done", "Completed (100%)"),
        ("In Progress (50% of the tests)", "done", "Completed (50% of the tests)"),
        ("In Progress - 50%", "done", "Completed - 100%"),
        ("(In Progress, 50%)", "done", "(Completed, 100%)"),
        ("(In Progress, 50%)", "todo", "(Not Started, 0%)"),
        ("(In Progress, 50%)", "blocked", "(Blocked, 50%)"),
        ("Completed - 100 %", "in_progress", "In Progress"),
        ("✅ (2026-01-01)", "in_progress", "🚧 (2026-01-02)"),
        ("[COMPLETED 2025-12-24]", "in_progress", "[IN PROGRESS 2026-01-02]"),
        ("🚧", "done", "✅"),
        ("🚧", "failed", "❌"),
        ("🚧", "cancelled", "refused: no sign stands for cancelled"),
        ("🚧 In Progress", "cancelled", "refused: no sign stands for cancelled"),
        (
            "[BLOCKED by 12]",
            "in_progress",
            "refused: it also says `by 12`, which belongs to its old status",
        ),
        (
            "Blocked by the API - see below",
            "in_progress",
            "refused: `by the API` behind it belongs to its old status",
        ),
        (
            "Done (duplicate of #5) on 2025-01-01",
            "todo",
            "refused: `duplicate of #5` behind it belongs to its old status",
        ),
        ("In Progress / blocked on review", "done", "refused: it also says `blocked`"),
        ("New - not started", "in_progress", "refused: it also says `not started`"),
        ("**New** -> **Ready** (2026)", "done", "refused: it also says `Ready`"),
        ("New - open questions", "done", "Completed - open questions"),
        ("Planning (not started)", "in_progress", "refused: it also says `(not started)`"),
        ("Living document, updated often", "done", "refused: it may not be a status"),
        ("implementation plan only", "done", "refused: it may not be a status"),
        ("Finnished", "in_progress", "In Progress"),
        ("✅ COMPLETED (2025-10-30)", "in_progress", "🚧 IN PROGRESS (2026-01-02)"),
        ("In Progress - 50% complete (was 10%)", "done", "Completed - 100% complete (was 10%)"),
        ("🎯", "done", "refused: it may not be a status"),
        ("`[ ]` Todo", "done", "`[x]` Completed"),
        ("Entregue (2026-01-01)", "in_progress", "Em andamento (2026-01-02)"),
        ("Entregue", "todo", "Pendente"),
        ("✅ ERLEDIGT", "in_progress", "🚧 IN ARBEIT"),
        ("**进行中**", "done", "**已完成**"),
        ("`[ ]` Todo", "failed", "refused: `[ ]` before it belongs to its old status"),
        (
            "**OPEN — for reference only, not started.** Written in May",
            "cancelled",
            "refused: `for reference only, not started` behind it belongs to its old status",
        ),
        ("**In Progress — 50%**", "done", "**Completed — 100%**"),
        ("Implemented. STILL OPEN (not closed)", "todo", "refused: it also says `STILL OPEN`"),
        ("Done (not closed)", "cancelled", "refused: it also says `not closed`"),
        ("Open: reference only, not started", "done", "refused: it also says `not started`"),
        ("**Completed** - 已完成核对", "todo", "refused: it also says `已完成`"),
        ("**Completed** - 核对", "todo", "**Not Started** - 核对"),
        ("In Progress - ready on Monday", "done", "Completed - ready on Monday"),
    ];
    in_fields(&cases);
}

#[test]
fn a_day_or_half_a_phrase_behind_a_status_is_not_left_behind_another() {
    in_fields(&[
        ("Completed 2026-01-01", "todo", "Not Started"),
        ("✅ Complete — 2026-01-01.", "todo", "⬜ Not Started."),
        ("**Completed** — 2026-01-01", "in_progress", "**In Progress** — 2026-01-02"),
        (
            "Completed 2026-01-01 at last",
            "todo",
            "refused: `2026-01-01` behind it belongs to its old status",
        ),
        (
            "Done **2026-01-01**",
            "todo",
            "refused: `2026-01-01` behind it belongs to its old status",
        ),
        ("**Done — 2026-01-01**", "todo", "**Not Started**"),
        (
            "📋 Planning & Architecture",
            "done",
            "refused: `Architecture` behind it belongs to its old status",
        ),
        ("Pending → v2", "done", "refused: `v2` behind it belongs to its old status"),
        (
            "In Progress (25% complete - paper done)",
            "todo",
            "refused: `paper done` behind it belongs to its old status",
        ),
        ("In Progress (25% complete)", "todo", "Not Started (0% complete)"),
    ]);
}

#[test]
fn a_sign_that_nobody_knows_is_not_left_before_another_word() {
    for sign in ["⬚", "○", "🆕", "🔨", "⚠️"] {
        let why = format!(
            "refused: {sign} beside it may say its old status, and no sign is known for another"
        );
        in_fields(&[(&format!("{sign} Planned"), "done", &why)]);
    }
}

#[test]
fn what_a_link_is_called_and_what_a_title_ends_in_are_no_status() {
    let (now, _) = crate::testing::analysis(
        "//- /TODO.md\n  # To do\n  - **Ideas:** [Backlog](ideas/)\n  - [x] Mark it as [Obsolete]\n  - [ ] Draw\n",
    );
    let status = |id: &str| {
        let task = now.index.tasks.get(&crate::profile::id::TaskId::new(id))?;
        Some(now.index.vocabulary_of(task).get(now.index.status(task)?).id.clone())
    };
    assert_eq!(status("ideas"), None);
    assert_eq!(status("mark-it-as-obsolete").as_deref(), Some("done"));
}

#[test]
fn a_heading_keeps_its_form() {
    let cases = [
        ("Store [IN PROGRESS]", "completed", "Store [COMPLETED]"),
        ("Store (IN PROGRESS)", "completed", "Store (COMPLETED)"),
        ("Store (in progress)", "completed", "Store (completed)"),
        ("Store - IN PROGRESS", "completed", "Store - COMPLETED"),
        ("Store — in progress", "completed", "Store — completed"),
        ("Store **in progress**", "completed", "Store **completed**"),
        ("Store [IN PROGRESS", "completed", "Store [COMPLETED"),
        ("Store [IN PROGRESS] ###", "completed", "Store [COMPLETED] ###"),
        ("Store [IN PROGRESS] [PASS]", "completed", "Store [COMPLETED] [PASS]"),
        ("Store ✅ [COMPLETED]", "in_progress", "Store 🚧 [IN PROGRESS]"),
        ("Store [COMPLETED] ✅", "in_progress", "Store [IN PROGRESS] 🚧"),
        ("Store ✅", "in_progress", "Store 🚧"),
        ("Store ✅ COMPLETED", "in_progress", "Store 🚧 IN PROGRESS"),
        ("Store (✅ COMPLETED)", "in_progress", "Store (🚧 IN PROGRESS)"),
        ("Store **✅ Completed**", "in_progress", "Store **🚧 In Progress**"),
        ("Store - COMPLETED ✅", "in_progress", "Store - IN PROGRESS 🚧"),
        ("Store ✅ (2026-01-01)", "in_progress", "Store 🚧 (2026-01-02)"),
        ("Store - COMPLETED (2026-01-01)", "in_progress", "Store - IN PROGRESS (2026-01-02)"),
        ("Store (IN PROGRESS, 50%)", "completed", "Store (COMPLETED, 100%)"),
        ("Store [IN PROGRESS] (optional)", "completed", "Store [COMPLETED] (optional)"),
        ("Store [IN PROGRESS] *(2 hours)*", "completed", "Store [COMPLETED] *(2 hours)*"),
        ("Store ~~[BLOCKED]~~", "completed", "Store ~~[BLOCKED]~~ [COMPLETED]"),
        ("Store [COMPLETED] [IN PROGRESS]", "blocked", "refused: it also says `[IN PROGRESS]`"),
        ("Store [PLANNED] → [IN PROGRESS]", "completed", "Store [PLANNED] → [COMPLETED]"),
        ("Store", "in_progress", "Store [IN PROGRESS]"),
        ("Store {#store}", "in_progress", "Store {#store} [IN PROGRESS]"),
        ("Store ##", "in_progress", "Store [IN PROGRESS] ##"),
    ];
    for (title, status, expected) in cases {
        let fixture = format!(
            "//- /specs/007_add_login/plans/implementation-001.md\n  # Plan\n\n  ### Phase 1: {title}\n"
        );
        let after = line(&fixture, "7", Some("1"), status, 2);
        assert_eq!(after.trim_start_matches("### Phase 1: "), expected, "{title}");
    }
}

#[test]
fn a_sign_before_a_heading_is_its_status() {
    let after = |heading: &str, status| {
        let fixture = format!("//- /PLAN.md\n  # Plan\n  **Status**: Started\n\n  {heading}\n");
        line(&fixture, "plan", Some("1"), status, 3)
    };
    assert_eq!(after("## ✅ Phase 1: Store", "in_progress"), "## 🚧 Phase 1: Store");
    assert_eq!(after("## 🚧 **Phase 1: Store**", "done"), "## ✅ **Phase 1: Store**");
}

#[test]
fn a_heading_that_may_say_a_status_gets_no_second_one() {
    let refused = |heading: &str, said: &str| {
        let fixture = format!("//- /PLAN.md\n  # Plan\n  **Status**: Started\n\n  {heading}\n");
        let intent = |analysis: &Analysis| {
            let to = analysis.profile.vocabulary(EntityKind::Phase).by_id("done");
            let subject = Subject::Phase(TaskId::new("plan"), "1".to_owned());
            let to = to.expect("a status");
            Intent { subject, to, reason: None, at: AT.to_owned(), mode: Mode::Force }
        };
        let refusal = set_with(&fixture, intent).expect_err(heading);
        assert_eq!(refusal.kind, RefusalKind::NoSpelling, "{refusal}");
        assert!(refusal.message.starts_with(said), "{refusal}");
    };
    refused("## Phase 1: ✅ Store", "`✅` at PLAN.md:4:13");
    refused("## 📋 Phase 1: Store", "`📋` at PLAN.md:4:4");
    refused("## Phase 1: [COMPLETED] Store", "`[COMPLETED]` at PLAN.md:4:13");
    refused("## Phase 1: Store COMPLETED yesterday", "`COMPLETED` at PLAN.md:4:19");
}

#[test]
fn a_check_box_keeps_its_form() {
    let cases = [
        ("- [/] Add login", "done", "- [x] Add login"),
        ("- [ ] Add login", "in_progress", "- [/] Add login"),
        ("- [ ] Add login", "failed", "refused: a check box has no mark for failed"),
        ("- [x] ✅ Add login", "in_progress", "- [/] 🚧 Add login"),
        ("- [x] Add login (done 2026-01-02)", "in_progress", "- [/] Add login"),
        ("- [x] Add login (DONE 2026-01-02)  ", "todo", "- [ ] Add login  "),
        ("- [ ] Add login (done 2025-01-02)", "done", "- [x] Add login (done 2026-01-02)"),
        (
            "- [x] ✅ Add login",
            "failed",
            "refused: beside a check box, a sign for it tells what is not to be",
        ),
        ("- [ ] [TODO] Add login", "failed", "- [ ] [FAILED] Add login"),
        ("- [x] Add login — completed 2026-01-02", "todo", "- [ ] Add login"),
        ("- [x] Add login - DONE 2026-01-01", "todo", "- [ ] Add login"),
        ("- [ ] Add login ✅ DONE", "in_progress", "refused: it also says `✅ DONE`"),
        ("- [ ] Add login ✅ DONE", "done", "- [x] Add login ✅ DONE"),
        ("- [ ] Add login ⏳", "done", "refused: it also says `⏳`"),
        ("- [x] Add login (in progress)", "todo", "refused: it also says `(in progress)`"),
        ("- ✅ DONE: Add login", "todo", "refused: it also says `DONE`"),
        ("- ✅ **Done**: Add login", "todo", "refused: it also says `Done`"),
        ("- ✅ Add login ✅", "todo", "refused: it also says `✅`"),
        ("- ⏳ Add login - 50%", "done", "refused: it also says `50%`"),
        ("- Add login ✅ (2026-01-01)", "in_progress", "- Add login 🚧 (2026-01-02)"),
        ("- Add login 🔄 In progress", "done", "- Add login ✅ Completed"),
        ("- Add login ⏳ Pending", "done", "- Add login ✅ Completed"),
        ("- [ ] Add login - the new one", "done", "- [x] Add login - the new one"),
        ("- [ ] Add login (see done.md)", "done", "- [x] Add login (see done.md)"),
        ("- [x] [DONE] Add login", "in_progress", "- [/] [IN PROGRESS] Add login"),
        (
            "- [x] `DONE` **F-11** Add login",
            "in_progress",
            "- [/] `IN PROGRESS` **F-11** Add login",
        ),
        ("- [ ] **TODO** F-11: Add login", "done", "- [x] **COMPLETED** F-11: Add login"),
        ("- [x] `DONE` Add login", "todo", "refused: it also says `DONE`"),
        ("- [ ] `BLOCKED` tasks are red", "done", "- [x] `BLOCKED` tasks are red"),
        ("- [ ] `open` is called once", "done", "- [x] `open` is called once"),
        ("- [x] **Add login.** DONE 2026-01-01. It works", "todo", "refused: it also says `DONE`"),
        ("- [x] Add login. DONE 2026-01-01.", "todo", "refused: it also says `DONE`"),
        ("- [x] Add login **CONCLUÍDO**", "todo", "refused: it also says `CONCLUÍDO`"),
        ("- [ ] Add login **CONCLUÍDO**", "done", "- [x] Add login **CONCLUÍDO**"),
        (
            "- ~~Add login~~ ✅ DONE",
            "todo",
            "refused: its words are struck out, which belongs to its old status",
        ),
        (
            "- [x] ~~Add login~~",
            "todo",
            "refused: its words are struck out, which belongs to its old status",
        ),
        ("- [ ] ~~Add login~~", "cancelled", "- [-] ~~Add login~~"),
        ("- [ ] Add login — DEFERRED to May. No key", "done", "refused: it also says `DEFERRED`"),
        (
            "- [ ] Add login [BLOCKED: no key]",
            "done",
            "refused: it also says `no key`, which belongs to its old status",
        ),
        ("- [ ] Add login (BLOCKED: no key) to it", "done", "refused: it also says `BLOCKED`"),
        ("- [ ] Add login (deferred to May)", "done", "refused: it also says `deferred to May`"),
        ("- [ ] Add login (deferred to May)", "cancelled", "- [-] Add login (deferred to May)"),
        ("- [ ] Add login — OPEN ports only", "done", "- [x] Add login — OPEN ports only"),
        ("- [ ] Add **login** OPEN API", "done", "- [x] Add **login** OPEN API"),
    ];
    for (item, status, expected) in cases {
        let fixture = format!("//- /TODO.md\n  # Tasks\n\n  {item}\n");
        let (analysis, _) = crate::testing::analysis(&fixture);
        let id = analysis.index.tasks.values().next().expect("a task").id.clone();
        assert_eq!(line(&fixture, id.as_str(), None, status, 2), expected, "{item}");
    }
}

#[test]
fn a_day_behind_a_finished_box_may_stand_in_italics_as_a_whole() {
    let opened = |item: &str| {
        let fixture = format!("//- /TODO.md\n  # Tasks\n\n  - [x] {item}\n");
        let (analysis, _) = crate::testing::analysis(&fixture);
        let id = analysis.index.tasks.values().next().expect("a task").id.clone();
        line(&fixture, id.as_str(), None, "todo", 2)
    };
    assert_eq!(opened("Add login - *Completed 2026-01-02*"), "- [ ] Add login");
    assert_eq!(opened("Add login *(completed 2026-01-02)*"), "- [ ] Add login");
    for left in ["Add *login (completed 2026-01-02)*", "**login** ✅ 2026-01-02 — a form"] {
        assert!(opened(left).starts_with("refused: "), "{left}");
    }
}

#[test]
fn a_box_is_not_ticked_over_what_says_that_it_cannot_be() {
    let refused = |said: &str, status| {
        let fixture =
            format!("//- /specs/001-in/tasks.md\n  - [x] T001 Draw\n  - [ ] T002 {said}\n");
        line(&fixture, "T002", None, status, 1)
    };
    let blocked = "Add login [BLOCKED: no key]";
    assert_eq!(refused(blocked, "done"), "refused: it also says `BLOCKED`");
    let deferred = "~~Add login~~ — DEFERRED post-MVP. No key";
    assert_eq!(refused(deferred, "done"), "refused: it also says `DEFERRED`");
    let dropped = format!("- [-] T002 {deferred}");
    assert_eq!(refused(deferred, "dropped"), dropped);
}

#[test]
fn a_box_above_a_status_in_words_is_not_ticked_over_its_own() {
    let fixture = "//- /TODO.md\n  - [x] **#7** Add login **CONCLUÍDO**\n    - **Status**: Done\n";
    assert_eq!(line(fixture, "7", None, "todo", 0), "refused: it also says `CONCLUÍDO`");
}

#[test]
fn a_status_in_a_span_between_a_box_and_an_id_is_a_second_place() {
    let list = "//- /TODO.md\n  - [x] `TODO` **F-11** `[M]` Add login\n  - [ ] `BLOCKED` **F-12** Log out\n";
    let (analysis, _) = crate::testing::analysis(list);
    let ids: Vec<&str> = analysis.index.tasks.values().map(|task| task.id.as_str()).collect();
    assert_eq!(ids, ["F-11", "F-12"]);
    let found: Vec<&str> = analysis.diagnostics().iter().map(|it| it.rule).collect();
    assert_eq!(found, ["drift"]);
    let done = crate::testing::set(list, "F-11", "done").expect("both are changed");
    assert!(done.contains("- [x] `COMPLETED` **F-11** `[M]` Add login\n"), "{done}");
}

#[test]
fn pictures_behind_headings_are_no_statuses() {
    let plan = "//- /PLAN.md\n  # Plan\n  **Status**: Planning\n\n  ## Phase 1: Quick wins 🏃\n  ## Phase 2: Redirects 🔄\n";
    crate::testing::check_all_rules(plan);
    let fixture = plan.replace("🏃", "✅");
    let (analysis, _) = crate::testing::analysis(&fixture);
    assert!(!analysis.diagnostics().is_empty(), "beside another sign of a status it is one");
}

#[test]
fn of_two_fields_in_one_block_both_are_the_status() {
    let fixture = "//- /specs/TODO.md\n  ### 7. Add login\n  - **Status**: [IMPLEMENTING]\n  - **Status**: [BLOCKED]\n//- /specs/state.json\n  { \"active_projects\": [] }\n";
    let (analysis, _) = crate::testing::analysis(fixture);
    assert!(analysis.diagnostics().iter().any(|it| it.rule == "drift"));
    let after = crate::testing::set(fixture, "7", "partial").expect("both are changed");
    assert_eq!(after.matches("[PARTIAL]").count(), 2, "{after}");
}

#[test]
fn a_day_behind_a_box_that_is_not_of_its_end_stays() {
    let fixture = "//- /TODO.md\n  # Tasks\n\n  - [ ] **7** Add login (todo 2025-01-02)\n";
    assert_eq!(line(fixture, "7", None, "done", 2), "- [x] **7** Add login (todo 2025-01-02)");
}

#[test]
fn a_record_keeps_its_letters() {
    let cases = [
        ("planned", "completed", "completed"),
        ("PLANNED", "not_started", "NOT STARTED"),
        ("in-progress", "not_started", "not-started"),
        ("In Progress", "not_started", "Not Started"),
        ("not started", "implementing", "implementing"),
    ];
    for (value, status, expected) in cases {
        let fixture = format!(
            "//- /specs/TODO.md\n  # Tasks\n//- /specs/state.json\n  {{ \"active_projects\": [{{ \"project_number\": 7,\n  \"status\": \"{value}\" }}] }}\n"
        );
        let after = line(&fixture, "7", None, status, 1);
        assert!(after.starts_with(&format!("\"status\": \"{expected}\"")), "{value}: {after}");
    }
}

#[test]
fn a_record_without_a_status_gets_one_where_it_would_stand() {
    let cases = [
        ("\"status\": null", "\"status\": \"planned\""),
        ("\"effort\": 2", "\"effort\": 2"),
        ("\"status\": 3", "refused"),
    ];
    for (member, expected) in cases {
        let fixture = format!(
            "//- /specs/TODO.md\n  # Tasks\n//- /specs/state.json\n  {{ \"active_projects\": [{{ \"project_number\": 7,\n  {member} }}] }}\n"
        );
        match crate::testing::set(&fixture, "7", "planned") {
            Ok(after) => {
                assert!(after.contains(expected), "{member}: {after}");
                assert_eq!(after.matches("\"status\"").count(), 1, "{after}");
            }
            Err(refusal) => {
                assert_eq!((expected, refusal.kind), ("refused", RefusalKind::NoSpelling));
            }
        }
    }
}

fn with_front_matter(status: &str) -> String {
    format!(
        "\
//- /specs/TODO.md
  ### 7. Add login
  - **Status**: [PLANNED]
//- /specs/state.json
  {{ \"active_projects\": [{{ \"project_number\": 7, \"status\": \"planned\" }}] }}
//- /specs/007_add_login/plans/implementation-001.md
  ---
  status: {status}
  note: a: b
  ---
  # Plan
  - **Status**: [NOT STARTED]
"
    )
}

#[test]
fn front_matter_keeps_its_form_and_says_what_the_header_says() {
    for (before, after) in [
        ("not_started", "in_progress"),
        ("NOT_STARTED  # by Ann", "IN_PROGRESS  # by Ann"),
        ("\"Not Started\"", "\"In Progress\""),
        ("'ready'", "'in_progress'"),
    ] {
        let line = line(&with_front_matter(before), "7", None, "implementing", 1);
        assert_eq!(line, format!("status: {after}"));
    }
}

#[test]
fn front_matter_that_contradicts_the_header_is_drift_and_an_unknown_word_is_unknown() {
    let found = |fixture: &str| -> Vec<(&str, String)> {
        let (analysis, _) = crate::testing::analysis(fixture);
        let found = analysis.diagnostics().iter().filter(|d| d.rule != "malformed-file");
        found.map(|d| (d.rule, d.message.clone())).collect()
    };
    assert_eq!(found(&with_front_matter("not_started")), []);
    assert_eq!(
        found(&with_front_matter("completed")),
        [("drift", "plan is `completed` here, but [NOT STARTED] in its header".to_owned())]
    );
    let unknown = found(&with_front_matter("framed"));
    assert_eq!(unknown.iter().map(|(rule, _)| *rule).collect::<Vec<_>>(), ["unknown-status"]);
    assert_eq!(found(&with_front_matter("")), []);
    let alone = with_front_matter("completed").replace("  - **Status**: [NOT STARTED]\n", "");
    assert_eq!(found(&alone).len(), 1, "{:?}", found(&alone));
}

/// The ids of the tasks of a list.
fn ids(list: &str) -> Vec<String> {
    let (now, _) = crate::testing::analysis(&format!("//- /TODO.md\n{list}"));
    let mut ids: Vec<String> = now.index.tasks.values().map(|it| it.id.to_string()).collect();
    ids.sort();
    ids
}

#[test]
fn boxes_that_name_statuses_tell_what_marks_mean() {
    let list = "  # To do
  - [ ] Draw it

  ## Task status
  - [ ] Not started
  - [⏳] In progress
  - [x] Completed
  - [?] Needs Ann
";
    assert_eq!(ids(list), ["draw-it"]);
    assert_eq!(ids("  # To do\n  - [ ] Completed\n  - [ ] Draw it\n  - [ ] Blocked\n").len(), 3);
}

#[test]
fn the_day_behind_a_sign_is_none_of_the_title() {
    let list = "//- /TODO.md\n  # To do\n  - ✅ (2025-12-24) Draw it.\n  - ⬜ Bind it.\n";
    let after = crate::testing::set(list, "draw-it", "todo").expect("it may be set");
    assert!(after.contains("- ⬜ Draw it.\n"), "{after}");
}

#[test]
fn links_and_comments_beside_a_status_say_nothing_of_it() {
    let list =
        "//- /TODO.md\n  # To do\n  - ✅ Clean up → [more](TODO.done.md#clean)\n  - ⬜ Bind it\n";
    let after = crate::testing::set(list, "clean-up-more", "in_progress").expect("it may be set");
    assert!(after.contains("- 🚧 Clean up → [more]"), "{after}");
    let plan =
        "//- /PLAN.md\n  # Plan\n  **Status**: in-progress <!-- todo | in-progress | done -->\n";
    let after = crate::testing::set(plan, "plan", "done").expect("it may be set");
    assert!(after.contains("**Status**: done <!-- todo"), "{after}");
}

#[test]
fn a_sign_that_a_text_explains_twice_counts_if_one_is_its_meaning() {
    let table = "  # To do

  Status: ⏳ Pending | ✅ Done

  ## ⏳ In progress / pending

  | ID | Task | Status |
  |----|------|--------|
  | A-1 | Draw it | ⏳ |
  | A-2 | Bind it | ✅ |
";
    assert_eq!(ids(table), ["A-1", "A-2"]);
}

#[test]
fn boxes_of_what_comes_later_do_not_open_what_is_finished() {
    let plan = |heading: &str| {
        format!(
            "//- /PLAN.md\n  # Plan\n\n  **Status**: Completed\n\n  - [x] Draw\n\n  ## {heading}\n\n  - [ ] Gold edges\n"
        )
    };
    for (heading, n) in [("Future Enhancements", 0), ("Post-deployment checklist", 0), ("Rest", 1)]
    {
        let (now, _) = crate::testing::analysis(&plan(heading));
        let found = findings_by_rule(&now);
        assert_eq!(found.get("unchecked-work").copied().unwrap_or_default(), n, "{heading}");
    }
    let (now, _) = crate::testing::analysis(
        "//- /PLAN.md\n  # Post-deployment plan\n\n  **Status**: Completed\n\n  - [ ] Look at it\n",
    );
    assert_eq!(findings_by_rule(&now).get("unchecked-work"), Some(&1));
}
