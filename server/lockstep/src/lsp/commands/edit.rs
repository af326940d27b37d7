//! Commands whose change the client makes in its texts. A command plans on a snapshot; the edit goes
//! to the client, and the answer says which files it touches, not what became of it: the user is told
//! once the change is seen in the texts.

use std::sync::Arc;

use lockstep_analysis::change::SourceChange;
use lockstep_analysis::profile::Severity;
use serde_json::{Value, json};
use tower_lsp::jsonrpc::Result;
use tower_lsp::ls_types::Uri;

use crate::hub::sent_changes::SentChange;
use crate::hub::snapshot::{Folder, SessionSnapshot};
use crate::lsp::commands::arguments::Arguments;
use crate::lsp::session::SessionContext;
use crate::lsp::session::edit_queue::{Behind, Edit, EditedText, QueuedEdit, Unopened};
use crate::lsp::workspace_edit::{Showing, workspace_edit};

/// What a command would change.
#[derive(Debug)]
pub(super) struct CommandEdits<'a> {
    /// What a menu of undo calls it.
    pub(super) label: String,
    /// The changes, each in its workspace.
    pub(super) changes: Vec<(&'a Folder, SourceChange)>,
    /// What the user should know.
    pub(super) notes: Vec<String>,
    /// What the user is told once it is made.
    pub(super) done: Option<String>,
    /// The document in which the command was given.
    pub(super) focus: Option<Uri>,
    /// Whether the client shall ask its user about what it does to each task, if it can.
    pub(super) confirm: bool,
}

/// Plans a command.
pub(super) type PlanFn = for<'a> fn(&'a SessionContext, Arguments) -> Result<CommandEdits<'a>>;

/// Plans a command, queues its edit for the client, and answers
/// `{"transaction", "files": […], "notes": […]}`; the transaction is what `lockstep.saveChange` takes.
pub(super) fn carry_out(
    context: &SessionContext,
    arguments: Arguments,
    plan: PlanFn,
) -> Result<Value> {
    let id = context.session.name_change();
    let outcome = outcome(context, arguments.clone(), plan, &id)?;
    let transaction = outcome.edit.is_some().then_some(&id);
    let answer =
        json!({"transaction": transaction, "files": outcome.files, "notes": outcome.notes});
    let Some(edit) = outcome.edit else {
        for note in &outcome.notes {
            context.session.show(Severity::Info, format!("Lockstep: {note}"));
        }
        return Ok(answer);
    };
    let planned_on = context.snapshot.clone();
    let again = Arc::new(move |context: &SessionContext| {
        Ok(self::outcome(context, arguments.clone(), plan, &id)?.edit)
    });
    context.session.apply(QueuedEdit { edit, planned_on, plan: again })?;
    Ok(answer)
}

/// What a command comes to.
#[derive(Debug)]
struct CommandOutcome {
    /// Nothing where nothing changes.
    edit: Option<Edit>,
    /// The files it touches.
    files: Vec<String>,
    /// What the user should know.
    notes: Vec<String>,
}

fn outcome(
    context: &SessionContext,
    arguments: Arguments,
    plan: PlanFn,
    id: &str,
) -> Result<CommandOutcome> {
    let CommandEdits { label, changes, mut notes, done, focus, confirm } =
        plan(context, arguments)?;
    let changes: Vec<_> = changes.iter().map(|(folder, change)| (*folder, change)).collect();
    let behind: Vec<Behind> =
        changes.iter().flat_map(|(folder, change)| behind(folder, change)).collect();
    if !behind.is_empty() {
        let files = changes.iter().flat_map(|(_, change)| change.files());
        let files = files.map(ToString::to_string).collect();
        let edit = Edit { id: id.to_owned(), label, behind, ..Edit::default() };
        return Ok(CommandOutcome { edit: Some(edit), files, notes });
    }
    let (snapshot, features) = (&context.snapshot, context.features());
    let showing = Showing { focus: focus.as_ref(), confirm };
    let shows_parts = showing.asks(features);
    let planned = workspace_edit(snapshot, features, &changes, showing);
    notes.extend(planned.notes());
    let texts = changes.iter().flat_map(|(folder, change)| {
        let is_sent = |path: &str| planned.files.iter().any(|sent| sent == path);
        texts(folder, change, is_sent)
    });
    let texts = texts.collect();
    // Who is asked may choose a part, which is then no half of anything.
    let followed = changes.iter().filter(|_| !shows_parts);
    let handed = followed
        .filter_map(|(folder, change)| SentChange::new(id, &label, folder, change, &planned.files));
    let handed = handed.collect();
    let unopened = changes.iter().flat_map(|(folder, change)| unopened(snapshot, folder, change));
    let unopened = unopened.collect();
    let is_empty = planned.files.is_empty();
    let edit = Edit {
        id: id.to_owned(),
        label,
        edit: planned.edit,
        uris: planned.uris,
        texts,
        behind,
        unopened,
        handed,
        notes: done.iter().chain(&notes).cloned().collect(),
        asks: confirm,
    };
    Ok(CommandOutcome { edit: (!is_empty).then_some(edit), files: planned.files, notes })
}

/// The files of a change that the client has to read again first: it shows what stood there before
/// somebody else changed them.
pub(crate) fn behind<'a>(
    folder: &'a Folder,
    change: &'a SourceChange,
) -> impl Iterator<Item = Behind> + 'a {
    let files = change.files().into_iter().map(|path| path.as_str());
    let files = files.filter(|path| folder.held.contains_key(*path));
    files.map(|path| Behind { root: folder.root.clone(), path: path.to_owned() })
}

/// The files of a change that the client has not open.
pub(crate) fn unopened<'a>(
    snapshot: &'a SessionSnapshot,
    folder: &'a Folder,
    change: &'a SourceChange,
) -> impl Iterator<Item = Unopened> + 'a {
    let files = change.edits.keys().chain(change.moves.keys());
    let files = files.filter_map(|path| Some((path, change.before.get(path)?)));
    let files = files.filter(|(path, _)| snapshot.version(folder, path.as_str()).is_none());
    files.map(|(path, before)| Unopened {
        root: folder.root.clone(),
        path: path.to_string(),
        before: before.whole().clone(),
    })
}

/// The texts that a change makes of the files that are `wanted`, by document.
fn texts(folder: &Folder, change: &SourceChange, wanted: impl Fn(&str) -> bool) -> Vec<EditedText> {
    let after = change.after().into_iter().filter(|(path, _)| wanted(path.as_str()));
    let texts = after.filter_map(|(path, text)| {
        let before = change.before.get(change.came_from(&path)).map(|it| it.whole().clone());
        let after = text?.whole().clone();
        Some(EditedText { key: folder.key(path.as_str()), before, after })
    });
    texts.collect()
}
