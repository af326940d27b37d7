//! What holds for the repository as a whole.

mod docs_fresh;

use std::path::Path;

/// Compares a file with what it should hold. With `UPDATE_EXPECT=1` the file is written instead.
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
