//! Both eras of the protocol, and what is no protocol.

use serde_json::{Value, json};

use crate::cli::support::Place;
use crate::support::mcp::Mcp;

#[test]
fn a_client_that_says_its_version_in_each_request_needs_no_other() {
    let place = Place::sample();
    let mut mcp = Mcp::modern(place.command(&[]));
    let found = mcp.request("server/discover", json!({})).expect("an answer");
    assert_eq!(found["supportedVersions"], json!(["2026-07-28"]));
    assert_eq!(found["resultType"], "complete");
    assert_eq!(found["_meta"]["io.modelcontextprotocol/serverInfo"]["name"], "lockstep");
    assert_eq!(found["cacheScope"], "public");
    let listed = mcp.request("tools/list", json!({})).expect("an answer");
    assert!(listed["ttlMs"].is_u64(), "{listed:#}");
    let refused = mcp.request("ping", json!({})).expect_err("there is none");
    assert_eq!(refused["code"], -32601);
    assert_eq!(mcp.leave(), Some(0));
}

#[test]
fn a_client_that_begins_with_initialize_is_served_as_before() {
    let place = Place::sample();
    let mut mcp = Mcp::legacy(place.command(&[]));
    assert_eq!(mcp.request("ping", json!({})), Ok(json!({})));
    let listed = mcp.request("tools/list", json!({})).expect("an answer");
    assert!(listed.get("resultType").is_none() && listed.get("ttlMs").is_none(), "{listed:#}");
    assert_eq!(mcp.done("tasks", json!({}))["tasks"][0]["id"], "9");
    let refused = mcp.request("server/discover", json!({})).expect_err("there is none");
    assert_eq!(refused["code"], -32601);
    assert_eq!(mcp.leave(), Some(0));
}

#[test]
fn another_version_is_refused_with_those_that_are_served() {
    let place = Place::sample();
    let mut mcp = Mcp::start(place.command(&[]), false);
    let meta = json!({
        "io.modelcontextprotocol/protocolVersion": "2027-01-01",
        "io.modelcontextprotocol/clientCapabilities": {},
    });
    let refused = mcp.request("tools/list", json!({ "_meta": meta })).expect_err("refused");
    assert_eq!(refused["code"], -32022);
    assert_eq!(refused["data"]["requested"], "2027-01-01");
    assert_eq!(refused["data"]["supported"][0], "2026-07-28");
    let refused = mcp.request("tools/list", json!({})).expect_err("it says nothing of itself");
    assert_eq!(refused["code"], -32602);
}

#[test]
fn what_is_no_request_is_told_and_the_next_one_is_answered() {
    let place = Place::sample();
    let mut mcp = Mcp::modern(place.command(&[]));
    let wrong = ["{", "[]", "7", r#"{"jsonrpc":"2.0","id":null,"method":"x"}"#, r#"{"id":1}"#];
    for (line, code) in wrong.into_iter().zip([-32700, -32600, -32600, -32600, -32600]) {
        mcp.write(line);
        let answer = mcp.read();
        assert_eq!(answer["error"]["code"], code, "{line}: {answer:#}");
    }
    // An answer, though nothing was asked, and a notification that nobody knows.
    mcp.write(r#"{"jsonrpc":"2.0","id":5,"result":{}}"#);
    mcp.write(r#"{"jsonrpc":"2.0","method":"notifications/unknown"}"#);
    let known = mcp.request("tools/call", json!({ "name": "no_such_tool" })).expect_err("refused");
    assert_eq!(known["code"], -32602);
    assert!(known["message"].as_str().expect("a text").contains("set_status"), "{known:#}");
    assert_eq!(mcp.leave(), Some(0));
}

#[test]
fn every_result_has_the_members_that_its_tool_says_it_gives() {
    let place = Place::sample();
    let mut mcp = Mcp::modern(place.command(&[]));
    let listed = mcp.request("tools/list", json!({})).expect("an answer");
    let given = |name: &str| match name {
        "task" => json!({ "id": "7" }),
        "set_status" => json!({ "id": "9", "status": "researching", "expect": "not_started" }),
        "claim" => json!({ "id": "8" }),
        "fix" => json!({ "task": "7" }),
        _ => json!({}),
    };
    for tool in listed["tools"].as_array().expect("tools") {
        let name = tool["name"].as_str().expect("a name");
        let told = mcp.done(name, given(name));
        let told = told.as_object().expect("an object");
        let schema = &tool["outputSchema"]["properties"];
        let is_right = |value: &Value, schema: &Value| match schema["type"].as_str() {
            Some("string") => value.is_string(),
            Some("integer") => value.is_u64(),
            Some("boolean") => value.is_boolean(),
            Some("array") => value.is_array(),
            other => panic!("{other:?}"),
        };
        let promised = schema.as_object().expect("members");
        assert!(promised.keys().any(|it| told.contains_key(it)), "{name}: {told:#?}");
        for (member, value) in told.iter().filter(|(it, _)| promised.contains_key(*it)) {
            assert!(is_right(value, &schema[member]), "{name}: {member}: {value:#}");
            for item in value.as_array().into_iter().flatten() {
                let needed = schema[member]["items"]["required"].as_array();
                for needed in needed.into_iter().flatten().filter_map(Value::as_str) {
                    assert!(item.get(needed).is_some(), "{name}: {needed}: {item:#}");
                }
            }
        }
    }
}
