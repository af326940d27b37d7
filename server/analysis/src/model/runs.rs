//! Facts in the order of their entities, of which a list with others costs what is other: what stands
//! behind a change is moved when somebody looks at it.

use std::fmt;
use std::ops::{Index, Range};
use std::sync::{Arc, OnceLock};

use crate::model::{Entity, EntityIdx, Field, FieldRole, Link, Occurrence};
use crate::text::TextRange;
use crate::text::looks::looked;

/// How many facts stand together at least.
const RUN: usize = if cfg!(test) { 2 } else { 64 };

/// And at most, where there are many: as many as there are runs, so that a list with others copies few
/// runs and few facts.
const LONGEST: usize = if cfg!(test) { 4 } else { 512 };

/// Something that a document says, with the places where it says it.
pub trait Fact: Sized {
    /// The entity it is about; `idx` is its own index.
    fn entity(&self, idx: usize) -> Option<EntityIdx>;

    /// All of its places.
    fn places(&self) -> impl Iterator<Item = TextRange>;

    /// By which bits it is found among all; none where nobody looks for it there.
    fn mark(&self) -> u64 {
        0
    }

    /// The same with its places moved; `None` where one cannot be.
    fn moved(&self, place: impl Fn(TextRange) -> Option<TextRange>) -> Option<Self>;
}

impl Fact for Entity {
    fn entity(&self, idx: usize) -> Option<EntityIdx> {
        Some(idx)
    }

    fn places(&self) -> impl Iterator<Item = TextRange> {
        [self.name, self.range].into_iter()
    }

    fn moved(&self, place: impl Fn(TextRange) -> Option<TextRange>) -> Option<Entity> {
        Some(Entity { name: place(self.name)?, range: place(self.range)?, ..self.clone() })
    }
}

impl Fact for Occurrence {
    fn entity(&self, _: usize) -> Option<EntityIdx> {
        Some(self.entity)
    }

    fn places(&self) -> impl Iterator<Item = TextRange> {
        [self.line, self.reading.range, self.reading.word].into_iter()
    }

    fn moved(&self, place: impl Fn(TextRange) -> Option<TextRange>) -> Option<Occurrence> {
        let mut moved = self.clone();
        moved.line = place(self.line)?;
        moved.reading.range = place(self.reading.range)?;
        moved.reading.word = place(self.reading.word)?;
        Some(moved)
    }
}

impl Fact for Field {
    fn entity(&self, _: usize) -> Option<EntityIdx> {
        Some(self.entity)
    }

    fn places(&self) -> impl Iterator<Item = TextRange> {
        [self.value, self.line].into_iter()
    }

    fn mark(&self) -> u64 {
        match &self.role {
            FieldRole::Stamp(name) => stamp_mark(name),
            _ => 0,
        }
    }

    fn moved(&self, place: impl Fn(TextRange) -> Option<TextRange>) -> Option<Field> {
        Some(Field { value: place(self.value)?, line: place(self.line)?, ..self.clone() })
    }
}

impl Fact for Link {
    fn entity(&self, _: usize) -> Option<EntityIdx> {
        self.entity
    }

    fn places(&self) -> impl Iterator<Item = TextRange> {
        [self.range].into_iter()
    }

    fn moved(&self, place: impl Fn(TextRange) -> Option<TextRange>) -> Option<Link> {
        Some(Link { range: place(self.range)?, ..self.clone() })
    }
}

/// The mark of stamps with this name, and of some others.
pub(crate) fn stamp_mark(name: &str) -> u64 {
    1 << (name.bytes().fold(0u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into())) % 64)
}

/// What becomes of places when a part of a text is replaced.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shift {
    /// The part as it was. What stands in it cannot be placed.
    pub(crate) window: TextRange,
    /// How much longer it is now.
    pub(crate) longer: i64,
}

impl Shift {
    /// Where a place is now.
    pub(crate) fn place(self, range: TextRange) -> Option<TextRange> {
        let at = |offset: u32| match offset {
            at if at <= self.window.start => Some(at),
            at if at >= self.window.end => u32::try_from(i64::from(at) + self.longer).ok(),
            _ => None,
        };
        Some(TextRange { start: at(range.start)?, end: at(range.end)? })
    }
}

/// Facts in the order of their entities.
#[derive(Clone)]
pub struct Runs<T> {
    /// None is empty, and the facts of one entity stand in one.
    runs: Vec<FactRun<T>>,
    /// How many facts stand together.
    together: usize,
}

struct FactRun<T> {
    /// The index of the first fact.
    first: usize,
    /// The entity of the first fact.
    entity: Option<EntityIdx>,
    /// From the first place to the last.
    span: TextRange,
    /// The marks of all.
    marks: u64,
    made: Arc<[T]>,
    /// How far the facts have moved since they were made.
    moved: i64,
    placed: OnceLock<Arc<[T]>>,
}

impl<T> Clone for FactRun<T> {
    fn clone(&self) -> FactRun<T> {
        let FactRun { first, entity, span, marks, moved, .. } = *self;
        let (made, placed) = (self.made.clone(), self.placed.clone());
        FactRun { first, entity, span, marks, made, moved, placed }
    }
}

fn by(range: TextRange, moved: i64) -> Option<TextRange> {
    let at = |offset: u32| u32::try_from(i64::from(offset) + moved).ok();
    Some(TextRange { start: at(range.start)?, end: at(range.end)? })
}

impl<T: Fact> FactRun<T> {
    fn facts(&self) -> &[T] {
        looked();
        if self.moved == 0 {
            return &self.made;
        }
        self.placed.get_or_init(|| {
            let place = |range| by(range, self.moved);
            self.made.iter().filter_map(|fact| fact.moved(place)).collect()
        })
    }

    /// Which of them are about entities before this one.
    fn before(&self, entity: EntityIdx) -> usize {
        let is_before = |at: usize| self.made[at].entity(self.first + at) < Some(entity);
        let (mut low, mut high) = (0, self.made.len());
        // Most entities have one fact each, so that it stands about as far behind the first.
        let near = entity.saturating_sub(self.entity.unwrap_or_default());
        for at in [near, near + 1, near.wrapping_sub(1)] {
            if (low..high).contains(&at) {
                match is_before(at) {
                    true => low = at + 1,
                    false => high = at,
                }
            }
        }
        while low < high {
            let middle = low + (high - low) / 2;
            match is_before(middle) {
                true => low = middle + 1,
                false => high = middle,
            }
        }
        low
    }
}

impl<T: Fact> Runs<T> {
    /// These facts, which stand in the order of their entities.
    pub(crate) fn new(facts: Vec<T>) -> Runs<T> {
        let together = facts.len().isqrt().clamp(RUN, LONGEST);
        let mut runs = Runs { runs: Vec::with_capacity(facts.len() / together + 1), together };
        runs.extend(facts);
        runs
    }

    fn extend(&mut self, facts: Vec<T>) {
        if facts.len() <= self.together {
            self.push(facts);
            return;
        }
        let first = self.len();
        let mut run: Vec<T> = Vec::new();
        for (idx, fact) in (first..).zip(facts) {
            let of = |idx: usize, fact: &T| fact.entity(idx);
            if run.len() >= self.together
                && run.last().is_some_and(|it| of(idx - 1, it) != of(idx, &fact))
            {
                self.push(std::mem::take(&mut run));
            }
            run.push(fact);
        }
        self.push(run);
    }

    fn push(&mut self, facts: Vec<T>) {
        let first = self.len();
        let Some(fact) = facts.first() else { return };
        let entity = fact.entity(first);
        let places = || facts.iter().flat_map(Fact::places);
        let span = TextRange {
            start: places().map(|place| place.start).min().unwrap_or_default(),
            end: places().map(|place| place.end).max().unwrap_or_default(),
        };
        let marks = facts.iter().fold(0, |marks, fact| marks | fact.mark());
        let (made, placed) = (facts.into(), OnceLock::new());
        self.runs.push(FactRun { first, entity, span, marks, made, moved: 0, placed });
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.runs.last().map_or(0, |run| run.first + run.made.len())
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.runs.is_empty()
    }

    /// All of them in order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &T> + Clone {
        self.runs.iter().flat_map(|run| run.facts())
    }

    /// The first for which `is` says so, among those with one of these marks. It must not look at places:
    /// none is placed for that.
    pub(crate) fn find_by(&self, marks: u64, is: impl Fn(&T) -> bool) -> Option<&T> {
        let mut runs = self.runs.iter().filter(|run| run.marks & marks != 0);
        let found = runs.find_map(|run| {
            looked();
            Some(run.first + run.made.iter().position(&is)?)
        });
        self.get(found?)
    }

    /// The first of them.
    pub fn first(&self) -> Option<&T> {
        self.get(0)
    }

    /// The one at `idx`.
    pub fn get(&self, idx: usize) -> Option<&T> {
        let run = self.runs.get(self.run_of(idx))?;
        run.facts().get(idx - run.first)
    }

    /// In which run the fact at `idx` is, if there is one.
    fn run_of(&self, idx: usize) -> usize {
        // As long as nothing was changed, runs of entities are equally long.
        let near = idx / self.together;
        let holds = |run: &FactRun<T>| run.first <= idx && idx - run.first < run.made.len();
        match self.runs.get(near).is_some_and(holds) {
            true => near,
            false => self.runs.partition_point(|run| run.first <= idx).saturating_sub(1),
        }
    }

    /// Those about one entity.
    pub(crate) fn of(&self, entity: EntityIdx) -> impl Iterator<Item = &T> {
        let run = self.runs.partition_point(|run| run.entity <= Some(entity)).checked_sub(1);
        let run = run.map(|run| &self.runs[run]);
        let facts = run.map(|run| {
            let from = run.before(entity);
            let is_own = |(at, fact): &(usize, &T)| fact.entity(run.first + at) == Some(entity);
            let own = run.made.iter().enumerate().skip(from).take_while(is_own).count();
            if own == 0 { &[] } else { &run.facts()[from..from + own] }
        });
        facts.into_iter().flatten()
    }

    /// Those with a place that touches `offset` somewhere between its ends, and perhaps others.
    pub(crate) fn near(&self, offset: usize) -> impl Iterator<Item = (usize, &T)> {
        self.around(TextRange::empty(offset))
    }

    /// Those with a place that touches a range somewhere between its ends, and perhaps others.
    pub(crate) fn around(&self, range: TextRange) -> impl Iterator<Item = (usize, &T)> {
        let touches = move |span: TextRange| span.start <= range.end && range.start <= span.end;
        let around =
            self.runs.iter().filter(move |run| by(run.span, run.moved).is_none_or(touches));
        around.flat_map(|run| (run.first..).zip(run.facts()))
    }

    /// With others in the place of those about the entities `own`, and the rest placed anew; `None`
    /// where one of the rest cannot be placed.
    pub(crate) fn edited(
        &self,
        own: &Range<EntityIdx>,
        now: Vec<T>,
        shift: Shift,
    ) -> Option<Runs<T>> {
        let from = self.runs.partition_point(|run| run.entity <= Some(own.start));
        let from = from.saturating_sub(1);
        let to = self.runs.partition_point(|run| run.entity < Some(own.end)).max(from + 1);
        let to = to.min(self.runs.len());
        let place = |range| shift.place(range);
        let together = self.together;
        let mut runs = Runs { runs: Vec::with_capacity(self.runs.len() + 1), together };
        for run in &self.runs[..from] {
            runs.follow(run, shift)?;
        }
        let around = &self.runs[from.min(to)..to];
        let mut facts = Vec::with_capacity(2 * together);
        for run in around {
            let before = &run.facts()[..run.before(own.start)];
            facts.extend(before.iter().map(|it| it.moved(place)).collect::<Option<Vec<_>>>()?);
        }
        facts.extend(now);
        for run in around {
            let behind = &run.facts()[run.before(own.end)..];
            facts.extend(behind.iter().map(|it| it.moved(place)).collect::<Option<Vec<_>>>()?);
        }
        match facts.len() {
            n if n <= 2 * together => runs.push(facts),
            _ => runs.extend(facts),
        }
        for run in &self.runs[to..] {
            runs.follow(run, shift)?;
        }
        Some(runs)
    }

    /// Adds a run of another list, placed anew.
    fn follow(&mut self, run: &FactRun<T>, shift: Shift) -> Option<()> {
        let first = self.len();
        let span = by(run.span, run.moved)?;
        if span.end <= shift.window.start {
            self.runs.push(FactRun { first, ..run.clone() });
        } else if span.start >= shift.window.end {
            let (made, moved) = (run.made.clone(), run.moved + shift.longer);
            let placed = if shift.longer == 0 { run.placed.clone() } else { OnceLock::new() };
            self.runs.push(FactRun {
                first,
                entity: run.entity,
                span: run.span,
                marks: run.marks,
                made,
                moved,
                placed,
            });
        } else {
            let place = |range| shift.place(range);
            self.push(run.facts().iter().map(|it| it.moved(place)).collect::<Option<_>>()?);
        }
        Some(())
    }
}

impl Runs<Entity> {
    /// Where the entity at `idx` begins, which there is.
    pub(crate) fn start(&self, idx: EntityIdx) -> u32 {
        let run = &self.runs[self.runs.partition_point(|run| run.first <= idx) - 1];
        let start = i64::from(run.made[idx - run.first].range.start) + run.moved;
        u32::try_from(start).unwrap_or_default()
    }

    /// How many begin before `offset`.
    pub(crate) fn before(&self, offset: usize) -> usize {
        let offset = i64::try_from(offset).unwrap_or(i64::MAX);
        let start = |run: &FactRun<Entity>, at: usize| {
            i64::from(run.made[at].range.start) + run.moved < offset
        };
        let Some(run) = self.runs.partition_point(|run| start(run, 0)).checked_sub(1) else {
            return 0;
        };
        let FactRun { first, made, moved, .. } = &self.runs[run];
        first + made.partition_point(|it| i64::from(it.range.start) + moved < offset)
    }
}

impl<T: Fact> Index<usize> for Runs<T> {
    type Output = T;

    fn index(&self, idx: usize) -> &T {
        let run = &self.runs[self.run_of(idx)];
        &run.facts()[idx - run.first]
    }
}

impl<T: Fact + fmt::Debug> fmt::Debug for Runs<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}
