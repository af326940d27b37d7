//! A new task in Markdown: behind the task that was named, else behind the last (or before the first, where
//! the newest stands first) of those that are open too. A list in several sections needs a name.

mod form;

use super::{Written, anchor, no_form};
use crate::analysis::Analysis;
use crate::change::eol;
use crate::index::{DocIdx, Place};
use crate::model::{Document, Entity};
use crate::operation::{Code, Refused};
use crate::profile::adding::AddPlace;
use crate::profile::vocabulary::Category;
use crate::profile::{EntityKind, Format, RecordList};
use crate::syntax::markdown::Markdown;
use crate::text::TextRange;
use crate::text::text_edit::TextEdit;
use form::copied;

/// So many sections are named where one must be chosen.
const NAMED: usize = 3;

/// Where a new task stands.
enum NewSpot {
    Behind(Place),
    Before(Place),
    /// At the end of a file without tasks.
    AtEnd,
}

pub(super) fn edit(
    state: &Analysis,
    doc: DocIdx,
    place: &AddPlace,
    new: &Written<'_>,
) -> Result<TextEdit, Refused> {
    let document = &*state.index.docs[doc];
    let list = List::new(state, doc, place.text.trim_start().starts_with('#'));
    let behind = anchor(state, doc, new);
    let are_rows = list.tasks.is_empty() && list.has_rows;
    if are_rows || behind.is_some_and(|place| is_row(&list.markdown, state.index.entity(place))) {
        return Err(no_form(state, doc, "its tasks are rows of a table"));
    }
    let spot = match behind {
        Some(place) => NewSpot::Behind(place),
        None => list.spot()?,
    };
    let text = text(state, document, place, new, &list, &spot)?;
    Ok(list.insert(&spot, &text))
}

/// What is written: the form of a task that stands there, else that of the profile.
fn text(
    state: &Analysis,
    document: &Document,
    place: &AddPlace,
    new: &Written<'_>,
    list: &List<'_>,
    spot: &NewSpot,
) -> Result<String, Refused> {
    let near = match spot {
        NewSpot::Behind(near) | NewSpot::Before(near) => Some(*near),
        NewSpot::AtEnd => None,
    };
    let section = near.map(|near| list.section(near));
    // Those nearest to it first, and those of its section before others.
    let beside = list.tasks.iter().rev().copied().filter(|it| Some(list.section(*it)) == section);
    let all = near.into_iter().chain(beside).chain(list.tasks.iter().rev().copied());
    for like in all {
        let is_last = matches!(spot, NewSpot::Behind(near) if *near == like && list.is_last(like));
        if let Some(text) = copied(state, like, new, is_last) {
            return Ok(text);
        }
    }
    let is_box_inside = near.is_some_and(|near| list.indent(near) > 0);
    if near.is_some_and(|near| list.is_numbered(near)) {
        return Err(no_form(state, list.doc, "its list is numbered"));
    }
    if is_box_inside {
        return Err(no_form(state, list.doc, "the task beside it says more than its title"));
    }
    let style = &document.profile.markers;
    let filled = new.fill(place.text.trim_end(), Format::Markdown, &style.write(&new.def.marker));
    Ok(filled.lines().collect::<Vec<_>>().join(eol(&document.text)))
}

/// The tasks of a file that a new one can stand beside: all headings, or all boxes.
struct List<'a> {
    state: &'a Analysis,
    doc: DocIdx,
    document: &'a Document,
    markdown: Markdown,
    tasks: Vec<Place>,
    /// Whether rows of tables are tasks of it too: nothing is written beside them.
    has_rows: bool,
    is_of_headings: bool,
}

impl<'a> List<'a> {
    fn new(state: &'a Analysis, doc: DocIdx, is_of_headings: bool) -> List<'a> {
        let document = &*state.index.docs[doc];
        let markdown = Markdown::parse(&document.text);
        let is_heading = |range: TextRange| {
            markdown.headings.iter().any(|heading| heading.range.contains_range(range))
        };
        let entities = document.facts.entities.iter().enumerate();
        let is_task = |kind| kind == EntityKind::Task;
        let own = entities.filter(|(_, entity)| {
            let is_nested = entity.parent.is_some_and(|at| {
                let around = &document.facts.entities[at];
                is_task(around.kind) && around.range.len() < document.text.len()
            });
            (is_task(entity.kind) || (!is_of_headings && entity.kind == EntityKind::Item))
                && !entity.mention
                && entity.list == RecordList::Active
                && entity.range.len() < document.text.len()
                && is_heading(entity.name) == is_of_headings
                && !is_nested
        });
        let (rows, own): (Vec<_>, Vec<_>) = own.partition(|(_, it)| is_row(&markdown, it));
        let tasks = own.into_iter().map(|(entity, _)| Place { doc, entity }).collect();
        let has_rows = !rows.is_empty();
        List { state, doc, document, tasks, has_rows, is_of_headings, markdown }
    }

    fn range(&self, place: Place) -> TextRange {
        self.state.index.entity(place).range
    }

    /// The heading that a task is below, by where that begins.
    fn section(&self, place: Place) -> Option<u32> {
        let headings = &self.markdown.headings;
        if self.is_of_headings {
            let name = self.state.index.entity(place).name;
            let own = headings.iter().find(|heading| heading.range.contains_range(name))?;
            return own.parent.map(|above| headings[above].range.start);
        }
        let start = self.range(place).start;
        let above = headings.iter().rev().find(|it| it.range.start < start);
        above.map(|heading| heading.range.start)
    }

    fn is_open(&self, place: Place) -> bool {
        let vocabulary = self.state.index.vocabulary_at(place);
        let status = self.state.index.status_at(place);
        status.is_some_and(|status| vocabulary.get(status).category == Category::Open)
    }

    fn is_last(&self, place: Place) -> bool {
        let section = self.section(place);
        self.tasks.iter().rfind(|it| self.section(**it) == section) == Some(&place)
    }

    /// Where a task stands that nobody has named a place for.
    fn spot(&self) -> Result<NewSpot, Refused> {
        let sections = |is_meant: &dyn Fn(Place) -> bool| {
            let all = self.tasks.iter().filter(|it| is_meant(**it)).map(|it| self.section(*it));
            let mut all: Vec<Option<u32>> = all.collect();
            all.sort_unstable();
            all.dedup();
            all
        };
        let open = sections(&|place| self.is_open(place));
        let section = match open.as_slice() {
            [one] => *one,
            [] => match sections(&|_| true).as_slice() {
                [] => return self.end(),
                [one] => *one,
                several => return Err(self.several(several)),
            },
            several => return Err(self.several(several)),
        };
        let own: Vec<Place> =
            self.tasks.iter().copied().filter(|it| self.section(*it) == section).collect();
        let number = |it: &Place| self.state.index.entity(*it).id.as_ref()?.number();
        let numbers: Option<Vec<u64>> = own.iter().map(number).collect();
        let is_newest_first = numbers.is_some_and(|numbers| {
            numbers.len() > 1 && numbers.windows(2).all(|pair| pair[0] > pair[1])
        });
        match (own.first(), own.last()) {
            (Some(first), _) if is_newest_first => Ok(NewSpot::Before(*first)),
            (_, Some(last)) => Ok(NewSpot::Behind(*last)),
            _ => self.end(),
        }
    }

    /// The end of a file in which there is no task yet, where there is one place for them.
    fn end(&self) -> Result<NewSpot, Refused> {
        if self.markdown.headings.len() > 1 {
            let why = "it has several headings, and no task below any";
            return Err(no_form(self.state, self.doc, why));
        }
        Ok(NewSpot::AtEnd)
    }

    fn several(&self, sections: &[Option<u32>]) -> Refused {
        let mut names: Vec<String> = Vec::new();
        let mut example = None;
        for section in sections {
            let mut own = self.tasks.iter().filter(|it| self.section(**it) == *section);
            let last = own.next_back().and_then(|it| self.state.index.task_at(*it));
            let last = last.map(|task| self.state.name_of(&task.id));
            let heading = section
                .and_then(|start| self.markdown.headings.iter().find(|it| it.range.start == start));
            let title = heading.map_or("", |it| it.text.of(&self.document.text));
            names.push(if title.is_empty() {
                "no heading".to_owned()
            } else {
                format!("`{title}`")
            });
            example = example.or(last);
        }
        let n = names.len();
        if n > NAMED {
            names.truncate(NAMED);
            names.push("…".to_owned());
        }
        let path = &self.document.path;
        let message = format!("tasks of {path} stand in {n} sections: {}", names.join(", "));
        let example = example.unwrap_or_default();
        let remedy = format!("name a task to stand behind, for example `--after {example}`");
        Refused::new(Code::Ambiguous, message, remedy)
    }

    /// How far the line of a task is indented.
    fn indent(&self, place: Place) -> usize {
        let line = form::line_around(&self.document.text, self.range(place).start as usize);
        let line = line.of(&self.document.text);
        line.len() - line.trim_start().len()
    }

    /// Whether the line of a task begins with its number in a list.
    fn is_numbered(&self, place: Place) -> bool {
        let line = form::line_around(&self.document.text, self.range(place).start as usize);
        let line = line.of(&self.document.text).trim_start();
        let rest = line.trim_start_matches(|c: char| c.is_ascii_digit());
        rest.len() < line.len() && rest.starts_with(['.', ')'])
    }

    /// Whether blank lines stand between the tasks of a list: those of headings always have one.
    fn is_loose(&self) -> bool {
        let text = &self.document.text;
        let gap = |pair: &[Place]| {
            let (one, two) = (self.range(pair[0]), self.range(pair[1]));
            let before = &text[..two.start as usize];
            let end = one.start as usize + one.of(text).trim_end().len();
            self.section(pair[0]) == self.section(pair[1])
                && before.get(end..).is_some_and(|gap| gap.matches('\n').count() > 1)
        };
        self.is_of_headings || self.tasks.windows(2).any(gap)
    }

    fn insert(&self, spot: &NewSpot, new: &str) -> TextEdit {
        let text: &str = &self.document.text;
        let line = eol(text);
        let gap = if self.is_loose() { format!("{line}{line}") } else { line.to_owned() };
        let (near, is_before) = match spot {
            NewSpot::Behind(near) => (*near, false),
            NewSpot::Before(near) => (*near, true),
            NewSpot::AtEnd => {
                let end = text.trim_end().len();
                let (gap, tail) = match end {
                    0 => (String::new(), line),
                    _ => (format!("{line}{line}"), ""),
                };
                return TextEdit::insert(end, format!("{gap}{new}{tail}"));
            }
        };
        let (start, body) = self.block(near);
        let end = start + body.len();
        if is_before {
            let rule = self.rule(near).map(|rule| format!("{gap}{rule}")).unwrap_or_default();
            return TextEdit::insert(start, format!("{new}{rule}{gap}"));
        }
        // A line that stands behind the last task alone parts the section from the next.
        if let Some(rule) = self.rule(near).filter(|_| self.is_last(near))
            && self.rule_above(near).is_none()
        {
            let own = body[..body.len() - rule.len()].trim_end().len();
            return TextEdit::insert(start + own, format!("{gap}{new}"));
        }
        // A line that parts the tasks stands behind each of them, or not behind the last.
        let text = match (self.rule(near), self.rule_above(near)) {
            (Some(rule), _) => format!("{gap}{new}{gap}{rule}"),
            (None, Some(rule)) => format!("{gap}{rule}{gap}{new}"),
            (None, None) => format!("{gap}{new}"),
        };
        TextEdit::insert(end, text)
    }

    /// Where the text of a task begins, and that text without blanks at its end.
    fn block(&self, place: Place) -> (usize, &str) {
        let (text, range): (&str, TextRange) = (&self.document.text, self.range(place));
        let start = form::line_around(text, range.start as usize).start as usize;
        (start, text[start..(range.end as usize).max(start)].trim_end())
    }

    /// The line that parts a task from what follows.
    fn rule(&self, place: Place) -> Option<&str> {
        let (_, last) = self.block(place).1.rsplit_once('\n')?;
        Some(last.trim()).filter(|last| self.is_of_headings && is_rule(last))
    }

    /// The line that parts the task before one from it.
    fn rule_above(&self, place: Place) -> Option<&str> {
        let at = self.tasks.iter().position(|it| *it == place)?.checked_sub(1)?;
        let above = self.tasks[at];
        self.rule(above).filter(|_| self.section(above) == self.section(place))
    }
}

/// Whether an entity is a row of a table.
fn is_row(markdown: &Markdown, entity: &Entity) -> bool {
    markdown.tables.iter().any(|table| table.range.contains_range(entity.name))
}

/// Whether a line parts what stands above it from what stands below.
fn is_rule(line: &str) -> bool {
    line.len() >= 3 && ["-", "*", "_"].iter().any(|c| line.replace(c, "").is_empty())
}
