//! The one owner of all texts. It lives on a thread of its own, takes events in order, and publishes
//! a snapshot to each session for which something is new after each batch of them.

mod groups;
mod listeners;
mod member;
mod roots;
mod site;

use std::collections::BTreeMap;
use std::io;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};

use lockstep_analysis::analysis::editing::OtherEditor;
use lockstep_store::watcher::Hint;
use tokio::sync::watch;
use tower_lsp::ls_types::MessageType;

pub(crate) use listeners::Listener;
pub(crate) use member::{Deed, Member};

use crate::daemon::metrics::Metrics;
use crate::daemon::status::WorkspaceStatus;
use crate::lsp::state::listeners::Listeners;
use crate::lsp::state::site::{Opened, Sites};
use crate::lsp::uri::DocumentKey;
use crate::workspace::local::{LocalWorkspace, Unsaved};

/// How many events are taken before a snapshot is due, so that a client which never pauses is
/// answered.
const BATCH: usize = 256;

/// The name of a session within its process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct SessionId(pub(crate) u64);

/// What there is.
#[derive(Clone, Debug, Default)]
pub(crate) struct Description {
    /// The workspaces that are held.
    pub(crate) workspaces: Vec<WorkspaceStatus>,
    /// How many documents each session has open, by what the daemon calls it.
    pub(crate) open: BTreeMap<u64, usize>,
    /// The files that some editor has changed and not saved, with what the editor calls itself.
    pub(crate) unsaved: BTreeMap<PathBuf, String>,
}

/// What happens.
#[derive(Debug)]
pub(crate) enum Event {
    /// A session begins.
    Joined { session: SessionId, member: Box<Member> },
    /// A client does something: its deeds count from 1.
    Client { session: SessionId, number: u64, deed: Deed },
    /// A session is over.
    Left { session: SessionId },
    /// A folder has been read, or cannot be.
    Opened { root: PathBuf, site: Box<io::Result<Opened>> },
    /// Something below a root may have changed on disk.
    Disk { root: PathBuf, hint: Hint },
    /// Other worktrees may be there beside a root than before.
    Group { root: PathBuf },
    /// The server has written these files below a root, on behalf of no session.
    Written { root: PathBuf, paths: Vec<String> },
    /// Somebody wants what has been read of a root: nothing is sent where nothing has.
    Lend { root: PathBuf, sender: Sender<Box<LocalWorkspace>> },
    /// Somebody wants to know what happens below a root.
    Listen(Listener),
    /// There will be no more sessions.
    Stop,
}

/// The owner.
#[derive(Debug)]
pub(crate) struct State {
    sites: Sites,
    members: BTreeMap<SessionId, Member>,
    listeners: Listeners,
    metrics: Arc<Metrics>,
    /// What there is, for whoever does not wait until the owner has time.
    described: watch::Sender<Description>,
    /// Since when it has been at one thing; `None` while it waits.
    at: watch::Sender<Option<Instant>>,
    /// Whether a session has left since the others were told what it holds.
    has_left: bool,
}

impl State {
    /// An owner of nothing. `events` is the other end of what [`State::run`] gets.
    pub(crate) fn new(
        events: Sender<Event>,
        metrics: Arc<Metrics>,
        described: watch::Sender<Description>,
        at: watch::Sender<Option<Instant>>,
    ) -> State {
        State {
            described,
            at,
            sites: Sites::new(events),
            members: BTreeMap::new(),
            listeners: Listeners::default(),
            metrics,
            has_left: false,
        }
    }

    /// Takes events until there are no more sessions to come.
    pub(crate) fn run(mut self, events: &Receiver<Event>) {
        loop {
            let due = self.members.values().filter_map(Member::next).chain(self.sites.next()).min();
            let wait = due.map_or(Duration::MAX, |at| at.saturating_duration_since(Instant::now()));
            self.at.send_replace(None);
            let mut next = match events.recv_timeout(wait) {
                Ok(event) => Some(event),
                Err(RecvTimeoutError::Timeout) => None,
                Err(RecvTimeoutError::Disconnected) => return,
            };
            for _ in 0..BATCH {
                let Some(event) = next.take().or_else(|| events.try_recv().ok()) else { break };
                self.at.send_replace(Some(Instant::now()));
                if self.take(event).is_break() {
                    return;
                }
            }
            self.at.send_replace(Some(Instant::now()));
            self.settle();
        }
    }

    fn take(&mut self, event: Event) -> ControlFlow<()> {
        match event {
            Event::Joined { session, member } => {
                self.members.insert(session, *member);
            }
            Event::Client { session, number, deed } => {
                let Some(member) = self.members.get_mut(&session) else {
                    return ControlFlow::Continue(());
                };
                guarded(|| member.take(deed, &mut self.sites));
                // Also where it went wrong: whoever waits for it would wait for ever.
                member.did(number);
            }
            Event::Left { session } => {
                self.members.remove(&session);
                self.has_left = true;
            }
            Event::Opened { root, site } => guarded(|| self.opened(&root, *site)),
            Event::Disk { root, hint: Hint::Limited(reason) } => {
                self.watches_little(&root, &reason);
            }
            Event::Disk { root, hint } => guarded(|| self.sites.hint(&root, hint)),
            Event::Group { root } => self.sites.doubt_group(&root, Instant::now()),
            Event::Written { root, paths } => guarded(|| {
                if let Some(site) = self.sites.get_mut(&root) {
                    site.refresh(paths.iter().map(String::as_str));
                }
            }),
            Event::Lend { root, sender } => {
                if let Some(site) = self.sites.get_mut(&root) {
                    // Nobody may be left to take it.
                    let _ = sender.send(Box::new(site.workspace.clone()));
                }
            }
            Event::Listen(listener) => {
                self.sites.open(&listener.root);
                self.listeners.add(listener);
            }
            Event::Stop => return ControlFlow::Break(()),
        }
        ControlFlow::Continue(())
    }

    fn describe(&self) -> Description {
        let workspaces = self.sites.known().map(|(root, site)| {
            let index = &site.workspace.analysis().index;
            WorkspaceStatus {
                root: root.to_string_lossy().into_owned(),
                files: index.docs.len(),
                tasks: index.tasks.len(),
            }
        });
        let open = self.members.values().map(Member::n_open);
        let unsaved = self.members.values().flat_map(|member| {
            let (name, texts) = member.unsaved();
            let dirty = texts.iter().filter(|(_, it)| it.is_changed());
            dirty.map(move |(key, _)| (key.path().to_owned(), name.to_owned()))
        });
        let (workspaces, open) = (workspaces.collect(), open.collect());
        Description { workspaces, open, unsaved: unsaved.collect() }
    }

    fn opened(&mut self, root: &Path, site: io::Result<Opened>) {
        let read = self.sites.opened(root, site).map_err(|error| {
            tracing::warn!(%error, "a folder cannot be opened");
            error.to_string()
        });
        if let Err(error) = &read {
            self.listeners.refuse(root, error);
        }
        for member in self.members.values_mut() {
            member.opened(root, read.as_ref().copied().map_err(String::as_str), &mut self.sites);
        }
    }

    /// Tells that some changes by other programs are seen late.
    fn watches_little(&mut self, root: &Path, reason: &str) {
        let message =
            format!("Lockstep cannot watch every folder, and sees some changes late: {reason}");
        // Whoever waits for the folder is told when it is there.
        if self.sites.limit(root, message.clone()) {
            for member in self.members.values().filter(|member| member.works_in(root)) {
                member.outbox.show(MessageType::WARNING, message.as_str());
            }
        }
    }

    /// Brings everything up to date and publishes what has come of it.
    fn settle(&mut self) {
        let now = Instant::now();
        let mut news = Vec::new();
        guarded(|| news = self.news(now));
        for member in self.members.values_mut() {
            guarded(|| {
                news.iter().for_each(|root| member.adopt(root, &mut self.sites));
                member.settle(&mut self.sites);
                member.await_others(&self.sites);
            });
        }
        guarded(|| self.share_unsaved());
        // Whoever has been answered is in it.
        self.described.send_replace(self.describe());
        let mut shared = Vec::new();
        for member in self.members.values_mut() {
            guarded(|| {
                // Whoever sees something knows which events are in it, should this process end.
                member.catch_up(&self.sites);
                member.publish(now, &mut shared);
            });
        }
        guarded(|| self.tell(&news, now));
        let (members, listeners) = (&self.members, &self.listeners);
        let is_used = |root: &Path| {
            members.values().any(|member| member.works_in(root)) || listeners.hear(root)
        };
        self.sites.forget(is_used, now);
    }

    /// Reads what is due, and returns the roots of what is new.
    fn news(&mut self, now: Instant) -> Vec<PathBuf> {
        let (members, listeners) = (&self.members, &self.listeners);
        let is_used = |root: &Path| {
            members.values().any(|member| member.works_in(root)) || listeners.hear(root)
        };
        self.sites.regroup(is_used, now);
        let mut news = self.sites.settle(now);
        if !news.is_empty() {
            self.metrics.record("index", now.elapsed());
        }
        news.extend(self.sites.share_worktrees(&news));
        news
    }

    /// Tells whoever it concerns what has happened.
    fn tell(&mut self, news: &[PathBuf], now: Instant) {
        for (root, events) in self.sites.follow(news, now) {
            for member in self.members.values().filter(|member| member.works_in(&root)) {
                events.iter().for_each(|event| member.outbox.tell(event.clone()));
                self.metrics.add_events(events.len() as u64);
            }
            self.listeners.tell(&root, &events);
        }
        self.listeners.begin(&mut self.sites);
    }

    /// Lets each session know what others have that is not saved.
    fn share_unsaved(&mut self) {
        let has_left = std::mem::take(&mut self.has_left);
        if !has_left && !self.members.values().any(|member| member.is_fresh) {
            return;
        }
        let unsaved = self.members.iter().flat_map(|(id, member)| {
            let (name, texts) = member.unsaved();
            let each = texts.iter().map(|(key, text)| (*id, name.to_owned(), key, text.clone()));
            each.collect::<Vec<_>>()
        });
        let unsaved: Vec<(SessionId, String, DocumentKey, _)> =
            unsaved.map(|(id, name, key, text)| (id, name, key.clone(), text)).collect();
        for (id, member) in &mut self.members {
            let mut others: BTreeMap<DocumentKey, Vec<OtherEditor>> = BTreeMap::new();
            for (_, name, key, text) in unsaved.iter().filter(|(other, ..)| other != id) {
                let is_namesake = name == member.unsaved().0;
                let name = if is_namesake { format!("another {name}") } else { name.clone() };
                let Unsaved { text, read, document } = text.clone();
                let other = OtherEditor { name, text, read, document };
                others.entry(key.clone()).or_default().push(other);
            }
            member.see_others(&others);
        }
    }
}

/// Keeps the owner alive whatever a single step does to it.
fn guarded(step: impl FnOnce()) {
    if catch_unwind(AssertUnwindSafe(step)).is_err() {
        tracing::error!("an event could not be taken in; the panic is above");
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::thread::JoinHandle;

    use lockstep_fixture::{Fixture, Sandbox};
    use tower_lsp::ls_types::{TextDocumentContentChangeEvent, Uri};

    use super::*;
    use crate::lsp::arrivals::Arrivals;
    use crate::lsp::outbox::Outbox;
    use crate::lsp::overlay::PositionEncoding;
    use crate::lsp::snapshot::Snapshot;
    use crate::lsp::uri;

    /// The owner of the texts on its thread, with one session whose deeds waited for it.
    struct Owner {
        events: Sender<Event>,
        snapshots: watch::Receiver<Arc<Snapshot>>,
        described: watch::Receiver<Description>,
        thread: JoinHandle<()>,
    }

    impl Owner {
        /// Starts it in a sandbox.
        fn start(sandbox: &Sandbox, arrivals: Arrivals, deeds: Vec<Deed>) -> Owner {
            let (events, taken) = mpsc::channel();
            let (published, snapshots) = watch::channel(Arc::default());
            let session = SessionId(1);
            let member = Box::new(Member::new(0, published, Outbox::new().0, arrivals));
            events.send(Event::Joined { session, member }).expect("it is there");
            let (name, roots) = ("Ed".to_owned(), vec![uri::to_uri(sandbox.path())]);
            let begin = Deed::Start { name, encoding: PositionEncoding::Utf16, roots };
            for (number, deed) in (1..).zip([begin].into_iter().chain(deeds)) {
                events.send(Event::Client { session, number, deed }).expect("it is there");
            }
            let (tell, described) = watch::channel(Description::default());
            let at = watch::Sender::new(None);
            let state = State::new(events.clone(), Arc::default(), tell, at);
            let thread = std::thread::spawn(move || state.run(&taken));
            Owner { events, snapshots, described, thread }
        }

        /// The first snapshot that it publishes.
        fn first(&mut self) -> Arc<Snapshot> {
            let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
            runtime.block_on(self.snapshots.changed()).expect("a snapshot");
            self.snapshots.borrow().clone()
        }

        fn end(self) {
            self.events.send(Event::Stop).expect("it is there");
            self.thread.join().expect("it ends");
        }
    }

    /// A client that opens a document and changes it to each of these texts.
    fn changed(document: &Uri, text: &str, texts: impl Iterator<Item = String>) -> Vec<Deed> {
        let (text, language) = (text.to_owned(), "x".to_owned());
        let open = Deed::Open { uri: document.clone(), text, version: 0, language };
        let change = |(version, text)| Deed::Change {
            uri: document.clone(),
            changes: vec![TextDocumentContentChangeEvent { range: None, range_length: None, text }],
            version,
        };
        [open].into_iter().chain((1..).zip(texts).map(change)).collect()
    }

    #[test]
    fn what_is_saved_before_its_folder_is_read_counts_as_read_last() {
        let sandbox = Sandbox::new(&Fixture::new("//- /TODO.md\n  - [ ] What another has saved\n"));
        let document = uri::to_uri(&sandbox.join("TODO.md"));
        let text = "- [x] Saved\n";
        let mut deeds = changed(&document, text, std::iter::empty());
        let read_before = "- [ ] Read before\n".to_owned();
        deeds.push(Deed::WasRead { uri: document.clone(), text: read_before });
        deeds.push(Deed::Saved { uri: document });
        let mut owner = Owner::start(&sandbox, Arrivals::default(), deeds);
        let editing = owner.first().folders[0].analysis.editing.clone();
        let read = editing.open.values().next().and_then(|it| it.read.clone());
        assert_eq!(read.as_deref(), Some(text));
        owner.end();
    }

    #[test]
    fn events_that_wait_are_taken_in_together() {
        let sandbox = Sandbox::new(&Fixture::new("//- /TODO.md\n  - [ ] Sweep\n"));
        let document = uri::to_uri(&sandbox.join("TODO.md"));
        let texts = (1..100).map(|version| format!("- [ ] Sweep {version} times\n"));
        let deeds = changed(&document, "", texts);
        let n_deeds = deeds.len() as u64 + 1;
        let mut owner = Owner::start(&sandbox, Arrivals::default(), deeds);
        let first = owner.first();
        assert_eq!(first.applied, n_deeds, "none was published in between");
        let task = first.folders[0].analysis.index.tasks.values().next().expect("a task");
        assert_eq!(first.folders[0].analysis.index.title(task), "Sweep 99 times");
        let known = owner.described.borrow().clone();
        assert_eq!((known.workspaces[0].tasks, &known.open), (1, &BTreeMap::from([(0, 1)])));
        owner.end();
    }

    #[test]
    fn the_text_of_an_edit_is_seen_to_arrive_though_its_user_types_on() {
        let sandbox = Sandbox::new(&Fixture::new("//- /TODO.md\n  - [ ] Sweep\n"));
        let made = "- [x] Sweep\n";
        for (name, texts, arrives) in [
            ("TODO.md", vec![made, "- [x] Sweep up\n"], true),
            ("TODO.md", vec!["- [x]  Sweep\n"], false),
            ("docs/TODO.md", vec![made], false),
        ] {
            let key = DocumentKey::of_path(&sandbox.join("TODO.md"));
            let arrivals = Arrivals::default();
            arrivals.expect([(key, made.into())]);
            let document = uri::to_uri(&sandbox.join(name));
            let texts = texts.into_iter().map(str::to_owned);
            let deeds = changed(&document, "- [ ] Sweep\n", texts);
            let mut owner = Owner::start(&sandbox, arrivals.clone(), deeds);
            owner.first();
            assert_eq!(arrivals.is_complete(), arrives, "{name}");
            owner.end();
        }
    }
}
