//! Suppresses a finding by a comment in front of it.

use crate::actions::{Action, ActionKind, At, Choice, Offer};
use crate::analysis::Analysis;
use crate::change::SourceChange;
use crate::model::Document;
use crate::operation::{self, Operation, Planner, Refused, front_matter_around};
use crate::profile::Format;
use crate::rules;
use crate::text::TextRange;

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
            && !is_in_row(document, d.range)
    }) {
        let place = match front_matter_around(document, diagnostic.range) {
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

/// Whether a place is in a row: a comment on a line of its own would end the table.
fn is_in_row(document: &Document, range: TextRange) -> bool {
    let line = document.lines.line_range(document.lines.line_col(range.start as usize).line);
    line.of(&document.text).trim_start().starts_with('|')
}

fn plan(
    analysis: &Analysis,
    choice: &Choice,
    at: &str,
    planner: Planner<'_>,
) -> Result<SourceChange, Refused> {
    Ok(operation::plan_with(analysis, &Operation::Allow(choice.finding()), at, planner)?.change)
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
    fn a_row_has_no_place_for_a_comment() {
        check_no_action(
            ACTION.id,
            "//- /tasks/d/_tasks.md\n  | # | Title | Status |\n  |---|---|---|\n  | 01 | One | pen$0ding |\n//- /tasks/d/task_01.md\n  ## status: completed\n",
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
