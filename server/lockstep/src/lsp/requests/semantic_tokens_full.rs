//! `textDocument/semanticTokens/full`: statuses by what they mean: each has a type that themes colour, and
//! its category as a modifier.

use lockstep_analysis::features::semantic_tokens::{Token, semantic_tokens};
use lockstep_analysis::profile::vocabulary::Category;
use lockstep_analysis::text::TextRange;
use tower_lsp::jsonrpc::Result;
use tower_lsp::ls_types::{
    SemanticToken, SemanticTokenModifier, SemanticTokenType, SemanticTokens,
    SemanticTokensFullOptions, SemanticTokensLegend, SemanticTokensOptions, SemanticTokensParams,
    SemanticTokensResult, SemanticTokensServerCapabilities, ServerCapabilities,
    WorkDoneProgressOptions,
};

use crate::lsp::asked::AskedDocument;
use crate::lsp::client::ClientFeatures;
use crate::lsp::requests::{Request, written};
use crate::lsp::session::SessionContext;

/// The request.
pub(crate) struct SemanticTokensFull;

impl Request for SemanticTokensFull {
    const METHOD: &'static str = "textDocument/semanticTokens/full";
    type Params = SemanticTokensParams;
    type Answer = String;

    fn declare(_: &ClientFeatures, server: &mut ServerCapabilities) {
        let options = SemanticTokensOptions {
            work_done_progress_options: WorkDoneProgressOptions::default(),
            legend: legend(),
            range: Some(true),
            full: Some(SemanticTokensFullOptions::Bool(true)),
        };
        server.semantic_tokens_provider =
            Some(SemanticTokensServerCapabilities::SemanticTokensOptions(options));
    }

    fn answer(context: &SessionContext, params: SemanticTokensParams) -> Result<String> {
        context.is_shown();
        let answer = AskedDocument::document(context, &params.text_document.uri).map(|asked| {
            let text = asked.analysis().source(&asked.path).map_or(0, |(text, _)| text.len());
            SemanticTokensResult::Tokens(tokens(&asked, TextRange::new(0, text)))
        });
        written(&answer)
    }
}

/// The type of each category, in the order of the legend.
static TYPES: [(Category, SemanticTokenType); 6] = [
    (Category::Open, SemanticTokenType::ENUM_MEMBER),
    (Category::Active, SemanticTokenType::KEYWORD),
    (Category::Waiting, SemanticTokenType::DECORATOR),
    (Category::Done, SemanticTokenType::STRING),
    (Category::Failed, SemanticTokenType::REGEXP),
    (Category::Dropped, SemanticTokenType::COMMENT),
];

fn legend() -> SemanticTokensLegend {
    let token_types = TYPES.iter().map(|(_, token_type)| token_type.clone()).collect();
    let names = TYPES.iter().map(|(category, _)| SemanticTokenModifier::new(category.name()));
    SemanticTokensLegend { token_types, token_modifiers: names.collect() }
}

/// The statuses in a range, each relative to the one before.
pub(super) fn tokens(asked: &AskedDocument<'_>, range: TextRange) -> SemanticTokens {
    let (mut line, mut column) = (0, 0);
    let mut token = |token: Token| {
        let range = asked.range(token.range);
        let delta_line = range.start.line - line;
        let before = if delta_line == 0 { column } else { 0 };
        (line, column) = (range.start.line, range.start.character);
        let index = TYPES.iter().position(|(category, _)| *category == token.category);
        let token_type = index.and_then(|index| u32::try_from(index).ok()).unwrap_or_default();
        SemanticToken {
            delta_line,
            delta_start: range.start.character.saturating_sub(before),
            // In a text that the client has not read again it may end where it begins.
            length: range.end.character.saturating_sub(range.start.character),
            token_type,
            token_modifiers_bitset: 1 << token_type,
        }
    };
    let found = semantic_tokens(asked.analysis(), &asked.path, range);
    SemanticTokens { result_id: None, data: found.into_iter().map(&mut token).collect() }
}
