//! `watch`: what happens, as it happens.

use crate::cli::output::{BOLD, DIM, one_line, paint};
use crate::cli::{Context, Exit, OutputFormat, UserError};
use crate::daemon::remote::EventFeed;
use crate::hub::subscribers::Notice;
use crate::workspace::events::EventReport;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Begin with the first event after number N
    #[arg(long, value_name = "N")]
    since: Option<u64>,
    /// End after N events
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    count: Option<u64>,
    /// Output format; JSON is one object per line
    #[arg(long, value_enum, default_value = "text")]
    format: OutputFormat,
}

pub(super) fn run(cx: &mut Context, args: Args) -> Result<Exit, UserError> {
    let root = cx.root()?;
    let root = root.canonicalize().map_err(|error| UserError::usage(format!("{error}")))?;
    let failed = |error| UserError::io("cannot start threads", &error);
    let feed = EventFeed::start(&root, "lockstep watch", cx.goes_alone(), args.since);
    let (mut feed, mut n_told) = (feed.map_err(failed)?, 0);
    while args.count.is_none_or(|count| n_told < count) {
        match feed.next_event().map_err(failed)? {
            Some(Notice::Event(event)) => {
                tell(cx, &event, args.format)?;
                n_told += 1;
            }
            Some(Notice::Begun(_)) => {}
            Some(Notice::Refused(error)) => return Err(UserError::usage(error)),
            None => return Err(UserError::internal("cannot watch the workspace any more")),
        }
    }
    Ok(Exit::Done)
}

/// Writes one event, at once: somebody may wait for it.
fn tell(cx: &mut Context, event: &EventReport, format: OutputFormat) -> Result<(), UserError> {
    match format {
        OutputFormat::Json => cx.out.json_line(event)?,
        OutputFormat::Text => cx.out.line(&line(event))?,
    }
    cx.out.flush()
}

fn line(event: &EventReport) -> String {
    let task = one_line(event.task.as_deref().unwrap_or_default());
    let phase =
        event.phase.as_ref().map(|phase| format!(" phase {}", one_line(phase))).unwrap_or_default();
    let counter = one_line(event.counter.as_deref().unwrap_or_default());
    let change = match (&event.from, &event.to) {
        (Some(from), Some(to)) => format!("  {from} -> {to}"),
        (Some(from), None) => format!("  {from}"),
        (None, Some(to)) => format!("  {to}"),
        (None, None) => String::new(),
    };
    let kind = paint(BOLD, &one_line(&event.kind));
    let rest = paint(DIM, &one_line(&format!("{}  {}", event.time, event.origin)));
    format!("{}  {kind}  {task}{phase}{counter}{change}  {rest}", event.seq)
}
