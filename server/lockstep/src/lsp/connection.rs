//! One client's connection: bytes in, calls of an `LspService`, bytes out. Knows no session state
//! and no method of ours.
//!
//! It stands in for `tower_lsp::Server`, which ends on the first malformed message, can deadlock on
//! handlers that wait for the client, delays cancellation, reorders output, and leaks the session
//! of a client that leaves. Here
//!
//! - every handler runs up to its first `.await` in the order of the input: what must keep that
//!   order happens before the first `.await`;
//! - reading never waits for a handler or for the output;
//! - a fault of the input costs one message, a panic one request;
//! - what a handler sends to the client is written before the handler's response;
//! - nothing of a connection outlives it.
//!
//! Standard input is read on a thread that no one can interrupt. A process that serves on it ends
//! with `Runtime::shutdown_background` or `std::process::exit`, or it waits for the client to close
//! standard input even after `exit`.

mod framing;
mod message;
mod params;
mod uri_repair;
mod writer;

#[cfg(test)]
mod tests;

use std::any::Any;
use std::future::Future;
use std::io;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use futures::{FutureExt, SinkExt};
use serde_json::Value;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;
use tower::Service;
use tower_lsp::jsonrpc::{Error, ErrorCode, Id, Request, Response};
use tower_lsp::{ClientSocket, ExitedError, LanguageServer, Loopback, LspService};

use framing::{Frame, FrameReader};
use message::{Message, error};

/// Limits of a connection.
#[derive(Debug, Clone)]
pub struct ConnectionOptions {
    /// The longest message body that is read, in bytes. A longer one is refused and skipped.
    pub body_limit: usize,
    /// How long the end may take: responses that are still queued are written within it.
    pub end_timeout: Duration,
}

impl Default for ConnectionOptions {
    /// 64 MiB, two seconds.
    fn default() -> ConnectionOptions {
        ConnectionOptions { body_limit: 64 * 1024 * 1024, end_timeout: Duration::from_secs(2) }
    }
}

/// Why a connection ended.
#[derive(Debug)]
pub enum ConnectionEnd {
    /// The client sent `exit`.
    Exit {
        /// Whether `shutdown` came first; the protocol has the process exit with 0 only then.
        after_shutdown: bool,
    },
    /// The client closed the input.
    InputClosed,
    /// The input cannot be read.
    InputFailed(io::Error),
    /// The output cannot be written, mostly because the client closed it.
    OutputFailed(io::Error),
}

/// Serves one client until it leaves.
///
/// On return all handlers are stopped and `service` is dropped. Two things can outlast the call: a
/// handler which blocks its thread for longer than `end_timeout`, and what the session itself has
/// spawned.
///
/// Must run in a tokio runtime. To drop the future is to end the connection at once.
pub async fn serve<R, W, S>(
    input: R,
    output: W,
    service: LspService<S>,
    socket: ClientSocket,
    options: ConnectionOptions,
) -> ConnectionEnd
where
    R: AsyncRead + Unpin,
    W: AsyncWrite + Unpin + Send + 'static,
    S: LanguageServer,
{
    let (to_client, answers) = socket.split();
    let (responses, queued) = mpsc::unbounded_channel();
    let (finish, finishing) = oneshot::channel();
    // A set of one: unlike a handle, it stops its task when it is dropped.
    let mut writer = JoinSet::new();
    writer.spawn(writer::write_messages(output, to_client, queued, finishing));

    let mut connection = Connection {
        service,
        answers,
        responses,
        handlers: JoinSet::new(),
        shutdown_requested: false,
    };
    let end = tokio::select! {
        end = connection.read(FrameReader::new(input, options.body_limit)) => end,
        written = writer.join_next() => ConnectionEnd::OutputFailed(output_error(written)),
    };
    tracing::debug!(?end, "connection ends");

    let Connection { service, mut handlers, responses, .. } = connection;
    handlers.abort_all();
    drop((service, responses));
    // The writer may be gone already.
    let _ = finish.send(());
    let all_ended = async {
        while writer.join_next().await.is_some() {}
        handlers.shutdown().await;
    };
    if tokio::time::timeout(options.end_timeout, all_ended).await.is_err() {
        tracing::warn!("the client does not read its last responses, or a handler blocks");
    }
    end
}

struct Connection<S> {
    service: LspService<S>,
    answers: <ClientSocket as Loopback>::ResponseSink,
    responses: mpsc::UnboundedSender<Response>,
    handlers: JoinSet<()>,
    shutdown_requested: bool,
}

impl<S: LanguageServer> Connection<S> {
    async fn read<R: AsyncRead + Unpin>(&mut self, mut frames: FrameReader<R>) -> ConnectionEnd {
        loop {
            let body = match frames.next().await {
                Ok(Some(Frame::Body(body))) => body,
                Ok(Some(Frame::Fault(fault))) => {
                    self.refuse(ErrorCode::ParseError, &fault.to_string());
                    continue;
                }
                Ok(None) => return ConnectionEnd::InputClosed,
                Err(error) => return ConnectionEnd::InputFailed(error),
            };
            if let ControlFlow::Break(end) = self.receive_body(body).await {
                return end;
            }
        }
    }

    async fn receive_body(&mut self, body: &[u8]) -> ControlFlow<ConnectionEnd> {
        match serde_json::from_slice(body) {
            Ok(Value::Array(batch)) if !batch.is_empty() => {
                for element in batch {
                    self.receive(element).await?;
                }
            }
            Ok(value) => self.receive(value).await?,
            Err(error) => self.refuse(ErrorCode::ParseError, &error.to_string()),
        }
        ControlFlow::Continue(())
    }

    async fn receive(&mut self, mut value: Value) -> ControlFlow<ConnectionEnd> {
        uri_repair::repair_uris(&mut value);
        match Message::from_value(value) {
            Message::Request(request) => self.call(request),
            Message::Response(response) => {
                // An error means that the service has exited, and then no one waits.
                let _ = self.answers.send(response).await;
                ControlFlow::Continue(())
            }
            Message::Invalid(refusal) => {
                tracing::warn!(?refusal, "the client sent what is no message");
                self.respond(refusal);
                ControlFlow::Continue(())
            }
        }
    }

    fn call(&mut self, request: Request) -> ControlFlow<ConnectionEnd> {
        let (method, id, mut params) = request.into_parts();
        let dropped = params::mend(&method, id.is_some(), &mut params);
        if !dropped.is_empty() {
            tracing::warn!(%method, ?dropped, "params that do not parse are ignored");
        }
        if id.is_none()
            && let Err(error) = params::check_notification(&method, params.as_ref())
        {
            tracing::warn!(%method, %error, "a notification does not parse and is lost");
        }
        self.shutdown_requested |= method == "shutdown" && id.is_some();
        let is_exit = method == "exit";

        let mut request = Request::build(method.clone());
        if let Some(id) = &id {
            request = request.id(id.clone());
        }
        if let Some(params) = params {
            request = request.params(params);
        }
        // `poll_ready` is not asked: all it waits for is a state that wakes no one.
        let request = request.finish();
        match catch_unwind(AssertUnwindSafe(|| self.service.call(request))) {
            Ok(handler) => self.run(guarded(handler, method.into_owned(), id)),
            Err(panic) => self.respond_if_any(panic_response(&method, id, panic.as_ref())),
        }

        if is_exit {
            return ControlFlow::Break(ConnectionEnd::Exit {
                after_shutdown: self.shutdown_requested,
            });
        }
        ControlFlow::Continue(())
    }

    /// Runs `handler` up to its first `.await` now, and the rest on a task.
    fn run(&mut self, handler: impl Future<Output = Option<Response>> + Send + 'static) {
        while self.handlers.try_join_next().is_some() {}
        let mut handler = Box::pin(handler);
        // What this poll registers wakes no one, which is harmless: the task polls once more.
        if let Some(response) = (&mut handler).now_or_never() {
            return self.respond_if_any(response);
        }
        let responses = self.responses.clone();
        self.handlers.spawn(async move {
            if let Some(response) = handler.await {
                let _ = responses.send(response);
            }
        });
    }

    /// Answers input that has no readable id.
    fn refuse(&self, code: ErrorCode, reason: &str) {
        tracing::warn!(%reason, "the client sent what is no message");
        let message = format!("{}: {reason}", code.description());
        self.respond(Response::from_error(Id::Null, error(code, message)));
    }

    fn respond_if_any(&self, response: Option<Response>) {
        if let Some(response) = response {
            self.respond(response);
        }
    }

    fn respond(&self, response: Response) {
        // The queue is closed only after the last call of this.
        let _ = self.responses.send(response);
    }
}

/// The response of `handler`, whatever becomes of it.
async fn guarded(
    handler: impl Future<Output = Result<Option<Response>, ExitedError>>,
    method: String,
    id: Option<Id>,
) -> Option<Response> {
    match AssertUnwindSafe(handler).catch_unwind().await {
        Ok(Ok(response)) => response,
        Ok(Err(exited)) => id.map(|id| {
            let message = exited.to_string();
            Response::from_error(id, error(ErrorCode::InvalidRequest, message))
        }),
        // The service goes on to hold the id for taken, which clients do not notice: they count up.
        Err(panic) => panic_response(&method, id, panic.as_ref()),
    }
}

fn panic_response(method: &str, id: Option<Id>, panic: &(dyn Any + Send)) -> Option<Response> {
    let message = panic
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "no message".to_owned());
    tracing::error!(method, %message, "a handler panicked");
    let error: Error = error(ErrorCode::InternalError, format!("{method} panicked: {message}"));
    id.map(|id| Response::from_error(id, error))
}

fn output_error(written: Option<Result<io::Result<()>, tokio::task::JoinError>>) -> io::Error {
    match written {
        Some(Ok(Err(error))) => error,
        Some(Err(error)) => io::Error::other(error),
        Some(Ok(Ok(()))) | None => io::Error::other("the writer ended without a reason"),
    }
}
