//! `textDocument/hover`: a task's state across files.

use lockstep_analysis::features::hover;
use lockstep_analysis::profile::id::TaskId;
use tower_lsp::jsonrpc::Result;
use tower_lsp::ls_types::{
    self as proto, HoverContents, HoverParams, HoverProviderCapability, MarkupContent, MarkupKind,
    ServerCapabilities,
};

use crate::lsp::client::ClientFeatures;
use crate::lsp::requests::Request;
use crate::lsp::session::SessionContext;
use crate::lsp::to_proto::Lines;
use crate::lsp::uri;
use crate::lsp::{from_proto, to_proto};
use crate::workspace::clock;
use crate::workspace::commit::Claims;

/// The request.
pub(crate) struct HoverRequest;

impl Request for HoverRequest {
    const METHOD: &'static str = "textDocument/hover";
    type Params = HoverParams;
    type Answer = Option<proto::Hover>;

    fn declare(_: &ClientFeatures, server: &mut ServerCapabilities) {
        server.hover_provider = Some(HoverProviderCapability::Simple(true));
    }

    fn answer(context: &SessionContext, params: HoverParams) -> Result<Option<proto::Hover>> {
        let at = params.text_document_position_params;
        Ok(hover(context, &at))
    }
}

fn hover(context: &SessionContext, at: &proto::TextDocumentPositionParams) -> Option<proto::Hover> {
    let (snapshot, features) = (&context.snapshot, context.features());
    let (folder, path) = snapshot.locate(&uri::from_proto(&at.text_document.uri))?;
    let lines = Lines::new(snapshot, folder, &path, features.encoding)?;
    let offset = from_proto::offset(&lines, at.position);
    let link = |path: &lockstep_analysis::model::FilePath, line: u32| {
        format!("{}#L{line}", snapshot.uri(folder, path.as_str()).as_str())
    };
    let holder = |task: &TaskId| {
        let claims = Claims::at(&folder.root);
        let claim = claims.live(task, clock::seconds())?;
        Some(format!("{} until {}", claim.holder, clock::instant(claim.ends())))
    };
    let found = hover::hover(&folder.analysis, &path, offset, &link, &holder)?;
    let (kind, value) = match features.markdown_hover {
        true => (MarkupKind::Markdown, found.markdown),
        false => (MarkupKind::PlainText, plain(&found.markdown)),
    };
    let contents = HoverContents::Markup(MarkupContent { kind, value });
    Some(proto::Hover { contents, range: Some(to_proto::range(&lines, found.range)) })
}

/// Markdown as a hover has it, for a reader of plain text: without link targets, emphasis, escapes
/// and the rule of a table.
fn plain(markdown: &str) -> String {
    let mut out = String::new();
    for line in markdown.lines().filter(|line| !line.starts_with("|:--")) {
        let mut rest = line;
        while let Some(c) = rest.chars().next() {
            rest = &rest[c.len_utf8()..];
            match c {
                '\\' => {
                    if let Some(escaped) = rest.chars().next() {
                        out.push(escaped);
                        rest = &rest[escaped.len_utf8()..];
                    }
                }
                '[' => {}
                ']' if rest.starts_with('(') => {
                    rest = rest.split_once(')').map_or("", |(_, after)| after);
                }
                '*' if rest.starts_with('*') => rest = &rest[1..],
                '`' => {
                    // Nothing in a code span is a mark.
                    let (code, after) = rest.split_once('`').unwrap_or((rest, ""));
                    out.extend(["`", code, "`"]);
                    rest = after;
                }
                c => out.push(c),
            }
        }
        out.push('\n');
    }
    out.trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn plain_text_loses_marks_but_no_words() {
        let markdown = "**7 · Add \\[x\\] login** — planned\n\n| file | status |\n|:--|:--|\n\
                        | [a/TODO.md:3](file:///a/TODO.md#L3) | \\[PLANNED\\] |\n\
                        | [b.md:3](file:///b.md#L3) | `[PLANNED]` \\` |\n";
        let expected = "7 · Add [x] login — planned\n\n| file | status |\n\
                        | a/TODO.md:3 | [PLANNED] |\n\
                        | b.md:3 | `[PLANNED]` ` |";
        assert_eq!(plain(markdown), expected);
    }
}
