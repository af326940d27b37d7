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
        ("**Estado**: Completado (ayer)\n\n  - [ ] a", 1),
        ("**状态**：已完成\n\n  - [ ] a", 1),
        ("**Trạng thái:** Hoàn thành\n\n  ## Giai đoạn 1: A\n  - [ ] a", 1),
        ("**Статус**: Завершён частично\n\n  - [ ] a", 0),
        ("**Estado**: En curso\n\n  - [ ] a\n  - [x] b", 0),
    ] {
        let (plan, _) = analysis(&format!("//- /docs/plans/ink.md\n  # Ink\n\n  {line}\n"));
        assert_eq!(plan.diagnostics().len(), told, "{line}: {:?}", plan.diagnostics());
    }
}

#[test]
fn phases_are_called_and_counted_in_each_language() {
    for phase in [
        "Faz 1",
        "Aşama 1",
        "Schritt 1",
        "Passo 1",
        "Paso 1",
        "Krok 1",
        "Giai đoạn 1",
        "Шаг 1",
        "阶段 1",
        "阶段1",
        "第1阶段",
        "第一阶段",
        "フェーズ1",
        "1단계",
        "단계 1",
        "ステップ 1",
    ] {
        let plan =
            format!("//- /PLAN.md\n  # Plan\n\n  ## ✅ {phase}: Draw\n  - [ ] a\n  - [x] b\n");
        let (analysis, _) = analysis(&plan);
        let found: Vec<&str> = analysis.diagnostics().iter().map(|it| it.rule).collect();
        assert_eq!(found, ["unchecked-work"], "{phase}");
    }
    for heading in ["3 阶段划分", "第三章", "5단계별 방법", "Fazit 1", "Schritte 1", "第一"]
    {
        let plan = format!("//- /PLAN.md\n  # Plan\n\n  ## ✅ {heading}\n  - [ ] a\n  - [x] b\n");
        assert_eq!(analysis(&plan).0.diagnostics(), [], "{heading}");
    }
}

#[test]
fn lists_have_names_in_each_language() {
    for name in [
        "PENDIENTES",
        "YAPILACAKLAR",
        "任务清单",
        "待办事项",
        "할일",
        "タスク",
        "ЗАДАЧИ",
        "HOJA_DE_RUTA",
        "ACTION_ITEMS",
    ] {
        check_tasks(&format!("//- /docs/{name}.md\n  - [ ] Draw\n"), &["draw todo"]);
    }
    for name in ["ПЛАН", "开发计划", "PLANO", "KE_HOACH"] {
        let (analysis, _) =
            analysis(&format!("//- /{name}.md\n  # A\n  **Status**: Done\n\n  - [ ] a\n"));
        let found: Vec<&str> = analysis.diagnostics().iter().map(|it| it.rule).collect();
        assert_eq!(found, ["unchecked-work"], "{name}");
    }
    for name in ["ROADMAP-details", "TASKS_overview", "roadmap.old"] {
        check_tasks(&format!("//- /docs/{name}.md\n  - [ ] Draw\n"), &[]);
    }
}
