//! The id of a new task: the next one, or the one that is given.

use super::AddTarget;
use crate::analysis::Analysis;
use crate::index::{DocIdx, counters};
use crate::operation::{Code, Refused};
use crate::profile::CounterValue;
use crate::profile::id::TaskId;

/// The id, as the files of its tree have it; none where ids are made from titles.
pub(super) fn id(
    state: &Analysis,
    target: &AddTarget<'_>,
    given: Option<&str>,
) -> Result<Option<TaskId>, Refused> {
    let doc = target.places[0].0;
    if !target.adding.has_ids() {
        let message = "the id of a task is made from its title here".to_owned();
        return match given {
            Some(_) => Err(Refused::new(Code::Usage, message, "leave `--id` out")),
            None => Ok(None),
        };
    }
    match given {
        Some(given) => free(state, target, doc, given).map(Some),
        None => next(state, target, doc).map(Some),
    }
}

/// An id that is given, where nothing has it.
fn free(
    state: &Analysis,
    target: &AddTarget<'_>,
    doc: DocIdx,
    given: &str,
) -> Result<TaskId, Refused> {
    let is_part = |c: char| c.is_alphanumeric() || "_-.:".contains(c);
    let plain = given.trim().trim_start_matches('#');
    let is_name = plain.chars().all(is_part) && plain.starts_with(char::is_alphanumeric);
    let id = target.profile.ids.parse(plain).filter(|_| is_name);
    let is_like = |id: &TaskId| {
        let known = all(state, doc).find(|(id, _)| !id.as_str().is_empty());
        known.is_none_or(|(known, _)| known.number().is_some() == id.number().is_some())
    };
    let Some(id) = id.filter(is_like) else {
        let known = all(state, doc).last().map(|(id, _)| format!(" like {id}")).unwrap_or_default();
        let message = format!("`{given}` is no id{known}");
        return Err(Refused::new(Code::Usage, message, "write it in the same form"));
    };
    match state.index.tasks.get(&state.index.id_in(doc, &id)) {
        Some(other) => {
            let message = format!("the id {id} is taken by `{}`", state.index.title(other));
            let remedy = "choose one that is free, or leave `--id` out";
            Err(Refused::new(Code::NotAllowed, message, remedy))
        }
        None => Ok(id),
    }
}

/// The next id: what the counters say; else the number behind the largest.
fn next(state: &Analysis, target: &AddTarget<'_>, doc: DocIdx) -> Result<TaskId, Refused> {
    let mut counters = target.profile.counters.iter();
    let counter = counters.find(|counter| counter.equals == CounterValue::NextId);
    let none = std::collections::BTreeMap::new();
    let counted = counter.and_then(|it| counters::expected(&state.index, doc, it, &none));
    let largest = || {
        let ids: Vec<TaskId> = all(state, doc).map(|(id, _)| id).collect();
        let numbers: Option<Vec<u64>> = ids.iter().map(TaskId::number).collect();
        match numbers {
            Some(numbers) if target.profile.ids.number => {
                let next = numbers.iter().max().map_or(1, |largest| largest + 1);
                Some(TaskId::new(&next.to_string()))
            }
            _ => lettered(&ids),
        }
    };
    let id = counted.map(|number| TaskId::new(&number.to_string())).or_else(largest);
    let Some(id) = id else {
        let message = "ids are words here, and there is no next one".to_owned();
        return Err(Refused::new(Code::Usage, message, "add `--id ID`"));
    };
    let own = state.index.id_in(doc, &id);
    let named = state.index.tasks.values().find(|it| state.index.depends(it).contains(&own));
    if let Some(other) = named {
        let name = state.name_of(&other.id);
        let message = format!("task {name} depends on {id}, which no task has yet");
        let remedy = format!("add `--id {id}` if this is that task, or another id");
        return Err(Refused::new(Code::Ambiguous, message, remedy));
    }
    Ok(id)
}

/// The ids of the tree of a document, as its files have them, in order.
fn all(state: &Analysis, doc: DocIdx) -> impl Iterator<Item = (TaskId, DocIdx)> {
    let index = &state.index;
    let scope = index.scope(doc);
    index.tasks.values().filter_map(move |task| {
        let places = task.places.iter().chain(&task.past).chain(&task.plans);
        let mut own = places.filter(|place| index.scope(place.doc) == scope);
        own.find_map(|place| Some((index.entity(*place).id.clone()?, place.doc)))
    })
}

/// The id behind the largest of ids such as `T012`, where all have the same letters.
fn lettered(ids: &[TaskId]) -> Option<TaskId> {
    let split = |id: &TaskId| {
        let text = id.as_str();
        let at = text.find(|c: char| c.is_ascii_digit())?;
        let (letters, digits) = text.split_at(at);
        let number: u64 = digits.parse().ok()?;
        Some((letters.to_owned(), digits.len(), number))
    };
    let all: Option<Vec<(String, usize, u64)>> = ids.iter().map(split).collect();
    let all = all?;
    let (letters, width, largest) = all.iter().max_by_key(|(_, _, number)| *number)?;
    let is_one = all.iter().all(|(own, ..)| own == letters) && !letters.is_empty();
    is_one.then(|| TaskId::new(&format!("{letters}{:0width$}", largest + 1, width = width)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_with_letters_go_on_in_their_width() {
        let next = |ids: &[&str]| {
            let ids: Vec<TaskId> = ids.iter().map(|id| TaskId::new(id)).collect();
            lettered(&ids).map(|id| id.to_string())
        };
        assert_eq!(next(&["T001", "T012", "T003"]).as_deref(), Some("T013"));
        assert_eq!(next(&["US-9"]).as_deref(), Some("US-10"));
        assert_eq!(next(&["T001", "U002"]), None);
        assert_eq!(next(&["1-1", "1-2"]), None, "which part goes on is not known");
        assert_eq!(next(&["login"]), None);
        assert_eq!(next(&[]), None);
    }
}
