//! A workspace in this process: reads the files, keeps the analysis of them.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use lockstep_analysis::features::hover;
use lockstep_analysis::model::FilePath;
use lockstep_analysis::profile::config::{self, Config};
use lockstep_analysis::profile::{Profile, detect};
use lockstep_analysis::{Analysis, AnalysisHost, Change, Existence, rules};
use lockstep_store::loader::{self, Presence};

use crate::report::{self, CheckReport, TaskFilter, TaskList, TransitionReport};
use crate::workspace::{Trouble, Workspace};

/// The configuration's file name, in the root.
pub const CONFIG: &str = "lockstep.toml";

/// A workspace whose files this process reads.
#[derive(Debug)]
pub struct LocalWorkspace {
    root: PathBuf,
    host: AnalysisHost,
    analysis: Analysis,
    /// Paths with a role that are on disk.
    files: BTreeSet<String>,
}

impl LocalWorkspace {
    /// Reads everything below `root`.
    pub fn open(root: &Path) -> io::Result<LocalWorkspace> {
        let root = root.canonicalize().map_err(|error| {
            io::Error::new(error.kind(), format!("{}: {error}", root.display()))
        })?;
        if !root.is_dir() {
            let message = format!("{}: not a folder", root.display());
            return Err(io::Error::new(io::ErrorKind::NotADirectory, message));
        }
        let (profile, config) = setup(&root);
        let mut host = AnalysisHost::new(profile, config);
        let analysis = host.analysis();
        let mut workspace = LocalWorkspace { root, host, analysis, files: BTreeSet::new() };
        workspace.rescan();
        Ok(workspace)
    }

    /// The state as it is now.
    pub fn analysis(&self) -> &Analysis {
        &self.analysis
    }

    /// The workspace's folder.
    pub fn folder(&self) -> &Path {
        &self.root
    }

    /// Reads the whole workspace again; files that have not changed cost only their reading.
    pub fn rescan(&mut self) {
        let profile = self.analysis.profile.clone();
        let found = loader::files(&self.root, &|path| profile.role_of(path).is_some());
        let now: BTreeSet<String> = found.into_iter().collect();
        let gone: Vec<String> = self.files.difference(&now).cloned().collect();
        let all = now.iter().chain(&gone).cloned().collect::<Vec<_>>();
        self.files = now;
        self.apply(all.iter().map(String::as_str));
    }

    /// Reads these files again, given relative to the root. Whether one of them is the
    /// configuration, a new file or a removed one is found out here.
    pub fn refresh<'a>(&mut self, paths: impl IntoIterator<Item = &'a str>) {
        let paths: BTreeSet<&str> = paths.into_iter().collect();
        if paths.contains(CONFIG) {
            self.reconfigure();
            return;
        }
        let profile = self.analysis.profile.clone();
        let with_role: Vec<&str> =
            paths.iter().copied().filter(|path| profile.role_of(path).is_some()).collect();
        let known: Vec<(String, Existence)> = paths
            .iter()
            .filter(|path| self.analysis.existence(path).is_some())
            .map(|path| ((*path).to_owned(), self.existence(path)))
            .collect();
        if !known.is_empty() {
            self.host.apply_change(Change { known, ..Change::default() });
        }
        for path in &with_role {
            if self.root.join(path).is_file() {
                self.files.insert((*path).to_owned());
            } else {
                self.files.remove(*path);
            }
        }
        self.apply(with_role);
    }

    /// Reads configuration and profile again, and then everything.
    pub fn reconfigure(&mut self) {
        let setup = setup(&self.root);
        self.host.apply_change(Change { setup: Some(setup), ..Change::default() });
        self.analysis = self.host.analysis();
        self.rescan();
    }

    fn apply<'a>(&mut self, paths: impl IntoIterator<Item = &'a str>) {
        let mut change = Change::default();
        for path in paths {
            let text = match self.files.contains(path).then(|| loader::read(&self.root.join(path))) {
                Some(Ok(file)) => Some(file.text),
                Some(Err(error)) => {
                    tracing::warn!(%error, "a file cannot be read");
                    None
                }
                None => None,
            };
            change.files.push((FilePath::new(path), text));
        }
        self.host.apply_change(change);
        self.analysis = self.host.analysis();
        let unknown = self.analysis.unknown_paths();
        if !unknown.is_empty() {
            let known = unknown.into_iter().map(|path| {
                let existence = self.existence(&path);
                (path, existence)
            });
            let known = known.collect();
            self.host.apply_change(Change { known, ..Change::default() });
            self.analysis = self.host.analysis();
        }
    }

    fn existence(&self, path: &str) -> Existence {
        match loader::presence(&self.root.join(path)) {
            Presence::Present => Existence::Present,
            Presence::Empty => Existence::Empty,
            Presence::Absent => Existence::Absent,
        }
    }
}

/// Profile and configuration of a root: what `lockstep.toml` says, else what the files look like.
fn setup(root: &Path) -> (Arc<Profile>, Config) {
    let text = loader::read(&root.join(CONFIG)).ok();
    let config = match text {
        Some(file) => config::parse(&file.text, &rules::ids()),
        None => Config::default(),
    };
    let profile = config.profile.clone().unwrap_or_else(|| {
        let paths = loader::files(root, &|path| path.ends_with(".md") || path.ends_with(".json"));
        let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
        let read = |path: &str| loader::read(&root.join(path)).ok().map(|f| f.text.to_string());
        detect::detect(&paths, &read)
    });
    (profile, config)
}

impl Workspace for LocalWorkspace {
    fn root(&self) -> &Path {
        &self.root
    }

    fn check(&self) -> CheckReport {
        report::check(&self.analysis, &self.root.to_string_lossy())
    }

    fn tasks(&self, filter: &TaskFilter) -> Result<TaskList, Trouble> {
        report::list(&self.analysis, filter).map_err(Trouble::Usage)
    }

    fn describe(&self, task: &str) -> Result<String, Trouble> {
        let found = self
            .analysis
            .task(task)
            .ok_or_else(|| Trouble::NotFound(format!("there is no task `{task}`")))?;
        let link = |path: &FilePath, line: u32| format!("{path}#L{line}");
        Ok(hover::describe(&self.analysis, found, &link))
    }

    fn transitions(
        &self,
        task: &str,
        phase: Option<&str>,
    ) -> Result<Vec<TransitionReport>, Trouble> {
        report::transitions(&self.analysis, task, phase).map_err(Trouble::NotFound)
    }
}
