//! The files of a workspace: finding, reading and watching them, and changing several of them as
//! one. The only crate that may write user files. It moves bytes under preconditions; what they mean
//! is for its callers to know.
//!
//! | module | holds |
//! |---|---|
//! | [`loader`], [`watcher`], [`init`] | finds, reads and watches files; writes a first one |
//! | [`worktrees`] | the other worktrees of a git repository |
//! | [`store`] | a workspace, how careful to be, and what goes wrong |
//! | [`transaction`] | begin, plan, stage, commit: several files as one |
//! | [`recovery`] | carries to its end what an earlier process left |
//! | [`graveyard`] | what transactions took out, for ten minutes |
//! | [`history`], [`patch`] | the log of operations, with what takes each back |
//! | [`probe`], [`doctor`] | what the machine and the file system allow |
//! | `git` | the other program that writes the same files |
//! | [`own`] | what in the store's folder is its own |
//! | [`path`], [`stamp`], [`lock`] | names of files, their content, who may write |
//! | [`vfs`] | the file operations beneath |

pub mod doctor;
mod git;
pub mod graveyard;
pub mod history;
pub mod init;
mod journal;
mod layout;
pub mod loader;
pub mod lock;
pub mod own;
pub mod patch;
pub mod path;
pub mod probe;
pub mod recovery;
pub mod stamp;
pub mod store;
pub mod transaction;
pub mod vfs;
pub mod watcher;
pub mod worktrees;
