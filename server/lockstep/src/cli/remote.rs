//! What commands have the daemon do, where one runs: then every editor sees it at once. A command
//! starts no daemon but in the place of an older one, and does the same by itself where there is none.

use std::io;
use std::path::Path;

use tokio::runtime::Runtime;

use crate::cli::{Context, UserError, output};
use crate::daemon::Unavailable;
use crate::daemon::address::Address;
use crate::daemon::dial::{self, DaemonLink};
use crate::daemon::handshake::{self, Hello, Want, hear};
use crate::hub::subscribers::{Notice, Subscription};
use crate::workspace::commit::{CommitError, TellInterim};
use crate::workspace::local::config_of;
use crate::workspace::order::{Done, Order, Reply};

/// Has the daemon carry out an order; `None` where nobody has carried it out.
pub(super) fn carry_out(
    cx: &Context,
    order: &Order,
    tell: &TellInterim<'_>,
) -> Result<Option<Done>, UserError> {
    let Some(runtime) = runtime(cx)? else { return Ok(None) };
    let link = match runtime.block_on(reach(Want::Order, "lockstep", &order.root)) {
        Ok(Some(link)) => link,
        Ok(None) => return Ok(None),
        Err(error) => {
            output::warn(&format!("made the change without the daemon: {error}"));
            return Ok(None);
        }
    };
    cx.warn_of_config(&config_of(&order.root));
    let (pid, address) = (link.welcome.pid, Address::of_user());
    let done = dial::wait_for(&address, have_done(link, order, tell));
    // A daemon that stands still may do it as soon as it goes on: nobody else may do it meanwhile.
    let done = runtime.block_on(done).map_err(|why| unsure(pid, &why))?;
    match done {
        Ok(outcome) => Ok(Some(outcome?)),
        // The daemon has ended. What it has done, it has done.
        Err(error) => {
            tracing::info!(%error, "the daemon did not send a result");
            order.find().map_err(|error| {
                UserError::internal("the daemon stopped, and the result of the change is not known")
                    .why(error.to_string())
                    .hint("see `lockstep log` before you repeat the command")
            })
        }
    }
}

fn unsure(pid: u32, why: &Unavailable) -> UserError {
    let what = format!(
        "the daemon (process {pid}) does not answer, and the result of the change is not known"
    );
    UserError::internal(what)
        .why(match why {
            Unavailable::Silent(time) => format!(
                "it took the change and has not answered for {} seconds; it may still make it",
                time.as_secs()
            ),
            Unavailable::NotYet(why) | Unavailable::Because(why) => why.clone(),
        })
        .hint("run `lockstep daemon restart`, and see `lockstep log` before you repeat the command")
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

/// Somebody who is told by the daemon what happens.
#[derive(Debug)]
pub(super) struct Listening {
    runtime: Runtime,
    link: DaemonLink,
}

impl Listening {
    /// Begins to listen; `None` where no daemon runs.
    pub(super) fn start(
        cx: &Context,
        root: &Path,
        since: Option<u64>,
    ) -> Result<Option<Listening>, UserError> {
        let Some(runtime) = runtime(cx)? else { return Ok(None) };
        let subscription = Subscription { root: root.to_owned(), since };
        let link = runtime.block_on(async {
            let link = reach(Want::Listen, "lockstep watch", root).await;
            let mut link = link
                .inspect_err(|error| tracing::info!(%error, "cannot reach the daemon"))
                .ok()??;
            handshake::tell(&mut link.output, &subscription).await.ok()?;
            Some(link)
        });
        Ok(link.map(|link| Listening { runtime, link }))
    }

    /// The next thing that is told; `None` where the daemon has ended.
    pub(super) fn next(&mut self) -> Option<Notice> {
        self.runtime.block_on(hear(&mut self.link.input)).ok()
    }
}

/// A runtime, where the daemon may be asked at all.
fn runtime(cx: &Context) -> Result<Option<Runtime>, UserError> {
    if cx.goes_alone() || !Address::of_user().exists() {
        return Ok(None);
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.map(Some).map_err(|error| UserError::io("cannot start threads", &error))
}

/// The daemon, if one runs. The others are what it knows of who comes.
async fn reach(want: Want, client: &str, root: &Path) -> Result<Option<DaemonLink>, Unavailable> {
    let mut hello = Hello::new(want);
    hello.client = Some(client.to_owned());
    hello.folders = vec![root.to_string_lossy().into_owned()];
    dial::join(&Address::of_user(), &hello).await
}
