//! `list`: the tasks of the workspace.

use crate::cli::fields::Fields;
use crate::cli::output::{
    DIM, YELLOW, category_style, columns, counted, cut, one_line, pad, paint, titled,
};
use crate::cli::{Context, Exit, OutputFormat, UserError};
use crate::report::{self, TaskFilter, TaskReport};
use crate::workspace::commit::Claims;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Show only tasks with this status, in any spelling
    #[arg(long)]
    status: Option<String>,
    /// Show only tasks of this category: open, active, waiting, done, failed or dropped
    #[arg(long)]
    category: Option<String>,
    /// Show archived tasks too
    #[arg(long, alias = "all")]
    archived: bool,
    /// Show at most N tasks
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
    #[command(flatten)]
    fields: Fields,
    /// Output format
    #[arg(long, value_enum, default_value = "text")]
    format: OutputFormat,
}

pub(super) fn run(cx: &mut Context, args: Args) -> Result<Exit, UserError> {
    let filter =
        TaskFilter { status: args.status, category: args.category, archived: args.archived };
    args.fields.check()?;
    let workspace = cx.read_once()?;
    let mut list = report::list(workspace.analysis(), &filter)?;
    Claims::at(workspace.folder()).tell_holders(workspace.analysis(), &mut list.tasks);
    let all = list.tasks.len();
    list.tasks.truncate(args.limit.unwrap_or(all));
    if args.fields.are_named() {
        args.fields.print(cx, &list.tasks)?;
        return Ok(Exit::Done);
    }
    if args.format == OutputFormat::Json {
        cx.out.json(&list)?;
        return Ok(Exit::Done);
    }
    let tasks: Vec<&TaskReport> = list.tasks.iter().collect();
    cx.out.text(&table(&tasks, cx.out.width()))?;
    let live = tasks.iter().filter(|task| !task.archived).count();
    let counted = match all - tasks.len() {
        0 => counted(live, list.archived),
        more => format!("{} and {more} more", tasks.len()),
    };
    cx.out.line(&paint(DIM, &counted))?;
    cx.tell_no_files(workspace.analysis())?;
    Ok(Exit::Done)
}

/// One line a task: id, status, whether its places disagree, phases done of all, title.
fn table(tasks: &[&TaskReport], width: Option<usize>) -> String {
    let ids = tasks.iter().map(|task| columns(&task.id)).max().unwrap_or(0);
    let statuses = tasks.iter().map(|task| columns(status(task))).max().unwrap_or(0);
    let phases = tasks.iter().map(|task| columns(&progress(task))).max().unwrap_or(0);
    let mut out = String::new();
    for task in tasks {
        let style = category_style(task.category.as_deref());
        let mark = if task.agreed { " ".to_owned() } else { paint(YELLOW.bold(), "⚠") };
        let mut line = format!(
            "{}  {} {mark}  ",
            pad(&one_line(&task.id), ids),
            paint(style, &pad(status(task), statuses)),
        );
        let mut used = ids + 2 + statuses + 1 + 1 + 2;
        if phases > 0 {
            line.push_str(&format!("{}  ", pad(&progress(task), phases)));
            used += phases + 2;
        }
        let title = titled(&task.title, task.holder.as_deref());
        match width {
            Some(width) => line.push_str(&cut(&title, width.saturating_sub(used).max(8))),
            None => line.push_str(&title),
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

fn status(task: &TaskReport) -> &str {
    task.status.as_deref().unwrap_or("unknown")
}

/// How many phases are done, of how many; nothing where there are none.
fn progress(task: &TaskReport) -> String {
    let is_done = |category: &Option<String>| category.as_deref() == Some("done");
    match task.phases.len() {
        0 => String::new(),
        n => format!("{}/{n}", task.phases.iter().filter(|p| is_done(&p.category)).count()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::PhaseReport;

    fn task(id: &str, title: &str, status: &str, agreed: bool) -> TaskReport {
        TaskReport {
            id: id.into(),
            title: title.into(),
            status: Some(status.into()),
            category: Some("active".into()),
            agreed,
            archived: false,
            depends: vec![],
            occurrences: vec![],
            phases: vec![],
            rev: String::new(),
            holder: None,
            next: None,
            notes: vec![],
            parts: vec![],
            elsewhere: vec![],
        }
    }

    fn plain(tasks: &[&TaskReport], width: Option<usize>) -> String {
        anstream::adapter::strip_str(&table(tasks, width)).to_string()
    }

    #[test]
    fn columns_are_aligned_and_disagreement_is_marked() {
        let mut first = task("7", "Add login", "implementing", false);
        let phase = |category: &str| PhaseReport {
            number: "1".into(),
            title: String::new(),
            status: None,
            category: Some(category.into()),
        };
        first.phases = vec![phase("done"), phase("open")];
        let second = task("12", "日本語", "planned", true);
        assert_eq!(
            plain(&[&first, &second], None),
            "7   implementing ⚠  1/2  Add login\n12  planned              日本語\n"
        );
    }

    #[test]
    fn a_title_is_cut_to_the_terminal() {
        let long = task("7", "Add a login that everybody likes", "planned", true);
        assert_eq!(plain(&[&long], Some(30)), "7  planned    Add a login tha…\n");
    }
}
