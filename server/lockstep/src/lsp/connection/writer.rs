//! The one place that writes to the client.

use std::io;

use futures::{FutureExt, StreamExt};
use serde::Serialize;
use tokio::io::{AsyncWrite, AsyncWriteExt};
use tokio::sync::{mpsc, oneshot};
use tower_lsp::jsonrpc::Response;
use tower_lsp::{ClientSocket, Loopback};

use super::framing::encode;

/// A batch is written when it reaches this size, even if more is waiting.
const BATCH: usize = 64 * 1024;

/// Writes messages until `finish` is sent or dropped, then the responses queued so far.
///
/// What a handler sends before it returns its response is written before that response: its
/// messages are in `to_client` by then, and `to_client` is drained before a response is written.
///
/// # Errors
///
/// The first error of `output`, which is final.
pub(super) async fn write_messages<W: AsyncWrite + Unpin>(
    mut output: W,
    mut to_client: <ClientSocket as Loopback>::RequestStream,
    mut responses: mpsc::UnboundedReceiver<Response>,
    mut finish: oneshot::Receiver<()>,
) -> io::Result<()> {
    let mut batch = Vec::new();
    let mut is_open = true;
    let mut is_finishing = false;
    loop {
        tokio::select! {
            biased;
            message = to_client.next(), if is_open => match message {
                Some(message) => push(&mut batch, &message),
                None => is_open = false,
            },
            response = responses.recv() => {
                let Some(response) = response else { break };
                while let Some(Some(message)) = to_client.next().now_or_never() {
                    push(&mut batch, &message);
                }
                push(&mut batch, &response);
            }
            _ = &mut finish, if !is_finishing => {
                is_finishing = true;
                responses.close();
            }
            () = std::future::ready(()), if !batch.is_empty() => write(&mut output, &mut batch).await?,
        }
        if batch.len() >= BATCH {
            write(&mut output, &mut batch).await?;
        }
    }
    write(&mut output, &mut batch).await
}

fn push(batch: &mut Vec<u8>, message: &impl Serialize) {
    if let Err(error) = encode(message, batch) {
        tracing::error!(%error, "a message cannot be serialised and is dropped");
    }
}

async fn write<W: AsyncWrite + Unpin>(output: &mut W, batch: &mut Vec<u8>) -> io::Result<()> {
    output.write_all(batch).await?;
    batch.clear();
    batch.shrink_to(BATCH);
    output.flush().await
}
