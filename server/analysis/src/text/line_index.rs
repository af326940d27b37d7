//! Offsets to lines.
/// Lines.
#[derive(Debug)]
pub struct LineIndex(Vec<u32>);
/// Line and column.
#[derive(Debug, Clone, Copy)]
pub struct LineCol { /// l
 pub line: u32, /// c
 pub col: u32 }
impl LineIndex {
    /// New.
    pub fn new(text: &str) -> LineIndex { LineIndex(std::iter::once(0).chain(text.match_indices('\n').map(|(i,_)| i as u32+1)).collect()) }
    /// Line col.
    pub fn line_col(&self, offset: usize) -> LineCol { let l = self.0.partition_point(|s| *s as usize <= offset)-1; LineCol { line: l as u32, col: offset as u32 - self.0[l] } }
}
