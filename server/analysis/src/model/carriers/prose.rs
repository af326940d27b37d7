//! Words beside a sign that name no work, where anybody's words may stand: how many are done, the name of
//! a state, an answer.

use crate::model::carriers::status_words;
use crate::profile::reading::is_sign_part;
use crate::profile::vocabulary::{StatusIdx, Vocabulary};

/// What people call a state, or where they tell it, besides the words of a profile and those that everybody
/// knows; in small letters.
const STATES: &[&str] = &[
    "status",
    "state",
    "progress",
    "current status",
    "overall status",
    "current state",
    "terminés",
    "terminées",
    "faits",
    "fini",
    "bloqué",
    "en attente",
    "état",
    "état d'avancement",
    "avancement",
    "statut",
    "in bearbeitung",
    "blockiert",
    "stand",
    "hechos",
    "completados",
    "pendientes",
    "bloqueado",
    "estado",
    "已建成",
    "已上线",
    "已实现",
    "已交付",
    "待处理",
    "计划中",
    "阻塞",
    "已取消",
    "状态",
    "当前状态",
    "进度",
    "現状",
    "対応中",
    "保留",
    "進捗",
    "진행중",
    "보류",
    "예정",
    "상태",
    "в процессе",
    "статус",
];

/// That there is none of what stands before it.
const NOTHING: &[&str] =
    &["none", "nothing", "keine", "aucun", "aucune", "ninguno", "ninguna", "无", "なし", "нет"];

/// Words of somebody who answers.
const ANSWERS: &[&str] = &[
    "yes",
    "no",
    "ok",
    "okay",
    "agreed",
    "agree",
    "confirmed",
    "sure",
    "thanks",
    "oui",
    "non",
    "d'accord",
    "ja",
    "nein",
    "sí",
    "是",
    "是的",
    "好",
    "好的",
    "同意",
    "はい",
    "いいえ",
    "да",
    "нет",
];

/// Whether words with a status beside them name no work.
pub(super) fn names_no_work(vocabulary: &Vocabulary, words: &str, said: Option<StatusIdx>) -> bool {
    let words = plain(words);
    is_state(vocabulary, &words, said) || is_count(vocabulary, &words, said) || is_answer(&words)
}

/// Whether words are the name of a state, perhaps with how many there are, `Done (3)`: of the one beside
/// it, for what is finished may be a review.
pub(super) fn is_state(vocabulary: &Vocabulary, words: &str, said: Option<StatusIdx>) -> bool {
    let words = plain(words);
    let words = match words.strip_suffix([')', '）']).and_then(|it| it.rsplit_once(['(', '（'])) {
        Some((before, inside)) if is_figure(inside) => before.trim_end(),
        _ => &words,
    };
    let category = |status| vocabulary.get(status).category;
    let named = vocabulary.lookup(words).map(category);
    is_known(words) || named.is_some() && named == said.map(category)
}

/// Whether words name a state, or where one is told, to whoever reads them.
fn is_known(words: &str) -> bool {
    STATES.contains(&words) || status_words::foreign_category(words).is_some()
}

/// Whether a text is how many there are of a state, `Done: 3`, `Tests: 12/12`, `3 tasks done`, or only
/// what its sign says, in a field: `State: done`.
fn is_count(vocabulary: &Vocabulary, words: &str, said: Option<StatusIdx>) -> bool {
    let is_named = |words: &str| is_state(vocabulary, words, said);
    if let Some((name, value)) = words.split_once([':', '：']) {
        let (name, value) = (name.trim(), value.trim());
        let is_told = value.is_empty() || is_named(value);
        return is_figure(value) || NOTHING.contains(&value) || is_known(name) && is_told;
    }
    let all: Vec<&str> = words.split(' ').collect();
    let is_number = |it: &str| !it.is_empty() && it.bytes().all(|byte| byte.is_ascii_digit());
    let is_stated = |from: usize| all.get(from..).is_some_and(|it| is_named(&it.join(" ")));
    is_number(all[0]) && (1..=3).any(is_stated)
}

/// Whether a text is a figure with a unit at most: `3`, `1个`, `12/12`, `92%`, `3 of 4`, `5 tasks`.
fn is_figure(text: &str) -> bool {
    let is_number = |word: &str| word.starts_with(|c: char| c.is_ascii_digit());
    let is_of_number = |c: char| c.is_ascii_digit() || "/.,%+".contains(c);
    let mut words = text.split_whitespace();
    let Some(first) = words.next().filter(|it| is_number(it)) else { return false };
    let unit = first.trim_start_matches(is_of_number);
    let rest: Vec<&str> = words.collect();
    let is_share = rest.len() == 2 && ["of", "/", "sur", "von", "de"].contains(&rest[0]);
    unit.chars().count() <= 2
        && (rest.len() < 2 && !rest.iter().any(|it| is_number(it))
            || is_share && is_number(rest[1]))
}

/// Whether a text is what somebody answers, or names who does.
fn is_answer(words: &str) -> bool {
    if words.starts_with('@') {
        let rest = words.trim_start_matches(|c: char| c.is_alphanumeric() || "@-_".contains(c));
        return rest.is_empty() || rest.starts_with([':', '：']);
    }
    let first = words.split([' ', ',', '.', '!', ':', ';', '，', '。']).next().unwrap_or_default();
    let behind = words[first.len()..].chars().next();
    let is_label = ["q", "a", "r"].contains(&first) && behind == Some(':');
    is_label || ANSWERS.contains(&first) && behind.is_none_or(|c| ",.!;，。".contains(c))
}

/// Words in small letters, without emphasis, signs and blanks around them.
fn plain(words: &str) -> String {
    let bare = words.replace(['*', '_', '`'], "").replace('’', "'").to_lowercase();
    let is_around = |c: char| c.is_whitespace() || is_sign_part(c) && !c.is_ascii_digit();
    bare.trim_matches(is_around).to_owned()
}
