//! A table whose strokes stand below each other.

use crate::testing::set;

/// The row of a task when it has a status.
fn row(rows: &[&str], task: &str, to: &str) -> String {
    let fixture = format!("//- /TODO.md\n  {}\n", rows.join("\n  "));
    match set(&fixture, task, to) {
        Ok(after) => {
            let own = after.lines().find(|line| line.contains(task));
            own.expect("its row")[2..].to_owned()
        }
        Err(why) => format!("{why:?}"),
    }
}

#[test]
fn a_cell_stays_as_wide_as_its_column() {
    let rows = [
        "| ID  | Task | Status      | Done |",
        "|-----|------|-------------|------|",
        "| T-1 | Draw | Done        | 100% |",
        "| T-2 | Hang | In progress | 40%  |",
        "| T-3 | Sell | Todo        | 0%   |",
        "| T-4 | Wrap | Blocked (3) | 0%   |",
    ];
    for (task, to, after) in [
        ("T-1", "in_progress", "refused"),
        ("T-1", "todo", "| T-1 | Draw | Todo        | 0%   |"),
        ("T-2", "done", "| T-2 | Hang | Done        | 100% |"),
        ("T-3", "in_progress", "| T-3 | Sell | In progress | 0%   |"),
        ("T-3", "done", "| T-3 | Sell | Done        | 100% |"),
        ("T-3", "cancelled", "| T-3 | Sell | Cancelled   | 0%   |"),
    ] {
        let is = row(&rows, task, to);
        assert!(is == after || after == "refused" && is.contains("also says `100%`"), "{is}");
    }
}

#[test]
fn signs_count_as_the_table_counts_them() {
    // As a terminal shows it, and in letters.
    let shown = [
        "| ID  | Task | Status         |",
        "|-----|------|----------------|",
        "| T-1 | Draw | ✅ Done        |",
        "| T-2 | Hang | Todo           |",
        "| T-3 | Sell | 🔄 In progress |",
    ];
    assert_eq!(row(&shown, "T-1", "todo"), "| T-1 | Draw | Todo           |");
    assert_eq!(row(&shown, "T-2", "done"), "| T-2 | Hang | ✅ Done        |");
    assert_eq!(row(&shown, "T-3", "done"), "| T-3 | Sell | ✅ Done        |");
    let counted = [
        "| ID  | Task | Status        |",
        "|-----|------|---------------|",
        "| T-1 | Draw | ✅ Done        |",
        "| T-2 | Hang | Todo          |",
        "| T-3 | Sell | 🔄 In progress |",
    ];
    assert_eq!(row(&counted, "T-1", "todo"), "| T-1 | Draw | Todo          |");
    assert_eq!(row(&counted, "T-3", "todo"), "| T-3 | Sell | Todo          |");
}

#[test]
fn what_does_not_fit_or_is_not_padded_is_as_wide_as_its_words() {
    let rows = [
        "| ID | Task | Status |",
        "|----|------|--------|",
        "| T-1 | Draw | Done |",
        "| T-2 | Hang | Todo   |",
        "| T-3 | Sell | In progress |",
    ];
    assert_eq!(row(&rows, "T-1", "in_progress"), "| T-1 | Draw | In progress |");
    assert_eq!(row(&rows, "T-2", "in_progress"), "| T-2 | Hang | In progress   |");
    assert_eq!(row(&rows, "T-3", "done"), "| T-3 | Sell | Done |");
}
