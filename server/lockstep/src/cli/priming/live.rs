//! How things are now, in few words: what somebody holds, what can begin, what drifts.

use lockstep_analysis::task_view;

use crate::cli::output::{count, cut, one_line};
use crate::report::{TaskReport, next};
use crate::workspace::commit::Claims;
use crate::workspace::local::LocalWorkspace;

/// How many tasks of a kind are named.
const NAMED: usize = 5;
/// So many columns of a name are told.
const NAME: usize = 60;

/// How things are, for `holder`; where nobody knows who asks, whatever is held is told with its holder.
pub(in crate::cli) fn live(workspace: &LocalWorkspace, holder: Option<&str>) -> String {
    let analysis = workspace.analysis();
    let claims = Claims::at(workspace.folder());
    let mut ready = next::next(analysis).map(|report| report.tasks).unwrap_or_default();
    claims.tell_holders(analysis, &mut ready);
    ready.retain(|task| task.holder.is_none());
    let mut all: Vec<TaskReport> = claims.tasks(analysis);
    claims.tell_holders(analysis, &mut all);
    all.retain(|task| holder.is_none() || task.holder.as_deref() == holder);
    let mut out = String::from(
        "Task status stands in several files here. Never edit a status by hand; use `lockstep set`.\n",
    );
    if !all.is_empty() {
        match holder {
            Some(holder) => {
                out.push_str(&format!("You ({}) hold:\n", cut(&one_line(holder), NAME)));
            }
            None => out.push_str("Held by agents, perhaps by you:\n"),
        }
        out.push_str(&lines(&all, holder.is_none()));
    }
    match ready.len() {
        0 => out.push_str("No task can begin that nobody holds.\n"),
        n => {
            out.push_str(&format!("{} can begin:\n", count(n, "task")));
            out.push_str(&lines(&ready, false));
        }
    }
    let tasks = analysis.index.tasks.values();
    let live = tasks.filter(|task| !task_view::is_archived(task));
    let drifting = live.filter(|task| analysis.index.is_apart(task)).count();
    if drifting > 0 {
        let drift = if drifting == 1 { "drifts" } else { "drift" };
        let tasks = count(drifting, "task");
        out.push_str(&format!("{tasks} {drift} between files: `lockstep check`.\n"));
    }
    out
}

fn lines(tasks: &[TaskReport], with_holder: bool) -> String {
    let line = |task: &TaskReport| {
        let status = task.status.as_deref().unwrap_or("no status");
        let title = cut(&one_line(&task.title), NAME);
        let holder = task.holder.as_deref().filter(|_| with_holder);
        let holder = holder.map(|it| format!(", held by {}", cut(&one_line(it), NAME)));
        let id = cut(&one_line(&task.id), NAME);
        format!("- {id} ({status}) {title}{}\n", holder.unwrap_or_default())
    };
    tasks.iter().take(NAMED).map(line).collect()
}
