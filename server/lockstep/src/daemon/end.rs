//! How a daemon is ended: it is asked to, and where it does not answer it is made to.
//!
//! What is under way is carried to its end by a daemon that was asked. One that was killed has left
//! it to whoever comes next, as a crash does.

use std::io;
use std::time::Duration;

use crate::daemon::Unavailable;
use crate::daemon::address::Address;
use crate::daemon::dial::{ANSWER_TIMEOUT, DaemonLink, END_TIMEOUT, Greeting, connect, greet};
use crate::daemon::handshake::{Hello, Want};
use crate::daemon::lock;
use crate::daemon::transport::Process;

/// How long the system may take to clear away a process.
const KILL_TIMEOUT: Duration = Duration::from_secs(10);

/// A daemon that was ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ended {
    /// Its process.
    pub pid: u32,
    /// Whether it had to be killed.
    pub killed: bool,
}

/// Ends the daemon that runs, as `want` says, and waits until nobody can reach it, or where it is to
/// stop until it holds nothing any more. `None` where there is none.
///
/// # Errors
///
/// Where it can neither be asked to end nor be made to.
pub async fn end(address: &Address, want: Want) -> Result<Option<Ended>, Unavailable> {
    if !address.exists() {
        return Ok(None);
    }
    address.verify()?;
    let Some(stream) = connect(address).await? else { return end_unreachable(address).await };
    // Known before it may end, so that nobody else is meant.
    let process = Process::at_other_end(&stream);
    match greet(address, stream, &Hello::new(want), ANSWER_TIMEOUT).await {
        Ok(Greeting::Retiring | Greeting::Yielding) => return end_unreachable(address).await,
        Ok(Greeting::Welcome(mut link)) => {
            let pid = link.welcome.pid;
            // The place of one that is to be replaced may be taken by then.
            let is_gone = async || is_gone(address, pid, process.as_ref().ok(), END_TIMEOUT).await;
            if is_closed(&mut link).await && (want != Want::Stop || is_gone().await?) {
                return Ok(Some(Ended { pid, killed: false }));
            }
        }
        Err(Unavailable::Silent(_)) => {}
        Err(other) => return Err(other),
    }
    kill(address, process).await.map(Some)
}

/// Ends a daemon that nobody can reach any more, which has begun to end. `None` where there is none.
async fn end_unreachable(address: &Address) -> Result<Option<Ended>, Unavailable> {
    let held = |error: io::Error| address.trouble("has a lock that cannot be checked", &error);
    let Some(pid) = lock::holder(&address.lock()).map_err(held)? else { return Ok(None) };
    let process = Process::of(pid);
    // The number may belong to another process by now, unless that one holds the lock still.
    if lock::holder(&address.lock()).map_err(held)? != Some(pid) {
        return Ok(None);
    }
    // One that is stopped would be waited for in vain.
    let is_stopped = process.as_ref().is_ok_and(Process::is_stopped);
    if !is_stopped && is_gone(address, pid, process.as_ref().ok(), END_TIMEOUT).await? {
        return Ok(Some(Ended { pid, killed: false }));
    }
    kill(address, process).await.map(Some)
}

async fn kill(address: &Address, process: io::Result<Process>) -> Result<Ended, Unavailable> {
    let reluctant = |error: io::Error| {
        Unavailable::new(format!("the daemon does not stop, and cannot be killed: {error}"))
    };
    let process = process.map_err(reluctant)?;
    let killed = process.kill().map_err(reluctant)?;
    match is_gone(address, process.id(), Some(&process), KILL_TIMEOUT).await? {
        true => Ok(Ended { pid: process.id(), killed }),
        false => Err(reluctant(io::ErrorKind::TimedOut.into())),
    }
}

/// Waits until nobody can reach the daemon any more, for a time.
async fn is_closed(link: &mut DaemonLink) -> bool {
    let mut sink = tokio::io::sink();
    let closed = tokio::io::copy_buf(&mut link.input, &mut sink);
    // To be cut off is an end too.
    tokio::time::timeout(ANSWER_TIMEOUT, closed).await.is_ok()
}

/// Waits until a daemon holds nothing any more, for a time. Another one may have its place by then.
async fn is_gone(
    address: &Address,
    pid: u32,
    process: Option<&Process>,
    patience: Duration,
) -> Result<bool, Unavailable> {
    let trouble = |error: io::Error| address.trouble("has no room for a lock", &error);
    let path = address.lock();
    let ended = async {
        match process {
            Some(process) => process.ended(patience).await,
            None => std::future::pending().await,
        }
    };
    let taken = tokio::select! {
        biased;
        () = ended => return Ok(true),
        taken = tokio::task::spawn_blocking(move || lock::take(&path, patience)) => taken,
    };
    match taken {
        Ok(Ok(_)) => Ok(true),
        Ok(Err(error)) if error.kind() == io::ErrorKind::WouldBlock => {
            let holder = lock::holder(&address.lock()).map_err(trouble)?;
            Ok(holder.is_some_and(|holder| holder != pid))
        }
        Ok(Err(error)) => Err(trouble(error)),
        Err(error) => Err(Unavailable::new(error.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn where_nothing_listens_there_is_nobody_to_end() {
        let dir = tempfile::tempdir().expect("a folder");
        let address = Address::in_folder(&dir.path().join("private"));
        assert_eq!(end(&address, Want::Stop).await, Ok(None));
        assert!(!address.exists());
        address.prepare().expect("it is made");
        assert_eq!(end(&address, Want::Stop).await, Ok(None));
        let gone = is_gone(&address, 1, None, Duration::ZERO).await;
        assert!(gone.expect("it is looked at"));
    }

    #[tokio::test]
    async fn a_daemon_is_gone_also_where_another_one_has_its_place() {
        let dir = tempfile::tempdir().expect("a folder");
        let address = Address::in_folder(&dir.path().join("private"));
        address.prepare().expect("it is made");
        let mut held = lock::take(&address.lock(), Duration::ZERO).expect("it is free");
        held.sign().expect("it is written");
        let own = std::process::id();
        let gone = async |pid| is_gone(&address, pid, None, Duration::ZERO).await;
        assert_eq!(gone(own).await, Ok(false));
        assert_eq!(gone(own + 1).await, Ok(true));
    }

    #[tokio::test]
    #[cfg(target_os = "linux")]
    async fn a_daemon_that_has_ended_is_gone_whoever_holds_its_lock() {
        let dir = tempfile::tempdir().expect("a folder");
        let address = Address::in_folder(&dir.path().join("private"));
        address.prepare().expect("it is made");
        let _held = lock::take(&address.lock(), Duration::ZERO).expect("it is free");
        let mut daemon = std::process::Command::new("true").spawn().expect("it runs");
        let process = Process::of(daemon.id()).expect("it is there");
        let gone = is_gone(&address, process.id(), Some(&process), KILL_TIMEOUT).await;
        assert_eq!(gone, Ok(true));
        daemon.wait().expect("it has ended");
    }
}
