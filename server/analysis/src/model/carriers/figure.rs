//! `Completed - 100%`: a share of the work that is all there is behind a status.

use crate::text::TextRange;
use crate::text::shared_text::SharedText;

const EMPHASIS: [char; 2] = ['*', '_'];

/// Where the share stands, with the dash or the brackets that join it to its status; `None` where more is
/// said behind the status.
pub(super) fn alone(text: &SharedText, behind: TextRange) -> Option<TextRange> {
    let all = behind.of(text).trim_end();
    let rest = all.trim_start_matches(EMPHASIS);
    let start = behind.start as usize + all.len() - rest.len();
    // What emphasises the status as well is closed behind the share.
    let inner = rest.trim_end_matches(EMPHASIS);
    let opened = inner.matches(EMPHASIS).count();
    let whole = &rest[..(inner.len() + opened).min(rest.len())];
    let said = inner.trim_start().trim_start_matches(['-', '–', '—', ':', ',']).trim_start();
    let is_joined = inner.starts_with([' ', ',', ':']) && said.len() < inner.trim_start().len();
    let bracketed = said.strip_prefix('(').and_then(|it| it.strip_suffix(')'));
    let said = bracketed.unwrap_or(said).trim_matches(EMPHASIS);
    let (figure, unit) = said.split_once('%')?;
    let unit = unit.trim();
    let is_unit =
        ["", "complete", "completed", "done"].iter().any(|it| it.eq_ignore_ascii_case(unit));
    let figure = figure.trim_end();
    let is_figure = !figure.is_empty() && figure.bytes().all(|byte| byte.is_ascii_digit());
    let is_all = is_figure && is_unit && (is_joined || bracketed.is_some());
    is_all.then(|| TextRange::new(start, start + whole.len()))
}

#[cfg(test)]
mod tests {
    use crate::testing::{analysis, set};

    /// A task with this status, and what it says then.
    fn becomes(status: &str, to: &str) -> Result<String, String> {
        let fixture = format!(
            "//- /memory-bank/tasks/TASK001-log-in.md
  # [TASK001] - Log in

  **Status:** {status}

  ## Progress Tracking

  **Overall Status:** {status}
"
        );
        let after = set(&fixture, "TASK001", to).map_err(|why| why.to_string())?;
        let said = after.lines().filter_map(|line| line.split_once("Status:** "));
        let said: Vec<&str> = said.map(|(_, said)| said).collect();
        assert_eq!(said[0], said[1]);
        Ok(said[0].to_owned())
    }

    #[test]
    fn all_of_the_work_goes_with_the_status_that_says_so() {
        for (old, new) in [
            ("Completed - 100%", "In Progress"),
            ("Completed – 100% Complete", "In Progress"),
            ("Completed (100%)", "In Progress"),
            ("Completed, 100 %", "In Progress"),
            ("**Completed** - 100%", "**In Progress**"),
            ("**Completed - 100%**", "**In Progress**"),
            ("**Completed** - **100%**", "**In Progress**"),
            ("**Completed - *100%***", "**In Progress**"),
        ] {
            assert_eq!(becomes(old, "in_progress").as_deref(), Ok(new), "{old}");
        }
        assert_eq!(becomes("Completed - 100%", "pending").as_deref(), Ok("Pending - 0%"));
    }

    #[test]
    fn more_than_a_share_is_nobodys_to_drop() {
        for old in ["Completed - 100%, see the notes", "Completed (100%), as far as is known"] {
            becomes(old, "in_progress").expect_err(old);
        }
    }

    const TWICE: &str = "//- /memory-bank/tasks/TASK001-log-in.md
  # [TASK001] - Log in

  **Status:** Pending
  **Added:** 2026-01-02

  ## Progress Log

  # [TASK001] - Log in

  **Status:** In Progress
  **Added:** 2026-01-02

  ## Progress Log

  **Status:** Blocked
";

    #[test]
    fn a_second_copy_of_a_document_says_its_status_too() {
        let (analysis, _) = analysis(TWICE);
        let found: Vec<&str> = analysis.diagnostics().iter().map(|it| it.rule).collect();
        assert_eq!(found, ["drift"]);
        let after = set(TWICE, "TASK001", "completed").expect("it may be set");
        assert_eq!(after.matches("**Status:** Completed").count(), 2, "{after}");
        let other = TWICE.replacen("- Log in", "- Log out", 2);
        let other = other.replacen("- Log out", "- Log in", 1);
        let after = set(&other, "TASK001", "completed").expect("it may be set");
        assert_eq!(after.matches("**Status:** Completed").count(), 1, "{after}");
    }
}
