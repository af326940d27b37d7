//! Our places and findings to the protocol's. What a client gets is in its own encoding, against
//! the text that it has.

use lockstep_analysis::actions::ActionKind;
use lockstep_analysis::profile::Severity;
use lockstep_analysis::rules::Diagnostic;
use lockstep_analysis::text::TextRange;
use lockstep_analysis::text::line_index::{LineIndex, PositionEncoding};
use lockstep_analysis::text::shared_text::SharedText;
use serde_json::json;
use tower_lsp::ls_types::{
    self as proto, CodeActionKind, DiagnosticRelatedInformation, DiagnosticSeverity, Location,
    NumberOrString, Position, Range,
};

use crate::hub::snapshot::{Folder, SessionSnapshot};
use crate::lsp::client::ClientFeatures;
use crate::lsp::uri;
use crate::workspace::local::HeldText;

/// What findings are signed with.
pub(crate) const SOURCE: &str = "lockstep";

/// A text whose places can be told.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lines<'a> {
    /// The text.
    pub(crate) text: &'a SharedText,
    /// Its lines.
    pub(crate) index: &'a LineIndex,
    /// The units of columns.
    pub(crate) encoding: PositionEncoding,
    /// Whether the text begins with a byte order mark that the client will not see.
    pub(crate) marked: bool,
    /// What the client has in place of a document that it has not read again: its places are those of
    /// this, and offsets those of the document.
    pub(crate) held: Option<&'a HeldText>,
}

impl<'a> Lines<'a> {
    /// The lines of a file; `None` for one that is not known.
    pub(crate) fn new(
        snapshot: &SessionSnapshot,
        folder: &'a Folder,
        path: &str,
        encoding: PositionEncoding,
    ) -> Option<Lines<'a>> {
        let source = folder.analysis.source(path)?;
        let held = folder.held.get(path).map(|held| &**held);
        let shown = held.map_or(source, |held| (&held.text, &held.lines));
        Some(Lines { held, ..Lines::of(snapshot, folder, path, shown, encoding) })
    }

    /// The lines of a file with this text.
    pub(crate) fn of(
        snapshot: &SessionSnapshot,
        folder: &Folder,
        path: &str,
        (text, index): (&'a SharedText, &'a LineIndex),
        encoding: PositionEncoding,
    ) -> Lines<'a> {
        // Editors take the mark off when they open a file.
        let marked = text.copy(0..3) == "\u{feff}" && snapshot.version(folder, path).is_none();
        Lines { text, index, encoding, marked, held: None }
    }

    /// How many columns the mark takes on the first line.
    pub(crate) fn mark_width(&self) -> u32 {
        match self.encoding {
            _ if !self.marked => 0,
            PositionEncoding::Utf8 => 3,
            PositionEncoding::Utf16 | PositionEncoding::Utf32 => 1,
        }
    }
}

/// The position of an offset.
pub(crate) fn position(lines: &Lines<'_>, offset: usize) -> Position {
    let offset = lines.held.map_or(offset, |held| held.from_document(offset));
    let at = lines.index.to_position(lines.text, offset, lines.encoding);
    let mark = if at.line == 0 { lines.mark_width() } else { 0 };
    Position { line: at.line, character: at.character.saturating_sub(mark) }
}

/// The range of a range.
pub(crate) fn range(lines: &Lines<'_>, range: TextRange) -> Range {
    let end = position(lines, range.end as usize);
    Range { start: position(lines, range.start as usize), end }
}

/// A finding as a client shows it; `None` where its file is not known.
pub(crate) fn diagnostic(
    snapshot: &SessionSnapshot,
    folder: &Folder,
    features: &ClientFeatures,
    diagnostic: &Diagnostic,
) -> Option<proto::Diagnostic> {
    let lines =
        |path: &str| -> Option<Lines<'_>> { Lines::new(snapshot, folder, path, features.encoding) };
    let related = diagnostic.related.iter().filter_map(|related| {
        let path = related.path.as_str();
        let range = range(&lines(path)?, related.range);
        let location = Location { uri: uri::to_proto(&snapshot.uri(folder, path)), range };
        Some(DiagnosticRelatedInformation { location, message: related.message.clone() })
    });
    let related: Vec<_> = related.filter(|_| features.related_information).collect();
    Some(proto::Diagnostic {
        // Of what cannot be read there are no lines.
        range: lines(diagnostic.path.as_str())
            .map_or_else(Range::default, |lines| range(&lines, diagnostic.range)),
        severity: Some(severity(diagnostic.severity)),
        code: Some(NumberOrString::String(diagnostic.rule.to_owned())),
        source: Some(SOURCE.to_owned()),
        message: diagnostic.message.clone(),
        related_information: (!related.is_empty()).then_some(related),
        data: Some(json!({
            "rule": diagnostic.rule,
            "task": diagnostic.task.as_ref().map(|id| folder.analysis.name_of(id)),
            "fixable": diagnostic.fixable,
            "transaction": diagnostic.change,
        })),
        ..proto::Diagnostic::default()
    })
}

fn severity(severity: Severity) -> DiagnosticSeverity {
    match severity {
        Severity::Error => DiagnosticSeverity::ERROR,
        Severity::Warning => DiagnosticSeverity::WARNING,
        Severity::Info => DiagnosticSeverity::INFORMATION,
    }
}

/// What a client files an action under.
pub(crate) fn action_kind(kind: ActionKind) -> CodeActionKind {
    match kind {
        ActionKind::QuickFix => CodeActionKind::QUICKFIX,
        ActionKind::Refactor => CodeActionKind::REFACTOR,
        ActionKind::SourceFixAll => CodeActionKind::new("source.fixAll.lockstep"),
    }
}
