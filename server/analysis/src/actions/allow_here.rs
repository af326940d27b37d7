//! Suppresses a finding by a comment in front of it.

use crate::actions::{Action, ActionKind, At, Choice, Offer, gone};
use crate::analysis::Analysis;
use crate::change::{SourceChange, eol};
use crate::model::Document;
use crate::operation::Refused;
use crate::profile::Format;
use crate::rules::{self, Diagnostic};
use crate::syntax::markdown::Markdown;
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
    if document.role().format != Format::Markdown {
        return Vec::new();
    }
    let mut out: Vec<Offer> = Vec::new();
    for diagnostic in at.here.iter().filter(|d| {
        d.path == document.path
            && d.range.intersects(at.lines)
            && d.rule != "malformed-file"
            && !rules::is_of_editors(d.rule)
    }) {
        let place = match around(document, diagnostic.range) {
            Some(_) => "in this file",
            None => "here",
        };
        let title = format!("Allow `{}` {place}", diagnostic.rule);
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

/// The front matter around a range: YAML, in which an HTML comment would be a fault.
fn around(document: &Document, range: TextRange) -> Option<TextRange> {
    // It stands before all entities but the one that is the whole document.
    let mut starts =
        document.facts.entities.iter().take(2).map(|entity| entity.range.start as usize);
    let end = starts.find(|start| *start > 0).unwrap_or(document.text.len());
    if range.start as usize >= end {
        return None;
    }
    let front = Markdown::parse(&document.text.copy(0..end)).front_matter?;
    front.range.contains_range(range).then_some(front.range)
}

fn plan(analysis: &Analysis, choice: &Choice, _at: &str) -> Result<SourceChange, Refused> {
    let lost = || gone("the text here has changed");
    let (_, document) = analysis.index.document(&choice.path).ok_or_else(lost)?;
    // The text may have moved since: the nearest finding of the rule is the one meant.
    let same =
        |d: &&Diagnostic| Some(d.rule) == choice.rule.as_deref() && d.path.as_str() == choice.path;
    let in_file = analysis.diagnostics_in(&choice.path);
    let found = in_file.iter().filter(same);
    let meant =
        found.min_by_key(|d| d.range.start.abs_diff(choice.range.start)).ok_or_else(lost)?;
    let text = &document.text;
    let eol = eol(text);
    let edit = match around(document, meant.range) {
        Some(front) => {
            let insert = format!("{eol}{eol}<!-- lockstep: allow-file {} -->", meant.rule);
            TextEdit::insert(front.end as usize, insert)
        }
        None => {
            let before = text.get(..meant.range.start as usize).ok_or_else(lost)?;
            let start = before.rfind(['\n', '\r']).map_or(body_start(text), |at| at + 1);
            let line = &text[start..];
            let indent = &line[..line.len() - line.trim_start_matches([' ', '\t']).len()];
            let comment = format!("<!-- lockstep: allow {} -->", meant.rule);
            TextEdit::insert(start, format!("{indent}{comment}{eol}"))
        }
    };
    Ok(SourceChange::single(document, edit))
}

/// Behind a byte order mark.
fn body_start(text: &str) -> usize {
    if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::ACTION;
    use crate::testing::{check_action, check_no_action};

    const PLAN: &str = "\n//- /specs/007_add_login/plans/implementation-001.md\n  # Plan\n";

    #[test]
    fn a_finding_in_front_matter_is_allowed_below_it() {
        check_action(
            ACTION.id,
            &format!(
                "\
//- /specs/TODO.md
  ---
  next_project_number: $07
  ---
  # Tasks

  ### 7. Add login
  - **Status**: [PLANNED]{PLAN}"
            ),
            "Allow `stale-counter` in this file",
            "\
//- /specs/TODO.md
  ---
  next_project_number: 7
  ---

  <!-- lockstep: allow-file stale-counter -->
  # Tasks

  ### 7. Add login
  - **Status**: [PLANNED]
",
        );
    }

    #[test]
    fn nothing_is_allowed_where_nothing_is_found() {
        check_no_action(
            ACTION.id,
            &format!("//- /specs/TODO.md\n  ### 7. Add$0 login\n  - **Status**: [PLANNED]{PLAN}"),
        );
    }

    #[test]
    fn a_byte_order_mark_stays_in_front() {
        check_action(
            ACTION.id,
            "//- /specs/TODO.md bom\n  ### 7. Add login [PLAN$0ED]\n  - **Effort**: 1 hour\n",
            "Allow `unknown-status` here",
            "//- /specs/TODO.md bom\n  <!-- lockstep: allow unknown-status -->\n  ### 7. Add login [PLANED]\n  - **Effort**: 1 hour\n",
        );
    }
}
