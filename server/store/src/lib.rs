//! The files of a workspace: finding, reading and watching them, and changing several of them as
//! one. The only crate that may write user files. It moves bytes under preconditions; what they mean
//! is for its callers to know.
//!
//! | module | holds |
//! |---|---|
//! | [`loader`], [`watcher`], [`init`] | finds, reads and watches files; writes a first one |
//! | [`worktrees`] | the other worktrees of a git repository |
//! | [`store`] | a workspace, and how careful to be |
//! | [`error`], [`id`], [`holder`] | what goes wrong; the names of transactions; who holds a lock |
//! | [`transaction`] | begin, plan, stage, commit: several files as one |
//! | `roll_forward` | what follows the commit, in every participant: forward, or back |
//! | [`recovery`] | finishes what an earlier process left, by the same code |
//! | [`retained`] | the slots that transactions took out, for ten minutes |
//! | [`history`], `patch` | the log of operations, with what reverses each |
//! | [`register`] | what callers keep beside it, replaced as a whole under the lock |
//! | [`probe`], [`doctor`] | what the machine and the file system allow |
//! | `git` | the other program that writes the same files |
//! | `bounded` | reading that ends |
//! | `own` | what in the store's folder is its own |
//! | [`path`], [`stamp`], `lock` | names of files, their content, who may write |
//! | [`seen`] | whether files and folders are as they were |
//! | [`vfs`] | the file operations beneath |

mod bounded;
pub mod doctor;
pub mod error;
mod git;
pub mod history;
pub mod holder;
pub mod id;
pub mod init;
mod journal;
mod layout;
pub mod loader;
mod lock;
mod own;
pub mod parallel;
mod patch;
pub mod path;
pub mod probe;
pub mod recovery;
pub mod register;
pub mod retained;
mod roll_forward;
pub mod seen;
pub mod stamp;
pub mod store;
pub mod transaction;
pub mod vfs;
pub mod watcher;
pub mod worktrees;
