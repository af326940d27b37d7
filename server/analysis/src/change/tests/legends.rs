//! Words and signs that a file itself lists for its statuses: no others are written into it.

use crate::testing::{set, set_phase};

#[test]
fn a_status_is_written_in_a_word_that_the_comment_behind_it_lists() {
    let plan = |word: &str, comment: &str| {
        format!("//- /docs/plans/map.md\n  ---\n  status: {word} # {comment}\n  ---\n  # Map\n")
    };
    let list = "draft | approved | in_progress | blocked | complete";
    for (to, written) in [("done", "status: complete #"), ("todo", "status: draft #")] {
        let after = set(&plan("in_progress", list), "map", to).expect(to);
        assert!(after.contains(written), "{after}");
    }
    let why = set(&plan("in_progress", list), "map", "cancelled").expect_err("is not listed");
    assert!(why.message.contains("the comment behind it lists `draft`, `approved`"), "{why}");
    let several = "todo, draft, done";
    let why = set(&plan("done", several), "map", "todo").map(|after| after.contains("todo #"));
    assert!(why.is_ok_and(|is_own| is_own), "its own word is one of them");
    // What tells of the work is no list.
    let after = set(&plan("in_progress", "walls, doors, roof"), "map", "done").expect("a change");
    assert!(after.contains("status: done #") || after.contains("status: complete"), "{after}");
}

#[test]
fn a_phase_is_given_no_marker_where_those_beside_it_have_lines() {
    let plan = |line: &str| {
        format!(
            "//- /docs/plans/tunnel.md\n  ---\n  status: draft\n  ---\n  # Tunnel\n\n  ### Phase 1: Dig\n\n  {line}\n\n  ### Phase 2: Light\n\n  {line}\n\n  ### Phase 3: Rails\n\n  Lay them.\n"
        )
    };
    let why = set_phase(&plan("Status: Done in part nine."), "tunnel", "3", "done")
        .expect_err("those beside it have lines");
    assert!(
        why.message.contains("`Phase 3: Rails` in docs/plans/tunnel.md says no status"),
        "{why}"
    );
    let after = set_phase(&plan("Dig it."), "tunnel", "3", "done").expect("a change");
    assert!(after.contains("### Phase 3: Rails [COMPLETED]"), "{after}");
}
