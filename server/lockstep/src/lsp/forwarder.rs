//! What an editor starts: it hands messages on between the editor and the daemon, and has another
//! server take over when the daemon ends.
//!
//! Messages pass as they are and in order. [`mirror`] keeps what a new server must be told, and
//! knows what the editor still waits for; [`upstream`] is the server, in the daemon or in this
//! process; [`pulse`] knows whether it says anything; [`editor`] is the other side. An editor is never
//! left without a server: where no daemon is to be had this process serves alone, and says so once.
//! A daemon that stands still is waited for, since another one cannot take its place while it is
//! there; the user is told how to end it. An editor that comes meanwhile is served alone until a
//! daemon answers.

mod editor;
mod envelope;
mod mirror;
mod pulse;
mod upstream;
mod watch;

#[cfg(test)]
mod tests;

use std::cell::RefCell;
use std::collections::VecDeque;
use std::convert::Infallible;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::Notify;

use crate::daemon::Unavailable;
use crate::daemon::address::Address;
use crate::daemon::dial;
use crate::daemon::handshake::{Hello, Want};
use crate::lsp::connection::framing::Frame;
use crate::lsp::outstanding::Outstanding;
use crate::lsp::parent::Ancestors;
use crate::lsp::server;

use editor::{Editor, Gone, Sent, ToldEditor};
use mirror::{Mirror, Parting, ToEditor, ToServer};
use upstream::{Download, Upload, Upstream};
use watch::Watch;

/// How long a server may take to say its last after `exit`.
const FAREWELL: Duration = Duration::from_secs(2);
/// A daemon that ends more often than this within [`SPAN`] is not tried again.
const LOSSES: usize = 5;
const SPAN: Duration = Duration::from_secs(180);
/// How often to look for a daemon that was promised to an editor and is not to be had.
const PAUSE: Duration = Duration::from_secs(60);

/// Serves one editor over standard input and output until it leaves, by the daemon if there is
/// one to be had. The exit code is 0 if the editor took leave by `shutdown` and `exit`.
pub fn run_stdio() -> ExitCode {
    let dialer = Dialer(Address::of_user());
    server::run(forward(tokio::io::stdin(), tokio::io::stdout(), &dialer))
}

/// Where a shared server comes from.
trait Reach {
    /// A new connection to it.
    async fn reach(&self, hello: &Hello) -> Result<Upstream, Unavailable>;

    /// As [`Reach::reach`], however long it takes to answer.
    async fn reach_patiently(&self, hello: &Hello) -> Result<Upstream, Unavailable>;
}

struct Dialer(Address);

impl Reach for Dialer {
    async fn reach(&self, hello: &Hello) -> Result<Upstream, Unavailable> {
        dial::dial(&self.0, hello).await.map(Upstream::daemon)
    }

    async fn reach_patiently(&self, hello: &Hello) -> Result<Upstream, Unavailable> {
        dial::dial_patiently(&self.0, hello).await.map(Upstream::daemon)
    }
}

/// How a server was done with.
enum End {
    /// The editor has left.
    Left,
    /// The server is gone.
    Lost,
}

/// Who serves an editor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ForwarderPlace {
    /// A daemon, if there is one to be had.
    Shared,
    /// This process, until the daemon answers.
    Meanwhile,
    /// This process, to its end.
    Alone,
}

/// Serves one editor until it leaves, and returns whether it did by `shutdown` and `exit`.
async fn forward<R, W>(input: R, output: W, source: &impl Reach) -> bool
where
    R: AsyncRead + Send + Unpin + 'static,
    W: AsyncWrite + Send + Unpin + 'static,
{
    let ancestors = Ancestors::of_this_process();
    let mut editor = Editor::new(input, output);
    // Its first message says who the editor is.
    let Some(first) = editor.first().await else { return false };
    let parent = match first {
        Sent::Body(body) => envelope::parent(body),
        _ => None,
    };
    let hello = hello(first);
    let mirror = RefCell::new(Mirror::default());
    let (losses, place) = (VecDeque::new(), ForwarderPlace::Shared);
    let mut front = EditorFront { editor, mirror, hello, has_lost: false, losses, place };
    tokio::select! {
        () = front.run(source) => {}
        () = ancestors.gone(parent) => return false,
    }
    let EditorFront { editor, mirror, .. } = front;
    editor.close(FAREWELL).await;
    mirror.into_inner().has_left_in_order()
}

fn hello(first: &Sent) -> Hello {
    let mut hello = Hello::new(Want::Editor);
    if let Sent::Body(body) = first {
        (hello.client, hello.folders) = envelope::introduction(body);
    }
    hello
}

struct EditorFront {
    editor: Editor,
    mirror: RefCell<Mirror>,
    hello: Hello,
    /// Whether a server was lost.
    has_lost: bool,
    /// When servers were lost that were not replaced.
    losses: VecDeque<Instant>,
    place: ForwarderPlace,
}

impl EditorFront {
    async fn run(&mut self, source: &impl Reach) {
        let mut found = None;
        loop {
            let mut gone = self.editor.gone();
            let reached = match found.take() {
                Some(upstream) => Some(upstream),
                None => tokio::select! {
                    upstream = self.reach(source) => upstream,
                    () = gone.reached() => return,
                },
            };
            let (end, better) = match reached {
                Some(upstream) => self.serve_until_better(upstream, source).await,
                None => return,
            };
            match end {
                End::Left => return,
                End::Lost if self.mirror.borrow().has_taken_leave() => {
                    return self.editor.until_exit(&self.mirror).await;
                }
                End::Lost => {}
            }
            match better {
                Some(_) => {
                    self.mirror.borrow_mut().log("the daemon answers, and serves this editor")
                }
                None => {
                    self.has_lost = true;
                    // One that was replaced has not failed.
                    if self.mirror.borrow().parting() != Some(Parting::Replaced) {
                        self.losses.push_back(Instant::now());
                    }
                }
            }
            found = better;
            let orphans = self.mirror.borrow_mut().lose();
            if !self.editor.tell_all(orphans).await {
                return;
            }
        }
    }

    /// Has a server serve. Where this process is one only as long as the daemon does not answer, the
    /// daemon's follows once it does.
    async fn serve_until_better(
        &mut self,
        upstream: Upstream,
        source: &impl Reach,
    ) -> (End, Option<Upstream>) {
        if self.place != ForwarderPlace::Meanwhile {
            return (self.serve(upstream, &Better::default()).await, None);
        }
        let (better, hello) = (Better::default(), self.hello.clone());
        let searching = async {
            // Nobody tells when another attempt is worth it.
            let mut attempts = tokio::time::interval(PAUSE);
            loop {
                attempts.tick().await;
                match source.reach_patiently(&hello).await {
                    Ok(upstream) => break better.is_there(upstream),
                    Err(why) => {
                        tracing::info!(%why, "still serving this editor without the daemon")
                    }
                }
            }
            std::future::pending::<Infallible>().await
        };
        let end = tokio::select! {
            end = self.serve(upstream, &better) => end,
            never = searching => match never {},
        };
        let better = better.take();
        self.place = if better.is_some() { ForwarderPlace::Shared } else { ForwarderPlace::Alone };
        (end, better)
    }

    /// A server: the daemon's, else this process's own, else none.
    async fn reach(&mut self, source: &impl Reach) -> Option<Upstream> {
        if self.place != ForwarderPlace::Shared {
            // It has ended although nobody else could end it.
            return None;
        }
        while self.losses.front().is_some_and(|lost| lost.elapsed() > SPAN) {
            self.losses.pop_front();
        }
        let parting = self.mirror.borrow_mut().take_parting();
        let why = if parting == Some(Parting::Stopped) {
            "the daemon was stopped; start the editor's server anew to share again".to_owned()
        } else if self.losses.len() >= LOSSES {
            let log = Address::of_user().log();
            format!("the daemon has ended {LOSSES} times; {} may say why", log.display())
        } else {
            match source.reach(&self.hello).await {
                Ok(upstream) => {
                    if self.has_lost {
                        self.mirror.borrow_mut().log("the daemon ended, and another one took over");
                    }
                    return Some(upstream);
                }
                Err(why @ (Unavailable::Silent(_) | Unavailable::NotYet(_))) => {
                    let why = format!("{why}. As soon as one answers it takes over");
                    return Some(self.serve_alone(ForwarderPlace::Meanwhile, &why));
                }
                Err(why) => why.to_string(),
            }
        };
        Some(self.serve_alone(ForwarderPlace::Alone, &why))
    }

    fn serve_alone(&mut self, place: ForwarderPlace, why: &str) -> Upstream {
        tracing::warn!(%why, "serving this editor without the daemon");
        self.place = place;
        let message = format!("Lockstep serves this editor alone, sharing nothing: {why}");
        self.mirror.borrow_mut().show(&message);
        Upstream::own()
    }

    /// Tells a server what the one before it knew, and then hands on what comes.
    async fn serve(&mut self, mut upstream: Upstream, better: &Better) -> End {
        let mut gone = self.editor.gone();
        let watch = Watch::new(upstream.process);
        let (mirror, said) = (&self.mirror, self.editor.said.clone());
        let replayed = tokio::select! {
            biased;
            replayed = self.replay(&mut upstream, &watch, better) => replayed,
            () = gone.reached() => return End::Left,
            never = watch.run(mirror, &said) => match never {},
        };
        match replayed {
            Some(end) => end,
            None => self.hand_on(upstream, &watch, better).await,
        }
    }

    /// `None` where the server has taken everything in.
    async fn replay(&self, upstream: &mut Upstream, watch: &Watch, better: &Better) -> Option<End> {
        let initialize = self.mirror.borrow().replay_initialize();
        if let Some(initialize) = initialize {
            watch.asked();
            if upstream.up.write(&initialize).await.is_err() {
                return Some(End::Lost);
            }
            if self.mirror.borrow().awaits_replay() {
                let (mirror, said) = (&self.mirror, &self.editor.said);
                match receive(&mut upstream.down, &upstream.edits, mirror, said, watch, better)
                    .await
                {
                    Received::Replayed => {}
                    Received::Deaf => return Some(End::Left),
                    Received::Ended => return Some(End::Lost),
                }
            }
            let rest = self.mirror.borrow_mut().replay_rest();
            for body in rest {
                watch.said();
                if upstream.up.write(&body).await.is_err() {
                    return Some(End::Lost);
                }
            }
        }
        let due = self.mirror.borrow_mut().take_due();
        if self.editor.tell_all(due).await { None } else { Some(End::Left) }
    }

    /// Hands messages on in both directions until one side ends.
    async fn hand_on(&mut self, upstream: Upstream, watch: &Watch, better: &Better) -> End {
        let Upstream { mut down, mut up, edits, .. } = upstream;
        let (mirror, said) = (&self.mirror, self.editor.said.clone());
        let downward = receive(&mut down, &edits, mirror, &said, watch, better);
        let upward = send(&mut self.editor, &mut up, mirror, watch, better);
        let watching = watch.run(mirror, &said);
        tokio::pin!(downward, upward, watching);
        let sent = tokio::select! {
            // What has been said counts before what has not.
            biased;
            received = &mut downward => return received.end(),
            sent = &mut upward => sent,
            never = &mut watching => match never {},
        };
        match sent {
            Sending::Gone => End::Left,
            // What the server says before its end is still heard.
            Sending::Broken => downward.await.end(),
            Sending::Exit => {
                let _ = tokio::time::timeout(FAREWELL, downward).await;
                End::Left
            }
        }
    }
}

/// A server that is to take the place of the one that serves now.
#[derive(Default)]
struct Better {
    upstream: RefCell<Option<Upstream>>,
    arrived: Notify,
    /// When the server that serves now is to be asked for its last.
    last: Notify,
}

impl Better {
    fn is_there(&self, upstream: Upstream) {
        self.upstream.replace(Some(upstream));
        self.arrived.notify_one();
    }

    fn has_arrived(&self) -> bool {
        self.upstream.borrow().is_some()
    }

    fn take(self) -> Option<Upstream> {
        self.upstream.into_inner()
    }
}

/// Why nothing more is received.
#[derive(Clone, Copy)]
enum Received {
    /// The server has answered the `initialize` of a replay.
    Replayed,
    /// The server has closed its output, or a better one is there.
    Ended,
    /// The editor does not take it.
    Deaf,
}

impl Received {
    fn end(self) -> End {
        match self {
            Received::Deaf => End::Left,
            Received::Ended | Received::Replayed => End::Lost,
        }
    }
}

/// Hands on what the server says.
async fn receive(
    down: &mut Download,
    edits: &Outstanding,
    mirror: &RefCell<Mirror>,
    said: &ToldEditor,
    watch: &Watch,
    better: &Better,
) -> Received {
    let (mut has_better, mut has_asked) = (better.has_arrived(), false);
    loop {
        // A server that is not gone ends what it is at, and says what became of it.
        let is_idle = !mirror.borrow().awaits_command() && edits.is_none();
        if mirror.borrow_mut().take_last() {
            if is_idle {
                return Received::Ended;
            }
            has_asked = false;
        }
        if has_better && is_idle && !has_asked {
            has_asked = true;
            better.last.notify_one();
        }
        let next = tokio::select! {
            // What has been said counts before what has not.
            biased;
            next = down.next() => next,
            () = better.arrived.notified() => {
                has_better = true;
                continue;
            }
            () = edits.until_none(), if has_better && !edits.is_none() => continue,
        };
        let body = match next {
            Ok(Some(Frame::Body(body))) => body,
            Ok(Some(Frame::Fault(fault))) => {
                tracing::error!(%fault, "the server sent something that is not a message");
                continue;
            }
            Ok(None) | Err(_) => return Received::Ended,
        };
        let step = mirror.borrow_mut().server_says(body);
        watch.heard(mirror);
        let messages = match step {
            ToEditor::Pass => vec![body.to_vec()],
            ToEditor::Replace(other) => vec![other],
            ToEditor::Drop => continue,
            ToEditor::Several(others) => others,
            ToEditor::Replayed => return Received::Replayed,
            ToEditor::Unfit => return Received::Ended,
        };
        watch.hold_up();
        for message in messages {
            if !said.tell(message).await {
                return Received::Deaf;
            }
        }
        watch.heard(mirror);
    }
}

/// Why nothing more is sent.
enum Sending {
    /// The editor has sent `exit`.
    Exit,
    /// The editor has closed its output.
    Gone,
    /// The server does not take it.
    Broken,
}

/// Hands on what the editor says.
async fn send(
    editor: &mut Editor,
    up: &mut Upload,
    mirror: &RefCell<Mirror>,
    watch: &Watch,
    better: &Better,
) -> Sending {
    let mut gone = editor.gone();
    loop {
        let sent = tokio::select! {
            sent = editor.next() => sent,
            () = watch.asks() => {
                let ping = mirror.borrow_mut().ping();
                match write(up, &ping, &mut gone).await {
                    None => continue,
                    Some(end) => return end,
                }
            }
            () = better.last.notified() => {
                let last = mirror.borrow().ask_for_last();
                match write(up, &last, &mut gone).await {
                    None => continue,
                    Some(end) => return end,
                }
            }
        };
        let Some(sent) = sent else { return Sending::Gone };
        let body = match sent {
            Sent::Body(body) => body,
            Sent::Fault(reason) => {
                editor.tell_all([envelope::parse_error(&reason)]).await;
                continue;
            }
        };
        let step = mirror.borrow_mut().editor_says(&body);
        let message = match &step {
            ToServer::Pass | ToServer::Exit | ToServer::Precede(_) => Some(&body),
            ToServer::Replace(other) => Some(other),
            ToServer::Drop => None,
        };
        let before = if let ToServer::Precede(other) = &step { Some(other) } else { None };
        for message in before.into_iter().chain(message) {
            watch.said();
            if let Some(end) = write(up, message, &mut gone).await {
                return end;
            }
        }
        if matches!(step, ToServer::Exit) {
            return Sending::Exit;
        }
        let due = mirror.borrow_mut().take_due();
        editor.tell_all(due).await;
    }
}

/// Writes a message, and says why nothing more is sent where it cannot be.
async fn write(up: &mut Upload, message: &[u8], gone: &mut Gone) -> Option<Sending> {
    let writing = up.write(message);
    tokio::pin!(writing);
    let written = tokio::select! {
        written = &mut writing => written,
        // A server that does not read keeps nobody from leaving.
        () = gone.reached() => match tokio::time::timeout(FAREWELL, writing).await {
            Ok(written) => written,
            Err(_) => return Some(Sending::Gone),
        },
    };
    written.is_err().then_some(Sending::Broken)
}
