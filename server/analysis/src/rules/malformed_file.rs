//! A file that can be read only in part.

use crate::analysis::Analysis;
use crate::profile::Severity;
use crate::rules::{Finding, Findings, Rule};

/// The rule.
pub static RULE: Rule = Rule {
    id: "malformed-file",
    severity: Severity::Error,
    since: "0.1.0",
    summary: "a part of a file cannot be read",
    doc: include_str!("malformed_file.md"),
    check,
    fix: None,
};

/// A broken file is told of once in a while, not once a line.
const MOST: usize = 20;

fn check(analysis: &Analysis, findings: &mut Findings<'_>) {
    for (doc, document) in analysis.index.docs.iter().enumerate() {
        if document.facts.history {
            continue;
        }
        for problem in document.facts.problems.iter().take(MOST) {
            findings.push(Finding::new(doc, problem.range, problem.message.clone()));
        }
    }
}
