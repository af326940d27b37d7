//! What happens inside, for people who look for a fault, as loud as `LOCKSTEP_LOG` says: on
//! standard error, or in the log of a daemon.

use std::backtrace::Backtrace;
use std::io::IsTerminal;
use std::sync::Arc;

use tracing_subscriber::Layer;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::registry::Registry;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::daemon::log::Log;

/// Starts logging. `LOCKSTEP_LOG` is a level, or levels by module such as
/// `info,lockstep::lsp=trace`; without it only warnings are told.
pub(super) fn start() {
    let colour = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_ansi(colour);
    subscribe(lines, LevelFilter::WARN);
}

/// Starts logging to a daemon's log, which tells of panics too.
pub(super) fn start_in(log: Log) {
    let lines = tracing_subscriber::fmt::layer().with_writer(Arc::new(log)).with_ansi(false);
    subscribe(lines, LevelFilter::INFO);
    std::panic::set_hook(Box::new(|panic| {
        let backtrace = Backtrace::force_capture();
        tracing::error!("{panic}\n{backtrace}");
    }));
}

fn subscribe(lines: impl Layer<Registry> + Send + Sync, usual: LevelFilter) {
    // The filters with patterns of their own slow every start down.
    let given = std::env::var("LOCKSTEP_LOG").ok().and_then(|text| text.parse::<Targets>().ok());
    let filter = given.unwrap_or_else(|| Targets::new().with_default(usual));
    // A second subscriber is refused, which is right: the first one holds.
    let _ = tracing_subscriber::registry().with(lines).with(filter).try_init();
}
