//! Which folder a command is about.

use std::path::{Component, Path, PathBuf};

use crate::cli::{Context, UserError};

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

/// A path as the workspace names it: below its root, where what is there may be meant; a word that names
/// no such thing stays as it is.
pub(super) fn in_workspace(
    cx: &Context,
    word: String,
    may_be_meant: fn(&Path) -> bool,
) -> Result<String, UserError> {
    let root = cx.root()?;
    let below = |path: &Path| {
        let below = normal(path).strip_prefix(&root).ok()?.to_owned();
        may_be_meant(&root.join(&below)).then_some(below)
    };
    let found = below(&current()?.join(&word)).or_else(|| below(&root.join(&word)));
    Ok(match found.as_deref().and_then(Path::to_str) {
        Some("") => ".".to_owned(),
        Some(path) => path.replace('\\', "/"),
        None => word,
    })
}

/// A path without `.` and `..`, by its names alone.
fn normal(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => drop(out.pop()),
            part => out.push(part),
        }
    }
    out
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
