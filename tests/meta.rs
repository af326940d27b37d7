//! What must hold of the sources themselves.

mod floors;
mod listed;
mod tidy;
