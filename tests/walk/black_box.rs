//! The real program in a repository by chance: what it shows beforehand is what it does, what it did
//! can be taken back to the byte, and whatever it answers is JSON.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde_json::Value;

use super::{Files, cases, repository};
use crate::cli::support::{Answer, Place};
use crate::support::report::Chance;
use crate::support::repository::corpora;
use crate::walk::real::Corpora;

type Tree = BTreeMap<PathBuf, Option<Vec<u8>>>;

/// The user's files, without what the program keeps for itself.
fn tree(place: &Place) -> Tree {
    let own = |path: &PathBuf| path.components().any(|part| part.as_os_str() == ".lockstep");
    place.tree().into_iter().filter(|(path, _)| !own(path)).collect()
}

fn files_of(answer: &Value) -> Vec<(String, Value)> {
    let results = answer["results"].as_array().into_iter().flatten();
    results.map(|it| (it["task"].to_string(), it["files"].clone())).collect()
}

fn written(files: &Files) -> Place {
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (&**path, &**text)).collect();
    Place::new(&files)
}

fn json(answer: &Answer) -> Result<Value, String> {
    serde_json::from_str(&answer.out).map_err(|error| format!("no JSON: {error}: {answer:?}"))
}

/// Whether nothing was done because of a file that was written this moment, and is empty or not well
/// formed: it may be half of what somebody saves.
fn is_young(answer: &Answer, result: &Value) -> bool {
    let message = result["error"]["message"].as_str().unwrap_or_default();
    answer.exit == 3 && ["just now", "just emptied"].iter().any(|it| message.contains(it))
}

/// What holds of one command that changes files.
fn of_command(place: &Place, command: &[&str]) -> Result<(), String> {
    let before = tree(place);
    let with = |more: &[&str]| place.run(&[command, &["--format", "json"], more].concat());
    let (shown, diff) = (with(&["--dry-run"]), place.run(&[command, &["--dry-run"]].concat()));
    if tree(place) != before {
        return Err(format!("a dry run writes: {command:?}"));
    }
    let done = if command[0] == "fix" { with(&["--yes"]) } else { with(&[]) };
    let (plan, result) = (json(&shown)?, json(&done)?);
    if is_young(&done, &result) && tree(place) == before {
        return Ok(());
    }
    if (shown.exit, files_of(&plan)) != (done.exit, files_of(&result)) {
        return Err(format!("{command:?} shows {shown:?}, and does {done:?}"));
    }
    let after = tree(place);
    let changed = after.iter().filter(|(path, bytes)| before.get(*path) != Some(bytes));
    for (path, _) in changed.filter(|(_, bytes)| bytes.is_some()) {
        let name = path.strip_prefix(place.path()).unwrap_or(path).display().to_string();
        if !diff.out.contains(&format!("+++ b/{name}")) {
            return Err(format!("{command:?} changes {name}, and did not show it: {diff:?}"));
        }
    }
    if after == before {
        return Ok(());
    }
    json(&place.run(&["check", "--format", "json"]))?;
    let undone = place.run(&["undo", "--format", "json"]);
    if is_young(&undone, &json(&undone)?) && tree(place) == after {
        return Ok(());
    }
    let restored = tree(place);
    let kept = |it: &Tree| it.iter().filter(|(_, bytes)| bytes.is_some()).count();
    let same = before.iter().all(|(path, bytes)| restored.get(path) == Some(bytes));
    match undone.exit == 0 && same && kept(&before) == kept(&restored) {
        true => Ok(()),
        false => Err(format!("`undo` of {command:?} does not restore it: {undone:?}")),
    }
}

#[test]
fn what_is_shown_beforehand_is_done_and_can_be_taken_back() {
    let corpora = corpora().map(|folder| Corpora::open(&folder));
    let mut broken = Vec::new();
    for case in cases(12, 1_500) {
        let mut chance = Chance::of(case);
        let files = repository(&mut chance, corpora.as_ref());
        let place = written(&files);
        let listed = json(&place.run(&["list", "--format", "json"])).unwrap_or_default();
        let ids: Vec<&str> = listed["tasks"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|it| it["id"].as_str())
            .collect();
        let status = ["completed", "blocked", "in_progress", "abandoned"][chance.below(4) as usize];
        let mut found = vec![of_command(&place, &["fix"])];
        if !ids.is_empty() {
            let id = ids[chance.below(ids.len() as u64) as usize];
            let set = ["set", id, status, "--force", "--reason", "it was wrong"];
            found.push(of_command(&place, &set));
        }
        let found = found.into_iter().filter_map(Result::err);
        broken.extend(found.map(|it| format!("LOCKSTEP_SEED={case}: {it}")));
    }
    assert!(broken.is_empty(), "{} broken:\n{}", broken.len(), broken.join("\n"));
}
