//! Whether an edit on its way has arrived. A snapshot shows the newest texts only, and its client may
//! have typed on by then, so that the owner of the texts looks at each of them.

use std::sync::Arc;

use dashmap::DashMap;
use ropey::Rope;

use crate::hub::snapshot::SessionSnapshot;
use crate::hub::uri::DocumentKey;

/// The texts that an edit on its way makes, until they are seen in the client or on disk.
#[derive(Clone, Debug, Default)]
pub(crate) struct Arrivals(Arc<DashMap<DocumentKey, Arc<str>>>);

impl Arrivals {
    /// Expects these texts, and none of those before.
    pub(crate) fn expect(&self, texts: impl IntoIterator<Item = (DocumentKey, Arc<str>)>) {
        self.0.clear();
        for (key, text) in texts {
            self.0.insert(key, text);
        }
    }

    /// Takes note that the client has this text of a document, if only for a moment.
    pub(crate) fn see(&self, key: &DocumentKey, text: &Rope) {
        self.0.remove_if(key, |_, expected| *text == **expected);
    }

    /// Takes note of the texts that there are, of files that are not open too.
    pub(crate) fn see_all(&self, snapshot: &SessionSnapshot) {
        self.0.retain(|key, expected| snapshot.text(key).is_none_or(|text| *text != **expected));
    }

    /// Whether the text that is expected of a document was not seen yet.
    pub(crate) fn awaits(&self, key: &DocumentKey) -> bool {
        self.0.contains_key(key)
    }

    /// Whether everything that is expected was seen.
    pub(crate) fn is_complete(&self) -> bool {
        self.0.is_empty()
    }
}
