//! A change that an editor has made and not saved, written to the files on disk: the change, and
//! nothing else of what the editor holds.

use std::collections::BTreeSet;

use lockstep_analysis::model::FilePath;
use lockstep_analysis::operation::Code;
use lockstep_analysis::snapshot::editing::{EditedFile, EditorChange};
use lockstep_analysis::text::merge::{self, Standing};
use lockstep_store::path::RelPath;
use lockstep_store::transaction::{Expect, LockedRoot, Rebase, Target};

use crate::report::SCHEMA;
use crate::workspace::commit::run::{Checkout, CommitIntent, RunEnd, Work, after, run};
use crate::workspace::commit::settled::Concern;
use crate::workspace::commit::{CommitAction, CommitError, CommitRequest, Recorded, Terms};
use crate::workspace::local::LocalWorkspace;

/// What was saved.
#[derive(Clone, Debug)]
pub struct Saved {
    /// The transaction that did it; none where everything was on disk already.
    pub transaction: Option<String>,
    /// The files that were written.
    pub files: Vec<String>,
}

impl Saved {
    /// As other programs read it.
    pub fn report(&self) -> serde_json::Value {
        let (transaction, files) = (&self.transaction, &self.files);
        serde_json::json!({"schema": SCHEMA, "transaction": transaction, "files": files})
    }
}

/// Makes a change in its files on disk, with those that it stands on: in all files that lack one of
/// them, or in none.
pub fn save(
    workspace: &mut LocalWorkspace,
    change: &EditorChange,
    at: &str,
    terms: &Terms<'_>,
) -> Result<Saved, CommitError> {
    let action = CommitAction::Save { label: change.label.clone() };
    let all = change.below.iter().map(|below| &**below).chain([change]).collect();
    let mut saving = Saving { request: CommitRequest { at: at.to_owned(), action }, all };
    match run(&mut Checkout::all(workspace, &mut []), &mut saving, terms)? {
        RunEnd::Nothing(looks) => {
            looks.iter().try_for_each(|look| look.settled(workspace, None))?;
            Ok(Saved { transaction: None, files: Vec::new() })
        }
        RunEnd::Committed(committed) => {
            let files = committed.iter().flat_map(|committed| &committed.files);
            let files = files.map(|file| file.path.to_string()).collect();
            let transaction = committed.first().map(|committed| committed.id.to_string());
            Ok(Saved { transaction, files })
        }
    }
}

/// Changes of an editor that are to be on disk.
struct Saving<'c> {
    request: CommitRequest,
    /// One after the other.
    all: Vec<&'c EditorChange>,
}

impl Saving<'_> {
    fn steps(&self, path: &str) -> Vec<&EditedFile> {
        let of_path = |(known, _): &(&FilePath, &EditedFile)| known.as_str() == path;
        let files = self.all.iter().flat_map(|change| change.files.iter().filter(of_path));
        files.map(|(_, file)| file).collect()
    }
}

impl CommitIntent for Saving<'_> {
    fn concern(&self, _: usize) -> Concern<'_> {
        Concern::default()
    }

    fn plan(
        &mut self,
        all: &[Checkout<'_>],
        locked: &[LockedRoot<'_>],
    ) -> Result<Option<Vec<Work>>, CommitError> {
        let paths: BTreeSet<&FilePath> =
            self.all.iter().flat_map(|change| change.files.keys()).collect();
        let mut work = Vec::new();
        for (one, locked) in all.iter().zip(locked) {
            let mut targets = Vec::new();
            for path in &paths {
                let path =
                    RelPath::new(path.as_str()).map_err(|e| CommitError::Refused(e.to_string()))?;
                let bytes = locked.read(&path)?;
                if let Some(post) = made(&path, &self.steps(path.as_str()), bytes.as_deref())? {
                    let (pre, post) =
                        (Expect::read_as(bytes.as_deref()), Some(post.into_bytes().into()));
                    targets.push(Target { path, pre, post, moved_from: None });
                }
            }
            let after = after(one.analysis(), &targets);
            let recorded = Recorded::new(&self.request, one.analysis(), &after);
            work.push(Work { targets, recorded, after });
        }
        Ok(work.iter().any(|work| !work.targets.is_empty()).then_some(work))
    }

    fn rebase(&self, _: usize, _: &Checkout<'_>, path: &RelPath, bytes: &[u8]) -> Rebase {
        match made(path, &self.steps(path.as_str()), Some(bytes)) {
            Ok(Some(text)) => Rebase::Bytes(text.into_bytes()),
            Ok(None) => Rebase::Unchanged,
            Err(error) => Rebase::Invalid(error.to_string()),
        }
    }
}

/// What the changes make of a file, one after the other; `None` where the last is made already.
fn made(
    path: &RelPath,
    steps: &[&EditedFile],
    bytes: Option<&[u8]>,
) -> Result<Option<String>, CommitError> {
    let bytes = match (bytes, steps.first()) {
        (Some(bytes), _) => bytes,
        (None, Some(EditedFile { before: None, .. })) => &[],
        (None, _) => {
            return Err(CommitError::Conflict(format!(
                "{path} is no longer on disk; save it in the editor, or undo the change there"
            )));
        }
    };
    let Ok(text) = std::str::from_utf8(bytes) else {
        return Err(CommitError::told(
            Code::Unreadable,
            format!("{path} is not UTF-8"),
            "save it in the editor",
        ));
    };
    let mut text = text.to_owned();
    let last = steps.iter().rposition(|step| step.standing(Some(&text)) == Standing::Made);
    let rest = &steps[last.map_or(0, |last| last + 1)..];
    for step in rest {
        let before = step.before.as_deref().unwrap_or_default();
        let edits = merge::three_way(before, &step.after, &text).ok_or_else(|| {
            CommitError::Conflict(format!(
                "{path} on disk is different where the change would be; reload it, or undo the change in the editor"
            ))
        })?;
        text = edits.apply(&text);
    }
    Ok((!rest.is_empty()).then_some(text))
}
