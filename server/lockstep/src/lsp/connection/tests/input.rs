//! Input as it should not be.

use std::io;

use super::*;

/// A frame of `body`.
fn frame(body: &[u8]) -> Vec<u8> {
    let mut bytes = format!("Content-Length: {}\r\n\r\n", body.len()).into_bytes();
    bytes.extend_from_slice(body);
    bytes
}

fn open(uri: &str) -> Value {
    json!({"textDocument": {"uri": uri, "languageId": "markdown", "version": 1, "text": "x"}})
}

#[tokio::test]
async fn malformed_input_is_answered_and_costs_only_itself() {
    let deep = "[".repeat(100_000);
    let cases: [(Vec<u8>, i64); 13] = [
        (frame(b"{\"jsonrpc\":\"2.0\",\"method\":"), -32700),
        (frame(b"{}{}"), -32700),
        (frame(b"{\"jsonrpc\":\"2.0\",\"method\":\"\xFF\"}"), -32700),
        (frame(b""), -32700),
        (frame(deep.as_bytes()), -32700),
        (frame(b"42"), -32600),
        (frame(b"{\"foo\":1}"), -32600),
        (frame(b"[]"), -32600),
        (frame(b"[[]]"), -32600),
        (frame(b"{\"jsonrpc\":\"1.0\",\"method\":\"test/note\"}"), -32600),
        (b"Content-Type: x\r\n\r\n{}".to_vec(), -32700),
        (b"Content-Length: many\r\n\r\n{}".to_vec(), -32700),
        (b"Content-Length: 18446744073709551615\r\n\r\n{}".to_vec(), -32700),
    ];
    let mut client = TestClient::start().await;
    for (bytes, code) in cases {
        client.send_bytes(&bytes).await;
        let refusal = client.receive().await;
        assert_eq!((&refusal["id"], &refusal["error"]["code"]), (&Value::Null, &json!(code)));
        client.assert_alive().await;
    }
}

#[tokio::test]
async fn before_initialize_every_request_is_refused_as_such_and_after_it_none() {
    let mut client = TestClient::connect(ConnectionOptions::default(), 64 * 1024);
    for method in ["test/echo", "nonsense/method", "$/nonsense", "shutdown"] {
        let response = client.call(1, method, json!([])).await;
        assert_eq!(response["error"]["code"], -32002, "{method}");
    }
    // What fails to initialize is not initialized.
    let response = client.call(2, "initialize", json!(7)).await;
    assert!(response["error"].is_object(), "{response}");
    assert_eq!(client.call(3, "nonsense/method", json!([])).await["error"]["code"], -32002);
    client.initialize().await;
    assert_eq!(client.call(4, "nonsense/method", json!([])).await["error"]["code"], -32601);
    assert_eq!(client.call(5, "test/echo", json!(["a"])).await["result"], json!(["a"]));
}

#[tokio::test]
async fn every_element_of_a_batch_is_answered() {
    let mut client = TestClient::start().await;
    client
        .send(json!([
            {"jsonrpc": "2.0", "id": 1, "method": "test/echo", "params": ["a"]},
            {"jsonrpc": "2.0", "method": "test/note", "params": ["b"]},
            17,
            {"jsonrpc": "2.0", "id": 2, "method": "test/echo", "params": ["c"]},
        ]))
        .await;
    assert_eq!(client.receive().await["result"], json!(["a"]));
    assert_eq!(client.receive().await["error"]["code"], -32600);
    assert_eq!(client.receive().await["result"], json!(["c"]));
    assert_eq!(client.seen().await.last(), Some(&json!(["b"])));
}

#[tokio::test]
async fn odd_headers_are_headers() {
    let mut client = TestClient::start().await;
    let body = json!({"jsonrpc": "2.0", "id": 1, "method": "test/echo", "params": [1]}).to_string();
    for header in [
        format!("content-length: {}\r\n", body.len()),
        format!("Content-Type: a\r\nX-Other: b\r\nX-More: c\r\nCONTENT-LENGTH:{}\r\n", body.len()),
        format!("Content-Length: {}\r\nContent-Type: a; charset=utf8\r\n", body.len()),
    ] {
        client.send_bytes(format!("{header}\r\n{body}").as_bytes()).await;
        assert_eq!(client.receive().await["result"], json!([1]), "{header}");
    }
}

#[tokio::test]
async fn a_message_over_the_limit_is_refused_and_skipped() {
    let options = ConnectionOptions { body_limit: 1000, ..ConnectionOptions::default() };
    let mut client = TestClient::start_with(options).await;
    client.notify("test/note", json!(["x".repeat(200_000)])).await;
    client.request(1, "test/echo", json!("short")).await;
    let refusal = client.receive().await;
    let message = refusal["error"]["message"].as_str().expect("a reason");
    assert!(message.ends_with("is over the limit of 1000"), "{message}");
    assert_eq!(client.receive().await["result"], "short");
    assert_eq!(client.seen().await.len(), 1, "only initialize");
}

#[tokio::test]
async fn an_empty_body_does_not_hold_up_the_message_after_it() {
    let mut client = TestClient::start().await;
    let body = json!({"jsonrpc": "2.0", "id": 1, "method": "test/echo", "params": [1]}).to_string();
    let mut bytes = frame(b"");
    bytes.extend(frame(body.as_bytes()));
    client.send_bytes(&bytes).await;
    assert_eq!(client.receive().await["error"]["code"], -32700);
    assert_eq!(client.receive().await["result"], json!([1]));
}

#[tokio::test]
async fn a_document_of_five_megabytes_is_opened() {
    let mut client = TestClient::start().await;
    let mut params = open("file:///big.md");
    params["textDocument"]["text"] = json!("é[ ]\n".repeat(1024 * 1024));
    client.notify("textDocument/didOpen", params).await;
    let seen = client.seen().await;
    assert_eq!(seen.last(), Some(&json!(["file:///big.md", 6 * 1024 * 1024])));
}

#[tokio::test]
async fn documents_with_illegal_uris_are_opened() {
    let mut client = TestClient::start().await;
    for (sent, seen) in [
        ("file:///a b[c].md", "file:///a%20b%5Bc%5D.md"),
        ("file:///é.md", "file:///%C3%A9.md"),
        ("file:///c%3A/a%20b.md", "file:///c%3A/a%20b.md"),
    ] {
        client.notify("textDocument/didOpen", open(sent)).await;
        assert_eq!(client.seen().await.last(), Some(&json!([seen, 1])));
    }
}

#[tokio::test]
async fn odd_initialize_params_do_not_cost_the_session() {
    let mut client = TestClient::connect(ConnectionOptions::default(), 64 * 1024);
    let params = json!({
        "processId": -1,
        "rootUri": "file:///a b",
        "trace": "compact",
        "capabilities": {"workspace": {"workspaceEdit": {"failureHandling": "hope"}}},
    });
    let response = client.call(0, "initialize", params).await;
    assert_eq!(response["result"], json!({"capabilities": {}}));
    client.send(json!({"jsonrpc": "2.0", "method": "initialized"})).await;
    let seen = client.seen().await;
    assert_eq!(seen[0]["rootUri"], "file:///a%20b");
    assert_eq!(seen[1], "initialized");
}

/// The log of the current thread.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("no writer panics in it").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn a_notification_that_does_not_parse_is_logged() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber =
        tracing_subscriber::fmt().with_ansi(false).with_writer(move || writer.clone()).finish();
    let _guard = tracing::subscriber::set_default(subscriber);

    let mut client = TestClient::start().await;
    client.notify("textDocument/didOpen", open("no scheme")).await;
    client.assert_alive().await;

    let log = log.0.lock().expect("no writer panics in it").clone();
    let log = String::from_utf8(log).expect("the log is text");
    let line = log.lines().find(|line| line.contains("WARN")).expect("a warning");
    assert!(
        line.contains("textDocument/didOpen") && line.contains("unexpected character"),
        "{line}"
    );
}
