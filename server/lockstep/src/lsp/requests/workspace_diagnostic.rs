//! `workspace/diagnostic`: the findings of all files that are other than the client has, for one that has
//! set `diagnostics` to `pull`. A client that gives a `partialResultToken`, which is ready to wait, is
//! answered as soon as there are any.

use std::sync::Arc;

use tower_lsp::jsonrpc::Result;
use tower_lsp::ls_types::{ServerCapabilities, WorkspaceDiagnosticParams};

use crate::hub::uri::DocumentUri;
use crate::lsp::client::ClientFeatures;
use crate::lsp::requests::Request;
use crate::lsp::session::{Session, SessionContext};
use crate::lsp::uri;

/// The request.
pub(crate) struct WorkspaceDiagnostic;

impl Request for WorkspaceDiagnostic {
    const METHOD: &'static str = "workspace/diagnostic";
    type Params = WorkspaceDiagnosticParams;
    type Answer = String;

    /// With the diagnostics of a document.
    fn declare(_: &ClientFeatures, _: &mut ServerCapabilities) {}

    // A client that asks again and again, as VS Code does every two seconds, costs nothing at rest.
    async fn until_due(session: &Arc<Session>, params: &WorkspaceDiagnosticParams) -> Result<()> {
        match params.partial_result_params.partial_result_token {
            Some(_) => session.until_news(results(params)).await,
            None => Ok(()),
        }
    }

    fn answer(context: &SessionContext, params: WorkspaceDiagnosticParams) -> Result<String> {
        context.session.pulled(|findings| {
            let known = findings.known_results(&results(&params));
            findings.workspace(&known)
        })
    }
}

/// The results that the client has.
fn results(params: &WorkspaceDiagnosticParams) -> Vec<(DocumentUri, String)> {
    let results = params.previous_result_ids.iter();
    results.map(|result| (uri::from_proto(&result.uri), result.value.clone())).collect()
}
