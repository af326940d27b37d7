//! Files that are made from other files.

use std::path::Path;

/// Compares a file with what it should hold. With `UPDATE_EXPECT=1` the file is written instead.
#[track_caller]
pub fn compare(path: &Path, expected: &str) {
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(path, expected).expect("the file can be written");
        return;
    }
    let text = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        text == expected,
        "{} is out of date; `UPDATE_EXPECT=1 cargo test` mends it",
        path.display()
    );
}
