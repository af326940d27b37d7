//! The texts of open documents, as the editor has them.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::json;
use tower_lsp::ls_types::{PositionEncodingKind, TextDocumentContentChangeEvent};

use crate::lsp::forwarder::envelope::{self, Envelope};
use crate::lsp::overlay::{Overlay, PositionEncoding, from_proto};
use crate::lsp::server::WAS_READ;

/// Open documents, by their URIs as the editor writes them.
#[derive(Debug, Default)]
pub(super) struct Documents(BTreeMap<String, Document>);

#[derive(Debug)]
struct Document {
    now: Overlay,
    /// What the editor has read or saved last: texts share what they have in common.
    read: Overlay,
    /// How many messages about folders there were before.
    after: usize,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Open {
    text_document: Opened,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Opened {
    uri: String,
    language_id: String,
    version: i32,
    text: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Change {
    text_document: Changed,
    content_changes: Vec<TextDocumentContentChangeEvent>,
}

#[derive(Deserialize)]
struct Changed {
    uri: String,
    version: i32,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Close {
    text_document: Closed,
}

#[derive(Deserialize)]
struct Closed {
    uri: String,
}

impl Documents {
    /// Takes in `textDocument/didOpen`, which came after so many messages about folders.
    pub(super) fn open(&mut self, message: &Envelope<'_>, after: usize) {
        if let Some(Open { text_document: opened }) = message.params() {
            let now = Overlay::open(&opened.text, opened.version, opened.language_id);
            self.0.insert(opened.uri, Document { read: now.clone(), now, after });
        }
    }

    /// Takes in `textDocument/didChange`, whose columns count units of `encoding`.
    pub(super) fn change(&mut self, message: &Envelope<'_>, encoding: Option<&str>) {
        let Some(Change { text_document, content_changes }) = message.params() else { return };
        let Some(Document { now, .. }) = self.0.get_mut(&text_document.uri) else { return };
        let kind = encoding.map(|name| PositionEncodingKind::from(name.to_owned()));
        let encoding = kind.as_ref().and_then(from_proto).unwrap_or(PositionEncoding::Utf16);
        // A change that does not fit is one for the server too, which tells the user.
        if let Err(error) = now.apply(&content_changes, text_document.version, encoding) {
            tracing::warn!(%error, uri = text_document.uri, "the editor's text is not known");
        }
    }

    /// Takes in `textDocument/didSave`.
    pub(super) fn save(&mut self, message: &Envelope<'_>) {
        let Some(Close { text_document: saved }) = message.params() else { return };
        if let Some(document) = self.0.get_mut(&saved.uri) {
            document.read = document.now.clone();
        }
    }

    /// Takes in `textDocument/didClose`.
    pub(super) fn close(&mut self, message: &Envelope<'_>) {
        if let Some(Close { text_document: closed }) = message.params() {
            self.0.remove(&closed.uri);
        }
    }

    /// Each document that was opened after so many messages about folders, as if it were opened now,
    /// with what it was read as.
    pub(super) fn opened_after(&self, folders: usize) -> impl Iterator<Item = Vec<u8>> {
        let opened = self.0.iter().filter(move |(_, document)| document.after == folders);
        opened.flat_map(|(uri, Document { now, read, .. })| {
            let document = json!({
                "uri": uri,
                "languageId": now.language_id(),
                "version": now.version(),
                "text": now.text(),
            });
            let opened = json!({ "textDocument": document });
            let opened = envelope::notification("textDocument/didOpen", &opened);
            let read = json!({ "uri": uri, "text": read.text() });
            [opened, envelope::notification(WAS_READ, &read)]
        })
    }
}
