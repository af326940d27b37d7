//! An order of a command: carried out on behalf of it, with the files that are read already.

use tokio::io::BufReader;
use tokio::sync::mpsc::unbounded_channel;

use crate::daemon::Guest;
use crate::daemon::handshake::tell;
use crate::hub::Hub;
use crate::lsp::hosted::hear_at_once;
use crate::workspace::order::{Order, Reply};

/// Serves one command. An order that was heard is carried out, whether or not anybody waits for it.
pub(super) async fn serve(hub: Hub, guest: Guest) {
    let (mut input, mut output) = (BufReader::new(guest.input), guest.output);
    let mut ending = guest.ending;
    let order: Order = match hear_at_once(&mut input, &mut ending).await {
        Ok(order) => order,
        Err(error) => {
            tracing::warn!(%error, "cannot read the request of a command");
            return;
        }
    };
    let (replies, mut queued) = unbounded_channel();
    let work = tokio::task::spawn_blocking(move || {
        // Nobody may be left to be told.
        let tell = |told| drop(replies.send(Reply::Interim(told)));
        let done = hub.carry_out(&order, &tell);
        let _ = replies.send(Reply::from(done));
    });
    while let Some(reply) = queued.recv().await {
        if tell(&mut output, &reply).await.is_err() {
            tracing::info!("the command stopped waiting for the result");
            break;
        }
    }
    if work.await.is_err() {
        tracing::error!("a command was not carried out; see the panic above");
    }
}
