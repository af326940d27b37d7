//! A change over several files that an editor has made and not saved.

use std::collections::BTreeSet;

use crate::model::FilePath;
use crate::profile::Severity;
use crate::rules::{Check, Finding, Findings, Related, Rule};
use crate::snapshot::Snapshot;
use crate::snapshot::editing::{EditProgress, EditorChange};

/// The rule.
pub static RULE: Rule = Rule {
    id: "unsaved-change",
    severity: Severity::Info,
    summary: "a change of several files is not saved in the editor",
    doc: include_str!("unsaved_change.md"),
    checks: &[Check::Workspace(check)],
    fix: None,
};

fn check(analysis: &Snapshot, findings: &mut Findings<'_>) {
    for change in &analysis.editing.changes {
        let progress = analysis.progress(change);
        if !progress.is_half() {
            report(analysis, change, &progress, findings);
        }
    }
}

fn report(
    analysis: &Snapshot,
    change: &EditorChange,
    progress: &EditProgress,
    findings: &mut Findings<'_>,
) {
    let label = &change.label;
    let others = progress.unsaved.len().saturating_sub(1);
    for path in &progress.unsaved {
        let (Some((doc, document)), Some(file)) =
            (analysis.index.document(path.as_str()), change.files.get(path))
        else {
            continue;
        };
        let message = match (progress.saved.first(), others) {
            (Some(saved), _) => format!("`{label}` is saved in {saved}, but not here"),
            (None, 0) => format!("`{label}` is not saved yet"),
            (None, 1) => format!("`{label}` is not saved yet, here and in another file"),
            (None, n) => format!("`{label}` is not saved yet, here and in {n} other files"),
        };
        let mut finding = Finding::new(doc, file.place(document), message).change(&change.id);
        finding.related.extend(related(analysis, change, &progress.saved, path, "saved here"));
        finding.related.extend(related(
            analysis,
            change,
            &progress.unsaved,
            path,
            "not saved here",
        ));
        findings.push(finding);
    }
}

/// The places of the change in the files of `paths`, without those in `own`.
fn related(
    analysis: &Snapshot,
    change: &EditorChange,
    paths: &BTreeSet<FilePath>,
    own: &FilePath,
    message: &str,
) -> Vec<Related> {
    let others = paths.iter().filter(|path| *path != own);
    let place = |path: &FilePath| {
        let (_, document) = analysis.index.document(path.as_str())?;
        let range = change.files.get(path)?.place(document);
        Some(Related { path: path.clone(), range, message: message.to_owned() })
    };
    others.filter_map(place).collect()
}
