//! A task's state across files, for the place under the cursor.

use std::fmt::Write;

use crate::analysis::Analysis;
use crate::change::{self, Transition};
use crate::index::readiness::Blocker;
use crate::index::{Place, Task};
use crate::mentions;
use crate::model::FilePath;
use crate::profile::EntityKind;
use crate::profile::flow::TaskKind;
use crate::profile::id::TaskId;
use crate::profile::vocabulary::{StatusIdx, Vocabulary};
use crate::syntax::markdown_text::{address, code, escape};
use crate::task_view::{self, TaskView};
use crate::text::TextRange;

/// What a hover shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hover {
    /// What it is about.
    pub range: TextRange,
    /// The text, in Markdown.
    pub markdown: String,
}

/// Phases that are listed one by one; the rest is counted.
const PHASES: usize = 30;

/// The state of the task at `offset` of a file. `link` gives the address of a line of a file, both
/// counted from 1; `holder` says who holds a task, and until when.
pub fn hover(
    analysis: &Analysis,
    path: &str,
    offset: usize,
    link: &dyn Fn(&FilePath, u32) -> String,
    holder: &dyn Fn(&TaskId) -> Option<String>,
) -> Option<Hover> {
    let (doc, document) = analysis.index.document(path)?;
    let entity = document.entity_at(offset)?;
    let place = Place { doc, entity };
    if !mentions::is_on_header(document, place, offset) {
        return None;
    }
    let range = document.facts.entities[entity].name;
    let markdown = match document.facts.entities[entity].kind {
        EntityKind::Item => describe_item(analysis, place),
        _ => describe(analysis, analysis.index.task_at(place)?, link, holder),
    };
    Some(Hover { range, markdown })
}

/// A page about a task, in Markdown. `link` and `holder` are as for [`hover`].
pub fn page(
    analysis: &Analysis,
    task: &Task,
    link: &dyn Fn(&FilePath, u32) -> String,
    holder: &dyn Fn(&TaskId) -> Option<String>,
) -> String {
    let title = format!("{} {}", analysis.name_of(&task.id), task_view::title(analysis, task));
    format!("# {}\n\n{}\n", escape(title.trim_end()), describe(analysis, task, link, holder))
}

/// A task's state as Markdown.
fn describe(
    analysis: &Analysis,
    task: &Task,
    link: &dyn Fn(&FilePath, u32) -> String,
    holder: &dyn Fn(&TaskId) -> Option<String>,
) -> String {
    let view = task_view::view(analysis, task);
    let mut out = String::new();
    let status = escape(view.status.as_deref().unwrap_or("no status"));
    let _ = write!(out, "**{} · {}** — {status}", escape(&view.id), escape(&view.title));
    if view.archived {
        out.push_str(" (archived)");
    } else if !view.agreed {
        out.push_str(" — **places disagree**");
    }
    out.push_str("\n\n");
    occurrences(analysis, task, &view, link, &mut out);
    phases(&view, &mut out);
    dependencies(analysis, task, &mut out);
    readiness(analysis, task, &view, &mut out);
    if let Some(holder) = holder(&task.id) {
        let _ = writeln!(out, "Held by {}\n", escape(&holder));
    }
    elsewhere(analysis, task, &mut out);
    next(analysis, task, &view, &mut out);
    out.trim_end().to_owned()
}

/// The state of a check box as Markdown, and what it is part of.
fn describe_item(analysis: &Analysis, place: Place) -> String {
    let index = &analysis.index;
    let item = index.entity(place);
    let vocabulary = index.vocabulary_at(place);
    let from = index.status_at(place);
    let status = escape(from.map_or("no status", |from| vocabulary.get(from).id.as_str()));
    let mut out = format!("**{}** — {status}\n", escape(&item.title));
    if item.parent.is_some() {
        out.push('\n');
    }
    let mut up = item.parent;
    while let Some(entity) = up {
        let parent = index.entity(Place { entity, ..place });
        let name = parent.number.as_deref().or(parent.id.as_ref().map(|id| id.as_str()));
        let name = name.map(|name| format!(" {}", escape(name))).unwrap_or_default();
        let _ = writeln!(out, "- in {}{name} {}", parent.kind.name(), escape(&parent.title));
        up = parent.parent;
    }
    let _ = write!(out, "\nName: {}\n", code(&index.part_name(place)));
    let with_box =
        |id: &&str| vocabulary.lookup(id).is_some_and(|it| !vocabulary.get(it).boxes.is_empty());
    let all = change::transitions(vocabulary, from);
    let next = next_statuses(vocabulary, from, all).into_iter().filter(with_box);
    let next: Vec<String> = next.map(escape).collect();
    let _ = write!(out, "\nAllowed next: {}", next.join(", "));
    out
}

/// How it stands in the other worktrees: those with one status in one line.
fn elsewhere(analysis: &Analysis, task: &Task, out: &mut String) {
    let mut by_status: Vec<(Option<&str>, Vec<String>)> = Vec::new();
    for (worktree, status) in analysis.status_in_each(task) {
        let name = escape(&worktree.name);
        match by_status.iter_mut().find(|(known, _)| *known == status) {
            Some((_, names)) => names.push(name),
            None => by_status.push((status, vec![name])),
        }
    }
    for (status, names) in by_status {
        let s = if names.len() == 1 { "" } else { "s" };
        let status = escape(status.unwrap_or("no status"));
        let _ = writeln!(out, "In worktree{s} {}: {status}\n", names.join(", "));
    }
}

fn occurrences(
    analysis: &Analysis,
    task: &Task,
    view: &TaskView,
    link: &dyn Fn(&FilePath, u32) -> String,
    out: &mut String,
) {
    let other = analysis.index.plan_disagreement(task);
    let plan = other.map(|(header, _)| (&header.document.path, header.occurrence.reading.range));
    for occurrence in &view.occurrences {
        let Some((_, document)) = analysis.index.document(occurrence.path.as_str()) else {
            continue;
        };
        let line = document.lines.line_col(occurrence.range.start as usize).line + 1;
        let is_plan = occurrence.entity == EntityKind::Plan;
        let differs = match is_plan {
            true => plan == Some((&occurrence.path, occurrence.range)),
            false => occurrence.status != view.status,
        };
        let mark = if differs { " ⚠ differs" } else { "" };
        let what = if is_plan { " (plan)" } else { "" };
        let _ = writeln!(
            out,
            "- {} in [{}:{line}]({}){what}{mark}",
            code(&occurrence.text),
            escape(occurrence.path.as_str()),
            address(&link(&occurrence.path, line)),
        );
    }
    out.push('\n');
}

fn phases(view: &TaskView, out: &mut String) {
    if view.phases.is_empty() {
        return;
    }
    let closed = view.phases.iter().filter(|p| p.category.is_some_and(|c| c.is_closed())).count();
    let _ = writeln!(out, "Phases: {closed} of {} finished\n", view.phases.len());
    for phase in view.phases.iter().take(PHASES) {
        let status = escape(phase.status.as_deref().unwrap_or("no status"));
        let (number, title) = (escape(&phase.number), escape(&phase.title));
        let _ = writeln!(out, "- {number} {title} — {status}");
    }
    if view.phases.len() > PHASES {
        let _ = writeln!(out, "- … and {} more", view.phases.len() - PHASES);
    }
    out.push('\n');
}

fn dependencies(analysis: &Analysis, task: &Task, out: &mut String) {
    let name = |id: &crate::profile::id::TaskId| match analysis.index.tasks.get(id) {
        Some(other) => {
            let status =
                task_view::status(analysis, other).map_or("no status", |def| def.id.as_str());
            format!("{} ({})", escape(&analysis.name_of(id)), escape(status))
        }
        None => format!("{} (unknown)", escape(id.as_str())),
    };
    for (title, ids) in [
        ("Depends on", analysis.index.depends(task)),
        ("Needed by", analysis.index.dependents(task)),
    ] {
        if !ids.is_empty() {
            let names: Vec<String> = ids.iter().map(name).collect();
            let _ = writeln!(out, "{title}: {}\n", names.join(", "));
        }
    }
}

/// Whether an open task may begin, where it depends on anything.
fn readiness(analysis: &Analysis, task: &Task, view: &TaskView, out: &mut String) {
    let index = &analysis.index;
    if view.archived || !index.may_be_next(task) {
        return;
    }
    let blockers = index.blockers(task);
    let why = blockers.iter().map(|blocker| match blocker {
        Blocker::Unfinished(id) => format!("{} is not finished", escape(&analysis.name_of(id))),
        Blocker::Unknown(id) => format!("{} does not exist", escape(id.as_str())),
        Blocker::Above(id) => {
            format!("{}, which it is a part of, does not go on", escape(&analysis.name_of(id)))
        }
        Blocker::Before(id) => {
            format!("{}, which comes before it, is not finished", escape(&analysis.name_of(id)))
        }
        Blocker::Decided(id) => {
            format!("{}, which it is a part of, is decided", escape(&analysis.name_of(id)))
        }
        Blocker::Signal(name) => format!("no task has given \"{}\" yet", escape(name)),
        Blocker::Words(text) => format!("\"{}\" names no task", escape(text)),
    });
    let why: Vec<String> = why.collect();
    if !why.is_empty() {
        let _ = writeln!(out, "Cannot begin: {}\n", why.join("; "));
    } else if index.kind(task) == TaskKind::Wait {
        let _ = writeln!(out, "Can begin: what it waits for is done\n");
    } else if !view.depends.is_empty() {
        let _ = writeln!(out, "Can begin: what it depends on is finished\n");
    }
}

fn next(analysis: &Analysis, task: &Task, view: &TaskView, out: &mut String) {
    if view.archived {
        return;
    }
    let vocabulary = analysis.index.vocabulary_of(task);
    let from = analysis.index.status(task);
    let allowed = next_statuses(vocabulary, from, change::transitions_of(analysis, task));
    let allowed: Vec<String> = allowed.into_iter().map(escape).collect();
    let next = if allowed.is_empty() { "none, it is final".to_owned() } else { allowed.join(", ") };
    let _ = writeln!(out, "Allowed next: {next}");
}

/// The statuses that may follow.
fn next_statuses(
    vocabulary: &Vocabulary,
    from: Option<StatusIdx>,
    all: Vec<Transition>,
) -> Vec<&str> {
    let next = all.into_iter().filter(|it| it.allowed && Some(it.to) != from);
    next.map(|it| vocabulary.get(it.to).id.as_str()).collect()
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::testing::check_hover;

    const STATE: &str = r#"
//- /specs/state.json
  { "active_projects": [{ "project_number": 7, "project_name": "add_login", "status": "planned" }] }
//- /specs/007_add_login/plans/implementation-001.md
  # Plan for task 7
  - **Status**: [IN PROGRESS]

  ### Phase 1: Store [COMPLETED]
  ### Phase 2: Form [IN PROGRESS]
"#;

    #[test]
    fn a_task_is_told_with_all_its_places() {
        check_hover(
            &format!(
                "\
//- /specs/TODO.md
  ### 7. Add$0 login
  - **Status**: [IMPLEMENTING]
  - **Dependencies**: 3
{STATE}"
            ),
            expect![[r#"
                **7 · Add login** — implementing — **places disagree**

                - `[IMPLEMENTING]` in [specs/TODO.md:2](/specs/TODO.md#L2)
                - `planned` in [specs/state.json:1](/specs/state.json#L1) ⚠ differs
                - `[IN PROGRESS]` in [specs/007_add_login/plans/implementation-001.md:2](/specs/007_add_login/plans/implementation-001.md#L2) (plan)

                Phases: 1 of 2 finished

                - 1 Store — completed
                - 2 Form — in_progress

                Depends on: 3 (unknown)

                Allowed next: pr_ready, partial, completed, blocked, abandoned"#]],
        );
    }

    #[test]
    fn of_a_task_that_is_a_box_what_its_box_can_say_may_follow() {
        check_hover(
            "\
//- /.planning/ROADMAP.md
  - [ ] **Phase 1: Pr$0int**
",
            expect![[r#"
                **1 · Print** — not_started

                - `[ ]` in [.planning/ROADMAP.md:1](/.planning/ROADMAP.md#L1)

                Allowed next: complete"#]],
        );
    }

    #[test]
    fn other_worktrees_are_told_of() {
        let said = |status: &str| {
            format!(
                "\
//- /specs/TODO.md
  ### 7. Add$0 login
  - **Status**: [PLANNED]
//- /specs/TODO.md worktree:fix_1
  ### 7. Add login
  - **Status**: [{status}]
//- /specs/TODO.md worktree:second
  ### 7. Add login
  - **Status**: [PLANNED]
//- /specs/TODO.md worktree:third
  ### 8. Log out
  - **Status**: [PLANNED]
//- /specs/state.json
  {{ \"active_projects\": [] }}
"
            )
        };
        check_hover(
            &said("IMPLEMENTING"),
            expect![[r#"
                **7 · Add login** — planned

                - `[PLANNED]` in [specs/TODO.md:2](/specs/TODO.md#L2)

                In worktree fix_1: implementing

                In worktree second: planned

                In worktree third: no status

                Allowed next: revising, implementing, blocked"#]],
        );
        check_hover(
            &said("PLANNED"),
            expect![[r#"
                **7 · Add login** — planned

                - `[PLANNED]` in [specs/TODO.md:2](/specs/TODO.md#L2)

                In worktrees fix_1, second: planned

                In worktree third: no status

                Allowed next: revising, implementing, blocked"#]],
        );
    }

    #[test]
    fn a_box_is_told_of_itself_and_of_what_it_is_part_of() {
        check_hover(
            &format!(
                "{}\n  - [ ] Draw it\n  $0  - [x] Measure _all_ of it\n//- /specs/TODO.md\n  ### 7. Add login\n  - **Status**: [IMPLEMENTING]\n",
                STATE.trim_end()
            ),
            expect![[r#"
                **Measure \_all\_ of it** — done

                - in item Draw it
                - in phase 2 Form
                - in plan 7 Plan for task 7

                Name: `specs/007_add_login/plans/implementation-001.md#phase-2/draw-it/measure-all-of-it`

                Allowed next: open"#]],
        );
        check_hover(
            "//- /PLAN.md\n  - [/] Draw$0 it\n",
            expect![[r#"
                **Draw it** — in_progress

                Name: `PLAN.md#draw-it`

                Allowed next: todo, blocked, done, cancelled"#]],
        );
    }

    #[test]
    fn nothing_of_a_title_is_live() {
        let title = "![x](http://evil.org/x.png) <img src=x> [go](command:rm) https://evil.org \
                     www.evil.org me@evil.org &lt;b&gt; $(icon) ~~no~~ <!-- c -->";
        check_hover(
            &format!("//- /specs/TODO.md\n  ### 7. $0{title}\n  - **Status**: [PLANNED]\n{STATE}"),
            expect![[r#"
                **7 · !\[x\](http\://evil.org/x.png) \<img src=x> \[go\](command:rm) https\://evil.org www\.evil.org me\@evil.org \&lt;b\&gt; \$(icon) no \<!-- c -->** — planned — **places disagree**

                - `[PLANNED]` in [specs/TODO.md:2](/specs/TODO.md#L2)
                - `planned` in [specs/state.json:1](/specs/state.json#L1)
                - `[IN PROGRESS]` in [specs/007_add_login/plans/implementation-001.md:2](/specs/007_add_login/plans/implementation-001.md#L2) (plan) ⚠ differs

                Phases: 1 of 2 finished

                - 1 Store — completed
                - 2 Form — in_progress

                Allowed next: revising, implementing, blocked"#]],
        );
        let (analysis, fixture) = crate::testing::analysis(&format!(
            "//- /specs/TODO.md\n  ### 7. $0{title}\n  - **Status**: [PLANNED]\n{STATE}"
        ));
        let (path, range) = fixture.selection();
        let shown =
            super::hover(&analysis, path, range.start, &|_, _| "file:///own".to_owned(), &|_| None);
        let shown = shown.expect("a hover").markdown;
        use pulldown_cmark::{Event, Options, Parser, Tag};
        for event in Parser::new_ext(&shown, Options::all()) {
            match event {
                Event::Start(Tag::Link { dest_url, .. }) => assert_eq!(&*dest_url, "file:///own"),
                Event::Start(Tag::Image { .. } | Tag::HtmlBlock | Tag::Strikethrough)
                | Event::Html(_)
                | Event::InlineHtml(_) => panic!("{event:?} in {shown}"),
                _ => {}
            }
        }
        for bare in ["http://", "https://", "www.", "me@"] {
            assert!(!shown.contains(bare), "{bare} in {shown}");
        }
    }

    #[test]
    fn prose_below_a_task_says_nothing() {
        check_hover(
            &format!(
                "//- /specs/TODO.md\n  ### 7. Add login\n  - **Status**: [PLANNED]\n\n  So$0me prose.\n{STATE}"
            ),
            expect![[""]],
        );
    }
}
