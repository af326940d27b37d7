//! Programs that tests put somewhere and run. They are written by another process: a file that this one has
//! open for writing may still be so in a child that another thread has just started, and cannot be run then.

use std::ffi::OsStr;
use std::path::Path;
use std::process::Command;

/// Makes `to` a copy of the binary.
pub fn copied(to: &Path) {
    run("cp", &[OsStr::new(env!("CARGO_BIN_EXE_lockstep")), to.as_os_str()]);
}

/// Makes `path` a script that can be run, in a folder that is there.
pub fn script(path: &Path, text: &str) {
    let write = r#"printf %s "$1" >"$0" && chmod 755 "$0""#;
    let arguments = ["-c", write].map(OsStr::new);
    run("sh", &[&arguments[..], &[path.as_os_str(), OsStr::new(text)]].concat());
}

fn run(program: &str, arguments: &[&OsStr]) {
    let status = Command::new(program).args(arguments).status();
    assert!(status.is_ok_and(|status| status.success()), "{program} {arguments:?}");
}
