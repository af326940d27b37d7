//! The statuses that one kind of entity can have, and every way to spell them.

use globset::GlobSet;
use rustc_hash::FxHashMap;

use crate::syntax::json::rewrite::quote;

/// What every profile's status means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Category {
    /// Nobody works on it.
    Open,
    /// Somebody works on it.
    Active,
    /// It cannot go on for now.
    Waiting,
    /// It is finished.
    Done,
    /// It was tried and went wrong.
    Failed,
    /// It will not be done.
    Dropped,
}

impl Category {
    /// All categories with their names.
    pub const ALL: [(Category, &'static str); 6] = [
        (Category::Open, "open"),
        (Category::Active, "active"),
        (Category::Waiting, "waiting"),
        (Category::Done, "done"),
        (Category::Failed, "failed"),
        (Category::Dropped, "dropped"),
    ];

    /// The word for it in configuration and output.
    pub fn name(self) -> &'static str {
        Category::ALL[self as usize].1
    }

    /// The category of that name.
    pub fn parse(name: &str) -> Option<Category> {
        Category::ALL.iter().find(|(_, n)| n.eq_ignore_ascii_case(name)).map(|(c, _)| *c)
    }

    /// Whether no work is left.
    pub fn is_closed(self) -> bool {
        matches!(self, Category::Done | Category::Dropped)
    }
}

/// Index of a status within its vocabulary.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StatusIdx(pub u8);

/// One status.
#[derive(Clone, Debug)]
pub struct StatusDef {
    /// Its id; also its value in JSON.
    pub id: String,
    /// Its word in a marker: the id in words, unless the profile says otherwise.
    pub marker: String,
    /// Its value in JSON.
    pub json: String,
    /// Whether it is written just so, whatever the letters of what it replaces.
    pub exact: bool,
    /// Those of its aliases that say just the same: one is written where the places beside it are.
    pub spellings: Vec<String>,
    /// Other spellings that mean the same, or more.
    pub aliases: Vec<String>,
    /// Whether words of other languages say it too, and are written where the old one is of them.
    pub translated: bool,
    /// What may stand in a check box; the first is the one that is written.
    pub boxes: Vec<String>,
    /// What it means.
    pub category: Category,
    /// The field that entering it stamps, as written in Markdown.
    pub stamp: Option<String>,
    /// Whether an entity in this status must carry the stamp.
    pub stamp_required: bool,
    /// Whether all boxes of what is in this status may be ticked, as of what is looked at by somebody.
    pub may_be_ticked: bool,
    /// Those of its aliases of which the same holds, where it does not of the status.
    pub ticked_aliases: Vec<String>,
    /// The id of the status that it is a part of, and so agrees with: a place may tell no finer.
    pub within: Option<String>,
    /// Whether its mark for a check box is no part of the format, though many use it.
    pub seldom: bool,
    /// The field that must give a reason.
    pub reason: Option<String>,
    /// Linked files that must be there, and hold something, when a task enters the status.
    pub artifacts: GlobSet,
    /// The statuses that may follow.
    pub next: Vec<StatusIdx>,
}

impl StatusDef {
    /// Whether all boxes may be ticked of what is in this status by this word.
    pub fn may_be_ticked_as(&self, word: &str) -> bool {
        let is_it = |alias: &String| normalise(alias) == normalise(word);
        self.may_be_ticked || self.ticked_aliases.iter().any(is_it)
    }

    /// The JSON name of a field: `Blocking Reason` is `blocking_reason`.
    pub fn json_name(field: &str) -> String {
        field.to_lowercase().replace([' ', '-'], "_")
    }

    /// How it is written as a value in JSON, where nothing stands yet.
    pub fn json_value(&self) -> String {
        match self.is_boolean() {
            true => self.json.clone(),
            false => quote(&self.json),
        }
    }

    /// Whether its value in JSON is `true` or `false`.
    pub fn is_boolean(&self) -> bool {
        matches!(self.json.as_str(), "true" | "false")
    }
}

/// The statuses of one kind of entity.
#[derive(Clone, Debug, Default)]
pub struct Vocabulary {
    statuses: Vec<StatusDef>,
    by_name: FxHashMap<String, Spelling>,
    by_box: FxHashMap<String, StatusIdx>,
    longest: usize,
}

/// What a word spells.
#[derive(Clone, Copy, Debug)]
struct Spelling {
    status: StatusIdx,
    /// Whether the word is one of another language.
    is_translated: bool,
}

/// Signs in a box that nobody doubts.
const TICKS: [&str; 5] = ["✅", "✔", "✓", "☑", "√"];

/// The status whose box is ticked, and the signs for it that no status has for its own.
fn free_ticks(statuses: &[StatusDef]) -> Option<(usize, Vec<String>)> {
    let is_free = |tick: &&str| {
        let mut marks = statuses.iter().flat_map(|def| &def.boxes);
        !marks.any(|mark| strip_variation(mark) == strip_variation(tick))
    };
    let is_ticked = |def: &StatusDef| {
        def.category == Category::Done && def.boxes.iter().any(|mark| mark == "x" || mark == "X")
    };
    let done = statuses.iter().position(is_ticked)?;
    Some((done, TICKS.into_iter().filter(is_free).map(str::to_owned).collect()))
}

impl Vocabulary {
    /// A vocabulary of these statuses; the first spelling of two that clash wins.
    pub fn new(statuses: Vec<StatusDef>) -> Vocabulary {
        let mut by_name = FxHashMap::default();
        let mut by_box = FxHashMap::default();
        let mut longest = 1;
        let spelled = |i: usize| Spelling { status: index(i), is_translated: false };
        for (i, def) in statuses.iter().enumerate() {
            for name in [&def.id, &def.marker, &def.json] {
                by_name.entry(normalise(name)).or_insert(spelled(i));
            }
        }
        for (i, def) in statuses.iter().enumerate() {
            for alias in &def.aliases {
                by_name.entry(normalise(alias)).or_insert(spelled(i));
            }
            for mark in &def.boxes {
                by_box.entry(strip_variation(mark)).or_insert(index(i));
            }
        }
        // They are read everywhere, and written where any words may stand.
        if let Some((done, ticks)) = free_ticks(&statuses) {
            by_box.extend(ticks.iter().map(|tick| (strip_variation(tick), index(done))));
        }
        for name in by_name.keys() {
            longest = longest.max(name.split(' ').count());
        }
        Vocabulary { statuses, by_name, by_box, longest }
    }

    /// The vocabulary with words of other languages for these statuses, but for those that it has itself.
    pub(super) fn with_words(
        mut self,
        words: impl IntoIterator<Item = (StatusIdx, &'static str)>,
    ) -> Vocabulary {
        if let Some((done, ticks)) = free_ticks(&self.statuses) {
            self.statuses[done].boxes.extend(ticks);
        }
        for (status, word) in words {
            self.statuses[status.0 as usize].translated = true;
            let spelling = Spelling { status, is_translated: true };
            self.by_name.entry(normalise(word)).or_insert(spelling);
            self.longest = self.longest.max(word.split(' ').count());
        }
        self
    }

    /// All statuses with their indices, in the profile's order.
    pub fn iter(&self) -> impl Iterator<Item = (StatusIdx, &StatusDef)> {
        (0..).map(StatusIdx).zip(&self.statuses)
    }

    /// The status with that index.
    pub fn get(&self, idx: StatusIdx) -> &StatusDef {
        &self.statuses[idx.0 as usize]
    }

    /// The status with exactly this id.
    pub fn by_id(&self, id: &str) -> Option<StatusIdx> {
        self.iter().find(|(_, def)| def.id == id).map(|(idx, _)| idx)
    }

    /// The status that a word, marker, alias or JSON value spells, in any case.
    pub fn lookup(&self, word: &str) -> Option<StatusIdx> {
        let word = word.trim().trim_start_matches('[').trim_end_matches(']');
        self.by_name.get(normalise(word).as_str()).map(|it| it.status)
    }

    /// Whether a word says a status in another language.
    pub fn is_translated(&self, word: &str) -> bool {
        self.by_name.get(normalise(word).as_str()).is_some_and(|it| it.is_translated)
    }

    /// Whether a word is the name of a status, and not only another word for it.
    pub fn is_name(&self, def: &StatusDef, word: &str) -> bool {
        let word = normalise(word);
        [&def.id, &def.marker, &def.json].into_iter().any(|name| normalise(name) == word)
    }

    /// Whether a word says a status and nothing else: it is a name of it, or another spelling.
    pub fn says_just(&self, def: &StatusDef, word: &str) -> bool {
        let said = normalise(word);
        let is_translated = || {
            let known = self.by_name.get(&said).filter(|it| it.is_translated);
            known.is_some_and(|it| self.get(it.status).id == def.id)
        };
        self.is_name(def, word)
            || def.spellings.iter().any(|own| normalise(own) == said)
            || is_translated()
    }

    /// Whether a check box can say anything.
    pub fn has_boxes(&self) -> bool {
        !self.by_box.is_empty()
    }

    /// The status of a check box that holds `mark`; an empty box counts as one with a space.
    pub fn lookup_box(&self, mark: &str) -> Option<StatusIdx> {
        let mark = if mark.is_empty() { " " } else { mark };
        let found = if mark.is_ascii() {
            self.by_box.get(mark)
        } else {
            self.by_box.get(&strip_variation(mark))
        };
        found.copied()
    }

    /// The status that the first words of `text` spell, and how many bytes they take: the longest
    /// spelling that ends at a word boundary.
    pub fn lookup_prefix(&self, text: &str) -> Option<(StatusIdx, usize)> {
        let mut ends: Vec<usize> = Vec::new();
        let mut in_word = false;
        for (at, c) in text.char_indices() {
            let word = c.is_alphanumeric() || matches!(c, '\'' | '’' | '_');
            if in_word && !word {
                ends.push(at);
            }
            if !word && !c.is_ascii() && c != '\u{fe0f}' {
                ends.push(at + c.len_utf8());
            }
            in_word = word;
            if ends.len() >= self.longest * 2 {
                break;
            }
        }
        if in_word && ends.len() < self.longest * 2 {
            ends.push(text.len());
        }
        ends.iter().rev().find_map(|end| {
            let idx = self.by_name.get(normalise(text.get(..*end)?).as_str())?;
            Some((idx.status, *end))
        })
    }

    /// The status whose known spelling is nearest to `word`, with that spelling for its marker, if
    /// one is near enough to be what was meant.
    pub fn nearest(&self, word: &str) -> Option<StatusDef> {
        let word = normalise(word);
        let len = word.chars().count();
        let limit = if len <= 4 { 1 } else { (len / 4).max(2) };
        let (_, idx, name) = self
            .by_name
            .iter()
            .filter(|(name, spelling)| name.is_ascii() && !spelling.is_translated)
            .filter(|(name, _)| !is_opposite(&word, name) && !is_opposite(name, &word))
            .map(|(name, it)| (strsim::damerau_levenshtein(name, &word), it.status, name))
            .filter(|(distance, ..)| *distance <= limit && *distance < len)
            .min()?;
        let def = self.get(idx).clone();
        let own = normalise(&def.marker) == *name || normalise(&def.id) == *name;
        Some(if own { def } else { StatusDef { marker: name.to_uppercase(), ..def } })
    }

    /// The status that `word` is a slip of the pen for, with that spelling for its marker. Words
    /// that differ by a letter may be two words of the language, `paused` and `passed`; so may
    /// shorter ones that differ in length.
    pub fn slip(&self, word: &str) -> Option<StatusDef> {
        let near = self.nearest(word)?;
        let known = [&near.marker, &near.id].into_iter().chain(&near.aliases);
        let word = normalise(word);
        let is_slip = known.map(|known| normalise(known)).any(|known| is_slip(&word, &known));
        is_slip.then_some(near)
    }

    /// Whether a check box that says `of_box` may stand beside a marker that says `said`: an open or
    /// ticked box tells only whether work is left. What is dropped and has no mark of its own was not
    /// done, so that its box may stay open; what waits and has none may have begun.
    pub fn box_allows(&self, of_box: StatusIdx, said: StatusIdx) -> bool {
        let (coarse, fine) = (self.get(of_box).category, self.get(said).category);
        let has_no_mark = self.get(said).boxes.is_empty();
        let is_left = fine == Category::Dropped && has_no_mark;
        let waits = fine == Category::Waiting && has_no_mark;
        of_box == said
            || (coarse == Category::Active && waits)
            || (matches!(coarse, Category::Open | Category::Done)
                && coarse.is_closed() == fine.is_closed())
            || (coarse == Category::Open && is_left)
    }

    /// Whether two places that say these say the same, one perhaps more finely.
    pub fn same(&self, one: StatusIdx, two: StatusIdx) -> bool {
        let (a, b) = (self.get(one), self.get(two));
        let is_part = |part: &StatusDef, whole: &StatusDef| part.within.as_ref() == Some(&whole.id);
        one == two || is_part(a, b) || is_part(b, a)
    }

    /// As [`Vocabulary::box_allows`], for a box that stands elsewhere: it is not ticked for what was given
    /// up.
    pub fn box_tells(&self, of_box: StatusIdx, said: StatusIdx) -> bool {
        let (coarse, fine) = (self.get(of_box).category, self.get(said).category);
        let is_done = coarse == Category::Done && fine == Category::Dropped;
        self.box_allows(of_box, said) && !is_done
    }

    /// Whether `to` may follow `from` in one step. The same status again always may.
    pub fn allows(&self, from: StatusIdx, to: StatusIdx) -> bool {
        from == to || self.get(from).next.contains(&to)
    }

    /// Whether any number of steps leads from one to the other.
    pub fn reaches(&self, from: StatusIdx, to: StatusIdx) -> bool {
        let mut reached = vec![from];
        let mut looked = 0;
        while let Some(at) = reached.get(looked).copied().filter(|at| *at != to) {
            looked += 1;
            let next = self.get(at).next.iter().copied();
            let new: Vec<StatusIdx> = next.filter(|it| !reached.contains(it)).collect();
            reached.extend(new);
        }
        looked < reached.len()
    }
}

/// Whether a word says that another is not so, or is so once more: `incomplete`, `unblocked`, `reopened`.
fn is_opposite(word: &str, of: &str) -> bool {
    let head = word.strip_suffix(of).map(|head| head.trim_end_matches(' '));
    head.is_some_and(|head| ["in", "un", "im", "non", "not", "no", "re"].contains(&head))
}

/// Whether `word` is `known` with two neighbours exchanged, or with one letter lost or too many: one of
/// a double letter, or any but the first of a long word.
fn is_slip(word: &str, known: &str) -> bool {
    let (word, known): (Vec<char>, Vec<char>) = (word.chars().collect(), known.chars().collect());
    let first = word.iter().zip(&known).take_while(|(a, b)| a == b).count();
    let (rest, meant) = (&word[first..], &known[first..]);
    if word.len() == known.len() {
        return word.len() >= 5
            && matches!((rest, meant), ([a, b, tail @ ..], [c, d, end @ ..])
                if (a, b) == (d, c) && tail == end);
    }
    let (short, long, letters) = match word.len() < known.len() {
        true => (rest, meant, &known),
        false => (meant, rest, &word),
    };
    let is_one = long.split_first().is_some_and(|(_, tail)| tail == short);
    let is_double = first > 0 && letters.get(first) == letters.get(first - 1);
    is_one && first > 0 && (is_double || letters.len() >= 8)
}

/// Lower case; underscores, hyphens and runs of white space as one space; no variation selectors,
/// no emphasis.
pub fn normalise(word: &str) -> String {
    let mut out = String::with_capacity(word.len());
    let mut gap = false;
    for c in word.chars() {
        match c {
            '_' | '-' | ' ' | '\t' | '\u{a0}' => gap = !out.is_empty(),
            '\u{fe0e}' | '\u{fe0f}' | '\u{307}' | '*' | '`' | '\r' | '\n' => {}
            _ => {
                if std::mem::take(&mut gap) {
                    out.push(' ');
                }
                match c.is_ascii() {
                    true => out.push(c.to_ascii_lowercase()),
                    // The small letter of `İ` has a dot besides its own.
                    false => out.extend(c.to_lowercase().filter(|it| *it != '\u{307}')),
                }
            }
        }
    }
    while out.ends_with(['.', ':', ',', ';', ' ']) {
        out.pop();
    }
    out
}

fn index(i: usize) -> StatusIdx {
    StatusIdx(u8::try_from(i).unwrap_or(u8::MAX))
}

fn strip_variation(mark: &str) -> String {
    mark.chars().filter(|c| !matches!(c, '\u{fe0e}' | '\u{fe0f}')).collect()
}

#[cfg(test)]
mod tests {
    use super::is_slip;

    #[test]
    fn the_opposite_of_a_status_is_not_near_it() {
        let tickets = crate::profile::builtin::profile("tickets").expect("it is built in");
        let vocabulary = tickets.vocabulary(crate::profile::EntityKind::Task);
        let near = |word: &str| vocabulary.nearest(word).map(|it| it.id);
        assert_eq!(near("complet").as_deref(), Some("done"));
        assert_eq!([near("incomplete"), near("un-blocked"), near("reopen")], [None, None, None]);
    }

    #[test]
    fn a_slip_is_no_other_word() {
        let slips = [
            ("completd", "completed"),
            ("compelted", "completed"),
            ("planed", "planned"),
            ("plannned", "planned"),
            ("donne", "done"),
            ("in progres", "in progress"),
            ("implementin", "implementing"),
            ("completedd", "completed"),
        ];
        for (word, known) in slips {
            assert!(is_slip(word, known), "{word} for {known}");
        }
        let others = [
            ("paused", "passed"),
            ("blocker", "blocked"),
            ("removed", "resolved"),
            ("locked", "blocked"),
            ("unplanned", "planned"),
            ("revise", "revised"),
            ("one", "done"),
            ("dnoe", "done"),
            ("completed", "completed"),
        ];
        for (word, known) in others {
            assert!(!is_slip(word, known), "{word} for {known}");
        }
    }
}
