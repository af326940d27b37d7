//! JSON values to JSON-RPC messages: strict where an error can be answered, lenient with answers,
//! for which a handler waits.

use std::borrow::Cow;

use serde_json::{Map, Value};
use tower_lsp::jsonrpc::{Error, ErrorCode, Id, Request, Response};

/// One element of the input.
#[derive(Debug)]
pub(super) enum IncomingMessage {
    /// A request, or a notification if it has no id.
    Request(Request),
    /// An answer to a request of ours.
    Response(Response),
    /// Neither; the error says why and is sent to the client.
    Invalid(Response),
}

impl IncomingMessage {
    /// What `value` is. Values of unknown keys are ignored.
    pub(super) fn from_value(value: Value) -> IncomingMessage {
        let Value::Object(mut object) = value else {
            return invalid(Id::Null, "a message is a JSON object");
        };
        if object.contains_key("method") {
            return request(object);
        }
        let Some(body) = response_body(&mut object) else {
            let id = id(object.remove("id")).ok().flatten().unwrap_or_default();
            return invalid(id, "a message has a method, a result or an error");
        };
        match id(object.remove("id")) {
            Ok(Some(id)) => IncomingMessage::Response(Response::from_parts(id, body)),
            _ => invalid(Id::Null, "a response has the id of its request"),
        }
    }
}

/// The error `code` with a message of its own.
pub(super) fn error(code: ErrorCode, message: impl Into<String>) -> Error {
    Error { code, message: message.into().into(), data: None }
}

fn invalid(id: Id, reason: &str) -> IncomingMessage {
    let reason = format!("{}: {reason}", ErrorCode::InvalidRequest.description());
    IncomingMessage::Invalid(Response::from_error(id, error(ErrorCode::InvalidRequest, reason)))
}

fn request(mut object: Map<String, Value>) -> IncomingMessage {
    let Ok(id) = id(object.remove("id")) else {
        return invalid(Id::Null, "the id of a request is an integer or a string");
    };
    if object.get("jsonrpc").and_then(Value::as_str) != Some("2.0") {
        return invalid(id.unwrap_or_default(), "jsonrpc is \"2.0\"");
    }
    let Some(Value::String(method)) = object.remove("method") else {
        return invalid(id.unwrap_or_default(), "the method is a string");
    };
    IncomingMessage::Request(built(method, id, object.remove("params")))
}

/// A request, or a notification if it has no id.
pub(super) fn built(
    method: impl Into<Cow<'static, str>>,
    id: Option<Id>,
    params: Option<Value>,
) -> Request {
    let mut builder = Request::build(method);
    if let Some(id) = id {
        builder = builder.id(id);
    }
    if let Some(params) = params {
        builder = builder.params(params);
    }
    builder.finish()
}

/// `Ok(None)` without an id, `Err` for one which the protocol does not have.
fn id(value: Option<Value>) -> Result<Option<Id>, ()> {
    match value {
        None => Ok(None),
        Some(Value::String(id)) => Ok(Some(Id::String(id))),
        Some(Value::Number(id)) => id.as_i64().map(|id| Some(Id::Number(id))).ok_or(()),
        Some(_) => Err(()),
    }
}

fn response_body(object: &mut Map<String, Value>) -> Option<Result<Value, Error>> {
    let result = object.remove("result");
    match (object.remove("error"), result) {
        (None | Some(Value::Null), Some(result)) => Some(Ok(result)),
        (None, None) => None,
        (Some(error), _) => Some(Err(client_error(&error))),
    }
}

fn client_error(value: &Value) -> Error {
    let code = value.get("code").and_then(Value::as_i64);
    let message = value.get("message").and_then(Value::as_str);
    Error {
        code: code.map_or(ErrorCode::InternalError, ErrorCode::from),
        message: message.unwrap_or("the client gave no message").to_owned().into(),
        data: value.get("data").cloned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// The id and the reason of the error which `value` is answered with.
    fn refusal(value: Value) -> (Id, String) {
        match IncomingMessage::from_value(value) {
            IncomingMessage::Invalid(response) => {
                let (id, body) = response.into_parts();
                let error = body.expect_err("a refusal is an error");
                assert_eq!(error.code, ErrorCode::InvalidRequest);
                (id, error.message.into_owned())
            }
            other => panic!("accepted: {other:?}"),
        }
    }

    fn response(value: Value) -> (Id, Result<Value, Error>) {
        match IncomingMessage::from_value(value) {
            IncomingMessage::Response(response) => response.into_parts(),
            other => panic!("not a response: {other:?}"),
        }
    }

    #[test]
    fn a_request_keeps_its_id_method_and_params() {
        let value = json!({"jsonrpc": "2.0", "id": "a", "method": "m", "params": [1], "extra": 0});
        let IncomingMessage::Request(request) = IncomingMessage::from_value(value) else {
            panic!("not a request")
        };
        let (method, id, params) = request.into_parts();
        assert_eq!((method.as_ref(), id, params), ("m", Some("a".into()), Some(json!([1]))));
    }

    #[test]
    fn what_is_no_message_is_refused_with_its_id_if_it_has_one() {
        assert_eq!(refusal(json!(42)).0, Id::Null);
        assert_eq!(refusal(json!({"id": 3})).0, Id::Number(3));
        assert_eq!(refusal(json!({"id": 3, "method": "m"})).0, Id::Number(3));
        assert_eq!(refusal(json!({"jsonrpc": "2.0", "id": 3, "method": 7})).0, Id::Number(3));
        assert_eq!(refusal(json!({"jsonrpc": "2.0", "id": 1.5, "method": "m"})).0, Id::Null);
        assert_eq!(refusal(json!({"jsonrpc": "2.0", "id": null, "method": "m"})).0, Id::Null);
        assert_eq!(refusal(json!({"jsonrpc": "2.0", "result": 1})).0, Id::Null);
    }

    #[test]
    fn a_sloppy_answer_is_an_answer() {
        assert_eq!(response(json!({"id": 1, "result": null})), (1.into(), Ok(Value::Null)));
        assert_eq!(
            response(json!({"id": 1, "result": 5, "error": null})),
            (1.into(), Ok(json!(5)))
        );
        let (_, body) = response(json!({"id": 1, "result": null, "error": {"code": -1, "x": 0}}));
        assert_eq!(body.expect_err("an error").code, ErrorCode::ServerError(-1));
        let (_, body) = response(json!({"id": 1, "error": "no"}));
        assert_eq!(body.expect_err("an error").code, ErrorCode::InternalError);
    }
}
