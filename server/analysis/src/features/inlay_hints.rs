//! What a file does not say of its tasks, behind their statuses: what other places say where they differ,
//! how many parts are finished, what is waited for.

use crate::analysis::Analysis;
use crate::index::{DocIdx, Place, Task};
use crate::profile::EntityKind;
use crate::task_view::standing::{parts, some, waited_for};
use crate::text::TextRange;

/// A remark behind a status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusHint {
    /// Where it is shown.
    pub offset: u32,
    /// What it says.
    pub label: String,
    /// The same at length.
    pub tooltip: String,
}

/// The remarks in a range of the file at `path`, in the order of the text.
pub fn inlay_hints(analysis: &Analysis, path: &str, range: TextRange) -> Vec<StatusHint> {
    let index = &analysis.index;
    let Some((doc, document)) = index.document(path) else { return Vec::new() };
    if document.facts.history {
        return Vec::new();
    }
    let mut hints = Vec::new();
    for (_, occurrence) in document.facts.occurrences.around(range) {
        let said = occurrence.reading.range;
        let entity = &document.facts.entities[occurrence.entity];
        // Behind a box there are its words first.
        let offset = if occurrence.carrier.is_coarse() { entity.name.end } else { said.end };
        let is_asked = (range.start..=range.end).contains(&offset);
        // What is told of an entity is told at the first of its statuses, whichever lines are asked for.
        let first = document.facts.occurrences_of(occurrence.entity).next();
        if !is_asked || first.is_some_and(|first| first.reading.range != said) {
            continue;
        }
        hints.extend(hint(analysis, doc, occurrence.entity, offset));
    }
    hints.sort_by_key(|hint| hint.offset);
    hints
}

fn hint(analysis: &Analysis, doc: DocIdx, entity: usize, offset: u32) -> Option<StatusHint> {
    let index = &analysis.index;
    let place = Place { doc, entity };
    let task = index.task_at(place).filter(|_| index.entity(place).kind == EntityKind::Task);
    let task = task.filter(|task| !task.past.contains(&place));
    let differs = task.map(|task| differing(analysis, task, place)).unwrap_or_default();
    let parts = parts(analysis, task, place);
    let waits = task.map(|task| waited_for(analysis, task)).unwrap_or_default();
    let mut label: Vec<String> = Vec::new();
    let mut tooltip: Vec<String> = Vec::new();
    if let Some((status, path)) = differs.first() {
        let more =
            if differs.len() > 1 { format!(" +{}", differs.len() - 1) } else { String::new() };
        let file = path.rsplit('/').next().unwrap_or(path);
        label.push(format!("≠ {status} in {file}{more}"));
        tooltip.extend(differs.iter().map(|(status, path)| format!("{status} in {path}")));
    }
    if let Some((closed, all)) = parts {
        label.push(format!("{closed}/{all}"));
        tooltip.push(format!("{closed} of {all} parts finished"));
    }
    if !waits.is_empty() {
        label.push(format!("waits for {}", some(&waits)));
        tooltip.push(format!("cannot begin before {}", waits.join(", ")));
    }
    (!label.is_empty()).then(|| StatusHint {
        offset,
        label: label.join(" · "),
        tooltip: tooltip.join("\n"),
    })
}

/// What other places say of a task that a place contradicts, each with its file.
fn differing(analysis: &Analysis, task: &Task, place: Place) -> Vec<(String, String)> {
    let index = &analysis.index;
    let vocabulary = index.vocabulary_of(task);
    let Some(own) = index.spots(place).find(|spot| spot.status().is_some()) else {
        return Vec::new();
    };
    let others = index.statuses(task).filter(|spot| spot.place != place);
    let others = others.filter(|spot| spot.status().is_some() && !spot.agrees(&own, vocabulary));
    let told = |spot: crate::index::Spot<'_>| {
        let status = spot.status().map(|status| spot.vocabulary().get(status).id.clone());
        (status.unwrap_or_default(), spot.document.path.to_string())
    };
    let mut all: Vec<(String, String)> = others.map(told).collect();
    all.dedup();
    all
}

#[cfg(test)]
mod tests {
    use super::inlay_hints;
    use crate::analysis::Analysis;
    use crate::testing::{analysis, examples};
    use crate::text::TextRange;

    const TASKS: &str = r#"
//- /specs/TODO.md
  ### 7. Add login
  - **Status**: [IMPLEMENTING]
  ### 8. Log out
  - **Status**: [PLANNED]
  - **Dependencies**: 7
//- /specs/state.json
  { "active_projects": [
    { "project_number": 7, "project_name": "add_login", "status": "researched" },
    { "project_number": 8, "project_name": "log_out", "status": "planned" }
  ] }
//- /specs/007_add_login/plans/implementation-001.md
  # Plan for task 7
  - **Status**: [IN PROGRESS]
  ### Phase 1: Store [COMPLETED]
  ### Phase 2: Form [IN PROGRESS]
  - [x] Draw it
  - [ ] Test it
"#;

    fn told(analysis: &Analysis, path: &str, range: Option<TextRange>) -> Vec<String> {
        let (text, lines) = analysis.source(path).expect("the file is there");
        let range = range.unwrap_or(TextRange::new(0, text.len()));
        let hints = inlay_hints(analysis, path, range).into_iter();
        let line = |offset: u32| lines.line_col(offset as usize).line + 1;
        hints.map(|hint| format!("{} {}", line(hint.offset), hint.label)).collect()
    }

    #[test]
    fn what_differs_what_is_finished_and_what_is_waited_for_is_told() {
        let (analysis, _) = analysis(TASKS);
        let told = |path| told(&analysis, path, None);
        assert_eq!(told("specs/TODO.md"), ["2 ≠ researched in state.json · 1/2", "4 waits for 7"]);
        assert_eq!(
            told("specs/state.json"),
            ["2 ≠ implementing in TODO.md · 1/2", "3 waits for 7"]
        );
        let plan = "specs/007_add_login/plans/implementation-001.md";
        assert_eq!(told(plan), ["2 1/2", "4 1/2"]);
    }

    #[test]
    fn only_what_is_asked_for_is_told() {
        for (profile, analysis) in examples() {
            for document in analysis.index.docs.iter() {
                let path = document.path.as_str();
                let all = told(&analysis, path, None);
                let lines = (0..document.lines.n_lines()).map(|it| document.lines.line_range(it));
                let mut by_line: Vec<String> =
                    lines.flat_map(|line| told(&analysis, path, Some(line))).collect();
                by_line.dedup();
                assert_eq!(by_line, all, "{profile} {path}");
            }
        }
    }
}
