//! The server ends with the process that has started it, even where its standard input stays open.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::Stdio;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use serde_json::json;

use crate::support::daemon::Meeting;

/// Longer than anything takes that is waited for.
const LONG: Duration = Duration::from_secs(60);

/// An editor that starts the server, and hands its own standard input on.
const EDITOR: &str = r#"exec 3<&0; "$@" <&3 & wait"#;

#[track_caller]
fn check(arguments: &[&str]) {
    let meeting = Meeting::new();
    let program = env!("CARGO_BIN_EXE_lockstep");
    let all = [&["-c", EDITOR, "sh", program, "lsp"], arguments].concat();
    let mut command = meeting.run(Path::new("sh"), &all);
    let mut editor = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("sh");
    let (Some(mut input), Some(output)) = (editor.stdin.take(), editor.stdout.take()) else {
        panic!("no pipes");
    };
    let (tell, told) = mpsc::channel();
    thread::spawn(move || {
        let mut output = BufReader::new(output);
        let mut line = String::new();
        tell.send(output.read_line(&mut line).map(|_| line)).expect("the test listens");
        let mut rest = Vec::new();
        let ended = output.read_to_end(&mut rest).map(|_| String::new());
        // The test may have given up.
        let _ = tell.send(ended);
    });
    let params = json!({"processId": editor.id(), "capabilities": {}});
    let body = json!({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": params});
    let body = body.to_string();
    write!(input, "Content-Length: {}\r\n\r\n{body}", body.len()).expect("the server reads");
    let first = told.recv_timeout(LONG).expect("an answer in time").expect("an answer");
    assert!(first.starts_with("Content-Length"), "{first}");
    editor.kill().expect("it runs");
    editor.wait().expect("it ends");
    // Its output is at its end once nobody holds it, and its input is open still.
    told.recv_timeout(LONG).expect("the server has ended").expect("the output is read");
    drop(input);
}

#[test]
fn a_server_of_its_own_ends_with_the_process_that_has_started_it() {
    check(&["--in-process"]);
}

#[test]
fn a_forwarder_to_the_daemon_ends_with_the_process_that_has_started_it() {
    check(&[]);
}
