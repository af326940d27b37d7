//! What a process has the daemon do, and hears from it, where one runs: then every editor sees it at
//! once. Starts no daemon but in the place of an older one.

use std::io;
use std::path::{Path, PathBuf};

use tokio::runtime::Runtime;
use tokio::sync::mpsc::Receiver;

use crate::daemon::Unavailable;
use crate::daemon::address::Address;
use crate::daemon::dial::{self, DaemonLink};
use crate::daemon::handshake::{self, Hello, Want, hear};
use crate::hub::Hub;
use crate::hub::subscribers::{Notice, Subscription};
use crate::workspace::commit::{CommitError, TellInterim};
use crate::workspace::order::{Done, Order, Reply};

/// Who came to do an order.
#[derive(Debug)]
pub enum Ordered {
    /// The daemon has done it.
    Done(Done),
    /// Nobody: there is no daemon.
    Nobody,
    /// Nobody: the daemon cannot be reached, for this reason.
    Unreachable(Unavailable),
}

/// Why an order is not done, or not known to be.
#[derive(Debug)]
pub enum OrderFailure {
    /// Nothing was done.
    Failed(CommitError),
    /// The daemon took it, and does not answer.
    Unsure {
        /// The process of the daemon.
        pid: u32,
        /// How it does not answer.
        why: Unavailable,
    },
    /// The daemon took it and has ended, and the history cannot be read.
    Lost(CommitError),
    /// This process cannot wait for anybody.
    Threads(io::Error),
}

/// Has the daemon carry out an order for `client`; `met` is told when it is there.
pub fn carry_out(
    order: &Order,
    client: &str,
    met: &dyn Fn(),
    tell: &TellInterim<'_>,
) -> Result<Ordered, OrderFailure> {
    if !Address::of_user().exists() {
        return Ok(Ordered::Nobody);
    }
    let runtime = runtime().map_err(OrderFailure::Threads)?;
    let link = match runtime.block_on(reach(Want::Order, client, &order.root)) {
        Ok(Some(link)) => link,
        Ok(None) => return Ok(Ordered::Nobody),
        Err(error) => return Ok(Ordered::Unreachable(error)),
    };
    met();
    let (pid, address) = (link.welcome.pid, Address::of_user());
    let done = dial::wait_for(&address, have_done(link, order, tell));
    // A daemon that stands still may do it as soon as it goes on: nobody else may do it meanwhile.
    let done = runtime.block_on(done).map_err(|why| OrderFailure::Unsure { pid, why })?;
    match done {
        Ok(outcome) => outcome.map(Ordered::Done).map_err(OrderFailure::Failed),
        // The daemon has ended. What it has done, it has done.
        Err(error) => {
            tracing::info!(%error, "the daemon did not send a result");
            let found = order.find().map_err(OrderFailure::Lost)?;
            Ok(found.map_or(Ordered::Nobody, Ordered::Done))
        }
    }
}

async fn have_done(
    mut link: DaemonLink,
    order: &Order,
    tell: &TellInterim<'_>,
) -> io::Result<Result<Done, CommitError>> {
    handshake::tell(&mut link.output, order).await?;
    loop {
        match hear::<Reply>(&mut link.input).await?.outcome() {
            Ok(outcome) => return Ok(outcome),
            Err(told) => tell(told),
        }
    }
}

/// What happens in a workspace, as it happens: told by the daemon where one runs, else by this process,
/// which reads the files itself.
#[derive(Debug)]
pub struct EventFeed {
    root: PathBuf,
    client: String,
    /// Whether the daemon is left alone.
    alone: bool,
    /// The last event that was told.
    last: Option<u64>,
    teller: Teller,
}

#[derive(Debug)]
enum Teller {
    Daemon(Runtime, DaemonLink),
    Own(Receiver<Notice>, #[expect(dead_code, reason = "it tells as long as it is there")] Hub),
}

impl EventFeed {
    /// What happens in the workspace at the canonical `root`, from now on or after the event `since`.
    pub fn start(
        root: &Path,
        client: &str,
        alone: bool,
        since: Option<u64>,
    ) -> io::Result<EventFeed> {
        let (root, client) = (root.to_owned(), client.to_owned());
        let teller = Teller::of(&root, &client, alone, since)?;
        Ok(EventFeed { root, client, alone, last: since, teller })
    }

    /// Waits until nothing is left out any more. What is told instead is that nothing can be.
    pub fn begin(&mut self) -> io::Result<Result<(), String>> {
        match self.hear(true)? {
            Some(Notice::Begun(_)) => Ok(Ok(())),
            Some(Notice::Refused(why)) => Ok(Err(why)),
            _ => Ok(Err("nobody can tell what happens in the workspace".to_owned())),
        }
    }

    /// The next event, or that there is none to come; `None` where nothing can be told any more. Where
    /// the daemon ends, it goes on with the next one, or in this process.
    pub fn next_event(&mut self) -> io::Result<Option<Notice>> {
        self.hear(false)
    }

    fn hear(&mut self, also_begun: bool) -> io::Result<Option<Notice>> {
        loop {
            let told = match &mut self.teller {
                Teller::Daemon(runtime, link) => runtime.block_on(hear(&mut link.input)).ok(),
                Teller::Own(told, _) => match told.blocking_recv() {
                    None => return Ok(None),
                    told => told,
                },
            };
            match told {
                Some(Notice::Begun(seq)) => {
                    self.last = Some(seq);
                    if also_begun {
                        return Ok(Some(Notice::Begun(seq)));
                    }
                }
                Some(Notice::Event(event)) => {
                    // What stands in no history comes after nothing and before nothing.
                    self.last = if event.seq == 0 { self.last } else { Some(event.seq) };
                    return Ok(Some(Notice::Event(event)));
                }
                Some(refused) => return Ok(Some(refused)),
                None => {
                    self.teller = Teller::of(&self.root, &self.client, self.alone, self.last)?;
                }
            }
        }
    }
}

impl Teller {
    fn of(root: &Path, client: &str, alone: bool, since: Option<u64>) -> io::Result<Teller> {
        let subscription = Subscription { root: root.to_owned(), since };
        if !alone && Address::of_user().exists() {
            let runtime = runtime()?;
            let link = runtime.block_on(async {
                let link = reach(Want::Listen, client, root).await;
                let mut link = link
                    .inspect_err(|error| tracing::info!(%error, "cannot reach the daemon"))
                    .ok()??;
                handshake::tell(&mut link.output, &subscription).await.ok()?;
                Some(link)
            });
            if let Some(link) = link {
                return Ok(Teller::Daemon(runtime, link));
            }
        }
        let hub = Hub::start();
        Ok(Teller::Own(hub.subscribe(subscription), hub))
    }
}

fn runtime() -> io::Result<Runtime> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()
}

/// The daemon, if one runs. The others are what it knows of who comes.
async fn reach(want: Want, client: &str, root: &Path) -> Result<Option<DaemonLink>, Unavailable> {
    let mut hello = Hello::new(want);
    hello.client = Some(client.to_owned());
    hello.folders = vec![root.to_string_lossy().into_owned()];
    dial::join(&Address::of_user(), &hello).await
}
