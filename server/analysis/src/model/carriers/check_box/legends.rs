//! Lists that say what signs, boxes and statuses mean: nobody's work stands in them.

use rustc_hash::FxHashSet;

use crate::model::carrier::markdown_reader::MarkdownReader;
use crate::model::legend::LEGENDS;
use crate::profile::vocabulary::StatusIdx;
use crate::profile::{EntityKind, reading};
use crate::syntax::markdown::ListItem;

/// The same, where the word means something else among others.
pub(super) const KEYS: &[&str] = &[
    "key",
    "status key",
    "symbols",
    "status symbols",
    "símbolos",
    "symboles",
    "status codes",
    "status definitions",
    "status emojis",
    "status icons",
    "status indicators",
    "status labels",
    "status levels",
    "status markers",
    "status meanings",
    "status types",
    "status values",
    "priority definitions",
    "priority levels",
    "definición de estados",
    "definiciones de estado",
    "niveles de prioridad",
    "definições de status",
    "definição de status",
    "níveis de prioridade",
    "statusdefinition",
    "statusdefinitionen",
    "prioritätsstufen",
    "définition des statuts",
    "définitions des statuts",
    "niveaux de priorité",
    "значения статусов",
    "уровни приоритета",
    "状态说明",
    "状态定义",
    "優先度の定義",
    "优先级说明",
    "优先级定义",
    "ステータス定義",
    "状態の定義",
    "상태 정의",
    "우선순위 정의",
];

/// Headings that stand above the levels of work, or above the work itself: there only coloured circles
/// are explained.
const LEVELS: &[&str] = &[
    "priorities",
    "statuses",
    "task statuses",
    "prioridades",
    "estados",
    "prioritäten",
    "priorités",
    "statuts",
    "приоритеты",
    "статусы",
    "优先级",
    "優先度",
    "ステータス",
    "우선순위",
];

/// How a heading names a level of priority.
const PRIORITY: &[&str] = &["priorit", "prioridad", "приоритет", "优先", "優先", "우선"];

/// How it says which, and the circles that have the colour of it.
const CIRCLES: &[(&[&str], [char; 3])] = &[
    (
        &["medium", "media", "média", "mittel", "mittlere", "moyenne", "средний", "средняя", "中"],
        ['🟡', '🟠', '🔵'],
    ),
    (
        &[
            "low",
            "baja",
            "baixa",
            "niedrig",
            "niedrige",
            "basse",
            "faible",
            "низкий",
            "низкая",
            "低",
        ],
        ['🟢', '🔵', '⚪'],
    ),
];

/// Longer words name no status. In bytes.
const LONGEST_NAME: usize = 32;

impl MarkdownReader<'_> {
    /// Whether brackets hold a label, `[P] T004, T005 in parallel`, or no mark of a box where boxes are
    /// called by ids, and this one is not: `[P] may run in parallel`.
    pub(super) fn is_legend(&self, item: &ListItem) -> bool {
        let text = item.text.of(self.text);
        let rule = self.role.box_rule(text);
        let Some(check_box) = &item.check_box else { return false };
        let mark = check_box.mark.of(self.text);
        if rule.labels.iter().any(|label| label == mark) {
            return true;
        }
        let Some(id) = &rule.id else { return false };
        let vocabulary = self.profile.vocabulary(EntityKind::Item);
        vocabulary.lookup_box(mark).is_none() && !id.is_match(text)
    }

    /// The items below headings that say what signs, boxes or levels mean.
    pub(super) fn items_below_legends(&self) -> FxHashSet<usize> {
        let mut found = FxHashSet::default();
        let (items, is_bare) = (&self.markdown.items, self.profile.markers.bare);
        let mut first = 0;
        for own in items.chunk_by(|one, two| one.heading == two.heading) {
            let all = first..first + own.len();
            first = all.end;
            let Some(heading) = own[0].heading else { continue };
            let heading = self.markdown.headings[heading].text.of(self.text);
            let words = heading.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
            let is_legend = LEGENDS.iter().any(|it| words.contains(it)) || KEYS.contains(&&*words);
            let has_sign = |item: &ListItem| is_bare && item.check_box.is_none();
            let is_circle = |item: &ListItem| has_sign(item) && self.is_circle_of(&words, item);
            found.extend(all.filter(|at| is_legend || is_circle(&items[*at])));
        }
        found
    }

    /// Whether the circle in front of an item tells how much its heading, in small letters, is wanted.
    fn is_circle_of(&self, heading: &str, item: &ListItem) -> bool {
        let Some(sign) = reading::sign_in_front(self.text, item.text) else { return false };
        let sign = sign.of(self.text);
        if LEVELS.contains(&heading) {
            return sign.contains(['🔴', '🟠', '🟡', '🟢', '🔵', '⚪']);
        }
        let is_level = PRIORITY.iter().any(|word| heading.contains(word));
        is_level
            && CIRCLES.iter().any(|(words, circles)| {
                let mut said = heading.split(|c: char| !c.is_alphanumeric());
                // Words of Chinese and Japanese are not parted.
                let is_said = |word: &&str| !word.is_ascii() && heading.contains(*word);
                sign.contains(circles)
                    && (said.any(|it| words.contains(&it)) || words.iter().any(is_said))
            })
    }

    /// The items of lists in which each is a sign and the status that it means, with a word on that:
    /// `- ✅ **Done** - tested and released`.
    pub(super) fn explaining_items(&self) -> FxHashSet<usize> {
        let mut found = FxHashSet::default();
        let items = &self.markdown.items;
        if !self.profile.markers.bare || !items.iter().any(|item| self.meant_by(item).is_some()) {
            return found;
        }
        for list in self.lists() {
            let all: Option<FxHashSet<StatusIdx>> =
                list.iter().map(|at| self.meant_by(&items[*at])).collect();
            if all.is_some_and(|all| all.len() > 1) {
                found.extend(list);
            }
        }
        found
    }

    /// The items of lists of boxes that tell what marks mean: each with a mark that is known names the
    /// status of its mark, and at least three name one.
    pub(super) fn naming_items(&self) -> FxHashSet<usize> {
        let mut found = FxHashSet::default();
        let items = &self.markdown.items;
        let vocabulary = self.profile.vocabulary_of(self.role.boxes.what);
        let named = |at: &usize| {
            let item = &items[*at];
            let is_short = item.check_box.is_some() && item.text.len() <= LONGEST_NAME;
            is_short.then(|| vocabulary.lookup(item.text.of(self.text)))?
        };
        if !(0..items.len()).any(|at| named(&at).is_some()) {
            return found;
        }
        let mark = |at: &usize| Some(items[*at].check_box.as_ref()?.mark.of(self.text));
        let is_told = |at: &usize| {
            let of_mark = mark(at).and_then(|mark| vocabulary.lookup_box(mark));
            let category = |status: StatusIdx| vocabulary.get(status).category;
            of_mark.is_none_or(|own| named(at).map(category) == Some(category(own)))
        };
        for list in self.lists() {
            let different: FxHashSet<StatusIdx> = list.iter().filter_map(named).collect();
            let marks: FxHashSet<&str> = list.iter().filter_map(mark).collect();
            if different.len() > 2 && marks.len() == list.len() && list.iter().all(is_told) {
                found.extend(list);
            }
        }
        found
    }

    /// The status that an item without a box names right behind its sign, in front of an explanation or
    /// of nothing.
    fn meant_by(&self, item: &ListItem) -> Option<StatusIdx> {
        if item.check_box.is_some() {
            return None;
        }
        let sign = reading::sign_in_front(self.text, item.text)?;
        let behind = &self.text[sign.end as usize..item.text.end as usize];
        let words = behind.trim_start_matches(|c: char| c.is_whitespace() || "*_`=:→-".contains(c));
        let ends = ["**", "__", "`", ":", " - ", " – ", " — ", " = ", " ("];
        let end = ends.into_iter().filter_map(|end| words.find(end)).min().unwrap_or(words.len());
        self.profile.vocabulary_of(self.role.boxes.what).lookup(&words[..end])
    }
}
