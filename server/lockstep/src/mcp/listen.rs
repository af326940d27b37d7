//! Clients that want to be told when a resource is another: each address with the request that asked.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Value, json};

use crate::daemon::remote::EventFeed;
use crate::hub::subscribers::Notice;
use crate::mcp::folder::CallFolder;
use crate::mcp::resources::{EVENTS, READY, task_of};
use crate::mcp::wire::{SUBSCRIPTION_KEY, notification};
use crate::workspace::events::EventReport;

/// Where messages go, from whichever thread.
#[derive(Clone)]
pub(super) struct MessageSink(Arc<Mutex<Box<dyn Write + Send>>>);

impl std::fmt::Debug for MessageSink {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MessageSink")
    }
}

impl MessageSink {
    pub(super) fn new(output: impl Write + Send + 'static) -> MessageSink {
        MessageSink(Arc::new(Mutex::new(Box::new(output))))
    }

    /// Writes a message on a line.
    pub(super) fn send(&self, message: &Value) -> io::Result<()> {
        let mut line = serde_json::to_vec(message)?;
        line.push(b'\n');
        let mut output = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        output.write_all(&line)?;
        output.flush()
    }
}

/// What somebody listens to. It ends when this is dropped.
#[derive(Debug)]
pub(super) struct ResourceWatch {
    uris: Arc<Mutex<BTreeSet<String>>>,
    is_over: Arc<AtomicBool>,
}

impl ResourceWatch {
    /// Tells of these addresses in a workspace, with the id of the request that asked, where there is
    /// one that did. `begun` is called when nothing is left out any more, and before anything is told.
    pub(super) fn start(
        folder: &CallFolder,
        alone: bool,
        request: Option<Value>,
        uris: BTreeSet<String>,
        sink: MessageSink,
        begun: impl FnOnce(&BTreeSet<String>),
    ) -> io::Result<ResourceWatch> {
        let mut feed = EventFeed::start(&folder.root, "lockstep mcp", alone, None)?;
        feed.begin()?.map_err(io::Error::other)?;
        begun(&uris);
        let watch = ResourceWatch { uris: Arc::new(Mutex::new(uris)), is_over: Arc::default() };
        let (uris, is_over) = (watch.uris.clone(), watch.is_over.clone());
        let follow = move || {
            loop {
                let event = match feed.next_event() {
                    Ok(Some(Notice::Event(event))) => event,
                    Ok(Some(Notice::Begun(_))) => continue,
                    told => {
                        tracing::warn!(?told, "nobody tells of changes any more");
                        return;
                    }
                };
                if is_over.load(Ordering::Acquire) {
                    return;
                }
                let wanted = uris.lock().unwrap_or_else(PoisonError::into_inner).clone();
                for uri in wanted.iter().filter(|uri| concerns(&event, uri)) {
                    let mut params = json!({ "uri": uri });
                    if let Some(request) = &request {
                        params["_meta"] = json!({ SUBSCRIPTION_KEY: request });
                    }
                    if sink.send(&notification("notifications/resources/updated", params)).is_err()
                    {
                        return;
                    }
                }
            }
        };
        std::thread::Builder::new().name("lockstep-listen".to_owned()).spawn(follow)?;
        Ok(watch)
    }

    /// Listens to another address too.
    pub(super) fn add(&self, uri: &str) {
        self.uris.lock().unwrap_or_else(PoisonError::into_inner).insert(uri.to_owned());
    }

    /// Listens to an address no more.
    pub(super) fn remove(&self, uri: &str) {
        self.uris.lock().unwrap_or_else(PoisonError::into_inner).remove(uri);
    }
}

impl Drop for ResourceWatch {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::Release);
    }
}

/// Whether a resource is another after an event.
fn concerns(event: &EventReport, uri: &str) -> bool {
    match uri {
        EVENTS => true,
        READY => event.task.is_some(),
        uri => task_of(uri).is_some() && task_of(uri) == event.task,
    }
}
