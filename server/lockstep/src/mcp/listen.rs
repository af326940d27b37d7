//! Clients that want to be told when a resource is another: each address with the request that asked.
//! However many listen, a workspace is followed once.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::{Value, json};

use crate::daemon::remote::EventFeed;
use crate::hub::subscribers::Notice;
use crate::mcp::folder::CallFolder;
use crate::mcp::resources::{EVENTS, READY};
use crate::mcp::wire::{SUBSCRIPTION_KEY, notification};
use crate::workspace::events::EventReport;

/// So many requests listen at once, and so many workspaces are followed.
const LIMIT: usize = 64;

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

/// The addresses that a request listens to, each with the name of the task where it is one.
pub(super) type Addresses = BTreeMap<String, Option<String>>;

/// Everybody who listens.
#[derive(Debug)]
pub(super) struct ResourceWatches {
    alone: bool,
    sink: MessageSink,
    followed: BTreeMap<PathBuf, FollowedFolder>,
}

/// A workspace that is followed.
#[derive(Debug)]
struct FollowedFolder {
    listening: Arc<Mutex<Listening>>,
    /// Set by the thread that follows it when nobody tells it of changes any more.
    is_over: Arc<AtomicBool>,
}

/// The addresses, by the request that asked as JSON; of those who subscribed without one, by `null`.
type Listening = BTreeMap<String, Addresses>;

fn locked(listening: &Mutex<Listening>) -> MutexGuard<'_, Listening> {
    listening.lock().unwrap_or_else(PoisonError::into_inner)
}

impl ResourceWatches {
    /// Nobody listens. Where a server is `alone`, no daemon is asked.
    pub(super) fn new(alone: bool, sink: MessageSink) -> ResourceWatches {
        ResourceWatches { alone, sink, followed: BTreeMap::new() }
    }

    /// Tells a request of more addresses in a workspace. `begun` is called when nothing is left out any
    /// more, and before anything is told.
    pub(super) fn add(
        &mut self,
        folder: &CallFolder,
        request: &Value,
        addresses: Addresses,
        begun: impl FnOnce(&Addresses),
    ) -> io::Result<()> {
        let of = request.to_string();
        if self.count() >= LIMIT && !self.listens(&of) {
            let message = format!("{LIMIT} requests listen already; cancel one of them");
            return Err(io::Error::other(message));
        }
        let followed = self.followed(folder)?;
        let mut listening = locked(&followed.listening);
        begun(&addresses);
        listening.entry(of).or_default().extend(addresses);
        Ok(())
    }

    /// Whether a request listens.
    pub(super) fn listens(&self, request: &str) -> bool {
        self.followed.values().any(|it| locked(&it.listening).contains_key(request))
    }

    /// Tells a request of nothing any more.
    pub(super) fn end(&mut self, request: &str) {
        for followed in self.followed.values() {
            locked(&followed.listening).remove(request);
        }
    }

    /// Tells those who subscribed without a request of an address no more.
    pub(super) fn remove(&mut self, uri: &str) {
        for followed in self.followed.values() {
            if let Some(addresses) = locked(&followed.listening).get_mut(&Value::Null.to_string()) {
                addresses.remove(uri);
            }
        }
    }

    fn count(&self) -> usize {
        self.followed.values().map(|it| locked(&it.listening).len()).sum::<usize>()
    }

    fn followed(&mut self, folder: &CallFolder) -> io::Result<&FollowedFolder> {
        let is_live = |it: &FollowedFolder| !it.is_over.load(Ordering::Acquire);
        if !self.followed.get(&folder.root).is_some_and(is_live) {
            self.followed.retain(|_, it| is_live(it));
            if self.followed.len() >= LIMIT {
                return Err(io::Error::other(format!("{LIMIT} workspaces are followed already")));
            }
            let mut feed = EventFeed::start(&folder.root, "lockstep mcp", self.alone, None)?;
            feed.begin()?.map_err(io::Error::other)?;
            let followed = FollowedFolder { listening: Arc::default(), is_over: Arc::default() };
            let (listening, is_over) = (followed.listening.clone(), followed.is_over.clone());
            let sink = self.sink.clone();
            let follow = move || {
                tell(&mut feed, &listening, &sink);
                is_over.store(true, Ordering::Release);
            };
            std::thread::Builder::new().name("lockstep-listen".to_owned()).spawn(follow)?;
            self.followed.insert(folder.root.clone(), followed);
        }
        let followed = self.followed.get(&folder.root);
        followed.ok_or_else(|| io::Error::other("the workspace is not followed"))
    }
}

/// Tells of every event, until nobody tells of any or nobody hears it.
fn tell(feed: &mut EventFeed, listening: &Mutex<Listening>, sink: &MessageSink) {
    loop {
        let event = match feed.next_event() {
            Ok(Some(Notice::Event(event))) => event,
            Ok(Some(Notice::Begun(_))) => continue,
            told => {
                tracing::warn!(?told, "nobody tells of changes any more");
                return;
            }
        };
        // Whoever is told of the end of its listening hears nothing after that.
        let listening = locked(listening);
        for (request, addresses) in listening.iter() {
            for (uri, _) in addresses.iter().filter(|(uri, task)| concerns(&event, uri, task)) {
                let mut params = json!({ "uri": uri });
                match serde_json::from_str::<Value>(request) {
                    Ok(Value::Null) | Err(_) => {}
                    Ok(request) => params["_meta"] = json!({ SUBSCRIPTION_KEY: request }),
                }
                let told = notification("notifications/resources/updated", params);
                if sink.send(&told).is_err() {
                    return;
                }
            }
        }
    }
}

/// Whether a resource is another after an event.
fn concerns(event: &EventReport, uri: &str, task: &Option<String>) -> bool {
    match uri {
        EVENTS => true,
        READY => event.task.is_some(),
        _ => task.is_some() && *task == event.task,
    }
}
