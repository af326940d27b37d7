//! Words of other languages than English for a status, as people write them behind or below a task.

use crate::profile::vocabulary::{Category, Vocabulary};

/// The words of one language, in small letters; of several the first is written.
struct Language {
    done: &'static [&'static str],
    active: &'static [&'static str],
    open: &'static [&'static str],
    dropped: &'static [&'static str],
}

impl Language {
    fn of(&self, category: Category) -> &'static [&'static str] {
        match category {
            Category::Done => self.done,
            Category::Active => self.active,
            Category::Open => self.open,
            Category::Dropped => self.dropped,
            _ => &[],
        }
    }
}

/// The categories for which languages have words here.
pub(crate) const SAID: [Category; 4] =
    [Category::Done, Category::Active, Category::Open, Category::Dropped];

const LANGUAGES: &[Language] = &[
    // German
    Language {
        done: &["erledigt", "abgeschlossen", "fertig"],
        active: &["in arbeit", "in bearbeitung"],
        open: &["offen", "ausstehend"],
        dropped: &["zurückgestellt", "aufgeschoben"],
    },
    // Spanish
    Language {
        done: &[
            "completado",
            "completada",
            "terminado",
            "terminada",
            "hecho",
            "hecha",
            "completo",
            "completa",
        ],
        active: &["en progreso", "en curso"],
        open: &["pendiente"],
        dropped: &["aplazado", "aplazada", "pospuesto", "pospuesta"],
    },
    // Portuguese
    Language {
        done: &[
            "concluído",
            "concluída",
            "concluido",
            "concluida",
            "feito",
            "feita",
            "entregue",
            "completo",
            "completa",
        ],
        active: &["em andamento", "em progresso"],
        open: &["pendente"],
        dropped: &["adiado", "adiada"],
    },
    // Italian
    Language {
        done: &["completato", "completata", "fatto", "fatta"],
        active: &["in corso"],
        open: &["da fare"],
        dropped: &["rinviato", "rinviata"],
    },
    // French
    Language {
        done: &[
            "terminé",
            "terminée",
            "achevé",
            "achevée",
            "fait",
            "livré",
            "implémenté",
            "implémentée",
        ],
        active: &["en cours"],
        open: &["à faire"],
        dropped: &["reporté", "reportée", "reportés", "reportées"],
    },
    // Russian
    Language {
        done: &[
            "готово",
            "выполнено",
            "завершено",
            "завершён",
            "завершен",
            "закрыто",
            "закрыт",
            "реализовано",
            "сделано",
        ],
        active: &["в работе"],
        open: &["не начато", "ожидает"],
        dropped: &["отложено", "отложен", "отложена"],
    },
    // Chinese, in short and in full characters
    Language {
        done: &["已完成", "完成"],
        active: &["进行中"],
        open: &["未开始", "未完成", "待办", "待开始"],
        dropped: &["推迟", "延期", "延后"],
    },
    Language {
        done: &["已完成", "完成"],
        active: &["進行中"],
        open: &["未開始", "待辦"],
        dropped: &["推遲", "延後"],
    },
    // Japanese
    Language {
        done: &["完了"], active: &["進行中"], open: &["未着手"], dropped: &["延期"]
    },
    // Korean
    Language {
        done: &["완료"],
        active: &["진행 중", "진행중", "작업 중"],
        open: &["대기"],
        dropped: &["보류"],
    },
    // Turkish
    Language {
        // The small letters of capitals, too, where nobody knows which language they are of.
        done: &["tamamlandı", "tamamlandi", "bitti"],
        active: &["devam ediyor", "yapılıyor", "yapiliyor"],
        open: &["bekliyor", "yapılacak", "yapilacak"],
        dropped: &["ertelendi"],
    },
    // Polish
    Language {
        done: &["zrobione", "zakończone", "ukończone", "wykonane", "wykonany", "gotowe", "gotowy"],
        active: &["w toku", "w trakcie"],
        open: &["do zrobienia", "nowe", "nowy"],
        dropped: &["odłożone"],
    },
    // Vietnamese
    Language {
        done: &["hoàn thành", "đã hoàn thành"],
        active: &["đang thực hiện", "đang làm"],
        open: &["chưa bắt đầu"],
        dropped: &["hoãn"],
    },
    // Indonesian
    Language {
        done: &["selesai"],
        active: &["sedang dikerjakan"],
        open: &["belum dimulai", "belum"],
        dropped: &["ditunda"],
    },
    // Ukrainian
    Language {
        done: &["виконано", "зроблено", "готово", "завершено"],
        active: &["в роботі"],
        open: &["не розпочато", "заплановано"],
        dropped: &["відкладено"],
    },
    // Czech
    Language {
        done: &["hotovo", "dokončeno"],
        active: &["probíhá"],
        open: &["nezahájeno"],
        dropped: &["odloženo"],
    },
    // Dutch
    Language {
        done: &["voltooid", "gereed"],
        active: &["in uitvoering", "bezig"],
        open: &["openstaand", "te doen"],
        dropped: &["uitgesteld"],
    },
];

/// By which words the status is known for which languages have words.
const KNOWN_BY: [(Category, &[&str]); 4] = [
    (Category::Done, &["completed", "done"]),
    (Category::Active, &["in progress"]),
    (Category::Open, &["pending", "todo", "not started"]),
    (Category::Dropped, &["deferred", "postponed"]),
];

/// A vocabulary with the words of other languages for what it has.
pub(super) fn translated(vocabulary: Vocabulary) -> Vocabulary {
    let statuses = KNOWN_BY.iter().filter_map(|(category, names)| {
        let mut known = names.iter().filter_map(|name| vocabulary.lookup(name));
        Some((*category, known.find(|it| vocabulary.get(*it).category == *category)?))
    });
    let statuses: Vec<_> = statuses.collect();
    let of = |(category, status)| {
        let own = words().filter(move |(said, _)| *said == category);
        own.map(move |(_, word)| (status, word))
    };
    vocabulary.with_words(statuses.into_iter().flat_map(of))
}

/// Characters of Chinese that only its short writing has, and only its full one.
const SHORT: &str = "务进开发说这个们时为过还没对应该设计专项实现测试状态标题类优";
const FULL: &str = "務進開發說這個們時為過還沒對應該設計專項實現測試狀態標題類優";

/// Letters that only Russian of the two has, and only Ukrainian.
const RUSSIAN: &str = "ыэъё";
const UKRAINIAN: &str = "іїєґ";

/// Whether a text holds characters that the language of these words alone has, and none of its neighbour.
fn is_written(language: &Language, text: &str) -> bool {
    let is_full = language.active.contains(&"進行中") && language.done.contains(&"已完成");
    let speaks = |word: &str| language.active.contains(&word);
    let (own, other) = match () {
        () if speaks("进行中") => (SHORT, FULL),
        () if is_full => (FULL, SHORT),
        () if speaks("в работе") => (RUSSIAN, UKRAINIAN),
        () if speaks("в роботі") => (UKRAINIAN, RUSSIAN),
        () => return false,
    };
    let is_mixed = own == RUSSIAN || own == UKRAINIAN;
    text.chars().any(|c| own.contains(c) && !other.contains(c))
        && !(is_mixed && text.chars().any(|c| other.contains(c)))
}

/// A word in small letters. The dot above that the small letter of `İ` has besides its own is no letter.
fn small(word: &str) -> String {
    word.to_lowercase().replace('\u{307}', "")
}

/// All words, each with what it says.
pub(crate) fn words() -> impl Iterator<Item = (Category, &'static str)> {
    LANGUAGES.iter().flat_map(|language| {
        SAID.into_iter()
            .flat_map(|category| language.of(category).iter().map(move |it| (category, *it)))
    })
}

/// Whether two words may be of one language; those that are of none here are.
pub(crate) fn are_of_one(one: &str, other: &str) -> bool {
    let (one, other) = (small(one), small(other));
    let knows = |language: &&Language, word: &str| {
        SAID.into_iter().any(|category| language.of(category).contains(&word))
    };
    let speaks = |word: &str| LANGUAGES.iter().any(|language| knows(&language, word));
    let both = |language: &Language| knows(&language, &one) && knows(&language, &other);
    LANGUAGES.iter().any(both) || !speaks(&one) && !speaks(&other)
}

/// Words that have capital letters of their own.
const CAPITALS: &[(&str, &str)] =
    &[("in arbeit", "in Arbeit"), ("in bearbeitung", "in Bearbeitung")];

/// The word for a category in the language of `word`, in its letters, and with the end of its gender.
/// Of a word that several languages have, the other words of `text` tell which is meant; `None` where
/// that is not certain.
pub(crate) fn in_language_of(word: &str, category: Category, text: &str) -> Option<String> {
    let small = small(word);
    let knows = |language: &&Language| {
        SAID.into_iter().any(|category| language.of(category).contains(&small.as_str()))
    };
    let candidates: Vec<&Language> = LANGUAGES.iter().filter(knows).collect();
    let of = |language: &Language| own_word(language, &small, category);
    let language = match candidates[..] {
        [one] => one,
        _ => {
            let text = text.to_lowercase();
            let is_spoken = |language: &&&Language| {
                let all = SAID.into_iter().flat_map(|category| language.of(category));
                let shared = |word: &str| {
                    let n = candidates.iter().filter(|other| {
                        SAID.into_iter().any(|category| other.of(category).contains(&word))
                    });
                    n.count() > 1
                };
                is_written(language, &text)
                    || all.into_iter().any(|word| !shared(word) && text.contains(word))
            };
            let mut spoken = candidates.iter().filter(is_spoken);
            let first = spoken.next().filter(|_| spoken.next().is_none());
            let same = || {
                let mut words = candidates.iter().map(|language| of(language));
                let one = words.next()?;
                words.all(|other| other == one).then(|| candidates.first())?
            };
            first.or_else(same)?
        }
    };
    // Turkish has two letters of which the small ones are alike elsewhere.
    let is_dotted = language.done.contains(&"tamamlandı");
    let found = in_letters(of(language)?, word);
    let is_upper = is_dotted && !found.chars().any(char::is_lowercase);
    Some(if is_upper { of(language)?.replace('i', "İ").to_uppercase() } else { found })
}

fn own_word(language: &Language, old: &str, category: Category) -> Option<&'static str> {
    let said = language.of(category);
    let is_alike =
        |other: &&&str| ['a', 'o'].iter().any(|end| old.ends_with(*end) && other.ends_with(*end));
    said.iter().find(is_alike).or(said.first()).copied()
}

/// A word in the letters of another: in capitals, or with one first, or small.
fn in_letters(word: &str, model: &str) -> String {
    let own = CAPITALS.iter().find(|(small, _)| *small == word).map_or(word, |(_, own)| own);
    let mut letters = model.chars().filter(|c| c.is_alphabetic());
    let is_upper = letters.next().is_some_and(char::is_uppercase);
    if is_upper && !letters.any(char::is_lowercase) {
        return own.to_uppercase();
    }
    let mut rest = own.chars();
    match rest.next().filter(|_| is_upper) {
        Some(first) => first.to_uppercase().chain(rest).collect(),
        None => own.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_for_another_status_is_of_the_same_language_and_gender() {
        for (word, category, text, expected) in [
            ("Concluída", Category::Dropped, "", Some("Adiada")),
            ("concluído", Category::Active, "", Some("em andamento")),
            ("ADIADA", Category::Done, "", Some("CONCLUÍDA")),
            ("Offen", Category::Active, "", Some("In Arbeit")),
            ("offen", Category::Active, "", Some("in Arbeit")),
            ("进行中", Category::Done, "", Some("已完成")),
            ("進行中", Category::Done, "", None),
            ("進行中", Category::Done, "完了", Some("完了")),
            ("已完成", Category::Active, "未开始", Some("进行中")),
            ("已完成", Category::Active, "状态", Some("进行中")),
            ("已完成", Category::Active, "狀態", Some("進行中")),
            ("完了", Category::Open, "", Some("未着手")),
            ("Готово", Category::Open, "", None),
            ("Готово", Category::Open, "это мы", Some("Не начато")),
            ("Готово", Category::Open, "в роботі", Some("Не розпочато")),
            ("ЗАВЕРШЕНО", Category::Active, "її", Some("В РОБОТІ")),
            ("Выполнено", Category::Active, "", Some("В работе")),
            ("TAMAMLANDI", Category::Open, "", Some("BEKLİYOR")),
            ("DEVAM EDİYOR", Category::Done, "", Some("TAMAMLANDI")),
            ("Bitti", Category::Active, "", Some("Devam ediyor")),
            ("WYKONANE", Category::Active, "", Some("W TOKU")),
            ("Selesai", Category::Open, "", Some("Belum dimulai")),
            ("Виконано", Category::Active, "", Some("В роботі")),
            ("completa", Category::Open, "", None),
            ("completa", Category::Open, "pendente", Some("pendente")),
            ("done", Category::Open, "", None),
        ] {
            let found = in_language_of(word, category, text);
            assert_eq!(found.as_deref(), expected, "{word}");
        }
    }

    #[test]
    fn every_word_is_read_in_its_capitals_too() {
        let tickets = crate::profile::builtin::profile("tickets").expect("it is built in");
        let vocabulary = tickets.vocabulary(crate::profile::EntityKind::Task);
        for (category, word) in words() {
            let turkish = word.replace('i', "İ").replace('ı', "I").to_uppercase();
            for spelled in [word.to_owned(), word.to_uppercase(), turkish] {
                let said = vocabulary.lookup(&spelled).map(|it| vocabulary.get(it).category);
                assert_eq!(said, Some(category), "{spelled}");
            }
        }
    }
}
