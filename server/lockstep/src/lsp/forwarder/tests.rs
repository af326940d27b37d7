//! Editors and servers of the test's own, on both sides of a forwarder.

use std::collections::VecDeque;
use std::sync::Mutex;

use lockstep_fixture::{Fixture, Sandbox};
use serde_json::{Value, json};
use tokio::io::{AsyncWriteExt, DuplexStream};
use tokio::task::JoinHandle;

use super::*;
use crate::lsp::connection::framing::{FrameReader, encode};
use crate::lsp::uri;

/// Far longer than any step takes; a test that reaches it has found a hang.
const DEADLINE: Duration = Duration::from_secs(20);

/// One end of a connection: messages in, messages out.
struct Peer {
    input: FrameReader<DuplexStream>,
    output: DuplexStream,
}

impl Peer {
    /// Two ends of one connection, the second as bare streams.
    fn pair() -> (Peer, DuplexStream, DuplexStream) {
        let (input, other_output) = tokio::io::duplex(1 << 20);
        let (other_input, output) = tokio::io::duplex(1 << 20);
        (Peer { input: FrameReader::new(input, usize::MAX), output }, other_input, other_output)
    }

    async fn say(&mut self, message: Value) {
        let mut bytes = Vec::new();
        encode(&message, &mut bytes).expect("JSON");
        self.output.write_all(&bytes).await.expect("it is read");
    }

    /// The next message; null at the end.
    async fn hear(&mut self) -> Value {
        let next = tokio::time::timeout(DEADLINE, self.input.next()).await;
        match next.expect("a message").expect("pipes do not fail") {
            Some(Frame::Body(body)) => serde_json::from_slice(body).expect("JSON"),
            Some(Frame::Fault(fault)) => panic!("{fault}"),
            None => Value::Null,
        }
    }

    async fn hear_method(&mut self, method: &str) -> Value {
        let message = self.hear().await;
        assert_eq!(message["method"], method, "{message}");
        message
    }

    /// Takes an `initialize`, as a server does.
    async fn take_up(&mut self) -> Value {
        let initialize = self.hear_method("initialize").await;
        let result = json!({"capabilities": {"positionEncoding": "utf-16"}});
        self.say(json!({"jsonrpc": "2.0", "id": initialize["id"], "result": result})).await;
        initialize
    }
}

/// Servers that can be reached, in turn.
#[derive(Default)]
struct Servers(Mutex<VecDeque<Result<Upstream, Unavailable>>>, Notify);

impl Reach for &'static Servers {
    async fn reach(&self, _: &Hello) -> Result<Upstream, Unavailable> {
        let next = self.0.lock().expect("no panic").pop_front();
        next.expect("no more servers are looked for")
    }

    async fn reach_patiently(&self, hello: &Hello) -> Result<Upstream, Unavailable> {
        self.1.notified().await;
        self.reach(hello).await
    }
}

impl Servers {
    fn add(&self) -> Peer {
        let (server, input, output) = Peer::pair();
        self.0.lock().expect("no panic").push_back(Ok(Upstream::over(input, output)));
        server
    }
}

/// An editor before a forwarder that finds these servers.
fn front(servers: &'static Servers) -> (Peer, JoinHandle<bool>) {
    let (editor, input, output) = Peer::pair();
    let local = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime.expect("a runtime").block_on(forward(input, output, &servers))
    });
    let leave = tokio::task::spawn_blocking(move || local.join().expect("no panic"));
    (editor, leave)
}

/// How the editor left.
async fn left(leave: JoinHandle<bool>) -> bool {
    tokio::time::timeout(DEADLINE, leave).await.expect("it leaves").expect("no panic")
}

fn servers() -> &'static Servers {
    Box::leak(Box::default())
}

/// An editor and its server after the handshake.
async fn session(servers: &'static Servers) -> (Peer, Peer, JoinHandle<bool>) {
    let mut server = servers.add();
    let (mut editor, leave) = front(servers);
    let initialize = json!({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {"p": 1}});
    editor.say(initialize.clone()).await;
    assert_eq!(server.take_up().await, initialize);
    assert_eq!(editor.hear().await["id"], 1);
    editor.say(json!({"jsonrpc": "2.0", "method": "initialized", "params": {}})).await;
    server.hear_method("lockstep/latest").await;
    server.hear_method("initialized").await;
    (editor, server, leave)
}

fn note(n: i64) -> Value {
    json!({"jsonrpc": "2.0", "method": "n", "params": n})
}

#[tokio::test]
async fn messages_pass_as_they_are_and_in_order() {
    let (mut editor, mut server, leave) = session(servers()).await;
    for n in 0..1000 {
        editor.say(note(n)).await;
        server.say(note(-n)).await;
    }
    for n in 0..1000 {
        assert_eq!(server.hear().await, note(n));
        assert_eq!(editor.hear().await, note(-n));
    }
    editor.say(json!({"jsonrpc": "2.0", "id": 2, "method": "shutdown"})).await;
    let shutdown = server.hear_method("shutdown").await;
    server.say(json!({"jsonrpc": "2.0", "id": shutdown["id"], "result": null})).await;
    assert_eq!(editor.hear().await["id"], 2);
    editor.say(json!({"jsonrpc": "2.0", "method": "exit"})).await;
    server.hear_method("exit").await;
    drop(server);
    assert!(left(leave).await);
}

#[tokio::test]
async fn an_editor_that_leaves_while_its_server_ends_is_answered() {
    let (mut editor, mut server, leave) = session(servers()).await;
    editor.say(json!({"jsonrpc": "2.0", "id": 7, "method": "hover"})).await;
    editor.say(json!({"jsonrpc": "2.0", "id": 8, "method": "shutdown"})).await;
    server.hear_method("hover").await;
    server.hear_method("shutdown").await;
    drop(server);
    assert_eq!(editor.hear().await["error"]["code"], -32801);
    assert_eq!(editor.hear().await, json!({"jsonrpc": "2.0", "id": 8, "result": null}));
    editor.say(json!({"jsonrpc": "2.0", "id": 9, "method": "shutdown"})).await;
    assert_eq!(editor.hear().await, json!({"jsonrpc": "2.0", "id": 9, "result": null}));
    editor.say(json!({"jsonrpc": "2.0", "method": "exit"})).await;
    assert!(left(leave).await);
}

#[tokio::test]
async fn a_server_that_does_not_fit_is_followed_by_another() {
    let servers = servers();
    let (mut editor, old, _leave) = session(servers).await;
    let (mut second, mut third) = (servers.add(), servers.add());
    drop(old);
    let initialize = second.hear_method("initialize").await;
    let refusal = json!({"code": -32603, "message": "no"});
    second.say(json!({"jsonrpc": "2.0", "id": initialize["id"], "error": refusal})).await;
    third.take_up().await;
    third.hear_method("lockstep/latest").await;
    third.hear_method("initialized").await;
    editor.say(note(1)).await;
    assert_eq!(third.hear().await, note(1));
}

#[tokio::test]
async fn a_server_that_takes_over_is_told_before_it_is_asked() {
    let servers = servers();
    let (mut editor, mut old, _leave) = session(servers).await;
    editor.say(json!({"jsonrpc": "2.0", "id": 7, "method": "hover"})).await;
    old.hear_method("hover").await;
    let mut new = servers.add();
    drop(old);
    // What is sent meanwhile waits for the end of the replay.
    editor.say(json!({"jsonrpc": "2.0", "id": 8, "method": "hover"})).await;
    assert_eq!(new.take_up().await["params"], json!({"p": 1}));
    new.hear_method("lockstep/latest").await;
    new.hear_method("initialized").await;
    assert_eq!(new.hear_method("hover").await["id"], 7);
    assert_eq!(new.hear_method("hover").await["id"], 8);
    assert_eq!(editor.hear_method("window/logMessage").await["params"]["type"], 3);
    new.say(json!({"jsonrpc": "2.0", "id": 8, "result": "here"})).await;
    assert_eq!(editor.hear().await["result"], "here");
}

#[tokio::test]
async fn findings_of_a_server_that_is_gone_are_cleared_once_the_next_has_told_all() {
    let servers = servers();
    let (mut editor, mut old, _leave) = session(servers).await;
    let publish = |uri: &str, findings: Value| {
        let params = json!({"uri": uri, "diagnostics": findings});
        json!({"jsonrpc": "2.0", "method": "textDocument/publishDiagnostics", "params": params})
    };
    for uri in ["a", "b"] {
        old.say(publish(uri, json!([1]))).await;
        editor.hear().await;
    }
    let mut new = servers.add();
    drop(old);
    new.take_up().await;
    new.hear_method("lockstep/latest").await;
    new.hear_method("initialized").await;
    let asked = new.hear_method("lockstep/told").await;
    editor.hear_method("window/logMessage").await;
    new.say(publish("b", json!([2]))).await;
    new.say(note(1)).await;
    new.say(json!({"jsonrpc": "2.0", "id": asked["id"], "result": null})).await;
    assert_eq!(editor.hear().await, publish("b", json!([2])));
    assert_eq!(editor.hear().await, note(1), "nothing is cleared before");
    assert_eq!(editor.hear().await, publish("a", json!([])));
}

#[tokio::test]
async fn a_server_that_dies_while_it_is_told_is_followed_by_another() {
    let servers = servers();
    let (mut editor, old, _leave) = session(servers).await;
    let (mut second, mut third) = (servers.add(), servers.add());
    drop(old);
    second.hear_method("initialize").await;
    drop(second);
    third.take_up().await;
    third.hear_method("lockstep/latest").await;
    third.hear_method("initialized").await;
    editor.say(note(1)).await;
    assert_eq!(third.hear().await, note(1));
}

#[tokio::test]
async fn where_no_server_is_to_be_had_this_process_serves_and_says_why_once() {
    let servers = servers();
    let (mut editor, old, _leave) = session(servers).await;
    let why = Unavailable::new("no room");
    servers.0.lock().expect("no panic").push_back(Err(why));
    drop(old);
    let shown = editor.hear_method("window/showMessage").await;
    assert!(shown["params"]["message"].as_str().is_some_and(|it| it.ends_with("no room")));
    let ask = json!({"jsonrpc": "2.0", "id": 2, "method": "lockstep/tasks", "params": {}});
    editor.say(ask).await;
    let answer = editor.hear().await;
    assert_eq!((&answer["id"], &answer["result"]["tasks"]), (&json!(2), &json!([])), "{answer}");
}

fn request(id: i64, method: &str, params: Value) -> Value {
    json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params})
}

/// A request to set the status of task 7.
fn set(id: i64, status: &str, commit: &str) -> Value {
    let argument = json!({"task": 7, "status": status, "commit": commit});
    let params = json!({"command": "lockstep.setStatus", "arguments": [argument]});
    request(id, "workspace/executeCommand", params)
}

/// The next message that is one of these: the answer of a request, or a request under a method.
async fn hear_one(editor: &mut Peer, is_it: impl Fn(&Value) -> bool) -> Value {
    loop {
        let message = editor.hear().await;
        assert_ne!(message, Value::Null, "it has ended");
        if is_it(&message) {
            return message;
        }
    }
}

async fn answer(editor: &mut Peer, id: i64) -> Value {
    hear_one(editor, |message| message["id"] == id && message["method"].is_null()).await
}

/// An editor with a task 7 that is served alone until another server is there.
async fn alone(servers: &'static Servers) -> (Sandbox, Peer, JoinHandle<bool>) {
    let files = "//- /specs/TODO.md\n  ### 7. Add login\n  - **Status**: [PLANNED]\n\
                 //- /specs/state.json\n  { \"active_projects\": [] }\n";
    let sandbox = Sandbox::new(&Fixture::new(files));
    let silent = Unavailable::Silent(DEADLINE);
    servers.0.lock().expect("no panic").push_back(Err(silent));
    let (mut editor, leave) = front(servers);
    let folders = json!([{"uri": uri::to_uri(sandbox.path()), "name": "root"}]);
    let params = json!({
        "capabilities": {"workspace": {"applyEdit": true}},
        "initializationOptions": {"arrivalSeconds": 0},
        "workspaceFolders": folders,
    });
    editor.say(request(1, "initialize", params)).await;
    answer(&mut editor, 1).await;
    editor.say(json!({"jsonrpc": "2.0", "method": "initialized", "params": {}})).await;
    (sandbox, editor, leave)
}

#[tokio::test]
async fn a_command_under_way_is_carried_to_its_end_before_a_better_server_takes_over() {
    let servers = servers();
    let (sandbox, mut editor, leave) = alone(servers).await;
    editor.say(set(2, "implementing", "disk")).await;
    assert!(answer(&mut editor, 2).await["result"]["transaction"].is_string());

    let lock = std::fs::File::open(sandbox.join(".lockstep/lock")).expect("a lock");
    lock.lock().expect("it is free");
    editor.say(set(3, "partial", "disk")).await;
    editor.say(request(4, "lockstep/tasks", json!({}))).await;
    answer(&mut editor, 4).await;
    let mut better = servers.add();
    servers.1.notify_one();
    editor.say(request(5, "lockstep/tasks", json!({}))).await;
    answer(&mut editor, 5).await;
    drop(lock);
    let set = answer(&mut editor, 3).await;
    assert!(set["result"]["transaction"].is_string(), "{set}");
    better.take_up().await;
    drop(editor);
    left(leave).await;
}

#[tokio::test]
async fn an_edit_that_was_promised_is_asked_for_before_a_better_server_takes_over() {
    let servers = servers();
    let (_sandbox, mut editor, leave) = alone(servers).await;
    let applied =
        |asked: &Value| json!({"jsonrpc": "2.0", "id": asked["id"], "result": {"applied": false}});
    let is_asked = |message: &Value| message["method"] == "workspace/applyEdit";
    editor.say(set(2, "implementing", "edit")).await;
    let first = hear_one(&mut editor, is_asked).await;
    // It waits until the editor has said what became of the first.
    editor.say(set(3, "implementing", "edit")).await;
    assert!(answer(&mut editor, 3).await["result"]["transaction"].is_string());
    let mut better = servers.add();
    servers.1.notify_one();
    editor.say(request(4, "lockstep/tasks", json!({}))).await;
    answer(&mut editor, 4).await;
    editor.say(applied(&first)).await;
    let second = hear_one(&mut editor, is_asked).await;
    editor.say(applied(&second)).await;
    better.take_up().await;
    drop(editor);
    left(leave).await;
}

#[tokio::test]
async fn a_server_that_was_stopped_is_not_looked_for_again() {
    let (mut editor, mut old, _leave) = session(servers()).await;
    let retiring = json!({"replaced": false});
    old.say(json!({"jsonrpc": "2.0", "method": "lockstep/retiring", "params": retiring})).await;
    drop(old);
    editor.hear_method("window/showMessage").await;
}

#[tokio::test]
async fn servers_that_are_replaced_again_and_again_are_not_given_up() {
    let servers = servers();
    let (mut editor, first, _leave) = session(servers).await;
    let others: Vec<Peer> = (0..=LOSSES).map(|_| servers.add()).collect();
    let mut last = first;
    for mut other in others {
        let retiring = json!({"replaced": true});
        last.say(json!({"jsonrpc": "2.0", "method": "lockstep/retiring", "params": retiring}))
            .await;
        drop(last);
        other.take_up().await;
        other.hear_method("lockstep/latest").await;
        other.hear_method("initialized").await;
        last = other;
    }
    editor.say(note(1)).await;
    assert_eq!(last.hear().await, note(1));
}

#[tokio::test]
async fn servers_that_end_again_and_again_are_given_up() {
    let servers = servers();
    let (mut editor, first, _leave) = session(servers).await;
    let others: Vec<Peer> = (1..LOSSES).map(|_| servers.add()).collect();
    drop(first);
    for mut other in others {
        other.take_up().await;
        other.hear_method("lockstep/latest").await;
        editor.hear_method("window/logMessage").await;
    }
    let shown = editor.hear_method("window/showMessage").await;
    assert!(shown["params"]["message"].as_str().is_some_and(|it| it.contains("5 times")));
}

#[tokio::test]
async fn an_editor_that_leaves_is_not_kept_by_a_server_that_does_not_read() {
    let (mut editor, server, leave) = session(servers()).await;
    // More than fits on the way to the server, in hundreds of messages.
    let long = json!({"jsonrpc": "2.0", "method": "n", "params": "x".repeat(1 << 13)});
    for _ in 0..600 {
        let saying = editor.say(long.clone());
        tokio::time::timeout(DEADLINE, saying).await.expect("it is read");
    }
    drop(editor);
    assert!(!left(leave).await);
    drop(server);
}

#[tokio::test]
async fn bytes_that_are_no_message_are_refused_here_and_cost_nothing_else() {
    let (mut editor, mut server, _leave) = session(servers()).await;
    editor.output.write_all(b"Content-Length: x\r\n\r\n").await.expect("it is read");
    assert_eq!(editor.hear().await["error"]["code"], -32700);
    editor.say(note(1)).await;
    assert_eq!(server.hear().await, note(1));
}
