//! A change of status is refused, or says what was asked for: read anew, its texts have the status,
//! no byte outside of the edits differs, what was JSON is JSON, no other task has come or gone, and
//! asked again nothing is left to do. To fix all leaves nothing more to fix.

use std::collections::{BTreeMap, BTreeSet};

use lockstep_analysis::analysis::mending::fix_all;
use lockstep_analysis::change::SourceChange;
use lockstep_analysis::operation::{Operation, Plan, Verdict, Whose, Wish, plan};
use lockstep_analysis::syntax::json::Json;
use lockstep_analysis::{Analysis, AnalysisHost, Change};

use crate::bounds::within;
use crate::features::AT;
use crate::workspace::Workspace;

/// Tasks that are tried, and statuses of each.
const TASKS: usize = 4;
const STATUSES: usize = 3;

pub fn check(data: &[u8]) {
    let Some(workspace) = Workspace::read(data) else { return };
    let analysis = workspace.analysis();
    // Which statuses are tried differs from input to input, and is the same for one.
    let salt: usize = data.iter().map(|byte| usize::from(*byte)).sum();
    let names: Vec<String> =
        analysis.index.tasks.keys().take(TASKS).map(|id| id.as_str().to_owned()).collect();
    for (nth, name) in names.iter().enumerate() {
        let Some(task) = analysis.task(name) else { continue };
        let vocabulary = analysis.index.vocabulary_of(task);
        let statuses: Vec<String> = vocabulary.iter().map(|(_, it)| it.id.clone()).collect();
        for step in 0..STATUSES.min(statuses.len()) {
            let status = &statuses[(salt + nth + step * 5) % statuses.len()];
            let wish = Wish {
                status,
                reason: Some("because \"so\" \\ it is"),
                force: (salt + step) % 2 == 0,
                tick: (salt + step) % 3 == 0,
                ..Wish::default()
            };
            set(&analysis, name, wish);
        }
    }
    mend(&analysis);
}

fn set(analysis: &Analysis, name: &str, wish: Wish<'_>) {
    let operation = Operation::Set { whose: vec![Whose::Task(name)], wish, atomic: true };
    let Ok(plan) = plan(analysis, &operation, AT) else { return };
    let applied = plan.results.iter().any(|it| it.verdict == Verdict::Applied);
    if !applied {
        assert!(plan.change.is_empty(), "what is not done changes something: {:?}", plan.results);
        return;
    }
    sound(analysis, &plan.change);
    let after = fresh(analysis, &plan.change);
    same_as_planned(&after, &plan);
    let status = |analysis: &Analysis| {
        let task = analysis.task(name)?;
        let said = analysis.index.status(task)?;
        Some(analysis.index.vocabulary_of(task).get(said).id.clone())
    };
    assert_eq!(status(&after).as_deref(), Some(wish.status), "{name} has another status");
    let again = Wish { reason: None, ..wish };
    let again = Operation::Set { whose: vec![Whose::Task(name)], wish: again, atomic: true };
    if let Ok(again) = lockstep_analysis::operation::plan(&after, &again, AT) {
        let change = again.change.diff();
        assert!(again.change.is_empty(), "asked again, there is something to do:\n{change}");
    }
}

fn mend(analysis: &Analysis) {
    let (change, _) = fix_all(analysis, AT, &|_| true);
    if change.is_empty() {
        return;
    }
    sound(analysis, &change);
    let after = fresh(analysis, &change);
    let ids = |analysis: &Analysis| analysis.index.tasks.keys().cloned().collect::<BTreeSet<_>>();
    assert!(ids(analysis).is_subset(&ids(&after)), "a fix has taken a task away");
    let said = |analysis: &Analysis| {
        let mut said: BTreeMap<_, usize> = BTreeMap::new();
        for found in analysis.diagnostics() {
            // Of one rule something else may be found, in place of what was.
            let subject = found.task.as_ref().map_or(found.path.to_string(), |it| it.to_string());
            *said.entry((subject, found.rule)).or_default() += 1;
        }
        said
    };
    let before = said(analysis);
    for (found, n) in said(&after) {
        let n_before = before.get(&found).copied().unwrap_or(0);
        assert!(n <= n_before, "a fix has made a finding: {found:?}\n{}", change.diff());
    }
    let (again, _) = fix_all(&after, AT, &|_| true);
    assert!(again.is_empty(), "fixed again, there is something to do:\n{}", again.diff());
}

/// The edits fit their texts, and leave the rest alone.
fn sound(analysis: &Analysis, change: &SourceChange) {
    for (path, edits) in &change.edits {
        let before = &change.before[path];
        let (text, _) = analysis.source(path.as_str()).expect("what is edited is there");
        assert_eq!(**before, **text, "{path} is stale");
        edits.iter().for_each(|edit| within(before, edit.range, edit));
        let after = edits.apply(before);
        assert_ne!(after, **before, "{path} is named, but not changed");
        assert_eq!(edits.invert(before).apply(&after), **before, "{path} cannot be taken back");
        let (mut old, mut new) = (0, 0);
        for edit in edits.iter() {
            let kept = &before[old..edit.range.start as usize];
            assert_eq!(&after[new..new + kept.len()], kept, "{path}");
            new += kept.len() + edit.insert.len();
            old = edit.range.end as usize;
        }
        assert_eq!(&after[new..], &before[old..], "{path}");
        if path.as_str().ends_with(".json") && Json::parse(before).problems.is_empty() {
            let problems = Json::parse(&after).problems;
            assert!(problems.is_empty(), "{path} is JSON no more: {problems:?}\n{after}");
        }
    }
}

/// The workspace with the texts that a change makes, read anew.
fn fresh(analysis: &Analysis, change: &SourceChange) -> Analysis {
    let mut host = AnalysisHost::new(analysis.instances.clone(), (*analysis.config).clone());
    let docs = analysis.index.docs.iter();
    let mut files: BTreeMap<_, _> =
        docs.map(|it| (it.path.clone(), Some(it.text.whole().clone().into()))).collect();
    files.extend(change.after().into_iter().map(|(path, text)| (path, text.map(Into::into))));
    host.apply_change(Change { files: files.into_iter().collect(), ..Change::default() });
    let asked = host.analysis().unknown_paths();
    let known = asked.into_iter().filter_map(|it| analysis.existence(&it).map(|known| (it, known)));
    host.apply_change(Change { known: known.collect(), ..Change::default() });
    host.analysis()
}

/// What a plan says it makes is what its texts say.
fn same_as_planned(after: &Analysis, plan: &Plan) {
    let tasks = |analysis: &Analysis| format!("{:?}", analysis.index.tasks);
    assert_eq!(tasks(after), tasks(&plan.after));
    for (one, two) in after.index.docs.iter().zip(plan.after.index.docs.iter()) {
        assert_eq!(format!("{:?}", one.facts), format!("{:?}", two.facts), "{}", one.path);
    }
}
