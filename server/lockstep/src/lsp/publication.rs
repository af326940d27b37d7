//! The findings of one file on their way to a client, as they are written.

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

    /// The notification.
    pub(super) fn body(&self) -> Vec<u8> {
        let mut body = Vec::with_capacity(self.length() + 256);
        body.extend_from_slice(
            br#"{"jsonrpc":"2.0","method":"textDocument/publishDiagnostics","params":{"uri":"#,
        );
        let uri = serde_json::Value::from(self.uri.as_str());
        body.extend_from_slice(uri.to_string().as_bytes());
        body.extend_from_slice(br#","diagnostics":["#);
        for (nth, part) in self.parts.iter().enumerate() {
            body.extend_from_slice(if nth > 0 { b"," } else { b"" });
            body.extend_from_slice(part.as_bytes());
        }
        body.push(b']');
        if let Some(version) = self.version {
            body.extend_from_slice(format!(r#","version":{version}"#).as_bytes());
        }
        body.extend_from_slice(b"}}");
        body
    }
}

/// Where publications are put, and where they are taken.
pub(crate) fn queue() -> (mpsc::Sender<Publication>, mpsc::Receiver<Publication>) {
    mpsc::channel(WAITING)
}
