//! `- [TASK003] Title` below `## In Progress`: a status that is said by the section which an entry stands
//! in. Another status moves the line to the section of that one.

use std::sync::Arc;

use regex::Captures;

use crate::model::carrier::markdown_reader::{MarkdownReader, plain};
use crate::model::carrier::{Carrier, Form, Spelled, Unspelled};
use crate::model::carriers::spelling::time_in;
use crate::model::carriers::{marker, old_status, status_words};
use crate::model::time::TimeStamp;
use crate::model::{Document, StatusSection};
use crate::profile::EntryRule;
use crate::profile::reading::{Reading, Shape};
use crate::profile::vocabulary::{Category, StatusDef, StatusIdx, Vocabulary};
use crate::syntax::markdown::{ItemKind, ListItem, Markdown};
use crate::text::TextRange;
use crate::text::text_edit::TextEdit;

/// The carrier.
pub(super) static CARRIER: Carrier = Carrier {
    id: "listed",
    of_markdown: Some(|reader| reader.listed()),
    respelled: |_, _, _| Err("its section says it".to_owned()),
    words: None,
    moved: Some(moved),
    mended: |_| None,
    with_word: |_, word| word.to_owned(),
    whereabouts: "by its section",
    takes_fields: false,
    ..marker::CARRIER
};

/// Words behind which a status goes on to tell how it came to it.
const TELLING: &[&str] =
    &["as", "at", "because", "by", "due", "for", "in", "on", "since", "until", "with"];

/// What stands in an empty section.
const NOTHING: &[&str] = &["none", "empty", "nothing", "n/a", "na", "tbd"];

/// What may stand in any of them.
const PLAIN_NOTHING: &[&str] =
    &["none", "empty", "nothing", "n/a", "no tasks", "no entries", "no items", "none yet"];

/// A heading that says a status.
struct ListSection {
    heading: usize,
    status: StatusIdx,
    /// The status as it stands.
    said: TextRange,
}

/// The headings of a text that say a status by a rule.
fn sections(
    markdown: &Markdown,
    text: &str,
    rule: &EntryRule,
    vocabulary: &Vocabulary,
) -> Vec<ListSection> {
    let Some(own) = &rule.section else { return Vec::new() };
    let headings = markdown.headings.iter().enumerate().filter(|(_, it)| !it.in_quote);
    let said = headings.filter_map(|(at, heading)| {
        let said = own.captures(heading.text.of(text))?.name("status")?;
        let start = heading.text.start as usize;
        let status = vocabulary.lookup(said.as_str())?;
        let said = TextRange::new(start + said.start(), start + said.end());
        Some(ListSection { heading: at, status, said })
    });
    said.collect()
}

/// The section around a heading, itself or the nearest above it.
fn around<'s>(
    sections: &'s [ListSection],
    markdown: &Markdown,
    mut heading: Option<usize>,
) -> Option<&'s ListSection> {
    while let Some(at) = heading {
        if let Some(own) = sections.iter().find(|it| it.heading == at) {
            return Some(own);
        }
        heading = markdown.headings[at].parent;
    }
    None
}

/// What a line says, where it is an entry.
fn entry<'t>(rule: &EntryRule, item: &ListItem, text: &'t str) -> Option<Captures<'t>> {
    let is_plain =
        item.depth == 0 && item.check_box.is_none() && matches!(item.kind, ItemKind::Bullet(_));
    rule.text.captures(item.text.of(text)).filter(|_| is_plain)
}

impl MarkdownReader<'_> {
    /// Entries that have the status of the section which they stand in.
    fn listed(&mut self) {
        let role = self.role;
        for rule in role.entries.iter().filter(|rule| rule.section.is_some()) {
            let vocabulary = self.profile.vocabulary_of(rule.what);
            let sections = sections(self.markdown, self.text, rule, vocabulary);
            let mut statuses: Vec<StatusIdx> = sections.iter().map(|it| it.status).collect();
            statuses.sort_unstable();
            statuses.dedup();
            for (at, item) in self.markdown.items.iter().enumerate() {
                let Some(own) = around(&sections, self.markdown, item.heading) else { continue };
                let Some(found) = entry(rule, item, self.text) else { continue };
                let start = item.text.start as usize;
                let group = |name: &str| {
                    found.name(name).map(|m| TextRange::new(start + m.start(), start + m.end()))
                };
                let Some(name) = group("id") else { continue };
                let Some(id) = self.profile.ids.parse(name.of(self.text)) else { continue };
                // One whose words say another status is left to whoever wrote them.
                let behind = TextRange::new(name.end as usize, item.text.end as usize);
                let words = behind.of(self.text);
                if tells_other(vocabulary, words, vocabulary.get(own.status)).is_some() {
                    continue;
                }
                let mut entity = self.entity(rule.what, name, item.line);
                entity.id = Some(id);
                entity.mention = true;
                entity.rank = rule.rank;
                entity.title = plain(group("title").unwrap_or(behind).of(self.text)).into();
                let idx = self.push(entity);
                let (status, shape) = (Some(own.status), Shape::Exact);
                let reading = Reading { range: name, word: name, status, shape };
                self.occurrence(idx, &CARRIER, reading, item.line);
                if let Some(last) = self.facts.occurrences.last_mut().filter(|it| it.entity == idx)
                {
                    let said = own.said.of(self.text).into();
                    let statuses = statuses.clone();
                    last.section = Some(Arc::new(StatusSection { said, statuses }));
                }
                self.taken.insert(at);
            }
        }
    }
}

/// What the words of an entry say of another status than this one, behind a dash or in brackets.
fn tells_other<'t>(vocabulary: &Vocabulary, words: &'t str, def: &StatusDef) -> Option<&'t str> {
    parts(words).into_iter().find_map(|part| {
        let (status, len) = vocabulary.lookup_prefix(part)?;
        let (word, behind) = part.split_at(len);
        // `**PENDING** Draw it` sets the word apart from what is told.
        let is_set_apart = behind.starts_with(['*', '_', '`']);
        let behind = behind.trim_start_matches(['*', '_', '`']);
        let next = behind.trim_start();
        let goes_on = next.split(|c: char| !c.is_alphabetic()).next().unwrap_or_default();
        // `Started: 2026-01-02` names a day.
        let is_label = next.strip_prefix(':').is_some_and(|it| time_in(it).is_some());
        let is_told = is_set_apart
            || next.is_empty()
            || !behind.starts_with(|c: char| c.is_alphanumeric() || c == ' ')
            || !next.starts_with(char::is_alphabetic)
            || TELLING.contains(&goes_on);
        let is_word = word.starts_with(|c: char| !c.is_lowercase());
        let is_other = vocabulary.get(status).category != def.category;
        let shown = if is_set_apart { word } else { part };
        (is_told && is_word && !is_label && is_other).then_some(shown)
    })
}

/// The status that a part says in a word of another language, before or behind a day or with nothing but
/// an aside behind it, and what follows: `2026-01-02完成（…）`, `erledigt (2026-01-02)`.
fn foreign(part: &str) -> Option<(Category, &str)> {
    let day = |text: &str| {
        let len = text.chars().take(10).map(char::len_utf8).sum();
        matches!(TimeStamp::parse(&text[..len]), Some(TimeStamp::Day(_))).then_some(len)
    };
    let marks = |c: char| c.is_whitespace() || "()*_`.:".contains(c);
    let dated = day(part).map(|len| part[len..].trim_start());
    let said = dated.unwrap_or(part);
    let (category, len) = status_words::foreign(said)?;
    let behind = said[len..].trim_matches(marks);
    let behind = day(behind).map_or(behind, |len| behind[len..].trim_start_matches(marks));
    let is_told = dated.is_some() || !behind.starts_with(char::is_alphanumeric);
    is_told.then_some((category, behind))
}

/// The parts of words behind dashes and in brackets.
fn parts(words: &str) -> Vec<&str> {
    let marks = [" - ", " – ", " — ", "(", "（", "）- ", "）-", "）—"];
    let starts = marks.iter().flat_map(|mark| words.match_indices(mark));
    let parts =
        starts.map(|(at, mark)| words[at + mark.len()..].trim_start_matches(['*', '_', '`']));
    parts.collect()
}

/// The edits that put an entry to the end of the section of a status.
fn moved(document: &Document, form: Form<'_>, to: StatusIdx) -> Spelled {
    let text: &str = &document.text;
    if text.replace("\r\n", "").contains('\r') {
        return Err("its lines end in two ways".to_owned());
    }
    let markdown = Markdown::parse(text);
    let def = form.vocabulary.get(to);
    let own = form.occurrence;
    let item = markdown.items.iter().find(|item| item.line == own.line);
    let rules = document.role().entries.iter();
    let found = item.and_then(|item| {
        rules.clone().find(|rule| entry(rule, item, text).is_some()).zip(Some(item))
    });
    let Some((rule, item)) = found else { return Err("it is no entry of its own".to_owned()) };
    let all = sections(&markdown, text, rule, form.vocabulary);
    let here = around(&all, &markdown, item.heading).ok_or("it stands in no section")?;
    let target = target(&all, &markdown, here, to).map_err(|n| match n {
        0 => format!("its file has no section for {}", def.id),
        n => format!("{n} sections of its file say {}", def.id),
    })?;
    let mut lines = block(text, item.range);
    let ended = outdated(form, item, def)?;
    if let Some(words) = ended.and_then(|ended| dated(ended.of(text))) {
        return Err(format!("`{words}` behind it belongs to its old status"));
    }
    if let Some(words) = ended.and_then(|ended| title_words(rule, item, text, ended)) {
        return Err(format!("`{words}` behind it belongs to its old status"));
    }
    let eol = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let mut moved = lines.of(text).to_owned();
    if let Some(ended) = ended {
        let at = ended.start as usize - lines.start as usize;
        moved.replace_range(at..at + ended.len(), "");
    }
    if !moved.ends_with(['\n', '\r']) {
        moved.push_str(eol);
    }
    let heading = markdown.headings[here.heading].range;
    let is_tight = !is_blank(line_below(text, heading.end as usize));
    let put = put(text, &markdown, &all[target], (&moved, is_tight, eol));
    if let Some(nothing) = placeholder(text, &markdown, &all, here, lines) {
        return Ok(vec![TextEdit::replace(lines, format!("{nothing}{eol}")), put]);
    }
    // Of the blank lines around it one stays.
    let above = text[..lines.start as usize].trim_end_matches([' ', '\t']);
    let below = line_below_of(text, lines.end as usize);
    let is_apart = above.ends_with("\n\n") || above.ends_with("\n\r\n");
    if let Some(blank) = below.filter(|it| is_apart && it.of(text).trim().is_empty())
        && !put.range.touches(blank.start as usize)
        && !put.range.touches(blank.end as usize)
    {
        lines = TextRange::new(lines.start as usize, blank.end as usize);
    }
    Ok(vec![TextEdit::delete(lines), put])
}

/// The one section of a status: of several that which stands beside the old one.
fn target(
    all: &[ListSection],
    markdown: &Markdown,
    here: &ListSection,
    to: StatusIdx,
) -> Result<usize, usize> {
    let of_status: Vec<usize> = (0..all.len()).filter(|at| all[*at].status == to).collect();
    let parent = |section: &ListSection| markdown.headings[section.heading].parent;
    let beside = of_status.iter().copied().filter(|at| parent(&all[*at]) == parent(here));
    match (&of_status[..], &beside.collect::<Vec<_>>()[..]) {
        ([only], _) | (_, [only]) => Ok(*only),
        (all, _) => Err(all.len()),
    }
}

/// The end of what is said of the old status: `- Completed on 2026-01-02`. What cannot be left out is
/// refused where it would be untrue.
fn outdated(
    form: Form<'_>,
    item: &ListItem,
    def: &StatusDef,
) -> Result<Option<TextRange>, Unspelled> {
    let own = form.occurrence;
    let (name, end) = (own.reading.range, item.text.end as usize);
    let words = TextRange::new(name.end as usize, end);
    let said = words.of(form.text);
    let was = own.reading.status.map(|status| form.vocabulary.get(status));
    let Some(was) = was.filter(|was| was.category != def.category) else { return Ok(None) };
    if let Some(words) = last_sentence(form.vocabulary, said, was) {
        return Err(format!("`{words}` behind it belongs to its old status"));
    }
    let last = parts(said).into_iter().min_by_key(|part| part.len());
    let is_over = |part: &str| {
        if foreign(part).is_some_and(|(it, rest)| it == was.category && rest.is_empty()) {
            return true;
        }
        let word = form.vocabulary.lookup_prefix(part);
        let behind = match word {
            Some((status, len)) if form.vocabulary.get(status).category == was.category => {
                &part[len..]
            }
            Some(_) => return false,
            None => part,
        };
        let rest = behind.trim_matches(|c: char| c.is_whitespace() || "()*_`.:".contains(c));
        let day = rest.strip_prefix("on ").unwrap_or(rest);
        let is_day = time_in(day) == Some(0..day.len()) && !day.is_empty();
        is_day || (word.is_some() && rest.is_empty())
    };
    if was.category.is_closed()
        && let Some(part) = last.filter(|part| is_over(part))
    {
        let start = end - part.len();
        let whole = &form.text[name.end as usize..start];
        let before = whole.trim_end_matches(['*', '_', '`', ' ', '-', '–', '—', '(']);
        // `- Completed (2026-01-02)` is one aside.
        let outer = parts(before).into_iter().min_by_key(|part| part.len());
        let outer = outer.filter(|part| form.vocabulary.lookup(part).is_some() && is_over(part));
        let before = match outer {
            Some(outer) => without_mark(&before[..before.len() - outer.len()]),
            None => without_mark(whole),
        };
        return Ok(Some(TextRange::new(name.end as usize + before.len(), end)));
    }
    if let Some(other) = tells_other(form.vocabulary, said, def) {
        return Err(format!("it also says `{}`", other.trim_end_matches([')', ' '])));
    }
    let others = parts(said)
        .into_iter()
        .filter(|part| foreign(part).is_some_and(|(category, _)| category != def.category));
    if let Some(other) = others.min_by_key(|part| part.len()) {
        return Err(format!("it also says `{}`", other.trim_end_matches([')', ' '])));
    }
    if let Some(share) = share_against(said, def) {
        return Err(format!("it also says `{share}`"));
    }
    // `- Completed the form` goes with what it stands below.
    let tells_of_it = |part: &&str| {
        let said = form.vocabulary.lookup_prefix(part);
        let of_old = said.filter(|it| form.vocabulary.get(it.0).category == was.category);
        of_old.is_some() && part.starts_with(char::is_uppercase)
    };
    if let Some(part) = parts(said).into_iter().find(tells_of_it) {
        return Err(format!("`{part}` behind it belongs to its old status"));
    }
    marker::uncontradicted(form, words, def)?;
    old_status::unbound(form, words, def)?;
    Ok(None)
}

/// The words of an end that name a day: nobody could write them again.
fn dated(ended: &str) -> Option<&str> {
    let is_mark = |c: char| !c.is_alphanumeric();
    let is_day =
        |at: usize| ended.get(at..at + 10).is_some_and(|day| TimeStamp::parse(day).is_some());
    (0..ended.len()).any(is_day).then(|| ended.trim_matches(is_mark))
}

/// The last sentence of an entry, where it tells when it came to the old status: `Completed on 2026-01-02`.
fn last_sentence<'t>(vocabulary: &Vocabulary, said: &'t str, was: &StatusDef) -> Option<&'t str> {
    let (_, last) = said.trim_end().rsplit_once(". ")?;
    let last = last.trim_matches(|c: char| c.is_whitespace() || "*_`.()".contains(c));
    let (status, len) = vocabulary.lookup_prefix(last)?;
    let is_old = vocabulary.get(status).category == was.category && was.category.is_closed();
    let behind = last[len..].trim_start_matches(|c: char| !c.is_alphanumeric());
    let day = behind.strip_prefix("on ").unwrap_or(behind);
    let is_dated = time_in(day).is_some_and(|day| day.start == 0);
    let is_word = last.starts_with(|c: char| !c.is_lowercase());
    (is_old && is_dated && is_word).then_some(last)
}

/// A text without the dash or bracket at its end, and the marks of emphasis behind that: those before it
/// close what is emphasised there.
fn without_mark(text: &str) -> &str {
    let text = text.trim_end_matches(['*', '_', '`', '(']);
    text.trim_end_matches([' ', '-', '–', '—', '('])
}

/// The words of an entry's title that a range at its end takes: without them it would be called otherwise.
fn title_words<'t>(
    rule: &EntryRule,
    item: &ListItem,
    text: &'t str,
    ended: TextRange,
) -> Option<&'t str> {
    let title = entry(rule, item, text)?.name("title")?;
    let end = item.text.start as usize + title.end();
    let taken = text.get(ended.start as usize..end)?;
    let is_mark = |c: char| !c.is_alphanumeric();
    Some(taken.trim_matches(is_mark)).filter(|words| !words.is_empty())
}

/// A share in percent that a status does not go with: less than all of what is done, all of what is not.
fn share_against<'t>(said: &'t str, def: &StatusDef) -> Option<&'t str> {
    let ends = said.match_indices('%').map(|(end, _)| end);
    let shares = ends.filter_map(|end| {
        let figures = said[..end].trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
        if is_measured(figures, &said[end + 1..]) {
            return None;
        }
        let share: f64 = said[figures.len()..end].parse().ok()?;
        Some((&said[figures.len()..=end], share >= 100.0))
    });
    let is_done = def.category == Category::Done;
    shares.into_iter().find(|(_, is_all)| *is_all != is_done).map(|(said, _)| said)
}

/// Whether a share between these words tells of something else than the work: `up -32%`, `by 32% in all`.
fn is_measured(before: &str, behind: &str) -> bool {
    let is_signed = before.ends_with(['-', '−', '+', '±']);
    let is_in_words = before.trim_end().ends_with(char::is_alphanumeric)
        && behind.trim_start().starts_with(char::is_alphanumeric);
    let word = behind.split(|c: char| !c.is_alphabetic()).find(|word| !word.is_empty());
    let is_told = word.is_some_and(|word| {
        status_words::english(word).is_some() || status_words::foreign(word).is_some()
    });
    // `now at 60% only` is of the work.
    let last = before.split_whitespace().next_back().unwrap_or_default();
    let is_so_far = ["at", "is", "now"].iter().any(|word| word.eq_ignore_ascii_case(last));
    let is_other = is_signed || before.ends_with(char::is_alphanumeric) || is_in_words;
    is_other && !is_told && !is_so_far
}

/// Where an entry goes in a section: behind the last one that stands right in it, in place of a word that
/// says it is empty, else below its heading.
fn put(
    text: &str,
    markdown: &Markdown,
    section: &ListSection,
    (lines, is_tight, eol): (&str, bool, &str),
) -> TextEdit {
    let is_own = |item: &&ListItem| item.heading == Some(section.heading) && item.depth == 0;
    let mut items = markdown.items.iter().filter(is_own);
    let placeholder = markdown.lines.iter().filter(|it| it.heading == Some(section.heading));
    let mut placeholder = placeholder.filter(|it| says_nothing(it.range.of(text)));
    let has_entry = items.clone().any(|item| !says_nothing(item.text.of(text)));
    if let Some(nothing) = placeholder.next().filter(|_| !has_entry) {
        return TextEdit::replace(block(text, nothing.range), lines);
    }
    if let Some(last) = items.next_back() {
        let end = block(text, last.range).end as usize;
        let gap = if text[..end].ends_with(['\n', '\r']) { "" } else { eol };
        return TextEdit::insert(end, format!("{gap}{lines}"));
    }
    let heading = markdown.headings[section.heading].range;
    let end = block(text, heading).end as usize;
    let first = TextRange::new(end, block(text, TextRange::empty(end)).end as usize);
    let is_apart = !first.is_empty() && is_blank(first.of(text));
    let at = if is_apart && !is_tight { first.end as usize } else { end };
    let before = match () {
        () if !text[..end].ends_with(['\n', '\r']) && is_tight => eol.to_owned(),
        () if !text[..end].ends_with(['\n', '\r']) => format!("{eol}{eol}"),
        () if !is_apart && !is_tight => eol.to_owned(),
        () => String::new(),
    };
    let next = &text[at..];
    let behind = if next.is_empty() || next.starts_with(['\n', '\r']) { "" } else { eol };
    TextEdit::insert(at, format!("{before}{lines}{behind}"))
}

/// The line that goes in place of the only one of a section: the one that stands for nothing in others.
fn placeholder<'t>(
    text: &'t str,
    markdown: &Markdown,
    all: &[ListSection],
    here: &ListSection,
    lines: TextRange,
) -> Option<&'t str> {
    let start = block(text, markdown.headings[here.heading].range).end;
    let next = markdown.headings.get(here.heading + 1);
    let end = next.map_or(text.len(), |next| next.range.start as usize);
    let around = [start as usize..lines.start as usize, lines.end as usize..end];
    if !around.into_iter().all(|it| is_blank(&text[it])) {
        return None;
    }
    // What names a status is said of its own section alone.
    let is_said = |line: &&str| PLAIN_NOTHING.contains(&bare(line).as_str());
    let listed = |at: Option<usize>| all.iter().any(|it| Some(it.heading) == at);
    let is_other = |at: Option<usize>| listed(at) && at != Some(here.heading);
    let others = markdown.lines.iter().filter(|it| is_other(it.heading));
    let mut found = others.map(|it| block(text, it.range).of(text).trim_end()).filter(is_said);
    let first = found.next()?;
    found.all(|other| other == first).then_some(first)
}

/// The words of a line in small letters.
fn bare(line: &str) -> String {
    line.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase()
}

/// Whether a line says that there is nothing: `(none)`, `*No tasks*`.
fn says_nothing(line: &str) -> bool {
    let said = bare(line);
    let begins = ["no ", "none "].iter().any(|it| said.starts_with(it));
    let is_no = begins && said.split(' ').count() <= 5;
    is_no || NOTHING.contains(&said.as_str())
}

/// The whole lines of a range, with the last line break.
fn block(text: &str, range: TextRange) -> TextRange {
    let start = text[..range.start as usize].rfind('\n').map_or(0, |at| at + 1);
    let own = text[range.start as usize..range.end as usize].trim_end();
    let end = range.start as usize + own.len();
    let end = text[end..].find('\n').map_or(text.len(), |at| end + at + 1);
    TextRange::new(start, end)
}

fn is_blank(line: &str) -> bool {
    line.trim().is_empty()
}

/// The line below the one that a place is in.
fn line_below(text: &str, at: usize) -> &str {
    let line = block(text, TextRange::empty(at)).end as usize;
    line_below_of(text, line).map_or("", |line| line.of(text))
}

/// The line that begins at a place, with its line break.
fn line_below_of(text: &str, start: usize) -> Option<TextRange> {
    let rest = &text[start..];
    let end = rest.find('\n').map_or(rest.len(), |at| at + 1);
    (!rest.is_empty()).then(|| TextRange::new(start, start + end))
}
