//! Mends every finding that has one certain fix. A fix is certain if what results has no
//! finding that was not there before, and lacks the one that it is for.

use std::collections::{BTreeMap, BTreeSet};

use crate::analysis::Analysis;
use crate::change::{SourceChange, proven};
use crate::model::FilePath;
use crate::profile::EntityKind;
use crate::profile::id::TaskId;
use crate::rules::{Diagnostic, Fix, fixes, rule, stale_counter};
use crate::snapshot::Texts;
use crate::snapshot::typed::TypedStatuses;
use crate::text::TextRange;
use crate::text::text_edit::{TextEdit, TextEdits};

/// Rounds of fixes even where there is little to fix.
const MIN_ROUNDS: usize = 16;

/// Looks at what is left, for one fix may make another one certain.
const PASSES: usize = 4;

/// An instant after every stamp, for those who ask only what would be mended.
const LAST: &str = "9999-01-01T00:00:00Z";

/// Which findings are meant.
type Chosen<'a> = &'a dyn Fn(&Diagnostic) -> bool;

/// Applies every certain fix of the chosen diagnostics, one after the other on the text that the one
/// before has made, until none is left. What results is one change against the present texts; and how
/// many of the chosen findings are gone then.
///
/// A status that the editor's user has typed last stays: no fix of its task is made that changes it. So do
/// the figures of a file in which one was typed last.
pub fn fix_all(analysis: &Analysis, at: &str, chosen: Chosen<'_>) -> (SourceChange, usize) {
    let typed = TypedStatuses::of(analysis);
    let mut spared: BTreeSet<TaskId> = BTreeSet::new();
    let counted = |found: &Diagnostic| found.rule == stale_counter::RULE.id;
    let typed_at = |it: &&Diagnostic| analysis.is_typed_at(it.path.as_str(), it.range);
    let figures = analysis.diagnostics().iter().filter(|found| counted(found)).filter(typed_at);
    let figures: BTreeSet<FilePath> = figures.map(|found| found.path.clone()).collect();
    let meant = |spared: &BTreeSet<TaskId>, found: &Diagnostic| {
        chosen(found)
            && found.task.as_ref().is_none_or(|task| !spared.contains(task))
            && !(counted(found) && figures.contains(&found.path))
    };
    let (state, texts) = loop {
        let chosen = |found: &Diagnostic| meant(&spared, found);
        let Mending { state, texts, .. } = Mending::run(analysis, at, &chosen);
        let overwritten = typed.overwritten(&state);
        if overwritten.is_empty() {
            break (state, texts);
        }
        if overwritten.is_subset(&spared) {
            // It is the fix of something else that would change it.
            return (SourceChange::default(), 0);
        }
        spared.extend(overwritten);
    };
    let left = Left::of(&state);
    let gone = gone(analysis, left).filter(|(found, gone)| *gone && chosen(found)).count();
    (SourceChange::between(analysis, &texts), gone)
}

/// The finding that the fix of another one would bring, for which it is not made.
pub fn brought(analysis: &Analysis, found: &Diagnostic, at: &str) -> Option<Diagnostic> {
    let fix = preferred(analysis, found, at)?;
    let after = analysis.with_texts(&fix.change.after());
    let mut was = Left::of(analysis);
    after.diagnostics().iter().find(|it| !was.take(it)).cloned()
}

/// Whether a finding has a fix that is preferred, whatever else would be found then.
pub fn is_mendable(analysis: &Analysis, found: &Diagnostic, at: &str) -> bool {
    preferred(analysis, found, at).is_some()
}

/// The finding that what the parts of a task say together would bring, for which they are not mended, and
/// the state in which it would be found.
pub fn brought_together(
    analysis: &Analysis,
    whole: &TaskId,
    at: &str,
) -> Option<(Diagnostic, Analysis)> {
    let state = analysis.clone();
    let mending = Mending { at, chosen: &|_| true, state, texts: BTreeMap::new() };
    let whole = MendedSubject::Task(whole.clone());
    let parts = mending.parts_of(&whole);
    let after = mending.together(&|it| *it == whole || parts.contains(it)).state;
    let mut was = Left::of(analysis);
    let brought = after.diagnostics().iter().find(|it| !was.take(it)).cloned();
    brought.map(|brought| (brought, after))
}

/// Tells of findings whether they were none before.
pub fn new_since(analysis: &Analysis) -> impl Fn(&Diagnostic) -> bool + use<> {
    let was = Left::of(analysis).0;
    move |found| !was.contains_key(&Left::key(found))
}

/// For each finding whether it has a certain fix.
pub fn certain(analysis: &Analysis) -> Vec<bool> {
    let found = analysis.diagnostics();
    if !found.iter().any(|found| found.fixable) {
        return vec![false; found.len()];
    }
    let mended = Mending::run(analysis, LAST, &|_| true);
    let left = Left::of(&mended.state);
    gone(analysis, left).map(|(found, gone)| gone && found.fixable).collect()
}

fn gone(analysis: &Analysis, mut left: Left) -> impl Iterator<Item = (&Diagnostic, bool)> {
    analysis.diagnostics().iter().map(move |found| (found, !left.take(found)))
}

/// Findings by what they say, wherever it stands in the file. What follows from it, behind a semicolon,
/// may change with what else is mended.
struct Left(BTreeMap<(&'static str, FilePath, Option<TaskId>, String), usize>);

impl Left {
    fn of(analysis: &Analysis) -> Left {
        let mut left = BTreeMap::new();
        for found in analysis.diagnostics() {
            *left.entry(Left::key(found)).or_default() += 1;
        }
        Left(left)
    }

    fn key(found: &Diagnostic) -> (&'static str, FilePath, Option<TaskId>, String) {
        let fact = found.message.split("; ").next().unwrap_or_default();
        (found.rule, found.path.clone(), found.task.clone(), fact.to_owned())
    }

    /// Takes out one that says the same; whether there was one.
    fn take(&mut self, found: &Diagnostic) -> bool {
        match self.0.get_mut(&Left::key(found)) {
            Some(n) if *n > 0 => {
                *n -= 1;
                true
            }
            _ => false,
        }
    }
}

/// What a finding is about: its task, or else its file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum MendedSubject {
    Task(TaskId),
    File(FilePath),
}

impl MendedSubject {
    fn of(found: &Diagnostic) -> MendedSubject {
        match &found.task {
            Some(id) => MendedSubject::Task(id.clone()),
            None => MendedSubject::File(found.path.clone()),
        }
    }
}

/// What each rule finds about each subject, counted: the same may be told at another place. What is told of a
/// task is not the same as what is told of a part of it.
fn counts(
    analysis: &Analysis,
) -> BTreeMap<(MendedSubject, &'static str, Option<EntityKind>), usize> {
    let mut counts = BTreeMap::new();
    for found in analysis.diagnostics() {
        let key = (MendedSubject::of(found), found.rule, kind_of(analysis, found));
        *counts.entry(key).or_default() += 1;
    }
    counts
}

/// The kind of what a finding is about.
fn kind_of(analysis: &Analysis, found: &Diagnostic) -> Option<EntityKind> {
    found.place.map(|place| analysis.index.entity(place).kind)
}

/// The subjects of which as much is found as before, but something else.
fn no_better(before: &Analysis, after: &Analysis) -> BTreeSet<MendedSubject> {
    let sizes = |analysis: &Analysis| {
        let mut sizes: BTreeMap<MendedSubject, usize> = BTreeMap::new();
        for found in analysis.diagnostics() {
            *sizes.entry(MendedSubject::of(found)).or_default() += 1;
        }
        sizes
    };
    let old = sizes(before);
    let new = sizes(after);
    let mut was = Left::of(before);
    let other = after.diagnostics().iter().filter(|found| !was.take(found));
    let other: BTreeSet<MendedSubject> = other.map(MendedSubject::of).collect();
    let size = |sizes: &BTreeMap<_, usize>, it: &MendedSubject| sizes.get(it).copied().unwrap_or(0);
    other.into_iter().filter(|it| size(&new, it) >= size(&old, it)).collect()
}

/// The subjects of which more is found than before, or something else and no less, and tasks that
/// are gone or called otherwise.
fn worse(before: &Analysis, after: &Analysis) -> BTreeSet<MendedSubject> {
    let old = counts(before);
    let new = counts(after).into_iter();
    let more = new.filter(|(key, n)| *n > old.get(key).copied().unwrap_or(0));
    let more = more.map(|((subject, ..), _)| subject);
    let ids = before.index.tasks_other_than(&after.index).into_iter();
    let named = |analysis: &Analysis, id: &TaskId| {
        let task = analysis.index.tasks.get(id)?;
        Some(analysis.index.title(task).to_owned())
    };
    let renamed = ids.filter(|id| named(before, id) != named(after, id));
    let renamed = renamed.map(MendedSubject::Task);
    more.chain(renamed).chain(no_better(before, after)).collect()
}

struct Mending<'a> {
    at: &'a str,
    chosen: Chosen<'a>,
    state: Analysis,
    texts: Texts,
}

impl<'a> Mending<'a> {
    fn run(analysis: &Analysis, at: &'a str, chosen: Chosen<'a>) -> Mending<'a> {
        let state = analysis.clone();
        let mut mending = Mending { at, chosen, state, texts: BTreeMap::new() };
        for _ in 0..PASSES {
            if !mending.pass() {
                break;
            }
        }
        mending
    }

    /// Whether anything was mended.
    fn pass(&mut self) -> bool {
        let (mut alone, mut wholes) = (BTreeSet::new(), Vec::new());
        loop {
            let rounds = self.together(&|it| !alone.contains(it));
            if rounds.texts.is_empty() {
                break;
            }
            let mut bad = rounds.bad(&self.state);
            if bad.is_empty() {
                self.take(rounds);
                self.apart(&alone, &wholes);
                return true;
            }
            if bad.is_subset(&alone) {
                // What its parts say together brings it. To mend some of them would be half of it.
                let new = bad.iter().map(|whole| (whole.clone(), &self.parts_of(whole) - &alone));
                let new: Vec<_> = new.filter(|(_, parts)| !parts.is_empty()).collect();
                bad.extend(new.iter().flat_map(|(_, parts)| parts.clone()));
                wholes.extend(new);
            }
            if bad.is_subset(&alone) {
                // What is left out does not explain it, so that nothing is taken unseen.
                bad.extend(self.meant().map(MendedSubject::of));
            }
            alone.extend(bad);
        }
        self.apart(&alone, &wholes)
    }

    /// Mends what cannot be mended with the rest: what belongs to a whole with it or not at all, anything
    /// else by itself. Whether any was mended.
    fn apart(&mut self, alone: &BTreeSet<MendedSubject>, wholes: &[Whole]) -> bool {
        let mut any = false;
        for (whole, parts) in wholes {
            let rounds = self.together(&|it| it == whole || parts.contains(it));
            if !rounds.texts.is_empty() && rounds.bad(&self.state).is_empty() {
                self.take(rounds);
                any = true;
            }
        }
        let of_whole: BTreeSet<_> = wholes.iter().flat_map(|(_, parts)| parts).collect();
        let single = alone.iter().filter(|it| !of_whole.contains(it)).cloned().collect();
        self.one_by_one(&single) || any
    }

    fn take(&mut self, rounds: Rounds) {
        self.state = rounds.state;
        self.texts.extend(rounds.texts);
    }

    /// What is to be mended of the parts of a task.
    fn parts_of(&self, whole: &MendedSubject) -> BTreeSet<MendedSubject> {
        let index = &self.state.index;
        let MendedSubject::Task(id) = whole else { return BTreeSet::new() };
        let parts = index.tasks.get(id).into_iter().flat_map(|task| index.children(task));
        let parts: BTreeSet<_> = parts.map(|part| MendedSubject::Task(part.id.clone())).collect();
        self.meant().map(MendedSubject::of).filter(|it| parts.contains(it)).collect()
    }

    fn meant(&self) -> impl Iterator<Item = &Diagnostic> {
        self.state.diagnostics().iter().filter(|found| found.fixable && (self.chosen)(found))
    }

    /// What becomes of the texts if all fixes of some subjects are made that can be.
    fn together(&self, of: &dyn Fn(&MendedSubject) -> bool) -> Rounds {
        let mut rounds = Rounds {
            state: self.state.clone(),
            texts: BTreeMap::new(),
            unsettled: BTreeSet::new(),
        };
        let chosen = |found: &Diagnostic| (self.chosen)(found) && of(&MendedSubject::of(found));
        let (mut seen, mut last) = (BTreeSet::new(), BTreeSet::new());
        // Each round takes at least one fix, and some fixes reveal what others have to mend.
        for _ in 0..self.state.diagnostics().len().max(MIN_ROUNDS) {
            let Some((change, subjects)) = compatible_fixes(&rounds.state, self.at, &chosen) else {
                return rounds;
            };
            let after = change.after();
            rounds.state = rounds.state.with_texts(&after);
            rounds.texts.extend(after);
            last = subjects;
            if !seen.insert(rounds.texts.clone()) {
                break;
            }
        }
        rounds.unsettled = last;
        rounds
    }

    /// Makes each fix of these subjects by itself, where it alone does no harm. Whether any was made.
    fn one_by_one(&mut self, subjects: &BTreeSet<MendedSubject>) -> bool {
        let mut tried = BTreeSet::new();
        let mut any = false;
        loop {
            let next = self.meant().find(|found| {
                subjects.contains(&MendedSubject::of(found)) && !tried.contains(&Left::key(found))
            });
            let Some(found) = next.cloned() else { return any };
            tried.insert(Left::key(&found));
            any |= self.one(&found);
        }
    }

    fn one(&mut self, found: &Diagnostic) -> bool {
        let Some(fix) = preferred(&self.state, found, self.at) else { return false };
        let after = fix.change.after();
        let state = self.state.with_texts(&after);
        let key = (MendedSubject::of(found), found.rule, kind_of(&self.state, found));
        let is_less = counts(&state).get(&key) < counts(&self.state).get(&key);
        if !is_less || !worse(&self.state, &state).is_empty() {
            return false;
        }
        self.state = state;
        self.texts.extend(after);
        true
    }
}

/// What becomes of the texts, round by round.
struct Rounds {
    state: Analysis,
    texts: Texts,
    /// What was mended in the last round, if there was no end in sight.
    unsettled: BTreeSet<MendedSubject>,
}

impl Rounds {
    /// Of what they find more than there was, or find no end.
    fn bad(&self, before: &Analysis) -> BTreeSet<MendedSubject> {
        let mut bad = worse(before, &self.state);
        bad.extend(self.unsettled.iter().cloned());
        bad
    }
}

/// A task, and what is to be mended of its parts.
type Whole = (MendedSubject, BTreeSet<MendedSubject>);

fn preferred(analysis: &Analysis, found: &Diagnostic, at: &str) -> Option<Fix> {
    fixes(analysis, found, at).into_iter().find(|fix| fix.preferred)
}

/// As [`preferred`], for whoever reads the changed texts again.
fn preferred_unproven(analysis: &Analysis, found: &Diagnostic, at: &str) -> Option<Fix> {
    let fix = rule(found.rule)?.fix?;
    fix(analysis, found, at).into_iter().find(|fix| fix.preferred && !fix.change.is_empty())
}

/// The fixes that can be made at once, with what they mend. The texts are read again once for all of
/// them; only where they do not hold together is each read by itself.
fn compatible_fixes(
    analysis: &Analysis,
    at: &str,
    chosen: Chosen<'_>,
) -> Option<(SourceChange, BTreeSet<MendedSubject>)> {
    let (change, subjects) = joined(analysis, chosen, &|it| preferred_unproven(analysis, it, at))?;
    if proven(analysis, &change, None).is_ok() {
        return Some((change, subjects));
    }
    joined(analysis, chosen, &|it| preferred(analysis, it, at))
}

fn joined(
    analysis: &Analysis,
    chosen: Chosen<'_>,
    fix: &dyn Fn(&Diagnostic) -> Option<Fix>,
) -> Option<(SourceChange, BTreeSet<MendedSubject>)> {
    let mut joined = Joined { all_replace: true, ..Joined::default() };
    let mut subjects = BTreeSet::new();
    for found in analysis.diagnostics().iter().filter(|it| it.fixable && chosen(it)) {
        if fix(found).is_some_and(|fix| joined.take(fix.change)) {
            subjects.insert(MendedSubject::of(found));
        }
    }
    (!subjects.is_empty()).then(|| (joined.change(), subjects))
}

/// Changes that can be made together.
#[derive(Default)]
struct Joined {
    /// All but the edits.
    rest: SourceChange,
    edits: BTreeMap<FilePath, Vec<TextEdit>>,
    /// Start and end of every edit.
    taken: BTreeMap<FilePath, BTreeMap<u32, u32>>,
    /// Whether all so far only replace words.
    all_replace: bool,
}

impl Joined {
    /// Adds a change, unless it cannot be made together with the others. Two in one file may count
    /// on what the other changes, unless both only replace words; and a word that both replace, as
    /// a number that both move, must be replaced one after the other.
    fn take(&mut self, change: SourceChange) -> bool {
        let replaces = only_replaces(&change);
        let has =
            |file: &FilePath| self.edits.contains_key(file) || self.rest.creates.contains_key(file);
        if !(replaces && self.all_replace) && change.files().into_iter().any(has) {
            return false;
        }
        let mut edits =
            change.edits.iter().flat_map(|(f, edits)| edits.iter().map(move |e| (f, e)));
        if edits.any(|(file, edit)| self.is_taken(file, edit.range)) {
            return false;
        }
        for (file, edits) in change.edits {
            let taken = self.taken.entry(file.clone()).or_default();
            taken.extend(edits.iter().map(|edit| (edit.range.start, edit.range.end)));
            self.edits.entry(file).or_default().extend(edits.iter().cloned());
        }
        self.rest.creates.extend(change.creates);
        self.rest.before.extend(change.before);
        self.all_replace &= replaces;
        true
    }

    fn is_taken(&self, file: &FilePath, range: TextRange) -> bool {
        let Some(taken) = self.taken.get(file) else { return false };
        let before = taken.range(..=range.start).next_back();
        before.is_some_and(|(start, end)| *end > range.start || *start == range.start)
            || taken.range(range.start..range.end).next().is_some()
    }

    fn change(mut self) -> SourceChange {
        for (file, edits) in self.edits {
            if let Ok(edits) = TextEdits::new(edits) {
                self.rest.edits.insert(file, edits);
            }
        }
        self.rest
    }
}

/// Whether all that the change does is to replace words.
fn only_replaces(change: &SourceChange) -> bool {
    let mut edits = change.edits.values().flat_map(|edits| edits.iter());
    change.creates.is_empty() && edits.all(|edit| !edit.range.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{AT, analysis};

    #[test]
    fn all_findings_of_one_file_are_mended_at_once() {
        let plan = "//- /specs/007_add_login/plans/implementation-001.md\n  # Plan for task 7\n\n";
        let phases: String =
            (1..=40).map(|n| format!("  ### Phase {n}: Part [Completed]\n")).collect();
        let (analysis, _) = analysis(&format!("{plan}{phases}"));
        let (change, n) = fix_all(&analysis, AT, &|d| d.rule == "malformed-marker");
        assert_eq!(n, 40);
        let fixed = analysis.with_texts(&change.after());
        assert_eq!(fixed.diagnostics(), []);
    }

    #[test]
    fn fixes_of_many_tasks_that_touch_the_same_files_are_all_made() {
        let entries: String =
            (1..=20).map(|n| format!("  ### {n}. Part\n  - **Status**: [PLANNED]\n\n")).collect();
        let records: Vec<String> = (1..=20)
            .map(|n| format!("  {{ \"project_number\": {n}, \"status\": \"revised\" }}"))
            .collect();
        let records = records.join(",\n");
        let (analysis, _) = analysis(&format!(
            "//- /specs/TODO.md\n{entries}//- /specs/state.json\n  {{ \"active_projects\": [\n{records}\n  ] }}\n"
        ));
        assert_eq!(analysis.diagnostics().len(), 20);
        let (change, _) = fix_all(&analysis, AT, &|d| d.rule == "drift");
        let fixed = analysis.with_texts(&change.after());
        assert_eq!(fixed.diagnostics(), []);
        assert_eq!(change.files().len(), 1);
    }

    #[test]
    fn tasks_that_disagree_in_three_places_are_mended_in_few_rounds() {
        let lines = |line: &dyn Fn(u32) -> String| (1..=30).map(line).collect::<String>();
        let order = lines(&|n| format!("  - **{n}** [REVISED] — Part\n"));
        let entries = lines(&|n| format!("  ### {n}. Part\n  - **Status**: [PLANNED]\n\n"));
        let (analysis, _) = analysis(&format!(
            "//- /specs/TODO.md\n{order}\n{entries}//- /specs/state.json\n  {{ \"active_projects\": [{}] }}\n",
            (1..=30)
                .map(|n| format!("{{ \"project_number\": {n}, \"status\": \"blocked\" }}"))
                .collect::<Vec<_>>()
                .join(", ")
        ));
        let (change, mended) =
            compatible_fixes(&analysis, AT, &|d| d.rule == "drift").expect("fixes");
        assert_eq!(mended.len(), 30, "one round mends all");
        let fixed = analysis.with_texts(&change.after());
        assert_eq!(fixed.diagnostics().iter().find(|d| d.rule == "drift"), None);
    }

    #[test]
    fn what_would_make_another_finding_is_left() {
        let (analysis, _) = analysis(
            r#"
//- /specs/TODO.md
  ### 7. Add login
  - **Status**: [BLOCKD]

  ### 8. Add logout
  - **Status**: [PLANED]
//- /specs/state.json
  { "active_projects": [
    { "project_number": 7, "project_name": "add_login" },
    { "project_number": 8, "status": "planned" }
  ] }
"#,
        );
        let of = |task: &str| {
            let found = analysis.diagnostics().iter().zip(certain(&analysis));
            let own =
                found.filter(|(it, _)| it.task.as_ref().is_some_and(|id| id.as_str() == task));
            own.map(|(found, certain)| (found.rule, certain)).collect::<Vec<_>>()
        };
        assert_eq!(of("7"), [("unknown-status", false), ("missing-status", false)]);
        assert_eq!(of("8"), [("unknown-status", true)]);
        let (change, n) = fix_all(&analysis, AT, &|_| true);
        assert_eq!(n, 1);
        let fixed = analysis.with_texts(&change.after());
        assert_eq!(fixed.diagnostics().len(), 2);
        assert!(fix_all(&fixed, AT, &|_| true).0.is_empty());
    }

    #[test]
    fn what_is_told_of_the_parts_does_not_make_up_for_what_would_be_told_of_the_whole() {
        let story = |tasks: &str| {
            format!(
                "//- /docs/sprint-status.yaml\n  development_status:\n    epic-1: in-progress\n    1-1-log-in: done\n    1-2-log-out: backlog\n\
                 //- /docs/1-1-log-in.md\n  # Story 1.1: Log in\n\n  Status: review\n\n  ## {tasks}\n\n\
                 \x20 - [x] Draw it\n    - [ ] Small\n  - [x] Test it\n    - [ ] Twice\n"
            )
        };
        for tasks in ["Tasks / Subtasks", "📝 Implementation Tasks", "任务 / 子任务"] {
            let (analysis, _) = analysis(&story(tasks));
            let found: Vec<&str> = analysis.diagnostics().iter().map(|it| it.rule).collect();
            assert_eq!(found, ["drift", "unchecked-work", "unchecked-work"], "{tasks}");
            let (change, _) = fix_all(&analysis, AT, &|_| true);
            assert!(change.is_empty(), "{tasks}: {}", change.diff());
        }
        let (notes, _) = analysis(&story("Definition of Done"));
        assert!(!fix_all(&notes, AT, &|_| true).0.is_empty(), "these are no work of the story");
    }

    #[test]
    fn a_marker_is_not_closed_in_the_middle_of_a_title() {
        let (analysis, _) = analysis(
            "//- /specs/TODO.md\n  ### 7. [COMPLETED up and done\n  - **Effort**: 2 hours\n",
        );
        let (change, _) = fix_all(&analysis, AT, &|_| true);
        assert!(change.is_empty(), "{}", change.diff());
    }
}
