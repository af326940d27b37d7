//! `completionItem/resolve`: the page of the rule that is looked at.

use lockstep_analysis::rules::RULES;
use tower_lsp::jsonrpc::Result;
use tower_lsp::ls_types::{CompletionItem, ServerCapabilities};

use crate::lsp::client::ClientFeatures;
use crate::lsp::requests::Request;
use crate::lsp::requests::completion::documentation;
use crate::lsp::session::SessionContext;

/// The request.
pub(crate) struct CompletionResolve;

impl Request for CompletionResolve {
    const METHOD: &'static str = "completionItem/resolve";
    type Params = CompletionItem;
    type Answer = CompletionItem;

    /// Nothing: `textDocument/completion` declares it.
    fn declare(_: &ClientFeatures, _: &mut ServerCapabilities) {}

    fn answer(context: &SessionContext, mut item: CompletionItem) -> Result<CompletionItem> {
        let named = item.data.as_ref().and_then(|data| data["rule"].as_str());
        if let Some(rule) = named.and_then(|name| RULES.iter().find(|rule| rule.id == name)) {
            item.documentation = Some(documentation(context.features(), rule.doc.to_owned()));
        }
        Ok(item)
    }
}
