//! Many agents who work through one list with claims, while agents and the daemon are killed: every task
//! is done once, and none is lost.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Mutex;

use lockstep_fixture::{Fixture, Sandbox};
use rustix::process::Signal;
use serde_json::Value;

use crate::support::daemon::{Meeting, send};

fn list(n: usize) -> String {
    let tasks = (1..=n).map(|n| format!("  ### {n}. Task {n}\n  - **Status**: [PLANNED]\n\n"));
    let records = (1..=n).map(|n| {
        format!(
            "    {{ \"project_number\": {n}, \"project_name\": \"t{n}\", \"status\": \"planned\" }}"
        )
    });
    let records = records.collect::<Vec<_>>().join(",\n");
    format!(
        "//- /specs/TODO.md\n  # TODO\n\n{}//- /specs/state.json\n  {{\n  \"active_projects\": [\n{records}\n  ]\n  }}\n",
        tasks.collect::<String>()
    )
}

fn told(meeting: &Meeting, root: &Path, arguments: &[&str]) -> Value {
    let mut command: Command = meeting.lockstep(arguments);
    command.current_dir(root).stdin(Stdio::null()).stderr(Stdio::null());
    let output = command.args(["--format", "json"]).output().expect("the binary runs");
    serde_json::from_slice(&output.stdout).unwrap_or_default()
}

/// One agent: it takes a task, begins it, and finishes it; every fifth time it dies in between. Returns
/// when nothing is left to take.
fn work(meeting: &Meeting, root: &Path, agent: usize, done: &Mutex<BTreeMap<String, Vec<usize>>>) {
    for step in 0.. {
        let claimed = told(meeting, root, &["claim", "--next", "--holder", &agent.to_string()]);
        let Some(token) = claimed["token"].as_str() else {
            assert_eq!(claimed["error"]["code"], "nothing-ready", "{claimed:#}");
            return;
        };
        let task = claimed["task"].as_str().expect("a task");
        if claimed["status"] == "planned" {
            let begin = ["set", task, "implementing", "--from", "planned", "--claim", token];
            let begun = told(meeting, root, &begin);
            assert_eq!(begun["results"][0]["outcome"], "applied", "{begun:#}");
        }
        if (agent + step) % 5 == 4 {
            // It is gone, and nobody will renew its claim.
            continue;
        }
        let finish = ["set", task, "completed", "--from", "implementing", "--claim", token];
        let finished = told(meeting, root, &finish);
        assert_eq!(finished["results"][0]["outcome"], "applied", "{finished:#}");
        done.lock().expect("no panic").entry(task.to_owned()).or_default().push(agent);
    }
}

/// As if so much time had passed that every claim is over.
fn let_claims_end(root: &Path) {
    let path = root.join(".lockstep/register");
    let mut register: Value =
        serde_json::from_slice(&std::fs::read(&path).expect("a register")).expect("JSON");
    for claim in register["of"].as_object_mut().expect("claims").values_mut() {
        claim["until"] = serde_json::json!(0);
    }
    std::fs::write(&path, register.to_string()).expect("it is written");
}

#[tokio::test]
async fn every_task_of_a_list_is_done_once_whoever_dies() {
    let is_full = std::env::var_os("LOCKSTEP_FULL").is_some();
    let (n_tasks, n_agents) = if is_full { (200, 20) } else { (20, 5) };
    let (meeting, sandbox) = (Meeting::new(), Sandbox::new(&Fixture::new(&list(n_tasks))));
    let root = sandbox.path();
    let editor = meeting.editor_in(root).await;
    let done = Mutex::new(BTreeMap::new());
    let mut rounds = 0;
    while done.lock().expect("no panic").len() < n_tasks {
        std::thread::scope(|scope| {
            for agent in 0..n_agents {
                let (meeting, done) = (&meeting, &done);
                scope.spawn(move || work(meeting, root, agent, done));
            }
            if rounds == 0 {
                meeting.daemons().into_iter().for_each(|pid| send(pid, Signal::KILL));
            }
        });
        let_claims_end(root);
        rounds += 1;
        assert!(rounds < 100, "what was left is taken again");
    }
    let done = done.into_inner().expect("no panic");
    let twice: Vec<_> = done.iter().filter(|(_, by)| by.len() != 1).collect();
    assert!(twice.is_empty(), "{twice:?}");
    let list = told(&meeting, root, &["list", "--status", "completed"]);
    assert_eq!(list["tasks"].as_array().map(Vec::len), Some(n_tasks));
    let found = told(&meeting, root, &["check"]);
    assert_eq!(found["summary"]["error"], 0, "{:#}", found["diagnostics"]);
    drop(editor);
}
