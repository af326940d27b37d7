//! What happens inside, for people who look for a fault: on standard error, as loud as
//! `LOCKSTEP_LOG` says.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;

/// Starts logging. `LOCKSTEP_LOG` is a level or a filter of `tracing`, such as `debug` or
/// `lockstep::lsp=trace`; without it only warnings are told.
pub(super) fn start() {
    let filter = EnvFilter::try_from_env("LOCKSTEP_LOG").unwrap_or_else(|_| EnvFilter::new("warn"));
    // A second subscriber is refused, which is right: the first one holds.
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none())
        .try_init();
}
