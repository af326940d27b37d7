//! What a selection grows to at a place: a word, a status, its line, its box, phase, task, the file.

use crate::analysis::Analysis;
use crate::index::Place;
use crate::mentions;
use crate::model::Document;
use crate::text::TextRange;

/// The ranges around `offset` of a file, each within the next one.
pub fn selection_ranges(analysis: &Analysis, path: &str, offset: usize) -> Vec<TextRange> {
    let Some((doc, document)) = analysis.index.document(path) else { return Vec::new() };
    let mut ranges = vec![TextRange::new(0, document.text.len())];
    ranges.extend(in_line(document, offset));
    ranges.extend(document.link_at(offset).map(|link| link.range));
    let mut entity = document.entity_at(offset);
    if let Some(entity) = entity {
        let facts = &document.facts;
        let said = facts.occurrences_of(entity);
        ranges.extend(said.flat_map(|it| [it.reading.word, it.reading.range, it.line]));
        ranges.extend(facts.fields_of(entity).flat_map(|it| [it.value, it.line]));
        let depends = mentions::depended_on(&analysis.index, Place { doc, entity });
        ranges.extend(depends.into_iter().map(|(_, range)| range));
    }
    while let Some(at) = entity {
        let around = &document.facts.entities[at];
        ranges.extend([around.name, around.range]);
        entity = around.parent;
    }
    ranges.retain(|range| range.touches(offset));
    ranges.sort_by_key(|range| (range.len(), range.start));
    ranges.dedup();
    let mut nested: Vec<TextRange> = Vec::new();
    for range in ranges {
        if nested.last().is_none_or(|inner| range.contains_range(*inner)) {
            nested.push(range);
        }
    }
    nested
}

/// The word at an offset, and the line without the blanks around it.
fn in_line(document: &Document, offset: usize) -> [TextRange; 2] {
    let line = document.lines.line_range(document.lines.line_col(offset).line);
    let text = document.text.copy(line.bytes());
    let start = line.start as usize;
    let words = text.trim();
    let begin = start + (text.len() - text.trim_start().len());
    let (before, behind) = text.split_at_checked(offset - start).unwrap_or((&text, ""));
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    let head = before.len() - before.trim_end_matches(is_part).len();
    let tail = behind.len() - behind.trim_start_matches(is_part).len();
    [TextRange::new(offset - head, offset + tail), TextRange::new(begin, begin + words.len())]
}

#[cfg(test)]
mod tests {
    use super::selection_ranges;
    use crate::testing::{at_cursor, examples};

    fn told(fixture: &str) -> Vec<String> {
        let (analysis, path, offset) = at_cursor(fixture);
        let (_, document) = analysis.index.document(&path).expect("the file is there");
        let ranges = selection_ranges(&analysis, &path, offset);
        let first = |text: &str| text.lines().next().unwrap_or_default().to_owned();
        let shown = ranges.iter().map(|it| (first(it.of(&document.text)), it.len()));
        shown.map(|(text, len)| format!("{text} ({len})")).collect()
    }

    #[test]
    fn a_selection_grows_from_a_word_to_its_status_and_its_task() {
        assert_eq!(
            told(
                "\
//- /specs/TODO.md
  # TODO

  ### 7. Add login
  - **Status**: [NOT ST$0ARTED]
//- /specs/state.json
  { \"active_projects\": [] }
"
            ),
            [
                "STARTED (7)",
                "NOT STARTED (11)",
                "[NOT STARTED] (13)",
                "- **Status**: [NOT STARTED] (27)",
                "### 7. Add login (45)",
                "# TODO (53)",
            ]
        );
        assert_eq!(
            told("//- /PLAN.md\n  - [ ] Draw it\n    - [x] Meas$0ure it\n"),
            [
                "Measure (7)",
                "Measure it (10)",
                "- [x] Measure it (16)",
                "  - [x] Measure it (18)",
                "- [ ] Draw it (32)",
                "- [ ] Draw it (33)",
            ]
        );
    }

    #[test]
    fn everywhere_in_every_profile_each_range_holds_the_one_before() {
        for (profile, analysis) in examples() {
            for document in analysis.index.docs.iter() {
                let path = document.path.as_str();
                let offsets = document.text.char_indices().map(|(at, _)| at);
                for offset in offsets.chain([document.text.len()]) {
                    let ranges = selection_ranges(&analysis, path, offset);
                    let nested = ranges.windows(2).all(|it| it[1].contains_range(it[0]));
                    let whole = ranges.last().is_some_and(|it| it.len() == document.text.len());
                    let here = ranges.iter().all(|it| it.touches(offset));
                    assert!(nested && whole && here, "{profile} {path}: {ranges:?}");
                }
            }
        }
    }
}
