//! Floor 9: answers to questions, as plain data in the editor's terms. Features do not see each
//! other.

pub mod hover;
pub mod tasks;
