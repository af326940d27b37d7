//! What follows in the circle open → active → done for what stands in a range of lines.

use super::{Code, Operation, Planner, Refused, Whose, Wish, plan_one};
use crate::analysis::Analysis;
use crate::change::{Subject, transitions};
use crate::index::Place;
use crate::mentions::is_on_header;
use crate::profile::EntityKind;
use crate::profile::vocabulary::{Category, StatusIdx, Vocabulary};
use crate::text::TextRange;

/// A status that follows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NextStatus {
    /// Whose: the name of a task, or of a phase or box that stands alone.
    pub task: String,
    /// The phase of the task.
    pub phase: Option<String>,
    /// The status.
    pub status: String,
    /// The status that it has now, as it was seen.
    pub from: Option<String>,
}

/// What follows each category, the nearest first.
fn following(category: Category) -> &'static [Category] {
    match category {
        Category::Open => &[Category::Active, Category::Done],
        Category::Active => &[Category::Done, Category::Open],
        Category::Waiting => &[Category::Active, Category::Open, Category::Done],
        Category::Failed => &[Category::Active, Category::Open],
        Category::Done | Category::Dropped => &[Category::Open, Category::Active],
    }
}

/// The statuses that follow for what has its name in the lines of a range, of several as for the first:
/// what is so already stays. What has boxes among them follows these, as the profile says. A status is
/// told only where the change to it can be made.
pub fn next_statuses(
    analysis: &Analysis,
    path: &str,
    range: TextRange,
    reason: Option<&str>,
    at: &str,
    planner: Planner<'_>,
) -> Result<Vec<NextStatus>, Refused> {
    let cycle = Cycle { analysis, reason, at, planner };
    let mut wanted = None;
    let (mut found, mut refused) = (Vec::new(), None);
    for place in meant(analysis, path, range) {
        let category = cycle.category(place);
        if wanted.is_some() && wanted == category {
            continue;
        }
        match cycle.next(place, wanted) {
            Ok((next, to)) => {
                wanted.get_or_insert(to);
                found.push(next);
            }
            Err(why) => drop(refused.get_or_insert(why)),
        }
    }
    match refused.filter(|_| found.is_empty()) {
        Some(why) => Err(why),
        None if found.is_empty() => Err(Refused::new(
            Code::UnknownTask,
            "no task, phase or box stands here".to_owned(),
            "go to a line on which one has its name or status",
        )),
        None => Ok(found),
    }
}

/// What is meant by a range: the entity that a cursor is at, or those whose names are in the lines.
fn meant(analysis: &Analysis, path: &str, range: TextRange) -> Vec<Place> {
    let index = &analysis.index;
    let Some((doc, document)) = index.document(path) else { return Vec::new() };
    let line = |at: u32| document.lines.line_col(at as usize).line;
    let at_end = document.lines.line_col(range.end as usize);
    // Whoever selects whole lines selects up to the beginning of the next.
    let is_whole = range.start < range.end && at_end.col == 0;
    let (first, last) = (line(range.start), at_end.line - u32::from(is_whole));
    if first == last {
        let at = range.start as usize;
        let own = document.entity_at(at).map(|entity| Place { doc, entity });
        // A box that is nobody's is not that of the task around it.
        return own.filter(|own| is_on_header(document, *own, at)).into_iter().collect();
    }
    let entities = document.facts.entities.iter().enumerate();
    let named = entities.filter(|(_, it)| (first..=last).contains(&line(it.name.start)));
    let named: Vec<usize> = named.map(|(entity, _)| entity).collect();
    // What is around others that are meant follows these.
    let is_around = |at: usize| {
        let parents = named.iter().filter_map(|it| document.facts.entities[*it].parent);
        let mut above = parents.map(Some);
        above.any(|mut own| {
            while let Some(it) = own {
                if it == at {
                    return true;
                }
                own = document.facts.entities[it].parent;
            }
            false
        })
    };
    let innermost = named.iter().copied().filter(|at| !is_around(*at));
    innermost.map(|entity| Place { doc, entity }).collect()
}

/// The circle, in a workspace.
struct Cycle<'a> {
    analysis: &'a Analysis,
    /// Why, for a status that needs a reason.
    reason: Option<&'a str>,
    at: &'a str,
    planner: Planner<'a>,
}

impl Cycle<'_> {
    /// The status that something has as a whole, and the words for it.
    fn now(&self, place: Place) -> (Option<StatusIdx>, &Vocabulary) {
        let index = &self.analysis.index;
        match Subject::at(self.analysis, place) {
            Subject::Task(id) => match index.tasks.get(&id) {
                Some(task) => (index.status(task), index.vocabulary_of(task)),
                None => (None, index.vocabulary_at(place)),
            },
            _ => (index.status_at(place), index.vocabulary_at(place)),
        }
    }

    /// The status that stands here, where it is one of the whole, else that.
    fn here(&self, place: Place) -> Option<StatusIdx> {
        let (now, vocabulary) = self.now(place);
        let index = &self.analysis.index;
        let is_same = std::ptr::eq(vocabulary, index.vocabulary_at(place));
        index.spots(place).find_map(|spot| spot.status()).filter(|_| is_same).or(now)
    }

    fn category(&self, place: Place) -> Option<Category> {
        let (now, vocabulary) = self.now(place);
        now.map(|now| vocabulary.get(now).category)
    }

    /// The first status that can be set, of those that follow or that are `wanted`.
    fn next(
        &self,
        place: Place,
        wanted: Option<Category>,
    ) -> Result<(NextStatus, Category), Refused> {
        let (task, phase) = self.name(place);
        let (now, vocabulary) = self.now(place);
        let mut why = None;
        for to in candidates(vocabulary, self.here(place), wanted) {
            let def = vocabulary.get(to);
            if self.is_strange_box(place, to) {
                continue;
            }
            let next = |task, phase| {
                let (status, from) =
                    (def.id.clone(), now.map(|now| vocabulary.get(now).id.clone()));
                (NextStatus { task, phase, status, from }, def.category)
            };
            // What does not fit the others is told when all are planned together.
            if wanted.is_some() {
                return Ok(next(task, phase));
            }
            let whose = match &phase {
                Some(phase) => Whose::Phase(&task, phase),
                None => Whose::Task(&task),
            };
            let reason = self.reason.filter(|_| def.reason.is_some());
            let wish = Wish { status: &def.id, reason, ..Wish::default() };
            let operation = Operation::Set { whose: vec![whose], wish, atomic: false };
            match plan_one(self.analysis, &operation, self.at, self.planner) {
                Ok(_) => return Ok(next(task, phase)),
                Err(refused) => drop(why.get_or_insert(refused)),
            }
        }
        Err(why.unwrap_or_else(|| {
            let said = self.here(place).map_or("that", |now| &vocabulary.get(now).id);
            let message = format!("nothing follows {said} in the circle open, active, done");
            Refused::new(Code::NotAllowed, message, "set a status by its name")
        }))
    }

    /// Whether a check box would get a mark that its format does not know and its file does not use.
    fn is_strange_box(&self, place: Place, to: StatusIdx) -> bool {
        let index = &self.analysis.index;
        let vocabulary = index.vocabulary_at(place);
        let is_box = |raw: &str| vocabulary.lookup_box(raw.trim_matches(['[', ']'])).is_some();
        let mut own = index.spots(place);
        let document = &index.docs[place.doc];
        let mut all = document.facts.occurrences.iter();
        vocabulary.get(to).seldom
            && own.any(|spot| is_box(spot.raw()))
            && !all.any(|it| it.reading.status == Some(to) && is_box(document.raw(it)))
    }

    fn name(&self, place: Place) -> (String, Option<String>) {
        match Subject::at(self.analysis, place) {
            Subject::Task(id) => (self.analysis.name_of(&id), None),
            Subject::Phase(id, number) => (self.analysis.name_of(&id), Some(number)),
            Subject::Place(place) => match self.analysis.index.entity(place).kind {
                EntityKind::Plan => self.task_of(place),
                _ => (self.analysis.index.part_name(place), None),
            },
        }
    }

    /// The task of a plan.
    fn task_of(&self, place: Place) -> (String, Option<String>) {
        let index = &self.analysis.index;
        let task = index.task_at(place).map(|task| self.analysis.name_of(&task.id));
        (task.unwrap_or_default(), None)
    }
}

/// The statuses that may follow, the best first: what leads on to the end before what does not, and what
/// needs a word of somebody last.
fn candidates(
    vocabulary: &Vocabulary,
    now: Option<StatusIdx>,
    wanted: Option<Category>,
) -> Vec<StatusIdx> {
    let from = now.map_or(Category::Open, |now| vocabulary.get(now).category);
    let categories = following(from).iter().copied();
    let categories: Vec<Category> = match wanted {
        Some(wanted) => vec![wanted],
        None => categories.collect(),
    };
    let leads_on = |to: StatusIdx| {
        vocabulary.iter().any(|(end, def)| {
            def.category == Category::Done && end != to && vocabulary.allows(to, end)
        })
    };
    let all = transitions(vocabulary, now).into_iter();
    let may: Vec<StatusIdx> =
        all.filter(|it| it.allowed && Some(it.to) != now).map(|it| it.to).collect();
    let mut found = Vec::new();
    for category in categories {
        let mut own: Vec<StatusIdx> =
            may.iter().copied().filter(|to| vocabulary.get(*to).category == category).collect();
        own.sort_by_key(|to| {
            let def = vocabulary.get(*to);
            (def.reason.is_some(), category == Category::Active && !leads_on(*to))
        });
        found.extend(own);
    }
    found
}
