//! A whole whose work is done before what it was to cover is. Which of the two is behind, nobody knows, so that
//! there is no fix.

use crate::index::{Index, Place, Spot, Task, figures};
use crate::model::FieldRole;
use crate::profile::vocabulary::Category;
use crate::rules::{Finding, Findings, Related};
use crate::snapshot::Snapshot;

/// So many of the parts are named in a message.
const MOST_NAMED: usize = 3;

/// So many of the parts are told with their places.
const MOST: usize = 8;

pub(super) fn check(analysis: &Snapshot, task: &Task, findings: &mut Findings<'_>) {
    let index = &analysis.index;
    if index.relations().tell_nothing() || task.places.is_empty() {
        return;
    }
    let (open, all) = open(index, task);
    let Some(first) = open.first().filter(|_| is_done(index, task)) else { return };
    let profile = index.profile_of(task);
    let Some(at) = said(index, task) else { return };
    let named: Vec<_> = open.iter().take(MOST_NAMED).map(|part| index.called(part)).collect();
    let more = match open.len().saturating_sub(MOST_NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let message = format!(
        "the work of {} {} is done, but {} of its {all} {}s {} not; not finished: {}{more}",
        profile.word_for(task.what()),
        index.called(task),
        open.len(),
        profile.word_for(first.what()),
        if open.len() == 1 { "is" } else { "are" },
        named.join(", "),
    );
    let mut finding = Finding { message, ..at }.task(&task.id);
    for part in open.iter().take(MOST) {
        if let Some(spot) = index.authority(part) {
            let text = format!("{} is {} here", index.called(part), spot.shown());
            finding = finding.related(Related::spot(&spot, text));
        }
    }
    findings.push(finding);
}

/// The parts that all their places say are not finished, without a word of why; and how many parts there are.
fn open<'a>(index: &'a Index, task: &Task) -> (Vec<&'a Task>, usize) {
    let parts = index.told_children(task).map(|(_, part)| part);
    let parts: Vec<&Task> = parts.filter(|part| is_plainly_of(index, part, task)).collect();
    let is_open = |part: &&Task| {
        let vocabulary = index.vocabulary_of(part);
        let done = vocabulary.iter().find(|(_, def)| def.category == Category::Done);
        let is_begun = matches!(index.category(part), Some(Category::Open | Category::Active));
        let is_explained = done.is_some_and(|(done, _)| {
            let is_told = |spot: &Spot<'_>| has_remark(spot) || spot.remark(done).is_some();
            index.statuses(part).any(|spot| is_told(&spot) || spot.is_put_off())
        });
        is_begun && index.agreed(part) && !part.places.is_empty() && !is_explained
    };
    let open = parts.iter().filter(|part| is_open(part)).copied().collect();
    (open, parts.len())
}

/// Whether nothing but words of a task stands beside its id where a part names it: what else is written there
/// may put the part off, or give it to another as well.
fn is_plainly_of(index: &Index, part: &Task, task: &Task) -> bool {
    let words = |text: &str| -> Vec<String> {
        let all = text.split(|c: char| !c.is_alphanumeric()).filter(|it| !it.is_empty());
        all.map(str::to_lowercase).collect()
    };
    let mut own = words(index.profile_of(task).word_for(task.what()));
    own.extend(task.places.iter().flat_map(|place| words(&index.entity(*place).title)));
    let said = |place: &Place| {
        let document = &index.docs[place.doc];
        let fields = document.facts.fields_of(place.entity);
        let named = fields.filter(|field| field.role == FieldRole::Parent);
        named.flat_map(|field| words(field.value.of(&document.text))).collect::<Vec<_>>()
    };
    let is_number = |word: &String| word.bytes().all(|byte| byte.is_ascii_digit());
    part.places.iter().flat_map(said).all(|word| is_number(&word) || own.contains(&word))
}

/// Whether a remark in brackets stands right behind a status, however short: `Pending (UAT)`.
fn has_remark(spot: &Spot<'_>) -> bool {
    let (end, line) = (spot.occurrence.reading.range.end, spot.occurrence.line);
    let behind = spot.document.text.copy(end as usize..line.end.max(end) as usize);
    behind.trim_start_matches(['*', '_', '`', ' ']).starts_with(['(', '（', '['])
}

/// Whether a task is finished, or will be as soon as somebody has it follow its own parts.
fn is_done(index: &Index, task: &Task) -> bool {
    match index.category(task) {
        Some(Category::Done) => true,
        Some(Category::Open | Category::Active) => {
            let mut parts = index.children(task).filter(|part| !part.places.is_empty()).peekable();
            parts.peek().is_some()
                && parts.all(|part| is_carried_out(index, part))
                && index.held(task).is_none()
                && !figures::are_more_to_come(index, task)
        }
        _ => false,
    }
}

/// Whether one of its places, or a file by being there, says that a part is over.
fn is_carried_out(index: &Index, part: &Task) -> bool {
    let vocabulary = index.vocabulary_of(part);
    let by_file = index.said_by_file(part).map(|(_, said)| said);
    let mut said = index.statuses(part).filter_map(|spot| spot.status()).chain(by_file);
    said.any(|status| vocabulary.get(status).category.is_closed())
}

/// Where it is said how far a task is, without a message yet.
fn said(index: &Index, task: &Task) -> Option<Finding> {
    match index.authority(task) {
        Some(spot) => Some(Finding::at(&spot, String::new())),
        None => {
            let (place, _) = index.said_by_file(task)?;
            Some(Finding::new(place.doc, index.entity(place).name, String::new()).place(place))
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::analysis;

    /// What is told of a phase with one plan, by its row and the phase and the remark of its requirement.
    fn told(row: &str, phase: &str, status: &str) -> Vec<String> {
        let (analysis, _) = analysis(&format!(
            "//- /.planning/ROADMAP.md\n  ### Phase 1: Draw the map\n  - [x] 01-01-PLAN.md\n\n  ### Phase 2: Ink\n  - [ ] 02-01-PLAN.md\n\n  | Phase | Plans Complete | Status |\n  |---|---|---|\n  | 1. Draw the map | {row} |\n  | 2. Ink | 0/1 | Not started |\n//- /.planning/REQUIREMENTS.md\n  - [ ] **MAP-01**: It is drawn\n\n  | Requirement | Phase | Status |\n  |---|---|---|\n  | MAP-01 | {phase} | {status} |\n"
        ));
        let found = analysis.diagnostics();
        found.iter().filter(|it| it.rule == "stale-rollup").map(|it| it.message.clone()).collect()
    }

    #[test]
    fn a_requirement_is_told_where_its_phase_alone_is_plainly_done() {
        let n = |row, phase| told(row, phase, "Pending").len();
        for phase in ["1", "Phase 1", "Phase 1: Draw the map", "Phase 1 (map)"] {
            assert_eq!(n("1/1 | Complete", phase), 1, "{phase}");
        }
        for phase in [
            "Phase 1 (deferred)",
            "Phase 1 - moved to the next",
            "Phase 1 (map), Phase Two",
            "Phase 1: first half",
            "Phase 1, 2",
            "Phase 2",
        ] {
            assert_eq!(n("1/1 | Complete", phase), 0, "{phase}");
        }
    }

    #[test]
    fn a_phase_to_which_plans_are_to_come_is_not_done() {
        assert_eq!(told("1/1 | In Progress", "1", "Pending").len(), 2);
        assert_eq!(told("1/3 | In Progress", "1", "Pending"), Vec::<String>::new());
        // What is still to be planned when all that is known is done was never written on.
        assert_eq!(told("1/TBD | In Progress", "1", "Pending").len(), 2);
    }

    #[test]
    fn a_requirement_of_two_phases_is_told_of_none() {
        let twice = "Pending |\n  | MAP-01 | Phase 2 | Pending";
        assert_eq!(told("1/1 | Complete", "Phase 1", twice), Vec::<String>::new());
    }
}
