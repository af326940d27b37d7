//! A plan or task whose status its parts contradict.

use crate::analysis::Analysis;
use crate::change::{Intent, Mode, Subject, plan};
use crate::index::{Place, RollUp, roll_up};
use crate::profile::vocabulary::{Category, StatusIdx};
use crate::profile::{EntityKind, Severity};
use crate::rules::{Check, Diagnostic, Finding, Findings, Fix, Related, Rule, is_judged};

/// The rule.
pub static RULE: Rule = Rule {
    id: "stale-rollup",
    severity: Severity::Warning,
    since: "0.1.0",
    summary: "a plan's status does not follow from its phases",
    doc: include_str!("stale_rollup.md"),
    checks: &[Check::Entity(check)],
    fix: Some(fix),
};

fn check(analysis: &Analysis, place: Place, findings: &mut Findings<'_>) {
    if !is_judged(analysis, place.doc) {
        return;
    }
    if let Some((said, wanted)) = contradiction(analysis, place) {
        report(analysis, place, said, wanted, findings);
    }
}

/// What the place says and what its phases say, where the two cannot both be.
fn contradiction(analysis: &Analysis, place: Place) -> Option<(StatusIdx, StatusIdx)> {
    let index = &analysis.index;
    let kind = index.entity(place).kind;
    if !matches!(kind, EntityKind::Plan | EntityKind::Task) {
        return None;
    }
    let parts = index.phases_below(place);
    if parts.is_empty() {
        return None;
    }
    let said = index.status_at(place)?;
    let vocabulary = analysis.profile.vocabulary(kind);
    let phases = analysis.profile.vocabulary(EntityKind::Phase);
    let categories = parts.iter().map(|p| index.status_at(*p).map(|s| phases.get(s).category));
    let wanted = match (roll_up(categories), vocabulary.get(said).category) {
        (RollUp::Done, Category::Open | Category::Active | Category::Waiting) => Category::Done,
        (RollUp::Active, Category::Open | Category::Done) => Category::Active,
        _ => return None,
    };
    let wanted = vocabulary.iter().find(|(_, def)| def.category == wanted)?.0;
    Some((said, wanted))
}

fn report(
    analysis: &Analysis,
    place: Place,
    said: StatusIdx,
    wanted: StatusIdx,
    findings: &mut Findings<'_>,
) {
    let index = &analysis.index;
    let kind = index.entity(place).kind;
    let vocabulary = analysis.profile.vocabulary(kind);
    let phases = analysis.profile.vocabulary(EntityKind::Phase);
    let parts = index.phases_below(place);
    let (said_category, wanted_category) =
        (vocabulary.get(said).category, vocabulary.get(wanted).category);
    let telling: Vec<&Place> = parts
        .iter()
        .filter(|p| {
            let category = index.status_at(**p).map(|s| phases.get(s).category);
            match said_category {
                Category::Done => category.is_some_and(|c| !c.is_closed()),
                _ => matches!(category, Some(Category::Done | Category::Active)),
            }
        })
        .collect();
    let n = telling.len();
    let they = match (wanted_category, said_category) {
        (Category::Done, _) => "all its phases are finished".to_owned(),
        (_, Category::Done) => count(n, parts.len(), "not finished"),
        _ => count(n, parts.len(), "begun or finished"),
    };
    let Some(spot) = index.spots(place).find(|spot| spot.status() == Some(said)) else { return };
    let message = format!(
        "the {} says {}, but {they}; it should say {}",
        kind.name(),
        crate::rules::shown(&spot),
        analysis.profile.markers.write(&vocabulary.get(wanted).marker),
    );
    let mut finding = Finding::at(&spot, message).fixable(true);
    finding.task = index.task_at(place).map(|task| task.id.clone());
    for spot in telling.iter().filter_map(|p| index.spots(**p).next()).take(8) {
        let number = spot.entity.number.as_deref().unwrap_or_default();
        let text = format!("phase {number} is {} here", crate::rules::shown(&spot));
        finding = finding.related(Related::spot(&spot, text));
    }
    findings.push(finding);
}

fn count(n: usize, all: usize, how: &str) -> String {
    let are = if n == 1 { "is" } else { "are" };
    format!("{n} of its {all} phases {are} {how}")
}

fn fix(analysis: &Analysis, diagnostic: &Diagnostic, at: &str) -> Vec<Fix> {
    let Some(place) = diagnostic.place else { return Vec::new() };
    let Some((_, wanted)) = contradiction(analysis, place) else { return Vec::new() };
    let kind = analysis.index.entity(place).kind;
    let def = analysis.profile.vocabulary(kind).get(wanted);
    let title = format!(
        "Set this {} to {}, as its phases say",
        kind.name(),
        analysis.profile.markers.write(&def.marker)
    );
    let mode = Mode::Force;
    let subject = Subject::Place(place);
    let intent = Intent { subject, to: wanted, reason: None, at: at.to_owned(), mode };
    let planned = plan(analysis, &intent).ok();
    planned.map(|p| Fix { title, preferred: true, change: p.change }).into_iter().collect()
}
