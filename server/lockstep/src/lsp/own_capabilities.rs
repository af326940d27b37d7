//! What a client declares under `capabilities.experimental.lockstep`.

use serde_json::Value;
use tower_lsp::ls_types::ClientCapabilities;

/// It asks its user for the reason that a command lacks.
pub(crate) const ASKS_REASON: &str = "asksReason";

/// It wants to be told which rows of a list of tasks are other than before.
pub(crate) const ROWS: &str = "rows";

/// It wants to be told what became of a change, and tells its user itself.
pub(crate) const APPLIED: &str = "applied";

/// It wants to know what an edit is. No client says so here: the connection writes it, as the types of
/// the protocol have no member for what clients declare.
pub(crate) const EDIT_METADATA: &str = "editMetadata";

/// It opens pages that are no files. No client says so here either.
pub(crate) const DOCUMENT_CONTENT: &str = "textDocumentContent";

/// Whether a client declares an ability.
pub(crate) fn declares(declared: &ClientCapabilities, name: &str) -> bool {
    let own = declared.experimental.as_ref().and_then(|all| all.get("lockstep")?.get(name));
    own.and_then(Value::as_bool) == Some(true)
}
