//! `recover`: carries to its end what a crash left unfinished.

use crate::cli::output::{Bar, one_line};
use crate::cli::{Context, Exit, OutputFormat, UserError};
use crate::workspace::commit::{self, CommitError};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Use a `.lockstep` folder that was copied or restored from elsewhere
    #[arg(long)]
    adopt: bool,
}

pub(super) fn run(cx: &mut Context, Args { adopt }: Args) -> Result<Exit, UserError> {
    let root = cx.root()?;
    let store = commit::open_store(&root)?;
    if adopt {
        store.adopt().map_err(CommitError::from)?;
    }
    if commit::is_swept(&root)? {
        cx.out.line("nothing to recover")?;
        return Ok(Exit::Done);
    }
    let bar = Bar::new(OutputFormat::Text);
    let locked = commit::begin(&[&store], commit::DEADLINE, &|told| bar.tell(told))?;
    if locked.recovered().is_empty() {
        cx.out.line("nothing to recover; removed a transaction that was never committed")?;
        return Ok(Exit::Done);
    }
    let exit = cx.made(Exit::Done);
    for recovered in locked.recovered() {
        match &recovered.withdrawn {
            None => cx.out.line(&format!("rolled transaction {} forward", recovered.id))?,
            Some(reason) => {
                let said = format!("rolled transaction {} back: {reason}", recovered.id);
                cx.out.line(&one_line(&said))?;
            }
        }
        for conflict in &recovered.conflicts {
            let said = format!("kept a copy of {} in {}", conflict.path, conflict.copy.display());
            cx.out.line(&one_line(&said))?;
        }
    }
    Ok(exit)
}
