//! The text that an editor holds of a file which somebody else has changed since it was read: the workspace
//! goes by what is on disk, and the editor's places by this.

use lockstep_analysis::text::diff;
use lockstep_analysis::text::line_index::LineIndex;
use lockstep_analysis::text::shared_text::SharedText;
use lockstep_analysis::text::text_edit::TextEdits;

/// A text that an editor holds, beside the one that a document says.
#[derive(Debug)]
pub struct HeldText {
    /// The editor's.
    pub text: SharedText,
    /// Its lines.
    pub lines: LineIndex,
    /// That of the document.
    document: SharedText,
    /// What makes the one of the other.
    to_document: TextEdits,
    from_document: TextEdits,
}

impl HeldText {
    pub(super) fn new(text: &SharedText, document: &SharedText) -> HeldText {
        let to_document = diff::edits(text, document);
        let from_document = to_document.invert(text);
        let (lines, text, document) = (LineIndex::new(text), text.clone(), document.clone());
        HeldText { text, lines, document, to_document, from_document }
    }

    /// Whether it is about these two.
    pub(super) fn is_of(&self, text: &SharedText, document: &SharedText) -> bool {
        self.text == *text && self.document == *document
    }

    /// What the document says.
    pub(super) fn document(&self) -> &SharedText {
        &self.document
    }

    /// Where the document has what stands at an offset here.
    pub fn to_document(&self, offset: usize) -> usize {
        self.to_document.shift(offset)
    }

    /// Where this has what stands at an offset of the document.
    pub fn from_document(&self, offset: usize) -> usize {
        self.from_document.shift(offset).min(self.text.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_of_one_text_are_found_in_the_other() {
        let (held, document) = ("one\ntwo\nthree\n", "one\nand\n2\nthree\n");
        let held = HeldText::new(&held.into(), &document.into());
        let at = |text: &str, word: &str| text.find(word).expect("it is there");
        for word in ["one", "three"] {
            let (here, there) = (at(&held.text, word), at(document, word));
            assert_eq!(
                (held.to_document(here), held.from_document(there)),
                (there, here),
                "{word}"
            );
        }
        assert_eq!(held.from_document(document.len()), held.text.len());
    }
}
