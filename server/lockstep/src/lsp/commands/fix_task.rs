//! `lockstep.fixTask {task | uri, position, prefer?, commit?}`: brings the places of one task into
//! agreement, and mends what else is wrong with it. `prefer` is the status that is right, or the
//! file that is.

use std::collections::BTreeMap;

use lockstep_analysis::Analysis;
use lockstep_analysis::change::{self, Intent, Mode, SourceChange, Subject};
use lockstep_analysis::index::Task;
use lockstep_analysis::profile::EntityKind;
use lockstep_analysis::profile::config::CommitTo;
use lockstep_analysis::profile::vocabulary::StatusIdx;
use lockstep_analysis::rules;
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
pub(crate) const NAME: &str = "lockstep.fixTask";

pub(super) fn run(context: &Context, arguments: Arguments) -> Result<Value> {
    let mut rest = arguments.clone();
    let target = Target::take(context, &mut rest)?;
    if disk::commits_to(context, target.folder, rest.commit()?) == CommitTo::Edit {
        return edit::carry_out(context, arguments, plan);
    }
    let prefer = rest.text("prefer")?;
    rest.finish()?;
    if let Some(prefer) = &prefer {
        preferred(&target.folder.analysis, target.task, prefer)?;
    }
    let action = Action::Fix { tasks: vec![target.task.id.to_string()], rule: None, prefer };
    disk::carry_out(context, target.folder, target.task, action)
}

fn plan(context: &Context, mut arguments: Arguments) -> Result<Planned<'_>> {
    let mut target = Target::take(context, &mut arguments)?;
    let prefer = arguments.text("prefer")?;
    arguments.commit()?;
    arguments.finish()?;
    // A place in a phase still means its task.
    target.phase = None;

    let analysis = &target.folder.analysis;
    let id = &target.task.id;
    let change = match prefer {
        Some(prefer) => {
            let status = preferred(analysis, target.task, &prefer)?;
            fix_towards(analysis, target.task, status)?
        }
        None => rules::fix_all(analysis, &now(), &|found| found.task.as_ref() == Some(id)).0,
    };
    let nothing = change.is_empty().then(|| format!("there is nothing to mend in task {id}"));
    Ok(Planned {
        label: format!("Fix task {id}"),
        changes: vec![(target.folder, change)],
        notes: nothing.into_iter().collect(),
        focus: target.focus,
    })
}

/// The status that `prefer` means: one of the vocabulary, or that which a file has.
fn preferred(analysis: &Analysis, task: &Task, prefer: &str) -> Result<StatusIdx> {
    if let Some(status) = analysis.profile.vocabulary(EntityKind::Task).lookup(prefer) {
        return Ok(status);
    }
    let path = prefer.trim_start_matches("./");
    let spots = analysis.index.statuses(task);
    let found = spots.filter(|spot| spot.document.path.as_str() == path).find_map(|s| s.status());
    found.ok_or_else(|| {
        let id = &task.id;
        invalid_params(format!(
            "`prefer`: `{prefer}` is no status, nor a file with one of task {id}"
        ))
    })
}

/// The change that gives all places of the task this status, and then mends the rest.
fn fix_towards(analysis: &Analysis, task: &Task, to: StatusIdx) -> Result<SourceChange> {
    let at = now();
    let subject = Subject::Task(task.id.clone());
    let intent = Intent { subject, to, reason: None, at: at.clone(), mode: Mode::Align };
    let aligned = change::plan(analysis, &intent).map_err(|why| refusal(&why))?.change;
    let mut texts: BTreeMap<_, _> = aligned.after();
    let then = analysis.with_texts(&texts);
    let (rest, n) = rules::fix_all(&then, &at, &|found| found.task.as_ref() == Some(&task.id));
    if n == 0 {
        return Ok(aligned);
    }
    texts.extend(rest.after());
    Ok(SourceChange::between(analysis, &texts))
}
