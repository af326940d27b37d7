//! Lists of what is to be reached, each point with the same sign: `A task is done when:`, `- ✅ Tests pass`.

use rustc_hash::FxHashSet;

use crate::model::carrier::markdown_reader::MarkdownReader;
use crate::profile::reading;
use crate::profile::vocabulary::Category;
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

/// What a heading holds below which stands what comes after the work that is told of.
const OUTLOOK: &[&str] = &[
    "future",
    "nice to have",
    "nice-to-have",
    "out of scope",
    "planned enhancement",
    "post-deployment",
    "post-launch",
    "post-release",
    "stretch goal",
    "(deferred",
    "(optional",
    "(postponed",
];

impl MarkdownReader<'_> {
    /// Whether a heading above an item says that it comes after the work.
    pub(super) fn is_of_outlook(&self, mut heading: Option<usize>) -> bool {
        while let Some(at) = heading {
            let own = &self.markdown.headings[at];
            let text = own.text.of(self.text).as_bytes();
            let holds = |it: &&str| {
                text.windows(it.len()).any(|part| part.eq_ignore_ascii_case(it.as_bytes()))
            };
            if OUTLOOK.iter().any(holds) {
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
