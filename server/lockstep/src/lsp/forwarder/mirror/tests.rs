//! What is kept, what is told again, and what is answered.

use serde_json::{Value, json};

use super::*;

fn bytes(message: Value) -> Vec<u8> {
    message.to_string().into_bytes()
}

fn values(bodies: Vec<Vec<u8>>) -> Vec<Value> {
    bodies.iter().map(|body| serde_json::from_slice(body).expect("JSON")).collect()
}

fn request(id: Value, method: &str) -> Vec<u8> {
    bytes(json!({"jsonrpc": "2.0", "id": id, "method": method, "params": {"a": [1]}}))
}

fn notification(method: &str, params: Value) -> Vec<u8> {
    bytes(json!({"jsonrpc": "2.0", "method": method, "params": params}))
}

fn response(id: Value, result: Value) -> Vec<u8> {
    bytes(json!({"jsonrpc": "2.0", "id": id, "result": result}))
}

/// An editor whose server has answered `initialize` with this encoding.
fn initialized(encoding: &str) -> Mirror {
    let mut mirror = Mirror::default();
    assert_eq!(mirror.editor_says(&request(json!(0), "initialize")), ToServer::Pass);
    let capabilities = json!({"capabilities": {"positionEncoding": encoding}});
    assert_eq!(mirror.server_says(&response(json!(0), capabilities)), ToEditor::Pass);
    mirror.editor_says(&notification("initialized", json!({})));
    mirror
}

fn document(version: i32) -> Value {
    json!({"uri": "file:///a[x] é.md", "languageId": "markdown", "version": version})
}

fn opened(mirror: &mut Mirror, text: &str) {
    let mut document = document(1);
    document["text"] = json!(text);
    mirror.editor_says(&notification("textDocument/didOpen", json!({"textDocument": document})));
}

/// Puts a text between two columns of the first line.
fn edited(mirror: &mut Mirror, version: i32, start: u32, end: u32, text: &str) {
    let place = |column| json!({"line": 0, "character": column});
    let change = json!({"range": {"start": place(start), "end": place(end)}, "text": text});
    let params = json!({"textDocument": document(version), "contentChanges": [change]});
    mirror.editor_says(&notification("textDocument/didChange", params));
}

#[test]
fn a_new_server_is_told_the_text_as_it_is_now() {
    for (encoding, column) in [("utf-16", 3), ("utf-8", 5), ("utf-32", 2)] {
        let mut mirror = initialized(encoding);
        opened(&mut mirror, "🟢 abc\r\nrest");
        edited(&mut mirror, 4, column, column + 1, "A");
        edited(&mut mirror, 9, column, column, "-");
        // Nothing was read where there is no file.
        let told = values(mirror.replay_rest());
        let methods: Vec<_> = told.iter().map(|it| it["method"].clone()).collect();
        assert_eq!(methods, ["textDocument/didOpen", "lockstep/latest", "initialized"]);
        let saved = json!({"textDocument": {"uri": document(9)["uri"]}});
        mirror.editor_says(&notification("textDocument/didSave", saved));
        let read = &values(mirror.replay_rest())[1];
        assert_eq!(read["method"], "lockstep/wasRead");
        assert_eq!(read["params"]["text"], "🟢 -Abc\r\nrest");
        let mut expected = document(9);
        expected["text"] = json!("🟢 -Abc\r\nrest");
        assert_eq!(told[0]["params"]["textDocument"], expected, "{encoding}");
    }
}

#[test]
fn what_an_editor_has_kept_unsaved_it_has_not_read() {
    let dir = tempfile::tempdir().expect("a folder");
    let file = dir.path().join("TODO.md");
    std::fs::write(&file, "on disk").expect("a file");
    let mut mirror = initialized("utf-16");
    let uri = crate::lsp::uri::to_uri(&file);
    for text in ["on disk", "kept"] {
        let document = json!({"uri": uri, "languageId": "x", "version": 1, "text": text});
        let open = json!({"textDocument": document});
        mirror.editor_says(&notification("textDocument/didOpen", open));
        let told = values(mirror.replay_rest());
        assert_eq!(told[0]["params"]["textDocument"]["text"], text);
        assert_eq!(told[1]["params"], json!({"uri": uri, "text": "on disk"}));
    }
}

#[test]
fn a_new_server_is_told_the_folders_and_the_last_configuration_but_no_closed_document() {
    let mut mirror = initialized("utf-16");
    opened(&mut mirror, "text");
    let close = json!({"textDocument": {"uri": document(1)["uri"]}});
    mirror.editor_says(&notification("textDocument/didClose", close));
    for n in 1..3 {
        let settings = json!({"settings": {"lockstep": {"n": n}}});
        mirror.editor_says(&notification("workspace/didChangeConfiguration", settings));
        // The server takes no notice of these.
        for settings in [json!({"settings": null}), json!({"settings": {"other": {"n": n}}})] {
            mirror.editor_says(&notification("workspace/didChangeConfiguration", settings));
        }
        let folders = json!({"event": {"added": [n], "removed": []}});
        mirror.editor_says(&notification("workspace/didChangeWorkspaceFolders", folders));
    }
    let told: Vec<String> = values(mirror.replay_rest())
        .iter()
        .map(|it| format!("{} {}", it["method"].as_str().unwrap_or_default(), it["params"]))
        .collect();
    assert_eq!(
        told,
        [
            r#"workspace/didChangeConfiguration {"settings":{"lockstep":{"n":2}}}"#,
            r#"workspace/didChangeWorkspaceFolders {"event":{"added":[1],"removed":[]}}"#,
            r#"workspace/didChangeWorkspaceFolders {"event":{"added":[2],"removed":[]}}"#,
            r#"lockstep/latest {"workspaces":{}}"#,
            "initialized {}",
        ]
    );
}

#[test]
fn documents_are_opened_again_among_the_folders_as_they_were() {
    let mut mirror = initialized("utf-16");
    let add = |mirror: &mut Mirror, n: u32| {
        let folders = json!({"event": {"added": [n], "removed": []}});
        mirror.editor_says(&notification("workspace/didChangeWorkspaceFolders", folders));
    };
    let open = |mirror: &mut Mirror, uri: &str| {
        let document = json!({"uri": uri, "languageId": "x", "version": 1, "text": ""});
        let open = json!({"textDocument": document});
        mirror.editor_says(&notification("textDocument/didOpen", open));
    };
    open(&mut mirror, "file:///z");
    add(&mut mirror, 1);
    open(&mut mirror, "file:///a");
    add(&mut mirror, 2);
    open(&mut mirror, "file:///m");
    open(&mut mirror, "file:///b");
    let told = values(mirror.replay_rest());
    let told = told.iter().filter_map(|it| {
        let params = &it["params"];
        let uri = params["textDocument"]["uri"].as_str().map(str::to_owned);
        uri.or_else(|| Some(params["event"]["added"][0].as_u64()?.to_string()))
    });
    let expected = ["file:///z", "1", "file:///a", "2", "file:///m", "file:///b"];
    assert_eq!(told.collect::<Vec<_>>(), expected);
}

#[test]
fn each_question_whether_a_server_is_there_has_an_id_of_its_own() {
    let mut mirror = initialized("utf-16");
    let asked = values(vec![mirror.ping(), mirror.ping()]);
    assert_ne!(asked[0]["id"], asked[1]["id"]);
    for asked in asked {
        assert_eq!(mirror.server_says(&response(asked["id"].clone(), Value::Null)), ToEditor::Drop);
    }
}

#[test]
fn what_only_reads_is_asked_again_of_the_next_server_once() {
    let mut mirror = initialized("utf-16");
    opened(&mut mirror, "text");
    let hover = request(json!("a"), "textDocument/hover");
    mirror.editor_says(&hover);
    assert!(mirror.lose().is_empty());
    assert_eq!(mirror.replay_rest().last(), Some(&hover), "after the documents");
    assert!(!mirror.replay_rest().contains(&hover));
    let told = values(mirror.lose());
    assert_eq!(told.len(), 1, "{told:#?}");
    assert_eq!(
        (&told[0]["id"], &told[0]["error"]["code"]),
        (&json!("a"), &json!(CONTENT_MODIFIED))
    );
    assert!(!mirror.replay_rest().contains(&hover));
}

#[test]
fn what_was_meant_for_another_text_or_for_nobody_is_not_asked_again() {
    let change = |mirror: &mut Mirror| edited(mirror, 2, 0, 1, "T");
    let cancel = |mirror: &mut Mirror| {
        mirror.editor_says(&notification("$/cancelRequest", json!({"id": 1})));
    };
    let ask_more = |mirror: &mut Mirror| {
        for id in 0..ASKED_AGAIN {
            mirror.editor_says(&request(json!(100 + id), "textDocument/hover"));
        }
    };
    let ends: [&dyn Fn(&mut Mirror); 3] = [&change, &cancel, &ask_more];
    for (n, end) in ends.into_iter().enumerate() {
        let mut mirror = initialized("utf-16");
        opened(&mut mirror, "text");
        mirror.editor_says(&request(json!(1), "textDocument/hover"));
        end(&mut mirror);
        let told = values(mirror.lose());
        assert!(told.iter().any(|it| it["id"] == 1), "{n}: {told:#?}");
        let again = values(mirror.replay_rest());
        assert!(again.iter().all(|it| it["id"].is_null()), "{n}: {again:#?}");
    }
}

#[test]
fn whatever_waits_for_a_lost_server_in_vain_is_answered() {
    let mut mirror = initialized("utf-16");
    mirror.editor_says(&request(json!(1), "textDocument/hover"));
    mirror.editor_says(&notification("$/cancelRequest", json!({"id": 1})));
    mirror.editor_says(&request(json!("b"), "workspace/executeCommand"));
    mirror.editor_says(&request(json!(3), "lockstep/tasks"));
    mirror.server_says(&response(json!(3), json!([])));
    mirror.editor_says(&request(json!(4), "shutdown"));
    let mut told = values(mirror.lose());
    told.sort_by_key(|it| it["id"].to_string());
    let said: Vec<_> = told.iter().map(|it| (&it["id"], &it["error"]["code"])).collect();
    assert_eq!(
        said,
        [
            (&json!("b"), &json!(REQUEST_FAILED)),
            (&json!(1), &json!(CONTENT_MODIFIED)),
            (&json!(4), &Value::Null),
        ]
    );
    assert_eq!(told[2]["result"], Value::Null);
    assert!(mirror.lose().is_empty(), "nothing is answered twice");
}

#[test]
fn an_initialize_without_an_answer_is_answered_by_the_next_server() {
    let mut mirror = Mirror::default();
    mirror.editor_says(&request(json!("first"), "initialize"));
    assert!(mirror.lose().is_empty());
    let again = mirror.replay_initialize().expect("it was sent");
    let again: Value = serde_json::from_slice(&again).expect("JSON");
    let sent: Value = serde_json::from_slice(&request(json!("first"), "initialize")).expect("JSON");
    assert_eq!(again, sent);
    assert!(!mirror.awaits_replay());
    assert!(mirror.replay_rest().is_empty());
    assert_eq!(mirror.server_says(&response(json!("first"), json!({}))), ToEditor::Pass);
}

#[test]
fn the_answer_to_a_replayed_initialize_is_not_for_the_editor() {
    let mut mirror = initialized("utf-16");
    mirror.lose();
    let again: Value =
        serde_json::from_slice(&mirror.replay_initialize().expect("it was sent")).expect("JSON");
    assert_eq!(again["params"], json!({"a": [1]}));
    assert!(mirror.awaits_replay());
    let answer = |encoding: &str| {
        response(again["id"].clone(), json!({"capabilities": {"positionEncoding": encoding}}))
    };
    assert_eq!(mirror.server_says(&answer("utf-16")), ToEditor::Replayed);
    // A server that counts otherwise cannot serve this editor.
    assert_eq!(mirror.server_says(&answer("utf-8")), ToEditor::Unfit);
}

#[test]
fn requests_of_two_servers_have_different_ids_and_answers_find_their_server() {
    let mut mirror = initialized("utf-16");
    let asked = |mirror: &mut Mirror, id: Value| match mirror.server_says(&request(id, "ask")) {
        ToEditor::Replace(body) => {
            let body: Value = serde_json::from_slice(&body).expect("JSON");
            assert_eq!((&body["method"], &body["params"]), (&json!("ask"), &json!({"a": [1]})));
            body["id"].clone()
        }
        other => panic!("{other:?}"),
    };
    let old = asked(&mut mirror, json!(0));
    mirror.lose();
    let (a, b) = (asked(&mut mirror, json!(0)), asked(&mut mirror, json!("x")));
    assert!(old != a && a != b && old != b);
    assert_eq!(mirror.editor_says(&response(old, json!("late"))), ToServer::Drop);
    let answered = mirror.editor_says(&response(a.clone(), Value::Null));
    assert_eq!(answered, ToServer::Replace(envelope::empty_answer("0")));
    assert_eq!(mirror.editor_says(&response(a, json!("twice"))), ToServer::Drop);
    let refused = json!({"jsonrpc": "2.0", "id": b, "error": {"code": 1, "message": "é"}});
    let ToServer::Replace(body) = mirror.editor_says(&bytes(refused)) else { panic!("it goes on") };
    let body: Value = serde_json::from_slice(&body).expect("JSON");
    assert_eq!(body, json!({"jsonrpc": "2.0", "id": "x", "error": {"code": 1, "message": "é"}}));
}

#[test]
fn progress_that_has_not_ended_is_ended_and_other_progress_is_not() {
    let mut mirror = initialized("utf-16");
    for (token, kind) in [(json!("a"), "begin"), (json!(2), "begin"), (json!("a"), "end")] {
        let params = json!({"token": token, "value": {"kind": kind, "title": "x"}});
        assert_eq!(mirror.server_says(&notification("$/progress", params)), ToEditor::Pass);
    }
    let told = values(mirror.lose());
    assert_eq!(told.len(), 1);
    assert_eq!(told[0]["params"], json!({"token": 2, "value": {"kind": "end"}}));
}

#[test]
fn findings_are_cleared_that_a_new_server_does_not_tell_again() {
    let mut mirror = initialized("utf-16");
    let publish = |mirror: &mut Mirror, uri: &str, n: usize| {
        let params = json!({"uri": uri, "diagnostics": vec![json!({"message": "x"}); n]});
        mirror.server_says(&notification("textDocument/publishDiagnostics", params));
    };
    for uri in ["a", "b", "c", "d"] {
        publish(&mut mirror, uri, 2);
    }
    publish(&mut mirror, "d", 0);
    let asked = values(mirror.replay_rest());
    assert!(asked.iter().all(|it| it["method"] != TOLD), "there is nothing left over");
    mirror.lose();
    publish(&mut mirror, "a", 1);
    // The next one goes before it has told everything.
    mirror.lose();
    publish(&mut mirror, "b", 1);
    publish(&mut mirror, "c", 0);
    let asked = values(mirror.replay_rest());
    assert_eq!(asked.last().map(|it| &it["method"]), Some(&json!(TOLD)));
    let answered = mirror.server_says(&response(json!("lockstep/told"), Value::Null));
    let ToEditor::Several(told) = answered else { panic!("{answered:?}") };
    let told = values(told);
    assert_eq!(told.len(), 1, "{told:#?}");
    assert_eq!(told[0]["params"], json!({"uri": "a", "diagnostics": []}));
}

/// The latest events that a server is told of after this.
fn latest(told: Vec<Vec<u8>>) -> Value {
    let told = values(told).into_iter().find(|it| it["method"] == LATEST);
    told.expect("it is told")["params"]["workspaces"].clone()
}

fn event(seq: u64) -> Value {
    let mut event = json!({"seq": seq, "workspace": "/w", "kind": "task.started", "time": ""});
    event["files"] = json!([]);
    event["origin"] = json!("ann");
    event
}

fn missed(seq: u64, events: &[Value]) -> Vec<u8> {
    notification(MISSED, json!({"latest": {"/w": seq}, "events": events}))
}

#[test]
fn what_happens_between_two_servers_is_told_once() {
    let mut mirror = initialized("utf-16");
    let told = |seq| notification(EVENT, event(seq));
    assert_eq!(mirror.server_says(&missed(3, &[])), ToEditor::Several(Vec::new()));
    assert_eq!(mirror.server_says(&told(4)), ToEditor::Pass);
    assert_eq!(mirror.server_says(&told(0)), ToEditor::Pass, "it stands in no history");
    mirror.lose();
    assert_eq!(latest(mirror.replay_rest()), json!({"/w": 4}));
    assert_eq!(mirror.server_says(&told(6)), ToEditor::Drop, "it is missed too");
    assert_eq!(mirror.server_says(&told(0)), ToEditor::Pass);
    // That server ends before it has said what was missed.
    mirror.lose();
    assert_eq!(latest(mirror.replay_rest()), json!({"/w": 4}));
    let ToEditor::Several(events) = mirror.server_says(&missed(6, &[event(5), event(6)])) else {
        panic!("it is told");
    };
    let numbers: Vec<_> = values(events).iter().map(|it| it["params"]["seq"].clone()).collect();
    assert_eq!(numbers, [5, 6]);
    assert_eq!(mirror.server_says(&told(7)), ToEditor::Pass);
    mirror.lose();
    assert_eq!(latest(mirror.replay_rest()), json!({"/w": 7}));
    // What cannot be read keeps nobody from hearing what comes next.
    let unread = notification(MISSED, json!({"latest": 1}));
    assert_eq!(mirror.server_says(&unread), ToEditor::Drop);
    assert_eq!(mirror.server_says(&told(8)), ToEditor::Pass);
}

#[test]
fn the_user_is_told_nothing_before_the_editor_is_initialized() {
    let mut mirror = Mirror::default();
    mirror.show("once");
    mirror.editor_says(&request(json!(0), "initialize"));
    assert!(mirror.take_due().is_empty());
    mirror.editor_says(&notification("initialized", json!({})));
    assert_eq!(values(mirror.take_due())[0]["params"]["message"], "once");
    assert!(mirror.take_due().is_empty());
}

#[test]
fn what_a_daemon_says_of_its_end_is_kept_from_the_editor() {
    for (params, parting) in [
        (json!({"replaced": true}), Parting::Replaced),
        (json!({"replaced": false}), Parting::Stopped),
        (json!({"new": 1}), Parting::Replaced),
    ] {
        let mut mirror = initialized("utf-16");
        assert_eq!(mirror.server_says(&notification(RETIRING, params)), ToEditor::Drop);
        assert_eq!(mirror.take_parting(), Some(parting));
        assert_eq!(mirror.take_parting(), None);
    }
}

#[test]
fn what_is_no_message_is_left_to_the_server() {
    let mut mirror = Mirror::default();
    for body in [&b""[..], b"{", b"[1]", b"7", b"{}", b"{\"method\":3}", b"\xff"] {
        assert_eq!(mirror.editor_says(body), ToServer::Pass);
        assert_eq!(mirror.server_says(body), ToEditor::Pass);
    }
}

#[test]
fn who_waits_for_news_is_owed_nothing_and_the_next_server_is_asked() {
    let mut mirror = initialized("utf-16");
    let question = request(json!(7), "workspace/diagnostic");
    assert_eq!(mirror.editor_says(&question), ToServer::Pass);
    assert!(!mirror.awaits_answer());
    // News may be of any text.
    edited(&mut mirror, 2, 0, 0, "x");
    assert_eq!(mirror.lose(), Vec::<Vec<u8>>::new());
    let told = mirror.replay_rest();
    assert_eq!(told.last(), Some(&question));
    assert_eq!(mirror.server_says(&response(json!(7), json!({"items": []}))), ToEditor::Pass);
}
