//! What can be read by its address: `lockstep://ready`, `lockstep://task/{id}`, `lockstep://events`.

use serde_json::{Value, json};

use crate::mcp::failure::ToolFailure;
use crate::mcp::folder::CallFolder;
use crate::mcp::tools;
use crate::workspace::ledger::Ledger;

/// The tasks that can begin.
pub(super) const READY: &str = "lockstep://ready";
/// What happened last.
pub(super) const EVENTS: &str = "lockstep://events";
/// Before the id of a task.
pub(super) const TASK: &str = "lockstep://task/";

/// How many of the latest events are told.
const RECENT: u64 = 50;

/// How many tasks that can begin are told.
const LIMIT: usize = 50;

/// Those that are always there.
pub(super) fn list() -> Value {
    json!([
        { "uri": READY, "name": "ready", "title": "Tasks that can begin",
          "mimeType": "application/json" },
        { "uri": EVENTS, "name": "events", "title": "What happened to tasks last",
          "mimeType": "application/json" },
    ])
}

/// Those with a name in their address.
pub(super) fn templates() -> Value {
    json!([{ "uriTemplate": "lockstep://task/{id}", "name": "task", "title": "One task",
             "mimeType": "application/json" }])
}

/// The name of the task that an address is of, if it is of one; `None` where there is no such resource.
pub(super) fn known(uri: &str, folder: &CallFolder) -> Option<Result<Option<String>, ToolFailure>> {
    match task_of(uri) {
        Some(id) => Some(tools::task::named(folder, &id).map(Some)),
        None => (uri == READY || uri == EVENTS).then_some(Ok(None)),
    }
}

/// The task that an address means.
fn task_of(uri: &str) -> Option<String> {
    let id = uri.strip_prefix(TASK).filter(|id| !id.is_empty())?;
    decoded(id)
}

/// What stands at an address; `None` where there is no such resource.
pub(super) fn read(uri: &str, folder: &CallFolder) -> Option<Result<Value, ToolFailure>> {
    if let Some(id) = task_of(uri) {
        return Some(tools::task::show(folder, &id));
    }
    match uri {
        READY => Some(tools::tasks::page(folder, tools::tasks::Which::Ready, LIMIT, None)),
        EVENTS => Some(events(folder)),
        _ => None,
    }
}

fn events(folder: &CallFolder) -> Result<Value, ToolFailure> {
    let ledger = Ledger::new(&folder.read()?);
    let latest = ledger.since(ledger.seq().saturating_sub(RECENT));
    let told = latest.iter().map(|event| {
        let mut told = json!({ "seq": event.seq, "time": event.time, "kind": event.kind });
        let rest = [
            ("task", event.task.as_ref()),
            ("phase", event.phase.as_ref()),
            ("from", event.from.as_ref()),
            ("to", event.to.as_ref()),
            ("origin", Some(&event.origin)),
        ];
        for (name, value) in rest.into_iter().filter_map(|(name, it)| Some((name, it?))) {
            told[name] = json!(value);
        }
        told
    });
    Ok(json!({ "events": told.collect::<Vec<_>>() }))
}

/// A text in which some bytes are written as `%2F`; `None` where that is none.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        match first {
            b'%' => {
                let digits = std::str::from_utf8(after.get(..2)?).ok()?;
                bytes.push(u8::from_str_radix(digits, 16).ok()?);
                rest = &after[2..];
            }
            byte => bytes.push(*byte),
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_of_a_task_may_hold_anything() {
        assert_eq!(task_of("lockstep://task/7").as_deref(), Some("7"));
        assert_eq!(task_of("lockstep://task/a%2Fb%20c").as_deref(), Some("a/b c"));
        for wrong in ["lockstep://task/", "lockstep://task/%", "lockstep://task/%zz", "http://x"] {
            assert_ne!(task_of(wrong), Some(wrong.to_owned()), "{wrong}");
        }
    }
}
