//! All tasks of a workspace as a page: those that are not finished, by what their status means.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::analysis::Analysis;
use crate::index::Task;
use crate::profile::id::TaskId;
use crate::profile::vocabulary::Category;
use crate::syntax::markdown_text::{address, escape};
use crate::task_view;

/// In which order categories are listed, and under which title; those of finished tasks are counted.
const LISTED: [(Category, &str); 3] =
    [(Category::Active, "Active"), (Category::Waiting, "Waiting"), (Category::Open, "Open")];

/// The page, in Markdown, below a heading. `link` gives the address of the page of a task.
pub fn board_page(analysis: &Analysis, link: &dyn Fn(&TaskId) -> String) -> String {
    let mut by_category: BTreeMap<Option<&str>, Vec<&Task>> = BTreeMap::new();
    let live = analysis.index.tasks.values().filter(|task| !task_view::is_archived(task));
    for task in live {
        let status = task_view::status(analysis, task);
        by_category.entry(status.map(|it| it.category.name())).or_default().push(task);
    }
    let mut out = "# Tasks\n".to_owned();
    let listed = LISTED.map(|(category, title)| (Some(category.name()), title));
    for (category, title) in listed.into_iter().chain([(None, "Without a status")]) {
        let tasks = by_category.remove(&category).unwrap_or_default();
        if tasks.is_empty() {
            continue;
        }
        let _ = write!(out, "\n## {title} ({})\n\n", tasks.len());
        for task in tasks {
            let _ = writeln!(out, "{}", row(analysis, task, link));
        }
    }
    let rest: Vec<String> = Category::ALL
        .iter()
        .filter_map(|(_, name)| Some(format!("{} {name}", by_category.get(&Some(*name))?.len())))
        .collect();
    if !rest.is_empty() {
        let _ = write!(out, "\nNot listed: {}\n", rest.join(", "));
    }
    out
}

fn row(analysis: &Analysis, task: &Task, link: &dyn Fn(&TaskId) -> String) -> String {
    let index = &analysis.index;
    let name = format!("{} {}", analysis.name_of(&task.id), task_view::title(analysis, task));
    let status = task_view::status(analysis, task).map(|def| def.id.replace('_', " "));
    let status = status.map(|status| format!(" — {}", escape(&status))).unwrap_or_default();
    let apart = if index.is_apart(task) { " ⚠ places disagree" } else { "" };
    let (name, link) = (escape(name.trim_end()), address(&link(&task.id)));
    format!("- [{name}]({link}){status}{apart}")
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::board_page;
    use crate::testing::analysis;

    #[test]
    fn what_is_under_way_comes_first_and_what_is_finished_is_counted() {
        let (analysis, _) = analysis(
            "\
//- /specs/TODO.md
  ### 7. Add [login]
  - **Status**: [PLANNED]

  ### 8. Add logout
  - **Status**: [IMPLEMENTING]

  ### 9. Write
  - **Status**: [COMPLETED]
//- /specs/state.json
  { \"active_projects\": [{ \"project_number\": 8, \"status\": \"planned\" }] }
",
        );
        expect![[r"
            # Tasks

            ## Active (1)

            - [8 Add logout](lockstep:/task/8) — implementing ⚠ places disagree

            ## Open (1)

            - [7 Add \[login\]](lockstep:/task/7) — planned

            Not listed: 1 done
        "]]
        .assert_eq(&board_page(&analysis, &|id| format!("lockstep:/task/{id}")));
    }
}
