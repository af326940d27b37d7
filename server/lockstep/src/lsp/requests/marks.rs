//! `lockstep/marks {uri}`: where the statuses of tasks, plans and phases stand in a document, in order,
//! and what each says there: for marks beside the text. Check boxes are left out.

use std::collections::BTreeMap;

use lockstep_analysis::model::FilePath;
use serde_json::Value;
use tower_lsp::jsonrpc::Result;
use tower_lsp::ls_types::ServerCapabilities;

use crate::lsp::client::ClientFeatures;
use crate::lsp::commands::arguments::Arguments;
use crate::lsp::error::invalid_params;
use crate::lsp::requests::Request;
use crate::lsp::session::SessionContext;
use crate::lsp::uri;
use crate::report::marks::{StatusMark, marks};

/// The request.
pub(crate) struct Marks;

impl Request for Marks {
    const METHOD: &'static str = "lockstep/marks";
    type Params = Value;
    type Answer = Vec<StatusMark>;

    fn declare(_: &ClientFeatures, _: &mut ServerCapabilities) {}

    fn answer(context: &SessionContext, params: Value) -> Result<Vec<StatusMark>> {
        let mut arguments = Arguments::new(params)?;
        let uri = arguments.uri("uri")?.ok_or_else(|| invalid_params("`uri` is missing"))?;
        arguments.finish()?;
        let found = context.snapshot.locate(&uri::from_proto(&uri));
        let Some((folder, path)) = found else { return Ok(Vec::new()) };
        Ok(match folder.held.get(&path) {
            None => marks(&folder.analysis, &path),
            // Marks stand beside the text that the client has.
            Some(held) => {
                let shown = (FilePath::new(&path), Some(held.text.clone()));
                marks(&folder.analysis.with_texts(&BTreeMap::from([shown])), &path)
            }
        })
    }
}
