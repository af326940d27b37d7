//! The page for agents, with what two of them and an editor really see.

use std::path::Path;
use std::process::Stdio;

use lockstep_fixture::{Fixture, Sandbox};
use serde_json::{Value, json};

use crate::meta::docs_fresh::{NOTE, check};
use crate::support::client::TestClient;
use crate::support::daemon::Meeting;
use crate::support::mcp::Mcp;

const PAGE: &str = include_str!("agents.txt");

/// Two tasks that can begin, and one that waits for the first.
const FILES: &str = r#"
//- /specs/TODO.md
  # TODO

  ### 1. Draw the form
  - **Status**: [PLANNED]

  ### 2. Write docs
  - **Status**: [NOT STARTED]
  - **Dependencies**: 1

  ### 3. Choose a logo
  - **Status**: [PLANNED]
//- /specs/state.json
  {
    "active_projects": [
      { "project_number": 1, "project_name": "form", "status": "planned" },
      { "project_number": 2, "project_name": "docs", "status": "not_started" },
      { "project_number": 3, "project_name": "logo", "status": "planned" }
    ]
  }
"#;

/// What happens, as it is written down.
struct Story {
    meeting: Meeting,
    sandbox: Sandbox,
    editor: TestClient,
    bob: Mcp,
    text: String,
    /// What is another each time, and what is written for it.
    names: Vec<(String, String)>,
}

impl Story {
    async fn begin() -> Story {
        let (meeting, sandbox) = (Meeting::new(), Sandbox::new(&Fixture::new(FILES)));
        let mut editor = meeting.editor_in(sandbox.path()).await;
        // What happened before the workspace was read is told by what it is then, and by no event.
        let whole = editor.request("workspace/symbol", json!({ "query": "" })).await;
        whole.expect("symbols of what was read");
        let mut command = meeting.lockstep(&[]);
        command.current_dir(sandbox.path()).env("LOCKSTEP_WHO", "bob");
        let bob = Mcp::modern(command);
        Story { meeting, sandbox, editor, bob, text: String::new(), names: Vec::new() }
    }

    fn name(&mut self, value: &Value, name: &str) {
        let value = value.as_str().unwrap_or_else(|| panic!("{name} is no text: {value}"));
        self.names.push((value.to_owned(), name.to_owned()));
    }

    fn write(&mut self, line: &str) {
        let mut line = line.to_owned();
        for (value, name) in &self.names {
            line = line.replace(value.as_str(), name);
        }
        self.text.push_str(&line);
        self.text.push('\n');
    }

    /// Ann runs a command; returns what it prints.
    fn ann(&mut self, arguments: &[&str]) -> Value {
        let mut command = self.meeting.lockstep(arguments);
        command.current_dir(self.sandbox.path()).env("LOCKSTEP_WHO", "ann").stdin(Stdio::null());
        let output = command.args(["--format", "json"]).output().expect("the binary runs");
        serde_json::from_slice(&output.stdout).expect("JSON")
    }

    fn ann_claims(&mut self, arguments: &[&str]) -> Value {
        let claimed = self.ann(arguments);
        self.name(&claimed["token"], "ANN");
        self.name(&claimed["until"], "12:05");
        self.name(&claimed["rev"], "REV1");
        self.write(&format!("ann$ lockstep {}", arguments.join(" ")));
        let (task, rev) = (text(&claimed["task"]), text(&claimed["rev"]));
        let (token, until) = (text(&claimed["token"]), text(&claimed["until"]));
        self.write(&format!("     task {task}, rev {rev}, token {token}, until {until}"));
        claimed
    }

    fn ann_sets(&mut self, arguments: &[&str]) {
        let report = self.ann(arguments);
        self.write(&format!("ann$ lockstep {}", arguments.join(" ")));
        let result = &report["results"][0];
        let line = match result["outcome"].as_str() {
            Some("refused") => format!(
                "     refused ({}): {}; {}",
                text(&result["code"]),
                text(&result["reason"]),
                text(&result["remedy"])
            ),
            _ => format!(
                "     {}: {} -> {} in {} files",
                text(&result["task"]),
                text(&result["from"]),
                text(&result["to"]),
                result["files"].as_array().map_or(0, Vec::len)
            ),
        };
        self.write(&line);
    }

    /// Bob calls a tool, of whose result these members are written down.
    fn bob(&mut self, tool: &str, arguments: Value, shown: &[&str]) -> Value {
        let (mut told, _) = self.bob.call(tool, arguments.clone());
        for (member, name) in [("token", "BOB"), ("rev", "REV3"), ("until", "12:05")] {
            if told[member].is_string() {
                self.name(&told[member].clone(), name);
            }
        }
        let whole = told.clone();
        let mut picked = serde_json::Map::new();
        for member in shown {
            if let Some(value) = told.get_mut(*member) {
                picked.insert((*member).to_owned(), value.take());
            }
        }
        self.write(&format!("bob> {tool} {arguments}"));
        self.write(&format!("     {}", Value::Object(picked)));
        whole
    }

    /// The editor is told of what happens, up to an event of this kind.
    async fn editor(&mut self, last: &str) {
        loop {
            let event = self.editor.notified("lockstep/event").await;
            let kind = text(&event["kind"]);
            let (task, origin) = (text(&event["task"]), text(&event["origin"]));
            self.write(&format!("          editor: {kind}, task {task}, by {origin}"));
            if kind == last {
                return;
            }
        }
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn the_page_for_agents_tells_what_they_see() {
    let mut story = Story::begin().await;
    let claimed = story.ann_claims(&["claim", "--next"]);
    story.editor("claim.taken").await;
    story.bob("claim", json!({ "id": "1" }), &["code", "remedy"]);
    let bobs = story.bob("claim", json!({ "id": "next" }), &["task", "title", "rev", "token"]);
    story.editor("claim.taken").await;
    let (rev, token) = (text(&claimed["rev"]), text(&claimed["token"]));
    story.ann_sets(&["set", "1", "implementing", "--expect", &rev, "--claim", &token]);
    story.editor("task.started").await;
    let mut given = json!({ "id": "3", "status": "implementing", "expect": "not_started" });
    given["claim"] = bobs["token"].clone();
    story.bob("set_status", given.clone(), &["code", "fact", "now"]);
    given["expect"] = bobs["rev"].clone();
    story.bob("set_status", given, &["from", "to", "files"]);
    story.editor("task.started").await;
    story.ann_sets(&["set", "1", "completed", "--from", "planned", "--claim", &token]);
    story.ann_sets(&["set", "1", "completed", "--from", "implementing", "--claim", &token]);
    story.editor("claim.released").await;
    story.bob("tasks", json!({}), &["tasks"]);
    assert!(Path::new(&story.sandbox.join(".lockstep/register")).exists());
    let text = format!("{NOTE}\n\n# Lockstep for agents\n\n{PAGE}\n```text\n{}```\n", story.text);
    check("agents.md", &text);
}
