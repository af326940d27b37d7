//! Params that the service refuses although the meaning is plain are mended, and notifications
//! whose params it would drop without a word are found.

use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tower_lsp::jsonrpc::Response;
use tower_lsp::ls_types::InitializeParams;
use tower_lsp::ls_types::notification::{self as notify, Notification};

use crate::lsp::own_capabilities::{DOCUMENT_CONTENT, EDIT_METADATA};

/// Mends the params of `method` in place and returns what was dropped, as JSON pointers.
///
/// - `initialize`: members that do not parse are dropped one by one, so that an unknown value deep
///   in the client's capabilities does not cost the session. What they say of metadata of edits and of
///   pages that are no files is kept where there is a type for it.
/// - `initialized` without params gets empty ones, as does any request (the service answers none
///   that has no params, even where all of them are optional); `shutdown` and `exit` lose theirs.
pub(in crate::lsp) fn mend(
    method: &str,
    is_request: bool,
    params: &mut Option<Value>,
) -> Vec<String> {
    let mut dropped = Vec::new();
    match method {
        "initialize" => {
            let sent = params.get_or_insert(Value::Null);
            keep_newer(sent);
            if !fits::<InitializeParams>(sent) && (sent.is_object() || sent.is_null()) {
                let mut kept = json!({ "capabilities": {} });
                keep_fitting(&mut kept, "", sent, &fits::<InitializeParams>, &mut dropped);
                *sent = kept;
            }
        }
        "initialized" if params.as_ref().is_none_or(Value::is_null) => *params = Some(json!({})),
        "shutdown" | "exit" => *params = None,
        _ if is_request && params.is_none() => *params = Some(json!({})),
        _ => {}
    }
    dropped
}

/// Keeps what a client declares that the types of the protocol do not have yet, where they keep anything.
fn keep_newer(params: &mut Value) {
    let workspace = |member: &str| params.pointer(&format!("/capabilities/workspace/{member}"));
    let known = [
        (EDIT_METADATA, workspace("workspaceEdit/metadataSupport") == Some(&Value::Bool(true))),
        (DOCUMENT_CONTENT, workspace("textDocumentContent").is_some_and(Value::is_object)),
    ];
    for (name, _) in known.into_iter().filter(|(_, is_declared)| *is_declared) {
        let mut at = &mut params["capabilities"];
        for member in ["experimental", "lockstep"] {
            if !at[member].is_object() {
                at[member] = json!({});
            }
            at = &mut at[member];
        }
        at[name] = json!(true);
    }
}

/// Puts what the server declares that the types of the protocol do not have yet in its place in the answer
/// to `initialize`.
pub(super) fn declared(response: Response) -> Response {
    let (id, body) = response.into_parts();
    let body = body.map(|mut result| {
        let all = result.pointer_mut("/capabilities");
        let experimental = all.and_then(|all| all.get_mut("experimental")?.as_object_mut());
        if let Some(content) = experimental.and_then(|all| all.remove(DOCUMENT_CONTENT)) {
            let all = &mut result["capabilities"];
            all["workspace"][DOCUMENT_CONTENT] = content;
            if all["experimental"].as_object().is_some_and(serde_json::Map::is_empty) {
                all["experimental"] = Value::Null;
            }
        }
        result
    });
    Response::from_parts(id, body)
}

/// Why the service would drop the notification `method`; `Ok` also for methods unknown here.
pub(super) fn check_notification(method: &str, params: Option<&Value>) -> Result<(), String> {
    macro_rules! check {
        ($($notification:ty),+ $(,)?) => {
            match method {
                $(<$notification>::METHOD => parse_error::<<$notification as Notification>::Params>(params),)+
                _ => None,
            }
        };
    }
    let error = check![
        notify::Cancel,
        notify::SetTrace,
        notify::Initialized,
        notify::DidChangeConfiguration,
        notify::DidChangeWatchedFiles,
        notify::DidChangeWorkspaceFolders,
        notify::DidCreateFiles,
        notify::DidRenameFiles,
        notify::DidDeleteFiles,
        notify::DidOpenTextDocument,
        notify::DidChangeTextDocument,
        notify::WillSaveTextDocument,
        notify::DidSaveTextDocument,
        notify::DidCloseTextDocument,
        notify::WorkDoneProgressCancel,
    ];
    error.map_or(Ok(()), Err)
}

fn parse_error<T: DeserializeOwned>(params: Option<&Value>) -> Option<String> {
    match params {
        None => Some("params are missing".to_owned()),
        Some(params) => T::deserialize(params).err().map(|error| error.to_string()),
    }
}

fn fits<T: DeserializeOwned>(value: &Value) -> bool {
    T::deserialize(value).is_ok()
}

/// Copies `source` to `at` in `kept`, member by member, as far as the whole of `kept` still `fits`.
fn keep_fitting(
    kept: &mut Value,
    at: &str,
    source: &Value,
    fits: &dyn Fn(&Value) -> bool,
    dropped: &mut Vec<String>,
) {
    let members: Vec<(String, &Value)> = match source {
        Value::Object(object) => object.iter().map(|(key, child)| (key.clone(), child)).collect(),
        Value::Array(items) => items.iter().map(|item| ("-".to_owned(), item)).collect(),
        _ => return,
    };
    for (key, child) in members {
        // What stood here before fits: an earlier element's absence, or a required member's seed.
        let before = kept.clone();
        put(kept, at, &key, child.clone());
        if fits(kept) {
            continue;
        }
        *kept = before.clone();
        let pointer = format!("{at}/{}", key.replace('~', "~0").replace('/', "~1"));
        let empty = match child {
            Value::Object(_) => Value::Object(serde_json::Map::new()),
            Value::Array(_) => Value::Array(Vec::new()),
            _ => {
                dropped.push(pointer);
                continue;
            }
        };
        put(kept, at, &key, empty);
        if key != "-" && fits(kept) {
            keep_fitting(kept, &pointer, child, fits, dropped);
        } else {
            *kept = before;
            dropped.push(pointer);
        }
    }
}

fn put(root: &mut Value, at: &str, key: &str, child: Value) {
    match root.pointer_mut(at) {
        Some(Value::Object(object)) => {
            object.insert(key.to_owned(), child);
        }
        Some(Value::Array(items)) => items.push(child),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mended(method: &str, params: Value) -> (Value, Vec<String>) {
        let mut params = Some(params);
        let dropped = mend(method, true, &mut params);
        (params.unwrap_or_default(), dropped)
    }

    #[test]
    fn initialize_params_that_parse_are_left_alone() {
        let sent = json!({
            "processId": 7, "rootUri": null, "unknown": {"a": 1},
            "capabilities": {"general": {"positionEncodings": ["utf-8"]}, "experimental": {"x": 1}},
        });
        assert_eq!(mended("initialize", sent.clone()), (sent, vec![]));
    }

    #[test]
    fn initialize_loses_only_the_members_that_do_not_parse() {
        let sent = json!({
            "processId": "seven",
            "rootUri": "/no/scheme",
            "trace": "compact",
            "workspaceFolders": [{"uri": "file:///a", "name": "a"}, {"uri": "file:///b"}],
            "capabilities": {
                "general": {"positionEncodings": ["utf-8"], "markdown": 3},
                "workspace": {
                    "applyEdit": true,
                    "workspaceEdit": {
                        "resourceOperations": ["create", "teleport"],
                        "documentChanges": true,
                    },
                },
            },
        });
        let (kept, dropped) = mended("initialize", sent);
        assert_eq!(
            kept,
            json!({
                "workspaceFolders": [{"uri": "file:///a", "name": "a"}],
                "capabilities": {
                    "general": {"positionEncodings": ["utf-8"]},
                    "workspace": {
                        "applyEdit": true,
                        "workspaceEdit": {
                            "resourceOperations": ["create"],
                            "documentChanges": true,
                        },
                    },
                },
            })
        );
        assert_eq!(
            dropped,
            [
                "/processId",
                "/rootUri",
                "/trace",
                "/workspaceFolders/-",
                "/capabilities/general/markdown",
                "/capabilities/workspace/workspaceEdit/resourceOperations/-",
            ]
        );
    }

    #[test]
    fn initialize_without_capabilities_or_params_parses() {
        for sent in [json!({}), Value::Null, json!({"capabilities": null})] {
            let (kept, _) = mended("initialize", sent);
            assert!(fits::<InitializeParams>(&kept), "{kept}");
        }
    }

    #[test]
    fn params_which_do_not_matter_are_not_asked_for() {
        assert_eq!(mended("initialized", Value::Null).0, json!({}));
        assert_eq!(mended("shutdown", json!({})).0, Value::Null);
    }

    #[test]
    fn a_notification_that_would_be_dropped_is_found() {
        let open = |uri: &str| json!({"textDocument": {"uri": uri, "languageId": "x", "version": 1, "text": ""}});
        let check = |method, params: Value| check_notification(method, Some(&params));
        assert_eq!(check("textDocument/didOpen", open("file:///a.md")), Ok(()));
        assert!(check("textDocument/didOpen", open("no scheme")).is_err());
        assert!(check("textDocument/didChange", json!({"contentChanges": []})).is_err());
        assert!(check_notification("textDocument/didSave", None).is_err());
        assert_eq!(check("custom/anything", json!(1)), Ok(()));
    }
}
