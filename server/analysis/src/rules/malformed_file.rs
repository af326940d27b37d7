//! A file that can be read only in part.

use crate::index::DocIdx;
use crate::model::{EntityIdx, Occurrence};
use crate::profile::{EntityKind, Severity};
use crate::rules::{Check, Finding, Findings, Rule};
use crate::snapshot::Snapshot;
use crate::syntax::markdown::unclosed;

/// The rule.
pub static RULE: Rule = Rule {
    id: "malformed-file",
    severity: Severity::Error,
    summary: "a file cannot be read, or only in part",
    doc: include_str!("malformed_file.md"),
    checks: &[Check::Document(check)],
    fix: None,
};

/// A broken file is told of once in a while, not once a line.
const MOST: usize = 20;

fn check(analysis: &Snapshot, doc: DocIdx, findings: &mut Findings<'_>) {
    let document = &analysis.index.docs[doc];
    let facts = &document.facts;
    let problems = facts.problems.iter().filter(|_| !facts.history);
    for problem in problems.chain(analysis.emptied(doc).as_ref()).take(MOST) {
        // What opens here hides what stands behind it, where the status of a task or phase stands: a box
        // may be an example.
        let (from, opens) = (problem.range, |what: &str| problem.message.starts_with(what));
        let text = || document.text.copy(from.end as usize..document.text.len());
        let until = match opens("this code fence") {
            true => from.end as usize + unclosed::doubtful(problem, &text()),
            false => document.text.len(),
        };
        let is_part = |entity: EntityIdx| facts.entities[entity].kind == EntityKind::Item;
        let hidden = from.start as usize + 1..until;
        let is_hidden = |it: &&Occurrence| hidden.contains(&(it.reading.range.start as usize));
        let behind = facts.occurrences.iter().filter(is_hidden);
        let hides = behind.map(|it| it.entity).any(|entity| !is_part(entity));
        let is_lenient = match () {
            () if opens("this code fence") || opens("this comment") => !hides,
            // Nothing is looked for in it.
            () if opens("this front matter") => facts.broken.is_none(),
            () => false,
        };
        let finding = Finding::new(doc, problem.range, problem.message.clone());
        findings.push(finding.lenient(is_lenient));
    }
}
