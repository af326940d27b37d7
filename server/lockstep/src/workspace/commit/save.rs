//! A change that an editor has made and not saved, written to the files on disk: the change, and
//! nothing else of what the editor holds.

use lockstep_analysis::analysis::editing::{EditedFile, EditorChange};
use lockstep_analysis::text::carry::{self, Standing};
use lockstep_store::path::RelPath;
use lockstep_store::transaction::{Expect, Rebase, Target};

use crate::report::SCHEMA;
use crate::workspace::commit::run::{after, run, verify};
use crate::workspace::commit::{Action, CommitError, Recorded, Request, Terms, begin, open_store};
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

/// Makes a change in its files on disk, in all that lack it or in none.
pub fn save(
    workspace: &mut LocalWorkspace,
    change: &EditorChange,
    at: &str,
    terms: &Terms<'_>,
) -> Result<Saved, CommitError> {
    let folder = workspace.folder().to_owned();
    let store = open_store(&folder)?;
    let locked = begin(&store, &folder, terms.deadline)?;
    let mut targets = Vec::new();
    for (path, file) in &change.files {
        let path = RelPath::new(path.as_str()).map_err(|e| CommitError::Refused(e.to_string()))?;
        let bytes = locked.read(&path)?;
        if let Some(post) = made(&path, file, bytes.as_deref())? {
            let (pre, post) = (Expect::read_as(bytes.as_deref()), Some(post.into_bytes()));
            targets.push(Target { path, pre, post });
        }
    }
    if targets.is_empty() {
        return Ok(Saved { transaction: None, files: Vec::new() });
    }
    let request =
        Request { at: at.to_owned(), action: Action::Save { label: change.label.clone() } };
    let after = after(workspace.analysis(), &targets);
    let recorded = Recorded::new(&request, workspace.analysis(), &after);
    let committed = run(&locked, recorded.note(&terms.who)?, targets, &mut |path, bytes| {
        let file = change.files.iter().find(|(known, _)| known.as_str() == path.as_str());
        match file.map(|(_, file)| made(path, file, Some(bytes))) {
            Some(Ok(Some(text))) => Rebase::Bytes(text.into_bytes()),
            Some(Ok(None)) => Rebase::Unchanged,
            Some(Err(error)) => Rebase::Invalid(error.to_string()),
            None => Rebase::Invalid(format!("{path} is no part of the change")),
        }
    })?;
    verify(&folder, &committed, &recorded, &after)?;
    drop(locked);
    workspace.rescan();
    let files = committed.files.iter().map(|file| file.path.to_string()).collect();
    Ok(Saved { transaction: Some(committed.id.to_string()), files })
}

/// What the change makes of a file; `None` where it is made already.
fn made(
    path: &RelPath,
    file: &EditedFile,
    bytes: Option<&[u8]>,
) -> Result<Option<String>, CommitError> {
    let Some(bytes) = bytes else {
        return match file.before {
            None => Ok(Some(file.after.to_string())),
            Some(_) => Err(CommitError::Conflict(format!(
                "{path} is no longer on disk; save it in the editor, or undo the change there"
            ))),
        };
    };
    let Ok(text) = std::str::from_utf8(bytes) else {
        return Err(CommitError::Refused(format!("{path} is not UTF-8; save it in the editor")));
    };
    let before = file.before.as_deref().unwrap_or_default();
    let edits = match file.standing(Some(text)) {
        Standing::Made => return Ok(None),
        Standing::Missing => carry::make(before, &file.after, text),
        Standing::Otherwise => None,
    };
    let edits = edits.ok_or_else(|| {
        CommitError::Conflict(format!(
            "{path} says something else on disk by now where the change would be; read it again, \
             or undo the change in the editor"
        ))
    })?;
    Ok(Some(edits.apply(text)))
}
