//! The form in which a status stands: its brackets, its letters, a sign, a figure. Another status is
//! written in the same form, or not at all.

use crate::change::spelling::{in_case, time_in};
use crate::model::{Document, Occurrence, OccurrenceKind};
use crate::profile::MarkerStyle;
use crate::profile::reading::{self, Shape, is_sign};
use crate::profile::vocabulary::{Category, StatusDef, StatusIdx, Vocabulary};
use crate::syntax::json::rewrite;
use crate::text::TextRange;
use crate::text::text_edit::TextEdit;

/// One status in a document, with the words it may be written in.
#[derive(Clone, Copy)]
pub(super) struct Form<'a> {
    pub(super) document: &'a Document,
    pub(super) occurrence: &'a Occurrence,
    pub(super) vocabulary: &'a Vocabulary,
    pub(super) style: &'a MarkerStyle,
}

/// Why a status cannot be written in a form: a clause about the form.
pub(super) type Unspelled = String;

impl<'a> Form<'a> {
    /// The edits that have this place say `def`. `day` is the date of a change that is stamped.
    pub(super) fn respelled(
        self,
        def: &StatusDef,
        day: Option<&str>,
    ) -> Result<Vec<TextEdit>, Unspelled> {
        let range = self.occurrence.reading.range;
        match self.occurrence.kind {
            OccurrenceKind::Box => match def.boxes.first() {
                Some(mark) => Ok(vec![TextEdit { range, insert: mark.clone() }]),
                None => Err(format!("a check box has no mark for {}", def.id)),
            },
            OccurrenceKind::FrontMatter => {
                Ok(vec![TextEdit { range, insert: json_word(def, self.raw()) }])
            }
            OccurrenceKind::Json => {
                let insert = rewrite::quote(&json_word(def, self.raw().trim_matches('"')));
                Ok(vec![TextEdit { range, insert }])
            }
            OccurrenceKind::Heading | OccurrenceKind::Field | OccurrenceKind::Entry => {
                self.marker(def, day)
            }
        }
    }

    /// The edits of a box beside a marker that is to say `to`: it tells only whether work is left.
    pub(super) fn box_beside(self, to: StatusIdx) -> Result<Vec<TextEdit>, Unspelled> {
        let def = self.vocabulary.get(to);
        let mut fitting = self
            .vocabulary
            .iter()
            .filter(|(idx, def)| !def.boxes.is_empty() && self.vocabulary.box_allows(*idx, to));
        let def = match def.boxes.is_empty() {
            true => fitting.next().map_or(def, |(_, def)| def),
            false => def,
        };
        self.respelled(def, None)
    }

    /// The status as it stands, with brackets and letters as the profile has them and every word
    /// kept; `None` where nothing is to be mended, or it would have another status then.
    pub(super) fn mended(self) -> Option<String> {
        let reading = &self.occurrence.reading;
        let status = reading.status?;
        if matches!(reading.shape, Shape::Exact | Shape::Sign) {
            return None;
        }
        if self.occurrence.kind == OccurrenceKind::Json {
            let word = StatusDef::json_name(self.raw().trim_matches('"').trim());
            let same = self.vocabulary.lookup(&word) == Some(status);
            return same.then(|| rewrite::quote(&word));
        }
        let spelled = self.spelled();
        let head = self.between(reading.range.start, spelled.start).replace(['[', '('], "");
        let tail = self.between(spelled.end, reading.range.end);
        let tail = tail.trim_end_matches([']', ')']);
        let word = spelled.of(self.text());
        let word = match self.style.upper {
            true => word.to_uppercase().replace('_', " "),
            false => word.to_owned(),
        };
        let insert = format!("{head}{}{word}{tail}{}", self.style.open, self.style.close);
        let whole = TextRange::new(0, insert.len());
        let again = reading::read_field(self.vocabulary, self.style, &insert, whole)?;
        (again.status == Some(status) && again.shape == Shape::Exact).then_some(insert)
    }

    /// The status as it stands, with `word` in place of its own.
    pub(super) fn with_word(self, word: &str) -> String {
        let range = self.occurrence.reading.range;
        if self.occurrence.kind == OccurrenceKind::Json {
            return rewrite::quote(&StatusDef::json_name(word));
        }
        if self.occurrence.kind == OccurrenceKind::FrontMatter {
            return StatusDef::json_name(word);
        }
        let own = self.spelled();
        let word = match self.style.upper {
            true => word.to_uppercase(),
            false => in_case(word, own.of(self.text())),
        };
        let head = self.between(range.start, own.start);
        format!("{head}{word}{}", self.between(own.end, range.end))
    }

    fn text(self) -> &'a str {
        &self.document.text
    }

    fn raw(self) -> &'a str {
        self.document.raw(self.occurrence)
    }

    fn between(self, start: u32, end: u32) -> &'a str {
        TextRange::new(start as usize, end as usize).of(self.text())
    }

    /// The words that are the status, without what is said beside them; all of them where the status
    /// is not known.
    fn spelled(self) -> TextRange {
        let word = self.occurrence.reading.word;
        let raw = word.of(self.text());
        if self.vocabulary.lookup(raw).is_some() {
            return word;
        }
        let len = self.vocabulary.lookup_prefix(raw).map_or(raw.len(), |(_, len)| len);
        TextRange::new(word.start as usize, word.start as usize + len)
    }

    fn marker(self, def: &StatusDef, day: Option<&str>) -> Result<Vec<TextEdit>, Unspelled> {
        let range = self.occurrence.reading.range;
        let spelled = self.spelled();
        let raw = spelled.of(self.text());
        let is_field = self.occurrence.kind == OccurrenceKind::Field;
        if self.occurrence.reading.status.is_none()
            && !is_field
            && self.vocabulary.nearest(raw).is_none()
        {
            return Err("it may not be a status".to_owned());
        }
        let is_only_sign = raw.chars().all(|c| is_sign(c) || is_joiner(c));
        let insert = match is_only_sign {
            true => sign_of(def)?.to_owned(),
            false => text_word(def, raw),
        };
        let mut edits = vec![TextEdit { range: spelled, insert }];
        let head = TextRange::new(range.start as usize, spelled.start as usize);
        edits.extend(self.sign_in(head, def)?);
        edits.extend(self.remark(spelled.end as usize, def, day)?);
        edits.extend(self.beside(def)?);
        Ok(edits)
    }

    /// The edit of a sign that says the status beside its word. Other signs are decoration.
    fn sign_in(self, part: TextRange, def: &StatusDef) -> Result<Option<TextEdit>, Unspelled> {
        let sign = reading::trim(self.text(), part, |c| !is_sign(c) && !is_joiner(c));
        if sign.is_empty() || self.vocabulary.lookup(sign.of(self.text())).is_none() {
            return Ok(None);
        }
        Ok(Some(TextEdit { range: sign, insert: sign_of(def)?.to_owned() }))
    }

    /// What the marker says behind its status: a date is that of the new status, a share of the work
    /// is all or none of it. Anything else belongs to the old status.
    fn remark(
        self,
        from: usize,
        def: &StatusDef,
        day: Option<&str>,
    ) -> Result<Option<TextEdit>, Unspelled> {
        let part = TextRange::new(from, self.occurrence.reading.range.end as usize);
        let part = reading::trim(self.text(), part, |c| {
            c.is_whitespace() || is_joiner(c) || "[](){}*_`,;:.-–—|".contains(c)
        });
        let said = part.of(self.text());
        if said.is_empty() {
            return Ok(None);
        }
        if let Some(share) = Share::read(said) {
            let insert = share.of(def)?;
            return Ok(insert.map(|insert| TextEdit { range: part, insert }));
        }
        match (time_in(said), day) {
            (Some(time), Some(day)) if time == (0..said.len()) && time.len() == 10 => {
                Ok(Some(TextEdit { range: part, insert: day.to_owned() }))
            }
            _ => Err(format!("it also says `{said}`, which belongs to its old status")),
        }
    }

    /// Signs and shares that stand right beside the marker, and say the old status again.
    fn beside(self, def: &StatusDef) -> Result<Vec<TextEdit>, Unspelled> {
        let (range, line) = (self.occurrence.reading.range, self.occurrence.line);
        let mut edits = Vec::new();
        let behind =
            TextRange::new(range.end as usize, (line.end as usize).max(range.end as usize));
        let skipped = |c: char| c.is_whitespace() || "*_`~(-–—,:".contains(c);
        let rest = reading::trim(self.text(), behind, skipped);
        let said = rest.of(self.text());
        let sign_len = said.find(|c| !is_sign(c) && !is_joiner(c)).unwrap_or(said.len());
        let start = rest.start as usize;
        edits.extend(self.sign_in(TextRange::new(start, start + sign_len), def)?);
        // `(80%)` is a share, `80% of the tests` is prose.
        let figure_len = said.find('%').map_or(0, |at| at + 1);
        let (figure, rest) = said.split_at_checked(figure_len).unwrap_or_default();
        let rest = rest.trim_start_matches(['*', '_', '`']);
        let ends = rest.is_empty() || rest.starts_with([')', ',', ';']);
        let figure = if ends { figure } else { "" };
        if let Some(insert) = Share::read(figure).map(|share| share.of(def)).transpose()?.flatten()
        {
            edits.push(TextEdit { range: TextRange::new(start, start + figure_len), insert });
        }
        if self.occurrence.kind == OccurrenceKind::Heading {
            let before = TextRange::new(line.start as usize, range.start as usize);
            let before = reading::trim(self.text(), before, |c| {
                c.is_whitespace() || "#*_`-–—:|".contains(c)
            });
            let title = before.of(self.text());
            let is_part = |c: &char| is_sign(*c) || is_joiner(*c);
            let len = |it: String| it.len();
            let first = len(title.chars().take_while(is_part).collect());
            let last = len(title.chars().rev().take_while(is_part).collect());
            let (start, end) = (before.start as usize, before.end as usize);
            edits.extend(self.sign_in(TextRange::new(start, start + first), def)?);
            if first < title.len() {
                edits.extend(self.sign_in(TextRange::new(end - last, end), def)?);
            }
        }
        Ok(edits)
    }
}

/// Characters that belong to a sign before them.
fn is_joiner(c: char) -> bool {
    matches!(c, '\u{fe0e}' | '\u{fe0f}' | '\u{200d}' | '\u{20e3}')
}

fn sign_of(def: &StatusDef) -> Result<&str, Unspelled> {
    let is_drawn = |alias: &&String| alias.chars().next().is_some_and(is_sign);
    let sign = def.aliases.iter().find(is_drawn).map(String::as_str);
    sign.ok_or_else(|| format!("no sign stands for {}", def.id))
}

/// A share of the work, as `50%` or `50 %`.
struct Share<'a> {
    percent: u8,
    unit: &'a str,
}

impl Share<'_> {
    fn read(text: &str) -> Option<Share<'_>> {
        let digits = text.find(|c: char| !c.is_ascii_digit())?;
        let (number, unit) = text.split_at(digits);
        let percent = number.parse().ok()?;
        (unit.trim_start() == "%").then_some(Share { percent, unit })
    }

    /// The share beside another status, where that gives another one.
    fn of(&self, def: &StatusDef) -> Result<Option<String>, Unspelled> {
        let certain = match def.category {
            Category::Done => Some(100),
            Category::Open => Some(0),
            _ if self.percent == 100 => {
                return Err(format!("it also says `{}{}`", self.percent, self.unit));
            }
            _ => None,
        };
        let certain = certain.filter(|percent| *percent != self.percent);
        Ok(certain.map(|percent| format!("{percent}{}", self.unit)))
    }
}

/// A status in words, with the letters of `model`. In small letters it is named by its id where its
/// marker has no small letters of its own.
fn text_word(def: &StatusDef, model: &str) -> String {
    let is_small = !model.chars().any(char::is_uppercase);
    if is_small && !def.marker.chars().any(char::is_lowercase) {
        return in_case(&def.id.replace(['_', '-'], " "), model);
    }
    in_case(&def.marker, model)
}

/// A status as a JSON value, with the letters and the separator of `model`.
fn json_word(def: &StatusDef, model: &str) -> String {
    let plain = model.chars().all(|c| c.is_lowercase() || c == '_' || !c.is_alphabetic());
    if plain && !model.contains([' ', '-']) {
        return def.json.clone();
    }
    in_case(&def.json.replace('_', " "), model)
}
