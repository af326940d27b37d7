//! The texts of open documents, as the editor has them.

use std::collections::BTreeMap;
use std::sync::Arc;

use lockstep_analysis::text::line_index::PositionEncoding;
use lockstep_store::loader;
use serde::Deserialize;
use serde_json::json;
use tower_lsp::ls_types::{PositionEncodingKind, TextDocumentContentChangeEvent};

use crate::hub::overlay::Overlay;
use crate::lsp::encoding;
use crate::lsp::forwarder::envelope::{self, Envelope};
use crate::lsp::from_proto;
use crate::lsp::methods::WAS_READ;
use crate::lsp::uri;

/// Open documents.
#[derive(Debug, Default)]
pub(super) struct Documents {
    /// By their URIs as the editor writes them.
    open: BTreeMap<String, MirroredDocument>,
    n_openings: u64,
}

#[derive(Debug)]
struct MirroredDocument {
    now: Overlay,
    /// What the editor has read or saved last, if anything: texts share what they have in common.
    read: Option<Overlay>,
    /// Which opening it was: a folder may be known by the first document of it.
    opening: u64,
    /// How many messages about folders there were before.
    after: usize,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct DidOpen {
    text_document: OpenedDocument,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OpenedDocument {
    uri: String,
    language_id: String,
    version: i32,
    text: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct DidChange {
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
    /// Takes in `textDocument/didOpen`, which came after so many messages about folders. The text may
    /// be one that the editor has kept: what it has read then is what stands on disk, as for a server.
    pub(super) fn open(&mut self, message: &Envelope<'_>, after: usize) {
        let Some(DidOpen { text_document: opened }) = message.params() else { return };
        let OpenedDocument { uri, language_id, version, text } = opened;
        let now = Overlay::open(&text, version, language_id.clone());
        let read = on_disk(&uri, &text).map(|disk| match *disk == text {
            true => now.clone(),
            false => Overlay::open(&disk, version, language_id),
        });
        self.n_openings += 1;
        self.open.insert(uri, MirroredDocument { now, read, opening: self.n_openings, after });
    }

    /// Takes in `textDocument/didChange`, whose columns count units of `encoding`.
    pub(super) fn change(&mut self, message: &Envelope<'_>, encoding: Option<&str>) {
        let Some(DidChange { text_document, content_changes }) = message.params() else { return };
        let Some(MirroredDocument { now, .. }) = self.open.get_mut(&text_document.uri) else {
            return;
        };
        let kind = encoding.map(|name| PositionEncodingKind::from(name.to_owned()));
        let encoding =
            kind.as_ref().and_then(encoding::from_proto).unwrap_or(PositionEncoding::Utf16);
        // A change that does not fit is one for the server too, which tells the user.
        let changes = from_proto::changes(content_changes);
        if let Err(error) = now.apply(&changes, text_document.version, encoding) {
            tracing::warn!(%error, uri = text_document.uri, "cannot apply a change of the editor to its text");
        }
    }

    /// Takes in `textDocument/didSave`.
    pub(super) fn save(&mut self, message: &Envelope<'_>) {
        let Some(Close { text_document: saved }) = message.params() else { return };
        if let Some(document) = self.open.get_mut(&saved.uri) {
            document.read = Some(document.now.clone());
        }
    }

    /// Takes in `textDocument/didClose`.
    pub(super) fn close(&mut self, message: &Envelope<'_>) {
        if let Some(Close { text_document: closed }) = message.params() {
            self.open.remove(&closed.uri);
        }
    }

    /// Each document that was opened after so many messages about folders, as if it were opened now,
    /// with what it was read as.
    pub(super) fn opened_after(&self, folders: usize) -> impl Iterator<Item = Vec<u8>> {
        let opened = self.open.iter().filter(move |(_, document)| document.after == folders);
        let mut opened: Vec<_> = opened.collect();
        opened.sort_by_key(|(_, document)| document.opening);
        opened.into_iter().flat_map(|(uri, MirroredDocument { now, read, .. })| {
            let document = json!({
                "uri": uri,
                "languageId": now.language_id(),
                "version": now.version(),
                "text": &**now.text(),
            });
            let opened = json!({ "textDocument": document });
            let read = read.as_ref().map(|read| json!({ "uri": uri, "text": &**read.text() }));
            let read = read.map(|read| envelope::notification(WAS_READ, &read));
            [envelope::notification("textDocument/didOpen", &opened)].into_iter().chain(read)
        })
    }
}

/// What stands on disk; `text` itself where that is no text that it could be compared with.
fn on_disk(uri: &str, text: &str) -> Option<Arc<str>> {
    let path = uri::to_path(&uri.parse().ok()?)?;
    let file = loader::read_opened(&path).ok()?;
    Some(if file.is_exact() { file.text } else { text.into() })
}
