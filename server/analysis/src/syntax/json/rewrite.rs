//! Edits of JSON text.
