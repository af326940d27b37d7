//! Files of tasks where a link to one is typed.

use std::collections::BTreeSet;

use crate::analysis::Analysis;
use crate::change::moving::{escaped, relative};
use crate::completion::fields::front_matter::is_inside;
use crate::completion::{Completion, CompletionKind, Completions, Line, plain, trial};
use crate::features::document_links::tooltip;
use crate::index::{DocIdx, Place};
use crate::mentions;
use crate::model::Document;
use crate::profile::Format;
use crate::profile::id::TaskId;
use crate::profile::vocabulary::Category;
use crate::snapshot::Existence;
use crate::syntax::json::{Json, JsonKind, JsonValue};
use crate::text::TextRange;

/// How many files are told: clients ask again with other letters.
const LIMIT: usize = 24;

/// How many are looked at for them, each with the text that it makes.
const TRIED: usize = 48;

/// The files that a link at a cursor may lead to: those of tasks, and what else of theirs is linked to;
/// `None` where no link is typed.
pub(super) fn completions(analysis: &Analysis, doc: DocIdx, line: &Line) -> Option<Completions> {
    let document = &*analysis.index.docs[doc];
    let slot = match document.role().format {
        Format::Markdown if is_inside(document, line) => return None,
        Format::Markdown => of_markdown(line)?,
        Format::Json => of_json(document, line)?,
        Format::Yaml => return None,
    };
    if document.facts.history {
        return Some(Completions::default());
    }
    let entity = document.entity_at(line.offset);
    let own = entity.and_then(|entity| analysis.index.task_at(Place { doc, entity }));
    let typed = line.typed(slot.range).to_lowercase();
    let name = typed.trim_start_matches(['.', '/']);
    let is_meant = |file: &FileOfTask<'_>| {
        file.path.to_lowercase().contains(name) || file.title.to_lowercase().contains(&typed)
    };
    let mut files = files(analysis, doc, own.map(|task| &task.id)).into_iter().filter(is_meant);
    let tried = files.by_ref().take(TRIED);
    let items = tried.filter_map(|file| item(analysis, document, line, &slot, file.path));
    let items = items.take(LIMIT).collect();
    Some(Completions { items, incomplete: files.next().is_some() })
}

/// A file that a link may lead to.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct FileOfTask<'a> {
    /// Whether it is of another task than the one that the link is of, and of one that is finished.
    last: (bool, bool),
    path: &'a str,
    title: &'a str,
}

/// Where the path of a link is typed.
struct LinkSlot {
    /// What is typed of it, and what stands behind of it.
    range: TextRange,
    /// What closes it, where nothing does yet.
    close: &'static str,
}

/// A link whose target begins before the cursor, as in `[plan](007`.
fn of_markdown(line: &Line) -> Option<LinkSlot> {
    let open = line.before.rfind("](")?;
    let is_part = |c: char| !c.is_whitespace() && !matches!(c, '(' | ')' | '<' | '>' | '#' | '"');
    let head = &line.before[open + 2..];
    let label = line.before[..open].rfind('[')?;
    if !head.chars().all(is_part) || line.before[..label].ends_with('!') {
        return None;
    }
    let tail = line.behind.len() - line.behind.trim_start_matches(is_part).len();
    let is_closed = line.behind[tail..].starts_with([')', '#']);
    // What stands behind an open link is no part of it.
    let (tail, close) = if is_closed { (tail, "") } else { (0, ")") };
    let range = TextRange::new(line.offset - head.len(), line.offset + tail);
    Some(LinkSlot { range, close })
}

/// A text in quotes of a record's member that names files.
fn of_json(document: &Document, line: &Line) -> Option<LinkSlot> {
    let entity = &document.facts.entities[document.entity_at(line.offset)?];
    let text = document.text.copy(entity.range.bytes());
    let Json { root, .. } = Json::parse(&text);
    let at = line.offset - entity.range.start as usize;
    let names = &document.profile.fields.json_artifacts;
    let root = root?;
    let mut members = root.members().iter();
    let member = members.find(|member| {
        names.iter().any(|name| *name == member.key) && member.value.range.touches(at)
    })?;
    let named = named_at(&member.value, at)?;
    let start = entity.range.start as usize;
    let range = TextRange::new(start + named.start as usize + 1, start + named.end as usize - 1);
    Some(LinkSlot { range, close: "" })
}

/// The text in quotes that a cursor is in, of those that name a file.
fn named_at(value: &JsonValue<'_>, at: usize) -> Option<TextRange> {
    let inside = |value: &JsonValue<'_>| {
        value.range.len() >= 2 && (value.range.start as usize) < at && at < value.range.end as usize
    };
    match &value.kind {
        JsonKind::String(_) if inside(value) => Some(value.range),
        JsonKind::Array(items) => {
            let of_item = |item| named_at(JsonValue::get(item, "path").unwrap_or(item), at);
            items.iter().find_map(of_item)
        }
        _ => None,
    }
}

/// The files that may be meant, those of the task itself first and those of finished ones last.
fn files<'a>(analysis: &'a Analysis, doc: DocIdx, own: Option<&TaskId>) -> Vec<FileOfTask<'a>> {
    let index = &analysis.index;
    let mut folders: Vec<&str> = Vec::new();
    let mut found: Vec<FileOfTask<'_>> = Vec::new();
    for (other, document) in index.docs.iter().enumerate() {
        let of_task = (other != doc && !document.facts.history)
            .then(|| mentions::task_of_document(index, other))
            .flatten();
        let Some((task, _)) = of_task.filter(|_| index.scope(other) == index.scope(doc)) else {
            continue;
        };
        let is_own = own == Some(&task.id);
        folders.extend(is_own.then(|| document.path.folder()));
        let is_closed = index.category(task).is_some_and(Category::is_closed);
        let (path, title) = (document.path.as_str(), index.title(task));
        found.push(FileOfTask { last: (!is_own, is_closed), path, title });
    }
    // What a task has made lies in its folder, and has no role.
    let own = own.and_then(|id| index.tasks.get(id)).map_or("", |task| index.title(task));
    let folders = folders.into_iter().map(|it| it.strip_suffix("/plans").unwrap_or(it));
    for folder in folders.filter(|it| !it.is_empty()).collect::<BTreeSet<_>>() {
        let below = format!("{folder}/");
        let known = analysis.known.range(below.clone()..);
        let known = known.take_while(|(path, _)| path.starts_with(&below));
        let is_there = |(path, known): &(&String, &Existence)| {
            **known == Existence::Present && path.ends_with(".md")
        };
        let made = known.filter(is_there).map(|(path, _)| path.as_str());
        found.extend(made.map(|path| FileOfTask { last: (false, false), path, title: own }));
    }
    found.sort_unstable();
    found.dedup_by_key(|file| file.path);
    found
}

/// A link to a file, unless it would lead elsewhere or something would be found.
fn item(
    analysis: &Analysis,
    document: &Document,
    line: &Line,
    slot: &LinkSlot,
    path: &str,
) -> Option<Completion> {
    let told = tooltip(analysis, path);
    let about = told.strip_prefix(path).and_then(|rest| rest.strip_prefix(": "));
    let about = about.unwrap_or_default();
    let way = spelled(document, path)?;
    let insert = format!("{way}{}", slot.close);
    let mut item = plain(CompletionKind::File, slot.range, &insert, about);
    item.label.clone_from(&way);
    // Who types a title means its file.
    item.filter = match line.typed(slot.range) {
        typed if way.starts_with(typed) => way,
        typed => format!("{typed} {way} {about}"),
    };
    let (_, after) = trial::edited(analysis, &document.path, slot.range, &item.edit)?;
    let (_, now) = after.index.document(document.path.as_str())?;
    let link = now.link_at(slot.range.start as usize)?;
    (mentions::file(&after, now, &link.target).as_deref() == Some(path)).then_some(item)
}

/// The path of a file as a document writes it: from itself, in records from where the others of the same
/// document are written.
fn spelled(document: &Document, path: &str) -> Option<String> {
    let way = relative(document.path.folder(), path);
    if document.role().format == Format::Json {
        let is_plain = !path.contains(['"', '\\']) && !path.contains(char::is_control);
        let mut links = document.facts.links.iter();
        let root = document.path.as_str().split('/').next().unwrap_or_default();
        let by_root = links.next().is_none_or(|link| link.target.split('/').next() == Some(root));
        return is_plain.then(|| if by_root { path.to_owned() } else { way });
    }
    let parts: Vec<String> = way.split('/').map(|part| escaped(part, false)).collect();
    Some(parts.join("/"))
}
