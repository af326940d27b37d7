//! A dated line in the section where a task keeps notes. Read again, nothing else is other.

use super::unclosed::before_unclosed;
use super::{Code, Draft, Leave, Outcome, Refused, Verdict, task_meant};
use crate::analysis::Analysis;
use crate::change::{SourceChange, eol, proven};
use crate::index::{DocIdx, Task};
use crate::profile::noting::{NoteSection, Noting};
use crate::syntax::markdown::{Heading, ListItem, Markdown};
use crate::task_view;
use crate::text::TextRange;
use crate::text::text_edit::TextEdit;

/// The day of a note begins before this byte.
const DAY_BEGINS: usize = 16;

impl Draft<'_> {
    pub(super) fn note(&mut self, name: &str, text: &str) -> Result<(), Refused> {
        let task = task_meant(&self.state, name)?;
        if let Some(why) = (self.held)(&task.id, Leave::Asker) {
            return Err(why);
        }
        let text = text.trim();
        if text.is_empty() || text.contains(char::is_control) {
            let message = "a note is one line of text".to_owned();
            return Err(Refused::new(Code::Usage, message, "write several notes, a line each"));
        }
        let rule = rule(&self.state, task)?;
        let doc = file(&self.state, task, rule)?;
        let document = &*self.state.index.docs[doc];
        if let Some(why) = &document.facts.broken {
            let message = format!("{} cannot be read in full: {}", document.path, why.message);
            return Err(Refused::new(Code::Unreadable, message, "correct that first"));
        }
        let date = self.at.get(..10).unwrap_or(self.at);
        let note = rule.text.replace("{date}", date).replace("{text}", text);
        let edit = edit(&document.text, rule, &note).map_err(|why| {
            let message = format!("{} has no place for notes: {why}", document.path);
            Refused::new(Code::NotAllowed, message, "write the note by hand")
        })?;
        before_unclosed(document, edit.range)?;
        let change = SourceChange::single(document, edit);
        proven(&self.state, &change, None)?;
        let status = task_view::status(&self.state, task).map(|def| def.id.clone());
        self.results.push(Outcome {
            task: name.to_owned(),
            to: status.clone().unwrap_or_default(),
            from: status,
            verdict: Verdict::Applied,
            code: None,
            reason: None,
            remedy: None,
            files: vec![document.path.to_string()],
            rev: None,
            changes: Vec::new(),
        });
        self.to_rev.push((self.results.len() - 1, name.to_owned()));
        self.take(change);
        Ok(())
    }
}

/// How the profile of a task keeps notes.
fn rule<'a>(state: &'a Analysis, task: &Task) -> Result<&'a NoteSection, Refused> {
    let profile = state.index.profile_of(task);
    let id = &profile.id;
    match &profile.noting {
        Some(Noting::Section(rule)) => Ok(rule),
        Some(Noting::Command(command)) => {
            let message = format!("notes of profile `{id}` are written by another tool");
            Err(Refused::new(Code::NotAllowed, message, format!("run `{command}`")))
        }
        None => {
            let message = format!("profile `{id}` has no place for notes");
            let remedy =
                "write the note where your team keeps them, or give the profile a `[note]`";
            Err(Refused::new(Code::NotAllowed, message, remedy))
        }
    }
}

/// The one file of a task that keeps its notes.
fn file(state: &Analysis, task: &Task, rule: &NoteSection) -> Result<DocIdx, Refused> {
    let index = &state.index;
    let all = task.places.iter().chain(&task.plans).map(|place| place.doc);
    let is_own = |doc: &DocIdx| {
        let facts = &index.docs[*doc].facts;
        facts.role == rule.role && !facts.history
    };
    let mut own: Vec<DocIdx> = all.filter(is_own).collect();
    own.sort_unstable();
    own.dedup();
    let name = state.name_of(&task.id);
    match own.as_slice() {
        [one] => Ok(*one),
        [] => {
            let message = format!("task {name} has no file that notes stand in");
            Err(Refused::new(Code::NotAllowed, message, "write its file first"))
        }
        several => {
            let paths: Vec<&str> =
                several.iter().map(|doc| index.docs[*doc].path.as_str()).collect();
            let message = format!("task {name} has several files: {}", paths.join(", "));
            Err(Refused::new(Code::Ambiguous, message, "write the note by hand"))
        }
    }
}

/// The edit that adds a note; else why there is no place for it.
fn edit(text: &str, rule: &NoteSection, note: &str) -> Result<TextEdit, String> {
    let markdown = Markdown::parse(text);
    let is_of_notes =
        |it: &&Heading| !it.in_quote && rule.section.is_match(it.text.of(text).trim());
    let sections: Vec<&Heading> = markdown.headings.iter().filter(is_of_notes).collect();
    match sections.as_slice() {
        [one] => in_section(text, &markdown, one, note),
        [] => {
            let why = || "it has no section for them".to_owned();
            let heading = rule.heading.as_ref().ok_or_else(why)?;
            let line = eol(text);
            let end = text.trim_end().len();
            Ok(TextEdit::insert(end, format!("{line}{line}{heading}{line}{line}{note}")))
        }
        several => Err(format!("it has {} sections for them", several.len())),
    }
}

/// Behind the last note of a section, or before the first where the newest stands first.
fn in_section(
    text: &str,
    markdown: &Markdown,
    section: &Heading,
    note: &str,
) -> Result<TextEdit, String> {
    let line = eol(text);
    let below = markdown.headings.iter().map(|it| it.range.start);
    let end = below.filter(|start| *start > section.range.start).min();
    let end = end.unwrap_or(section.section.end).min(section.section.end);
    let body = TextRange { start: section.range.end, end };
    if body.of(text).trim().is_empty() {
        let at = section.range.end as usize;
        return Ok(TextEdit::insert(at, format!("{line}{line}{note}")));
    }
    let is_quoted = |it: &ListItem| {
        let before = text[..it.range.start as usize].rsplit('\n').next().unwrap_or_default();
        before.contains('>')
    };
    let is_note =
        |it: &&ListItem| it.parent.is_none() && body.contains_range(it.range) && !is_quoted(it);
    let notes: Vec<&ListItem> = markdown.items.iter().filter(is_note).collect();
    let (Some(first), Some(last)) = (notes.first(), notes.last()) else {
        return Err("its section for them holds no list".to_owned());
    };
    let range = |item: &ListItem| {
        let start = item.range.start as usize;
        let start = text[..start].rfind('\n').map_or(0, |at| at + 1);
        let end = (item.range.start as usize + item.range.of(text).trim_end().len()).max(start);
        TextRange::new(start, end)
    };
    let shape = range(last);
    let marker = marker(shape.of(text));
    let days: Vec<&str> = notes.iter().filter_map(|item| day(range(item).of(text))).collect();
    let is_newest_first = days.len() > 1
        && days.windows(2).all(|pair| pair[0] >= pair[1])
        && days.first() != days.last();
    let numbered = marker.trim_start().starts_with(|c: char| c.is_ascii_digit());
    if is_newest_first && numbered {
        return Err("its list is numbered with the newest first".to_owned());
    }
    let note = spelled(marker, note)?;
    Ok(match is_newest_first {
        true => TextEdit::insert(range(first).start as usize, format!("{note}{line}")),
        false => TextEdit::insert(shape.end as usize, format!("{line}{note}")),
    })
}

/// What a note begins with: blanks, and a bullet or a number.
fn marker(note: &str) -> &str {
    let blanks = note.len() - note.trim_start().len();
    let rest = &note[blanks..];
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    &note[..blanks + digits + 1]
}

/// A note with the marker of the one before it.
fn spelled(marker: &str, note: &str) -> Result<String, String> {
    let Some(words) = note.strip_prefix("- ") else { return Ok(note.to_owned()) };
    let number = marker.trim().trim_end_matches(['.', ')']);
    match number.parse::<u64>() {
        Ok(number) => {
            let blanks = &marker[..marker.len() - marker.trim_start().len()];
            let sign = marker.chars().next_back().unwrap_or('.');
            Ok(format!("{blanks}{}{sign} {words}", number + 1))
        }
        Err(_) if number.len() <= 1 => Ok(format!("{marker} {words}")),
        Err(_) => Err("its list is numbered in a form that is not known".to_owned()),
    }
}

/// The day that a note begins with.
fn day(note: &str) -> Option<&str> {
    let is_day = |text: &&str| {
        text.bytes().enumerate().all(|(at, byte)| match at {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        })
    };
    (0..DAY_BEGINS).filter_map(|at| note.get(at..at + 10)).find(is_day)
}
