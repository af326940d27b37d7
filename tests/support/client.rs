//! A client of the language server: bytes over pipes in this process, or to a real one.

use std::collections::{HashMap, VecDeque};
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use lockstep::hub::Hub;
use lockstep::lsp::connection::ConnectionEnd;
use lockstep::lsp::server;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::process::{Child, Command};
use tokio::task::JoinHandle;

/// Far longer than any step takes; a test that reaches it has found a hang.
const DEADLINE: Duration = Duration::from_secs(20);

/// A client. It fails when it is dropped with a request of the server unanswered.
pub struct TestClient {
    input: Box<dyn AsyncWrite + Unpin + Send>,
    output: BufReader<Box<dyn AsyncRead + Unpin + Send>>,
    server: Server,
    last_id: i64,
    /// What the server has published last, by URI.
    pub diagnostics: HashMap<String, Value>,
    /// Other notifications, in order.
    pub notifications: Vec<Value>,
    /// Requests that no one has answered.
    requests: VecDeque<Value>,
    /// Requests of ours that are under way, with their answers once they are there.
    begun: HashMap<i64, Option<Value>>,
    /// The answer to `initialize`.
    pub initialized: Value,
}

enum Server {
    Here(JoinHandle<ConnectionEnd>),
    Process(Box<Child>),
}

/// The capabilities of a client that can do everything.
pub fn able() -> Value {
    json!({
        "general": {"positionEncodings": ["utf-16"]},
        "window": {"workDoneProgress": true},
        "workspace": {
            "applyEdit": true,
            "workspaceFolders": true,
            "workspaceEdit": {
                "documentChanges": true,
                "resourceOperations": ["create", "rename", "delete"],
            },
        },
        "textDocument": {
            "hover": {"contentFormat": ["markdown", "plaintext"]},
            "publishDiagnostics": {"relatedInformation": true},
            "codeAction": {
                "codeActionLiteralSupport": {"codeActionKind": {"valueSet": [""]}},
                "isPreferredSupport": true,
                "dataSupport": true,
                "resolveSupport": {"properties": ["edit"]},
            },
        },
    })
}

/// The URI of a path.
pub fn uri(path: &Path) -> String {
    lockstep::lsp::uri::to_uri(path).as_str().to_owned()
}

impl TestClient {
    /// A session in this process, initialized, with one workspace folder.
    pub async fn start(root: &Path, capabilities: Value) -> TestClient {
        let folder = json!({"uri": uri(root), "name": "root"});
        let params = json!({"capabilities": capabilities, "workspaceFolders": [folder]});
        TestClient::start_with(params).await
    }

    /// A session in this process, initialized with these params.
    pub async fn start_with(params: Value) -> TestClient {
        let mut client = TestClient::connect();
        client.initialize(params).await;
        client
    }

    /// A session in this process, before `initialize`.
    pub fn connect() -> TestClient {
        TestClient::connect_to(&Hub::start())
    }

    /// A session in this process with others of the hub, before `initialize`.
    pub fn connect_to(hub: &Hub) -> TestClient {
        let hub = hub.clone();
        let (input, server_input) = tokio::io::duplex(1 << 20);
        let (server_output, output) = tokio::io::duplex(1 << 20);
        let serving =
            tokio::spawn(async move { server::serve(&hub, server_input, server_output).await });
        TestClient::over(Box::new(input), Box::new(output), Server::Here(serving))
    }

    /// A session with a process of its own, before `initialize`.
    pub fn spawn(command: std::process::Command) -> TestClient {
        let mut command = Command::from(command);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
        let mut child = command.spawn().expect("the program starts");
        let input = Box::new(child.stdin.take().expect("a pipe"));
        let output = Box::new(child.stdout.take().expect("a pipe"));
        TestClient::over(input, output, Server::Process(Box::new(child)))
    }

    fn over(
        input: Box<dyn AsyncWrite + Unpin + Send>,
        output: Box<dyn AsyncRead + Unpin + Send>,
        server: Server,
    ) -> TestClient {
        TestClient {
            input,
            output: BufReader::new(output),
            server,
            last_id: 0,
            diagnostics: HashMap::new(),
            notifications: Vec::new(),
            requests: VecDeque::new(),
            begun: HashMap::new(),
            initialized: Value::Null,
        }
    }

    /// The process of the server.
    pub fn pid(&self) -> u32 {
        match &self.server {
            Server::Here(_) => std::process::id(),
            Server::Process(child) => child.id().expect("it has not ended"),
        }
    }

    /// How many notifications of this method have come that nobody has taken.
    pub fn n_notified(&self, method: &str) -> usize {
        self.notifications.iter().filter(|it| it["method"] == method).count()
    }

    /// What its user was shown, and nobody has taken.
    pub fn shown(&self) -> Vec<&Value> {
        let shown = self.notifications.iter().filter(|it| it["method"] == "window/showMessage");
        shown.map(|it| &it["params"]["message"]).collect()
    }

    pub async fn initialize(&mut self, params: Value) {
        self.initialized = self.request("initialize", params).await.expect("it initializes");
        self.notify("initialized", json!({})).await;
    }

    pub async fn notify(&mut self, method: &str, params: Value) {
        self.send(json!({"jsonrpc": "2.0", "method": method, "params": params})).await;
    }

    /// Sends a request and waits for its answer; what else comes meanwhile is kept.
    pub async fn request(&mut self, method: &str, params: Value) -> Result<Value, Value> {
        self.request_as(method, Some(params)).await
    }

    /// As [`TestClient::request`], perhaps without params.
    pub async fn request_as(
        &mut self,
        method: &str,
        params: Option<Value>,
    ) -> Result<Value, Value> {
        let id = self.begin(method, params).await;
        self.end_of(id).await
    }

    /// Sends a request and does not wait for its answer.
    pub async fn begin(&mut self, method: &str, params: Option<Value>) -> i64 {
        self.last_id += 1;
        let id = self.last_id;
        let mut request = json!({"jsonrpc": "2.0", "id": id, "method": method});
        if let Some(params) = params {
            request["params"] = params;
        }
        self.begun.insert(id, None);
        self.send(request).await;
        id
    }

    /// Whether a request that was begun is answered, as far as has been read.
    pub fn is_answered(&self, id: i64) -> bool {
        self.begun[&id].is_some()
    }

    /// Waits for the answer to a request that was begun.
    pub async fn end_of(&mut self, id: i64) -> Result<Value, Value> {
        while self.begun[&id].is_none() {
            self.receive(&format!("the answer to request {id}")).await;
        }
        let mut response = self.begun.remove(&id).flatten().expect("it is there");
        match response.get("error") {
            Some(error) => Err(error.clone()),
            None => Ok(response["result"].take()),
        }
    }

    /// Waits for a request of the server, which must be answered.
    pub async fn asked(&mut self, method: &str) -> Value {
        loop {
            if let Some(at) = self.requests.iter().position(|it| it["method"] == method) {
                return self.requests[at].clone();
            }
            self.receive(method).await;
        }
    }

    /// Waits for a request of the server, or for an error, or these words, to the user instead.
    pub async fn asked_or_told(&mut self, method: &str, words: &str) -> Option<Value> {
        loop {
            if let Some(at) = self.requests.iter().position(|it| it["method"] == method) {
                return Some(self.requests[at].clone());
            }
            let told = |it: &Value| {
                let says = it["params"]["message"].as_str().is_some_and(|it| it.contains(words));
                it["method"] == "window/showMessage" && (it["params"]["type"] == 1 || says)
            };
            if let Some(at) = self.notifications.iter().position(told) {
                self.notifications.remove(at);
                return None;
            }
            self.receive(method).await;
        }
    }

    /// Answers a request of the server.
    pub async fn answer(&mut self, request: &Value, result: Value) {
        self.requests.retain(|it| it["id"] != request["id"]);
        self.send(json!({"jsonrpc": "2.0", "id": request["id"], "result": result})).await;
    }

    /// Opens a document at version 1, with the text that is on disk.
    pub async fn open(&mut self, path: &Path) {
        let text = std::fs::read_to_string(path).expect("a document on disk");
        self.open_as(path, &text).await;
    }

    /// Opens a document at version 1.
    pub async fn open_as(&mut self, path: &Path, text: &str) {
        let document = json!({"uri": uri(path), "languageId": "x", "version": 1, "text": text});
        self.notify("textDocument/didOpen", json!({"textDocument": document})).await;
    }

    /// Sends changes of an open document.
    pub async fn change(&mut self, path: &Path, version: i32, changes: Value) {
        let document = json!({"uri": uri(path), "version": version});
        let params = json!({"textDocument": document, "contentChanges": changes});
        self.notify("textDocument/didChange", params).await;
    }

    /// Waits until the diagnostics of a document are as they should be, and returns them.
    pub async fn diagnostics_until(
        &mut self,
        path: &Path,
        wanted: impl Fn(&[Value]) -> bool,
    ) -> Vec<Value> {
        let uri = uri(path);
        loop {
            let known = self.diagnostics.get(&uri).and_then(|it| it["diagnostics"].as_array());
            if let Some(known) = known.filter(|known| wanted(known)) {
                return known.clone();
            }
            self.receive(&format!("diagnostics of {uri}")).await;
        }
    }

    /// Waits for a notification and takes it out.
    pub async fn notified(&mut self, method: &str) -> Value {
        loop {
            if let Some(at) = self.notifications.iter().position(|it| it["method"] == method) {
                return self.notifications.remove(at)["params"].take();
            }
            self.receive(method).await;
        }
    }

    /// Takes leave, and returns the exit code that a process has or would have.
    pub async fn leave(mut self) -> i32 {
        self.request("shutdown", Value::Null).await.expect("it shuts down");
        self.notify("exit", Value::Null).await;
        self.end().await
    }

    /// Waits for the end of the server.
    pub async fn end(&mut self) -> i32 {
        let end = async {
            match &mut self.server {
                Server::Here(serving) => match serving.await.expect("it does not panic") {
                    ConnectionEnd::Exit { after_shutdown: true } => 0,
                    _ => 1,
                },
                Server::Process(child) => {
                    child.wait().await.expect("it can be waited for").code().unwrap_or(-1)
                }
            }
        };
        tokio::time::timeout(DEADLINE, end).await.expect("the server ends")
    }

    async fn send(&mut self, message: Value) {
        let body = message.to_string();
        let bytes = format!("Content-Length: {}\r\n\r\n{body}", body.len());
        self.input.write_all(bytes.as_bytes()).await.expect("the server reads");
        self.input.flush().await.expect("the server reads");
    }

    /// Takes in one message.
    async fn receive(&mut self, awaited: &str) {
        let message = tokio::time::timeout(DEADLINE, self.read()).await;
        let Ok(message) = message else {
            panic!(
                "waited in vain for {awaited}; last diagnostics: {:#?}, notifications: {:#?}",
                self.diagnostics, self.notifications
            );
        };
        let method = message["method"].as_str().unwrap_or_default();
        match (method, message.get("id")) {
            ("", id) => {
                let begun = id.and_then(Value::as_i64).and_then(|id| self.begun.get_mut(&id));
                match begun {
                    Some(begun) => *begun = Some(message),
                    None => panic!("an answer to nothing: {message}"),
                }
            }
            ("textDocument/publishDiagnostics", _) => {
                let params = message["params"].clone();
                let uri = params["uri"].as_str().expect("a URI").to_owned();
                self.diagnostics.insert(uri, params);
            }
            ("window/workDoneProgress/create", Some(_)) => {
                self.answer(&message, Value::Null).await;
            }
            (_, Some(_)) => self.requests.push_back(message),
            (_, None) => self.notifications.push(message),
        }
    }

    async fn read(&mut self) -> Value {
        let mut length = 0;
        loop {
            let mut line = String::new();
            let n = self.output.read_line(&mut line).await.expect("the server writes");
            assert!(n > 0, "the server has closed its output");
            if line == "\r\n" {
                break;
            }
            if let Some(value) = line.strip_prefix("Content-Length: ") {
                length = value.trim().parse().expect("a length");
            }
        }
        let mut body = vec![0; length];
        self.output.read_exact(&mut body).await.expect("a whole message");
        serde_json::from_slice(&body).expect("JSON")
    }
}

impl Drop for TestClient {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            assert!(self.requests.is_empty(), "unanswered: {:#?}", self.requests);
        }
    }
}
