//! The frames of the protocol: a message of JSON-RPC on each line; and its two eras.

use std::io::{self, BufRead};

use serde_json::{Value, json};

/// The revision in which each request carries its version.
pub(super) const MODERN: &str = "2026-07-28";

/// The revisions that begin with `initialize`, the newest first.
pub(super) const LEGACY: [&str; 4] = ["2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"];

/// A message that is longer is not read, in bytes.
const LIMIT: u64 = 4 * 1024 * 1024;

/// The message is no JSON.
pub(super) const PARSE_ERROR: i64 = -32700;
/// The message is no request.
pub(super) const INVALID_REQUEST: i64 = -32600;
/// There is no such method.
pub(super) const METHOD_NOT_FOUND: i64 = -32601;
/// The parameters are wrong.
pub(super) const INVALID_PARAMS: i64 = -32602;
/// A fault of the server, or of the machine.
pub(super) const INTERNAL_ERROR: i64 = -32603;
/// The request carries a version that is not served.
const UNSUPPORTED_VERSION: i64 = -32022;

const VERSION_KEY: &str = "io.modelcontextprotocol/protocolVersion";
const CAPABILITIES_KEY: &str = "io.modelcontextprotocol/clientCapabilities";
const CLIENT_KEY: &str = "io.modelcontextprotocol/clientInfo";
const SERVER_KEY: &str = "io.modelcontextprotocol/serverInfo";
/// By which notifications name the request that they belong to.
pub(super) const SUBSCRIPTION_KEY: &str = "io.modelcontextprotocol/subscriptionId";

/// By which rules a request is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Era {
    /// Each request says all that there is to know.
    Modern,
    /// The process was told it by `initialize`.
    Legacy,
}

/// Why a request is answered by an error.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct RpcError {
    pub(super) code: i64,
    pub(super) message: String,
    pub(super) data: Option<Value>,
}

impl RpcError {
    pub(super) fn new(code: i64, message: impl Into<String>) -> RpcError {
        RpcError { code, message: message.into(), data: None }
    }
}

/// The next line; `None` at the end. The error inside is a message that is too long.
pub(super) fn read_line(input: &mut impl BufRead) -> io::Result<Option<Result<Vec<u8>, RpcError>>> {
    let mut line = Vec::new();
    io::Read::take(&mut *input, LIMIT).read_until(b'\n', &mut line)?;
    if line.len() as u64 == LIMIT && !line.ends_with(b"\n") {
        loop {
            line.clear();
            let n = io::Read::take(&mut *input, LIMIT).read_until(b'\n', &mut line)?;
            if n == 0 || line.ends_with(b"\n") {
                let message = format!("the message is longer than {LIMIT} bytes");
                return Ok(Some(Err(RpcError::new(INVALID_REQUEST, message))));
            }
        }
    }
    Ok((!line.is_empty()).then_some(Ok(line)))
}

/// By which era a request is served. `is_begun` tells whether `initialize` was answered.
pub(super) fn era(method: &str, params: &Value, is_begun: bool) -> Result<Era, RpcError> {
    let meta = &params["_meta"];
    let Some(version) = meta.get(VERSION_KEY) else {
        return match is_begun || matches!(method, "initialize" | "ping") {
            true => Ok(Era::Legacy),
            false => Err(RpcError::new(
                INVALID_PARAMS,
                format!("`_meta` has no `{VERSION_KEY}`, and no `initialize` came before"),
            )),
        };
    };
    if method == "initialize" {
        return Ok(Era::Legacy);
    }
    if version.as_str() != Some(MODERN) {
        let supported: Vec<&str> = [MODERN].into_iter().chain(LEGACY).collect();
        return Err(RpcError {
            data: Some(json!({ "supported": supported, "requested": version })),
            ..RpcError::new(UNSUPPORTED_VERSION, "Unsupported protocol version")
        });
    }
    match meta.get(CAPABILITIES_KEY) {
        Some(Value::Object(_)) => Ok(Era::Modern),
        _ => Err(RpcError::new(INVALID_PARAMS, format!("`_meta` has no `{CAPABILITIES_KEY}`"))),
    }
}

/// What a client that says so in each request is called.
pub(super) fn client(params: &Value) -> Option<&str> {
    params["_meta"][CLIENT_KEY]["name"].as_str()
}

/// This server, as it introduces itself.
pub(super) fn server_info() -> Value {
    json!({ "name": "lockstep", "version": env!("CARGO_PKG_VERSION") })
}

/// A result as its era wants it.
pub(super) fn result(era: Era, mut result: Value) -> Value {
    if era == Era::Modern {
        result["resultType"] = json!("complete");
        result["_meta"][SERVER_KEY] = server_info();
    }
    result
}

/// A result that says for how long it holds, in milliseconds.
pub(super) fn cached(era: Era, mut result: Value, milliseconds: u64, is_public: bool) -> Value {
    if era == Era::Modern {
        result["ttlMs"] = json!(milliseconds);
        result["cacheScope"] = json!(if is_public { "public" } else { "private" });
    }
    result
}

/// The answer to a request.
pub(super) fn response(id: &Value, outcome: Result<Value, RpcError>) -> Value {
    match outcome {
        Ok(result) => json!({ "jsonrpc": "2.0", "id": id, "result": result }),
        Err(RpcError { code, message, data }) => {
            let mut error = json!({ "code": code, "message": message });
            if let Some(data) = data {
                error["data"] = data;
            }
            match id.is_null() {
                true => json!({ "jsonrpc": "2.0", "error": error }),
                false => json!({ "jsonrpc": "2.0", "id": id, "error": error }),
            }
        }
    }
}

/// A message that wants no answer.
pub(super) fn notification(method: &str, params: Value) -> Value {
    json!({ "jsonrpc": "2.0", "method": method, "params": params })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_of_the_era_that_it_says_or_that_the_process_began_with() {
        let modern = json!({ "_meta": { VERSION_KEY: MODERN, CAPABILITIES_KEY: {} } });
        assert_eq!(era("tools/list", &modern, false), Ok(Era::Modern));
        assert_eq!(era("tools/list", &modern, true), Ok(Era::Modern));
        assert_eq!(era("tools/list", &json!({}), true), Ok(Era::Legacy));
        assert_eq!(era("initialize", &Value::Null, false), Ok(Era::Legacy));
        let code = |params: Value| era("tools/list", &params, false).expect_err("an error").code;
        assert_eq!(code(json!({})), INVALID_PARAMS);
        assert_eq!(code(json!({ "_meta": { VERSION_KEY: MODERN } })), INVALID_PARAMS);
        let old = json!({ "_meta": { VERSION_KEY: "1900-01-01", CAPABILITIES_KEY: {} } });
        assert_eq!(code(old), UNSUPPORTED_VERSION);
    }

    #[test]
    fn a_line_that_is_too_long_is_passed_over_as_a_whole() {
        let long = vec![b'x'; usize::try_from(LIMIT * 2).expect("a size")];
        let text = [&long[..], b"\n{}\n"].concat();
        let mut input = &text[..];
        let first = read_line(&mut input).expect("read").expect("a line");
        assert_eq!(first.expect_err("too long").code, INVALID_REQUEST);
        assert_eq!(read_line(&mut input).expect("read"), Some(Ok(b"{}\n".to_vec())));
        assert_eq!(read_line(&mut input).expect("read"), None);
    }
}
