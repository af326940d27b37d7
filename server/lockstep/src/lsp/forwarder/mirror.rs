//! What an editor and its server have told each other, as far as another server must know it to
//! take over. Reads and writes no stream.

mod documents;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use crate::hub::outbox::Missed;
use crate::lsp::forwarder::envelope::{self, Envelope};
use crate::lsp::methods::{EVENT, LATEST, MISSED, PING, RETIRING, TOLD};
use documents::Documents;

/// The id of an `initialize` that only the new server sees.
const REPLAY_ID: &str = r#""lockstep/replay""#;

/// The id of a question of this process, whether the new server has told everything.
const TOLD_ID: &str = r#""lockstep/told""#;

/// The id of a question of this process, behind whose answer a server has nothing more to say.
const LAST_ID: &str = r#""lockstep/last""#;

/// How the ids of a question of this process begin, whether the server is there. Each has one of its
/// own: a second under the same is refused at once, which is no sign of life.
const PING_IDS: &str = r#""lockstep/ping/"#;

/// The text changed while the answer was made, so that the editor asks again if it still matters.
const CONTENT_MODIFIED: i64 = -32801;
/// A request that was understood and not done.
const REQUEST_FAILED: i64 = -32803;

/// An editor that waits for more answers than these does not read what it asks for.
const ASKED_AGAIN: usize = 16;

/// What to do with a message of the editor.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum ToServer {
    /// It goes on as it is.
    Pass,
    /// This one goes on in its place.
    Replace(Vec<u8>),
    /// It goes on as it is, and this one before it.
    Precede(Vec<u8>),
    /// Nobody waits for it.
    Drop,
    /// It goes on as it is, and is the last.
    Exit,
}

/// What to do with a message of the server.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum ToEditor {
    /// It goes on as it is.
    Pass,
    /// This one goes on in its place.
    Replace(Vec<u8>),
    /// These go on in its place.
    Several(Vec<Vec<u8>>),
    /// It is not for the editor.
    Drop,
    /// It ends the first part of a replay.
    Replayed,
    /// It is of a server that cannot go on where the one before ended.
    Unfit,
}

/// What a daemon has said before its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Parting {
    /// Another one takes its place.
    Replaced,
    /// It was stopped.
    Stopped,
}

/// What a request of the editor waits for.
#[derive(Debug, PartialEq, Eq)]
enum WaitingRequest {
    Initialize,
    Shutdown,
    /// Something may have been done although the answer is missing.
    Command,
    /// Something to happen, for as long as it may take. The message.
    News(Vec<u8>),
    /// Nothing is changed by it. The message, as long as another server may be asked it: once,
    /// and about the text that it was meant for.
    Read(Option<Vec<u8>>),
}

impl WaitingRequest {
    /// No other server is asked.
    fn give_up(&mut self) {
        if let WaitingRequest::Read(message) = self {
            *message = None;
        }
    }
}

/// A request of a server, as the server knows it.
#[derive(Debug)]
struct Asked {
    generation: u64,
    id: String,
}

/// What a server must be told to take over.
#[derive(Debug, Default)]
pub(super) struct Mirror {
    /// The params of `initialize`.
    initialize: Option<Box<RawValue>>,
    /// The encoding of columns that the first server chose. The editor holds on to it.
    encoding: Option<String>,
    is_initialized: bool,
    has_shut_down: bool,
    has_exited: bool,
    documents: Documents,
    /// The last configuration, as a message.
    settings: Option<Vec<u8>>,
    /// Changes of the workspace's folders, as messages. A document was opened between them, which
    /// matters: one that lies in no folder brings its own, unless there are others by then.
    folders: Vec<Vec<u8>>,
    /// The editor's requests that are not answered, by their ids as they are written.
    pending: BTreeMap<String, WaitingRequest>,
    /// Those of them that the next server is asked.
    again: Vec<Vec<u8>>,
    /// Which server is connected.
    generation: u64,
    /// Requests to the editor that are not answered, by the ids that it knows.
    asked: BTreeMap<u64, Asked>,
    last_asked: u64,
    n_pings: u64,
    /// Progress that has begun and not ended, by its tokens as they are written.
    progress: BTreeSet<String>,
    /// Files that have findings.
    published: BTreeSet<String>,
    /// Files that had findings when the server before was lost.
    left_over: BTreeSet<String>,
    /// The number of the event in each workspace that the editor was told last.
    latest: BTreeMap<PathBuf, u64>,
    /// Whether a new server has not said yet what was missed.
    is_behind: bool,
    parting: Option<Parting>,
    /// Whether a server has said its last, as far as it was asked to.
    has_said_last: bool,
    /// What the editor is to be told once it is initialized.
    due: Vec<Vec<u8>>,
}

impl Mirror {
    /// Takes in a message of the editor.
    pub(super) fn editor_says(&mut self, body: &[u8]) -> ToServer {
        // What is no message is refused by the server.
        let Some(message) = Envelope::of(body) else { return ToServer::Pass };
        match (message.method.as_deref(), message.id) {
            (Some(method), Some(id)) => {
                self.begin(method, id, &message, body);
                ToServer::Pass
            }
            (Some("exit"), None) => {
                self.has_exited = true;
                ToServer::Exit
            }
            (Some(method), None) => {
                self.note(method, &message, body);
                match method {
                    "initialized" => ToServer::Precede(self.says_latest()),
                    _ => ToServer::Pass,
                }
            }
            (None, Some(id)) => self.answer(id, &message),
            (None, None) => ToServer::Pass,
        }
    }

    fn begin(&mut self, method: &str, id: &RawValue, message: &Envelope<'_>, body: &[u8]) {
        let waiting = match method {
            "initialize" => {
                self.initialize =
                    Some(message.params.map_or_else(Default::default, RawValue::to_owned));
                WaitingRequest::Initialize
            }
            "shutdown" => {
                self.has_shut_down = true;
                WaitingRequest::Shutdown
            }
            "workspace/executeCommand" => WaitingRequest::Command,
            "workspace/diagnostic" => WaitingRequest::News(body.to_owned()),
            _ => WaitingRequest::Read(Some(body.to_owned())),
        };
        self.pending.insert(id.get().to_owned(), waiting);
    }

    fn note(&mut self, method: &str, message: &Envelope<'_>, body: &[u8]) {
        match method {
            "initialized" => self.is_initialized = true,
            "textDocument/didOpen" => self.documents.open(message, self.folders.len()),
            "textDocument/didChange" => {
                self.documents.change(message, self.encoding.as_deref());
                self.pending.values_mut().for_each(WaitingRequest::give_up);
            }
            "$/cancelRequest" => {
                let cancelled = message.params::<Cancelled<'_>>();
                let id = cancelled.map(|it| it.id.get());
                id.and_then(|id| self.pending.get_mut(id)).map(WaitingRequest::give_up);
            }
            "textDocument/didSave" => self.documents.save(message),
            "textDocument/didClose" => self.documents.close(message),
            // The server takes no others, and keeps those before.
            "workspace/didChangeConfiguration"
                if message.params::<Configuration>().is_some_and(|it| it.is_ours()) =>
            {
                self.settings = Some(body.to_owned());
            }
            "workspace/didChangeWorkspaceFolders" => self.folders.push(body.to_owned()),
            _ => {}
        }
    }

    /// An answer goes to the server that has asked, under the id that it has given.
    fn answer(&mut self, id: &RawValue, message: &Envelope<'_>) -> ToServer {
        let asked = id.get().parse().ok().and_then(|id| self.asked.remove(&id));
        match asked {
            Some(asked) if asked.generation == self.generation => {
                ToServer::Replace(envelope::answer(&asked.id, message))
            }
            _ => ToServer::Drop,
        }
    }

    /// Takes in a message of the server.
    pub(super) fn server_says(&mut self, body: &[u8]) -> ToEditor {
        let Some(message) = Envelope::of(body) else { return ToEditor::Pass };
        match (message.method.as_deref(), message.id) {
            (Some(method), Some(id)) => {
                self.last_asked += 1;
                let asked = Asked { generation: self.generation, id: id.get().to_owned() };
                self.asked.insert(self.last_asked, asked);
                let id = self.last_asked.to_string();
                ToEditor::Replace(envelope::request(&id, method, message.params))
            }
            (Some(method), None) => self.hear(method, &message),
            (None, Some(id)) if id.get() == REPLAY_ID => self.compare(&message),
            (None, Some(id)) if id.get().starts_with(PING_IDS) => ToEditor::Drop,
            (None, Some(id)) if id.get() == LAST_ID => {
                self.has_said_last = true;
                ToEditor::Drop
            }
            (None, Some(id)) if id.get() == TOLD_ID => ToEditor::Several(self.clear_left_over()),
            (None, Some(id)) => {
                if self.pending.remove(id.get()) == Some(WaitingRequest::Initialize) {
                    self.encoding = encoding_of(&message);
                }
                ToEditor::Pass
            }
            (None, None) => ToEditor::Pass,
        }
    }

    fn hear(&mut self, method: &str, message: &Envelope<'_>) -> ToEditor {
        match method {
            RETIRING => {
                let replaced =
                    message.params::<Retiring>().is_none_or(|retiring| retiring.replaced);
                self.parting = Some(if replaced { Parting::Replaced } else { Parting::Stopped });
                return ToEditor::Drop;
            }
            EVENT => {
                let Some(ToldEvent { workspace, seq }) = message.params() else {
                    return ToEditor::Pass;
                };
                // What the server has not said to be missed is in what it says then.
                if seq > 0 && self.is_behind && self.latest.contains_key(&workspace) {
                    return ToEditor::Drop;
                }
                if seq > 0 {
                    self.latest.insert(workspace, seq);
                }
            }
            MISSED => return self.catch_up(message),
            "$/progress" => {
                if let Some(progress) = message.params::<ProgressNotice>() {
                    let token = progress.token.get().to_owned();
                    match progress.value.kind.as_str() {
                        "begin" => drop(self.progress.insert(token)),
                        "end" => drop(self.progress.remove(&token)),
                        _ => {}
                    }
                }
            }
            "textDocument/publishDiagnostics" => {
                if let Some(ToldDiagnostics { uri, diagnostics }) = message.params() {
                    self.left_over.remove(&uri);
                    if diagnostics.is_empty() {
                        self.published.remove(&uri);
                    } else {
                        self.published.insert(uri);
                    }
                }
            }
            _ => {}
        }
        ToEditor::Pass
    }

    /// The editor is told what it has missed.
    fn catch_up(&mut self, message: &Envelope<'_>) -> ToEditor {
        // Whatever it says, what comes now is not in it.
        self.is_behind = false;
        let Some(Missed { latest, events }) = message.params() else { return ToEditor::Drop };
        self.latest.extend(latest);
        let tell = |event| envelope::notification(EVENT, &json!(event));
        ToEditor::Several(events.iter().map(tell).collect())
    }

    /// Tells a server what the editor was told last.
    fn says_latest(&self) -> Vec<u8> {
        envelope::notification(LATEST, &json!({ "workspaces": self.latest }))
    }

    /// The editor goes by what the first server has answered, and the new one must agree.
    fn compare(&self, message: &Envelope<'_>) -> ToEditor {
        let encoding = encoding_of(message);
        if encoding != self.encoding {
            tracing::error!(?encoding, known = ?self.encoding, "the new server uses another position encoding");
            return ToEditor::Unfit;
        }
        ToEditor::Replayed
    }

    /// The server is gone: what the editor must be told so that it waits for nothing but what the
    /// next server is asked.
    pub(super) fn lose(&mut self) -> Vec<Vec<u8>> {
        self.generation += 1;
        let mut told = Vec::new();
        // The next server answers `initialize` itself.
        let waiting = std::mem::take(&mut self.pending);
        let is_asked_again =
            self.is_initialized && !self.has_taken_leave() && waiting.len() <= ASKED_AGAIN;
        self.again.clear();
        for (id, waiting) in waiting {
            match waiting {
                WaitingRequest::Initialize => drop(self.pending.insert(id, waiting)),
                WaitingRequest::Shutdown => told.push(envelope::empty_answer(&id)),
                WaitingRequest::Command => {
                    told.push(envelope::refusal(&id, REQUEST_FAILED, COMMAND_LOST))
                }
                WaitingRequest::News(message) if is_asked_again => {
                    self.again.push(message.clone());
                    self.pending.insert(id, WaitingRequest::News(message));
                }
                WaitingRequest::Read(Some(message)) if is_asked_again => {
                    self.pending.insert(id, WaitingRequest::Read(None));
                    self.again.push(message);
                }
                WaitingRequest::Read(_) | WaitingRequest::News(_) => {
                    told.push(envelope::refusal(&id, CONTENT_MODIFIED, READ_LOST))
                }
            }
        }
        for token in std::mem::take(&mut self.progress) {
            let token: Value = serde_json::from_str(&token).unwrap_or_default();
            let end = json!({ "token": token, "value": { "kind": "end" } });
            told.push(envelope::notification("$/progress", &end));
        }
        self.left_over.append(&mut self.published);
        self.is_behind = true;
        told
    }

    /// What the server has said of its end.
    pub(super) fn parting(&self) -> Option<Parting> {
        self.parting
    }

    /// As [`Mirror::parting`], for the last time.
    pub(super) fn take_parting(&mut self) -> Option<Parting> {
        self.parting.take()
    }

    /// The `initialize` for a new server; `None` where there was none yet.
    pub(super) fn replay_initialize(&self) -> Option<Vec<u8>> {
        let params = self.initialize.as_deref()?;
        let unanswered =
            self.pending.iter().find(|(_, waiting)| **waiting == WaitingRequest::Initialize);
        let id = unanswered.map_or(REPLAY_ID, |(id, _)| id);
        Some(envelope::request(id, "initialize", Some(params)))
    }

    /// Whether the answer to a replayed `initialize` must come before anything else is said.
    pub(super) fn awaits_replay(&self) -> bool {
        !self.pending.values().any(|waiting| *waiting == WaitingRequest::Initialize)
    }

    /// Everything else for a new server.
    pub(super) fn replay_rest(&mut self) -> Vec<Vec<u8>> {
        if !self.is_initialized {
            return Vec::new();
        }
        let mut told: Vec<Vec<u8>> = self.settings.iter().cloned().collect();
        for (at, folders) in self.folders.iter().enumerate() {
            told.extend(self.documents.opened_after(at));
            told.push(folders.clone());
        }
        told.extend(self.documents.opened_after(self.folders.len()));
        told.push(self.says_latest());
        // From here on it tells what it finds, which takes in what is not saved.
        told.push(envelope::notification("initialized", &json!({})));
        if !self.left_over.is_empty() {
            told.push(envelope::request(TOLD_ID, TOLD, None));
        }
        told.append(&mut self.again);
        told
    }

    /// Asks the server whether it is there.
    pub(super) fn ping(&mut self) -> Vec<u8> {
        self.n_pings += 1;
        envelope::request(&format!("{PING_IDS}{}\"", self.n_pings), PING, None)
    }

    /// Asks the server for what it has still to say.
    pub(super) fn ask_for_last(&self) -> Vec<u8> {
        envelope::request(LAST_ID, PING, None)
    }

    /// Whether the server has said its last since it was asked to. It is told once.
    pub(super) fn take_last(&mut self) -> bool {
        std::mem::take(&mut self.has_said_last)
    }

    /// Whether the editor waits for the answer of a server that may be changing something.
    pub(super) fn awaits_command(&self) -> bool {
        self.pending.values().any(|waiting| matches!(waiting, WaitingRequest::Command))
    }

    /// Whether the editor waits for an answer that the server owes it.
    pub(super) fn awaits_answer(&self) -> bool {
        self.pending.values().any(|waiting| !matches!(waiting, WaitingRequest::News(_)))
    }

    /// What clears the findings of a server before that the new one, which has told everything, has
    /// not told again.
    fn clear_left_over(&mut self) -> Vec<Vec<u8>> {
        let left_over = std::mem::take(&mut self.left_over);
        let clear = |uri: String| json!({ "uri": uri, "diagnostics": [] });
        let clear = |uri| envelope::notification("textDocument/publishDiagnostics", &clear(uri));
        left_over.into_iter().map(clear).collect()
    }

    /// Shows a warning to the user, once the editor can.
    pub(super) fn show(&mut self, message: &str) {
        let params = json!({ "type": 2, "message": message });
        self.due.push(envelope::notification("window/showMessage", &params));
    }

    /// Writes a line to the editor's log, once the editor can.
    pub(super) fn log(&mut self, message: &str) {
        let params = json!({ "type": 3, "message": format!("Lockstep: {message}") });
        self.due.push(envelope::notification("window/logMessage", &params));
    }

    /// What the editor is to be told now.
    pub(super) fn take_due(&mut self) -> Vec<Vec<u8>> {
        if self.is_initialized { std::mem::take(&mut self.due) } else { Vec::new() }
    }

    /// Whether the editor has sent `shutdown` or `exit`, after which it needs no server.
    pub(super) fn has_taken_leave(&self) -> bool {
        self.has_shut_down || self.has_exited
    }

    /// Whether the editor has sent `exit`.
    pub(super) fn has_exited(&self) -> bool {
        self.has_exited
    }

    /// Whether the editor has sent `shutdown` and `exit`.
    pub(super) fn has_left_in_order(&self) -> bool {
        self.has_shut_down && self.has_exited
    }
}

const COMMAND_LOST: &str =
    "the Lockstep daemon ended before it answered; see what was done before you try again";
const READ_LOST: &str = "the Lockstep daemon ended before it answered; ask again";

#[derive(Deserialize)]
struct Retiring {
    replaced: bool,
}

/// What is read of an event.
#[derive(Deserialize)]
struct ToldEvent {
    workspace: PathBuf,
    seq: u64,
}

#[derive(Deserialize)]
struct Cancelled<'a> {
    #[serde(borrow)]
    id: &'a RawValue,
}

#[derive(Deserialize)]
struct Configuration {
    settings: Value,
}

impl Configuration {
    fn is_ours(&self) -> bool {
        self.settings.get("lockstep").is_some()
    }
}

#[derive(Deserialize)]
struct ProgressNotice<'a> {
    #[serde(borrow)]
    token: &'a RawValue,
    value: ProgressValue,
}

#[derive(Deserialize)]
struct ProgressValue {
    kind: String,
}

#[derive(Deserialize)]
struct ToldDiagnostics {
    uri: String,
    diagnostics: Vec<IgnoredAny>,
}

/// The encoding that an answer to `initialize` names.
fn encoding_of(message: &Envelope<'_>) -> Option<String> {
    let result: Value = serde_json::from_str(message.result?.get()).ok()?;
    result["capabilities"]["positionEncoding"].as_str().map(str::to_owned)
}
