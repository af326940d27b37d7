//! What can be folded in a file: tasks, phases and boxes with what stands below them.

use crate::analysis::Analysis;
use crate::index::Place;
use crate::model::Document;
use crate::profile::vocabulary::Category;
use crate::text::TextRange;

/// Something that can be folded: several lines, of which the first stays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fold {
    /// From its first line to the end of its last one that is not blank.
    pub range: TextRange,
    /// Whether it is finished, so that it may be folded with all that are.
    pub finished: bool,
    /// The id of its status.
    pub status: Option<String>,
}

/// What can be folded in the file at `path`, in the order of the text.
pub fn folding_ranges(analysis: &Analysis, path: &str) -> Vec<Fold> {
    let index = &analysis.index;
    let Some((doc, document)) = index.document(path) else { return Vec::new() };
    let fold = |entity: usize| {
        let place = Place { doc, entity };
        let range = lines_of(document, index.entity(place).range)?;
        // Nobody folds a file into its first line.
        let range = (!index.is_document(place)).then_some(range)?;
        let vocabulary = index.vocabulary_at(place);
        let def = index.status_at(place).map(|status| vocabulary.get(status));
        let finished = def.is_some_and(|def| Category::is_closed(def.category));
        Some(Fold { range, finished, status: def.map(|def| def.id.clone()) })
    };
    (0..document.facts.entities.len()).filter_map(fold).collect()
}

/// A range without blank lines at its end; `None` where that is one line.
fn lines_of(document: &Document, range: TextRange) -> Option<TextRange> {
    let lines = &document.lines;
    let first = lines.line_col(range.start as usize).line;
    let mut last = lines.line_col(range.end as usize).line;
    // A range that ends where a line begins holds nothing of that line.
    let is_blank = |line: u32| {
        let line = lines.line_range(line);
        let end = line.end.min(range.end).max(line.start);
        document.text.copy(line.start as usize..end as usize).trim().is_empty()
    };
    while last > first && is_blank(last) {
        last -= 1;
    }
    let end = lines.line_range(last).end.min(range.end);
    (last > first).then_some(TextRange { start: range.start, end })
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::folding_ranges;
    use crate::testing::{analysis, examples};

    #[track_caller]
    fn check(fixture: &str, path: &str, expect: Expect) {
        let (analysis, _) = analysis(fixture);
        let (_, lines) = analysis.source(path).expect("the file is there");
        let line = |offset: u32| lines.line_col(offset as usize).line + 1;
        let told = folding_ranges(&analysis, path).into_iter().map(|fold| {
            let finished = if fold.finished { " finished" } else { "" };
            let status = fold.status.unwrap_or_default();
            format!("{}-{} {status}{finished}\n", line(fold.range.start), line(fold.range.end))
        });
        expect.assert_eq(&told.collect::<String>());
    }

    #[test]
    fn what_takes_several_lines_is_folded_without_the_blank_lines_behind_it() {
        check(
            "\
//- /specs/TODO.md eol:crlf
  # TODO

  ### 7. Add login
  - **Status**: [COMPLETED]

  Words.


  ### 8. Add logout
  - **Status**: [PLANNED]
  - [ ] Draw it
    - [x] Measure it
  - [ ] Test it

//- /specs/state.json
  { \"active_projects\": [] }
",
            "specs/TODO.md",
            expect![[r#"
                3-6 completed finished
                9-13 planned
                11-12 open
            "#]],
        );
        check(
            "\
//- /specs/TODO.md
  # TODO
//- /specs/state.json
  { \"active_projects\": [
    {
      \"project_number\": 7,
      \"status\": \"planned\"
    },
    { \"project_number\": 8, \"status\": \"planned\" }
  ] }
",
            "specs/state.json",
            expect![[r#"
                2-5 planned
            "#]],
        );
    }

    #[test]
    fn in_every_profile_a_fold_is_several_lines_and_within_its_file() {
        let mut n = 0;
        for (profile, analysis) in examples() {
            for document in analysis.index.docs.iter() {
                for fold in folding_ranges(&analysis, document.path.as_str()) {
                    let text = fold.range.of(&document.text);
                    assert!(text.contains('\n') && !text.ends_with('\n'), "{profile}: {text:?}");
                    n += 1;
                }
            }
        }
        assert!(n > 5, "{n} folds");
    }
}
