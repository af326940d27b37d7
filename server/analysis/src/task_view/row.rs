//! A task as one line of a list: what a person needs to choose it, and to go there.

use crate::analysis::Analysis;
use crate::index::boxes::Boxes;
use crate::index::figures::finished_parts;
use crate::index::{Place, Task};
use crate::model::FilePath;
use crate::profile::vocabulary::Category;
use crate::task_view::{is_archived, status, title};
use crate::text::TextRange;

/// A task as one line of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowView {
    /// The name by which it is certainly meant: mostly its id.
    pub id: String,
    /// What it is called.
    pub title: String,
    /// The id of its status, by its authority.
    pub status: Option<String>,
    /// What that means.
    pub category: Option<Category>,
    /// The status as its readers see it: as the authority has it.
    pub marker: Option<String>,
    /// Whether every place says the same.
    pub agreed: bool,
    /// Whether it stands in history only.
    pub archived: bool,
    /// The name of its profile.
    pub profile: String,
    /// Where a person goes first: the most trusted place.
    pub place: Option<(FilePath, TextRange)>,
    /// How many of its phases are done, else of its parts, else of its boxes; `None` where it has none.
    pub progress: Option<RowProgress>,
    /// How many errors and warnings are about it.
    pub n_findings: usize,
    /// Whether it is open and may begin.
    pub ready: bool,
    /// The task that it is a part of.
    pub parent: Option<String>,
}

/// How much is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RowProgress {
    /// How many are.
    pub done: usize,
    /// Of how many.
    pub total: usize,
}

impl RowView {
    /// Whether the other shows the same but for where it stands, which changes with every line above.
    pub fn shows_the_same(&self, other: &RowView) -> bool {
        let moved = RowView { place: other.place.clone(), ..self.clone() };
        let path = |row: &RowView| row.place.as_ref().map(|(path, _)| path.clone());
        moved == *other && path(self) == path(other)
    }
}

/// One task.
pub fn row(analysis: &Analysis, task: &Task) -> RowView {
    let index = &analysis.index;
    let def = status(analysis, task);
    let places = || task.places.iter().chain(&task.plans).chain(&task.past).copied();
    let authority =
        index.authority(task).or_else(|| places().flat_map(|it| index.spots(it)).next());
    let first = places().find(|place| !index.entity(*place).mention).or_else(|| places().next());
    let is_live = !task.places.is_empty() && index.may_be_next(task);
    RowView {
        id: analysis.name_of(&task.id),
        title: title(analysis, task),
        status: def.map(|def| def.id.clone()),
        category: def.map(|def| def.category),
        marker: authority.map(|spot| (spot.occurrence.carrier.text)(spot.raw())),
        agreed: !index.is_apart(task),
        archived: is_archived(task),
        profile: index.profile_of(task).id.clone(),
        place: first.map(|place| (index.docs[place.doc].path.clone(), index.entity(place).name)),
        progress: progress(analysis, task),
        n_findings: analysis.n_findings(&task.id),
        ready: is_live && index.blockers(task).is_empty(),
        parent: index.parents(task).next().map(|(_, parent)| analysis.name_of(&parent.id)),
    }
}

fn progress(analysis: &Analysis, task: &Task) -> Option<RowProgress> {
    let index = &analysis.index;
    let phases = index.phases(task);
    if !phases.is_empty() {
        let is_done = |place: &&Place| {
            let status = index.status_at(**place);
            let category = status.map(|it| index.vocabulary_at(**place).get(it).category);
            category == Some(Category::Done)
        };
        let done = phases.iter().filter(is_done).count();
        return Some(RowProgress { done, total: phases.len() });
    }
    let (done, total) = finished_parts(index, task, &|part| index.status(part));
    if total > 0 {
        let number = |n: u64| usize::try_from(n).unwrap_or(usize::MAX);
        return Some(RowProgress { done: number(done), total: number(total) });
    }
    let own = task.plans.first().into_iter().chain(&task.places);
    let boxes = own.map(|place| index.boxes_below(*place, Boxes::WithPhases));
    let boxes = boxes.into_iter().find(|boxes| !boxes.is_empty())?;
    let done = boxes.iter().filter(|(_, category)| *category == Category::Done).count();
    Some(RowProgress { done, total: boxes.len() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;

    #[test]
    fn a_task_that_only_a_key_names_is_called_by_the_words_of_the_key() {
        let (analysis, _) = testing::analysis(
            "//- /docs/sprint-status.yaml\n  development_status:\n    epic-1: in-progress\n    1-1-log-in: done\n    1-2-log-out: backlog\n\
             //- /docs/1-1-log-in.md\n  # Story 1.1: Log in by mail\n\n  Status: done\n\
             //- /app/.planning/ROADMAP.md\n  - [ ] **Phase 1: Draw**\n  - [x] 01-01-PLAN.md -- Draw it\n  - [ ] 01-02: Show it\n",
        );
        let title = |id: &str| row(&analysis, analysis.task(id).expect("a task")).title;
        let titles = ["1-1", "1-2", "epic-1", "01-01", "01-02"].map(title);
        assert_eq!(titles, ["Log in by mail", "Log out", "", "Draw it", "Show it"]);
    }
}
