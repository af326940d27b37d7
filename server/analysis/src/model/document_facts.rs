//! What a document says, so that a document with another text shares what it says alike.

use std::ops::{Range, RangeInclusive};
use std::sync::Arc;

use crate::model::runs::{Runs, Shift};
use crate::model::{
    Allow, CounterFact, Entity, EntityIdx, Facts, Field, HoldFact, Link, Occurrence, SharedRow,
    UnreadRow,
};
use crate::profile::id::TaskId;
use crate::profile::{PathCaptures, RoleIdx};
use crate::syntax::SyntaxError;
use crate::text::TextRange;

/// What one document says.
#[derive(Debug)]
pub struct DocumentFacts {
    /// The role its path gives it.
    pub role: RoleIdx,
    /// What the path says.
    pub captures: PathCaptures,
    /// Whether it is history: judged for malformed markers at most.
    pub history: bool,
    /// Whether it is a ledger or a list of records that has no partner, where others have one.
    pub stray: bool,
    /// The marks of boxes that the document explains itself, in order.
    pub legend: Vec<char>,
    /// The letters with which items count on, `T1` and `T2`, where that was asked.
    pub(super) codes: Option<Vec<String>>,
    /// Tasks, plans, phases and items, in the order in which they stand.
    pub entities: Runs<Entity>,
    /// Where statuses stand.
    pub occurrences: Runs<Occurrence>,
    /// Stamps, reasons and dependencies.
    pub fields: Runs<Field>,
    /// Links to files, those of one entity together.
    pub links: Runs<Link>,
    /// Derived numbers.
    pub counters: Vec<CounterFact>,
    /// What it says that a task still waits for.
    pub hold: Option<HoldFact>,
    /// Numbers of tasks that it says are finished, whether they are listed or not.
    pub former: Vec<RangeInclusive<u64>>,
    /// Tasks that a heading names and of which nothing in it says how far they are.
    pub named: Vec<TaskId>,
    /// Rows that say one status of several tasks.
    pub shared: Vec<SharedRow>,
    /// Rows that say of a task what is no status that is known.
    pub unread: Vec<UnreadRow>,
    /// Findings that are not to be reported here.
    pub allows: Vec<Allow>,
    /// What could not be read.
    pub problems: Vec<SyntaxError>,
    /// The first problem because of which an edit could miss something: what is no JSON, and front
    /// matter that is no YAML where the profile reads it.
    pub broken: Option<SyntaxError>,
    /// Where the headings around entities begin, in order.
    pub(super) sections: Vec<u32>,
    /// Parent and child, sorted.
    below: Arc<Vec<(EntityIdx, EntityIdx)>>,
}

impl DocumentFacts {
    /// These facts, sorted by place and by entity.
    pub(super) fn new(mut facts: Facts) -> DocumentFacts {
        facts.settle();
        let parents = facts.entities.iter().enumerate();
        let mut below: Vec<(EntityIdx, EntityIdx)> =
            parents.filter_map(|(idx, entity)| Some((entity.parent?, idx))).collect();
        below.sort_unstable();
        let mut sections: Vec<u32> = facts.entities.iter().filter_map(|it| it.section).collect();
        sections.sort_unstable();
        sections.dedup();
        for entity in &mut facts.entities {
            let section = entity.section.and_then(|at| sections.binary_search(&at).ok());
            entity.section = section.and_then(|section| u32::try_from(section).ok());
        }
        DocumentFacts {
            role: facts.role,
            captures: facts.captures,
            history: facts.history,
            stray: facts.stray,
            legend: facts.legend,
            codes: facts.codes,
            entities: Runs::new(facts.entities),
            occurrences: Runs::new(facts.occurrences),
            fields: Runs::new(facts.fields),
            links: Runs::new(facts.links),
            counters: facts.counters,
            hold: facts.hold,
            former: facts.former,
            named: facts.named,
            shared: facts.shared,
            unread: facts.unread,
            allows: facts.allows,
            problems: facts.problems,
            broken: facts.broken,
            sections,
            below: Arc::new(below),
        }
    }

    /// The same with what `now` says of the entities `own` instead of what is said of them here, and
    /// with as many `inner` sections in the window; `None` where something else stands there.
    pub(super) fn edited(
        &self,
        own: &Range<EntityIdx>,
        (now, inner): (Facts, Vec<u32>),
        shift: Shift,
    ) -> Option<DocumentFacts> {
        let place = |range: TextRange| shift.place(range);
        let counters = self.counters.iter();
        let counters =
            counters.map(|it| Some(CounterFact { range: place(it.range)?, ..it.clone() }));
        let allows = self.allows.iter();
        let allows = allows.map(|it| Some(Allow { range: place(it.range)?, ..it.clone() }));
        let shared = self.shared.iter();
        let shared = shared.map(|it| {
            Some(SharedRow { name: place(it.name)?, range: place(it.range)?, ..it.clone() })
        });
        let unread = self.unread.iter();
        let unread = unread.map(|it| Some(UnreadRow { range: place(it.range)?, ..it.clone() }));
        let within = self.sections_in(shift.window);
        let mut sections = self.sections[..within.start].to_vec();
        sections.extend(inner);
        let behind = self.sections[within.end..].iter();
        let moved = |at: &u32| Some(place(TextRange::empty(*at as usize))?.start);
        sections.extend(behind.map(moved).collect::<Option<Vec<_>>>()?);
        Some(DocumentFacts {
            role: self.role,
            captures: self.captures.clone(),
            history: self.history,
            stray: self.stray,
            legend: self.legend.clone(),
            codes: self.codes.clone(),
            entities: self.entities.edited(own, now.entities, shift)?,
            occurrences: self.occurrences.edited(own, now.occurrences, shift)?,
            fields: self.fields.edited(own, now.fields, shift)?,
            links: self.links.edited(own, now.links, shift)?,
            counters: counters.collect::<Option<_>>()?,
            hold: self.hold.clone(),
            former: self.former.clone(),
            named: self.named.clone(),
            shared: shared.collect::<Option<_>>()?,
            unread: unread.collect::<Option<_>>()?,
            allows: allows.collect::<Option<_>>()?,
            problems: Vec::new(),
            broken: None,
            sections,
            below: self.below.clone(),
        })
    }

    /// Which sections begin in a window and not at its start.
    pub(super) fn sections_in(&self, window: TextRange) -> Range<usize> {
        let first = self.sections.partition_point(|at| *at <= window.start);
        first..self.sections.partition_point(|at| *at < window.end).max(first)
    }

    /// The places where the status of one entity stands.
    pub fn occurrences_of(&self, entity: EntityIdx) -> impl Iterator<Item = &Occurrence> {
        self.occurrences.of(entity)
    }

    /// The links of one entity.
    pub fn links_of(&self, entity: EntityIdx) -> impl Iterator<Item = &Link> {
        self.links.of(entity)
    }

    /// The fields of one entity.
    pub fn fields_of(&self, entity: EntityIdx) -> impl Iterator<Item = &Field> {
        self.fields.of(entity)
    }

    /// The entities directly below one.
    pub fn children(&self, parent: EntityIdx) -> impl Iterator<Item = (EntityIdx, &Entity)> {
        let first = self.below.partition_point(|(above, _)| *above < parent);
        let below = self.below[first..].iter().take_while(move |(above, _)| *above == parent);
        below.map(|(_, idx)| (*idx, &self.entities[*idx]))
    }

    /// The innermost entity at `offset`. Where one begins, none is that ends there.
    pub(super) fn entity_at(&self, offset: usize) -> Option<EntityIdx> {
        let near = self.entities.near(offset).filter(|(_, entity)| entity.range.touches(offset));
        let near: Vec<(EntityIdx, &Entity)> = near.collect();
        let begins = |entity: &Entity| entity.range.start as usize == offset;
        let is_begun = near.iter().any(|(_, entity)| begins(entity));
        let is_over = |entity: &Entity| entity.range.end as usize == offset && !begins(entity);
        near.into_iter()
            .filter(|(_, entity)| !is_begun || !is_over(entity))
            .min_by_key(|(idx, entity)| (entity.range.len(), std::cmp::Reverse(*idx)))
            .map(|(idx, _)| idx)
    }
}

#[cfg(test)]
mod tests {
    use crate::testing;

    #[test]
    fn where_a_task_begins_one_is_at_that_task_however_short_the_one_before() {
        let workspace = "
//- /specs/TODO.md
  # TODO

  ### 7. Short
  - **Status**: [PLANNED]

  ### 8. Long
  - **Status**: [PLANNED]
  - **Description**: It has more to say than the one before.
";
        let (analysis, _) = testing::analysis(workspace);
        let (_, document) = analysis.index.document("specs/TODO.md").expect("the document");
        let at = document.text.find("### 8").expect("the heading");
        let title = |offset: usize| {
            let entity = document.entity_at(offset).expect("a task");
            document.facts.entities[entity].name.of(&document.text).to_owned()
        };
        assert!(title(at).contains("Long"), "{}", title(at));
        assert!(title(at - 1).contains("Short"), "{}", title(at - 1));
    }
}
