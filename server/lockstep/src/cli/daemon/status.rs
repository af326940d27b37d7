//! `daemon status`, for people and for programs.

use serde_json::{Value, json};

use crate::cli::output::{DIM, columns, count, one_line, pad, paint};
use crate::cli::{Context, Exit, OutputFormat, UserError};
use crate::daemon::address::Address;
use crate::daemon::dial;
use crate::daemon::status::{SessionStatus, Status};
use crate::metrics::Latency;

/// What is said where there is no daemon.
pub(super) const NONE: &str = "no daemon is running";

/// Tells how the daemon is. There being none is a finding.
pub(super) fn tell(
    cx: &mut Context,
    address: &Address,
    format: OutputFormat,
) -> Result<Exit, UserError> {
    let status = super::block_on(dial::status(address))??;
    match (format, &status) {
        (OutputFormat::Json, Some(status)) => cx.out.json(&json_of(status)?)?,
        (OutputFormat::Json, None) => cx.out.json(&json!({ "schema": 1, "running": false }))?,
        (OutputFormat::Text, Some(status)) => cx.out.text(&text_of(status))?,
        (OutputFormat::Text, None) => cx.out.line(NONE)?,
    }
    Ok(if status.is_some() { Exit::Done } else { Exit::Findings })
}

fn json_of(status: &Status) -> Result<Value, UserError> {
    let mut answer = json!({ "schema": 1, "running": true });
    let told = serde_json::to_value(status)
        .map_err(|error| UserError::internal(format!("the status is no JSON: {error}")))?;
    if let (Value::Object(answer), Value::Object(told)) = (&mut answer, told) {
        answer.extend(told);
    }
    Ok(answer)
}

fn text_of(status: &Status) -> String {
    let version = status.build.as_ref().map_or("?", |build| &build.version);
    let (pid, age) = (status.pid, duration(status.uptime_seconds));
    let mut out = format!("daemon      version {version}, process {pid}, for {age}\n");
    out.push_str(&format!("log         {}\n", one_line(&status.log)));
    if let Some(seconds) = status.still_seconds {
        let time = duration(seconds);
        out.push_str(&format!("stuck       for {time}; run `lockstep daemon restart`\n"));
    }
    out.push_str(&format!("sessions    {}\n", status.sessions.len()));
    for session in &status.sessions {
        out.push_str(&session_line(session));
    }
    out.push_str(&format!("workspaces  {}\n", status.workspaces.len()));
    for workspace in &status.workspaces {
        let (files, tasks) = (count(workspace.files, "file"), count(workspace.tasks, "task"));
        out.push_str(&format!("  {}  {files}, {tasks}\n", one_line(&workspace.root)));
    }
    let (sent, dropped) = (status.events_sent, status.sessions_dropped);
    out.push_str(&format!(
        "events      {sent} sent\ndropped     {dropped} clients that did not read\n"
    ));
    out.push_str(&latency_lines(&status.latencies));
    out
}

fn session_line(session: &SessionStatus) -> String {
    let client = one_line(session.client.as_deref().unwrap_or("unnamed"));
    let (pid, age) = (session.pid, duration(session.seconds));
    let documents = count(session.open_documents, "open document");
    let folders = session.folders.iter().map(|folder| format!("      {}\n", one_line(folder)));
    let folders: String = folders.collect();
    let id = session.id;
    format!("  {id:>3}  {client}, process {pid}, for {age}, {documents}\n{}", paint(DIM, &folders))
}

fn latency_lines(latencies: &[Latency]) -> String {
    if latencies.is_empty() {
        return String::new();
    }
    let width = latencies.iter().map(|it| columns(&it.method)).max().unwrap_or(0);
    let mut out = format!(
        "requests    {}    times     p50 ms     p99 ms\n",
        " ".repeat(width.saturating_sub(10))
    );
    for latency in latencies {
        let method = pad(&one_line(&latency.method), width.max(10));
        let Latency { count, p50_ms, p99_ms, .. } = latency;
        out.push_str(&format!("  {method}  {count:>7}  {p50_ms:>9.2}  {p99_ms:>9.2}\n"));
    }
    out
}

/// A time as people say it.
fn duration(seconds: u64) -> String {
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3600 => format!("{} min", seconds / 60),
        3600..86_400 => format!("{} h {} min", seconds / 3600, seconds / 60 % 60),
        _ => format!("{} d {} h", seconds / 86_400, seconds / 3600 % 24),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_said_in_two_units_at_most() {
        let said: Vec<String> = [59, 60, 3599, 3600, 90_061].map(duration).into();
        assert_eq!(said, ["59 s", "1 min", "59 min", "1 h 0 min", "1 d 1 h"]);
    }
}
