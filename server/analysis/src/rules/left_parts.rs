//! Parts of a task that contradict what it says.

use crate::index::Task;
use crate::index::relations::ParentContradiction;
use crate::profile::flow::TaskKind;
use crate::profile::roll_up::RollUp;
use crate::profile::vocabulary::Category;
use crate::snapshot::Snapshot;

/// Whether parts of a task that is said to be finished are left, and nothing tells why.
pub(super) fn are_left(analysis: &Snapshot, task: &Task) -> bool {
    let index = &analysis.index;
    let found = index.parent_contradictions(task, &|task| index.status(task));
    found.iter().any(|found| {
        is_said_finished(analysis, found)
            && found.flow.kind != TaskKind::Aggregate
            && !is_put_off(analysis, found)
            && !is_told_as_drift(analysis, found)
    })
}

/// The children because of which a task cannot say what it says.
pub(super) fn telling<'a>(analysis: &Snapshot, found: &ParentContradiction<'a>) -> Vec<&'a Task> {
    let index = &analysis.index;
    let tells = |child: &&&Task| match (found.rolled, index.category(child)) {
        (_, None) => false,
        (RollUp::Done | RollUp::Partial, Some(category)) => match found.flow.strategy.goes_on() {
            true if found.rolled == RollUp::Done => category.is_closed(),
            _ => category == Category::Done,
        },
        (RollUp::Failed, Some(category)) => match found.counts.failed {
            0 => category == Category::Dropped,
            _ => category == Category::Failed,
        },
        (RollUp::Dropped, Some(category)) => category == Category::Dropped,
        (RollUp::Open, Some(category)) => !category.is_closed(),
        (_, Some(category)) if is_said_finished(analysis, found) => !category.is_closed(),
        (_, Some(category)) => matches!(category, Category::Done | Category::Active),
    };
    found.children.iter().filter(tells).copied().collect()
}

/// Whether the open parts of what is finished are put off, as what stands beside them tells.
pub(super) fn is_put_off(analysis: &Snapshot, found: &ParentContradiction<'_>) -> bool {
    let is_put_off =
        |child: &&Task| analysis.index.authority(child).is_some_and(|spot| spot.is_put_off());
    let mut open = telling(analysis, found).into_iter().peekable();
    is_said_finished(analysis, found) && open.peek().is_some() && open.all(|it| is_put_off(&it))
}

/// Whether places that disagree are the same contradiction: the task says elsewhere that nothing is
/// begun, as its parts do, or each part that is left says elsewhere that it is finished.
pub(super) fn is_told_as_drift(analysis: &Snapshot, found: &ParentContradiction<'_>) -> bool {
    if !is_said_finished(analysis, found) {
        return false;
    }
    let index = &analysis.index;
    let says = |task: &Task, is_it: &dyn Fn(Category) -> bool| {
        let vocabulary = index.vocabulary_of(task);
        let by_file = index.said_by_file(task).map(|(_, said)| said);
        let said = index.statuses(task).filter_map(|spot| spot.status()).chain(by_file);
        let mut categories = said.map(|status| vocabulary.get(status).category);
        !index.agreed(task) && index.is_certain(task) && categories.any(is_it)
    };
    let is_open = |category| category == Category::Open;
    if found.rolled == RollUp::Open && says(found.parent, &is_open) {
        return true;
    }
    let left = telling(analysis, found);
    !left.is_empty() && left.iter().all(|child| says(child, &Category::is_closed))
}

pub(super) fn is_said_finished(analysis: &Snapshot, found: &ParentContradiction<'_>) -> bool {
    analysis.index.vocabulary_of(found.parent).get(found.said).category == Category::Done
}

#[cfg(test)]
mod tests {
    use crate::analysis::mending::fix_all;
    use crate::testing::{AT, analysis};

    #[test]
    fn what_parts_say_is_not_finished_finishes_nothing_elsewhere() {
        let fixed = |second: &str| {
            let (analysis, _) = analysis(&format!(
                "//- /.planning/ROADMAP.md\n  - [x] **Phase 1: Draw** - with a pen\n\n  ### Phase 1: Draw\n  - [x] 01-01: Paper\n  - [{second}] 01-02: Pen\n\n  | Phase | Plans Complete | Status | Completed |\n  |---|---|---|---|\n  | 1. Draw | 1/2 | In Progress | - |\n"
            ));
            fix_all(&analysis, AT, &|_| true).0.edits.len()
        };
        assert_eq!((fixed("x"), fixed(" ")), (1, 0));
    }
}
