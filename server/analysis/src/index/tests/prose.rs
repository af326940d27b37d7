//! Lists in which a sign stands beside words that name no work.

use super::check_tasks;

#[test]
fn counts_states_and_answers_are_no_tasks() {
    for line in [
        "- 进行中: 1个 ⏳",
        "- 已完成：3个 ✅",
        "- Done: 3 ✅",
        "- Total: 12 ✅",
        "- Blocked: none 🚫",
        "- ✅ Tests passing: 134/134",
        "- ✅ **Coverage**: 92%",
        "- **Progress**: ✅ 3 of 4",
        "- 🔄 3 tasks in progress",
        "- Terminé : 5 tâches ✅",
        "- ✅ Done",
        "- 🔄 In Progress (2)",
        "- ✅ 已完成 (5)",
        "- Statut : en cours 🔄",
        "- **État** : ✅",
        "- ✅ Yes, go ahead",
        "- ✅ Agreed",
        "- @bob: ✅",
        "- @alice ✅",
        "## 1. Done (3) ✅",
        "## 2. État d'avancement [DONE]",
        "## 3. 已建成(DONE)",
        "## 4. In progress 🔄",
    ] {
        check_tasks(&format!("//- /TODO.md\n  - [ ] Draw\n\n  {line}\n"), &["draw todo"]);
    }
}

#[test]
fn what_names_work_is_a_task_whatever_it_begins_with() {
    for (line, task) in [
        ("- ✅ Review", "review done"),
        ("- ✅ No warnings are left", "no-warnings-are-left done"),
        ("- ✅ Release: 3 forms for people", "release-3-forms-for-people done"),
        ("- ✅ Yes-or-no questions", "yes-or-no-questions done"),
        ("- ✅ 3 forms", "3-forms done"),
        ("- ✅ Progress bar", "progress-bar done"),
        ("## 5. Review [DONE]", "5 done"),
        ("## 6. 登录(DONE)", "6 done"),
    ] {
        check_tasks(&format!("//- /TODO.md\n  # All\n\n  {line}\n"), &[task]);
    }
}

#[test]
fn signs_that_are_explained_or_tell_a_level_are_no_status() {
    for lines in [
        "- ✅ = done (even if by hand)\n  - Draw the rest",
        "- `🔄` = in progress",
        "- 🟠 **High** (many want it)\n  - 🟡 **Medium** (nice to have)\n  - 🟢 **Low**",
        "- Draw 🔴 **first and to the end** before you begin 🟡",
        "- Forms: lines ✓, colours ✓",
        "- 🟡 Medium",
        "- 🔴 **Alta**: não pode faltar\n  - 🟡 **Média**: pode vir depois\n  - 🟢 **Baixa**: seria bom",
        "1. 🟡 **MÉDIA PRIORIDADE** - Pode vir depois\n  2. 🟢 **BAIXA PRIORIDADE** - Seria bom",
        "- 🔴 Critical: today\n  - 🟡 Medium priority – this week\n  - 🟢 Priority low: some day",
        "- 🔴 高优先级：今天\n  - 🟡 中优先级：本周\n  - 🟢 低优先级：以后",
        "## Part status levels\n  - 🟡 **Partly ready**: some is left\n  - 🟢 **Ready**: nothing is left",
        "## What not to do\n  - ❌ **Large forms** — nobody reads them",
        "## Rules\n  - ❌ **Never** draw by hand\n  - ❌ Don't print twice",
        "## 规则\n  - ❌ **不要** 画图",
    ] {
        check_tasks(&format!("//- /TODO.md\n  - [ ] Draw\n\n  {lines}\n"), &["draw todo"]);
    }
    for (line, tasks) in [
        ("- 🟡 Medium forms", &["medium-forms in_progress"][..]),
        ("- 🟡 **Medium**: Log in", &["medium-log-in in_progress"][..]),
        ("- Draw → hang ✅", &["draw-hang done"]),
        ("- Draw the 🔴 form ✅", &["draw-the-form done"]),
        ("- Hang 🟢 when dry ✅", &["hang-when-dry done"]),
        ("- 🟡 Medium forms\n  - 🟢 Low forms", &["low-forms done", "medium-forms in_progress"]),
        ("- ❌ Never-ending forms\n  - ❌ Print", &["never-ending-forms failed", "print failed"]),
        ("- ✅ **High** places", &["high-places done"]),
        ("## Mend part status labels\n  - ✅ Draw\n  - ✅ Print", &["draw done", "print done"]),
    ] {
        check_tasks(&format!("//- /TODO.md\n  # All\n\n  {line}\n"), tasks);
    }
}
