//! `show`: one task across files.

use std::path::Path;

use lockstep_analysis::Analysis;
use lockstep_analysis::index::Place;
use lockstep_analysis::operation::{self, Meant};
use lockstep_analysis::task_view;

use crate::cli::fields::Fields;
use crate::cli::output::{
    BOLD, DIM, YELLOW, category_style, columns, cut, cut_start, one_line, pad, paint,
};
use crate::cli::{Context, Exit, OutputFormat, UserError};
use crate::report::{self, PartReport, SCHEMA, StatusElsewhere, TaskList, TaskReport};
use crate::workspace::commit::Claims;
use crate::workspace::worktrees;

/// So many columns of a text are shown.
const TEXT: usize = 40;
/// So many columns of a path are shown, however narrow the terminal is.
const PLACE: usize = 16;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The task, as it is written anywhere (7, #7, 007), a phase or check box (PLAN.md#phase-2), or
    /// a file that holds phases and check boxes
    id: String,
    #[command(flatten)]
    fields: Fields,
    /// Output format
    #[arg(long, value_enum, default_value = "text")]
    format: OutputFormat,
}

pub(super) fn run(cx: &mut Context, args: Args) -> Result<Exit, UserError> {
    args.fields.check()?;
    let mut workspace = cx.read_once()?;
    let worktrees = worktrees::look(&workspace);
    workspace.set_worktrees(worktrees);
    let analysis = workspace.analysis();
    let parts = analysis.index.parts_in(&args.id);
    if analysis.task(&args.id).is_none() && !parts.is_empty() {
        return tell_parts(cx, analysis, &parts, &args);
    }
    let task = match operation::meant(analysis, &args.id)? {
        Meant::Task(task) => task,
        Meant::Part(place) => {
            let name = analysis.index.part_name(place);
            let part = report::task_report(analysis, &task_view::part(analysis, place, name));
            return tell(cx, workspace.folder(), (analysis, &[place]), &args, part);
        }
    };
    let elsewhere = analysis.status_in_each(task).map(|(worktree, status)| StatusElsewhere {
        worktree: worktree.name.clone(),
        status: status.map(str::to_owned),
    });
    let elsewhere: Vec<StatusElsewhere> = elsewhere.collect();
    let parts = report::parts(analysis, task);
    let places = &task.places;
    let task = report::task_report(analysis, &task_view::view(analysis, task));
    let task = TaskReport { parts, elsewhere, ..task };
    tell(cx, workspace.folder(), (analysis, places), &args, task)
}

fn tell(
    cx: &mut Context,
    root: &Path,
    (analysis, places): (&Analysis, &[Place]),
    args: &Args,
    task: TaskReport,
) -> Result<Exit, UserError> {
    let next = report::transitions::transitions(analysis, &args.id, None)?.into_iter();
    let next = next.filter(|next| next.allowed && Some(&next.status) != task.status.as_ref());
    let next: Vec<String> = next.map(|next| next.status).collect();
    let notes = report::transitions::strange_marks(analysis, places, &next);
    let mut task = TaskReport { next: Some(next), notes, ..task };
    Claims::at(root).tell_holders(analysis, std::slice::from_mut(&mut task));
    match args.format {
        _ if args.fields.are_named() => cx.out.json_line(&args.fields.of(&task))?,
        OutputFormat::Json => cx.out.json(&task)?,
        OutputFormat::Text => cx.out.text(&render(&task, cx.out.width()))?,
    }
    Ok(Exit::Done)
}

/// A line for each phase and box of a file: its status, and the name by which it can be set.
fn tell_parts(
    cx: &mut Context,
    analysis: &Analysis,
    parts: &[Place],
    args: &Args,
) -> Result<Exit, UserError> {
    let named = parts.iter().zip(analysis.index.telling_names(parts));
    let parts = named.map(|(place, name)| task_view::part(analysis, *place, name));
    let tasks: Vec<TaskReport> = parts.map(|part| report::task_report(analysis, &part)).collect();
    if args.fields.are_named() {
        args.fields.print(cx, &tasks)?;
        return Ok(Exit::Done);
    }
    if let OutputFormat::Json = args.format {
        cx.out.json(&TaskList { schema: SCHEMA, tasks, archived: 0 })?;
        return Ok(Exit::Done);
    }
    for part in &tasks {
        let status = pad(part.status.as_deref().unwrap_or("unknown"), 12);
        let status = paint(category_style(part.category.as_deref()), &status);
        cx.out.line(&format!("{status}  {}", one_line(&part.id)))?;
    }
    Ok(Exit::Done)
}

fn render(task: &TaskReport, width: Option<usize>) -> String {
    let status = task.status.as_deref().unwrap_or("unknown");
    let category = task.category.as_deref();
    let mut out = format!(
        "{} {}\n{}{}\n",
        paint(BOLD, &one_line(&task.id)),
        paint(BOLD, &one_line(&task.title)),
        paint(category_style(category), status),
        if task.archived { " (archived)" } else { "" },
    );
    if let Some(holder) = &task.holder {
        out.push_str(&format!("held by {}\n", one_line(holder)));
    }
    if !task.agreed {
        out.push_str(&paint(YELLOW.bold(), "⚠ the places disagree"));
        out.push('\n');
    }
    out.push('\n');
    out.push_str(&occurrences(task, width));
    if task.occurrences.is_empty() && task.status.is_some() {
        out.push_str("  it states none: its status follows from its check boxes, or its file\n");
    }
    if !task.phases.is_empty() {
        out.push_str(&format!("\n{}\n", paint(BOLD, "Phases")));
        for phase in &task.phases {
            let style = category_style(phase.category.as_deref());
            let status = phase.status.as_deref().unwrap_or("unknown");
            let (number, title) = (one_line(&phase.number), one_line(&phase.title));
            out.push_str(&format!("  {number}  {}  {title}\n", paint(style, &pad(status, 12))));
        }
    }
    if !task.parts.is_empty() {
        out.push_str(&format!("\n{}\n", paint(BOLD, "Parts")));
        out.push_str(&parts(&task.parts));
    }
    if !task.depends.is_empty() {
        out.push_str(&format!(
            "\n{} {}\n",
            paint(BOLD, "Depends on"),
            one_line(&task.depends.join(", "))
        ));
    }
    if !task.elsewhere.is_empty() {
        out.push_str(&format!("\n{}\n", paint(BOLD, "In other worktrees")));
        for there in &task.elsewhere {
            let style = if there.status == task.status { DIM } else { YELLOW };
            let status = paint(style, there.status.as_deref().unwrap_or("no status"));
            out.push_str(&format!("  {}  {status}\n", one_line(&there.worktree)));
        }
    }
    let allowed = task.next.as_deref().unwrap_or_default().join(", ");
    let allowed = if allowed.is_empty() { "nothing" } else { &allowed };
    out.push_str(&format!("\n{} {allowed}\n", paint(BOLD, "Allowed next")));
    out.extend(task.notes.iter().map(|note| format!("  {note}\n")));
    out
}

/// A line for each task that is part of another.
fn parts(parts: &[PartReport]) -> String {
    let name = |part: &PartReport| one_line(&part.id);
    let widest = parts.iter().map(|part| columns(&name(part))).max().unwrap_or(0);
    let line = |part: &PartReport| {
        let status = pad(part.status.as_deref().unwrap_or("unknown"), 12);
        let status = paint(category_style(part.category.as_deref()), &status);
        format!("  {}  {status}  {}\n", pad(&name(part), widest), one_line(&part.title))
    };
    parts.iter().map(line).collect()
}

/// A line for each place: how it stands there, the text, what it means, and where.
fn occurrences(task: &TaskReport, width: Option<usize>) -> String {
    let rows: Vec<[String; 4]> = task
        .occurrences
        .iter()
        .map(|o| {
            let place = one_line(&format!("{}:{}:{}", o.path, o.line, o.column));
            let status = o.status.clone().unwrap_or_else(|| "unknown".into());
            [o.kind.clone(), cut(&one_line(&o.text), TEXT), status, place]
        })
        .collect();
    let widest = |column: usize| rows.iter().map(|row| columns(&row[column])).max().unwrap_or(0);
    let widths = [widest(0), widest(1), widest(2)];
    let used = widths.iter().map(|width| width + 2).sum::<usize>() + 2;
    let mut out = String::new();
    for [kind, text, status, place] in &rows {
        let style = match Some(status) == task.status.as_ref() {
            true => category_style(task.category.as_deref()),
            false => YELLOW,
        };
        let place = match width {
            Some(width) => cut_start(place, width.saturating_sub(used).max(PLACE)),
            None => place.clone(),
        };
        out.push_str(&format!(
            "  {}  {}  {}  {place}\n",
            paint(DIM, &pad(kind, widths[0])),
            pad(text, widths[1]),
            paint(style, &pad(status, widths[2])),
        ));
    }
    out
}
