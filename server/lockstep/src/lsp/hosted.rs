//! What the daemon hosts: a session of the language server for every editor, and what commands want.

pub mod listen;
mod order;

use std::io;
use std::time::Duration;

use futures::future::BoxFuture;
use serde::de::DeserializeOwned;
use serde_json::json;
use tokio::io::AsyncBufRead;
use tokio::sync::{oneshot, watch};
use tower_lsp::jsonrpc::Request;

use crate::daemon::handshake::{Want, hear};
use crate::daemon::status::Status;
use crate::daemon::{Ending, Guest, Host};
use crate::hub::Hub;
use crate::lsp::connection::{ConnectionEnd, ConnectionOptions, Restraint};
use crate::lsp::methods::RETIRING;
use crate::lsp::outstanding::Outstanding;
use crate::lsp::server;
use crate::metrics::Metrics;

/// How long a command may take to say what it is about, once it is welcome.
const SAY_TIMEOUT: Duration = Duration::from_secs(10);

/// How long an editor may take for a change that it was promised, where the daemon is to end.
const EDIT_TIMEOUT: Duration = Duration::from_secs(2);

/// The language server.
#[derive(Debug)]
pub struct Hosted {
    hub: Hub,
}

impl Hosted {
    /// A server without sessions.
    pub fn start() -> Hosted {
        Hosted { hub: Hub::start() }
    }
}

impl Host for Hosted {
    fn serve(&self, guest: Guest) -> BoxFuture<'static, ()> {
        let (hub, metrics) = (self.hub.clone(), self.hub.metrics().clone());
        match guest.hello.want {
            Want::Order => return Box::pin(order::serve(hub, guest)),
            Want::Listen => return Box::pin(listen::serve(hub, metrics, guest)),
            _ => {}
        }
        Box::pin(async move {
            let hub = hub.for_guest(guest.session);
            let (tell, farewell) = oneshot::channel();
            let mut ending = guest.ending;
            let edits = Outstanding::default();
            let options = ConnectionOptions {
                restraint: Some(Restraint::default()),
                farewell: Some(farewell),
                metrics: Some(metrics.clone()),
                edits: edits.clone(),
                ..ConnectionOptions::default()
            };
            let serving = server::serve_with(&hub, guest.input, guest.output, options);
            tokio::pin!(serving);
            let end = tokio::select! {
                end = &mut serving => end,
                why = ended_without(&edits, &mut ending) => {
                    // Where the connection has ended nobody needs to be told.
                    let _ = tell.send(retiring(why));
                    serving.await
                }
            };
            if let ConnectionEnd::Unread(why) = &end {
                tracing::warn!(%why, "dropped the session");
                metrics.add_dropped();
            }
        })
    }

    fn describe(&self, status: &mut Status) {
        let described = self.hub.describe();
        status.workspaces = described.workspaces;
        status.still_seconds = self.hub.stands_still().map(|time| time.as_secs());
        for session in &mut status.sessions {
            session.open_documents = described.open.get(&session.id).copied().unwrap_or(0);
        }
    }

    fn metrics(&self) -> &Metrics {
        self.hub.metrics()
    }
}

/// What a command says that is welcome. One that says nothing holds up neither the end of the daemon
/// nor its rest.
async fn hear_at_once<T: DeserializeOwned>(
    input: &mut (impl AsyncBufRead + Unpin),
    ending: &mut watch::Receiver<Option<Ending>>,
) -> io::Result<T> {
    tokio::select! {
        biased;
        said = tokio::time::timeout(SAY_TIMEOUT, hear(input)) => said?,
        _ = ended(ending) => Err(io::Error::other("the daemon stops")),
    }
}

/// Waits for the end of the daemon.
async fn ended(ending: &mut watch::Receiver<Option<Ending>>) -> Ending {
    match ending.wait_for(Option::is_some).await {
        Ok(why) => why.unwrap_or(Ending::Replaced),
        // Nobody can tell any more.
        Err(_) => Ending::Replaced,
    }
}

/// Waits for the end of the daemon, and until the client was asked for the edits that it was promised.
async fn ended_without(
    edits: &Outstanding,
    ending: &mut watch::Receiver<Option<Ending>>,
) -> Ending {
    let why = ended(ending).await;
    if tokio::time::timeout(EDIT_TIMEOUT, edits.until_none()).await.is_err() {
        tracing::warn!("the daemon ends before an editor has made a change");
    }
    why
}

fn retiring(why: Ending) -> Request {
    let params = json!({ "replaced": why != Ending::Stopped });
    Request::build(RETIRING).params(params).finish()
}
