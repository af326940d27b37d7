//! Words that are no status, where anybody's words may stand: `**Status**: Approved`. They are known to
//! their author, and nothing is found of them, so that nobody is asked before they are lost.

use crate::change::planner::PlanDraft;
use crate::change::{Mode, Refusal, RefusalKind, refuse, validate};
use crate::index::Spot;
use crate::profile::vocabulary::StatusDef;

/// What the key of a status says where nobody has given it one.
const NOTHING: &[&str] = &["n/a", "none", "tba", "tbd", "undefined", "unknown", "unset"];

/// Refuses to write a status over such a word.
pub(super) fn kept(spot: &Spot<'_>, word: &str, def: &StatusDef) -> Result<(), Refusal> {
    let id = &def.id;
    let is_free = spot.document.profile.free_words && !spot.occurrence.carrier.is_coarse();
    let is_word = word.chars().filter(|c| c.is_alphabetic()).nth(1).is_some();
    let is_nothing = NOTHING.iter().any(|it| it.eq_ignore_ascii_case(word));
    let is_known = spot.status().is_some()
        || (is_nothing && spot.occurrence.carrier.is_in_header)
        || spot.vocabulary().slip(word).is_some();
    if !is_free || !is_word || is_known {
        return Ok(());
    }
    let at = validate::location(spot.document, spot.occurrence.reading.range);
    let message =
        format!("`{}` at {at} is no status that is known, and {id} would replace it", spot.raw());
    let remedy = "change that place by hand, or write over it with `--force --reason \"why\"`";
    Err(refuse(RefusalKind::NoSpelling, message, remedy))
}

impl PlanDraft<'_> {
    /// Refuses where a row about a task that gets another status says something that is not read as one:
    /// it would go on to say it. Whoever forces the change is told.
    pub(super) fn unread_rows(&mut self) -> Result<(), Refusal> {
        let index = &self.analysis.index;
        let mut notes = Vec::new();
        for (doc, document) in index.counting() {
            for row in &document.facts.unread {
                let id = index.id_in(doc, &row.id);
                let Some((task, to)) = index.tasks.get(&id).zip(self.tasks.get(&id)) else {
                    continue;
                };
                let stays_true = row.status == Some(*to) || index.status(task) == Some(*to);
                if stays_true || task.places.is_empty() {
                    continue;
                }
                let at = validate::location(document, row.range);
                let said = row.range.of(&document.text);
                if self.intent.mode == Mode::Force {
                    notes.push(format!("`{said}` at {at} is not read as a status, and stays"));
                    continue;
                }
                let (name, word) = (self.analysis.name_of(&id), index.written(task, *to));
                let message = format!(
                    "`{said}` at {at} is in the place of the status of {name}, and is not read as one"
                );
                let remedy = format!(
                    "write `{word}` there, make it a status in lockstep.toml, or leave it with `--force --reason \"why\"`"
                );
                return Err(refuse(RefusalKind::NoSpelling, message, &remedy));
            }
        }
        self.notes.extend(notes);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::change::{Intent, Mode, Subject, plan as planned_of};
    use crate::profile::EntityKind;
    use crate::profile::id::TaskId;
    use crate::testing::{AT, analysis, set, set_with};

    fn plan(status: &str) -> String {
        format!("//- /PLAN.md\n  # Plan\n  - **Status**: {status}\n")
    }

    #[test]
    fn a_word_that_nobody_knows_is_not_replaced_unless_that_is_forced() {
        for word in ["Approved", "~~Finalized~~ **DEPRECATED**", "Entregado", "Frozen"] {
            let refused = set(&plan(word), "plan", "done").expect_err("it would be lost");
            assert!(refused.message.contains("that is known"), "{refused}");
            assert!(refused.remedy.contains("--force --reason"), "{refused}");
        }
        let forced = set_with(&plan("Approved"), |analysis| {
            let to = analysis.profile.vocabulary(EntityKind::Task).by_id("done").expect("it");
            let (subject, at) = (Subject::Task(TaskId::new("plan")), AT.to_owned());
            Intent { subject, to, reason: Some("why".to_owned()), at, mode: Mode::Force }
        });
        assert!(forced.expect("it is written").contains("**Status**: Completed"));
        let ticket = |status: &str| {
            let text = format!(
                "//- /tickets/T-001.md\n  ---\n  id: T-001\n  status: {status}\n  ---\n  # T-001: Tea\n"
            );
            set(&text, "T-001", "done")
        };
        ticket("research").expect_err("it is a status of theirs");
        ticket("tbd").expect("it is none");
        ticket("waits for the board").expect_err("it may be more than that");
        // What is not written over by force is not said to be.
        let refused = set(&plan("Phases 0 to 2"), "plan", "done").expect_err("it is no status");
        assert!(!refused.remedy.contains("--force"), "{refused}");
        for word in ["Drfat", "—", "In Progress", "进行中"] {
            set(&plan(word), "plan", "done").expect(word);
        }
    }

    /// A ticket, an index with this row, and a row in another ticket.
    fn ticket(row: &str) -> String {
        format!(
            "//- /tickets/INDEX.md
  | Ticket | Title | Status |
  |--------|-------|--------|
  | {row} |
  | T-002 | Log out | Open |
//- /tickets/T-001-log-in.md
  # T-001: Log in

  **Status:** Open
//- /tickets/T-002-log-out.md
  # T-002: Log out

  **Status:** Open
"
        )
    }

    #[test]
    fn a_row_that_is_not_read_is_never_left_behind_another_status_unasked() {
        for said in ["Approved", "reviewed-twice", "❌", "Done - but not tested", "**Shaping**"] {
            let fixture = ticket(&format!("T-001 | Log in | {said}"));
            let refused = set(&fixture, "T-001", "in_progress").expect_err(said);
            let bare = said.trim_matches('*');
            let message = format!(
                "`{bare}` at tickets/INDEX.md:3:{} is in the place of the status of T-001, and is not read as one",
                if bare == said { 20 } else { 22 }
            );
            assert_eq!(refused.message, message);
            let remedy = "write `In Progress` there, make it a status in lockstep.toml, or leave it with `--force --reason \"why\"`";
            assert_eq!(refused.remedy, remedy);
            set(&fixture, "T-002", "in_progress").expect("the row is of another");
            let (analysis, _) = analysis(&fixture);
            let to =
                analysis.profile.vocabulary(EntityKind::Task).by_id("in_progress").expect("it");
            let subject = Subject::Task(TaskId::new("T-001"));
            let (reason, at) = (Some("why".to_owned()), AT.to_owned());
            let planned =
                planned_of(&analysis, &Intent { subject, to, reason, at, mode: Mode::Force });
            let notes = planned.expect("it is forced").notes;
            let note = format!("`{bare}` at tickets/INDEX.md:3:");
            assert!(
                notes.iter().any(|it| it.starts_with(&note) && it.ends_with("stays")),
                "{notes:?}"
            );
        }
    }

    #[test]
    fn a_row_that_says_no_status_or_the_new_one_is_in_nobodys_way() {
        for row in [
            "T-001 | Log in | -",
            "T-001 | Log in | ",
            "T-001 | Log in | 2026-01-02",
            "T-001 | Log in | Done, and tried out",
            "T-009 | Something else | Approved",
        ] {
            set(&ticket(row), "T-001", "done").expect(row);
        }
        let checks = "
  | # | Name | Status |
  |---|------|--------|
  | 7 | All links lead somewhere | passes |
";
        let other = "//- /tickets/README.md".to_owned()
            + checks
            + "//- /tickets/007-tea.md
  # 007: Tea

  **Status:** Open
";
        set(&other, "7", "done").expect("it is a table of checks");
    }

    #[test]
    fn a_row_in_which_a_word_is_typed_is_known_from_then_on() {
        let (before, _) = analysis(&ticket("T-001 | Log in | "));
        let path = crate::model::FilePath::new("tickets/INDEX.md");
        let text = before.index.document(path.as_str()).expect("a file").1.text.to_string();
        let text = text.replacen("| Log in |  |", "| Log in | Approved |", 1);
        let after = before.with_texts(&[(path, Some(text.into()))].into_iter().collect());
        let wish = |analysis| crate::testing::intent(analysis, "T-001", None, "done");
        planned_of(&before, &wish(&before)).expect("the row says nothing");
        planned_of(&after, &wish(&after)).expect_err("the row says something else");
    }
}
