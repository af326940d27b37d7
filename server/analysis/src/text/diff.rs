//! Two texts as a unified diff.
