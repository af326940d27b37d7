//! What looks like a field for a status and is program text, or a key of something else.

use super::check_tasks;
use crate::profile::Severity;
use crate::testing::analysis;

#[test]
fn a_line_of_program_text_in_no_fence_states_no_status() {
    for lines in [
        "update(id, {\n  text: words,\n  status: 'done',\n  })",
        "update(id, {\n  status: 'done'\n  })",
        "let own = {\n  status: done\n  };",
        "status: \"done\",",
        "status: 'todo' | 'done';",
        "status: done,",
        "status: 'done'\n  }",
        "let own = {\n  Status: 'done',\n  };",
    ] {
        check_tasks(&format!("//- /plans/send.md\n  Step 5: Send\n\n  {lines}\n"), &[]);
    }
    for line in [
        "Status: Done",
        "**Status**: Done,",
        "status: done",
        "Status: Done, by Ann",
        "Status: Done;\n  Owner: Ann;",
    ] {
        check_tasks(&format!("//- /plans/send.md\n  # Send\n\n  {line}\n"), &["send done"]);
    }
}

#[test]
fn an_indented_key_of_front_matter_that_is_never_closed_is_of_something_that_it_lists() {
    let plan = |todos: &str| {
        format!(
            "//- /plans/login.md\n  ---\n  name: Login\n  todos:\n{todos}\n  # Login\n\n  Words.\n"
        )
    };
    let todo = "    - id: draw\n      content: Draw it\n      status: completed\n";
    check_tasks(&plan(todo), &[]);
    check_tasks(&plan(&format!("{todo}  status: done\n")), &["login done"]);
    check_tasks(&plan(&format!("{todo}  ---\n")), &[]);
}

#[test]
fn the_front_matter_of_a_document_of_any_kind_makes_a_task_by_a_known_status_alone() {
    let doc =
        |front: &str| format!("//- /docs/price-plan.md\n  ---\n{front}  # Prices\n\n  Words.\n");
    check_tasks(&doc("  status: active\n  ---\n"), &["price-plan in_progress"]);
    check_tasks(&doc("  status: published\n  ---\n"), &[]);
    for front in ["  status: done\n  status: open\n  ---\n", "  status: done\n"] {
        let (analysis, _) = analysis(&doc(front));
        let found = analysis.diagnostics().iter().filter(|it| it.rule == "malformed-file");
        let severities: Vec<_> = found.map(|it| it.severity).collect();
        assert_eq!(severities, [Severity::Info], "{front}");
    }
}

#[test]
fn rules_of_an_agent_are_no_tasks_but_those_of_a_project_are() {
    let list = |path: &str| format!("//- {path}\n  - [ ] Draw\n");
    check_tasks(&list("/.cursor/rules/TODO.md"), &[]);
    check_tasks(&list("/.project/price/rules/tasks.md"), &["draw todo"]);
}
