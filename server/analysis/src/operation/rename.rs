//! Another title, id or slug for a task, in every place that holds it. What is not certain to be known in
//! full is refused: the texts and paths are made, read again, and compared with what there was.

mod anchors;
mod at;
pub(super) mod ids;
mod paths;
mod proof;
mod repeated;
mod subject;
pub(super) mod titles;

use std::collections::BTreeMap;

pub use at::{Renamable, RenamedPart, renamable};

use super::counted::counted;
use super::relocate::touched;
use super::{Code, Draft, Leave, Outcome, Refused, Verdict, Whose};
use crate::analysis::Analysis;
use crate::change::moving::{self, Movable};
use crate::change::relocation::Relocation;
use crate::index::DocIdx;
use crate::operation::rename::proof::Proof;
use crate::operation::rename::subject::RenameSubject;
use crate::text::text_edit::{TextEdit, TextEdits};

/// What a task shall be called. What is `None` stays.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NewName<'a> {
    /// What it is called by people.
    pub title: Option<&'a str>,
    /// Its id.
    pub id: Option<&'a str>,
    /// The words behind the id in the name of its folder.
    pub slug: Option<&'a str>,
}

/// Edits by document.
type Edits = BTreeMap<DocIdx, Vec<TextEdit>>;

impl Draft<'_> {
    /// Parts whose ids begin with that of the task follow it, or it stays.
    pub(super) fn rename(&mut self, whose: Whose<'_>, to: NewName<'_>) -> Result<(), Refused> {
        let parts = to.id.map(|id| parts_by_id(&self.state, whose, id)).transpose()?;
        let subject = RenameSubject::new(&self.state, whose, to.id.is_some())?;
        if let Some(why) = (self.held)(&subject.task.id, Leave::Asker) {
            return Err(why);
        }
        self.rename_alone(whose, to)?;
        for (part, id) in parts.into_iter().flatten() {
            let to = NewName { id: Some(&id), ..NewName::default() };
            let whose = Whose::Task(&part);
            let subject = RenameSubject::new(&self.state, whose, true)?;
            let held = (self.held)(&subject.task.id, Leave::Whole);
            let renamed = held.map_or(Ok(()), Err).and_then(|()| self.rename_alone(whose, to));
            renamed.map_err(|why| {
                let message = format!("its part {part} cannot become {id}: {}", why.message);
                Refused::new(why.code, message, why.remedy)
            })?;
            let Some(followed) = self.results.pop() else { continue };
            let Some(all) = self.results.last_mut() else { continue };
            all.files.extend(followed.files);
            all.files.sort();
            all.files.dedup();
            let notes = [all.reason.take(), Some(format!("{part} is now {id}")), followed.reason];
            all.reason = Some(notes.into_iter().flatten().collect::<Vec<_>>().join("; "));
        }
        Ok(())
    }

    fn rename_alone(&mut self, whose: Whose<'_>, to: NewName<'_>) -> Result<(), Refused> {
        let subject = RenameSubject::new(&self.state, whose, to.id.is_some())?;
        let (from, wanted) = (subject.name(&self.state, &to), told(&to));
        let (renamed, notes) = renamed(&self.state, &subject, to, self.movable)?;
        let files = touched(std::slice::from_ref(&renamed));
        let is_same = renamed.texts.is_empty() && renamed.moves.is_empty();
        self.results.push(Outcome {
            task: subject.called(&self.state),
            from: Some(from),
            to: wanted,
            verdict: if is_same { Verdict::Unchanged } else { Verdict::Applied },
            code: None,
            reason: Some(notes.join("; ")).filter(|notes| !notes.is_empty()),
            remedy: None,
            files: files.iter().map(ToString::to_string).collect(),
            rev: None,
            changes: Vec::new(),
        });
        self.take_moved(renamed);
        Ok(())
    }
}

/// The parts of a task whose ids begin with its own, as `7.1` does, each with the id that it has by `id`;
/// what is part of a part comes behind it.
fn parts_by_id(
    state: &Analysis,
    whose: Whose<'_>,
    id: &str,
) -> Result<Vec<(String, String)>, Refused> {
    let subject = RenameSubject::new(state, whose, true)?;
    let mut parts = Vec::new();
    let mut around = vec![subject.task];
    while let Some(task) = around.pop().filter(|_| !subject.is_twin) {
        for part in state.index.children(task) {
            let place = part.places.iter().chain(&part.plans).next();
            let own = place.and_then(|place| state.index.entity(*place).id.as_ref());
            let rest = own.and_then(|own| own.as_str().strip_prefix(subject.id.as_str()));
            if let Some(rest) = rest.filter(|rest| rest.starts_with('.')) {
                parts.push((state.name_of(&part.id), format!("{}{rest}", id.trim())));
                around.push(part);
            }
        }
    }
    Ok(parts)
}

/// What is wanted, in words.
fn told(to: &NewName<'_>) -> String {
    [to.id, to.slug, to.title].into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// What becomes of the files, and what the user should know.
fn renamed(
    state: &Analysis,
    subject: &RenameSubject<'_>,
    to: NewName<'_>,
    movable: &Movable<'_>,
) -> Result<(Relocation, Vec<String>), Refused> {
    subject.readable(state)?;
    let to = subject.checked(state, to)?;
    let mut edits = Edits::new();
    let mut titles = BTreeMap::new();
    if let Some(id) = to.id {
        ids::edits(state, subject, id, &mut edits)?;
    }
    if let Some(title) = to.title {
        titles = titles::edits(state, subject, title, &mut edits)?;
        repeated::edits(state, subject, title, &mut edits, &mut titles);
    }
    if let Some(slug) = to.slug {
        titles.extend(titles::slugs(state, subject, slug, &mut edits)?);
    }
    anchors::edits(state, &mut edits);
    let ways = paths::ways(state, subject, &to)?;
    let (mut renamed, notes) = moved(state, subject, &to, edits, ways, movable)?;
    let after = state.with_texts(&renamed.texts);
    let proof =
        Proof { before: state, after: &after, subject, to: &to, titles, moves: &renamed.moves };
    proof.holds()?;
    let texts = counted(state, &after, &renamed.moves);
    renamed.texts.extend(texts);
    Ok((renamed, notes))
}

/// The texts and paths that are made, with links that follow.
fn moved(
    state: &Analysis,
    subject: &RenameSubject<'_>,
    to: &NewName<'_>,
    mut edits: Edits,
    ways: BTreeMap<String, String>,
    movable: &Movable<'_>,
) -> Result<(Relocation, Vec<String>), Refused> {
    let files = paths::files(state, subject, to, &ways, movable)?;
    let borrowed: moving::Ways<'_> = ways.iter().map(|(from, to)| (&**from, &**to)).collect();
    if !borrowed.is_empty() {
        for (doc, mended) in moving::mend(state, &borrowed) {
            let all = edits.entry(doc).or_default();
            // A name in the target of a link is mended with the link. That it is what it should be is
            // proven.
            all.retain(|edit| !mended.iter().any(|link| link.range.contains_range(edit.range)));
            all.extend(mended);
        }
    }
    for (doc, edits) in &edits {
        if TextEdits::new(edits.clone()).is_err() {
            let path = &state.index.docs[*doc].path;
            let message = format!("in {path} a link and the name in it would both change");
            return Err(Refused::new(Code::NotAllowed, message, "change that file by hand first"));
        }
    }
    let mut notes: Vec<String> =
        ways.iter().map(|(from, to)| format!("{from} is now {to}")).collect();
    if to.id.is_some() {
        notes.extend(subject.left(state, &edits, &ways));
    }
    let made = moving::moved_texts(state, edits, &borrowed, files.iter())?;
    Ok((Relocation { texts: made.texts, moves: made.moves, ways }, notes))
}

/// That a place does not take a name.
fn unwritable(state: &Analysis, doc: DocIdx, at: usize, what: &str, remedy: &str) -> Refused {
    let document = &state.index.docs[doc];
    let at = document.lines.line_col(at);
    let message = format!("{}:{}:{} {what}", document.path, at.line + 1, at.col + 1);
    Refused::new(Code::NotAllowed, message, remedy)
}
