//! Real task files, read only: what is found in them, and that nothing in them or in any mutation
//! of them makes a reader panic.

mod adr;
mod incremental;
mod mutations;
mod opencode;
mod seeds;
mod stranger;
