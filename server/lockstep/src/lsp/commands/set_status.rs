//! `lockstep.setStatus {task | uri, position, status, phase?, expect?, reason?, tick?, stay?, commit?,
//! confirm?}`: `expect` is the status that it must have now; with `tick: true` the check boxes from which a
//! status follows are ticked or unticked for it; with `stay: true` files stay in folders that say another.
//! With `confirm: true` a change in the editor is shown first, and its user decides.

use lockstep_analysis::change::reason::PLACEHOLDER;
use lockstep_analysis::operation::{Operation, Whose, Wish, plan_one};
use lockstep_analysis::profile::config::CommitTo;
use serde_json::Value;
use tower_lsp::jsonrpc::Result;

use crate::lsp::commands::arguments::Arguments;
use crate::lsp::commands::disk;
use crate::lsp::commands::edit::{self, CommandEdits};
use crate::lsp::commands::target::CommandTarget;
use crate::lsp::error::refusal_of;
use crate::lsp::moves;
use crate::lsp::session::SessionContext;
use crate::workspace::clock::now;
use crate::workspace::commit::CommitAction;

/// Its name in the protocol.
pub(crate) const NAME: &str = "lockstep.setStatus";

pub(super) fn run(context: &SessionContext, arguments: Arguments) -> Result<Value> {
    let mut rest = arguments.clone();
    let target = CommandTarget::take(context, &mut rest)?;
    if disk::commits_to(context, target.folder, rest.commit()?) == CommitTo::Edit {
        return edit::carry_out(context, arguments, plan);
    }
    let status = rest.required_text("status")?;
    let (reason, to_fill_in) = reason_of(&mut rest)?;
    let from = rest.text("expect")?;
    rest.flag("confirm")?;
    let (tick, stay) = (rest.flag("tick")?, rest.flag("stay")?);
    rest.finish()?;
    let action = CommitAction::Set {
        tasks: vec![target.name()],
        status,
        phase: target.phase.clone(),
        from,
        reason,
        to_fill_in,
        tick,
        stay,
        force: false,
        atomic: false,
    };
    disk::carry_out(context, target.folder, &target.name(), target.whole(), action)
}

/// The reason that was given; else whether one is to be filled in, as the action says that is offered
/// where nobody can be asked.
fn reason_of(arguments: &mut Arguments) -> Result<(Option<String>, bool)> {
    let reason = arguments.text("reason")?;
    let to_fill_in = reason.as_deref() == Some(PLACEHOLDER);
    Ok((reason.filter(|_| !to_fill_in), to_fill_in))
}

fn plan(context: &SessionContext, mut arguments: Arguments) -> Result<CommandEdits<'_>> {
    let target = CommandTarget::take(context, &mut arguments)?;
    let status = arguments.required_text("status")?;
    let expect = arguments.text("expect")?;
    let (reason, to_fill_in) = reason_of(&mut arguments)?;
    let confirm = arguments.flag("confirm")?;
    let (tick, stay) = (arguments.flag("tick")?, arguments.flag("stay")?);
    arguments.commit()?;
    arguments.finish()?;

    let id = &target.name();
    let (whose, what) = match (&target.phase, target.whole()) {
        (Some(phase), _) => (Whose::Phase(id, phase), format!("phase {phase} of task {id}")),
        (None, Some(_)) => (Whose::Task(id), format!("task {id}")),
        (None, None) => (Whose::Task(id), id.clone()),
    };
    let wish = Wish {
        status: &status,
        expect: expect.as_deref(),
        claim: None,
        reason: reason.as_deref(),
        to_fill_in,
        tick,
        stay,
        force: false,
    };
    let operation = Operation::Set { whose: vec![whose], wish, atomic: false };
    let mut outcome = None;
    let change = moves::planned(context, target.folder, |planner| {
        let planned = plan_one(&target.folder.analysis, &operation, &now(), planner);
        planned.map(|(change, own)| {
            outcome = own;
            change
        })
    });
    let change = change.map_err(|why| refusal_of("status", &why))?;
    let status = outcome.as_ref().map_or(status.as_str(), |outcome| &outcome.to);
    let mut notes: Vec<String> = outcome.iter().filter_map(|it| it.reason.clone()).collect();
    if change.is_empty() {
        notes.push(format!("{what} is {status} already"));
    }
    Ok(CommandEdits {
        label: format!("Set {what} to {status}"),
        changes: vec![(target.folder, change)],
        notes,
        done: None,
        focus: target.focus,
        confirm,
    })
}
