//! What an editor may have read last of a file, as its server knows it.
//!
//! A server compares an editor's text with the disk whenever it hears of one of them, and hears of
//! both a little late. Which pairs of them it has seen is not known, so that there may be several
//! cases; mostly there is one.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use lockstep_analysis::analysis::Analysis;
use lockstep_analysis::model::FilePath;
use lockstep_analysis::profile::config::Config;
use lockstep_analysis::rules::Diagnostic;
use lockstep_analysis::snapshot::editing::{Editing, OnDisk, OtherEditor};
use lockstep_analysis::text::merge::{Standing, same, standing};
use lockstep_analysis::{AnalysisHost, Change};
use lockstep_fixture::Sandbox;

use crate::support::editor::FILES;

/// What stood on disk, one text after the other.
pub struct Disk {
    logs: BTreeMap<&'static str, Vec<Arc<str>>>,
    /// What stood there when all was quiet, as places in these.
    quiet: BTreeMap<&'static str, usize>,
}

impl Disk {
    pub fn new(sandbox: &Sandbox) -> Disk {
        let log = |path| (path, vec![sandbox.read(path).into()]);
        Disk { logs: FILES.into_iter().map(log).collect(), quiet: FILES.map(|it| (it, 0)).into() }
    }

    /// Takes note of what is there now. Nothing is written twice between two looks.
    pub fn look(&mut self, sandbox: &Sandbox) {
        for (path, log) in &mut self.logs {
            let now = sandbox.read(path);
            if log.last().is_none_or(|last| **last != *now) {
                log.push(now.into());
            }
        }
    }

    /// What stood in a file, the oldest first.
    pub fn log(&self, path: &str) -> &[Arc<str>] {
        &self.logs[path]
    }

    /// What stood in a file since all was quiet.
    pub fn since_quiet(&self, path: &str) -> &[Arc<str>] {
        &self.log(path)[self.quiet[path]..]
    }

    /// All is quiet.
    pub fn settle(&mut self) {
        self.quiet = self.logs.iter().map(|(path, log)| (*path, log.len() - 1)).collect();
    }

    /// What stands in a file.
    pub fn text(&self, path: &str) -> Arc<str> {
        self.log(path).last().expect("it is there").clone()
    }

    /// When this is, as a place in the log of a file.
    pub fn now(&self, path: &str) -> usize {
        self.log(path).len() - 1
    }
}

/// An open file.
pub struct Open {
    /// Its texts since all was quiet, the latest last.
    texts: Vec<Arc<str>>,
    /// Its texts since it was opened or saved last, without the latest.
    typed_on: Vec<Arc<str>>,
    /// Those of when it was saved since all was quiet: where one is on disk again before the server hears
    /// that it was saved, that one was written, for all the server knows.
    written: Vec<Arc<str>>,
    /// What was read or saved last, as the server may know it.
    reads: BTreeSet<Arc<str>>,
    /// The oldest of what stood on disk that the server may still look at.
    from: usize,
    /// What was read or saved last, as the editor's end tells another server.
    kept: Arc<str>,
    /// Since when the editor's end may have told another server.
    taken_over: Option<usize>,
}

impl Open {
    /// A file that is opened with this text, which the server has taken in by `now`, when this stood
    /// on disk.
    pub fn new(text: &str, disk: Arc<str>, now: usize) -> Open {
        let text: Arc<str> = text.into();
        Open {
            texts: vec![text.clone()],
            typed_on: Vec::new(),
            written: Vec::new(),
            reads: [disk.clone()].into(),
            from: now,
            kept: disk,
            taken_over: None,
        }
    }

    pub fn text(&self) -> &str {
        self.texts.last().expect("there is always one")
    }

    /// Whether it is known what was read last.
    pub fn is_decided(&self) -> bool {
        self.reads.len() == 1
    }

    /// What may have been read last.
    pub fn reads(&self) -> impl Iterator<Item = Arc<str>> {
        self.reads.iter().cloned()
    }

    /// Whether it says what stands on disk.
    pub fn is_saved(&self, log: &[Arc<str>]) -> bool {
        log.last().is_some_and(|disk| same(disk, self.text()))
    }

    pub fn change(&mut self, text: &str) {
        self.typed_on.push(self.text().into());
        self.texts.push(text.into());
    }

    /// Its text is what stands on disk, since just now.
    pub fn saved(&mut self, now: usize) {
        let text: Arc<str> = self.text().into();
        self.texts = vec![text.clone()];
        self.written.append(&mut self.typed_on);
        self.reads = [text.clone()].into();
        self.from = now;
        self.kept = text;
    }

    /// The server has died, and what it knew with it.
    pub fn taken_over(&mut self, now: usize) {
        self.taken_over.get_or_insert(now);
        self.reads.clear();
    }

    /// Takes in what the server may have seen by now.
    pub fn look(&mut self, log: &[Arc<str>]) {
        for disk in &log[self.from..] {
            if self.texts.iter().chain(&self.written).any(|text| same(disk, text)) {
                self.reads.insert(disk.clone());
            }
        }
        let Some(since) = self.taken_over else { return };
        for disk in &log[since..] {
            for text in &self.texts {
                let is_known = standing(&self.kept, disk, text) == Standing::Made;
                self.reads.insert(if is_known { disk.clone() } else { self.kept.clone() });
            }
        }
    }

    /// The server has seen all there is.
    pub fn settle(&mut self, log: &[Arc<str>]) {
        self.look(log);
        let last = log.last().expect("it is there");
        if self.is_saved(log) {
            self.reads = [last.clone()].into();
        }
        self.texts = vec![self.text().into()];
        self.written.clear();
        self.from = log.len() - 1;
        self.taken_over = None;
    }
}

/// What there is to say of one file in which this stands, while `here` holds for the editor and
/// somebody else may have another text.
pub fn judge(
    analysis: &Analysis,
    path: &str,
    text: &str,
    here: Option<OnDisk>,
    other: Option<&OtherEditor>,
) -> Vec<Diagnostic> {
    let path = FilePath::new(path);
    let mut host = AnalysisHost::new(analysis.profile.clone(), Config::default());
    let files = vec![(path.clone(), Some(text.into()))];
    host.apply_change(Change { files, ..Change::default() });
    host.set_editing(Editing {
        open: here.map(|here| (path.clone(), here)).into_iter().collect(),
        others: other.map(|other| (path, vec![other.clone()])).into_iter().collect(),
        ..Editing::default()
    });
    host.analysis().diagnostics().to_vec()
}
