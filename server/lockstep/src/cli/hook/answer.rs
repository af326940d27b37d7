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
        (HookClient::Gemini, HookMoment::Edited(_)) => Some(context("AfterTool")),
        (HookClient::Gemini, HookMoment::Stopped { .. }) => {
            Some(json!({ "decision": "deny", "reason": text }))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_client_is_told_in_the_form_that_it_takes_and_no_other() {
        use HookClient as C;
        let (edited, stopped) =
            (HookMoment::Edited(Vec::new()), HookMoment::Stopped { again: false });
        let block = json!({ "decision": "block", "reason": "x" });
        let of_code = json!({
            "hookSpecificOutput": { "hookEventName": "Stop", "decision": "block", "reason": "x" },
        });
        let context = |event: &str| json!({ "hookSpecificOutput": { "hookEventName": event, "additionalContext": "x" } });
        let gemini = HookMoment::Edited(Vec::new());
        assert_eq!(answer(C::Gemini, &gemini, "x"), Some(context("AfterTool")));
        let deny = json!({ "decision": "deny", "reason": "x" });
        assert_eq!(answer(C::Gemini, &stopped, "x"), Some(deny));
        assert_eq!(answer(C::Gemini, &HookMoment::Started, "x"), None);
        for (client, hears, at_stop) in [
            (C::Claude, true, &block),
            // It refuses an answer with a member that it does not know.
            (C::Codex, true, &block),
            (C::VsCode, true, &of_code),
            (C::CopilotCli, false, &block),
            (C::Cursor, false, &json!({ "followup_message": "x" })),
        ] {
            let told = hears.then(|| context("PostToolUse"));
            assert_eq!(answer(client, &edited, "x"), told, "{client:?}");
            assert_eq!(answer(client, &stopped, "x").as_ref(), Some(at_stop), "{client:?}");
            let start = hears.then(|| context("SessionStart"));
            assert_eq!(answer(client, &HookMoment::Started, "x"), start, "{client:?}");
            assert_eq!(client.hears_edits(), hears, "{client:?}");
        }
    }
}
