//! The daemon: it holds the lock, listens, and hands whoever comes to the [`Host`].
//!
//! One loop accepts connections and decides when to end, so that no connection is accepted by a
//! daemon that has decided to end. The end always goes the same way: the socket disappears, the
//! sessions are told and finish what they are at, and the lock is given back last, by the caller.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use dashmap::DashMap;
use futures::future::BoxFuture;
use lockstep_store::watcher::PathWatcher;
use tokio::io::{AsyncRead, AsyncWrite, BufReader};
use tokio::sync::{Notify, mpsc, watch};
use tokio::task::JoinSet;
use tracing::Instrument as _;

use crate::daemon::address::Address;
use crate::daemon::build::Build;
use crate::daemon::handshake::{HandshakeReply, Hello, PROTOCOL, Want, Welcome, hear, tell};
use crate::daemon::lock::{self, HeldDaemonLock};
use crate::daemon::signals::Signals;
use crate::daemon::status::{SessionStatus, Status};
use crate::daemon::transport::{self, Listener, Stream, split};
use crate::daemon::{Ending, Unavailable};
use crate::metrics::Metrics;

/// How long a daemon that is about to end may keep its lock.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long a client may take to say what it wants.
const HELLO_TIMEOUT: Duration = Duration::from_secs(10);
/// How long it may take when the daemon ends: whoever is waited for keeps the next one from beginning.
const LAST_HELLO: Duration = Duration::from_millis(100);
/// How long sessions may take to finish what they are at.
const FAREWELL: Duration = Duration::from_secs(10);

/// How often to look whether the socket is still there, where nobody tells of that. Editors that start
/// meanwhile wait.
const UNWATCHED: Duration = Duration::from_secs(5);

/// What the daemon serves its clients with.
pub trait Host: Send + Sync + 'static {
    /// Serves one client until it leaves, or until it is told of the daemon's end.
    fn serve(&self, guest: Guest) -> BoxFuture<'static, ()>;

    /// Adds what it knows: workspaces, and what is open in which session. Waits for nothing: whoever
    /// asks wants to know it just when the daemon is busy.
    fn describe(&self, status: &mut Status);

    /// What it counts.
    fn metrics(&self) -> &Metrics;
}

/// One client.
pub struct Guest {
    /// The number of its session.
    pub session: u64,
    /// What it has told of itself.
    pub hello: Hello,
    /// What it says.
    pub input: Box<dyn AsyncRead + Send + Unpin>,
    /// What it hears.
    pub output: Box<dyn AsyncWrite + Send + Unpin>,
    /// Why the daemon ends, once it does.
    pub ending: watch::Receiver<Option<Ending>>,
}

impl std::fmt::Debug for Guest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Guest").field("session", &self.session).finish_non_exhaustive()
    }
}

/// How a daemon behaves.
#[derive(Clone, Copy, Debug)]
pub struct Habits {
    /// How long it stays when no editor is connected; `None` is for ever.
    pub idle: Option<Duration>,
    /// How often it looks whether its socket is still there: cleaners of temporary folders take it
    /// away.
    pub look: Duration,
}

/// The right to be the daemon. It must be kept until nothing of the daemon is at work.
#[derive(Debug)]
pub struct Claim {
    address: Address,
    _held: HeldDaemonLock,
}

impl Claim {
    /// Claims the address; `None` where another daemon has it. Must run in a tokio runtime, of
    /// which it may block a thread.
    ///
    /// # Errors
    ///
    /// Where the folder cannot be used.
    pub async fn new(address: &Address) -> Result<Option<Claim>, Unavailable> {
        address.prepare()?;
        // A daemon that does not listen has died or is about to end.
        let listens = transport::connect(address).await.is_ok();
        let patience = if listens { Duration::ZERO } else { PATIENCE };
        match lock::take(&address.lock(), patience) {
            Ok(mut held) => {
                // Whoever ends a daemon that cannot be reached finds it by that; mostly it can be.
                if let Err(error) = held.sign() {
                    tracing::warn!(%error, "cannot write the process id into the lock");
                }
                Ok(Some(Claim { address: address.clone(), _held: held }))
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(None),
            Err(error) => Err(address.trouble("has no room for a lock", &error)),
        }
    }

    /// Serves until it is time to end, and says why. Calls `ready` once it listens. Must run in a
    /// tokio runtime, whose blocking tasks the caller then lets end.
    ///
    /// # Errors
    ///
    /// Where it cannot listen.
    pub async fn serve(
        &self,
        host: Arc<dyn Host>,
        habits: Habits,
        ready: impl FnOnce(),
    ) -> Result<Ending, Unavailable> {
        // From here on a signal leaves no socket behind.
        let signals = Signals::new();
        let listener = Listener::bind(&self.address)
            .map_err(|error| self.address.trouble("has no room for a socket", &error))?;
        let doubt = Arc::new(Notify::new());
        let doubted = doubt.clone();
        let mut watcher = PathWatcher::new(move |_| doubted.notify_one());
        let socket = self.address.socket();
        let is_watched = watcher.watch(&socket, [socket.clone()]);
        let look = if is_watched { habits.look } else { habits.look.min(UNWATCHED) };
        ready();
        let build = Build::current();
        tracing::info!(pid = std::process::id(), ?build, "the daemon listens");
        let (ends, asked_to_end) = mpsc::channel(1);
        let (ending, told) = watch::channel(None);
        let shared = Arc::new(Shared {
            host,
            build,
            log: self.address.log(),
            began: Instant::now(),
            last_session: AtomicU64::new(0),
            sessions: DashMap::new(),
            starter: Build::of_starter(),
            ends,
            ending: told,
        });
        let (sessions, idle_since) = (JoinSet::new(), Instant::now());
        let mut running = Running { listener, doubt, shared, sessions, idle_since };
        let why = running.accept(Habits { look, ..habits }, asked_to_end, signals).await;
        tracing::info!(?why, "the daemon stops");
        running.listener.close();
        ending.send_replace(Some(why));
        let mut sessions = running.sessions;
        let all_ended = async { while sessions.join_next().await.is_some() {} };
        if tokio::time::timeout(FAREWELL, all_ended).await.is_err() {
            tracing::warn!("closed sessions that did not end in time");
        }
        Ok(why)
    }
}

/// What the loop and the sessions know of each other.
struct Shared {
    host: Arc<dyn Host>,
    build: Build,
    log: PathBuf,
    began: Instant,
    last_session: AtomicU64,
    sessions: DashMap<u64, (SessionStatus, Instant)>,
    /// The executable of the process that has started it.
    starter: Option<Build>,
    /// Where a session says that the daemon should end.
    ends: mpsc::Sender<Ending>,
    ending: watch::Receiver<Option<Ending>>,
}

struct Running {
    listener: Listener,
    /// Tells that the socket may have been taken away.
    doubt: Arc<Notify>,
    shared: Arc<Shared>,
    sessions: JoinSet<Want>,
    idle_since: Instant,
}

impl Running {
    /// Accepts connections until it is time to end.
    async fn accept(
        &mut self,
        habits: Habits,
        mut asked: mpsc::Receiver<Ending>,
        mut signals: Signals,
    ) -> Ending {
        let mut look = tokio::time::interval(habits.look);
        loop {
            let idle_at = match habits.idle {
                Some(idle) if self.sessions.is_empty() => Some(self.idle_since + idle),
                _ => None,
            };
            tokio::select! {
                biased;
                Some(why) = asked.recv() => return why,
                why = signals.received() => return why,
                accepted = self.listener.accept() => self.welcome(accepted).await,
                Some(ended) = self.sessions.join_next() => self.note_end(ended),
                () = reached(idle_at) => return Ending::Idle,
                _ = look.tick() => {}
                () = self.doubt.notified() => {}
            }
            if !self.listener.is_reachable() {
                tracing::warn!("the socket is gone");
                return Ending::Replaced;
            }
        }
    }

    async fn welcome(&mut self, accepted: io::Result<Stream>) {
        match accepted {
            Ok(stream) => {
                let session = self.shared.last_session.fetch_add(1, Ordering::Relaxed) + 1;
                let span = tracing::info_span!("session", id = session);
                self.sessions.spawn(meet(self.shared.clone(), session, stream).instrument(span));
            }
            Err(error) => {
                tracing::warn!(%error, "cannot accept a connection");
                // Where files run out the next attempt fails too, until a session has ended.
                let ended = self.sessions.join_next();
                if let Ok(Some(ended)) = tokio::time::timeout(Duration::from_secs(1), ended).await {
                    self.note_end(ended);
                }
            }
        }
    }

    fn note_end(&mut self, ended: Result<Want, tokio::task::JoinError>) {
        // To be asked how it is does not keep a daemon alive.
        if !matches!(ended, Ok(Want::Status)) {
            self.idle_since = Instant::now();
        }
    }
}

/// Serves one connection, and returns what it wanted.
async fn meet(shared: Arc<Shared>, session: u64, stream: Stream) -> Want {
    let (input, mut output) = split(stream);
    let mut input = BufReader::new(input);
    let mut ending = shared.ending.clone();
    let patience = async {
        // An error means that the daemon has ended for good.
        let _ = tokio::time::timeout(HELLO_TIMEOUT, ending.wait_for(Option::is_some)).await;
        reached(Some(Instant::now() + LAST_HELLO)).await;
    };
    let hello: Hello = tokio::select! {
        biased;
        heard = hear(&mut input) => match heard {
            Ok(hello) => hello,
            Err(error) => {
                tracing::debug!(%error, "cannot read the first message of a client");
                return Want::Unknown;
            }
        },
        () = patience => return Want::Unknown,
    };
    let want = hello.want;
    let reply = shared.reply(session, &hello);
    tracing::debug!(?want, ?reply, pid = hello.pid, "a client is answered");
    if tell(&mut output, &reply).await.is_err() || !matches!(reply, HandshakeReply::Welcome(_)) {
        return want;
    }
    match want {
        Want::Editor | Want::Listen | Want::Order => {
            let _entry = SessionEntry::new(&shared, session, &hello);
            tracing::info!(pid = hello.pid, client = hello.client, "a session begins");
            let ending = shared.ending.clone();
            let (input, output) = (Box::new(input), Box::new(output));
            shared.host.serve(Guest { session, hello, input, output, ending }).await;
            tracing::info!("the session ends");
        }
        Want::Status => {
            // A client that has left does not want to know any more.
            let _ = tell(&mut output, &shared.status()).await;
        }
        Want::Stop => shared.end_and_wait(Ending::Stopped).await,
        Want::Restart => shared.end_and_wait(Ending::Replaced).await,
        Want::Unknown => {}
    }
    want
}

impl Shared {
    fn reply(&self, session: u64, hello: &Hello) -> HandshakeReply {
        let is_served = matches!(hello.want, Want::Editor | Want::Order | Want::Listen);
        if is_served && self.makes_room_for(hello) {
            self.end(Ending::Replaced);
            return match hello.want {
                Want::Editor => HandshakeReply::Retiring,
                _ => HandshakeReply::Yielding,
            };
        }
        if self.ending.borrow().is_some() {
            return HandshakeReply::Retiring;
        }
        // Whatever else two versions have in common, one can end the other.
        let is_plain = matches!(hello.want, Want::Status | Want::Stop | Want::Restart);
        if hello.want == Want::Unknown || (hello.protocol != PROTOCOL && !is_plain) {
            return HandshakeReply::Refused(format!(
                "the daemon has version {} and cannot serve version {}; update this program, or run `lockstep daemon stop`",
                self.build.version, hello.build.version
            ));
        }
        let pid = std::process::id();
        HandshakeReply::Welcome(Welcome { session, build: self.build.clone(), pid })
    }

    /// Whether a client has a newer build, and can start a newer daemon.
    fn makes_room_for(&self, hello: &Hello) -> bool {
        let is_newer = |build: &Build| hello.build.is_newer_than(build);
        is_newer(&self.build) && self.starter.as_ref().is_none_or(is_newer)
    }

    fn end(&self, why: Ending) {
        // Where the queue is full the end is near anyway.
        let _ = self.ends.try_send(why);
    }

    /// Has the daemon end. Returns when nobody can reach it any more.
    async fn end_and_wait(&self, why: Ending) {
        self.end(why);
        let mut ending = self.ending.clone();
        // An error means that the daemon has ended for good.
        let _ = ending.wait_for(Option::is_some).await;
    }

    fn status(&self) -> Status {
        let sessions = self.sessions.iter().map(|entry| {
            let (session, since) = entry.value();
            SessionStatus { seconds: since.elapsed().as_secs(), ..session.clone() }
        });
        let mut sessions: Vec<SessionStatus> = sessions.collect();
        sessions.sort_by_key(|session| session.id);
        let metrics = self.host.metrics();
        let mut status = Status {
            pid: std::process::id(),
            build: Some(self.build.clone()),
            log: self.log.display().to_string(),
            uptime_seconds: self.began.elapsed().as_secs(),
            sessions,
            workspaces: Vec::new(),
            latencies: metrics.latencies(),
            still_seconds: None,
            events_sent: metrics.events(),
            sessions_dropped: metrics.dropped(),
        };
        self.host.describe(&mut status);
        status
    }
}

/// A session's place in the list, as long as it is served.
struct SessionEntry<'a> {
    shared: &'a Shared,
    session: u64,
}

impl<'a> SessionEntry<'a> {
    fn new(shared: &'a Shared, session: u64, hello: &Hello) -> SessionEntry<'a> {
        let status = SessionStatus {
            id: session,
            client: hello.client.clone(),
            pid: hello.pid,
            folders: hello.folders.clone(),
            ..SessionStatus::default()
        };
        shared.sessions.insert(session, (status, Instant::now()));
        SessionEntry { shared, session }
    }
}

impl Drop for SessionEntry<'_> {
    fn drop(&mut self) {
        self.shared.sessions.remove(&self.session);
    }
}

/// Waits for a moment, or for ever.
async fn reached(moment: Option<Instant>) {
    let never = std::future::pending::<()>();
    match moment {
        // Only the time can end this.
        Some(moment) => drop(tokio::time::timeout_at(moment.into(), never).await),
        None => never.await,
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;
    use crate::daemon::dial;

    /// Says nothing, and leaves when the client does.
    #[derive(Default)]
    struct Quiet(Metrics);

    impl Host for Quiet {
        fn serve(&self, mut guest: Guest) -> BoxFuture<'static, ()> {
            Box::pin(async move {
                let until_end = guest.ending.wait_for(Option::is_some);
                let mut bytes = [0];
                tokio::select! { _ = guest.input.read(&mut bytes) => {}, _ = until_end => {} }
            })
        }

        fn describe(&self, status: &mut Status) {
            status.events_sent = 7;
        }

        fn metrics(&self) -> &Metrics {
            &self.0
        }
    }

    /// A daemon in a folder of its own, which listens.
    async fn start(habits: Habits) -> (tempfile::TempDir, Address, JoinSet<Ending>) {
        let dir = tempfile::tempdir().expect("a folder");
        let address = Address::in_folder(&dir.path().join("daemon"));
        let claim = Claim::new(&address).await.expect("it is ours").expect("it is free");
        let (ready, listening) = tokio::sync::oneshot::channel();
        let mut serving = JoinSet::new();
        serving.spawn(async move {
            let ready = || ready.send(()).expect("somebody waits");
            claim.serve(Arc::new(Quiet::default()), habits, ready).await.expect("it listens")
        });
        listening.await.expect("it listens");
        (dir, address, serving)
    }

    async fn end(mut serving: JoinSet<Ending>) -> Ending {
        let ended = tokio::time::timeout(Duration::from_secs(20), serving.join_next()).await;
        ended.expect("it ends").expect("it was started").expect("it does not panic")
    }

    const LONG: Duration = Duration::from_secs(3600);

    fn hello(change: impl FnOnce(&mut Hello)) -> Hello {
        let mut hello = Hello::new(Want::Editor);
        change(&mut hello);
        hello
    }

    #[tokio::test]
    async fn a_daemon_whose_socket_was_taken_away_makes_room() {
        let (_dir, address, serving) =
            start(Habits { idle: None, look: Duration::from_millis(1) }).await;
        fs::remove_file(address.socket()).expect("it is there");
        assert_eq!(end(serving).await, Ending::Replaced);
    }

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn a_socket_that_is_taken_away_is_missed_at_once() {
        let (_dir, address, serving) = start(Habits { idle: None, look: LONG }).await;
        fs::remove_file(address.socket()).expect("it is there");
        assert_eq!(end(serving).await, Ending::Replaced);
    }

    #[tokio::test]
    async fn what_stands_in_the_place_of_the_socket_is_left_there() {
        let (_dir, address, serving) =
            start(Habits { idle: None, look: Duration::from_millis(1) }).await;
        fs::remove_file(address.socket()).expect("it is there");
        fs::write(address.socket(), "mine").expect("a file");
        end(serving).await;
        assert_eq!(fs::read(address.socket()).expect("it is there"), b"mine");
    }

    #[tokio::test]
    async fn an_editor_has_a_place_in_the_status_until_it_leaves() {
        let (_dir, address, serving) = start(Habits { idle: None, look: LONG }).await;
        let mut link = dial::dial(&address, &Hello::new(Want::Editor)).await.expect("it listens");
        let status = dial::status(&address).await.expect("it answers").expect("it is there");
        assert_eq!((status.sessions.len(), status.events_sent), (1, 7));
        assert_eq!(status.sessions[0].id, link.welcome.session);
        link.output.write_all(b"x").await.expect("it listens");
        let mut rest = Vec::new();
        link.input.read_to_end(&mut rest).await.expect("it is closed");
        let status = dial::status(&address).await.expect("it answers").expect("it is there");
        assert_eq!(status.sessions, []);
        dial::join(&address, &Hello::new(Want::Stop)).await.expect("it answers");
        assert_eq!(end(serving).await, Ending::Stopped);
    }

    #[tokio::test]
    async fn a_client_of_another_protocol_is_refused_unless_it_is_newer() {
        let (_dir, address, serving) = start(Habits { idle: None, look: LONG }).await;
        let other = hello(|hello| hello.protocol = 2);
        let refused = dial::dial(&address, &other).await.expect_err("it is refused");
        assert!(refused.to_string().contains("`lockstep daemon stop`"), "{refused}");
        let older = hello(|hello| hello.build.version = "0.0.1".to_owned());
        dial::dial(&address, &older).await.expect("it is served");
        let newer = hello(|hello| {
            hello.protocol = 2;
            hello.build.version = "99.0.0".to_owned();
        });
        let stream = transport::connect(&address).await.expect("it listens");
        let (input, mut output) = split(stream);
        tell(&mut output, &newer).await.expect("it listens");
        let reply: HandshakeReply = hear(&mut BufReader::new(input)).await.expect("it answers");
        assert!(matches!(reply, HandshakeReply::Retiring), "{reply:?}");
        assert_eq!(end(serving).await, Ending::Replaced);
    }

    #[tokio::test]
    async fn a_newer_command_takes_the_place_of_a_daemon_and_a_newer_question_does_not() {
        for (want, is_replaced) in
            [(Want::Order, true), (Want::Listen, true), (Want::Status, false)]
        {
            let (_dir, address, serving) = start(Habits { idle: None, look: LONG }).await;
            let newer = hello(|hello| {
                hello.want = want;
                hello.build.version = "99.0.0".to_owned();
            });
            let stream = transport::connect(&address).await.expect("it listens");
            let (input, mut output) = split(stream);
            tell(&mut output, &newer).await.expect("it listens");
            let reply: HandshakeReply = hear(&mut BufReader::new(input)).await.expect("it answers");
            assert_eq!(matches!(reply, HandshakeReply::Yielding), is_replaced, "{reply:?}");
            if is_replaced {
                assert_eq!(end(serving).await, Ending::Replaced);
            }
        }
    }

    #[tokio::test]
    async fn whoever_says_nothing_or_nonsense_is_cut_off_and_costs_nothing() {
        let (_dir, address, serving) = start(Habits { idle: None, look: LONG }).await;
        let mut silent = Vec::new();
        for bytes in [&b"GET / HTTP/1.1\r\n\r\n"[..], b"{}\n", b"\n"] {
            let mut stream = transport::connect(&address).await.expect("it listens");
            stream.write_all(bytes).await.expect("it reads");
            let mut answer = Vec::new();
            // Cut off, with or without a reset.
            let _ = stream.read_to_end(&mut answer).await;
            assert!(answer.is_empty(), "{answer:?}");
            silent.push(transport::connect(&address).await.expect("it listens"));
        }
        assert!(dial::status(&address).await.expect("it answers").is_some());
        dial::join(&address, &Hello::new(Want::Stop)).await.expect("it answers");
        // Those who say nothing are not waited for.
        let ended = tokio::time::timeout(HELLO_TIMEOUT / 2, end(serving)).await;
        assert_eq!(ended.expect("it ends"), Ending::Stopped);
        drop(silent);
    }
}
