//! What every session must be told: by a workspace of its own, which is read anew after each step.

mod changes;
mod reading;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use lockstep::workspace::local::LocalWorkspace;
use lockstep_analysis::rules;
use lockstep_analysis::snapshot::editing::{OnDisk, OtherEditor};
use lockstep_analysis::text::merge::same;
use lockstep_fixture::Sandbox;
use serde_json::Value;

use crate::support::edit::Units;
pub use changes::Changes;
pub use reading::{Disk, Open};

/// Rules whose findings hang on what an editor has read last.
const OF_READING: [&str; 2] = ["other-editor", "stale-buffer"];

/// One finding, as it is compared: path, line and column in the session's units, rule, message.
pub type Told = (String, u64, u64, String, String);

/// A text that somebody has and has not saved: whose, in which file, and what may have been read of
/// it.
pub type Unsaved = (String, String, Vec<OtherEditor>);

/// What one session must be told.
pub struct Seen {
    name: String,
    units: Units,
    workspace: LocalWorkspace,
    /// What it has open.
    open: BTreeMap<String, Open>,
    /// What others have that is not saved.
    others: Vec<Unsaved>,
    /// What it was asked to make.
    changes: Changes,
    /// Whether its server waits for all texts of a change, for ever, and else for none.
    waits: bool,
}

/// What is told in any case, and what is told perhaps.
#[derive(Default)]
struct Bounds {
    must: BTreeSet<Told>,
    may: BTreeSet<Told>,
}

impl Bounds {
    /// Takes in what is told in each of these cases, of which one holds.
    fn add(&mut self, cases: impl IntoIterator<Item = BTreeSet<Told>>) {
        let cases: Vec<BTreeSet<Told>> = cases.into_iter().collect();
        let always = cases.iter().cloned().reduce(|a, b| &a & &b).unwrap_or_default();
        self.must.extend(always);
        self.may.extend(cases.into_iter().flatten());
    }

    /// Whether what was told is as it must be.
    fn hold(&self, told: &BTreeSet<Told>) -> bool {
        self.must.is_subset(told) && told.is_subset(&self.may)
    }
}

impl Seen {
    pub fn new(sandbox: &Sandbox, name: &str, units: Units, waits: bool) -> Seen {
        let workspace = LocalWorkspace::open(sandbox.path()).expect("a workspace");
        let (open, others, changes) = (BTreeMap::new(), Vec::new(), Changes::default());
        Seen { name: name.to_owned(), units, workspace, open, others, changes, waits }
    }

    /// The text of a file that is open.
    pub fn text(&self, path: &str) -> Option<&str> {
        self.open.get(path).map(Open::text)
    }

    /// A file is opened, perhaps with another text than is on disk.
    pub fn open(&mut self, path: &str, text: &str, disk: &Disk) {
        self.workspace.set_overlay(path, Some(text.into()));
        self.open.insert(path.to_owned(), Open::new(text, disk.text(path), disk.now(path)));
        self.changes.shows(path, text);
    }

    /// An open file has another text.
    pub fn change(&mut self, path: &str, text: &str) {
        self.workspace.set_overlay(path, Some(text.into()));
        self.open.get_mut(path).expect("it is open").change(text);
        self.changes.shows(path, text);
    }

    /// It is asked to make this of these files, each given before and after.
    pub fn hand(&mut self, label: &str, files: BTreeMap<String, (String, String)>) {
        self.changes.hand(label, files);
    }

    pub fn close(&mut self, path: &str) {
        self.workspace.set_overlay(path, None);
        self.open.remove(path);
    }

    /// An open file was saved, and nobody has written to it since.
    pub fn wrote(&mut self, path: &str, disk: &Disk) {
        let open = self.open.get_mut(path).expect("it is open");
        self.workspace.wrote(path, open.text().into());
        open.saved(disk.now(path));
    }

    /// The server is gone with what it knew, and another one is told what the editor knows.
    pub fn taken_over(&mut self, disk: &Disk) {
        for (path, open) in &mut self.open {
            open.taken_over(disk.now(path));
        }
        self.changes.taken_over();
    }

    /// Reads what is on disk.
    pub fn look(&mut self, disk: &Disk) {
        self.workspace.rescan();
        for (path, open) in &mut self.open {
            open.look(disk.log(path));
        }
        let told = self.changes.look(self.workspace.analysis(), self.waits);
        self.workspace.set_changes(told);
    }

    /// Takes into account what the server may have seen before all was quiet.
    pub fn doubt(&mut self, disk: &Disk) {
        self.changes.doubt(disk);
    }

    /// All is quiet: what was said and written is seen by now.
    pub fn settle(&mut self, disk: &Disk) {
        for (path, open) in &mut self.open {
            open.settle(disk.log(path));
        }
        self.changes.settle(self.workspace.analysis());
    }

    /// Whether it is known what its server knows.
    pub fn is_decided(&self) -> bool {
        self.open.values().all(Open::is_decided) && self.changes.undecided().is_empty()
    }

    /// The files that it has as it read them, perhaps, and that are others on disk by now.
    pub fn unread(&self, disk: &Disk) -> Vec<String> {
        let is_unread = |(path, open): &(&String, &Open)| {
            !open.is_saved(disk.log(path)) && open.reads().any(|read| same(&read, open.text()))
        };
        self.open.iter().filter(is_unread).map(|(path, _)| path.clone()).collect()
    }

    /// What it has that is not saved.
    pub fn unsaved(&self, disk: &Disk) -> Vec<Unsaved> {
        let unsaved = self.open.iter().filter(|(path, it)| !it.is_saved(disk.log(path)));
        let each = unsaved.map(|(path, open)| {
            let other = |read: Arc<str>| OtherEditor {
                name: self.name.clone(),
                text: open.text().into(),
                read: Some(read.into()),
                document: None,
            };
            (self.name.clone(), path.clone(), open.reads().map(other).collect())
        });
        each.collect()
    }

    /// Lets it know what others have that is not saved.
    pub fn see(&mut self, others: Vec<Unsaved>) {
        self.others = others;
    }

    /// What it must be told of what files say.
    fn of_files(&self) -> BTreeSet<Told> {
        let analysis = self.workspace.analysis();
        let of_files = |it: &&rules::Diagnostic| !rules::is_of_editors(it.rule);
        let found = analysis.diagnostics().iter().filter(of_files);
        let text = |path: &str| analysis.source(path).map_or("", |(text, _)| text);
        found.map(|it| self.told(text(it.path.as_str()), it)).collect()
    }

    /// What it must be told of its own texts and those of others.
    fn of_editors(&self, disk: &Disk) -> Bounds {
        let mut bounds = self.of_changes();
        for (path, open) in &self.open {
            let on_disk = |read: Arc<str>| OnDisk {
                text: Some(disk.text(path).into()),
                read: Some(read.into()),
                late: true,
                ..OnDisk::default()
            };
            bounds.add(open.reads().map(|read| self.judge(path, on_disk(read), None, disk)));
        }
        for (_, path, cases) in &self.others {
            // What was read here is no matter.
            let text = Some(disk.text(path).into());
            let here = OnDisk { text: text.clone(), read: text, ..OnDisk::default() };
            let judge = |other: &OtherEditor| {
                let mut told = self.judge(path, here.clone(), Some(other), disk);
                told.retain(|it| it.3 == "other-editor");
                told
            };
            bounds.add(cases.iter().map(judge));
        }
        bounds
    }

    /// What it must be told of changes.
    fn of_changes(&self) -> Bounds {
        let analysis = self.workspace.analysis();
        let undecided = self.changes.undecided();
        let mut bounds = Bounds::default();
        let found = analysis.diagnostics().iter();
        for it in found.filter(|it| changes::RULES.contains(&it.rule)) {
            let text = analysis.source(it.path.as_str()).map_or("", |(text, _)| text);
            let told = self.told(text, it);
            if !it.change.as_deref().is_some_and(|id| undecided.contains(id)) {
                bounds.must.insert(told.clone());
            }
            bounds.may.insert(told);
        }
        bounds
    }

    /// What is told of one file.
    fn judge(
        &self,
        path: &str,
        here: OnDisk,
        other: Option<&OtherEditor>,
        disk: &Disk,
    ) -> BTreeSet<Told> {
        let on_disk = disk.text(path);
        let text = self.text(path).unwrap_or(&on_disk);
        let here = self.open.contains_key(path).then_some(here);
        let found = reading::judge(self.workspace.analysis(), path, text, here, other);
        let counts = found.iter().filter(|it| OF_READING.contains(&it.rule));
        counts.map(|it| self.told(text, it)).collect()
    }

    fn told(&self, text: &str, it: &rules::Diagnostic) -> Told {
        let before = &text[..it.range.start as usize];
        let line = before.matches('\n').count() as u64;
        let start = before.rfind('\n').map_or(0, |at| at + 1);
        let column: usize = before[start..].chars().map(|c| self.units.of(c)).sum();
        (it.path.to_string(), line, column as u64, it.rule.to_owned(), it.message.clone())
    }

    /// What it must be told.
    pub fn expected(&self, disk: &Disk) -> Expected {
        let (files, editors) = (self.of_files(), self.of_editors(disk));
        Expected { name: self.name.clone(), files, editors }
    }
}

/// What one session must be told at a time.
pub struct Expected {
    name: String,
    /// Of what files say.
    files: BTreeSet<Told>,
    /// Of what editors hold.
    editors: Bounds,
}

impl Expected {
    /// How what was published differs, for whoever looks at a failure.
    pub fn difference(&self, published: &BTreeSet<Told>) -> String {
        let Expected { name, files, editors } = self;
        let must = files | &editors.must;
        let missing: Vec<_> = must.difference(published).collect();
        let may = files | &editors.may;
        let extra: Vec<_> = published.difference(&may).collect();
        format!("{name}: not told: {missing:#?}; told, or at the other end: {extra:#?}")
    }

    /// Whether what was published says that. `drift` is told at both ends.
    pub fn agrees(&self, published: &BTreeSet<Told>) -> bool {
        let is_drift = |told: &&Told| told.3 == "drift";
        let is_of_editors = |told: &&Told| rules::is_of_editors(&told.3);
        let some = |told: &BTreeSet<Told>, of: &dyn Fn(&&Told) -> bool| -> BTreeSet<Told> {
            told.iter().filter(|told| of(told)).cloned().collect()
        };
        let plain = |told: &&Told| !is_drift(told) && !is_of_editors(told);
        self.files.is_subset(published)
            && some(&self.files, &plain) == some(published, &plain)
            && some(&self.files, &is_drift).is_empty() == some(published, &is_drift).is_empty()
            && self.editors.hold(&some(published, &is_of_editors))
    }

    /// The rules of what it is told for certain of what editors hold, and how much more it may be
    /// told.
    pub fn certainty(&self) -> (impl Iterator<Item = &str>, usize) {
        let Bounds { must, may } = &self.editors;
        (must.iter().map(|told| &*told.3), may.len() - must.len())
    }
}

/// What was published, to be compared.
pub fn published(sandbox: &Sandbox, diagnostics: &HashMap<String, Value>) -> BTreeSet<Told> {
    let mut told = BTreeSet::new();
    for (uri, params) in diagnostics {
        let path = lockstep::lsp::uri::to_path(&uri.parse().expect("a URI")).expect("a path");
        let path = path.strip_prefix(sandbox.path()).expect("below the root");
        for it in params["diagnostics"].as_array().expect("a list") {
            let rule = it["code"].as_str().expect("a code");
            let start = &it["range"]["start"];
            let number = |name: &str| start[name].as_u64().expect("a number");
            let message = it["message"].as_str().expect("a message").to_owned();
            let path = path.display().to_string();
            told.insert((path, number("line"), number("character"), rule.to_owned(), message));
        }
    }
    told
}
