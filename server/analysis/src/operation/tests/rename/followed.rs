//! What repeats a title, and links to its heading.

use super::{LOGIN, id, planned, title};
use crate::testing::result;

#[test]
fn what_repeats_a_title_and_links_to_its_heading_follow() {
    let linked =
        LOGIN.replace("[the list](../../TODO.md)", "[the list](../../TODO.md#7-add-login)");
    let linked =
        linked.replace("Prose about task 7.", "See [above](#7-add-login), [8](#8-add-logout).");
    let (change, _) = planned(&linked, "7", title("Add a login")).expect("it is planned");
    let after = result(&change);
    for words in [
        "# Implementation Plan: Add a login\n",
        "- **Task**: 7 - Add a login\n",
        "[the list](../../TODO.md#7-add-a-login)",
        "See [above](#7-add-a-login), [8](#8-add-logout).",
    ] {
        assert!(after.contains(words), "{words}: {after}");
    }
    let (change, _) = planned(&linked, "7", id("10")).expect("it is planned");
    let after = result(&change);
    assert!(after.contains("[above](#10-add-login)"), "{after}");
    assert!(after.contains("TODO.md#10-add-login"), "{after}");
    // What says it in other words is left, and so is a link where the anchor is not certain.
    let other = linked
        .replace("Plan: Add login", "Plan: how to Add login")
        .replace("7 - Add login", "7 - Add login, at last");
    let (change, _) = planned(&other, "7", title("Add a login")).expect("it is planned");
    let after = result(&change);
    assert!(after.contains("Plan: how to Add login\n"), "{after}");
    assert!(after.contains("7 - Add login, at last\n"), "{after}");
    for heading in ["# 7. add: login\n\n  ### 7. Add login", "## `x`\n\n  ### 7. Add login"] {
        let twice = linked.replace("### 7. Add login", heading);
        let (change, _) = planned(&twice, "7", title("Add a login")).expect("it is planned");
        assert!(!result(&change).contains("#7-add-a-login"), "{}", result(&change));
    }
}
