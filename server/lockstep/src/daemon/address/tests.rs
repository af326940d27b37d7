//! The folder of the daemon is private, or is not used.

use std::os::unix::fs::PermissionsExt as _;

use super::*;

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a folder")
}

fn reason(address: &Address) -> String {
    address.prepare().expect_err("it is refused").to_string()
}

#[test]
fn a_folder_is_made_for_its_owner_only() {
    let dir = folder();
    let address = Address::in_folder(&dir.path().join("above/a b [x] é"));
    address.prepare().expect("it is made");
    let mode = fs::metadata(address.folder()).expect("it is there").permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
    address.prepare().expect("it is taken as it is");
}

#[test]
fn what_others_may_write_to_is_refused() {
    let dir = folder();
    let address = Address::in_folder(&dir.path().join("shared"));
    for mode in [0o770, 0o707, 0o720, 0o702] {
        let _ = fs::create_dir(address.folder());
        let permissions = fs::Permissions::from_mode(mode);
        fs::set_permissions(address.folder(), permissions).expect("it is ours");
        assert!(reason(&address).contains("chmod 700"), "{mode:o}: {}", reason(&address));
    }
}

#[test]
fn a_link_and_a_file_are_refused() {
    let dir = folder();
    let target = dir.path().join("target");
    Address::in_folder(&target).prepare().expect("it is made");
    let link = Address::in_folder(&dir.path().join("link"));
    std::os::unix::fs::symlink(&target, link.folder()).expect("a link");
    assert!(reason(&link).contains("not a folder"), "{}", reason(&link));
    let file = Address::in_folder(&dir.path().join("file"));
    fs::write(file.folder(), "").expect("a file");
    assert!(reason(&file).contains("not a folder"), "{}", reason(&file));
}

#[test]
fn a_path_that_no_socket_can_have_is_refused_before_anything_is_made() {
    let dir = folder();
    let address = Address::in_folder(&dir.path().join("x".repeat(PATH_LIMIT)));
    assert!(reason(&address).contains("too long"), "{}", reason(&address));
    assert!(!address.exists());
}
