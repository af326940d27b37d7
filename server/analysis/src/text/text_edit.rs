//! Replacements in one text: sorted, disjoint, applied together.
use crate::text::TextRange;
/// A replacement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextEdit {
    /// What goes.
    pub range: TextRange,
    /// What comes.
    pub insert: String,
}
/// Edits overlap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OverlapError;
/// Sorted, disjoint edits.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TextEdits(Vec<TextEdit>);
impl TextEdits {
    /// Builds.
    pub fn new(mut edits: Vec<TextEdit>) -> Result<TextEdits, OverlapError> {
        edits.sort_by_key(|e| (e.range.start, e.range.end));
        edits.dedup_by(|a, b| a == b && !a.range.is_empty());
        if edits.windows(2).any(|w| w[0].range.end > w[1].range.start) { return Err(OverlapError); }
        Ok(TextEdits(edits))
    }
    /// Applies.
    pub fn apply(&self, text: &str) -> String {
        let mut out = String::new(); let mut at = 0;
        for e in &self.0 { out.push_str(text.get(at..e.range.start as usize).unwrap_or("")); out.push_str(&e.insert); at = e.range.end as usize; }
        out.push_str(text.get(at..).unwrap_or("")); out
    }
    /// Empty.
    pub fn is_empty(&self) -> bool { self.0.is_empty() }
    /// Iterates.
    pub fn iter(&self) -> std::slice::Iter<'_, TextEdit> { self.0.iter() }
    /// Minimal.
    pub fn minimal(&self, text: &str) -> TextEdits { TextEdits(self.0.iter().filter(|e| e.range.of(text) != e.insert).cloned().collect()) }
}
