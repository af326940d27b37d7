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
use crate::lsp::edit_queue::{Edit, QueuedEdit};
use crate::lsp::error::invalid_params;
use crate::lsp::session::Context;
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

/// Plans a command, queues its edit for the client, and answers `{"files": […], "notes": […]}`.
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
    let arguments = Arguments::new(argument)?;
    let outcome = command.outcome(context, arguments.clone())?;
    if let Some(edit) = outcome.edit {
        let planned_on = context.snapshot.clone();
        let plan = Box::new(|context: &Context| Ok(command.outcome(context, arguments)?.edit));
        context.session.apply(QueuedEdit { edit, planned_on, plan })?;
    }
    for note in &outcome.notes {
        context.session.show(MessageType::INFO, format!("Lockstep: {note}"));
    }
    Ok(json!({"files": outcome.files, "notes": outcome.notes}))
}

/// What a command comes to.
#[derive(Debug)]
struct Outcome {
    /// Nothing where nothing changes.
    edit: Option<Edit>,
    /// The files it touches.
    files: Vec<String>,
    /// What the user should know.
    notes: Vec<String>,
}

impl Command {
    fn outcome(&self, context: &Context, arguments: Arguments) -> Result<Outcome> {
        let Planned { label, changes, mut notes, focus } = (self.plan)(context, arguments)?;
        let changes: Vec<_> = changes.iter().map(|(folder, change)| (*folder, change)).collect();
        let (snapshot, features) = (&context.snapshot, context.features());
        let planned = workspace_edit(snapshot, features, &changes, focus.as_ref());
        notes.extend(planned.notes());
        let after = changes.iter().flat_map(|(folder, change)| {
            let is_sent = |path: &str| planned.files.iter().any(|sent| sent == path);
            texts(folder, change, is_sent)
        });
        let after = after.collect();
        let edit = Edit { label, edit: planned.edit, after };
        let edit = (!planned.files.is_empty()).then_some(edit);
        Ok(Outcome { edit, files: planned.files, notes })
    }
}

/// The texts that a change makes of the files that are `wanted`, by document.
fn texts(
    folder: &Folder,
    change: &SourceChange,
    wanted: impl Fn(&str) -> bool,
) -> Vec<(DocumentKey, Arc<str>)> {
    let after = change.after().into_iter().filter(|(path, _)| wanted(path.as_str()));
    after.filter_map(|(path, text)| Some((folder.key(path.as_str()), text?))).collect()
}

/// The present time, as analysis takes it.
pub(crate) fn now() -> String {
    Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}
