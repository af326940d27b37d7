//! The smallest client that can show what the server does: it blocks, and speaks plain JSON.

use std::collections::BTreeMap;
use std::io::{self, BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::cli::UserError;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// A server in a process of its own, which ends with this value.
#[derive(Debug)]
pub(super) struct Client {
    child: Child,
    input: ChildStdin,
    messages: Receiver<Value>,
    last_id: u64,
    /// The findings of each file, as they were last told, by URI.
    pub(super) diagnostics: BTreeMap<String, Vec<Value>>,
}

impl Client {
    /// Starts a server.
    pub(super) fn start(server: &Path) -> Result<Client, UserError> {
        let broken = |error| UserError::io("cannot start the server", &error);
        let mut child = Command::new(server)
            .args(["lsp", "--in-process"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(broken)?;
        let no_pipe = || broken(io::Error::other("it has no standard input and output"));
        let input = child.stdin.take().ok_or_else(no_pipe)?;
        let output = child.stdout.take().ok_or_else(no_pipe)?;
        let (sender, messages) = channel();
        std::thread::spawn(move || {
            let mut output = BufReader::new(output);
            while let Ok(Some(message)) = receive(&mut output) {
                if sender.send(message).is_err() {
                    break;
                }
            }
        });
        Ok(Client { child, input, messages, last_id: 0, diagnostics: BTreeMap::new() })
    }

    /// Asks, and waits for the answer.
    pub(super) fn request(&mut self, method: &str, params: Value) -> Result<Value, UserError> {
        self.last_id += 1;
        let id = self.last_id;
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }))?;
        let deadline = Instant::now() + PATIENCE;
        loop {
            let mut message = self.next(deadline, method)?;
            if message.get("method").is_some() || message["id"] != id {
                continue;
            }
            if let Some(error) = message.get("error") {
                return Err(UserError::internal(format!("the server refused `{method}`"))
                    .why(error["message"].as_str().unwrap_or_default()));
            }
            return Ok(message["result"].take());
        }
    }

    /// Tells.
    pub(super) fn notify(&mut self, method: &str, params: Value) -> Result<(), UserError> {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params }))
    }

    /// Waits until the findings are as they should be.
    pub(super) fn wait_for(
        &mut self,
        what: &str,
        holds: impl Fn(&BTreeMap<String, Vec<Value>>) -> bool,
    ) -> Result<(), UserError> {
        let deadline = Instant::now() + PATIENCE;
        while !holds(&self.diagnostics) {
            self.next(deadline, what)?;
        }
        Ok(())
    }

    /// Takes leave, and waits until the server has ended.
    pub(super) fn leave(mut self) -> Result<(), UserError> {
        self.request("shutdown", Value::Null)?;
        self.notify("exit", Value::Null)?;
        self.child
            .wait()
            .map(drop)
            .map_err(|error| UserError::io("the server did not stop", &error))
    }

    /// The next message. What the server asks for is answered, what it tells of findings is kept.
    fn next(&mut self, deadline: Instant, what: &str) -> Result<Value, UserError> {
        let left = deadline.saturating_duration_since(Instant::now());
        let message = self.messages.recv_timeout(left).map_err(|error| match error {
            RecvTimeoutError::Timeout => {
                UserError::internal(format!("the server did not answer in time: {what}"))
            }
            RecvTimeoutError::Disconnected => {
                UserError::internal(format!("the server stopped too early: {what}"))
            }
        })?;
        match message["method"].as_str() {
            Some("textDocument/publishDiagnostics") => {
                let params = &message["params"];
                let uri = params["uri"].as_str().unwrap_or_default().to_owned();
                let found = params["diagnostics"].as_array().cloned().unwrap_or_default();
                self.diagnostics.insert(uri, found);
            }
            Some(_) if message.get("id").is_some() => {
                self.send(&json!({ "jsonrpc": "2.0", "id": message["id"], "result": null }))?;
            }
            _ => {}
        }
        Ok(message)
    }

    fn send(&mut self, message: &Value) -> Result<(), UserError> {
        let text = message.to_string();
        write!(self.input, "Content-Length: {}\r\n\r\n{text}", text.len())
            .and_then(|()| self.input.flush())
            .map_err(|error| UserError::io("the server does not read its input", &error))
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        // A server that has ended cannot be killed, which is as good.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// One message; `None` where the stream ends.
fn receive(output: &mut impl BufRead) -> io::Result<Option<Value>> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if output.read_line(&mut line)? == 0 {
            return Ok(None);
        }
        match line.trim_end().split_once(": ") {
            Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                length = value.parse().map_err(io::Error::other)?;
            }
            Some(_) => {}
            None => break,
        }
    }
    let mut body = vec![0; length];
    output.read_exact(&mut body)?;
    Ok(Some(serde_json::from_slice(&body)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_read_by_their_length() {
        let mut input: &[u8] = b"Content-Length: 2\r\nX: y\r\n\r\n{}content-length: 4\r\n\r\nnull";
        assert_eq!(receive(&mut input).expect("a message"), Some(json!({})));
        assert_eq!(receive(&mut input).expect("a message"), Some(Value::Null));
        assert_eq!(receive(&mut input).expect("the end"), None);
    }
}
