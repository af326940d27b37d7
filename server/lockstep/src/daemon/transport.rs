//! Streams between processes of one user: Unix sockets, and named pipes on Windows.
//!
//! Both modules have `Stream`, `connect`, `split`, the `Process` at the other end, and a `Listener` which is bound, accepts, can tell
//! whether it can still be reached, and is closed. Only the holder of the daemon's lock binds.

#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

#[cfg(unix)]
pub(super) use unix::{Listener, Process, Stream, connect, split};
#[cfg(windows)]
pub(super) use windows::{Listener, Process, Stream, connect, split};
