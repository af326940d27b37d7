//! Statuses, each with all that changes with it.

use crate::analysis::Analysis;
use crate::change::{self, SourceChange, Subject, reason};
use crate::completion::slot::StatusSlot;
use crate::completion::{ByCommand, Completion, CompletionKind, Rest, begins};
use crate::index::Index;
use crate::model::FilePath;
use crate::operation::{Operation, Planner, Verdict, Whose, Wish, plan_change};
use crate::profile::EntityKind;
use crate::profile::vocabulary::{StatusDef, StatusIdx};
use crate::text::TextRange;
use crate::text::shared_text::SharedText;
use crate::text::text_edit::{TextEdit, TextEdits};

/// The statuses that may stand in a slot: those that may follow, and then the one that stands there. One
/// that cannot be set is not among them.
pub(super) fn completions(slot: &StatusSlot, at: &str) -> Vec<Completion> {
    let index = &slot.base.index;
    let document = &index.docs[slot.place.doc];
    let vocabulary = index.vocabulary_at(slot.place);
    if let Some(form) = slot.fresh {
        let all = vocabulary.iter().map(|(_, def)| (def, form(&document.profile, def)));
        let own = all.filter(|(_, text)| !text.is_empty());
        let items = own.map(|(def, text)| item(slot, def, text, def.category.name()));
        let (first, rest): (Vec<Completion>, Vec<Completion>) =
            items.partition(|item| begins(&item.label, &slot.head));
        return first.into_iter().chain(rest).collect();
    }
    let subject = Subject::at(&slot.base, slot.place);
    let from = status_of(index, &subject, slot);
    let mut items: Vec<Completion> = Vec::new();
    for transition in change::transitions(vocabulary, from) {
        if !transition.allowed || Some(transition.to) == from || !suits_plan(slot, transition.to) {
            continue;
        }
        items.extend(planned(slot, &subject, vocabulary.get(transition.to), at));
    }
    let present = index.status_at(slot.place).map(|status| vocabulary.get(status));
    let token = slot.token.of(&document.text).to_owned();
    items.extend(present.map(|def| item(slot, def, token, "as it is")));
    items.sort_by_key(|item| !slot.is_whole && !begins(&item.label, &slot.head));
    items
}

fn status_of(index: &Index, subject: &Subject, slot: &StatusSlot) -> Option<StatusIdx> {
    match subject {
        Subject::Task(id) => index.tasks.get(id).and_then(|task| index.status(task)),
        Subject::Phase(..) | Subject::Place(_) => index.status_at(slot.place),
    }
}

/// Whether the header of a plan may say a status while its task says what it does.
fn suits_plan(slot: &StatusSlot, to: StatusIdx) -> bool {
    let index = &slot.base.index;
    let is_plan = index.entity(slot.place).kind == EntityKind::Plan;
    let task = index.task_at(slot.place).filter(|_| is_plan);
    let said = task.and_then(|task| Some((task, index.status(task)?)));
    let allowed = said.and_then(|(task, status)| index.plan_statuses(task, status));
    allowed.is_none_or(|allowed| allowed.contains(&to))
}

/// A completion that replaces what is typed by `text`.
fn item(slot: &StatusSlot, def: &StatusDef, text: String, detail: &str) -> Completion {
    let mark = text.strip_suffix(']').unwrap_or(&text);
    let label = match def.boxes.iter().any(|known| known == mark) {
        true => format!("[{mark}] {}", def.id),
        false => word_of(&text).trim().to_owned(),
    };
    let head = &slot.head;
    // Clients compare letters, and some of them their case.
    let begun = label.get(..head.len()).filter(|begin| begin.eq_ignore_ascii_case(head));
    let rest = begun.and_then(|begin| label.get(begin.len()..)).filter(|_| !slot.is_whole);
    let filter = format!("{head}{}", rest.unwrap_or(&label));
    Completion {
        kind: CompletionKind::Status,
        label,
        detail: detail.to_owned(),
        documentation: String::new(),
        edit: TextEdit { range: slot.typed, insert: text },
        filter,
        others: Vec::new(),
        rest: None,
        by_command: None,
        is_narrow: true,
    }
}

/// The status in a text that may hold fields behind it.
fn word_of(text: &str) -> &str {
    let end = text.strip_prefix('"').and_then(|rest| rest.find('"')).map(|at| at + 2);
    text.get(..end.unwrap_or(text.len())).and_then(|text| text.lines().next()).unwrap_or_default()
}

/// A status with what goes with it; `None` where it cannot be set.
fn planned(slot: &StatusSlot, subject: &Subject, def: &StatusDef, at: &str) -> Option<Completion> {
    let base = &slot.base;
    let index = &base.index;
    let task = index.task_at(slot.place);
    let is_task = matches!(subject, Subject::Task(_));
    let lacks = |task| def.reason.is_some() && !reason::has_reason(index, task);
    let to_fill_in = is_task && task.is_some_and(lacks);
    let rest = rest(base, slot, subject, def, to_fill_in);
    let plan = plan(base, slot, &rest, at)?;
    let path = &index.docs[slot.place.doc].path;
    let (text, others) = split(slot, &plan, path)?;
    let elsewhere: Vec<&FilePath> = plan.files().into_iter().filter(|file| *file != path).collect();
    let named: Vec<&str> = elsewhere.iter().map(|path| path.as_str()).collect();
    let detail = match (named.as_slice(), others.len()) {
        ([], 0) => def.category.name().to_owned(),
        ([], n) => format!("changes {n} more here"),
        (files, _) => format!("changes {}", files.join(", ")),
    };
    let mut item = item(slot, def, text, &detail);
    let token = slot.token.of(&index.docs[slot.place.doc].text).to_owned();
    let back = TextEdit { range: slot.typed, insert: token };
    // The command does all of it, as one change, from what stood there before.
    let all = ByCommand { edit: back, rest: Rest { is_all: true, ..rest.clone() } };
    let moves = || index.profile_at(slot.place).folders.is_some() && is_task;
    if elsewhere.is_empty() && !moves() {
        (item.others, item.by_command) = (others, Some(all));
        return Some(item);
    }
    if !moves() && follows(slot, &plan, &rest, at) {
        (item.others, item.rest, item.by_command) = (others, Some(rest), Some(all));
    } else {
        (item.edit, item.rest) = (all.edit, Some(all.rest));
    }
    Some(item)
}

/// What a command is told that sets the status everywhere.
fn rest(
    base: &Analysis,
    slot: &StatusSlot,
    subject: &Subject,
    def: &StatusDef,
    to_fill_in: bool,
) -> Rest {
    let (task, phase) = match subject {
        Subject::Task(id) => (base.name_of(id), None),
        Subject::Phase(id, number) => (base.name_of(id), Some(number.clone())),
        Subject::Place(_) => (base.index.part_name(slot.place), None),
    };
    Rest { task, phase, status: def.id.clone(), to_fill_in, is_all: false }
}

/// What setting the status comes to in a workspace; `None` where it is refused.
fn plan(analysis: &Analysis, slot: &StatusSlot, rest: &Rest, at: &str) -> Option<SourceChange> {
    let wish = Wish { status: &rest.status, to_fill_in: rest.to_fill_in, ..Wish::default() };
    let kind = analysis.index.entity(slot.place).kind;
    let whose = match &rest.phase {
        Some(phase) => Whose::Phase(&rest.task, phase),
        None if matches!(kind, EntityKind::Task) => Whose::Task(&rest.task),
        None => Whose::Place(slot.place),
    };
    let operation = Operation::Set { whose: vec![whose], wish, atomic: false };
    let (change, results) = plan_change(analysis, &operation, at, Planner::STILL).ok()?;
    results.iter().all(|result| result.verdict != Verdict::Refused).then_some(change)
}

/// What a plan on the base makes of what is typed, and what else it edits in the same file, in places of
/// the present text; `None` where the two cannot be told apart.
fn split(
    slot: &StatusSlot,
    plan: &SourceChange,
    path: &FilePath,
) -> Option<(String, Vec<TextEdit>)> {
    let before = slot.base.index.docs[slot.place.doc].text.clone();
    let mut text = slot.token.of(&before).to_owned();
    let Some(edits) = plan.edits.get(path) else { return Some((text, Vec::new())) };
    let longer = i64::try_from(slot.typed.len()).ok()? - i64::try_from(slot.token.len()).ok()?;
    let moved = |at: u32| u32::try_from(i64::from(at) + longer).ok();
    let mut others = Vec::new();
    // From the last to the first, so that places before stay.
    for edit in edits.iter().rev() {
        let range = edit.range;
        if let Some(line) = line_below(slot, edit, &before) {
            let at = TextRange::empty(moved(line.range.start)? as usize);
            others.push(TextEdit { range: at, insert: line.insert });
        } else if slot.token.contains_range(range) {
            let start = (range.start - slot.token.start) as usize;
            text.replace_range(start..start + range.len(), &edit.insert);
        } else if range.end <= slot.token.start {
            others.push(edit.clone());
        } else if range.start >= slot.token.end {
            let range = TextRange { start: moved(range.start)?, end: moved(range.end)? };
            others.push(TextEdit { range, insert: edit.insert.clone() });
        } else {
            return None;
        }
    }
    others.reverse();
    Some((text, others))
}

/// A line that an edit puts below the status, as an edit of the line there: clients put one line in the
/// place of what is typed.
fn line_below(slot: &StatusSlot, edit: &TextEdit, text: &SharedText) -> Option<TextEdit> {
    let end = slot.token.end as usize;
    if edit.range != TextRange::empty(end) {
        return None;
    }
    let behind = text.copy(end..(end + 2).min(text.len()));
    let eol = ["\r\n", "\n"].into_iter().find(|eol| behind.starts_with(eol))?;
    let line = edit.insert.strip_prefix(eol)?;
    let range = TextRange::new(end + eol.len(), end + eol.len());
    Some(TextEdit { range, insert: format!("{line}{eol}") })
}

/// Whether setting the status once the file is edited makes of the others what the plan does.
fn follows(slot: &StatusSlot, plan: &SourceChange, rest: &Rest, at: &str) -> bool {
    let document = &slot.base.index.docs[slot.place.doc];
    let path = &document.path;
    let Some(edits) = plan.edits.get(path) else { return true };
    let edited = slot.base.with_text(path, edits.apply_shared(&document.text));
    let Some(again) = self::plan(&edited, slot, rest, at) else { return false };
    let others = |plan: &SourceChange| {
        let edits = plan.edits.iter().filter(|(file, _)| *file != path);
        let edits: Vec<(FilePath, TextEdits)> =
            edits.map(|(file, edits)| (file.clone(), edits.clone())).collect();
        (edits, plan.creates.clone())
    };
    !again.edits.contains_key(path) && others(&again) == others(plan)
}
