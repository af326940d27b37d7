//! What git leaves of a merge that it could not make: both sides between marks.

use crate::syntax::SyntaxError;
use crate::text::TextRange;

/// Every conflict outside of `fences`, where git might be explained.
pub(super) fn conflicts(text: &str, fences: &[TextRange]) -> Vec<SyntaxError> {
    let mut found = Vec::new();
    if memchr::memmem::find(text.as_bytes(), b">>>>>>> ").is_none() {
        return found;
    }
    let (mut open, mut divided) = (None, false);
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let start = at;
        at += line.len();
        let line = line.trim_end_matches(['\r', '\n']);
        if line.starts_with("<<<<<<< ") {
            (open, divided) = (Some(TextRange::new(start, start + line.len())), false);
        } else if line == "=======" {
            divided = open.is_some();
        } else if line.starts_with(">>>>>>> ") && divided {
            let fenced =
                |range: &TextRange| fences.iter().any(|fence| fence.touches(range.start as usize));
            found.extend(open.take().filter(|range| !fenced(range)).map(|range| SyntaxError {
                range,
                message: "an unfinished merge: both sides are read".to_owned(),
            }));
            divided = false;
        }
    }
    found
}

/// Whether a problem is a conflict.
pub(crate) fn is_conflict(problem: &SyntaxError, text: &str) -> bool {
    problem.range.of(text).starts_with("<<<<<<< ")
}

#[cfg(test)]
mod tests {
    use crate::syntax::markdown::Markdown;

    fn conflicts(text: &str) -> usize {
        let problems = Markdown::parse(text).problems;
        problems.iter().filter(|problem| super::is_conflict(problem, text)).count()
    }

    #[test]
    fn both_sides_between_marks_are_a_conflict() {
        let conflict = "<<<<<<< HEAD\r\n- a\r\n=======\r\n- b\r\n>>>>>>> other\r\n";
        assert_eq!(conflicts(conflict), 1);
        assert_eq!(conflicts(&conflict.repeat(3)), 3);
        assert_eq!(conflicts(&conflict.replace("=======\r\n", "||||||| base\r\n=======\r\n")), 1);
    }

    #[test]
    fn what_only_looks_like_one_is_none() {
        for text in [
            "<<<<<<< HEAD\n- a\n",
            "Title\n=======\n\n>>>>>>> quoted deeply\n",
            "```\n<<<<<<< HEAD\n- a\n=======\n- b\n>>>>>>> other\n```\n",
            " <<<<<<< HEAD\n=======\n>>>>>>> other\n",
        ] {
            assert_eq!(conflicts(text), 0, "{text}");
        }
    }
}
