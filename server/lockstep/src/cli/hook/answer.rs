//! How each client takes what a hook says.

use serde_json::{Value, json};

use super::call::{HookClient, HookMoment};

/// A text in the form in which a client takes it at this moment; `None` where it takes none.
pub(super) fn answer(client: HookClient, moment: &HookMoment, text: &str) -> Option<Value> {
    let context = |event: &str| json!({ "hookSpecificOutput": { "hookEventName": event, "additionalContext": text } });
    match (client, moment) {
        (HookClient::Claude | HookClient::Codex | HookClient::VsCode, HookMoment::Edited(_)) => {
            Some(context("PostToolUse"))
        }
        (HookClient::Claude | HookClient::Codex | HookClient::VsCode, HookMoment::Started) => {
            Some(context("SessionStart"))
        }
        (HookClient::VsCode, HookMoment::Stopped { .. }) => Some(json!({
            "hookSpecificOutput": { "hookEventName": "Stop", "decision": "block", "reason": text },
        })),
        (HookClient::Cursor, HookMoment::Stopped { .. }) => {
            Some(json!({ "followup_message": text }))
        }
        (_, HookMoment::Stopped { .. }) => Some(json!({ "decision": "block", "reason": text })),
        _ => None,
    }
}
