//! Something finished with open boxes below it.

use crate::index::boxes::Boxes;
use crate::index::{Index, Place};
use crate::profile::reading::Shape;
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
    if !index.is_around(place) || !is_judged(analysis, place.doc) {
        return;
    }
    let fact = index.entity(place);
    let Some(status) = index.status_at(place) else { return };
    if fact.kind == EntityKind::Plan
        || index.vocabulary_at(place).get(status).category != Category::Done
    {
        return;
    }
    if fact.kind == EntityKind::Item && is_within_finished(index, place) {
        return;
    }
    let boxes = index.boxes_below(place, Boxes::Own);
    let open = boxes.iter().filter(|(at, c)| !c.is_closed() && !is_remark(index, *at, *c));
    let open: Vec<_> = open.collect();
    if open.is_empty() {
        return;
    }
    let spot = index.spots(place).find(|s| s.status() == Some(status));
    if spot.is_none() && fact.fixed.is_none() {
        return;
    }
    let which = match (open.len(), boxes.len()) {
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
    for (place, _) in open.into_iter().take(8) {
        if let Some(spot) = index.spots(*place).next() {
            finding = finding.related(Related::spot(&spot, "open".to_owned()));
        }
    }
    findings.push(finding);
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
