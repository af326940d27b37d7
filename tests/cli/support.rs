//! Runs the binary in a folder of its own, with an environment of its own.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use lockstep::cli::r#try::sample;
use lockstep::daemon::address::FOLDER_VARIABLE;
use serde_json::Value;

/// A folder with files, below one that is no repository.
pub struct Place {
    dir: tempfile::TempDir,
    name: String,
}

/// What a run of the binary gave.
#[derive(Debug)]
pub struct Answer {
    pub exit: i32,
    pub out: String,
    pub err: String,
}

impl Place {
    pub fn new(files: &[(&str, &str)]) -> Place {
        Place::named("workspace", files)
    }

    pub fn named(name: &str, files: &[(&str, &str)]) -> Place {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let place = Place { dir, name: name.to_owned() };
        std::fs::create_dir_all(place.path()).expect("the folder");
        for (path, text) in files {
            place.write(path, text.as_bytes());
        }
        place
    }

    /// The sample that `lockstep try` writes.
    pub fn sample() -> Place {
        Place::new(&sample::FILES)
    }

    pub fn path(&self) -> PathBuf {
        self.dir.path().canonicalize().expect("the temporary folder").join(&self.name)
    }

    pub fn write(&self, path: &str, bytes: &[u8]) {
        let path = self.path().join(path);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("the folders");
        std::fs::write(path, bytes).expect("the file");
    }

    pub fn read(&self, path: &str) -> String {
        std::fs::read_to_string(self.path().join(path)).expect("the file")
    }

    /// Every file with its bytes, and every folder.
    pub fn tree(&self) -> BTreeMap<PathBuf, Option<Vec<u8>>> {
        let mut tree = BTreeMap::new();
        let mut folders = vec![self.dir.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(&folder).expect("the folder") {
                let path = entry.expect("an entry").path();
                let bytes = path.is_file().then(|| std::fs::read(&path).expect("the file"));
                if bytes.is_none() {
                    folders.push(path.clone());
                }
                tree.insert(path, bytes);
            }
        }
        tree
    }

    /// The binary, in this folder.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = lockstep(&self.path());
        command.args(arguments);
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Answer {
        answer(&mut self.command(arguments))
    }

    pub fn json(&self, arguments: &[&str]) -> Value {
        let answer = self.run(arguments);
        serde_json::from_str(&answer.out).unwrap_or_else(|error| panic!("{error}: {answer:?}"))
    }
}

/// The binary in a folder, with nothing of the user's environment that changes what it says.
pub fn lockstep(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lockstep"));
    // No daemon is met there, and none is started.
    command.current_dir(folder).stdin(Stdio::null()).env(FOLDER_VARIABLE, folder.join("no-daemon"));
    for name in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "LOCKSTEP_LOG"] {
        command.env_remove(name);
    }
    command
}

pub fn answer(command: &mut Command) -> Answer {
    let output = command.output().expect("the binary runs");
    Answer {
        exit: output.status.code().expect("an exit code"),
        out: String::from_utf8(output.stdout).expect("UTF-8"),
        err: String::from_utf8(output.stderr).expect("UTF-8"),
    }
}
