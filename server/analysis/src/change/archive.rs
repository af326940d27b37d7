//! Finished tasks are put away where the profile keeps them: records to other lists, entries out of
//! their file or to another, folders to another folder, and links to what has moved are mended.

mod entries;
mod files;
mod records;
mod select;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

pub use select::finished;

use crate::change::moving::{self, MovedFiles, Ways};
use crate::change::refuse;
use crate::change::{Refusal, RefusalKind, read_back};
use crate::index::{DocIdx, Place, counters};
use crate::model::FilePath;
use crate::profile::id::TaskId;
use crate::profile::{Archive, Format};
use crate::snapshot::{Snapshot, Texts};
use crate::text::TextRange;
use crate::text::text_edit::{TextEdit, TextEdits};

/// The files of each folder that may be moved, or what keeps it in its place, as a clause. A folder
/// that is not there stays.
pub type Folders = BTreeMap<String, Result<Vec<String>, String>>;

/// What is to be put away.
#[derive(Clone, Copy, Debug)]
pub struct ArchiveWish<'a> {
    /// The tasks.
    pub tasks: &'a [TaskId],
    /// Only those that were finished before this day.
    pub before: Option<&'a str>,
    /// What may be moved as a folder, and what may not.
    pub folders: &'a Folders,
}

/// What comes of it.
#[derive(Clone, Debug, Default)]
pub struct Archived {
    /// New texts of files; `None` removes one.
    pub texts: Texts,
    /// Files that are moved, from where to where, also those that have no role.
    pub moves: BTreeMap<FilePath, FilePath>,
    /// The folders of these files, from where to where.
    pub folders: BTreeMap<String, String>,
    /// What becomes of each task, in the order in which they were asked for.
    pub fates: Vec<(TaskId, Fate)>,
}

/// What becomes of one task.
#[derive(Clone, Debug)]
pub enum Fate {
    /// It is put away.
    Moved {
        /// The files that change by it.
        files: BTreeSet<FilePath>,
        /// What the user should know.
        notes: Vec<String>,
    },
    /// There is nothing to put away, for this reason.
    Unchanged(String),
    /// It has to stay.
    Refused(Refusal),
}

/// What of one task is put away.
#[derive(Clone, Debug, Default)]
struct ArchiveParts {
    records: Vec<Place>,
    entries: Vec<Place>,
    /// Folders, from where to where.
    folders: Vec<(String, String)>,
    /// The files in them.
    files: Vec<String>,
    /// Whether something of it is kept beside its entries and its folder.
    is_recorded: bool,
    notes: Vec<String>,
}

/// Plans what is to be put away of tasks of one profile. An error means that nothing can be.
pub fn plan(analysis: &Snapshot, wish: &ArchiveWish<'_>) -> Result<Archived, Refusal> {
    let of = |id: &TaskId| analysis.index.tasks.get(id).map(|it| analysis.index.profile_of(it));
    let profile = wish.tasks.iter().find_map(of).unwrap_or(&analysis.profile);
    let Some(rule) = &profile.archive else {
        return Err(refuse(
            RefusalKind::NotAllowed,
            format!("the profile `{}` does not say where finished tasks are put away", profile.id),
            match stand_in_lists(analysis, wish.tasks) {
                true => {
                    "name a file in lockstep.toml: `[archive]` with `entries = \"archive/TODO.md\"`"
                }
                false => {
                    "name a place in lockstep.toml, under `[archive]`; `lockstep help archive` shows how"
                }
            },
        ));
    };
    if files::has_none(analysis, profile, rule) {
        let names = rule.files.join(", ");
        let message = format!("no folder for finished tasks is there: {names}");
        let remedy =
            format!("name one in lockstep.toml: `[archive]` with `files = \"{}\"`", rule.files[0]);
        return Err(refuse(RefusalKind::NotAllowed, message, &remedy));
    }
    if let Some(command) = &rule.command {
        let name = wish.tasks.first().map_or("NAME".to_owned(), |id| analysis.name_of(id));
        let command = command.replace("{id}", &name);
        let message =
            format!("the tool of `{}` archives what is finished, by rules of its own", profile.id);
        return Err(refuse(RefusalKind::NotAllowed, message, &format!("run `{command}`")));
    }
    let mut parts: BTreeMap<TaskId, ArchiveParts> = BTreeMap::new();
    let mut fates: BTreeMap<TaskId, Fate> = BTreeMap::new();
    for id in wish.tasks {
        match select::parts(analysis, rule, wish, id) {
            Ok(own) => drop(parts.insert(id.clone(), own)),
            Err(fate) => drop(fates.insert(id.clone(), fate)),
        }
    }
    // Whatever cannot be put away with the others is left out, and the rest is planned again.
    let MovedFiles { texts, moves } = loop {
        let built = ArchiveDraft::new(analysis, rule, &parts).build();
        match built.and_then(|built| proven(analysis, &parts, &built.texts).map(|()| built)) {
            Ok(built) => break built,
            Err((id, refusal)) => {
                parts.remove(&id);
                fates.insert(id, Fate::Refused(refusal));
            }
        }
    };
    let folders = parts.values().flat_map(|own| own.folders.clone()).collect();
    for (id, own) in parts {
        let files = files_of(analysis, rule, &own, &texts, &moves);
        fates.insert(id, Fate::Moved { files, notes: own.notes });
    }
    let in_order = wish.tasks.iter().filter_map(|id| fates.remove_entry(id));
    Ok(Archived { fates: in_order.collect(), texts, moves, folders })
}

/// Whether tasks are entries of files in Markdown, and nothing else.
fn stand_in_lists(analysis: &Snapshot, tasks: &[TaskId]) -> bool {
    let index = &analysis.index;
    let mut places = tasks.iter().filter_map(|id| index.tasks.get(id)).flat_map(|it| &it.places);
    places.all(|place| {
        let format = index.docs[place.doc].role().format;
        format == Format::Markdown && !index.is_document(*place)
    })
}

/// Reads the new texts again: each task is there still, and says what it said.
fn proven(
    analysis: &Snapshot,
    parts: &BTreeMap<TaskId, ArchiveParts>,
    texts: &Texts,
) -> Result<(), (TaskId, Refusal)> {
    let Some(first) = parts.keys().next() else { return Ok(()) };
    let after = analysis.with_texts(texts);
    let says =
        |of: &Snapshot, id: &TaskId| of.index.tasks.get(id).and_then(|task| of.index.status(task));
    if let Some(id) = parts.keys().find(|id| says(analysis, id) != says(&after, id)) {
        let message =
            format!("the status of task {} would stand nowhere any more", analysis.name_of(id));
        let remedy = "state it in a file that moves along, such as the record of the task";
        return Err((id.clone(), refuse(RefusalKind::NotAllowed, message, remedy)));
    }
    match read_back::lost(analysis, &after, &|id| parts.contains_key(id)) {
        None => Ok(()),
        Some((id, refusal)) => {
            let blamed = if parts.contains_key(&id) { id } else { first.clone() };
            Err((blamed, refusal))
        }
    }
}

/// The folders of a task, from where to where they go.
pub fn folders(analysis: &Snapshot, id: &TaskId) -> Vec<(String, String)> {
    let Some(task) = analysis.index.tasks.get(id) else { return Vec::new() };
    let rule = analysis.index.profile_of(task).archive.as_ref();
    rule.map(|rule| select::folders(analysis, rule, task)).unwrap_or_default()
}

/// The files that change by one task.
fn files_of(
    analysis: &Snapshot,
    rule: &Archive,
    parts: &ArchiveParts,
    texts: &Texts,
    moves: &BTreeMap<FilePath, FilePath>,
) -> BTreeSet<FilePath> {
    let mut files = BTreeSet::new();
    for place in parts.records.iter().chain(&parts.entries) {
        let path = &analysis.index.docs[place.doc].path;
        files.insert(path.clone());
        let beside = rule.records.iter().filter_map(|list| list.file.as_ref()).chain(&rule.entries);
        files.extend(beside.map(|name| below(path.folder(), name)));
    }
    files.retain(|path| texts.contains_key(path));
    for (from, to) in moves {
        if parts.folders.iter().any(|(way, _)| moving::goes(from.as_str(), way)) {
            files.extend([from.clone(), to.clone()]);
        }
    }
    files
}

/// The texts of all tasks that are put away together.
struct ArchiveDraft<'a> {
    analysis: &'a Snapshot,
    rule: &'a Archive,
    parts: &'a BTreeMap<TaskId, ArchiveParts>,
    edits: BTreeMap<DocIdx, Vec<TextEdit>>,
    /// What leaves each document.
    gone: BTreeMap<DocIdx, Vec<TextRange>>,
    /// New files.
    made: BTreeMap<FilePath, String>,
}

/// A task that cannot be put away, and why.
type ArchiveObstacle = (TaskId, Refusal);

impl<'a> ArchiveDraft<'a> {
    fn new(
        analysis: &'a Snapshot,
        rule: &'a Archive,
        parts: &'a BTreeMap<TaskId, ArchiveParts>,
    ) -> ArchiveDraft<'a> {
        let (edits, gone, made) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        ArchiveDraft { analysis, rule, parts, edits, gone, made }
    }

    fn build(mut self) -> Result<MovedFiles, ArchiveObstacle> {
        if self.parts.is_empty() {
            return Ok(MovedFiles::default());
        }
        self.readable()?;
        let folders: Ways<'_> =
            self.parts.values().flat_map(|own| &own.folders).map(|(a, b)| (&**a, &**b)).collect();
        self.edits = moving::mend(self.analysis, &folders);
        self.move_entries()?;
        self.move_records()?;
        self.texts(&folders)
    }

    /// Refuses tasks that stand in files which cannot be read in full.
    fn readable(&self) -> Result<(), ArchiveObstacle> {
        for (id, own) in self.parts {
            let docs = own.records.iter().chain(&own.entries).map(|place| place.doc).collect();
            crate::change::validate::readable(self.analysis, docs)
                .map_err(|refusal| (id.clone(), refusal))?;
        }
        Ok(())
    }

    /// What stands at `range`, with its links mended.
    fn taken(&self, doc: DocIdx, range: TextRange) -> String {
        let text = range.of(&self.analysis.index.docs[doc].text);
        let edits = self.edits.get(&doc).into_iter().flatten();
        let inner = edits.filter(|edit| range.contains_range(edit.range)).map(|edit| {
            let start = (edit.range.start - range.start) as usize;
            let range = TextRange::new(start, start + edit.range.len());
            TextEdit { range, insert: edit.insert.clone() }
        });
        TextEdits::new(inner.collect()).unwrap_or_default().apply(text)
    }

    fn texts(mut self, folders: &Ways<'_>) -> Result<MovedFiles, ArchiveObstacle> {
        for (doc, gone) in &self.gone {
            let is_gone =
                |edit: &TextEdit| gone.iter().any(|range| range.contains_range(edit.range));
            if let Some(edits) = self.edits.get_mut(doc) {
                edits.retain(|edit| !is_gone(edit));
                edits.extend(gone.iter().map(|range| TextEdit::delete(*range)));
            }
        }
        let files = self.parts.values().flat_map(|own| &own.files);
        let mut made = moving::moved_texts(self.analysis, self.edits, folders, files)
            .map_err(|refusal| (self.parts.keys().next().cloned(), refusal))
            .map_err(|(first, refusal)| (first.unwrap_or_else(|| TaskId::new("")), refusal))?;
        made.texts.extend(self.made.into_iter().map(|(path, text)| (path, Some(text.into()))));
        follow(self.analysis, &mut made.texts);
        Ok(made)
    }
}

/// Counters that were right stay right.
fn follow(analysis: &Snapshot, texts: &mut Texts) {
    let none = BTreeMap::new();
    let after = analysis.with_texts(texts);
    for (path, text) in texts.iter_mut() {
        let Some((old, before)) = analysis.index.document(path.as_str()) else { continue };
        let Some((new, now)) = after.index.document(path.as_str()) else { continue };
        let edits = now.facts.counters.iter().filter_map(|fact| {
            let counter = &now.profile.counters[fact.counter];
            let value = fact.value?;
            let was = counters::expected(&analysis.index, old, counter, &none);
            let is = counters::expected(&after.index, new, counter, &none)?;
            let edit = || TextEdit { range: fact.range, insert: is.to_string() };
            (before.facts.counters.len() == now.facts.counters.len()
                && was == Some(value)
                && is != value)
                .then(edit)
        });
        if let Ok(edits) = TextEdits::new(edits.collect())
            && !edits.is_empty()
        {
            *text = Some(edits.apply_shared(&now.text));
        }
    }
}

/// A name from a folder on.
fn below(folder: &str, name: &str) -> FilePath {
    match folder.is_empty() {
        true => FilePath::new(name),
        false => FilePath::new(&format!("{folder}/{name}")),
    }
}
