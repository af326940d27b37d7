//! `[[counter]]` and `[[share]]`: numbers that follow from the tasks.

use crate::profile::decode::{Decoder, Table};
use crate::profile::vocabulary::{Category, Vocabulary};
use crate::profile::{Counter, CounterShare, CounterValue, ShareAt};

impl Decoder {
    pub(super) fn counter(
        &mut self,
        mut table: Table<'_>,
        names: &[&str],
        vocabulary: &Vocabulary,
    ) -> Option<Counter> {
        let role = table.string(self, "role");
        let role = role.and_then(|(name, range)| self.role_named(&name, range, names));
        let key = [table.string(self, "front_matter"), table.string(self, "json")];
        table.needs(self, "equals");
        let equals = table.choice(self, "equals");
        let mut statuses = Vec::new();
        for (name, range) in table.placed_strings(self, "status") {
            match vocabulary.by_id(&name) {
                Some(status) => statuses.push(status),
                None => self.unknown("status", &name, range, &[]),
            }
        }
        let mut categories = Vec::new();
        for (name, range) in table.placed_strings(self, "category") {
            match Category::parse(&name) {
                Some(category) => categories.push(category),
                None => self.unknown("category", &name, range, &Category::ALL.map(|(_, n)| n)),
            }
        }
        let judged = !table.flag(self, "lenient");
        let key_of = |key: &str| key.split('.').map(str::to_owned).collect();
        let total = table.string(self, "total").map(|(key, _)| key_of(&key));
        let is_typed = table.has("type");
        let task_type = self.type_named(&mut table, "type");
        table.finish(self);
        let equals = match (equals?, is_typed) {
            ("next-id", _) => CounterValue::NextId,
            (_, true) => CounterValue::OfType { task_type, categories, total },
            _ => CounterValue::Count { statuses, categories },
        };
        let (key, _) = key.into_iter().flatten().next()?;
        let key = key_of(&key);
        Some(Counter { role: role?, key, equals, judged })
    }

    pub(super) fn share(&mut self, mut table: Table<'_>, names: &[&str]) -> Option<CounterShare> {
        table.needs(self, "role");
        let role = table.string(self, "role");
        let role = role.and_then(|(name, range)| self.role_named(&name, range, names));
        let key = table.string(self, "front_matter");
        let line = table.regex(self, "line");
        table.finish(self);
        let at = match (key, line) {
            (Some((key, _)), _) => {
                ShareAt::FrontMatter(key.split('.').map(str::to_owned).collect())
            }
            (None, line) => ShareAt::Line(line?),
        };
        Some(CounterShare { role: role?, at })
    }
}
