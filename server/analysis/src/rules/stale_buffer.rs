//! A text in an editor that was read before somebody else changed the file.

use crate::change::SourceChange;
use crate::profile::Severity;
use crate::rules::{Check, Diagnostic, Finding, Findings, Fix, Related, Rule};
use crate::snapshot::Snapshot;
use crate::snapshot::editing::{OnDisk, place};
use crate::text::TextRange;
use crate::text::merge::{Standing, same, same_texts, standing, three_way};
use crate::text::shared_text::SharedText;
use crate::text::text_edit::TextEdits;

/// The rule.
pub static RULE: Rule = Rule {
    id: "stale-buffer",
    severity: Severity::Warning,
    summary: "a file changed on disk after the editor read it; saving would undo that change",
    doc: include_str!("stale_buffer.md"),
    checks: &[Check::Workspace(check)],
    fix: Some(fix),
};

fn check(analysis: &Snapshot, findings: &mut Findings<'_>) {
    for (path, disk) in &analysis.editing.open {
        let Some((doc, document)) = analysis.index.document(path.as_str()) else { continue };
        if is_as_read(disk) {
            continue;
        }
        let here = disk.behind.as_ref().unwrap_or(&document.text);
        let is_clean = disk.read.as_ref().is_some_and(|read| same_texts(read, here));
        if is_clean && !disk.late {
            // Most editors read it again in a moment.
            continue;
        }
        match undone(disk, here) {
            None => {}
            Some(UndoneChange::Removal) => {
                let message = "the file is no longer on disk; saving would create it again";
                findings.push(Finding::new(doc, first_line(&document.text), message.to_owned()));
            }
            Some(UndoneChange::Change(now)) => {
                let message = match is_clean {
                    true => {
                        "the file changed on disk after it was read here; saving this text would \
                         undo that"
                    }
                    false => {
                        "the file and this text have changed apart; saving would undo what is on \
                         disk"
                    }
                };
                let mut finding = Finding::new(doc, first_line(&document.text), message.to_owned());
                let range = place(document, here, now);
                if !range.is_empty() {
                    let (path, message) =
                        (path.clone(), "the text on disk is different here".to_owned());
                    finding = finding.related(Related { path, range, message });
                }
                findings.push(finding.fixable(merged(disk, here).is_some()));
            }
        }
    }
}

/// The edits that make what changed on disk in a text that was changed here too; `None` where the two have
/// changed the same lines, and where the text was not changed, which is better read again.
fn merged(disk: &OnDisk, here: &SharedText) -> Option<TextEdits> {
    let (read, now) = (disk.read.as_deref()?, disk.text.as_deref()?);
    let is_apart = disk.behind.is_none() && !same(read, here);
    is_apart.then(|| three_way(read, now, here))?.filter(|edits| !edits.is_empty())
}

/// Makes in this text what changed on disk.
fn fix(analysis: &Snapshot, diagnostic: &Diagnostic, _at: &str) -> Vec<Fix> {
    let path = &diagnostic.path;
    let Some((_, document)) = analysis.index.document(path.as_str()) else { return Vec::new() };
    let disk = analysis.editing.open.get(path);
    let Some(edits) = disk.and_then(|disk| merged(disk, &document.text)) else {
        return Vec::new();
    };
    let mut change = SourceChange::default();
    change.before.insert(path.clone(), document.text.clone());
    change.edits.insert(path.clone(), edits);
    // Which of the two somebody wants only they know.
    let title = "Merge what changed on disk into this text".to_owned();
    vec![Fix { title, preferred: false, change }]
}

/// The first line that says something. The whole text is old, wherever the file has changed; and at
/// that place there may be findings of what the old text says, beside which some editors show no
/// other.
fn first_line(text: &str) -> TextRange {
    let blank = |c: char| c.is_whitespace() || c == '\u{feff}';
    let start = text.len() - text.trim_start_matches(blank).len();
    let line = text[start..].lines().next().unwrap_or_default();
    TextRange::new(start, start + line.trim_end().len())
}

/// What saving would undo.
enum UndoneChange<'a> {
    Removal,
    /// The change that made this of what was read.
    Change(&'a str),
}

/// Whether nobody has changed the file since it was read. Asked before the text is looked at: it is so
/// at almost every key.
fn is_as_read(disk: &OnDisk) -> bool {
    match (&disk.text, &disk.read) {
        (Some(now), Some(read)) => same_texts(now, read),
        (now, read) => now.is_none() && read.is_none(),
    }
}

/// What is at stake where the file has changed since it was read.
fn undone<'a>(disk: &'a OnDisk, here: &SharedText) -> Option<UndoneChange<'a>> {
    let Some(now) = &disk.text else { return Some(UndoneChange::Removal) };
    let read = disk.read.as_deref().unwrap_or_default();
    // What is on disk may stand here too, among words that are not saved.
    let is_known = same(now, read) || standing(read, now, here) == Standing::Made;
    (!is_known).then_some(UndoneChange::Change(now))
}
