//! A planned change as an edit that one client can take.

use std::collections::{BTreeSet, HashMap};

use lockstep_analysis::change::SourceChange;
use lockstep_analysis::change::moving::goes;
use lockstep_analysis::index::Place;
use lockstep_analysis::model::FilePath;
use lockstep_analysis::text::diff;
use lockstep_analysis::text::line_index::LineIndex;
use lockstep_analysis::text::text_edit::TextEdits;
use tower_lsp::ls_types::{
    AnnotatedTextEdit, ChangeAnnotation, CreateFile, CreateFileOptions, DocumentChangeOperation,
    DocumentChanges, OneOf, OptionalVersionedTextDocumentIdentifier, Position, Range, RenameFile,
    ResourceOp, TextDocumentEdit, TextEdit, Uri, WorkspaceEdit,
};

use crate::hub::snapshot::{Folder, SessionSnapshot};
use crate::hub::uri::DocumentUri;
use crate::lsp::client::{ClientFeatures, EditForm};
use crate::lsp::to_proto::{self, Lines};
use crate::lsp::uri;

/// An edit, and what it leaves out.
#[derive(Debug, Default)]
pub(crate) struct PlannedEdit {
    /// The edit.
    pub(crate) edit: WorkspaceEdit,
    /// The files it touches, relative to their roots.
    pub(crate) files: Vec<String>,
    /// The same as the client spells them.
    pub(crate) uris: Vec<Uri>,
    /// New files that the client cannot make.
    pub(crate) left_out: Vec<String>,
    /// Files without a role, of which nobody follows what becomes of them.
    pub(crate) unfollowed: Vec<String>,
}

impl PlannedEdit {
    /// What the user must know of what is left out.
    pub(crate) fn notes(&self) -> Vec<String> {
        let left_out = self.left_out.iter();
        let left_out =
            left_out.map(|path| format!("this editor cannot create files: {path} is missing"));
        left_out.chain(self.unfollowed()).collect()
    }

    /// The files that nobody saves for the user.
    fn unfollowed(&self) -> Option<String> {
        let (first, others) = self.unfollowed.split_first()?;
        Some(match others.len() {
            0 => format!("links in {first} follow; save that file too, it holds no tasks"),
            n => {
                format!("links in {first} and {n} more follow; save those too, they hold no tasks")
            }
        })
    }
}

/// How an edit is to be shown.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Showing<'a> {
    /// The document in which it was asked for.
    pub(crate) focus: Option<&'a Uri>,
    /// Whether the client shall ask its user about what it does to each task, if it can.
    pub(crate) confirm: bool,
}

impl Showing<'_> {
    /// Whether the client asks its user.
    pub(crate) fn asks(self, features: &ClientFeatures) -> bool {
        self.confirm && features.annotations && features.edits == EditForm::DocumentChanges
    }
}

/// The edit of changes that were planned on `snapshot`, each in its workspace. The file in focus
/// comes first: it is the one whose version Neovim checks. Files are renamed before any text changes:
/// where that fails, nothing is half made.
pub(crate) fn workspace_edit(
    snapshot: &SessionSnapshot,
    features: &ClientFeatures,
    changes: &[(&Folder, &SourceChange)],
    showing: Showing<'_>,
) -> PlannedEdit {
    let (focus, confirm) = (showing.focus, showing.asks(features));
    let (planned, files) = (PlannedEdit::default(), Vec::new());
    let mut drawn = Drawn { snapshot, features, confirm, planned, files };
    let mut renames = Vec::new();
    for (folder, change) in changes {
        let uri = |path: &str| uri::to_proto(&snapshot.uri(folder, path));
        renames.extend(renamed(change).into_iter().map(|(from, to)| (uri(from), uri(to))));
        drawn.take(folder, change);
    }
    let Drawn { mut planned, mut files, .. } = drawn;
    let focus = focus.and_then(|uri| snapshot.uris.key(&uri::from_proto(uri)));
    files.sort_by_key(|file| focus.is_none() || snapshot.uris.key(&file.uri) != focus);
    let renamed = renames.iter().map(|(_, to)| to.clone());
    planned.uris = files.iter().map(|file| uri::to_proto(&file.uri)).chain(renamed).collect();
    planned.edit = match features.edits {
        EditForm::DocumentChanges => document_changes(renames, files),
        EditForm::Changes => changes_map(files),
    };
    planned
}

struct File {
    uri: DocumentUri,
    version: Option<i32>,
    edits: Vec<ShownEdit>,
    new: bool,
}

/// An edit, and what it is about, where the user is to be asked.
struct ShownEdit {
    edit: TextEdit,
    about: Option<String>,
}

/// An edit that is being put together.
struct Drawn<'a> {
    snapshot: &'a SessionSnapshot,
    features: &'a ClientFeatures,
    confirm: bool,
    planned: PlannedEdit,
    files: Vec<File>,
}

impl Drawn<'_> {
    fn take(&mut self, folder: &Folder, change: &SourceChange) {
        let moved = change.moves.iter().flat_map(|(from, to)| [from, to]);
        self.planned.files.extend(moved.map(ToString::to_string));
        for (path, edits) in &change.edits {
            let version = self.snapshot.version(folder, path.as_str());
            if let Some(edits) = self.text_edits(folder, path, change, edits) {
                let uri = self.snapshot.uri(folder, path.as_str());
                self.files.push(File { uri, version, edits, new: false });
                self.planned.files.push(path.to_string());
            }
        }
        for (path, text) in &change.creates {
            let (from, uri) = (change.came_from(path), self.snapshot.uri(folder, path.as_str()));
            if let Some(before) = change.before.get(from).filter(|_| from != path) {
                let edits = diff::edits(before, text);
                if let Some(edits) = self.text_edits(folder, from, change, &edits) {
                    self.files.push(File { uri, version: None, edits, new: false });
                }
            } else if !self.features.creates_files || self.features.edits == EditForm::Changes {
                self.planned.left_out.push(path.to_string());
            } else {
                let start = Range::new(Position::new(0, 0), Position::new(0, 0));
                let about = self.confirm.then(|| "New files".to_owned());
                let edits = vec![ShownEdit { edit: TextEdit::new(start, text.clone()), about }];
                self.files.push(File { uri, version: None, edits, new: true });
                self.planned.files.push(path.to_string());
            }
        }
    }

    /// The edits of a file in the client's columns; `None` where there are none.
    fn text_edits(
        &mut self,
        folder: &Folder,
        path: &FilePath,
        change: &SourceChange,
        edits: &TextEdits,
    ) -> Option<Vec<ShownEdit>> {
        let (snapshot, encoding) = (self.snapshot, self.features.encoding);
        let before = change.before.get(path)?;
        let unread;
        let lines = match Lines::new(snapshot, folder, path.as_str(), encoding) {
            Some(lines) => lines,
            None => {
                self.planned.unfollowed.push(path.to_string());
                unread = (before.clone(), LineIndex::new(before));
                Lines::of(snapshot, folder, path.as_str(), (&unread.0, &unread.1), encoding)
            }
        };
        let edits = edits.minimal(lines.text);
        let edit = |edit: &lockstep_analysis::text::text_edit::TextEdit| ShownEdit {
            edit: TextEdit::new(to_proto::range(&lines, edit.range), edit.insert.clone()),
            about: self.confirm.then(|| about(folder, path, edit.range.start)),
        };
        (!edits.is_empty()).then(|| edits.iter().map(edit).collect())
    }
}

/// What stands at a place of a file, as a person reads it who decides about it.
fn about(folder: &Folder, path: &FilePath, offset: u32) -> String {
    let index = &folder.analysis.index;
    let task = index.document(path.as_str()).and_then(|(doc, document)| {
        index.task_at(Place { doc, entity: document.entity_at(offset as usize)? })
    });
    match task {
        Some(task) => match (index.called(task), index.title(task)) {
            (called, "") => format!("Task {called}"),
            (called, title) => format!("Task {called}: {title}"),
        },
        None => "Other".to_owned(),
    }
}

/// The folders and files that go elsewhere with a change; each file by itself where one way begins
/// where another ends.
fn renamed(change: &SourceChange) -> Vec<(&str, &str)> {
    let ways = change.folders.iter().map(|(from, to)| (from.as_str(), to.as_str()));
    let ways: Vec<(&str, &str)> = ways.collect();
    let ends = |path: &str| ways.iter().any(|(_, to)| goes(path, to) || goes(to, path));
    match ways.iter().any(|(from, _)| ends(from)) {
        true => change.moves.iter().map(|(from, to)| (from.as_str(), to.as_str())).collect(),
        false => ways,
    }
}

fn document_changes(renames: Vec<(Uri, Uri)>, files: Vec<File>) -> WorkspaceEdit {
    let rename =
        |(old_uri, new_uri)| RenameFile { old_uri, new_uri, options: None, annotation_id: None };
    let renames = renames.into_iter().map(rename);
    let mut operations: Vec<DocumentChangeOperation> =
        renames.map(|it| DocumentChangeOperation::Op(ResourceOp::Rename(it))).collect();
    let labels: BTreeSet<String> =
        files.iter().flat_map(|file| &file.edits).filter_map(|it| it.about.clone()).collect();
    let annotation =
        |label| ChangeAnnotation { label, needs_confirmation: Some(true), description: None };
    let annotations = labels.into_iter().map(|label| (label.clone(), annotation(label)));
    let annotations: HashMap<String, ChangeAnnotation> = annotations.collect();
    let shown = |ShownEdit { edit, about }| match about {
        None => OneOf::Left(edit),
        Some(annotation_id) => OneOf::Right(AnnotatedTextEdit { text_edit: edit, annotation_id }),
    };
    for File { uri, version, edits, new } in files {
        let uri = uri::to_proto(&uri);
        if new {
            // Without this Neovim empties a file that is there by now.
            let options = CreateFileOptions { overwrite: None, ignore_if_exists: Some(true) };
            let create =
                CreateFile { uri: uri.clone(), options: Some(options), annotation_id: None };
            operations.push(DocumentChangeOperation::Op(ResourceOp::Create(create)));
        }
        operations.push(DocumentChangeOperation::Edit(TextDocumentEdit {
            text_document: OptionalVersionedTextDocumentIdentifier { uri, version },
            edits: edits.into_iter().map(shown).collect(),
        }));
    }
    let document_changes = Some(DocumentChanges::Operations(operations));
    let change_annotations = Some(annotations).filter(|all| !all.is_empty());
    WorkspaceEdit { document_changes, change_annotations, ..WorkspaceEdit::default() }
}

fn changes_map(files: Vec<File>) -> WorkspaceEdit {
    let edits = |file: File| file.edits.into_iter().map(|it| it.edit).collect();
    let changes: HashMap<Uri, Vec<TextEdit>> =
        files.into_iter().map(|file| (uri::to_proto(&file.uri), edits(file))).collect();
    WorkspaceEdit { changes: Some(changes), ..WorkspaceEdit::default() }
}
