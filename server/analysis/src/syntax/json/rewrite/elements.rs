//! Elements that go from one array to another, and keep their bytes.

use super::{indent_unit, inside, is_blank, is_compact, last_line, separator_after, split_gap};
use crate::syntax::json::JsonValue;
use crate::text::TextRange;
use crate::text::text_edit::TextEdit;

/// The blanks around the elements of an array.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ElementLayout {
    /// Before the first.
    pub lead: String,
    /// Behind the last.
    pub tail: String,
}

impl ElementLayout {
    /// That of an array with elements; nothing where there is something else beside them.
    pub fn of(text: &str, array: &JsonValue) -> Option<ElementLayout> {
        let elements = array.as_array().filter(|_| array.is_complete())?;
        let inside = inside(array);
        let lead = TextRange { start: inside.start, end: elements.first()?.range.start };
        let tail = TextRange { start: elements.last()?.range.end, end: inside.end };
        let (lead, tail) = (lead.of(text), tail.of(text));
        let blank = is_blank(lead) && is_blank(tail);
        blank.then(|| ElementLayout { lead: lead.to_owned(), tail: tail.to_owned() })
    }

    /// These elements between the blanks.
    pub fn fill(&self, elements: &[String]) -> String {
        let blank = if self.lead.is_empty() && elements.len() > 1 { " " } else { &self.lead };
        format!("{}{}{}", self.lead, elements.join(&format!(",{blank}")), self.tail)
    }
}

/// Takes the elements with these indices out, which are in order, each with one comma.
///
/// Nothing if `array` is no array or not whole, or if more than a comma parts two elements.
pub fn remove_elements(text: &str, array: &JsonValue, gone: &[usize]) -> Option<Vec<TextEdit>> {
    let elements = array.as_array().filter(|_| array.is_complete())?;
    ElementLayout::of(text, array)?;
    for pair in elements.windows(2) {
        split_gap(TextRange { start: pair[0].range.end, end: pair[1].range.start }.of(text))?;
    }
    let mut edits = Vec::new();
    let mut rest = gone;
    while let Some(first) = rest.first() {
        let n = rest.iter().zip(*first..).take_while(|(idx, at)| *idx == at).count();
        let last = rest[n - 1];
        rest = &rest[n..];
        let goes = match (first.checked_sub(1), elements.get(last + 1)) {
            (Some(previous), _) => TextRange {
                start: elements[previous].range.end,
                end: elements.get(last)?.range.end,
            },
            (None, Some(next)) => {
                TextRange { start: elements[0].range.start, end: next.range.start }
            }
            (None, None) => inside(array),
        };
        edits.push(TextEdit::delete(goes));
    }
    Some(edits)
}

/// Adds elements at the end. An empty array on one line gets the `look` of the one they come from.
///
/// Nothing if `array` is no array or not whole, or if it holds nothing but what is not JSON.
pub fn add_elements(
    text: &str,
    array: &JsonValue,
    elements: &[String],
    look: &ElementLayout,
) -> Option<TextEdit> {
    let present = array.as_array().filter(|_| array.is_complete())?;
    let ranges: Vec<TextRange> = present.iter().map(|element| element.range).collect();
    if let Some(last) = ranges.len().checked_sub(1) {
        let separator = separator_after(text, array, &ranges, last, !is_compact(text));
        let insert: String = elements.iter().flat_map(|it| [&*separator, it]).collect();
        return present[last]
            .is_complete()
            .then(|| TextEdit::insert(ranges[last].end as usize, insert));
    }
    let blanks = inside(array).of(text);
    if !is_blank(blanks) {
        return None;
    }
    let line = last_line(blanks);
    let own = ElementLayout { lead: format!("{line}{}", indent_unit(text)), tail: line.to_owned() };
    let look = if line.starts_with(['\n', '\r']) { &own } else { look };
    Some(TextEdit::replace(inside(array), look.fill(elements)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::json::{Json, JsonValue};
    use crate::text::text_edit::TextEdits;

    fn root(text: &str) -> JsonValue<'_> {
        Json::parse(text).root.expect("a value")
    }

    #[track_caller]
    fn check_remove(text: &str, gone: &[usize], expected: &str) {
        let edits = remove_elements(text, &root(text), gone).expect("edits");
        assert_eq!(TextEdits::new(edits).expect("apart").apply(text), expected);
    }

    #[track_caller]
    fn check_add(text: &str, look: (&str, &str), expected: &str) {
        let look = ElementLayout { lead: look.0.to_owned(), tail: look.1.to_owned() };
        let added = ["8".to_owned(), "9".to_owned()];
        let edit = add_elements(text, &root(text), &added, &look).expect("an edit");
        assert_eq!(TextEdits::from(edit).apply(text), expected);
    }

    #[test]
    fn removed_elements_take_their_commas_along() {
        check_remove("[1, 2, 3, 4, 5]", &[0, 2, 4], "[2, 4]");
        check_remove("[1, 2, 3, 4, 5]", &[0, 1], "[3, 4, 5]");
        check_remove("[1, 2, 3, 4, 5]", &[3, 4], "[1, 2, 3]");
        check_remove("[\n  1,\n  2\n]", &[0, 1], "[]");
        check_remove("[\r\n\t1,\r\n\t2,\r\n\t3\r\n]", &[1], "[\r\n\t1,\r\n\t3\r\n]");
        check_remove("[1 ,2\n, 3]", &[0], "[2\n, 3]");
        let half = "[1, 2";
        assert_eq!(remove_elements(half, &root(half), &[0]), None);
        let odd = "[1 2, 3]";
        assert_eq!(remove_elements(odd, &root(odd), &[0]), None);
    }

    #[test]
    fn added_elements_stand_as_their_neighbours_or_as_they_stood() {
        check_add("[\n  1,\n  2\n]", (" ", " "), "[\n  1,\n  2,\n  8,\n  9\n]");
        check_add("[1]", ("\n  ", "\n"), "[1, 8, 9]");
        check_add("[]", ("\n  ", "\n"), "[\n  8,\n  9\n]");
        check_add("[]", ("", ""), "[8, 9]");
        check_add("[\n]", ("", ""), "[\n  8,\n  9\n]");
    }
}
