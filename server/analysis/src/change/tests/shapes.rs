//! Headings and what follows them in the shapes that Markdown allows. A change is read again before it
//! is offered, so that one that is not refused says what was asked for.

use crate::analysis::{Analysis, AnalysisHost, Change};
use crate::change::{Intent, Mode, Subject, plan};
use crate::model::FilePath;
use crate::profile::config::Config;
use crate::profile::id::TaskId;
use crate::profile::{EntityKind, builtin};

const PHASES: [&str; 26] = [
    "### Phase 1",
    "### Phase 1:",
    "### Phase 1: Store",
    "### Phase 1: Store ###",
    "### Phase 1: Store # more",
    "### Phase 1: Store  ",
    "   ### Phase 1: Store",
    "### Phase 1 - Store",
    "### Phase 1 — Store",
    "### Phase 1: Store -",
    "### Phase 1: Store:",
    "### Phase 1: Store \\",
    "### Phase 1: Store [docs](a.md)",
    "### Phase 1: Store [a]",
    "### Phase 1: Store (2 hours)",
    "### Phase 1: `Store`",
    "### Phase 1: Store `a`",
    "### Phase 1: **Store**",
    "### **Phase 1: Store**",
    "### ~~Phase 1: Store~~",
    "### Phase 1: Store <!-- x -->",
    "### Phase 1: Store {#a}",
    "### Phase 1: Store \u{1f510}",
    "Phase 1: Store\n---",
    "## Phase 1.2: Store",
    "### \u{1f510} Phase 1: Store",
];

const HEADINGS: [&str; 25] = [
    "### 7. Add login",
    "### 7. Add login ###",
    "### 7. Add login #",
    "###   7.  Add login  ",
    "###\t7. Add login",
    "   ### 7. Add login",
    "### #7: Add login",
    "### Task 7: Add login",
    "### 7) Add login",
    "### 7 - Add login",
    "### 7 — Add login",
    "### 7. Add *login*",
    "### 7. Add `login`",
    "### 7. Add [login](login.md)",
    "### 7. Add login {#login}",
    "### 7. Add login <!-- later -->",
    "### 7. Add login <a id=\"x\"></a>",
    "### 7. Add login \\",
    "### 7. Add login (see 8)",
    "### 7. Add login: the form",
    "### 7. Add login - part 2",
    "### 🔐 7. Add login",
    "### **7. Add login**",
    "### ~~7. Add login~~",
    "Task 7: Add login\n----",
];

const BODIES: [&str; 16] = [
    "",
    "\n",
    "Prose.\n",
    "\nProse.\n",
    "- **Effort**: 1 h\n",
    "\n- **Effort**: 1 h\n",
    "**Effort**: 1 h\n",
    "\n**Effort**: 1 h\n",
    "- [ ] a box\n",
    "1. first\n2. second\n",
    "> quoted\n",
    "```\ncode\n```\n",
    "    indented code\n",
    "| a | b |\n|---|---|\n| 1 | 2 |\n",
    "<details>\n\nmore\n\n</details>\n",
    "- a list\n\n  goes on\n- and on\n",
];

fn analysis(text: &str) -> Analysis {
    analysis_at("specs/TODO.md", text)
}

fn analysis_at(path: &str, text: &str) -> Analysis {
    let profile = builtin::profile("opencode").expect("a built-in profile");
    let mut host = AnalysisHost::new(profile, Config::default());
    let files = vec![(FilePath::new(path), Some(text.into()))];
    host.apply_change(Change { files, ..Change::default() });
    host.analysis()
}

fn set(
    analysis: &Analysis,
    kind: EntityKind,
    subject: Subject,
    status: &str,
) -> Result<String, String> {
    let to = analysis.profile.vocabulary(kind).by_id(status).expect("a status");
    let at = crate::testing::AT.to_owned();
    let intent = Intent { subject, to, reason: Some("why".to_owned()), at, mode: Mode::Force };
    let planned = plan(analysis, &intent).map_err(|refusal| refusal.to_string())?;
    let after = planned.change.after().into_values().flatten().next();
    after.map(|text| text.to_string()).ok_or_else(|| "nothing changes".to_owned())
}

#[test]
fn a_status_is_written_below_any_heading() {
    let mut wrong = Vec::new();
    for heading in HEADINGS {
        for body in BODIES {
            for eol in ["\n", "\r\n"] {
                let text = format!(
                    "# Tasks\n\n{heading}\n{body}\n### 8. Other\n- **Status**: [PLANNED]\n"
                );
                let text = text.replace('\n', eol);
                let before = analysis(&text);
                if before.task("7").is_none() {
                    // Without a field a numbered heading is no task.
                    assert!(!body.contains("Effort"), "{heading:?} {body:?} holds no task");
                    continue;
                }
                for status in ["planned", "completed", "blocked"] {
                    let subject = Subject::Task(TaskId::new("7"));
                    if let Err(why) = set(&before, EntityKind::Task, subject, status) {
                        wrong.push(format!("{heading:?} {body:?} {status}: {why}"));
                    }
                }
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn a_status_is_written_at_the_end_of_any_phase() {
    let mut wrong = Vec::new();
    for heading in PHASES {
        for body in BODIES {
            for eol in ["\n", "\r\n"] {
                let text =
                    format!("# Plan\n\n{heading}\n{body}\n### Phase 9: Other [NOT STARTED]\n");
                let text = text.replace('\n', eol);
                let before = analysis_at("specs/007_a/plans/implementation-001.md", &text);
                let number = if heading.contains("1.2") { "1.2" } else { "1" };
                for status in ["completed", "in_progress", "deferred"] {
                    let subject = Subject::Phase(TaskId::new("7"), number.to_owned());
                    if let Err(why) = set(&before, EntityKind::Phase, subject, status) {
                        wrong.push(format!("{heading:?} {body:?} {status}: {why}"));
                    }
                }
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn a_specification_without_a_status_is_given_none_outside_its_section() {
    let fixture = "\
//- /process/tasks.md
  - [ ] One [#001](process/tasks/001-one.md)
//- /process/tasks/008-none.md
  # Eight
  ## Status

  ```
  TODO
  ```
";
    let refusal = crate::testing::set(fixture, "8", "done").expect_err("there is no place");
    assert!(refusal.message.contains("has no status in process/tasks/008-none.md"), "{refusal}");
}
