//! Sets the status of the task, phase or item under the cursor, everywhere it stands.

use crate::actions::{Action, ActionKind, At, Choice, Offer};
use crate::analysis::Analysis;
use crate::change::{self, SourceChange, Ticking, reason};
use crate::index::{Place, Task};
use crate::operation::{Code, Operation, Planner, Refused, Whose, Wish, gone, plan_one};
use crate::profile::EntityKind;
use crate::profile::id::TaskId;
use crate::profile::vocabulary::{Category, StatusDef};

/// The action.
pub static ACTION: Action = Action {
    id: "set-status",
    kind: ActionKind::Refactor,
    doc: include_str!("set_status.md"),
    offers,
    plan,
};

fn offers(at: &At<'_>) -> Vec<Offer> {
    let index = &at.analysis.index;
    let document = &index.docs[at.doc];
    let found = document.entity_at(at.range.start as usize).filter(|_| !document.facts.history);
    let Some(entity) = found else { return Vec::new() };
    let place = Place { doc: at.doc, entity };
    let mut out = Vec::new();
    let task = index.task_at(place).filter(|task| !task.past.contains(&place));
    match (index.entity(place).kind, task) {
        (EntityKind::Phase, Some(task)) => {
            out.extend(of_phase(at, place, task));
            out.extend(of_task(at, place, task));
        }
        (EntityKind::Item, _) => out.extend(of_item(at, place)),
        (_, Some(task)) => out.extend(of_task(at, place, task)),
        _ => {}
    }
    // Most who are at a check box want to tick it; what is not complete by itself comes last.
    out.sort_by_key(|offer| match offer.title.as_str() {
        TICK | UNTICK => 0,
        _ => 1 + u8::from(offer.choice.lacks_reason),
    });
    out
}

/// How the title of an offer ends that leaves the reason to be filled in.
pub const TO_FILL_IN: &str = ", reason to be filled in";

const TICK: &str = "Tick this box";
const UNTICK: &str = "Untick this box";

/// What the offer is called at a place whose status is a check box alone.
fn of_box(def: &StatusDef) -> Option<String> {
    Some(match def.boxes.first()?.as_str() {
        "x" | "X" => TICK.to_owned(),
        " " => UNTICK.to_owned(),
        _ => format!("Set this box to {}", def.id.replace('_', " ")),
    })
}

fn of_task(at: &At<'_>, place: Place, task: &Task) -> Vec<Offer> {
    let analysis = at.analysis;
    if !analysis.index.is_certain(task) {
        return Vec::new();
    }
    let profile = analysis.index.profile_of(task);
    let vocabulary = analysis.index.vocabulary_of(task);
    let from = analysis.index.status(task);
    let mut coarse =
        analysis.index.spots(place).map(|it| it.occurrence.carrier.is_coarse()).peekable();
    let is_box = coarse.peek().is_some() && coarse.all(|coarse| coarse);
    let mut out = Vec::new();
    for transition in change::transitions_of(analysis, task) {
        let def = vocabulary.get(transition.to);
        let ticking = change::ticking(analysis, task, transition.to);
        if !transition.allowed || Some(transition.to) == from || ticking == Ticking::Impossible {
            continue;
        }
        let marker = profile.markers.write(&def.marker);
        let title = of_box(def).filter(|_| is_box);
        let mut title = title
            .unwrap_or_else(|| format!("Set task {} to {marker}", analysis.index.called(task)));
        title.push_str(&by_boxes(def, ticking));
        let lacks_reason = def.reason.is_some() && !reason::has_reason(&analysis.index, task);
        if lacks_reason {
            title.push_str(TO_FILL_IN);
        }
        let mut choice = Choice::new(&ACTION, at, at.range, &title);
        choice.task = Some(task.id.to_string());
        choice.status = Some(def.id.clone());
        choice.lacks_reason = lacks_reason;
        choice.ticks = ticking != Ticking::Unneeded;
        out.push(Offer { title, preferred: false, mends: None, choice });
    }
    out
}

/// How a title ends that tells what becomes of the check boxes from which a status follows.
fn by_boxes(def: &StatusDef, ticking: Ticking) -> String {
    let Ticking::Boxes(n) = ticking else { return String::new() };
    let verb = if def.category == Category::Done { "tick" } else { "untick" };
    let boxes = if n == 1 { "box" } else { "boxes" };
    format!(": {verb} {n} {boxes}")
}

fn of_phase(at: &At<'_>, place: Place, task: &Task) -> Vec<Offer> {
    let analysis = at.analysis;
    let entity = analysis.index.entity(place);
    let Some(number) = &entity.number else { return Vec::new() };
    if !analysis.index.phases(task).contains(&place) {
        return Vec::new();
    }
    let profile = analysis.index.profile_at(place);
    let vocabulary = profile.vocabulary(EntityKind::Phase);
    let from = analysis.index.status_at(place);
    let mut out = Vec::new();
    for transition in change::transitions(vocabulary, from) {
        let reopens = change::reopens(analysis, task, transition.to);
        let ticking = change::ticking_at(analysis, place, transition.to);
        let is_so = Some(transition.to) == from;
        if !transition.allowed || is_so || reopens || ticking == Ticking::Impossible {
            continue;
        }
        let def = vocabulary.get(transition.to);
        let marker = profile.markers.write(&def.marker);
        let title = format!("Set phase {number} to {marker}{}", by_boxes(def, ticking));
        let mut choice = Choice::new(&ACTION, at, at.range, &title);
        choice.task = Some(task.id.to_string());
        choice.phase = Some(number.to_string());
        choice.status = Some(def.id.clone());
        choice.ticks = ticking != Ticking::Unneeded;
        out.push(Offer { title, preferred: false, mends: None, choice });
    }
    out
}

fn of_item(at: &At<'_>, place: Place) -> Vec<Offer> {
    let analysis = at.analysis;
    let vocabulary = analysis.index.vocabulary_at(place);
    let from = analysis.index.status_at(place);
    let mut out = Vec::new();
    for transition in change::transitions(vocabulary, from) {
        let def = vocabulary.get(transition.to);
        let Some(title) = of_box(def) else { continue };
        if !transition.allowed || Some(transition.to) == from {
            continue;
        }
        let mut choice = Choice::new(&ACTION, at, at.range, &title);
        choice.status = Some(def.id.clone());
        out.push(Offer { title, preferred: false, mends: None, choice });
    }
    out
}

fn plan(
    analysis: &Analysis,
    choice: &Choice,
    at: &str,
    planner: Planner<'_>,
) -> Result<SourceChange, Refused> {
    let lost = || gone("the text here has changed");
    let status = choice.status.as_deref().ok_or_else(lost)?;
    let task = choice.task.as_ref().map(|id| named(analysis, choice, id));
    let task = task.transpose()?;
    let whose = match (&task, &choice.phase) {
        (Some(task), Some(phase)) => Whose::Phase(task, phase),
        (Some(task), None) => Whose::Task(task),
        (None, _) => {
            let (doc, document) = analysis.index.document(&choice.path).ok_or_else(lost)?;
            let found = document.entity_at(choice.range.start as usize);
            Whose::Place(Place { doc, entity: found.ok_or_else(lost)? })
        }
    };
    let (to_fill_in, tick) = (choice.lacks_reason, choice.ticks);
    let wish = Wish { status, to_fill_in, tick, ..Wish::default() };
    let operation = Operation::Set { whose: vec![whose], wish, atomic: false };
    let planned = plan_one(analysis, &operation, at, planner).map_err(|why| match why.code {
        Code::UnknownTask | Code::UnknownStatus | Code::Usage => lost(),
        _ => why,
    });
    planned.map(|(change, _)| change)
}

/// The name of the task that was chosen. Of several that only their order tells apart it is the one
/// that stands where it was chosen.
fn named(analysis: &Analysis, choice: &Choice, id: &str) -> Result<String, Refused> {
    let lost = || gone("the text here has changed");
    let id = TaskId::new(id);
    let name = analysis.name_of(&id);
    if name == id.as_str() {
        return Ok(name);
    }
    let index = &analysis.index;
    let (doc, document) = index.document(&choice.path).ok_or_else(lost)?;
    let entity = document.entity_at(choice.range.start as usize).ok_or_else(lost)?;
    let here = index.task_at(Place { doc, entity }).filter(|task| task.id == id);
    here.map(|_| name).ok_or_else(lost)
}

#[cfg(test)]
mod tests {
    use super::ACTION;
    use crate::testing::{check_action, check_no_action};

    #[test]
    fn of_two_tasks_with_one_id_neither_is_offered() {
        check_no_action(
            ACTION.id,
            "//- /docs/sprint-status.yaml\n  development_status:\n    1-2-log-in: back$0log\n    1-2-log-out: backlog\n",
        );
    }

    #[test]
    fn history_is_not_changed() {
        check_no_action(
            ACTION.id,
            r#"
//- /specs/archive/TODO.md
  ### 7. Add login$0
  - **Status**: [COMPLETED]
//- /specs/state.json
  { "active_projects": [] }
"#,
        );
    }

    #[test]
    fn nothing_follows_a_final_status() {
        check_no_action(
            ACTION.id,
            r#"
//- /specs/TODO.md
  ### 7. Add login$0
  - **Status**: [COMPLETED]
//- /specs/state.json
  { "active_projects": [] }
"#,
        );
    }

    #[test]
    fn a_status_that_follows_from_boxes_says_what_it_ticks_and_no_other_is_offered() {
        let text = |marks: [&str; 3]| {
            let [one, two, three] = marks;
            format!(
                "\
//- /openspec/changes/add-login/tasks.md
  ## 1. Store$0

  - [{one}] 1.1 Choose one
  - [{two}] 1.2 Open it
  - [{three}] 1.3 Close it
"
            )
        };
        let (open, begun) = ([" ", " ", " "], ["x", " ", " "]);
        let set = |n| format!("Set task add-login to [done]: tick {n} box");
        assert_eq!(titles(&text(open)), [set(3) + "es"]);
        let reset = "Set task add-login to [open]: untick 1 box";
        assert_eq!(titles(&text(begun)), [reset.to_owned(), set(2) + "es"]);
        assert_eq!(titles(&text(["x", "x", " "]))[1], set(1));
        let done = text(["x"; 3]).replace("$0", "");
        check_action(ACTION.id, &text(begun), &(set(2) + "es"), &done);
        let none = text(open).replace("$0", "");
        check_action(ACTION.id, &text(begun), reset, &none);
    }

    const NESTED: &str = "\
//- /TODO.md
  - [ ] Store sessions
    - [ ] Choose a store <!-- soon -->
    - [ ] Expire old ones
      - [ ] By age
  > - [ ] Log out
";

    #[test]
    fn a_nested_box_is_meant_in_any_column_of_its_line() {
        let line = "    - [ ] Choose a store <!-- soon -->";
        for column in 2..=line.len() {
            let marked = format!("{}$0{}", &line[..column], &line[column..]);
            let (before, after) = (NESTED.replace(line, &marked), line.replace("[ ]", "[x]"));
            check_action(ACTION.id, &before, "Tick", &NESTED.replace(line, &after));
        }
    }

    #[test]
    fn a_box_in_a_quote_or_at_the_start_of_a_line_is_meant_there() {
        let before = NESTED.replace("  > - [ ]", "  $0> - [ ]");
        let done = "Tick";
        check_action(ACTION.id, &before, done, &NESTED.replace("> - [ ]", "> - [x]"));
        let before = NESTED.replace("  - [ ] Store", "  $0- [ ] Store");
        check_action(ACTION.id, &before, done, &NESTED.replace("- [ ] Store", "- [x] Store"));
    }

    #[test]
    fn nothing_is_offered_for_the_task_around_a_box() {
        let before = NESTED.replace("By age", "By$0 age");
        assert_eq!(titles(&before)[0], "Tick this box");
        let own = |title: &String| title.ends_with(" this box") || title.contains(" this box to ");
        assert!(titles(&before).iter().all(own), "{:?}", titles(&before));
    }

    #[test]
    fn at_a_box_it_is_offered_first_to_tick_or_untick_it() {
        let at = |mark: &str| titles(&format!("//- /TODO.md\n  - [{mark}] Sweep$0\n"));
        assert_eq!(at(" ")[0], "Tick this box");
        assert_eq!(at("x")[..2], ["Untick this box", "Set this box to in progress"]);
        assert_eq!(at("/")[..2], ["Untick this box", "Tick this box"]);
    }

    fn titles(before: &str) -> Vec<String> {
        let (analysis, fixture) = crate::testing::analysis(before);
        let (path, range) = fixture.selection();
        let all = crate::actions::offers(&analysis, path, range.into()).into_iter();
        let own = all.map(|(_, offer)| offer).filter(|offer| offer.choice.action == ACTION.id);
        own.map(|offer| offer.title).collect()
    }

    #[test]
    fn a_check_list_keeps_its_line_ends() {
        check_action(
            ACTION.id,
            "//- /TODO.md eol:crlf no-eol\n  - [ ] Añadir$0 sesión\n  - [ ] Logout\n",
            "Tick",
            "//- /TODO.md eol:crlf no-eol\n  - [x] Añadir sesión\n  - [ ] Logout\n",
        );
    }
}
