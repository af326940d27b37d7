//! What people write beside a status, which tells how it is meant: behind it on its line, or in comments
//! above it.

mod above;
mod aside;
pub(super) mod awaiting;

use std::borrow::Cow;

use crate::index::Spot;
use crate::index::remarks::above::{aside_at, of_state};
use crate::model::carrier::Remarks;
use crate::model::{FieldRole, Occurrence};
use crate::profile::vocabulary::{Category, StatusIdx, Vocabulary};
use crate::text::TextRange;
use crate::text::shared_text::SharedText;

/// So many words behind a status of a line are a figure of speech, `since May`; more tell how it came to it.
const FIGURE: usize = 3;

/// Words that tell that something is left, or comes later.
const LEFT: &[&str] = &[
    "added",
    "almost",
    "await",
    "awaiting",
    "awaits",
    "blocked",
    "blocker",
    "but",
    "continued",
    "continues",
    "defer",
    "deferred",
    "except",
    "failed",
    "failing",
    "half",
    "hold",
    "incomplete",
    "later",
    "left",
    "mostly",
    "needed",
    "needs",
    "ongoing",
    "outstanding",
    "partial",
    "partially",
    "partly",
    "paused",
    "pending",
    "postponed",
    "progress",
    "redo",
    "remain",
    "remaining",
    "remains",
    "reopen",
    "reopened",
    "reverted",
    "rework",
    "soon",
    "still",
    "todo",
    "unfinished",
    "unless",
    "until",
    "waiting",
    "waits",
    "wip",
    "yet",
];

/// Words that tell, behind a dash, what a status was waiting for or was about: they are of that status alone.
const STAGE: &[&str] = &[
    "await",
    "awaiting",
    "awaits",
    "draft",
    "drafting",
    "pending",
    "planned",
    "planning",
    "queued",
    "review",
    "reviewing",
    "waiting",
    "waits",
];

impl Spot<'_> {
    /// What stands beside the status and speaks against another, or for more work to come. Whether that
    /// still holds, only a person knows.
    pub fn doubt(&self, to: StatusIdx) -> Option<String> {
        let (behind, above) = self.remarks();
        let is_aside = self.occurrence.carrier.remarks == Remarks::Aside;
        let vocabulary = self.vocabulary();
        let tells = |text: &str| {
            says_left(text)
                || says_other(vocabulary, text, to)
                || is_foreign_aside(text)
                || (is_aside && !is_agreement(vocabulary, text, to))
        };
        let behind = behind.iter().filter(|text| tells(text));
        let above = above.iter().filter(|text| self.tells_above(text, to));
        behind.chain(above).map(|text| quoted(text)).next()
    }

    /// What stands beside the status and tells that work is left, whatever the status.
    pub fn says_left(&self) -> Option<String> {
        let (behind, above) = self.remarks();
        let behind = behind.iter().filter(|text| says_left(text));
        let above = above.iter().filter(|text| says_left(of_state(self.vocabulary(), text)));
        behind.chain(above).map(|text| quoted(text)).next()
    }

    /// As [`Spot::doubt`], and any words behind the status that may tell how it came to it.
    pub fn remark(&self, to: StatusIdx) -> Option<String> {
        let most = match self.occurrence.carrier.remarks {
            Remarks::Comments | Remarks::Aside => 0,
            Remarks::Line | Remarks::None => FIGURE,
        };
        let (behind, _) = self.remarks();
        let long = behind.filter(|text| {
            let words = text.split_whitespace().filter(|word| word.contains(char::is_alphabetic));
            words.count() > most && !is_agreement(self.vocabulary(), text, to)
        });
        long.map(|text| quoted(&text)).or_else(|| self.doubt(to))
    }

    /// What the text of a box says that the work waits for, once it is carried out: `human-verify pending`.
    pub fn awaits(&self) -> Option<String> {
        let is_box = self.occurrence.carrier.remarks == Remarks::Aside;
        let (line, _) = beside(&self.document.text, self.occurrence);
        awaiting::behind_title(&line.filter(|_| is_box)?)
    }

    /// The words that go on behind a status without brackets and tell how it is with the old one, where another
    /// is set by somebody who sees its line: of what has ended any, else what tells of work that is left or is more
    /// than a figure of speech.
    pub fn tale(&self, to: StatusIdx) -> Option<String> {
        let vocabulary = self.vocabulary();
        let status = self.status()?;
        let old = vocabulary.get(status).category;
        let is_line = self.occurrence.carrier.remarks == Remarks::Line;
        if !is_line || status == to || self.raw().starts_with(['[', '(']) {
            return None;
        }
        let behind = self.remarks().0?;
        let said = quoted(behind.trim_start_matches('.'));
        let is_word = |word: &&str| word.contains(char::is_alphabetic);
        let n_words = said.split_whitespace().filter(is_word).count();
        // What tells of work that is left is not true of another status, however short it is: neither of
        // what has ended nor of what is not begun.
        let to_category = vocabulary.get(to).category;
        // A share is set to nothing with it.
        let is_undone = to_category == Category::Open && !said.contains('%');
        let ends = to_category.is_closed() || is_undone;
        let is_told = ends && n_words > 0 && is_rest(of_state(vocabulary, &said));
        let is_told = is_told && !self.is_counted_behind();
        // What is told in another language is not understood.
        let is_foreign =
            vocabulary.is_translated(self.occurrence.reading.word.of(&self.document.text));
        let is_wide = is_foreign && behind.trim_start().starts_with('（');
        let is_stage = tells_stage(&behind);
        let most = if old.is_closed() || is_told || is_stage || is_foreign { 0 } else { FIGURE };
        // `100% Complete` goes with the status.
        let is_figure = said.contains('%') && is_agreement(vocabulary, &said, status);
        let is_more = n_words > most && !is_figure && !is_agreement(vocabulary, &said, to);
        (is_wide || is_more).then_some(said)
    }

    /// The comment behind a status in a file that has comments.
    pub fn comment_behind(&self) -> Option<String> {
        let has_comments = self.occurrence.carrier.remarks == Remarks::Comments;
        let said = self.remarks().0.filter(|_| has_comments)?;
        Some(quoted(&said)).filter(|said| !said.is_empty())
    }

    /// The words that the comment behind a status lists as those which may stand there, `draft | done`: at
    /// least three, of which statuses are known.
    pub fn listed_words(&self) -> Vec<String> {
        let has_comments = self.occurrence.carrier.remarks == Remarks::Comments;
        let Some(said) = self.remarks().0.filter(|_| has_comments) else { return Vec::new() };
        let said = said.rsplit(':').next().unwrap_or_default();
        let is_word = |word: &&str| {
            let is_part = |c: char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_');
            !word.is_empty() && word.split(' ').count() <= 3 && word.chars().all(is_part)
        };
        let vocabulary = self.vocabulary();
        let own = self.occurrence.reading.word.of(&self.document.text);
        let listed = |mark: char| {
            let marks = |c: char| c.is_whitespace() || "\"'`.()".contains(c);
            let words: Vec<&str> = said.split(mark).map(|word| word.trim_matches(marks)).collect();
            let n_known = words.iter().filter(|word| vocabulary.lookup(word).is_some()).count();
            let is_own = words.iter().any(|word| word.eq_ignore_ascii_case(own));
            let is_list = words.len() >= 3 && n_known >= 2 && words.iter().all(is_word) && is_own;
            is_list.then_some(words)
        };
        let words = ['|', '/'].into_iter().find_map(listed).unwrap_or_default();
        words.into_iter().map(str::to_owned).collect()
    }

    /// Whether a figure that counts the parts stands behind a status, and follows them.
    fn is_counted_behind(&self) -> bool {
        let range = self.occurrence.reading.range;
        let line = self.occurrence.line;
        let mut own = self.document.facts.fields_of(self.place.entity);
        own.any(|field| {
            let is_behind = field.value.start >= range.end && field.value.end <= line.end;
            field.role == FieldRole::Parts && is_behind
        })
    }

    /// Whether what stands beside a status gives up what it speaks of.
    pub fn is_put_off(&self) -> bool {
        let vocabulary = self.vocabulary();
        let (behind, _) = self.remarks();
        let is_dropped = |status| vocabulary.get(status).category == Category::Dropped;
        behind.is_some_and(|text| said(vocabulary, &text).into_iter().any(is_dropped))
    }

    fn remarks(&self) -> Beside<'_> {
        let (behind, above) = beside(&self.document.text, self.occurrence);
        match self.occurrence.carrier.remarks {
            Remarks::Aside => (behind.and_then(|line| self.aside(&line)), above),
            _ => (behind, above),
        }
    }

    /// What the text of a box says beside the work. Beside a mark for work under way any words may tell how
    /// far it is; an empty box says nothing of its own, so that only what tells in brackets of something left counts.
    fn aside(&self, line: &str) -> Option<Cow<'static, str>> {
        let vocabulary = self.vocabulary();
        let category = vocabulary.get(self.status()?).category;
        let is_blank = self.raw().trim().is_empty();
        let said = if is_blank { aside::of_open(line) } else { aside::of(line) };
        let said = said.filter(|_| !category.is_closed());
        if said.is_none() && is_blank {
            return awaiting::behind_title(line).map(Cow::Owned);
        }
        let said = said?;
        let again = vocabulary.lookup(said).map(|status| vocabulary.get(status).category);
        let label = said.split([':', '：']).next().unwrap_or_default().trim();
        let is_field =
            self.document.profile.fields.status.iter().any(|it| it.eq_ignore_ascii_case(label));
        let counts = again != Some(category) && !is_field && (!is_blank || says_left(said));
        counts.then(|| Cow::Owned(said.to_owned()))
    }
}

/// A line without its comments in HTML, which are shown to nobody.
fn uncommented(line: &str) -> String {
    let mut parts = line.split("<!--");
    let mut out = parts.next().unwrap_or_default().to_owned();
    out.extend(parts.filter_map(|part| Some(part.split_once("-->")?.1)));
    out
}

/// The words behind a status on its line, and those of the comments right above it.
type Beside<'t> = (Option<Cow<'t, str>>, Vec<Cow<'t, str>>);

fn beside<'t>(text: &'t SharedText, occurrence: &Occurrence) -> Beside<'t> {
    let (start, end) = (occurrence.reading.range.end as usize, occurrence.line.end as usize);
    match occurrence.carrier.remarks {
        Remarks::None => (None, Vec::new()),
        Remarks::Line | Remarks::Aside if end <= start => (None, Vec::new()),
        Remarks::Aside => (Some(Cow::Owned(text.copy(start..end).into_owned())), Vec::new()),
        Remarks::Line => {
            let line = uncommented(&text.copy(start..end));
            (Some(Cow::Owned(line.split('|').next().unwrap_or_default().to_owned())), Vec::new())
        }
        Remarks::Comments => {
            let line = text.copy(start..text.line_end(start));
            let behind = line.find('#').map(|at| Cow::Owned(line[at + 1..].to_owned()));
            (behind, above(text, occurrence.line))
        }
    }
}

/// Whether the same stands beside a status in two texts.
pub(super) fn are_alike(old: (&SharedText, &Occurrence), new: (&SharedText, &Occurrence)) -> bool {
    beside(old.0, old.1) == beside(new.0, new.1)
}

/// The comments that stand right above a line, the nearest first.
fn above(text: &SharedText, line: TextRange) -> Vec<Cow<'_, str>> {
    let mut found = Vec::new();
    let mut start = text.line_start(line.start as usize);
    while start > 0 {
        let end = start - 1;
        start = text.line_start(end);
        let comment = text.copy(start..end);
        match comment.trim().strip_prefix('#') {
            Some(said) => found.push(Cow::Owned(said.to_owned())),
            None => break,
        }
    }
    found
}

fn quoted(text: &str) -> String {
    let own = text.trim_matches(|c: char| c.is_whitespace() || "#*_`-–—:,;|".contains(c));
    let inner = own.strip_prefix('(').and_then(|own| own.strip_suffix(')'));
    inner.unwrap_or(own).to_owned()
}

/// The parts of a text that are no names of files or folders.
fn spoken(text: &str) -> impl Iterator<Item = &str> {
    let is_path = |part: &&str| {
        part.is_ascii() && part.contains(['/', '\\', '_']) && part.contains(char::is_alphabetic)
    };
    text.split_whitespace().filter(move |part| !is_path(part))
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    let all = spoken(text).flat_map(|part| part.split(|c: char| !c.is_alphanumeric()));
    all.filter(|word| !word.is_empty())
}

/// Whether a text tells that something is left: by a word, or by a share such as `5/6`.
fn says_left(text: &str) -> bool {
    // A half of the work that is called so is no work that is half done.
    let is_called = |before: &str| {
        ["first", "second"].iter().any(|ordinal| ordinal.eq_ignore_ascii_case(before))
    };
    let mut before = "";
    let mut words = words(text).filter(|word| {
        let is_name = word.eq_ignore_ascii_case("half") && is_called(before);
        before = word;
        !is_name
    });
    words.any(|word| LEFT.iter().any(|left| left.eq_ignore_ascii_case(word))) || is_part(text)
}

/// As [`says_left`], but for words that have other meanings where they stand alone.
fn is_rest(text: &str) -> bool {
    const AMBIGUOUS: &[&str] = &["added", "hold", "left", "progress"];
    let mut words =
        words(text).filter(|word| !AMBIGUOUS.iter().any(|it| it.eq_ignore_ascii_case(word)));
    words.any(says_left) || is_part(text) || is_stage(text)
}

/// Whether what stands behind a status says behind a dash what that status was about.
fn tells_stage(behind: &str) -> bool {
    let is_dashed = behind.trim_start().starts_with(['-', '–', '—']);
    is_dashed && words(behind).any(|word| STAGE.iter().any(|it| it.eq_ignore_ascii_case(word)))
}

/// Whether a text names the part of the work that somebody is at: `phase 2`.
fn is_stage(text: &str) -> bool {
    const STAGES: &[&str] = &["batch", "milestone", "part", "phase", "round", "stage", "step"];
    let words: Vec<&str> = text.split(|c: char| !c.is_alphanumeric()).collect();
    words.windows(2).any(|it| {
        let is_name = STAGES.iter().any(|stage| stage.eq_ignore_ascii_case(it[0]));
        is_name && it[1].starts_with(|c: char| c.is_ascii_digit())
    })
}

/// Whether a text names a part of a whole: `5/6`, `5 of 6`, `80%`.
fn is_part(text: &str) -> bool {
    let parts: Vec<&str> =
        text.split(|c: char| c.is_whitespace() || "()[],;:".contains(c)).collect();
    let number = |text: &str| text.parse::<u32>().ok();
    let is_share = |part: &&str| match part.split_once('/') {
        Some((done, all)) => number(done).zip(number(all)).is_some_and(|(done, all)| done < all),
        None => part.strip_suffix('%').and_then(number).is_some_and(|share| share < 100),
    };
    parts.iter().any(is_share)
        || parts.windows(3).any(|it| {
            let ends =
                number(it[0]).zip(number(it[2])).filter(|_| it[1].eq_ignore_ascii_case("of"));
            ends.is_some_and(|(done, all)| done < all)
        })
}

/// The statuses that a text names.
fn said(vocabulary: &Vocabulary, text: &str) -> Vec<StatusIdx> {
    let text = spoken(text).collect::<Vec<_>>().join(" ");
    let begins = |at: usize| !text[..at].chars().next_back().is_some_and(char::is_alphanumeric);
    let starts = text.char_indices().filter(|(at, c)| c.is_alphabetic() && begins(*at));
    starts.filter_map(|(at, _)| Some(vocabulary.lookup_prefix(&text[at..])?.0)).collect()
}

/// Whether a text names a status of another kind.
fn says_other(vocabulary: &Vocabulary, text: &str, to: StatusIdx) -> bool {
    let wanted = vocabulary.get(to).category;
    said(vocabulary, text).into_iter().any(|status| vocabulary.get(status).category != wanted)
}

/// Whether a text says nothing but the status itself, and when.
fn is_agreement(vocabulary: &Vocabulary, text: &str, to: StatusIdx) -> bool {
    let mut own = words(text).filter(|word| word.contains(|c: char| c.is_alphabetic()));
    own.all(|word| {
        let status = vocabulary.lookup(word);
        status.is_some_and(|it| vocabulary.get(it).category == vocabulary.get(to).category)
    })
}

/// Whether a text has an aside, behind a dash or in brackets, in letters of which no word is known here.
/// Behind a sentence in known letters it is a term of the work.
fn is_foreign_aside(text: &str) -> bool {
    let is_foreign = |c: char| c.is_alphabetic() && !c.is_ascii();
    aside_at(text).is_some_and(|at| {
        let (before, aside) = text.split_at(at);
        let is_sentence = before.is_ascii() && words(before).count() >= FIGURE;
        aside.contains(is_foreign) && !is_sentence
    })
}
