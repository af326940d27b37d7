//! The kinds of place where a status stands: what each of them knows. A carrier reads statuses and writes
//! them in its form; everybody else asks for properties, and never which carrier it is.

mod document_parts;
pub mod markdown_reader;

use std::fmt;

use crate::model::carrier::markdown_reader::MarkdownReader;
use crate::model::runs::Runs;
use crate::model::{Document, Occurrence};
use crate::profile::MarkerStyle;
use crate::profile::reading::Reading;
use crate::profile::vocabulary::{StatusDef, StatusIdx, Vocabulary};
use crate::syntax::front_matter::FrontEntry;
use crate::syntax::json::JsonValue;
use crate::text::TextRange;
use crate::text::shared_text::SharedText;
use crate::text::text_edit::TextEdit;

/// Reads a value of YAML, in the text that it stands in.
pub(in crate::model) type ReadEntry = fn(&Vocabulary, &str, &FrontEntry) -> Option<Reading>;

/// Why a status cannot be written in a form: a clause about the form.
pub type Unspelled = String;

/// The edits that have a place say a status, or why there are none.
pub type Spelled = Result<Vec<TextEdit>, Unspelled>;

/// A kind of place where a status stands. There is one of each, so that they are compared by address.
pub struct Carrier {
    /// The word for it in output; a contract with programs.
    pub id: &'static str,
    /// Finds its statuses in a Markdown document, and the entities that only they make.
    pub(in crate::model) of_markdown: Option<fn(&mut MarkdownReader<'_>)>,
    /// Reads a value of a JSON record as a status.
    pub(in crate::model) of_value: Option<fn(&Vocabulary, &JsonValue<'_>) -> Option<Reading>>,
    /// Reads a value of YAML as a status.
    pub(in crate::model) of_entry: Option<ReadEntry>,
    /// A status as it stands, for output.
    pub text: fn(&str) -> String,
    /// The edits that have the place say a status. The day is that of a change that is stamped.
    pub respelled: fn(Form<'_>, &StatusDef, Option<&str>) -> Spelled,
    /// Its words, where it is written in the words of the places beside it.
    pub words: Option<LikeWords>,
    /// For a carrier that tells no more than whether work is left: the edits that have it allow the
    /// status that a finer one beside it is to say.
    pub beside: Option<fn(Form<'_>, StatusIdx) -> Spelled>,
    /// For a carrier whose entity stands where its status says: the edits that have it stand elsewhere.
    pub moved: Option<fn(&Document, Form<'_>, StatusIdx) -> Spelled>,
    /// The status as it stands, written as the profile has it and every word kept; `None` where
    /// nothing is to be mended, or it would have another status then.
    pub mended: fn(Form<'_>) -> Option<String>,
    /// The status as it stands, with another word in place of its own.
    pub with_word: fn(Form<'_>, &str) -> String,
    /// What is wrong with a word in other letters than the profile's: a clause.
    pub wrong_case: &'static str,
    /// Where in its entity it stands: `where it begins`.
    pub whereabouts: &'static str,
    /// Whether other fields of its entity can be written beside it.
    pub takes_fields: bool,
    /// Whether it stands in the front matter, where times beside it belong.
    pub is_in_header: bool,
    /// Whether it is a line of its own, below which other fields of the entity stand.
    pub is_line: bool,
    /// Where somebody may have written how the status is meant.
    pub remarks: Remarks,
}

/// How a carrier is written in words that somebody else has used.
#[derive(Clone, Copy, Debug)]
pub struct LikeWords {
    /// Where the words are that say the status, without what stands beside them; empty for a sign.
    pub(in crate::model) range: fn(Form<'_>) -> TextRange,
    /// The profile's own words for a status, in the letters of others.
    pub like: fn(&StatusDef, &str) -> String,
}

/// Where remarks about a status stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remarks {
    /// Nowhere: what stands beside it is something else.
    None,
    /// Behind it on its line, or in its cell.
    Line,
    /// In brackets at the end of its line, or behind a dash in it.
    Aside,
    /// In comments that begin with `#`, behind it and right above it.
    Comments,
}

impl Carrier {
    /// Whether it tells no more than whether work is left.
    pub fn is_coarse(&self) -> bool {
        self.beside.is_some()
    }

    /// A status as it stands, for a message: in brackets or backticks.
    pub fn shown(&self, raw: &str) -> String {
        let text = (self.text)(raw);
        match text.starts_with('[') {
            true => text,
            false => format!("`{}`", text.replace("**", "").trim_matches(['`', '*'])),
        }
    }
}

impl PartialEq for Carrier {
    fn eq(&self, other: &Carrier) -> bool {
        std::ptr::eq(self, other)
    }
}

impl Eq for Carrier {}

impl fmt::Debug for Carrier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id)
    }
}

/// One status in a text, with the words it may be written in.
#[derive(Clone, Copy, Debug)]
pub struct Form<'a> {
    /// The text of the document.
    pub text: &'a SharedText,
    /// The place in it.
    pub occurrence: &'a Occurrence,
    /// The words for the statuses of its entity.
    pub vocabulary: &'a Vocabulary,
    /// How markers are written.
    pub style: &'a MarkerStyle,
    /// All statuses in the document.
    pub all: &'a Runs<Occurrence>,
}

impl<'a> Form<'a> {
    /// The edits that have this place say `def`. `day` is the date of a change that is stamped.
    pub fn respelled(self, def: &StatusDef, day: Option<&str>) -> Spelled {
        (self.occurrence.carrier.respelled)(self, def, day)
    }

    /// The status with its form mended, and every word kept.
    pub fn mended(self) -> Option<String> {
        (self.occurrence.carrier.mended)(self)
    }

    /// The status with another word in its form.
    pub fn with_word(self, word: &str) -> String {
        (self.occurrence.carrier.with_word)(self, word)
    }

    /// The words that say the status, where its carrier takes those of the places beside it.
    pub fn words(self) -> Option<&'a str> {
        let range = (self.occurrence.carrier.words?.range)(self);
        (!range.is_empty()).then(|| range.of(self.text))
    }

    pub(in crate::model) fn range(self) -> TextRange {
        self.occurrence.reading.range
    }

    pub(in crate::model) fn raw(self) -> &'a str {
        self.range().of(self.text)
    }
}
