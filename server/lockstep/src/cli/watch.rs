//! `watch`: what happens, as it happens.

use std::path::Path;

use tokio::sync::mpsc::Receiver;

use crate::cli::output::{BOLD, DIM, one_line, paint};
use crate::cli::remote::Listening;
use crate::cli::{Context, Exit, OutputFormat, UserError};
use crate::hub::Hub;
use crate::hub::subscribers::{Notice, Subscription};
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
    let mut source = EventSource::new(cx, &root, args.since)?;
    let (mut n_told, mut last) = (0, args.since);
    while args.count.is_none_or(|count| n_told < count) {
        match source.next() {
            Some(Notice::Begun(seq)) => last = Some(seq),
            Some(Notice::Event(event)) => {
                tell(cx, &event, args.format)?;
                n_told += 1;
                // What stands in no history comes after nothing and before nothing.
                last = if event.seq == 0 { last } else { Some(event.seq) };
            }
            Some(Notice::Refused(error)) => return Err(UserError::usage(error)),
            // The daemon has ended: another one runs, or this process goes on alone.
            None if source.is_remote() => source = EventSource::new(cx, &root, last)?,
            None => return Err(UserError::internal("cannot watch the workspace any more")),
        }
    }
    Ok(Exit::Done)
}

/// Who tells.
enum EventSource {
    /// The daemon.
    Daemon(Listening),
    /// This process, which reads the files itself.
    Own(Receiver<Notice>, #[expect(dead_code, reason = "it tells as long as it is there")] Hub),
}

impl EventSource {
    fn new(cx: &Context, root: &Path, since: Option<u64>) -> Result<EventSource, UserError> {
        if let Some(listening) = Listening::start(cx, root, since)? {
            return Ok(EventSource::Daemon(listening));
        }
        let hub = Hub::start();
        Ok(EventSource::Own(hub.subscribe(Subscription { root: root.to_owned(), since }), hub))
    }

    fn next(&mut self) -> Option<Notice> {
        match self {
            EventSource::Daemon(listening) => listening.next(),
            EventSource::Own(told, _) => told.blocking_recv(),
        }
    }

    fn is_remote(&self) -> bool {
        matches!(self, EventSource::Daemon(_))
    }
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
