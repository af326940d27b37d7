//! Floor 13: edits that are offered at a place. An offer is decided cheaply and holds no edit; the
//! edit is planned when it is chosen, on the newest text.

use crate::analysis::Analysis;
use crate::change::SourceChange;
use crate::index::DocIdx;
use crate::operation::{FindingNamed, Planner, Refused, gone};
use crate::rules::{self, Diagnostic};
use crate::text::TextRange;

macro_rules! actions {
    ($($name:ident,)*) => {
        $(pub mod $name;)*

        /// Every action, in the order of menus and documentation.
        pub const ACTIONS: &[&Action] = &[$(&$name::ACTION),*];

        #[cfg(test)]
        mod documentation {
            $(
                #[test]
                fn $name() {
                    crate::testing::check_action_doc(&super::$name::ACTION, stringify!($name));
                }
            )*
        }
    };
}

actions! {
    fix_finding,
    move_files,
    set_status,
    make_parts,
    fix_rule_in_file,
    allow_here,
    fix_all,
}

/// One action.
#[derive(Debug)]
pub struct Action {
    /// Its id, kebab-case.
    pub id: &'static str,
    /// What editors file it under.
    pub kind: ActionKind,
    /// Its page, in Markdown; the examples in it are tests.
    pub doc: &'static str,
    /// What it offers at a place.
    pub offers: fn(&At<'_>) -> Vec<Offer>,
    /// The edits of an offer, on the newest text. `at` is now, as RFC 3339 in UTC.
    pub plan: fn(&Analysis, &Choice, at: &str, Planner<'_>) -> Result<SourceChange, Refused>,
}

/// What editors file an action under.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ActionKind {
    /// Mends a finding.
    QuickFix,
    /// Changes a status.
    Refactor,
    /// Mends the whole file.
    SourceFixAll,
}

/// Where actions are asked for.
#[derive(Clone, Debug)]
pub struct At<'a> {
    /// The workspace.
    pub analysis: &'a Analysis,
    /// The document.
    pub doc: DocIdx,
    /// The cursor or selection.
    pub range: TextRange,
    /// The lines that it is on: a cursor at the start of a line means what is wrong in it.
    pub lines: TextRange,
    /// The findings there, and those that it explains.
    pub here: Vec<Diagnostic>,
}

/// An edit that could be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// What a menu says.
    pub title: String,
    /// Whether it is what most people would want.
    pub preferred: bool,
    /// The finding that it mends: its rule and range.
    pub mends: Option<(&'static str, TextRange)>,
    /// What to give to [`resolve`].
    pub choice: Choice,
}

/// An offer in words that outlive the text it was made on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// The action's id.
    pub action: String,
    /// The file.
    pub path: String,
    /// Where in it, as it was when it was offered.
    pub range: TextRange,
    /// The rule, where the action is about one.
    pub rule: Option<String>,
    /// The task, where the action is about one.
    pub task: Option<String>,
    /// The phase of that task.
    pub phase: Option<String>,
    /// The id of the status that is to be set.
    pub status: Option<String>,
    /// Whether that status needs a reason which the task lacks: a placeholder is written for it.
    pub lacks_reason: bool,
    /// Whether the check boxes from which the status follows are ticked, or unticked, for it.
    pub ticks: bool,
    /// The title under which it was offered.
    pub title: String,
}

impl Choice {
    fn new(action: &Action, at: &At<'_>, range: TextRange, title: &str) -> Choice {
        Choice {
            action: action.id.to_owned(),
            path: at.analysis.index.docs[at.doc].path.as_str().to_owned(),
            range,
            rule: None,
            task: None,
            phase: None,
            status: None,
            lacks_reason: false,
            ticks: false,
            title: title.to_owned(),
        }
    }
}

impl Choice {
    /// The finding that it is about.
    fn finding(&self) -> FindingNamed<'_> {
        let rule = self.rule.as_deref().unwrap_or_default();
        FindingNamed { rule, path: &self.path, start: self.range.start }
    }
}

/// Everything that is offered at a place.
pub fn offers(analysis: &Analysis, path: &str, range: TextRange) -> Vec<(ActionKind, Offer)> {
    let Some((doc, document)) = analysis.index.document(path) else { return Vec::new() };
    let line =
        |offset: u32| document.lines.line_range(document.lines.line_col(offset as usize).line);
    let lines = TextRange { start: line(range.start).start, end: line(range.end).end };
    let here = analysis.diagnostics_at(doc, lines);
    let at = At { analysis, doc, range, lines, here };
    ACTIONS
        .iter()
        .flat_map(|action| (action.offers)(&at).into_iter().map(|offer| (action.kind, offer)))
        .collect()
}

/// The edits of a choice.
pub fn resolve(
    analysis: &Analysis,
    choice: &Choice,
    at: &str,
    planner: Planner<'_>,
) -> Result<SourceChange, Refused> {
    match ACTIONS.iter().find(|action| action.id == choice.action) {
        Some(action) => (action.plan)(analysis, choice, at, planner),
        None => Err(gone("no such action")),
    }
}

/// Whether a finding has a fix that may be applied unasked.
fn mendable(analysis: &Analysis, diagnostic: &Diagnostic) -> bool {
    rules::offered(analysis, diagnostic).iter().any(|(_, preferred)| *preferred)
}
