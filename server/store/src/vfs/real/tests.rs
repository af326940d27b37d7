//! File operations of the real system that no transaction shows.

use super::*;

#[test]
fn a_folder_that_cannot_be_flushed_is_no_failure_and_one_that_is_not_there_is() {
    let missing = RealVfs.sync_dir(Path::new("/proc/none")).expect_err("it is not there");
    assert_eq!(missing.kind(), io::ErrorKind::NotFound);
    let unflushed = File::open("/proc").and_then(|folder| folder.sync_all());
    let unflushed = unflushed.expect_err("it is made as it is read");
    assert_eq!(unflushed.kind(), io::ErrorKind::InvalidInput);
    RealVfs.sync_dir(Path::new("/proc")).expect("nothing is left to do");
}
