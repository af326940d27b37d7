//! What clients give their hooks: which client it is, and what has just happened. Told by members that
//! the client's own reference names; what has none of these forms is told, and never guessed.

use std::path::PathBuf;

use serde_json::Value;

/// A client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum HookClient {
    Claude,
    Codex,
    VsCode,
    CopilotCli,
    Cursor,
    Gemini,
}

impl HookClient {
    /// Whether it takes what a hook says after an edit.
    pub(super) fn hears_edits(self) -> bool {
        !matches!(self, HookClient::CopilotCli | HookClient::Cursor)
    }

    /// Whether it takes what a hook says when a session starts.
    pub(super) fn hears_start(self) -> bool {
        matches!(self, HookClient::Claude | HookClient::Codex | HookClient::VsCode)
    }
}

/// What has just happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum HookMoment {
    /// The agent has edited these files.
    Edited(Vec<PathBuf>),
    /// The agent stops; `again` if it went on because of a hook already.
    Stopped { again: bool },
    /// A session starts.
    Started,
    /// Something else.
    Other,
}

/// One call of a hook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct HookCall {
    pub(super) client: HookClient,
    /// What the client calls the session.
    pub(super) session: String,
    /// The folder that the agent works in.
    pub(super) cwd: PathBuf,
    pub(super) moment: HookMoment,
}

/// Tools that edit files, of all clients.
const EDITING: &[&str] = &[
    "Edit",
    "MultiEdit",
    "Write",
    "NotebookEdit",
    "apply_patch",
    "editFiles",
    "createFile",
    "create_file",
    "replace_string_in_file",
    "multi_replace_string_in_file",
    "insert_edit_into_file",
    "edit",
    "create",
    "str_replace_editor",
    "write_file",
    "replace",
];

/// Events that only Gemini CLI has.
const GEMINI: &[&str] = &["AfterTool", "AfterAgent", "BeforeTool", "BeforeAgent", "PreCompress"];

/// What a hook was given. The error says what is missing, as a clause.
pub(super) fn parse(input: &str) -> Result<HookCall, String> {
    let input: Value = serde_json::from_str(input).map_err(|error| format!("no JSON: {error}"))?;
    let text = |name: &str| input[name].as_str();
    match (text("hook_event_name"), text("hookEventName")) {
        (Some(event), _) if input["conversation_id"].is_string() => cursor(&input, event),
        (Some(event), _) if input["session_id"].is_string() => {
            let client = match () {
                () if GEMINI.contains(&event) => HookClient::Gemini,
                () if input["turn_id"].is_string() => HookClient::Codex,
                () if input["timestamp"].is_string() => HookClient::CopilotCli,
                () => HookClient::Claude,
            };
            let moment = by_name(&input, event, "tool_name", "tool_input");
            call(&input, client, "session_id", moment)
        }
        (None, Some(event)) if input["sessionId"].is_string() => {
            let moment = by_name(&input, event, "tool_name", "tool_input");
            call(&input, HookClient::VsCode, "sessionId", moment)
        }
        (None, None) if input["sessionId"].is_string() && input["timestamp"].is_number() => {
            call(&input, HookClient::CopilotCli, "sessionId", copilot(&input))
        }
        (Some(_), _) => Err("there is no `session_id` or `conversation_id`".to_owned()),
        (None, Some(_)) => Err("there is no `sessionId`".to_owned()),
        (None, None) => Err("there is no `hook_event_name`".to_owned()),
    }
}

fn call(
    input: &Value,
    client: HookClient,
    session: &str,
    moment: HookMoment,
) -> Result<HookCall, String> {
    let cwd = input["cwd"].as_str().ok_or("there is no `cwd`")?;
    let session = input[session].as_str().unwrap_or_default().to_owned();
    Ok(HookCall { client, session, cwd: PathBuf::from(cwd), moment })
}

/// What has happened, by the name of the event.
fn by_name(input: &Value, event: &str, tool: &str, arguments: &str) -> HookMoment {
    match event {
        "PostToolUse" | "AfterTool" => {
            edited(input[tool].as_str().unwrap_or_default(), &input[arguments])
        }
        "Stop" | "SubagentStop" | "AfterAgent" => {
            HookMoment::Stopped { again: input["stop_hook_active"].as_bool().unwrap_or(false) }
        }
        "SessionStart" => HookMoment::Started,
        _ => HookMoment::Other,
    }
}

/// What has happened, by the members that this client gives with each event.
fn copilot(input: &Value) -> HookMoment {
    let has = |name: &str| !input[name].is_null();
    match () {
        () if has("toolResult") => {
            edited(input["toolName"].as_str().unwrap_or_default(), &input["toolArgs"])
        }
        () if has("stopReason") && !has("agentName") => HookMoment::Stopped { again: false },
        _ => HookMoment::Other,
    }
}

fn cursor(input: &Value, event: &str) -> Result<HookCall, String> {
    let root = input["workspace_roots"][0].as_str().ok_or("there is no `workspace_roots`")?;
    let file = || input["file_path"].as_str().map(PathBuf::from).into_iter().collect();
    let moment = match event {
        "afterFileEdit" => HookMoment::Edited(file()),
        "stop" if input["status"].as_str().is_none_or(|status| status == "completed") => {
            HookMoment::Stopped { again: input["loop_count"].as_u64().unwrap_or(0) > 0 }
        }
        _ => HookMoment::Other,
    };
    let session = input["conversation_id"].as_str().unwrap_or_default().to_owned();
    Ok(HookCall { client: HookClient::Cursor, session, cwd: PathBuf::from(root), moment })
}

/// The files that a tool has edited; nothing of a tool that edits none.
fn edited(tool: &str, arguments: &Value) -> HookMoment {
    if !EDITING.contains(&tool) {
        return HookMoment::Other;
    }
    // Some are given as JSON in a text.
    let within = arguments.as_str().and_then(|text| serde_json::from_str(text).ok());
    let arguments: &Value = within.as_ref().unwrap_or(arguments);
    let mut files = Vec::new();
    for name in ["file_path", "filePath", "notebook_path", "path"] {
        files.extend(arguments[name].as_str().map(PathBuf::from));
    }
    let list = arguments["files"].as_array().into_iter().flatten();
    files.extend(list.filter_map(Value::as_str).map(PathBuf::from));
    let parts = arguments["replacements"].as_array().into_iter().flatten();
    files.extend(parts.filter_map(|part| part["filePath"].as_str()).map(PathBuf::from));
    let patch = arguments.as_str().into_iter();
    let patch = patch.chain(
        ["command", "input", "patch"]
            .map(|it| &arguments[it])
            .into_iter()
            .filter_map(Value::as_str),
    );
    files.extend(patch.flat_map(patched));
    HookMoment::Edited(files)
}

/// The files that a patch names.
fn patched(patch: &str) -> impl Iterator<Item = PathBuf> {
    let marks = ["*** Update File: ", "*** Add File: ", "*** Move to: "];
    patch.lines().filter_map(move |line| {
        let path = marks.iter().find_map(|mark| line.strip_prefix(mark))?;
        Some(PathBuf::from(path.trim()))
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn parsed(input: &Value) -> (HookClient, HookMoment) {
        let call = parse(&input.to_string()).expect("a form that is known");
        assert_eq!((call.session.as_str(), call.cwd), ("s1", PathBuf::from("/repo")));
        (call.client, call.moment)
    }

    fn files(paths: &[&str]) -> HookMoment {
        HookMoment::Edited(paths.iter().map(PathBuf::from).collect())
    }

    #[test]
    fn claude_code_says_its_tool_and_codex_its_patch() {
        let claude = json!({
            "session_id": "s1", "transcript_path": "/t.jsonl", "cwd": "/repo",
            "permission_mode": "default", "hook_event_name": "PostToolUse", "tool_name": "Edit",
            "tool_input": { "file_path": "/repo/TODO.md", "old_string": "a", "new_string": "b" },
            "tool_response": { "filePath": "/repo/TODO.md" }, "tool_use_id": "t1",
        });
        assert_eq!(parsed(&claude), (HookClient::Claude, files(&["/repo/TODO.md"])));
        let mut read = claude.clone();
        read["tool_name"] = json!("Read");
        assert_eq!(parsed(&read).1, HookMoment::Other);
        let patch = "*** Begin Patch\n*** Update File: a.md\n@@\n-x\n+y\n*** Add File: b/c.md\n+z\n\
                     *** End Patch";
        let codex = json!({
            "session_id": "s1", "turn_id": "1", "transcript_path": null, "cwd": "/repo",
            "hook_event_name": "PostToolUse", "model": "m", "permission_mode": "default",
            "tool_name": "apply_patch", "tool_input": { "command": patch },
            "tool_response": "ok", "tool_use_id": "c1",
        });
        assert_eq!(parsed(&codex), (HookClient::Codex, files(&["a.md", "b/c.md"])));
    }

    #[test]
    fn vs_code_the_copilot_cli_and_cursor_have_names_of_their_own() {
        let code = json!({
            "timestamp": "2026-02-09T10:30:00.000Z", "cwd": "/repo", "sessionId": "s1",
            "hookEventName": "PostToolUse", "transcript_path": "/t.json", "tool_name": "editFiles",
            "tool_input": { "files": ["a.md", "b.md"] }, "tool_response": "ok",
        });
        assert_eq!(parsed(&code), (HookClient::VsCode, files(&["a.md", "b.md"])));
        let copilot = json!({
            "sessionId": "s1", "timestamp": 1_704_614_400_000_u64, "cwd": "/repo",
            "toolName": "edit", "toolArgs": "{\"path\":\"a.md\",\"old_str\":\"x\"}",
            "toolResult": { "resultType": "success", "textResultForLlm": "ok" },
        });
        assert_eq!(parsed(&copilot), (HookClient::CopilotCli, files(&["a.md"])));
        let stop = json!({
            "sessionId": "s1", "timestamp": 1_704_614_400_000_u64, "cwd": "/repo",
            "transcriptPath": "/t", "stopReason": "end_turn",
        });
        assert_eq!(parsed(&stop).1, HookMoment::Stopped { again: false });
        let compatible = json!({
            "hook_event_name": "Stop", "session_id": "s1", "timestamp": "2026-02-09T10:30:00Z",
            "cwd": "/repo", "transcript_path": "/t", "stop_reason": "end_turn",
        });
        assert_eq!(parsed(&compatible).0, HookClient::CopilotCli);
        let cursor = |event: &str, more: Value| {
            let mut input = json!({
                "conversation_id": "s1", "generation_id": "g1", "workspace_roots": ["/repo"],
                "hook_event_name": event,
            });
            more.as_object().into_iter().flatten().for_each(|(k, v)| input[k] = v.clone());
            parsed(&input)
        };
        let edit = cursor("afterFileEdit", json!({ "file_path": "/repo/a.md", "edits": [] }));
        assert_eq!(edit, (HookClient::Cursor, files(&["/repo/a.md"])));
        let stop = cursor("stop", json!({ "status": "completed", "loop_count": 1 }));
        assert_eq!(stop.1, HookMoment::Stopped { again: true });
        assert_eq!(cursor("stop", json!({ "status": "aborted" })).1, HookMoment::Other);
    }

    #[test]
    fn another_form_is_told() {
        for (input, why) in [
            ("", "no JSON"),
            ("{}", "`hook_event_name`"),
            (r#"{"hook_event_name":"PostToolUse"}"#, "`session_id`"),
            (r#"{"hook_event_name":"Stop","session_id":"s"}"#, "`cwd`"),
            (r#"{"hookEventName":"Stop"}"#, "`sessionId`"),
            (r#"{"hook_event_name":"stop","conversation_id":"c"}"#, "`workspace_roots`"),
        ] {
            let told = parse(input).expect_err("it is no form that is known");
            assert!(told.contains(why), "{input}: {told}");
        }
    }
}
