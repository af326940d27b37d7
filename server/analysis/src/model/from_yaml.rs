//! Facts of a YAML document.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::carriers::CARRIERS;
use crate::model::{CounterFact, Entity, Facts, Occurrence};
use crate::profile::id::TaskId;
use crate::profile::{EntityKind, EntityType, Profile, RecordRule, RecordStep, Role};
use crate::syntax::SyntaxError;
use crate::syntax::front_matter::{self, FrontEntry, FrontMatter};
use crate::text::TextRange;

/// Reads `text` into `facts`.
pub(super) fn read(profile: &Profile, text: &str, facts: &mut Facts) {
    if let Some(range) = markdown_table(text) {
        let message = "expected YAML, this is Markdown".to_owned();
        facts.problems.push(SyntaxError { range, message });
        facts.broken = facts.problems.first().cloned();
        return;
    }
    let yaml = front_matter::read_whole(text);
    facts.problems.clone_from(&yaml.problems);
    if text.trim().is_empty() || text.contains('\0') {
        let message = match text.contains('\0') {
            true => "expected YAML, this is no text",
            false => "expected YAML, the document is empty",
        };
        facts
            .problems
            .push(SyntaxError { range: TextRange::empty(0), message: message.to_owned() });
    }
    facts.broken = facts.problems.first().cloned();
    facts.problems.extend(yaml.unquoted.iter().cloned());
    let role_idx = facts.role;
    let role = profile.role(role_idx);
    let reader = YamlReader { profile, role, text, yaml: &yaml };
    for rule in &role.records {
        reader.records(rule, facts);
    }
    for (counter, def) in profile.counters.iter().enumerate().filter(|it| it.1.role == role_idx) {
        if let Some(entry) = yaml.entries.iter().find(|entry| entry.path == def.key) {
            let value = entry.text.trim().parse().ok();
            facts.counters.push(CounterFact::new(counter, value, text, entry.value));
        }
    }
}

/// The line that parts the header of a Markdown table from its rows, which is no YAML.
fn markdown_table(text: &str) -> Option<TextRange> {
    let mut start = 0;
    text.split_inclusive('\n').find_map(|line| {
        let at = start;
        start += line.len();
        let said = line.trim_end();
        let is_rule = said.starts_with('|') && said.contains("--") && said.ends_with('|');
        let is_it = is_rule && said.chars().all(|c| "|-: ".contains(c));
        is_it.then(|| TextRange::new(at, at + said.len()))
    })
}

struct YamlReader<'a> {
    profile: &'a Profile,
    role: &'a Role,
    text: &'a str,
    yaml: &'a FrontMatter,
}

impl YamlReader<'_> {
    /// The records of a rule: what has the same key, or number in a list, where they are.
    fn records(&self, rule: &RecordRule, facts: &mut Facts) {
        let Some((last, keys)) = rule.at.0.split_last() else { return };
        if !matches!(last, RecordStep::Elements | RecordStep::Members) {
            return;
        }
        let keys: Option<Vec<&str>> = keys
            .iter()
            .map(|step| match step {
                RecordStep::Key(key) => Some(key.as_str()),
                _ => None,
            })
            .collect();
        let Some(keys) = keys else { return };
        let is_below = |entry: &&FrontEntry| {
            entry.path.len() > keys.len()
                && entry.path.iter().zip(&keys).all(|(own, key)| own == key)
        };
        let is_member = *last == RecordStep::Members;
        let is_own = |entry: &&FrontEntry| {
            is_below(entry) && (!is_member || self.role.takes_member(rule, &entry.path[keys.len()]))
        };
        let below: Vec<&FrontEntry> = self.yaml.entries.iter().filter(is_own).collect();
        let is_one =
            |one: &&FrontEntry, two: &&FrontEntry| one.path[keys.len()] == two.path[keys.len()];
        let names = below.chunk_by(is_one).map(|record| record[0].path[keys.len()].as_str());
        let beside = is_member.then(|| KeysBeside {
            lettered: lettered(rule, names.clone()),
            whole: names.collect(),
        });
        for record in below.chunk_by(is_one) {
            let keyed = beside.as_ref();
            self.record(record, keys.len(), keyed, rule, facts);
        }
    }

    fn record(
        &self,
        record: &[&FrontEntry],
        depth: usize,
        keyed: Option<&KeysBeside<'_>>,
        rule: &RecordRule,
        facts: &mut Facts,
    ) -> Option<()> {
        let first = record.first()?;
        let member = |name: &str| {
            record.iter().find(|it| it.path.len() == depth + 2 && it.path[depth + 1] == name)
        };
        let scalar = record.iter().find(|it| keyed.is_some() && it.path.len() == depth + 1);
        let (id, name) = match (member(&rule.id), keyed) {
            (Some(id), _) => (self.profile.ids.parse(&id.text)?, id.value),
            (None, Some(beside)) => (self.keyed(rule, &first.path[depth], beside)?, first.key),
            (None, None) => return None,
        };
        let said = scalar.or_else(|| member(&rule.status));
        let unstated = self.profile.unstated.as_ref();
        if said.is_some_and(|said| unstated.is_some_and(|it| it.is_match(&said.text))) {
            return None;
        }
        let start = first.key.start.min(first.value.start) as usize;
        let end = record.iter().map(|it| it.value.end).max()? as usize;
        let title = member(&rule.title).map_or("", |title| &title.text);
        let entity = facts.entities.len();
        let what = EntityType { kind: EntityKind::Task, task_type: rule.task_type };
        let new = Entity::new(what, name, TextRange::new(start, end), self.role.rank);
        let (id, title) = (Some(id), title.into());
        facts.entities.push(Entity { id, title, list: rule.list, ..new });
        let status = said?;
        let vocabulary = self.profile.vocabulary_of(facts.entities[entity].what());
        let read = CARRIERS.iter().find_map(|carrier| {
            Some((*carrier, carrier.of_entry?(vocabulary, self.text, status)?))
        });
        let (carrier, reading) = read?;
        let untouched = rule.untouched.contains(&status.text);
        let line = TextRange::new(status.key.start as usize, status.value.end as usize);
        let new = Occurrence::new(entity, carrier, reading, line);
        facts.occurrences.push(Occurrence { untouched, ..new });
        Some(())
    }

    fn keyed(&self, rule: &RecordRule, key: &str, beside: &KeysBeside<'_>) -> Option<TaskId> {
        let Some(form) = &rule.key else { return self.profile.ids.parse(key) };
        let found = form.captures(key)?;
        let (id, letter) = (found.name("id")?, found.name("letter"));
        let tells = |letters: &BTreeSet<String>, letter: &str| letters.contains(letter);
        // What has the id of another key and words behind it is another.
        if id.as_str() != key && beside.whole.contains(id.as_str()) {
            return self.profile.ids.parse(key);
        }
        let letters = beside.lettered.get(id.as_str());
        match letter.filter(|it| letters.is_some_and(|own| tells(own, it.as_str()))) {
            Some(letter) => self.profile.ids.parse(&key[id.start()..letter.end()]),
            None => self.profile.ids.parse(id.as_str()),
        }
    }
}

/// What the keys of a list tell of each other.
struct KeysBeside<'k> {
    lettered: Lettered,
    whole: BTreeSet<&'k str>,
}

/// Longer ones are words.
const LETTER: usize = 1;

/// The letters that belong to ids.
type Lettered = BTreeMap<String, BTreeSet<String>>;

/// The ids that several keys of a list have, each but one with a letter of its own behind: it tells them
/// apart. One alone may be the first word of a title, and so is the only word among letters.
fn lettered<'k>(rule: &RecordRule, keys: impl Iterator<Item = &'k str>) -> Lettered {
    let Some(form) = &rule.key else { return Lettered::new() };
    let mut letters: BTreeMap<&str, Vec<Option<&str>>> = BTreeMap::new();
    for found in keys.filter_map(|key| form.captures(key)) {
        if let Some(id) = found.name("id") {
            let letter = found.name("letter").map(|letter| letter.as_str());
            letters.entry(id.as_str()).or_default().push(letter);
        }
    }
    let told = letters.into_iter().filter_map(|(id, letters)| {
        let mut own: BTreeSet<String> = letters.iter().flatten().map(|it| (*it).into()).collect();
        let tells_apart = own.len() > 1 && own.len() + 1 >= letters.len();
        let mut words = own.iter().filter(|it| it.len() > LETTER);
        let word = words.next().cloned().filter(|_| words.next().is_none());
        let is_plain = own.len() == letters.len();
        if let Some(word) = word.filter(|_| is_plain) {
            own.remove(&word);
        }
        tells_apart.then(|| (id.to_owned(), own))
    });
    told.collect()
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::testing::{check_facts, set};

    const PROFILE: &str = r#"
//- /lockstep.toml
  id = "team"
  [[vocabulary.task]]
  id = "open"
  category = "open"
  next = ["in-progress"]
  [[vocabulary.task]]
  id = "in-progress"
  category = "active"
  [[role]]
  id = "tracker"
  files = ["*.yaml"]
  format = "yaml"
  records = [{ at = "work.items{}", key = '^(?<id>[0-9]+-[0-9]+)-' }, { at = "list[]" }]
//- /a.yaml
  # Comments stay.
  work:
    items:
      1-1-login: "open" # so far
      epic-1: open
      1-2-logout: {status: in-progress, title: 'Log out'}
  list:
    - id: 7
      title: Search
      status: Open
    - id: 8
"#;

    #[test]
    fn records_are_members_and_elements() {
        check_facts(
            PROFILE,
            "a.yaml",
            expect![[r#"
                task 1-1 ""
                  `open` open
                task 1-2 "Log out"
                  `in-progress` in-progress
                task 7 "Search"
                  `Open` open
                task 8 ""
            "#]],
        );
    }

    #[test]
    fn the_first_rule_takes_a_member_and_what_states_no_status_is_no_task() {
        let all = r#"{ at = "work.items{}", key = '^(?<id>.+)$' }]"#;
        let fixture = PROFILE.replace(r#"{ at = "list[]" }]"#, all);
        let unstated = "id = \"team\"\n  [markers]\n  unstated = '[.]yaml$'";
        let fixture = fixture.replace("id = \"team\"", unstated);
        let fixture = fixture.replace("epic-1: open", "epic-1: open\n      epic-2: old/all.yaml");
        check_facts(
            &fixture,
            "a.yaml",
            expect![[r#"
            task 1-1 ""
              `open` open
            task epic-1 ""
              `open` open
            task 1-2 "Log out"
              `in-progress` in-progress
        "#]],
        );
    }

    #[test]
    fn null_is_no_statement_and_a_key_twice_is_a_fault() {
        let fixture = PROFILE.replace("status: Open", "status: ~");
        let fixture = fixture.replace("epic-1: open", "1-2-logout: open");
        let after = set(&fixture, "1-1", "in-progress").expect_err("the file is not certain");
        assert!(after.message.contains("duplicate key `1-2-logout`"), "{after}");
        check_facts(
            &fixture,
            "a.yaml",
            expect![[r#"
            task 1-1 ""
              `open` open
            task 1-2 "Log out"
              `open` open
            task 7 "Search"
            task 8 ""
            problem: duplicate key `1-2-logout`: programs take the last one, or refuse the file
        "#]],
        );
    }

    #[test]
    fn a_status_is_changed_and_nothing_else() {
        let after = set(PROFILE, "1-1", "in-progress").expect("it may be set");
        assert!(after.contains("1-1-login: \"in-progress\" # so far\n"), "{after}");
        let refused = set(PROFILE, "8", "in-progress").expect_err("there is no place");
        assert!(refused.remedy.contains("by hand"), "{refused}");
    }

    #[test]
    fn a_key_with_the_id_of_another_and_a_word_is_another() {
        let (analysis, _) = crate::testing::analysis(
            "//- /docs/sprint-status.yaml\n  development_status:\n    epic-1a: done\n    1a-1-log-in: done\n    epic-1a-plus: backlog\n    epic-2-mail: done\n",
        );
        let ids: Vec<String> = analysis.index.tasks.keys().map(ToString::to_string).collect();
        assert_eq!(ids, ["1a-1", "epic-1a", "epic-1a-plus", "epic-2"]);
        assert_eq!(analysis.diagnostics(), []);
    }
}
