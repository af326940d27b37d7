//! The editor's side. Tasks of their own read and write it, so that no message is cut in two where
//! a server ends.

use std::cell::RefCell;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, watch};
use tokio::task::JoinHandle;

use crate::lsp::connection::ConnectionOptions;
use crate::lsp::connection::framing::{Frame, FrameReader, frame};
use crate::lsp::forwarder::mirror::Mirror;

/// How many messages to the editor may wait, and how many bytes. A server that sends more is held up, so
/// that an editor which does not read costs this process no more memory.
const ROOM: usize = 256;
const SAID_BYTES: u32 = 16 << 20;
/// How many bytes from the editor may wait. An editor that sends more is held up, and is not seen to
/// leave meanwhile.
const ROOM_BYTES: u32 = 64 << 20;

/// One thing the editor has sent.
#[derive(Debug)]
pub(super) enum Sent {
    /// A message.
    Body(Vec<u8>),
    /// Bytes that are no message, for this reason.
    Fault(String),
}

impl Sent {
    /// How many of the bytes that may wait this is; the whole room where it is larger.
    fn size(&self) -> u32 {
        let bytes = match self {
            Sent::Body(body) => body.len(),
            Sent::Fault(reason) => reason.len(),
        };
        u32::try_from(bytes).unwrap_or(u32::MAX).min(ROOM_BYTES)
    }
}

/// What the editor has sent, and the room it takes up until it is looked at.
struct Waiting {
    sent: Sent,
    _room: OwnedSemaphorePermit,
}

/// A message to the editor, and the room it takes up until it is written.
struct Spoken {
    body: Vec<u8>,
    _room: OwnedSemaphorePermit,
}

/// Where messages to the editor go.
#[derive(Clone)]
pub(super) struct ToldEditor {
    queue: mpsc::Sender<Spoken>,
    room: Arc<Semaphore>,
}

impl ToldEditor {
    /// Waits until there is room for a message. Returns whether the editor still listens.
    pub(super) async fn tell(&self, body: Vec<u8>) -> bool {
        let size = u32::try_from(body.len()).unwrap_or(u32::MAX).min(SAID_BYTES);
        let Ok(_room) = self.room.clone().acquire_many_owned(size).await else { return false };
        self.queue.send(Spoken { body, _room }).await.is_ok()
    }
}

/// The editor.
pub(super) struct Editor {
    /// What was looked at before its turn.
    held: Option<Sent>,
    sent: mpsc::UnboundedReceiver<Waiting>,
    /// What it is told.
    pub(super) said: ToldEditor,
    is_gone: watch::Receiver<bool>,
    writer: JoinHandle<()>,
}

/// The moment at which the editor closes its output.
pub(super) struct Gone(watch::Receiver<bool>);

impl Gone {
    /// Waits for it.
    pub(super) async fn reached(&mut self) {
        // An error means that the reader has ended, which it does at that moment.
        let _ = self.0.wait_for(|is_gone| *is_gone).await;
    }
}

impl Editor {
    /// An editor behind two streams.
    pub(super) fn new<R, W>(input: R, output: W) -> Editor
    where
        R: AsyncRead + Send + Unpin + 'static,
        W: AsyncWrite + Send + Unpin + 'static,
    {
        let (sender, sent) = mpsc::unbounded_channel();
        let (queue, saying) = mpsc::channel(ROOM);
        let said = ToldEditor { queue, room: Arc::new(Semaphore::new(SAID_BYTES as usize)) };
        let (going, is_gone) = watch::channel(false);
        tokio::spawn(async move {
            read(input, sender).await;
            going.send_replace(true);
        });
        let writer = tokio::spawn(write(output, saying));
        Editor { held: None, sent, said, is_gone, writer }
    }

    /// What it sends first, which stays to be sent.
    pub(super) async fn first(&mut self) -> Option<&Sent> {
        self.held = self.sent.recv().await.map(|waiting| waiting.sent);
        self.held.as_ref()
    }

    /// What it sends next; `None` when it has left.
    pub(super) async fn next(&mut self) -> Option<Sent> {
        match self.held.take() {
            Some(held) => Some(held),
            None => self.sent.recv().await.map(|waiting| waiting.sent),
        }
    }

    /// When it closes its output.
    pub(super) fn gone(&self) -> Gone {
        Gone(self.is_gone.clone())
    }

    /// Tells it messages, and returns whether it still listens.
    pub(super) async fn tell_all(&self, bodies: impl IntoIterator<Item = Vec<u8>>) -> bool {
        for body in bodies {
            if !self.said.tell(body).await {
                return false;
            }
        }
        true
    }

    /// Answers in the place of a server that is gone until the editor leaves, which it does once its
    /// `shutdown` is answered.
    pub(super) async fn until_exit(&mut self, mirror: &RefCell<Mirror>) {
        loop {
            let orphans = mirror.borrow_mut().lose();
            if !self.tell_all(orphans).await || mirror.borrow().has_exited() {
                return;
            }
            let Some(sent) = self.next().await else { return };
            if let Sent::Body(body) = sent {
                mirror.borrow_mut().editor_says(&body);
            }
        }
    }

    /// Lets it read what it was told last, within a time.
    pub(super) async fn close(self, patience: Duration) {
        drop(self.said);
        if tokio::time::timeout(patience, self.writer).await.is_err() {
            tracing::warn!("the editor did not read the last messages");
        }
    }
}

async fn read(input: impl AsyncRead + Unpin, sender: mpsc::UnboundedSender<Waiting>) {
    let room = Arc::new(Semaphore::new(ROOM_BYTES as usize));
    let mut frames = FrameReader::new(input, ConnectionOptions::default().body_limit);
    while let Ok(Some(frame)) = frames.next().await {
        let sent = match frame {
            Frame::Body(body) => Sent::Body(body.to_vec()),
            Frame::Fault(fault) => Sent::Fault(fault.to_string()),
        };
        let Ok(_room) = room.clone().acquire_many_owned(sent.size()).await else { return };
        if sender.send(Waiting { sent, _room }).is_err() {
            return;
        }
    }
}

async fn write(mut output: impl AsyncWrite + Unpin, mut saying: mpsc::Receiver<Spoken>) {
    let (mut spoken, mut bytes) = (Vec::new(), Vec::new());
    while saying.recv_many(&mut spoken, ROOM).await > 0 {
        for message in &spoken {
            frame(&[&message.body], &mut bytes);
        }
        let written = match output.write_all(&bytes).await {
            Ok(()) => output.flush().await,
            failed => failed,
        };
        // What is written takes up no room any more.
        spoken.clear();
        bytes.clear();
        if written.is_err() {
            return;
        }
    }
}
