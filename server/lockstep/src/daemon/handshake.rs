//! What two processes tell each other before anything else: one line of JSON each way.
//!
//! Other versions of this program read these lines too. What stands here keeps its name and its
//! meaning for ever; what is new is optional.

use std::io;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use crate::daemon::build::Build;

/// What both sides must have in common. What is added without harm to older ones raises no number:
/// a client that asks for what a daemon does not know is refused.
pub const PROTOCOL: u32 = 1;

/// A line longer than this is no line of ours: orders may hold thousands of tasks.
const LINE_LIMIT: u64 = 64 << 20;

/// What a client tells first.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Hello {
    /// The [`PROTOCOL`] it speaks.
    pub protocol: u32,
    /// Its executable.
    pub build: Build,
    /// Its process.
    pub pid: u32,
    /// What it wants.
    pub want: Want,
    /// What the program calls itself that it speaks for, mostly an editor.
    #[serde(default)]
    pub client: Option<String>,
    /// The folders that program works in, as it spells them.
    #[serde(default)]
    pub folders: Vec<String>,
}

/// What a client wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Want {
    /// A session of the language server: its messages follow, both ways.
    Editor,
    /// To know how the daemon is: a line with its status follows.
    Status,
    /// To have an order carried out: the order follows, and then lines that say what comes of it.
    Order,
    /// To know what happens in a workspace: a line says in which, and then a line follows for each
    /// event.
    Listen,
    /// That the daemon ends.
    Stop,
    /// That the daemon ends, and that its clients look for the next one.
    Restart,
    /// Something that only a later version knows.
    #[serde(other)]
    Unknown,
}

/// What the daemon answers.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HandshakeReply {
    /// The client has what it wants.
    Welcome(Welcome),
    /// The daemon gives its place to another one. The client is to try again.
    Retiring,
    /// The daemon gives its place to one of the client's build, which is newer. The client is to
    /// start it. An editor is told [`HandshakeReply::Retiring`] instead: it starts one in any case.
    Yielding,
    /// The client cannot be served, for a reason that a user can read.
    Refused(String),
}

/// Who answers.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Welcome {
    /// The number of the session, as `lockstep daemon status` and the log show it.
    pub session: u64,
    /// The daemon's executable.
    pub build: Build,
    /// The daemon's process.
    pub pid: u32,
}

impl Hello {
    /// This process, which wants this.
    pub fn new(want: Want) -> Hello {
        let build = Build::current();
        let pid = std::process::id();
        Hello { protocol: PROTOCOL, build, pid, want, client: None, folders: Vec::new() }
    }
}

/// Writes one line.
pub async fn tell(
    output: &mut (impl AsyncWrite + Unpin),
    value: &impl Serialize,
) -> io::Result<()> {
    let mut line = serde_json::to_vec(value)?;
    line.push(b'\n');
    output.write_all(&line).await?;
    output.flush().await
}

/// Reads one line, and nothing of what follows it.
pub async fn hear<T: DeserializeOwned>(input: &mut (impl AsyncBufRead + Unpin)) -> io::Result<T> {
    let mut line = Vec::new();
    input.take(LINE_LIMIT).read_until(b'\n', &mut line).await?;
    if line.last() != Some(&b'\n') {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(serde_json::from_slice(&line)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_line_is_read_and_what_follows_is_left() {
        let mut bytes = Vec::new();
        tell(&mut bytes, &HandshakeReply::Retiring).await.expect("memory takes all");
        bytes.extend_from_slice(b"Content-Length: 2");
        let mut input = &bytes[..];
        let reply: HandshakeReply = hear(&mut input).await.expect("a line");
        assert!(matches!(reply, HandshakeReply::Retiring), "{reply:?}");
        assert_eq!(input, b"Content-Length: 2");
    }

    #[tokio::test]
    async fn half_a_line_is_none() {
        let error = hear::<HandshakeReply>(&mut &b"\"retiring\""[..]).await.expect_err("no line");
        assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
    }

    #[test]
    fn what_only_a_later_version_wants_is_understood_as_such() {
        let build = r#"{"version":"9.0.0","written":1,"size":1,"more":true}"#;
        let line = format!(r#"{{"protocol":9,"build":{build},"pid":1,"want":"a-song","new":[]}}"#);
        let hello: Hello = serde_json::from_str(&line).expect("a hello");
        assert_eq!(hello.want, Want::Unknown);
    }
}
