//! `log`: the history of transactions.

use clap::{ArgMatches, Args as _};
use lockstep_store::history::Operation;

use crate::cli::output::{DIM, count, one_line, paint};
use crate::cli::{Command, Context, Exit, Format, UserError, arguments};
use crate::workspace::commit;

/// The command.
pub const COMMAND: Command = Command {
    name: "log",
    summary: "Show the history of transactions, the newest first",
    page: include_str!("log.md"),
    arguments: Args::augment_args,
    run,
};

#[derive(Debug, clap::Args)]
struct Args {
    /// How to answer
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

fn run(cx: &mut Context, matches: &ArgMatches) -> Result<Exit, UserError> {
    let args: Args = arguments(matches)?;
    let mut operations = commit::operations(&cx.root()?)?;
    operations.reverse();
    match args.format {
        Format::Json => {
            let operations: Vec<_> = operations.iter().map(json).collect();
            cx.out.json(&serde_json::json!({
                "schema": crate::report::SCHEMA,
                "operations": operations,
            }))?;
        }
        Format::Text => {
            for operation in &operations {
                let files = paint(DIM, &count(operation.files.len(), "file"));
                let (id, note) = (&operation.id, &operation.note);
                let told =
                    format!("{id}  {}  {}  {}", note.when, note.who, commit::described(operation));
                cx.out.line(&format!("{}  {files}", one_line(&told)))?;
            }
        }
    }
    Ok(Exit::Done)
}

/// An operation without the contents of its files.
fn json(operation: &Operation) -> serde_json::Value {
    let files: Vec<_> = operation
        .files
        .iter()
        .map(|file| serde_json::json!({ "path": file.path, "pre": file.pre, "post": file.post }))
        .collect();
    serde_json::json!({
        "id": operation.id,
        "who": operation.note.who,
        "when": operation.note.when,
        "what": operation.note.what,
        "files": files,
    })
}
