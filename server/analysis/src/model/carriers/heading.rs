//! `### Phase 1: Title [COMPLETED]`: a marker in a heading. Signs at either end of the title may say
//! the status again.

use std::ops::Range;

use regex::Regex;

use crate::model::EntityIdx;
use crate::model::carrier::markdown_reader::{MarkdownReader, plain, split_field};
use crate::model::carrier::{Carrier, Form, Spelled};
use crate::model::carriers::{check_box, marker, prose};
use crate::profile::id::TaskId;
use crate::profile::reading::{self, Reading, Shape};
use crate::profile::vocabulary::{Category, StatusDef, Vocabulary};
use crate::profile::{EntityKind, EntityType, MarkerStyle, SectionRule, When};
use crate::syntax::markdown::{Heading, MarkdownLink};
use crate::text::TextRange;

/// The carrier.
pub(super) static CARRIER: Carrier = Carrier {
    id: "heading",
    of_markdown: Some(|reader| reader.headings()),
    respelled,
    ..marker::CARRIER
};

/// Circles by which people tell how much hurry there is.
const LEVELS: [char; 5] = ['🔴', '🟠', '🟡', '🟢', '🔵'];

/// The first of them that tells that there is not much.
const CALM: usize = 2;

fn respelled(form: Form<'_>, def: &StatusDef, day: Option<&str>) -> Spelled {
    let mut edits = (marker::CARRIER.respelled)(form, def, day)?;
    let line = form.occurrence.line;
    let before = TextRange::new(line.start as usize, form.range().start as usize);
    let before = reading::trim(form.text, before, |c| c.is_whitespace() || "#*_`-–—:|".contains(c));
    let title = before.of(form.text);
    if let Some(word) = shouted(form, title, def) {
        return Err(format!("it also says `{word}`"));
    }
    let len = |it: String| it.len();
    let first = len(title.chars().take_while(marker::is_sign_part).collect());
    let last = len(title.chars().rev().take_while(marker::is_sign_part).collect());
    let (start, end) = (before.start as usize, before.end as usize);
    edits.extend(marker::sign_in(form, TextRange::new(start, start + first), def)?);
    if first < title.len() {
        edits.extend(marker::sign_in(form, TextRange::new(end - last, end), def)?);
    }
    Ok(edits)
}

/// The word in capitals by which the title of what is opened again says that it was finished.
fn shouted<'t>(form: Form<'_>, title: &'t str, def: &StatusDef) -> Option<&'t str> {
    let was = form.vocabulary.get(form.occurrence.reading.status?).category;
    if was != Category::Done || def.category == was {
        return None;
    }
    let mut words = title.split(|c: char| !c.is_alphanumeric());
    words.find(|word| FINISHED.contains(word))
}

/// What says in capitals that work is finished, and is no order to do so.
const FINISHED: [&str; 5] = ["COMPLETED", "DONE", "FINISHED", "MERGED", "SHIPPED"];

/// What words hold that tell how much something is wanted.
const RANKS: &[&str] = &[
    "alta",
    "baixa",
    "baja",
    "critic",
    "critiq",
    "crític",
    "dringend",
    "haute",
    "high",
    "hoch",
    "kritisch",
    "low",
    "mvp",
    "must",
    "nice",
    "niedrig",
    "priorit",
    "terme",
    "urgen",
    "высок",
    "критич",
    "优先",
    "紧急",
];

impl MarkdownReader<'_> {
    fn headings(&mut self) {
        let role = self.role;
        let first = |behind: &Regex| {
            let mut all = self.markdown.headings.iter();
            all.position(|it| !it.in_quote && behind.is_match(it.text.of(self.text)))
        };
        // From which heading on each rule counts.
        let from: Vec<Option<usize>> = role
            .sections
            .iter()
            .map(|rule| match &rule.behind {
                Some(behind) => first(behind).map(|at| at + 1),
                None => Some(0),
            })
            .collect();
        for at in 0..self.markdown.headings.len() {
            let heading = &self.markdown.headings[at];
            if heading.in_quote {
                continue;
            }
            for (rule, from) in role.sections.iter().zip(&from) {
                if rule.levels.contains(&heading.level)
                    && from.is_some_and(|from| from <= at)
                    && let Some(idx) = self.section(rule, heading)
                {
                    self.of_heading[at] = Some(idx);
                    break;
                }
            }
        }
    }

    fn section(&mut self, rule: &SectionRule, heading: &Heading) -> Option<EntityIdx> {
        let raw = heading.text.of(self.text);
        let (found, title) = rule.heading.captures(raw)?;
        let start = heading.text.start as usize;
        let at = |found: Range<usize>| TextRange::new(start + found.start, start + found.end);
        let group = |name: &str| found.name(name).map(|m| at(m.range()));
        let title = title.map_or(TextRange::empty(heading.text.end as usize), at);
        let vocabulary = self.profile.vocabulary_of(rule.what);
        let style = &self.profile.markers;
        let behind = group("status").filter(|said| said.start >= title.end);
        let (words, marker) = match behind {
            Some(range) => (title, Some(self.said_behind(vocabulary, range))),
            None => trailing(vocabulary, style, self.text, title),
        };
        let is_sign = |it: &Reading| it.word.of(self.text).chars().all(reading::is_sign_part);
        let is_picture =
            marker.as_ref().is_some_and(is_sign) && self.is_adorned(heading, vocabulary);
        let (title, marker) = if is_picture { (title, None) } else { (words, marker) };
        let title = reading::trim(self.text, title, |c| {
            c.is_whitespace() || matches!(c, ':' | '.' | '-' | '–' | '—')
        });
        if self.names_state(rule, title, marker.as_ref()) {
            return None;
        }
        let mut entity = self.entity(rule.what, heading.text, heading.section);
        entity.title = plain(title.of(self.text)).into();
        entity.number = group("number").map(|n| n.of(self.text).into());
        entity.id = group("id").and_then(|id| self.part_id(rule.in_document, id.of(self.text)));
        if entity.id.is_none() && rule.link.is_some() {
            entity.id = Some(self.section_link(rule, heading)?);
        }
        entity.derived = rule.derived;
        entity.mention = rule.mention;
        entity.rank = rule.rank.unwrap_or(entity.rank);
        entity.parent = self.section_of(heading.parent);
        entity.section = heading.parent.map(|at| self.markdown.headings[at].range.start);
        if rule.when != When::Always {
            self.conditional.push((self.facts.entities.len(), rule.when));
        }
        let idx = self.push(entity);
        let marker = marker.map(|reading| (&CARRIER, reading));
        let ahead = group("status").filter(|said| said.end <= title.start);
        let ahead = ahead.and_then(|range| self.heading_status(rule.what, range));
        let sign = || self.sign_ahead(rule, heading).map(|reading| (&CARRIER, reading));
        // A box before the title is a place of its own beside the words behind it.
        let (first, second) = match marker {
            Some(marker) => (Some(marker), ahead),
            None => (ahead.or_else(sign), None),
        };
        for (kind, reading) in first.into_iter().chain(second) {
            if !rule.mention || reading.status.is_some() {
                self.occurrence(idx, kind, reading, heading.range);
            }
        }
        Some(idx)
    }

    /// Whether a numbered heading names a state of what stands below it: `3. Done (5) ✅`.
    fn names_state(&self, rule: &SectionRule, title: TextRange, said: Option<&Reading>) -> bool {
        let vocabulary = self.profile.vocabulary_of(rule.what);
        let words = title.of(self.text);
        let is_free = self.profile.free_words && rule.what.kind == EntityKind::Task;
        is_free && said.is_some_and(|said| prose::is_state(vocabulary, words, said.status))
    }

    /// The sign before a heading. A task states its status in words, and the sign before it is decoration;
    /// but where it counts only with a status that is known, a sign is one if neither a field below it nor
    /// the headings beside it tell otherwise.
    fn sign_ahead(&self, rule: &SectionRule, heading: &Heading) -> Option<Reading> {
        let vocabulary = self.profile.vocabulary_of(rule.what);
        let is_phase = rule.what.kind == EntityKind::Phase;
        if !is_phase && rule.when != When::Known {
            return None;
        }
        let sign = reading::read_sign_before(vocabulary, self.text, heading.text, !is_phase)?;
        if self.tells_level(heading) {
            return None;
        }
        if is_phase && self.are_pictured(rule, heading, vocabulary) {
            return None;
        }
        (is_phase
            || !self.has_status_field(heading) && !self.is_led_by_pictures(heading, vocabulary))
        .then_some(sign)
    }

    /// Whether a field right below a heading says a status.
    fn has_status_field(&self, heading: &Heading) -> bool {
        let names = &self.profile.fields.status;
        let lines = &self.markdown.lines;
        let first = lines.partition_point(|line| line.range.start < heading.range.end);
        let below = lines[first..].iter().take_while(|it| it.range.end <= heading.section.end);
        below
            .filter_map(|line| split_field(self.text, line.range))
            .any(|(name, _)| names.iter().any(|own| own.eq_ignore_ascii_case(name.of(self.text))))
    }

    /// Whether all signs in front of a phase and of those beside it are different, and all but one say no
    /// status: they are there to be looked at.
    fn are_pictured(&self, rule: &SectionRule, heading: &Heading, vocabulary: &Vocabulary) -> bool {
        let headings = self.markdown.headings.iter();
        let beside = headings.filter(|it| {
            it.parent == heading.parent
                && it.level == heading.level
                && rule.heading.captures(it.text.of(self.text)).is_some()
        });
        let sign = |it: &Heading| {
            let raw = it.text.of(self.text).trim_start_matches(['*', '_', ' ']);
            let sign = &raw[..raw.len() - raw.trim_start_matches(reading::is_sign_part).len()];
            sign.trim_end_matches('\u{fe0f}')
        };
        let mut seen: Vec<&str> = Vec::new();
        for sign in beside.map(sign).filter(|sign| !sign.is_empty()) {
            if seen.contains(&sign) {
                return false;
            }
            seen.push(sign);
        }
        let is_picture =
            |sign: &&&str| vocabulary.lookup(sign).is_none() && !marker::is_status_sign(sign);
        let pictures = seen.iter().filter(is_picture).count();
        pictures > 1 && pictures + 1 == seen.len()
    }

    /// Whether a heading beside one begins with a picture that says no status.
    fn is_led_by_pictures(&self, heading: &Heading, vocabulary: &Vocabulary) -> bool {
        let headings = self.markdown.headings.iter();
        let mut beside =
            headings.filter(|it| it.parent == heading.parent && it.level == heading.level);
        beside.any(|it| {
            let raw = it.text.of(self.text).trim_start_matches(['*', '_', ' ']);
            let sign = &raw[..raw.len() - raw.trim_start_matches(reading::is_sign_part).len()];
            !sign.is_empty() && vocabulary.lookup(sign).is_none() && !marker::is_status_sign(sign)
        })
    }

    /// Whether circles before a heading and those beside it tell what comes first, from red to green.
    fn tells_level(&self, heading: &Heading) -> bool {
        let headings = self.markdown.headings.iter();
        let beside = headings.filter(|it| it.parent == heading.parent && it.level == heading.level);
        let signs = beside.filter_map(|it| {
            let raw = it.text.of(self.text).trim_start_matches(['*', '_', ' ']);
            raw.chars().next().filter(|first| reading::is_sign(*first))
        });
        let levels: Option<Vec<usize>> =
            signs.map(|sign| LEVELS.iter().position(|level| *level == sign)).collect();
        let headings = self.markdown.headings.iter();
        let mut beside = headings.filter(|it| it.parent == heading.parent);
        let names_level = |it: &Heading| {
            let words = it.text.of(self.text).to_lowercase();
            RANKS.iter().any(|rank| words.contains(rank))
        };
        levels.is_some_and(|levels| {
            let ends = levels.first().zip(levels.last());
            levels.is_sorted() && ends.is_some_and(|(first, last)| *first < CALM && CALM <= *last)
        }) && beside.any(names_level)
    }

    /// A status that ends a heading in brackets that are not its own.
    fn said_behind(&self, vocabulary: &Vocabulary, range: TextRange) -> Reading {
        let status = vocabulary.lookup(range.of(self.text));
        Reading { range, word: range, status, shape: Shape::Exact }
    }

    /// Whether the headings beside one end in pictures, so that a picture at its end says no status.
    fn is_adorned(&self, heading: &Heading, vocabulary: &Vocabulary) -> bool {
        let headings = self.markdown.headings.iter();
        let beside = headings.filter(|it| it.parent == heading.parent && it.level == heading.level);
        let mut ends = beside.map(|it| {
            let raw = it.text.of(self.text).trim_end();
            &raw[raw.trim_end_matches(reading::is_sign_part).len()..]
        });
        ends.any(|sign| {
            !sign.is_empty() && vocabulary.lookup(sign).is_none() && !marker::is_status_sign(sign)
        })
    }

    /// The id that the links of a section lead to: one in the heading or alone on a line, as in
    /// `*Link: [./tracks/a/](./tracks/a/)*`, before one in prose. Links of a row or a box are those of
    /// somebody else, and links to two tasks tell nothing.
    fn section_link(&self, rule: &SectionRule, heading: &Heading) -> Option<TaskId> {
        let (markdown, link) = (self.markdown, rule.link.as_ref()?);
        let first = markdown.links.partition_point(|it| it.target.start < heading.section.start);
        let links = markdown.links[first..].iter();
        let links = links.take_while(|it| it.target.end <= heading.section.end);
        let (mut telling, mut told) = (Vec::new(), Vec::new());
        for own in links.filter(|it| !it.image && self.is_of_section(rule, heading, it)) {
            let Some(id) = self.linked_id(own.target, link) else { continue };
            let is_telling = heading.text.contains_range(own.range) || self.is_alone(own.range);
            if is_telling { telling.push(id) } else { told.push(id) }
        }
        let mut ids = if telling.is_empty() { told } else { telling };
        ids.dedup();
        ids.pop().filter(|_| ids.is_empty())
    }

    /// Whether a link below a heading is not that of a row, of a box, or of another such section.
    fn is_of_section(&self, rule: &SectionRule, heading: &Heading, link: &MarkdownLink) -> bool {
        let markdown = self.markdown;
        let is_other = |at: usize| {
            let below = &markdown.headings[at];
            below.range != heading.range
                && rule.levels.contains(&below.level)
                && rule.heading.captures(below.text.of(self.text)).is_some()
        };
        let items = &markdown.items;
        let before = items.partition_point(|item| item.range.start <= link.target.start);
        let mut item = before.checked_sub(1);
        while let Some(at) = item {
            if items[at].check_box.is_some() && items[at].range.contains_range(link.target) {
                return false;
            }
            item = items[at].parent;
        }
        !link.heading.is_some_and(is_other)
            && !markdown.tables.iter().any(|it| it.range.contains_range(link.target))
    }

    /// Whether nothing but a label stands beside a link on its line.
    fn is_alone(&self, link: TextRange) -> bool {
        let line = self.whole_line(link);
        let before = TextRange::new(line.start as usize, link.start as usize).of(self.text);
        let behind = TextRange::new(link.end as usize, line.end as usize).of(self.text);
        let is_mark = |c: char| c.is_whitespace() || matches!(c, '*' | '_' | '-' | '>');
        let label = before.trim_matches(is_mark);
        let name = label.strip_suffix(':').unwrap_or(label);
        let is_label = name.len() < label.len() && name.split_whitespace().count() <= 2;
        (label.is_empty() || is_label) && behind.trim_matches(is_mark).is_empty()
    }

    /// A known status in brackets in front of a heading's title: `[x]` or `[PLANNED]`.
    fn heading_status(
        &self,
        what: EntityType,
        range: TextRange,
    ) -> Option<(&'static Carrier, Reading)> {
        let vocabulary = self.profile.vocabulary_of(what);
        let mark = TextRange::new(range.start as usize + 1, range.end as usize - 1);
        let is_boxed = range.of(self.text).starts_with('[');
        if is_boxed && mark.of(self.text).chars().count() <= 1 {
            let status = Some(vocabulary.lookup_box(mark.of(self.text))?);
            let reading = Reading { range: mark, word: mark, status, shape: Shape::Exact };
            return Some((&check_box::CARRIER, reading));
        }
        let style = &self.profile.markers;
        let reading = reading::read_field(vocabulary, style, self.text, range)?;
        reading.status.is_some().then_some((&CARRIER, reading))
    }
}

/// The status that a title ends in, also before a name or a comment that nobody reads, as in
/// `Draw ✅ DONE {#draw}`, and the words before it.
fn trailing(
    vocabulary: &Vocabulary,
    style: &MarkerStyle,
    text: &str,
    title: TextRange,
) -> (TextRange, Option<Reading>) {
    let (words, marker) = reading::read_trailing(vocabulary, style, text, title);
    let shorter = unattributed(text, title).filter(|_| marker.is_none());
    let found = shorter.map(|title| reading::read_trailing(vocabulary, style, text, title));
    let is_known = |(_, marker): &(TextRange, Option<Reading>)| {
        marker.as_ref().is_some_and(|reading| reading.status.is_some())
    };
    found.filter(is_known).unwrap_or((words, marker))
}

/// A title without what stands behind it for nobody to read.
fn unattributed(text: &str, title: TextRange) -> Option<TextRange> {
    let mut said = title.of(text).trim_end();
    let whole = said.len();
    loop {
        let comment = said.ends_with("-->").then(|| said.rfind("<!--")).flatten();
        let name = || said.ends_with('}').then(|| said.rfind("{#")).flatten();
        let Some(at) = comment.or_else(name) else { break };
        said = said[..at].trim_end();
    }
    let start = title.start as usize;
    (said.len() < whole).then(|| TextRange::new(start, start + said.len()))
}
