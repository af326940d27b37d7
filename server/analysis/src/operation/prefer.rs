//! Which of the places that disagree is right: the one in a file, or those that say a status.

use super::near::nearest;
use super::{Code, Refused};
use crate::analysis::Analysis;
use crate::index::Task;
use crate::profile::vocabulary::StatusIdx;

/// A preference that means something here.
#[derive(Clone, Copy, Debug)]
pub(super) enum Preference<'a> {
    /// Those places are right that say so.
    Status(&'a str),
    /// That place is right which stands in this file, by its path or the end of it.
    File(&'a str),
}

/// What `word` means: a status of the vocabulary, or a file in which some task stands.
pub(super) fn read<'a>(analysis: &Analysis, word: &'a str) -> Result<Preference<'a>, Refused> {
    if analysis.instances.know_status(word) {
        return Ok(Preference::Status(word));
    }
    let path = word.trim_start_matches("./");
    let mut paths = analysis.index.docs.iter().map(|document| document.path.as_str());
    if paths.any(|known| is_named(known, path)) {
        return Ok(Preference::File(path));
    }
    let known = analysis.index.docs.iter().map(|document| document.path.as_str());
    let name = |known: &str| match path.contains('/') {
        true => known.to_owned(),
        false => known.rsplit('/').next().unwrap_or(known).to_owned(),
    };
    let words = analysis.instances.iter().flat_map(|profile| {
        profile.task_vocabularies().flat_map(|it| it.iter()).map(|(_, def)| def.id.clone())
    });
    let near = nearest(&path.to_lowercase(), known.map(name).chain(words));
    let remedy = match near.as_slice() {
        [] => "name a file that holds the task, or a status that one of its places has".into(),
        near => format!("did you mean {}?", near.join(" or ")),
    };
    let message = format!("`{word}` is neither a status nor a file that holds a task");
    Err(Refused::new(Code::Usage, message, remedy))
}

/// The status of a task that is right by a preference.
pub(super) fn status(
    analysis: &Analysis,
    task: &Task,
    preference: Preference<'_>,
) -> Result<StatusIdx, Refused> {
    let index = &analysis.index;
    let vocabulary = index.vocabulary_of(task);
    let name = |status: StatusIdx| vocabulary.get(status).id.as_str();
    // Of several files that are called so, the one nearest to the root is meant.
    let of_path = |path: &str| -> Vec<StatusIdx> {
        let spots = index.statuses(task).filter_map(|spot| {
            let known = spot.document.path.as_str();
            is_named(known, path).then_some((known.matches('/').count(), spot.status()?))
        });
        let spots: Vec<(usize, StatusIdx)> = spots.collect();
        let nearest = spots.iter().map(|(depth, _)| *depth).min();
        spots
            .into_iter()
            .filter(|(depth, _)| Some(*depth) == nearest)
            .map(|(_, said)| said)
            .collect()
    };
    let (said, what): (Vec<StatusIdx>, String) = match preference {
        Preference::Status(wanted) => {
            let to = vocabulary.lookup(wanted);
            let said = index.statuses(task).filter_map(|spot| spot.status());
            let what = format!("that says {}", to.map_or(wanted, name));
            (said.filter(|said| Some(*said) == to).collect(), what)
        }
        Preference::File(path) => (of_path(path), format!("with a status in {path}")),
    };
    let Some(first) = said.first() else {
        let places = index
            .statuses(task)
            .filter_map(|spot| Some(format!("{} in {}", name(spot.status()?), spot.document.path)));
        let places: Vec<String> = places.collect();
        let message = format!("task {} has no place {what}", analysis.name_of(&task.id));
        return Err(Refused::new(Code::Usage, message, format!("it is {}", places.join(", "))));
    };
    if let Some(other) = said.iter().find(|said| *said != first) {
        let message = format!(
            "task {} is both {} and {} there",
            analysis.name_of(&task.id),
            name(*first),
            name(*other)
        );
        let remedy = "name the whole path of one file, or the status";
        return Err(Refused::new(Code::Ambiguous, message, remedy));
    }
    Ok(*first)
}

/// Whether a path is meant by itself or by how it ends.
fn is_named(path: &str, end: &str) -> bool {
    let before = path.strip_suffix(end).filter(|_| !end.is_empty());
    before.is_some_and(|before| before.is_empty() || before.ends_with('/'))
}
