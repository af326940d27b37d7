//! Replacements in one text.
