//! Signs that say no status, as what stands behind them or above their list tells: `✅ = done`,
//! `🟡 **Medium** (nice to have)`, `❌ **Never** draw by hand`.

use rustc_hash::FxHashSet;

use super::legends::KEYS;
use crate::model::carrier::markdown_reader::MarkdownReader;
use crate::profile::reading;
use crate::profile::vocabulary::Category;
use crate::syntax::markdown::ListItem;

/// Words for how much something is wanted, and the circles that go with them.
const LEVELS: &[(&[&str], [char; 3])] = &[
    (
        &[
            "critical",
            "urgent",
            "crítica",
            "crítico",
            "critica",
            "critico",
            "kritisch",
            "kritische",
            "critique",
            "критический",
            "紧急",
            "緊急",
        ],
        ['🔴', '🟠', '🟣'],
    ),
    (
        &[
            "high",
            "alta",
            "alto",
            "elevada",
            "elevado",
            "hoch",
            "hohe",
            "haute",
            "haut",
            "élevée",
            "élevé",
            "высокий",
            "высокая",
            "高",
            "높음",
        ],
        ['🔴', '🟠', '🟡'],
    ),
    (
        &[
            "medium",
            "moderate",
            "media",
            "medio",
            "média",
            "médio",
            "mittel",
            "mittlere",
            "moyenne",
            "moyen",
            "средний",
            "средняя",
            "中",
            "중간",
            "보통",
        ],
        ['🟠', '🟡', '🔵'],
    ),
    (
        &[
            "low",
            "baja",
            "bajo",
            "baixa",
            "baixo",
            "bassa",
            "basso",
            "niedrig",
            "niedrige",
            "basse",
            "faible",
            "низкий",
            "низкая",
            "低",
            "낮음",
        ],
        ['🟢', '🔵', '⚪'],
    ),
];

/// Circles that have a colour for a level.
pub(super) const CIRCLES: [char; 7] = ['🔴', '🟠', '🟡', '🟢', '🔵', '🟣', '⚪'];

/// What stands beside the word for a level.
const PRIORITY: &[&str] = &[
    "priority",
    "prioridad",
    "prioridade",
    "priorität",
    "priorité",
    "priorità",
    "приоритет",
    "приоритета",
    "优先级",
    "優先級",
    "优先",
    "優先度",
    "優先",
    "우선순위",
];

/// What a heading holds above what is not to be done.
const UNWANTED: &[&str] = &[
    "what not to",
    "not to do",
    "do not do",
    "don'ts",
    "don’ts",
    "anti-pattern",
    "antipattern",
    "things to avoid",
    "out of scope",
    "non-goals",
    "no hacer",
    "não fazer",
    "à ne pas faire",
    "à éviter",
    "nicht tun",
    "не делать",
    "不要",
    "不需要",
    "禁止",
    "避免",
    "非目标",
    "しないこと",
    "하지 말",
];

/// How what is not to be done begins.
const NEVER: &[&str] = &[
    "do not ", "don't ", "don’t ", "never ", "avoid ", "nunca ", "niemals ", "ne pas ", "不要",
    "禁止", "避免",
];

impl MarkdownReader<'_> {
    /// The items whose signs say no status.
    pub(super) fn told_items(&self) -> FxHashSet<usize> {
        let mut found = FxHashSet::default();
        let items = &self.markdown.items;
        if !self.profile.markers.bare {
            return found;
        }
        let mut heading = None;
        let mut is_doubted = false;
        for (at, item) in items.iter().enumerate() {
            let Some((sign, words)) = self.sign_and_words(item) else { continue };
            if heading != Some(item.heading) {
                heading = Some(item.heading);
                is_doubted |= self.is_below_key(item);
            }
            if words.starts_with('=') || is_level(sign, words) {
                found.insert(at);
            }
            is_doubted |= self.is_failed(sign);
        }
        found.extend(self.level_items());
        if is_doubted {
            for list in self.lists() {
                if self.is_of_unwanted(&list) || self.is_key(&list) {
                    found.extend(list);
                }
            }
        }
        found
    }

    /// The items of lists in which each with a sign has the circle of a level and names that, and not all the
    /// same one:
    /// `- 🟡 **Medium**: can wait`.
    fn level_items(&self) -> Vec<usize> {
        let items = &self.markdown.items;
        let level = |at: &usize| {
            let (sign, words) = self.sign_and_words(&items[*at])?;
            level_in_front(words).filter(|_| sign.contains(CIRCLES))
        };
        if !(0..items.len()).any(|at| level(&at).is_some()) {
            return Vec::new();
        }
        let mut found = Vec::new();
        for mut list in self.lists() {
            list.retain(|at| self.sign_and_words(&items[*at]).is_some());
            let all: Option<FxHashSet<usize>> = list.iter().map(level).collect();
            if all.is_some_and(|all| all.len() > 1) {
                found.extend(list);
            }
        }
        found
    }

    /// The sign in front of an item without a box, and the words behind it.
    fn sign_and_words(&self, item: &ListItem) -> Option<(&str, &str)> {
        if item.check_box.is_some() {
            return None;
        }
        let sign = reading::sign_in_front(self.text, item.text)?;
        let words = &self.text[sign.end as usize..item.text.end as usize];
        Some((
            sign.of(self.text),
            words.trim_start_matches(|c: char| c.is_whitespace() || c == '`'),
        ))
    }

    /// Whether the heading above an item ends in words that only stand above explanations, as
    /// `Component status levels` does.
    fn is_below_key(&self, item: &ListItem) -> bool {
        let Some(heading) = item.heading else { return false };
        let words = self.markdown.headings[heading].text.of(self.text);
        let words = words.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
        let ends = |key: &&str| words.strip_suffix(key).is_some_and(|before| before.ends_with(' '));
        KEYS.iter().filter(|key| key.contains(' ')).any(ends)
    }

    /// Whether a list below such a heading has another sign before each of its items.
    fn is_key(&self, list: &[usize]) -> bool {
        let items = &self.markdown.items;
        let signs: Option<FxHashSet<&str>> =
            list.iter().map(|at| Some(self.sign_and_words(&items[*at])?.0)).collect();
        let is_below = || list.first().is_some_and(|at| self.is_below_key(&items[*at]));
        signs.is_some_and(|signs| signs.len() > 1 && signs.len() == list.len()) && is_below()
    }

    fn is_failed(&self, sign: &str) -> bool {
        let vocabulary = self.profile.vocabulary_of(self.role.boxes.what);
        let said = vocabulary.lookup(sign).map(|status| vocabulary.get(status).category);
        said == Some(Category::Failed)
    }

    /// Whether each item of a list has the sign of what has failed, and its heading or each of them says
    /// that it is not to be done.
    fn is_of_unwanted(&self, list: &[usize]) -> bool {
        let items = &self.markdown.items;
        let said: Option<Vec<&str>> = list
            .iter()
            .map(|at| {
                let (sign, words) = self.sign_and_words(&items[*at])?;
                self.is_failed(sign).then_some(words)
            })
            .collect();
        let Some(said) = said else { return false };
        let is_never = |words: &&str| {
            let words = words.trim_start_matches(['*', '_']).replace(['*', '_'], "").to_lowercase();
            NEVER.iter().any(|never| words.starts_with(never))
        };
        let heading = list.first().and_then(|at| items[*at].heading);
        let heading = heading.map(|at| self.markdown.headings[at].text.of(self.text));
        let heading = heading.unwrap_or_default().to_lowercase();
        let is_unwanted = |word: &str| {
            heading.find(word).is_some_and(|at| {
                let behind = heading[at + word.len()..].trim_start();
                // Words of other scripts are not parted.
                !word.is_ascii() || !behind.starts_with(char::is_alphanumeric)
            })
        };
        UNWANTED.iter().any(|word| is_unwanted(word)) || said.iter().all(is_never)
    }
}

/// Whether a circle stands in front of the level that it means, in emphasis or with nothing but an
/// explanation behind it.
fn is_level(sign: &str, words: &str) -> bool {
    let bare = words.trim_start_matches(['*', '_']);
    let end = bare.find(|c: char| !c.is_alphabetic()).unwrap_or(bare.len());
    let (word, behind) = bare.split_at(end);
    let is_marked = bare.len() < words.len() && behind.starts_with(['*', '_', ':']);
    let behind = behind.trim_start_matches(['*', '_']).trim_start();
    let is_alone = behind.is_empty() || is_marked && behind.starts_with('(');
    let word = word.to_lowercase();
    is_alone
        && LEVELS
            .iter()
            .any(|(words, circles)| sign.contains(circles) && words.contains(&word.as_str()))
}

/// Which level words name in front of a mark or of nothing else, alone or with a word for priority.
fn level_in_front(words: &str) -> Option<usize> {
    let bare = words.trim_start_matches(['*', '_']);
    let ends = ["**", "__", ":", "：", " - ", " – ", " — ", " = ", " ("];
    let end = ends.into_iter().filter_map(|end| bare.find(end)).min().unwrap_or(bare.len());
    let name = bare[..end].trim().to_lowercase();
    let is_level = |word: &str| LEVELS.iter().position(|(all, _)| all.contains(&word));
    let mut said = name.split([' ', '-']).filter(|word| !word.is_empty());
    let (first, second, rest) = (said.next()?, said.next(), said.next());
    match (second, rest) {
        (_, Some(_)) => None,
        (None, _) => is_level(first).or_else(|| {
            // Words of Chinese and Japanese are not parted.
            let part = PRIORITY
                .iter()
                .find_map(|word| first.strip_suffix(word).or_else(|| first.strip_prefix(word)));
            part.and_then(is_level)
        }),
        (Some(second), _) if PRIORITY.contains(&second) => is_level(first),
        (Some(second), _) => is_level(second).filter(|_| PRIORITY.contains(&first)),
    }
}
