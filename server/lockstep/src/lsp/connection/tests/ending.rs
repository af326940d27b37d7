//! Clients that leave, in every way there is.

use super::*;

/// Has a request and a notification wait for the client, which never answers.
async fn leave_questions_open(client: &mut TestClient) {
    client.request(1, "test/ask", Value::Null).await;
    client.notify("test/askAndNote", Value::Null).await;
    client.request(2, "test/hang", Value::Null).await;
    for _ in 0..2 {
        assert_eq!(client.receive().await["method"], "workspace/configuration");
    }
}

async fn close(stream: &mut DuplexStream) {
    stream.shutdown().await.expect("a pipe does not fail");
}

#[tokio::test]
async fn closing_the_input_ends_the_session_although_handlers_wait() {
    let mut client = TestClient::start().await;
    leave_questions_open(&mut client).await;
    close(&mut client.input).await;
    assert!(matches!(client.end().await, ConnectionEnd::InputClosed));
}

#[tokio::test]
async fn input_that_ends_in_a_message_ends_the_session() {
    let mut client = TestClient::start().await;
    client.send_bytes(b"Content-Length: 100\r\n\r\n{").await;
    close(&mut client.input).await;
    assert!(matches!(client.end().await, ConnectionEnd::InputClosed));
}

#[tokio::test]
async fn exit_ends_the_session_although_the_input_stays_open_and_handlers_wait() {
    let mut client = TestClient::start().await;
    leave_questions_open(&mut client).await;
    client.notify("exit", Value::Null).await;
    assert!(matches!(client.end().await, ConnectionEnd::Exit { after_shutdown: false }));
}

#[tokio::test]
async fn exit_is_heard_before_initialize() {
    let mut client = TestClient::connect(ConnectionOptions::default(), 1024);
    client.send(json!({"jsonrpc": "2.0", "method": "exit"})).await;
    assert!(matches!(client.end().await, ConnectionEnd::Exit { after_shutdown: false }));
}

#[tokio::test]
async fn shutdown_is_answered_although_exit_follows_at_once() {
    let mut client = TestClient::start().await;
    client
        .send(json!([
            {"jsonrpc": "2.0", "id": 1, "method": "shutdown", "params": {}},
            {"jsonrpc": "2.0", "method": "exit"},
        ]))
        .await;
    assert_eq!(client.receive().await, json!({"jsonrpc": "2.0", "id": 1, "result": null}));
    assert!(matches!(client.end().await, ConnectionEnd::Exit { after_shutdown: true }));
}

#[tokio::test]
async fn a_closed_output_ends_the_session_although_the_input_stays_open() {
    let client = TestClient::start().await;
    let TestClient { mut input, output, serving, session } = client;
    drop(output);
    let mut bytes = Vec::new();
    let echo = json!({"jsonrpc": "2.0", "id": 1, "method": "test/echo", "params": []});
    framing::encode(&echo, &mut bytes).expect("JSON serialises");
    input.write_all(&bytes).await.expect("the server reads");

    let end = in_time("the connection", serving).await.expect("serve does not panic");
    assert!(matches!(end, ConnectionEnd::OutputFailed(_)), "{end:?}");
    in_time("the session", session).await.expect_err("it is dropped, not sent");
}

#[tokio::test]
async fn a_client_that_does_not_read_cannot_delay_the_end() {
    let options = ConnectionOptions {
        end_timeout: Duration::from_millis(10),
        ..ConnectionOptions::default()
    };
    let mut client = TestClient::connect(options, 256);
    client.initialize().await;
    for id in 1..=1000 {
        client.request(id, "test/echo", json!(["x".repeat(1000)])).await;
    }
    client.notify("exit", Value::Null).await;
    assert!(matches!(client.end().await, ConnectionEnd::Exit { .. }));
}

#[tokio::test]
async fn dropping_the_connection_drops_the_session() {
    let mut client = TestClient::start().await;
    leave_questions_open(&mut client).await;
    client.serving.abort();
    in_time("the session", client.session).await.expect_err("it is dropped, not sent");
}

#[tokio::test]
async fn a_client_that_asks_and_does_not_read_is_dropped_at_the_limit() {
    let restraint = Restraint { age: Duration::from_secs(3600), bytes: 100_000 };
    let options = ConnectionOptions {
        restraint: Some(restraint),
        end_timeout: Duration::ZERO,
        ..Default::default()
    };
    let mut client = TestClient::connect(options, 256);
    client.initialize().await;
    let params = ["x".repeat(1000)];
    let echo = |id| json!({"jsonrpc": "2.0", "id": id, "method": "test/echo", "params": params});
    client.send((1..=200).map(echo).collect()).await;
    assert!(matches!(client.end().await, ConnectionEnd::Unread(_)));
}

#[tokio::test]
async fn a_client_that_takes_nothing_is_dropped_after_a_time() {
    let restraint = Restraint { age: Duration::from_millis(1), bytes: usize::MAX };
    let options = ConnectionOptions { restraint: Some(restraint), ..Default::default() };
    let mut client = TestClient::connect(options, 256);
    client.initialize().await;
    client.request(1, "test/echo", json!(["x".repeat(1000)])).await;
    assert!(matches!(client.end().await, ConnectionEnd::Unread(_)));
}

#[tokio::test]
async fn a_farewell_comes_after_the_answers_of_handlers_that_run() {
    let (bid, farewell) = oneshot::channel();
    let options = ConnectionOptions { farewell: Some(farewell), ..Default::default() };
    let mut client = TestClient::start_with(options).await;
    client.request(1, "test/linger", json!("at work")).await;
    client.assert_alive().await;
    bid.send(Request::build("farewell").finish()).expect("it is waited for");
    assert_eq!(client.receive().await["result"], "at work");
    assert_eq!(client.receive().await["method"], "farewell");
    assert!(matches!(client.end().await, ConnectionEnd::Farewell));
}

#[tokio::test]
async fn a_farewell_does_not_wait_for_handlers_that_wait_for_the_client() {
    let (bid, farewell) = oneshot::channel();
    let options = ConnectionOptions {
        farewell: Some(farewell),
        end_timeout: Duration::from_millis(10),
        ..Default::default()
    };
    let mut client = TestClient::start_with(options).await;
    leave_questions_open(&mut client).await;
    bid.send(Request::build("farewell").finish()).expect("it is waited for");
    assert_eq!(client.receive().await["method"], "farewell");
    assert!(matches!(client.end().await, ConnectionEnd::Farewell));
}

#[tokio::test]
async fn the_time_of_requests_is_counted_and_that_of_notifications_is_not() {
    let metrics = Arc::new(Metrics::default());
    let options = ConnectionOptions { metrics: Some(metrics.clone()), ..Default::default() };
    let mut client = TestClient::start_with(options).await;
    client.call(1, "test/echo", json!([])).await;
    client.notify("test/note", json!("seen")).await;
    client.call(2, "test/echo", json!([])).await;
    let counted: Vec<_> =
        metrics.latencies().iter().map(|it| (it.method.clone(), it.count)).collect();
    assert_eq!(counted, [("initialize".to_owned(), 1), ("test/echo".to_owned(), 2)]);
}
