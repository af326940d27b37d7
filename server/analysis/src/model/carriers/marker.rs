//! A status in words: its brackets, its letters, a sign, a figure. Another status is written in the
//! same form, or not at all.

use crate::model::carrier::{Carrier, Form, LikeWords, Remarks, Spelled, Unspelled};
use crate::model::carriers::spelling::{in_case, time_in};
use crate::model::carriers::{figure, links, old_status, sign, status_words};
use crate::model::time::TimeStamp;
use crate::profile::languages;
use crate::profile::reading::{self, Shape, is_sign};
use crate::profile::vocabulary::{Category, StatusDef};
use crate::text::TextRange;
use crate::text::shared_text::Source;
use crate::text::text_edit::TextEdit;

/// Signs that say a status to whoever reads them, whatever the profile knows. Others are decoration.
const STATUS_SIGNS: [char; 22] = [
    '✅', '☑', '✔', '✓', '❌', '❎', '✗', '✘', '✖', '⏳', '⌛', '🚧', '🔄', '🔴', '🟠', '🟡', '🟢',
    '🔵', '⚪', '⬜', '🛑', '🚫',
];

/// Signs that say one beside a word for it, and are decoration elsewhere.
const SIGNS_OF_WORDS: [char; 20] = [
    '⚠', '⬚', '◻', '◽', '▢', '□', '○', '●', '◯', '◐', '◑', '🆕', '🔨', '🛠', '🏗', '⏸', '🔜', '💤',
    '🔒', '⛔',
];

/// What the carriers of words have in common.
pub(super) const CARRIER: Carrier = Carrier {
    id: "marker",
    of_markdown: None,
    of_value: None,
    of_entry: None,
    text: str::to_owned,
    respelled,
    words: Some(LikeWords { range: of_words, like: text_word }),
    beside: None,
    moved: None,
    mended,
    with_word,
    wrong_case: "is not in capitals",
    whereabouts: "where it begins",
    takes_fields: true,
    is_in_header: false,
    is_line: false,
    remarks: Remarks::None,
};

/// As [`written`], where the place may hold other words than a status.
fn respelled(form: Form<'_>, def: &StatusDef, day: Option<&str>) -> Spelled {
    let raw = form.spelled().of(form.text);
    if form.occurrence.reading.status.is_none() && form.vocabulary.nearest(raw).is_none() {
        return Err("it may not be a status".to_owned());
    }
    written(form, def, day)
}

/// The edits that have words say another status.
pub(super) fn written(form: Form<'_>, def: &StatusDef, day: Option<&str>) -> Spelled {
    let range = form.range();
    let spelled = form.spelled();
    let raw = spelled.of(form.text);
    let reading = &form.occurrence.reading;
    if reading.status.is_none() && reading.shape == Shape::Sign {
        return Err("it may not be a status".to_owned());
    }
    let is_only_sign = raw.chars().all(|c| is_sign_part(&c));
    if is_only_sign && def.category == Category::Failed && is_behind_box(form) {
        return Err("beside a check box, a sign for it tells what is not to be".to_owned());
    }
    // Where the old word is that of the profile to the letter, so is the new one.
    let is_own = reading.status.is_some_and(|said| form.vocabulary.get(said).marker == raw);
    let insert = match is_only_sign {
        true => sign::of(form, def, raw)?.to_owned(),
        false if form.vocabulary.is_translated(raw) && !def.exact => {
            let text = form.text.copy(0..form.text.len());
            let own = languages::in_language_of(raw, def.category, &text);
            own.filter(|_| def.translated)
                .ok_or_else(|| format!("no word of its language is known for {}", def.id))?
        }
        false if is_own => def.marker.clone(),
        false => text_word(def, raw),
    };
    let mut edits = vec![TextEdit { range: spelled, insert }];
    let head = TextRange::new(range.start as usize, spelled.start as usize);
    edits.extend(sign_in(form, head, def)?);
    edits.extend(remark(form, spelled.end as usize, def, day)?);
    edits.extend(beside(form, def, day)?);
    Ok(edits)
}

/// The words of a status that is not only a sign.
fn of_words(form: Form<'_>) -> TextRange {
    let spelled = form.spelled();
    match spelled.of(form.text).chars().all(|c| is_sign_part(&c)) {
        true => TextRange::empty(spelled.start as usize),
        false => spelled,
    }
}

/// Whether a check box stands before the words: `[ ] ❌ No warnings` is a goal.
fn is_behind_box(form: Form<'_>) -> bool {
    let before = form.between(form.occurrence.line.start, form.range().start);
    before.trim_end_matches(['*', '_', ' ', '\t']).ends_with(']')
}

fn mended(form: Form<'_>) -> Option<String> {
    let reading = &form.occurrence.reading;
    let status = reading.status?;
    if matches!(reading.shape, Shape::Exact | Shape::Sign) {
        return None;
    }
    let spelled = form.spelled();
    let head = form.between(reading.range.start, spelled.start).replace(['[', '('], "");
    let tail = form.between(spelled.end, reading.range.end);
    let tail = tail.trim_end_matches([']', ')']);
    let word = spelled.of(form.text);
    let word = match form.style.upper {
        true => word.to_uppercase().replace('_', " "),
        false => word.to_owned(),
    };
    let insert = format!("{head}{}{word}{tail}{}", form.style.open, form.style.close);
    let whole = TextRange::new(0, insert.len());
    let again = reading::read_field(form.vocabulary, form.style, &insert, whole)?;
    (again.status == Some(status) && again.shape == Shape::Exact).then_some(insert)
}

fn with_word(form: Form<'_>, word: &str) -> String {
    let range = form.range();
    let own = form.spelled();
    let word = match form.style.upper {
        true => word.to_uppercase(),
        false => in_case(word, own.of(form.text)),
    };
    let head = form.between(range.start, own.start);
    format!("{head}{word}{}", form.between(own.end, range.end))
}

impl<'a> Form<'a> {
    fn between(self, start: u32, end: u32) -> &'a str {
        TextRange::new(start as usize, end as usize).of(self.text)
    }

    /// The words that are the status, without what is said beside them; all of them where the status
    /// is not known.
    fn spelled(self) -> TextRange {
        let word = self.occurrence.reading.word;
        let raw = word.of(self.text);
        if self.vocabulary.lookup(raw).is_some() {
            return word;
        }
        let len = self.vocabulary.lookup_prefix(raw).map_or(raw.len(), |(_, len)| len);
        TextRange::new(word.start as usize, word.start as usize + len)
    }
}

/// The edit of a sign that says the status beside its word.
pub(super) fn sign_in(
    form: Form<'_>,
    part: TextRange,
    def: &StatusDef,
) -> Result<Option<TextEdit>, Unspelled> {
    let sign = reading::trim(form.text, part, |c| !is_sign(c) && !is_joiner(c));
    let drawn = sign.of(form.text);
    if sign.is_empty() {
        return Ok(None);
    }
    if form.vocabulary.lookup(drawn).is_none() {
        if let Some(edit) = without_end(form, sign, def) {
            return Ok(Some(edit));
        }
        return match is_status_sign(drawn) || drawn.contains(SIGNS_OF_WORDS) {
            true => Err(format!(
                "{drawn} beside it may say its old status, and no sign is known for another"
            )),
            false => Ok(None),
        };
    }
    Ok(Some(TextEdit { range: sign, insert: sign::of(form, def, drawn)?.to_owned() }))
}

/// A sign for what is done, where the profile knows none, goes with the word that it stands beside.
fn without_end(form: Form<'_>, sign: TextRange, def: &StatusDef) -> Option<TextEdit> {
    let was = form.vocabulary.get(form.occurrence.reading.status?).category;
    let is_end = sign.of(form.text).starts_with(status_words::DONE_SIGNS);
    if !is_end || was != Category::Done || def.category == Category::Done {
        return None;
    }
    let line = form.occurrence.line;
    let before = form.between(line.start, sign.start);
    let blank = before.len() - before.trim_end_matches(' ').len();
    let is_behind = sign.start >= form.spelled().end;
    let behind = form.between(sign.end, line.end.max(sign.end));
    let next = behind.len() - behind.trim_start_matches(' ').len();
    let (start, end) = (sign.start as usize, sign.end as usize);
    Some(TextEdit::delete(match is_behind {
        true => TextRange::new(start - blank, end),
        false => TextRange::new(start, end + next),
    }))
}

/// What the marker says behind its status: a date is that of the new status, a share of the work
/// is all or none of it. Anything else belongs to the old status.
fn remark(
    form: Form<'_>,
    from: usize,
    def: &StatusDef,
    day: Option<&str>,
) -> Result<Option<TextEdit>, Unspelled> {
    let part = TextRange::new(from, form.occurrence.reading.range.end as usize);
    let part = reading::trim(form.text, part, |c| {
        c.is_whitespace() || is_joiner(c) || "[](){}*_`,;:.-–—|".contains(c)
    });
    let said = part.of(form.text);
    if said.is_empty() {
        return Ok(None);
    }
    if let Some(share) = Share::read(said) {
        let insert = share.of(def)?;
        return Ok(insert.map(|insert| TextEdit { range: part, insert }));
    }
    // A day since which nothing is begun tells nothing.
    if def.category == Category::Open && time_in(said) == Some(0..said.len()) {
        return Ok(Some(TextEdit::delete(TextRange::new(from, part.end as usize))));
    }
    match (time_in(said), day) {
        (Some(time), Some(day)) if time == (0..said.len()) && time.len() == 10 => {
            Ok(Some(TextEdit { range: part, insert: day.to_owned() }))
        }
        _ => Err(format!("it also says `{said}`, which belongs to its old status")),
    }
}

/// The status that was before the last one of a line that tells of several: `review → done`.
fn first_step(form: Form<'_>) -> Option<&str> {
    let before = form.between(form.occurrence.line.start, form.range().start);
    let before = before.trim_end_matches(['*', '_', '`', ' ']);
    let before = reading::ARROWS.iter().find_map(|arrow| before.strip_suffix(arrow))?;
    let before = before.trim_end_matches(['*', '_', '`', ' ']);
    let start = before.rfind([' ', '*', ':']).map_or(0, |at| at + 1);
    // In brackets each is by itself.
    Some(&before[start..]).filter(|_| !form.raw().starts_with('['))
}

/// Signs and shares that stand right beside the marker, and say the old status again.
fn beside(form: Form<'_>, def: &StatusDef, day: Option<&str>) -> Result<Vec<TextEdit>, Unspelled> {
    let (range, line) = (form.occurrence.reading.range, form.occurrence.line);
    let mut edits = Vec::new();
    let behind = TextRange::new(range.end as usize, (line.end as usize).max(range.end as usize));
    if let Some(second) = second(form, behind).or_else(|| first_step(form)) {
        return Err(format!("it also says `{second}`"));
    }
    if let Some(tied) = tied(behind.of(form.text)).or_else(|| goes_on(form, behind)) {
        return Err(format!("`{tied}` behind it belongs to its old status"));
    }
    old_status::unexplained(form, behind, def)?;
    let skipped = |c: char| c.is_whitespace() || "*_`~(-–—,:".contains(c);
    let rest = reading::trim(form.text, behind, skipped);
    let said = rest.of(form.text);
    let sign_len = said.find(|c| !is_sign(c) && !is_joiner(c)).unwrap_or(said.len());
    let start = rest.start as usize;
    edits.extend(sign_in(form, TextRange::new(start, start + sign_len), def)?);
    // What stands behind the sign stands behind the status: `Completed ✅ - 100%`.
    let behind = match sign_len {
        0 => behind,
        _ => TextRange::new(start + sign_len, behind.end as usize),
    };
    let said = said[sign_len..].trim_start_matches(|c| sign_len > 0 && skipped(c));
    let start = rest.end as usize - said.len();
    // `(80%)` is a share, `80% of the tests` is prose.
    let figure_len = said.find('%').map_or(0, |at| at + 1);
    let (figure, rest) = said.split_at_checked(figure_len).unwrap_or_default();
    let rest = rest.trim_start_matches(['*', '_', '`']);
    let unit = rest.trim_start().split(|c: char| !c.is_alphabetic()).next().unwrap_or_default();
    let is_unit = ["complete", "completed", "done"].iter().any(|it| it.eq_ignore_ascii_case(unit));
    if let Some(more) = said_with(rest.trim_start()).filter(|_| is_unit) {
        return Err(format!("`{more}` behind it belongs to its old status"));
    }
    let ends = rest.is_empty() || rest.starts_with([')', ',', ';']) || is_unit;
    let figure = if ends { figure } else { "" };
    if let Some(edit) = redated(form, start, def, day)? {
        edits.push(edit);
    }
    let share = Share::read(figure).map(|share| share.of(def)).transpose();
    // What is not all done any more is done in part, and nobody says how far.
    if let (Err(_), Some(whole)) = (&share, figure::alone(form.text, behind)) {
        edits.push(TextEdit::delete(whole));
        return Ok(edits);
    }
    if let Some(insert) = share?.flatten() {
        edits.push(TextEdit { range: TextRange::new(start, start + figure_len), insert });
    }
    Ok(edits)
}

/// Refuses where the words of a list item say another status than the new one, in a form that is not
/// changed with it.
pub(super) fn uncontradicted(
    form: Form<'_>,
    words: TextRange,
    def: &StatusDef,
) -> Result<(), Unspelled> {
    let said = words.of(form.text).trim_end();
    let share = [" - ", " – ", " — "].iter().filter_map(|dash| said.rfind(dash)).max();
    // One right behind the marker goes with it.
    let share = share.filter(|at| !said[..*at].trim().is_empty());
    let share = share.map(|at| said[at..].trim_start_matches([' ', '-', '–', '—']));
    // `Title - Status: pending`
    let named = share.and_then(|words| form.vocabulary.lookup(words.split_once(':')?.1.trim()));
    let (share, figure) = (share.and_then(Share::read), share.unwrap_or_default());
    if named.is_some_and(|said| form.vocabulary.get(said).category != def.category) {
        return Err(format!("it also says `{figure}`"));
    }
    if share.is_some_and(|share| !matches!(share.of(def), Ok(None))) {
        return Err(format!("it also says `{figure}`"));
    }
    let (near, own) =
        (links::unlinked(&form.text.copy(words.bytes())), TextRange::new(0, words.len()));
    let said = reading::said_beside(form.vocabulary, form.style, &near, own);
    let Some((said, status)) = said else { return Ok(()) };
    if form.vocabulary.get(status).category == def.category {
        return Ok(());
    }
    Err(format!("it also says `{}`", said.of(&near)))
}

/// What goes on behind a share of the work and its unit, in one bracket with them: `25% complete - paper
/// done)`.
fn said_with(behind: &str) -> Option<&str> {
    let (inner, _) = behind.split_once(')')?;
    let (_, more) = inner.split_once([' ', ',', ';'])?;
    let more = more.trim_start_matches(['-', '–', '—', ',', ';', ' ']);
    (!inner.contains('(') && more.starts_with(char::is_alphabetic)).then_some(more)
}

/// The day behind a status, `(2026-01-02)` or `— 2026-01-02` at the end of the line: that of the new one.
fn redated(
    form: Form<'_>,
    start: usize,
    def: &StatusDef,
    day: Option<&str>,
) -> Result<Option<TextEdit>, Unspelled> {
    let said = &*form.text.copy(start..start + 10);
    if !matches!(TimeStamp::parse(said), Some(TimeStamp::Day(_))) {
        return Ok(None);
    }
    let Some(whole) = with_brackets(form, start) else {
        let is_free = form.occurrence.carrier.remarks == Remarks::Line
            && start > 0
            && form.text.byte(start - 1) != Some(b'(');
        return match is_free {
            true => Err(format!("`{said}` behind it belongs to its old status")),
            false => Ok(None),
        };
    };
    // A day since which nothing is begun tells nothing.
    if def.category == Category::Open {
        let own = form.occurrence.reading.range.end as usize;
        let gap = form.text.copy(own..whole.start as usize);
        let blank = gap.trim_end_matches(|c: char| c.is_whitespace() || "-–—,:".contains(c)).len();
        return Ok(Some(TextEdit::delete(TextRange::new(own + blank, whole.end as usize))));
    }
    if day == Some(said) {
        return Ok(None);
    }
    match day {
        Some(day) => {
            let range = TextRange::new(start, start + 10);
            Ok(Some(TextEdit { range, insert: day.to_owned() }))
        }
        None if def.category == Category::Done => Ok(None),
        None => Err(format!("it also says `{said}`, which belongs to its old status")),
    }
}

/// The day at `start` with what is around it, where it stands in brackets or ends what a line says.
fn with_brackets(form: Form<'_>, start: usize) -> Option<TextRange> {
    let byte = |at: usize| form.text.byte(at);
    if start > 0 && byte(start - 1) == Some(b'(') {
        return (byte(start + 10) == Some(b')')).then(|| TextRange::new(start - 1, start + 11));
    }
    // Emphasis of its own would be left without what it emphasises.
    if start > 0 && byte(start - 1).is_some_and(|byte| b"*_`~[".contains(&byte)) {
        return None;
    }
    let end = (form.occurrence.line.end as usize).max(start + 10);
    let behind = form.text.copy(start + 10..end);
    let is_last =
        behind.split('|').next().unwrap_or_default().trim_matches(['.', ' ', '*', '_', '`']);
    let is_free = form.occurrence.carrier.remarks == Remarks::Line && is_last.is_empty();
    is_free.then(|| TextRange::new(start, start + 10))
}

/// A second status behind the first: `[DONE] [IN PROGRESS]`, `[PLANNED] -> [BLOCKED]`, `Done | Blocked`,
/// `New - not started`, `Planning (not started)`.
fn second(form: Form<'_>, behind: TextRange) -> Option<&str> {
    let between = |c: char| c.is_whitespace() || is_sign_part(&c) || "*_`-–—>=,:".contains(c);
    let rest = reading::trim(form.text, behind, between).of(form.text);
    if let Some(inner) = rest.strip_prefix('[') {
        let word = &inner[..inner.find(']')?];
        return form.vocabulary.lookup(word).map(|_| &rest[..word.len() + 2]);
    }
    if let Some(inner) = rest.strip_prefix('(').and_then(|it| Some(&it[..it.find(')')?])) {
        let word = inner.trim_matches(|c: char| c.is_whitespace() || "*_`".contains(c));
        return form.vocabulary.lookup(word).map(|_| &rest[..inner.len() + 2]);
    }
    let parted = behind.of(form.text).trim_start_matches(['*', '_', '`', ' ']);
    let is_parted = parted.starts_with(['-', '–', '—', '>', ',', ':', '→']);
    if let Some((_, len)) = form.vocabulary.lookup_prefix(rest).filter(|_| is_parted) {
        let (other, after) = rest.split_at(len);
        let ends = after.trim_start_matches(['*', '_', '`', ' ', '.']);
        if ends.is_empty() || ends.starts_with(['|', '(', ',', ';', '\n', '\r']) {
            return Some(other);
        }
    }
    // In a row, a stroke begins another cell.
    let strokes = if form.occurrence.carrier.is_line { "|/" } else { "/" };
    let other = rest.strip_prefix(|c| strokes.contains(c))?.trim_start();
    // A field may follow on the same line, whatever its name begins with: `Done | Blocked by: 3`.
    if other.split('|').next().is_some_and(|it| it.contains(':')) {
        return None;
    }
    form.vocabulary.lookup_prefix(other).map(|(_, len)| &other[..len])
}

/// LikeWords that cannot stay true behind another status: who or what it came from.
const TIED: &[&str] = &[
    "by",
    "via",
    "until",
    "because",
    "due",
    "duplicate",
    "superseded",
    "replaced",
    "partial",
    "partially",
    "merged",
    "except",
    "without",
];

/// What right behind a status belongs to it: `Superseded by 5`, `CLOSED (duplicate of #5)`.
fn tied(behind: &str) -> Option<&str> {
    let rest = behind.trim_start_matches(['*', '_', '`']);
    let rest = rest.strip_prefix(' ')?.trim_start().trim_start_matches('(');
    let word = rest.split(|c: char| !c.is_alphanumeric()).next()?;
    TIED.iter().any(|it| it.eq_ignore_ascii_case(word)).then(|| phrase(rest))
}

/// The words up to where something else begins.
fn phrase(words: &str) -> &str {
    let end = words.find(['|', ',', ';', '.', '(', ')', '*', '—', '–', '\n']);
    let own = &words[..end.unwrap_or(words.len())];
    own.split(" - ").next().unwrap_or(own).trim_end()
}

/// What goes on behind a status that has no brackets, and is about it: `Waiting for Bob`, `Done, but
/// not tested`, `In Progress (3/5)`, `Planning & Architecture`, `Pending → v2`.
fn goes_on(form: Form<'_>, behind: TextRange) -> Option<&str> {
    if form.range().of(form.text).starts_with(['[', '(']) {
        return None;
    }
    let behind = behind.of(form.text);
    let counted = behind.strip_prefix(" (").and_then(|it| it.split_once(')'));
    if let Some((figure, _)) = counted.filter(|(it, _)| is_count(it)) {
        return Some(figure);
    }
    let parted = [", ", "; "].iter().find_map(|mark| behind.strip_prefix(mark));
    let is_alone = form.occurrence.carrier.remarks == Remarks::Line;
    let joined = behind.strip_prefix(' ').filter(|_| is_alone);
    let tied = ["& ", "→ ", "-> "].iter().find_map(|sign| joined?.strip_prefix(sign));
    let words = parted.or(tied).or(joined)?;
    words.starts_with(char::is_alphabetic).then(|| phrase(words))
}

/// Whether a text is so many of so many: `3/5`.
pub(super) fn is_count(text: &str) -> bool {
    let is_number = |it: &str| !it.is_empty() && it.bytes().all(|byte| byte.is_ascii_digit());
    text.split_once('/').is_some_and(|(done, all)| is_number(done.trim()) && is_number(all.trim()))
}

/// The edit of a text that is a share of the work and nothing else.
pub(super) fn share_in(
    form: Form<'_>,
    part: TextRange,
    def: &StatusDef,
) -> Result<Option<TextEdit>, Unspelled> {
    let insert = Share::read(part.of(form.text)).map(|share| share.of(def)).transpose()?.flatten();
    Ok(insert.map(|insert| TextEdit { range: part, insert }))
}

/// Whether signs say a status to whoever reads them.
pub(super) fn is_status_sign(signs: &str) -> bool {
    signs.contains(STATUS_SIGNS)
}

/// Whether a character is a sign, or belongs to one.
pub(super) fn is_sign_part(c: &char) -> bool {
    reading::is_sign_part(*c)
}

/// Characters that belong to a sign before them.
fn is_joiner(c: char) -> bool {
    matches!(c, '\u{fe0e}' | '\u{fe0f}' | '\u{200d}' | '\u{20e3}')
}

/// Whether a text is a share of the work and nothing else.
pub(super) fn is_share(text: &str) -> bool {
    Share::read(text).is_some()
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
    if def.exact {
        return def.marker.clone();
    }
    let is_small = !model.chars().any(char::is_uppercase);
    if is_small && !def.marker.chars().any(char::is_lowercase) {
        return in_case(&def.id.replace(['_', '-'], " "), model);
    }
    in_case(&def.marker, model)
}
