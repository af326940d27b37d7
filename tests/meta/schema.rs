//! The reference of `lockstep.toml` and of the language of profiles, and the schema for TOML tools,
//! are made from the keys that the decoder takes; so is the schema of what clients set.

use lockstep::lsp::settings::settings;
use lockstep_analysis::profile::builtin::SOURCES;
use lockstep_analysis::profile::config;
use lockstep_analysis::profile::keys::{Key, Kind, PROFILE, SETTINGS, SEVERITIES};
use lockstep_analysis::rules::{self, RULES};
use serde_json::{Map, Value, json};
use toml::de::{DeTable, DeValue};

use super::docs_fresh::{NOTE, check};
use crate::cli::support::Place;

const CONFIGURATION: &str = "\
`lockstep.toml` stands in the root of the workspace. No repository needs one: without it the profile is detected, and every setting has its default. `lockstep init --write` writes one to begin with. What is wrong in it is a finding of `lockstep check`, and commands that change files refuse until it is corrected.

The keys of a profile may stand in the same file: `lockstep explain profile`.

Editors complete and check the file with the JSON schema that `lockstep explain schema` prints. Save it beside the file as `lockstep.schema.json`, and let the first line of `lockstep.toml` be `#:schema ./lockstep.schema.json`, which taplo, Even Better TOML and Tombi read.";

const LANGUAGE: &str = "\
A profile says how one kind of repository keeps its tasks: which files, where statuses stand, which words there are, what may follow what. The built-in profiles are written in this language; `lockstep profiles NAME` prints one.

In `lockstep.toml` these keys change a built-in profile, which `extends` names, or define a profile of your own. Globs are relative to the root. Expressions are those of the Rust crate `regex`. The severities of rules stand in `[rules]`, as in `lockstep explain config`.";

fn configuration() -> String {
    page("Configuration", CONFIGURATION, SETTINGS)
}

fn language() -> String {
    page("Profiles", LANGUAGE, PROFILE)
}

#[test]
fn the_reference_of_the_configuration_is_fresh() {
    check("configuration.md", &configuration());
    check("profiles.md", &language());
}

#[test]
fn the_schema_is_fresh() {
    let text = serde_json::to_string_pretty(&schema()).expect("plain values");
    check("lockstep.schema.json", &format!("{text}\n"));
}

#[test]
fn the_settings_of_clients_are_fresh() {
    let settings = settings().map(|setting| {
        let mut schema = setting.takes.schema();
        schema["description"] = json!(setting.doc);
        (setting.name.to_owned(), schema)
    });
    let schema = json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Settings of a client",
        "description": "What a client can set for itself: `lockstep help lsp`.",
        "type": "object",
        "properties": Map::from_iter(settings),
    });
    let text = serde_json::to_string_pretty(&schema).expect("plain values");
    check("settings.schema.json", &format!("{text}\n"));
}

#[test]
fn the_schema_accepts_what_the_program_writes_and_the_built_in_profiles() {
    let place = Place::sample();
    assert_eq!(faults(&place.read("lockstep.toml")), "");
    std::fs::remove_file(place.path().join("lockstep.toml")).expect("the file");
    assert_eq!(place.run(&["init", "--write"]).exit, 0);
    let written = place.read("lockstep.toml");
    assert_eq!(faults(&written), "");
    let is_setting = |rest: &str| rest.contains(" = ") || rest.starts_with('[');
    let uncommented = written.lines().map(|line| match line.strip_prefix("# ") {
        Some(rest) if is_setting(rest) => format!("{rest}\n"),
        _ => format!("{line}\n"),
    });
    assert_eq!(faults(&uncommented.collect::<String>()), "");
    for source in SOURCES {
        assert_eq!(faults(source.toml), "", "{}", source.id);
    }
}

#[test]
fn the_examples_of_the_reference_are_sound_and_schema_and_decoder_tell_each_misspelled_key() {
    for page in [configuration(), language()] {
        let examples = examples(&page);
        let mut text = format!("extends = \"opencode\"\n{}", examples.replace("extends = ", "# "));
        // What may follow the status of a type is a status of that type.
        if text.contains("[[type]]") {
            for id in ["completed", "blocked"] {
                let status = format!("[[type.status]]\nid = \"{id}\"\ncategory = \"done\"\n");
                text.push_str(&status);
            }
        }
        assert_eq!(config::parse(&text, &rules::ids()).problems, [], "{text}");
        assert_eq!(faults(&text), "");
        let keys = text.lines().filter(|line| line.contains(" = ") && !line.starts_with('#'));
        for line in keys {
            let slip = text.replacen(line, &format!("x{line}"), 1);
            let told = config::parse(&slip, &rules::ids()).problems;
            assert!(!told.is_empty(), "the decoder takes x{line}");
            // What is a name of the user's own is no key to the schema.
            let is_name = ["ledger", "implementing", "in_review", "completed"]
                .iter()
                .any(|name| line.starts_with(name));
            assert_eq!(faults(&slip).is_empty(), is_name, "x{line}");
        }
    }
    for (text, told) in [
        ("commit = \"disc\"\n", "commit: \"disc\" is not allowed"),
        // What is wrong deep inside is told there, and not that the whole is neither this nor that.
        (
            "[[vocabulary.task]]\nid = \"a\"\nmarker = \"A\"\ncategory = \"opne\"\n",
            "vocabulary.task.category: \"opne\" is not allowed",
        ),
        ("in-place = [7]\n", "in-place: integer instead of string"),
    ] {
        assert_eq!(faults(text), told);
    }
}

/// What stands in the fences of TOML.
fn examples(page: &str) -> String {
    let fences = page.split("```toml\n").skip(1);
    fences.filter_map(|rest| rest.split_once("```")).map(|(fence, _)| fence).collect()
}

/// A page with every table below these keys.
fn page(title: &str, intro: &str, keys: &'static [Key]) -> String {
    let mut out = format!("{NOTE}\n\n# {title}\n\n{intro}\n");
    table(&mut out, "", keys, false);
    out
}

/// A table with those that stand in it. Its keys are listed, then shown in an example.
fn table(out: &mut String, path: &str, keys: &'static [Key], many: bool) {
    let header = match (path, many) {
        ("", _) => String::new(),
        (_, true) => format!("[[{path}]]"),
        (_, false) => format!("[{path}]"),
    };
    let mut example = String::new();
    out.push('\n');
    for key in keys {
        let below =
            if path.is_empty() { key.name.to_owned() } else { format!("{path}.{}", key.name) };
        out.push_str(&format!(
            "- **`{}`** ({}{}): {}\n",
            key.name,
            kind(key, &below),
            default(key),
            key.doc
        ));
        if !key.example.is_empty() && !is_map(key.kind) {
            example.push_str(&format!("{} = {}\n", key.name, key.example));
        }
    }
    if !example.is_empty() {
        let header = if header.is_empty() { header } else { format!("{header}\n") };
        out.push_str(&format!("\n```toml\n{header}{example}```\n"));
    }
    let mut shown: Vec<*const Key> = Vec::new();
    for key in keys {
        let below =
            if path.is_empty() { key.name.to_owned() } else { format!("{path}.{}", key.name) };
        let many = matches!(key.kind, Kind::Tables(_) | Kind::TablesOrName(_));
        let inner = key.kind.keys();
        if is_map(key.kind) {
            out.push_str(&format!(
                "\n## `[{below}]`\n\n{}\n\n```toml\n[{below}]\n{}\n```\n",
                key.doc, key.example
            ));
        } else if !inner.is_empty() && !shown.contains(&inner.as_ptr()) {
            shown.push(inner.as_ptr());
            let title = if many { format!("[[{below}]]") } else { format!("[{below}]") };
            out.push_str(&format!("\n## `{title}`\n\n{}\n", key.doc));
            table(out, &below, inner, many);
        }
    }
}

fn is_map(kind: Kind) -> bool {
    matches!(kind, Kind::Names | Kind::NameLists | Kind::Severities)
}

fn default(key: &Key) -> String {
    match key.default {
        "" => "; required".to_owned(),
        default => format!("; default: {default}"),
    }
}

/// What a key holds, in words.
fn kind(key: &Key, path: &str) -> String {
    let quoted = |words: &[&str]| {
        let words: Vec<String> = words.iter().map(|word| format!("`\"{word}\"`")).collect();
        words.join(", ")
    };
    match key.kind {
        Kind::Text => "string".to_owned(),
        Kind::TextOrNumber => "string or number".to_owned(),
        Kind::Rule => "id of a rule".to_owned(),
        Kind::Builtin => quoted(&profiles()),
        Kind::Word(words) => quoted(words),
        Kind::Words(words) => format!("list of {}", quoted(words)),
        Kind::Number => "number from 0".to_owned(),
        Kind::Levels => "list of numbers from 1 to 6".to_owned(),
        Kind::Flag => "`true` or `false`".to_owned(),
        Kind::Texts => "list of strings".to_owned(),
        Kind::Glob => "glob".to_owned(),
        Kind::Globs => "list of globs".to_owned(),
        Kind::Regex => "regular expression".to_owned(),
        Kind::Table(_) => format!("table `[{path}]`"),
        Kind::Tables(_) => format!("tables `[[{path}]]`"),
        Kind::TablesOrName(_) => format!("tables `[[{path}]]`, or the name of another key here"),
        Kind::Names | Kind::NameLists | Kind::Severities => format!("table `[{path}]`"),
    }
}

fn profiles() -> Vec<&'static str> {
    SOURCES.iter().map(|source| source.id).collect()
}

/// The schema of `lockstep.toml`, as draft 7, which all TOML tools read.
fn schema() -> Value {
    let mut top = object(SETTINGS.iter().chain(PROFILE), false);
    top["$schema"] = json!("http://json-schema.org/draft-07/schema#");
    top["title"] = json!("lockstep.toml");
    top["description"] = json!("Configuration of Lockstep: `lockstep explain config`.");
    top
}

/// A table. In a list of tables nothing is inherited, so that what is required must be there.
fn object<'a>(keys: impl Iterator<Item = &'a Key>, in_list: bool) -> Value {
    let (mut properties, mut required) = (Map::new(), Vec::new());
    for key in keys {
        let mut value = value(key.kind);
        let default = if key.default.is_empty() {
            String::new()
        } else {
            format!("\n\nDefault: {}.", key.default)
        };
        value["description"] = json!(format!("{}{default}", key.doc));
        properties.insert(key.name.to_owned(), value);
        if in_list && key.default.is_empty() {
            required.push(key.name);
        }
    }
    let mut object =
        json!({"type": "object", "additionalProperties": false, "properties": properties});
    if !required.is_empty() {
        object["required"] = json!(required);
    }
    object
}

fn value(kind: Kind) -> Value {
    let list = |of: Value| json!({"anyOf": [{"type": "array", "items": of}, of]});
    // Of a list that may be a text, each keyword is about one of the two: whoever reads the schema
    // tells the item that is wrong.
    let or_text = |of: Value| json!({"type": ["array", "string"], "items": of});
    let tables =
        |keys: &'static [Key]| json!({"type": "array", "items": object(keys.iter(), true)});
    match kind {
        Kind::Text | Kind::Glob | Kind::Regex => json!({"type": "string"}),
        Kind::TextOrNumber => json!({"type": ["string", "integer"]}),
        Kind::Rule => json!({"enum": rules::ids()}),
        Kind::Builtin => json!({"enum": profiles()}),
        Kind::Word(words) => json!({"enum": words}),
        Kind::Words(words) => list(json!({"enum": words})),
        Kind::Number => json!({"type": "integer", "minimum": 0}),
        Kind::Levels => {
            json!({"type": "array", "items": {"type": "integer", "minimum": 1, "maximum": 6}})
        }
        Kind::Flag => json!({"type": "boolean"}),
        Kind::Texts | Kind::Globs => or_text(json!({"type": "string"})),
        Kind::Table(keys) => object(keys.iter(), false),
        Kind::Tables(keys) => tables(keys),
        Kind::TablesOrName(keys) => or_text(object(keys.iter(), true)),
        Kind::Names => json!({"type": "object", "additionalProperties": {"type": "string"}}),
        Kind::NameLists => {
            json!({"type": "object", "additionalProperties": or_text(json!({"type": "string"}))})
        }
        Kind::Severities => {
            let rule = |rule: &lockstep_analysis::rules::Rule| json!({"enum": SEVERITIES, "description": rule.summary});
            let rules = RULES.iter().map(|it| (it.id.to_owned(), rule(it)));
            let rules: Map<String, Value> = rules.collect();
            json!({"type": "object", "additionalProperties": false, "properties": rules})
        }
    }
}

/// What the schema says against a TOML text.
fn faults(text: &str) -> String {
    let table = DeTable::parse(text).expect("TOML").into_inner();
    let mut faults = Vec::new();
    judge(&schema(), &json_of(&DeValue::Table(table)), "", &mut faults);
    faults.join("\n")
}

fn json_of(value: &DeValue<'_>) -> Value {
    match value {
        DeValue::String(text) => json!(text),
        DeValue::Integer(number) => json!(number.as_str().parse::<i64>().expect("a number")),
        DeValue::Boolean(flag) => json!(flag),
        DeValue::Array(items) => items.iter().map(|item| json_of(item.get_ref())).collect(),
        DeValue::Table(table) => {
            let rows = table
                .iter()
                .map(|(key, value)| (key.get_ref().clone().into_owned(), json_of(value.get_ref())));
            Value::Object(rows.collect())
        }
        other => panic!("{other:?} is in no configuration"),
    }
}

/// As much of a validator as the schema needs.
fn judge(schema: &Value, value: &Value, at: &str, faults: &mut Vec<String>) {
    let inside = |key: &str| if at.is_empty() { key.to_owned() } else { format!("{at}.{key}") };
    if let Some(words) = schema["enum"].as_array()
        && !words.contains(value)
    {
        faults.push(format!("{at}: {value} is not allowed"));
    }
    if let Some(ways) = schema["anyOf"].as_array() {
        let tried = ways.iter().map(|way| {
            let mut faults = Vec::new();
            judge(way, value, at, &mut faults);
            faults
        });
        let tried: Vec<_> = tried.collect();
        if tried.iter().all(|faults| !faults.is_empty()) {
            faults.extend(tried.into_iter().flatten());
        }
    }
    let types = match &schema["type"] {
        Value::String(one) => vec![one.as_str()],
        Value::Array(several) => several.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    let own = match value {
        Value::Object(_) => "object",
        Value::Array(_) => "array",
        Value::String(_) => "string",
        Value::Bool(_) => "boolean",
        _ => "integer",
    };
    if !types.is_empty() && !types.contains(&own) {
        faults.push(format!("{at}: {own} instead of {}", types.join(" or ")));
    }
    let below = |bound: &str| schema[bound].as_i64().zip(value.as_i64());
    if below("minimum").is_some_and(|(least, is)| is < least)
        || below("maximum").is_some_and(|(most, is)| is > most)
    {
        faults.push(format!("{at}: {value} is out of range"));
    }
    for item in value.as_array().into_iter().flatten() {
        judge(&schema["items"], item, at, faults);
    }
    for (key, inner) in value.as_object().into_iter().flatten() {
        match (&schema["properties"][key], &schema["additionalProperties"]) {
            (Value::Null, Value::Bool(false)) => faults.push(format!("{}: unknown", inside(key))),
            (Value::Null, rest) => judge(rest, inner, &inside(key), faults),
            (known, _) => judge(known, inner, &inside(key), faults),
        }
    }
    for key in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        if value.is_object() && value.get(key).is_none() {
            faults.push(format!("{}: missing", inside(key)));
        }
    }
}
