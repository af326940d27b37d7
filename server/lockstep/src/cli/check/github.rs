//! Findings as workflow commands of GitHub Actions, which shows them at their lines.

use std::fmt::Write;

use crate::cli::output::lines;
use crate::report::CheckReport;

/// One line for each finding.
pub(super) fn render(report: &CheckReport) -> String {
    let mut out = String::new();
    for finding in &report.diagnostics {
        let kind = match finding.severity.as_str() {
            "error" => "error",
            "warning" => "warning",
            _ => "notice",
        };
        let _ = writeln!(
            out,
            "::{kind} file={},line={},endLine={},col={},endColumn={},title={}::{}",
            property(&finding.path),
            finding.at.line,
            finding.at.end_line,
            finding.at.column,
            // There the column of the last character counts, here the one after it.
            if finding.at.end_line == finding.at.line {
                finding.at.end_column.saturating_sub(1).max(finding.at.column)
            } else {
                finding.at.end_column.saturating_sub(1).max(1)
            },
            property(&finding.rule),
            message(&finding.message),
        );
    }
    out
}

fn message(text: &str) -> String {
    lines(text).replace("##[", "# #[").replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    message(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::check::testing;

    #[test]
    fn what_would_end_a_property_or_the_line_is_escaped() {
        assert_eq!(
            render(&testing::report()),
            "::warning file=specs/my%2C [x]%3ATODO.md,line=3,endLine=3,col=15,endColumn=25,\
             title=drift::task 7 is 50%25 done,%0Aor so\n"
        );
    }
}
