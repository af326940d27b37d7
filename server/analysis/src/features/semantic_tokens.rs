//! The statuses of a file, each by what it means.

use crate::analysis::Analysis;
use crate::profile::vocabulary::Category;
use crate::text::TextRange;

/// A status in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Token {
    /// Where it stands, on one line.
    pub range: TextRange,
    /// What it means.
    pub category: Category,
}

/// The statuses in a range of the file at `path`, in the order of the text: none overlaps another. What is
/// not known is none.
pub fn semantic_tokens(analysis: &Analysis, path: &str, range: TextRange) -> Vec<Token> {
    let Some((_, document)) = analysis.index.document(path) else { return Vec::new() };
    let near = document.facts.occurrences.around(range).map(|(_, it)| it);
    let token = |it: &crate::model::Occurrence| {
        let said = it.reading.range;
        let status = it.reading.status?;
        let text = said.of(&document.text);
        let is_shown = !text.trim().is_empty() && !text.contains(['\n', '\r']);
        let category = document.vocabulary_of(it.entity).get(status).category;
        (is_shown && range.intersects(said)).then_some(Token { range: said, category })
    };
    let mut tokens: Vec<Token> = near.filter_map(token).collect();
    tokens.sort_unstable();
    let mut end = 0;
    tokens.retain(|token| {
        let is_apart = token.range.start >= end;
        end = end.max(token.range.end);
        is_apart
    });
    tokens
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::semantic_tokens;
    use crate::testing::{analysis, examples};
    use crate::text::TextRange;

    #[test]
    fn each_status_is_told_by_what_it_means() {
        let (analysis, _) = analysis(
            "//- /TODO.md\n  - [ ] Open\n  - [x] Done\n  - [/] Begun\n  - [ ] [BLOCKED] Both\n  - [?] Who knows\n",
        );
        let (text, _) = analysis.source("TODO.md").expect("the file is there");
        let tokens = semantic_tokens(&analysis, "TODO.md", TextRange::new(0, text.len()));
        let told: Vec<String> =
            tokens.iter().map(|it| format!("{} {:?}", it.range.of(text), it.category)).collect();
        expect![[r#"
            x Done
            / Active
            [BLOCKED] Waiting"#]]
        .assert_eq(&told.join("\n"));
    }

    #[test]
    fn in_every_profile_tokens_stand_in_order_on_lines_of_their_own() {
        let mut n = 0;
        for (profile, analysis) in examples() {
            for document in analysis.index.docs.iter() {
                let whole = TextRange::new(0, document.text.len());
                let tokens = semantic_tokens(&analysis, document.path.as_str(), whole);
                let apart = tokens.windows(2).all(|it| it[0].range.end <= it[1].range.start);
                let short = tokens.iter().all(|it| !it.range.of(&document.text).contains('\n'));
                assert!(apart && short, "{profile} {}", document.path);
                n += tokens.len();
            }
        }
        assert!(n > 40, "{n} tokens");
    }
}
