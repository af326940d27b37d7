//! Tells a client that shows lists of tasks which lines of them are other than before. What a burst of
//! changes comes to is told once, as soon as it pauses.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use lockstep_analysis::Analysis;
use lockstep_analysis::profile::id::TaskId;
use lockstep_analysis::task_view::row;
use serde::{Deserialize, Serialize};
use tokio::sync::watch;
use tokio::time::{Instant, timeout_at};
use tower_lsp::Client;
use tower_lsp::ls_types::notification::Notification;

use crate::hub::snapshot::{Folder, SessionSnapshot};
use crate::lsp::methods;
use crate::report::rows::TaskRow;
use crate::workspace::commit::Claims;

/// How long a pause is.
const PAUSE: Duration = Duration::from_millis(120);

/// How long a burst may go on without one: an editor that reads one file after the other again says so
/// each time.
const LONGEST: Duration = Duration::from_millis(250);

/// No more rows than these are told one by one.
const MOST: usize = 500;

/// The params of `lockstep/tasksChanged`.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct TasksChanged {
    /// The workspace's folder.
    pub(crate) root: String,
    /// What is new, or is other than it was told: each row whole.
    pub(crate) tasks: Vec<TaskRow>,
    /// The ids of tasks that are gone.
    pub(crate) removed: Vec<String>,
    /// Whether too much is other: whoever wants to know asks `lockstep/tasks` for everything again.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) all: bool,
}

impl Notification for TasksChanged {
    type Params = TasksChanged;
    const METHOD: &'static str = methods::TASKS_CHANGED;
}

/// Tells the client until there are no more snapshots.
pub(crate) async fn tell(client: Client, mut snapshots: watch::Receiver<Arc<SessionSnapshot>>) {
    let mut told: Arc<SessionSnapshot> = Arc::default();
    // The first has everything that the client has said so far.
    while snapshots.wait_for(|now| !Arc::ptr_eq(now, &told) && now.applied > 0).await.is_ok() {
        until_quiet(&mut snapshots).await;
        let now = snapshots.borrow_and_update().clone();
        let (before, after) = (told, now.clone());
        let found = tokio::task::spawn_blocking(move || news(&before, &after));
        told = now;
        let Ok(news) = found.await else {
            tracing::error!("cannot compute the rows of tasks; see the panic above");
            continue;
        };
        for changed in news {
            client.send_notification::<TasksChanged>(changed).await;
        }
    }
}

/// Waits until nothing has come for a while.
async fn until_quiet(snapshots: &mut watch::Receiver<Arc<SessionSnapshot>>) {
    let end = Instant::now() + LONGEST;
    snapshots.mark_unchanged();
    loop {
        let pause = (Instant::now() + PAUSE).min(end);
        // It is quiet, it has taken too long, or there are no more.
        if !matches!(timeout_at(pause, snapshots.changed()).await, Ok(Ok(()))) {
            return;
        }
    }
}

/// What must be told of each folder.
fn news(before: &SessionSnapshot, now: &SessionSnapshot) -> Vec<TasksChanged> {
    let find = |folders: &'_ [Folder], root: &Path| {
        folders.iter().find(|folder| folder.root == root).map(|it| it.analysis.clone())
    };
    let mut news = Vec::new();
    for folder in &now.folders {
        let root = folder.root.to_string_lossy();
        match find(&before.folders, &folder.root) {
            Some(was) if was.is_same(&folder.analysis) => {}
            Some(was) => news.extend(difference(&was, &folder.analysis, &root)),
            None => news.push(everything(&root)),
        }
    }
    let gone = before.folders.iter().filter(|it| find(&now.folders, &it.root).is_none());
    news.extend(gone.map(|folder| everything(&folder.root.to_string_lossy())));
    news
}

fn everything(root: &str) -> TasksChanged {
    TasksChanged { root: root.to_owned(), tasks: Vec::new(), removed: Vec::new(), all: true }
}

/// What the rows of one folder are that are other than before.
fn difference(was: &Analysis, is: &Analysis, root: &str) -> Option<TasksChanged> {
    let mut changed = TasksChanged { all: false, ..everything(root) };
    let mut claims = None;
    let all = || was.index.tasks.keys().chain(is.index.tasks.keys()).cloned().collect();
    let ids = is.tasks_other_than(was).unwrap_or_else(all);
    let row_in = |analysis: &Analysis, id: &TaskId| {
        analysis.index.tasks.get(id).map(|task| row::row(analysis, task))
    };
    for id in ids {
        let (before, now) = (row_in(was, &id), row_in(is, &id));
        let is_renamed = |now: &row::RowView| before.as_ref().is_some_and(|it| it.id != now.id);
        match (&before, now) {
            (None, None) => {}
            (Some(before), None) => changed.removed.push(before.id.clone()),
            (Some(before), Some(now)) if now.shows_the_same(before) => {}
            (_, Some(now)) => {
                if is_renamed(&now) {
                    changed.removed.extend(before.map(|it| it.id));
                }
                let task = &is.index.tasks.get(&id)?;
                let row = TaskRow::new(is, root, task, now);
                let claims = claims.get_or_insert_with(|| Claims::at(Path::new(root)));
                changed.tasks.push(claims.told(task, row));
            }
        }
        if changed.tasks.len() + changed.removed.len() > MOST {
            return Some(everything(root));
        }
    }
    (!changed.tasks.is_empty() || !changed.removed.is_empty()).then_some(changed)
}
