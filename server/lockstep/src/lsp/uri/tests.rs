//! URIs and paths in all their spellings.

use std::fs;

use proptest::prelude::*;
use tempfile::TempDir;

use super::*;

fn uri(text: &str) -> Uri {
    Uri::from_str(text).expect("a valid URI")
}

fn path_of(text: &str) -> Option<String> {
    to_path(&uri(text)).map(|path| path.to_string_lossy().into_owned())
}

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

#[cfg(unix)]
#[test]
fn file_uris_are_paths() {
    for (text, path) in [
        ("file:///a/b.md", "/a/b.md"),
        ("FILE:///a", "/a"),
        ("file:/a", "/a"),
        ("file://localhost/a", "/a"),
        ("file://LOCALHOST/a", "/a"),
        ("file:///a%20b%5Bc%5d.md", "/a b[c].md"),
        ("file:///%C3%A9/%F0%9F%9F%A2.md", "/é/🟢.md"),
        ("file:///100%25.md", "/100%.md"),
        ("file:///a.md#L3", "/a.md"),
        ("file:///c%3A/a", "/c:/a"),
    ] {
        assert_eq!(path_of(text).as_deref(), Some(path), "{text}");
    }
}

#[cfg(unix)]
#[test]
fn bytes_that_are_no_utf8_survive() {
    let path = to_path(&uri("file:///a%FFb")).expect("a path");
    assert_eq!(path.as_os_str().as_encoded_bytes(), b"/a\xFFb");
    assert_eq!(to_uri(&path).as_str(), "file:///a%FFb");
}

#[test]
fn what_is_no_local_file_has_no_path() {
    for text in [
        "untitled:Untitled-1",
        "git:/a/b.md?x",
        "vscode-notebook-cell:/a",
        "https://h/a",
        "file:a",
        "file://",
        "file:///a%00b",
    ] {
        assert_eq!(path_of(text), None, "{text}");
    }
    #[cfg(unix)]
    assert_eq!(path_of("file://server/share/a"), None);
}

#[test]
fn a_drive_has_one_path() {
    for decoded in ["/c:/a/b.md", "/C:/a/b.md", "/C:\\a\\b.md"] {
        assert_eq!(windows_path(decoded, None).as_deref(), Some("C:\\a\\b.md"), "{decoded}");
    }
    assert_eq!(windows_path("/c:", None).as_deref(), Some("C:\\"));
    assert_eq!(windows_path("/c:a", None), None);
    assert_eq!(windows_path("/a", None), None);
    let share = windows_path("/share/a", Some("server"));
    assert_eq!(share.as_deref(), Some("\\\\server\\share\\a"));
}

#[cfg(unix)]
#[test]
fn paths_become_the_uris_of_vs_code() {
    for (path, text) in [
        ("/", "file:///"),
        ("/a b/[c].md", "file:///a%20b/%5Bc%5D.md"),
        ("/c:/é#?%.md", "file:///c%3A/%C3%A9%23%3F%25.md"),
        ("/a//b/./c", "file:///a/b/c"),
    ] {
        assert_eq!(to_uri(Path::new(path)).as_str(), text);
    }
}

#[test]
fn a_relative_path_gets_an_absolute_uri() {
    let path = to_path(&to_uri(Path::new("a.md"))).expect("a path");
    assert!(path.is_absolute());
    assert!(path.ends_with("a.md"));
}

#[cfg(unix)]
proptest! {
    #[test]
    fn any_path_survives_its_uri(names in prop::collection::vec("[^/\0]{1,8}", 1..4)) {
        let path: PathBuf = Path::new("/").join(names.join("/"));
        let path: PathBuf = path.components().filter(|part| *part != Component::CurDir).collect();
        prop_assert_eq!(to_path(&to_uri(&path)), Some(path));
    }
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
    let spelled = |name: &str| uri(&format!("{}/{name}", to_uri(&root).as_str()));
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
    let spelled = |name: &str| uri(&format!("{}/{name}", to_uri(&root).as_str()));
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
    let alias = to_uri(&root.join("alias.md"));
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
    let (real, alias) = (to_uri(&root.join("real.md")), to_uri(&root.join("alias.md")));
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
    let untitled = uri("untitled:Untitled-1");
    assert_eq!(table.open(untitled.clone()), None);
    assert_eq!(table.close(&untitled), None);
}
