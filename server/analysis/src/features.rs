//! Floor 10: answers to questions, as plain data in the editor's terms. Features do not see each
//! other.

pub mod hover;
