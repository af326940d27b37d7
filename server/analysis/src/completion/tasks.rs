//! Ids of tasks where a task says what it depends on.

use std::collections::BTreeSet;

use crate::analysis::Analysis;
use crate::completion::{Completion, CompletionKind, Completions, Line, plain};
use crate::index::{DocIdx, Index, Place, Task};
use crate::model::{Document, FieldRole};
use crate::profile::Format;
use crate::profile::id::TaskId;
use crate::task_view;
use crate::text::TextRange;

/// How many tasks are told: clients ask again with other letters.
const LIMIT: usize = 100;

/// The tasks that may be named at a cursor in a list of dependencies; `None` elsewhere.
pub(super) fn completions(analysis: &Analysis, doc: DocIdx, line: &Line) -> Option<Completions> {
    let index = &analysis.index;
    let document = &*index.docs[doc];
    let entity = document.entity_at(line.offset)?;
    let place = Place { doc, entity };
    if !is_list(document, place, line) {
        return None;
    }
    let range = line.word(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '#'));
    let typed = line.typed(range).trim_start_matches('#').to_lowercase();
    let own = index.task_at(place);
    let waiting = own.map(|own| waiting_for(index, own)).unwrap_or_default();
    let mut named: BTreeSet<_> = index.depends_at(place).collect();
    // What is being typed may be an id by chance.
    named.retain(|id| !id.as_str().eq_ignore_ascii_case(&typed));
    let fits = |task: &&Task| {
        let is_same_tree =
            task.places.first().is_some_and(|it| index.scope(it.doc) == index.scope(doc));
        is_same_tree
            && own.is_none_or(|own| own.id != task.id)
            && !named.contains(&task.id)
            && !waiting.contains(&task.id)
            && is_meant(analysis, task, &typed)
    };
    let mut found = index.tasks.values().map(|task| &**task).filter(fits);
    let tasks: Vec<&Task> = found.by_ref().take(LIMIT).collect();
    let incomplete = found.next().is_some();
    let mut items: Vec<(bool, Completion)> =
        tasks.into_iter().map(|task| item(analysis, document, task, range, line)).collect();
    // What is finished comes last.
    items.sort_by_key(|(is_closed, _)| *is_closed);
    Some(Completions { items: items.into_iter().map(|(_, item)| item).collect(), incomplete })
}

/// What waits for a task, and for what waits for it: it cannot wait for any of these itself.
fn waiting_for(index: &Index, own: &Task) -> BTreeSet<TaskId> {
    let mut waiting = BTreeSet::new();
    let mut left = index.dependents(own);
    while let Some(id) = left.pop() {
        if let Some(task) = index.tasks.get(&id).filter(|_| !waiting.contains(&id)) {
            left.extend(index.dependents(task));
        }
        waiting.insert(id);
    }
    waiting
}

/// Whether a cursor is where an entity lists what it depends on.
fn is_list(document: &Document, place: Place, line: &Line) -> bool {
    let mut fields = document.facts.fields_of(place.entity);
    if fields.any(|it| it.role == FieldRole::Dependencies && it.value.touches(line.offset)) {
        return true;
    }
    let names = &document.profile.fields;
    let Some((name, _)) = line.before.split_once(':') else { return false };
    let name =
        name.trim_start_matches(['-', '*', '+', ' ', '\t']).trim_matches(['*', '_', '"', ' ']);
    let names = match document.role().format {
        Format::Json => &names.json_dependencies,
        Format::Markdown | Format::Yaml => &names.dependencies,
    };
    names.iter().any(|own| own.eq_ignore_ascii_case(name))
}

fn is_meant(analysis: &Analysis, task: &Task, typed: &str) -> bool {
    let id = task.id.as_str();
    let head = id.get(..typed.len()).is_some_and(|head| head.eq_ignore_ascii_case(typed));
    head || analysis.index.title(task).to_lowercase().contains(typed)
}

fn item(
    analysis: &Analysis,
    document: &Document,
    task: &Task,
    range: TextRange,
    line: &Line,
) -> (bool, Completion) {
    let index = &analysis.index;
    let own = task.places.first().and_then(|place| index.entity(*place).id.as_ref());
    let id = own.unwrap_or(&task.id);
    let in_quotes = line.before.matches('"').count() % 2 == 1;
    let is_json = document.role().format == Format::Json;
    let insert = match is_json && !in_quotes && id.number().is_none() {
        true => format!("\"{id}\""),
        false => id.to_string(),
    };
    let def = task_view::status(analysis, task);
    let status = def.map_or("no status", |def| def.id.as_str());
    let title = index.title(task);
    let mut item = plain(CompletionKind::Task, range, &insert, &format!("{title} ({status})"));
    // Who types a title means its task.
    item.filter = match line.typed(range) {
        typed if insert.starts_with(typed) => insert,
        typed => format!("{typed} {insert} {title}"),
    };
    item.label = id.to_string();
    (def.is_some_and(|def| def.category.is_closed()), item)
}
