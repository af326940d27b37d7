//! Moves the files of a task to the folder of its status.

use crate::actions::{Action, ActionKind, At, Choice, Offer};
use crate::analysis::Analysis;
use crate::change::SourceChange;
use crate::change::relocation::misplaced;
use crate::operation::{Operation, Planner, Refused, Whose, Wish, gone, plan_one};
use crate::profile::id::TaskId;
use crate::rules::misplaced_file;

/// The action.
pub static ACTION: Action = Action {
    id: "move-files",
    kind: ActionKind::QuickFix,
    doc: include_str!("move_files.md"),
    offers,
    plan,
};

fn offers(at: &At<'_>) -> Vec<Offer> {
    let index = &at.analysis.index;
    let found = at.here.iter().filter(|it| it.rule == misplaced_file::RULE.id).find_map(|it| {
        let task = it.task.as_ref().and_then(|id| index.tasks.get(id))?;
        index.profile_of(task).folders.as_ref()?;
        Some((it, task))
    });
    let Some((finding, task)) = found else { return Vec::new() };
    let called = index.called(task);
    let title = format!("Move the files of task {called}, as its status says");
    let mut choice = Choice::new(&ACTION, at, finding.range, &title);
    choice.task = Some(task.id.to_string());
    let mends = Some((misplaced_file::RULE.id, finding.range));
    vec![Offer { title, preferred: false, mends, choice }]
}

/// Whoever sets the status that a task has moves what is misplaced of it.
fn plan(
    analysis: &Analysis,
    choice: &Choice,
    at: &str,
    planner: Planner<'_>,
) -> Result<SourceChange, Refused> {
    let lost = || gone("the files are where the status says");
    let index = &analysis.index;
    let id = choice.task.as_deref().map(TaskId::new).ok_or_else(lost)?;
    let task = index.tasks.get(&id).ok_or_else(lost)?;
    let status = index.status(task).ok_or_else(lost)?;
    if !task.places.iter().any(|place| misplaced(analysis, *place).is_some()) {
        return Err(lost());
    }
    let (name, status) = (analysis.name_of(&id), &index.vocabulary_of(task).get(status).id);
    let whose = vec![Whose::Task(&name)];
    let wish = Wish { status, ..Wish::default() };
    let operation = Operation::Set { whose, wish, atomic: false };
    plan_one(analysis, &operation, at, planner).map(|(change, _)| change)
}

#[cfg(test)]
mod tests {
    use super::ACTION;
    use crate::testing::check_no_action;

    #[test]
    fn where_no_folders_are_declared_nothing_is_moved() {
        check_no_action(
            ACTION.id,
            "//- /docs/pending/high/api/login/login-index.md\n  # Login\n  - **Status**: Pend$0ing\n",
        );
    }
}
