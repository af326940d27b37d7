//! A status that comes back to a line from which a change has taken it: the line comes back as it stood,
//! with the words, the letters, the figures and the remarks of its author.

use std::borrow::Cow;
use std::ops::Range;

use super::PlanDraft;
use crate::index::{Place, Spot};
use crate::model::time::TimeStamp;
use crate::model::{Document, Field, FieldRole, Occurrence};
use crate::profile::reading::Shape;
use crate::profile::vocabulary::StatusIdx;
use crate::snapshot::earlier::{EarlierStep, LinePlace};
use crate::text::TextRange;
use crate::text::text_edit::{TextEdit, TextEdits};

/// Longer lines are no lines of a status alone: a file may be one line. In bytes.
const LONGEST: usize = 2_000;

/// How much of the text above a line is compared at most. In bytes.
const ABOVE: usize = 512;

impl PlanDraft<'_> {
    /// The line of a place, and the edit by which it is what it was when it last had the status; nothing
    /// where the line is not as a change left it, or where the earlier one says anything else.
    pub(super) fn recalled(&self, spot: &Spot<'_>, to: StatusIdx) -> Option<(TextRange, TextEdit)> {
        let (range, steps) = self.steps(spot)?;
        let document = spot.document;
        let line = document.text.copy(range.bytes());
        // A reason that is given now is that of the line.
        let is_explained = self.intent.reason.is_some()
            && self.analysis.index.vocabulary_at(spot.place).get(to).reason.is_some();
        if is_explained {
            return None;
        }
        let today = self.intent.at.get(..10);
        let of_now =
            steps.iter().filter(|step| !is_dated(step.was, &line) || Some(step.day) == today);
        let mut lines = of_now.map(|step| with_figures(document, range, step.was));
        let was = lines.find(|was| self.says(spot, range, was, to))?;
        let edit = TextEdit::replace(range, was);
        let edits = TextEdits::new(vec![edit]).ok()?.minimal(&document.text);
        edits.iter().next().map(|edit| (range, edit.clone()))
    }

    /// Whether a change has taken a status from the line of a place, which is as that has left it.
    pub(super) fn has_left(&self, spot: &Spot<'_>, to: StatusIdx) -> bool {
        let Some((range, steps)) = self.steps(spot) else { return false };
        let document = spot.document;
        let said = |line: &str| {
            let before = document.with_text(document.text.replaced(range.bytes(), line))?;
            let mut all = before.facts.occurrences.iter();
            let own = all
                .find(|it| it.entity == spot.place.entity && it.carrier == spot.occurrence.carrier);
            own?.reading.status
        };
        steps.first().is_some_and(|step| said(step.was) == Some(to))
    }

    /// What a number in a line was before a change of one of the tasks made it what it is.
    pub(super) fn recalled_number(&self, document: &Document, number: TextRange) -> Option<u64> {
        self.tasks.keys().find_map(|task| {
            let task = task.to_string();
            let (line, steps) = self.line_steps(document, number, &task)?;
            let part = |from: u32, to: u32| document.text.copy(from as usize..to as usize);
            let (head, tail) = (part(line.start, number.start), part(number.end, line.end));
            let was = steps.first()?.was;
            was.strip_prefix(&*head)?.strip_suffix(&*tail)?.parse().ok()
        })
    }

    /// The line of a place, and what it was before changes that have left it as it is, the last first.
    fn steps(&self, spot: &Spot<'_>) -> Option<(TextRange, Vec<EarlierStep<'_>>)> {
        let task = self.analysis.index.task_at(spot.place)?.id.to_string();
        self.line_steps(spot.document, spot.occurrence.reading.range, &task)
    }

    fn line_steps(
        &self,
        document: &Document,
        inside: TextRange,
        task: &str,
    ) -> Option<(TextRange, Vec<EarlierStep<'_>>)> {
        let earlier = &self.analysis.earlier;
        let path = document.path.as_str();
        if !self.recalls || earlier.is_silent(path) {
            return None;
        }
        let range = document.lines.line_range(document.lines.line_col(inside.start as usize).line);
        let (start, end) = (range.start as usize, range.end as usize);
        if end - start > LONGEST || (inside.end as usize) > end {
            return None;
        }
        let line = document.text.copy(start..end);
        let mut from = start.saturating_sub(ABOVE);
        while document.text.part(from..start).is_none() && from < start {
            from += 1;
        }
        let above = document.text.copy(from..start);
        Some((range, earlier.of(LinePlace { path, line: &line, above: &above, task })))
    }

    /// The edits by which a list is what it was when an entry was last in the section of a status, wherever
    /// it had stood there; nothing where what was changed then is not as it was left.
    pub(super) fn recalled_list(&self, spot: &Spot<'_>, to: StatusIdx) -> Option<Vec<TextEdit>> {
        let document = spot.document;
        let id = &self.analysis.index.task_at(spot.place)?.id;
        let (path, name) = (document.path.as_str(), id.to_string());
        if !self.recalls || spot.occurrence.carrier.moved.is_none() {
            return None;
        }
        // What a document says, it says without the folder that tells lists apart.
        let own_id = document.facts.entities[spot.place.entity].id.as_ref();
        let said = |of: &Document| {
            let all = of.facts.occurrences.iter();
            let said = all.map(|it| {
                let entity = &of.facts.entities[it.entity];
                (entity.id.clone(), it.carrier.id, it.reading.status, entity.title.clone())
            });
            let (own, mut others): (Vec<_>, Vec<_>) =
                said.partition(|(of, ..)| of.as_ref() == own_id);
            others.sort();
            (own, others)
        };
        let (own, others) = said(document);
        let is_part = |one: &str, other: &str| one.starts_with(other) || other.starts_with(one);
        let whole = document.text.copy(0..document.text.len());
        let fits = |edits: &TextEdits| {
            let after = document.with_text(edits.apply_shared(&document.text));
            let Some((back, beside)) = after.map(|after| said(&after)) else { return false };
            let mut pairs = own.iter().zip(&back);
            beside == others
                && back.len() == own.len()
                && pairs.all(|(was, is)| is.2 == Some(to) && is_part(&was.3, &is.3))
        };
        let texts = self.analysis.earlier.texts_of(path, &name);
        let edits = texts.filter_map(|text| text.edits(&whole)).find(fits)?;
        let edits = edits.minimal(&document.text);
        Some(edits.iter().cloned().collect())
    }

    /// Whether a document with this line in place of that in `range` says the status at a place, what is
    /// wanted at others in the line, and everywhere else what it says.
    fn says(&self, spot: &Spot<'_>, range: TextRange, line: &str, to: StatusIdx) -> bool {
        let document = spot.document;
        let replaced = document.text.replaced(range.bytes(), line);
        let Some(after) = document.with_text(replaced) else { return false };
        let (old, new) = (&document.facts, &after.facts);
        if old.entities.len() != new.entities.len() {
            return false;
        }
        let is_called = |at: usize| {
            let (old, new) = (&old.entities[at], &new.entities[at]);
            // A day or a remark may count as the end of a title.
            let is_part = |one: &str, other: &str| one.starts_with(other) || other.starts_with(one);
            old.id == new.id && is_part(&old.title, &new.title)
        };
        let replacing = range.start as usize..range.start as usize + line.len();
        let (was, elsewhere) = parted(old.occurrences.iter(), range.bytes());
        let (is, others) = parted(new.occurrences.iter(), replacing);
        let is_same = |old: &Occurrence, new: &Occurrence| {
            old.entity == new.entity && old.carrier == new.carrier
        };
        // A sign may say no more than the box before it, and be none then.
        let is_right = |new: &Occurrence| {
            let place = Place { entity: new.entity, ..spot.place };
            let wanted = if place == spot.place { Some(to) } else { self.status(place) };
            was.iter().any(|old| is_same(old, new))
                && is_called(new.entity)
                && self.is_said(place, new, wanted)
        };
        let is_told = |old: &Occurrence| is.iter().any(|new| old.entity == new.entity);
        let stays = |(old, new): (&&Occurrence, &&Occurrence)| {
            is_same(old, new) && old.reading.status == new.reading.status
        };
        let is_sign = spot.occurrence.reading.shape == Shape::Sign;
        elsewhere.len() == others.len()
            && elsewhere.iter().zip(&others).all(stays)
            && is.iter().copied().all(is_right)
            && was.iter().copied().all(is_told)
            && (is_sign || is.iter().any(|new| is_same(spot.occurrence, new)))
            && says_as_much(document, &after, range)
    }

    /// Whether a place says a status, as far as its form can.
    fn is_said(&self, place: Place, said: &Occurrence, wanted: Option<StatusIdx>) -> bool {
        let vocabulary = self.analysis.index.vocabulary_at(place);
        let allows = |(said, wanted)| vocabulary.box_allows(said, wanted);
        said.reading.status == wanted
            || said.carrier.beside.is_some() && said.reading.status.zip(wanted).is_some_and(allows)
    }
}

/// The places of a status in a line, and those elsewhere.
fn parted<'o>(
    all: impl Iterator<Item = &'o Occurrence>,
    line: Range<usize>,
) -> (Vec<&'o Occurrence>, Vec<&'o Occurrence>) {
    all.partition(|it| line.contains(&(it.reading.range.start as usize)))
}

/// An earlier line with the figures of parts that it has now: these follow the parts.
fn with_figures<'l>(document: &Document, line: TextRange, was: &'l str) -> Cow<'l, str> {
    let in_line = |range: TextRange, of: &Field| {
        of.role == FieldRole::Parts && range.contains_range(of.value)
    };
    let mut now = document.facts.fields.iter().filter(|it| in_line(line, it)).peekable();
    if now.peek().is_none() {
        return Cow::Borrowed(was);
    }
    let start = line.start as usize;
    let before = document.with_text(document.text.replaced(line.bytes(), was));
    let Some(before) = before else { return Cow::Borrowed(was) };
    let earlier = TextRange::new(start, start + was.len());
    let edits = now.filter_map(|now| {
        let mut all = before.facts.fields.iter().filter(|it| in_line(earlier, it));
        let then = all.find(|it| it.entity == now.entity)?.value;
        let (from, to) = (then.start as usize - start, then.end as usize - start);
        let insert = now.value.of(&document.text).to_owned();
        Some(TextEdit { range: TextRange::new(from, to), insert })
    });
    match TextEdits::new(edits.collect()) {
        Ok(edits) => Cow::Owned(edits.apply(was)),
        Err(_) => Cow::Borrowed(was),
    }
}

/// Whether the fields and the counters in a line say in both documents the same, but for times.
fn says_as_much(old: &Document, new: &Document, line: TextRange) -> bool {
    let (fields, counters) = (&old.facts.fields, &old.facts.counters);
    let (new_fields, new_counters) = (&new.facts.fields, &new.facts.counters);
    let is_time = |role: &FieldRole| matches!(role, FieldRole::Stamp(_) | FieldRole::EndDay);
    let is_in = |range: TextRange| line.intersects(range) || line.touches(range.start as usize);
    let is_same = |(field, other): (&Field, &Field)| {
        let is_kept = field.role == other.role && field.entity == other.entity;
        let says = |it: &Field, document: &Document| it.value.of(&document.text).to_owned();
        is_kept
            && (is_time(&field.role) || !is_in(field.value) || says(field, old) == says(other, new))
    };
    fields.len() == new_fields.len()
        && fields.iter().zip(new_fields.iter()).all(is_same)
        && counters.len() == new_counters.len()
        && counters.iter().zip(new_counters.iter()).all(|(it, other)| it.value == other.value)
}

/// Whether a line that comes back has a day that the line has not now: what came to be so then comes to be
/// so anew, unless it was taken back only today.
fn is_dated(line: &str, now: &str) -> bool {
    let days = |text: &str| -> Vec<String> {
        let all = (0..text.len()).filter_map(|at| text.get(at..at + 10));
        all.filter(|it| matches!(TimeStamp::parse(it), Some(TimeStamp::Day(_))))
            .map(str::to_owned)
            .collect()
    };
    days(line).iter().any(|day| !days(now).contains(day))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use crate::Analysis;
    use crate::change::{self, Intent, Mode, Subject};
    use crate::model::FilePath;
    use crate::profile::id::TaskId;
    use crate::snapshot::earlier::{EarlierLines, EarlierText, ReplacedLine};
    use crate::testing::{AT, analysis, changed};

    /// A workspace in which a task was given these statuses, one after the other, with what is known of
    /// the lines before.
    fn after(fixture: &str, task: &str, statuses: &[&str]) -> Result<Analysis, String> {
        let (mut now, _) = analysis(fixture);
        let mut known: Vec<(String, ReplacedLine)> = Vec::new();
        for status in statuses {
            let mut earlier = EarlierLines::default();
            known.iter().rev().for_each(|(path, line)| earlier.push(path, line.clone()));
            now = now.knowing(Arc::new(earlier));
            let own = now.index.tasks.get(&TaskId::new(task)).expect(task);
            let to = now.index.vocabulary_of(own).by_id(status).expect(status);
            let intent = Intent {
                subject: Subject::Task(TaskId::new(task)),
                to,
                reason: None,
                at: AT.to_owned(),
                mode: Mode::Transition,
            };
            let plan = change::plan(&now, &intent).map_err(|refusal| refusal.to_string())?;
            let then = changed(&now, &plan.change);
            for path in plan.change.edits.keys() {
                known.extend(replaced(
                    &text(&now, path.as_str()),
                    &text(&then, path.as_str()),
                    path.as_str(),
                    task,
                ));
            }
            now = then;
        }
        Ok(now)
    }

    /// The only task that a change was of.
    fn of(task: &str) -> Arc<[String]> {
        [task.to_owned()].into()
    }

    fn text(analysis: &Analysis, path: &str) -> String {
        let (_, document) = analysis.index.document(path).expect(path);
        document.text.as_str().to_owned()
    }

    /// The lines that differ, of texts with as many lines.
    fn replaced(was: &str, is: &str, path: &str, task: &str) -> Vec<(String, ReplacedLine)> {
        let mut found = Vec::new();
        let mut above = String::new();
        for (was, is) in was.lines().zip(is.lines()) {
            if was != is {
                let line = ReplacedLine {
                    above: above.clone(),
                    was: was.to_owned(),
                    is: is.to_owned(),
                    day: AT[..10].to_owned(),
                    tasks: of(task),
                };
                found.push((path.to_owned(), line));
            }
            above = format!("{is}\n");
        }
        found
    }

    #[test]
    fn an_entry_comes_back_to_its_place_in_a_list() {
        let list = "  ## Pending\n  - [TASK001] A\n  - [TASK002] B\n\n  ## Abandoned\n";
        let fixture = |pending: &str, abandoned: &str| {
            format!(
                "//- /memory-bank/tasks/TASK001-a.md\n  # TASK001 - A\n\n  **Status:** Abandoned\n//- /memory-bank/tasks/_index.md\n  ## Pending\n{pending}  - [TASK002] B\n\n  ## Abandoned\n{abandoned}"
            )
        };
        let (now, _) = analysis(&fixture("", "  - [TASK001] A\n"));
        let back = |above: &str| {
            let gone = [above, "", "- [TASK001] A\n", "- [TASK002] B\n"].map(str::to_owned);
            let come = ["## Abandoned\n", "- [TASK001] A\n", "None\n", ""].map(str::to_owned);
            let mut earlier = EarlierLines::default();
            let pieces = vec![gone, come];
            earlier.push_text(
                "memory-bank/tasks/_index.md",
                EarlierText { pieces, tasks: of("TASK001") },
            );
            let now = now.clone().knowing(Arc::new(earlier));
            let own = now.index.tasks.get(&TaskId::new("TASK001")).expect("a task");
            let to = now.index.vocabulary_of(own).by_id("pending").expect("a status");
            let intent = Intent {
                subject: Subject::Task(TaskId::new("TASK001")),
                to,
                reason: None,
                at: AT.to_owned(),
                mode: Mode::Transition,
            };
            let plan = change::plan(&now, &intent).expect("a plan");
            text(&changed(&now, &plan.change), "memory-bank/tasks/_index.md")
        };
        let was = format!("{list}  None\n").replace("\n  ", "\n");
        assert_eq!(back("## Pending\n"), was.trim_start());
        // Where something else stands around it, it goes where any would.
        assert!(back("## Planned\n").starts_with("## Pending\n- [TASK002] B\n- [TASK001] A\n"));
    }

    /// Whether all files are what they were once a task has had these statuses.
    fn comes_back(fixture: &str, task: &str, statuses: &[&str]) {
        let (before, _) = analysis(fixture);
        let now =
            after(fixture, task, statuses).unwrap_or_else(|why| panic!("{statuses:?}: {why}"));
        for document in before.index.docs.iter() {
            let path = document.path.as_str();
            assert_eq!(text(&now, path), text(&before, path), "{statuses:?}");
        }
    }

    #[test]
    fn what_a_change_replaced_comes_back_as_its_author_wrote_it() {
        let plan = |status: &str| format!("//- /PLAN.md\n  # Plan\n  - **Status**: {status}\n");
        comes_back(&plan("Draft"), "plan", &["in_progress", "todo"]);
        comes_back(&plan("Draft"), "plan", &["in_progress", "done", "todo"]);
        comes_back(&plan("🔄 in progress (since May)"), "plan", &["done", "in_progress"]);
        comes_back(&plan("In Progress (75%)"), "plan", &["todo", "in_progress"]);
        let list = "//- /TODO.md\n  # To do\n  - [X] Draw the form (completed 2026-01-02)\n  - [ ] Bind it\n";
        comes_back(list, "draw-the-form", &["todo", "done"]);
        let goals =
            "//- /TODO.md\n  # To do\n  - [ ] ✅ All are printed\n  - [ ] ✅ None is torn\n";
        comes_back(goals, "all-are-printed", &["done", "todo"]);
        let crlf = "//- /TODO.md\n  # To do\n  - ⏳ **A-1** Draw it\n  - 🚧 **A-2** Bind it\n  - ✅ **A-3** Read it\n";
        comes_back(crlf, "A-1", &["done", "todo"]);
    }

    #[test]
    fn what_ended_long_ago_and_ends_again_has_no_day_of_then() {
        let (now, _) = analysis("//- /TODO.md\n  # To do\n  - [ ] Draw it\n  - [ ] Bind it\n");
        let set = |day: &str, was: &str| {
            let mut earlier = EarlierLines::default();
            let [above, was, is, day] = ["# To do\n", was, "- [ ] Draw it", day].map(str::to_owned);
            earlier.push("TODO.md", ReplacedLine { above, was, is, day, tasks: of("draw-it") });
            let now = now.clone().knowing(Arc::new(earlier));
            let own = now.index.tasks.get(&TaskId::new("draw-it")).expect("the task");
            let to = now.index.vocabulary_of(own).by_id("done").expect("done");
            let (subject, mode) = (Subject::Task(TaskId::new("draw-it")), Mode::Transition);
            let intent = Intent { subject, to, reason: None, at: AT.to_owned(), mode };
            let plan = change::plan(&now, &intent).expect("it may be set");
            text(&changed(&now, &plan.change), "TODO.md")
                .lines()
                .nth(1)
                .unwrap_or_default()
                .to_owned()
        };
        let dated = "- [X] Draw it (completed 2025-03-04)";
        assert_eq!(set(&AT[..10], dated), dated);
        assert_eq!(set("2025-05-06", dated), "- [x] Draw it");
        assert_eq!(set("2025-05-06", "- [X] Draw it"), "- [X] Draw it");
    }

    #[test]
    fn a_row_that_a_part_has_begun_is_what_it_was_once_that_is_taken_back() {
        let road = |row: &str| {
            format!(
                "//- /.planning/ROADMAP.md\n  ### Phase 1: Draw\n  - [x] 01-01-PLAN.md\n  - [ ] 01-02-PLAN.md\n\n  | Phase | Plans Complete | Status |\n  |---|---|---|\n  {row}\n"
            )
        };
        let row = |was: &str| {
            let (now, _) = analysis(&road("| 1. Draw | 1/2 | In Progress |"));
            let mut earlier = EarlierLines::default();
            let line = format!("| 1. Draw | {was} |");
            let (above, day) = ("|---|---|---|\n".to_owned(), AT[..10].to_owned());
            let is = "| 1. Draw | 1/2 | In Progress |".to_owned();
            let tasks = Arc::from(["01-01", "1"].map(str::to_owned));
            earlier.push(".planning/ROADMAP.md", ReplacedLine { above, was: line, is, day, tasks });
            let now = now.knowing(Arc::new(earlier));
            let own = now.index.tasks.get(&TaskId::new("01-01")).expect("the plan");
            let to = now.index.vocabulary_of(own).by_id("not_started").expect("it");
            let (subject, mode) = (Subject::Task(TaskId::new("01-01")), Mode::Transition);
            let intent = Intent { subject, to, reason: None, at: AT.to_owned(), mode };
            let plan = change::plan(&now, &intent).expect("it may be set");
            let after = text(&changed(&now, &plan.change), ".planning/ROADMAP.md");
            after.lines().last().unwrap_or_default().to_owned()
        };
        assert_eq!(row("0/2 | Planned"), "| 1. Draw | 0/2 | Planned |");
        assert_eq!(row("0/2 | In progress"), "| 1. Draw | 0/2 | In Progress |");
        assert_eq!(row("0/2 | Blocked"), "| 1. Draw | 0/2 | In Progress |");
    }

    #[test]
    fn a_share_that_a_change_took_comes_back_with_it() {
        let state = |was: &str| {
            let (now, _) = analysis(
                "//- /.planning/ROADMAP.md\n  - [ ] **Phase 1: Draw**\n  - [ ] **Phase 2: Ink**\n//- /.planning/STATE.md\n  ---\n  progress:\n    total_phases: 2\n    completed_phases: 0\n    total_plans: 9\n    completed_plans: 9\n    percent: 0\n  ---\n",
            );
            let mut earlier = EarlierLines::default();
            let line = |text: &str| format!("  percent: {text}");
            let (above, day) = ("  completed_plans: 9\n".to_owned(), AT[..10].to_owned());
            let (was, is, tasks) = (line(was), line("0"), of("1"));
            earlier.push(".planning/STATE.md", ReplacedLine { above, was, is, day, tasks });
            let now = now.knowing(Arc::new(earlier));
            let own = now.index.tasks.get(&TaskId::new("1")).expect("the phase");
            let to = now.index.vocabulary_of(own).by_id("complete").expect("it");
            let (subject, mode) = (Subject::Task(TaskId::new("1")), Mode::Transition);
            let intent = Intent { subject, to, reason: None, at: AT.to_owned(), mode };
            let plan = change::plan(&now, &intent).expect("it may be set");
            text(&changed(&now, &plan.change), ".planning/STATE.md")
        };
        let share = |was: &str| {
            let state = state(was);
            let (_, said) = state.split_once("percent: ").expect("a share");
            said.lines().next().unwrap_or_default().to_owned()
        };
        assert_eq!((share("50"), share("17"), share("x")), ("50".into(), "0".into(), "0".into()));
    }

    #[test]
    fn a_figure_that_is_another_now_does_not_come_back() {
        let road = |line: &str| {
            format!(
                "//- /.planning/ROADMAP.md\n  - {line}\n\n  ### Phase 1: Draw\n  - [x] 01-01-PLAN.md\n  - [ ] 01-02-PLAN.md\n"
            )
        };
        let (now, _) = analysis(&road("[x] **Phase 1: Draw** (1/2 plans)"));
        let mut earlier = EarlierLines::default();
        let mut push = |was: &str, is: &str| {
            let [above, was, is, day] = ["", was, is, &AT[..10]].map(str::to_owned);
            let tasks = of("1");
            earlier.push(".planning/ROADMAP.md", ReplacedLine { above, was, is, day, tasks });
        };
        push("- [x] **Phase 1: Draw** (0/2 plans)", "- [x] **Phase 1: Draw** (1/2 plans)");
        push("- [ ] **Phase 1: Draw** (0/2 plans)", "- [x] **Phase 1: Draw** (0/2 plans)");
        let now = now.knowing(Arc::new(earlier));
        let own = now.index.tasks.get(&TaskId::new("1")).expect("the phase");
        let to = now.index.vocabulary_of(own).by_id("not_started").expect("it");
        let (subject, mode) = (Subject::Task(TaskId::new("1")), Mode::Transition);
        let intent = Intent { subject, to, reason: None, at: AT.to_owned(), mode };
        let plan = change::plan(&now, &intent).expect("it may be set");
        let after = text(&changed(&now, &plan.change), ".planning/ROADMAP.md");
        assert!(after.starts_with("- [ ] **Phase 1: Draw** (1/2 plans)\n"), "{after}");
    }

    #[test]
    fn a_line_that_somebody_wrote_since_is_none_of_them() {
        let fixture = "//- /PLAN.md\n  # Plan\n  - **Status**: Draft\n";
        let (now, _) = analysis(fixture);
        let path = FilePath::new("PLAN.md");
        let mut earlier = EarlierLines::default();
        let line = |was: &str, is: &str| ReplacedLine {
            above: "# Plan\n".to_owned(),
            was: was.to_owned(),
            is: is.to_owned(),
            day: AT[..10].to_owned(),
            tasks: of("plan"),
        };
        earlier.push("PLAN.md", line("- **Status**: Draft", "- **Status**: In Progress"));
        // The earlier line says another status, or something else beside it.
        earlier.push("PLAN.md", line("- **Status**: Paused", "- **Status**: Done"));
        earlier.push("PLAN.md", line("- [ ] Status: Draft", "- **Status**: Blocked"));
        let now = now.knowing(Arc::new(earlier));
        for (said, becomes) in [
            ("In Progress", "Draft"),
            ("in progress", "todo"),
            ("Done", "Not Started"),
            ("Blocked", "Not Started"),
        ] {
            let written = format!("# Plan\n- **Status**: {said}\n");
            let now = now.with_text(&path, written.into());
            let own = now.index.tasks.get(&TaskId::new("plan")).expect("the plan");
            let to = now.index.vocabulary_of(own).by_id("todo").expect("todo");
            let (subject, reason) = (Subject::Task(TaskId::new("plan")), None);
            let intent = Intent { subject, to, reason, at: AT.to_owned(), mode: Mode::Force };
            let plan = change::plan(&now, &intent).unwrap_or_else(|why| panic!("{said}: {why}"));
            let after = text(&changed(&now, &plan.change), "PLAN.md");
            assert_eq!(after, format!("# Plan\n- **Status**: {becomes}\n"), "{said}");
        }
    }
}
