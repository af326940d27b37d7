//! Ids of what stands in the document of a task and is a part of it.

use regex::Match;

use crate::model::carrier::markdown_reader::MarkdownReader;
use crate::profile::BoxRule;
use crate::profile::id::TaskId;
use crate::syntax::markdown::ListItem;
use crate::text::TextRange;

impl MarkdownReader<'_> {
    /// The id that a part spells; that of a part of the document's task may leave out the task's own.
    pub(in crate::model) fn part_id(&self, in_document: bool, spelled: &str) -> Option<TaskId> {
        if !in_document {
            return self.profile.ids.parse(spelled);
        }
        let around = self.facts.entities[self.document?].id.as_ref()?;
        let list = around.as_str().rfind(':').map_or(0, |at| at + 1);
        let (list, above) = around.as_str().split_at(list);
        let is_below = spelled.strip_prefix(above).is_some_and(|rest| rest.starts_with('.'));
        let id = match is_below || is_of_kind(spelled, above) {
            true => format!("{list}{spelled}"),
            false => format!("{around}.{spelled}"),
        };
        self.profile.ids.parse(&id)
    }

    /// The ids that a part spells of those that it depends on.
    pub(in crate::model) fn part_ids(&self, in_document: bool, listed: &str) -> Vec<TaskId> {
        let ids = self.profile.listed_ids(listed);
        if !in_document {
            return ids;
        }
        ids.iter().filter_map(|id| self.part_id(true, id.as_str())).collect()
    }

    /// The id in the text of a box.
    pub(in crate::model) fn matched_id(&self, rule: &BoxRule, item: &ListItem) -> Option<TaskId> {
        // What stands in the title may name others.
        let found = rule.id.as_ref()?.captures_iter(item.text.of(self.text)).last()?;
        self.part_id(rule.in_document, found.name("id")?.as_str())
    }

    /// What the text of an item says that it depends on.
    pub(in crate::model) fn item_depends(&self, item: &ListItem) -> Option<TextRange> {
        let text = item.text.of(self.text);
        let found = self.role.box_rule(text).depends.as_ref()?.captures(text)?;
        let names_some = |said: &Match<'_>| !self.profile.listed_ids(said.as_str()).is_empty();
        let said = found.name("ids").or_else(|| found.name("ids_only").filter(names_some))?;
        let start = item.text.start as usize + said.start() + said.as_str().len()
            - said.as_str().trim_start_matches([':', ' ']).len();
        Some(TextRange::new(start, item.text.start as usize + said.end()))
    }
}

/// Whether an id begins with the letters of another: `M002` is no part of `M001`.
fn is_of_kind(id: &str, other: &str) -> bool {
    let letters = |text: &str| text.find(|c: char| !c.is_alphabetic()).unwrap_or(text.len());
    let own = &id[..letters(id)];
    !own.is_empty() && own == &other[..letters(other)]
}

#[cfg(test)]
mod tests {
    use super::is_of_kind;
    use crate::testing::analysis;

    #[test]
    fn parts_and_what_they_depend_on_are_of_the_task_of_their_document() {
        let (analysis, _) = analysis(
            "\
//- /.gsd/milestones/M002/M002-ROADMAP.md
  # M002: Sign out

  ## Slices

  - [x] **S01: Draw it** `depends:[M001]`
  - [ ] **S02: Test it** `depends:[S01, M001/S03]`

  | ID | Slice | Depends | Done |
  |----|-------|---------|------|
  | S03 | Ship it | S01, S02 | ⬜ |
",
        );
        let index = &analysis.index;
        let told = index.tasks.values().map(|task| {
            let of = |place| index.depends_at(place);
            let on = task.places.iter().flat_map(|place| of(*place));
            let on: Vec<String> = on.map(|id| id.to_string()).collect();
            format!("{}: {}", task.id, on.join(" "))
        });
        let told: Vec<String> = told.collect();
        let wanted =
            ["M002: ", "M002.S01: M001", "M002.S02: M002.S01", "M002.S03: M002.S01 M002.S02"];
        assert_eq!(told, wanted);
    }

    #[test]
    fn an_id_of_the_same_letters_is_no_part() {
        assert!(is_of_kind("M002", "M001") && !is_of_kind("S01", "M001.S02"));
        assert!(!is_of_kind("2", "7") && !is_of_kind("MS1", "M1"));
    }
}
