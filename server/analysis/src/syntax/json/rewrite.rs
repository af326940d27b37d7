//! A
use super::*; use crate::text::text_edit::TextEdit;
/// A
pub fn quote(t: &str) -> String { format!("{t:?}") }
/// A
pub fn insert_member(_text: &str, _o: &JsonValue, _k: &str, _v: &str, _after: Option<&str>) -> Option<TextEdit> { None }
