//! Where the file of a finished task goes that has no folder of its own.

use crate::change::archive::below;
use crate::change::relocation::contradicts;
use crate::change::{Refusal, RefusalKind, refuse};
use crate::index::{Place, Task};
use crate::model::Document;
use crate::profile::{Archive, Profile};
use crate::snapshot::Snapshot;

/// The files that are a task and lie beside those of others, from where to where they go.
pub(super) fn files(analysis: &Snapshot, rule: &Archive, task: &Task) -> Vec<(String, String)> {
    own(analysis, rule, task).filter_map(|place| way(analysis, rule, task, place)).collect()
}

/// Why a file that is a task stays where it is, if one has to.
pub(super) fn without_folder(analysis: &Snapshot, rule: &Archive, task: &Task) -> Option<Refusal> {
    let place = own(analysis, rule, task).find(|it| way(analysis, rule, task, *it).is_none())?;
    let path = &analysis.index.docs[place.doc].path;
    let status = analysis.index.status(task)?;
    let is = &analysis.index.vocabulary_of(task).get(status).id;
    let message = format!("no folder for tasks that are {is} is known beside {path}");
    Some(refuse(RefusalKind::NotAllowed, message, "move it by hand"))
}

/// Whether none of the folders is there that finished tasks of a profile could go to.
pub(super) fn has_none(analysis: &Snapshot, profile: &Profile, rule: &Archive) -> bool {
    let is_kept = |document: &Document| is_in_one(profile, rule, document);
    rule.files.len() > 1 && !of_profile(analysis, profile).any(is_kept)
}

/// The files as a whole that are a task and are not put away yet.
fn own<'a>(
    analysis: &'a Snapshot,
    rule: &'a Archive,
    task: &'a Task,
) -> impl Iterator<Item = Place> + 'a {
    let index = &analysis.index;
    let goes = |place: &Place| {
        let document = &index.docs[place.doc];
        index.is_document(*place)
            && document.facts.captures.folder.is_none()
            && !is_in_one(&document.profile, rule, document)
    };
    let places = task.places.iter().copied().filter(|_| !rule.files.is_empty());
    places.filter(goes)
}

fn way(analysis: &Snapshot, rule: &Archive, task: &Task, place: Place) -> Option<(String, String)> {
    let index = &analysis.index;
    let document = &index.docs[place.doc];
    let (profile, folder) = (&*document.profile, document.path.folder());
    let above = match folder == profile.root {
        true => folder,
        false => folder.rsplit_once('/').map_or("", |(above, _)| above),
    };
    let goal = |name: &str| {
        let to = below(above, &format!("{name}/{}", document.path.name())).to_string();
        let said = document.role().captures(&to).status;
        let said = said.and_then(|said| index.vocabulary_of(task).lookup(&said));
        let is_other = said.zip(index.status(task)).is_some_and(|(said, is)| {
            profile.folders.is_none() && contradicts(profile, index.vocabulary_of(task), said, is)
        });
        (!is_other).then_some(to)
    };
    let to = match &rule.files[..] {
        [only] => goal(only),
        several => several.iter().find_map(|name| goal(&there(analysis, profile, above, name)?)),
    };
    Some((document.path.to_string(), to?))
}

/// The folder below another that is called so, in the letters that it has, where tasks lie in it.
fn there(analysis: &Snapshot, profile: &Profile, above: &str, name: &str) -> Option<String> {
    of_profile(analysis, profile).find_map(|document| {
        let folder = document.path.folder();
        let inner = match above {
            "" => folder,
            above => folder.strip_prefix(above)?.strip_prefix('/')?,
        };
        let first = inner.split('/').next()?;
        first.eq_ignore_ascii_case(name).then(|| first.to_owned())
    })
}

/// The documents of a profile that are a task as a whole.
fn of_profile<'a>(
    analysis: &'a Snapshot,
    profile: &'a Profile,
) -> impl Iterator<Item = &'a Document> {
    let docs = analysis.index.docs.iter().map(|it| &**it);
    let own = docs.filter(move |it| std::ptr::eq(&*it.profile, profile));
    own.filter(|it| it.facts.captures.id.is_some())
}

/// Whether a file lies in one of the folders, however deep.
fn is_in_one(profile: &Profile, rule: &Archive, document: &Document) -> bool {
    let folder = profile.relative(document.path.folder()).unwrap_or_default();
    let mut parts = folder.split('/');
    parts.any(|part| rule.files.iter().any(|name| name.eq_ignore_ascii_case(part)))
}
