//! Derived numbers: what they must be.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use crate::index::figures::parts_agree;
use crate::index::former::Former;
use crate::index::{DocIdx, Index, Place, Task};
use crate::model::CounterFact;
use crate::profile::id::TaskId;
use crate::profile::vocabulary::StatusIdx;
use crate::profile::{Counter, CounterValue, EntityKind, RecordList, TypeIdx};

/// What a counter in `doc` must be, were the statuses in `changed` as they are there.
pub fn expected(
    index: &Index,
    doc: DocIdx,
    counter: &Counter,
    changed: &BTreeMap<Place, StatusIdx>,
) -> Option<i64> {
    match &counter.equals {
        CounterValue::NextId => next_id(index, doc),
        CounterValue::Count { .. } => {
            let entities = 0..index.docs[doc].facts.entities.len();
            let counted = entities.filter(|entity| {
                let place = Place { doc, entity: *entity };
                let status = changed.get(&place).copied().or_else(|| index.status_at(place));
                counts(index, counter, place, status)
            });
            i64::try_from(counted.count()).ok()
        }
        CounterValue::OfType { task_type, categories, .. } => {
            let status = |task: &Task| index.status(task);
            // A file counts the tasks of today, and nobody knows whether it counts others beside them.
            let former = index.former(doc);
            let mut own = of_one_type(index, doc, *task_type, &former);
            let is_certain = |task: &Task| {
                // How far one is that has no status, nobody has said.
                let is_known = categories.is_empty() || status(task).is_some();
                let agrees = index.agreed(task) && parts_agree(index, task);
                is_known && agrees && index.parent_contradictions(task, &status).is_empty()
            };
            let counted =
                own.all(is_certain).then(|| of_type(index, doc, counter, &status, &former))?;
            counted.filter(|(_, others)| others.is_eq()).map(|(n, _)| n)
        }
    }
}

/// The live tasks of a type, of the profile of a document, but for those that were finished before.
fn of_one_type<'a>(
    index: &'a Index,
    doc: DocIdx,
    task_type: TypeIdx,
    former: &Former<'_>,
) -> impl Iterator<Item = &'a Task> {
    let profile = &*index.docs[doc].profile;
    index.tasks.values().map(|task| &**task).filter(move |task| {
        let is_here = std::ptr::eq(index.profile_of(task), profile);
        let is_live = task.task_type == task_type && !task.places.is_empty();
        is_here && is_live && !former.hold(&task.id)
    })
}

/// How many tasks a counter of a type of tasks counts, if each has the `status`, whether other places agree
/// with that or not; and how many the counter of all of them counts, compared with those that there are.
/// Those that are `former` are not counted.
pub fn of_type(
    index: &Index,
    doc: DocIdx,
    counter: &Counter,
    status: &dyn Fn(&Task) -> Option<StatusIdx>,
    former: &Former<'_>,
) -> Option<(i64, Ordering)> {
    let CounterValue::OfType { task_type, categories, total } = &counter.equals else {
        return None;
    };
    let document = &index.docs[doc];
    let (mut all, mut counted) = (0, 0);
    for task in of_one_type(index, doc, *task_type, former) {
        let category = status(task).map(|it| index.vocabulary_of(task).get(it).category);
        all += 1;
        let counts = categories.is_empty() || category.is_some_and(|it| categories.contains(&it));
        counted += i64::from(counts);
    }
    let Some(key) = total else { return Some((counted, Ordering::Equal)) };
    let mut facts = document.facts.counters.iter();
    let said = facts.find(|fact| document.profile.counters[fact.counter].key == *key)?.value?;
    Some((counted, said.cmp(&all)))
}

/// Whether the statuses in `changed` can move a counter in `doc`: decided by these places alone.
pub fn moves(
    index: &Index,
    doc: DocIdx,
    counter: &Counter,
    changed: &BTreeMap<Place, StatusIdx>,
) -> bool {
    let (first, last) = (Place { doc, entity: 0 }, Place { doc, entity: usize::MAX });
    let own = changed.range(first..=last);
    let delta = own.map(|(place, to)| {
        let before = counts(index, counter, *place, index.status_at(*place));
        let after = counts(index, counter, *place, Some(*to));
        i64::from(after) - i64::from(before)
    });
    delta.sum::<i64>() != 0
}

/// Whether a place with this status adds to a counter.
fn counts(index: &Index, counter: &Counter, place: Place, status: Option<StatusIdx>) -> bool {
    let CounterValue::Count { statuses, categories } = &counter.equals else { return false };
    let entity = index.entity(place);
    let listed =
        entity.kind == EntityKind::Task && !entity.mention && entity.list == RecordList::Active;
    let vocabulary = index.vocabulary_at(place);
    listed
        && status.is_some_and(|status| {
            statuses.contains(&status) || categories.contains(&vocabulary.get(status).category)
        })
}

/// The first free number from the largest of all counters on: numbers wrap around, so it need not
/// be larger than every id. Each tree of files counts for itself.
fn next_id(index: &Index, doc: DocIdx) -> Option<i64> {
    let scope = index.scope(doc);
    let own = index.counting().filter(|(doc, _)| index.scope(*doc) == scope);
    let values = own.flat_map(|(_, document)| {
        let defined = |fact: &CounterFact| &document.profile.counters[fact.counter].equals;
        let counters = document.facts.counters.iter();
        counters
            .filter(move |fact| *defined(fact) == CounterValue::NextId)
            .filter_map(|it| it.value)
    });
    let mut next = values.max()?;
    while is_taken(index, doc, next) {
        next += 1;
    }
    Some(next)
}

/// Whether a task of the document's tree has this number now.
pub fn is_taken(index: &Index, doc: DocIdx, number: i64) -> bool {
    let id = index.id_in(doc, &TaskId::new(&number.to_string()));
    index.tasks.get(&id).is_some_and(|task| !task.places.is_empty())
}
