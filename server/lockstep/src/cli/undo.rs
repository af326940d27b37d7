//! `undo`: reverses a transaction by a new one.

use crate::cli::output::{Bar, count, one_line};
use crate::cli::{Context, Exit, OutputFormat, UserError, remote};
use crate::workspace::clock::now;
use crate::workspace::commit::{self, Terms, user};
use crate::workspace::order::{Deed, Done, Order};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The id of the transaction, or its beginning [default: the newest that is not undone]
    transaction: Option<String>,
    /// Output format
    #[arg(long, value_enum, default_value = "text")]
    format: OutputFormat,
}

pub(super) fn run(cx: &mut Context, args: Args) -> Result<Exit, UserError> {
    let at = now();
    let deed = Deed::Undo { transaction: args.transaction.clone(), at: at.clone() };
    let order = Order::new(&cx.root()?, user(), deed);
    let bar = Bar::new(args.format);
    let tell = |told| bar.tell(told);
    let undone = match remote::carry_out(cx, &order, &tell)? {
        Some(Done::Undone(undone)) => undone,
        _ => {
            let mut workspace = cx.workspace()?;
            let terms = Terms { tell: &tell, ..Terms::of(user()) };
            commit::reverse(&mut workspace, args.transaction.as_deref(), &at, &terms)?
        }
    };
    let exit = cx.made(Exit::Done);
    match args.format {
        OutputFormat::Json => cx.out.json(&undone.report())?,
        OutputFormat::Text => {
            let files = count(undone.files.len(), "file");
            let (what, reversed) = (one_line(&undone.what), one_line(&undone.reversed));
            cx.out.line(&format!("Undid {what} in {files} (transaction {reversed})"))?;
            for root in &undone.worktrees {
                cx.out.line(&format!("also in {}", one_line(root)))?;
            }
            cx.out.line(&format!("as transaction {}; undo that to redo", undone.transaction))?;
        }
    }
    Ok(exit)
}
