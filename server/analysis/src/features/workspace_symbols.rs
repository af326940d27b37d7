//! Tasks by what somebody types of their id, title or status.

use std::cmp::Reverse;

use crate::analysis::Analysis;
use crate::index::{Index, Task};
use crate::model::FilePath;
use crate::profile::vocabulary::{Category, normalise};
use crate::task_view;
use crate::text::TextRange;

/// A task that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskFound {
    /// Its id and title.
    pub name: String,
    /// The id of its status.
    pub status: Option<String>,
    /// What that means.
    pub category: Option<Category>,
    /// The file that is trusted first.
    pub path: FilePath,
    /// Its name there.
    pub range: TextRange,
    /// How well it fits: the smaller the better, across workspaces.
    pub rank: Rank,
}

/// How well a task fits: archived and finished ones after live ones, unless their id is what was typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rank {
    class: Class,
    score: Reverse<u32>,
}

/// Groups of tasks in the order in which they are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Class {
    Meant,
    Active,
    Live,
    Closed,
    Archived,
}

/// At most `limit` tasks that fit all words of `query`, the best first. An empty query fits all.
pub fn workspace_symbols(analysis: &Analysis, query: &str, limit: usize) -> Vec<TaskFound> {
    let index = &analysis.index;
    let query = normalise(query);
    let words: Vec<&str> = query.split(' ').filter(|word| !word.is_empty()).collect();
    let fitting = index.tasks.values().enumerate().filter_map(|(at, task)| {
        let score = score(analysis, task, &words)?;
        Some((rank(analysis, task, &words, score), at, task))
    });
    let mut best: Vec<_> = fitting.collect();
    if best.len() > limit && limit > 0 {
        best.select_nth_unstable_by_key(limit - 1, |(rank, at, _)| (*rank, *at));
        best.truncate(limit);
    }
    best.sort_unstable_by_key(|(rank, at, _)| (*rank, *at));
    best.truncate(limit);
    best.into_iter().filter_map(|(rank, _, task)| found(analysis, task, rank)).collect()
}

fn found(analysis: &Analysis, task: &Task, rank: Rank) -> Option<TaskFound> {
    let index = &analysis.index;
    let place = *task.places.first().or(task.plans.first()).or(task.past.first())?;
    let entity = index.entity(place);
    let (id, title) = (index.called(task), index.title(task));
    let name = if id == title { title.to_owned() } else { format!("{id} {title}") };
    let def = task_view::status(analysis, task);
    Some(TaskFound {
        name: name.trim_end().to_owned(),
        status: def.map(|def| def.id.clone()),
        category: def.map(|def| def.category),
        path: index.docs[place.doc].path.clone(),
        range: entity.name,
        rank,
    })
}

fn rank(analysis: &Analysis, task: &Task, words: &[&str], score: u32) -> Rank {
    let id = task.id.as_str();
    let class = match task_view::status(analysis, task).map(|def| def.category) {
        _ if matches!(words, [word] if is_id(id, word)) => Class::Meant,
        _ if task_view::is_archived(task) => Class::Archived,
        Some(Category::Done | Category::Dropped) => Class::Closed,
        Some(Category::Active) => Class::Active,
        _ => Class::Live,
    };
    Rank { class, score: Reverse(score) }
}

fn is_id(id: &str, word: &str) -> bool {
    let word = word.trim_start_matches('#');
    id.len() == word.len() && (id.eq_ignore_ascii_case(word) || normalise(id) == word)
}

/// How well a task fits all words; `None` where one of them fits nothing of it.
fn score(analysis: &Analysis, task: &Task, words: &[&str]) -> Option<u32> {
    let index: &Index = &analysis.index;
    let title = index.title(task);
    let mut sum = 0;
    for word in words {
        let of_id = id_score(task.id.as_str(), word);
        let best = of_id.max(fuzzy(title, word));
        let best = if best == 0 { status_score(analysis, task, word) } else { best };
        if best == 0 {
            return None;
        }
        sum += best;
    }
    Some(sum)
}

fn id_score(id: &str, word: &str) -> u32 {
    let own = word.trim_start_matches('#');
    if is_id(id, own) {
        return 1000;
    }
    let head = id.get(..own.len()).filter(|_| !own.is_empty());
    if head.is_some_and(|head| head.eq_ignore_ascii_case(own)) { 500 } else { 0 }
}

fn status_score(analysis: &Analysis, task: &Task, word: &str) -> u32 {
    let Some(def) = task_view::status(analysis, task) else { return 0 };
    let starts = |name: &str| name.split(['_', '-', ' ']).any(|part| part.starts_with(word));
    if starts(&def.id) || def.category.name() == word { 100 } else { 0 }
}

/// How well the letters of `word` stand in `text` in their order: 0 where they do not; more where they
/// stand together, and where words begin.
fn fuzzy(text: &str, word: &str) -> u32 {
    let windows = text.as_bytes().windows(word.len().max(1));
    let whole = windows.enumerate().filter(|(_, it)| it.eq_ignore_ascii_case(word.as_bytes()));
    let begins = |at: usize| at == 0 || !text.as_bytes()[at - 1].is_ascii_alphanumeric();
    let whole = whole.map(|(at, _)| if begins(at) { 300 } else { 200 }).max();
    whole.unwrap_or_else(|| scattered(text, word))
}

fn scattered(text: &str, word: &str) -> u32 {
    let mut wanted = word.chars().peekable();
    let (mut score, mut run, mut at_start) = (0u32, 0u32, true);
    for c in text.chars().flat_map(char::to_lowercase) {
        let Some(next) = wanted.peek() else { break };
        if c == *next {
            wanted.next();
            run += 1;
            score += 1 + run * 2 + if at_start { 8 } else { 0 };
        } else {
            run = 0;
        }
        at_start = !c.is_alphanumeric();
    }
    if wanted.peek().is_none() { score } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::{fuzzy, workspace_symbols};
    use crate::analysis::Analysis;
    use crate::testing::analysis;

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
