//! How a process reaches the daemon, and starts it where there is none.
//!
//! Whoever finds no daemon takes a turn: one process starts it while the others wait for their
//! turn, and find it running. Whoever finds one that ends, be it to make room, takes a turn as well,
//! and keeps it until a daemon welcomes it. Nothing here removes a socket, and nothing takes a daemon that does
//! not answer for dead.

use std::io;
use std::process::Stdio;
use std::time::{Duration, Instant};

use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncWrite, BufReader};
use tokio::process::Command;

use crate::daemon::Unavailable;
use crate::daemon::address::Address;
#[cfg(unix)]
use crate::daemon::address::FOLDER_VARIABLE;
use crate::daemon::build::{self, Build};
use crate::daemon::handshake::{HandshakeReply, Hello, Want, Welcome, hear, tell};
use crate::daemon::lock::{self, HeldDaemonLock};
use crate::daemon::log::Log;
use crate::daemon::status::Status;
use crate::daemon::transport::{self, Stream, split};

/// How long a daemon may take to answer. Nothing that it does for its clients holds up the answer,
/// which takes some milliseconds, and some hundred on a machine with several times more to do than it
/// can: a daemon that takes longer stands still. An editor waits this long for its first answer.
pub(super) const ANSWER_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a daemon may take to end that has said it would: what it writes is written to its end.
/// It gives its sessions and its last transactions less.
pub(super) const END_TIMEOUT: Duration = Duration::from_secs(45);
/// How long a daemon may take to start, which includes the end of the one before it.
const START_TIMEOUT: Duration = Duration::from_secs(20);
/// How often a daemon may end while it is being reached.
const ATTEMPTS: usize = 5;

/// What a daemon leaves of the environment of the process that happens to start it.
#[cfg(unix)]
const ENVIRONMENT: [&str; 12] = [
    "HOME",
    "LANG",
    "LC_ALL",
    "LOCKSTEP_LOG",
    "LOGNAME",
    "PATH",
    "RUST_BACKTRACE",
    "TMPDIR",
    "TZ",
    "USER",
    "XDG_CONFIG_HOME",
    FOLDER_VARIABLE,
];

/// A connection to the daemon, which has said that it is welcome.
pub struct DaemonLink {
    /// What the daemon says.
    pub input: Box<dyn AsyncBufRead + Send + Unpin>,
    /// What the daemon hears.
    pub output: Box<dyn AsyncWrite + Send + Unpin>,
    /// Who it is.
    pub welcome: Welcome,
}

impl std::fmt::Debug for DaemonLink {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DaemonLink").field("welcome", &self.welcome).finish_non_exhaustive()
    }
}

/// Connects to the daemon, which is started if there is none.
///
/// # Errors
///
/// Where there is no daemon to be had.
pub async fn dial(address: &Address, hello: &Hello) -> Result<DaemonLink, Unavailable> {
    dial_within(address, hello, ANSWER_TIMEOUT).await
}

/// As [`dial`], however long a daemon takes to answer, and the one before it to end.
///
/// # Errors
///
/// As for [`dial`], but not [`Unavailable::NotYet`], and [`Unavailable::Silent`] only where too many
/// wait for it already.
pub async fn dial_patiently(address: &Address, hello: &Hello) -> Result<DaemonLink, Unavailable> {
    loop {
        match dial_within(address, hello, Duration::MAX).await {
            // It has waited for its turn, or for the daemon to end.
            Err(Unavailable::NotYet(why)) => tracing::info!(%why, "waiting for the daemon"),
            reached => return reached,
        }
    }
}

/// As [`dial`], for as long as a daemon may take to end that has said it would.
///
/// # Errors
///
/// As for [`dial`].
pub async fn dial_in_place(address: &Address, hello: &Hello) -> Result<DaemonLink, Unavailable> {
    match tokio::time::timeout(END_TIMEOUT, dial_patiently(address, hello)).await {
        Ok(reached) => reached,
        Err(_) => Err(still_ending(END_TIMEOUT)),
    }
}

async fn dial_within(
    address: &Address,
    hello: &Hello,
    patience: Duration,
) -> Result<DaemonLink, Unavailable> {
    address.prepare()?;
    if let Some(stream) = connect(address).await?
        && let Greeting::Welcome(link) = greet(address, stream, hello, patience).await?
    {
        return Ok(link);
    }
    match start(address, hello).await {
        // One that was just started. It is waited for outside of the turn.
        Err(why @ Unavailable::Silent(_)) => Err(Unavailable::NotYet(why.to_string())),
        reached => reached,
    }
}

/// Connects to the daemon that runs, or to a newer one in its place; `None` where there is none.
///
/// # Errors
///
/// Where it cannot be reached, or does not answer.
pub async fn join(address: &Address, hello: &Hello) -> Result<Option<DaemonLink>, Unavailable> {
    if !address.exists() {
        return Ok(None);
    }
    address.verify()?;
    let Some(stream) = connect(address).await? else { return Ok(None) };
    match greet(address, stream, hello, ANSWER_TIMEOUT).await? {
        Greeting::Welcome(link) => Ok(Some(link)),
        Greeting::Retiring => Ok(None),
        Greeting::Yielding => dial(address, hello).await.map(Some),
    }
}

/// Asks the daemon how it is; `None` where there is none.
///
/// # Errors
///
/// As for [`join`].
pub async fn status(address: &Address) -> Result<Option<Status>, Unavailable> {
    let Some(mut link) = join(address, &Hello::new(Want::Status)).await? else { return Ok(None) };
    match tokio::time::timeout(ANSWER_TIMEOUT, hear(&mut link.input)).await {
        Ok(Ok(status)) => Ok(Some(status)),
        Ok(Err(error)) => {
            Err(address.trouble("has a daemon that does not answer with its status", &error))
        }
        Err(_) => Err(Unavailable::Silent(ANSWER_TIMEOUT)),
    }
}

/// Waits for what a daemon says that was reached before. Where that takes long, the daemon is asked
/// whether it is there.
///
/// # Errors
///
/// `Silent` where it stands still: then nobody knows what it has done, or will do yet.
pub async fn wait_for<T>(
    address: &Address,
    said: impl Future<Output = T>,
) -> Result<T, Unavailable> {
    tokio::pin!(said);
    let mut unreachable_since = None;
    loop {
        if let Ok(value) = tokio::time::timeout(ANSWER_TIMEOUT, &mut said).await {
            return Ok(value);
        }
        let status = tokio::select! {
            biased;
            value = &mut said => return Ok(value),
            status = status(address) => status,
        };
        match status {
            Ok(Some(status)) if status.still_seconds.is_none() => unreachable_since = None,
            Ok(Some(_)) | Err(Unavailable::Silent(_)) => {
                return Err(Unavailable::Silent(ANSWER_TIMEOUT * 2));
            }
            // It ends, and carries to its end what it is at.
            Ok(None) | Err(Unavailable::NotYet(_) | Unavailable::Because(_)) => {
                let since = *unreachable_since.get_or_insert_with(Instant::now);
                if since.elapsed() > END_TIMEOUT {
                    return Err(Unavailable::Silent(END_TIMEOUT));
                }
            }
        }
    }
}

/// A connection to whatever listens; `None` where nothing does.
pub(super) async fn connect(address: &Address) -> Result<Option<Stream>, Unavailable> {
    match transport::connect(address).await {
        Ok(stream) => Ok(Some(stream)),
        Err(error) => match error.kind() {
            io::ErrorKind::NotFound
            | io::ErrorKind::ConnectionRefused
            // It ended before it took the connection.
            | io::ErrorKind::ConnectionReset => Ok(None),
            // More wait for it already than the system lets wait.
            io::ErrorKind::WouldBlock => Err(Unavailable::Silent(ANSWER_TIMEOUT)),
            _ => Err(address.trouble("has a socket that cannot be used", &error)),
        },
    }
}

/// What a daemon makes of a client.
pub(super) enum Greeting {
    /// It is welcome.
    Welcome(DaemonLink),
    /// The daemon ends, and another one may be there soon.
    Retiring,
    /// The daemon ends, for the client to start a newer one.
    Yielding,
}

/// Says hello.
pub(super) async fn greet(
    address: &Address,
    stream: Stream,
    hello: &Hello,
    patience: Duration,
) -> Result<Greeting, Unavailable> {
    let (input, mut output) = split(stream);
    let mut input = BufReader::new(input);
    let exchange = async {
        tell(&mut output, hello).await?;
        hear(&mut input).await
    };
    match tokio::time::timeout(patience, exchange).await {
        Ok(Ok(HandshakeReply::Welcome(welcome))) => {
            let (input, output) = (Box::new(input), Box::new(output));
            Ok(Greeting::Welcome(DaemonLink { input, output, welcome }))
        }
        Ok(Ok(HandshakeReply::Retiring)) => Ok(Greeting::Retiring),
        Ok(Ok(HandshakeReply::Yielding)) => Ok(Greeting::Yielding),
        Ok(Ok(HandshakeReply::Refused(why))) => Err(Unavailable::new(why)),
        Ok(Err(error)) => match error.kind() {
            io::ErrorKind::UnexpectedEof
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::BrokenPipe => Ok(Greeting::Retiring),
            _ => Err(address.trouble("has a daemon that this version does not understand", &error)),
        },
        Err(_) => Err(Unavailable::Silent(patience)),
    }
}

/// Starts a daemon when it is this process's turn, unless somebody else did before.
///
/// The turn ends with the welcome, not before: one that makes room for this process is followed by
/// one that this process starts, never by another one of those that wait for their turn.
async fn start(address: &Address, hello: &Hello) -> Result<DaemonLink, Unavailable> {
    let _turn = turn(address).await?;
    for _ in 0..ATTEMPTS {
        let stream = match connect(address).await? {
            Some(stream) => Some(stream),
            None => launch(address).await?,
        };
        if let Some(stream) = stream
            && let Greeting::Welcome(link) = greet(address, stream, hello, ANSWER_TIMEOUT).await?
        {
            return Ok(link);
        }
    }
    Err(Unavailable::new(format!(
        "the daemon stops as soon as it starts; {} may say why",
        address.log().display()
    )))
}

/// Waits until it is this process's turn to start the daemon.
async fn turn(address: &Address) -> Result<HeldDaemonLock, Unavailable> {
    let path = address.start_lock();
    match tokio::task::spawn_blocking(move || lock::take(&path, START_TIMEOUT)).await {
        Ok(Ok(held)) => Ok(held),
        Ok(Err(error)) if error.kind() == io::ErrorKind::WouldBlock => {
            let why = "another process is starting the daemon, which does not listen yet";
            Err(Unavailable::NotYet(why.to_owned()))
        }
        Ok(Err(error)) => Err(address.trouble("has no room for a lock", &error)),
        Err(error) => Err(Unavailable::new(error.to_string())),
    }
}

/// Starts a daemon. `None` where it has ended again.
async fn launch(address: &Address) -> Result<Option<Stream>, Unavailable> {
    let began = Instant::now();
    run(address).await?;
    if let Some(stream) = connect(address).await? {
        return Ok(Some(stream));
    }
    let is_held = lock::is_held(&address.lock())
        .map_err(|error| address.trouble("has a lock that cannot be checked", &error))?;
    // One that is waited for in vain, not one that was quicker to start.
    if is_held && began.elapsed() > ANSWER_TIMEOUT {
        return Err(still_ending(began.elapsed()));
    }
    Ok(None)
}

fn still_ending(waited: Duration) -> Unavailable {
    Unavailable::NotYet(format!(
        "the previous daemon is still stopping after {} seconds; run `lockstep daemon restart`",
        waited.as_secs()
    ))
}

/// Runs a daemon, and waits until it listens or has ended.
async fn run(address: &Address) -> Result<(), Unavailable> {
    let mut command = Command::new(build::program());
    command.args(["daemon", "run", "--detached"]).stdin(Stdio::null()).stdout(Stdio::piped());
    command.stderr(Log::for_child(address).map_or_else(|_| Stdio::null(), Stdio::from));
    let own = serde_json::to_string(&Build::current())
        .map_err(|error| Unavailable::new(error.to_string()))?;
    // The daemon must not keep a workspace's file system from being unmounted.
    #[cfg(unix)]
    command
        .current_dir("/")
        .env_clear()
        .envs(ENVIRONMENT.iter().filter_map(|name| Some((name, std::env::var_os(name)?))));
    command.env(build::STARTER_VARIABLE, own);
    #[cfg(windows)]
    {
        // Detached, in a group of its own, and out of the editor's job.
        command.creation_flags(0x0000_0008 | 0x0000_0200 | 0x0100_0000);
    }
    let mut child = command
        .spawn()
        .map_err(|error| Unavailable::new(format!("cannot start the daemon: {error}")))?;
    let Some(output) = child.stdout.take() else { return Ok(()) };
    // It says a line when it listens, and closes its output when it ends.
    let (mut output, mut line) = (BufReader::new(output), String::new());
    match tokio::time::timeout(START_TIMEOUT, output.read_line(&mut line)).await {
        Ok(_) => Ok(()),
        Err(_) => Err(Unavailable::NotYet(format!(
            "the daemon does not start within {} seconds; {} may say why",
            START_TIMEOUT.as_secs(),
            address.log().display()
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn where_nothing_listens_there_is_nobody_to_ask() {
        let dir = tempfile::tempdir().expect("a folder");
        let address = Address::in_folder(&dir.path().join("private"));
        assert!(status(&address).await.expect("it is looked for").is_none());
        assert!(!address.exists());
        address.prepare().expect("it is made");
        assert!(status(&address).await.expect("it is looked for").is_none());
    }
}
