//! The findings of one file on their way to a client, as they are written.

use std::borrow::Cow;
use std::sync::Arc;

use tokio::sync::mpsc;

use crate::hub::uri::DocumentUri;

/// How many publications may wait to be written.
const WAITING: usize = 1;

/// Publications of more bytes are long.
pub(super) const LONG: usize = 64 * 1024;

/// The findings of one file.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Publication {
    /// The file.
    pub(crate) uri: DocumentUri,
    /// The version of the text that they are about.
    pub(crate) version: Option<i32>,
    /// The findings as JSON: some in each part, with commas between them.
    pub(crate) parts: Vec<Arc<str>>,
}

impl Publication {
    /// Whether a client takes a while to read it.
    pub(super) fn is_long(&self) -> bool {
        self.length() > LONG
    }

    /// How long its findings are, in bytes.
    pub(super) fn length(&self) -> usize {
        self.parts.iter().map(|part| part.len() + 1).sum()
    }

    /// The notification, in pieces: the findings of a large file are not copied once more.
    pub(super) fn body(&self) -> Vec<Cow<'_, [u8]>> {
        let uri = serde_json::Value::from(self.uri.as_str());
        let head = format!(
            r#"{{"jsonrpc":"2.0","method":"textDocument/publishDiagnostics","params":{{"uri":{uri},"diagnostics":["#
        );
        let mut body: Vec<Cow<'_, [u8]>> = vec![head.into_bytes().into()];
        for (nth, part) in self.parts.iter().enumerate() {
            body.push((if nth > 0 { &b","[..] } else { b"" }).into());
            body.push(part.as_bytes().into());
        }
        let version = self.version.map(|version| format!(r#","version":{version}"#));
        body.push(format!("]{}}}}}", version.unwrap_or_default()).into_bytes().into());
        body
    }
}

/// Where publications are put, and where they are taken.
pub(crate) fn queue() -> (mpsc::Sender<Publication>, mpsc::Receiver<Publication>) {
    mpsc::channel(WAITING)
}
