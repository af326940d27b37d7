//! How many parts of a task are finished, where a number beside the task says so: `2/3`.

use crate::index::{Index, Place, Task};
use crate::model::{Document, Field, FieldRole};
use crate::profile::vocabulary::{Category, StatusIdx};
use crate::text::TextRange;

/// What such a figure says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PartsFigure {
    /// How many are finished.
    pub done: u64,
    /// How many there are.
    pub total: u64,
    /// Where the first of the two numbers stands.
    pub range: TextRange,
    /// Where both stand, with what is between them.
    pub both: TextRange,
}

/// Words that may stand behind a figure: it counts the parts, and those that are finished.
const OF_PARTS: [&str; 11] = [
    "plan",
    "plans",
    "task",
    "tasks",
    "part",
    "parts",
    "complete",
    "completed",
    "done",
    "executed",
    "finished",
];

impl PartsFigure {
    /// What a field of a document says, where it is one.
    pub fn of(document: &Document, field: &Field) -> Option<PartsFigure> {
        let is_figure = field.role == FieldRole::Parts;
        PartsFigure::read(field.value.of(&document.text), field.value.start as usize)
            .filter(|_| is_figure)
    }

    /// Two numbers with a slash between them, and perhaps words behind; `start` is where the text begins.
    fn read(text: &str, start: usize) -> Option<PartsFigure> {
        let (first, second) = text.split_once('/')?;
        let lead = first.len() - first.trim_start().len();
        let first = first.trim();
        let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let from = text.len() - second.trim_start().len();
        let second = second.trim();
        let end = second.find(|c: char| !c.is_ascii_digit()).unwrap_or(second.len());
        let (second, behind) = second.split_at(end);
        // A remark such as `(1 to go)` and words such as `plans left` may count something else.
        let is_own = |word: &str| OF_PARTS.iter().any(|it| it.eq_ignore_ascii_case(word));
        if !behind.split_whitespace().all(is_own)
            || behind.starts_with(char::is_alphabetic)
            || second.is_empty()
        {
            return None;
        }
        if first.is_empty() || !is_number(first) || !is_number(second) {
            return None;
        }
        let at = start + lead;
        let range = TextRange::new(at, at + first.len());
        let both = TextRange::new(at, start + from + second.len());
        Some(PartsFigure { done: first.parse().ok()?, total: second.parse().ok()?, range, both })
    }
}

/// How many parts of a task are finished, and how many there are, if each has the `status`.
pub fn finished_parts(
    index: &Index,
    task: &Task,
    status: &dyn Fn(&Task) -> Option<StatusIdx>,
) -> (u64, u64) {
    let (mut done, mut total) = (0, 0);
    for part in index.children(task).filter(|part| !part.places.is_empty()) {
        let category = status(part).map(|it| index.vocabulary_of(part).get(it).category);
        total += 1;
        done += u64::from(category == Some(Category::Done));
    }
    (done, total)
}

/// Whether the places of each part agree on its status, so that it is certain.
pub fn parts_agree(index: &Index, task: &Task) -> bool {
    index.children(task).all(|part| index.agreed(part))
}

/// Whether each part has a status: how far one is that has none, nobody has said.
pub fn parts_are_known(index: &Index, task: &Task) -> bool {
    let is_known = |part: &Task| part.places.is_empty() || index.status(part).is_some();
    index.children(task).all(is_known)
}

/// The status of a task by the place that is furthest, where one place is often left as it was: another
/// says that it is finished.
pub fn furthest(index: &Index, task: &Task) -> Option<StatusIdx> {
    let vocabulary = index.vocabulary_of(task);
    let is_done = |said: &StatusIdx| vocabulary.get(*said).category == Category::Done;
    let told = index.statuses(task).filter_map(|spot| spot.status());
    let mut told = told.chain(index.said_by_file(task).map(|(_, said)| said));
    let keeps = index.profile_of(task).keeps_progress;
    told.find(is_done).filter(|_| keeps).or_else(|| index.status(task))
}

/// The figures beside a task, with where it stands.
pub fn figures_of(index: &Index, task: &Task) -> Vec<(Place, PartsFigure)> {
    let found = task.places.iter().flat_map(|place| {
        let document = &index.docs[place.doc];
        let fields = document.facts.fields_of(place.entity);
        fields.filter_map(move |field| Some((*place, PartsFigure::of(document, field)?)))
    });
    found.collect()
}

/// Whether a figure beside a task counts more parts than are known: some have not been written yet.
pub fn counts_more(index: &Index, task: &Task) -> bool {
    let (_, total) = finished_parts(index, task, &|part| index.status(part));
    figures_of(index, task).iter().any(|(_, figure)| figure.total > total)
}

/// Whether a task is to have more parts than are known, as a figure or a number of parts beside it says.
pub fn are_more_to_come(index: &Index, task: &Task) -> bool {
    let known = index.children(task).filter(|part| !part.places.is_empty()).count();
    let said = |place: &Place| {
        let document = &index.docs[place.doc];
        let fields = document.facts.fields_of(place.entity);
        let fields = fields.filter(|field| field.role == FieldRole::Parts);
        fields.map(|field| field.value.of(&document.text).to_owned()).collect::<Vec<_>>()
    };
    task.places.iter().flat_map(said).any(|said| {
        let numbers = said.split(|c: char| !c.is_ascii_digit()).filter(|it| !it.is_empty());
        let mut numbers = numbers.map(str::parse::<usize>);
        numbers.any(|it| it.is_ok_and(|it| it > known))
    })
}

/// Figures beside a task that count none of its parts as finished, and leave open how many there are:
/// `0/TBD`.
pub fn endless_figures(index: &Index, task: &Task) -> Vec<(Place, TextRange)> {
    let found = task.places.iter().flat_map(|place| {
        let document = &index.docs[place.doc];
        let fields = document.facts.fields_of(place.entity);
        let fields = fields.filter(|field| {
            let said = field.value.of(&document.text).split_once('/');
            let is_open = |all: &str| all.trim().eq_ignore_ascii_case("tbd") || all.trim() == "?";
            field.role == FieldRole::Parts
                && said.is_some_and(|(done, all)| done.trim() == "0" && is_open(all))
        });
        fields.map(|field| (*place, field.value))
    });
    found.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_is_two_numbers() {
        for (text, expected) in [
            ("2/3", Some((2, 3, 5, 6, 8))),
            (" 10 / 12 ", Some((10, 12, 6, 8, 13))),
            ("0/0", Some((0, 0, 5, 6, 8))),
            ("2/3 plans complete", Some((2, 3, 5, 6, 8))),
            ("2/3 plans (1 to go)", None),
            ("2/3 plans left", None),
            ("2/3rds", None),
            ("2/", None),
            ("2", None),
            ("-", None),
            ("/3", None),
            ("1/2/3", None),
            ("99999999999999999999/3", None),
        ] {
            let found = PartsFigure::read(text, 5);
            let expected = expected.map(|(done, total, from, to, end)| {
                let (range, both) = (TextRange::new(from, to), TextRange::new(from, end));
                PartsFigure { done, total, range, both }
            });
            assert_eq!(found, expected, "{text}");
        }
    }
}
