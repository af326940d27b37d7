//! `lockstep.setStatus {task | uri, position, status, phase?, reason?, commit?}`

use lockstep_analysis::change::{self, Intent, Mode, Subject};
use lockstep_analysis::profile::EntityKind;
use lockstep_analysis::profile::config::CommitTo;
use serde_json::Value;
use tower_lsp::jsonrpc::Result;

use crate::lsp::commands::arguments::Arguments;
use crate::lsp::commands::edit::{self, Planned};
use crate::lsp::commands::target::Target;
use crate::lsp::commands::{disk, now};
use crate::lsp::error::{invalid_params, refusal};
use crate::lsp::session::Context;
use crate::workspace::commit::Action;

/// Its name in the protocol.
pub(crate) const NAME: &str = "lockstep.setStatus";

pub(super) fn run(context: &Context, arguments: Arguments) -> Result<Value> {
    let mut rest = arguments.clone();
    let target = Target::take(context, &mut rest)?;
    if disk::commits_to(context, target.folder, rest.commit()?) == CommitTo::Edit {
        return edit::carry_out(context, arguments, plan);
    }
    let (status, reason) = (rest.required_text("status")?, rest.text("reason")?);
    rest.finish()?;
    let action = Action::Set {
        tasks: vec![target.task.id.to_string()],
        status,
        phase: target.phase,
        from: None,
        reason,
        force: false,
        atomic: false,
    };
    disk::carry_out(context, target.folder, target.task, action)
}

fn plan(context: &Context, mut arguments: Arguments) -> Result<Planned<'_>> {
    let target = Target::take(context, &mut arguments)?;
    let word = arguments.required_text("status")?;
    let reason = arguments.text("reason")?;
    arguments.commit()?;
    arguments.finish()?;

    let analysis = &target.folder.analysis;
    let id = target.task.id.clone();
    let (subject, kind, what) = match target.phase {
        Some(phase) => {
            let what = format!("phase {phase} of task {id}");
            (Subject::Phase(id, phase), EntityKind::Phase, what)
        }
        None => (Subject::Task(id.clone()), EntityKind::Task, format!("task {id}")),
    };
    let vocabulary = analysis.profile.vocabulary(kind);
    let to = vocabulary.lookup(&word).ok_or_else(|| {
        let known: Vec<&str> = vocabulary.iter().map(|(_, def)| def.id.as_str()).collect();
        invalid_params(format!("`status`: there is no `{word}`; known: {}", known.join(", ")))
    })?;
    let status = &vocabulary.get(to).id;
    let intent = Intent { subject, to, reason, at: now(), mode: Mode::Transition };
    let planned = change::plan(analysis, &intent).map_err(|why| refusal(&why))?;
    let mut notes = planned.notes;
    if planned.change.is_empty() {
        notes.push(format!("{what} is {status} already"));
    }
    Ok(Planned {
        label: format!("Set {what} to {status}"),
        changes: vec![(target.folder, planned.change)],
        notes,
        focus: target.focus,
    })
}
