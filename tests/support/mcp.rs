//! A client of `lockstep mcp`, of either era.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use serde_json::{Value, json};

/// Far longer than anything takes.
const DEADLINE: Duration = Duration::from_secs(30);

/// A process that serves, and whoever talks to it.
pub struct Mcp {
    child: Child,
    input: Option<ChildStdin>,
    lines: Receiver<String>,
    n_requests: u64,
    is_modern: bool,
    /// Notifications that came before an answer.
    pub told: Vec<Value>,
}

impl Mcp {
    /// A client that says its version in each request.
    pub fn modern(command: Command) -> Mcp {
        Mcp::start(command, true)
    }

    /// A client that has begun with `initialize`.
    pub fn legacy(command: Command) -> Mcp {
        let mut mcp = Mcp::start(command, false);
        let hello = json!({
            "protocolVersion": "2025-06-18",
            "capabilities": {},
            "clientInfo": { "name": "Old", "version": "1" },
        });
        let answer = mcp.request("initialize", hello).expect("an answer");
        assert_eq!(answer["protocolVersion"], "2025-06-18");
        mcp.write(&json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }).to_string());
        mcp
    }

    /// Somebody who has said nothing yet.
    pub fn start(mut command: Command, is_modern: bool) -> Mcp {
        command.arg("mcp").stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().expect("the binary runs");
        let output = BufReader::new(child.stdout.take().expect("a pipe"));
        let (sender, lines) = channel();
        std::thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    break;
                }
            }
        });
        let input = child.stdin.take();
        Mcp { child, input, lines, n_requests: 0, is_modern, told: Vec::new() }
    }

    /// Writes a line.
    pub fn write(&mut self, line: &str) {
        let input = self.input.as_mut().expect("it is open");
        writeln!(input, "{line}").expect("it is read");
        input.flush().expect("it is read");
    }

    /// The next message.
    pub fn read(&mut self) -> Value {
        let line = self.lines.recv_timeout(DEADLINE).expect("a message");
        serde_json::from_str(&line).expect("one object a line")
    }

    /// Asks, without waiting for the answer: the id of the request.
    pub fn ask(&mut self, method: &str, mut params: Value) -> u64 {
        self.n_requests += 1;
        if self.is_modern {
            params["_meta"] = json!({
                "io.modelcontextprotocol/protocolVersion": "2026-07-28",
                "io.modelcontextprotocol/clientCapabilities": {},
                "io.modelcontextprotocol/clientInfo": { "name": "Test", "version": "1" },
            });
        }
        let id = self.n_requests;
        let asked = json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params });
        self.write(&asked.to_string());
        id
    }

    /// What a request gives: its result, or its error.
    pub fn request(&mut self, method: &str, params: Value) -> Result<Value, Value> {
        let id = self.ask(method, params);
        loop {
            let mut message = self.read();
            if message.get("id").is_none() {
                self.told.push(message);
                continue;
            }
            assert_eq!(message["id"], id, "{message:#}");
            return match message.get_mut("error") {
                Some(error) => Err(error.take()),
                None => Ok(message["result"].take()),
            };
        }
    }

    /// What a tool gives, and whether that is a failure.
    pub fn call(&mut self, name: &str, arguments: Value) -> (Value, bool) {
        let params = json!({ "name": name, "arguments": arguments });
        let result = self.request("tools/call", params).expect("a result");
        let text = result["content"][0]["text"].as_str().expect("a text");
        let told: Value = serde_json::from_str(text).expect("JSON");
        assert_eq!(told, result["structuredContent"], "the text says the same");
        (told, result["isError"].as_bool().expect("a flag"))
    }

    /// What a tool gives that does what it should.
    pub fn done(&mut self, name: &str, arguments: Value) -> Value {
        let (told, is_error) = self.call(name, arguments);
        assert!(!is_error, "{told:#}");
        told
    }

    /// Why a tool does not.
    pub fn failed(&mut self, name: &str, arguments: Value) -> Value {
        let (told, is_error) = self.call(name, arguments);
        assert!(is_error, "{told:#}");
        told
    }

    /// Leaves; returns the exit code.
    pub fn leave(mut self) -> Option<i32> {
        drop(self.input.take());
        self.child.wait().expect("it ends").code()
    }
}

impl Drop for Mcp {
    fn drop(&mut self) {
        // It may have ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
