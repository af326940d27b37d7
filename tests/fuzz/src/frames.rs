//! Bytes on the wire of the protocol: whatever comes, the real server answers each good request that
//! follows, every answer is a good frame, and no handler panics.

use std::sync::OnceLock;

use lockstep::hub::Hub;
use lockstep::lsp::connection::{ConnectionEnd, ConnectionOptions};
use lockstep::lsp::server::serve_with;
use serde_json::Value;
use tokio::io::AsyncReadExt;
use tokio::runtime::{Builder, Runtime};

/// A frame may be so long, in bytes. As much that is good comes behind what is fuzzed, so that a length
/// without a body swallows no more than some of it.
const LONGEST: usize = 2048;

const INITIALIZE: &str = r#"{"jsonrpc":"2.0","id":"first","method":"initialize","params":{"processId":null,"rootUri":null,"capabilities":{}}}"#;
const LAST: &str = r#"{"jsonrpc":"2.0","id":"last","method":"shutdown"}"#;

pub fn check(data: &[u8]) {
    if data.len() > 16 * 1024 {
        return;
    }
    let mut input = Vec::new();
    // Half of the inputs meet a server that is up.
    let is_up = data.first().is_some_and(|first| first % 2 == 0);
    if is_up {
        input.extend(frame(INITIALIZE));
    }
    input.extend_from_slice(data);
    input.extend_from_slice(b"\n\r\n");
    let good = frame(LAST);
    for _ in 0..2 * LONGEST / good.len() + 2 {
        input.extend_from_slice(&good);
    }
    let (output, end) = runtime().block_on(session(input));
    let answers = bodies(&output);
    let is_last = |answer: &Value| answer.get("id").is_some_and(|id| id == "last");
    let exits = matches!(end, ConnectionEnd::Exit { .. });
    assert!(exits || answers.iter().any(is_last), "no good request is answered: {end:?}");
}

fn runtime() -> &'static Runtime {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| Builder::new_current_thread().enable_all().build().expect("threads"))
}

async fn session(input: Vec<u8>) -> (Vec<u8>, ConnectionEnd) {
    static HUB: OnceLock<Hub> = OnceLock::new();
    let hub = HUB.get_or_init(Hub::start);
    let (writer, mut reader) = tokio::io::duplex(1 << 20);
    let mut options = ConnectionOptions::default();
    options.body_limit = LONGEST;
    let serving = async move { serve_with(hub, &*input, writer, options).await };
    let mut output = Vec::new();
    let (end, read) = tokio::join!(serving, reader.read_to_end(&mut output));
    read.expect("a pipe in memory");
    (output, end)
}

fn frame(body: &str) -> Vec<u8> {
    format!("Content-Length: {}\r\n\r\n{body}", body.len()).into_bytes()
}

/// The messages that were sent. Panics at whatever is no frame.
fn bodies(mut output: &[u8]) -> Vec<Value> {
    let mut found = Vec::new();
    while !output.is_empty() {
        let end = output.windows(4).position(|it| it == b"\r\n\r\n").expect("a header ends");
        let header = std::str::from_utf8(&output[..end]).expect("a header is text");
        let length = header.strip_prefix("Content-Length: ").expect("a length");
        let length: usize = length.parse().expect("a number");
        let body = &output[end + 4..end + 4 + length];
        found.push(serde_json::from_slice(body).expect("a body is JSON"));
        output = &output[end + 4 + length..];
    }
    found
}

pub fn seeds() -> Vec<Vec<u8>> {
    let position = r#""params":{"textDocument":{"uri":"file:///a/TODO.md"},"position":{"line":1,"character":2},"context":{"triggerKind":1,"includeDeclaration":true,"diagnostics":[]},"range":{"start":{"line":0,"character":0},"end":{"line":1,"character":0}},"positions":[{"line":0,"character":0}],"query":"a","previousResultIds":[]}"#;
    let open = r##"{"jsonrpc":"2.0","method":"textDocument/didOpen","params":{"textDocument":{"uri":"file:///a/TODO.md","languageId":"markdown","version":1,"text":"# A\n- [ ] b\n"}}}"##;
    let change = r#"{"jsonrpc":"2.0","method":"textDocument/didChange","params":{"textDocument":{"uri":"file:///a/TODO.md","version":2},"contentChanges":[{"range":{"start":{"line":1,"character":3},"end":{"line":1,"character":4}},"text":"x"}]}}"#;
    let methods = [
        "textDocument/hover",
        "textDocument/completion",
        "textDocument/codeAction",
        "textDocument/documentSymbol",
        "textDocument/definition",
        "textDocument/references",
        "workspace/symbol",
        "textDocument/diagnostic",
        "workspace/diagnostic",
        "textDocument/foldingRange",
        "textDocument/semanticTokens/full",
        "nonsense",
        "$/cancelRequest",
    ];
    let mut seeds: Vec<Vec<u8>> = methods
        .iter()
        .map(|method| {
            let request = format!(r#"{{"jsonrpc":"2.0","id":3,"method":"{method}",{position}}}"#);
            [b"\n".to_vec(), frame(open), frame(change), frame(&request)].concat()
        })
        .collect();
    seeds.push(b"Content-Length: abc\r\n\r\n{}Content-Length: 5\r\n\r\n[1,2]".to_vec());
    seeds.push(
        b"\nContent-Type: x\r\ncontent-length : 2\n\n{}\r\n\r\nContent-Length: 99999\r\n\r\n"
            .to_vec(),
    );
    seeds.push(frame(&format!("[{INITIALIZE},{LAST}]")));
    seeds.push(frame(r#"{"jsonrpc":"2.0","id":{"a":1},"method":7}"#));
    seeds
}
