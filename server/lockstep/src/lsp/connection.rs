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

pub(super) mod framing;
mod message;
pub(in crate::lsp) mod params;
mod uri_repair;
mod writer;

#[cfg(test)]
mod tests;

use std::any::Any;
use std::future::Future;
use std::io;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use futures::{FutureExt, SinkExt};
use serde_json::Value;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;
use tower::Service;
use tower_lsp::jsonrpc::{Error, ErrorCode, Id, Request, Response};
use tower_lsp::{ClientSocket, ExitedError, LanguageServer, Loopback, LspService};
use tracing::Instrument as _;

use crate::lsp::outstanding::{OneOutstanding, Outstanding};
use crate::lsp::parent;
use crate::lsp::publication::Publication;
use crate::metrics::Metrics;
use framing::{Frame, FrameReader};
use message::{IncomingMessage, error};
use writer::{ClientOutput, Responses};

/// The code that the protocol has for requests before `initialize`.
const NOT_INITIALIZED: ErrorCode = ErrorCode::ServerError(-32002);
const UNINITIALIZED: &str = "the server is not initialized; send `initialize` first";

/// What a connection is held to.
#[derive(Debug)]
pub struct ConnectionOptions {
    /// The longest message body that is read, in bytes. A longer one is refused and skipped.
    pub body_limit: usize,
    /// How long the end may take: responses that are still queued are written within it.
    pub end_timeout: Duration,
    /// How far a client is waited for that does not read; `None` is for ever.
    pub restraint: Option<Restraint>,
    /// Once this is there the connection ends by itself: nothing more is read, the handlers that
    /// run come to their end, and this is the last that the client is told.
    pub farewell: Option<oneshot::Receiver<Request>>,
    /// Who hears of the process that the client names as the one that started this server.
    pub(crate) parent: Option<oneshot::Sender<Option<u32>>>,
    /// Requests that are answered with JSON text, which is written as it is: their methods, and those
    /// under which the service has them. To make values of a long text costs many times its length.
    pub(crate) written: &'static [(&'static str, &'static str)],
    /// Findings that the client is told of.
    pub(crate) publications: Option<mpsc::Receiver<Publication>>,
    /// Edits that the client is still to be asked for.
    pub(crate) edits: Outstanding,
    /// Where the time is counted that requests take.
    pub metrics: Option<Arc<Metrics>>,
}

impl Default for ConnectionOptions {
    /// 64 MiB, two seconds, and nothing else.
    fn default() -> ConnectionOptions {
        ConnectionOptions {
            body_limit: 64 * 1024 * 1024,
            end_timeout: Duration::from_secs(2),
            restraint: None,
            farewell: None,
            parent: None,
            written: &[],
            publications: None,
            edits: Outstanding::default(),
            metrics: None,
        }
    }
}

/// What may wait for a client that does not read. Beyond it the connection ends, so that a client
/// costs neither memory nor anybody else's time.
#[derive(Debug, Clone, Copy)]
pub struct Restraint {
    /// How long the client may take nothing of what is written to it.
    pub age: Duration,
    /// How many bytes of responses may wait. What the client did not ask for waits where it is
    /// made, and takes no room here.
    pub bytes: usize,
}

impl Default for Restraint {
    /// A minute, 32 MiB.
    fn default() -> Restraint {
        Restraint { age: Duration::from_secs(60), bytes: 32 * 1024 * 1024 }
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
    /// The client does not read: what it has left unread.
    Unread(String),
    /// The client was bid farewell.
    Farewell,
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
    let ConnectionOptions { body_limit, end_timeout, restraint, farewell, .. } = options;
    let ConnectionOptions { parent, written, publications, metrics, .. } = options;
    let (to_client, answers) = socket.split();
    let (responses, queued) = Responses::new(restraint.map(|restraint| restraint.bytes));
    let full = responses.full();
    let (finish, finishing) = oneshot::channel();
    let output = ClientOutput::new(output, restraint.map(|restraint| restraint.age));
    // A set of one: unlike a handle, it stops its task when it is dropped.
    let mut writer = JoinSet::new();
    let unanswered = Outstanding::default();
    let to_client = writer::outgoing(to_client, publications, unanswered.clone());
    writer.spawn(writer::write_messages(output, to_client, queued, finishing));

    let handlers = JoinSet::new();
    let mut connection = Connection {
        service,
        answers,
        responses,
        unanswered,
        handlers,
        written,
        parent,
        metrics,
        is_initialized: Arc::default(),
        shutdown_requested: false,
    };
    let mut last = None;
    let end = tokio::select! {
        end = connection.read(FrameReader::new(input, body_limit)) => end,
        written = writer.join_next() => output_end(written),
        () = full.notified() => ConnectionEnd::Unread("too many responses wait for it".to_owned()),
        message = received(farewell) => {
            last = Some(message);
            ConnectionEnd::Farewell
        }
    };
    tracing::debug!(?end, "connection ends");

    let Connection { service, mut handlers, responses, .. } = connection;
    if last.is_some() {
        let all_ended = async { while handlers.join_next().await.is_some() {} };
        if tokio::time::timeout(end_timeout, all_ended).await.is_err() {
            tracing::warn!("stopped request handlers before they answered");
        }
    }
    handlers.abort_all();
    drop((service, responses));
    // The writer may be gone already.
    let _ = finish.send(last);
    let all_ended = async {
        while writer.join_next().await.is_some() {}
        handlers.shutdown().await;
    };
    if tokio::time::timeout(end_timeout, all_ended).await.is_err() {
        tracing::warn!("the client did not read its last responses, or a request handler blocks");
    }
    end
}

/// What arrives, or nothing for ever.
async fn received(farewell: Option<oneshot::Receiver<Request>>) -> Request {
    if let Some(farewell) = farewell
        && let Ok(message) = farewell.await
    {
        return message;
    }
    std::future::pending().await
}

struct Connection<S> {
    service: LspService<S>,
    answers: <ClientSocket as Loopback>::ResponseSink,
    responses: Responses,
    unanswered: Outstanding,
    handlers: JoinSet<()>,
    written: &'static [(&'static str, &'static str)],
    parent: Option<oneshot::Sender<Option<u32>>>,
    metrics: Option<Arc<Metrics>>,
    /// Whether `initialize` is answered.
    is_initialized: Arc<AtomicBool>,
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
        match IncomingMessage::from_value(value) {
            IncomingMessage::Request(request) => self.call(request),
            IncomingMessage::Response(response) => {
                // An error means that the service has exited, and then no one waits.
                let _ = self.answers.send(response).await;
                ControlFlow::Continue(())
            }
            IncomingMessage::Invalid(refusal) => {
                tracing::warn!(?refusal, "the client sent something that is not a message");
                self.respond(refusal);
                ControlFlow::Continue(())
            }
        }
    }

    fn call(&mut self, request: Request) -> ControlFlow<ConnectionEnd> {
        let (method, id, mut params) = request.into_parts();
        let dropped = params::mend(&method, id.is_some(), &mut params);
        if !dropped.is_empty() {
            tracing::warn!(%method, ?dropped, "ignored params that cannot be parsed");
        }
        if id.is_none()
            && let Err(error) = params::check_notification(&method, params.as_ref())
        {
            tracing::warn!(%method, %error, "dropped a notification that cannot be parsed");
        }
        let is_initialize = method == "initialize";
        // The service says of a method that it does not know just that, at any time.
        if let Some(id) = id.clone().filter(|_| !is_initialize)
            && !self.is_initialized.load(Ordering::Relaxed)
        {
            self.respond(Response::from_error(id, error(NOT_INITIALIZED, UNINITIALIZED)));
            return ControlFlow::Continue(());
        }
        if is_initialize && let Some(parent) = self.parent.take() {
            // Nobody may listen.
            let _ = parent.send(params.as_ref().and_then(parent::named));
        }
        self.shutdown_requested |= method == "shutdown" && id.is_some();
        let is_exit = method == "exit";

        let written = self.written.iter().find(|(standard, _)| *standard == method);
        let here = written.map_or_else(|| method.clone(), |(_, here)| (*here).into());
        let request = message::built(here, id.clone(), params);
        let asked = id.as_ref().map(|_| self.unanswered.begin());
        // `poll_ready` is not asked: all it waits for is a state that wakes no one.
        match catch_unwind(AssertUnwindSafe(|| self.service.call(request))) {
            Ok(handler) => {
                let metrics = self.metrics.clone().filter(|_| id.is_some());
                let name = method.clone().into_owned();
                let span = tracing::info_span!("request", method = name);
                let handler = guarded(handler, method.into_owned(), id);
                let is_initialized = self.is_initialized.clone();
                let handler = handler.map(move |response| match response {
                    Some(response) if is_initialize => {
                        is_initialized.fetch_or(response.is_ok(), Ordering::Relaxed);
                        Some(params::declared(response))
                    }
                    response => response,
                });
                let handler = measured(handler, name, metrics).instrument(span);
                self.run(handler, asked, written.is_some());
            }
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
    fn run(
        &mut self,
        handler: impl Future<Output = Option<Response>> + Send + 'static,
        asked: Option<OneOutstanding>,
        is_written: bool,
    ) {
        while self.handlers.try_join_next().is_some() {}
        let mut handler = Box::pin(handler);
        // What this poll registers wakes no one, which is harmless: the task polls once more.
        let responses = self.responses.clone();
        let send = move |response: Option<Response>| match response {
            Some(response) if is_written => responses.send_written(&response),
            Some(response) => responses.send(&response),
            None => {}
        };
        if let Some(response) = (&mut handler).now_or_never() {
            return send(response);
        }
        let rest = async move {
            send(handler.await);
            drop(asked);
        };
        self.handlers.spawn(rest.in_current_span());
    }

    /// Answers input that has no readable id.
    fn refuse(&self, code: ErrorCode, reason: &str) {
        tracing::warn!(%reason, "the client sent something that is not a message");
        let message = format!("{}: {reason}", code.description());
        self.respond(Response::from_error(Id::Null, error(code, message)));
    }

    fn respond_if_any(&self, response: Option<Response>) {
        if let Some(response) = response {
            self.respond(response);
        }
    }

    fn respond(&self, response: Response) {
        self.responses.send(&response);
    }
}

/// The response of `handler`, whose time is counted.
async fn measured<T>(
    handler: impl Future<Output = T>,
    method: String,
    metrics: Option<Arc<Metrics>>,
) -> T {
    let began = Instant::now();
    let response = handler.await;
    if let Some(metrics) = metrics {
        metrics.record(&method, began.elapsed());
    }
    response
}

/// The response of `handler`, whatever becomes of it.
async fn guarded(
    handler: impl Future<Output = Result<Option<Response>, ExitedError>>,
    method: String,
    id: Option<Id>,
) -> Option<Response> {
    match AssertUnwindSafe(handler).catch_unwind().await {
        // The service leaves what begins with `$/` unanswered, as is right for notifications alone.
        Ok(Ok(None)) => id.map(|id| {
            let message = format!("there is no request `{method}`");
            Response::from_error(id, error(ErrorCode::MethodNotFound, message))
        }),
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
    tracing::error!(method, %message, "a request handler panicked");
    let error: Error = error(ErrorCode::InternalError, format!("{method} panicked: {message}"));
    id.map(|id| Response::from_error(id, error))
}

/// How a connection ends whose writer has ended.
fn output_end(written: Option<Result<io::Result<()>, tokio::task::JoinError>>) -> ConnectionEnd {
    let error = match written {
        Some(Ok(Err(error))) => error,
        Some(Err(error)) => io::Error::other(error),
        Some(Ok(Ok(()))) | None => io::Error::other("the writer ended without a reason"),
    };
    match error.kind() {
        io::ErrorKind::TimedOut => ConnectionEnd::Unread(error.to_string()),
        _ => ConnectionEnd::OutputFailed(error),
    }
}
