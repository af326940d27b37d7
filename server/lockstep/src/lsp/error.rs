//! The errors that requests are answered with.

use tower_lsp::jsonrpc::{Error, ErrorCode};

use lockstep_analysis::change::Refusal;

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

/// A refusal of the planner, for a person to read.
pub(crate) fn refusal(refusal: &Refusal) -> Error {
    refused(refusal.to_string())
}

fn error(code: ErrorCode, message: String) -> Error {
    Error { code, message: message.into(), data: None }
}
