//! `textDocument/definition`: the other places of the task that is named: from an entry to its record,
//! plan and file, and back; from a dependency to that task; from a link to its file.

use lockstep_analysis::features::definition::{Definition, Goal, definition};
use tower_lsp::jsonrpc::Result;
use tower_lsp::ls_types::{
    GotoDefinitionParams, GotoDefinitionResponse, LocationLink, OneOf, ServerCapabilities,
};

use crate::lsp::asked::AskedDocument;
use crate::lsp::client::ClientFeatures;
use crate::lsp::requests::Request;
use crate::lsp::session::SessionContext;

/// The request.
pub(crate) struct GotoDefinition;

impl Request for GotoDefinition {
    const METHOD: &'static str = "textDocument/definition";
    type Params = GotoDefinitionParams;
    type Answer = Option<GotoDefinitionResponse>;

    fn declare(_: &ClientFeatures, server: &mut ServerCapabilities) {
        server.definition_provider = Some(OneOf::Left(true));
    }

    fn answer(context: &SessionContext, params: GotoDefinitionParams) -> Result<Self::Answer> {
        let at = params.text_document_position_params;
        let answer = AskedDocument::document(context, &at.text_document.uri).and_then(|asked| {
            let found = definition(asked.analysis(), &asked.path, asked.offset(at.position))?;
            Some(places(&asked, &found, asked.features.shown.definition_links))
        });
        Ok(answer)
    }
}

/// What a definition leads to, with what it was asked for by where the client shows it.
pub(super) fn places(
    asked: &AskedDocument<'_>,
    found: &Definition,
    as_links: bool,
) -> GotoDefinitionResponse {
    let goals = found.goals.iter();
    if !as_links {
        let place = |goal: &Goal| asked.location(goal.path.as_str(), goal.name);
        return GotoDefinitionResponse::Array(goals.map(place).collect());
    }
    let origin = asked.range(found.origin);
    let link = |goal: &Goal| {
        let path = goal.path.as_str();
        let [target_range, target_selection_range] = asked.ranges(path, [goal.range, goal.name]);
        LocationLink {
            origin_selection_range: Some(origin),
            target_uri: asked.uri(path),
            target_range,
            target_selection_range,
        }
    };
    GotoDefinitionResponse::Link(goals.map(link).collect())
}
