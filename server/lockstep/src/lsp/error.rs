//! The errors that requests are answered with.

use lockstep_analysis::operation::{Code, Refused};
use serde_json::json;
use tower_lsp::jsonrpc::{Error, ErrorCode};

/// The protocol's code for a request that was understood and is not done.
const REQUEST_FAILED: i64 = -32803;

/// The params are not what the method takes. `message` names the field.
pub(crate) fn invalid_params(message: impl Into<String>) -> Error {
    error(ErrorCode::InvalidParams, message.into())
}

/// The request was understood, but cannot be done; `message` says why.
pub(crate) fn refused(message: impl Into<String>) -> Error {
    error(ErrorCode::ServerError(REQUEST_FAILED), message.into())
}

/// A refusal of the planner, for a person to read, and with what programs branch on.
pub(crate) fn refusal(refused: &Refused) -> Error {
    with_code(
        self::refused(refused.to_string()),
        refused.code.name(),
        &refused.message,
        Some(&refused.remedy),
    )
}

/// As [`refusal`]; where the words of a field are wrong, the error is one of the params.
pub(crate) fn refusal_of(field: &str, refused: &Refused) -> Error {
    let is_misuse = matches!(refused.code, Code::Usage | Code::UnknownStatus | Code::Ambiguous);
    let plain = match is_misuse {
        true => invalid_params(format!("`{field}`: {refused}")),
        false => return refusal(refused),
    };
    with_code(plain, refused.code.name(), &refused.message, Some(&refused.remedy))
}

/// An error with what programs branch on.
pub(crate) fn with_code(error: Error, code: &str, reason: &str, remedy: Option<&str>) -> Error {
    Error { data: Some(json!({"code": code, "reason": reason, "remedy": remedy})), ..error }
}

fn error(code: ErrorCode, message: String) -> Error {
    Error { code, message: message.into(), data: None }
}
