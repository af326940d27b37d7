//! `textDocument/codeLens`: what can be done with each task: begin it, complete it, bring its places into
//! step. Only for clients that apply edits.

use lockstep_analysis::features::code_lenses::{Lens, LensDeed, code_lenses};
use lockstep_analysis::profile::id::TaskId;
use serde_json::json;
use tower_lsp::jsonrpc::Result;
use tower_lsp::ls_types::{
    CodeLens, CodeLensOptions, CodeLensParams, Command, ServerCapabilities, Uri,
};

use crate::lsp::asked::AskedDocument;
use crate::lsp::client::ClientFeatures;
use crate::lsp::commands::{fix_task, set_status};
use crate::lsp::requests::{Request, written};
use crate::lsp::session::SessionContext;
use crate::workspace::clock;
use crate::workspace::commit::Claims;

/// The request.
pub(crate) struct CodeLenses;

impl Request for CodeLenses {
    const METHOD: &'static str = "textDocument/codeLens";
    type Params = CodeLensParams;
    type Answer = String;

    fn declare(client: &ClientFeatures, server: &mut ServerCapabilities) {
        let options = CodeLensOptions { resolve_provider: None };
        server.code_lens_provider = client.applies_edits.then_some(options);
    }

    fn answer(context: &SessionContext, params: CodeLensParams) -> Result<String> {
        context.is_shown();
        let uri = params.text_document.uri;
        let answer: Option<Vec<_>> = AskedDocument::document(context, &uri).map(|asked| {
            let (claims, now) = (Claims::at(&asked.folder.root), clock::seconds());
            let holder = |task: &TaskId| Some(claims.live(task, now)?.holder.clone());
            let lenses = code_lenses(asked.analysis(), &asked.path, &holder).into_iter();
            lenses.map(|lens| code_lens(&asked, &uri, lens)).collect()
        });
        written(&answer)
    }
}

fn code_lens(asked: &AskedDocument<'_>, uri: &Uri, lens: Lens) -> CodeLens {
    let (command, argument) = match lens.deed {
        LensDeed::Fix => (fix_task::NAME, json!({"task": lens.task, "uri": uri})),
        LensDeed::Set(status) => {
            (set_status::NAME, json!({"task": lens.task, "status": status, "uri": uri}))
        }
    };
    let (title, command) = (lens.title, command.to_owned());
    let command = Command { title, command, arguments: Some(vec![argument]) };
    CodeLens { range: asked.range(lens.range), command: Some(command), data: None }
}
