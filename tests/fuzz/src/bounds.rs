//! Ranges lie in their text, and on boundaries of characters.

use std::fmt::Debug;

use lockstep_analysis::model::Document;
use lockstep_analysis::text::TextRange;

/// Panics unless `range` is one of `text`.
#[track_caller]
pub fn within(text: &str, range: TextRange, what: impl Debug) {
    let TextRange { start, end } = range;
    let fits = text.get(start as usize..end as usize).is_some();
    assert!(fits, "{start}..{end} is no range of a text of {} bytes: {what:?}", text.len());
}

/// Panics unless `inner` lies in `outer`.
#[track_caller]
pub fn inside(outer: TextRange, inner: TextRange, what: impl Debug) {
    let is_inside = outer.start <= inner.start && inner.end <= outer.end;
    assert!(is_inside, "{inner:?} is not inside {outer:?}: {what:?}");
}

/// Panics unless all that a document says stands in its text.
pub fn document(document: &Document) {
    let facts = &document.facts;
    let text: &str = &document.text;
    let n_entities = facts.entities.len();
    for (at, entity) in facts.entities.iter().enumerate() {
        within(text, entity.range, &entity);
        within(text, entity.name, &entity);
        inside(entity.range, entity.name, &entity);
        assert!(entity.parent.is_none_or(|parent| parent < n_entities && parent != at));
    }
    for occurrence in facts.occurrences.iter() {
        assert!(occurrence.entity < n_entities);
        within(text, occurrence.line, &occurrence);
        within(text, occurrence.reading.range, &occurrence);
        within(text, occurrence.reading.word, &occurrence);
        inside(occurrence.reading.range, occurrence.reading.word, &occurrence);
    }
    for field in facts.fields.iter() {
        assert!(field.entity < n_entities);
        within(text, field.value, &field);
        within(text, field.line, &field);
        inside(field.line, field.value, &field);
    }
    for link in facts.links.iter() {
        assert!(link.entity.is_none_or(|entity| entity < n_entities));
        within(text, link.range, &link);
    }
    facts.counters.iter().for_each(|counter| within(text, counter.range, counter));
    facts.allows.iter().for_each(|allow| within(text, allow.range, allow));
    facts.problems.iter().for_each(|problem| within(text, problem.range, problem));
}
