//! Findings for people.

use std::path::Path;

use crate::cli::UserError;
use crate::cli::output::{BOLD, CYAN, GREEN, Output, RED, YELLOW, count, paint};
use crate::cli::source::Excerpts;
use crate::report::CheckReport;

/// Prints every finding over its source line, and one line that sums up.
pub(super) fn print(out: &mut Output, root: &Path, report: &CheckReport) -> Result<(), UserError> {
    let mut excerpts = Excerpts::new(root, out.width());
    for finding in &report.diagnostics {
        out.line(&excerpts.show(finding))?;
        out.text("\n")?;
    }
    if let Some(help) = help(report) {
        out.line(&help)?;
        out.text("\n")?;
    }
    out.line(&summary(report))
}

/// What to type to learn more: the rules that found something, once each.
fn help(report: &CheckReport) -> Option<String> {
    let mut rules: Vec<&str> = Vec::new();
    for finding in &report.diagnostics {
        if !rules.contains(&finding.rule.as_str()) {
            rules.push(&finding.rule);
        }
    }
    let rule = match rules.as_slice() {
        [] => return None,
        [rule] => (*rule).to_owned(),
        rules => format!("RULE ({})", rules.join(", ")),
    };
    Some(format!("= {}: lockstep explain {rule}", paint(CYAN.bold(), "help")))
}

fn summary(report: &CheckReport) -> String {
    let summary = report.summary;
    let found = [
        (summary.error, "error", RED.bold()),
        (summary.warning, "warning", YELLOW.bold()),
        (summary.info, "info", BOLD),
    ];
    let found = found.into_iter().filter(|(n, ..)| *n > 0);
    let found: Vec<String> = found.map(|(n, noun, style)| paint(style, &count(n, noun))).collect();
    let found =
        if found.is_empty() { paint(GREEN.bold(), "nothing found") } else { found.join(", ") };
    format!(
        "{found} in {}, {} (profile {})",
        count(report.documents, "document"),
        count(report.tasks, "task"),
        report.profile
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::check::testing;

    #[test]
    fn the_last_line_counts_what_there_is_and_leaves_out_what_there_is_not() {
        let plain =
            |report: &CheckReport| anstream::adapter::strip_str(&summary(report)).to_string();
        let mut report = testing::report();
        assert_eq!(plain(&report), "1 warning in 2 documents, 1 task (profile opencode)");
        report.summary.warning = 0;
        assert_eq!(plain(&report), "nothing found in 2 documents, 1 task (profile opencode)");
    }

    #[test]
    fn help_names_every_rule_once() {
        let mut report = testing::report();
        report.diagnostics.push(report.diagnostics[0].clone());
        let plain = |report: &CheckReport| {
            anstream::adapter::strip_str(&help(report).unwrap_or_default()).to_string()
        };
        assert_eq!(plain(&report), "= help: lockstep explain drift");
        report.diagnostics[1].rule = "stale-rollup".into();
        assert_eq!(plain(&report), "= help: lockstep explain RULE (drift, stale-rollup)");
    }
}
