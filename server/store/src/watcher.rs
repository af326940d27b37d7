//! Floor 3: tells when something below a folder may have changed. Events are hints: whoever is told
//! reads the files again, and their content decides.
//!
//! On Linux each folder that [`loader::visit`] enters has a watch of its own, so that ignored
//! folders cost none; other systems watch a tree as a whole. What cannot be watched is looked at
//! from time to time ([`poll`]). Single paths elsewhere are watched by [`PathWatcher`].

mod paths;
mod poll;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Duration;

use notify::event::ModifyKind;
use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};

use crate::loader::{self, Entry};
pub use paths::PathWatcher;
use poll::Poll;

/// Whether each folder is watched on its own.
const BY_FOLDER: bool = cfg!(any(target_os = "linux", target_os = "android"));

/// Files that say which others are ignored, and the folder without which they say nothing.
const IGNORING: [&str; 3] = [".gitignore", ".ignore", ".git"];

/// Why a root is looked at for a while, though it could be watched.
const EMPTY: &str = "the folder is empty";
const ABSENT: &str = "the folder is not there";

/// EMFILE: what inotify_init(2) says where a user has as many watchers as the system allows.
const NO_MORE_FILES: i32 = 24;

/// What may have changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hint {
    /// These paths.
    Paths(Vec<PathBuf>),
    /// Anything.
    Rescan,
    /// Nothing, but from now on some changes are noticed late, for this reason. Told once.
    Limited(String),
}

/// Watches a folder and everything below it for as long as it lives.
#[derive(Debug)]
pub struct Watcher {
    told: Sender<Told>,
}

/// What the watcher's thread is told.
#[derive(Debug)]
enum Told {
    Event(notify::Result<Event>),
    Stop,
}

/// What a system may refuse, and how long a look at everything may be put off.
#[derive(Clone, Copy, Debug)]
struct Limits {
    watches: usize,
    interval: Duration,
}

impl Watcher {
    /// Starts to watch; every change after this call is told. `tell` is called from here and from a
    /// thread of the watcher's own.
    pub fn start(root: &Path, tell: impl Fn(Hint) + Send + 'static) -> io::Result<Watcher> {
        let limits = Limits { watches: usize::MAX, interval: Duration::from_secs(2) };
        Watcher::start_within(limits, root, Box::new(tell))
    }

    fn start_within(
        limits: Limits,
        root: &Path,
        tell: Box<dyn Fn(Hint) + Send>,
    ) -> io::Result<Watcher> {
        let (told, events) = channel();
        let sender = told.clone();
        let inner = notify::recommended_watcher(move |event| {
            // The thread may have ended already.
            let _ = sender.send(Told::Event(event));
        });
        let mut tree = Tree {
            root: root.to_owned(),
            limits,
            tell,
            inner: None,
            folders: BTreeSet::new(),
            watched_root: None,
            links: BTreeMap::new(),
            limited: None,
            poll: None,
            has_said: false,
        };
        match inner {
            Ok(inner) => tree.inner = Some(inner),
            Err(error) => tree.limited = Some(reason(&error)),
        }
        tree.watch_below(None);
        tree.poll_where_limited();
        let thread = std::thread::Builder::new().name("lockstep-watcher".to_owned());
        thread.spawn(move || tree.run(&events))?;
        Ok(Watcher { told })
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        // The thread may have ended already.
        let _ = self.told.send(Told::Stop);
    }
}

/// What is watched.
struct Tree {
    root: PathBuf,
    limits: Limits,
    tell: Box<dyn Fn(Hint) + Send>,
    inner: Option<RecommendedWatcher>,
    /// Folders with a watch.
    folders: BTreeSet<PathBuf>,
    /// Which folder the root was when it got its watch.
    watched_root: Option<(u64, u64)>,
    /// Files that links lead to, with the links.
    links: BTreeMap<PathBuf, BTreeSet<PathBuf>>,
    /// Why some folders have no watch.
    limited: Option<String>,
    /// What the files were when they were last looked at, while there are such folders.
    poll: Option<Poll>,
    has_said: bool,
}

/// What a batch of events comes to.
#[derive(Debug, Default)]
struct Batch {
    paths: Vec<PathBuf>,
    /// Folders that may be new.
    folders: BTreeSet<PathBuf>,
    rescan: bool,
    /// Whether other folders may count now than before.
    rules: bool,
    /// Whether something has come or gone directly below the root.
    at_root: bool,
}

impl Tree {
    fn run(mut self, events: &Receiver<Told>) {
        loop {
            let first = match self.poll.as_ref().map(Poll::wait) {
                Some(wait) => events.recv_timeout(wait),
                None => events.recv().map_err(|_| RecvTimeoutError::Disconnected),
            };
            let mut batch = Batch::default();
            match first {
                Ok(Told::Stop) | Err(RecvTimeoutError::Disconnected) => return,
                Ok(Told::Event(event)) => self.take(event, &mut batch),
                Err(RecvTimeoutError::Timeout) => {}
            }
            while let Ok(told) = events.try_recv() {
                match told {
                    Told::Stop => return,
                    Told::Event(event) => self.take(event, &mut batch),
                }
            }
            self.finish(batch);
            self.look();
        }
    }

    fn take(&mut self, event: notify::Result<Event>, batch: &mut Batch) {
        let event = match event {
            Ok(event) => event,
            Err(error) => {
                tracing::warn!(%error, "the watcher lost events");
                (batch.rescan, batch.rules) = (true, true);
                return;
            }
        };
        if event.need_rescan() {
            (batch.rescan, batch.rules) = (true, true);
        }
        if matches!(event.kind, EventKind::Access(_)) {
            return;
        }
        let comes_or_goes =
            !matches!(event.kind, EventKind::Modify(ModifyKind::Data(_) | ModifyKind::Metadata(_)));
        for path in event.paths {
            self.take_path(path, comes_or_goes, batch);
        }
    }

    fn take_path(&mut self, path: PathBuf, comes_or_goes: bool, batch: &mut Batch) {
        let name = path.file_name().unwrap_or_default();
        if IGNORING.iter().any(|file| name == *file) && (comes_or_goes || name != ".git") {
            (batch.rescan, batch.rules) = (true, true);
        }
        if let Some(links) = self.links.get(&path) {
            batch.paths.extend(links.iter().cloned());
        }
        let meta = path.symlink_metadata();
        let is_folder = meta.as_ref().is_ok_and(std::fs::Metadata::is_dir);
        if self.folders.contains(&path) && comes_or_goes {
            // It has been moved or removed, and another may stand there by now.
            self.forget(&path);
            batch.rescan = true;
            batch.rules |= path == self.root;
        }
        if !path.starts_with(&self.root) {
            return;
        }
        batch.at_root |= comes_or_goes && path.parent() == Some(self.root.as_path());
        if is_folder && BY_FOLDER {
            batch.folders.insert(path);
            return;
        }
        if meta.is_ok_and(|meta| meta.is_symlink()) {
            self.note_link(&path);
        }
        batch.paths.push(path);
    }

    fn finish(&mut self, batch: Batch) {
        let Batch { paths, folders, mut rescan, mut rules, at_root } = batch;
        if at_root {
            rules |= self.doubt_root();
        }
        if rules {
            self.links.clear();
            rescan |= self.watch_below(None);
        } else if !folders.is_empty() {
            // What was written before the watch was there has made no event.
            rescan |= self.watch_below(Some(folders));
        }
        self.poll_where_limited();
        if rescan {
            (self.tell)(Hint::Rescan);
        } else if !paths.is_empty() {
            (self.tell)(Hint::Paths(paths));
        }
    }

    /// Watches what is not watched yet, in all of the tree or on the way to and below some folders.
    /// Returns whether there was anything.
    fn watch_below(&mut self, folders: Option<BTreeSet<PathBuf>>) -> bool {
        let before = self.folders.len();
        if !BY_FOLDER {
            let root = self.root.clone();
            self.watch(&root, RecursiveMode::Recursive);
        }
        let root = self.root.clone();
        let enters = move |path: &Path| {
            let near = |folder: &PathBuf| folder.starts_with(path) || path.starts_with(folder);
            folders.as_ref().is_none_or(|folders| folders.iter().any(near))
        };
        loader::visit(&root, enters, |path, entry| match entry {
            Entry::Folder if BY_FOLDER => self.watch(path, RecursiveMode::NonRecursive),
            Entry::Link => self.note_link(path),
            Entry::Folder | Entry::File | Entry::Special => {}
        });
        self.doubt_root();
        if !self.folders.contains(&root) {
            self.limited.get_or_insert_with(|| ABSENT.to_owned());
        }
        self.folders.len() > before
    }

    /// Forgets the root where another folder stands in its place by now, or none; returns whether
    /// that is so. As long as somebody is in a folder, the system does not say that it is removed, but
    /// only that what it held is: so the root is looked at from time to time while it holds nothing.
    fn doubt_root(&mut self) -> bool {
        let root = self.root.clone();
        // Looked at before its identity: if what holds something is the root that is watched, it tells
        // of its end by what it holds.
        if BY_FOLDER && !holds_something(&root) {
            self.limited.get_or_insert_with(|| EMPTY.to_owned());
        }
        let is_lost = self.folders.contains(&root) && identity(&root) != self.watched_root;
        if is_lost {
            self.forget(&root);
        }
        is_lost
    }

    /// Remembers where a link leads, and watches the folder there.
    fn note_link(&mut self, link: &Path) {
        let Ok(target) = loader::target(&self.root, link) else { return };
        if !target.is_file() {
            return;
        }
        if let Some(folder) = target.parent().filter(|it| BY_FOLDER || !it.starts_with(&self.root))
        {
            self.watch(folder, RecursiveMode::NonRecursive);
        }
        self.links.entry(target).or_default().insert(link.to_owned());
    }

    fn watch(&mut self, folder: &Path, mode: RecursiveMode) {
        if self.folders.contains(folder) {
            return;
        }
        let Some(inner) = &mut self.inner else { return };
        if folder == self.root {
            self.watched_root = identity(folder);
        }
        let watched = match self.folders.len() < self.limits.watches {
            true => inner.watch(folder, mode),
            false => Err(notify::Error::new(notify::ErrorKind::MaxFilesWatch)),
        };
        let Err(error) = watched else {
            self.folders.insert(folder.to_owned());
            return;
        };
        // What is gone, and what may not be read, has nothing to tell.
        let kind = match &error.kind {
            notify::ErrorKind::PathNotFound => io::ErrorKind::NotFound,
            notify::ErrorKind::Io(error) => error.kind(),
            _ => io::ErrorKind::Other,
        };
        match kind {
            io::ErrorKind::NotFound => {}
            io::ErrorKind::PermissionDenied if folder != self.root => {}
            _ => {
                self.limited.get_or_insert_with(|| reason(&error));
            }
        }
    }

    fn forget(&mut self, folder: &Path) {
        let gone: Vec<PathBuf> =
            self.folders.iter().filter(|path| path.starts_with(folder)).cloned().collect();
        for path in gone {
            // The watch may be gone with its folder.
            let _ = self.inner.as_mut().map(|inner| inner.unwatch(&path));
            self.folders.remove(&path);
        }
    }

    /// Begins to look at everything where not everything can be watched.
    fn poll_where_limited(&mut self) {
        let Some(reason) = &self.limited else { return };
        if self.poll.is_some() {
            return;
        }
        tracing::warn!(%reason, root = %self.root.display(), "cannot watch every folder");
        self.poll = Some(Poll::new(&self.root, self.limits.interval));
        // A folder that was empty or gone is watched again when it is looked at next.
        let is_passing = [EMPTY, ABSENT].contains(&reason.as_str());
        if !is_passing && !std::mem::replace(&mut self.has_said, true) {
            (self.tell)(Hint::Limited(reason.clone()));
        }
        // It may have changed before it was looked at.
        (self.tell)(Hint::Rescan);
    }

    /// Looks at everything if it is time to, and tries again to watch it.
    fn look(&mut self) {
        let Some(poll) = self.poll.as_mut().filter(|poll| poll.wait().is_zero()) else { return };
        let changed = poll.look(&self.root);
        if !changed.is_empty() {
            (self.tell)(Hint::Paths(changed));
        }
        self.limited = self.inner.is_none().then(|| "there is no watcher".to_owned());
        self.doubt_root();
        let is_new = self.watch_below(None);
        if self.limited.is_none() {
            tracing::info!(root = %self.root.display(), "watching every folder");
            self.poll = None;
        }
        if is_new {
            (self.tell)(Hint::Rescan);
        }
    }
}

/// Tells a folder from others of its name; `None` where there is none, or the system does not say.
#[cfg(unix)]
fn identity(folder: &Path) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt as _;
    folder.metadata().ok().map(|meta| (meta.dev(), meta.ino()))
}

#[cfg(not(unix))]
fn identity(_: &Path) -> Option<(u64, u64)> {
    None
}

fn holds_something(folder: &Path) -> bool {
    fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some())
}

/// Why a folder cannot be watched, for a person who can change that.
fn reason(error: &notify::Error) -> String {
    match &error.kind {
        notify::ErrorKind::Io(why) if why.raw_os_error() == Some(NO_MORE_FILES) => {
            "the system allows no more watchers (fs.inotify.max_user_instances), or this process no more open files"
                .to_owned()
        }
        notify::ErrorKind::MaxFilesWatch => {
            "the system allows no more watches (fs.inotify.max_user_watches)".to_owned()
        }
        _ => error.to_string(),
    }
}
