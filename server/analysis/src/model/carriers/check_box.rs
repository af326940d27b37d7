//! `- [x] Title`: the mark in a check box. Beside a marker it tells only whether work is left.

mod at_end;
mod back_references;
mod brackets;
mod dash;
pub(super) mod given_up;
mod goals;
mod legends;
mod pictures;
mod pieces;
mod remark;
mod shown;
mod span;
mod told_signs;
mod work_words;

use std::sync::OnceLock;

use regex::{Match, Regex};
use remark::{Remark, redated, words_behind};

use crate::model::carrier::markdown_reader::{MarkdownReader, plain, split_field};
use crate::model::carrier::{Carrier, Form, Remarks, Spelled, Unspelled};
use crate::model::carriers::{entry, marker, old_status, prose};
use crate::model::time::TimeStamp;
use crate::model::title::{without_attributes, without_targets};
use crate::model::{Entity, EntityIdx, Field, FieldRole, codes};
use crate::profile::id::TaskId;
use crate::profile::reading::{self, Reading, Shape};
use crate::profile::vocabulary::{Category, StatusDef, StatusIdx, Vocabulary};
use crate::profile::{EntityKind, EntityType};
use crate::syntax::markdown::{ContentLine, ListItem};
use crate::text::TextRange;
use crate::text::text_edit::TextEdit;

/// The carrier.
pub(super) static CARRIER: Carrier = Carrier {
    id: "box",
    of_markdown: Some(|reader| reader.items()),
    text: |raw| format!("[{raw}]"),
    respelled,
    beside: Some(beside),
    is_line: false,
    words: None,
    remarks: Remarks::Aside,
    ..marker::CARRIER
};

fn respelled(form: Form<'_>, def: &StatusDef, day: Option<&str>) -> Spelled {
    let words = words_behind(form);
    let remark = Remark::at_end(form.vocabulary, form.text, words);
    let end = remark.map_or(words.end, |remark| remark.whole.start);
    let words = words
        .of(form.text)
        .strip_prefix(']')
        .map_or(words, |rest| TextRange::new(words.end as usize - rest.len(), end as usize));
    marker::uncontradicted(form, words, def)?;
    old_status::unbound(form, words, def)?;
    remarked(form, words, def)?;
    ticked(form, def, day)
}

/// Refuses where words follow the day on which something was finished that is opened again: they would
/// be lost with it, or tell of what is no more.
fn remarked(form: Form<'_>, words: TextRange, def: &StatusDef) -> Result<(), String> {
    let said = words.of(form.text).trim_end();
    let Some((before, _)) = said.strip_suffix(')').and_then(|it| it.rsplit_once('(')) else {
        return Ok(());
    };
    let start = words.start as usize;
    let before = TextRange::new(start, start + before.trim_end().len());
    match Remark::at_end(form.vocabulary, form.text, before) {
        Some(remark) if form.vocabulary.get(remark.status).id != def.id => {
            let from = TextRange { start: remark.whole.start, end: words.end };
            Err(format!("`{}` behind it may belong to its old status", from.of(form.text).trim()))
        }
        _ => Ok(()),
    }
}

/// The edits of the mark, and of the day behind the words.
fn ticked(form: Form<'_>, def: &StatusDef, day: Option<&str>) -> Spelled {
    let Some(mark) = mark_of(form, def) else {
        return Err(format!("a check box has no mark for {}", def.id));
    };
    let mut edits = vec![TextEdit { range: form.range(), insert: mark.clone() }];
    edits.extend(redated(form, def, day));
    Ok(edits)
}

/// The mark of a status: of several, the first that the file has, for its authors may write `x` where
/// others write `X`.
fn mark_of<'d>(form: Form<'_>, def: &'d StatusDef) -> Option<&'d String> {
    let stands = |mark: &&String| form.text.contains(&*format!("[{mark}] "));
    let is_choice = def.boxes.len() > 1;
    def.boxes.iter().find(|mark| is_choice && stands(mark)).or(def.boxes.first())
}

/// The edit of a box that stands before a status in words, `` `[ ]` Todo``, and says the same.
pub(super) fn in_front(form: Form<'_>, def: &StatusDef) -> Result<Option<TextEdit>, Unspelled> {
    let before = TextRange::new(form.occurrence.line.start as usize, form.range().start as usize);
    let said = before.of(form.text).trim_end_matches(['*', '_', '`', ' ']);
    let Some((_, mark)) = said.strip_suffix(']').and_then(|it| it.rsplit_once('[')) else {
        return Ok(None);
    };
    let Some(status) = form.vocabulary.lookup_box(mark) else { return Ok(None) };
    if form.vocabulary.get(status).id == def.id {
        return Ok(None);
    }
    let Some(own) = mark_of(form, def) else {
        return Err(format!("`[{mark}]` before it belongs to its old status"));
    };
    let end = before.start as usize + said.len() - 1;
    let range = TextRange::new(end - mark.len(), end);
    Ok(Some(TextEdit { range, insert: own.clone() }))
}

/// The day since which something is finished, as the words at the end of the line of its status tell.
pub(crate) fn ended_day(form: Form<'_>) -> Option<TextRange> {
    Remark::at_end(form.vocabulary, form.text, words_behind(form)).map(|remark| remark.day)
}

fn beside(form: Form<'_>, to: StatusIdx) -> Spelled {
    let def = form.vocabulary.get(to);
    let (mark, line) = (form.range(), form.occurrence.line);
    let words =
        TextRange::new(mark.end as usize + 1, (line.end as usize).max(mark.end as usize + 1));
    old_status::unspoken(form, words, def)?;
    let mut fitting = form
        .vocabulary
        .iter()
        .filter(|(idx, def)| !def.boxes.is_empty() && form.vocabulary.box_allows(*idx, to));
    let def = match def.boxes.is_empty() {
        true => fitting.next().map_or(def, |(_, def)| def),
        false => def,
    };
    ticked(form, def, None)
}

/// What a box says that is put off, where a format knows that.
const DEFERRED: &str = "Draw it (deferred)";

/// Words that are the last of no title.
const GOING_ON: [&str; 10] = ["a", "als", "as", "be", "by", "en", "is", "of", "the", "to"];

/// What parts the id in front of the text of a box from its title.
const BEHIND_ID: [char; 8] = ['.', ':', ')', '*', '-', '–', '—', ' '];

impl MarkdownReader<'_> {
    fn items(&mut self) {
        self.take_pieces();
        let adorned = self.adorned_items();
        let mut prose = self.explaining_items();
        prose.extend(self.naming_items());
        prose.extend(self.goal_items());
        prose.extend(self.shown_items());
        prose.extend(self.items_below_legends());
        prose.extend(self.bracketed_items());
        prose.extend(self.told_items());
        for at in 0..self.markdown.items.len() {
            let item = &self.markdown.items[at];
            if self.taken.contains(&at) {
                continue;
            }
            let may_be_marked = self.profile.markers.bare && !self.is_status_field(item);
            let is_nothing = item.check_box.is_none() && !may_be_marked;
            if is_nothing || !self.boxes_count(item.heading) {
                continue;
            }
            // A document that is nothing itself is around nothing.
            let parent = self.item_parent(item);
            let parent = self.counted(parent);
            if prose.contains(&at) || self.is_legend(item) {
                continue;
            }
            let is_picture = |said: &Reading| said.shape == Shape::Sign && item.check_box.is_none();
            let what = self.item_type(item, parent);
            let leading = self.leading_marker(item, parent).or_else(|| self.span(what, item));
            let leading = leading.filter(|said| !adorned.contains(&at) || !is_picture(said));
            if item.check_box.is_none()
                && !leading.as_ref().is_some_and(|it| self.is_work(item, it))
            {
                continue;
            }
            self.of_item[at] = self.boxed(item, parent, leading);
        }
        self.item_flow();
        self.item_statuses();
    }

    /// What bullets below the box of a task say of how its work is put together.
    fn item_flow(&mut self) {
        let markdown = self.markdown;
        for item in markdown.items.iter().filter(|item| item.check_box.is_none()) {
            let around = item.parent.and_then(|at| self.of_item[at]);
            let is_task = |at: &EntityIdx| self.facts.entities[*at].kind == EntityKind::Task;
            let Some(entity) = around.filter(is_task) else { continue };
            let Some((name, value)) = split_field(self.text, item.text) else { continue };
            let said = self.profile.fields.flow.field(name.of(self.text), value.of(self.text));
            if let Some(said) = said {
                let line = self.whole_line(item.line);
                let role = FieldRole::Flow(said);
                self.facts.fields.push(Field { entity, role, value, line });
            }
        }
    }

    /// Whether an item without a box names work beside its status.
    fn is_work(&self, item: &ListItem, said: &Reading) -> bool {
        let vocabulary = self.profile.vocabulary(EntityKind::Item);
        let words = || self.beside(item.text, said).of(self.text);
        !self.profile.free_words || !prose::names_no_work(vocabulary, words(), said.status)
    }

    /// Whether the item is a field that says somebody's status, and so is nothing of its own.
    fn is_status_field(&self, item: &ListItem) -> bool {
        let names = &self.profile.fields.status;
        split_field(self.text, item.text).is_some_and(|(name, _)| {
            names.iter().any(|own| own.eq_ignore_ascii_case(name.of(self.text)))
        })
    }

    fn leading_marker(&self, item: &ListItem, parent: Option<EntityIdx>) -> Option<Reading> {
        if !self.profile.markers.bare {
            return None;
        }
        let vocabulary = self.profile.vocabulary_of(self.item_type(item, parent));
        let style = &self.profile.markers;
        let at_start = reading::read_leading(vocabulary, style, self.text, item.text);
        let is_of_all = |it: &Reading| !self.is_one_of_several(vocabulary, item, it);
        let sign = || reading::read_sign(vocabulary, self.text, item.text).filter(is_of_all);
        let without_box = || sign().filter(|_| item.check_box.is_none());
        at_start.or_else(without_box).or_else(|| {
            let (_, end) = reading::read_trailing(vocabulary, style, self.text, item.text);
            // Plain words at the end of a sentence are prose, a bracketed status or a sign is not.
            let is_drawn =
                |said: &str| item.check_box.is_none() && said.starts_with(reading::is_sign);
            let is_marked = |said: &str| said.starts_with('[') || is_drawn(said);
            let end = end.filter(|r| r.status.is_some() && is_marked(r.range.of(self.text)));
            let end = end.filter(|r| !self.is_of_title(vocabulary, item, r));
            end.filter(|r| r.shape != Shape::Sign || is_of_all(r))
        })
    }

    /// Whether a bracket behind the words of a box is one of them, `[x] Mark it as [Obsolete]`: what is
    /// done is not given up, a marker has capitals, and the sentence goes on to it.
    fn is_of_title(&self, vocabulary: &Vocabulary, item: &ListItem, said: &Reading) -> bool {
        let mark = item.check_box.as_ref().map(|it| it.mark.of(self.text));
        let of_box = mark.and_then(|mark| vocabulary.lookup_box(mark));
        let categories = of_box
            .zip(said.status)
            .map(|(of_box, said)| (vocabulary.get(of_box).category, vocabulary.get(said).category));
        let word = said.word.of(self.text);
        let before = TextRange::new(item.text.start as usize, said.range.start as usize);
        let before = before.of(self.text).trim_end();
        let last = before.rsplit(char::is_whitespace).next().unwrap_or_default();
        let goes_on = GOING_ON.iter().any(|it| it.eq_ignore_ascii_case(last))
            || before.ends_with(['为', '為', '成']);
        categories == Some((Category::Done, Category::Dropped))
            && goes_on
            && word.starts_with(char::is_uppercase)
            && !reading::is_in_capitals(word)
    }

    /// Whether what stands before the words of an item says its status. `[ ] ✅ All tests pass` and
    /// `[x] ❌ No warnings` tell what is to be reached: there a sign says no more than its box.
    fn says_status(&self, what: EntityType, item: &ListItem, reading: &Reading) -> bool {
        let vocabulary = self.profile.vocabulary_of(what);
        let mark = item.check_box.as_ref().map(|it| it.mark.of(self.text));
        let of_box = mark.and_then(|mark| vocabulary.lookup_box(mark));
        match (of_box, reading.status) {
            (Some(of_box), Some(said)) if reading.shape == Shape::Sign => {
                let is_failed = vocabulary.get(said).category == Category::Failed;
                !is_failed && vocabulary.box_allows(of_box, said)
            }
            _ => true,
        }
    }

    fn boxed(
        &mut self,
        item: &ListItem,
        parent: Option<EntityIdx>,
        leading: Option<Reading>,
    ) -> Option<EntityIdx> {
        let what = self.item_type(item, parent);
        let vocabulary = self.profile.vocabulary_of(what);
        // Where no status has a box, boxes are prose.
        if leading.is_none() && !vocabulary.has_boxes() {
            return None;
        }
        let rule = self.role.box_rule(item.text.of(self.text));
        // Where links tell tasks, a box without one is prose.
        if rule.link.is_some() && what.kind != rule.what.kind && item.parent.is_none() {
            return None;
        }
        if item.check_box.is_some() {
            self.boxed.extend(parent);
        }
        let behind = self.behind_link(what, item);
        let title = match (&behind, &leading) {
            (Some((name, _)), _) => *name,
            (None, Some(reading)) => self.beside(item.text, reading),
            (None, None) => item.text,
        };
        let remark = Remark::at_end(self.profile.vocabulary_of(what), self.text, title);
        let end = remark.map_or(title.end, |remark| remark.whole.start);
        let title = TextRange::new(title.start as usize, end as usize);
        let leading = behind.as_ref().map(|(_, reading)| reading.clone()).or(leading);
        let leading =
            leading.filter(|reading| behind.is_some() || self.says_status(what, item, reading));
        let (title, leading) = match self.field_at_end(vocabulary, item) {
            Some((words, said)) if leading.is_none() => (words, Some(said)),
            _ => (title, leading),
        };
        let mut entity = self.entity(what, item.text, item.range);
        entity.parent = parent;
        let words = Some(self.behind_id(title)).filter(|words| !words.is_empty());
        let words = plain(words.or_else(|| self.behind_break(item)).unwrap_or_default());
        entity.title = without_targets(&words).into();
        if what.kind == EntityKind::Task {
            let role = self.role;
            let boxes = role.box_rule(item.text.of(self.text));
            let linked = boxes.link.as_ref().map(|link| self.linked_id(item.range, link));
            let (id, derived) = match (linked, &boxes.id) {
                (Some(linked), _) => (linked?, false),
                (None, Some(_)) => (self.matched_id(boxes, item)?, false),
                (None, None) => self.item_id(title.of(self.text)),
            };
            if !derived && self.names_again(&id, item) {
                return None;
            }
            entity.id = Some(id);
            entity.derived_id = derived;
        }
        let parts = self.item_parts(item).filter(|_| what.kind == EntityKind::Task);
        if let Some((bracketed, _)) = &parts {
            entity.title = entity.title.replacen(bracketed.as_str(), "", 1).into();
        }
        let depends = self.item_depends(item).filter(|_| what.kind == EntityKind::Task);
        if let Some(said) = depends {
            entity.depends = self.part_ids(rule.in_document, said.of(self.text));
        }
        self.weigh_box(&mut entity, item);
        let idx = self.push(entity);
        if let Some(value) = depends {
            let (role, line) = (FieldRole::Dependencies, item.line);
            self.facts.fields.push(Field { entity: idx, role, value, line });
        }
        if let Some((_, value)) = parts {
            let (role, line) = (FieldRole::Parts, item.line);
            self.facts.fields.push(Field { entity: idx, role, value, line });
        }
        for (how, reading) in self.said_by(item, vocabulary, leading) {
            self.occurrence(idx, how, reading, item.line);
        }
        Some(idx)
    }

    /// Whether a box says itself that the task with its id is told of before.
    fn names_again(&self, id: &TaskId, item: &ListItem) -> bool {
        let own =
            |entity: &Entity| entity.kind == EntityKind::Task && entity.id.as_ref() == Some(id);
        back_references::points_back(item.text.of(self.text)) && self.facts.entities.iter().any(own)
    }

    /// How much what a box says counts, by its rule and its words.
    fn weigh_box(&self, entity: &mut Entity, item: &ListItem) {
        let words = item.text.of(self.text);
        let rule = self.role.box_rule(words);
        entity.coarse = rule.coarse;
        entity.mention = rule.mention;
        entity.rank = rule.rank.unwrap_or(entity.rank);
        if rule.coarse && entity.id.is_some() && !entity.derived_id {
            entity.title = remark::undated(&entity.title).into();
        }
        let is_below = |parent: EntityIdx| self.facts.entities[parent].optional;
        let tells_later = self.profile.free_words
            || rule.optional.as_ref().is_some_and(|own| own.is_match(DEFERRED));
        entity.optional = rule.optional.as_ref().is_some_and(|own| own.is_match(words))
            || given_up::is_given_up(words, &self.text[item.text.start as usize..])
            || entity.parent.is_some_and(is_below)
            || tells_later && self.is_part(entity) && self.is_of_outlook(item.heading);
    }

    /// Whether a box is a part of something: a task of a list is one of its phase.
    fn is_part(&self, own: &Entity) -> bool {
        let is_phase = |parent: EntityIdx| self.facts.entities[parent].kind == EntityKind::Phase;
        own.kind == EntityKind::Item || own.parent.is_some_and(is_phase)
    }

    /// What the box of an item says, and the marker in its text.
    fn said_by(
        &self,
        item: &ListItem,
        vocabulary: &Vocabulary,
        leading: Option<Reading>,
    ) -> Vec<(&'static Carrier, Reading)> {
        let mut found: Vec<(&'static Carrier, Reading)> = Vec::new();
        let check_box = item.check_box.as_ref().filter(|_| vocabulary.has_boxes());
        if let Some(check_box) = check_box {
            let status = vocabulary.lookup_box(check_box.mark.of(self.text));
            let range = check_box.mark;
            let reading = Reading { range, word: range, status, shape: Shape::Exact };
            found.push((&CARRIER, reading));
        }
        if let Some(reading) = leading {
            // A marker says more than a box that agrees with it, so it is heard first.
            let finer = found.iter().all(|(_, r)| match (r.status, reading.status) {
                (Some(of_box), Some(said)) => vocabulary.box_allows(of_box, said),
                _ => false,
            });
            found.insert(if finer { 0 } else { found.len() }, (&entry::CARRIER, reading));
        }
        found
    }

    /// The words of an item without the status in front of them or behind.
    fn beside(&self, words: TextRange, reading: &Reading) -> TextRange {
        let before = TextRange::new(words.start as usize, reading.range.start as usize);
        match before.of(self.text).chars().all(|c| matches!(c, '*' | '_')) {
            true => self.behind_day(TextRange::new(reading.range.end as usize, words.end as usize)),
            false => before,
        }
    }

    /// Words without the day in brackets in front of them, which is that of their status: `(2026-01-02) Draw`.
    fn behind_day(&self, words: TextRange) -> TextRange {
        let said = words.of(self.text);
        let inner = said.trim_start().strip_prefix('(').and_then(|it| it.split_once(')'));
        match inner {
            Some((day, rest))
                if matches!(TimeStamp::parse(day), Some(TimeStamp::Day(_)))
                    && rest
                        .trim_start()
                        .starts_with(|c: char| c.is_alphanumeric() || "*`[".contains(c)) =>
            {
                TextRange::new(words.end as usize - rest.trim_start().len(), words.end as usize)
            }
            _ => words,
        }
    }

    /// The text of a box without the id in front of it.
    fn behind_id(&self, text: TextRange) -> &str {
        let text = text.of(self.text);
        let own = self.role.box_rule(text).id.as_ref();
        let own = own.and_then(|own| own.find_iter(text).last());
        match own {
            Some(own) if own.start() > 0 => &text[..own.start()],
            Some(own) => without_attributes(text[own.end()..].trim_start_matches(BEHIND_ID)),
            None => text,
        }
    }

    /// The words on the line below an item whose emphasis begins before the break and ends behind it.
    fn behind_break(&self, item: &ListItem) -> Option<&str> {
        let is_open = item.text.of(self.text).matches("**").count() % 2 == 1;
        let lines = &self.markdown.lines;
        let below = lines.partition_point(|line| line.range.start < item.text.end);
        let is_own = |line: &&ContentLine| {
            line.item.is_some_and(|at| self.markdown.items[at].line == item.line)
        };
        let below = lines.get(below).filter(is_own).filter(|_| is_open)?;
        Some(below.range.of(self.text).trim_start_matches(BEHIND_ID))
    }

    /// `[Name](phase-2.md) - ✅ Done - 100%`: the name, and the status behind the link that says which
    /// task it is.
    fn behind_link(&self, what: EntityType, item: &ListItem) -> Option<(TextRange, Reading)> {
        self.role.box_rule(item.text.of(self.text)).link.as_ref()?;
        let links = &self.markdown.links;
        let first = links.partition_point(|link| link.target.start < item.text.start);
        let link = links.get(first).filter(|link| link.target.end <= item.text.end)?;
        let start = item.text.start as usize;
        let name = self.text.get(start..link.target.start as usize)?.strip_suffix("](")?;
        let opening = name.rfind('[')? + 1;
        let from =
            self.text.get(link.target.end as usize..item.text.end as usize)?.strip_prefix(')')?;
        let rest =
            from.trim_start_matches(['*', '_']).trim_start().strip_prefix(['-', '–', '—', ':'])?;
        let end = item.text.end as usize;
        let value = TextRange::new(end - rest.trim_start().len(), end);
        let ends = [" - ", " – ", " — "].into_iter().filter_map(|it| value.of(self.text).find(it));
        let word_len = ends.min().unwrap_or(value.len());
        let value = TextRange::new(value.start as usize, value.start as usize + word_len);
        let (vocabulary, style) = (self.profile.vocabulary_of(what), &self.profile.markers);
        let reading = reading::read_field(vocabulary, style, self.text, value)?;
        reading.status?;
        Some((TextRange::new(start + opening, start + name.len()), reading))
    }

    /// What the text of an item says of how many parts are finished: with all that is around it and no
    /// part of the title, and the figure.
    fn item_parts(&self, item: &ListItem) -> Option<(String, TextRange)> {
        let text = item.text.of(self.text);
        let found = self.role.box_rule(text).parts.as_ref()?.captures(text)?;
        let (whole, figure) = (found.get(0)?, found.name("parts")?);
        let start = item.text.start as usize;
        let figure = TextRange::new(start + figure.start(), start + figure.end());
        Some((whole.as_str().to_owned(), figure))
    }

    /// The id in an item's text, or one made from its words, and whether it is that.
    fn item_id(&mut self, text: &str) -> (TaskId, bool) {
        if let Some(id) = self.written_id(text) {
            return (id, false);
        }
        let vocabulary = self.profile.vocabulary_of(self.role.boxes.what);
        (self.derived_id(work_words::work_words(vocabulary, text)), true)
    }

    /// The id in an item's text.
    fn written_id(&mut self, text: &str) -> Option<TaskId> {
        static ID: OnceLock<Option<Regex>> = OnceLock::new();
        let regex = ID.get_or_init(|| {
            let code =
                r"(?:[A-Z]{1,6}[0-9]*(?:-[A-Z0-9]+)*-[0-9]+|[A-Z]{1,6}-?[0-9]+)(?:[.-][0-9]+)*";
            let number = r"[0-9]+(?:\.[0-9]+)*";
            // What goes on behind it is a part of it, or has it be none: `T1-based`, `T1–T3`.
            let end = r"(?:$|[^\w.–-]|[.–-](?:$|[^\w]))";
            Regex::new(&format!(
                concat!(
                    r"^\*\*#?(?<a>[0-9]+|{code})[.:]?\*\*|^\[?#(?<b>{number})\]?(?-u:\b)",
                    r"|^(?<c>{code}){end}|^(?:Task\s+)(?<d>{number}){end}",
                    r"|\[#(?<e>[0-9]+)\]\(|\(#(?<f>[0-9]+)\)\s*$",
                ),
                code = code,
                number = number,
                end = end,
            ))
            .ok()
        });
        let found = regex.as_ref().and_then(|regex| regex.captures(text.trim()));
        let found = found.filter(|found| {
            let (apart, code) = (found.name("a"), found.name("c"));
            let is_level = |code: Match<'_>| codes::is_priority(code.as_str());
            match apart.or(code).is_some_and(is_level) {
                true => self.counts_on("P"),
                false => code.is_none_or(|code| self.is_code(text.trim(), code.as_str())),
            }
        });
        let spelled = found.and_then(|found| {
            ["a", "b", "c", "d", "e", "f"]
                .iter()
                .find_map(|n| found.name(n))
                .map(|m| m.as_str().to_owned())
        });
        spelled.and_then(|text| self.profile.ids.parse(&text))
    }

    /// Whether letters and digits that a text begins with are an id: other items count on with the same
    /// letters, or something parts it.
    fn is_code(&mut self, text: &str, code: &str) -> bool {
        codes::is_parted(text, code) || self.counts_on(codes::letters(code))
    }

    /// Whether items of the file count on with these letters.
    fn counts_on(&mut self, letters: &str) -> bool {
        let text = self.text;
        let codes = self.facts.codes.get_or_insert_with(|| codes::counting(text));
        codes.iter().any(|it| it == letters)
    }
}
