//! Statuses that a repository lists itself.

use super::{Code, Operation, Planner, Refused, Whose, Wish, plan_one};
use crate::analysis::{AnalysisHost, Change};
use crate::model::{Content, FilePath};
use crate::testing::{AT, analysis};

fn board(config: &str, status: &str) -> String {
    format!(
        "\
//- /backlog/config.yml
{config}
//- /backlog/tasks/task-1-log-in.md
  ---
  id: TASK-1
  status: {status}
  ---
  ## Acceptance Criteria
  - [ ] #1 It works
"
    )
}

/// The line of the task's status after it is set, or why not.
fn set(fixture: &str, status: &str) -> Result<String, Refused> {
    let (analysis, _) = analysis(fixture);
    let wish = Wish { status, ..Wish::default() };
    let operation = Operation::Set { whose: vec![Whose::Task("1")], wish, atomic: false };
    let (change, _) = plan_one(&analysis, &operation, AT, Planner::STILL)?;
    let text = crate::testing::result(&change);
    let line = text.lines().find(|line| line.contains("status: ")).unwrap_or_default();
    Ok(line.trim().to_owned())
}

const LIST: &str =
    "  statuses:\n    - \"✅ Ready\"\n    - In progress\n    - Review\n    - QA\n    - Closed";

#[test]
fn a_word_of_the_list_is_written_as_it_stands_there() {
    for (from, to, expected) in [
        ("Review", "qa", "status: QA"),
        ("Ready", "in_progress", "status: In progress"),
        ("Review", "in progress", "status: In progress"),
        ("Review", "ready", "status: ✅ Ready"),
        ("Whatever", "review", "status: Review"),
        ("Blocked", "review", "status: Review"),
    ] {
        assert_eq!(set(&board(LIST, from), to).as_deref(), Ok(expected), "{from} to {to}");
    }
}

#[test]
fn what_the_list_has_not_is_not_written() {
    for word in ["blocked", "done", "to_do"] {
        let refused = set(&board(LIST, "Review"), word).expect_err("refused");
        assert_eq!(refused.code, Code::NotAllowed, "{refused}");
        assert!(refused.remedy.contains("ready, in_progress, review, qa, closed"), "{refused}");
    }
}

#[test]
fn nothing_is_written_while_the_list_cannot_be_read() {
    let refused = set(&board("  statuses: [Todo, \"QA", "Todo"), "done").expect_err("refused");
    assert_eq!(refused.code, Code::Unreadable, "{refused}");
    assert!(refused.message.contains("backlog/config.yml:1:"), "{refused}");
}

#[test]
fn the_list_is_read_again_when_it_changes_and_kept_while_it_cannot_be() {
    let (analysis, _) = analysis(&board(LIST, "QA"));
    let mut host = AnalysisHost::new(analysis.instances.clone(), analysis.config.as_ref().clone());
    let files = analysis.index.docs.iter().map(|it| (it.path.clone(), Some(it.content())));
    host.apply_change(Change { files: files.collect(), ..Change::default() });
    let mut said = |content: Option<Content>| {
        let files = vec![(FilePath::new("backlog/config.yml"), content)];
        host.apply_change(Change { files, ..Change::default() });
        let analysis = host.analysis();
        let task = analysis.task("1").expect("the task");
        let status = analysis.index.status(task)?;
        Some(analysis.index.vocabulary_of(task).get(status).id.clone())
    };
    let list = |text: &str| Some(Content::from(text));
    assert_eq!(said(list("statuses: [Todo, QA]")).as_deref(), Some("qa"));
    assert_eq!(said(list("statuses: [Todo, \"QA")).as_deref(), Some("qa"), "half written");
    let unreadable = Content::unreadable("this is not UTF-8".to_owned());
    assert_eq!(said(Some(unreadable)).as_deref(), Some("qa"));
    assert_eq!(said(list("statuses: [To Do, Done]")), None);
    assert_eq!(said(list("statuses: [To Do, QA]")).as_deref(), Some("qa"));
    assert_eq!(said(None), None);
}

#[test]
fn any_profile_may_name_a_file_that_lists_statuses() {
    let own = "\
//- /lockstep.toml
  statuses_from = { role = \"board\", key = \"board.columns\" }
  markers = { bare = true }
  fields = { status = [\"Status\"] }

  [[vocabulary.task]]
  id = \"done\"
  category = \"done\"

  [[role]]
  id = \"board\"
  files = [\"board.json\"]
  format = \"json\"

  [[role]]
  id = \"tasks\"
  files = [\"TASKS.md\"]

  [[role.section]]
  kind = \"task\"
  heading = '^(?<id>[0-9]+)\\. (?<title>.+)$'
//- /board.json
  { \"board\": { \"columns\": [\"New\", \"Doing\", \"Over\"] } }
//- /TASKS.md
  # 1. Paint
  - **Status**: New
";
    let (analysis, _) = analysis(own);
    let vocabulary = analysis.index.vocabulary_of(analysis.task("1").expect("a task"));
    let statuses = vocabulary.iter().map(|(_, def)| (def.id.as_str(), def.category.name()));
    let expected = [("done", "done"), ("new", "open"), ("doing", "active"), ("over", "done")];
    assert_eq!(statuses.collect::<Vec<_>>(), expected);
}
