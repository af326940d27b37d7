//! Floor 7: what may be wrong, one file a rule. The registry below is the only list of rules;
//! `judge` runs them, `decisions` offers what people must choose.

mod decisions;
pub(crate) mod judge;
mod left_parts;
mod progress;
mod since_base;

use crate::change::{SourceChange, proven};
use crate::index::{DocIdx, Place, Spot, Task};
use crate::model::{Field, FieldRole, FilePath};
use crate::profile::id::TaskId;
use crate::profile::{Profile, Severity, SeveritySetting};
use crate::snapshot::Snapshot;
use crate::text::TextRange;

pub(crate) use decisions::ways_out;
pub use judge::{Findings, Workers};

macro_rules! rules {
    ($($name:ident,)*) => {
        $(pub mod $name;)*

        /// Every rule, in the order of the documentation.
        pub const RULES: &[&Rule] = &[$(&$name::RULE),*];

        #[cfg(test)]
        mod documentation {
            $(
                #[test]
                fn $name() {
                    crate::testing::check_rule_doc(&super::$name::RULE, stringify!($name));
                }
            )*
        }
    };
}

rules! {
    drift,
    unknown_status,
    malformed_marker,
    missing_record,
    missing_status,
    stale_rollup,
    unchecked_work,
    finished_unmarked,
    duplicate_task,
    phase_numbering,
    misplaced_file,
    missing_artifact,
    stale_counter,
    missing_timestamp,
    timestamp_order,
    missing_reason,
    invalid_transition,
    skipped_transition,
    unknown_dependency,
    dependency_cycle,
    unmet_dependency,
    unneeded_task,
    conflicting_routes,
    wip_limit,
    malformed_file,
    worktree_drift,
    stale_buffer,
    other_editor,
    half_applied,
    unsaved_change,
}

/// Rules about what an editor holds rather than what a file says: no comment in the file can allow
/// what they find, and without an editor they find nothing.
const OF_EDITORS: [&Rule; 4] =
    [&stale_buffer::RULE, &other_editor::RULE, &half_applied::RULE, &unsaved_change::RULE];

/// Rules that find nothing until somebody gives them a severity.
const OFF: [&Rule; 1] = [&skipped_transition::RULE];

/// One rule.
#[derive(Debug)]
pub struct Rule {
    /// Its id: kebab-case, named for the fault.
    pub id: &'static str,
    /// How loud it is unless profile or configuration say otherwise.
    pub severity: Severity,
    /// One sentence: what it finds.
    pub summary: &'static str,
    /// Its page, in Markdown; the examples in it are tests.
    pub doc: &'static str,
    /// Finds.
    pub checks: &'static [Check],
    /// Offers edits that make a finding go away, where the rule knows any.
    pub fix: Option<FixFn>,
}

/// What a rule looks at, and so when it must look again.
#[derive(Clone, Copy, Debug)]
pub enum Check {
    /// One task: what its places say, and of other tasks nothing but what the statuses of its
    /// children, and of those that it depends on, mean; whether the documents of a pair can be read in
    /// full; and which times most of its list have.
    Task(TaskCheck),
    /// One entity: what it says, what those below it say, and the task that it belongs to.
    Entity(EntityCheck),
    /// One document.
    Document(DocumentCheck),
    /// Everything.
    Workspace(WorkspaceCheck),
}

/// Looks at one task.
pub type TaskCheck = fn(&Snapshot, &Task, &mut Findings<'_>);

/// Looks at one entity.
pub type EntityCheck = fn(&Snapshot, Place, &mut Findings<'_>);

/// Looks at one document.
pub type DocumentCheck = fn(&Snapshot, DocIdx, &mut Findings<'_>);

/// Looks at everything.
pub type WorkspaceCheck = fn(&Snapshot, &mut Findings<'_>);

/// Offers edits that make a finding go away, the best first. `at` is now, as RFC 3339 in UTC.
pub type FixFn = fn(&Snapshot, &Diagnostic, at: &str) -> Vec<Fix>;

/// The rule with this id.
pub fn rule(id: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.id == id).copied()
}

/// Whether the rule is about what an editor holds rather than what a file says.
pub fn is_of_editors(id: &str) -> bool {
    OF_EDITORS.iter().any(|rule| rule.id == id)
}

/// The ids of all rules.
pub fn ids() -> Vec<&'static str> {
    RULES.iter().map(|rule| rule.id).collect()
}

/// Something that is wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// The rule that found it.
    pub rule: &'static str,
    /// How loud it is here.
    pub severity: Severity,
    /// The file.
    pub path: FilePath,
    /// The place in it.
    pub range: TextRange,
    /// What is wrong: a clause without a full stop.
    pub message: String,
    /// The task it is about.
    pub task: Option<TaskId>,
    /// The entity it is about.
    pub place: Option<Place>,
    /// The editor's change it is about.
    pub change: Option<String>,
    /// Other places that explain it.
    pub related: Vec<Related>,
    /// Whether a fix is offered.
    pub fixable: bool,
}

/// A place that explains a diagnostic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Related {
    /// The file.
    pub path: FilePath,
    /// The place in it.
    pub range: TextRange,
    /// What it has to do with it.
    pub message: String,
}

impl Related {
    /// The place of a status.
    pub fn spot(spot: &Spot<'_>, message: String) -> Related {
        Related { path: spot.document.path.clone(), range: spot.occurrence.reading.range, message }
    }
}

/// An edit that a rule offers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What it does, for a menu.
    pub title: String,
    /// Whether it is what most people would want, so that it may be applied unasked.
    pub preferred: bool,
    /// The edits.
    pub change: SourceChange,
}

/// A finding before it has a severity.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The document.
    pub doc: DocIdx,
    /// The place in it.
    pub range: TextRange,
    /// What is wrong.
    pub message: String,
    /// The task it is about.
    pub task: Option<TaskId>,
    /// The entity it is about.
    pub place: Option<Place>,
    /// The editor's change it is about.
    pub change: Option<String>,
    /// Other places that explain it.
    pub related: Vec<Related>,
    /// Whether the rule offers a fix for it.
    pub fixable: bool,
    /// Whether it is good to know only, however severe the rule is.
    pub is_lenient: bool,
}

impl Finding {
    /// A finding at a range of a document.
    pub fn new(doc: DocIdx, range: TextRange, message: String) -> Finding {
        Finding {
            doc,
            range,
            message,
            task: None,
            place: None,
            change: None,
            related: Vec::new(),
            fixable: false,
            is_lenient: false,
        }
    }

    /// A finding at the place of a status.
    pub fn at(spot: &Spot<'_>, message: String) -> Finding {
        let range = spot.occurrence.reading.range;
        let finding = Finding::new(spot.place.doc, range, message);
        Finding { place: Some(spot.place), ..finding }
    }

    /// About this task.
    pub fn task(mut self, id: &TaskId) -> Finding {
        self.task = Some(id.clone());
        self
    }

    /// About this entity.
    pub fn place(mut self, place: Place) -> Finding {
        self.place = Some(place);
        self
    }

    /// About this change of the editor's.
    pub fn change(mut self, id: &str) -> Finding {
        self.change = Some(id.to_owned());
        self
    }

    /// Explained by another place.
    pub fn related(mut self, related: Related) -> Finding {
        self.related.push(related);
        self
    }

    /// No more than good to know, if so.
    pub fn lenient(mut self, is_lenient: bool) -> Finding {
        self.is_lenient = is_lenient;
        self
    }

    /// With a fix.
    pub fn fixable(mut self, fixable: bool) -> Finding {
        self.fixable = fixable;
        self
    }
}

/// The severity of a rule in files that are read by a profile; `None` where it is off.
pub fn severity(analysis: &Snapshot, profile: &Profile, rule: &Rule) -> SeveritySetting {
    let configured = analysis.config.rules.get(rule.id).copied();
    configured.unwrap_or_else(|| usual_severity(profile, rule))
}

/// How loud a rule is in a profile, where no configuration says otherwise.
pub fn usual_severity(profile: &Profile, rule: &Rule) -> SeveritySetting {
    let of_profile = profile.rules.iter().find(|(id, _)| id == rule.id).map(|(_, said)| *said);
    let is_off = OFF.iter().any(|off| off.id == rule.id);
    of_profile.unwrap_or((!is_off).then_some(rule.severity))
}

/// The fixes for a diagnostic, the best first.
pub fn fixes(analysis: &Snapshot, diagnostic: &Diagnostic, at: &str) -> Vec<Fix> {
    match rule(diagnostic.rule).and_then(|rule| rule.fix) {
        Some(fix) if diagnostic.fixable => {
            let merges = MERGING.iter().any(|rule| rule.id == diagnostic.rule);
            let sound = |fix: &Fix| {
                !fix.change.is_empty() && (merges || proven(analysis, &fix.change, None).is_ok())
            };
            fix(analysis, diagnostic, at).into_iter().filter(sound).collect()
        }
        _ => Vec::new(),
    }
}

/// The rules whose fixes bring two texts together that people have written: what these say is nobody's to
/// judge, so it is not read back.
const MERGING: &[&Rule] = &[&stale_buffer::RULE];

/// What the fixes of a rule are called, the best first, without an edit; `None` where that takes one.
type TitlesFn = fn(&Snapshot, &Diagnostic) -> Option<Vec<String>>;

/// The rules that can tell without an edit what their fixes are called.
const TITLES: &[(&Rule, TitlesFn)] = &[(&drift::RULE, drift::titles)];

/// A time for titles: no title depends on it.
const NO_TIME: &str = "0000-01-01T00:00:00Z";

/// What the fixes for a diagnostic are called, the best first, and whether each may be applied
/// unasked. Where the rule can tell so without an edit, one of them may turn out to be refused.
pub(crate) fn offered(analysis: &Snapshot, diagnostic: &Diagnostic) -> Vec<(String, bool)> {
    let titles = TITLES.iter().find(|(rule, _)| rule.id == diagnostic.rule);
    let titles = titles.filter(|_| diagnostic.fixable);
    match titles.and_then(|(_, titles)| titles(analysis, diagnostic)) {
        Some(titles) => {
            let titles = titles.into_iter().enumerate();
            titles.map(|(nth, title)| (title, nth == 0)).collect()
        }
        None => {
            let fixes = fixes(analysis, diagnostic, NO_TIME).into_iter();
            fixes.map(|fix| (fix.title, fix.preferred)).collect()
        }
    }
}

/// Whether a task is worked on or will be, so that it matters what it waits for.
pub(crate) fn waits(analysis: &Snapshot, task: &Task) -> bool {
    let category = analysis.index.category(task);
    !task.places.is_empty() && category.is_none_or(|category| !category.is_closed())
}

/// Where a place says what it depends on; else its name.
pub(crate) fn dependencies_at(analysis: &Snapshot, place: Place) -> TextRange {
    let facts = &analysis.index.docs[place.doc].facts;
    let mut fields = facts.fields_of(place.entity);
    let field = fields.find(|field| field.role == FieldRole::Dependencies);
    field.map_or(analysis.index.entity(place).name, |field| field.value)
}

/// Where a place says that it depends on a task; where that cannot be told, where it says what it depends on.
pub(crate) fn dependency_at(analysis: &Snapshot, place: Place, on: &Task) -> TextRange {
    let index = &analysis.index;
    let document = &index.docs[place.doc];
    let fields = document.facts.fields_of(place.entity);
    let mut fields = fields.filter(|field| field.role == FieldRole::Dependencies);
    let named = on.places.first().and_then(|at| index.entity(*at).id.as_ref());
    let names = |field: &&Field| {
        let said = document.profile.listed_ids(field.value.of(&document.text));
        said.iter().any(|id| Some(id) == named || *id == on.id)
    };
    fields.find(names).map_or_else(|| dependencies_at(analysis, place), |field| field.value)
}

/// Whether statuses in the document are judged: not in history, nor in a plan that a newer one has
/// replaced, nor in the folder of another task.
pub(crate) fn is_judged(analysis: &Snapshot, doc: DocIdx) -> bool {
    !analysis.index.docs[doc].facts.history && !analysis.index.is_superseded(doc)
}

#[cfg(test)]
mod tests {
    use crate::testing::analysis;

    #[test]
    fn what_is_found_in_a_record_can_be_allowed_at_the_entry() {
        let (analysis, _) = analysis(
            r#"
//- /specs/TODO.md
  <!-- lockstep: allow drift -->
  ### 7. Add login
  - **Status**: [PLANNED]

  ### 8. Add logout
  - **Status**: [PLANNED]
//- /specs/state.json
  { "active_projects": [
    { "project_number": 7, "status": "revised" },
    { "project_number": 8, "status": "revised" }
  ] }
"#,
        );
        let found = analysis.diagnostics().iter().map(|d| d.task.as_ref().map(|id| id.as_str()));
        assert_eq!(found.collect::<Vec<_>>(), [Some("8")]);
    }

    #[test]
    fn a_finding_can_be_allowed_by_comment_and_by_configuration() {
        let (analysis, _) = analysis(
            r#"
//- /lockstep.toml
  [[allow]]
  rule = "missing-reason"
  task = "8"
//- /specs/TODO.md
  <!-- lockstep: allow missing-reason -->
  ### 7. Add login
  - **Status**: [BLOCKED]

  ### 8. Add logout
  - **Status**: [BLOCKED]

  ### 9. Reset password
  - **Status**: [BLOCKED]
//- /specs/state.json
  { "active_projects": [], "completed_projects": [] }
"#,
        );
        let found = analysis.diagnostics().iter().filter(|d| d.rule == "missing-reason");
        let tasks: Vec<String> = found.filter_map(|d| Some(d.task.as_ref()?.to_string())).collect();
        assert_eq!(tasks, ["9"]);
    }
}
