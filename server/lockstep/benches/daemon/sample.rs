//! Workspaces to measure with.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The task whose status changes. All phases of its plan are finished, so that there is a finding
/// that names the status of the plan.
pub(crate) const TASK: &str = "7";
/// What the task becomes in turns, with what the finding says then.
pub(crate) const TURNS: [(&str, &str); 2] =
    [("partial", "the plan says [PARTIAL]"), ("implementing", "the plan says [IN PROGRESS]")];
/// How the task that an editor changes stands in its file, in turns. Its record says something else,
/// so that there is a finding that names this.
pub(crate) const SAVES: [&str; 2] = ["[RESEARCHED]", "[PLANNED]"];

/// How large a workspace is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Size {
    /// 20 tasks, 10 plans.
    Small,
    /// 1,000 tasks, 500 plans.
    Middle,
    /// 10,000 tasks, 5,000 plans: some 75,000 places with a status.
    Large,
}

impl Size {
    pub(crate) fn tasks(self) -> usize {
        match self {
            Size::Small => 20,
            Size::Middle => 1_000,
            Size::Large => 10_000,
        }
    }
}

/// A workspace on disk.
#[derive(Debug)]
pub(crate) struct Sample {
    pub(crate) root: PathBuf,
    /// How many tasks it has.
    pub(crate) tasks: usize,
}

impl Sample {
    /// Writes a workspace below `folder`; of one that is `adrift`, 70 of 100 tasks are something else in
    /// their records.
    pub(crate) fn write(folder: &Path, size: Size, adrift: bool) -> io::Result<Sample> {
        let name = if adrift { "adrift" } else { "in step" };
        let root = folder.canonicalize()?.join(format!("{size:?} {name}"));
        let (mut todo, mut records) = ("# Tasks\n\n".to_owned(), Vec::new());
        fs::create_dir_all(root.join("specs"))?;
        for number in 1..=size.tasks() {
            let (marker, value) = match number {
                8 => (SAVES[1], "revised"),
                _ if adrift && number > 8 && number % 10 < 7 => ("[IMPLEMENTING]", "researching"),
                _ => ("[IMPLEMENTING]", "implementing"),
            };
            todo += &format!(
                "### {number}. Task {number}\n- **Effort**: 2 hours\n- **Status**: {marker}\n\n**Description**: words.\n\n"
            );
            records.push(format!("    {{ \"project_number\": {number}, \"project_name\": \"task\", \"status\": \"{value}\" }}"));
            if number % 2 == 1 {
                plan(&root, number)?;
            }
        }
        fs::write(root.join("specs/TODO.md"), todo)?;
        let records = records.join(",\n");
        let state = format!("{{\n  \"active_projects\": [\n{records}\n  ]\n}}\n");
        fs::write(root.join("specs/state.json"), state)?;
        Ok(Sample { root, tasks: size.tasks() })
    }

    pub(crate) fn todo(&self) -> PathBuf {
        self.root.join("specs/TODO.md")
    }

    /// The folders in which files change with the status of [`TASK`].
    pub(crate) fn folders(&self) -> [PathBuf; 2] {
        [self.root.join("specs"), self.root.join("specs/007_task/plans")]
    }

    /// The line of `TODO.md`, counted from 0, that says the status of a task.
    pub(crate) fn status_line(&self, task: &str) -> io::Result<usize> {
        let text = fs::read_to_string(self.todo())?;
        let heading = format!("### {task}. ");
        let mut lines = text.lines().enumerate().skip_while(|(_, it)| !it.starts_with(&heading));
        let found = lines.find(|(_, line)| line.starts_with("- **Status**"));
        found.map(|(at, _)| at).ok_or_else(|| io::Error::other("the task has no status"))
    }
}

fn plan(root: &Path, number: usize) -> io::Result<()> {
    let plans = root.join(format!("specs/{number:03}_task/plans"));
    fs::create_dir_all(&plans)?;
    let mut text = "# Plan\n- **Status**: [IN PROGRESS]\n\n".to_owned();
    for phase in 1..=10 {
        let status = if phase == 1 || number == 7 { "COMPLETED" } else { "NOT STARTED" };
        text += &format!("### Phase {phase}: Part [{status}]\n\n");
    }
    fs::write(plans.join("implementation-001.md"), text)
}
