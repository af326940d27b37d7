//! Which folder a command is about.

use std::path::{Path, PathBuf};

use crate::cli::UserError;

/// The current folder.
pub(super) fn current() -> Result<PathBuf, UserError> {
    std::env::current_dir().map_err(|error| {
        UserError::usage("cannot read the current folder")
            .why(error.to_string())
            .hint("go to another folder, or give --root PATH")
    })
}

/// A folder that was named: it must be there.
pub(super) fn folder(path: &Path) -> Result<PathBuf, UserError> {
    let found = existing(path)?;
    if found.is_dir() {
        return Ok(found);
    }
    Err(UserError::usage(format!("{} is not a folder", path.display()))
        .hint("--root takes the root folder of the workspace; `lockstep check` takes a file"))
}

/// A path that was named, made absolute: it must be there.
pub(super) fn existing(path: &Path) -> Result<PathBuf, UserError> {
    path.canonicalize().map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => {
            UserError::usage(format!("no such file or folder: {}", path.display()))
        }
        _ => UserError::usage(format!("{} cannot be read", path.display())).why(error.to_string()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_that_is_not_there_is_a_mistake_in_the_arguments() {
        let error = existing(Path::new("/no such place")).expect_err("an error");
        assert_eq!(error.exit, crate::cli::Exit::Usage);
        assert_eq!(error.what, "no such file or folder: /no such place");
    }
}
