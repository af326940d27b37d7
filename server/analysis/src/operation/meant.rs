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
            return Ok(Meant::Task(task));
        }
    }
    if found.is_empty() && !name.is_empty() {
        found = keyed(analysis, name);
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
