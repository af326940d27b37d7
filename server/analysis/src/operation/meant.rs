//! What a name means that somebody has typed, and the names of those that it may mean.

use super::{Code, Refused, unknown_task};
use crate::analysis::Analysis;
use crate::index::{Place, Task};
use crate::profile::{EntityKind, Format};
use crate::text::TextRange;

/// How many are named.
const LIMIT: usize = 5;

/// A task, or a part of one.
#[derive(Clone, Copy, Debug)]
pub enum Meant<'a> {
    /// A task, everywhere it stands.
    Task(&'a Task),
    /// The phase or box that stands here.
    Part(Place),
}

/// The task, phase or box that a name means; where it may mean several, they are named.
pub fn meant<'a>(analysis: &'a Analysis, name: &str) -> Result<Meant<'a>, Refused> {
    let index = &analysis.index;
    let mut found = index.named(name);
    let spelled = index.spelled(name);
    if let ([_, _, ..], true) = (spelled.as_slice(), found.is_empty()) {
        return Err(shared(analysis, name, &spelled));
    }
    if let Some(task) = spelled.first().copied().filter(|_| found.is_empty()) {
        found = index.twins(task);
        if found.len() < 2 {
            let own = task.places.first().copied();
            let others = own.filter(|it| called_otherwise(analysis, task, *it).is_some());
            let others = others.map(|_| headed(analysis, name)).unwrap_or_default();
            let others = others.into_iter().filter(|it| Some(*it) != own);
            found = own.into_iter().chain(others).collect();
            if found.len() < 2 {
                return Ok(Meant::Task(task));
            }
        }
    }
    if found.is_empty() && !name.is_empty() {
        found = keyed(analysis, name);
    }
    if found.is_empty() {
        found = headed(analysis, name);
        found.extend(filed(analysis, name.trim()));
        found.sort_unstable();
        found.dedup();
    }
    let in_any_case = || index.in_any_case(name.trim());
    if let Some(task) = found.is_empty().then(in_any_case).flatten() {
        return Ok(Meant::Task(task));
    }
    if found.is_empty() {
        found = nearly(analysis, name.trim());
    }
    match found.as_slice() {
        [] => Err(unknown_task(analysis, name)),
        [one] => Ok(match index.task_at(*one) {
            Some(task) if index.entity(*one).kind == EntityKind::Task => Meant::Task(task),
            _ => Meant::Part(*one),
        }),
        several => Err(ambiguous(analysis, name, several)),
    }
}

/// The records of live tasks that have this key.
fn keyed(analysis: &Analysis, name: &str) -> Vec<Place> {
    let docs = analysis.index.docs.iter().enumerate();
    let records = docs.filter(|(_, it)| it.role().format != Format::Markdown && !it.facts.history);
    let places = records.flat_map(|(doc, document)| {
        let is_key =
            move |range: TextRange| range.of(&document.text).trim_matches(['"', '\'']) == name;
        let own = document.facts.entities.iter().enumerate();
        own.filter(move |(_, it)| it.kind == EntityKind::Task && is_key(it.name))
            .map(move |(entity, _)| Place { doc, entity })
    });
    places.collect()
}

/// The live tasks that a name means but for what it is written with: `Story 3.2` is `3-2`, where what stands
/// before the number says what it is; and but for the day behind an id, `log_in` is `log_in_20260311`.
fn nearly(analysis: &Analysis, name: &str) -> Vec<Place> {
    let index = &analysis.index;
    let apart = |text: &str| text.replace('.', "-").to_lowercase();
    let is_meant = |task: &Task, place: Place| {
        // As its own tree of files has it.
        let id = index.named_at(place, &task.id);
        let numbered = || {
            let own = index.profile_of(task).ids.parse(name);
            own.is_some_and(|own| {
                own.as_str().len() < name.len() && apart(own.as_str()) == apart(&id)
            })
        };
        let dated = || {
            let behind = id.strip_prefix(name).and_then(|it| it.strip_prefix(['_', '-']));
            behind.is_some_and(|day| day.len() == 8 && day.bytes().all(|it| it.is_ascii_digit()))
        };
        !name.is_empty() && (dated() || numbered())
    };
    let live = index.tasks.values().filter_map(|task| Some((task, *task.places.first()?)));
    live.filter(|(task, place)| is_meant(task, *place)).map(|(_, place)| place).collect()
}

/// The live files with another number in their heading than in their name, where the heading is what is
/// named, with its letters: numbers of files may begin again in each folder, and `V2` may begin any title.
fn headed(analysis: &Analysis, name: &str) -> Vec<Place> {
    let Some((letters, number)) = code(name.trim()).filter(|(_, rest)| !rest.1) else {
        return Vec::new();
    };
    let index = &analysis.index;
    let is_meant = |task: &Task, place: Place| {
        let told = called_otherwise(analysis, task, place);
        told.is_some_and(|(own, told)| {
            told == number.0 && !letters.is_empty() && own.eq_ignore_ascii_case(letters)
        })
    };
    let live = index.tasks.values().filter_map(|task| Some((task, *task.places.first()?)));
    live.filter(|(task, place)| is_meant(task, *place)).map(|(_, place)| place).collect()
}

/// The live files whose names begin with letters and a number that are named.
fn filed(analysis: &Analysis, name: &str) -> Vec<Place> {
    if !code(name).is_some_and(|(letters, rest)| !letters.is_empty() && !rest.1) {
        return Vec::new();
    }
    let index = &analysis.index;
    let is_meant = |place: &Place| {
        let file = index.docs[place.doc].path.name();
        let is_own = file.get(..name.len()).is_some_and(|it| it.eq_ignore_ascii_case(name));
        let goes_on = |rest: &str| rest.starts_with(|c: char| c.is_alphanumeric());
        let is_apart = file.get(name.len()..).is_some_and(|rest| !goes_on(rest));
        index.is_document(*place) && is_own && is_apart
    };
    let live = index.tasks.values().filter_map(|task| task.places.first().copied());
    live.filter(is_meant).collect()
}

/// The letters and the number of the id in the heading of a file, where its task has another number.
fn called_otherwise<'a>(
    analysis: &'a Analysis,
    task: &Task,
    place: Place,
) -> Option<(&'a str, &'a str)> {
    let index = &analysis.index;
    let entity = index.entity(place);
    let own = entity.id.as_ref().filter(|_| index.is_document(place) && !entity.derived_id)?;
    let (letters, (number, _)) = code(&entity.title).filter(|(letters, _)| !letters.is_empty())?;
    let (_, (own, _)) = code(own.as_str())?;
    // The letters of the file, `TASK-005-draw.md` beside `# TASK-065`, are those of ids.
    let file = index.docs[place.doc].path.name();
    let of_file = file.find(|c: char| !c.is_ascii_alphabetic()).and_then(|end| file.get(..end));
    of_file.filter(|own| own.eq_ignore_ascii_case(letters))?;
    (task.places.len() == 1 && own != number).then_some((letters, number))
}

/// The letters, the number without zeros and whether more follows, of what begins with an id: `TASK-065`,
/// `TASK-065 — Camera`, `65`.
fn code(text: &str) -> Option<(&str, (&str, bool))> {
    let end = text.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(text.len());
    let (letters, rest) = text.split_at(end);
    let rest = rest.strip_prefix(['-', '_']).unwrap_or(rest);
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    let (number, behind) = rest.split_at(end);
    let is_apart = behind.is_empty() || behind.trim_start().starts_with([':', '-', '–', '—', '.']);
    // `1.2` and `1-2` are numbers of their own.
    let goes_on = behind.starts_with(['.', '-']) && !behind[1..].starts_with(' ');
    let number = number.trim_start_matches('0');
    (is_apart && !goes_on && !number.is_empty()).then_some((letters, (number, !behind.is_empty())))
}

/// As [`meant`], of a task.
pub fn task_meant<'a>(analysis: &'a Analysis, name: &str) -> Result<&'a Task, Refused> {
    match meant(analysis, name)? {
        Meant::Task(task) => Ok(task),
        Meant::Part(_) => Err(unknown_task(analysis, name)),
    }
}

/// That tasks of several trees of files have an id.
fn shared(analysis: &Analysis, id: &str, tasks: &[&Task]) -> Refused {
    let index = &analysis.index;
    let told = tasks.iter().take(LIMIT).map(|task| {
        let at = task.places.iter().chain(&task.plans).chain(&task.past).next();
        let path = at.map_or("", |place| index.docs[place.doc].path.as_str());
        format!("{} ({path})", analysis.name_of(&task.id))
    });
    let more = tasks.len().saturating_sub(LIMIT);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let message = format!("`{id}` means {} tasks", tasks.len());
    let remedy = format!("name one: {}{more}", told.collect::<Vec<_>>().join(", "));
    Refused::new(Code::Ambiguous, message, remedy)
}

fn ambiguous(analysis: &Analysis, name: &str, several: &[Place]) -> Refused {
    let index = &analysis.index;
    let is_task = |place: &&Place| index.entity(**place).kind == EntityKind::Task;
    let what = match several.iter().filter(is_task).count() {
        0 => "phases or boxes",
        n if n == several.len() => "tasks",
        _ => "tasks or boxes",
    };
    let names = index.telling_names(several).into_iter().zip(several).take(LIMIT);
    let names = names.map(|(name, place)| format!("{name} (line {})", index.line(*place)));
    let more = several.len().saturating_sub(LIMIT);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let message = format!("`{name}` means {} {what}", several.len());
    let remedy = format!("name one: {}{more}", names.collect::<Vec<_>>().join(", "));
    Refused::new(Code::Ambiguous, message, remedy)
}

#[cfg(test)]
mod tests {
    use super::{Meant, meant};
    use crate::testing::analysis;

    /// The file of the task that a name means, or why it means none.
    fn file(name: &str) -> String {
        let task = |path: &str, heading: &str| {
            format!("//- /docs/tasks/{path}.md\n  # {heading}\n\n  **Status**: in progress\n")
        };
        let all = task("one/TASK-001-set-up", "TASK-005 — Set up")
            + &task("two/TASK-005-draw", "TASK-065 — Draw")
            + &task("two/TASK-007-print", "TASK-007: Print")
            + &task("two/TASK-008-log-in", "OAuth2: log in")
            + &task("two/9-move", "V3 — move")
            + &task("three/TASK-002-sort", "Sort");
        let (analysis, _) = analysis(&all);
        match meant(&analysis, name) {
            Ok(Meant::Task(task)) => analysis.index.docs[task.places[0].doc].path.to_string(),
            Ok(Meant::Part(_)) => "a part".to_owned(),
            Err(refused) => refused.message,
        }
    }

    #[test]
    fn a_number_in_a_heading_names_its_file_where_no_file_has_another_right_to_it() {
        assert_eq!(file("TASK-065"), "docs/tasks/two/TASK-005-draw.md");
        assert_eq!(file("task-65"), "docs/tasks/two/TASK-005-draw.md");
        assert_eq!(file("TASK-007"), "docs/tasks/two/TASK-007-print.md");
        assert_eq!(file("TASK-001"), "docs/tasks/one/TASK-001-set-up.md");
        assert_eq!(file("TASK-005"), "`TASK-005` means 2 tasks");
        assert_eq!(file("STORY-065"), "no task STORY-065");
        // Names of other things end in numbers, too.
        assert_eq!(file("2"), "docs/tasks/three/TASK-002-sort.md");
        assert_eq!(file("3"), "no task 3");
        assert_eq!(file("65"), "no task 65");
    }
}
