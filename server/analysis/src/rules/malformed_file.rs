//! A file that can be read only in part.

use crate::index::DocIdx;
use crate::model::{Document, EntityIdx, Occurrence};
use crate::profile::{EntityKind, Format, Severity};
use crate::rules::{Check, Finding, Findings, Rule};
use crate::snapshot::Snapshot;
use crate::syntax::markdown::unclosed;
use crate::text::TextRange;

/// The rule.
pub static RULE: Rule = Rule {
    id: "malformed-file",
    severity: Severity::Error,
    summary: "a file cannot be read, or only in part",
    doc: include_str!("malformed_file.md"),
    checks: &[Check::Document(check)],
    fix: None,
};

/// A broken file is told of once in a while, not once a line.
const MOST: usize = 20;

fn check(analysis: &Snapshot, doc: DocIdx, findings: &mut Findings<'_>) {
    let document = &analysis.index.docs[doc];
    let facts = &document.facts;
    let problems = facts.problems.iter().filter(|_| !facts.history);
    let front = silent_front(document);
    for problem in problems.chain(analysis.emptied(doc).as_ref()).take(MOST) {
        // What opens here hides what stands behind it, where the status of a task or phase stands: a box
        // may be an example.
        let (from, opens) = (problem.range, |what: &str| problem.message.starts_with(what));
        let text = || document.text.copy(from.end as usize..document.text.len());
        let until = match opens("this code fence") {
            true => from.end as usize + unclosed::doubtful(problem, &text()),
            false => document.text.len(),
        };
        let is_part = |entity: EntityIdx| facts.entities[entity].kind == EntityKind::Item;
        let hidden = from.start as usize + 1..until;
        let is_hidden = |it: &&Occurrence| hidden.contains(&(it.reading.range.start as usize));
        let behind = facts.occurrences.iter().filter(is_hidden);
        let hides = behind.map(|it| it.entity).any(|entity| !is_part(entity));
        let is_lenient = match () {
            // In a file of any kind it may be a sample.
            () if opens("this code block") => document.profile.free_words,
            () if opens("this code fence") || opens("this comment") => !hides,
            // Nothing is looked for in it.
            () if opens("this front matter") => facts.broken.is_none(),
            () => front.is_some_and(|front| front.contains_range(from)),
        };
        let finding = Finding::new(doc, problem.range, problem.message.clone());
        findings.push(finding.lenient(is_lenient));
    }
}

/// The front matter of a file, where no status is looked for in it or nothing in it is called as one.
fn silent_front(document: &Document) -> Option<TextRange> {
    const MOST: usize = 64 * 1024;
    let facts = &document.facts;
    if facts.problems.is_empty() || document.role().format != Format::Markdown {
        return None;
    }
    let text = document.text.copy(0..document.text.len());
    let inside = text.trim_start_matches('\u{feff}').strip_prefix("---")?;
    let len = inside.find("\n---").filter(|len| *len < MOST)?;
    let start = text.len() - inside.len();
    let key = document.role().document.as_ref().and_then(|rule| rule.front_matter.as_deref());
    let is_key = |line: &str| {
        let own = line.trim_start_matches([' ', '"', '\'']).split(':').next().unwrap_or_default();
        key.is_some_and(|key| own.trim_end_matches([' ', '"', '\'']).eq_ignore_ascii_case(key))
    };
    let is_of_any_kind = document.profile.free_words && facts.captures.id.is_none();
    let is_counted = document.profile.counters.iter().any(|it| it.role == facts.role);
    // Nobody knows what is in an unfinished merge.
    let is_merged = inside[..len].contains("\n<<<<<<<");
    let is_silent =
        !is_counted && !is_merged && (is_of_any_kind || !inside[..len].lines().any(is_key));
    is_silent.then(|| TextRange::new(start, start + len))
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::check_rule;

    #[test]
    fn a_document_that_is_one_code_block_is_told_of() {
        check_rule(
            &RULE,
            "\
//- /specs/001-form/spec.md
  # Form
//- /specs/001-form/tasks.md
  ---
  title: Form
  ---

  ```markdown
//^^^^^^^^^^^ error[malformed-file]: this code block holds the whole document, and nothing in it is read
  # Tasks

  - [ ] T001 Draw it
  - [x] T002 Print it
  ```
//- /TODO.md
  ```
//^^^ info[malformed-file]: this code block holds the whole document, and nothing in it is read
  - [ ] Draw it
  ```
//- /docs/plans/sample.md
  # How boxes look

  ```markdown
  - [ ] Draw it
  ```
",
        );
    }

    #[test]
    fn a_list_in_yaml_that_is_markdown_is_told_of() {
        check_rule(
            &RULE,
            "\
//- /docs/sprint-status.yaml
  # Sprint status

  **Status:** done

  | Story | Status |
  |-------|--------|
//^^^^^^^^^^^^^^^^^^ error[malformed-file]: expected YAML, this is Markdown
  | 1-1 | done |
//- /docs/1-1-log-in.md
  # Story 1.1: Log in

  Status: done
",
        );
    }
}
