//! `daemon`: the process that serves every editor of a user.

mod status;

use std::sync::Arc;
use std::time::Duration;

use clap::{ArgMatches, Subcommand};
use serde_json::json;
use tokio::runtime::Runtime;

use crate::cli::{Context, Exit, OutputFormat, UserError, logging};
use crate::daemon::address::Address;
use crate::daemon::end::{Ended, end};
use crate::daemon::handshake::{Hello, Want};
use crate::daemon::log::{self, Log};
use crate::daemon::server::{Claim, Habits};
use crate::daemon::{Unavailable, dial};
use crate::lsp::hosted::Hosted;

/// How much time its last transactions have when a daemon ends.
const LAST_TRANSACTIONS: Duration = Duration::from_secs(30);
/// How often a daemon looks whether its socket is still there, besides being told.
const LOOK: Duration = Duration::from_secs(60);

#[derive(Debug, clap::Args)]
#[command(arg_required_else_help = false)]
pub(super) struct Args {
    #[command(subcommand)]
    action: DaemonAction,
}

#[derive(Debug, clap::Args)]
struct FormatOption {
    /// Output format
    #[arg(long, value_enum, default_value = "text")]
    format: OutputFormat,
}

#[derive(Debug, Subcommand)]
enum DaemonAction {
    /// Show daemon status and clients
    Status(FormatOption),
    /// Stop the daemon; open editors continue without it
    Stop(FormatOption),
    /// Restart the daemon, or start one
    Restart(FormatOption),
    /// Print the log of the daemon
    Logs {
        /// Print only the last N lines
        #[arg(short = 'n', long, value_name = "N")]
        lines: Option<usize>,
        #[command(flatten)]
        form: FormatOption,
    },
    /// Run the daemon in this terminal
    Run {
        /// Stop after SECONDS without clients; 0 means never
        #[arg(long, value_name = "SECONDS", default_value_t = 300)]
        idle: u64,
        /// Leave the terminal and the group of processes of whoever starts it
        #[arg(long, hide = true)]
        detached: bool,
    },
}

/// Whether these arguments make this process the daemon.
pub(super) fn is_run(matches: &ArgMatches) -> bool {
    let daemon = matches.subcommand_matches("daemon");
    daemon.and_then(ArgMatches::subcommand_name) == Some("run")
}

pub(super) fn run(cx: &mut Context, args: Args) -> Result<Exit, UserError> {
    let address = Address::of_user();
    match args.action {
        DaemonAction::Status(FormatOption { format }) => status::tell(cx, &address, format),
        DaemonAction::Stop(FormatOption { format }) => stop(cx, &address, format),
        DaemonAction::Restart(FormatOption { format }) => restart(cx, &address, format),
        DaemonAction::Logs { lines, form } => logs(cx, &address, lines, form.format),
        DaemonAction::Run { idle, detached } => be_daemon(cx, &address, idle, detached),
    }
}

fn stop(cx: &mut Context, address: &Address, format: OutputFormat) -> Result<Exit, UserError> {
    let ended = block_on(end(address, Want::Stop))??;
    let (pid, killed) = (ended.map(|ended| ended.pid), ended.is_some_and(|ended| ended.killed));
    match (format, pid) {
        (OutputFormat::Json, pid) => {
            cx.out.json(&json!({ "schema": 1, "stopped": pid, "killed": killed }))?;
        }
        (OutputFormat::Text, Some(pid)) if killed => {
            cx.out.line(&format!("killed the daemon, process {pid}, which did not answer"))?;
        }
        (OutputFormat::Text, Some(pid)) => {
            cx.out.line(&format!("stopped the daemon, process {pid}"))?
        }
        (OutputFormat::Text, None) => cx.out.line(status::NONE)?,
    }
    Ok(Exit::Done)
}

fn restart(cx: &mut Context, address: &Address, format: OutputFormat) -> Result<Exit, UserError> {
    let (ended, begun) = block_on(async {
        let ended = end(address, Want::Restart).await?;
        let link = dial::dial_in_place(address, &Hello::new(Want::Status)).await?;
        Ok::<_, Unavailable>((ended, link.welcome.pid))
    })??;
    match (format, ended) {
        (OutputFormat::Json, ended) => {
            let killed = ended.is_some_and(|ended| ended.killed);
            let old = ended.map(|ended| ended.pid);
            cx.out.json(
                &json!({ "schema": 1, "stopped": old, "started": begun, "killed": killed }),
            )?;
        }
        (OutputFormat::Text, Some(Ended { pid, killed })) => {
            let killed = if killed { ", which did not answer and was killed" } else { "" };
            cx.out.line(&format!(
                "restarted the daemon: process {begun} replaces process {pid}{killed}"
            ))?;
        }
        (OutputFormat::Text, None) => cx.out.line(&format!("started a daemon, process {begun}"))?,
    }
    Ok(Exit::Done)
}

fn logs(
    cx: &mut Context,
    address: &Address,
    lines: Option<usize>,
    format: OutputFormat,
) -> Result<Exit, UserError> {
    let text = log::read(address).map_err(|error| {
        UserError::io(format!("{} cannot be read", address.log().display()), &error)
    })?;
    let n_left_out = lines.map_or(0, |wanted| text.lines().count().saturating_sub(wanted));
    let mut last = text.lines().skip(n_left_out);
    match format {
        OutputFormat::Json => {
            cx.out.json(&json!({ "schema": 1, "lines": last.collect::<Vec<_>>() }))?;
        }
        OutputFormat::Text => last.try_for_each(|line| cx.out.line(line))?,
    }
    Ok(Exit::Done)
}

fn be_daemon(
    cx: &mut Context,
    address: &Address,
    idle: u64,
    detached: bool,
) -> Result<Exit, UserError> {
    #[cfg(unix)]
    if detached {
        // Fails only where this process leads a group, and then nobody else's signals reach it.
        let _ = rustix::process::setsid();
    }
    let runtime = runtime()?;
    let Some(claim) = runtime.block_on(Claim::new(address))? else {
        let hint = "see `lockstep daemon status`";
        let error = UserError::new(Exit::Conflict, "a daemon is already running").hint(hint);
        return if detached { Ok(Exit::Done) } else { Err(error) };
    };
    let log = Log::open(address).map_err(|error| {
        UserError::io(format!("{} cannot be opened", address.log().display()), &error)
    })?;
    logging::start_in(log);
    let habits = Habits { idle: (idle > 0).then(|| Duration::from_secs(idle)), look: LOOK };
    let ready = || {
        // Whoever starts a daemon may be gone before it listens.
        let _ = cx.out.line(&format!("listening at {}", address.socket().display()));
        let _ = cx.out.flush();
    };
    runtime.block_on(claim.serve(Arc::new(Hosted::start()), habits, ready))?;
    runtime.shutdown_timeout(LAST_TRANSACTIONS);
    tracing::info!("the daemon has stopped");
    drop(claim);
    Ok(Exit::Done)
}

fn runtime() -> Result<Runtime, UserError> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| UserError::io("cannot start threads", &error))
}

/// The outcome of a short exchange with the daemon.
fn block_on<T>(exchange: impl Future<Output = T>) -> Result<T, UserError> {
    let runtime = runtime()?;
    let outcome = runtime.block_on(exchange);
    // Nothing here waits for a thread that waits for a lock.
    runtime.shutdown_background();
    Ok(outcome)
}

impl From<Unavailable> for UserError {
    fn from(why: Unavailable) -> UserError {
        UserError::internal("cannot reach the daemon").why(why.to_string())
    }
}
