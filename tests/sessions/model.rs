//! What every session must be told: by a workspace of its own, which is read anew after each step.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use lockstep::workspace::local::{LocalWorkspace, Unsaved};
use lockstep_analysis::analysis::editing::OtherEditor;
use lockstep_analysis::model::FilePath;
use lockstep_analysis::rules;
use lockstep_fixture::Sandbox;
use serde_json::Value;

use crate::support::edit::Units;

/// Rules whose findings hang on when an editor has seen what, and so on how fast things are seen.
const OF_CHANGES: [&str; 3] = ["half-applied", "unsaved-change", STALE];

/// What is told of a text that is older than the file.
pub const STALE: &str = "stale-buffer";

/// One finding, as it is compared: path, line and column in the session's units, rule, message.
pub type Told = (String, u64, u64, String, String);

/// What one session must be told.
pub struct Seen {
    name: String,
    units: Units,
    workspace: LocalWorkspace,
    /// What it has open.
    pub open: BTreeMap<String, String>,
    /// Open files in which nothing was typed since they said what the disk said.
    clean: BTreeSet<String>,
}

impl Seen {
    pub fn new(sandbox: &Sandbox, name: &str, units: Units) -> Seen {
        let workspace = LocalWorkspace::open(sandbox.path()).expect("a workspace");
        Seen {
            name: name.to_owned(),
            units,
            workspace,
            open: BTreeMap::new(),
            clean: BTreeSet::new(),
        }
    }

    pub fn set(&mut self, path: &str, text: Option<&str>) {
        let is_new = !self.open.contains_key(path);
        match text {
            Some(_) if is_new => self.clean.insert(path.to_owned()),
            _ => self.clean.remove(path),
        };
        self.workspace.set_overlay(path, text.map(Arc::from));
        match text {
            Some(text) => self.open.insert(path.to_owned(), text.to_owned()),
            None => self.open.remove(path),
        };
    }

    pub fn wrote(&mut self, path: &str) {
        self.clean.insert(path.to_owned());
        self.workspace.wrote(path, Arc::from(self.open[path].as_str()));
    }

    /// Reads what is on disk.
    pub fn look(&mut self) {
        self.workspace.rescan();
    }

    /// What it has that is not saved.
    pub fn unsaved(&self) -> Vec<(String, OtherEditor)> {
        let unsaved = self.workspace.unsaved();
        let other =
            |it: Unsaved| OtherEditor { name: self.name.clone(), text: it.text, read: None };
        unsaved.map(|(path, text)| (path.to_owned(), other(text))).collect()
    }

    /// Lets it know what others have that is not saved.
    pub fn see(&mut self, others: &[(String, OtherEditor)]) {
        let mut by_path: BTreeMap<FilePath, Vec<OtherEditor>> = BTreeMap::new();
        for (path, other) in others {
            by_path.entry(FilePath::new(path)).or_default().push(other.clone());
        }
        self.workspace.set_others(by_path);
    }

    /// What must be among the findings that it is told; and all that may be, of other rules than
    /// `drift`, which is told at both ends.
    fn told(&self) -> BTreeSet<Told> {
        let analysis = self.workspace.analysis();
        let counts = |it: &&rules::Diagnostic| !OF_CHANGES.contains(&it.rule);
        let found = analysis.diagnostics().iter().filter(counts).map(|it| {
            let text = analysis.source(it.path.as_str()).map_or("", |(text, _)| text);
            let before = &text[..it.range.start as usize];
            let line = before.matches('\n').count() as u64;
            let start = before.rfind('\n').map_or(0, |at| at + 1);
            let column: usize = before[start..].chars().map(|c| self.units.of(c)).sum();
            (it.path.to_string(), line, column as u64, it.rule.to_owned(), it.message.clone())
        });
        found.collect()
    }

    /// The files that it would take back to what they were by saving, without having typed a word.
    pub fn stale(&self, sandbox: &Sandbox) -> Vec<String> {
        let differs = |path: &&String| sandbox.read(path) != self.open[*path];
        self.clean.iter().filter(differs).cloned().collect()
    }

    /// How what was published differs, for whoever looks at a failure.
    pub fn difference(&self, published: &BTreeSet<Told>, sandbox: &Sandbox) -> String {
        let expected = self.told();
        let missing: Vec<_> = expected.difference(published).collect();
        let extra: Vec<_> = published.difference(&expected).collect();
        let stale = self.stale(sandbox);
        format!(
            "{}: not told: {missing:#?}; told, or at the other end: {extra:#?}; stale: {stale:?}",
            self.name
        )
    }

    /// Whether what was published says that.
    pub fn agrees(&self, published: &BTreeSet<Told>) -> bool {
        let expected = self.told();
        let is_drift = |told: &&Told| told.3 == "drift";
        // Whether a status was changed there, or the text is old, hangs on what was read when.
        let may_be = |told: &&Told| told.3 == "other-editor" && told.4.starts_with("this is");
        let some = |told: &BTreeSet<Told>, of: &dyn Fn(&&Told) -> bool| -> BTreeSet<Told> {
            told.iter().filter(|told| of(told)).cloned().collect()
        };
        let certain = |told: &&Told| !may_be(told);
        let plain = |told: &&Told| !may_be(told) && !is_drift(told);
        let drift = expected.iter().any(|told| is_drift(&told));
        some(&expected, &certain).is_subset(published)
            && some(&expected, &plain) == some(published, &plain)
            && some(published, &may_be).is_subset(&expected)
            && drift == published.iter().any(|told| is_drift(&told))
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
            if OF_CHANGES.contains(&rule) {
                continue;
            }
            let start = &it["range"]["start"];
            let number = |name: &str| start[name].as_u64().expect("a number");
            let message = it["message"].as_str().expect("a message").to_owned();
            let path = path.display().to_string();
            told.insert((path, number("line"), number("character"), rule.to_owned(), message));
        }
    }
    told
}
