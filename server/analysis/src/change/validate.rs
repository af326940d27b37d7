//! What must hold before anything is planned: times in order, artifacts in their places, files that
//! can be read. Each refusal names the place and says what to do.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::change::refuse;
use crate::change::{Refusal, RefusalKind};
use crate::index::{DocIdx, Task};
use crate::model::time::TimeStamp;
use crate::model::{Document, FieldRole};
use crate::profile::Format;
use crate::profile::vocabulary::StatusIdx;
use crate::snapshot::{Resolved, Snapshot};
use crate::text::TextRange;

/// Refuses a time before one that the task is stamped with already.
pub(super) fn times(
    analysis: &Snapshot,
    task: &Task,
    to: StatusIdx,
    at: &str,
) -> Result<(), Refusal> {
    let Some(now) = TimeStamp::parse(at) else { return Ok(()) };
    let own = analysis.index.vocabulary_of(task).get(to).stamp.as_deref();
    let Some(own) = own else { return Ok(()) };
    for place in &task.places {
        let document = &*analysis.index.docs[place.doc];
        for field in document.facts.fields_of(place.entity) {
            let FieldRole::Stamp(name) = &field.role else { continue };
            let value = field.value.of(&document.text);
            let later =
                **name != *own && TimeStamp::parse(value).is_some_and(|other| now.is_before(other));
            if later {
                let message = format!(
                    "`{own}` of task {} would be {at}, before its `{name}` ({}) at {}",
                    analysis.name_of(&task.id),
                    value.trim_matches('"'),
                    location(document, field.value),
                );
                let remedy = "correct that time, or give a later one with `--at`";
                return Err(refuse(RefusalKind::TimeOrder, message, remedy));
            }
        }
    }
    Ok(())
}

/// Refuses where the task itself links to a file that the status needs, and the file is not there
/// or is empty.
pub(super) fn artifacts(analysis: &Snapshot, task: &Task, to: StatusIdx) -> Result<(), Refusal> {
    let def = analysis.index.vocabulary_of(task).get(to);
    for place in &task.places {
        let document = &*analysis.index.docs[place.doc];
        let links = document.facts.links_of(place.entity);
        for link in links.filter(|link| def.artifacts.is_match(&*link.target)) {
            let (what, remedy) = match analysis.resolve(document, &link.target) {
                Resolved::Absent => ("does not exist", "write the file, or correct the link"),
                Resolved::Empty(_) => ("is empty", "write the file first"),
                Resolved::Present(_) | Resolved::Unknown => continue,
            };
            let message = format!(
                "`{}`, which task {} names at {}, {what}, and {} requires it",
                link.target,
                analysis.name_of(&task.id),
                location(document, link.range),
                def.id,
            );
            return Err(refuse(RefusalKind::ArtifactMissing, message, remedy));
        }
    }
    Ok(())
}

/// Refuses where one of these documents can be read in part only.
pub(super) fn readable(analysis: &Snapshot, docs: BTreeSet<DocIdx>) -> Result<(), Refusal> {
    for doc in docs {
        let document = &*analysis.index.docs[doc];
        if let Some(problem) = document.facts.broken.clone().or_else(|| analysis.emptied(doc)) {
            let message = format!("{}: {}", location(document, problem.range), problem.message);
            let remedy = "correct the file first; a status is changed in all files or in none";
            return Err(refuse(RefusalKind::Malformed, message, remedy));
        }
    }
    Ok(())
}

/// Documents in which the task may stand, were they readable: those of its folder, partners of those
/// where it stands that hold its number or are cut, and whatever cannot be read at all and is not of another task.
pub(super) fn unread(analysis: &Snapshot, task: &Task) -> Vec<DocIdx> {
    let index = &analysis.index;
    let own = |doc: DocIdx| task.places.iter().chain(&task.plans).any(|place| place.doc == doc);
    let beside = |document: &Document| {
        let folder = &document.facts.captures.folder;
        task.places.iter().chain(&task.plans).map(|place| &*index.docs[place.doc]).any(|known| {
            let pair = (known.facts.role, document.facts.role);
            let paired =
                known.profile.pairs.iter().any(|(a, b)| pair == (*a, *b) || pair == (*b, *a));
            let is_of_one = Arc::ptr_eq(&known.profile, &document.profile);
            let partner = is_of_one && paired && known.path.folder() == document.path.folder();
            let same_folder = folder.is_some() && *folder == known.facts.captures.folder;
            // A JSON file that is cut may have held it before, and so may one that is empty.
            let is_json = document.role().format == Format::Json;
            let held = is_json || document.text.is_blank();
            let holds = held || holds_number(&document.text, task.id.as_str());
            // A file that lists the statuses tells which words there are.
            let lists = is_of_one && document.profile.lists_statuses(document.path.as_str());
            // A file of data holds all tasks of its profile, but where it is of one.
            let is_data = document.role().format != Format::Markdown;
            let is_live = document.facts.captures.id.is_none() && !document.facts.history;
            let is_of_all = is_data && is_of_one && is_live;
            same_folder || lists || is_of_all || (partner && holds)
        })
    };
    let may_hold = |document: &Document| {
        let own =
            document.facts.captures.id.as_deref().and_then(|id| document.profile.ids.parse(id));
        let is_of_all = !document.profile.ids.local && own.is_none();
        document.is_unreadable() && (is_of_all || own.is_some_and(|id| id == task.id))
    };
    let docs = analysis.incomplete().iter().copied().filter(|doc| !own(*doc));
    let near = |document: &Document| may_hold(document) || beside(document);
    docs.filter(|doc| near(&index.docs[*doc])).collect()
}

/// Whether the number at the end of `id` stands in `text` as a word of its own.
pub(crate) fn holds_number(text: &str, id: &str) -> bool {
    let number = id.rsplit([':', '/']).next().unwrap_or(id);
    let is_word = |c: char| c.is_alphanumeric();
    text.match_indices(number).any(|(at, _)| {
        let before = text[..at].trim_end_matches('0').chars().next_back();
        let after = text[at + number.len()..].chars().next();
        !before.is_some_and(is_word) && !after.is_some_and(is_word)
    })
}

/// A place as `path:line:column`.
pub(super) fn location(document: &Document, range: TextRange) -> String {
    let at = document.lines.line_col(range.start as usize);
    format!("{}:{}:{}", document.path, at.line + 1, at.col + 1)
}

#[cfg(test)]
mod tests {
    use crate::change::{Intent, Mode, RefusalKind, Subject};
    use crate::profile::EntityKind;
    use crate::profile::id::TaskId;
    use crate::testing::{set, set_with};

    const TASK: &str = r#"
//- /specs/TODO.md
  ### 7. Add login
  - **Status**: [RESEARCHING]
  - **Started**: 2025-12-30
//- /specs/state.json
  {
    "active_projects": [
      { "project_number": 7, "project_name": "add_login", "status": "researching", "artifacts": [
        "specs/007_add_login/reports/research-001.md"
      ] }
    ]
  }
"#;
    const REPORT: &str = "//- /specs/007_add_login/reports/research-001.md\n";

    const PLAN: &str = "//- /specs/007_add_login/plans/a.md\n  # Plan\n";

    #[track_caller]
    fn refused(fixture: &str, status: &str, kind: RefusalKind, message: &str) {
        match set(fixture, "7", status) {
            Ok(after) => panic!("not refused:\n{after}"),
            Err(refusal) => {
                assert_eq!(refusal.kind, kind, "{refusal}");
                assert_eq!(refusal.to_string(), message);
            }
        }
    }

    fn at(fixture: &str, time: &str, mode: Mode) -> Result<String, String> {
        let intent = |analysis: &crate::analysis::Analysis| Intent {
            subject: Subject::Task(TaskId::new("7")),
            to: analysis.profile.vocabulary(EntityKind::Task).lookup("blocked").expect("known"),
            reason: Some("no network".to_owned()),
            at: time.to_owned(),
            mode,
        };
        set_with(fixture, intent).map_err(|refusal| refusal.to_string())
    }

    #[test]
    fn a_status_needs_the_artifacts_that_the_task_links_to() {
        refused(
            TASK,
            "researched",
            RefusalKind::ArtifactMissing,
            "`specs/007_add_login/reports/research-001.md`, which task 7 names at \
             specs/state.json:4:8, does not exist, and researched requires it; write the file, or correct the link",
        );
        refused(
            &format!("{TASK}{REPORT}"),
            "researched",
            RefusalKind::ArtifactMissing,
            "`specs/007_add_login/reports/research-001.md`, which task 7 names at \
             specs/state.json:4:8, is empty, and researched requires it; write the file first",
        );
        let written = format!("{TASK}{REPORT}  # Findings\n");
        assert!(set(&written, "7", "researched").is_ok(), "with its report it is researched");
        let unlinked = TASK.replace("specs/007_add_login/reports/research-001.md", "src/login.rs");
        assert!(set(&unlinked, "7", "researched").is_ok(), "other links do not matter");
        assert!(at(TASK, crate::testing::AT, Mode::Transition).is_ok(), "blocked needs none");
    }

    #[test]
    fn a_time_is_not_before_what_came_first() {
        assert_eq!(
            at(TASK, "2025-12-29T23:00:00Z", Mode::Transition),
            Err("`Blocked` of task 7 would be 2025-12-29T23:00:00Z, before its `Started` \
                 (2025-12-30) at specs/TODO.md:3:16; correct that time, or give a later one with `--at`"
                .to_owned())
        );
        assert!(at(TASK, "2025-12-30T00:00:00Z", Mode::Transition).is_ok(), "the same day is fine");
        assert!(at(TASK, "2025-12-29T23:00:00Z", Mode::Force).is_ok(), "unless it is forced");
    }

    #[test]
    fn a_file_in_which_the_task_cannot_be_found_is_mended_first() {
        let cut = |at: &str| TASK.split_once(at).expect("it is there").0.to_owned() + "\n";
        refused(
            &cut("\"project_name\""),
            "researched",
            RefusalKind::Malformed,
            "specs/state.json:1:1: this `{` is never closed; correct the file first; a status is \
             changed in all files or in none",
        );
        refused(
            &TASK.replace("{ \"project_number\": 7,", "\"project_number\": 7,"),
            "researched",
            RefusalKind::Malformed,
            "specs/state.json:2:22: this `[` is never closed; correct the file first; a status is \
             changed in all files or in none",
        );
        refused(
            &format!("{TASK}{REPORT}  # Findings\n{PLAN}//- /specs/007_add_login/state.json\n"),
            "researched",
            RefusalKind::Malformed,
            "specs/007_add_login/state.json:1:1: expected a JSON value, the document is empty; correct \
             the file first; a status is changed in all files or in none",
        );
    }

    #[test]
    fn front_matter_that_is_no_yaml_is_mended_first_where_it_is_read() {
        let broken = |path: &str| {
            let fixture = format!("{TASK}{REPORT}  # Findings\n{PLAN}");
            fixture
                .replace(path, &format!("{path}\n  ---\n  next_project_number: \"8\n  a: b\n  ---"))
        };
        refused(
            &broken("/specs/TODO.md"),
            "researched",
            RefusalKind::Malformed,
            "specs/TODO.md:2:1: invalid indentation in quoted scalar; correct the file first; a status \
             is changed in all files or in none",
        );
        let plan = set(&broken("/specs/007_add_login/plans/a.md"), "7", "researched");
        assert!(plan.is_ok(), "a plan's front matter holds nothing: {plan:?}");
    }

    #[test]
    fn an_unfinished_merge_is_finished_first() {
        let merge =
            "  <<<<<<< HEAD\n  - a\n  =======\n  - b\n  >>>>>>> other\n//- /specs/state.json";
        let fixture = TASK.replace("//- /specs/state.json", merge);
        refused(
            &format!("{fixture}{REPORT}  # Findings\n"),
            "researched",
            RefusalKind::Malformed,
            "specs/TODO.md:4:1: an unfinished merge: both sides are read; correct the file \
             first; a status is changed in all files or in none",
        );
    }

    #[test]
    fn a_broken_file_that_need_not_change_is_in_nobodys_way() {
        let other = "//- /specs/008_add_logout/state.json\n  { \"project_number\": 8, \"status\n";
        let after = set(&format!("{TASK}{REPORT}  # Findings\n{other}"), "7", "researched");
        assert!(after.is_ok(), "{after:?}");
    }

    #[test]
    fn a_partner_that_is_cut_may_have_held_the_task() {
        let fixture = TASK
            .replace("\"project_number\": 7", "\"project_number\": 70")
            .replace("007_", "070_")
            .replace("\n  }\n", "\n");
        assert!(set(&fixture, "7", "researched").is_err());
    }

    #[test]
    fn a_partner_that_is_empty_may_have_held_the_task() {
        let (_, state) = TASK.split_once("//- /specs/state.json").expect("two files");
        refused(
            &format!("//- /specs/TODO.md\n//- /specs/state.json{state}{REPORT}  # Findings\n"),
            "researched",
            RefusalKind::Malformed,
            "specs/TODO.md:1:1: the file is empty, but tasks of specs/state.json must stand in it too; \
             restore it, or remove it; correct the file first; a status is changed in all files or in none",
        );
    }
}
