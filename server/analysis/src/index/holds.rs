//! What a file says that a task still waits for.

use std::borrow::Cow;

use crate::index::remarks::awaiting;
use crate::index::{Index, Spot, Task};
use crate::model::{FieldRole, FilePath, legend};

/// A file that says that a task waits.
#[derive(Clone, Debug)]
pub struct HeldBy<'a> {
    /// The file.
    pub path: &'a FilePath,
    /// What it says, as written.
    pub said: Cow<'a, str>,
}

impl Index {
    /// What says that a task is not finished by its parts alone.
    pub fn held<'a>(&'a self, task: &Task) -> Option<HeldBy<'a>> {
        self.held_by_file(task).or_else(|| self.awaits_somebody(task))
    }

    fn held_by_file<'a>(&'a self, task: &Task) -> Option<HeldBy<'a>> {
        let profile = self.profile_of(task);
        if profile.roles.iter().all(|role| role.hold.is_none()) {
            return None;
        }
        self.docs.iter().enumerate().find_map(|(doc, document)| {
            let own = document.facts.hold.as_ref().filter(|_| !document.facts.history)?;
            let is_own = std::ptr::eq(&*document.profile, profile)
                && document.role().hold.as_ref()?.task_type == task.task_type
                && self.id_in(doc, &profile.ids.parse(&own.id)?) == task.id;
            is_own.then_some(HeldBy { path: &document.path, said: Cow::Borrowed(&own.said) })
        })
    }

    /// What its own line, the figure beside it, or the line of a part says that it waits for.
    fn awaits_somebody<'a>(&'a self, task: &Task) -> Option<HeldBy<'a>> {
        let roles = &self.profile_of(task).roles;
        if !roles.iter().any(|role| role.hold.is_some()) {
            return None;
        }
        let parts = self.children(task).flat_map(|part| self.statuses(part));
        let boxes = self.statuses(task).chain(parts);
        let by_box = boxes.filter_map(|spot| Some((spot.place.doc, spot.awaits()?)));
        let figures = task.places.iter().flat_map(|place| {
            let document = &self.docs[place.doc];
            let fields = document.facts.fields_of(place.entity);
            let fields = fields.filter(|field| field.role == FieldRole::Parts);
            let said = fields.filter_map(|field| awaiting::of(field.value.of(&document.text)));
            said.map(|said| (place.doc, said))
        });
        let explained = self.statuses(task).filter_map(|spot| {
            let mark = explained_mark(&spot)?;
            Some((spot.place.doc, format!("[{mark}]")))
        });
        let (doc, said) = by_box.chain(figures).chain(explained).next()?;
        Some(HeldBy { path: &self.docs[doc].path, said: Cow::Owned(said) })
    }
}

/// The mark of a box that the file itself explains, as something that is no status of the profile.
fn explained_mark(spot: &Spot<'_>) -> Option<char> {
    let document = spot.document;
    let own = spot.occurrence;
    let mark = own.reading.word.of(&document.text).trim().chars().next()?;
    let is_told = own.carrier.is_coarse() && document.facts.legend.contains(&mark);
    let vocabulary = spot.vocabulary();
    let is_end = vocabulary.get(spot.status()?).category.is_closed();
    if !is_told || is_end {
        return None;
    }
    let text = document.text.copy(0..document.text.len());
    let meaning = legend::meaning(&text, mark)?;
    vocabulary.lookup_prefix(meaning).is_none().then_some(mark)
}

#[cfg(test)]
mod tests {
    use crate::analysis::mending::fix_all;
    use crate::testing::{AT, analysis};

    #[test]
    fn a_phase_that_waits_for_a_person_is_not_finished_by_its_plans() {
        let fixed = |line: &str, plans: &str, plan: &str| {
            let text = format!(
                "\
//- /.planning/ROADMAP.md
  - [ ] **Phase 1: Tea** - hot{line}

  ### Phase 1: Tea
  **Plans**: 1/1 plans{plans}

  - [x] 01-01: Boil it{plan}
"
            );
            let (analysis, _) = analysis(&text);
            let found = analysis.diagnostics().iter().map(|found| found.rule).collect::<Vec<_>>();
            let (change, _) = fix_all(&analysis, AT, &|_| true);
            (found, !change.is_empty())
        };
        assert_eq!(fixed("", "", ""), (vec!["stale-rollup"], true));
        let silent = (Vec::new(), false);
        let waits = " — code-complete 2026-01-02, human-verify pending";
        assert_eq!(fixed(waits, "", ""), silent);
        assert_eq!(fixed("", waits, ""), silent);
        assert_eq!(fixed("", "", waits), silent);
        assert_eq!(fixed("; 01-01 code-complete, awaiting the taster", "", ""), silent);
    }

    #[test]
    fn a_mark_that_the_file_explains_is_no_status_that_plans_contradict() {
        let found = |legend: &str| {
            let text = format!(
                "//- /.planning/ROADMAP.md\n  > - `[~]` — {legend}\n\n  - [~] **Phase 1: Tea**\n\n  - [x] 01-01: Boil it\n"
            );
            let (analysis, _) = analysis(&text);
            analysis.diagnostics().iter().map(|found| found.rule).collect::<Vec<_>>()
        };
        assert_eq!(found("**boiled**, and somebody has yet to drink it"), Vec::<&str>::new());
        assert_eq!(found("In progress"), ["stale-rollup"]);
    }
}
