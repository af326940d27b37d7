//! URIs and paths in all their spellings.

use std::path::Component;

use proptest::prelude::*;

use super::*;

fn uri(text: &str) -> Uri {
    Uri::from_str(text).expect("a valid URI")
}

fn path_of(text: &str) -> Option<String> {
    to_path(&uri(text)).map(|path| path.to_string_lossy().into_owned())
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
