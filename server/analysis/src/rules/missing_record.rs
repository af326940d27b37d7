//! A task that stands in only one of two files that must both have it.

use crate::index::{DocIdx, Place, Task};
use crate::model::Document;
use crate::profile::{Profile, RecordList, RoleIdx, Severity};
use crate::rules::{Check, Finding, Findings, Related, Rule};
use crate::snapshot::Snapshot;

/// The rule.
pub static RULE: Rule = Rule {
    id: "missing-record",
    severity: Severity::Warning,
    summary: "a task is missing in one of two files that must both have it",
    doc: include_str!("missing_record.md"),
    checks: &[Check::Task(check)],
    fix: None,
};

fn check(analysis: &Snapshot, task: &Task, findings: &mut Findings<'_>) {
    let profile = analysis.index.profile_of(task);
    let both = profile.pairs.iter().flat_map(|(one, two)| [(*one, *two), (*two, *one)]);
    for (here, there) in both.chain(profile.listed_in.iter().copied()) {
        let Some(other) = partner(analysis, profile, there) else { continue };
        if let Some(place) = lone_place(analysis, task, here, there) {
            report(analysis, task, place, other, findings);
        }
    }
}

/// The file where the record would stand; none is missing where there is no such file.
fn partner(analysis: &Snapshot, profile: &Profile, role: RoleIdx) -> Option<DocIdx> {
    let mut live = analysis.index.live(profile, role);
    let doc = live.next()?;
    // With several trees of files it is not certain which one lacks it.
    if live.next().is_some() {
        return None;
    }
    // In a file that can be read only in part, the record may stand in the other part; that a file is
    // empty is one finding.
    let Document { text, facts, .. } = &*analysis.index.docs[doc];
    (facts.problems.is_empty() && !text.is_blank()).then_some(doc)
}

fn lone_place(analysis: &Snapshot, task: &Task, here: RoleIdx, there: RoleIdx) -> Option<Place> {
    let index = &analysis.index;
    let role = |place: &Place| index.docs[place.doc].facts.role;
    let own = |place: &&Place| {
        let entity = index.entity(**place);
        role(place) == here && !entity.mention && entity.list == RecordList::Active
    };
    let everywhere = task.places.iter().chain(&task.past);
    if everywhere.clone().any(|place| role(place) == there && !index.entity(*place).mention) {
        return None;
    }
    let place = task.places.iter().find(own).copied()?;
    // What is finished may have been put away on one side first; a status that is not known counts as
    // not done.
    let vocabulary = index.vocabulary_of(task);
    let closed = |status| vocabulary.get(status).category.is_closed();
    (!index.status(task).is_some_and(closed)).then_some(place)
}

fn report(
    analysis: &Snapshot,
    task: &Task,
    place: Place,
    other: DocIdx,
    findings: &mut Findings<'_>,
) {
    let index = &analysis.index;
    let document = &index.docs[other];
    let message = format!("task {} is here, but not in {}", index.called(task), document.path);
    let related = Related {
        path: document.path.clone(),
        range: crate::text::TextRange::empty(0),
        message: format!("task {} is not in this file", index.called(task)),
    };
    let range = index.entity(place).name;
    let finding = Finding::new(place.doc, range, message).task(&task.id).place(place);
    findings.push(finding.related(related));
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::check_rule;

    #[test]
    fn a_status_that_is_not_known_or_not_there_counts_as_not_done() {
        check_rule(
            &RULE,
            "\
//- /specs/TODO.md
  ### 7. Add login
//    ^^^^^^^^^^^^ warning[missing-record]: task 7 is here
  - **Status**: [FRAMED]

  ### 8. Add logout
//    ^^^^^^^^^^^^^ warning[missing-record]: task 8 is here
  - **Effort**: 2 hours
//- /specs/state.json
  { \"active_projects\": [] }
",
        );
    }
}
