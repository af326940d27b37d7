//! What a client can have done by `workspace/executeCommand`. One file a command; the registry
//! below is the only list of them. A command that changes a status either has the client edit its
//! texts, or commits to disk.

pub(crate) mod arguments;
mod disk;
pub(crate) mod edit;
pub(crate) mod hand_out;
pub(crate) mod target;

use serde_json::{Value, json};
use tower_lsp::jsonrpc::Result;

use crate::lsp::commands::arguments::Arguments;
use crate::lsp::error::invalid_params;
use crate::lsp::session::SessionContext;

macro_rules! commands {
    ($($name:ident,)*) => {
        $(pub(crate) mod $name;)*

        /// Every command.
        pub(crate) const COMMANDS: &[ClientCommand] =
            &[$(ClientCommand { name: $name::NAME, run: $name::run }),*];
    };
}

commands! {
    set_status,
    toggle,
    fix_task,
    fix_all,
    undo,
    save_change,
    apply_action,
}

/// One command.
#[derive(Debug)]
pub(crate) struct ClientCommand {
    /// Its name in the protocol.
    pub(crate) name: &'static str,
    /// Carries it out, and answers what other programs read.
    pub(crate) run: fn(&SessionContext, Arguments) -> Result<Value>,
}

/// Carries out the command with this name.
pub(crate) fn run(context: &SessionContext, name: &str, arguments: Vec<Value>) -> Result<Value> {
    let command = COMMANDS
        .iter()
        .find(|command| command.name == name)
        .ok_or_else(|| invalid_params(format!("`command`: unknown command `{name}`")))?;
    let mut arguments = arguments.into_iter();
    let argument = arguments.next().unwrap_or_else(|| json!({}));
    if arguments.next().is_some() {
        return Err(invalid_params("`arguments` must hold one object"));
    }
    (command.run)(context, Arguments::new(argument)?)
}
