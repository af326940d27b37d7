//! Facts of a JSON document.

use std::iter::once;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::model::carrier::Carrier;
use crate::model::carriers::CARRIERS;
use crate::model::link_path;
use crate::model::{CounterFact, Entity, EntityIdx, Facts, Field, FieldRole, Link, Occurrence};
use crate::profile::id::TaskId;
use crate::profile::vocabulary::StatusDef;
use crate::profile::{EntityKind, EntityType, Profile, RecordRule, RecordStep, Role};
use crate::syntax::SyntaxError;
use crate::syntax::json::{Json, JsonKind, JsonMember, JsonValue};
use crate::text::TextRange;

/// Reads `text` into `facts`.
pub(super) fn read(profile: &Profile, text: &str, facts: &mut Facts) {
    let json = Json::parse(text);
    facts.problems = json.problems.clone();
    // A duplicate key is a fault, but where an edit belongs is still certain.
    let broken = |problem: &&SyntaxError| !problem.message.starts_with("duplicate key");
    facts.broken = json.problems.iter().find(broken).cloned();
    let Some(root) = &json.root else { return };
    if matches!(root.kind, JsonKind::Null) {
        let message = "expected an object, the document is null".to_owned();
        facts.problems.push(SyntaxError { range: root.range, message });
        facts.broken = facts.problems.last().cloned();
    }
    let role_idx = facts.role;
    let role = profile.role(role_idx);
    let vocabularies = profile.task_vocabularies();
    let stamps = vocabularies.flat_map(|it| it.iter().filter_map(|(_, def)| def.stamp.as_deref()));
    let stamps = stamps.map(|stamp| (StatusDef::json_name(stamp), stamp)).collect();
    let entities = FxHashMap::default();
    let mut reader = RecordReader { profile, role, text, stamps, entities };
    for rule in &role.records {
        reader.records(root, rule, facts);
    }
    for (counter, def) in profile.counters.iter().enumerate() {
        if def.role != role_idx {
            continue;
        }
        let mut value = Some(root);
        for key in &def.key {
            value = value.and_then(|value| value.get(key));
        }
        if let Some(value) = value {
            let number = value.as_integer(text);
            facts.counters.push(CounterFact::new(counter, number, text, value.range));
        }
    }
}

/// What a record stands in.
#[derive(Default)]
struct Around {
    /// What stands before its id.
    before: String,
    /// The record around it.
    parent: Option<TextRange>,
    /// The ids of the records of its list, as they are written.
    beside: FxHashSet<TaskId>,
    /// Those of them that are the whole id of a part.
    beside_whole: Vec<TaskId>,
}

struct RecordReader<'a> {
    profile: &'a Profile,
    role: &'a Role,
    text: &'a str,
    /// The stamps of the vocabulary, by their names as members.
    stamps: Vec<(String, &'a str)>,
    /// The records that are read, by where they stand.
    entities: FxHashMap<TextRange, EntityIdx>,
}

impl RecordReader<'_> {
    fn records(&mut self, root: &JsonValue, rule: &RecordRule, facts: &mut Facts) {
        let around = Around::default();
        self.walk(root, &rule.at.0, &around, rule, facts);
    }

    fn walk(
        &mut self,
        value: &JsonValue,
        steps: &[RecordStep],
        around: &Around,
        rule: &RecordRule,
        facts: &mut Facts,
    ) {
        let Some((step, rest)) = steps.split_first() else {
            self.record(value, None, around, rule, facts);
            return;
        };
        match (step, &value.kind) {
            (RecordStep::Key(key), _) => {
                if let Some(inner) = value.get(key) {
                    self.walk(inner, rest, around, rule, facts);
                }
            }
            (RecordStep::AnyKey, JsonKind::Object(members)) => {
                for member in members {
                    let before = format!("{}{}:", around.before, member.key);
                    let inside = Around { before, ..Around::default() };
                    self.walk(&member.value, rest, &inside, rule, facts);
                }
            }
            (RecordStep::Elements, JsonKind::Array(items)) => {
                if rest.is_empty() {
                    let ids = items.iter().filter_map(|item| item.get(&rule.id));
                    let beside = ids.filter_map(|id| self.profile.ids.parse(self.spelled(id)?));
                    let beside: FxHashSet<TaskId> = beside.collect();
                    let is_whole = |id: &&TaskId| id.as_str().contains('.');
                    let beside_whole = beside.iter().filter(is_whole).cloned().collect();
                    let (before, parent) = (around.before.clone(), around.parent);
                    let around = Around { before, parent, beside, beside_whole };
                    for item in items {
                        self.record(item, None, &around, rule, facts);
                    }
                }
                for item in items.iter().filter(|_| !rest.is_empty()) {
                    let id = item.get(&rule.id).and_then(|id| self.spelled(id));
                    let Some(id) = id.and_then(|id| self.profile.ids.parse(id)) else { continue };
                    let before = format!("{}{id}.", around.before);
                    let parent = Some(item.range);
                    let inside = Around { before, parent, ..Around::default() };
                    self.walk(item, rest, &inside, rule, facts);
                }
            }
            (RecordStep::Members, JsonKind::Object(members)) => {
                let own = members.iter().filter(|it| self.role.takes_member(rule, &it.key));
                for member in own {
                    self.record(&member.value, Some(member), around, rule, facts);
                }
            }
            _ => {}
        }
    }

    /// What a value spells that may be an id.
    fn spelled<'v>(&'v self, value: &'v JsonValue) -> Option<&'v str> {
        match &value.kind {
            JsonKind::String(text) => Some(text),
            JsonKind::Number => Some(value.range.of(self.text)),
            _ => None,
        }
    }

    fn record(
        &mut self,
        value: &JsonValue,
        keyed: Option<&JsonMember>,
        around: &Around,
        rule: &RecordRule,
        facts: &mut Facts,
    ) {
        let is_scalar = keyed.is_some() && matches!(value.kind, JsonKind::String(_));
        if !(is_scalar || matches!(value.kind, JsonKind::Object(_)))
            || (rule.at.0.contains(&RecordStep::AnyKey) && self.entities.contains_key(&value.range))
        {
            return;
        }
        let is_filled = |key: &String| value.get(key).is_some_and(|it| !is_nothing(it));
        let is_apart = rule.without.iter().any(is_filled);
        let is_known = !rule.without.is_empty() && self.entities.contains_key(&value.range);
        if is_known || is_apart && !is_filled(&rule.status) {
            return;
        }
        let id_value = value.get(&rule.id);
        let spelled = match (id_value.and_then(|id| self.spelled(id)), keyed) {
            (Some(own), _) => Some(own),
            (None, Some(member)) => match &rule.key {
                Some(key) => {
                    key.captures(&member.key).and_then(|it| it.name("id")).map(|it| it.as_str())
                }
                None => Some(&*member.key),
            },
            (None, None) => facts.captures.id.as_deref(),
        };
        // Some write the whole id: `1.5` below task 1.
        let list = around.before.rfind(':').map_or(0, |at| at + 1);
        let (list, above) = around.before.split_at(list);
        let spelled = spelled.map(|own| match () {
            () if own.starts_with(around.before.as_str()) => own.to_owned(),
            () if own.starts_with(above) => format!("{list}{own}"),
            () => format!("{}{own}", around.before),
        });
        let Some(id) = spelled.and_then(|text| self.profile.ids.parse(&text)) else { return };
        let name = id_value
            .map(|v| v.range)
            .or_else(|| keyed.map(|member| member.key_range))
            .unwrap_or_else(|| opening(value));
        let mut titles = once(&rule.title).chain(&rule.title_else);
        let is_said = |title: &&str| !title.trim().is_empty();
        let title = titles.find_map(|key| value.get(key)?.as_str().filter(is_said));
        let title = title.unwrap_or_default();
        let entity = facts.entities.len();
        let parent = around.parent.and_then(|range| self.entities.get(&range).copied());
        self.entities.entry(value.range).or_insert(entity);
        let what = EntityType { kind: EntityKind::Task, task_type: rule.task_type };
        let new = Entity::new(what, name, value.range, self.role.rank);
        let (id, title, list) = (Some(id), title.into(), rule.list);
        facts.entities.push(Entity { id, title, parent, list, ..new });
        if let (true, Some(member)) = (is_scalar, keyed) {
            self.status(value, member.range, rule, entity, facts);
        }
        let is_own = |member: &&JsonMember| !(is_apart && member.key == rule.status);
        for member in value.members().iter().filter(is_own) {
            self.member(member, rule, entity, facts);
        }
        if !around.before.is_empty() {
            self.siblings(around, entity, facts);
        }
    }

    /// A number among what a record in another depends on is one beside it, if there is such a one; any
    /// other, and the whole id of a part, is one in the same list of tasks.
    fn siblings(&self, around: &Around, entity: usize, facts: &mut Facts) {
        let before = around.before.as_str();
        for id in &mut facts.entities[entity].depends {
            let whole = TaskId::new(&format!("{before}{id}"));
            // Some write the whole id of each.
            let is_it = |own: &TaskId| whole.as_str().ends_with(own.as_str());
            let is_beside = around.beside.is_empty()
                || around.beside.contains(id)
                || around.beside_whole.iter().any(is_it);
            if id.number().is_some() && is_beside {
                *id = whole;
            } else if let Some((list, _)) = before.rsplit_once(':')
                && !id.as_str().contains(':')
            {
                *id = TaskId::new(&format!("{list}:{id}"));
            }
        }
    }

    fn status(
        &self,
        value: &JsonValue,
        line: TextRange,
        rule: &RecordRule,
        entity: usize,
        facts: &mut Facts,
    ) {
        let vocabulary = self.profile.vocabulary_of(facts.entities[entity].what());
        let read = |it: &&'static Carrier| Some((*it, it.of_value?(vocabulary, value)?));
        if let Some((carrier, reading)) = CARRIERS.iter().find_map(read) {
            let said = reading.word.of(self.text).trim_matches('"');
            let untouched = rule.untouched.iter().any(|word| word == said);
            let new = Occurrence::new(entity, carrier, reading, line);
            facts.occurrences.push(Occurrence { untouched, ..new });
        } else if !matches!(value.kind, JsonKind::Null | JsonKind::Invalid) {
            let message = format!("expected a status in quotes for `{}`", rule.status);
            facts.problems.push(SyntaxError { range: value.range, message });
        }
    }

    fn member(&self, member: &JsonMember, rule: &RecordRule, entity: usize, facts: &mut Facts) {
        let names = &self.profile.fields;
        let value = &member.value;
        if member.key == rule.status {
            self.status(value, member.range, rule, entity, facts);
            return;
        }
        let mut field = |role: FieldRole| {
            facts.fields.push(Field { entity, role, value: value.range, line: member.range });
        };
        let is = |names: &[String]| names.iter().any(|name| *name == member.key);
        let stamp = self.stamps.iter().find(|(name, _)| *name == member.key);
        if let Some((_, stamp)) = stamp {
            field(FieldRole::Stamp((*stamp).into()));
        } else if is(&names.json_touch) {
            field(FieldRole::Touch);
        } else if is(&names.json_reason) && !is_empty(value) {
            field(FieldRole::Reason);
        } else if is(&names.json_parent) {
            field(FieldRole::Parent);
        } else if is(&names.json_dependencies) {
            field(FieldRole::Dependencies);
            self.dependencies(value, entity, facts);
        } else if is(&names.json_artifacts) {
            self.artifacts(value, entity, facts);
        } else if let Some(said) = names.flow.field(&member.key, value.range.of(self.text)) {
            field(FieldRole::Flow(said));
        }
    }

    fn dependencies(&self, value: &JsonValue, entity: usize, facts: &mut Facts) {
        let ids = match &value.kind {
            JsonKind::Array(items) => items
                .iter()
                .filter_map(|item| match &item.kind {
                    JsonKind::Number => self.profile.ids.parse(item.range.of(self.text)),
                    JsonKind::String(text) => self.profile.ids.parse(text),
                    _ => None,
                })
                .collect(),
            JsonKind::String(text) => self.profile.listed_ids(text),
            _ => Vec::new(),
        };
        facts.entities[entity].depends.extend(ids);
    }

    fn artifacts(&self, value: &JsonValue, entity: usize, facts: &mut Facts) {
        match &value.kind {
            JsonKind::String(text) => {
                let looks_like_file = text.contains('/') && !text.contains(char::is_whitespace);
                if let Some(target) = link_path(text).filter(|_| looks_like_file) {
                    let inner = TextRange::new(
                        value.range.start as usize + 1,
                        (value.range.end as usize).saturating_sub(1),
                    );
                    facts.links.push(Link {
                        entity: Some(entity),
                        target: target.into(),
                        range: inner,
                    });
                }
            }
            JsonKind::Array(items) => {
                for item in items {
                    match item.get("path") {
                        Some(path) => self.artifacts(path, entity, facts),
                        None => self.artifacts(item, entity, facts),
                    }
                }
            }
            _ => {}
        }
    }
}

fn opening(value: &JsonValue) -> TextRange {
    let start = value.range.start as usize;
    TextRange::new(start, start + 1)
}

/// Whether a member says nothing, as if it were not there.
fn is_nothing(value: &JsonValue) -> bool {
    matches!(value.kind, JsonKind::Null | JsonKind::Invalid) || value.as_str() == Some("")
}

fn is_empty(value: &JsonValue) -> bool {
    match &value.kind {
        JsonKind::Null | JsonKind::Invalid | JsonKind::Bool(false) => true,
        JsonKind::String(text) => text.trim().is_empty(),
        JsonKind::Array(items) => items.is_empty(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::testing::{check_facts, set};

    #[test]
    fn records_of_every_list_are_tasks_with_their_status_fields_and_links() {
        check_facts(
            r#"
//- /specs/TODO.md
  # TODO
//- /specs/state.json
  {
    "next_project_number": 9,
    "active_projects": [
      {
        "project_number": 7,
        "project_name": "add_login",
        "status": "blocked",
        "blocked_reason": "it rains",
        "dependencies": [5],
        "artifacts": ["007_add_login/reports/research-001.md"]
      },
      { "project_number": "8", "project_name": "add_logout", "status": "Perhaps" },
      { "project_name": "without a number", "status": "planned" }
    ],
    "completed_projects": [{ "project_number": 5, "project_name": "add_form" }]
  }
"#,
            "specs/state.json",
            expect![[r#"
                task 7 "add_login" after 5
                  `blocked` blocked
                  field "\"it rains\""
                  field "[5]"
                task 8 "add_logout"
                  `Perhaps` unknown
                task 5 "add_form"
                link 007_add_login/reports/research-001.md
            "#]],
        );
    }

    const STORIES: &str = r#"
//- /lockstep.toml
  id = "stories"
  [[vocabulary.task]]
  id = "open"
  json = "false"
  category = "open"
  next = ["done", "blocked"]
  [[vocabulary.task]]
  id = "done"
  json = "true"
  category = "done"
  next = ["open"]
  [[vocabulary.task]]
  id = "blocked"
  category = "waiting"
  [[role]]
  id = "stories"
  files = ["*.json"]
  format = "json"
  records = [{ at = "*.stories[]", status = "passes" }]
//- /a.json
  {"one": {"stories": [
    {"id": 1, "title": "Log in", "passes": false},
    {"id": 2, "passes": true},
    {"id": 3}
  ]}}
"#;

    #[test]
    fn booleans_are_statuses_where_the_profile_says_so() {
        check_facts(
            STORIES,
            "a.json",
            expect![[r#"
                task one:1 "Log in"
                  `false` open
                task one:2 ""
                  `true` done
                task one:3 ""
            "#]],
        );
        let after = set(STORIES, "one:1", "done").expect("it may be set");
        assert!(after.contains(r#""title": "Log in", "passes": true}"#), "{after}");
        let after = set(STORIES, "one:3", "done").expect("it may be set");
        assert!(after.contains(r#"{"id": 3, "passes": true}"#), "{after}");
        let refused = set(STORIES, "one:1", "blocked").expect_err("there is no word for it");
        assert!(refused.to_string().contains("`true` or `false`"), "{refused}");
    }

    #[test]
    fn what_is_broken_is_told_and_what_stands_before_it_is_read() {
        check_facts(
            r#"
//- /specs/TODO.md
  # TODO
//- /specs/state.json
  { "active_projects": [
    { "project_number": 7, "status": "planned", "status": "revised" },
    { "project_number": 8, "status":
  ] }
"#,
            "specs/state.json",
            expect![[r#"
                task 7 ""
                  `planned` planned
                  `revised` revised
                task 8 ""
                problem: duplicate key `status`, only the last one counts
                problem: this `{` is never closed
                problem: expected a value for `status`
            "#]],
        );
    }
}
