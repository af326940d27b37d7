//! Tasks, and the documents that belong to them, by what somebody types of their id, title or status.

mod names;

use std::cmp::Reverse;

pub use names::SymbolNames;

use crate::analysis::Analysis;
use crate::index::{Index, Place, Task};
use crate::model::FilePath;
use crate::profile::EntityKind;
use crate::profile::vocabulary::{Category, StatusDef, normalise};
use crate::task_view;
use crate::text::TextRange;

/// A task, or a document of one, that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SymbolFound {
    /// Its title; of a task with its id.
    pub name: String,
    /// Whether it is a task, or the plan or file of one.
    pub what: SymbolOf,
    /// The id of its status.
    pub status: Option<String>,
    /// What that means.
    pub category: Option<Category>,
    /// Of a document, the task that it belongs to: its id and title.
    pub task: Option<String>,
    /// The file; of a task that which is trusted first.
    pub path: FilePath,
    /// Its name there.
    pub range: TextRange,
    /// How well it fits: the smaller the better, across workspaces.
    pub rank: Rank,
}

/// What a symbol stands for. Tasks come before their documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SymbolOf {
    /// A task.
    Task,
    /// A plan of one.
    Plan,
    /// A file that is one as a whole, beside the place that is trusted first.
    File,
}

/// How well a symbol fits: archived and finished ones after live ones, unless their id or whole title is
/// what was typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rank {
    class: Class,
    what: SymbolOf,
    score: Reverse<u32>,
}

/// Groups of symbols in the order in which they are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Class {
    Meant,
    Active,
    Live,
    Closed,
    Archived,
}

/// What is compared with the words that were typed.
struct Candidate<'a> {
    task: &'a Task,
    place: Place,
    what: SymbolOf,
    title: &'a str,
    /// Its group, as long as it is not just what was typed.
    class: Class,
}

/// The words that were typed, and which of them may be meant for a status.
struct TypedWords<'a> {
    query: &'a str,
    words: Vec<(&'a str, bool)>,
}

impl<'a> TypedWords<'a> {
    fn new(analysis: &Analysis, query: &'a str) -> TypedWords<'a> {
        let vocabularies = analysis.instances.iter().flat_map(|it| {
            it.task_vocabularies().chain(std::iter::once(it.vocabulary(EntityKind::Plan)))
        });
        let statuses: Vec<&StatusDef> =
            vocabularies.flat_map(|it| it.iter()).map(|(_, def)| def).collect();
        let names_status =
            |word: &str| statuses.iter().any(|def| status_score(Some(def), word) > 0);
        let words = query.split(' ').filter(|word| !word.is_empty());
        TypedWords { query, words: words.map(|word| (word, names_status(word))).collect() }
    }
}

/// At most `limit` tasks and documents of tasks that fit all words of `query`, the best first. An empty
/// query fits all.
pub fn workspace_symbols(analysis: &Analysis, query: &str, limit: usize) -> Vec<SymbolFound> {
    SymbolNames::new(analysis).find(query, limit)
}

/// The best of these that fit all words.
fn best<'a>(
    analysis: &Analysis,
    all: impl Iterator<Item = Candidate<'a>>,
    wanted: &TypedWords<'_>,
    limit: usize,
) -> Vec<SymbolFound> {
    let fitting = all.enumerate().filter_map(|(at, it)| {
        let score = score(analysis, &it, wanted)?;
        Some((rank(&it, wanted, score), at, it))
    });
    let mut best: Vec<_> = fitting.collect();
    if best.len() > limit && limit > 0 {
        best.select_nth_unstable_by_key(limit - 1, |(rank, at, _)| (*rank, *at));
        best.truncate(limit);
    }
    best.sort_unstable_by_key(|(rank, at, _)| (*rank, *at));
    best.truncate(limit);
    best.into_iter().map(|(rank, _, it)| found(analysis, &it, rank)).collect()
}

/// A task, then its plans and the files that are of it as a whole and have a title.
fn candidates<'a>(analysis: &'a Analysis, task: &'a Task) -> impl Iterator<Item = Candidate<'a>> {
    let index = &analysis.index;
    let first = task.places.first().or(task.plans.first()).or(task.past.first()).copied();
    let is_old = task_view::is_archived(task);
    let own = first.map(|place| {
        let title = index.title(task);
        let what = SymbolOf::Task;
        Candidate { task, place, what, title, class: class(analysis, task, place, what, is_old) }
    });
    let is_file = move |place: &Place| {
        let entity = index.entity(*place);
        let is_whole = entity.kind == EntityKind::Plan || index.is_document(*place);
        is_whole && !entity.mention && !entity.title.is_empty()
    };
    let documents = task.plans.iter().chain(&task.places).copied();
    let documents = documents.filter(move |place| Some(*place) != first && is_file(place));
    own.into_iter().chain(documents.map(move |place| {
        let entity = index.entity(place);
        let is_plan = entity.kind == EntityKind::Plan;
        let what = if is_plan { SymbolOf::Plan } else { SymbolOf::File };
        let is_old = is_old || index.is_superseded(place.doc);
        let class = class(analysis, task, place, what, is_old);
        Candidate { task, place, what, title: &entity.title, class }
    }))
}

fn found(analysis: &Analysis, it: &Candidate<'_>, rank: Rank) -> SymbolFound {
    let index = &analysis.index;
    let def = status(analysis, it.task, it.place, it.what);
    let (task, is_task) = (task_name(index, it.task), it.what == SymbolOf::Task);
    SymbolFound {
        name: if is_task { task.clone() } else { it.title.to_owned() },
        what: it.what,
        status: def.map(|def| def.id.clone()),
        category: def.map(|def| def.category),
        task: (!is_task).then_some(task),
        path: index.docs[it.place.doc].path.clone(),
        range: index.entity(it.place).name,
        rank,
    }
}

fn task_name(index: &Index, task: &Task) -> String {
    let (id, title) = (index.called(task), index.title(task));
    let name = if id == title { title.to_owned() } else { format!("{id} {title}") };
    name.trim_end().to_owned()
}

/// What a task has, or a plan says of itself.
fn status<'a>(
    analysis: &'a Analysis,
    task: &Task,
    place: Place,
    what: SymbolOf,
) -> Option<&'a StatusDef> {
    if what != SymbolOf::Plan {
        return task_view::status(analysis, task);
    }
    let index = &analysis.index;
    index.status_at(place).map(|status| index.vocabulary_at(place).get(status))
}

fn class(analysis: &Analysis, task: &Task, place: Place, what: SymbolOf, is_old: bool) -> Class {
    match status(analysis, task, place, what).map(|def| def.category) {
        _ if is_old => Class::Archived,
        Some(Category::Done | Category::Dropped) => Class::Closed,
        Some(Category::Active) => Class::Active,
        _ => Class::Live,
    }
}

fn rank(it: &Candidate<'_>, wanted: &TypedWords<'_>, score: u32) -> Rank {
    let is_task = it.what == SymbolOf::Task;
    let is_meant = match &*wanted.words {
        [(word, _)] if is_task && is_id(it.task.id.as_str(), word) => true,
        _ => is_whole(it.title, wanted.query),
    };
    let class = if is_meant { Class::Meant } else { it.class };
    Rank { class, what: it.what, score: Reverse(score) }
}

fn is_id(id: &str, word: &str) -> bool {
    let word = word.trim_start_matches('#');
    id.len() == word.len() && (id.eq_ignore_ascii_case(word) || normalise(id) == word)
}

/// Whether a title is what was typed.
fn is_whole(title: &str, query: &str) -> bool {
    !query.is_empty() && title.len() >= query.len() && normalise(title) == query
}

/// How well a task or document fits all words; `None` where one of them fits nothing of it.
fn score(analysis: &Analysis, it: &Candidate<'_>, wanted: &TypedWords<'_>) -> Option<u32> {
    let mut sum = 0;
    for (word, names_status) in &wanted.words {
        let mut best = id_score(it.task.id.as_str(), word).max(fuzzy(it.title, word));
        // The status of a task takes longer to be found than its title.
        if best == 0 && *names_status {
            best = status_score(status(analysis, it.task, it.place, it.what), word);
        }
        if best == 0 {
            return None;
        }
        sum += best;
    }
    let together = wanted.words.len() > 1 && stands_in(it.title, wanted.query).is_some();
    Some(sum + if together { 1000 } else { 0 })
}

fn id_score(id: &str, word: &str) -> u32 {
    let own = word.trim_start_matches('#');
    if is_id(id, own) {
        return 1000;
    }
    let head = id.get(..own.len()).filter(|_| !own.is_empty());
    if head.is_some_and(|head| head.eq_ignore_ascii_case(own)) { 500 } else { 0 }
}

fn status_score(def: Option<&StatusDef>, word: &str) -> u32 {
    let Some(def) = def else { return 0 };
    let starts = |name: &str| name.split(['_', '-', ' ']).any(|part| part.starts_with(word));
    if starts(&def.id) || def.category.name() == word { 100 } else { 0 }
}

/// How well the letters of `word` stand in `text` in their order: 0 where they do not; more where they
/// stand together, and where words begin.
fn fuzzy(text: &str, word: &str) -> u32 {
    match stands_in(text, word) {
        Some(true) => 300,
        Some(false) => 200,
        None => scattered(text, word),
    }
}

/// Whether letters stand in `text` together, and then, whether a word begins with them.
fn stands_in(text: &str, letters: &str) -> Option<bool> {
    let (text, letters) = (text.as_bytes(), letters.as_bytes());
    let first = *letters.first()?;
    let starts = memchr::memchr2_iter(first.to_ascii_lowercase(), first.to_ascii_uppercase(), text);
    let whole = starts.filter(|at| {
        let here = text.get(*at..at + letters.len());
        here.is_some_and(|here| here.eq_ignore_ascii_case(letters))
    });
    let begins = |at: usize| at == 0 || !text[at - 1].is_ascii_alphanumeric();
    whole.map(begins).max()
}

/// Whether letters of ASCII stand in `text` in their order, which most do not.
fn is_scattered(text: &[u8], letters: &[u8]) -> bool {
    let mut at = 0;
    letters.iter().all(|letter| {
        let (low, high) = (letter.to_ascii_lowercase(), letter.to_ascii_uppercase());
        let found = memchr::memchr2(low, high, &text[at..]);
        at += found.map_or(0, |found| found + 1);
        found.is_some()
    })
}

fn scattered(text: &str, word: &str) -> u32 {
    // Most texts are of ASCII, and need no table of letters.
    if text.is_ascii() {
        if !is_scattered(text.as_bytes(), word.as_bytes()) {
            return 0;
        }
        let letters = text.bytes().map(|byte| char::from(byte.to_ascii_lowercase()));
        return scattered_in(letters, word);
    }
    scattered_in(text.chars().flat_map(char::to_lowercase), word)
}

fn scattered_in(letters: impl Iterator<Item = char>, word: &str) -> u32 {
    let mut wanted = word.chars();
    let mut next = wanted.next();
    let (mut score, mut run, mut at_start) = (0u32, 0u32, true);
    for c in letters {
        if next.is_none() {
            break;
        }
        if Some(c) == next {
            next = wanted.next();
            run += 1;
            score += 1 + run * 2 + if at_start { 8 } else { 0 };
        } else {
            run = 0;
        }
        at_start = !c.is_alphanumeric();
    }
    if next.is_none() { score } else { 0 }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use expect_test::expect_file;

    use super::{fuzzy, workspace_symbols};
    use crate::analysis::Analysis;
    use crate::testing::{analysis, examples};

    const TASKS: &str = r#"
//- /specs/TODO.md
  ### 7. Add login
  - **Status**: [PLANNED]
  ### 8. Log out
  - **Status**: [COMPLETED]
  ### 70. Look at logs
  - **Status**: [IMPLEMENTING]
  ### 9. Write docs
  - **Status**: [NOT STARTED]
//- /specs/archive/TODO.md
  ### 5. Login of old
  - **Status**: [PLANNED]
//- /specs/state.json
  { "active_projects": [], "completed_projects": [] }
"#;

    fn found(analysis: &Analysis, query: &str, limit: usize) -> Vec<String> {
        let found = workspace_symbols(analysis, query, limit).into_iter();
        let named = found.map(|it| format!("{} {}", it.name, it.status.unwrap_or_default()));
        named.collect()
    }

    #[test]
    fn tasks_are_found_by_id_title_and_status_the_live_ones_first() {
        let (analysis, _) = analysis(TASKS);
        let find = |query| found(&analysis, query, 99);
        assert_eq!(
            find("log"),
            [
                "70 Look at logs implementing",
                "7 Add login planned",
                "8 Log out completed",
                "5 Login of old planned",
            ]
        );
        assert_eq!(find("ALGN"), ["7 Add login planned"]);
        assert_eq!(find("log plan"), ["7 Add login planned", "5 Login of old planned"]);
        assert_eq!(find("not_started"), ["9 Write docs not_started"]);
        assert_eq!(find("nothing"), [""; 0]);
        assert_eq!(find("").len(), 5);
    }

    #[test]
    fn an_id_means_its_task_before_any_other() {
        let (analysis, _) = analysis(TASKS);
        for query in ["7", "#7", "8", "5"] {
            let id = query.trim_start_matches('#');
            let first = found(&analysis, query, 1);
            assert!(first.len() == 1 && first[0].starts_with(&format!("{id} ")), "{first:?}");
        }
        assert_eq!(found(&analysis, "7", 99).len(), 2);
    }

    const FILES: &str = r#"
//- /specs/TODO.md
  ### 7. Add login
  - **Status**: [PLANNED]
  ### 8. Log out
  - **Status**: [COMPLETED]
//- /specs/state.json
  { "active_projects": [], "completed_projects": [] }
//- /specs/007_add_login/plans/implementation-001.md
  # Implementation Plan: Add login
  - **Status**: [SUPERSEDED]
//- /specs/007_add_login/plans/implementation-002.md
  # Implementation Plan: Add login by keys
  - **Status**: [NOT STARTED]
//- /specs/008_log_out/plans/implementation-001.md
  # Implementation Plan: Log out
  - **Status**: [COMPLETED]
"#;

    #[test]
    fn documents_of_tasks_are_found_by_their_titles_after_the_tasks() {
        let (analysis, _) = analysis(FILES);
        let find = |query| found(&analysis, query, 99);
        assert_eq!(
            find("log"),
            [
                "7 Add login planned",
                "Implementation Plan: Add login by keys not_started",
                "8 Log out completed",
                "Implementation Plan: Log out completed",
                "Implementation Plan: Add login abandoned",
            ]
        );
        assert_eq!(
            find("implementation plan: log out")[0],
            "Implementation Plan: Log out completed"
        );
        let plans = workspace_symbols(&analysis, "plan by keys", 99);
        assert_eq!(plans.len(), 1);
        assert_eq!(plans[0].path.as_str(), "specs/007_add_login/plans/implementation-002.md");
        assert_eq!(plans[0].task.as_deref(), Some("7 Add login"));
        assert_eq!(
            find("8")[..2],
            ["8 Log out completed", "Implementation Plan: Log out completed"]
        );
    }

    #[test]
    fn each_file_of_a_task_is_found_once() {
        let mut out = String::new();
        for (profile, analysis) in examples() {
            for it in workspace_symbols(&analysis, "", 999) {
                let task = it.task.map(|task| format!(" of {task:?}")).unwrap_or_default();
                let status = it.status.unwrap_or_default();
                out +=
                    &format!("{profile}: {:?} {:?}{task} {status} {}\n", it.what, it.name, it.path);
            }
        }
        let lines: BTreeSet<&str> = out.lines().collect();
        assert_eq!(lines.len(), out.lines().count());
        expect_file!["workspace_symbols/examples.txt"].assert_eq(&out);
    }

    #[test]
    fn no_more_are_told_than_asked_for_and_those_are_the_best() {
        let (analysis, _) = analysis(TASKS);
        let all = found(&analysis, "", 99);
        for limit in 0..=all.len() {
            assert_eq!(found(&analysis, "", limit), all[..limit]);
        }
    }

    #[test]
    fn letters_must_stand_in_their_order_and_are_better_together() {
        assert_eq!(fuzzy("Add login", "nl"), 0);
        let best = ["Login", "Add login", "catalogin", "l o g i n", "lxoxgxixn"];
        let scores: Vec<u32> = best.iter().map(|text| fuzzy(text, "login")).collect();
        assert!(
            scores[0] == scores[1] && scores[1..].is_sorted_by(|one, two| one > two),
            "{scores:?}"
        );
    }
}
