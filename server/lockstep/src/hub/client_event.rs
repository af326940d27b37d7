//! What a client does, in plain types: the order of these is the order of its input.

use std::collections::BTreeMap;
use std::path::PathBuf;

use lockstep_analysis::text::line_index::PositionEncoding;

use crate::hub::overlay::TextChange;
use crate::hub::sent_changes::{Patience, SentChange};
use crate::hub::uri::DocumentUri;

/// What a client does.
#[derive(Debug)]
pub(crate) enum ClientEvent {
    /// It has said what it can do and which folders it works in.
    Start { name: String, encoding: PositionEncoding, roots: Vec<DocumentUri> },
    /// It is waited for so long, and to fix all is to bring places into agreement or not.
    Configured { patience: Patience, fixes_drift: bool },
    /// It has opened a document.
    Open { uri: DocumentUri, text: String, version: i32, language: String },
    /// It has read or saved an open document with this text last.
    WasRead { uri: DocumentUri, text: String },
    /// It has changed an open document.
    Change { uri: DocumentUri, changes: Vec<TextChange>, version: i32 },
    /// It has closed a document.
    Close { uri: DocumentUri },
    /// It has saved a document.
    Saved { uri: DocumentUri },
    /// A change goes to it, and is waited for so long.
    Sent(SentChange, Patience),
    /// The server has written these files below a root, on its behalf.
    Written { root: PathBuf, paths: Vec<String> },
    /// These files may have changed on disk, it says.
    Touched { uris: Vec<DocumentUri> },
    /// It has renamed files or folders: from where, and to where.
    Renamed { uris: Vec<DocumentUri> },
    /// It works in other folders now.
    Folders { added: Vec<DocumentUri>, removed: Vec<DocumentUri> },
    /// It was told of events up to these numbers, and wants to know what it has missed.
    WasTold { latest: BTreeMap<PathBuf, u64> },
}
