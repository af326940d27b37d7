//! Editors, as processes of `lockstep lsp` with a thread each that notes when a message has come.

use std::collections::HashMap;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};

use lockstep::daemon::address::{FOLDER_VARIABLE, OFF_VARIABLE};
use lockstep::lsp::uri::to_uri;
use serde_json::{Value, json};

/// Far longer than anything takes.
const DEADLINE: Duration = Duration::from_secs(60);

/// Where a daemon is met that nobody else meets. It ends with this.
#[derive(Debug)]
pub(crate) struct Meeting {
    folder: PathBuf,
}

impl Meeting {
    pub(crate) fn below(folder: &Path) -> Meeting {
        Meeting { folder: folder.join("daemon") }
    }

    /// The binary.
    pub(crate) fn lockstep(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_lockstep"));
        command.args(arguments).env(FOLDER_VARIABLE, &self.folder).env_remove(OFF_VARIABLE);
        command
    }

    /// The process of the daemon, which there is.
    pub(crate) fn pid(&self) -> io::Result<u32> {
        let output = self.lockstep(&["daemon", "status", "--format", "json"]).output()?;
        let status: Value = serde_json::from_slice(&output.stdout)?;
        let pid = status["pid"].as_u64().and_then(|pid| u32::try_from(pid).ok());
        pid.ok_or_else(|| io::Error::other("no daemon is running"))
    }

    /// Ends the daemon, if there is one.
    pub(crate) fn stop(&self) {
        // There may be none.
        let _ = self.lockstep(&["daemon", "stop"]).stdout(Stdio::null()).status();
    }
}

impl Drop for Meeting {
    fn drop(&mut self) {
        self.stop();
    }
}

/// What has come from a server, to whom, and when.
#[derive(Debug)]
struct Arrival {
    editor: usize,
    at: Instant,
    message: Value,
}

/// Editors that are open at the same time.
#[derive(Debug)]
pub(crate) struct Editors {
    all: Vec<Editor>,
    arrivals: Receiver<Arrival>,
    arrived: Sender<Arrival>,
}

#[derive(Debug)]
struct Editor {
    child: Child,
    input: ChildStdin,
    last_id: i64,
    /// What the server has said last of each file.
    findings: HashMap<String, Value>,
}

/// When an editor was started, was answered, and was told of findings.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Attach {
    pub(crate) answered: Duration,
    pub(crate) told: Duration,
}

impl Editors {
    pub(crate) fn none() -> Editors {
        let (arrived, arrivals) = mpsc::channel();
        Editors { all: Vec::new(), arrivals, arrived }
    }

    pub(crate) fn len(&self) -> usize {
        self.all.len()
    }

    pub(crate) fn pids(&self) -> Vec<u32> {
        self.all.iter().map(|editor| editor.child.id()).collect()
    }

    /// Opens one more editor in a workspace, and waits until it is told of findings there.
    pub(crate) fn open(&mut self, mut command: Command, root: &Path) -> io::Result<Attach> {
        let began = Instant::now();
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let (Some(input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(io::Error::other("there are no pipes"));
        };
        let (editor, arrived) = (self.all.len(), self.arrived.clone());
        std::thread::spawn(move || read(editor, BufReader::new(output), &arrived));
        self.all.push(Editor { child, input, last_id: 0, findings: HashMap::new() });
        let params = json!({
            "capabilities": {"textDocument": {
                "hover": {"contentFormat": ["markdown"]},
                "codeAction": {
                    "codeActionLiteralSupport": {"codeActionKind": {"valueSet": [""]}},
                    "dataSupport": true,
                    "resolveSupport": {"properties": ["edit"]},
                },
                "publishDiagnostics": {"relatedInformation": true},
            }},
            "clientInfo": {"name": "Bench"},
            "workspaceFolders": [{"uri": to_uri(root).as_str(), "name": "root"}],
        });
        let (_, answered) = self.request(editor, "initialize", params)?;
        self.notify(editor, "initialized", json!({}))?;
        let told = self.until(&[editor], |findings| !findings.is_empty())?;
        Ok(Attach { answered: answered - began, told: told[0] - began })
    }

    pub(crate) fn notify(&mut self, editor: usize, method: &str, params: Value) -> io::Result<()> {
        self.all[editor].send(&json!({"jsonrpc": "2.0", "method": method, "params": params}))
    }

    /// Sends a request, and returns its answer with when that came.
    pub(crate) fn request(
        &mut self,
        editor: usize,
        method: &str,
        params: Value,
    ) -> io::Result<(Value, Instant)> {
        let id = {
            let editor = &mut self.all[editor];
            editor.last_id += 1;
            let id = editor.last_id;
            editor
                .send(&json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}))?;
            id
        };
        loop {
            let Arrival { editor: from, at, mut message } = self.next()?;
            let is_answer = message.get("method").is_none() && message["id"] == json!(id);
            if is_answer && from == editor {
                return match message.get("error") {
                    Some(error) => Err(io::Error::other(format!("{method}: {error}"))),
                    None => Ok((message["result"].take(), at)),
                };
            }
        }
    }

    /// Waits until what each of these editors knows is as wanted, and returns when that came.
    pub(crate) fn until(
        &mut self,
        editors: &[usize],
        wanted: impl Fn(&HashMap<String, Value>) -> bool,
    ) -> io::Result<Vec<Instant>> {
        let now = Instant::now();
        let holds = |all: &[Editor], editor: usize| wanted(&all[editor].findings);
        let mut times: HashMap<usize, Instant> =
            editors.iter().filter(|it| holds(&self.all, **it)).map(|it| (*it, now)).collect();
        while times.len() < editors.len() {
            let Arrival { editor, at, .. } = self.next()?;
            if editors.contains(&editor) && holds(&self.all, editor) {
                times.entry(editor).or_insert(at);
            }
        }
        Ok(editors.iter().map(|editor| times[editor]).collect())
    }

    /// Listens to all editors for so long, and returns how many messages have come.
    pub(crate) fn listen(&mut self, time: Duration) -> io::Result<usize> {
        let (began, mut n_told) = (Instant::now(), 0);
        while let Some(left) = time.checked_sub(began.elapsed()) {
            match self.arrivals.recv_timeout(left) {
                Ok(arrival) => self.take(&arrival)?,
                Err(RecvTimeoutError::Timeout) => break,
                Err(error) => return Err(io::Error::other(error)),
            }
            n_told += 1;
        }
        Ok(n_told)
    }

    /// Takes in the next message.
    fn next(&mut self) -> io::Result<Arrival> {
        let arrival = self.arrivals.recv_timeout(DEADLINE).map_err(io::Error::other)?;
        self.take(&arrival)?;
        Ok(arrival)
    }

    fn take(&mut self, arrival: &Arrival) -> io::Result<()> {
        let message = &arrival.message;
        // One that has left may have been told something before.
        let Some(editor) = self.all.get_mut(arrival.editor) else { return Ok(()) };
        if message["method"] == "textDocument/publishDiagnostics" {
            let params = &message["params"];
            let uri = params["uri"].as_str().unwrap_or_default().to_owned();
            editor.findings.insert(uri, params["diagnostics"].clone());
        } else if message.get("method").is_some() && message.get("id").is_some() {
            editor.send(&json!({"jsonrpc": "2.0", "id": message["id"], "result": null}))?;
        }
        Ok(())
    }

    /// Closes the editor that was opened last.
    pub(crate) fn leave(&mut self) -> io::Result<()> {
        let last = self.all.len() - 1;
        self.request(last, "shutdown", Value::Null)?;
        self.notify(last, "exit", Value::Null)?;
        if let Some(mut editor) = self.all.pop() {
            editor.child.wait()?;
        }
        Ok(())
    }

    /// Closes all.
    pub(crate) fn leave_all(&mut self) -> io::Result<()> {
        while !self.all.is_empty() {
            self.leave()?;
        }
        Ok(())
    }
}

impl Drop for Editor {
    fn drop(&mut self) {
        // It may have ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Editor {
    fn send(&mut self, message: &Value) -> io::Result<()> {
        let body = message.to_string();
        write!(self.input, "Content-Length: {}\r\n\r\n{body}", body.len())?;
        self.input.flush()
    }
}

/// Whether some finding says this.
pub(crate) fn says(findings: &HashMap<String, Value>, text: &str) -> bool {
    let all = findings.values().filter_map(Value::as_array).flatten();
    all.filter_map(|it| it["message"].as_str()).any(|message| message.contains(text))
}

/// Notes every message, until there are no more.
fn read(editor: usize, mut output: BufReader<ChildStdout>, arrived: &Sender<Arrival>) {
    while let Ok(Some(body)) = read_body(&mut output) {
        let at = Instant::now();
        let Ok(message) = serde_json::from_slice(&body) else { return };
        if arrived.send(Arrival { editor, at, message }).is_err() {
            return;
        }
    }
}

fn read_body(output: &mut BufReader<ChildStdout>) -> io::Result<Option<Vec<u8>>> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if output.read_line(&mut line)? == 0 {
            return Ok(None);
        }
        if line == "\r\n" {
            break;
        }
        if let Some(value) = line.strip_prefix("Content-Length: ") {
            length = value.trim().parse().map_err(io::Error::other)?;
        }
    }
    let mut body = vec![0; length];
    output.read_exact(&mut body)?;
    Ok(Some(body))
}
