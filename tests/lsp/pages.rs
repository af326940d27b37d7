//! Pages that are no files, for clients that open them.

use serde_json::{Value, json};

use crate::support::client::{TestClient, able, uri};
use crate::support::workspaces;

const CONTENT: &str = "workspace/textDocumentContent";

fn opening() -> Value {
    let mut capabilities = able();
    capabilities["workspace"]["textDocumentContent"] = json!({"dynamicRegistration": true});
    capabilities
}

async fn text(client: &mut TestClient, uri: &str) -> String {
    let answer = client.request(CONTENT, json!({"uri": uri})).await.expect("a page");
    answer["text"].as_str().expect("text").to_owned()
}

#[tokio::test]
async fn pages_are_declared_to_clients_that_open_them_and_to_no_others() {
    let sandbox = workspaces::login();
    let client = TestClient::start(sandbox.path(), opening()).await;
    let capabilities = &client.initialized["capabilities"];
    assert_eq!(capabilities["workspace"]["textDocumentContent"], json!({"schemes": ["lockstep"]}));
    assert_eq!(capabilities["experimental"], Value::Null);
    let client = TestClient::start(sandbox.path(), able()).await;
    let capabilities = &client.initialized["capabilities"];
    assert_eq!(capabilities["workspace"]["textDocumentContent"], Value::Null);
}

#[tokio::test]
async fn the_board_and_a_task_can_be_read_and_are_read_again_when_a_task_changes() {
    let sandbox = workspaces::login();
    let mut client = TestClient::start(sandbox.path(), opening()).await;
    let todo = sandbox.join("specs/TODO.md");
    client.open(&todo).await;
    let board = text(&mut client, "lockstep:/board").await;
    assert!(board.contains("- [7 Add login](lockstep:/task/7) — planned"), "{board}");
    let task = text(&mut client, "lockstep:/task/7").await;
    assert!(task.starts_with("# 7 Add login\n"), "{task}");
    assert!(task.contains(&format!("({}#L", uri(&todo))), "{task}");

    let changed = sandbox.read("specs/TODO.md").replace("[PLANNED]", "[IMPLEMENTING]");
    client.change(&todo, 2, json!([{"text": changed}])).await;
    for page in ["lockstep:/board", "lockstep:/task/7"] {
        let asked = client.asked("workspace/textDocumentContent/refresh").await;
        assert_eq!(asked["params"], json!({"uri": page}));
        client.answer(&asked, Value::Null).await;
    }
    let board = text(&mut client, "lockstep:/board").await;
    assert!(board.contains("- [7 Add login](lockstep:/task/7) — implementing"), "{board}");
}

#[tokio::test]
async fn what_is_no_page_is_refused_with_those_that_there_are() {
    let sandbox = workspaces::login();
    let mut client = TestClient::start(sandbox.path(), opening()).await;
    for (uri, code, words) in [
        ("lockstep:/none", -32602, "there are lockstep:/board and lockstep:/task/ID"),
        ("file:///task/7", -32602, "there is no page file:///task/7"),
        ("lockstep:/task/99", -32803, "no task 99"),
    ] {
        let error = client.request(CONTENT, json!({"uri": uri})).await.expect_err("refused");
        assert_eq!(error["code"], code, "{error}");
        assert!(error["message"].as_str().is_some_and(|it| it.contains(words)), "{error}");
    }
}
