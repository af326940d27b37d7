//! Drift as it looks from the place that is trusted: whoever has only that file open must see it
//! too.

use std::collections::BTreeMap;

use lockstep_analysis::Analysis;
use lockstep_analysis::model::FilePath;
use lockstep_analysis::profile::EntityKind;
use lockstep_analysis::rules::{Diagnostic, Related, drift};
use lockstep_analysis::text::TextRange;

/// The findings of `drift` among `found` once more, each at the place that explains it if `is_here`
/// says so, unless that is on the same line. Places that contradict one and the same place are told in
/// one finding.
pub(crate) fn echoes(
    analysis: &Analysis,
    found: &[Diagnostic],
    is_here: impl Fn(&FilePath, TextRange) -> bool,
) -> Vec<Diagnostic> {
    let mut echoes: BTreeMap<(&FilePath, TextRange), Diagnostic> = BTreeMap::new();
    for finding in found.iter().filter(|d| d.rule == drift::RULE.id) {
        let here = |related: &&Related| is_here(&related.path, related.range);
        let mut here = finding.related.iter().filter(here).peekable();
        if here.peek().is_none() {
            continue;
        }
        let Some((shown, subject)) = contradiction(analysis, finding) else { continue };
        for related in here {
            let there = line(analysis, &related.path, related.range);
            if there == line(analysis, &finding.path, finding.range) {
                continue;
            }
            let location = match finding.path == related.path {
                true => format!("on line {}", line(analysis, &finding.path, finding.range).1 + 1),
                false => format!("in {}", finding.path),
            };
            let clause = format!("{subject}{shown} {location}");
            let back = Related {
                path: finding.path.clone(),
                range: finding.range,
                message: finding.message.clone(),
            };
            let echo = echoes.entry((&related.path, related.range));
            echo.and_modify(|echo| {
                echo.message.push_str(&format!(" and {clause}"));
                echo.related.push(back.clone());
            })
            .or_insert_with(|| Diagnostic {
                path: related.path.clone(),
                range: related.range,
                message: format!("{}, but {clause}", related.message),
                related: vec![back],
                ..finding.clone()
            });
        }
    }
    echoes.into_values().collect()
}

/// What stands at the finding, and whose it is where that is not plain.
fn contradiction(analysis: &Analysis, finding: &Diagnostic) -> Option<(String, &'static str)> {
    let index = &analysis.index;
    let mut spots = index.spots(finding.place?);
    let spot = spots.find(|spot| spot.occurrence.reading.range == finding.range)?;
    let subject = if spot.entity.kind == EntityKind::Plan { "its plan is " } else { "" };
    Some((spot.shown(), subject))
}

fn line<'a>(analysis: &Analysis, path: &'a FilePath, range: TextRange) -> (&'a FilePath, u32) {
    let lines = analysis.source(path.as_str()).map(|(_, lines)| lines);
    (path, lines.map_or(0, |lines| lines.line_col(range.start as usize).line))
}

#[cfg(test)]
mod tests {
    use lockstep_fixture::{Fixture, Sandbox};

    use super::*;
    use crate::workspace::local::LocalWorkspace;

    fn told(fixture: &str) -> Vec<(String, String)> {
        let sandbox = Sandbox::new(&Fixture::new(fixture));
        let workspace = LocalWorkspace::open(sandbox.path()).expect("a workspace");
        let analysis = workspace.analysis();
        let echoes = echoes(analysis, analysis.diagnostics(), |_, _| true).into_iter();
        echoes.map(|echo| (echo.path.to_string(), echo.message)).collect()
    }

    #[test]
    fn places_that_contradict_the_same_place_are_told_together() {
        let told = told(
            r#"
//- /specs/TODO.md
  # TODO

  ### 7. Add login
  - **Status**: [PLANNED]
//- /specs/state.json
  {"active_projects": [{"project_number": 7, "project_name": "login", "status": "revised"}]}
//- /specs/007_login/state.json
  {"project_number": 7, "project_name": "login", "status": "blocked"}
"#,
        );
        let message = "task 7 is [PLANNED] here, but `blocked` in specs/007_login/state.json and \
                       `revised` in specs/state.json";
        assert_eq!(told, [("specs/TODO.md".to_owned(), message.to_owned())]);
    }

    #[test]
    fn a_plan_is_called_a_plan() {
        let told = told(
            r"
//- /specs/TODO.md
  # TODO

  ### 7. Add login
  - **Status**: [IMPLEMENTING]
//- /specs/state.json
  {}
//- /specs/007_login/plans/implementation-001.md
  # Implementation Plan: Add login

  - **Task**: 7 - Add login
  - **Status**: [COMPLETED]
",
        );
        let message = "task 7 is [IMPLEMENTING] here, but its plan is [COMPLETED] in \
                       specs/007_login/plans/implementation-001.md";
        assert_eq!(told, [("specs/TODO.md".to_owned(), message.to_owned())]);
    }
}
