//! A file that somebody else is changing in another editor.

use crate::analysis::Analysis;
use crate::analysis::editing::{OtherEditor, place};
use crate::model::FilePath;
use crate::profile::Severity;
use crate::rules::{Finding, Findings, Rule};
use crate::text::carry::same;

/// The rule.
pub static RULE: Rule = Rule {
    id: "other-editor",
    severity: Severity::Info,
    since: "0.1.0",
    summary: "another editor holds changes of this file that are not saved",
    doc: include_str!("other_editor.md"),
    check,
    fix: None,
};

fn check(analysis: &Analysis, findings: &mut Findings<'_>) {
    for (path, others) in &analysis.editing.others {
        for other in others {
            report(analysis, path, other, findings);
        }
    }
}

fn report(
    analysis: &Analysis,
    path: &FilePath,
    other: &OtherEditor,
    findings: &mut Findings<'_>,
) {
    let Some((doc, document)) = analysis.index.document(path.as_str()) else { return };
    let here = &document.text;
    let disk = match analysis.editing.open.get(path) {
        Some(disk) => disk.text.as_deref().unwrap_or_default(),
        None => here,
    };
    if same(&other.text, here) || same(&other.text, disk) {
        return;
    }
    let name = &other.name;
    let message = match same(here, disk) {
        true => format!("{name} has changes of this file that are not saved"),
        false => format!(
            "the file has unsaved changes here and in {name}; whoever saves last would undo what \
             the other saved"
        ),
    };
    findings.push(Finding::new(doc, place(document, disk, &other.text), message));
}
