//! The document that a request is about, as the session sees it, with places in the client's terms.

use lockstep_analysis::Analysis;
use lockstep_analysis::text::TextRange;
use tower_lsp::ls_types::{Location, Position, Range, Uri};

use crate::hub::snapshot::{Folder, SessionSnapshot};
use crate::lsp::client::ClientFeatures;
use crate::lsp::session::SessionContext;
use crate::lsp::to_proto::Lines;
use crate::lsp::uri;
use crate::lsp::{from_proto, to_proto};

/// The document that a request is about.
pub(crate) struct AskedDocument<'a> {
    snapshot: &'a SessionSnapshot,
    /// What the client can do.
    pub(crate) features: &'a ClientFeatures,
    /// The workspace it is in.
    pub(crate) folder: &'a Folder,
    /// Its path there.
    pub(crate) path: String,
    /// Its text.
    pub(crate) lines: Lines<'a>,
}

impl<'a> AskedDocument<'a> {
    /// The document at `uri`; `None` for one that nothing is known of.
    pub(crate) fn document(context: &'a SessionContext, uri: &Uri) -> Option<AskedDocument<'a>> {
        let (snapshot, features) = (&*context.snapshot, context.features());
        let (folder, path) = snapshot.locate(&uri::from_proto(uri))?;
        let lines = Lines::new(snapshot, folder, &path, features.encoding)?;
        Some(AskedDocument { snapshot, features, folder, path, lines })
    }

    /// What its workspace says.
    pub(crate) fn analysis(&self) -> &'a Analysis {
        &self.folder.analysis
    }

    /// The offset of a position in it.
    pub(crate) fn offset(&self, position: Position) -> usize {
        from_proto::offset(&self.lines, position)
    }

    /// A range in it.
    pub(crate) fn range(&self, range: TextRange) -> Range {
        to_proto::range(&self.lines, range)
    }

    /// How the client spells a file of its workspace.
    pub(crate) fn uri(&self, path: &str) -> Uri {
        uri::to_proto(&self.snapshot.uri(self.folder, path))
    }

    /// Ranges in a file of its workspace; the start of one that is not read.
    pub(crate) fn ranges<const N: usize>(&self, path: &str, ranges: [TextRange; N]) -> [Range; N] {
        if path == self.path {
            return ranges.map(|range| self.range(range));
        }
        match Lines::new(self.snapshot, self.folder, path, self.features.encoding) {
            Some(lines) => ranges.map(|range| to_proto::range(&lines, range)),
            None => ranges.map(|_| Range::default()),
        }
    }

    /// A range in a file of its workspace, with the file.
    pub(crate) fn location(&self, path: &str, range: TextRange) -> Location {
        let [range] = self.ranges(path, [range]);
        Location { uri: self.uri(path), range }
    }
}
