//! What a command asks about a workspace, as plain data, so that a process which has read the files
//! already can answer.

use std::collections::BTreeSet;

use lockstep_analysis::snapshot::CONFIG;
use serde::{Deserialize, Serialize};

use crate::report::next::{self, NextReport};
use crate::report::{Fixes, ReportedFinding};
use crate::workspace::commit::{Claims, CommitError};
use crate::workspace::local::LocalWorkspace;

/// A question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Question {
    /// What can begin, with who holds it.
    Next,
    /// What is found in files, or about places in them: errors and warnings.
    Findings {
        /// The files, relative to the root.
        files: BTreeSet<String>,
    },
}

/// What is answered.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// What can begin.
    Next(NextReport),
    /// What is found.
    Findings {
        /// Those of the files in which tasks are kept.
        files: BTreeSet<String>,
        /// In order of path and place.
        found: Vec<ReportedFinding>,
    },
}

impl Question {
    /// The answer, by what a workspace says.
    pub fn answer(&self, workspace: &LocalWorkspace) -> Result<Answer, CommitError> {
        let analysis = workspace.analysis();
        match self {
            Question::Next => {
                let mut report = next::next(analysis)?;
                Claims::at(workspace.folder()).tell_holders(analysis, &mut report.tasks);
                Ok(Answer::Next(report))
            }
            Question::Findings { files } => {
                let index = &analysis.index;
                let has_role = |path: &&String| *path == CONFIG || index.document(path).is_some();
                let files: BTreeSet<String> = files.iter().filter(has_role).cloned().collect();
                let mut found = Vec::new();
                if !files.is_empty() {
                    found = workspace.check(Fixes::Offered).diagnostics;
                    found.retain(|finding| concerns(finding, &files));
                }
                Ok(Answer::Findings { files, found })
            }
        }
    }
}

/// Whether a finding is certain enough, and in one of these files or about a place in one.
fn concerns(finding: &ReportedFinding, files: &BTreeSet<String>) -> bool {
    finding.severity != "info"
        && (files.contains(&finding.path)
            || finding.related.iter().any(|related| files.contains(&related.path)))
}
