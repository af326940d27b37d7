//! Words behind those of a box that say since when it is finished.

use super::dash::last_dash;
use crate::model::carrier::Form;
use crate::model::time::TimeStamp;
use crate::profile::reading;
use crate::profile::vocabulary::{Category, StatusDef, StatusIdx, Vocabulary};
use crate::text::TextRange;
use crate::text::text_edit::TextEdit;

/// How many lines are looked at on either side.
const NEAR: usize = 40;

/// So many finished boxes end in a day where that is the custom.
const CUSTOM: usize = 2;

/// `(completed 2026-02-26)`, `— completed 2026-02-26` or `✅ 2026-02-26` behind the words of a box.
pub(super) struct Remark {
    /// With the blanks before it.
    pub(super) whole: TextRange,
    /// What it says.
    pub(super) status: StatusIdx,
    /// The date in it.
    pub(super) day: TextRange,
}

impl Remark {
    /// The remark at the end of a line or of the words in it, which says since when it is finished. A
    /// day on which something was planned or begun stays true.
    pub(super) fn at_end(vocabulary: &Vocabulary, text: &str, words: TextRange) -> Option<Remark> {
        let said = words.of(text).trim_end();
        let bare = said.trim_end_matches(['*', '_']);
        // It may stand in italics as a whole.
        let emphasis = &said[bare.len()..];
        let is_bracketed = bare.ends_with(')');
        let inside = bare.strip_suffix([')', '.']).unwrap_or(bare);
        // Few boxes end in a day, so that is looked at first.
        let (head, day) = inside.rsplit_once(' ')?;
        if day.len() != 10 || !matches!(TimeStamp::parse(day), Some(TimeStamp::Day(_))) {
            return None;
        }
        let open = if is_bracketed {
            inside.rfind('(')?
        } else {
            let sign = head.rfind(' ');
            let sign = sign.filter(|at| inside[at + 1..].starts_with(reading::is_sign));
            last_dash(inside).map(|dash| dash.start).into_iter().chain(sign).max()? + 1
        };
        let words_from = inside[open..].trim_start_matches(['(', '-', '–', '—']);
        let (words_from, open) = match is_bracketed {
            true => (words_from, inside[..open].strip_suffix(emphasis)?.len()),
            false => (words_from.trim_start().strip_prefix(emphasis)?, open),
        };
        let (word, _) = words_from.rsplit_once(' ')?;
        let status = vocabulary.lookup(word.trim())?;
        if vocabulary.get(status).category != Category::Done {
            return None;
        }
        let (start, end) = (words.start as usize, words.start as usize + inside.len());
        let from = start + inside[..open].trim_end().len();
        let whole = TextRange::new(from, start + said.len());
        Some(Remark { whole, status, day: TextRange::new(end - day.len(), end) })
    }
}

/// What is not finished any more has no day since which it is; what is says the new day, where it has one or
/// all that is finished beside it.
pub(super) fn redated(form: Form<'_>, def: &StatusDef, day: Option<&str>) -> Option<TextEdit> {
    let words = words_behind(form);
    let Some(remark) = Remark::at_end(form.vocabulary, form.text, words) else {
        let insert = as_beside(form, def, day?)?;
        let at = words.start as usize + words.of(form.text).trim_end().len();
        return Some(TextEdit { range: TextRange::empty(at), insert });
    };
    if form.vocabulary.get(remark.status).id != def.id {
        return Some(TextEdit::delete(remark.whole));
    }
    let day = day.filter(|day| *day != remark.day.of(form.text))?;
    Some(TextEdit { range: remark.day, insert: day.to_owned() })
}

/// A title without the day in brackets behind it, which tells when the task was finished.
pub(super) fn undated(title: &str) -> String {
    let before = title.strip_suffix(')').and_then(|it| it.rsplit_once(" ("));
    let before = before.filter(|(_, day)| matches!(TimeStamp::parse(day), Some(TimeStamp::Day(_))));
    before.map_or(title, |(before, _)| before).trim_end().to_owned()
}

/// What stands behind the mark of a box on its line.
pub(super) fn words_behind(form: Form<'_>) -> TextRange {
    let (mark, line) = (form.range(), form.occurrence.line);
    TextRange::new(mark.end as usize, (line.end as usize).max(mark.end as usize))
}

/// The remark that every finished box of the same list ends in, with another day.
fn as_beside(form: Form<'_>, def: &StatusDef, day: &str) -> Option<String> {
    if def.category != Category::Done {
        return None;
    }
    let own = form.text.line_start(form.range().start as usize);
    if goes_on(form, own) {
        return None;
    }
    let head = form.text.copy(own..form.range().start as usize);
    let mut found: Vec<String> = Vec::new();
    for line in lines_near(form, own) {
        let said = form.text.copy(line.start as usize..line.end as usize);
        let Some(behind) = said.strip_prefix(&*head) else { continue };
        let Some((mark, words)) = behind.split_once(']') else { continue };
        if !def.boxes.iter().any(|own| own == mark) {
            continue;
        }
        let whole = TextRange::new(0, words.len());
        let remark = Remark::at_end(form.vocabulary, words, whole)?;
        if form.vocabulary.get(remark.status).id != def.id {
            return None;
        }
        found.push(remark.whole.of(words).replace(remark.day.of(words), day));
    }
    let nearest = found.first()?.clone();
    (found.len() >= CUSTOM).then_some(nearest)
}

/// Whether the words of a box go on in the next line, or end in what is none of them: a comment, the id of a
/// block, a break.
fn goes_on(form: Form<'_>, own: usize) -> bool {
    let end = form.text.line_end(own);
    let line = form.text.copy(own..end);
    let said = line.trim_end();
    let is_odd = |mark: &str| said.matches(mark).count() % 2 == 1;
    let last = said.rsplit(' ').next().unwrap_or_default();
    let is_none = said.ends_with("-->") || said.ends_with('\\') || last.starts_with('^');
    let below = form.text.copy(end..form.text.line_end(end.min(form.text.len())));
    let below = below.trim();
    let begins_anew = below.is_empty() || below.starts_with(['#', '-', '*', '+', '|', '>']);
    is_none || is_odd("**") || is_odd("`") || !begins_anew
}

/// The lines of the list around one, those above first, the nearest of them first.
fn lines_near(form: Form<'_>, own: usize) -> Vec<TextRange> {
    // A line that is neither indented nor an item is of no list.
    let is_other = |line: &TextRange| {
        let said = form.text.copy(line.start as usize..line.end as usize);
        !said.trim().is_empty() && !said.starts_with([' ', '\t', '-', '*', '+', '>'])
    };
    let line = |start: usize| TextRange::new(start, form.text.line_end(start));
    let above = std::iter::successors(Some(line(own)), |it| {
        let before = (it.start as usize).checked_sub(1)?;
        Some(line(form.text.line_start(before)))
    });
    let below = std::iter::successors(Some(line(own)), |it| {
        let next = it.end as usize;
        (next < form.text.len()).then(|| line(next))
    });
    let near = |lines: &mut dyn Iterator<Item = TextRange>| {
        lines.skip(1).take(NEAR).take_while(|it| !is_other(it)).collect::<Vec<_>>()
    };
    let (mut above, mut below) = (above, below);
    [near(&mut above), near(&mut below)].concat()
}
