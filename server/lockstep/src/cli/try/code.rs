//! VS Code, and what is built of it: the extension is installed into a folder of its own, from a package beside this
//! program.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::sample::{STATE, Sample, TODO, write_files};
use crate::cli::UserError;

/// What runs in a browser, which is opened by hand.
const IN_BROWSER: &str = "code-server";

/// The newest package of the extension that lies beside a program, a folder above it, or where a
/// clone builds it.
pub(super) fn extension(program: &Path) -> Result<PathBuf, UserError> {
    let folders = program.ancestors().skip(1).take(3);
    let mut packages: Vec<PathBuf> = folders
        .enumerate()
        .flat_map(|(above, folder)| match above {
            0 | 1 => packages(folder),
            _ => packages(&folder.join("editors/vscode")),
        })
        .collect();
    let written = |path: &PathBuf| path.metadata().and_then(|file| file.modified()).ok();
    packages.sort_by_key(written);
    packages.pop().ok_or_else(|| {
        let folder = program.parent().unwrap_or(program).display();
        UserError::usage(format!("no extension for VS Code lies beside this program, in {folder}"))
            .hint(
                "put `lockstep-*.vsix` there; in a clone, `npm ci && ./package` in `editors/vscode` \
                 makes one. `lockstep try` without --editor needs none",
            )
    })
}

/// The packages in a folder.
fn packages(folder: &Path) -> Vec<PathBuf> {
    let is_package = |path: &PathBuf| {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
        name.is_some_and(|name| name.starts_with("lockstep") && name.ends_with(".vsix"))
    };
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).filter(is_package).collect()
}

/// Writes the settings; returns the arguments that install the extension.
pub(super) fn prepare(
    sample: &Sample,
    server: &Path,
    extension: &Path,
) -> std::io::Result<Vec<OsString>> {
    let settings = serde_json::json!({
        "lockstep.server.path": server.to_string_lossy(),
        "security.workspace.trust.enabled": false,
        "telemetry.telemetryLevel": "off",
        "update.mode": "none",
        "workbench.startupEditor": "none",
    });
    let settings = format!("{settings:#}\n");
    // Where the window is a browser's, a path of a program counts only as a setting of the machine.
    let files = [
        ("data/User/settings.json", settings.as_str()),
        ("data/Machine/settings.json", settings.as_str()),
    ];
    write_files(&home(sample), &files)?;
    let mut arguments = folders(sample);
    arguments.extend(["--install-extension".into(), extension.into(), "--force".into()]);
    Ok(arguments)
}

/// The arguments that open the sample, and return when its window is closed.
pub(super) fn arguments(program: &Path, sample: &Sample) -> Vec<OsString> {
    let mut arguments = folders(sample);
    if program.file_stem().is_some_and(|name| name == IN_BROWSER) {
        let quiet = ["--auth", "none", "--bind-addr", "127.0.0.1:0", "--disable-telemetry", "."];
        arguments.extend(quiet.map(OsString::from));
    } else {
        arguments.extend(["--new-window", "--wait", ".", TODO, STATE].map(OsString::from));
    }
    arguments
}

fn folders(sample: &Sample) -> Vec<OsString> {
    let below = |name: &str| home(sample).join(name).into_os_string();
    let (data, extensions) = (below("data"), below("extensions"));
    vec!["--user-data-dir".into(), data, "--extensions-dir".into(), extensions]
}

fn home(sample: &Sample) -> PathBuf {
    sample.private.join("code")
}
