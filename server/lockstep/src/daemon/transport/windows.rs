//! Named pipes. Not tested: no such machine was at hand.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf, ReadHalf, WriteHalf};
use tokio::net::windows::named_pipe::{
    ClientOptions, NamedPipeClient, NamedPipeServer, ServerOptions,
};

use crate::daemon::address::Address;

/// All instances of the pipe are taken: `ERROR_PIPE_BUSY`.
const BUSY: i32 = 231;

/// A connection.
#[derive(Debug)]
pub(in crate::daemon) enum Stream {
    Client(NamedPipeClient),
    Server(NamedPipeServer),
}

/// The two directions of a connection.
pub(in crate::daemon) fn split(stream: Stream) -> (ReadHalf<Stream>, WriteHalf<Stream>) {
    tokio::io::split(stream)
}

/// A process that can be ended by force. Here none is.
#[derive(Debug)]
pub(in crate::daemon) struct Process;

impl Process {
    /// The one that listens where `stream` leads to.
    pub(in crate::daemon) fn at_other_end(_: &Stream) -> io::Result<Process> {
        Err(io::Error::new(io::ErrorKind::Unsupported, "this system does not name its process"))
    }

    /// The one with this number.
    pub(in crate::daemon) fn of(_: u32) -> io::Result<Process> {
        Err(io::ErrorKind::Unsupported.into())
    }

    /// Whether somebody has stopped it, as far as the system says so.
    pub(in crate::daemon) fn is_stopped(&self) -> bool {
        false
    }

    /// Waits until it has ended. Nobody says so here.
    pub(in crate::daemon) async fn ended(&self, _: Duration) {
        std::future::pending().await
    }

    /// Its number.
    pub(in crate::daemon) fn id(&self) -> u32 {
        0
    }

    /// Ends it, whatever it is at. Returns whether it was there.
    pub(in crate::daemon) fn kill(&self) -> io::Result<bool> {
        Err(io::ErrorKind::Unsupported.into())
    }
}

/// What the daemon listens on.
#[derive(Debug)]
pub(in crate::daemon) struct Listener {
    /// The instance that takes the next client.
    next: NamedPipeServer,
    name: String,
}

/// The pipes of all users share one space of names, so that the name holds the user's folder.
fn name(address: &Address) -> String {
    let folder = address.folder().to_string_lossy().to_lowercase();
    let folder: String =
        folder.chars().map(|c| if c.is_alphanumeric() { c } else { '-' }).collect();
    format!(r"\\.\pipe\lockstep-{folder}")
}

/// Connects to the daemon.
pub(in crate::daemon) async fn connect(address: &Address) -> io::Result<Stream> {
    match ClientOptions::new().open(name(address)) {
        Ok(pipe) => Ok(Stream::Client(pipe)),
        // Between two clients there is no free instance for a moment.
        Err(error) if error.raw_os_error() == Some(BUSY) => {
            Err(io::Error::new(io::ErrorKind::ConnectionRefused, error))
        }
        Err(error) => Err(error),
    }
}

impl Listener {
    /// Listens at `address`. A pipe of that name that somebody else has made is refused.
    pub(in crate::daemon) fn bind(address: &Address) -> io::Result<Listener> {
        let name = name(address);
        let mut options = ServerOptions::new();
        let next = options.first_pipe_instance(true).reject_remote_clients(true).create(&name)?;
        Ok(Listener { next, name })
    }

    /// The next connection.
    pub(in crate::daemon) async fn accept(&mut self) -> io::Result<Stream> {
        self.next.connect().await?;
        let next = ServerOptions::new().reject_remote_clients(true).create(&self.name)?;
        Ok(Stream::Server(std::mem::replace(&mut self.next, next)))
    }

    /// Whether a client can still find this pipe: nothing can take its name away.
    pub(in crate::daemon) fn is_reachable(&self) -> bool {
        true
    }

    /// Stops listening.
    pub(in crate::daemon) fn close(self) {}
}

impl AsyncRead for Stream {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Stream::Client(pipe) => Pin::new(pipe).poll_read(cx, buffer),
            Stream::Server(pipe) => Pin::new(pipe).poll_read(cx, buffer),
        }
    }
}

impl AsyncWrite for Stream {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Stream::Client(pipe) => Pin::new(pipe).poll_write(cx, bytes),
            Stream::Server(pipe) => Pin::new(pipe).poll_write(cx, bytes),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Stream::Client(pipe) => Pin::new(pipe).poll_flush(cx),
            Stream::Server(pipe) => Pin::new(pipe).poll_flush(cx),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Stream::Client(pipe) => Pin::new(pipe).poll_shutdown(cx),
            Stream::Server(pipe) => Pin::new(pipe).poll_shutdown(cx),
        }
    }
}
