//! For whom a request is carried out.

use std::fmt;
use std::path::Path;
use std::time::Duration;

use lockstep_analysis::operation::Code;
use serde::{Deserialize, Serialize};

use crate::workspace::commit::{Claiming, CommitError};

/// How long a command waits for somebody else's transaction.
pub const DEADLINE: Duration = Duration::from_secs(10);

/// Why a file of the workspace at a root must be left alone by what would be done to it.
pub type Spare<'a> = dyn Fn(&Path, &str, Touch) -> Option<String> + 'a;

/// What would be done to a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Touch {
    /// It would have another text, into which what is typed can be merged.
    Write,
    /// It would be gone from where it is.
    TakeAway,
}

/// What whoever waits for a commit is told meanwhile.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Interim {
    /// How many of how many tasks are planned.
    Progress(usize, usize),
    /// What is to be known, though it keeps nothing from being done.
    Warning(String),
}

impl Interim {
    /// Where nobody waits, the log keeps what is to be known.
    pub fn log(self) {
        if let Interim::Warning(warning) = self {
            tracing::warn!("{warning}");
        }
    }
}

/// Tells somebody.
pub type TellInterim<'a> = dyn Fn(Interim) + 'a;

/// For whom something is committed, and what must not be touched for it.
pub struct Terms<'a> {
    /// Who, for the history.
    pub who: String,
    /// By what the history can tell this from anything else, where that is asked for.
    pub key: Option<String>,
    /// The digest of the plan that was approved, where only that may be carried out.
    pub approved: Option<String>,
    /// What the claims of others mean for it.
    pub claiming: Claiming,
    /// How long to wait for somebody else's transaction.
    pub deadline: Duration,
    /// Why a file must be left alone, with what can be done about it; `None` where it need not.
    pub spare: &'a Spare<'a>,
    /// Told how far it is, and what is to be known.
    pub tell: &'a TellInterim<'a>,
}

impl fmt::Debug for Terms<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Terms").field("who", &self.who).finish_non_exhaustive()
    }
}

impl Terms<'_> {
    /// For a command that `who` gives, with every file free.
    pub fn of(who: String) -> Terms<'static> {
        let (key, approved) = (None, None);
        let spare = &|_: &Path, _: &str, _: Touch| None;
        let claiming = Claiming::default();
        Terms { who, key, approved, claiming, deadline: DEADLINE, spare, tell: &Interim::log }
    }

    pub(super) fn check<'p>(
        &self,
        root: &Path,
        files: impl IntoIterator<Item = (&'p str, Touch)>,
    ) -> Result<(), CommitError> {
        let spare = |(path, touch)| (self.spare)(root, path, touch);
        let reasons: Vec<String> = files.into_iter().filter_map(spare).collect();
        match reasons.is_empty() {
            true => Ok(()),
            false => Err(CommitError::told(Code::UnsavedElsewhere, reasons.join("; "), "")),
        }
    }
}

/// Who uses this machine, for the history.
pub fn user() -> String {
    let of_system = || ["USER", "LOGNAME", "USERNAME"].iter().find_map(|name| told(name));
    named_user().or_else(of_system).unwrap_or_else(|| "somebody".to_owned())
}

/// Who somebody says that they are: of several programs of one user, each may.
pub fn named_user() -> Option<String> {
    told("LOCKSTEP_WHO")
}

fn told(variable: &str) -> Option<String> {
    std::env::var(variable).ok().filter(|value| !value.is_empty())
}
