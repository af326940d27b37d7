//! Findings for people.

use std::collections::BTreeMap;

use lockstep_store::parallel::each;

use crate::cli::UserError;
use crate::cli::output::{BOLD, CYAN, GREEN, Output, RED, YELLOW, count, counted, one_line, paint};
use crate::cli::source::Excerpts;
use crate::report::{CheckReport, ProfileAtRoot, ReportedFinding};

/// As many findings are laid out before they are printed.
const TOGETHER: usize = 1024;

/// As many a thread takes at once.
const FEW: usize = 32;

/// What stands oftener in one file in the same words is shown once.
const MOST_ALIKE: usize = 3;

/// So many lines of such findings are named.
const MOST_LINES: usize = 12;

/// Prints every finding over its source line, and one line that sums up.
pub(super) fn print(
    out: &mut Output,
    excerpts: &Excerpts<'_>,
    report: &CheckReport,
) -> Result<(), UserError> {
    for findings in told(report).chunks(TOGETHER) {
        let show = |told: &FindingGroup<'_>| {
            excerpts.show_noting(told.first, told.note().as_deref()) + "\n\n"
        };
        for shown in each(findings, FEW, show) {
            out.text(&shown)?;
        }
    }
    if let Some(help) = help(report) {
        out.line(&help)?;
        out.text("\n")?;
    }
    out.line(&summary(report))
}

/// A finding that is shown, and the lines of those of its file that say the same.
struct FindingGroup<'r> {
    first: &'r ReportedFinding,
    more: Vec<u32>,
}

impl FindingGroup<'_> {
    fn note(&self) -> Option<String> {
        let lines: Vec<String> = self.more.iter().take(MOST_LINES).map(u32::to_string).collect();
        let unnamed = match self.more.len().saturating_sub(MOST_LINES) {
            0 => String::new(),
            n => format!(" and {n} more"),
        };
        let (n, lines) = (self.more.len(), lines.join(", "));
        (n > 0).then(|| format!("and {n} more in this file: lines {lines}{unnamed}"))
    }
}

/// What is shown: what no place explains and no fix mends, and stands many times in one file in the same
/// words, is shown at its first place.
fn told(report: &CheckReport) -> Vec<FindingGroup<'_>> {
    let key = |finding: &'_ ReportedFinding| {
        let is_alone = finding.related.is_empty() && !finding.fixable;
        is_alone.then(|| (finding.rule.clone(), finding.path.clone(), finding.message.clone()))
    };
    let mut alike: BTreeMap<_, Vec<u32>> = BTreeMap::new();
    for finding in &report.diagnostics {
        key(finding).into_iter().for_each(|it| alike.entry(it).or_default().push(finding.at.line));
    }
    alike.retain(|_, lines| lines.len() > MOST_ALIKE);
    let mut told = Vec::new();
    for finding in &report.diagnostics {
        let more = match key(finding).and_then(|it| alike.get_mut(&it)) {
            None => Vec::new(),
            Some(lines) if lines.is_empty() => continue,
            Some(lines) => std::mem::take(lines).split_off(1),
        };
        told.push(FindingGroup { first: finding, more });
    }
    told
}

/// Prints every finding on a line of its own.
pub(super) fn print_short(out: &mut Output, report: &CheckReport) -> Result<(), UserError> {
    for finding in &report.diagnostics {
        let ReportedFinding { path, at, severity, rule, message, .. } = finding;
        let style = match severity.as_str() {
            "error" => RED.bold(),
            "warning" => YELLOW.bold(),
            _ => BOLD,
        };
        let (place, message) = (one_line(path), one_line(message));
        let kind = paint(style, &format!("{severity}[{rule}]"));
        out.line(&format!("{place}:{}:{}: {kind}: {message}", at.line, at.column))?;
    }
    Ok(())
}

/// How often each rule found something, and what to type to learn more.
fn help(report: &CheckReport) -> Option<String> {
    let mut rules: BTreeMap<&str, usize> = BTreeMap::new();
    for finding in &report.diagnostics {
        *rules.entry(&finding.rule).or_default() += 1;
    }
    let help = paint(CYAN.bold(), "help");
    if let (Some((rule, _)), 1) = (rules.first_key_value(), rules.len()) {
        return Some(format!("= {help}: lockstep explain {rule}"));
    }
    let mut rules: Vec<(&str, usize)> = rules.into_iter().collect();
    rules.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
    let width = rules.first()?.1.to_string().len();
    let lines = rules.iter().map(|(rule, n)| format!("{n:>width$}  {rule}\n"));
    Some(format!("{}\n= {help}: lockstep explain RULE", lines.collect::<String>()))
}

/// So many folders of one profile are named.
const MOST_FOLDERS: usize = 3;

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
        if found.is_empty() { paint(GREEN.bold(), "no findings") } else { found.join(", ") };
    let profiles = match report.profiles.as_slice() {
        [] => format!("profile {}", report.profile),
        several => format!("profiles {}", told_profiles(several)),
    };
    let documents = count(report.documents, "document");
    if (report.tasks, report.archived) == (0, 0) {
        // Nothing was found where nothing was understood.
        return format!("{found}, but no task was recognised in {documents} ({profiles})");
    }
    format!("{found} in {documents}, {} ({profiles})", counted(report.tasks, report.archived))
}

/// Each profile with its folder; many folders of one are counted.
fn told_profiles(several: &[ProfileAtRoot]) -> String {
    let roots = |profile: &str| several.iter().filter(|it| it.profile == profile).count();
    let mut told: Vec<String> = Vec::new();
    for ProfileAtRoot { profile, root } in several {
        let one = match (roots(profile), root.as_str()) {
            (n, _) if n > MOST_FOLDERS => format!("{profile} in {n} folders"),
            (_, "") => profile.clone(),
            (_, root) => format!("{profile} in {root}"),
        };
        if !told.contains(&one) {
            told.push(one);
        }
    }
    told.join(", ")
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
        (report.summary.warning, report.archived) = (0, 612);
        assert_eq!(
            plain(&report),
            "no findings in 2 documents, 1 task (612 archived) (profile opencode)"
        );
        (report.tasks, report.archived) = (0, 0);
        assert_eq!(
            plain(&report),
            "no findings, but no task was recognised in 2 documents (profile opencode)"
        );
        let at = |profile: &str, root: &str| ProfileAtRoot {
            profile: profile.to_owned(),
            root: root.to_owned(),
        };
        report.profiles = vec![at("gsd", ".planning"), at("checklist", "")];
        report.profiles.extend((1..=4).map(|n| at("compozy", &format!("tasks/{n}"))));
        assert!(
            plain(&report)
                .ends_with("(profiles gsd in .planning, checklist, compozy in 4 folders)")
        );
    }

    #[test]
    fn what_is_said_many_times_in_a_file_is_shown_once_with_the_other_lines() {
        let mut alike = testing::report().diagnostics.remove(0);
        (alike.rule, alike.fixable) = ("unknown-status".into(), false);
        alike.related.clear();
        let shown = |n: u32, change: &dyn Fn(&mut ReportedFinding)| {
            let mut report = testing::report();
            report.diagnostics.extend((1..=n).map(|n| {
                let mut finding = alike.clone();
                finding.at.line = n;
                change(&mut finding);
                finding
            }));
            let told = told(&report);
            (told.len(), told.iter().filter_map(FindingGroup::note).collect::<Vec<_>>())
        };
        assert_eq!(shown(3, &|_| ()), (4, vec![]));
        let note = "and 3 more in this file: lines 2, 3, 4".to_owned();
        assert_eq!(shown(4, &|_| ()), (2, vec![note]));
        let note =
            "and 21 more in this file: lines 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13 and 9 more";
        assert_eq!(shown(22, &|_| ()), (2, vec![note.to_owned()]));
        assert_eq!(shown(22, &|it| it.fixable = true), (23, vec![]));
        assert_eq!(shown(22, &|it| it.message.push_str(&it.at.line.to_string())), (23, vec![]));
    }

    #[test]
    fn every_rule_is_counted_the_busiest_first() {
        let mut report = testing::report();
        report.diagnostics.push(report.diagnostics[0].clone());
        let plain = |report: &CheckReport| {
            anstream::adapter::strip_str(&help(report).unwrap_or_default()).to_string()
        };
        assert_eq!(plain(&report), "= help: lockstep explain drift");
        report.diagnostics.push(report.diagnostics[0].clone());
        report.diagnostics[1].rule = "stale-rollup".into();
        assert_eq!(plain(&report), "2  drift\n1  stale-rollup\n\n= help: lockstep explain RULE");
    }
}
