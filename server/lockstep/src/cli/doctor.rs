//! `doctor`: what the machine and the file system allow.

use lockstep_store::doctor;

use crate::cli::output::{YELLOW, one_line, paint};
use crate::cli::{Context, Exit, UserError};
use crate::workspace::commit::{self, CommitError};

#[derive(Debug, clap::Args)]
pub(super) struct Args {}

pub(super) fn run(cx: &mut Context, Args {}: Args) -> Result<Exit, UserError> {
    let root = cx.root()?;
    let store = commit::open_store(&root)?;
    let report = doctor::examine(&store).map_err(CommitError::from)?;
    cx.out.line(&format!("workspace    {}", one_line(&root.display().to_string())))?;
    cx.out
        .line(&format!("file system  {}, {} bytes free", report.mount.kind, report.mount.free))?;
    let tier = report.tier.as_deref().unwrap_or("not tested yet: the first transaction tests it");
    cx.out.line(&format!("tier         {tier}"))?;
    if let Some(holder) = &report.holder {
        cx.out.line(&format!("lock         last held by {}", one_line(&holder.to_string())))?;
    }
    for id in &report.pending {
        cx.out.line(&format!("unfinished   {}", one_line(id)))?;
    }
    for name in &report.conflicts {
        cx.out.line(&format!("kept copy    .lockstep/conflicts/{}", one_line(name)))?;
    }
    for strange in &report.strange {
        let strange = one_line(&strange.to_string());
        cx.out.line(&format!("{} {strange}", paint(YELLOW, "not used:")))?;
    }
    for warning in &report.warnings {
        cx.out.line(&format!("{} {}", paint(YELLOW, "note:"), one_line(warning)))?;
    }
    Ok(Exit::Done)
}
