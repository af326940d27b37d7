//! `next`: what may begin now.

use crate::cli::fields::Fields;
use crate::cli::output::{DIM, YELLOW, columns, count, cut, one_line, pad, paint, titled};
use crate::cli::{Context, Exit, UserError, remote};
use crate::report::next::{self, BlockerReport, Dependencies, NextReport};
use crate::workspace::question::{Answer, Question};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Show what the other open tasks wait for
    #[arg(long)]
    why: bool,
    /// Show at most N tasks that may begin
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
    #[command(flatten)]
    fields: Fields,
    /// Output format
    #[arg(long, value_enum, default_value = "text")]
    format: NextFormat,
}

/// Output format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum NextFormat {
    /// For people.
    Text,
    /// For programs.
    Json,
    /// A graph for Graphviz.
    Dot,
    /// A graph for Mermaid.
    Mermaid,
}

pub(super) fn run(cx: &mut Context, args: Args) -> Result<Exit, UserError> {
    args.fields.check()?;
    if matches!(args.format, NextFormat::Dot | NextFormat::Mermaid) {
        let workspace = cx.read_once()?;
        let graph = next::dependencies(workspace.analysis())?;
        let text = if args.format == NextFormat::Dot { dot(&graph) } else { mermaid(&graph) };
        cx.out.text(&text)?;
        return Ok(Exit::Done);
    }
    let root = cx.root()?;
    let (answer, read) = match remote::ask(cx, &root, &Question::Next) {
        Some(answer) => (answer, None),
        None => {
            let workspace = cx.read_once()?;
            (Question::Next.answer(&workspace)?, Some(workspace))
        }
    };
    let Answer::Next(mut report) = answer else {
        return Err(UserError::internal("an answer of another kind"));
    };
    let ready = report.tasks.len();
    report.tasks.truncate(args.limit.unwrap_or(ready));
    if args.fields.are_named() {
        args.fields.print(cx, &report.tasks)?;
        return Ok(Exit::Done);
    }
    if args.format == NextFormat::Json {
        cx.out.json(&report)?;
        return Ok(Exit::Done);
    }
    cx.out.text(&table(&report, cx.out.width()))?;
    if args.why {
        cx.out.text(&waiting(&report))?;
    }
    for note in &report.notes {
        cx.out.line(&format!("note: {}", one_line(note)))?;
    }
    let hint = if args.why || report.waiting.is_empty() { "" } else { "; `--why` tells for what" };
    let waiting = report.waiting.len();
    let wait = if waiting == 1 { "waits" } else { "wait" };
    let told = match (ready, waiting) {
        (0, 0) => "no task is open".to_owned(),
        (_, 0) => format!("{} can begin", count(ready, "task")),
        _ => format!("{} can begin, {waiting} {wait}{hint}", count(ready, "task")),
    };
    cx.out.line(&paint(DIM, &told))?;
    if let Some(workspace) = read {
        cx.tell_no_files(workspace.analysis())?;
    }
    Ok(Exit::Done)
}

/// A line for each task that may begin: id, status, title.
fn table(report: &NextReport, width: Option<usize>) -> String {
    let ids = report.tasks.iter().map(|task| columns(&task.id)).max().unwrap_or(0);
    let status = |it: &Option<String>| it.clone().unwrap_or_default();
    let statuses = report.tasks.iter().map(|it| columns(&status(&it.status))).max().unwrap_or(0);
    let mut out = String::new();
    for task in &report.tasks {
        let title = titled(&task.title, task.holder.as_deref());
        let used = ids + 2 + statuses + 2;
        let title = match width {
            Some(width) => cut(&title, width.saturating_sub(used).max(8)),
            None => title,
        };
        let line = format!(
            "{}  {}  {title}",
            pad(&one_line(&task.id), ids),
            pad(&status(&task.status), statuses)
        );
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

/// A line for each open task that may not begin: what it waits for.
fn waiting(report: &NextReport) -> String {
    let mut out = String::new();
    for task in &report.waiting {
        let (unfinished, others): (Vec<_>, Vec<_>) =
            task.why.iter().partition(|why| why.kind == "unfinished");
        let unfinished: Vec<String> = unfinished.into_iter().map(named).collect();
        let depends =
            (!unfinished.is_empty()).then(|| format!("depends on {}", unfinished.join(", ")));
        let why: Vec<String> = depends.into_iter().chain(others.into_iter().map(reason)).collect();
        let line = format!("{} {}", one_line(&task.id), one_line(&task.title));
        out.push_str(&format!("{}\n  {}\n", line.trim_end(), paint(YELLOW, &why.join("; "))));
    }
    out
}

/// A task with its status.
fn named(why: &BlockerReport) -> String {
    let task = one_line(why.task.as_deref().unwrap_or_default());
    format!("{task} ({})", why.status.as_deref().unwrap_or("no known status"))
}

fn reason(why: &BlockerReport) -> String {
    let task = one_line(why.task.as_deref().unwrap_or_default());
    match why.kind.as_str() {
        "unknown" => format!("depends on {task}, which does not exist"),
        "above" => format!("is a part of {}", named(why)),
        "before" => format!("comes after {}", named(why)),
        "decided" => format!("is a part of {task}, which is decided without it"),
        "signal" => {
            let name = one_line(why.text.as_deref().unwrap_or_default());
            format!("waits for the signal \"{name}\"")
        }
        _ => {
            let text = one_line(why.text.as_deref().unwrap_or_default());
            format!("depends on \"{text}\", which names no task")
        }
    }
}

fn dot(graph: &Dependencies) -> String {
    let quote = |text: &str| {
        let text = one_line(text).replace('\\', "\\\\").replace('"', "\\\"");
        format!("\"{text}\"")
    };
    let mut out = "digraph tasks {\n  rankdir=LR;\n".to_owned();
    for (name, (title, status)) in &graph.tasks {
        let label = label(name, title, status.as_deref());
        out.push_str(&format!("  {} [label={}];\n", quote(name), quote(&label)));
    }
    for (first, then) in &graph.edges {
        out.push_str(&format!("  {} -> {};\n", quote(first), quote(then)));
    }
    out.push_str("}\n");
    out
}

fn mermaid(graph: &Dependencies) -> String {
    let at = |name: &str| graph.tasks.keys().position(|it| it == name).unwrap_or_default();
    // Mermaid reads entities in a label, so that no character in it means anything else.
    let escape = |text: &str| {
        let kept = |c: char| c.is_alphanumeric() || " .,:-_/()".contains(c);
        let letter = |c: char| if kept(c) { c.to_string() } else { format!("#{};", c as u32) };
        one_line(text).chars().map(letter).collect::<String>()
    };
    let mut out = "graph LR\n".to_owned();
    for (at, (name, (title, status))) in graph.tasks.iter().enumerate() {
        let label = label(name, title, status.as_deref());
        out.push_str(&format!("  t{at}[\"{}\"]\n", escape(&label)));
    }
    for (first, then) in &graph.edges {
        out.push_str(&format!("  t{} --> t{}\n", at(first), at(then)));
    }
    out
}

fn label(name: &str, title: &str, status: Option<&str>) -> String {
    let title = if title == name { "" } else { title };
    let status = status.map(|status| format!(" ({status})")).unwrap_or_default();
    format!("{}{status}", format!("{name} {title}").trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_character_of_a_title_ends_a_label() {
        let graph = Dependencies {
            tasks: [("7".to_owned(), ("Say \"hi\"]\\".to_owned(), None))].into(),
            edges: vec![],
        };
        assert_eq!(
            dot(&graph),
            "digraph tasks {\n  rankdir=LR;\n  \"7\" [label=\"7 Say \\\"hi\\\"]\\\\\"];\n}\n"
        );
        assert_eq!(mermaid(&graph), "graph LR\n  t0[\"7 Say #34;hi#34;#93;#92;\"]\n");
    }
}
