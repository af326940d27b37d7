//! A workspace in this process: reads the files, keeps the analysis of them.

mod content;
mod doubts;
mod editing;
mod held;
mod listing;
mod overlays;
mod parallel;
mod reading;
mod size_budget;

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::SystemTime;

use lockstep_analysis::model::{Document, FilePath};
use lockstep_analysis::profile::config::{self, Config};
use lockstep_analysis::profile::instances::Instances;
pub use lockstep_analysis::snapshot::CONFIG;

use lockstep_analysis::snapshot::{base::Base, earlier::EarlierLines, worktrees::Worktree};
use lockstep_analysis::{Analysis, AnalysisHost, Change, Existence, rules};
use lockstep_store::loader::finder::{Finder, Found, LookMoment};
use lockstep_store::loader::{self, Entry, UnreadPath};
use lockstep_store::parallel::each;

use crate::report::{self, CheckReport, Fixes};
use crate::workspace::local::doubts::FileSubjects;
pub use crate::workspace::local::doubts::{Doubt, Why};
pub use crate::workspace::local::held::HeldText;
pub use crate::workspace::local::overlays::{OpenTextState, Unsaved};

use crate::workspace::local::overlays::Overlays;
use crate::workspace::local::reading::FolderReading;
use crate::workspace::local::size_budget::SizeBudget;
use crate::workspace::setup::{self, Setup};

/// A workspace whose files this process reads. Clones share what neither has changed.
#[derive(Clone, Debug)]
pub struct LocalWorkspace {
    root: PathBuf,
    /// When it was looked at first.
    opened: SystemTime,
    host: AnalysisHost,
    analysis: Analysis,
    /// What was found at the last look at everything.
    found: Arc<Found>,
    /// From what `files` was made, as long as nothing else has had a say in it.
    listed: Option<Arc<Found>>,
    /// How much more may be read.
    budget: SizeBudget,
    /// Paths with a role that are on disk. Of several names of one file only one is here.
    files: Arc<BTreeSet<String>>,
    /// Of which tasks they may say something.
    subjects: Arc<OnceLock<FileSubjects>>,
    /// Files that are read through a link, by canonical path, with the link.
    aliases: Arc<Aliases>,
    /// Whether a link may be a file with a role.
    has_links: bool,
    /// A look after which every file was read of which nothing has been told since.
    basis: Option<LookMoment>,
    /// Files that stay as they were read before that.
    left_out: BTreeSet<String>,
    /// Texts that stand in for what is on disk.
    overlays: Overlays,
    /// Folders below the root that are workspaces of their own.
    nested: BTreeSet<String>,
    /// What was read, and where there was anything to read.
    reading: Arc<FolderReading>,
    /// What could not be read when the profile was chosen.
    unread_at_setup: Vec<UnreadPath>,
    /// The size of what there is to read, in bytes, since that was found to be too much.
    too_large: Option<u64>,
    /// The last profile and configuration without a mistake, which hold while there is one.
    sound: Option<(Instances, Config)>,
}

/// What `lockstep.toml` of a workspace says.
pub fn config_of(root: &Path) -> Config {
    setup::config(root, None)
}

/// More than this is not read of one workspace, in bytes. What is made of a text takes several times as
/// much.
const SIZE_LIMIT: u64 = 256 * 1024 * 1024;

/// No more files than these are read by one thread while another could read some.
const FEW: usize = 64;

/// Canonical paths of files that have another name in a workspace.
pub type Aliases = BTreeMap<PathBuf, String>;

/// Whether a text that looks half-written is taken in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Taking {
    Everything,
    /// Everything too, but what nobody has written to since it was read is not read again.
    Written,
    /// What is whole; and nothing again that nobody has written to.
    Whole,
}

impl LocalWorkspace {
    /// Reads everything below `root`.
    pub fn open(root: &Path) -> io::Result<LocalWorkspace> {
        LocalWorkspace::open_with(root, Finder::new)
    }

    /// As [`LocalWorkspace::open`], for whoever looks at it once and changes nothing.
    pub fn open_once(root: &Path) -> io::Result<LocalWorkspace> {
        LocalWorkspace::open_with(root, Finder::once)
    }

    /// As [`LocalWorkspace::open`], for whoever looks often whether something has changed: what the
    /// system vouches for is not looked at then.
    pub fn open_watched(root: &Path) -> io::Result<LocalWorkspace> {
        LocalWorkspace::open_with(root, Finder::with_witness)
    }

    fn open_with(root: &Path, finder: fn(&Path) -> Finder) -> io::Result<LocalWorkspace> {
        let root = root.canonicalize().map_err(|error| {
            io::Error::new(error.kind(), format!("{}: {error}", root.display()))
        })?;
        if !root.is_dir() {
            let message = format!("{}: not a folder", root.display());
            return Err(io::Error::new(io::ErrorKind::NotADirectory, message));
        }
        let opened = SystemTime::now();
        let reading = Arc::new(FolderReading::new(finder(&root)));
        let setup = reading.setup(&root, None);
        let found = setup.found.unwrap_or_else(|| reading.find());
        let is_sound = setup.config.problems.is_empty();
        let sound = is_sound.then(|| (setup.instances.clone(), setup.config.clone()));
        let mut host = AnalysisHost::new(setup.instances, setup.config);
        let analysis = host.analysis();
        let mut workspace = LocalWorkspace {
            overlays: Overlays::new(&root, reading.clone()),
            reading,
            root,
            opened,
            host,
            analysis,
            found: Arc::default(),
            listed: None,
            budget: SizeBudget::new(SIZE_LIMIT),
            files: Arc::default(),
            subjects: Arc::default(),
            aliases: Arc::default(),
            has_links: false,
            basis: None,
            left_out: BTreeSet::new(),
            nested: BTreeSet::new(),
            unread_at_setup: setup.unread,
            too_large: None,
            sound,
        };
        // What was read to choose the profile is not read again.
        workspace.apply_found(found, Taking::Written);
        workspace.tell_editing();
        Ok(workspace)
    }

    /// The state as it is now.
    pub fn analysis(&self) -> &Analysis {
        &self.analysis
    }

    /// Runs the rules now, on all processors, if they are still to be run.
    pub fn judge(&self) {
        parallel::judge(&self.analysis);
    }

    /// All findings.
    pub fn check(&self, fixes: Fixes) -> CheckReport {
        self.judge();
        report::check(&self.analysis, &self.root.to_string_lossy(), fixes)
    }

    /// The files that are read through a link.
    pub fn aliases(&self) -> &Arc<Aliases> {
        &self.aliases
    }

    /// The workspace's folder.
    pub fn folder(&self) -> &Path {
        &self.root
    }

    /// Reads the whole workspace again; files that have not changed cost only their reading.
    pub fn rescan(&mut self) {
        self.overlays.look(None, Taking::Everything);
        self.find_and_apply(Taking::Everything);
        self.tell_editing();
    }

    /// Reads the whole workspace again, but leaves texts as they were that look half-written now:
    /// those that are empty, gone or have problems which the text before had not. Returns their
    /// paths, to be given to [`LocalWorkspace::refresh`] a little later.
    #[must_use = "what is left out must be read later"]
    pub fn rescan_whole(&mut self) -> Vec<String> {
        self.detect_again();
        let mut left_out = self.overlays.look(None, Taking::Whole);
        let doubtful = self.settle_config(Taking::Whole);
        self.settle_profile();
        left_out.extend(self.find_and_apply(Taking::Whole));
        left_out.extend(doubtful.then(|| CONFIG.to_owned()));
        self.tell_editing();
        left_out
    }

    /// Reads these files again, given relative to the root. Whether one of them is the
    /// configuration, a new file or a removed one is found out here. A file with an overlay keeps
    /// it.
    pub fn refresh<'a>(&mut self, paths: impl IntoIterator<Item = &'a str>) {
        let paths: BTreeSet<&str> = paths.into_iter().collect();
        self.overlays.look(Some(&paths), Taking::Everything);
        self.refresh_and_apply(paths, Taking::Everything);
        self.tell_editing();
    }

    /// As [`LocalWorkspace::refresh`], but leaves out what [`LocalWorkspace::rescan_whole`] does.
    #[must_use = "what is left out must be read later"]
    pub fn refresh_whole<'a>(&mut self, paths: impl IntoIterator<Item = &'a str>) -> Vec<String> {
        let paths: BTreeSet<&str> = paths.into_iter().collect();
        let is_new = |path: &&&str| !self.files.contains(**path);
        if paths.iter().filter(is_new).any(|path| setup::may_hold_tasks(path)) {
            self.detect_again();
        }
        let mut left_out = self.overlays.look(Some(&paths), Taking::Whole);
        left_out.extend(self.refresh_and_apply(paths, Taking::Whole));
        self.tell_editing();
        left_out
    }

    /// Looks for other profiles: with the first files it may turn out how they are kept. One by which
    /// there are tasks stays, whatever is being saved right now; others may come at folders of theirs.
    fn detect_again(&mut self) {
        if self.analysis.config.instances().is_some() {
            return;
        }
        let has_tasks = !self.analysis.index.tasks.is_empty();
        if has_tasks && Arc::ptr_eq(&self.found, &self.reading.find()) {
            return;
        }
        let overlay = self.overlays.get(CONFIG).map(|text| &**text);
        let mut setup = self.reading.setup(&self.root, overlay);
        if has_tasks {
            setup.instances = self.analysis.instances.and(&setup.instances);
        }
        if !setup.instances.names_the_same(&self.analysis.instances) {
            self.set_up(setup);
        }
    }

    /// Takes in how tasks stood at the commit that is compared with.
    pub fn set_base(&mut self, base: Option<Base>) {
        self.host.set_base(base);
        self.analysis = self.host.analysis();
    }

    /// Takes in what lines were before changes replaced them.
    pub fn set_earlier(&mut self, earlier: EarlierLines) {
        self.host.set_earlier(earlier);
        self.analysis = self.host.analysis();
    }

    /// Takes in what the other worktrees of the repository say.
    pub fn set_worktrees(&mut self, worktrees: Vec<Worktree>) {
        self.host.set_worktrees(worktrees);
        self.analysis = self.host.analysis();
    }

    /// Lets what is the same as for one of `others` be found once for both, or adds what is not.
    pub fn share(&mut self, others: &mut Vec<Analysis>) {
        match others.iter().find(|other| other.is_same(&self.analysis)) {
            Some(other) => self.analysis = other.clone(),
            None => others.push(self.analysis.clone()),
        }
    }

    /// Takes over what `disk` has read, which is the same folder without texts that stand in for
    /// files and without folders that are left out: both stay as they are here.
    pub fn adopt(&mut self, disk: &LocalWorkspace) {
        self.host = disk.host.clone();
        self.analysis = disk.analysis.clone();
        self.found = disk.found.clone();
        self.budget = disk.budget.clone();
        self.listed = None;
        self.files = disk.files.clone();
        self.subjects = disk.subjects.clone();
        self.aliases = disk.aliases.clone();
        self.has_links = disk.has_links;
        self.basis = disk.basis;
        self.left_out.clone_from(&disk.left_out);
        self.unread_at_setup.clone_from(&disk.unread_at_setup);
        self.too_large = disk.too_large;
        self.sound.clone_from(&disk.sound);
        self.overlays.see(&disk.analysis);
        if !self.nested.is_empty() {
            let nested = self.nested.clone();
            self.files_mut().retain(|path| !is_below(path, &nested));
            Arc::make_mut(&mut self.aliases).retain(|_, link| !is_below(link, &self.nested));
        }
        let files = disk.files.iter().map(String::as_str);
        let nested: Vec<&str> = files.filter(|path| is_below(path, &self.nested)).collect();
        self.apply(nested, Taking::Everything);
        let overlaid: Vec<String> = self.overlays.paths().cloned().collect();
        self.refresh_and_apply(overlaid.iter().map(String::as_str).collect(), Taking::Everything);
        self.tell_editing();
    }

    /// Leaves out what lies in these folders below the root, from the next look at everything on:
    /// they are workspaces of their own. Returns whether that is new.
    pub fn leave_out(&mut self, folders: BTreeSet<String>) -> bool {
        let is_new = self.nested != folders;
        self.nested = folders;
        self.listed = None;
        is_new
    }

    /// Reads configuration and profile again, and then everything. While there is a mistake in the
    /// configuration, what it said before holds, with the mistake.
    pub fn reconfigure(&mut self) {
        let overlay = self.overlays.get(CONFIG).map(|text| &**text);
        let setup = self.reading.setup(&self.root, overlay);
        self.set_up(setup);
    }

    fn set_up(&mut self, setup: Setup) {
        self.listed = None;
        self.unread_at_setup = setup.unread;
        let (mut instances, mut config) = (setup.instances, setup.config);
        if config.problems.is_empty() {
            self.sound = Some((instances.clone(), config.clone()));
        } else if let Some((known, sound)) = self.sound.clone() {
            instances = known;
            config = Config { problems: config.problems, text: config.text, ..sound };
        }
        let setup = Some((instances, config));
        self.host.apply_change(Change { setup, ..Change::default() });
        self.analysis = self.host.analysis();
        self.rescan();
    }

    /// Chooses the profile again where it was chosen without what can be read by now.
    fn settle_profile(&mut self) {
        if self.unread_at_setup.is_empty() {
            return;
        }
        let overlay = self.overlays.get(CONFIG).map(|text| &**text);
        let setup = self.reading.setup(&self.root, overlay);
        if setup.unread != self.unread_at_setup {
            self.reconfigure();
        }
    }

    /// Reads the configuration again if it says something else. Returns whether it looks
    /// half-written and so is left as it was.
    fn settle_config(&mut self, taking: Taking) -> bool {
        let overlay = self.overlays.get(CONFIG).map(|text| &**text);
        let text = setup::config_text(&self.root, overlay);
        let old = &self.analysis.config;
        match &text {
            Ok(text) if *text == old.text && !old.is_unread() => return false,
            Err(reason) if old.is_unread() && old.problems[0].message == *reason => return false,
            _ => {}
        }
        let text = text.unwrap_or_default();
        let was_whole = !old.text.trim().is_empty() && old.problems.is_empty();
        if taking == Taking::Whole && overlay.is_none() && was_whole {
            let is_broken = || !config::parse(&text, &rules::ids()).problems.is_empty();
            if text.trim().is_empty() || is_broken() {
                return true;
            }
        }
        self.reconfigure();
        false
    }

    fn refresh_and_apply(&mut self, mut paths: BTreeSet<&str>, taking: Taking) -> Vec<String> {
        self.reading.hear();
        if paths.remove(CONFIG) && self.settle_config(taking) {
            let mut left_out = self.refresh_and_apply(paths, taking);
            left_out.push(CONFIG.to_owned());
            return left_out;
        }
        let instances = &self.analysis.instances;
        let with_role: Vec<&str> =
            paths.iter().copied().filter(|path| instances.has_role(path)).collect();
        let known: Vec<(String, Existence)> = paths
            .iter()
            .filter(|path| self.analysis.existence(path).is_some())
            .map(|path| ((*path).to_owned(), self.existence(path)))
            .filter(|(path, now)| self.analysis.existence(path) != Some(*now))
            .collect();
        if !known.is_empty() {
            self.host.apply_change(Change { known, ..Change::default() });
            self.analysis = self.host.analysis();
        }
        for path in &with_role {
            let full = self.root.join(path);
            let target = self.aliases.iter().find(|(_, link)| link == path).map(|it| it.0.clone());
            let is_elsewhere =
                |was: &PathBuf| loader::target(&self.root, &full).ok() != Some(was.clone());
            let moved = target.as_ref().is_some_and(is_elsewhere);
            if moved || full.is_dir() || full.symlink_metadata().is_err() {
                self.files_mut().remove(*path);
                self.listed = None;
                if target.is_some() {
                    // Another link may take its place.
                    return self.find_and_apply(taking);
                }
            } else if !self.files.contains(*path) {
                self.listed = None;
                match loader::finds(&self.root, path) {
                    Some(Entry::Link) => self.add_link((*path).to_owned()),
                    Some(Entry::File | Entry::Special) => {
                        self.files_mut().insert((*path).to_owned());
                    }
                    Some(Entry::Folder) | None => {}
                }
            }
        }
        if with_role.is_empty() { Vec::new() } else { self.apply(with_role, taking) }
    }

    fn apply<'a>(
        &mut self,
        paths: impl IntoIterator<Item = &'a str>,
        taking: Taking,
    ) -> Vec<String> {
        if let Some(left_out) = self.still_too_large(taking) {
            return left_out;
        }
        let mut change = Change::default();
        let mut left_out = Vec::new();
        let mut is_gone = false;
        let before = self.analysis.clone();
        let paths: Vec<&str> = paths.into_iter().collect();
        let budget = &self.budget;
        let looked = each(&paths, FEW, |path| {
            if budget.is_over() {
                return None;
            }
            let content = self.content(path, taking);
            let old = self.analysis.index.document(path).map(|(_, document)| document.content());
            budget.take(old.as_ref(), content.as_ref());
            (content != old).then_some(content)
        });
        if self.budget.is_over() {
            self.give_up();
            return left_out;
        }
        let other = paths.into_iter().zip(looked);
        for (path, content) in other.filter_map(|(path, content)| Some((path, content?))) {
            let old = self.analysis.index.document(path).map(|(_, document)| document);
            let whole = taking == Taking::Whole && !is_below(path, &self.nested);
            match (whole.then_some(old).flatten(), content) {
                (Some(_), None) => {
                    is_gone = true;
                    left_out.push(path.to_owned());
                }
                (Some(old), Some(now)) => match old.with_content(now) {
                    Some(new) if is_doubtful(old, &new) => left_out.push(path.to_owned()),
                    new => change.read.extend(new.map(Arc::new)),
                },
                (None, content) => change.files.push((FilePath::new(path), content)),
            }
        }
        if is_gone {
            // A file that has another name now is not there twice meanwhile.
            let is_new = |path: &FilePath| self.analysis.index.document(path.as_str()).is_none();
            let (new, rest) = change.files.into_iter().partition(|(path, _)| is_new(path));
            change.files = rest;
            left_out.extend(Vec::from_iter(new).into_iter().map(|(path, _)| path.to_string()));
        }
        parallel::read_new(&self.analysis, &mut change);
        if !change.files.is_empty() || !change.read.is_empty() {
            self.host.apply_change(change);
            self.analysis = self.host.analysis();
        }
        let unknown = self.analysis.unknown_paths_since(&before);
        if !unknown.is_empty() {
            let known = unknown.into_iter().map(|path| {
                let existence = self.existence(&path);
                (path, existence)
            });
            let known = known.collect();
            self.host.apply_change(Change { known, ..Change::default() });
            self.analysis = self.host.analysis();
        }
        left_out
    }
}

/// Whether a text looks as if somebody were still writing it: editors empty or remove a file before
/// they write it.
fn is_doubtful(old: &Document, new: &Document) -> bool {
    if new.text.is_blank() {
        return old.facts.problems.is_empty() && !old.text.is_blank();
    }
    old.facts.problems.is_empty() && !new.facts.problems.is_empty()
}

/// Whether `path` lies in one of `folders`.
fn is_below(path: &str, folders: &BTreeSet<String>) -> bool {
    folders
        .iter()
        .any(|folder| path.strip_prefix(&**folder).is_some_and(|rest| rest.starts_with('/')))
}

#[cfg(test)]
mod tests;
