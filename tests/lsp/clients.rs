//! What real editors declare, and what they get for it.

use serde_json::{Value, json};

use crate::support::client::{TestClient, uri};
use crate::support::edit::{self, Units};
use crate::support::workspaces;

macro_rules! clients {
    ($($name:literal)*) => {
        [$(($name, include_str!(concat!("../client-capabilities/", $name, ".json")))),*]
    };
}

const CLIENTS: [(&str, &str); 14] = clients![
    "cs" "cs100" "cs3" "csl" "emacs-bpo" "emacs-sid" "hx-sid" "hx-trixie" "kak" "kate" "nvim-sid"
    "nvim-trixie" "nvim" "vim"
];

/// Encoding, form of edits, whether actions are resolved, whether edits are taken unasked.
fn expected(client: &str) -> (&'static str, &'static str, bool, bool) {
    match client {
        "cs" | "cs100" | "cs3" | "csl" => ("utf-16", "documentChanges", true, true),
        "emacs-bpo" | "emacs-sid" => ("utf-32", "documentChanges", true, true),
        "hx-sid" | "hx-trixie" | "kak" => ("utf-8", "documentChanges", true, true),
        "nvim" | "nvim-sid" => ("utf-8", "documentChanges", true, true),
        "nvim-trixie" => ("utf-16", "documentChanges", true, true),
        "kate" => ("utf-16", "changes", false, false),
        "vim" => ("utf-16", "changes", false, false),
        other => panic!("no expectation for {other}"),
    }
}

async fn set_status_action(client: &mut TestClient, todo: &str) -> Value {
    let place = json!({"line": 18, "character": 6});
    let params = json!({
        "textDocument": {"uri": todo},
        "range": {"start": place, "end": place},
        "context": {"diagnostics": []},
    });
    let actions = client.request("textDocument/codeAction", params).await.expect("actions");
    let actions = actions.as_array().expect("a list").iter();
    let mut wanted = actions.filter(|it| it["title"] == "Set task 7 to [IMPLEMENTING]");
    wanted.next().expect("the action is offered").clone()
}

#[tokio::test]
async fn every_editor_initializes_and_gets_an_edit_that_it_can_take() {
    for (name, params) in CLIENTS {
        let (encoding, form, resolves, _) = expected(name);
        let sandbox = workspaces::login();
        let root = uri(sandbox.path());
        // The paths of the recording stand for the root of the workspace.
        let mut params: Value = serde_json::from_str(params).expect("JSON");
        params["rootUri"] = json!(root);
        if params.get("workspaceFolders").is_some_and(Value::is_array) {
            params["workspaceFolders"] = json!([{"uri": root, "name": "root"}]);
        }
        let mut client = TestClient::start_with(params).await;
        let capabilities = &client.initialized["capabilities"];
        assert_eq!(capabilities["positionEncoding"], encoding, "{name}");
        assert_eq!(capabilities["diagnosticProvider"], Value::Null, "{name}");

        let todo = sandbox.join("specs/TODO.md");
        client.open(&todo).await;
        let mut action = set_status_action(&mut client, &uri(&todo)).await;
        if resolves {
            assert_eq!(action["edit"], Value::Null, "{name}");
            assert_eq!(action["command"], Value::Null, "{name}");
            action = client.request("codeAction/resolve", action).await.expect("an edit");
        }
        let edit = &action["edit"];
        assert!(edit.get(form).is_some(), "{name} gets {edit:#}");
        if form == "documentChanges" {
            assert_eq!(edit::files(edit)[0].0, uri(&todo), "{name}: the open file comes first");
        }
        let made = edit::applied(edit, sandbox.path(), Units::named(encoding));
        assert_eq!(made.len(), 4, "{name}: {:?}", made.keys());
        assert!(made["specs/TODO.md"].contains("- **Status**: [IMPLEMENTING]"), "{name}");
        assert!(made["specs/state.json"].contains(r#""status": "implementing""#), "{name}");
        assert_eq!(client.leave().await, 0, "{name}");
    }
}

#[tokio::test]
async fn an_editor_that_takes_no_edits_is_told_so() {
    for (name, params) in CLIENTS {
        let applies = expected(name).3;
        let sandbox = workspaces::login();
        let params: Value = serde_json::from_str(params).expect("JSON");
        let capabilities = params["capabilities"].clone();
        let mut client = TestClient::start(sandbox.path(), capabilities).await;
        let argument = json!({"task": 7, "status": "implementing"});
        let params = json!({"command": "lockstep.setStatus", "arguments": [argument]});
        let answer = client.request("workspace/executeCommand", params).await;
        if applies {
            answer.expect("it is planned");
            let asked = client.asked("workspace/applyEdit").await;
            client.answer(&asked, json!({"applied": false})).await;
        } else {
            let error = answer.expect_err("it cannot be sent");
            assert_eq!(error["message"], "this editor does not apply edits from a server");
        }
    }
}
