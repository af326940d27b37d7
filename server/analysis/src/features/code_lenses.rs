//! How the tasks of a file stand and what can be done with them, above each: begin it, complete it, bring
//! its places into step.

use crate::analysis::Analysis;
use crate::analysis::changed::{ChangedEntities, changed_entities};
use crate::index::{DocIdx, Index, Place, Task};
use crate::profile::EntityKind;
use crate::profile::id::TaskId;
use crate::profile::vocabulary::{Category, StatusDef, StatusIdx};
use crate::task_view::standing::{parts, some, waited_for};
use crate::text::TextRange;

/// How a task stands, or something that can be done with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lens {
    /// The name of the task in the file.
    pub range: TextRange,
    /// What it is called.
    pub title: String,
    /// The name by which the task is certainly meant.
    pub task: String,
    /// What is done.
    pub deed: LensDeed,
}

/// What is done with a task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LensDeed {
    /// Its places are brought into step.
    Fix,
    /// It gets the status with this id.
    Set(String),
    /// Nothing: it is only told.
    Nothing,
}

/// Who holds a task.
pub type HolderOf<'a> = dyn Fn(&TaskId) -> Option<String> + 'a;

/// Of a file with more tasks than this, only those that are under way or disagree are told.
const MANY: usize = 200;

/// How the tasks of the file at `path` stand and what can be done with them, in the order of the text.
/// Nothing is offered that needs a word of somebody, or that waits for another task. A title says who holds
/// the task. In a file with many tasks only what can be done is told.
pub fn code_lenses(analysis: &Analysis, path: &str, holder: &HolderOf<'_>) -> Vec<Lens> {
    let index = &analysis.index;
    let Some((doc, document)) = index.document(path) else { return Vec::new() };
    if document.facts.history {
        return Vec::new();
    }
    lens_places(analysis, doc)
        .into_iter()
        .flat_map(|place| lenses(analysis, place, holder))
        .collect()
}

/// Whether a document has so many tasks that only those are told of which are under way or disagree.
pub fn is_long(analysis: &Analysis, doc: DocIdx) -> bool {
    analysis.index.docs[doc].facts.entities.len() > MANY
}

/// Where something may be told in a document, in its order.
pub fn lens_places(analysis: &Analysis, doc: DocIdx) -> Vec<Place> {
    let index = &analysis.index;
    match is_long(analysis, doc) {
        true => pressing(index, doc),
        false => {
            let entities = 0..index.docs[doc].facts.entities.len();
            entities.map(|entity| Place { doc, entity }).collect()
        }
    }
}

/// What is told at a place of a long document.
pub fn lenses_at(analysis: &Analysis, place: Place, holder: &HolderOf<'_>) -> Vec<Lens> {
    let (index, facts) = (&analysis.index, &analysis.index.docs[place.doc].facts);
    let is_pressing = |task: &Task| index.pressing().contains(&task.id);
    match index.task_at(place).is_some_and(is_pressing) && !facts.history {
        true => lenses(analysis, place, holder),
        false => Vec::new(),
    }
}

/// Whether what is told at a place stays what it is as long as nothing is other that a list shows: the
/// name of a task whose id holds in its file only may change with the text around it.
pub fn lenses_last(analysis: &Analysis, place: Place) -> bool {
    !analysis.index.is_local(place)
}

/// Of which entities of a long document something else may be told than in `before`; `None` where that
/// may be of any.
pub fn lens_change(analysis: &Analysis, before: &Analysis, path: &str) -> Option<ChangedEntities> {
    let (index, was) = (&analysis.index, &before.index);
    // By which name a task is certainly meant depends on which others there are.
    let is_alike = index.tasks.are_called_as(&was.tasks);
    let tasks = is_alike.then(|| index.tasks_shown_otherwise(was))?;
    changed_entities(analysis, before, path, &tasks)
}

/// Where tasks stand in a document that are under way or disagree, in its order.
fn pressing(index: &Index, doc: DocIdx) -> Vec<Place> {
    let tasks = index.pressing().iter().filter_map(|id| index.tasks.get(id));
    let mut places: Vec<Place> =
        tasks.flat_map(|task| &task.places).copied().filter(|place| place.doc == doc).collect();
    places.sort_unstable();
    places
}

fn lenses(analysis: &Analysis, place: Place, holder: &HolderOf<'_>) -> Vec<Lens> {
    let (index, fact) = (&analysis.index, analysis.index.entity(place));
    let is_told = fact.kind == EntityKind::Task && !fact.mention;
    let task = index.task_at(place).filter(|_| is_told);
    let Some(task) = task.filter(|task| task.places.contains(&place)) else {
        return Vec::new();
    };
    let agreed = !index.is_apart(task);
    if index.category(task).is_some_and(Category::is_closed) && agreed {
        return Vec::new();
    }
    let (range, name) = (index.entity(place).name, analysis.name_of(&task.id));
    let held = holder(&task.id).map(|holder| format!(" (held by {holder})")).unwrap_or_default();
    let lens = |(title, deed): (String, LensDeed)| Lens {
        range,
        title: title + &held,
        task: name.clone(),
        deed,
    };
    if !agreed {
        return vec![lens(("Fix drift".to_owned(), LensDeed::Fix))];
    }
    let stands = stands(analysis, task, place).filter(|_| !is_long(analysis, place.doc));
    let stands =
        stands.map(|title| Lens { range, title, task: name.clone(), deed: LensDeed::Nothing });
    stands.into_iter().chain(next(index, task).into_iter().map(lens)).collect()
}

/// How a task stands: `planned · 1/2 · ready`.
fn stands(analysis: &Analysis, task: &Task, place: Place) -> Option<String> {
    let index = &analysis.index;
    let status = index.status(task)?;
    let mut told = vec![index.vocabulary_of(task).get(status).id.replace('_', " ")];
    told.extend(parts(analysis, Some(task), place).map(|(closed, all)| format!("{closed}/{all}")));
    if index.may_be_next(task) {
        let waits = waited_for(analysis, task);
        told.push(match waits.is_empty() {
            true => "ready".to_owned(),
            false => format!("blocked by {}", some(&waits)),
        });
    }
    Some(told.join(" · "))
}

/// The statuses that a task may get by one key: to begin it, where it waits for nothing, and to complete
/// it.
fn next(index: &Index, task: &Task) -> Vec<(String, LensDeed)> {
    let vocabulary = index.vocabulary_of(task);
    let from = index.status(task);
    // Why others may not follow is told of no lens.
    let may_follow = |to: StatusIdx| from.is_none_or(|from| vocabulary.allows(from, to));
    let next = vocabulary.iter().filter(|(to, _)| Some(*to) != from && may_follow(*to));
    let next: Vec<&StatusDef> = next.map(|(_, def)| def).collect();
    let of = |category: Category| -> Vec<&StatusDef> {
        let own = next.iter().filter(|def| def.category == category && def.reason.is_none());
        own.copied().collect()
    };
    let is_begun = index.category(task) == Some(Category::Active);
    let begin = match is_begun || !index.blockers(task).is_empty() {
        true => Vec::new(),
        false => of(Category::Active),
    };
    let mut out = named("Start", &begin);
    if is_begun {
        out.extend(named("Complete", &of(Category::Done)));
    }
    out
}

fn named(verb: &str, statuses: &[&StatusDef]) -> Vec<(String, LensDeed)> {
    let is_one = statuses.len() == 1;
    let title = |def: &StatusDef| match is_one {
        true => verb.to_owned(),
        false => format!("{verb}: {}", def.id.replace('_', " ")),
    };
    statuses.iter().map(|def| (title(def), LensDeed::Set(def.id.clone()))).collect()
}

#[cfg(test)]
mod tests {
    use super::{LensDeed, TaskId, code_lenses};
    use crate::profile::EntityKind;
    use crate::testing::{analysis, examples, place};

    fn told(fixture: &str, path: &str) -> Vec<String> {
        held(fixture, path, None)
    }

    /// With task 8 held by somebody.
    fn held(fixture: &str, path: &str, holder: Option<&str>) -> Vec<String> {
        let (analysis, _) = analysis(fixture);
        let holder = |id: &TaskId| holder.filter(|_| id.as_str() == "8").map(str::to_owned);
        let lenses = code_lenses(&analysis, path, &holder).into_iter();
        let told = lenses
            .map(|it| format!("{}: {} {:?}", place(&analysis, path, it.range), it.title, it.deed));
        told.collect()
    }

    #[test]
    fn what_is_open_can_be_begun_and_what_is_begun_completed() {
        let state =
            "//- /specs/state.json\n  { \"active_projects\": [], \"completed_projects\": [] }\n";
        let fixture = format!(
            "\
//- /specs/TODO.md
  - **7** [PLANNED] — Add login
  ### 7. Add login
  - **Status**: [PLANNED]
  ### 8. Log out
  - **Status**: [IMPLEMENTING]
  ### 9. Waits
  - **Status**: [PLANNED]
  - **Dependencies**: 7
  ### 10. Ended
  - **Status**: [COMPLETED]
{state}"
        );
        assert_eq!(
            told(&fixture, "specs/TODO.md"),
            [
                "specs/TODO.md:2 7. Add login: planned · ready Nothing",
                "specs/TODO.md:2 7. Add login: Start: revising Set(\"revising\")",
                "specs/TODO.md:2 7. Add login: Start: implementing Set(\"implementing\")",
                "specs/TODO.md:4 8. Log out: implementing Nothing",
                "specs/TODO.md:4 8. Log out: Complete Set(\"completed\")",
                "specs/TODO.md:6 9. Waits: planned · blocked by 7 Nothing",
            ]
        );
        assert_eq!(
            held(&fixture, "specs/TODO.md", Some("ann"))[4],
            "specs/TODO.md:4 8. Log out: Complete (held by ann) Set(\"completed\")"
        );
        let drifts = fixture.replacen("[PLANNED]", "[RESEARCHED]", 1);
        assert_eq!(
            told(&drifts, "specs/TODO.md")[0],
            "specs/TODO.md:2 7. Add login: Fix drift Fix"
        );
    }

    #[test]
    fn in_every_profile_each_open_task_says_how_it_stands_and_what_blocks_it() {
        let (mut n_told, mut n_blocked) = (0, 0);
        for (profile, analysis) in examples() {
            let index = &analysis.index;
            let mut told = false;
            for task in index.tasks.values() {
                let is_open = !index.category(task).is_some_and(|it| it.is_closed());
                for at in task.places.iter().filter(|_| is_open && index.agreed(task)) {
                    let (entity, document) = (index.entity(*at), &index.docs[at.doc]);
                    if entity.kind != EntityKind::Task || entity.mention || document.facts.history {
                        continue;
                    }
                    let lenses = code_lenses(&analysis, document.path.as_str(), &|_| None);
                    let mut own = lenses.into_iter().filter(|it| it.range == entity.name);
                    let Some(stands) = own.find(|it| it.deed == LensDeed::Nothing) else {
                        assert!(
                            index.status(task).is_none(),
                            "{profile}: {} says nothing",
                            task.id
                        );
                        continue;
                    };
                    told = true;
                    let blockers = index.blockers(task);
                    if index.may_be_next(task) && !blockers.is_empty() {
                        n_blocked += 1;
                        assert!(stands.title.contains("blocked by "), "{profile}: {stands:?}");
                        assert!(own.all(|it| !it.title.starts_with("Start")), "{profile}");
                    } else {
                        assert!(!stands.title.contains("blocked by "), "{profile}: {stands:?}");
                    }
                }
            }
            n_told += usize::from(told);
        }
        assert!(n_told > 11 && n_blocked > 2, "{n_told} profiles, {n_blocked} blocked");
    }

    #[test]
    fn of_a_long_list_only_what_is_under_way_or_disagrees_is_told() {
        let many: String = (0..300).map(|n| format!("  - [ ] Task {n}\n")).collect();
        assert_eq!(told(&format!("//- /TODO.md\n{many}"), "TODO.md"), [""; 0]);
        let begun = many.replace("[ ] Task 7\n", "[/] Task 7\n");
        assert_eq!(
            told(&format!("//- /TODO.md\n{begun}"), "TODO.md"),
            ["TODO.md:8 Task 7: Complete Set(\"done\")"]
        );
    }
}
