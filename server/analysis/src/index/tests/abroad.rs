//! Plans and lists in other languages.

use super::check_tasks;
use crate::testing::analysis;

#[test]
fn the_field_of_a_status_has_a_name_in_each_language() {
    for line in [
        "**Статус:** ✅ ЗАКРЫТ (2026-01-02)",
        "> **Статус**: ✅ Готово",
        "**状态:** ✅ 已完成",
        "- **状态**：✅",
        "狀態：✅ 完成",
        "**ステータス:** ✅",
        "**상태:** ✅ 완료",
        "**Estado:** ✅ Completado",
        "**Statut :** ✅ Terminé",
        "**Durum:** ✅ Tamamlandı",
        "**Trạng thái:** ✅ Hoàn thành",
        "**Stato:** ✅",
        "**Situação:** ✅ Concluído",
        "**Stan:** ✅ zrobione",
    ] {
        let plan = format!("//- /docs/plans/ink.md\n  # Ink\n\n  {line}\n");
        check_tasks(&plan, &["ink done"]);
    }
    for name in ["Durum", "Trạng thái", "Situação", "Stan"] {
        let rows = format!("  | ID | Task | {name} |\n  |---|---|---|\n  | A-1 | Draw | ✅ |\n");
        check_tasks(&format!("//- /TODO.md\n{rows}"), &["A-1 done"]);
    }
}

#[test]
fn a_word_of_another_language_is_a_status_that_nobody_has_to_write_otherwise() {
    for (line, told) in [
        ("**Estado**: Completado", 0),
        ("**Estado**: Completo", 0),
        ("**Stato**: Completato", 0),
        ("**Статус**: Готово", 0),
    ] {
        let (plan, _) = analysis(&format!("//- /docs/plans/ink.md\n  # Ink\n\n  {line}\n"));
        assert_eq!(plan.diagnostics().len(), told, "{line}: {:?}", plan.diagnostics());
    }
}
