//! Phases that are numbered twice, or with a gap.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use crate::index::{DocIdx, Place};
use crate::model::Entity;
use crate::profile::vocabulary::Category;
use crate::profile::{EntityKind, Severity};
use crate::rules::{Check, Finding, Findings, Related, Rule, is_judged};
use crate::snapshot::Snapshot;

/// The rule.
pub static RULE: Rule = Rule {
    id: "phase-numbering",
    severity: Severity::Warning,
    summary: "two phases of a plan have the same number, or a number is missing",
    doc: include_str!("phase_numbering.md"),
    checks: &[Check::Document(check)],
    fix: None,
};

fn check(analysis: &Snapshot, doc: DocIdx, findings: &mut Findings<'_>) {
    if !is_judged(analysis, doc) {
        return;
    }
    let document = &analysis.index.docs[doc];
    // A second list of the same phases, as a log has it, is numbered for itself.
    let mut groups: BTreeMap<_, Vec<Place>> = BTreeMap::new();
    for (entity, fact) in document.facts.entities.iter().enumerate() {
        // Headings that only talk about a phase carry no status.
        let said = || document.facts.occurrences_of(entity).next().is_some();
        if fact.kind == EntityKind::Phase && said() {
            let group = groups.entry((fact.parent, fact.section)).or_default();
            group.push(Place { doc, entity });
        }
    }
    let named = document.facts.entities.iter().filter(|it| it.kind == EntityKind::Phase);
    let named: BTreeSet<u64> = named.filter_map(|it| whole(it.number.as_deref()?)).collect();
    for phases in groups.values() {
        numbers(analysis, phases, &named, findings);
    }
}

/// The number of the phase that this is, or is a part of: `2.1` and `2a` are parts of 2.
fn whole(number: &str) -> Option<u64> {
    let digits = number.find(|c: char| !c.is_ascii_digit()).unwrap_or(number.len());
    number[..digits].parse().ok()
}

/// Whether the numbers ascend. Elsewhere phases stand in another order, and whoever looks for a number
/// does not expect it behind the one before it.
fn are_in_order(analysis: &Snapshot, phases: &[Place]) -> bool {
    let number = |place: &Place| whole(analysis.index.entity(*place).number.as_deref()?);
    let numbers: Vec<u64> = phases.iter().filter_map(number).collect();
    numbers.windows(2).all(|pair| pair[0] <= pair[1])
}

/// Whether a phase says that nobody works on it any more.
fn is_given_up(analysis: &Snapshot, place: Place) -> bool {
    let document = &analysis.index.docs[place.doc];
    let vocabulary = analysis.index.vocabulary_at(place);
    let said = document.facts.occurrences_of(place.entity).filter_map(|it| it.reading.status);
    said.map(|status| vocabulary.get(status).category).any(|it| it == Category::Dropped)
}

/// `named` are the numbers of all phases, also of those that state no status.
fn numbers(
    analysis: &Snapshot,
    phases: &[Place],
    named: &BTreeSet<u64>,
    findings: &mut Findings<'_>,
) {
    let index = &analysis.index;
    let mut previous: Option<u64> = None;
    let is_in_order = are_in_order(analysis, phases);
    let mut first: BTreeMap<String, (&Entity, Place)> = BTreeMap::new();
    for place in phases {
        let entity = index.entity(*place);
        let Some(number) = entity.number.as_deref() else { continue };
        let twin = match first.entry(number.to_lowercase()) {
            Entry::Occupied(twin) => Some(*twin.get()),
            Entry::Vacant(entry) => {
                entry.insert((entity, *place));
                None
            }
        };
        let task = || index.task_at(*place).map(|task| task.id.clone());
        if let Some((twin, first)) = twin {
            // The number of what was given up may be used again.
            if is_given_up(analysis, *place) || is_given_up(analysis, first) {
                continue;
            }
            let document = &index.docs[place.doc];
            let related = Related {
                path: document.path.clone(),
                range: twin.name,
                message: format!("phase {number} is here first"),
            };
            let message = format!("phase {number} is twice in this plan");
            let mut finding = Finding::new(place.doc, entity.name, message).related(related);
            finding.task = task();
            findings.push(finding.place(*place));
            continue;
        }
        let Some(whole) = whole(number) else { continue };
        if let Some(before) = previous
            && is_in_order
            && whole > before + 1
            && named.range(before + 1..whole).next().is_none()
        {
            let missing = match whole - before {
                2 => format!("phase {} is", before + 1),
                3 => format!("phases {} and {} are", before + 1, before + 2),
                _ => format!("phases {} to {} are", before + 1, whole - 1),
            };
            let message = format!("phase {number} follows phase {before}; {missing} missing");
            let mut finding = Finding::new(place.doc, entity.name, message).place(*place);
            finding.task = task();
            findings.push(finding);
        }
        previous = Some(whole);
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::check_rule;

    #[test]
    fn a_phase_that_states_no_status_is_there() {
        check_rule(
            &RULE,
            "\
//- /specs/007_add_login/plans/implementation-001.md
  ### Phase 1: Store [COMPLETED]
  ### Phase 2: Form, to be written
  ### Phase 3: Logout [COMPLETED]
",
        );
    }

    #[test]
    fn parts_of_a_phase_fill_its_number() {
        check_rule(
            &RULE,
            "\
//- /specs/007_add_login/plans/implementation-001.md
  ### Phase 1: Store [COMPLETED]
  ### Phase 2a: Form [COMPLETED]
  ### Phase 2b: Errors [COMPLETED]
  ### Phase 2b: Styles [COMPLETED]
//    ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning[phase-numbering]: phase 2b is twice
  ### Phase 3: Logout [COMPLETED]
  ### Phase 5.1: Tests [COMPLETED]
//    ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning[phase-numbering]: phase 4 is missing
",
        );
    }
}
