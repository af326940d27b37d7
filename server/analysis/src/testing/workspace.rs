//! Fixtures into the façade, and source changes back into fixtures.

use std::collections::BTreeMap;
use std::sync::Arc;

use lockstep_fixture::{Fixture, FixtureFile, Rendered, render};

use crate::analysis::{Analysis, AnalysisHost, Change};
use crate::change::SourceChange;
use crate::model::FilePath;
use crate::profile::config;
use crate::profile::instances::Instances;
use crate::rules;
use crate::snapshot::Existence;
use crate::snapshot::base::Base;
use crate::snapshot::editing::{EditedFile, Editing, EditorChange, OnDisk, OtherEditor};
use crate::snapshot::worktrees::Worktree;
use crate::text::shared_text::SharedText;

const CONFIG: &str = "lockstep.toml";

/// The workspace that a fixture describes, under the profile that its `lockstep.toml` names or its
/// files show.
#[track_caller]
pub(crate) fn analysis(fixture: &str) -> (Analysis, Fixture) {
    let fixture = Fixture::new(fixture);
    let texts = texts(&fixture);
    let configured = texts.get(CONFIG).map_or("", |text| text);
    let config = config::parse(configured, &rules::ids());
    let problems = &config.problems;
    assert!(problems.is_empty(), "the fixture's `/{CONFIG}`: {problems:?}");
    let paths: Vec<&str> = texts.keys().map(String::as_str).collect();
    let found =
        || config.detected(&paths, &|path| texts.get(path).map(|text| text.as_str().into()));
    let instances = config.instances().unwrap_or_else(found);

    let mut host = AnalysisHost::new(instances.clone(), config);
    let files = texts.iter().map(|(path, text)| (FilePath::new(path), Some(text.as_str().into())));
    host.apply_change(Change { files: files.collect(), ..Change::default() });
    host.set_editing(editing(&fixture));
    let (base, worktrees) = worktrees(&fixture, &instances);
    host.set_worktrees(worktrees);
    host.set_base(base);
    let look_up = |path: String| {
        let below = format!("{path}/");
        let known = match texts.get(&path) {
            Some(text) if text.trim().is_empty() => Existence::Empty,
            Some(_) => Existence::Present,
            None if texts.keys().any(|path| path.starts_with(&below)) => Existence::Present,
            None => Existence::Absent,
        };
        (path, known)
    };
    let known = host.analysis().unknown_paths().into_iter().map(look_up).collect();
    host.apply_change(Change { known, ..Change::default() });
    let analysis = host.analysis();
    assert!(analysis.unknown_paths().is_empty(), "an answer about a path leaves nothing to ask");
    (analysis, fixture)
}

/// The texts that an editor shows or that are on disk.
fn texts(fixture: &Fixture) -> BTreeMap<String, String> {
    let mut texts = BTreeMap::new();
    let is_there = |file: &&FixtureFile| file.is_there() && !file.deleted && !file.unchanged;
    for file in fixture.files.iter().filter(is_there) {
        texts.insert(file.path.clone(), file.text.clone());
    }
    texts
}

/// What is compared with, which is called `HEAD`, and the other worktrees, by name.
fn worktrees(fixture: &Fixture, instances: &Instances) -> (Option<Base>, Vec<Worktree>) {
    let mut changes: BTreeMap<&str, Change> = BTreeMap::new();
    for file in &fixture.files {
        let Some(name) = &file.worktree else { continue };
        let text = Some(file.text.as_str().into());
        changes.entry(name).or_default().files.push((FilePath::new(&file.path), text));
    }
    let (mut base, mut worktrees) = (None, Vec::new());
    for (name, change) in changes {
        let mut host = AnalysisHost::new(instances.clone(), config::Config::default());
        host.apply_change(change);
        match name {
            "HEAD" => base = Some(Base::new(name.to_owned(), &host.analysis())),
            _ => worktrees.push(Worktree::new(name.to_owned(), &host.analysis())),
        }
    }
    (base, worktrees)
}

/// What the fixture's editor holds. All that is marked `after` is one change.
fn editing(fixture: &Fixture) -> Editing {
    let mut editing = Editing::default();
    let text = |path: &str, meant: &dyn Fn(&FixtureFile) -> bool| {
        let found = fixture.files.iter().find(|file| file.path == path && meant(file));
        found.map(|file| SharedText::from(file.text.as_str()))
    };
    let on_disk = |file: &FixtureFile| file.is_there() && !file.overlay;
    let before = |path: &str| text(path, &|file| file.before).or_else(|| text(path, &on_disk));
    for file in fixture.files.iter().filter(|file| file.open || file.overlay) {
        let (text, read) = (text(&file.path, &on_disk), before(&file.path));
        let typed_on = read.clone();
        let disk = OnDisk { text, read, typed_on, late: true, ..OnDisk::default() };
        editing.open.insert(FilePath::new(&file.path), disk);
    }
    for file in &fixture.files {
        let Some(name) = file.other.clone() else { continue };
        let (text, read) = (file.text.as_str().into(), before(&file.path));
        let other = OtherEditor { name, text, read, document: None };
        editing.others.entry(FilePath::new(&file.path)).or_default().push(other);
    }
    let made = fixture.files.iter().filter(|file| file.after).map(|file| {
        let after = Arc::from(file.text.as_str());
        let before = before(&file.path).map(|text| text.whole().clone());
        (FilePath::new(&file.path), EditedFile { before, after, seen: true })
    });
    let files: BTreeMap<_, _> = made.collect();
    if !files.is_empty() {
        let (id, label) = ("1".to_owned(), "Set task 7 to [IMPLEMENTING]".to_owned());
        editing.changes.push(Arc::new(EditorChange { id, label, files, below: Vec::new() }));
    }
    editing
}

/// The workspace after a change, which fits its texts, changes something in every file it names,
/// and can be undone.
#[track_caller]
pub(crate) fn changed(analysis: &Analysis, change: &SourceChange) -> Analysis {
    for (path, edits) in &change.edits {
        let Some((_, document)) = analysis.index.document(path.as_str()) else {
            panic!("{path} is edited, but is not there");
        };
        assert_eq!(change.before.get(path), Some(&document.text), "{path} is not stale");
        let after = edits.apply(&document.text);
        assert_ne!(after, *document.text, "{path} is named, but not changed");
        let undone = edits.invert(&document.text).apply(&after);
        assert_eq!(undone, *document.text, "undo gives the first text of {path}");
        let minimal = edits.minimal(&document.text);
        assert_eq!(minimal.apply(&document.text), after, "trimmed edits do the same to {path}");
    }
    for path in change.creates.keys() {
        assert!(analysis.index.document(path.as_str()).is_none(), "{path} is there already");
    }
    analysis.with_texts(&change.after())
}

/// Whether a change leaves all texts as they are.
pub(crate) fn is_no_op(analysis: &Analysis, change: &SourceChange) -> bool {
    change.after().iter().all(|(path, after)| {
        let present = analysis.index.document(path.as_str()).map(|(_, document)| &*document.text);
        present == after.as_deref()
    })
}

/// What a change makes, as a fixture of the files that it touches.
pub(crate) fn result(change: &SourceChange) -> String {
    let after = change.after();
    let files: Vec<(&str, Rendered<'_>)> = after
        .iter()
        .map(|(path, text)| {
            (path.as_str(), text.as_deref().map_or(Rendered::Deleted, Rendered::Text))
        })
        .collect();
    render(&files)
}

/// A fixture of changed files in the one form in which it can be compared.
#[track_caller]
pub(crate) fn normal(after: &str) -> String {
    if after.trim().is_empty() {
        return String::new();
    }
    let fixture = Fixture::new(after);
    let files: Vec<(&str, Rendered<'_>)> = fixture
        .files
        .iter()
        .map(|file| {
            let what = match (file.deleted, file.unchanged) {
                (true, _) => Rendered::Deleted,
                (_, true) => Rendered::Unchanged,
                _ => Rendered::Text(file.text.as_str()),
            };
            (file.path.as_str(), what)
        })
        .collect();
    render(&files)
}
