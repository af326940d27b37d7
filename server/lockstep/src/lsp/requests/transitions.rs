//! `lockstep/transitions {task, phase?} | {uri, position}`: which statuses may follow now.

use serde_json::Value;
use tower_lsp::jsonrpc::Result;
use tower_lsp::ls_types::ServerCapabilities;

use crate::lsp::client::ClientFeatures;
use crate::lsp::commands::arguments::Arguments;
use crate::lsp::commands::target::CommandTarget;
use crate::lsp::error::refusal;
use crate::lsp::requests::Request;
use crate::lsp::session::SessionContext;
use crate::report::{self, TransitionReport};

/// The request.
pub(crate) struct Transitions;

impl Request for Transitions {
    const METHOD: &'static str = "lockstep/transitions";
    type Params = Value;
    type Answer = Vec<TransitionReport>;

    fn declare(_: &ClientFeatures, _: &mut ServerCapabilities) {}

    fn answer(context: &SessionContext, params: Value) -> Result<Vec<TransitionReport>> {
        let mut arguments = Arguments::new(params)?;
        let target = CommandTarget::take(context, &mut arguments)?;
        arguments.finish()?;
        report::transitions(&target.folder.analysis, &target.name(), target.phase.as_deref())
            .map_err(|why| refusal(&why))
    }
}
