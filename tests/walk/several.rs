//! Several profiles in one repository do not see each other.

use std::collections::BTreeSet;

use lockstep_analysis::change::{self, Mode};
use lockstep_analysis::profile::builtin::SOURCES;

use super::Files;
use super::laws::read;
use super::transitions::{examples, intent};

/// What is found, by file and text; ids are told with as much as tells them apart, so without them.
fn found(files: &Files) -> BTreeSet<(String, &'static str, u32)> {
    let analysis = read(files);
    let all = analysis.diagnostics().iter();
    all.map(|found| (found.path.to_string(), found.rule, found.range.start)).collect()
}

fn profiles(files: &Files) -> BTreeSet<String> {
    read(files).instances.iter().map(|profile| profile.id.clone()).collect()
}

/// The example of a profile, where no other stands in its place for what is around it.
fn example(page: &str) -> Option<Files> {
    let files = examples(page).into_iter().next()?;
    // What is at the root of the workspace takes whatever lies in it.
    let is_apart = |path: &String| path.contains('/');
    files.keys().all(is_apart).then_some(files)
}

/// What a change of one task would change in files of others.
fn strays(all: &Files, parts: &[&Files]) -> Vec<String> {
    let analysis = read(all);
    let mut strays = Vec::new();
    for task in analysis.index.tasks.values().step_by(3) {
        let Some(place) = task.places.first() else { continue };
        let path = analysis.index.docs[place.doc].path.as_str();
        let Some(own) = parts.iter().find(|part| part.contains_key(path)) else { continue };
        let from = analysis.index.status(task);
        let next = change::transitions(analysis.index.vocabulary_of(task), from);
        for next in next.iter().filter(|next| next.allowed) {
            let intent = intent(&task.id, next.to, Mode::Transition);
            let Ok(plan) = change::plan(&analysis, &intent) else { continue };
            let files = plan.change.files().into_iter().map(|file| file.as_str());
            let other = files.filter(|file| all.contains_key(*file) && !own.contains_key(*file));
            strays.extend(other.map(|file| format!("{} changes {file}", task.id)));
        }
    }
    strays
}

#[test]
fn three_conventions_in_one_repository_do_not_see_each_other() {
    let own: Vec<(&str, Files)> =
        SOURCES.iter().filter_map(|source| Some((source.id, example(source.page)?))).collect();
    assert!(own.len() >= 10, "{}", own.len());
    let mut broken = Vec::new();
    for (a, one) in own.iter().enumerate() {
        for (b, two) in own.iter().enumerate().skip(a + 1) {
            for three in own.iter().skip(b + 1) {
                let parts = [one, two, three];
                let names = [one.0, two.0, three.0];
                let n: usize = parts.iter().map(|part| part.1.len()).sum();
                let all: Files = parts.iter().flat_map(|part| part.1.clone()).collect();
                let apart: BTreeSet<_> = parts.iter().flat_map(|part| found(&part.1)).collect();
                if n != all.len() {
                    continue;
                }
                broken.extend(strays(&all, &parts.map(|part| &part.1)));
                let are_there = profiles(&all);
                if names.iter().any(|name| !are_there.contains(*name)) {
                    broken.push(format!("{names:?} are {are_there:?}"));
                } else if let now = found(&all)
                    && now != apart
                {
                    let differs = now.symmetric_difference(&apart).collect::<Vec<_>>();
                    broken.push(format!("{names:?}: {differs:?}"));
                }
            }
        }
    }
    assert!(broken.is_empty(), "{} broken:\n{}", broken.len(), broken.join("\n"));
}
