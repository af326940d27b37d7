//! Lists of what is to be reached, each point with the same sign: `A task is done when:`, `- ✅ Tests pass`.

use rustc_hash::FxHashSet;

use crate::model::carrier::markdown_reader::MarkdownReader;
use crate::profile::vocabulary::Category;
use crate::profile::{EntityKind, reading};
use crate::syntax::markdown::ListItem;

/// What a heading above such a list holds.
const CRITERIA: &[&str] = &[
    "criteria",
    "criterios",
    "critérios",
    "critères",
    "criteri",
    "kriterien",
    "критерии",
    "definition of done",
    "definition of ready",
    "验收标准",
    "完成标准",
    "成功标准",
    "完了条件",
    "受け入れ基準",
];

/// What the words in front of such a list end in.
const CONDITIONS: &[&str] =
    &["when", "if", "wenn", "quand", "lorsque", "si", "cuando", "quando", "se", "когда", "если"];

/// What a heading begins with below which stands what comes after the work that is told of.
const OUTLOOK: &[&str] = &[
    "future",
    "nice to have",
    "nice-to-have",
    "out of scope",
    "planned enhancement",
    "planned enhancements",
    "post-deployment",
    "post-launch",
    "post-release",
    "stretch goal",
    "stretch goals",
];

/// What a heading holds then behind its words.
const PUT_OFF: &[&str] = &["(deferred", "(optional", "(postponed"];

/// Whether a heading says that what stands below it comes later.
fn is_outlook(heading: &str) -> bool {
    let words = heading.trim_start_matches(|c: char| !c.is_alphabetic() && c != '(');
    let begins = |with: &&str| {
        let head = words.split_at_checked(with.len());
        head.is_some_and(|(head, rest)| {
            head.eq_ignore_ascii_case(with) && !rest.starts_with(char::is_alphanumeric)
        })
    };
    let holds = |it: &&str| {
        let mut parts = heading.as_bytes().windows(it.len());
        parts.any(|part| part.eq_ignore_ascii_case(it.as_bytes()))
    };
    OUTLOOK.iter().any(begins) || heading.contains('(') && PUT_OFF.iter().any(holds)
}

impl MarkdownReader<'_> {
    /// Whether a heading between an item and the task that it is a part of says that it comes after the
    /// work.
    pub(super) fn is_of_outlook(&self, mut heading: Option<usize>) -> bool {
        let is_task = |at: usize| {
            let own = self.of_heading[at].map(|own| self.facts.entities[own].kind);
            own == Some(EntityKind::Task)
        };
        while let Some(at) = heading.filter(|at| !is_task(*at)) {
            let own = &self.markdown.headings[at];
            if own.level > 1 && is_outlook(own.text.of(self.text)) {
                return true;
            }
            heading = own.parent;
        }
        false
    }

    /// The items of lists that say by one sign in front of each what is to be reached. Where signs
    /// differ, they tell how far it is reached.
    pub(super) fn goal_items(&self) -> FxHashSet<usize> {
        let mut found = FxHashSet::default();
        let items = &self.markdown.items;
        if !self.profile.markers.bare || !items.iter().any(|item| self.is_ticked_by_sign(item)) {
            return found;
        }
        for list in self.lists() {
            let is_one_sign = list.iter().all(|at| self.is_ticked_by_sign(&items[*at]));
            if is_one_sign && list.first().is_some_and(|at| self.tells_goals(&items[*at])) {
                found.extend(list);
            }
        }
        found
    }

    /// Whether an item has no box, and a sign in front that says that it is finished.
    fn is_ticked_by_sign(&self, item: &ListItem) -> bool {
        if item.check_box.is_some() {
            return false;
        }
        let vocabulary = self.profile.vocabulary_of(self.role.boxes.what);
        let sign = reading::sign_in_front(self.text, item.text);
        let said = sign.and_then(|sign| vocabulary.lookup(sign.of(self.text)));
        said.is_some_and(|status| vocabulary.get(status).category == Category::Done)
    }

    /// Whether what stands above the first item of a list says that the list is of what is to be reached.
    fn tells_goals(&self, first: &ListItem) -> bool {
        let heading = first.heading.map(|at| self.markdown.headings[at].text.of(self.text));
        let heading = heading.unwrap_or_default().to_lowercase();
        if CRITERIA.iter().any(|word| heading.contains(word)) {
            return true;
        }
        let before = self.text[..first.range.start as usize].trim_end_matches([' ', '\n', '\r']);
        let Some(words) = before.trim_end_matches(['*', '_']).strip_suffix(':') else {
            return false;
        };
        let words = words.trim_end_matches(['*', '_']);
        let last = words.rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
        CONDITIONS.contains(&&*last.to_lowercase())
    }
}
