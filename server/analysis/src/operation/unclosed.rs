//! Nothing is written behind a fence or a comment that is never closed.

use super::{Code, Refused};
use crate::model::Document;
use crate::syntax::markdown::unclosed;
use crate::text::TextRange;

/// Refuses to write behind what is never closed: nobody knows whether that is text.
pub(in crate::operation) fn before_unclosed(
    document: &Document,
    at: TextRange,
) -> Result<(), Refused> {
    let open = unclosed::first_unclosed(&document.facts.problems);
    let Some(open) = open.filter(|it| it.range.start < at.start) else { return Ok(()) };
    let line = document.lines.line_col(open.range.start as usize).line + 1;
    let message = format!("{}:{line}: {}", document.path, open.message);
    Err(Refused::new(Code::Unreadable, message, "close it first"))
}
