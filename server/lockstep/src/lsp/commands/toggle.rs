//! `lockstep.toggle {uri, position | range, reason?, commit?}` or `{task, phase?, reason?, commit?}`: what stands there goes
//! on in the circle open → active → done, as its profile allows; of several lines all as the first does,
//! in one edit.

use lockstep_analysis::operation::{
    NextStatus, Operation, Refused, Verdict, Whose, Wish, next_statuses, plan_with,
};
use lockstep_analysis::profile::config::CommitTo;
use lockstep_analysis::text::TextRange;
use serde_json::Value;
use tower_lsp::jsonrpc::Result;
use tower_lsp::ls_types::{Range, Uri};

use crate::hub::snapshot::Folder;
use crate::lsp::asked::AskedDocument;
use crate::lsp::commands::arguments::Arguments;
use crate::lsp::commands::disk;
use crate::lsp::commands::edit::{self, CommandEdits};
use crate::lsp::commands::target::CommandTarget;
use crate::lsp::error::{refusal, refusal_of, refused};
use crate::lsp::moves;
use crate::lsp::session::SessionContext;
use crate::workspace::clock::now;
use crate::workspace::commit::{CommitAction, CommitChange};

/// Its name in the protocol.
pub(crate) const NAME: &str = "lockstep.toggle";

pub(super) fn run(context: &SessionContext, arguments: Arguments) -> Result<Value> {
    let mut rest = arguments.clone();
    let Toggled { folder, next, reason, .. } = toggled(context, &mut rest)?;
    if disk::commits_to(context, folder, rest.commit()?) == CommitTo::Edit {
        return edit::carry_out(context, arguments, plan);
    }
    rest.finish()?;
    let name = next.first().map(|it| it.task.clone()).unwrap_or_default();
    let task = folder.analysis.task(&name);
    let list = next.into_iter().map(|NextStatus { task, phase, status, from }| CommitChange {
        task,
        status,
        phase,
        from,
        claim: None,
        reason: reason.clone(),
        force: false,
    });
    let action = CommitAction::Batch { list: list.collect(), atomic: false };
    disk::carry_out(context, folder, &name, task, action)
}

/// What is toggled, and to what.
struct Toggled<'a> {
    folder: &'a Folder,
    next: Vec<NextStatus>,
    /// Why, for what needs a reason.
    reason: Option<String>,
    focus: Option<Uri>,
}

fn toggled<'a>(context: &'a SessionContext, arguments: &mut Arguments) -> Result<Toggled<'a>> {
    let reason = arguments.text("reason")?;
    let found = match arguments.range("range")? {
        Some(range) => of_range(context, arguments, range)?,
        None => {
            let target = CommandTarget::take(context, arguments)?;
            let (path, at) = target.place()?;
            (target.folder, path, TextRange::empty(at), target.focus)
        }
    };
    let (folder, path, range, focus) = found;
    let mut next = Err(Refused::new(
        lockstep_analysis::operation::Code::UnknownTask,
        "nothing stands here".to_owned(),
        "go to a task",
    ));
    // Whoever plans a change answers for the disk; nothing is changed here.
    let _ = moves::planned(context, folder, |planner| {
        next = next_statuses(&folder.analysis, &path, range, reason.as_deref(), &now(), planner);
        Ok::<_, Refused>(Default::default())
    });
    let next = next.map_err(|why| refusal(&why))?;
    Ok(Toggled { folder, next, reason, focus })
}

/// The lines of a selection.
fn of_range<'a>(
    context: &'a SessionContext,
    arguments: &mut Arguments,
    range: Range,
) -> Result<(&'a Folder, String, TextRange, Option<Uri>)> {
    let uri = arguments.uri("uri")?.ok_or_else(|| refused("`uri` is missing"))?;
    let asked = AskedDocument::document(context, &uri).ok_or_else(|| refused("no task here"))?;
    let (start, end) = (asked.offset(range.start), asked.offset(range.end));
    Ok((asked.folder, asked.path, TextRange::new(start, end.max(start)), Some(uri)))
}

fn plan(context: &SessionContext, mut arguments: Arguments) -> Result<CommandEdits<'_>> {
    let Toggled { folder, next, reason, focus } = toggled(context, &mut arguments)?;
    arguments.commit()?;
    arguments.finish()?;
    let list = next.iter().map(|NextStatus { task, phase, status, .. }| {
        let wish = Wish { status, reason: reason.as_deref(), ..Wish::default() };
        (phase.as_ref().map_or(Whose::Task(task), |phase| Whose::Phase(task, phase)), wish)
    });
    let operation = Operation::Batch { list: list.collect(), atomic: false };
    let mut notes = Vec::new();
    let change = moves::planned(context, folder, |planner| {
        let plan = plan_with(&folder.analysis, &operation, &now(), planner)?;
        let results = || plan.results.iter();
        if results().all(|it| it.verdict == Verdict::Refused)
            && let Some(why) = results().find_map(|it| it.refusal())
        {
            return Err(why);
        }
        let said = results().filter_map(|it| it.reason.as_ref().map(|why| (&it.task, why)));
        notes.extend(said.map(|(task, why)| format!("{task}: {why}")));
        Ok(plan.change)
    });
    let change = change.map_err(|why| refusal_of("position", &why))?;
    let what = match next.as_slice() {
        [NextStatus { task, phase: None, status, .. }] => format!("{task} to {status}"),
        [NextStatus { task, phase: Some(phase), status, .. }] => {
            format!("phase {phase} of {task} to {status}")
        }
        several => format!("{} lines", several.len()),
    };
    Ok(CommandEdits {
        label: format!("Toggle {what}"),
        changes: vec![(folder, change)],
        notes,
        done: None,
        focus,
        confirm: false,
    })
}
