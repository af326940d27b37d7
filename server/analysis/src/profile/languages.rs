//! Words of other languages than English for a status, as people write them behind or below a task.

use crate::profile::vocabulary::Category;

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
        done: &["terminé", "terminée", "achevé", "achevée", "fait", "livré"],
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
        open: &["未开始", "未完成", "待办"],
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
        active: &["진행 중", "작업 중"],
        open: &["대기"],
        dropped: &["보류"],
    },
    // Turkish
    Language {
        done: &["tamamlandı"],
        active: &["devam ediyor"],
        open: &["bekliyor"],
        dropped: &["ertelendi"],
    },
    // Polish
    Language {
        done: &["zrobione", "zakończone", "ukończone"],
        active: &["w toku"],
        open: &["do zrobienia"],
        dropped: &["odłożone"],
    },
    // Vietnamese
    Language {
        done: &["hoàn thành", "đã hoàn thành"],
        active: &["đang thực hiện"],
        open: &["chưa bắt đầu"],
        dropped: &["hoãn"],
    },
    // Dutch
    Language {
        done: &["voltooid"],
        active: &["in uitvoering"],
        open: &["openstaand"],
        dropped: &["uitgesteld"],
    },
];

/// All words, each with what it says.
pub(crate) fn words() -> impl Iterator<Item = (Category, &'static str)> {
    LANGUAGES.iter().flat_map(|language| {
        SAID.into_iter()
            .flat_map(|category| language.of(category).iter().map(move |it| (category, *it)))
    })
}

/// The word for a category in the language of `word`, and in its gender; `None` where that is not
/// certain.
pub(crate) fn in_language_of(word: &str, category: Category) -> Option<&'static str> {
    let word = word.to_lowercase();
    let knows = |language: &&Language| {
        SAID.into_iter().any(|category| language.of(category).contains(&word.as_str()))
    };
    let mut own = LANGUAGES.iter().filter(knows);
    let said = own.next()?.of(category);
    // What two languages have in common is of neither.
    if own.next().is_some() {
        return None;
    }
    let is_alike =
        |other: &&&str| ['a', 'o'].iter().any(|end| word.ends_with(*end) && other.ends_with(*end));
    said.iter().find(is_alike).or(said.first()).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_for_another_status_is_of_the_same_language_and_gender() {
        for (word, category, expected) in [
            ("Concluída", Category::Dropped, Some("adiada")),
            ("concluído", Category::Active, Some("em andamento")),
            ("ADIADA", Category::Done, Some("concluída")),
            ("进行中", Category::Done, Some("已完成")),
            ("完成", Category::Open, None),
            ("進行中", Category::Done, None),
            ("完了", Category::Open, Some("未着手")),
            ("готово", Category::Open, Some("не начато")),
            ("completa", Category::Open, None),
            ("done", Category::Open, None),
        ] {
            assert_eq!(in_language_of(word, category), expected, "{word}");
        }
    }
}
