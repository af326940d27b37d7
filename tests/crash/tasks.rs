//! Tasks that stand in four files each, with a value that can be told from every file without
//! asking the program under test.
//!
//! The value goes up by one with every change: where it is even the task is blocked, where it is odd
//! it is abandoned, and the reason of that status is `round VALUE`. The plan holds the status only.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use lockstep::daemon::address::OFF_VARIABLE;
use serde_json::Value;

use crate::cli::support::{Answer, answer};

/// A workspace with tasks.
#[derive(Clone, Debug)]
pub struct Tasks {
    pub root: PathBuf,
}

/// The files that hold task `id`. The first two are shared by all tasks.
pub fn files(id: u32) -> [String; 4] {
    [
        "specs/TODO.md".to_owned(),
        "specs/state.json".to_owned(),
        format!("specs/{id:03}_t{id}/state.json"),
        format!("specs/{id:03}_t{id}/plans/implementation-001.md"),
    ]
}

/// What the status is called: id, reason field, reason member.
fn names(value: u64) -> (&'static str, &'static str, &'static str) {
    match value % 2 {
        0 => ("blocked", "- **Blocking Reason**: round ", "blocking_reason"),
        _ => ("abandoned", "- **Abandonment Reason**: round ", "abandonment_reason"),
    }
}

impl Tasks {
    /// Writes the tasks `ids`, each with value 0.
    pub fn create(root: &Path, ids: &[u32]) -> Tasks {
        let mut todo = "# Tasks\n".to_owned();
        let mut projects = Vec::new();
        for id in ids {
            todo.push_str(&format!(
                "\n### {id}. Title {id}\n- **Status**: [BLOCKED]\n- **Blocked**: 2026-01-01\n- **Blocking Reason**: round 0\n"
            ));
            projects.push(format!(
                "    {{ \"project_number\": {id}, \"project_name\": \"t{id}\", \"status\": \"blocked\", \"blocked\": \"2026-01-01\", \"blocking_reason\": \"round 0\" }}"
            ));
        }
        todo.push_str("\n## Notes\n\nnote 0\n");
        let state = format!(
            "{{\n  \"note\": \"note 0\",\n  \"active_projects\": [\n{}\n  ]\n}}\n",
            projects.join(",\n")
        );
        let tasks = Tasks { root: root.to_owned() };
        for id in ids {
            let [todo_path, state_path, own, plan] = files(*id);
            tasks.write(&todo_path, &todo);
            tasks.write(&state_path, &state);
            tasks.write(
                &own,
                &format!("{{\n  \"note\": \"note 0\",\n  \"project_number\": {id},\n  \"status\": \"blocked\",\n  \"blocked\": \"2026-01-01\",\n  \"blocking_reason\": \"round 0\"\n}}\n"),
            );
            tasks.write(
                &plan,
                "# Plan\n- **Status**: [BLOCKED]\n\n### Phase 1: Form [NOT STARTED]\n\n## Notes\n\nnote 0\n",
            );
            assert_eq!(tasks.value(*id), Ok(0));
        }
        tasks
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("the folders");
        fs::write(path, text).expect("the file");
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap_or_else(|error| format!("{name}: {error}"))
    }

    /// The texts of the files of task `id`.
    pub fn texts(&self, id: u32) -> [String; 4] {
        files(id).map(|name| self.read(&name))
    }

    /// The binary, here.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_lockstep"));
        command.args(arguments).current_dir(&self.root).stdin(Stdio::null()).env(OFF_VARIABLE, "1");
        for name in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "LOCKSTEP_LOG"] {
            command.env_remove(name);
        }
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Answer {
        answer(&mut self.command(arguments))
    }

    /// The arguments that give task `id` the value `value`.
    pub fn set(id: u32, value: u64) -> Vec<String> {
        let (status, ..) = names(value);
        let reason = format!("round {value}");
        ["set", &id.to_string(), status, "--force", "--reason", &reason, "--format", "json"]
            .map(str::to_owned)
            .to_vec()
    }

    /// The command that gives task `id` the value `value`.
    pub fn setting(&self, id: u32, value: u64) -> Command {
        let arguments = Tasks::set(id, value);
        self.command(&arguments.iter().map(String::as_str).collect::<Vec<_>>())
    }

    /// The value of task `id` if all of its files agree, as they are now; otherwise what they say.
    pub fn value(&self, id: u32) -> Result<u64, String> {
        value_of(id, &self.texts(id))
    }

    /// As [`Tasks::value`], but by the program: what its `list` says the status is in each place.
    #[track_caller]
    pub fn listed_value(&self, id: u32) -> u64 {
        let answer = self.run(&["list", "--format", "json"]);
        assert_eq!(answer.exit, 0, "{answer:?}");
        let value = self.value(id).unwrap_or_else(|mix| panic!("task {id} is mixed: {mix}"));
        let list: Value = serde_json::from_str(&answer.out).expect("JSON");
        let tasks = list["tasks"].as_array().expect("tasks");
        let id = id.to_string();
        let task = tasks.iter().find(|task| task["id"].as_str() == Some(&id)).expect("the task");
        assert_eq!(task["status"], names(value).0);
        value
    }

    /// What stands in the folder of transactions under way.
    pub fn under_way(&self) -> Vec<String> {
        names_in(&self.path(".lockstep/tx"))
    }

    /// Everything that is kept for its owner, as one text.
    pub fn kept(&self) -> String {
        let folder = self.path(".lockstep/conflicts");
        let texts = names_in(&folder).into_iter().map(|name| fs::read(folder.join(name)));
        texts.map(|bytes| String::from_utf8_lossy(&bytes.expect("a copy")).into_owned()).collect()
    }
}

/// The value that four texts agree on; otherwise what they say.
pub fn value_of(id: u32, texts: &[String; 4]) -> Result<u64, String> {
    let [todo, state, own, plan] = texts;
    let values = [in_todo(id, todo), in_state(id, state), in_record(&json(own))];
    let agreed = values[0].filter(|first| values.iter().all(|value| *value == Some(*first)));
    let marker = |value| format!("- **Status**: [{}]", names(value).0.to_uppercase());
    match agreed.filter(|value| plan.contains(&marker(*value))) {
        Some(value) => Ok(value),
        None => Err(format!("{values:?} and a plan that says\n{plan}")),
    }
}

fn in_todo(id: u32, text: &str) -> Option<u64> {
    let (_, section) = text.split_once(&format!("### {id}. "))?;
    let section = section.split("\n#").next()?;
    let odd = u64::from(section.contains("- **Status**: [ABANDONED]"));
    let reason = section.lines().find_map(|line| line.strip_prefix(names(odd).1))?;
    reason.trim().parse().ok().filter(|value| value % 2 == odd)
}

fn in_state(id: u32, text: &str) -> Option<u64> {
    let state = json(text);
    let projects = state["active_projects"].as_array()?;
    in_record(projects.iter().find(|project| project["project_number"] == id)?)
}

fn in_record(record: &Value) -> Option<u64> {
    let odd = u64::from(record["status"] == "abandoned");
    let reason = record[names(odd).2].as_str()?.strip_prefix("round ")?;
    reason.parse().ok().filter(|value| value % 2 == odd)
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_default()
}

fn names_in(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
}
