//! Suppresses a finding by a comment in front of it.

use crate::actions::{Action, ActionKind, At, Choice, Offer, gone};
use crate::analysis::Analysis;
use crate::change::{Refusal, SourceChange, eol};
use crate::profile::Format;
use crate::text::TextRange;
use crate::text::text_edit::TextEdit;

/// The action.
pub static ACTION: Action = Action {
    id: "allow-here",
    kind: ActionKind::QuickFix,
    doc: include_str!("allow_here.md"),
    offers,
    plan,
};

fn offers(at: &At<'_>) -> Vec<Offer> {
    let document = &at.analysis.index.docs[at.doc];
    if at.analysis.profile.role(document.facts.role).format != Format::Markdown {
        return Vec::new();
    }
    let mut out: Vec<Offer> = Vec::new();
    for diagnostic in at.analysis.diagnostics().iter().filter(|d| {
        d.path == document.path && d.range.intersects(at.range) && d.rule != "malformed-file"
    }) {
        let title = format!("Allow `{}` here", diagnostic.rule);
        if out.iter().any(|offer| offer.title == title) {
            continue;
        }
        let mut choice = Choice::new(&ACTION, at, diagnostic.range, &title);
        choice.rule = Some(diagnostic.rule.to_owned());
        let mends = Some((diagnostic.rule, diagnostic.range));
        out.push(Offer { title, preferred: false, mends, choice });
    }
    out
}

fn plan(analysis: &Analysis, choice: &Choice, _at: &str) -> Result<SourceChange, Refusal> {
    let lost = || gone("what stood here has changed meanwhile");
    let (_, document) = analysis.index.document(&choice.path).ok_or_else(lost)?;
    let rule = choice.rule.as_deref().ok_or_else(lost)?;
    let text = &document.text;
    let offset = (choice.range.start as usize).min(text.len());
    let before = text.get(..offset).ok_or_else(lost)?;
    let start = before.rfind(['\n', '\r']).map_or(0, |at| at + 1);
    let line = &text[start..];
    let indent = &line[..line.len() - line.trim_start_matches([' ', '\t']).len()];
    let insert = format!("{indent}<!-- lockstep: allow {rule} -->{}", eol(text));
    let edit = TextEdit { range: TextRange::empty(start), insert };
    Ok(SourceChange::single(document, edit))
}
