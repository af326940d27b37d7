//! A look at the files after a transaction was withdrawn.

use std::path::Path;

use lockstep_store::transaction::Target;

/// What is to be said of files that are still as the withdrawn transaction would have made them;
/// empty where none is.
pub(super) fn left_over(root: &Path, targets: &[Target]) -> String {
    let left: Vec<&str> = targets
        .iter()
        .filter(|target| !target.pre.is(target.post.as_deref()))
        .filter(|target| {
            std::fs::read(target.path.below(root)).ok().as_deref() == target.post.as_deref()
        })
        .map(|target| target.path.as_str())
        .collect();
    match left.is_empty() {
        true => String::new(),
        false => format!("; but not in {}: restore that file by hand", left.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use lockstep_store::path::RelPath;
    use lockstep_store::transaction::Expect;

    use super::*;

    #[test]
    fn a_file_that_was_not_put_back_is_named() {
        let folder = tempfile::tempdir().expect("a folder");
        let target = |path: &str, pre: Option<&str>, post: Option<&str>| Target {
            path: RelPath::new(path).expect("a path"),
            pre: Expect::read_as(pre.map(str::as_bytes)),
            post: post.map(|post| post.as_bytes().into()),
            moved_from: None,
        };
        let targets = [
            target("changed.md", Some("old"), Some("new")),
            target("created.md", None, Some("new")),
            target("removed.md", Some("old"), None),
            target("guarded.md", Some("old"), Some("old")),
        ];
        for name in ["changed.md", "removed.md", "guarded.md"] {
            std::fs::write(folder.path().join(name), "old").expect("it can be written");
        }
        assert_eq!(left_over(folder.path(), &targets), "");
        std::fs::write(folder.path().join("changed.md"), "new").expect("it can be written");
        std::fs::write(folder.path().join("created.md"), "new").expect("it can be written");
        std::fs::remove_file(folder.path().join("removed.md")).expect("it can be removed");
        let said = left_over(folder.path(), &targets);
        assert!(said.contains("changed.md, created.md, removed.md:"), "{said}");
    }
}
