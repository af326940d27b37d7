//! `batch`: statuses for many tasks, read from a file or standard input, as one transaction.

use std::io::Read;
use std::path::PathBuf;

use clap::ValueHint;
use serde_json::Value;

use crate::cli::carry_out::{carry_out, instant};
use crate::cli::{Context, Exit, OutputFormat, UserError};
use crate::workspace::commit::{CommitAction, CommitChange, CommitRequest};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The list: `ID STATUS` or one JSON object a line; `-` is standard input
    #[arg(value_hint = ValueHint::FilePath)]
    file: PathBuf,
    /// The time of the change, as RFC 3339 or a date [default: now]
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
    /// Show what would change, and write nothing
    #[arg(long)]
    dry_run: bool,
    /// Change all tasks or none
    #[arg(long)]
    atomic: bool,
    /// Output format
    #[arg(long, value_enum, default_value = "text")]
    format: OutputFormat,
}

pub(super) fn run(cx: &mut Context, args: Args) -> Result<Exit, UserError> {
    let list = changes(&read(&args.file)?)?;
    let action = CommitAction::Batch { list, atomic: args.atomic };
    let request = CommitRequest { at: instant(args.at.as_deref())?, action };
    carry_out(cx, &request, args.dry_run, args.format)
}

fn read(file: &PathBuf) -> Result<String, UserError> {
    let mut text = String::new();
    let read = match file.as_os_str() == "-" {
        true => std::io::stdin().lock().read_to_string(&mut text).map(|_| text),
        false => std::fs::read_to_string(file),
    };
    read.map_err(|error| {
        UserError::usage(format!("{} cannot be read: {error}", file.display()))
            .hint("name a text file, or `-` for standard input")
    })
}

/// The changes of a list. Nothing is done for a list of which a line is wrong.
fn changes(text: &str) -> Result<Vec<CommitChange>, UserError> {
    let mut changes = Vec::new();
    for (line, number) in text.trim_start_matches('\u{feff}').lines().zip(1..) {
        let line = line.trim();
        let is_comment = line == "#" || line.starts_with("# ");
        if line.is_empty() || is_comment {
            continue;
        }
        changes.push(change(line).map_err(|why| {
            UserError::usage(format!("line {number} of the list is malformed: {why}"))
                .hint("write `7 completed`, or `{\"task\": 7, \"status\": \"completed\"}`")
        })?);
    }
    Ok(changes)
}

fn change(line: &str) -> Result<CommitChange, String> {
    if line.starts_with('{') {
        let mut value: Value = serde_json::from_str(line).map_err(|error| error.to_string())?;
        // A number is as good as its digits.
        for key in ["task", "phase"] {
            if let Some(number) = value.get(key).filter(|it| it.is_number()).map(Value::to_string) {
                value[key] = Value::String(number);
            }
        }
        return serde_json::from_value(value).map_err(|error| error.to_string());
    }
    let words: Vec<&str> = line.split_whitespace().collect();
    let [task, status] = words.as_slice() else {
        return Err(format!("it has {} words, not a task and a status", words.len()));
    };
    let (task, status) = ((*task).to_owned(), (*status).to_owned());
    let (phase, from, claim, reason) = (None, None, None, None);
    Ok(CommitChange { task, status, phase, from, claim, reason, force: false })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_two_words_or_an_object() {
        let list = "\u{feff}# of today\r\n#7 completed\r\n\n{\"task\": 8, \"status\": \"NOT STARTED\", \"phase\": 2}\n";
        let changes = changes(list).expect("a list");
        assert_eq!((changes[0].task.as_str(), changes[0].status.as_str()), ("#7", "completed"));
        assert_eq!((changes[1].task.as_str(), changes[1].phase.as_deref()), ("8", Some("2")));
        assert_eq!(changes.len(), 2);
    }

    #[test]
    fn a_line_that_is_none_is_named() {
        for (list, says) in [
            ("7 completed\n8\n", "line 2 of the list is malformed: it has 1 words"),
            ("7 NOT STARTED\n", "line 1 of the list is malformed: it has 3 words"),
            ("{\"task\": 7}\n", "missing field `status`"),
            ("{\"task\": 7, \"status\": \"x\", \"resaon\": \"y\"}\n", "unknown field `resaon`"),
            ("{\"task\": 7\n", "line 1 of the list is malformed: EOF"),
        ] {
            let error = changes(list).expect_err("it is refused");
            assert!(error.what.contains(says), "{}", error.what);
        }
    }
}
