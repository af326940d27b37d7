//! Runs the rules. After a change only those checks run again whose subject it has touched.

mod checks;
mod found;

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::index::update::Touched;
use crate::index::{DocIdx, Place};
use crate::model::FilePath;
use crate::profile::Severity;
use crate::profile::id::TaskId;
use crate::rules::{Diagnostic, is_of_editors, malformed_file};
use crate::snapshot::Snapshot;
use crate::text::TextRange;

use checks::Checks;
use found::{CheckSubject, FindingStore, StoredFinding};

pub(crate) use checks::alone;
pub use checks::{Findings, Workers};

/// What the rules have found in files, what comments and the configuration allow included.
#[derive(Clone, Debug, Default)]
pub(crate) struct Judged {
    found: FindingStore,
}

/// What is to be judged.
#[derive(Debug, Default)]
struct Subjects {
    tasks: BTreeSet<TaskId>,
    places: BTreeSet<Place>,
    docs: BTreeSet<DocIdx>,
    workspace: bool,
}

impl Subjects {
    fn add(&mut self, subject: &CheckSubject) {
        match subject {
            CheckSubject::Task(id) => drop(self.tasks.insert(id.clone())),
            CheckSubject::Entity(place) => drop(self.places.insert(*place)),
            CheckSubject::Document(doc) => drop(self.docs.insert(*doc)),
            CheckSubject::Workspace => self.workspace = true,
        }
    }

    fn all(&self) -> impl Iterator<Item = CheckSubject> {
        let tasks = self.tasks.iter().map(|id| CheckSubject::Task(id.clone()));
        let places = self.places.iter().map(|place| CheckSubject::Entity(*place));
        let docs = self.docs.iter().map(|doc| CheckSubject::Document(*doc));
        let workspace = self.workspace.then_some(CheckSubject::Workspace);
        tasks.chain(places).chain(docs).chain(workspace)
    }
}

impl Judged {
    /// What every rule finds that is not about editors. The work is shared out among `workers`.
    pub(crate) fn new(analysis: &Snapshot, workers: &Workers<'_>) -> Judged {
        let checks = Checks::new(analysis, |rule| !is_of_editors(rule.id));
        Judged { found: FindingStore::new(checks.everything(workers)) }
    }

    /// The same for an analysis that differs from the one judged here in what is `touched`.
    pub(crate) fn again(&self, analysis: &Snapshot, touched: &Touched) -> Judged {
        let index = &analysis.index;
        let mut subjects = Subjects {
            tasks: touched.tasks.clone(),
            places: touched.places.clone(),
            docs: touched.said.clone(),
            workspace: !(touched.said.is_empty() && touched.replaced.is_empty()),
        };
        for doc in &touched.replaced {
            let entities = 0..index.docs[*doc].facts.entities.len();
            subjects.places.extend(entities.map(|entity| Place { doc: *doc, entity }));
            subjects.docs.insert(*doc);
        }
        // What stands in an entity that was read again may stand elsewhere in it now.
        for (doc, entities) in &touched.read {
            for found in self.found.among(index, *doc, entities.clone()) {
                subjects.add(&found.subject);
            }
        }
        let mut judged = self.clone();
        subjects.all().for_each(|subject| judged.found.remove(&subject));
        let mut out = Vec::new();
        let checks = Checks::new(analysis, |rule| !is_of_editors(rule.id));
        subjects.all().for_each(|subject| checks.run(&subject, &mut out));
        out.into_iter().for_each(|found| judged.found.add(found));
        judged
    }

    /// The findings that nothing allows, in no order.
    pub(crate) fn diagnostics(&self, analysis: &Snapshot) -> Vec<Diagnostic> {
        shown(analysis, self.found.all()).collect()
    }

    /// Those of them that stand in a document.
    pub(crate) fn in_document(&self, analysis: &Snapshot, doc: DocIdx) -> Vec<Diagnostic> {
        let found = self.found.of(&analysis.index, doc);
        shown(analysis, found.into_iter().filter(|found| found.doc() == doc)).collect()
    }

    /// Those of them that stand at a place, or are explained by it.
    pub(crate) fn at(&self, analysis: &Snapshot, doc: DocIdx, range: TextRange) -> Vec<Diagnostic> {
        let index = &analysis.index;
        let entities = &index.docs[doc].facts.entities;
        let first = entities.before(range.start as usize + 1).saturating_sub(1);
        let near = self.found.among(index, doc, first..entities.before(range.end as usize + 1));
        let is_here = |found: &&Arc<StoredFinding>| {
            found.places(index).any(|(of, place)| of == doc && place.intersects(range))
        };
        shown(analysis, near.into_iter().filter(is_here)).collect()
    }

    /// Those of them that are about a task, as they were found: their places are not told.
    pub(crate) fn about<'a>(
        &'a self,
        analysis: &'a Snapshot,
        task: &TaskId,
    ) -> impl Iterator<Item = &'a Diagnostic> + 'a {
        let found = self.found.about(task).iter();
        found.filter(|found| !is_found_allowed(analysis, found)).map(|found| found.unplaced())
    }

    /// The tasks about which other findings may be told than in `before`; `None` where that may be any.
    /// What stands where a text was read again is found anew, and so is other, also where a comment
    /// there allows it.
    pub(crate) fn tasks_other_than(&self, before: &Judged) -> Option<BTreeSet<TaskId>> {
        self.found.tasks_other_than(&before.found)
    }

    /// The parts of documents where other findings are told than in `before`, of an analysis whose
    /// documents are these but for some texts; `None` where that may be anywhere.
    pub(crate) fn other_parts(
        &self,
        before: &Judged,
        now: &Snapshot,
        was: &Snapshot,
    ) -> Option<BTreeSet<(DocIdx, usize)>> {
        let (index, old) = (&now.index, &was.index);
        let mut parts = self.found.other_than(&before.found)?;
        for doc in index.docs.other_than(&old.docs) {
            let (is, was) = (&index.docs[doc], &old.docs[doc]);
            if is.path != was.path {
                return None;
            }
            let read = is.lineage.since(&was.lineage);
            match read.filter(|_| is.lines.n_lines() == was.lines.n_lines()) {
                Some(entities) => parts.extend(found::parts(&entities).map(|part| (doc, part))),
                // What is explained by what has moved is told anew too.
                None => {
                    let of = |found: &Arc<StoredFinding>| found.docs().collect::<Vec<_>>();
                    let docs = self.found.of(index, doc).into_iter().flat_map(of);
                    let docs: BTreeSet<DocIdx> = docs.chain([doc]).collect();
                    let all =
                        |doc: DocIdx| (0..found::n_parts(index, doc)).map(move |it| (doc, it));
                    parts.extend(docs.into_iter().flat_map(all));
                }
            }
        }
        Some(parts)
    }

    /// The findings that stand in a part of a document or are explained there, and where it stands.
    pub(crate) fn in_part(
        &self,
        analysis: &Snapshot,
        part: (DocIdx, usize),
    ) -> (Vec<Diagnostic>, TextRange) {
        let found = shown(analysis, self.found.in_part(part).iter()).collect();
        (found, found::part_range(&analysis.index, part.0, part.1))
    }

    /// Those of one rule that have a fix, and stand in a document or are explained there. Each is
    /// looked for when it is asked for.
    pub(crate) fn fixable<'a>(
        &'a self,
        analysis: &'a Snapshot,
        doc: DocIdx,
        rule: &'static str,
    ) -> impl Iterator<Item = Diagnostic> + 'a {
        shown(analysis, self.found.fixable(doc, rule))
    }
}

fn shown<'a>(
    analysis: &'a Snapshot,
    found: impl Iterator<Item = &'a Arc<StoredFinding>> + 'a,
) -> impl Iterator<Item = Diagnostic> + 'a {
    let found = found.filter(|found| !is_found_allowed(analysis, found));
    found.map(|found| found.diagnostic(&analysis.index))
}

/// How many parts a document has.
pub(crate) fn n_parts(analysis: &Snapshot, doc: DocIdx) -> usize {
    found::n_parts(&analysis.index, doc)
}

/// The problems of the configuration, and the files that cannot be read.
pub(crate) fn of_config(analysis: &Snapshot) -> impl Iterator<Item = Diagnostic> {
    let malformed = |path: FilePath, range: TextRange, message: &str| Diagnostic {
        rule: malformed_file::RULE.id,
        severity: Severity::Error,
        path,
        range,
        message: message.to_owned(),
        task: None,
        place: None,
        change: None,
        related: Vec::new(),
        fixable: false,
    };
    let config = || FilePath::new(crate::snapshot::CONFIG);
    let problems = analysis.config.problems.iter();
    let problems = problems.map(move |it| malformed(config(), it.range, &it.message));
    let unread = analysis.unread.iter();
    problems
        .chain(unread.map(move |it| malformed(it.path.clone(), TextRange::default(), &it.reason)))
}

/// What the rules about editors find.
pub(crate) fn of_editors(analysis: &Snapshot) -> Vec<Diagnostic> {
    let found = Checks::new(analysis, |rule| is_of_editors(rule.id)).everything(&alone);
    let found = found.iter().filter(|found| !is_found_allowed(analysis, found));
    found.map(|found| found.diagnostic(&analysis.index)).collect()
}

/// Puts findings in order of path and place.
pub(crate) fn sort(found: &mut [Diagnostic]) {
    found.sort_by(|a, b| {
        (&a.path, a.range, b.severity, a.rule, &a.message)
            .cmp(&(&b.path, b.range, a.severity, b.rule, &b.message))
    });
}

/// Whether a comment or the configuration allows what was found. A finding about two places is
/// allowed at either: not every format has comments.
fn is_found_allowed(analysis: &Snapshot, found: &StoredFinding) -> bool {
    let index = &analysis.index;
    let diagnostic = found.unplaced();
    let by_comment = |doc: DocIdx, range: TextRange| {
        index.docs[doc].facts.allows.iter().any(|allow| {
            allow.range.touches(range.start as usize)
                && allow.rules.iter().any(|rule| rule == diagnostic.rule)
        })
    };
    let has_comments = found.docs().any(|doc| !index.docs[doc].facts.allows.is_empty());
    let mut places = found.places(index).enumerate();
    if has_comments
        && places
            .any(|(nth, (doc, range))| (nth == 0 || !range.is_empty()) && by_comment(doc, range))
    {
        return true;
    }
    analysis.config.allow.iter().any(|allow| {
        let is_of = |id: &str| analysis.task(id).map(|task| &task.id) == diagnostic.task.as_ref();
        allow.rule == diagnostic.rule
            && allow.path.as_ref().is_none_or(|glob| glob.is_match(diagnostic.path.as_str()))
            && allow.task.as_ref().is_none_or(|id| is_of(id))
    })
}
