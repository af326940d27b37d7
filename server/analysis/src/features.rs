//! Floor 11: answers to questions, as plain data in the editor's terms. Features do not see each
//! other.

pub mod board_page;
pub mod code_lenses;
pub mod definition;
pub mod document_highlight;
pub mod document_links;
pub mod document_symbols;
pub mod folding_ranges;
pub mod hover;
pub mod inlay_hints;
pub mod references;
pub mod selection_ranges;
pub mod semantic_tokens;
pub mod workspace_symbols;
