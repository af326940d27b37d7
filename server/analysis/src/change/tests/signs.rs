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
