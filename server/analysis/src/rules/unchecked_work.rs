//! Something finished with open boxes below it.

use crate::index::boxes::Boxes;
use crate::index::{Index, Place, Spot, Task};
use crate::profile::reading::{Shape, is_sign_part};
use crate::profile::vocabulary::Category;
use crate::profile::{EntityKind, Severity};
use crate::rules::{Check, Finding, Findings, Related, Rule, is_judged};
use crate::snapshot::Snapshot;

/// The rule.
pub static RULE: Rule = Rule {
    id: "unchecked-work",
    severity: Severity::Warning,
    summary: "a finished task, plan or phase has open check boxes",
    doc: include_str!("unchecked_work.md"),
    checks: &[Check::Entity(check)],
    fix: None,
};

fn check(analysis: &Snapshot, place: Place, findings: &mut Findings<'_>) {
    let index = &analysis.index;
    let Some((open, all)) = open(analysis, place) else { return };
    let Some(status) = index.status_at(place) else { return };
    let fact = index.entity(place);
    let spot = index.spots(place).find(|s| s.status() == Some(status));
    if spot.is_none() && fact.fixed.is_none() {
        return;
    }
    let which = match (open.len(), all) {
        (1, 1) => "its only box is".to_owned(),
        (1, all) => format!("1 of its {all} boxes is"),
        (n, all) => format!("{n} of its {all} boxes are"),
    };
    let message = format!("this {} is finished, but {which} open", fact.kind.name());
    let mut finding = match spot {
        Some(spot) => Finding::at(&spot, message),
        None => Finding::new(place.doc, fact.name, message).place(place),
    };
    finding.task = index.task_at(place).map(|task| task.id.clone());
    for place in open.into_iter().take(8) {
        if let Some(spot) = index.spots(place).next() {
            finding = finding.related(Related::spot(&spot, "open".to_owned()));
        }
    }
    findings.push(finding);
}

/// How many boxes of a task are open though it is finished.
pub(crate) fn count(analysis: &Snapshot, task: &Task) -> usize {
    if super::severity(analysis, analysis.index.profile_of(task), &RULE).is_none() {
        return 0;
    }
    let places = task.places.iter().filter_map(|place| open(analysis, *place));
    places.map(|(open, _)| open.len()).sum()
}

/// The open boxes of what is finished, and how many boxes it has; `None` where that is as it should be.
fn open(analysis: &Snapshot, place: Place) -> Option<(Vec<Place>, usize)> {
    let index = &analysis.index;
    if !index.is_around(place) || !is_judged(analysis, place.doc) {
        return None;
    }
    let fact = index.entity(place);
    let status = index.status_at(place)?;
    if fact.kind == EntityKind::Plan
        || index.vocabulary_at(place).get(status).category != Category::Done
    {
        return None;
    }
    if fact.kind == EntityKind::Item && is_within_finished(index, place) {
        return None;
    }
    let is_excused = |spot: Spot<'_>| {
        spot.status() == Some(status)
            && (is_without_work(&spot)
                || is_in_part(&spot)
                || names_parts(&spot)
                || is_ready(&spot))
    };
    if index.spots(place).any(is_excused) {
        return None;
    }
    let mut boxes = index.boxes_below(place, Boxes::Own);
    let tasks = index.tasks_of_phase(place);
    // A sign alone at a heading with nothing ticked below it may be there for its looks.
    let is_begun = tasks.iter().any(|(_, category)| category.is_closed());
    let is_sign = |spot: Spot<'_>| spot.occurrence.reading.shape == Shape::Sign;
    if is_begun || !index.spots(place).any(is_sign) {
        boxes.extend(tasks);
    }
    let is_open = |at: Place, category: Category| {
        let is_over = category.is_closed() || is_remark(index, at, category);
        !is_over && !index.spots(at).any(|spot| is_not_applicable(&spot))
    };
    let open = boxes.iter().filter(|(at, category)| is_open(*at, *category));
    let open: Vec<Place> = open.map(|(at, _)| *at).collect();
    (!open.is_empty()).then_some((open, boxes.len()))
}

/// How what stands behind the words of a sign tells that the work itself is to come.
const READY: &[&str] = &[
    "ready for ",
    "ready to ",
    "prêt pour ",
    "prête pour ",
    "listo para ",
    "pronto para ",
    "bereit für ",
];

/// Whether a sign stands before words that say no status, and that what comes next may begin:
/// `✅ **PROVEN** - Ready for the move`.
fn is_ready(spot: &Spot<'_>) -> bool {
    let (reading, text) = (&spot.occurrence.reading, &spot.document.text);
    if !reading.word.of(text).chars().all(is_sign_part) {
        return false;
    }
    let line = text.copy(reading.word.end as usize..text.line_end(reading.word.end as usize));
    let parts = [" - ", " – ", " — "].into_iter().find_map(|mark| line.split_once(mark));
    parts.is_some_and(|(words, next)| {
        let next = next.trim_start_matches(['*', '_']).to_lowercase();
        let words = words.trim_matches(|c: char| !c.is_alphanumeric());
        let says_none = spot.vocabulary().lookup_prefix(words).is_none();
        !words.is_empty() && says_none && READY.iter().any(|ready| next.starts_with(ready))
    })
}

/// How a remark begins that tells why something was closed though nobody has worked on it.
const WITHOUT_WORK: &[&str] = &[
    "as designed",
    "by design",
    "can't reproduce",
    "cannot reproduce",
    "duplicate",
    "false alarm",
    "false positive",
    "invalid",
    "no longer needed",
    "not a bug",
    "not needed",
    "not reproducible",
    "obsolete",
    "superseded",
    "won't do",
    "won't fix",
    "wontfix",
    "works as designed",
];

/// Whether a status has a remark in brackets by which there was nothing to do: `Closed (Duplicate)`.
fn is_without_work(spot: &Spot<'_>) -> bool {
    let (end, line) = (spot.occurrence.reading.range.end, spot.occurrence.line);
    let behind = spot.document.text.copy(end as usize..line.end.max(end) as usize);
    let behind = behind.trim_start_matches(['*', '_', '`', ' ']);
    let remark = behind.strip_prefix('(').map(str::to_lowercase).unwrap_or_default();
    let is_whole = |word: &&str| {
        let behind = remark.strip_prefix(*word);
        let behind = behind.filter(|behind| !behind.starts_with(char::is_alphanumeric));
        // `invalid input handled` tells what was done.
        let goes_on = behind.map(str::trim_start).unwrap_or(" ");
        goes_on.is_empty()
            || goes_on.starts_with([')', ',', ':', ';', '.', '–', '—'])
            || ["- ", "of ", "by "].iter().any(|it| goes_on.starts_with(it))
    };
    WITHOUT_WORK.iter().any(is_whole)
}

/// What a remark in brackets begins with that leaves some of the work open.
const IN_PART: &[&str] = &["(partial", "(parcial", "(partiel", "(teilweise", "(частично"];

/// Whether the line of a box says that the work is done in part: `✅ (partial)`.
fn is_in_part(spot: &Spot<'_>) -> bool {
    if !spot.occurrence.carrier.is_coarse() {
        return false;
    }
    let (end, line) = (spot.occurrence.reading.range.end, spot.occurrence.line);
    let behind = spot.document.text.copy(end as usize..line.end.max(end) as usize).to_lowercase();
    IN_PART.iter().any(|words| behind.contains(words))
}

/// Words for parts of a plan, which a number with a dot tells from the whole.
const PARTS: &[&str] = &["phase", "phases", "part", "parts", "step", "steps", "stage", "stages"];

/// Whether what stands behind a status says of which parts it is said: `✅ Phase 1.1 & 1.2 complete`.
fn names_parts(spot: &Spot<'_>) -> bool {
    let (said, line) = (spot.occurrence.reading.range, spot.occurrence.line);
    // A box or a heading is called so itself.
    let before = spot.document.text.copy(line.start.min(said.start) as usize..said.start as usize);
    if !before.contains([':', '：']) {
        return false;
    }
    let end = said.end;
    let behind = spot.document.text.copy(end as usize..line.end.max(end) as usize).to_lowercase();
    let words: Vec<&str> = behind.split_whitespace().collect();
    words.windows(2).any(|pair| {
        let is_part = pair[1].split_once('.').is_some_and(|(whole, part)| {
            let is_number = |text: &str| text.starts_with(|c: char| c.is_ascii_digit());
            is_number(whole) && is_number(part)
        });
        let is_first = pair[0] == words[0] || words[0].chars().all(|c| !c.is_alphanumeric());
        is_first && PARTS.contains(&pair[0]) && is_part
    })
}

/// Whether the words of a box end in that it does not apply, or go on with why: `If (a): N/A — b was chosen`.
fn is_not_applicable(spot: &Spot<'_>) -> bool {
    if !spot.occurrence.carrier.is_coarse() {
        return false;
    }
    let (end, line) = (spot.occurrence.reading.range.end, spot.occurrence.line);
    let words = spot.document.text.copy(end as usize..line.end.max(end) as usize);
    words.match_indices("N/A").any(|(at, found)| {
        let before = words[..at].trim_end_matches(['*', '_']);
        let behind = words[at + found.len()..].trim_start_matches(['*', '_']);
        let is_said = [": ", "— ", "– ", " - "].iter().any(|it| before.ends_with(it));
        let is_end = behind.trim().is_empty()
            || [" —", " –", " - ", " (", ";"].iter().any(|it| behind.starts_with(it));
        is_said && is_end
    })
}

/// Whether an item tells what failed or was missing, by a sign before its text: there is nothing to tick.
fn is_remark(index: &Index, place: Place, category: Category) -> bool {
    let mut spots = index.spots(place);
    category == Category::Failed && spots.any(|spot| spot.occurrence.reading.shape == Shape::Sign)
}

/// Whether an item is a part of something that is finished, which is told of all its boxes.
fn is_within_finished(index: &Index, place: Place) -> bool {
    let mut around = index.entity(place).parent;
    while let Some(entity) = around {
        let at = Place { entity, ..place };
        let said = index.status_at(at).filter(|_| index.spots(at).next().is_some());
        let category = said.map(|said| index.vocabulary_at(at).get(said).category);
        if category == Some(Category::Done) && index.entity(at).kind != EntityKind::Plan {
            return true;
        }
        around = index.entity(at).parent;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::analysis;

    #[test]
    fn a_status_that_names_parts_is_not_of_the_others() {
        let found = |status: &str| {
            let text = format!(
                "//- /docs/PHASE_1_PLAN.md\n  # Phase 1: Cards\n\n  **Status:** {status}\n\n  ## Next\n\n  - [ ] Print\n  - [ ] Send\n\n  \
                 ## Done\n\n  - [x] Paper\n  - [x] Pen\n  - [x] Ink\n"
            );
            let (analysis, _) = analysis(&text);
            analysis.diagnostics().iter().filter(|it| it.rule == RULE.id).count()
        };
        assert_eq!(found("✅ Complete"), 1);
        let (analysis, _) = crate::testing::analysis(
            "//- /PLAN.md\n  # Cards\n\n  - [x] Phase 1.1: Draw\n    - [ ] Print\n    - [x] Send\n",
        );
        assert_eq!(analysis.diagnostics().iter().filter(|it| it.rule == RULE.id).count(), 1);
        assert_eq!(found("✅ Phase 1.1 & 1.2 complete"), 0);
        assert_eq!(found("✅ Phases 1.1 and 1.2 complete"), 0);
        assert_eq!(found("✅ Phase 1 complete"), 1);
    }
}
