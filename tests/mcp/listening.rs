//! Whoever subscribes is told, by the daemon or without one; and a change by a tool is seen in editors.

use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use crate::cli::support::Place;
use crate::support::daemon::Meeting;
use crate::support::mcp::Mcp;
use crate::support::workspaces;

const READY: &str = "lockstep://ready";
const TASK: &str = "lockstep://task/7";

fn set(mut command: Command, status: &str) {
    let output = command.args(["set", "7", status, "--force", "--reason", "because"]).output();
    assert!(output.expect("the binary runs").status.success());
}

/// The addresses that the next notifications tell of, with the request that they belong to.
fn updated(mcp: &mut Mcp, n: usize) -> Vec<(String, Value)> {
    let next = |_| {
        let told = mcp.read();
        assert_eq!(told["method"], "notifications/resources/updated", "{told:#}");
        let params = &told["params"];
        let uri = params["uri"].as_str().expect("an address").to_owned();
        (uri, params["_meta"]["io.modelcontextprotocol/subscriptionId"].clone())
    };
    (0..n).map(next).collect()
}

#[test]
fn a_stream_tells_of_what_it_was_opened_for_until_it_is_cancelled() {
    let place = Place::sample();
    let mut mcp = Mcp::modern(place.command(&[]));
    let asked = json!({ "notifications": {
        "toolsListChanged": true,
        "resourceSubscriptions": [TASK, "lockstep://task/8", "file:///etc/passwd"],
    }});
    let id = mcp.ask("subscriptions/listen", asked);
    let first = mcp.read();
    assert_eq!(first["method"], "notifications/subscriptions/acknowledged", "{first:#}");
    let agreed = json!({ "resourceSubscriptions": [TASK, "lockstep://task/8"] });
    assert_eq!(first["params"]["notifications"], agreed);
    set(place.command(&[]), "completed");
    assert_eq!(updated(&mut mcp, 1), [(TASK.to_owned(), json!(id))]);
    let over = json!({ "jsonrpc": "2.0", "method": "notifications/cancelled",
                       "params": { "requestId": id } });
    mcp.write(&over.to_string());
    // What is asked after it is answered after it.
    mcp.told.clear();
    mcp.request("tools/list", json!({})).expect("an answer");
    let id = mcp.ask(
        "subscriptions/listen",
        json!({ "notifications": {
            "resourceSubscriptions": [READY],
        }}),
    );
    while mcp.read()["method"] != "notifications/subscriptions/acknowledged" {}
    set(place.command(&[]), "blocked");
    assert_eq!(updated(&mut mcp, 1), [(READY.to_owned(), json!(id))]);
}

#[tokio::test]
async fn a_change_by_a_tool_is_seen_by_every_editor_and_every_client() {
    let meeting = Meeting::new();
    let sandbox = workspaces::login();
    let command = |root: &Path| {
        let mut command = meeting.lockstep(&[]);
        command.current_dir(root);
        command
    };
    let mut editor = meeting.editor_in(sandbox.path()).await;
    let mut listener = Mcp::legacy(command(sandbox.path()));
    for uri in [TASK, READY] {
        listener.request("resources/subscribe", json!({ "uri": uri })).expect("an answer");
    }
    listener.request("resources/unsubscribe", json!({ "uri": READY })).expect("an answer");
    let mut agent = Mcp::modern(command(sandbox.path()));
    let seen = agent.done("task", json!({ "id": "7" }));
    let given = json!({ "id": "7", "status": "implementing", "expect": seen["rev"] });
    let done = agent.done("set_status", given);
    loop {
        let event = editor.notified("lockstep/event").await;
        if event["kind"] == "task.started" {
            assert_eq!(event["transaction"], done["transaction"]);
            assert!(event["origin"].as_str().is_some_and(|it| it.ends_with(" in Test")));
            break;
        }
    }
    assert_eq!(updated(&mut listener, 1), [(TASK.to_owned(), Value::Null)]);
    let (status, _) = meeting.ask("status");
    let orders = status["latencies"].as_array().expect("a list").iter();
    let mut orders = orders.filter(|it| it["method"] == "transaction");
    assert_eq!(orders.next().map(|it| it["count"].clone()), Some(json!(1)), "{status:#}");
}
