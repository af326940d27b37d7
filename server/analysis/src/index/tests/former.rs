//! Tasks that others depend on, and that are finished and listed nowhere any more.

use super::check_tasks;
use crate::testing::analysis;

/// What is found in a road map with phase 7, which depends on others, behind `head`, and beside `rest`.
fn found(head: &str, depends: &str, rest: &str) -> Vec<String> {
    let road = format!(
        "//- /.planning/ROADMAP.md\n{head}\n  - [ ] **Phase 7: Log in**\n\n  ### Phase 7: Log in\n  **Depends on**: {depends}\n{rest}"
    );
    let (analysis, _) = analysis(&road);
    let own = analysis.diagnostics().iter();
    own.filter(|it| it.rule == "unknown-dependency").map(|it| it.message.clone()).collect()
}

#[test]
fn a_phase_of_a_milestone_that_is_over_is_known() {
    let unknown = |id: u32| vec![format!("task 7 depends on {id}, which does not exist")];
    let heads = [
        "  - ✅ **v1.0 First** — Phases 1-4 (shipped 2026-01-02)",
        "  - **v1.0** Phases 01–04: Complete",
        "  <details>\n  <summary>v1.0 First (Phases 1-4)</summary>\n\n  See the archive.\n\n  </details>",
        "  ## v1.0 (Phases 1 - 4) SHIPPED 2026-01-02",
        "  - ✅ **Phases 1-4: v1.0 First** (shipped 2026-01-02)",
        "  - ✅ [v1.0 First](milestones/v1.0.md) — Phases 1-4 (shipped 2026-01-02)",
        "  - [v1.0 First](milestones/v1.0.md) — Phases 1-4, shipped 2026-01-02",
        "  - ✅ Начало — Phases 1-4 (shipped 2026-01-02)",
    ];
    for head in heads {
        assert_eq!(found(head, "Phase 4", ""), [""; 0], "{head}");
        assert_eq!(found(head, "Phases 2.1, 3", ""), [""; 0], "{head}");
        assert_eq!(found(head, "Phase 5", ""), unknown(5), "{head}");
    }
    for head in [
        "",
        "  - **v1.1** — Phases 4-8 (in progress)",
        "  Phases 1-4 are what we shipped.",
        "  - [x] [Phase 9: Draw](phases/9.md) after Phase 4 (completed)",
    ] {
        assert_eq!(found(head, "Phase 4", ""), unknown(4), "{head}");
    }
    let archive = "//- /.planning/milestones/v1.0-ROADMAP.md\n  # v1.0\n  **Phases:** 1-3\n\n  ### Phase 4: Draw it\n  **Status:** Complete\n";
    assert_eq!(found("", "Phase 4, Phase 2", archive), [""; 0]);
    assert_eq!(found("", "Phase 5", archive), unknown(5));
    let other = archive.replace("/.planning/", "/apps/.planning/");
    let other = format!("{other}//- /apps/.planning/ROADMAP.md\n  - [ ] **Phase 1: Other**\n");
    assert_eq!(found("", "Phase 4", &other), unknown(4));
}

#[test]
fn a_heading_alone_tells_that_there_is_a_phase() {
    let heading = "\n  ### Phase 6.1: Mend it (INSERTED)\n  **Goal**: No defects\n";
    assert_eq!(found("", "Phase 6.1", heading), [""; 0]);
    assert_eq!(found("", "Phase 6.2", heading).len(), 1);
}

#[test]
fn what_it_was_keeps_nothing_from_beginning() {
    let road = "//- /.planning/ROADMAP.md\n  - ✅ **v1.0** — Phases 1-4 (shipped)\n\n  - [ ] **Phase 7: Log in**\n\n  ### Phase 7: Log in\n  **Depends on**: Phase 4 (the form)\n";
    check_tasks(road, &["7 not_started 4"]);
    let (analysis, _) = analysis(road);
    let task = analysis.task("7").expect("a phase");
    assert_eq!(analysis.index.blockers(task), []);
}
