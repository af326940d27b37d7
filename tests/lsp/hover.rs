//! `textDocument/hover`.

use serde_json::json;

use crate::support::client::{TestClient, able, uri};
use crate::support::editor::Editor;
use crate::support::workspaces;

#[tokio::test]
async fn a_hover_shows_every_file_with_a_link() {
    let sandbox = workspaces::login();
    let todo = sandbox.join("specs/TODO.md");
    for (formats, kind, link) in [
        (json!(["markdown", "plaintext"]), "markdown", true),
        (json!(["plaintext"]), "plaintext", false),
    ] {
        let mut capabilities = able();
        capabilities["textDocument"]["hover"]["contentFormat"] = formats;
        let mut client = TestClient::start(sandbox.path(), capabilities).await;
        let position = json!({"line": 18, "character": 16});
        let params = json!({"textDocument": {"uri": uri(&todo)}, "position": position});
        let hover = client.request("textDocument/hover", params).await.expect("a hover");
        assert_eq!(hover["contents"]["kind"], kind);
        assert_eq!(hover["range"]["start"]["line"], 16);
        let text = hover["contents"]["value"].as_str().expect("a text");
        let state = uri(&sandbox.join("specs/state.json"));
        assert_eq!(text.contains(&format!("{state}#L10")), link, "{text}");
        for file in ["specs/TODO.md", "specs/state.json", "specs/007_login/state.json"] {
            assert!(text.contains(file), "{text}");
        }
    }
}

#[tokio::test]
async fn prose_has_no_hover() {
    let sandbox = workspaces::login();
    let mut client = TestClient::start(sandbox.path(), able()).await;
    let document = json!({"uri": uri(&sandbox.join("specs/TODO.md"))});
    let params = json!({"textDocument": document, "position": {"line": 12, "character": 0}});
    let hover = client.request("textDocument/hover", params).await.expect("an answer");
    assert_eq!(hover, json!(null));
}

#[tokio::test]
async fn a_hover_says_who_holds_the_task() {
    let sandbox = crate::support::workspaces::login();
    let mut editor = Editor::start(&sandbox).await;
    editor.open("specs/TODO.md").await;
    let claim = ["claim", "7", "--holder", "an [agent](x)", "--no-daemon"];
    let claimed = crate::cli::support::lockstep(sandbox.path()).args(claim).output();
    assert!(claimed.expect("the binary runs").status.success());
    let hover = editor.hover("specs/TODO.md", "Add login").await;
    assert!(hover.contains("Held by an \\[agent\\](x) until 2"), "{hover}");
}
