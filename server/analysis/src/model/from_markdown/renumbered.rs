//! Numbers that begin anew: what has the number of something later is of the past.

use rustc_hash::FxHashMap;

use crate::model::EntityIdx;
use crate::model::carrier::markdown_reader::MarkdownReader;
use crate::profile::id::TaskId;
use crate::profile::{EntityKind, RecordList, TypeIdx};
use crate::text::TextRange;

impl MarkdownReader<'_> {
    /// Marks what is of the past. Whoever begins again at 1 folds away what is finished: all of a block
    /// `<details>` in which something has the number of something else behind it, or outside of any. Of
    /// the rows of one table with one number and different names, the last one is meant.
    pub(super) fn renumbered(&mut self) {
        if !self.role.renumbered {
            return;
        }
        let blocks = self.details();
        let block_of = |name: TextRange| blocks.iter().position(|it| it.contains_range(name));
        let rows = self.tables_of_rows();
        let mut past_blocks = vec![false; blocks.len()];
        let mut past: Vec<EntityIdx> = Vec::new();
        for same in self.of_one_number() {
            let names: Vec<TextRange> =
                same.iter().map(|at| self.facts.entities[*at].name).collect();
            let (Some(last), Some(newest)) = (names.last(), same.last()) else { continue };
            // Where all stand in blocks, the last one counts.
            let outside = same.iter().zip(&names).rfind(|(_, name)| block_of(**name).is_none());
            let newest = outside.map_or(newest, |(at, _)| at);
            for (at, name) in same.iter().zip(&names) {
                match block_of(*name) {
                    Some(block) => {
                        let is_elsewhere =
                            block_of(self.facts.entities[*newest].name) != Some(block);
                        past_blocks[block] |= is_elsewhere && self.are_two(*at, *newest);
                    }
                    None => {
                        let table = rows.get(&name.start);
                        let is_other = name.of(self.text) != last.of(self.text);
                        let is_row = table.is_some() && table == rows.get(&last.start);
                        past.extend((is_row && is_other).then_some(*at));
                    }
                }
            }
        }
        past.sort_unstable();
        for (at, entity) in self.facts.entities.iter_mut().enumerate() {
            let block = block_of(entity.name);
            if past.binary_search(&at).is_ok() || block.is_some_and(|block| past_blocks[block]) {
                entity.list = RecordList::Archived;
            }
        }
    }

    /// Whether what has one number has two names, apart from what is said behind the name.
    fn are_two(&self, one: EntityIdx, two: EntityIdx) -> bool {
        let name = |at: EntityIdx| {
            let title = &self.facts.entities[at].title;
            let end = title.find(['(', '—', '–', '|']).unwrap_or(title.len());
            let name = title[..end].split(" - ").next().unwrap_or_default();
            name.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_lowercase()
        };
        let (one, two) = (name(one), name(two));
        !one.starts_with(&two) && !two.starts_with(&one)
    }

    /// The entities that have one number, and their status in places of one kind, in order.
    fn of_one_number(&self) -> Vec<Vec<EntityIdx>> {
        let mut carriers: FxHashMap<EntityIdx, &'static str> = FxHashMap::default();
        for occurrence in &self.facts.occurrences {
            carriers.entry(occurrence.entity).or_insert(occurrence.carrier.id);
        }
        let mut same: FxHashMap<(&TaskId, TypeIdx, Option<&&str>), Vec<EntityIdx>> =
            FxHashMap::default();
        for (at, entity) in self.facts.entities.iter().enumerate() {
            if let Some(id) = entity.id.as_ref().filter(|_| entity.kind == EntityKind::Task) {
                same.entry((id, entity.task_type, carriers.get(&at))).or_default().push(at);
            }
        }
        let mut same: Vec<Vec<EntityIdx>> = same.into_values().filter(|it| it.len() > 1).collect();
        for own in &mut same {
            own.sort_by_key(|at| self.facts.entities[*at].name.start);
        }
        same
    }

    /// Which table each name stands in that is a cell of one.
    fn tables_of_rows(&self) -> FxHashMap<u32, usize> {
        let tables = self.markdown.tables.iter().enumerate();
        let cells = tables
            .flat_map(|(at, table)| table.rows.iter().flatten().map(move |cell| (cell.start, at)));
        cells.collect()
    }

    /// The outermost blocks `<details>`, in order.
    fn details(&self) -> Vec<TextRange> {
        let mut blocks = Vec::new();
        let (mut depth, mut first, mut at) = (0_usize, 0, 0);
        for line in self.text.split_inclusive('\n') {
            let start = at;
            at += line.len();
            let fence = self.markdown.fences.partition_point(|it| it.end as usize <= start);
            let is_code =
                self.markdown.fences.get(fence).is_some_and(|it| it.bytes().contains(&start));
            let tag = line.trim_start().to_ascii_lowercase();
            if is_code || !tag.starts_with('<') {
                continue;
            }
            if tag.starts_with("<details") {
                first = if depth == 0 { start } else { first };
                depth += 1;
            }
            if tag.contains("</details") && depth > 0 {
                depth -= 1;
                if depth == 0 {
                    blocks.push(TextRange::new(first, at));
                }
            }
        }
        blocks
    }
}
