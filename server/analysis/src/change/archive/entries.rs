//! Entries of Markdown that leave their file, and go to another where they would be lost.

use std::collections::BTreeMap;

use crate::change::archive::{ArchiveDraft, ArchiveObstacle, below};
use crate::change::markdown_edit::eol;
use crate::change::refuse;
use crate::change::{RefusalKind, validate};
use crate::index::{DocIdx, Place};
use crate::model::{Document, FilePath};
use crate::profile::EntityKind;
use crate::profile::id::TaskId;
use crate::text::TextRange;
use crate::text::text_edit::TextEdit;

/// What a file begins with that is made for entries.
const TITLE: &str = "# Archive";

impl ArchiveDraft<'_> {
    pub(super) fn move_entries(&mut self) -> Result<(), ArchiveObstacle> {
        let index = &self.analysis.index;
        let mut blocks: BTreeMap<DocIdx, Vec<(TextRange, TaskId)>> = BTreeMap::new();
        for (id, own) in self.parts {
            for place in &own.entries {
                self.nothing_below(id, *place)?;
                let range = block(&index.docs[place.doc], *place);
                blocks.entry(place.doc).or_default().push((range, id.clone()));
            }
        }
        for (doc, mut ranges) in blocks {
            ranges.sort();
            // What stands in another block goes with it.
            let mut outer: Vec<(TextRange, TaskId)> = Vec::new();
            for (range, id) in ranges {
                if outer.last().is_none_or(|(last, _)| !last.contains_range(range)) {
                    outer.push((range, id));
                }
            }
            for (range, id) in &outer {
                self.put(doc, *range, id)?;
            }
            let text = &index.docs[doc].text;
            let mut joined: Vec<TextRange> = Vec::new();
            for (range, _) in outer {
                match joined.last_mut().filter(|last| last.end == range.start) {
                    Some(last) => last.end = range.end,
                    None => joined.push(range),
                }
            }
            let gone = joined.into_iter().map(|range| with_blanks(text, range));
            self.gone.entry(doc).or_default().extend(gone);
            self.edits.entry(doc).or_default();
        }
        Ok(())
    }

    /// Refuses an entry with other tasks below it that stay.
    fn nothing_below(&self, id: &TaskId, place: Place) -> Result<(), ArchiveObstacle> {
        let index = &self.analysis.index;
        let document = &index.docs[place.doc];
        let range = block(document, place);
        let path = &document.path;
        let name = |id| self.analysis.name_of(id);
        if let Some(above) = self.stays_above(id, place) {
            let (own, above) = (name(id), name(&above));
            let message =
                format!("task {own} is below task {above} in {path}, which is not archived");
            let refusal =
                refuse(RefusalKind::NotAllowed, message, "archive that task when it is done");
            return Err((id.clone(), refusal));
        }
        for (entity, other) in document.facts.entities.iter().enumerate() {
            let own = entity == place.entity || !range.contains_range(other.range);
            if own || other.kind != EntityKind::Task || other.mention {
                continue;
            }
            let task = index.task_at(Place { doc: place.doc, entity }).map(|task| &task.id);
            if let Some(task) = task.filter(|task| *task != id && !self.parts.contains_key(*task)) {
                let message = format!("task {} is below task {} in {path}", name(task), name(id));
                let refusal = refuse(RefusalKind::NotAllowed, message, "finish that task first");
                return Err((id.clone(), refusal));
            }
        }
        Ok(())
    }

    /// The task above an entry that is not put away with it.
    fn stays_above(&self, id: &TaskId, place: Place) -> Option<TaskId> {
        let index = &self.analysis.index;
        let parent = index.entity(place).parent?;
        let above = index.task_at(Place { doc: place.doc, entity: parent })?;
        (above.id != *id && !self.parts.contains_key(&above.id)).then(|| above.id.clone())
    }

    /// Adds an entry to the file for entries, where there is one or it is needed.
    fn put(&mut self, doc: DocIdx, range: TextRange, id: &TaskId) -> Result<(), ArchiveObstacle> {
        let index = &self.analysis.index;
        let document = &index.docs[doc];
        let Some(name) = &self.rule.entries else { return Ok(()) };
        let path = below(document.path.folder(), name);
        let recorded = self.parts.get(id).is_some_and(|own| own.is_recorded);
        let there = index.document(path.as_str()).map(|(at, _)| at);
        // A line that only mentions the task is no entry.
        let mention = document
            .facts
            .entities
            .iter()
            .any(|e| range.contains_range(e.range) && e.mention)
            && !document.facts.entities.iter().any(|e| range.contains_range(e.range) && !e.mention);
        if mention || (there.is_none() && recorded && !says_more(document, range)) {
            return Ok(());
        }
        if !self.analysis.instances.has_role(path.as_str()) {
            let name = self.analysis.name_of(id);
            let message = format!(
                "task {name} would not be found in {path}, because no role takes that file"
            );
            let remedy = "name a file in `[archive]` that a role takes, such as `archive/TODO.md`";
            return Err((id.clone(), refuse(RefusalKind::NotAllowed, message, remedy)));
        }
        let entry = self.taken(doc, range);
        match there {
            Some(at) => {
                validate::readable(self.analysis, [at].into()).map_err(|r| (id.clone(), r))?;
                let text = &index.docs[at].text;
                let pending = self.edits.entry(at).or_default();
                let last = pending.iter().rfind(|edit| edit.range == TextRange::empty(text.len()));
                let before = last.map_or(&**text, |edit| edit.insert.as_str());
                let insert = appended(before, &entry, eol(text));
                pending.push(TextEdit::insert(text.len(), insert));
            }
            None => self.make(path, &entry, eol(&document.text)),
        }
        Ok(())
    }

    fn make(&mut self, path: FilePath, entry: &str, eol: &str) {
        let text = self.made.entry(path).or_insert_with(|| format!("{TITLE}{eol}"));
        let more = appended(text, entry, eol);
        text.push_str(&more);
    }
}

/// Whether an entry holds lines that are neither its heading nor a status or field, which a record has
/// too: the author's words would be lost without it.
fn says_more(document: &Document, range: TextRange) -> bool {
    let facts = &document.facts;
    let names = facts.entities.iter().map(|entity| entity.name);
    let statuses = facts.occurrences.iter().map(|occurrence| occurrence.line);
    let known: Vec<TextRange> =
        names.chain(statuses).chain(facts.fields.iter().map(|field| field.line)).collect();
    let mut start = range.start as usize;
    range.of(&document.text).split_inclusive('\n').any(|line| {
        let own = TextRange::new(start, start + line.len());
        start = own.end as usize;
        let is_known = known.iter().any(|known| known.start < own.end && known.end > own.start);
        let is_rule = |c: char| c.is_whitespace() || matches!(c, '-' | '*' | '_' | '=');
        !is_known && !line.trim_matches(is_rule).is_empty()
    })
}

/// What has to be added to `before` for `entry` to stand at its end: in the same list, or after a
/// blank line.
fn appended(before: &str, entry: &str, eol: &str) -> String {
    let is_item = |line: &str| {
        let line = line.trim_start();
        line.starts_with(['-', '*', '+']) || line.starts_with(|c: char| c.is_ascii_digit())
    };
    let last = before.lines().rfind(|line| !line.trim().is_empty()).unwrap_or_default();
    let ends = before.is_empty() || before.ends_with(['\n', '\r']);
    let blank = before.trim().is_empty() || before.ends_with("\n\n") || before.ends_with("\n\r\n");
    let together = is_item(last) && is_item(entry);
    let mut out = String::new();
    if !ends {
        out.push_str(eol);
    }
    if !blank && !together {
        out.push_str(eol);
    }
    for line in entry.trim_end().lines() {
        out.push_str(line);
        out.push_str(eol);
    }
    out
}

/// The whole lines of an entry, with all that is indented below a line that mentions a task.
fn block(document: &Document, place: Place) -> TextRange {
    let text = &document.text;
    let entity = &document.facts.entities[place.entity];
    let range = entity.range;
    let start = text[..range.start as usize].rfind('\n').map_or(0, |at| at + 1);
    let mut end = range.end as usize;
    if end > start && !text[..end].ends_with('\n') {
        end += text[end..].find('\n').map_or(text.len() - end, |at| at + 1);
    }
    if entity.mention {
        end += indented_below(&text[start..end], &text[end..]);
    }
    TextRange::new(start, end)
}

/// Bytes of `rest` that are indented further than `line`.
fn indented_below(line: &str, rest: &str) -> usize {
    let indent = |line: &str| line.len() - line.trim_start_matches([' ', '\t']).len();
    let (mut at, mut end) = (0, 0);
    for next in rest.split_inclusive('\n') {
        let blank = next.trim().is_empty();
        if !blank && indent(next) <= indent(line) {
            break;
        }
        at += next.len();
        if !blank {
            end = at;
        }
    }
    end
}

/// A block with the blank lines around it that would be too many without it.
fn with_blanks(text: &str, range: TextRange) -> TextRange {
    let (start, end) = (range.start as usize, range.end as usize);
    let rest = &text[end..];
    let blank_below = rest.len() - rest.trim_start_matches(['\n', '\r']).len();
    let above = text[..start].trim_end_matches(['\n', '\r']);
    if rest.trim().is_empty() && !above.is_empty() {
        // One line break stays where the file ends.
        let kept = text[above.len()..start].find('\n').map_or(start, |at| above.len() + at + 1);
        return TextRange::new(kept, text.len());
    }
    let double = text[..start].ends_with("\n\n") || text[..start].ends_with("\n\r\n");
    match double && blank_below > 0 {
        true => TextRange::new(start, end + blank_below),
        false => range,
    }
}
