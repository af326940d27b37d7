//! Sections of a plan for what comes later, which nobody means to have done with the rest.

use crate::index::{Index, Place};
use crate::text::TextRange;

/// What the heading of such a section begins with.
const LATER: &[&str] = &[
    "backlog",
    "deferred",
    "future",
    "later",
    "next steps",
    "nice to have",
    "optional",
    "out of scope",
    "postponed",
    "stretch",
];

impl Index {
    /// The sections below an entity that are for what comes later.
    pub fn later_sections(&self, around: Place) -> Vec<TextRange> {
        let range = self.entity(around).range;
        let text = self.docs[around.doc].text.copy(range.start as usize..range.end as usize);
        let (mut found, mut open): (Vec<TextRange>, Option<(usize, usize)>) = (Vec::new(), None);
        let (mut at, mut is_code, mut is_own) = (0, false, true);
        for line in text.split_inclusive('\n') {
            let words = line.trim_start();
            if words.starts_with("```") || words.starts_with("~~~") {
                is_code = !is_code;
            }
            let level = line.len() - line.trim_start_matches('#').len();
            let is_heading = (1..=6).contains(&level) && line[level..].starts_with([' ', '\t']);
            if is_heading && !is_code && !std::mem::take(&mut is_own) {
                if let Some((start, _)) = open.take_if(|(_, above)| level <= *above) {
                    found.push(TextRange::new(start, at));
                }
                if open.is_none() && is_later(&line[level..]) {
                    open = Some((at, level));
                }
            }
            at += line.len();
        }
        found.extend(open.map(|(start, _)| TextRange::new(start, at)));
        let start = range.start as usize;
        let whole =
            |own: TextRange| TextRange::new(start + own.start as usize, start + own.end as usize);
        found.into_iter().map(whole).collect()
    }
}

/// Whether a heading is of what comes later: `Future (v2)`, `Phase 3: Print (deferred)`.
fn is_later(heading: &str) -> bool {
    let heading = heading.to_lowercase();
    let is_part = |c: char| !c.is_alphanumeric();
    let words: Vec<&str> = heading.split(is_part).filter(|it| !it.is_empty()).collect();
    let words = format!("{} ", words.join(" "));
    let is_begun =
        LATER.iter().any(|it| words.strip_prefix(it).is_some_and(|it| it.starts_with(' ')));
    is_begun
        || ["(deferred", "(future", "(optional", "(postponed"].iter().any(|it| heading.contains(it))
}
