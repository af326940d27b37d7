//! Files in all their spellings.

use std::fs;

use tempfile::TempDir;

use super::*;

/// A directory that is reached without symlinks.
fn directory() -> (TempDir, PathBuf) {
    let directory = TempDir::new().expect("a temporary directory");
    let path = canonicalize(directory.path()).expect("it exists");
    (directory, path)
}

fn file(path: &Path) {
    fs::write(path, "").expect("a file in a temporary directory");
}

#[cfg(unix)]
fn link(target: &Path, path: &Path) {
    std::os::unix::fs::symlink(target, path).expect("a symlink in a temporary directory");
}

/// A file below `root` as this name in a URI spells it.
fn spelled(root: &Path, name: &str) -> DocumentUri {
    let path = root.join(name.replace("%20", " ").replace("%62", "b"));
    DocumentUri::new(&format!("{}/{name}", DocumentUri::of_path(root).as_str()), Some(&path))
}

#[cfg(unix)]
#[test]
fn a_file_has_one_key_through_symlinks() {
    let (_guard, root) = directory();
    fs::create_dir(root.join("real")).expect("a directory");
    file(&root.join("real/a.md"));
    link(&root.join("real"), &root.join("linked"));
    link(&root.join("real/a.md"), &root.join("alias.md"));

    let key = DocumentKey::of_path(&root.join("real/a.md"));
    assert_eq!(key.path(), root.join("real/a.md"));
    for other in ["linked/a.md", "alias.md", "linked/../real/./a.md"] {
        assert_eq!(DocumentKey::of_path(&root.join(other)), key, "{other}");
    }
}

#[cfg(unix)]
#[test]
fn a_missing_file_is_keyed_below_its_nearest_existing_ancestor() {
    let (_guard, root) = directory();
    fs::create_dir(root.join("real")).expect("a directory");
    link(&root.join("real"), &root.join("linked"));

    for (path, expected) in
        [("linked/new.md", "real/new.md"), ("linked/new/b/../new.md", "real/new/new.md")]
    {
        assert_eq!(DocumentKey::of_path(&root.join(path)).path(), root.join(expected));
    }
}

#[cfg(unix)]
#[test]
fn answers_are_spelled_as_the_client_spells() {
    let (_guard, root) = directory();
    fs::create_dir_all(root.join("real/sub")).expect("directories");
    file(&root.join("real/a b.md"));
    link(&root.join("real"), &root.join("linked"));
    let spelled = |name: &str| spelled(&root, name);
    let mut table = UriTable::default();

    table.add_root(spelled("linked")).expect("a directory");
    assert_eq!(table.spelling(&root.join("real/a b.md")), spelled("linked/a%20b.md"));
    assert_eq!(table.spelling(&root.join("real")), spelled("linked"));
    assert_eq!(table.spelling(&root.join("other.md")), spelled("other.md"));

    let odd = spelled("linked/./a%20%62.md");
    let key = table.open(odd.clone()).expect("a file");
    assert_eq!(key.path(), root.join("real/a b.md"));
    assert!(table.is_open(&key));
    assert_eq!(table.spelling(key.path()), odd);
    assert_eq!(table.close(&odd), Some(key.clone()));
    assert!(!table.is_open(&key));
    assert_eq!(table.spelling(key.path()), spelled("linked/a%20b.md"));
}

#[cfg(unix)]
#[test]
fn the_innermost_workspace_folder_spells() {
    let (_guard, root) = directory();
    fs::create_dir_all(root.join("real/sub")).expect("directories");
    link(&root.join("real"), &root.join("outer"));
    link(&root.join("real/sub"), &root.join("inner"));
    let spelled = |name: &str| spelled(&root, name);
    let mut table = UriTable::default();

    table.add_root(spelled("inner/")).expect("a directory");
    table.add_root(spelled("outer")).expect("a directory");
    assert_eq!(table.spelling(&root.join("real/sub/a.md")), spelled("inner/a.md"));
    table.remove_root(&spelled("inner/"));
    assert_eq!(table.spelling(&root.join("real/sub/a.md")), spelled("outer/sub/a.md"));
}

#[cfg(unix)]
#[test]
fn an_open_document_keeps_its_key_when_its_file_goes() {
    let (_guard, root) = directory();
    file(&root.join("real.md"));
    link(&root.join("real.md"), &root.join("alias.md"));
    let alias = DocumentUri::of_path(&root.join("alias.md"));
    let mut table = UriTable::default();

    let key = table.open(alias.clone()).expect("a file");
    fs::remove_file(root.join("alias.md")).expect("the link is there");
    assert_ne!(DocumentKey::of(&alias), Some(key.clone()));
    assert_eq!(table.key(&alias), Some(key.clone()));
    assert_eq!(table.close(&alias), Some(key));
}

#[cfg(unix)]
#[test]
fn of_two_open_spellings_the_later_one_is_used_until_it_is_closed() {
    let (_guard, root) = directory();
    file(&root.join("real.md"));
    link(&root.join("real.md"), &root.join("alias.md"));
    let (real, alias) =
        (DocumentUri::of_path(&root.join("real.md")), DocumentUri::of_path(&root.join("alias.md")));
    let mut table = UriTable::default();

    let key = table.open(real.clone()).expect("a file");
    table.open(alias.clone());
    assert_eq!(table.spelling(key.path()), alias);
    table.close(&alias);
    assert_eq!(table.spelling(key.path()), real);
}

#[test]
fn what_is_no_file_is_never_open() {
    let mut table = UriTable::default();
    let untitled = DocumentUri::new("untitled:Untitled-1", None);
    assert_eq!(table.open(untitled.clone()), None);
    assert_eq!(table.close(&untitled), None);
}
