//! What a client can have done by `workspace/executeCommand`. One file a command; the registry
//! below is the only list of them. A command plans on a snapshot; the edit goes to the client, and
//! the answer says which files it touches, not what became of it.

pub(crate) mod arguments;
pub(crate) mod target;

use std::sync::Arc;

use jiff::Timestamp;
use lockstep_analysis::change::SourceChange;
use serde_json::{Value, json};
use tower_lsp::jsonrpc::Result;
use tower_lsp::ls_types::{MessageType, Uri};

use crate::lsp::commands::arguments::Arguments;
use crate::lsp::error::invalid_params;
use crate::lsp::session::{Context, SentEdit};
use crate::lsp::snapshot::Folder;
use crate::lsp::uri::DocumentKey;
use crate::lsp::workspace_edit::workspace_edit;

macro_rules! commands {
    ($($name:ident,)*) => {
        $(pub(crate) mod $name;)*

        /// Every command.
        pub(crate) const COMMANDS: &[Command] =
            &[$(Command { name: $name::NAME, plan: $name::plan }),*];
    };
}

commands! {
    set_status,
    fix_task,
    fix_all,
}

/// One command.
#[derive(Debug)]
pub(crate) struct Command {
    /// Its name in the protocol.
    pub(crate) name: &'static str,
    /// What it would change.
    pub(crate) plan: for<'a> fn(&'a Context, Arguments) -> Result<Planned<'a>>,
}

/// What a command would change.
#[derive(Debug)]
pub(crate) struct Planned<'a> {
    /// What a menu of undo calls it.
    pub(crate) label: String,
    /// The changes, each in its workspace.
    pub(crate) changes: Vec<(&'a Folder, SourceChange)>,
    /// What the user should know.
    pub(crate) notes: Vec<String>,
    /// The document in which the command was given.
    pub(crate) focus: Option<Uri>,
}

/// Plans a command, sends its edit to the client, and answers `{"files": […], "notes": […]}`.
pub(crate) fn run(context: &Context, name: &str, arguments: Vec<Value>) -> Result<Value> {
    let command = COMMANDS
        .iter()
        .find(|command| command.name == name)
        .ok_or_else(|| invalid_params(format!("`command`: there is no `{name}`")))?;
    let mut arguments = arguments.into_iter();
    let argument = arguments.next().unwrap_or_else(|| json!({}));
    if arguments.next().is_some() {
        return Err(invalid_params("`arguments` holds one object"));
    }
    let mut planned = (command.plan)(context, Arguments::new(argument)?)?;
    planned.changes.retain(|(_, change)| !change.is_empty());

    let changes: Vec<_> =
        planned.changes.iter().map(|(folder, change)| (*folder, change)).collect();
    let snapshot = &context.snapshot;
    let edit = workspace_edit(snapshot, context.features(), &changes, planned.focus.as_ref());
    planned.notes.extend(edit.notes());
    if !edit.files.is_empty() {
        let after = planned.changes.iter().flat_map(|(folder, change)| texts(folder, change));
        let after = after.collect();
        context.session.apply(SentEdit { label: planned.label, edit: edit.edit, after })?;
    }
    for note in &planned.notes {
        context.session.show(MessageType::INFO, format!("Lockstep: {note}"));
    }
    Ok(json!({"files": edit.files, "notes": planned.notes}))
}

/// The texts that a change makes, by document.
fn texts(folder: &Folder, change: &SourceChange) -> Vec<(DocumentKey, Arc<str>)> {
    let after = change.after().into_iter();
    let key = |path: &str| DocumentKey::of_canonical(folder.root.join(path));
    after.filter_map(|(path, text)| Some((key(path.as_str()), text?))).collect()
}

/// The present time, as analysis takes it.
pub(crate) fn now() -> String {
    Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}
