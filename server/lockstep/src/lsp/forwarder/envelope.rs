//! Messages seen from outside: who sends what to whom. What is in them stays unread text.

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use crate::lsp::parent;

/// What stands on a message.
#[derive(Deserialize)]
pub(super) struct Envelope<'a> {
    /// Its id, as it is written.
    #[serde(borrow, default)]
    pub(super) id: Option<&'a RawValue>,
    /// Its method; a response has none.
    #[serde(default)]
    pub(super) method: Option<String>,
    /// What comes with the method.
    #[serde(borrow, default)]
    pub(super) params: Option<&'a RawValue>,
    /// A good answer, unless it is null.
    #[serde(borrow, default)]
    pub(super) result: Option<&'a RawValue>,
    /// A bad answer.
    #[serde(borrow, default)]
    pub(super) error: Option<&'a RawValue>,
}

impl<'a> Envelope<'a> {
    /// The envelope of a message; `None` for what is none.
    pub(super) fn of(body: &'a [u8]) -> Option<Envelope<'a>> {
        // A list would be read as the fields in their order.
        let is_object = body.trim_ascii_start().first() == Some(&b'{');
        is_object.then(|| serde_json::from_slice(body).ok()).flatten()
    }

    /// What comes with the method, as far as it has this form.
    pub(super) fn params<T: Deserialize<'a>>(&self) -> Option<T> {
        serde_json::from_str(self.params?.get()).ok()
    }
}

/// A request with an id that is written as `id`.
pub(super) fn request(id: &str, method: &str, params: Option<&RawValue>) -> Vec<u8> {
    let params = params.map_or_else(String::new, |params| format!(r#","params":{params}"#));
    let method = Value::from(method);
    format!(r#"{{"jsonrpc":"2.0","id":{id},"method":{method}{params}}}"#).into_bytes()
}

/// A notification.
pub(super) fn notification(method: &str, params: &Value) -> Vec<u8> {
    json!({ "jsonrpc": "2.0", "method": method, "params": params }).to_string().into_bytes()
}

/// The answer of `envelope`, to the request with this id.
pub(super) fn answer(id: &str, envelope: &Envelope<'_>) -> Vec<u8> {
    let body = match (envelope.error, envelope.result) {
        (Some(error), _) => format!(r#""error":{error}"#),
        (None, Some(result)) => format!(r#""result":{result}"#),
        (None, None) => r#""result":null"#.to_owned(),
    };
    format!(r#"{{"jsonrpc":"2.0","id":{id},{body}}}"#).into_bytes()
}

/// An answer that holds nothing.
pub(super) fn empty_answer(id: &str) -> Vec<u8> {
    format!(r#"{{"jsonrpc":"2.0","id":{id},"result":null}}"#).into_bytes()
}

/// A refusal.
pub(super) fn refusal(id: &str, code: i64, message: &str) -> Vec<u8> {
    let error = json!({ "code": code, "message": message });
    format!(r#"{{"jsonrpc":"2.0","id":{id},"error":{error}}}"#).into_bytes()
}

/// The answer to what is no message.
pub(super) fn parse_error(reason: &str) -> Vec<u8> {
    refusal("null", -32700, &format!("Parse error: {reason}"))
}

/// The process that the client says has started this one, in its `initialize`.
pub(super) fn parent(body: &[u8]) -> Option<u32> {
    let message: Value = serde_json::from_slice(body).ok()?;
    parent::named(&message["params"])
}

/// The name and the folders of the client that sends this `initialize`.
pub(super) fn introduction(body: &[u8]) -> (Option<String>, Vec<String>) {
    let message: Value = serde_json::from_slice(body).unwrap_or_default();
    let params = &message["params"];
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let folders = params["workspaceFolders"].as_array().into_iter().flatten();
    let mut folders: Vec<String> = folders.filter_map(|folder| text(&folder["uri"])).collect();
    if folders.is_empty() {
        folders.extend(text(&params["rootUri"]));
    }
    (text(&params["clientInfo"]["name"]), folders)
}
