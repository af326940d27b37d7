//! The one place that writes to the client.

use std::io;

use futures::{FutureExt, Stream, StreamExt};
use serde::Serialize;
use tokio::io::{AsyncWrite, AsyncWriteExt};
use tokio::sync::{mpsc, oneshot};
use tower_lsp::jsonrpc::{Request, Response};

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
pub(super) async fn write_messages(
    mut output: impl AsyncWrite + Unpin,
    mut to_client: impl Stream<Item = Request> + Unpin,
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

#[cfg(test)]
mod tests {
    use std::task::Poll;

    use futures::stream;
    use serde_json::{Value, json};

    use super::*;
    use crate::lsp::connection::framing::{Frame, FrameReader};

    /// What is written, in order, by method or result.
    async fn written(bytes: &[u8]) -> Vec<Value> {
        let mut frames = FrameReader::new(bytes, usize::MAX);
        let mut messages = Vec::new();
        while let Some(Frame::Body(body)) = frames.next().await.expect("slices do not fail") {
            let message: Value = serde_json::from_slice(body).expect("JSON");
            messages.push(message.get("method").unwrap_or(&message["result"]).clone());
        }
        messages
    }

    #[tokio::test]
    async fn a_message_that_comes_while_a_response_is_taken_is_written_before_it() {
        // Nothing when first asked, as if the message came just after that and woke no one yet.
        let mut n_polls = 0;
        let to_client = stream::poll_fn(move |_| {
            n_polls += 1;
            match n_polls {
                2 => Poll::Ready(Some(Request::build("first").finish())),
                _ => Poll::Pending,
            }
        });
        let (responses, queued) = mpsc::unbounded_channel();
        responses.send(Response::from_ok(1.into(), json!("second"))).expect("the queue is open");
        let (finish, finishing) = oneshot::channel();
        finish.send(()).expect("the writer is to come");

        let mut output = Vec::new();
        write_messages(&mut output, to_client, queued, finishing).await.expect("memory takes all");
        assert_eq!(written(&output).await, ["first", "second"]);
    }

    #[tokio::test]
    async fn an_output_that_fails_is_the_end() {
        let (output, reader) = tokio::io::duplex(1);
        drop(reader);
        let (responses, queued) = mpsc::unbounded_channel();
        responses.send(Response::from_ok(1.into(), json!(null))).expect("the queue is open");
        let (_finish, finishing) = oneshot::channel();
        let result = write_messages(output, stream::pending(), queued, finishing).await;
        assert_eq!(result.expect_err("no one reads").kind(), io::ErrorKind::BrokenPipe);
    }
}
