//! A change over several files that an editor has made in some of them only.

use crate::change::SourceChange;
use crate::model::FilePath;
use crate::profile::Severity;
use crate::rules::{Check, Diagnostic, Finding, Findings, Fix, Related, Rule};
use crate::snapshot::Snapshot;
use crate::snapshot::editing::{EditProgress, EditedFile, EditorChange};
use crate::text::merge;

/// The rule.
pub static RULE: Rule = Rule {
    id: "half-applied",
    severity: Severity::Warning,
    summary: "a change has reached only some of its files",
    doc: include_str!("half_applied.md"),
    checks: &[Check::Workspace(check)],
    fix: Some(fix),
};

fn check(analysis: &Snapshot, findings: &mut Findings<'_>) {
    for change in &analysis.editing.changes {
        let progress = analysis.progress(change);
        if progress.is_half() {
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
    let message = format!("`{}` is not made in {}", change.label, listed(progress));
    for path in progress.saved.union(&progress.unsaved) {
        let (Some((doc, document)), Some(file)) =
            (analysis.index.document(path.as_str()), change.files.get(path))
        else {
            continue;
        };
        let mut finding = Finding::new(doc, file.place(document), message.clone());
        finding.related = missing(change, progress)
            .filter_map(|(path, file)| {
                let (_, document) = analysis.index.document(path.as_str())?;
                let range = file.place(document);
                Some(Related { path: path.clone(), range, message: "not made here".to_owned() })
            })
            .collect();
        findings.push(finding.change(&change.id).fixable(true));
    }
}

/// The files that lack the change.
fn missing<'a>(
    change: &'a EditorChange,
    progress: &'a EditProgress,
) -> impl Iterator<Item = (&'a FilePath, &'a EditedFile)> {
    change.files.iter().filter(|(path, _)| progress.missing.contains(*path))
}

fn listed(progress: &EditProgress) -> String {
    let names: Vec<&str> = progress.missing.iter().map(FilePath::as_str).collect();
    names.join(" and ")
}

/// Makes the change where it is missing.
fn fix(analysis: &Snapshot, diagnostic: &Diagnostic, _at: &str) -> Vec<Fix> {
    let of_finding =
        |change: &&std::sync::Arc<EditorChange>| Some(&change.id) == diagnostic.change.as_ref();
    let Some(change) = analysis.editing.changes.iter().find(of_finding) else { return Vec::new() };
    let progress = analysis.progress(change);
    if !progress.is_half() {
        return Vec::new();
    }
    let mut rest = SourceChange::default();
    for (path, file) in missing(change, &progress) {
        let Some((_, document)) = analysis.index.document(path.as_str()) else {
            rest.creates.insert(path.clone(), file.after.to_string());
            continue;
        };
        let before = file.before.as_deref().unwrap_or_default();
        if let Some(edits) = merge::three_way(before, &file.after, &document.text) {
            rest.edits.insert(path.clone(), edits);
            rest.before.insert(path.clone(), document.text.clone());
        }
    }
    let title = format!("Make the change in {} too", listed(&progress));
    // It may have been taken back there on purpose.
    vec![Fix { title, preferred: false, change: rest }]
}
