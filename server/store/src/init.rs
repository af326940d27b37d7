//! Floor 0: writes a file that is not there yet.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::Path;

/// Writes a new file, down to the disk. Where there is anything at `path` already, that stays as it
/// is and the error is [`io::ErrorKind::AlreadyExists`].
pub fn write_new(path: &Path, text: &str) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_there_is_left_alone() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let path = dir.path().join("a.toml");
        write_new(&path, "first").expect("a new file");
        let error = write_new(&path, "second").expect_err("the file is there");
        assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(std::fs::read_to_string(&path).expect("the file"), "first");
    }
}
