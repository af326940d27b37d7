//! Which workspace a call is about, and how it is read and changed.

use std::path::{Path, PathBuf};

use crate::daemon::remote::{self, OrderFailure, Ordered};
use crate::mcp::failure::ToolFailure;
use crate::workspace::commit::{self, CommitAction, CommitRequest, Interim};
use crate::workspace::local::LocalWorkspace;
use crate::workspace::order::{Deed, Done, Order};
use crate::workspace::{clock, root};

/// By which a client names the folder of its project.
const PROJECT_VARIABLE: &str = "CLAUDE_PROJECT_DIR";

/// How the server was started.
#[derive(Clone, Debug, Default)]
pub struct McpOptions {
    /// The workspace's folder, where that was named.
    pub root: Option<PathBuf>,
    /// Whether the daemon is left alone.
    pub alone: bool,
}

/// The workspace that a call is about, and for whom it is made.
#[derive(Clone, Debug)]
pub(super) struct CallFolder {
    pub(super) root: PathBuf,
    /// For the history.
    pub(super) who: String,
    alone: bool,
}

impl CallFolder {
    /// The workspace at the folder `named` in a call; else the one that the server was started with,
    /// that the client's environment names, or of the current folder.
    pub(super) fn find(
        options: &McpOptions,
        named: Option<&str>,
        who: &str,
    ) -> Result<CallFolder, ToolFailure> {
        let here = || std::env::current_dir().map_err(|error| unfound(&error.to_string()));
        let of_client = || std::env::var_os(PROJECT_VARIABLE).filter(|it| !it.is_empty());
        let start = match (named, &options.root) {
            (Some(named), _) => here()?.join(named),
            (None, Some(root)) => root.clone(),
            (None, None) => match of_client() {
                Some(folder) => PathBuf::from(folder),
                None => here()?,
            },
        };
        let is_named = named.is_some() || options.root.is_some();
        let found = start
            .canonicalize()
            .map_err(|error| unfound(&format!("{}: {error}", start.display())))?;
        if !found.is_dir() {
            return Err(unfound(&format!("{} is not a folder", start.display())));
        }
        let root = if is_named { found } else { root::root_above(&found) };
        Ok(CallFolder { root, who: who.to_owned(), alone: options.alone })
    }

    /// The workspace as it is on disk now. One without task files is none.
    pub(super) fn read(&self) -> Result<LocalWorkspace, ToolFailure> {
        let read = commit::undisturbed(&self.root, || LocalWorkspace::open_once(&self.root))?;
        let workspace = read.map_err(|error| unfound(&error.to_string()))?;
        if workspace.analysis().index.docs.is_empty() {
            let looks_for = workspace.analysis().profile.looks_for();
            let reason = format!("no task files in {}; {looks_for}", self.root.display());
            return Err(unfound(&reason));
        }
        Ok(workspace)
    }

    /// A request of now.
    pub(super) fn request(action: CommitAction) -> CommitRequest {
        CommitRequest { at: clock::now(), action }
    }

    /// An order about this workspace.
    pub(super) fn order(&self, deed: Deed) -> Order {
        Order::new(&self.root, self.who.clone(), deed)
    }

    /// Has an order carried out: by the daemon where one runs, else here.
    pub(super) fn carry_out(&self, order: &Order) -> Result<Done, ToolFailure> {
        if !self.alone {
            match remote::carry_out(order, "lockstep mcp", &|| {}, &Interim::log) {
                Ok(Ordered::Done(done)) => return Ok(done),
                Ok(Ordered::Nobody) => {}
                Ok(Ordered::Unreachable(error)) => tracing::warn!(%error, "no daemon"),
                Err(failure) => return Err(of_order(failure)),
            }
        }
        let opened = LocalWorkspace::open(&self.root);
        let mut workspace = opened.map_err(|error| unfound(&error.to_string()))?;
        commit::finish(&self.root)?;
        Ok(order.carry_out(&mut workspace, &|_: &Path, _: &str, _| None, &Interim::log)?)
    }
}

fn unfound(reason: &str) -> ToolFailure {
    let remedy = "call again with `root`: the absolute path of the repository";
    ToolFailure {
        reason: Some(reason.to_owned()),
        ..ToolFailure::new("no-workspace", "no workspace is found", remedy)
    }
}

fn of_order(failure: OrderFailure) -> ToolFailure {
    let unsure = |reason: String| ToolFailure {
        reason: Some(reason),
        ..ToolFailure::new(
            "unsure",
            "the daemon does not answer, and the result of the change is not known",
            "read the task again before you repeat the call",
        )
    };
    match failure {
        OrderFailure::Failed(error) => error.into(),
        OrderFailure::Unsure { pid, why } => unsure(format!("process {pid}: {why}")),
        OrderFailure::Lost(error) => unsure(error.to_string()),
        OrderFailure::Threads(error) => ToolFailure::internal(format!("no thread: {error}")),
    }
}
