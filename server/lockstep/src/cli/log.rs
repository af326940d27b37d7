//! `log`: the history of transactions.

use lockstep_store::history::RecordedOperation;

use crate::cli::output::{DIM, count, one_line, paint};
use crate::cli::{Context, Exit, OutputFormat, UserError};
use crate::workspace::commit::{self, CommitError};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Show at most N transactions
    #[arg(long, value_name = "N", default_value_t = 1000)]
    limit: usize,
    /// Output format
    #[arg(long, value_enum, default_value = "text")]
    format: OutputFormat,
}

pub(super) fn run(cx: &mut Context, args: Args) -> Result<Exit, UserError> {
    let mut operations = commit::newest_first(&cx.root()?)?;
    let shown = operations.by_ref().take(args.limit).map(|it| it.map_err(CommitError::from));
    match args.format {
        OutputFormat::Json => {
            let shown: Result<Vec<_>, _> = shown.map(|operation| Ok(json(&operation?))).collect();
            let shown = shown.map_err(|error: CommitError| UserError::from(error))?;
            cx.out.json(&serde_json::json!({
                "schema": crate::report::SCHEMA,
                "operations": shown,
                "more": operations.next().is_some(),
            }))?;
        }
        OutputFormat::Text => {
            for operation in shown {
                let operation = operation?;
                let files = paint(DIM, &count(operation.files.len(), "file"));
                let (id, note) = (&operation.id, &operation.note);
                let told =
                    format!("{id}  {}  {}  {}", note.when, note.who, commit::described(&operation));
                cx.out.line(&format!("{}  {files}", one_line(&told)))?;
            }
            if operations.next().is_some() {
                cx.out.line(&paint(
                    DIM,
                    "older transactions are not shown; `--limit N` shows more",
                ))?;
            }
        }
    }
    Ok(Exit::Done)
}

/// An operation without the contents of its files.
fn json(operation: &RecordedOperation) -> serde_json::Value {
    let files: Vec<_> = operation
        .files
        .iter()
        .map(|file| serde_json::json!({ "path": file.path, "pre": file.pre, "post": file.post }))
        .collect();
    serde_json::json!({
        "id": operation.id,
        "who": operation.note.who,
        "when": operation.note.when,
        "what": commit::with_names(operation),
        "files": files,
    })
}
