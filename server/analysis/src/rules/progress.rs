//! Work that a fix would take back.

use crate::index::Task;
use crate::profile::roll_up::RollUp;
use crate::profile::vocabulary::{Category, StatusIdx};
use crate::snapshot::Snapshot;

/// Whether to set a task to a status would take work back that a place says is begun, done or given
/// up, where the profile leaves that to a person, or a list of boxes stands beside a table.
pub(super) fn takes_back(analysis: &Snapshot, task: &Task, to: StatusIdx) -> bool {
    let index = &analysis.index;
    if !index.profile_of(task).keeps_progress && !index.is_numbered_pair(task) {
        return false;
    }
    let vocabulary = index.vocabulary_of(task);
    // What waits was begun, or would be but for a reason that somebody has written down.
    let reached = |status| match vocabulary.get(status).category {
        Category::Done | Category::Dropped | Category::Failed => 3,
        Category::Waiting => 2,
        Category::Active => 1,
        Category::Open => 0,
    };
    let category = |status| vocabulary.get(status).category;
    let is_given_up = matches!(category(to), Category::Dropped | Category::Failed);
    // Whether something was finished or given up, nobody else knows.
    let is_end = |said| category(said).is_closed() && category(to).is_closed();
    // The folder of a file says one, too.
    let by_folder = task.places.iter().filter(|place| index.is_document(**place));
    let by_folder = by_folder.filter_map(|place| {
        vocabulary.lookup(index.docs[place.doc].facts.captures.status.as_deref()?)
    });
    let said = index.statuses(task).filter_map(|spot| spot.status());
    said.chain(by_folder).any(|said| {
        (is_end(said) && category(said) != category(to))
            || (!is_given_up && reached(said) > reached(to))
            // Of what has not begun, a later status is nearer to it.
            || (category(said) == Category::Open && category(to) == Category::Open && said > to)
    })
}

/// Whether the trusted place names a step of its own on the way to the status that it is read as: to write
/// this one elsewhere would tell more than anybody has said.
pub(super) fn tells_more(analysis: &Snapshot, task: &Task) -> bool {
    let index = &analysis.index;
    let Some(trusted) = index.authority(task) else { return false };
    let Some(said) = trusted.status().filter(|_| index.profile_of(task).keeps_progress) else {
        return false;
    };
    let vocabulary = index.vocabulary_of(task);
    let def = vocabulary.get(said);
    let word = trusted.occurrence.reading.word.of(&trusted.document.text);
    word.contains(char::is_alphabetic)
        && def.category == Category::Open
        && !def.spellings.is_empty()
        && !vocabulary.says_just(def, word)
        && !index.statuses(task).any(|spot| {
            let word = spot.occurrence.reading.word.of(&spot.document.text);
            spot.status() == Some(said) && vocabulary.says_just(def, word)
        })
}

/// The status of what is under way, where that is certain: the trusted place says that nothing is begun,
/// another names this status and none an end, and boxes of the plan are ticked or begun.
pub(super) fn begun(analysis: &Snapshot, task: &Task) -> Option<StatusIdx> {
    let index = &analysis.index;
    let vocabulary = index.vocabulary_of(task);
    let category = |status| vocabulary.get(status).category;
    let trusted = index.authority(task)?.status()?;
    let plan = *task.plans.first()?;
    let is_derived = index.entity(plan).derived && index.spots(plan).next().is_none();
    let is_shown = matches!(index.boxes_say(plan), RollUp::Active | RollUp::Done);
    if category(trusted) != Category::Open || !is_derived || !is_shown {
        return None;
    }
    let mut under_way = None;
    for spot in index.statuses(task) {
        let said = spot.status()?;
        match category(said) {
            Category::Open => {}
            Category::Active if under_way.is_none_or(|it| it == said) => under_way = Some(said),
            _ => return None,
        }
    }
    under_way.filter(|_| analysis.typed_statuses(task).is_empty())
}

/// Whether some place of a task says that it is finished.
pub(super) fn is_told_finished(analysis: &Snapshot, task: &Task) -> bool {
    let index = &analysis.index;
    let vocabulary = index.vocabulary_of(task);
    let mut said = index.statuses(task).filter_map(|spot| spot.status());
    said.any(|said| vocabulary.get(said).category == Category::Done)
}

#[cfg(test)]
mod tests {
    use crate::analysis::mending::fix_all;
    use crate::testing::{AT, analysis};

    /// What a fix makes of the status in the file of a story, beside that in the list.
    fn fixed(list: &str, story: &str) -> Option<String> {
        let (analysis, _) = analysis(&format!(
            "//- /docs/sprint-status.yaml
  development_status:
    1-1-log-in: {list}
//- /docs/1-1-log-in.md
  # Story 1.1: Log in

  Status: {story}
"
        ));
        let (change, _) = fix_all(&analysis, AT, &|_| true);
        let after = change.after().into_values().next().flatten()?;
        Some(after.to_string().trim().to_owned())
    }

    #[test]
    fn a_step_that_is_nearer_to_the_beginning_of_work_is_not_taken_back() {
        assert_eq!(fixed("backlog", "ready-for-dev"), None);
        let raised = fixed("ready-for-dev", "backlog").expect("it is nearer to it");
        assert!(raised.ends_with("Status: ready-for-dev"), "{raised}");
    }

    #[test]
    fn a_status_that_is_read_as_more_than_it_says_is_not_written_elsewhere() {
        assert_eq!(fixed("drafted", "backlog"), None);
        assert_eq!(fixed("contexted", "backlog"), None);
        assert!(fixed("ready", "backlog").is_some_and(|it| it.contains("Status: ready")));
    }
}
