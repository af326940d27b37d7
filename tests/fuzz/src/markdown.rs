//! Markdown: every range lies in the text, everything nests as it says, and every profile reads
//! facts that do as well.

use lockstep_analysis::model::{Document, FilePath};
use lockstep_analysis::profile::{Format, builtin};
use lockstep_analysis::syntax::markdown::Markdown;

use crate::bounds::{document, inside, within};

pub fn check(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    structure(text);
    facts(text, Format::Markdown, &MARKDOWN);
}

/// Files with a role, of several profiles.
const MARKDOWN: [&str; 10] = [
    "specs/TODO.md",
    "specs/007_add_login/plans/implementation-001.md",
    "conductor/tracks.md",
    "conductor/tracks/a_20260101/plan.md",
    ".planning/ROADMAP.md",
    ".planning/STATE.md",
    "openspec/changes/a/tasks.md",
    "backlog/tasks/task-7 - Add-login.md",
    "tasks.md",
    "TODO.md",
];

fn structure(text: &str) {
    let markdown = Markdown::parse(text);
    let n_headings = markdown.headings.len();
    let is_heading = |at: &Option<usize>| at.is_none_or(|at| at < n_headings);
    for (at, heading) in markdown.headings.iter().enumerate() {
        within(text, heading.range, heading);
        within(text, heading.text, heading);
        within(text, heading.section, heading);
        inside(heading.section, heading.range, heading);
        inside(heading.range, heading.text, heading);
        assert!(heading.parent.is_none_or(|parent| parent < at), "{heading:?}");
    }
    for (at, item) in markdown.items.iter().enumerate() {
        for range in [item.range, item.line, item.marker, item.text] {
            within(text, range, item);
        }
        if let Some(check_box) = item.check_box {
            within(text, check_box.range, item);
            inside(check_box.range, check_box.mark, item);
            inside(item.line, check_box.range, item);
        }
        assert!(item.parent.is_none_or(|parent| parent < at) && is_heading(&item.heading));
    }
    for line in &markdown.lines {
        within(text, line.range, line);
        let said = line.range.of(text);
        assert!(!said.contains('\n') && said.trim() == said, "{line:?} {said:?}");
        assert!(line.item.is_none_or(|item| item < markdown.items.len()));
        assert!(is_heading(&line.heading), "{line:?}");
    }
    for table in &markdown.tables {
        within(text, table.range, table);
        for cell in table.header.iter().chain(table.rows.iter().flatten()) {
            within(text, *cell, table);
            inside(table.range, *cell, table);
        }
        assert!(table.rows.iter().all(|row| row.len() == table.header.len()), "{table:?}");
    }
    for link in &markdown.links {
        within(text, link.range, link);
        inside(link.range, link.text, link);
        inside(link.range, link.target, link);
    }
    for comment in &markdown.comments {
        within(text, comment.range, comment);
        inside(comment.range, comment.body, comment);
    }
    markdown.fences.iter().for_each(|fence| within(text, *fence, fence));
    markdown.problems.iter().for_each(|problem| within(text, problem.range, problem));
    if let Some(front) = &markdown.front_matter {
        within(text, front.range, front);
        for entry in &front.entries {
            within(text, entry.key, entry);
            within(text, entry.value, entry);
            inside(front.range, entry.value, entry);
        }
    }
}

/// Reads a text as each of these files by each profile that gives one a role, and some file of each
/// format by all of them.
pub fn facts(text: &str, format: Format, paths: &[&str]) {
    for profile in builtin::profiles() {
        for path in paths.iter().map(|path| FilePath::new(path)) {
            let role = profile.role_of(path.as_str());
            if role.is_none_or(|role| profile.role(role).format != format) {
                continue;
            }
            if let Some(read) = Document::read(&profile, &path, text, false) {
                document(&read);
            }
        }
    }
}
