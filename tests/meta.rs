//! What must hold of the sources themselves.

mod circles;
pub mod docs_fresh;
mod floors;
mod links;
mod listed;
mod names;
mod plugins;
mod protocol;
mod schema;
mod sources;
mod tidy;
