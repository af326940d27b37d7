//! Files that are called as the key of a record is: each is of the task of that record, whatever number its
//! name begins with.

use std::collections::BTreeMap;

use crate::index::own_file::is_whole;
use crate::index::{Docs, Index, Place};
use crate::model::Document;
use crate::profile::Format;
use crate::profile::id::TaskId;

/// What the records of each tree of files are called.
#[derive(Default)]
pub(super) struct KeyedRecords {
    /// By the key, without regard to case.
    by_key: BTreeMap<(usize, String), TaskId>,
    /// The ids that are spelled so, but for their case.
    by_id: BTreeMap<(usize, String), Vec<TaskId>>,
}

impl KeyedRecords {
    pub(super) fn of(index: &Index) -> KeyedRecords {
        let mut records = KeyedRecords::default();
        for (doc, document) in index.docs.iter().enumerate() {
            let is_list = document.role().format == Format::Yaml && !document.facts.history;
            if !is_list
                || !document
                    .profile
                    .roles
                    .iter()
                    .any(|role| role.document.as_ref().is_some_and(|document| document.companions))
            {
                continue;
            }
            let scope = index.scope(doc);
            for entity in document.facts.entities.iter() {
                let Some(id) = &entity.id else { continue };
                let key = unquoted(entity.name.of(&document.text)).to_lowercase();
                records.by_key.entry((scope, key)).or_insert_with(|| id.clone());
                let ids = records.by_id.entry((scope, id.as_str().to_lowercase())).or_default();
                if !ids.contains(id) {
                    ids.push(id.clone());
                }
            }
        }
        records
    }

    /// The id that a record gives a file: that of the record whose key is the name of the file, or else the
    /// only one that differs from its own in case alone, or from the other that its path says.
    pub(super) fn id_of(&self, index: &Index, place: Place) -> Option<&TaskId> {
        let document = &index.docs[place.doc];
        if self.by_key.is_empty() || !is_keyed(&index.docs, place) {
            return None;
        }
        let scope = index.scope(place.doc);
        let stem = stem(document).to_lowercase();
        let spelled = |id: &str| {
            let ids = self.by_id.get(&(scope, id.to_lowercase()))?;
            ids.first().filter(|_| ids.len() == 1)
        };
        let own = index.entity(place).id.as_ref()?;
        let by_name = self.by_key.get(&(scope, stem.clone())).or_else(|| spelled(&stem));
        let also = || {
            let also = document.facts.captures.also.as_deref()?;
            spelled(document.profile.ids.parse(also)?.as_str())
        };
        by_name.or_else(|| spelled(own.as_str())).or_else(also).filter(|id| *id != own)
    }
}

fn is_keyed(docs: &Docs, place: Place) -> bool {
    let rule = docs[place.doc].role().document.as_ref();
    rule.is_some_and(|rule| rule.companions) && is_whole(docs, place)
}

fn stem(document: &Document) -> &str {
    let name = document.path.name();
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

fn unquoted(key: &str) -> &str {
    key.trim_matches(['"', '\''])
}

#[cfg(test)]
mod tests {
    use crate::testing::analysis;

    /// The tasks of a list of stories with these keys, with how many places each has.
    fn tasks(keys: &[&str], files: &[(&str, &str)]) -> Vec<(String, usize)> {
        let mut text = "//- /docs/sprint-status.yaml\n  development_status:\n".to_owned();
        keys.iter().for_each(|key| text.push_str(&format!("    {key}: done\n")));
        for (path, heading) in files {
            text.push_str(&format!("//- /docs/{path}\n  # {heading}\n\n  Status: done\n"));
        }
        let (analysis, _) = analysis(&text);
        let found = analysis.diagnostics().iter().map(|found| &found.message);
        assert_eq!(found.collect::<Vec<_>>(), Vec::<&String>::new());
        let tasks = analysis.index.tasks.values();
        tasks.map(|task| (task.id.to_string(), task.places.len())).collect()
    }

    fn both(ids: &[&str]) -> Vec<(String, usize)> {
        ids.iter().map(|id| ((*id).to_owned(), 2)).collect()
    }

    #[test]
    fn a_file_that_is_called_as_a_key_is_of_its_record() {
        let found = tasks(
            &["td-1-2b-quiet-cups", "td-1-2b-b-quiet-cups-again"],
            &[
                ("td-1-2b-quiet-cups.md", "Story: TD-1-2b Quiet cups"),
                ("td-1-2b-b-quiet-cups-again.md", "Story: TD-1-2b-b Quiet cups again"),
            ],
        );
        assert_eq!(found, both(&["td-1-2b", "td-1-2b-b"]));
    }

    #[test]
    fn a_file_may_be_called_by_the_id_of_a_record_alone_in_capitals() {
        let found = tasks(
            &["td-1-4a-cups", "td-1-data-of-pots", "1-1-boil"],
            &[
                ("stories/epic1/TD-1-4a.md", "Tech Debt Story TD-1-4a: Cups"),
                ("stories/epic1/TD-1-data.md", "Story TD-1-data: Of pots"),
                ("stories/epic1/1-1.md", "Story 1-1: Boil"),
            ],
        );
        assert_eq!(found, both(&["1-1", "td-1", "td-1-4a"]));
    }

    #[test]
    fn a_number_with_a_dot_is_that_of_the_list() {
        let found = tasks(
            &["1-1-boil", "5.5-1-pour"],
            &[
                ("epic-1/stories/1.1-boil.md", "Story 1.1: Boil"),
                ("epic-5/stories/5.5-1-pour.md", "Story 5.5.1: Pour"),
            ],
        );
        assert_eq!(found, both(&["1-1", "5.5-1"]));
    }

    #[test]
    fn a_folder_of_other_work_holds_stories_that_are_called_as_their_keys() {
        let found = tasks(
            &["tasting-1-of-leaves"],
            &[
                ("tasting/tasting-1-of-leaves.md", "Story Tasting-1: Of leaves"),
                ("tasting/notes-1-of-leaves.md", "Story Notes-1: Of leaves"),
            ],
        );
        assert_eq!(found, both(&["tasting-1"]));
    }

    #[test]
    fn a_file_with_letters_before_its_numbers_is_of_the_record_with_these() {
        let files = [
            ("e18-s04-draw-the-map.md", "Story 18.4: Draw the map"),
            ("stories/E18-S05.md", "Story E18-S05: Print the map"),
            ("stories/E7B-S01-frame-the-map.md", "Story 7b.1: Frame the map"),
            ("story-e18-s06.md", "Story E18-S06: Sell the map"),
        ];
        let keys =
            ["18-4-draw-the-map", "18-5-print-the-map", "7b-1-frame-the-map", "18-6-sell-it"];
        assert_eq!(tasks(&keys, &files), both(&["7b-1", "18-4", "18-5", "18-6"]));
        // Where the list itself calls them so, that is what they are called.
        let own =
            ["E18-S04-draw-the-map", "e18-s05-print-the-map", "E7B-S01", "E18-S06", "18-4-else"];
        let found = tasks(&own, &files);
        let is_both = |id: &str| found.contains(&(id.to_owned(), 2));
        assert!(
            ["E18-S04-draw-the-map", "e18-s05", "E7B-S01", "E18-S06"].into_iter().all(is_both),
            "{found:?}"
        );
        // Numbers that are used again for something else are not the same story.
        let found = tasks(
            &["18-4-sell-all-pens"],
            &[("e18-s04-draw-the-map.md", "Story 18.4: Draw the map")],
        );
        assert_eq!(found, [("18-4".to_owned(), 1)]);
    }
}
