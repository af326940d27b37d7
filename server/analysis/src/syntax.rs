//! Floor 1: documents as trees with ranges. Reading never fails; it returns what is there and the
//! problems it met. Knows no task.

pub(crate) mod check_box;
pub mod front_matter;
pub mod json;
pub mod markdown;
pub(crate) mod markdown_text;
pub(crate) mod table_row;
pub mod yaml_scalar;

use crate::text::TextRange;

/// Something a reader could not make sense of. The rest of the document is read all the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    /// Where it stands.
    pub range: TextRange,
    /// What is wrong, as a clause without a full stop.
    pub message: String,
}
