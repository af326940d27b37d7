//! Walks through the statuses of each built-in profile: whatever may follow is written to every
//! place, whatever may not is refused, and the way back leads to the same bytes.

use std::collections::BTreeMap;

use lockstep_analysis::Analysis;
use lockstep_analysis::change::{self, Intent, Mode, RefusalKind, Subject};
use lockstep_analysis::index::Task;
use lockstep_analysis::model::Document;
use lockstep_analysis::profile::EntityKind;
use lockstep_analysis::profile::builtin::SOURCES;
use lockstep_analysis::profile::id::TaskId;
use lockstep_analysis::profile::vocabulary::StatusIdx;
use lockstep_analysis::snapshot::Texts;
use lockstep_fixture::Fixture;

use super::Files;
use super::laws::{AT, read};
use super::real::Corpora;
use crate::support::report::{Chance, count};
use crate::support::repository::corpora;

/// The workspaces on the page of a profile.
pub(super) fn examples(page: &str) -> Vec<Files> {
    let fences = page.split("```fixture\n").skip(1);
    let fences = fences.filter_map(|rest| rest.split("```").next());
    let plain = |text: &str| {
        let lines = text.lines().filter(|it| !it.starts_with("//") || it.starts_with("//-"));
        lines.map(|line| format!("{line}\n")).collect::<String>()
    };
    let files = fences.map(|text| Fixture::new(&plain(text)).files);
    files.map(|files| files.into_iter().map(|it| (it.path, it.text)).collect()).collect()
}

/// Whether all places of a task say what it says, and it says anything.
fn is_sound(analysis: &Analysis, task: &Task) -> bool {
    let index = &analysis.index;
    let is_stated = index.statuses(task).next().is_some() && index.twin_files(task).is_empty();
    index.is_live(task) && index.agreed(task) && is_stated
}

pub(super) fn intent(id: &TaskId, to: StatusIdx, mode: Mode) -> Intent {
    let (subject, reason) = (Subject::Task(id.clone()), Some("why".to_owned()));
    Intent { subject, to, reason, at: AT.to_owned(), mode }
}

/// One step by chance; the error is what does not hold. `None` where nothing may follow.
fn step(analysis: &Analysis, id: &TaskId, chance: &mut Chance) -> Result<Option<Analysis>, String> {
    let Some(task) = analysis.index.tasks.get(id) else { return Err(format!("{id} is gone")) };
    let vocabulary = analysis.index.vocabulary_of(task);
    let from = analysis.index.status(task);
    let next = change::transitions(vocabulary, from);
    let next = &next[chance.below(next.len() as u64) as usize];
    let name = |status: StatusIdx| vocabulary.get(status).id.clone();
    let what = format!("{id} {} -> {}", from.map(name).unwrap_or_default(), name(next.to));
    match change::plan(analysis, &intent(id, next.to, Mode::Transition)) {
        Ok(_) if !next.allowed => Err(format!("{what} is not refused")),
        Ok(plan) => {
            let after = analysis.with_texts(&plan.change.after());
            let same = after.index.tasks.get(id);
            let is_so = same.is_some_and(|it| {
                after.index.status(it) == Some(next.to) && after.index.agreed(it)
            });
            if is_so { Ok(Some(after)) } else { Err(format!("{what}\n{}", plan.change.diff())) }
        }
        Err(refusal) if refusal.remedy.is_empty() => Err(format!("{what}: no remedy")),
        Err(refusal) if next.allowed && !is_explained(refusal.kind) => {
            Err(format!("{what}: {refusal}"))
        }
        Err(_) => Ok(None),
    }
}

/// What a status may be refused for that may follow.
fn is_explained(kind: RefusalKind) -> bool {
    matches!(
        kind,
        RefusalKind::NoSpelling
            | RefusalKind::NotAllowed
            | RefusalKind::TimeOrder
            | RefusalKind::ArtifactMissing
            | RefusalKind::Ambiguous
    )
}

/// The texts, without what may be another after the way back though everybody agrees: times and
/// reasons, which stay, the status of a plan, as several go with one of its task, and the kind of an
/// open box, which beside a marker tells only whether work is left.
fn texts(analysis: &Analysis) -> BTreeMap<String, String> {
    let stays = |line: &str, is_plan: bool| {
        let is_of_plan = is_plan && line.contains("**Status**");
        !line.contains("202") && !line.to_lowercase().contains("reason") && !is_of_plan
    };
    let open_box = |line: &str| line.replace("[~] [", "[ ] [").replace("[/] [", "[ ] [");
    let kept = |it: &Document| {
        let is_plan = it.facts.entities.iter().any(|it| it.kind == EntityKind::Plan);
        let lines = it.text.whole().lines().filter(|line| stays(line, is_plan));
        (it.path.to_string(), lines.map(open_box).collect::<Vec<_>>().join("\n"))
    };
    analysis.index.docs.iter().map(|it| kept(it)).collect()
}

/// The same with the words of the profile and in its case: of the words that mean one status, the
/// way back takes the first.
fn plain(start: &Analysis, ids: &[TaskId]) -> Analysis {
    let mut now = start.clone();
    for id in ids {
        let Some(task) = now.index.tasks.get(id) else { continue };
        let Some(first) = now.index.status(task) else { continue };
        let all = now.index.vocabulary_of(task).iter().map(|(status, _)| status);
        let others: Vec<StatusIdx> = all.filter(|status| *status != first).collect();
        for other in others {
            let set = |at: &Analysis, to| {
                let plan = change::plan(at, &intent(id, to, Mode::Force)).ok()?;
                Some(at.with_texts(&plan.change.after()))
            };
            now = set(&now, other).and_then(|there| set(&there, first)).unwrap_or(now);
        }
    }
    now
}

/// So many steps of a task and back again.
fn walk(files: &Files, steps: u64, chance: &mut Chance) -> Vec<String> {
    let start = read(files);
    let tasks = start.index.tasks.values().filter(|task| is_sound(&start, task));
    let ids: Vec<TaskId> = tasks.map(|task| task.id.clone()).collect();
    // Some of many, here and there.
    let many = ids.len() / count(6, 60) as usize + 1;
    let ids: Vec<TaskId> = ids.into_iter().step_by(many).collect();
    let start = plain(&start, &ids);
    let mut broken = Vec::new();
    let mut taken = 0;
    while taken < steps && !ids.is_empty() {
        let id = &ids[chance.below(ids.len() as u64) as usize];
        let first = start.index.tasks.get(id).and_then(|task| start.index.status(task));
        let Some(first) = first else { break };
        let mut now = start.clone();
        for _ in 0..8 {
            taken += 1;
            match step(&now, id, chance) {
                Ok(next) => now = next.unwrap_or(now),
                Err(why) => {
                    broken.push(why);
                    break;
                }
            }
        }
        let back = change::plan(&now, &intent(id, first, Mode::Force));
        match back.map(|plan| now.with_texts(&plan.change.after())) {
            Ok(back) if differs(&start, &back) => {
                let change = change::SourceChange::between(&start, &back_texts(&start, &back));
                broken.push(format!("{id} is not as it was:\n{}", change.diff()));
            }
            Ok(_) => {}
            Err(refusal) if is_explained(refusal.kind) => {}
            Err(refusal) => broken.push(format!("{id} back: {refusal}")),
        }
    }
    broken
}

fn differs(start: &Analysis, back: &Analysis) -> bool {
    let (was, is) = (texts(start), texts(back));
    was.iter().any(|(path, text)| is.get(path) != Some(text))
}

fn back_texts(start: &Analysis, back: &Analysis) -> Texts {
    let docs = start.index.docs.iter().filter_map(|it| back.index.document(it.path.as_str()));
    docs.map(|(_, it)| (it.path.clone(), Some(it.text.clone()))).collect()
}

#[test]
fn through_the_statuses_of_each_profile_all_places_agree_and_the_way_back_leads_home() {
    let mut broken = Vec::new();
    for source in SOURCES {
        let mut chance = Chance::of(source.id.len() as u64);
        for files in examples(source.page) {
            let found = walk(&files, count(80, 1_000), &mut chance).into_iter();
            broken.extend(found.map(|it| format!("{}: {it}", source.id)));
        }
    }
    broken.sort();
    broken.dedup();
    assert!(broken.is_empty(), "{} broken:\n{}", broken.len(), broken.join("\n"));
}

#[test]
fn in_real_repositories_the_way_back_leads_home() {
    let Some(folder) = corpora() else { return };
    let mut broken = Vec::new();
    for (root, files) in Corpora::open(&folder).all() {
        let mut chance = Chance::of(files.len() as u64);
        let found = walk(&files, count(8, 400), &mut chance).into_iter();
        broken.extend(found.map(|it| format!("{}: {it}", root.display())));
    }
    broken.sort();
    broken.dedup();
    assert!(broken.is_empty(), "{} broken:\n{}", broken.len(), broken.join("\n"));
}
