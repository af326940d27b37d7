//! Many handlers at once, handlers that wait for the client, and handlers that panic.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn handlers_begin_in_the_order_of_the_input() {
    let mut client = TestClient::start().await;
    let expected: Vec<Value> = (0..3000).map(|n| json!([n])).collect();
    for params in &expected {
        client.notify("test/note", params.clone()).await;
    }
    assert_eq!(client.seen().await[1..], expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_handler_sends_is_written_before_its_response() {
    let mut client = TestClient::start().await;
    for n in 0..300 {
        client.request(n, "test/logThenAnswer", json!([n])).await;
    }
    let mut logged = Vec::new();
    let mut n_answered = 0;
    while n_answered < 300 {
        let message = client.receive().await;
        if message["method"] == "window/logMessage" {
            logged.push(message["params"]["message"].clone());
        } else {
            let own = json!(message["result"].to_string());
            assert!(logged.contains(&own), "{own} is answered before it is logged");
            n_answered += 1;
        }
    }
}

#[tokio::test]
async fn a_handler_gets_the_answer_of_the_client() {
    let mut client = TestClient::start().await;
    client.request(1, "test/ask", Value::Null).await;
    let question = client.receive().await;
    client.answer(&question, json!(["yes"])).await;
    assert_eq!(client.receive().await["result"], json!(["yes"]));
}

#[tokio::test]
async fn handlers_that_wait_for_the_client_hold_up_nothing() {
    let mut client = TestClient::start().await;
    for id in 1..=20 {
        client.request(id, "test/ask", Value::Null).await;
    }
    for n in 0..500 {
        client.notify("test/note", json!([n])).await;
    }
    let mut questions = Vec::new();
    while questions.len() < 20 {
        questions.push(client.receive().await);
    }
    assert_eq!(client.seen().await.len(), 501);
    for question in &questions {
        client.answer(question, json!([])).await;
    }
    for _ in &questions {
        assert_eq!(client.receive().await["result"], json!([]));
    }
}

#[tokio::test]
async fn a_late_or_unknown_answer_is_harmless() {
    let mut client = TestClient::start().await;
    client.request(1, "test/askInVain", Value::Null).await;
    let question = client.receive().await;
    assert_eq!(client.receive().await["result"], json!(false));
    client.answer(&question, json!([])).await;
    client.answer(&question, json!([])).await;
    client.send(json!({"jsonrpc": "2.0", "id": null, "error": {"code": 1, "message": ""}})).await;
    client.send(json!({"jsonrpc": "2.0", "id": "unknown", "result": null})).await;
    let refusal = client.receive().await;
    assert_eq!(refusal["error"]["code"], -32600, "a null id is of no request");
    client.assert_alive().await;
}

#[tokio::test]
async fn a_panic_costs_one_request() {
    let mut client = TestClient::start().await;
    for (id, method, params, message) in [
        (1, "test/panicAtOnce", Value::Null, "test/panicAtOnce panicked: at once"),
        (2, "test/panicLater", json!([7]), "test/panicLater panicked: later, with [7]"),
    ] {
        let response = client.call(id, method, params).await;
        assert_eq!(response["error"], json!({"code": -32603, "message": message}));
        client.assert_alive().await;
    }
    client.notify("test/panicInSilence", json!([])).await;
    client.assert_alive().await;
}

#[tokio::test]
async fn a_request_is_cancelled_at_once_however_many_are_running() {
    let mut client = TestClient::start().await;
    for id in 1..=100 {
        client.request(id, "test/hang", Value::Null).await;
    }
    for id in [100, 1, 50] {
        client.notify("$/cancelRequest", json!({"id": id})).await;
        let response = client.receive().await;
        assert_eq!((&response["id"], &response["error"]["code"]), (&json!(id), &json!(-32800)));
    }
}

#[tokio::test]
async fn requests_with_bad_params_or_methods_are_answered() {
    let mut client = TestClient::start().await;
    let response = client.call(1, "textDocument/hover", json!({})).await;
    assert_eq!(response["error"]["code"], -32602);
    for method in ["test/none", "$/none"] {
        client.notify(method, json!({})).await;
        let response = client.call(2, method, json!({})).await;
        assert_eq!(response["error"]["code"], -32601, "{method}");
    }
}
