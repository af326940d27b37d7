//! What beside a status speaks of that status, in words that no change of it finds: behind another one it
//! would be untrue, so that nothing is written there.

use crate::model::carrier::{Form, Unspelled};
use crate::model::carriers::check_box::given_up;
use crate::profile::reading;
use crate::profile::vocabulary::{Category, StatusDef, Vocabulary};
use crate::text::TextRange;

/// Letters that a word in capitals has at least which is taken for a status; shorter ones are names.
const LEAST_CAPITALS: usize = 4;

/// What emphasises words, and stands around code.
const EMPHASIS: [char; 4] = ['*', '_', '`', '~'];

/// Words that turn the status behind them.
const TURNING: &[&str] = &["not", "not yet", "still", "never", "no longer"];

/// Words in capitals that say a status to whoever reads them, whatever the profile knows.
const CRIES: &[(Category, &[&str])] = &[
    (Category::Done, &["COMPLETE", "COMPLETED", "DONE", "FINISHED"]),
    (Category::Waiting, &["BLOCKED", "ON HOLD", "PAUSED", "WAITING"]),
    (
        Category::Dropped,
        &["ABANDONED", "CANCELED", "CANCELLED", "DEFERRED", "OBSOLETE", "POSTPONED", "SKIPPED"],
    ),
];

/// Words of other languages for what is finished, begun and open, as people write them behind a task.
const FOREIGN: &[(Category, &[&str])] = &[
    (
        Category::Done,
        &[
            "abgeschlossen",
            "erledigt",
            "fertig",
            "completado",
            "completada",
            "terminado",
            "terminada",
            "hecho",
            "hecha",
            "concluído",
            "concluída",
            "concluido",
            "concluida",
            "completato",
            "completata",
            "completo",
            "completa",
            "feito",
            "feita",
            "entregue",
            "fatto",
            "fatta",
            "terminé",
            "terminée",
            "fait",
            "livré",
            "готово",
            "выполнено",
            "завершено",
            "сделано",
            "已完成",
            "完成",
            "完了",
            "완료",
            "tamamlandı",
            "zrobione",
            "voltooid",
        ],
    ),
    (
        Category::Active,
        &[
            "in arbeit",
            "en curso",
            "en progreso",
            "em andamento",
            "em progresso",
            "en cours",
            "in corso",
            "в работе",
            "进行中",
            "進行中",
            "작업 중",
            "진행 중",
        ],
    ),
    (
        Category::Open,
        &[
            "offen",
            "ausstehend",
            "pendiente",
            "pendente",
            "à faire",
            "da fare",
            "ожидает",
            "не начато",
            "未开始",
            "未完成",
            "待办",
            "未着手",
            "대기",
        ],
    ),
];

/// Refuses where the line of a status tells by its words, before or behind, that it had the old one.
pub(super) fn unbound(form: Form<'_>, words: TextRange, def: &StatusDef) -> Result<(), Unspelled> {
    let said = words.of(form.text).trim_end();
    if !def.category.is_closed() && given_up::is_struck(said.trim_start()) {
        return Err("its words are struck out, which belongs to its old status".to_owned());
    }
    let is_worked_on = matches!(def.category, Category::Done | Category::Active);
    let put_off = given_up::remark(said).filter(|_| is_worked_on);
    let other = span_in_front(form.vocabulary, said, def)
        .or_else(|| cried(form.vocabulary, said, def))
        .or(put_off)
        .or_else(|| foreign_at_end(said, def));
    other.map_or(Ok(()), |other| Err(format!("it also says `{other}`")))
}

/// Refuses where a line ends in a word of another language for another status, which is never read as one.
pub(super) fn unspoken(form: Form<'_>, words: TextRange, def: &StatusDef) -> Result<(), Unspelled> {
    match foreign_at_end(words.of(form.text).trim_end(), def) {
        Some(word) => Err(format!("it also says `{word}`")),
        None => Ok(()),
    }
}

/// Refuses where what stands behind a status, up to the end of its field, tells more of that status.
pub(super) fn unexplained(
    form: Form<'_>,
    behind: TextRange,
    def: &StatusDef,
) -> Result<(), Unspelled> {
    let said = behind.of(form.text).split('|').next().unwrap_or_default();
    if let Some(more) = emphasised_with(form, said) {
        return Err(format!("`{more}` behind it belongs to its old status"));
    }
    let is_between = |c: char| ",;.()—–".contains(c);
    // A dash between words is one of them: `on-hold`.
    for part in said.split(is_between).flat_map(|part| part.split(" - ")) {
        let part =
            part.trim_matches(|c: char| c.is_whitespace() || EMPHASIS.contains(&c) || c == '-');
        if is_turned(form.vocabulary, part) {
            return Err(format!("it also says `{part}`"));
        }
        // One word may be of the sentence around it, two are a status.
        let status = form.vocabulary.lookup(part).filter(|_| part.contains(' '));
        let is_other = status.is_some_and(|it| form.vocabulary.get(it).category != def.category);
        if is_other {
            return Err(format!("it also says `{part}`"));
        }
    }
    let note = said.trim_start_matches(|c: char| c.is_whitespace() || "*_-–—:".contains(c));
    match foreign_in_front(note).filter(|(category, _)| *category != def.category) {
        Some((_, word)) => Err(format!("it also says `{word}`")),
        None => Ok(()),
    }
}

/// What follows a status behind a dash in one emphasis with it: `**OPEN — for reference only.**`
fn emphasised_with<'t>(form: Form<'_>, behind: &'t str) -> Option<&'t str> {
    let (line, own) = (form.occurrence.line, form.occurrence.reading.range);
    let before = TextRange::new(line.start as usize, own.start as usize).of(form.text);
    let mark = ["**", "__", "*", "_"].into_iter().find(|mark| before.ends_with(mark))?;
    let (inner, _) = behind.split_once(mark)?;
    let rest = [" - ", " – ", " — "].into_iter().find_map(|dash| inner.strip_prefix(dash))?;
    rest.starts_with(char::is_alphabetic).then(|| rest.trim_end_matches(['.', ' ']))
}

/// Whether words say that something does not have a status, or still has it: `not closed`, `STILL OPEN`.
fn is_turned(vocabulary: &Vocabulary, words: &str) -> bool {
    TURNING.iter().any(|turning| {
        let behind = words.split_at_checked(turning.len());
        let behind = behind.filter(|(head, _)| head.eq_ignore_ascii_case(turning));
        let status = behind.and_then(|(_, rest)| vocabulary.lookup(rest.strip_prefix(' ')?));
        // `not started` is a status of its own.
        status.is_some() && vocabulary.lookup(words).is_none()
    })
}

/// A span in front of the words that is one status in capitals: `` `DONE` Log in ``. What goes on in small
/// letters speaks of a state of that name: `` `BLOCKED` tasks are red ``.
fn span_in_front<'t>(vocabulary: &Vocabulary, said: &'t str, def: &StatusDef) -> Option<&'t str> {
    let said = said.trim_start();
    let (inner, behind) = reading::span(said)?;
    let status = vocabulary.lookup(inner).filter(|_| reading::is_in_capitals(inner))?;
    let goes_on = behind.trim_start().starts_with(|c: char| c.is_ascii_lowercase());
    let is_other = vocabulary.get(status).category != def.category;
    (is_other && !goes_on).then_some(inner)
}

/// A status in capitals behind a dash, a bracket, a sentence or words in emphasis: `— DEFERRED to May`,
/// `[BLOCKED: no key]`, `**Log in.** DONE 2026-01-02.`
fn cried<'t>(vocabulary: &Vocabulary, said: &'t str, def: &StatusDef) -> Option<&'t str> {
    const LOOSE: &[&str] = &[" - ", " – ", " — ", "(", "["];
    const TIGHT: &[&str] = &[". ", "** ", "~~ ", "` "];
    let from = |marks: &'static [&str]| {
        marks.iter().flat_map(|mark| said.match_indices(*mark).map(|(at, _)| at + mark.len()))
    };
    let tight = from(TIGHT).map(|at| (at, false));
    from(LOOSE).map(|at| (at, true)).chain(tight).find_map(|(at, is_loose)| {
        let rest = said[at..].trim_start_matches(EMPHASIS);
        let (category, len) = match vocabulary.lookup_prefix(rest) {
            Some((status, len)) => (vocabulary.get(status).category, len),
            None => cry(rest)?,
        };
        let (word, behind) = rest.split_at(len);
        let behind = behind.trim_start_matches(EMPHASIS);
        let next = behind.trim_start();
        let ends = next.is_empty()
            || behind.starts_with([':', '.', ',', ';', ')', ']', '('])
            || next.starts_with(|c: char| c.is_ascii_digit() || "(—–-".contains(c));
        let is_told = is_loose
            && category != Category::Open
            && behind.starts_with(' ')
            && next.starts_with(char::is_lowercase);
        let is_cried = reading::is_in_capitals(word) && word.len() >= LEAST_CAPITALS;
        (is_cried && category != def.category && (ends || is_told)).then_some(word)
    })
}

/// One of [`CRIES`] that a text begins with, and how long it is.
fn cry(text: &str) -> Option<(Category, usize)> {
    let all = CRIES.iter().flat_map(|(category, words)| words.iter().map(|it| (*category, *it)));
    let is_whole = |word: &str| {
        text.strip_prefix(word).is_some_and(|it| !it.starts_with(char::is_alphanumeric))
    };
    all.filter(|(_, word)| is_whole(word)).map(|(category, word)| (category, word.len())).next()
}

/// A word of another language for another status that a text ends in, in emphasis or behind a dash.
fn foreign_at_end<'t>(said: &'t str, def: &StatusDef) -> Option<&'t str> {
    let said = said.trim_end_matches(['.', ' ']);
    let open = |mark: &str| {
        let inner = said.strip_suffix(mark)?;
        Some(&inner[inner.rfind(mark)? + mark.len()..])
    };
    let aside = || {
        let dashes = [" - ", " – ", " — "].into_iter();
        let at = dashes.filter_map(|dash| Some(said.rfind(dash)? + dash.len())).max()?;
        Some(&said[at..])
    };
    let word = open("**").or_else(|| open("__")).or_else(aside)?;
    let word = word.trim_matches(|c: char| c.is_whitespace() || reading::is_sign_part(c));
    let (category, found) = foreign_in_front(word)?;
    (found.len() == word.len() && category != def.category).then_some(word)
}

/// The word of another language for a status that a text begins with.
fn foreign_in_front(text: &str) -> Option<(Category, &str)> {
    let small = text.to_lowercase();
    let all = FOREIGN.iter().flat_map(|(category, words)| words.iter().map(|it| (*category, *it)));
    all.filter(|(_, word)| {
        let behind = small.strip_prefix(word);
        // Words of Chinese and Japanese are not parted.
        let is_parted = word.starts_with(|c: char| u32::from(c) >= 0x3000);
        behind.is_some_and(|it| is_parted || !it.starts_with(char::is_alphanumeric))
    })
    .max_by_key(|(_, word)| word.len())
    .and_then(|(category, word)| Some((category, text.get(..word.len())?)))
}
