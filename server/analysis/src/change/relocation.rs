//! The files of a task put where its status says, in profiles whose folders say one.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use crate::change::moving::{self, Kept, Movable, MovedFiles, Ways, is_inside};
use crate::change::{Refusal, RefusalKind, read_back, refuse};
use crate::index::{DocIdx, Place, Task};
use crate::model::time::TimeStamp;
use crate::model::{FieldRole, FilePath};
use crate::profile::Profile;
use crate::profile::id::TaskId;
use crate::profile::relation::{PartOf, Relation};
use crate::profile::vocabulary::{Category, StatusIdx, Vocabulary};
use crate::snapshot::{Snapshot, Texts};

/// What becomes of the files of a task.
#[derive(Clone, Debug, Default)]
pub struct Relocation {
    /// New texts of files; `None` removes one.
    pub texts: Texts,
    /// Files that are moved, from where to where, also those that have no role.
    pub moves: BTreeMap<FilePath, FilePath>,
    /// The folders that are moved, and files that are moved alone, from where to where.
    pub ways: BTreeMap<String, String>,
}

/// The file of a task whose folder says another status than the task has, and that which it says.
pub(crate) fn misplaced(analysis: &Snapshot, place: Place) -> Option<(StatusIdx, &str)> {
    let index = &analysis.index;
    let folder = index.docs[place.doc].facts.captures.status.as_deref()?;
    let task = index.task_at(place).filter(|_| index.is_document(place))?;
    let vocabulary = index.vocabulary_of(task);
    let (said, is) = (vocabulary.lookup(folder)?, index.status(task)?);
    let is_other = contradicts(index.profile_of(task), vocabulary, said, is);
    is_other.then_some((said, folder))
}

/// Whether a file whose folder says one status cannot have another. Where the profile does not say which
/// belongs where, what is begun may lie among what is open.
pub(crate) fn contradicts(
    profile: &Profile,
    vocabulary: &Vocabulary,
    folder: StatusIdx,
    status: StatusIdx,
) -> bool {
    let [said, is] = [folder, status].map(|status| vocabulary.get(status).category);
    let may_be_begun = profile.folders.is_none() && said == Category::Open && !is.is_closed();
    said != is && !may_be_begun
}

/// Why a task does not get the status that it has in `after` and had not `before`: its folder says another
/// one, and the profile names no folder for it to go to.
pub fn left_behind(before: &Snapshot, after: &Snapshot, id: &TaskId) -> Option<Refusal> {
    let index = &after.index;
    let task = index.tasks.get(id)?;
    if index.profile_of(task).folders.is_some() {
        return None;
    }
    let was = before.index.tasks.get(id).and_then(|task| before.index.status(task));
    let was_misplaced = |path: &FilePath| {
        let (doc, _) = before.index.document(path.as_str())?;
        misplaced(before, Place { doc, entity: 0 }).filter(|_| was == index.status(task))
    };
    let (path, folder) = task.places.iter().find_map(|place| {
        let path = &index.docs[place.doc].path;
        let (_, folder) = misplaced(after, *place)?;
        was_misplaced(path).is_none().then_some((path, folder))
    })?;
    let command = command(after, task);
    let message = format!("{path} lies in a folder that says {folder}");
    let remedy = format!("move it first, or leave it there with `{command} --stay`");
    Some(refuse(RefusalKind::NotAllowed, message, &remedy))
}

/// Moves what is misplaced of a task, at the instant `at`, in UTC as RFC 3339; `None` where nothing is.
/// A folder goes as a whole where it is called as the task and no other task is in it; else the files
/// of the task go alone. `movable` answers for the disk.
pub fn relocate(
    analysis: &Snapshot,
    id: &TaskId,
    at: &str,
    movable: &Movable<'_>,
) -> Result<Option<Relocation>, Refusal> {
    let index = &analysis.index;
    let Some(task) = index.tasks.get(id) else { return Ok(None) };
    let mut ways: BTreeMap<String, String> = BTreeMap::new();
    for place in task.places.iter().filter(|place| misplaced(analysis, **place).is_some()) {
        if let Some(folder) = new_folder(analysis, task, *place, at)? {
            ways.extend(moved_parts(analysis, task, *place, &folder));
        }
    }
    if ways.is_empty() {
        return Ok(None);
    }
    let name = analysis.name_of(id);
    let mut files = Vec::new();
    for (from, to) in &ways {
        files.extend(movable(from, to).map_err(|kept| {
            let command = command(analysis, task);
            let (why, remedy) = match kept {
                Kept::ByDisk(why) => {
                    (why, format!("`{command} --stay` leaves the files where they are"))
                }
                Kept::ByTexts => {
                    let why = "that is more than an edit of texts".to_owned();
                    (why, format!("run `{command}`, which moves the files and mends links"))
                }
            };
            let message = format!("with its status task {name} moves from {from} to {to}: {why}");
            refuse(RefusalKind::NotAllowed, message, &remedy)
        })?);
    }
    let borrowed: Ways<'_> = ways.iter().map(|(from, to)| (&**from, &**to)).collect();
    let edits = moving::mend(analysis, &borrowed);
    let MovedFiles { texts, moves } =
        moving::moved_texts(analysis, edits, &borrowed, files.iter())?;
    let after = analysis.with_texts(&texts);
    match read_back::lost(analysis, &after, &|_| false) {
        Some((_, refusal)) => Err(refusal),
        None => Ok(Some(Relocation { texts, moves, ways })),
    }
}

/// The command that gives a task the status that it has.
fn command(analysis: &Snapshot, task: &Task) -> String {
    let name = analysis.name_of(&task.id);
    let status = analysis.index.status(task);
    let status = status.map(|it| analysis.index.vocabulary_of(task).get(it).id.as_str());
    let status = status.unwrap_or_default();
    format!("lockstep set {name} {status}")
}

/// The folder in which the file at `place` lies by the status of its task.
fn new_folder(
    analysis: &Snapshot,
    task: &Task,
    place: Place,
    at: &str,
) -> Result<Option<String>, Refusal> {
    let index = &analysis.index;
    let profile = index.profile_of(task);
    let Some((folders, status)) = profile.folders.as_ref().zip(index.status(task)) else {
        return Ok(None);
    };
    let document = &index.docs[place.doc];
    let Some(folder) = profile.relative(document.path.folder()) else { return Ok(None) };
    let Some(day) = day(analysis, task, status, at) else { return Ok(None) };
    match folders.place(folder, status, day) {
        None => Ok(None),
        Some(Ok(new)) if profile.root.is_empty() => Ok(Some(new)),
        Some(Ok(new)) => Ok(Some(format!("{}/{new}", profile.root))),
        Some(Err(part)) => {
            let path = document.path.folder();
            let name = analysis.name_of(&task.id);
            let message = format!(
                "with its status task {name} changes its folder, and {path} tells no {part}"
            );
            let command = command(analysis, task);
            let remedy = format!("move it by hand, or leave it there with `{command} --stay`");
            Err(refuse(RefusalKind::NotAllowed, message, &remedy))
        }
    }
}

/// The day since which a task has a status: that of its stamp, else that of the change.
fn day(analysis: &Snapshot, task: &Task, status: StatusIdx, at: &str) -> Option<Date> {
    let index = &analysis.index;
    let stamp = index.vocabulary_of(task).get(status).stamp.as_deref();
    let role = stamp.map(|stamp| FieldRole::Stamp(stamp.into()));
    let stamps = task.places.iter().filter_map(|place| {
        let document = &index.docs[place.doc];
        let mut fields = document.facts.fields_of(place.entity);
        let field = fields.find(|field| Some(&field.role) == role.as_ref())?;
        TimeStamp::parse(field.value.of(&document.text))
    });
    let now = TimeStamp::parse(at).into_iter();
    stamps.chain(now).next().map(TimeStamp::day)
}

/// What goes to `folder` of a task with a file at `place`: the folder of the file, or files in it.
fn moved_parts(
    analysis: &Snapshot,
    task: &Task,
    place: Place,
    folder: &str,
) -> Vec<(String, String)> {
    let index = &analysis.index;
    let document = &index.docs[place.doc];
    let from = document.path.folder();
    let inside: Vec<DocIdx> = (0..index.docs.len())
        .filter(|doc| is_inside(index.docs[*doc].path.as_str(), from))
        .collect();
    let (own, others): (Vec<DocIdx>, Vec<DocIdx>) =
        inside.into_iter().partition(|doc| is_of(analysis, *doc, task));
    let is_called = document.facts.captures.id.as_deref() == from.rsplit('/').next();
    if is_called && others.is_empty() {
        return vec![(from.to_owned(), folder.to_owned())];
    }
    // A part with a field for its whole lies where its own status says.
    let stays = |doc: &DocIdx| holds(analysis, *doc).iter().any(|id| names(analysis, id, task));
    let beside = own.into_iter().filter(|doc| !stays(doc)).map(|doc| &index.docs[doc].path);
    let beside = beside.filter(|path| path.folder() == from);
    beside
        .map(|path| (path.to_string(), format!("{folder}{}", &path.as_str()[from.len()..])))
        .collect()
}

/// Whether all tasks of a document are the task or part of it.
fn is_of(analysis: &Snapshot, doc: DocIdx, task: &Task) -> bool {
    let index = &analysis.index;
    let tasks = holds(analysis, doc);
    let is_own = |id: &&TaskId| {
        let child = index.tasks.get(id);
        **id == task.id
            || child.is_some_and(|child| index.parents(child).any(|(_, it)| it.id == task.id))
    };
    !tasks.is_empty() && tasks.iter().all(is_own)
}

/// The tasks that stand in a document.
fn holds(analysis: &Snapshot, doc: DocIdx) -> BTreeSet<&TaskId> {
    let index = &analysis.index;
    let places = (0..index.docs[doc].facts.entities.len()).map(|entity| Place { doc, entity });
    places.filter_map(|place| index.task_at(place)).map(|it| &it.id).collect()
}

/// Whether a task names `whole` in a field as what it is part of.
fn names(analysis: &Snapshot, id: &TaskId, whole: &Task) -> bool {
    let index = &analysis.index;
    let is_whole =
        |(by, it): (&Relation, &Task)| matches!(by.by, PartOf::Field { .. }) && it.id == whole.id;
    index.tasks.get(id).is_some_and(|part| index.parents(part).any(is_whole))
}
