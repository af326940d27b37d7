//! The one place that writes to the client.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Poll;
use std::time::Duration;

use futures::stream::{self, PollNext};
use futures::{FutureExt, Stream, StreamExt};
use serde::Serialize;
use serde_json::Value;
use tokio::io::{AsyncWrite, AsyncWriteExt};
use tokio::sync::{Notify, mpsc, oneshot};
use tower_lsp::jsonrpc::{Request, Response};

use super::framing::{encode, frame};
use crate::lsp::outstanding::Outstanding;
use crate::lsp::publication::Publication;

/// A batch is written when it reaches this size, even if more is waiting.
const BATCH: usize = 64 * 1024;

/// For how long a publication waits for answers, at most.
const HELD: Duration = Duration::from_millis(100);

/// Responses that wait to be written, as frames. What is sent is encoded by the sender.
#[derive(Clone, Debug)]
pub(super) struct Responses {
    queue: mpsc::UnboundedSender<Vec<u8>>,
    /// How many bytes wait, and how many may.
    waiting: Arc<AtomicUsize>,
    limit: usize,
    full: Arc<Notify>,
}

/// The other end of [`Responses`].
#[derive(Debug)]
pub(super) struct Queued {
    queue: mpsc::UnboundedReceiver<Vec<u8>>,
    waiting: Arc<AtomicUsize>,
}

impl Responses {
    /// A queue in which at most `limit` bytes may wait.
    pub(super) fn new(limit: Option<usize>) -> (Responses, Queued) {
        let (sender, queue) = mpsc::unbounded_channel();
        let waiting = Arc::new(AtomicUsize::new(0));
        let queued = Queued { queue, waiting: waiting.clone() };
        let limit = limit.unwrap_or(usize::MAX);
        (Responses { queue: sender, waiting, limit, full: Arc::default() }, queued)
    }

    /// Told when more than the limit waits.
    pub(super) fn full(&self) -> Arc<Notify> {
        self.full.clone()
    }

    /// Puts a response in the queue. Never waits.
    pub(super) fn send(&self, response: &Response) {
        let mut frame = Vec::new();
        push(&mut frame, response);
        self.queue(frame);
    }

    /// As [`Responses::send`], of a response whose result is JSON text.
    pub(super) fn send_written(&self, response: &Response) {
        let Some(Value::String(result)) = response.result() else { return self.send(response) };
        let id = serde_json::json!(response.id());
        let head = format!(r#"{{"jsonrpc":"2.0","id":{id},"result":"#);
        let mut bytes = Vec::new();
        frame(&[head.as_bytes(), result.as_bytes(), b"}"], &mut bytes);
        self.queue(bytes);
    }

    fn queue(&self, frame: Vec<u8>) {
        let size = frame.len();
        if self.waiting.fetch_add(size, Ordering::Relaxed) + size > self.limit {
            self.full.notify_one();
        }
        // The queue is closed when the connection has ended.
        let _ = self.queue.send(frame);
    }
}

impl Queued {
    async fn next(&mut self) -> Option<Vec<u8>> {
        let frame = self.queue.recv().await?;
        self.waiting.fetch_sub(frame.len(), Ordering::Relaxed);
        Some(frame)
    }
}

/// Where bytes go that the client must take within a time.
#[derive(Debug)]
pub(super) struct ClientOutput<W> {
    stream: W,
    age: Option<Duration>,
}

impl<W: AsyncWrite + Unpin> ClientOutput<W> {
    /// An output whose client must take something within `age`.
    pub(super) fn new(stream: W, age: Option<Duration>) -> ClientOutput<W> {
        ClientOutput { stream, age }
    }

    async fn write(&mut self, batch: &mut Vec<u8>) -> io::Result<()> {
        let mut rest = &batch[..];
        while !rest.is_empty() {
            let written = in_time(self.age, self.stream.write(rest)).await?;
            if written == 0 {
                return Err(io::ErrorKind::WriteZero.into());
            }
            rest = &rest[written..];
        }
        batch.clear();
        batch.shrink_to(BATCH);
        in_time(self.age, self.stream.flush()).await
    }
}

async fn in_time<T>(
    age: Option<Duration>,
    step: impl Future<Output = io::Result<T>>,
) -> io::Result<T> {
    let Some(age) = age else { return step.await };
    tokio::time::timeout(age, step).await.unwrap_or_else(|_| {
        let why = format!("it has taken nothing for {} s", age.as_secs());
        Err(io::Error::new(io::ErrorKind::TimedOut, why))
    })
}

/// What the server tells the client unasked.
#[derive(Debug)]
pub(super) enum Outgoing {
    Message(Request),
    Publication(Publication),
}

impl Outgoing {
    fn push(&self, batch: &mut Vec<u8>) {
        match self {
            Outgoing::Message(message) => push(batch, message),
            Outgoing::Publication(publication) => frame(&publication.body(), batch),
        }
    }
}

/// Messages and publications, the messages first wherever both wait. A long publication waits for what
/// the client has asked: it keeps a client busy for longer than an answer does.
pub(super) fn outgoing(
    messages: impl Stream<Item = Request> + Unpin,
    publications: Option<mpsc::Receiver<Publication>>,
    unanswered: Outstanding,
) -> impl Stream<Item = Outgoing> + Unpin {
    let mut publications = publications;
    let publications = stream::poll_fn(move |cx| match &mut publications {
        Some(publications) => publications.poll_recv(cx),
        None => Poll::Ready(None),
    });
    let messages = messages.map(Outgoing::Message);
    let publications = publications.then(move |publication| {
        let unanswered = unanswered.clone();
        async move {
            if publication.is_long() {
                // Late is better than never, where somebody asks without end.
                let _ = tokio::time::timeout(HELD, unanswered.until_none()).await;
            }
            Outgoing::Publication(publication)
        }
    });
    let publications = Box::pin(publications);
    stream::select_with_strategy(messages, publications, |_: &mut ()| PollNext::Left)
}

/// Writes messages until `finish` is sent or dropped, then the responses queued so far, and at last
/// what `finish` may hold.
///
/// What a handler sends before it returns its response is written before that response: its
/// messages are in `to_client` by then, and `to_client` is drained before a response is written.
///
/// # Errors
///
/// The first error of `output`, which is final; `TimedOut` where the client does not read.
pub(super) async fn write_messages(
    mut output: ClientOutput<impl AsyncWrite + Unpin>,
    mut to_client: impl Stream<Item = Outgoing> + Unpin,
    mut responses: Queued,
    mut finish: oneshot::Receiver<Option<Request>>,
) -> io::Result<()> {
    let mut batch = Vec::new();
    let mut is_open = true;
    let mut is_finishing = false;
    // What `finish` brings.
    let mut last = None;
    loop {
        tokio::select! {
            biased;
            message = to_client.next(), if is_open => match message {
                Some(message) => message.push(&mut batch),
                None => is_open = false,
            },
            response = responses.next() => {
                let Some(response) = response else { break };
                while let Some(Some(message)) = to_client.next().now_or_never() {
                    message.push(&mut batch);
                }
                batch.extend_from_slice(&response);
            }
            message = &mut finish, if !is_finishing => {
                is_finishing = true;
                last = message.ok();
                responses.queue.close();
            }
            () = std::future::ready(()), if !batch.is_empty() => output.write(&mut batch).await?,
        }
        if batch.len() >= BATCH {
            output.write(&mut batch).await?;
        }
    }
    // The queue may end a moment before it is said why.
    let last = if is_finishing { last } else { finish.await.ok() };
    if let Some(last) = last.flatten() {
        push(&mut batch, &last);
    }
    output.write(&mut batch).await
}

fn push(batch: &mut Vec<u8>, message: &impl Serialize) {
    if let Err(error) = encode(message, batch) {
        tracing::error!(%error, "dropped a message that cannot be serialized");
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::hub::uri::DocumentUri;
    use crate::lsp::connection::framing::{Frame, FrameReader};
    use crate::lsp::publication;

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
                2 => Poll::Ready(Some(Outgoing::Message(Request::build("first").finish()))),
                _ => Poll::Pending,
            }
        });
        let (responses, queued) = Responses::new(None);
        responses.send(&Response::from_ok(1.into(), json!("second")));
        let (finish, finishing) = oneshot::channel();
        finish.send(Some(Request::build("last").finish())).expect("the writer is to come");

        let mut bytes = Vec::new();
        let output = ClientOutput::new(&mut bytes, None);
        write_messages(output, to_client, queued, finishing).await.expect("memory takes all");
        assert_eq!(written(&bytes).await, ["first", "second", "last"]);
    }

    #[tokio::test]
    async fn a_long_publication_waits_for_what_was_asked() {
        let (publish, publications) = publication::queue();
        let unanswered = Outstanding::default();
        let mut outgoing = outgoing(stream::pending(), Some(publications), unanswered.clone());
        let with_findings = |length: usize| Publication {
            uri: DocumentUri::new("file:///TODO.md", None),
            version: None,
            parts: vec!["1".repeat(length).into()],
        };
        let asked = unanswered.begin();
        publish.send(with_findings(1)).await.expect("there is room");
        assert!(outgoing.next().now_or_never().is_some(), "a short one is written at once");
        publish.send(with_findings(publication::LONG)).await.expect("there is room");
        assert!(outgoing.next().now_or_never().is_none());
        drop(asked);
        assert!(outgoing.next().now_or_never().is_some());
    }

    #[tokio::test]
    async fn an_output_that_fails_is_the_end() {
        let (output, reader) = tokio::io::duplex(1);
        drop(reader);
        let result = written_to(ClientOutput::new(output, None)).await;
        assert_eq!(result.expect_err("no one reads").kind(), io::ErrorKind::BrokenPipe);
    }

    #[tokio::test]
    async fn a_client_that_takes_nothing_in_time_is_the_end() {
        let (output, _reader) = tokio::io::duplex(1);
        let result = written_to(ClientOutput::new(output, Some(Duration::from_millis(1)))).await;
        assert_eq!(result.expect_err("no one reads").kind(), io::ErrorKind::TimedOut);
    }

    async fn written_to(output: ClientOutput<tokio::io::DuplexStream>) -> io::Result<()> {
        let (responses, queued) = Responses::new(None);
        responses.send(&Response::from_ok(1.into(), json!(null)));
        let (_finish, finishing) = oneshot::channel();
        write_messages(output, stream::pending(), queued, finishing).await
    }
}
