//! A server of odd methods behind `serve`, and a client that talks bytes to it.

mod ending;
mod handlers;
mod input;

use std::sync::{Arc, Mutex};

use futures::FutureExt;
use serde_json::json;
use tokio::io::{AsyncWriteExt, DuplexStream};
use tokio::task::JoinHandle;
use tower_lsp::Client;
use tower_lsp::jsonrpc::Result;
use tower_lsp::ls_types::{
    DidOpenTextDocumentParams, InitializeParams, InitializeResult, InitializedParams, MessageType,
};

use super::*;

/// Far longer than any step takes; a test that reaches it has found a hang.
const DEADLINE: Duration = Duration::from_secs(20);

async fn in_time<T>(what: &str, step: impl Future<Output = T>) -> T {
    match tokio::time::timeout(DEADLINE, step).await {
        Ok(done) => done,
        Err(_) => panic!("no end in sight: {what}"),
    }
}

/// A session whose handlers do what connections have to bear.
struct TestServer {
    client: Client,
    seen: Arc<Mutex<Vec<Value>>>,
    /// Closed when the session is dropped.
    _alive: oneshot::Sender<()>,
}

impl LanguageServer for TestServer {
    async fn initialize(&self, params: InitializeParams) -> Result<InitializeResult> {
        self.see(json!(params));
        Ok(InitializeResult::default())
    }

    async fn initialized(&self, _: InitializedParams) {
        self.see(json!("initialized"));
    }

    async fn shutdown(&self) -> Result<()> {
        Ok(())
    }

    async fn did_open(&self, params: DidOpenTextDocumentParams) {
        self.see(json!([params.text_document.uri, params.text_document.text.len()]));
    }
}

impl TestServer {
    fn see(&self, what: Value) {
        self.seen.lock().expect("no handler panics in it").push(what);
    }

    async fn note(&self, what: Value) {
        self.see(what);
        tokio::task::yield_now().await;
    }

    async fn echo(&self, what: Value) -> Result<Value> {
        Ok(what)
    }

    async fn seen(&self) -> Result<Value> {
        Ok(json!(*self.seen.lock().expect("no handler panics in it")))
    }

    /// Answers with the client's answer.
    async fn ask(&self) -> Result<Value> {
        self.client.configuration(vec![]).await.map(Value::Array)
    }

    async fn ask_and_note(&self) {
        self.see(json!("asking"));
        let answer = self.client.configuration(vec![]).await;
        self.see(json!(answer.is_ok()));
    }

    /// Asks the client and does not wait.
    async fn ask_in_vain(&self) -> Result<Value> {
        let answer = Box::pin(self.client.configuration(vec![])).now_or_never();
        Ok(json!(answer.is_some()))
    }

    /// Answers after much else has had its turn.
    async fn linger(&self, what: Value) -> Result<Value> {
        for _ in 0..10_000 {
            tokio::task::yield_now().await;
        }
        Ok(what)
    }

    async fn hang(&self) -> Result<Value> {
        std::future::pending().await
    }

    async fn panic_at_once(&self) -> Result<Value> {
        panic!("at once")
    }

    async fn panic_later(&self, what: Value) -> Result<Value> {
        tokio::task::yield_now().await;
        panic!("later, with {what}")
    }

    async fn panic_in_silence(&self, _: Value) {
        tokio::task::yield_now().await;
        panic!("in a notification")
    }

    /// Sends a message to the client, then answers.
    async fn log_then_answer(&self, what: Value) -> Result<Value> {
        tokio::task::yield_now().await;
        self.client.log_message(MessageType::LOG, &what).await;
        Ok(what)
    }
}

fn test_service() -> (LspService<TestServer>, ClientSocket, oneshot::Receiver<()>) {
    let (alive, session) = oneshot::channel();
    let seen = Arc::default();
    let (service, socket) = LspService::build(|client| TestServer { client, seen, _alive: alive })
        .custom_method("test/note", TestServer::note)
        .custom_method("test/echo", TestServer::echo)
        .custom_method("test/seen", TestServer::seen)
        .custom_method("test/ask", TestServer::ask)
        .custom_method("test/askAndNote", TestServer::ask_and_note)
        .custom_method("test/askInVain", TestServer::ask_in_vain)
        .custom_method("test/linger", TestServer::linger)
        .custom_method("test/hang", TestServer::hang)
        .custom_method("test/panicAtOnce", TestServer::panic_at_once)
        .custom_method("test/panicLater", TestServer::panic_later)
        .custom_method("test/panicInSilence", TestServer::panic_in_silence)
        .custom_method("test/logThenAnswer", TestServer::log_then_answer)
        .finish();
    (service, socket, session)
}

struct TestClient {
    input: DuplexStream,
    output: FrameReader<DuplexStream>,
    serving: JoinHandle<ConnectionEnd>,
    session: oneshot::Receiver<()>,
}

impl TestClient {
    /// A connection with a pipe of `pipe` bytes for the output, before `initialize`.
    fn connect(options: ConnectionOptions, pipe: usize) -> TestClient {
        let (input, server_input) = tokio::io::duplex(1024 * 1024);
        let (server_output, output) = tokio::io::duplex(pipe);
        let (service, socket, session) = test_service();
        let serving = tokio::spawn(serve(server_input, server_output, service, socket, options));
        TestClient { input, output: FrameReader::new(output, usize::MAX), serving, session }
    }

    /// An initialised session.
    async fn start() -> TestClient {
        TestClient::start_with(ConnectionOptions::default()).await
    }

    async fn start_with(options: ConnectionOptions) -> TestClient {
        let mut client = TestClient::connect(options, 1024 * 1024);
        client.initialize().await;
        client
    }

    async fn initialize(&mut self) {
        let response = self.call(0, "initialize", json!({"capabilities": {}})).await;
        assert_eq!(response["result"], json!({"capabilities": {}}));
    }

    async fn send_bytes(&mut self, bytes: &[u8]) {
        in_time("writing", self.input.write_all(bytes)).await.expect("the server reads");
    }

    async fn send(&mut self, message: Value) {
        let mut bytes = Vec::new();
        framing::encode(&message, &mut bytes).expect("JSON serialises");
        self.send_bytes(&bytes).await;
    }

    async fn notify(&mut self, method: &str, params: Value) {
        self.send(json!({"jsonrpc": "2.0", "method": method, "params": params})).await;
    }

    async fn request(&mut self, id: i64, method: &str, params: Value) {
        self.send(json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params})).await;
    }

    async fn answer(&mut self, request: &Value, result: Value) {
        assert_eq!(request["method"], "workspace/configuration");
        self.send(json!({"jsonrpc": "2.0", "id": request["id"], "result": result})).await;
    }

    async fn receive(&mut self) -> Value {
        match in_time("a message", self.output.next()).await.expect("a pipe does not fail") {
            Some(Frame::Body(body)) => serde_json::from_slice(body).expect("JSON"),
            other => panic!("no message but {other:?}"),
        }
    }

    /// Sends a request and receives its response, which must be the next message.
    async fn call(&mut self, id: i64, method: &str, params: Value) -> Value {
        self.request(id, method, params).await;
        let response = self.receive().await;
        assert_eq!(response["id"], id, "{response}");
        response
    }

    /// What the session has seen so far.
    async fn seen(&mut self) -> Vec<Value> {
        let response = self.call(-1, "test/seen", Value::Null).await;
        response["result"].as_array().expect("a list").clone()
    }

    async fn assert_alive(&mut self) {
        let response = self.call(-2, "test/echo", json!("still here")).await;
        assert_eq!(response["result"], "still here");
    }

    /// Waits for the end of the connection and of its session; keeps both pipes open.
    async fn end(&mut self) -> ConnectionEnd {
        let end = in_time("the connection", &mut self.serving).await.expect("serve does not panic");
        in_time("the session", &mut self.session).await.expect_err("it is dropped, not sent");
        end
    }
}
