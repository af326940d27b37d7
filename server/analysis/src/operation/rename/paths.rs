//! Files and folders that are called by the id or slug of a task, and go with it.

use std::collections::BTreeMap;

use crate::analysis::Analysis;
use crate::change::moving::{Kept, Movable};
use crate::model::Document;
use crate::operation::rename::NewName;
use crate::operation::rename::ids::spelled;
use crate::operation::rename::subject::RenameSubject;
use crate::operation::{Code, Refused};

/// How many bytes the name of a file may have nearly everywhere.
const LONGEST: usize = 255;

/// The folders that go, and files that go alone, from where to where.
pub(super) fn ways(
    state: &Analysis,
    subject: &RenameSubject<'_>,
    to: &NewName<'_>,
) -> Result<BTreeMap<String, String>, Refused> {
    let mut ways = BTreeMap::new();
    if to.id.is_none() && to.slug.is_none() {
        return Ok(ways);
    }
    for place in &subject.places {
        let document = &state.index.docs[place.doc];
        let path = document.path.as_str();
        let Some(new) = path_of(state, subject, document, to) else { continue };
        let (old_parts, new_parts): (Vec<&str>, Vec<&str>) =
            (path.split('/').collect(), new.split('/').collect());
        let differ = old_parts.iter().zip(&new_parts).enumerate().filter(|(_, (a, b))| a != b);
        let differ: Vec<usize> = differ.map(|(at, _)| at).collect();
        match differ.as_slice() {
            [] => {}
            [at] if *at + 1 == old_parts.len() && is_known_by_name(document) => {
                let message = format!(
                    "{path} is known by its name, and files beside it may have the same id"
                );
                let remedy = "rename those files and the id by hand";
                return Err(Refused::new(Code::NotAllowed, message, remedy));
            }
            [at] if new_parts[*at].len() > LONGEST => {
                let n_bytes = new_parts[*at].len();
                let message = format!("a name of {n_bytes} bytes is too long for a file");
                let remedy = "choose one so short that the whole name has at most 255 bytes";
                return Err(Refused::new(Code::Usage, message, remedy));
            }
            [at] => {
                ways.insert(old_parts[..=*at].join("/"), new_parts[..=*at].join("/"));
            }
            _ => {
                let message = format!("two parts of the path {path} would change");
                let remedy = "rename one of them by hand first";
                return Err(Refused::new(Code::NotAllowed, message, remedy));
            }
        }
    }
    Ok(ways)
}

/// Whether a file says something by being there.
fn is_known_by_name(document: &Document) -> bool {
    document.role().document.as_ref().is_some_and(|rule| rule.status.is_some())
}

/// The path of a document that is called as is wanted.
fn path_of(
    state: &Analysis,
    subject: &RenameSubject<'_>,
    document: &Document,
    to: &NewName<'_>,
) -> Option<String> {
    let path = document.path.as_str();
    let places = document.role().path_places(path)?;
    let mut new = path.to_owned();
    let is_own = |id: &str| subject.parsed(state, id).as_ref() == Some(&subject.id);
    let own = Some(places.id).filter(|range| is_own(&path[range.clone()]))?;
    let mut parts = Vec::new();
    if let Some(id) = to.id.and_then(|id| subject.parsed(state, id)) {
        let insert = spelled(&path[own.clone()], &id);
        parts.push((own, insert));
    }
    if let (Some(slug), Some(range)) = (to.slug, places.slug) {
        parts.push((range, slug.to_owned()));
    }
    // From the last to the first, so that none moves another.
    parts.sort_by_key(|(range, _)| std::cmp::Reverse(range.start));
    for (range, insert) in parts {
        new.replace_range(range, &insert);
    }
    Some(new)
}

/// The files that go, as whoever answers for the disk says.
pub(super) fn files(
    state: &Analysis,
    subject: &RenameSubject<'_>,
    to: &NewName<'_>,
    ways: &BTreeMap<String, String>,
    movable: &Movable<'_>,
) -> Result<Vec<String>, Refused> {
    let mut files = Vec::new();
    for (from, goal) in ways {
        let is_there = |path: &str| state.index.document(path).is_some();
        if is_there(goal) {
            let message = format!("{goal} exists already");
            return Err(Refused::new(Code::NotAllowed, message, "choose another name"));
        }
        files.extend(movable(from, goal).map_err(|kept| {
            let (why, remedy) = match kept {
                Kept::ByDisk(why) => {
                    (why, "move that file away first, or rename by hand".to_owned())
                }
                Kept::ByTexts => {
                    let why = "that is more than an edit of texts".to_owned();
                    (why, format!("run `{}`", command(state, subject, to)))
                }
            };
            let name = subject.called(state);
            let message = format!("with its name task {name} moves from {from} to {goal}: {why}");
            Refused::new(Code::NotAllowed, message, remedy)
        })?);
    }
    Ok(files)
}

/// The command that does it.
pub(super) fn command(state: &Analysis, subject: &RenameSubject<'_>, to: &NewName<'_>) -> String {
    let mut command = format!("lockstep rename {}", subject.called(state));
    for (option, value) in [("--id", to.id), ("--slug", to.slug), ("--title", to.title)] {
        if let Some(value) = value {
            let is_plain = value.chars().all(|c| c.is_ascii_alphanumeric() || "_-.".contains(c));
            let value = if is_plain { value.to_owned() } else { format!("{value:?}") };
            command.push_str(&format!(" {option} {value}"));
        }
    }
    command
}
