//! The files of a workspace: finding, reading and watching them. The only crate that may write
//! user files.

pub mod init;
pub mod loader;
pub mod watcher;
