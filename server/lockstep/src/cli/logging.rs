//! What happens inside, for people who look for a fault: on standard error, as loud as
//! `LOCKSTEP_LOG` says.

use std::io::IsTerminal;

use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

/// Starts logging. `LOCKSTEP_LOG` is a level, or levels by module such as
/// `info,lockstep::lsp=trace`; without it only warnings are told.
pub(super) fn start() {
    // The filters with patterns of their own slow every start down.
    let given = std::env::var("LOCKSTEP_LOG").ok().and_then(|text| text.parse::<Targets>().ok());
    let filter = given.unwrap_or_else(|| Targets::new().with_default(LevelFilter::WARN));
    let colour = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_ansi(colour);
    // A second subscriber is refused, which is right: the first one holds.
    let _ = tracing_subscriber::registry().with(lines).with(filter).try_init();
}
