//! The files that a new task is written in: those of the convention that is meant.

use std::collections::BTreeSet;

use super::NewTask;
use crate::analysis::Analysis;
use crate::index::DocIdx;
use crate::operation::{Code, Refused, task_meant};
use crate::profile::Profile;
use crate::profile::adding::{AddPlace, Adding};
use crate::profile::id::TaskId;

/// So many files are named where one must be chosen.
const NAMED: usize = 5;

/// The files of a new task.
pub(super) struct AddTarget<'a> {
    pub(super) profile: &'a Profile,
    pub(super) adding: &'a Adding,
    /// Each place with its file; the first is the one that was chosen.
    pub(super) places: Vec<(DocIdx, &'a AddPlace)>,
    /// The task that it is to stand behind.
    pub(super) after: Option<TaskId>,
}

impl<'a> AddTarget<'a> {
    pub(super) fn new(state: &'a Analysis, new: &NewTask<'_>) -> Result<AddTarget<'a>, Refused> {
        let after = new.after.map(|id| task_meant(state, id)).transpose()?;
        let (profile, first) = match after {
            Some(task) => {
                let profile = state.index.profile_of(task);
                let docs: BTreeSet<DocIdx> = task.places.iter().map(|place| place.doc).collect();
                (profile, chosen(state, profile, new.file, &|doc| docs.contains(&doc))?)
            }
            None => of_workspace(state, new.file)?,
        };
        let adding = adding(profile)?;
        let mut places = vec![(first, &adding.places[0])];
        for place in &adding.places[1..] {
            places.extend(beside(state, profile, first, place)?.map(|doc| (doc, place)));
        }
        readable(state, &places)?;
        Ok(AddTarget { profile, adding, places, after: after.map(|task| task.id.clone()) })
    }
}

/// How a profile adds tasks.
fn adding(profile: &Profile) -> Result<&Adding, Refused> {
    let id = &profile.id;
    match &profile.adding {
        Some(Adding { command: Some(command), .. }) => {
            let message = format!("tasks of profile `{id}` are added by another tool");
            Err(Refused::new(Code::NotAllowed, message, format!("run `{command}`")))
        }
        Some(adding) if !adding.places.is_empty() => Ok(adding),
        _ => {
            let message = format!("profile `{id}` does not say how a task is added");
            let remedy = format!(
                "write it by hand where the others stand (`lockstep explain {id}`); `lockstep check` says \
                 what is missing"
            );
            Err(Refused::new(Code::NotAllowed, message, remedy))
        }
    }
}

/// The file that is meant where no task says it: of the profile that speaks for the workspace, or of
/// whichever takes the file that was named.
fn of_workspace<'a>(
    state: &'a Analysis,
    file: Option<&str>,
) -> Result<(&'a Profile, DocIdx), Refused> {
    let Some(file) = file else {
        let profile = state.instances.main();
        return Ok((profile, chosen(state, profile, None, &|_| true)?));
    };
    let mut refusal = None;
    for profile in state.instances.iter() {
        match chosen(state, profile, Some(file), &|_| true) {
            Ok(doc) => return Ok((profile, doc)),
            // What one of them knows of the file is told rather than that another does not know it.
            Err(why) if refusal.is_none() || why.code == Code::Ambiguous => refusal = Some(why),
            Err(_) => {}
        }
    }
    Err(refusal.unwrap_or_else(|| nowhere(state, Some(file))))
}

/// The one file of a profile that its tasks stand in first.
fn chosen(
    state: &Analysis,
    profile: &Profile,
    file: Option<&str>,
    is_meant: &dyn Fn(DocIdx) -> bool,
) -> Result<DocIdx, Refused> {
    let adding = adding(profile)?;
    let file = file.map(|file| file.trim_start_matches("./").trim_end_matches('/'));
    let is_in = |doc: &DocIdx| {
        let path = state.index.docs[*doc].path.as_str();
        let below = |file: &str| path.strip_prefix(file).is_some_and(|it| it.starts_with('/'));
        file.is_none_or(|file| path == file || file == "." || below(file))
    };
    let own = state.index.live(profile, adding.places[0].role);
    let found: Vec<DocIdx> = own.filter(is_in).filter(|doc| is_meant(*doc)).collect();
    match found.as_slice() {
        [] => Err(nowhere(state, file)),
        [one] => Ok(*one),
        several => {
            let paths = several.iter().map(|doc| state.index.docs[*doc].path.as_str());
            let mut names: Vec<&str> = paths.take(NAMED).collect();
            if several.len() > NAMED {
                names.push("…");
            }
            let message = format!("{} files take tasks: {}", several.len(), names.join(", "));
            let remedy = format!("name one, for example `--in {}`", names[0]);
            Err(Refused::new(Code::Ambiguous, message, remedy))
        }
    }
}

fn nowhere(state: &Analysis, file: Option<&str>) -> Refused {
    let (message, remedy) = match file {
        Some(file) => (
            format!("{file} is no file that new tasks stand in, and holds none"),
            "leave `--in` out, or name a file that `lockstep list` shows tasks of".to_owned(),
        ),
        None => ("there is no file that new tasks stand in".to_owned(), state.profile.looks_for()),
    };
    Refused::new(Code::NotAllowed, message, remedy)
}

/// The file of another place, in the tree of the first: that in the same folder, else the only one.
fn beside(
    state: &Analysis,
    profile: &Profile,
    first: DocIdx,
    place: &AddPlace,
) -> Result<Option<DocIdx>, Refused> {
    let index = &state.index;
    let own = index.live(profile, place.role).filter(|doc| index.scope(*doc) == index.scope(first));
    let found: Vec<DocIdx> = own.collect();
    let folder = index.docs[first].path.folder();
    let mut near = found.iter().filter(|doc| index.docs[**doc].path.folder() == folder);
    match (near.next(), found.as_slice()) {
        (Some(doc), _) => Ok(Some(*doc)),
        (None, []) => Ok(None),
        (None, [one]) => Ok(Some(*one)),
        (None, several) => {
            let paths: Vec<&str> =
                several.iter().map(|doc| index.docs[*doc].path.as_str()).collect();
            let message = format!("nobody knows which of {} the task stands in", paths.join(", "));
            Err(Refused::new(Code::Ambiguous, message, "write it by hand"))
        }
    }
}

/// Refuses where a file that is to hold the task cannot be read in full, or another that may hold its id.
fn readable(state: &Analysis, places: &[(DocIdx, &AddPlace)]) -> Result<(), Refused> {
    let remedy = "correct that first; a task is added to all of its files or to none";
    if let Some(unread) = state.unread.first() {
        let message = format!("{} cannot be read: {}", unread.path, unread.reason);
        return Err(Refused::new(Code::Unreadable, message, remedy));
    }
    for (doc, _) in places {
        let document = &state.index.docs[*doc];
        if let Some(why) = &document.facts.broken {
            let message = format!("{} cannot be read in full: {}", document.path, why.message);
            return Err(Refused::new(Code::Unreadable, message, remedy));
        }
    }
    Ok(())
}
