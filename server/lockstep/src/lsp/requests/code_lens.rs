//! `textDocument/codeLens`: how each task stands and what can be done with it: begin it, complete it, bring
//! its places into step. Only for clients that apply edits.

use lockstep_analysis::features::code_lenses::{Lens, LensDeed};
use serde_json::json;
use tower_lsp::jsonrpc::Result;
use tower_lsp::ls_types::{CodeLensOptions, CodeLensParams, Command, ServerCapabilities, Uri};

use crate::lsp::asked::AskedDocument;
use crate::lsp::client::ClientFeatures;
use crate::lsp::commands::{fix_task, set_status};
use crate::lsp::lenses::{LensForm, Lenses};
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
        let Some(asked) = AskedDocument::document(context, &uri) else {
            return Ok("null".to_owned());
        };
        let holders = Claims::at(&asked.folder.root).holders(clock::seconds());
        let command = |lens: &Lens| written(&command(&uri, lens)).unwrap_or_default();
        let form = LensForm { uri: uri.as_str(), holders: &holders, command: &command };
        let json = |kept: &mut Lenses| kept.json(asked.analysis(), &asked.path, &asked.lines, form);
        Ok(context.session.lenses(json))
    }
}

fn command(uri: &Uri, lens: &Lens) -> Command {
    let (command, argument) = match &lens.deed {
        // A title that is no command to any client.
        LensDeed::Nothing => {
            let (title, command) = (lens.title.clone(), String::new());
            return Command { title, command, arguments: None };
        }
        LensDeed::Fix => (fix_task::NAME, json!({"task": lens.task, "uri": uri})),
        LensDeed::Set(status) => {
            (set_status::NAME, json!({"task": lens.task, "status": status, "uri": uri}))
        }
    };
    let (title, command) = (lens.title.clone(), command.to_owned());
    Command { title, command, arguments: Some(vec![argument]) }
}
