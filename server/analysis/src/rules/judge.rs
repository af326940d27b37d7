//! Runs the rules. After a change only those checks run again whose subject it has touched.

use std::collections::BTreeSet;

use crate::analysis::Analysis;
use crate::index::update::Touched;
use crate::index::{DocIdx, Place};
use crate::model::FilePath;
use crate::profile::Severity;
use crate::profile::id::TaskId;
use crate::rules::{
    Check, Diagnostic, Finding, OF_EDITORS, RULES, Rule, is_of_editors, malformed_file, severity,
};
use crate::text::TextRange;

/// What a check looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Subject {
    Task(TaskId),
    Entity(Place),
    Document(DocIdx),
    Workspace,
}

/// What the rules have found in files, what comments and the configuration allow included.
#[derive(Clone, Debug, Default)]
pub(crate) struct Judged {
    found: Vec<(Subject, Diagnostic)>,
}

/// Collects what one check finds.
#[derive(Debug)]
pub struct Findings<'a> {
    analysis: &'a Analysis,
    rule: &'static Rule,
    severity: Severity,
    subject: Subject,
    out: &'a mut Vec<(Subject, Diagnostic)>,
}

impl Findings<'_> {
    /// Reports a finding.
    pub fn push(&mut self, finding: Finding) {
        let diagnostic = Diagnostic {
            rule: self.rule.id,
            severity: self.severity,
            path: self.analysis.index.docs[finding.doc].path.clone(),
            range: finding.range,
            message: finding.message,
            task: finding.task,
            place: finding.place,
            change: finding.change,
            related: finding.related,
            fixable: finding.fixable && self.rule.fix.is_some(),
        };
        self.out.push((self.subject.clone(), diagnostic));
    }
}

/// What is to be judged.
#[derive(Debug, Default)]
struct Subjects {
    tasks: BTreeSet<TaskId>,
    places: BTreeSet<Place>,
    docs: BTreeSet<DocIdx>,
}

impl Subjects {
    fn has(&self, subject: &Subject) -> bool {
        match subject {
            Subject::Task(id) => self.tasks.contains(id),
            Subject::Entity(place) => self.places.contains(place),
            Subject::Document(doc) => self.docs.contains(doc),
            Subject::Workspace => true,
        }
    }

    fn add(&mut self, subject: &Subject) {
        match subject {
            Subject::Task(id) => drop(self.tasks.insert(id.clone())),
            Subject::Entity(place) => drop(self.places.insert(*place)),
            Subject::Document(doc) => drop(self.docs.insert(*doc)),
            Subject::Workspace => {}
        }
    }
}

impl Judged {
    /// What every rule finds that is not about editors.
    pub(crate) fn new(analysis: &Analysis) -> Judged {
        let mut judged = Judged::default();
        for (rule, severity) in active(analysis, |rule| !is_of_editors(rule.id)) {
            let mut run = Run { analysis, rule, severity, out: &mut judged.found };
            run.everything();
        }
        judged
    }

    /// The same for an analysis that differs from the one judged here in what is `touched`.
    pub(crate) fn again(&self, analysis: &Analysis, touched: &Touched) -> Judged {
        let index = &analysis.index;
        let mut subjects = Subjects {
            tasks: touched.tasks.clone(),
            places: touched.places.clone(),
            docs: touched.docs.clone(),
        };
        for doc in &touched.replaced {
            let entities = 0..index.docs[*doc].facts.entities.len();
            subjects.places.extend(entities.map(|entity| Place { doc: *doc, entity }));
            subjects.docs.insert(*doc);
        }
        // What stands in a text that has changed may stand elsewhere in it now.
        let texts: BTreeSet<&FilePath> =
            touched.docs.iter().map(|doc| &index.docs[*doc].path).collect();
        let moves = |diagnostic: &Diagnostic| {
            texts.contains(&diagnostic.path)
                || diagnostic.related.iter().any(|related| texts.contains(&related.path))
        };
        for (subject, _) in self.found.iter().filter(|(_, diagnostic)| moves(diagnostic)) {
            subjects.add(subject);
        }
        let kept = self.found.iter().filter(|(subject, _)| !subjects.has(subject));
        let mut judged = Judged { found: kept.cloned().collect() };
        for (rule, severity) in active(analysis, |rule| !is_of_editors(rule.id)) {
            let mut run = Run { analysis, rule, severity, out: &mut judged.found };
            run.only(&subjects);
        }
        judged
    }

    /// The findings that nothing allows, and the problems of the configuration.
    pub(crate) fn diagnostics(&self, analysis: &Analysis) -> Vec<Diagnostic> {
        let found = self.found.iter().map(|(_, diagnostic)| diagnostic);
        let mut out: Vec<Diagnostic> =
            found.filter(|diagnostic| !is_allowed(analysis, diagnostic)).cloned().collect();
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
        let config = || FilePath::new(crate::analysis::CONFIG);
        let problems = analysis.config.problems.iter();
        out.extend(problems.map(|it| malformed(config(), it.range, &it.message)));
        let unread = analysis.unread.iter();
        out.extend(unread.map(|it| malformed(it.path.clone(), TextRange::default(), &it.reason)));
        out
    }
}

/// Runs the rules about editors, and puts what they find among what the others have found.
pub(crate) fn with_editing(analysis: &Analysis, of_files: &[Diagnostic]) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (rule, severity) in active(analysis, |rule| OF_EDITORS.iter().any(|it| it.id == rule.id)) {
        Run { analysis, rule, severity, out: &mut found }.everything();
    }
    let mut out = of_files.to_vec();
    let found = found.into_iter().map(|(_, diagnostic)| diagnostic);
    out.extend(found.filter(|diagnostic| !is_allowed(analysis, diagnostic)));
    out.sort_by(|a, b| {
        (&a.path, a.range, b.severity, a.rule, &a.message)
            .cmp(&(&b.path, b.range, a.severity, b.rule, &b.message))
    });
    out
}

/// The rules that are not off, with how loud they are.
fn active(
    analysis: &Analysis,
    chosen: impl Fn(&Rule) -> bool,
) -> impl Iterator<Item = (&'static Rule, Severity)> {
    let rules = RULES.iter().copied().filter(move |rule| chosen(rule));
    rules.filter_map(|rule| Some((rule, severity(analysis, rule)?)))
}

/// One rule at work.
struct Run<'a> {
    analysis: &'a Analysis,
    rule: &'static Rule,
    severity: Severity,
    out: &'a mut Vec<(Subject, Diagnostic)>,
}

impl Run<'_> {
    fn findings(&mut self, subject: Subject) -> Findings<'_> {
        let Run { analysis, rule, severity, .. } = *self;
        Findings { analysis, rule, severity, subject, out: self.out }
    }

    fn everything(&mut self) {
        let index = &self.analysis.index;
        for check in self.rule.checks {
            match check {
                Check::Task(check) => {
                    for task in index.tasks.values() {
                        let subject = Subject::Task(task.id.clone());
                        check(self.analysis, task, &mut self.findings(subject));
                    }
                }
                Check::Entity(check) => {
                    for (doc, document) in index.docs.iter().enumerate() {
                        for entity in 0..document.facts.entities.len() {
                            let place = Place { doc, entity };
                            check(self.analysis, place, &mut self.findings(Subject::Entity(place)));
                        }
                    }
                }
                Check::Document(check) => {
                    for doc in 0..index.docs.len() {
                        check(self.analysis, doc, &mut self.findings(Subject::Document(doc)));
                    }
                }
                Check::Workspace(check) => {
                    check(self.analysis, &mut self.findings(Subject::Workspace));
                }
            }
        }
    }

    fn only(&mut self, subjects: &Subjects) {
        for check in self.rule.checks {
            match check {
                Check::Task(check) => {
                    let tasks = &self.analysis.index.tasks;
                    for task in subjects.tasks.iter().filter_map(|id| tasks.get(id)) {
                        let subject = Subject::Task(task.id.clone());
                        check(self.analysis, task, &mut self.findings(subject));
                    }
                }
                Check::Entity(check) => {
                    for place in &subjects.places {
                        check(self.analysis, *place, &mut self.findings(Subject::Entity(*place)));
                    }
                }
                Check::Document(check) => {
                    for doc in &subjects.docs {
                        check(self.analysis, *doc, &mut self.findings(Subject::Document(*doc)));
                    }
                }
                Check::Workspace(check) => {
                    check(self.analysis, &mut self.findings(Subject::Workspace));
                }
            }
        }
    }
}

/// Whether a comment or the configuration allows what was found. A finding about two places is
/// allowed at either: not every format has comments.
fn is_allowed(analysis: &Analysis, diagnostic: &Diagnostic) -> bool {
    let by_comment = |path: &FilePath, range: TextRange| {
        let found = analysis.index.document(path.as_str());
        found.is_some_and(|(_, document)| {
            document.facts.allows.iter().any(|allow| {
                allow.range.touches(range.start as usize)
                    && allow.rules.iter().any(|rule| rule == diagnostic.rule)
            })
        })
    };
    let mut related = diagnostic.related.iter().filter(|related| !related.range.is_empty());
    if by_comment(&diagnostic.path, diagnostic.range)
        || related.any(|related| by_comment(&related.path, related.range))
    {
        return true;
    }
    analysis.config.allow.iter().any(|allow| {
        let is_of =
            |id| diagnostic.task.is_some() && analysis.profile.ids.parse(id) == diagnostic.task;
        allow.rule == diagnostic.rule
            && allow.path.as_ref().is_none_or(|glob| glob.is_match(diagnostic.path.as_str()))
            && allow.task.as_ref().is_none_or(|id| is_of(id))
    })
}
