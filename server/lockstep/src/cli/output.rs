//! Where commands print: answers to standard output, errors and warnings to standard error. Text is
//! written with its colours; what the stream cannot show is taken out here, and so is whatever a
//! repository could steer a terminal or a log of CI with ([`clean`]).

mod bar;
mod clean;

pub(super) use bar::Bar;
pub(super) use clean::lines;

use std::io::{self, IsTerminal, Write};

use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Style};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::cli::{Exit, UserError};

/// For what is wrong.
pub(super) const RED: Style = AnsiColor::Red.on_default();
/// For what needs a look.
pub(super) const YELLOW: Style = AnsiColor::Yellow.on_default();
/// For what is well.
pub(super) const GREEN: Style = AnsiColor::Green.on_default();
/// For what is going on.
pub(super) const BLUE: Style = AnsiColor::Blue.on_default();
/// For names.
pub(super) const CYAN: Style = AnsiColor::Cyan.on_default();
/// For what matters most.
pub(super) const BOLD: Style = Style::new().bold();
/// For what matters least.
pub(super) const DIM: Style = Style::new().dimmed();

/// `text` in a style.
pub(super) fn paint(style: Style, text: &str) -> String {
    format!("{style}{text}{style:#}")
}

/// A diff with its colours.
pub(super) fn painted_diff(diff: &str) -> String {
    let paint_line = |line: &str| match line.chars().next() {
        Some('+') => paint(GREEN, line),
        Some('-') => paint(RED, line),
        Some('@') => paint(CYAN, line),
        _ => line.to_owned(),
    };
    diff.split_inclusive('\n')
        .map(|line| match line.strip_suffix('\n') {
            Some(line) => format!("{}\n", paint_line(line)),
            None => paint_line(line),
        })
        .collect()
}

/// The title of a task, and who holds it.
pub(super) fn titled(title: &str, holder: Option<&str>) -> String {
    match holder {
        Some(holder) => one_line(&format!("{title} (held by {holder})")),
        None => one_line(title),
    }
}

/// The colour of a category of statuses.
pub(super) fn category_style(category: Option<&str>) -> Style {
    match category {
        Some("active") => BLUE,
        Some("waiting") => YELLOW,
        Some("done") => GREEN,
        Some("failed") => RED,
        Some("dropped") => DIM,
        _ => Style::new(),
    }
}

/// Standard output.
pub struct Output {
    stream: io::BufWriter<AutoStream<io::Stdout>>,
    width: Option<usize>,
    /// Whether somebody obeys what stands in lines: a service that runs jobs.
    in_ci: bool,
    /// Whether nothing was printed in this line yet.
    at_start: bool,
}

impl std::fmt::Debug for Output {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Output").field("width", &self.width).finish_non_exhaustive()
    }
}

impl Output {
    /// Standard output, in colour if it is a terminal and nobody asked otherwise.
    pub(super) fn new() -> Output {
        let stdout = io::stdout();
        let choice = match ColorChoice::global() {
            ColorChoice::Auto => AutoStream::choice(&stdout),
            chosen => chosen,
        };
        let width = terminal_size::terminal_size_of(&stdout).map(|(width, _)| width.0.into());
        let width = width.filter(|_| stdout.is_terminal());
        let stream = io::BufWriter::new(AutoStream::new(stdout, choice));
        Output { stream, width, in_ci: in_ci(), at_start: true }
    }

    /// How many columns there are; `None` where lines may be of any length.
    pub fn width(&self) -> Option<usize> {
        self.width
    }

    /// Whether colours are shown.
    pub fn is_styled(&self) -> bool {
        self.stream.get_ref().current_choice() != ColorChoice::Never
    }

    /// Prints text, which may hold colours.
    pub fn text(&mut self, text: &str) -> Result<(), UserError> {
        let painted = clean::painted(text);
        let obeyed = match self.in_ci {
            true => clean::obeyed_by_nobody(&painted, self.at_start),
            false => painted.as_ref().into(),
        };
        if let Some(last) = obeyed.chars().next_back() {
            self.at_start = last == '\n';
        }
        self.raw(&obeyed)
    }

    /// Prints commands for a log of CI: lines that hold nothing which would end them.
    pub fn commands(&mut self, text: &str) -> Result<(), UserError> {
        self.raw(&clean::lines(text))
    }

    fn raw(&mut self, text: &str) -> Result<(), UserError> {
        self.stream.write_all(text.as_bytes()).map_err(|error| closed(&error))
    }

    /// Prints a line.
    pub fn line(&mut self, line: &str) -> Result<(), UserError> {
        self.text(line)?;
        self.text("\n")
    }

    /// Prints a value as JSON.
    pub fn json(&mut self, value: &impl serde::Serialize) -> Result<(), UserError> {
        self.json_text(serde_json::to_string_pretty(value))
    }

    /// Prints a value as JSON on one line.
    pub fn json_line(&mut self, value: &impl serde::Serialize) -> Result<(), UserError> {
        self.json_text(serde_json::to_string(value))
    }

    fn json_text(&mut self, json: serde_json::Result<String>) -> Result<(), UserError> {
        let json = json.map_err(|error| {
            UserError::internal(format!("cannot write the answer as JSON: {error}"))
        })?;
        self.raw(&clean::json(&json))?;
        self.raw("\n")
    }

    /// Lets everything out that was printed so far.
    pub fn flush(&mut self) -> Result<(), UserError> {
        self.stream.flush().map_err(|error| closed(&error))
    }
}

fn closed(error: &io::Error) -> UserError {
    match error.kind() {
        io::ErrorKind::BrokenPipe => UserError::closed_pipe(),
        _ => UserError::io("cannot print the answer", error),
    }
}

/// Whether a service that runs jobs reads what is printed.
fn in_ci() -> bool {
    ["CI", "GITHUB_ACTIONS", "TF_BUILD", "TEAMCITY_VERSION"]
        .iter()
        .any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()))
}

/// Tells why a command is not done: on standard error, and to programs in the place of the answer.
pub(super) fn failed(out: &mut Output, failure: &UserError, for_programs: bool) -> Exit {
    error(failure);
    if for_programs
        && failure.exit != Exit::Done
        && let Err(untold) = out.json(&failure.report()).and_then(|()| out.flush())
    {
        error(&untold);
    }
    failure.exit
}

/// Tells an error: fact, reason, remedy.
pub(super) fn error(error: &UserError) {
    if error.exit == Exit::Done {
        return;
    }
    let why = error.why.as_ref().map(|why| format!(": {why}")).unwrap_or_default();
    let what = one_line(&format!("{}{why}", error.what));
    stderr(&format!("{}: {what}", paint(RED.bold(), "error")));
    if let Some(hint) = &error.hint {
        stderr(&format!("{}: {}", paint(CYAN.bold(), "help"), one_line(hint)));
    }
}

/// Tells what is wrong with the arguments, or what was asked about them, as clap says it.
pub(super) fn answer_of_clap(error: &clap::Error) -> io::Result<()> {
    let text = clean::painted(&error.render().ansi().to_string()).into_owned();
    match error.use_stderr() {
        true => anstream::AutoStream::auto(io::stderr()).write_all(text.as_bytes()),
        false => anstream::AutoStream::auto(io::stdout()).write_all(text.as_bytes()),
    }
}

/// Warns that a change cannot be reported, which is made all the same.
pub(super) fn unreported(error: &UserError) {
    if error.exit == Exit::Done {
        return;
    }
    let why = error.why.as_ref().unwrap_or(&error.what);
    warn(&format!("the change is made, but its report cannot be printed: {why}"));
    stderr(&format!("{}: `lockstep log` shows it", paint(CYAN.bold(), "help")));
}

/// Tells a warning.
pub(super) fn warn(message: &str) {
    stderr(&format!("{}: {}", paint(YELLOW.bold(), "warning"), one_line(message)));
}

fn stderr(line: &str) {
    // Where standard error is closed there is nobody left to tell.
    let _ = writeln!(anstream::AutoStream::auto(io::stderr()), "{}", clean::painted(line));
}

/// How many columns a text takes.
pub(super) fn columns(text: &str) -> usize {
    text.width()
}

/// `text` in at most `width` columns, with an ellipsis where something is left out.
pub(super) fn cut(text: &str, width: usize) -> String {
    if columns(text) <= width {
        return text.to_owned();
    }
    let mut out = String::new();
    let mut used = 0;
    for c in text.chars() {
        used += c.width().unwrap_or(0);
        if used + 1 > width {
            break;
        }
        out.push(c);
    }
    out.push('…');
    out
}

/// The end of `text` in at most `width` columns, with an ellipsis where something is left out.
pub(super) fn cut_start(text: &str, width: usize) -> String {
    if columns(text) <= width {
        return text.to_owned();
    }
    let mut used = 0;
    let fits = |c: &char| {
        used += c.width().unwrap_or(0);
        used < width
    };
    let end: Vec<char> = text.chars().rev().take_while(fits).collect();
    std::iter::once('…').chain(end.into_iter().rev()).collect()
}

/// `text` with spaces behind it, up to `width` columns.
pub(super) fn pad(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(columns(text))))
}

/// Text of a file made fit for one line: nothing that breaks it, steers or hides.
pub(super) fn one_line(text: &str) -> String {
    clean::one_line(text).into_owned()
}

/// `19 tasks (612 archived)`.
pub(super) fn counted(live: usize, archived: usize) -> String {
    let live = count(live, "task");
    if archived == 0 { live } else { format!("{live} ({archived} archived)") }
}

/// `1 task`, `2 tasks`.
pub(super) fn count(n: usize, noun: &str) -> String {
    if n == 1 { format!("1 {noun}") } else { format!("{n} {noun}s") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_cut_fits_and_says_so() {
        assert_eq!(cut("abcdef", 6), "abcdef");
        assert_eq!(cut("abcdef", 4), "abc…");
        assert_eq!(columns(&cut("日本語の題", 6)), 5);
        assert_eq!(
            (cut_start("abcdef", 6), cut_start("abcdef", 4)),
            ("abcdef".into(), "…def".into())
        );
        assert_eq!(columns(&cut_start("日本語の題", 6)), 5);
    }

    #[test]
    fn padding_counts_columns_and_not_characters() {
        assert_eq!(pad("日本", 6), "日本  ");
        assert_eq!(pad("long", 2), "long");
    }
}
