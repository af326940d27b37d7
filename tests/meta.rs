//! What must hold of the sources themselves.

mod circles;
mod docs_fresh;
mod floors;
mod links;
mod listed;
mod names;
mod protocol;
mod schema;
mod sources;
mod tidy;
