//! Runs checks: those of some rules on one subject, or on everything, which can be shared out.

use std::ops::Range;
use std::sync::OnceLock;

use crate::index::{DocIdx, Place, Task};
use crate::model::{Document, EntityIdx};
use crate::profile::Severity;
use crate::rules::judge::found::{CheckSubject, StoredFinding};
use crate::rules::{
    Check, Diagnostic, DocumentCheck, EntityCheck, Finding, RULES, Rule, TaskCheck, WorkspaceCheck,
    severity,
};
use crate::snapshot::Snapshot;

/// Collects what one check finds.
#[derive(Debug)]
pub struct Findings<'a> {
    analysis: &'a Snapshot,
    rule: &'static Rule,
    severity: Severity,
    subject: &'a CheckSubject,
    out: &'a mut Vec<StoredFinding>,
}

impl<'a> Findings<'a> {
    fn new(
        analysis: &'a Snapshot,
        (rule, severity): (&'static Rule, Severity),
        subject: &'a CheckSubject,
        out: &'a mut Vec<StoredFinding>,
    ) -> Findings<'a> {
        Findings { analysis, rule, severity, subject, out }
    }

    /// How severe a finding in a document is; `None` where the rule is off in it.
    fn severity_in(&self, document: &Document) -> Option<Severity> {
        match self.analysis.instances.are_several() {
            true => severity(self.analysis, &document.profile, self.rule),
            false => Some(self.severity),
        }
    }

    /// Reports a finding.
    pub fn push(&mut self, finding: Finding) {
        let document = &self.analysis.index.docs[finding.doc];
        let Some(severity) = self.severity_in(document) else { return };
        let severity = if finding.is_lenient { Severity::Info } else { severity };
        let diagnostic = Diagnostic {
            rule: self.rule.id,
            severity,
            path: document.path.clone(),
            range: finding.range,
            message: finding.message,
            task: finding.task,
            place: finding.place,
            change: finding.change,
            related: finding.related,
            fixable: finding.fixable && self.rule.fix.is_some(),
        };
        let subject = self.subject.clone();
        self.out.push(StoredFinding::new(&self.analysis.index, subject, finding.doc, diagnostic));
    }
}

/// Has pieces of work done, each once, by its number from 0 on: in any order, by as many as there are.
/// All are done when it returns.
pub type Workers<'a> = dyn Fn(usize, &(dyn Fn(usize) + Sync)) + 'a;

/// One who does all of the work.
pub(crate) fn alone(n_pieces: usize, work: &(dyn Fn(usize) + Sync)) {
    (0..n_pieces).for_each(work);
}

/// How many tasks, or entities of a document, make a piece of work.
const PIECE: usize = if cfg!(test) { 2 } else { 512 };

/// A part of everything there is to be judged.
enum WorkPiece<'a> {
    Tasks(&'a [&'a Task]),
    Document(DocIdx),
    Entities(DocIdx, Range<EntityIdx>),
    Workspace,
}

/// A rule's check, with how severe what it finds is.
type Active<C> = (&'static Rule, Severity, C);

/// The checks of some rules, by what they look at, to be run on one subject after the other while what
/// that says is near.
pub(super) struct Checks<'a> {
    analysis: &'a Snapshot,
    of_tasks: Vec<Active<TaskCheck>>,
    of_entities: Vec<Active<EntityCheck>>,
    of_documents: Vec<Active<DocumentCheck>>,
    of_workspace: Vec<Active<WorkspaceCheck>>,
}

impl Checks<'_> {
    /// Those of the chosen rules that are not off.
    pub(super) fn new(analysis: &Snapshot, chosen: impl Fn(&Rule) -> bool) -> Checks<'_> {
        let (of_tasks, of_entities) = (Vec::new(), Vec::new());
        let (of_documents, of_workspace) = (Vec::new(), Vec::new());
        let mut checks = Checks { analysis, of_tasks, of_entities, of_documents, of_workspace };
        for rule in RULES.iter().copied().filter(|rule| chosen(rule)) {
            let mut each = analysis.instances.iter().map(|it| severity(analysis, it, rule));
            let Some(severity) = each.find_map(|it| it) else { continue };
            for check in rule.checks {
                match *check {
                    Check::Task(check) => checks.of_tasks.push((rule, severity, check)),
                    Check::Entity(check) => checks.of_entities.push((rule, severity, check)),
                    Check::Document(check) => checks.of_documents.push((rule, severity, check)),
                    Check::Workspace(check) => checks.of_workspace.push((rule, severity, check)),
                }
            }
        }
        checks
    }

    pub(super) fn everything(&self, workers: &Workers<'_>) -> Vec<StoredFinding> {
        let index = &self.analysis.index;
        let tasks: Vec<&Task> = match self.of_tasks.is_empty() {
            true => Vec::new(),
            false => index.tasks.values().map(|task| &**task).collect(),
        };
        let mut pieces: Vec<WorkPiece<'_>> = tasks.chunks(PIECE).map(WorkPiece::Tasks).collect();
        for (doc, document) in index.docs.iter().enumerate() {
            if !self.of_documents.is_empty() {
                pieces.push(WorkPiece::Document(doc));
            }
            let n_entities = match self.of_entities.is_empty() {
                true => 0,
                false => document.facts.entities.len(),
            };
            for first in (0..n_entities).step_by(PIECE) {
                pieces.push(WorkPiece::Entities(doc, first..n_entities.min(first + PIECE)));
            }
        }
        pieces.push(WorkPiece::Workspace);
        let found: Vec<OnceLock<Vec<StoredFinding>>> =
            pieces.iter().map(|_| OnceLock::new()).collect();
        workers(pieces.len(), &|at| {
            found[at].get_or_init(|| self.of_piece(&pieces[at]));
        });
        found.into_iter().filter_map(OnceLock::into_inner).flatten().collect()
    }

    fn of_piece(&self, piece: &WorkPiece<'_>) -> Vec<StoredFinding> {
        let mut out = Vec::new();
        match piece {
            WorkPiece::Tasks(tasks) => {
                for task in *tasks {
                    self.run(&CheckSubject::Task(task.id.clone()), &mut out);
                }
            }
            WorkPiece::Document(doc) => self.run(&CheckSubject::Document(*doc), &mut out),
            WorkPiece::Entities(doc, entities) => {
                for entity in entities.clone() {
                    self.run(&CheckSubject::Entity(Place { doc: *doc, entity }), &mut out);
                }
            }
            WorkPiece::Workspace => self.run(&CheckSubject::Workspace, &mut out),
        }
        out
    }

    pub(super) fn run(&self, subject: &CheckSubject, out: &mut Vec<StoredFinding>) {
        let analysis = self.analysis;
        match subject {
            CheckSubject::Task(id) => {
                let Some(task) = analysis.index.tasks.get(id) else { return };
                for (rule, severity, check) in &self.of_tasks {
                    check(
                        analysis,
                        task,
                        &mut Findings::new(analysis, (rule, *severity), subject, out),
                    );
                }
            }
            CheckSubject::Entity(place) => {
                for (rule, severity, check) in &self.of_entities {
                    check(
                        analysis,
                        *place,
                        &mut Findings::new(analysis, (rule, *severity), subject, out),
                    );
                }
            }
            CheckSubject::Document(doc) => {
                for (rule, severity, check) in &self.of_documents {
                    check(
                        analysis,
                        *doc,
                        &mut Findings::new(analysis, (rule, *severity), subject, out),
                    );
                }
            }
            CheckSubject::Workspace => {
                for (rule, severity, check) in &self.of_workspace {
                    check(analysis, &mut Findings::new(analysis, (rule, *severity), subject, out));
                }
            }
        }
    }
}
