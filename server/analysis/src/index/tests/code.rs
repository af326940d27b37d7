//! What looks like a field for a status and is program text, or a key of something else.

use super::check_tasks;

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
    ] {
        check_tasks(&format!("//- /plans/send.md\n  Step 5: Send\n\n  {lines}\n"), &[]);
    }
    for line in ["Status: Done", "**Status**: Done,", "status: done", "Status: Done, by Ann"] {
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
