//! Unix sockets. Both sides look who is at the other end.

use std::fs;
use std::io;
#[cfg(target_os = "linux")]
use std::os::fd::AsFd as _;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::PathBuf;
use std::time::Duration;

#[cfg(target_os = "linux")]
use rustix::event::{PollFd, PollFlags, poll};
#[cfg(target_os = "linux")]
use rustix::io::Errno;
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{UnixListener, UnixStream};

use crate::daemon::address::Address;

/// A connection.
pub(in crate::daemon) type Stream = UnixStream;

/// The two directions of a connection. To drop the second one tells the other end.
pub(in crate::daemon) fn split(stream: Stream) -> (OwnedReadHalf, OwnedWriteHalf) {
    stream.into_split()
}

/// A process that can be ended by force.
#[derive(Debug)]
pub(in crate::daemon) struct Process {
    pid: rustix::process::Pid,
    /// Means this very process, even where its number belongs to another one by now.
    #[cfg(target_os = "linux")]
    handle: std::os::fd::OwnedFd,
}

impl Process {
    /// The one that listens where `stream` leads to. It need not do anything for that.
    pub(in crate::daemon) fn at_other_end(stream: &Stream) -> io::Result<Process> {
        let pid = stream.peer_cred()?.pid().and_then(rustix::process::Pid::from_raw);
        Process::open(pid)
    }

    /// The one with this number.
    pub(in crate::daemon) fn of(pid: u32) -> io::Result<Process> {
        Process::open(i32::try_from(pid).ok().and_then(rustix::process::Pid::from_raw))
    }

    fn open(pid: Option<rustix::process::Pid>) -> io::Result<Process> {
        let pid = pid.ok_or_else(|| io::Error::other("the system does not name its process"))?;
        Ok(Process {
            pid,
            #[cfg(target_os = "linux")]
            handle: rustix::process::pidfd_open(pid, rustix::process::PidfdFlags::empty())?,
        })
    }

    /// Whether somebody has stopped it, as far as the system says so.
    pub(in crate::daemon) fn is_stopped(&self) -> bool {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.id())).unwrap_or_default();
        // The name before the state may hold anything.
        stat.rsplit(") ").next().is_some_and(|rest| rest.starts_with(['T', 't']))
    }

    /// Waits until it has ended, for ever where that takes longer than `patience`, or the system does
    /// not say so.
    #[cfg(target_os = "linux")]
    pub(in crate::daemon) async fn ended(&self, patience: Duration) {
        if let (Ok(handle), Ok(patience)) = (self.handle.try_clone(), patience.try_into()) {
            let wait = move || {
                loop {
                    let ends = PollFd::from_borrowed_fd(handle.as_fd(), PollFlags::IN);
                    match poll(&mut [ends], Some(&patience)) {
                        // The process was stopped, or the machine: as if it began now.
                        Err(Errno::INTR) => {}
                        ended => return ended,
                    }
                }
            };
            if let Ok(Ok(1)) = tokio::task::spawn_blocking(wait).await {
                return;
            }
        }
        std::future::pending().await
    }

    /// As on Linux, where the system says so.
    #[cfg(not(target_os = "linux"))]
    pub(in crate::daemon) async fn ended(&self, _: Duration) {
        std::future::pending().await
    }

    /// Its number.
    pub(in crate::daemon) fn id(&self) -> u32 {
        self.pid.as_raw_nonzero().get().unsigned_abs()
    }

    /// Ends it, whatever it is at. Returns whether it was there.
    pub(in crate::daemon) fn kill(&self) -> io::Result<bool> {
        let signal = rustix::process::Signal::KILL;
        #[cfg(target_os = "linux")]
        let sent = rustix::process::pidfd_send_signal(&self.handle, signal);
        #[cfg(not(target_os = "linux"))]
        let sent = rustix::process::kill_process(self.pid, signal);
        match sent {
            Ok(()) => Ok(true),
            Err(rustix::io::Errno::SRCH) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }
}

/// What the daemon listens on.
#[derive(Debug)]
pub(in crate::daemon) struct Listener {
    listener: UnixListener,
    path: PathBuf,
    /// Device and inode of the socket, by which another one of its name is told apart.
    own: (u64, u64),
}

/// Connects to the daemon.
pub(in crate::daemon) async fn connect(address: &Address) -> io::Result<Stream> {
    let stream = UnixStream::connect(address.socket()).await?;
    check_peer(&stream)?;
    Ok(stream)
}

impl Listener {
    /// Listens at `address`. What a daemon that died has left there is removed.
    pub(in crate::daemon) fn bind(address: &Address) -> io::Result<Listener> {
        let path = address.socket();
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let listener = UnixListener::bind(&path)?;
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600))?;
        let found = fs::symlink_metadata(&path)?;
        Ok(Listener { listener, path, own: (found.dev(), found.ino()) })
    }

    /// The next connection of this user.
    ///
    /// # Errors
    ///
    /// One connection that failed, or belongs to somebody else.
    pub(in crate::daemon) async fn accept(&mut self) -> io::Result<Stream> {
        let (stream, _) = self.listener.accept().await?;
        check_peer(&stream)?;
        Ok(stream)
    }

    /// Whether a client can still find this socket.
    pub(in crate::daemon) fn is_reachable(&self) -> bool {
        fs::symlink_metadata(&self.path).is_ok_and(|found| (found.dev(), found.ino()) == self.own)
    }

    /// Stops listening. Connections that were not accepted are cut.
    pub(in crate::daemon) fn close(self) {
        // The name goes first: whoever fails to connect from here on finds no socket at all.
        if self.is_reachable()
            && let Err(error) = fs::remove_file(&self.path)
        {
            tracing::warn!(%error, "cannot remove the socket");
        }
    }
}

fn check_peer(stream: &UnixStream) -> io::Result<()> {
    let peer = stream.peer_cred()?.uid();
    if peer == rustix::process::geteuid().as_raw() {
        return Ok(());
    }
    let why = format!("the other end belongs to another user (id {peer})");
    Err(io::Error::new(io::ErrorKind::PermissionDenied, why))
}

#[cfg(all(test, target_os = "linux"))]
mod tests;
