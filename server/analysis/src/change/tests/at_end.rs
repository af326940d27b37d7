//! A field at the end of a check box is a second place of its status.

use crate::testing::{analysis, set};

/// What is found in a box with these words, each by the line of its rule and message.
fn found(words: &str) -> Vec<String> {
    let (analysis, _) = analysis(&format!("//- /TODO.md\n  - {words}\n"));
    let all = analysis.diagnostics();
    all.iter().map(|it| format!("{}: {}", it.rule, it.message)).collect()
}

#[test]
fn a_field_that_contradicts_its_box_is_told() {
    let fields = [
        "**Status: in_progress**",
        "**Status**: in progress",
        "**Status:** In Progress",
        "*status: pending*",
        "(status: pending)",
        "_(Status: pending)_.",
        "— **Status: blocked**",
    ];
    for field in fields {
        let all = found(&format!("[x] 1.2 Do it {field}"));
        assert_eq!(all.len(), 1, "{field}: {all:?}");
        assert!(all[0].starts_with("drift: task 1-2-do-it is "), "{field}: {all:?}");
    }
    assert_eq!(found("[ ] Do it (status: in progress)"), [""; 0], "work is left");
    assert_eq!(found("[x] Do it **Status: done**"), [""; 0]);
}

#[test]
fn prose_is_no_field() {
    let words = [
        "[x] Show **Status: pending** in the list",
        "[x] Do it Status: pending",
        "[x] Do it (status: whatever is known by then)",
        "[x] Do it (with status: pending)",
        "[x] Show `status: pending`",
        "[x] **The status: pending**",
        "[x] Do it (substatus: pending)",
        "[x] **Status: pending**",
        "Do it **Status: pending**",
    ];
    for words in words {
        assert_eq!(found(words), [""; 0], "{words}");
    }
}

#[test]
fn both_places_change_together() {
    let cases = [
        ("[ ] Do it **Status: pending**", "done", "[x] Do it **Status: done**"),
        ("[x] Do it (status: Done)", "todo", "[ ] Do it (status: Not Started)"),
        ("[ ] Do it **Status**: todo", "in_progress", "[ ] Do it **Status**: in progress"),
    ];
    for (old, to, new) in cases {
        let after = set(&format!("//- /TODO.md\n  - {old}\n"), "do-it", to).expect("it may be set");
        assert!(after.contains(&format!("- {new}\n")), "{after}");
    }
}
