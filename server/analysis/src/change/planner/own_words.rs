//! Words that are no status, where anybody's words may stand: `**Status**: Approved`. They are known to
//! their author, and nothing is found of them, so that nobody is asked before they are lost.

use crate::change::{Refusal, RefusalKind, refuse, validate};
use crate::index::Spot;
use crate::model::carriers;

/// Refuses to write the status `id` over such a word.
pub(super) fn kept(spot: &Spot<'_>, word: &str, id: &str) -> Result<(), Refusal> {
    let is_free = spot.document.profile.free_words && !spot.occurrence.carrier.is_coarse();
    let is_word = word.chars().filter(|c| c.is_alphabetic()).nth(1).is_some();
    // One word for the key of a status is meant as one.
    let is_value = spot.occurrence.carrier.is_in_header && !word.contains(char::is_whitespace);
    let is_known = spot.status().is_some()
        || is_value
        || spot.vocabulary().nearest(word).is_some()
        || carriers::is_foreign(word);
    if !is_free || !is_word || is_known {
        return Ok(());
    }
    let at = validate::location(spot.document, spot.occurrence.reading.range);
    let message =
        format!("`{}` at {at} is no status that is known, and {id} would replace it", spot.raw());
    let remedy = "change that place by hand, or write over it with `--force --reason \"why\"`";
    Err(refuse(RefusalKind::NoSpelling, message, remedy))
}

#[cfg(test)]
mod tests {
    use crate::change::{Intent, Mode, Subject};
    use crate::profile::EntityKind;
    use crate::profile::id::TaskId;
    use crate::testing::{AT, set, set_with};

    fn plan(status: &str) -> String {
        format!("//- /PLAN.md\n  # Plan\n  - **Status**: {status}\n")
    }

    #[test]
    fn a_word_that_nobody_knows_is_not_replaced_unless_that_is_forced() {
        for word in ["Approved", "~~Finalized~~ **DEPRECATED**", "Entregado"] {
            let refused = set(&plan(word), "plan", "done").expect_err("it would be lost");
            assert!(refused.message.contains("is no status that is known"), "{refused}");
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
        ticket("review-passed").expect("it is a status of theirs");
        ticket("waits for the board").expect_err("it may be more than that");
        // What is not written over by force is not said to be.
        let refused = set(&plan("Phases 0 to 2"), "plan", "done").expect_err("it is no status");
        assert!(!refused.remedy.contains("--force"), "{refused}");
        for word in ["Drfat", "—", "In Progress", "Entregue"] {
            set(&plan(word), "plan", "done").expect(word);
        }
    }
}
