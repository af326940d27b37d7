//! Phases that are numbered twice, or with a gap.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use crate::index::{DocIdx, Place};
use crate::model::Entity;
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
    for phases in groups.values() {
        numbers(analysis, phases, findings);
    }
}

fn numbers(analysis: &Snapshot, phases: &[Place], findings: &mut Findings<'_>) {
    let index = &analysis.index;
    let mut previous: Option<(u64, &Entity)> = None;
    let mut first: BTreeMap<String, &Entity> = BTreeMap::new();
    for place in phases {
        let entity = index.entity(*place);
        let Some(number) = entity.number.as_deref() else { continue };
        let twin = match first.entry(number.to_lowercase()) {
            Entry::Occupied(twin) => Some(*twin.get()),
            Entry::Vacant(entry) => {
                entry.insert(entity);
                None
            }
        };
        let task = index.task_at(*place).map(|task| task.id.clone());
        if let Some(twin) = twin {
            let document = &index.docs[place.doc];
            let related = Related {
                path: document.path.clone(),
                range: twin.name,
                message: format!("phase {number} is here first"),
            };
            let message = format!("phase {number} is twice in this plan");
            let mut finding = Finding::new(place.doc, entity.name, message).related(related);
            finding.task = task;
            findings.push(finding.place(*place));
            continue;
        }
        // Parts of one phase, `2.1` or `2a`, count as that phase.
        let digits = number.find(|c: char| !c.is_ascii_digit()).unwrap_or(number.len());
        let Ok(whole) = number[..digits].parse::<u64>() else { continue };
        if let Some((before, _)) = previous
            && whole > before + 1
        {
            let missing = match whole - before {
                2 => format!("phase {} is", before + 1),
                3 => format!("phases {} and {} are", before + 1, before + 2),
                _ => format!("phases {} to {} are", before + 1, whole - 1),
            };
            let message = format!("phase {number} follows phase {before}; {missing} missing");
            let mut finding = Finding::new(place.doc, entity.name, message).place(*place);
            finding.task = task;
            findings.push(finding);
        }
        previous = Some((whole, entity));
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::check_rule;

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
