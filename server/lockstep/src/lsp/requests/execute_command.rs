//! `workspace/executeCommand`: runs one of the commands below.

use serde_json::Value;
use tower_lsp::jsonrpc::Result;
use tower_lsp::ls_types::{ExecuteCommandOptions, ExecuteCommandParams, ServerCapabilities};

use crate::lsp::client::ClientFeatures;
use crate::lsp::commands;
use crate::lsp::requests::Request;
use crate::lsp::session::SessionContext;

/// The request.
pub(crate) struct ExecuteCommand;

impl Request for ExecuteCommand {
    const METHOD: &'static str = "workspace/executeCommand";
    type Params = ExecuteCommandParams;
    type Answer = Option<Value>;

    fn declare(_: &ClientFeatures, server: &mut ServerCapabilities) {
        let commands = commands::COMMANDS.iter().map(|command| command.name.to_owned()).collect();
        server.execute_command_provider =
            Some(ExecuteCommandOptions { commands, ..ExecuteCommandOptions::default() });
    }

    fn answer(context: &SessionContext, params: ExecuteCommandParams) -> Result<Option<Value>> {
        commands::run(context, &params.command, params.arguments).map(Some)
    }
}
