//! What commands answer and write, by way of the daemon and without one, on equal copies.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use lockstep::cli::r#try::sample;
use serde_json::{Value, json};

use crate::support::client::TestClient;
use crate::support::daemon::Meeting;
use crate::support::git::{is_installed, repository_with_worktree};

/// A copy of the workspace, and how commands are run in it.
struct Copy {
    _dir: tempfile::TempDir,
    /// The folder of everything.
    top: PathBuf,
    /// Where commands are run.
    root: PathBuf,
    meeting: Meeting,
    alone: bool,
}

/// What a command answered, with its exit code.
type Answer = (i32, String, String);

impl Copy {
    fn new(files: &[(&str, &str)], alone: bool) -> Copy {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let top = dir.path().canonicalize().expect("the temporary folder").join("top");
        let root = top.join("first");
        for (path, text) in files {
            write(&root.join(path), text);
        }
        Copy { _dir: dir, top, root, meeting: Meeting::new(), alone }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.meeting.lockstep(arguments);
        command.current_dir(&self.root).env("LOCKSTEP_WHO", "somebody").stdin(Stdio::null());
        if self.alone {
            command.arg("--no-daemon");
        }
        command
    }

    fn run(&self, arguments: &[&str]) -> Answer {
        let output = self.command(arguments).output().expect("the binary runs");
        let text = |bytes: Vec<u8>| self.masked(&String::from_utf8(bytes).expect("UTF-8"));
        let exit = output.status.code().expect("an exit code");
        (exit, text(output.stdout), text(output.stderr))
    }

    /// The text without what differs from one run to the next: where the copy lies, when that was,
    /// and the names of transactions.
    fn masked(&self, text: &str) -> String {
        let mut text = text.replace(self.top.to_str().expect("UTF-8"), "TOP");
        for (at, id) in self.transactions().iter().enumerate() {
            text = text.replace(id.as_str(), &format!("TX{at}"));
        }
        without_times(&text)
    }

    /// The names of all transactions, in order.
    fn transactions(&self) -> Vec<String> {
        let log = std::fs::read_to_string(self.root.join(".lockstep/log.jsonl"));
        let log = log.unwrap_or_default();
        let lines = log.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        lines.filter_map(|line| line["id"].as_str().map(str::to_owned)).collect()
    }

    /// Every file but those of the store and of git, and what the histories say was done.
    fn files(&self) -> BTreeMap<String, String> {
        let mut files = BTreeMap::new();
        let mut folders = vec![self.top.clone()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(&folder).expect("the folder") {
                let path = entry.expect("an entry").path();
                let name = path.strip_prefix(&self.top).expect("below").display().to_string();
                match path.file_name().and_then(|name| name.to_str()) {
                    Some(".git") => {}
                    Some(".lockstep") => drop(files.insert(name, self.history(&path))),
                    _ if path.is_dir() => folders.push(path),
                    _ => {
                        let text = std::fs::read_to_string(&path).expect("a file");
                        files.insert(name, self.masked(&text));
                    }
                }
            }
        }
        files
    }

    /// The transactions of a history. What the daemon has noticed beside them is its own.
    fn history(&self, store: &Path) -> String {
        let log = std::fs::read_to_string(store.join("log.jsonl")).unwrap_or_default();
        let lines = log.lines().map(|line| serde_json::from_str(line).expect("JSON"));
        let own = lines.filter(|line: &Value| line["id"].is_string()).map(|mut line| {
            for member in ["key", "report"] {
                line["what"].as_object_mut().expect("an object").remove(member);
            }
            // Numbers count what was noticed too, and digests what is masked here.
            for member in ["seq", "files", "pid", "patch"] {
                line.as_object_mut().expect("an object").remove(member);
            }
            line
        });
        self.masked(&serde_json::to_string_pretty(&own.collect::<Vec<Value>>()).expect("JSON"))
    }
}

fn write(path: &Path, text: &str) {
    std::fs::create_dir_all(path.parent().expect("a parent")).expect("the folders");
    std::fs::write(path, text).expect("the file");
}

/// The text with every day, and the time of day after it, made the same.
fn without_times(text: &str) -> String {
    let shape = |part: &str, shape: &str| {
        let fits = |(c, s): (char, char)| if s == '0' { c.is_ascii_digit() } else { c == s };
        part.len() == shape.len() && part.chars().zip(shape.chars()).all(fits)
    };
    let (mut out, mut rest) = (String::new(), text);
    while let Some(c) = rest.chars().next() {
        let known = ["0000-00-00T00:00:00Z", "0000-00-00"];
        let found = known.iter().find(|it| rest.get(..it.len()).is_some_and(|p| shape(p, it)));
        match found {
            Some(time) => {
                out.push_str("TIME");
                rest = &rest[time.len()..];
            }
            None => {
                out.push(c);
                rest = &rest[c.len_utf8()..];
            }
        }
    }
    out
}

/// Has two copies do the same, one of them by the daemon, and compares.
async fn compare(files: &[(&str, &str)], prepare: impl Fn(&Copy), steps: &[&[&str]], orders: u64) {
    let copies = [Copy::new(files, false), Copy::new(files, true)];
    copies.iter().for_each(&prepare);
    let [shared, alone] = &copies;
    let editor: TestClient = shared.meeting.editor_in(&shared.root).await;
    for step in steps {
        assert_eq!(shared.run(step), alone.run(step), "{step:?}");
        let (here, there) = (shared.files(), alone.files());
        for (path, text) in &here {
            assert_eq!(Some(text), there.get(path), "{path} after {step:?}");
        }
        assert_eq!(here.len(), there.len(), "after {step:?}");
    }
    let (status, _) = shared.meeting.ask("status");
    let latencies = status["latencies"].as_array().expect("a list");
    let carried_out = latencies.iter().find(|it| it["method"] == "transaction");
    assert_eq!(carried_out.map(|it| &it["count"]), Some(&json!(orders)));
    assert!(alone.meeting.daemons().is_empty());
    assert_eq!(editor.leave().await, 0);
}

#[tokio::test]
async fn every_command_answers_and_writes_by_the_daemon_what_it_does_alone() {
    let steps: [&[&str]; 31] = [
        &["set", "7", "partial", "--dry-run"],
        &["set", "7", "partial", "--dry-run", "--format", "json"],
        &["set", "7", "9", "partial", "--format", "json"],
        &["set", "7", "partial"],
        &["set", "7", "implementing", "--from", "planned", "--format", "json"],
        &["set", "7", "9", "blocked", "--from", "partial", "--reason", "rain", "--format", "json"],
        &["set", "7", "9", "completed", "--atomic"],
        &["set", "7", "no such status"],
        &["set", "99", "completed", "--format", "json"],
        &["set", "7", "blocked"],
        &["set", "7", "implementing", "--phase", "1", "--format", "json"],
        &["set", "7", "implementing", "--phase", "77"],
        &["fix", "--dry-run"],
        &["fix", "--yes", "--rule", "unknown-status", "--format", "json"],
        &["fix", "--yes", "--rule", "no-such-rule"],
        &["fix", "--yes", "7", "--prefer", "specs/TODO.md"],
        &["fix", "--yes", "--format", "json"],
        &["fix", "--yes"],
        &["batch", "list.txt", "--dry-run"],
        &["batch", "list.txt", "--atomic", "--format", "json"],
        &["batch", "list.txt", "--format", "json"],
        &["batch", "none.txt"],
        &["undo", "--format", "json"],
        &["undo"],
        &["undo", "no-such-transaction"],
        &["set", "9", "completed", "--force", "--reason", "because", "--format", "json"],
        &["archive", "--dry-run", "--format", "json"],
        &["archive", "7", "--format", "json"],
        &["archive", "--format", "json"],
        &["archive"],
        &["undo"],
    ];
    // Whether a second that is written again is another one hangs on how long the steps take, and
    // with it the difference that a dry run shows.
    let untimed = |(path, text): &(&'static str, &'static str)| {
        (*path, text.replace("\"last_updated\"", "\"last_read\""))
    };
    let sample: Vec<(&str, String)> = sample::FILES.iter().map(untimed).collect();
    let mut files: Vec<(&str, &str)> = sample.iter().map(|(path, text)| (*path, &**text)).collect();
    files.push(("list.txt", "7 implementing\n8 nonsense\n9 researching\n99 completed\n"));
    compare(&files, |_| {}, &steps, 24).await;
}

#[tokio::test]
async fn what_keeps_a_change_from_being_made_keeps_the_daemon_from_it() {
    let broken = "{ \"active_projects\": [";
    let files = [
        ("lockstep.toml", "no-such-key = 1\n"),
        ("specs/TODO.md", "# Tasks\n\n### 7. Login\n- **Status**: [PLANNED]\n"),
        ("specs/state.json", broken),
    ];
    let steps: [&[&str]; 5] = [
        &["set", "7", "implementing", "--format", "json"],
        &["set", "7", "implementing"],
        &["fix", "--yes"],
        &["archive"],
        &["undo"],
    ];
    compare(&files, |_| {}, &steps, 4).await;
}

#[tokio::test]
async fn worktrees_are_changed_and_reported_by_the_daemon_as_without_it() {
    if !is_installed() {
        return;
    }
    let todo = "# Tasks\n\n### 7. Login\n- **Status**: [PLANNED]\n\n### 8. Docs\n- **Status**: [NOT STARTED]\n";
    let state = "{\n  \"active_projects\": [\n    { \"project_number\": 7, \"project_name\": \"login\", \"status\": \"planned\" },\n    { \"project_number\": 8, \"project_name\": \"docs\", \"status\": \"researched\" }\n  ]\n}\n";
    let steps: [&[&str]; 10] = [
        &["set", "7", "implementing", "--dry-run"],
        &["set", "7", "implementing", "--format", "json"],
        &["show", "7", "--format", "json"],
        &["set", "8", "completed"],
        &["fix", "--yes", "--format", "json"],
        &[
            "set",
            "7",
            "8",
            "blocked",
            "--from",
            "implementing",
            "--reason",
            "rain",
            "--format",
            "json",
        ],
        &["undo", "--format", "json"],
        &["undo"],
        &["batch", "list.txt", "--format", "json"],
        &["archive", "--format", "json"],
    ];
    for mode in ["report", "mirror"] {
        let config = format!("[worktrees]\nmode = \"{mode}\"\n");
        let files = [
            ("lockstep.toml", config.as_str()),
            ("list.txt", "7 completed\n8 researching\n"),
            ("specs/TODO.md", todo),
            ("specs/state.json", state),
        ];
        let prepare = |copy: &Copy| {
            repository_with_worktree(&copy.root, &copy.top.join("second"));
            // The other one lacks a task.
            let fewer = todo.split("\n### 8").next().expect("a part");
            write(&copy.top.join("second/specs/TODO.md"), &format!("{fewer}\n"));
            let fewer = state.lines().filter(|line| !line.contains("docs")).collect::<Vec<_>>();
            let fewer = fewer.join("\n").replace("\"planned\" },", "\"planned\" }");
            write(&copy.top.join("second/specs/state.json"), &format!("{fewer}\n"));
        };
        compare(&files, prepare, &steps, 8).await;
    }
}
