//! The tools: one file each, and the registry. The whole list is read by a model before it does
//! anything, so that every word of it counts: a test keeps it short.

pub(super) mod check;
pub(super) mod claim;
pub(super) mod fix;
pub(super) mod set_status;
pub(super) mod task;
pub(super) mod tasks;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value, json};

use crate::mcp::failure::ToolFailure;
use crate::mcp::folder::CallFolder;

/// What a call comes to.
pub(super) type Called<T> = Result<T, ToolFailure>;

/// A tool.
#[derive(Debug)]
pub(super) struct Tool {
    name: &'static str,
    /// What a model is told of it.
    description: &'static str,
    /// Whether it changes nothing.
    reads_only: bool,
    /// Its parameters.
    parameters: &'static [Parameter],
    /// The members of what it gives; of a list, with those of its items.
    gives: &'static [(&'static str, JsonShape)],
    /// Does it.
    pub(super) call: fn(&CallFolder, Value) -> Called<Value>,
}

/// A parameter: its name, what it is, whether it is required, and what a model must know of it.
type Parameter = (&'static str, JsonShape, bool, &'static str);

/// What a value is.
#[derive(Clone, Copy, Debug)]
enum JsonShape {
    Text,
    Number,
    Flag,
    Words(&'static [&'static str]),
    Texts,
    /// Objects that have these members at least.
    Items(&'static [&'static str]),
}

const TOOLS: &[Tool] =
    &[tasks::TOOL, task::TOOL, set_status::TOOL, claim::TOOL, check::TOOL, fix::TOOL];

/// The tool with this name.
pub(super) fn find(name: &str) -> Option<&'static Tool> {
    TOOLS.iter().find(|tool| tool.name == name)
}

/// The name of each tool.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    TOOLS.iter().map(|tool| tool.name)
}

/// What `tools/list` answers.
pub fn list() -> Value {
    TOOLS.iter().map(Tool::described).collect()
}

impl Tool {
    fn described(&self) -> Value {
        let mut properties = Map::new();
        for (name, shape, _, note) in self.parameters {
            let mut schema = shape.schema();
            if !note.is_empty() {
                schema["description"] = json!(note);
            }
            properties.insert((*name).to_owned(), schema);
        }
        properties.insert("root".to_owned(), JsonShape::Text.schema());
        let mut input = json!({ "type": "object", "properties": properties });
        let required = self.parameters.iter().filter(|(_, _, is_required, _)| *is_required);
        let required: Vec<&str> = required.map(|(name, ..)| *name).collect();
        if !required.is_empty() {
            input["required"] = json!(required);
        }
        let gives = self.gives.iter().map(|(name, shape)| ((*name).to_owned(), shape.schema()));
        let gives: Map<String, Value> = gives.collect();
        let mut described = json!({
            "name": self.name,
            "description": self.description,
            "inputSchema": input,
            "outputSchema": { "type": "object", "properties": gives },
        });
        if self.reads_only {
            described["annotations"] = json!({ "readOnlyHint": true });
        }
        described
    }
}

impl JsonShape {
    fn schema(self) -> Value {
        match self {
            JsonShape::Text => json!({ "type": "string" }),
            JsonShape::Number => json!({ "type": "integer" }),
            JsonShape::Flag => json!({ "type": "boolean" }),
            JsonShape::Words(words) => json!({ "enum": words }),
            JsonShape::Texts => json!({ "type": "array", "items": { "type": "string" } }),
            JsonShape::Items(names) => {
                json!({ "type": "array", "items": { "type": "object", "required": names } })
            }
        }
    }
}

/// The folder that a call names, where it names one.
pub(super) fn root(arguments: &Value) -> Called<Option<&str>> {
    match arguments.get("root") {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(root)) if !root.is_empty() => Ok(Some(root)),
        Some(_) => {
            let message = "`root` is not the path of a folder";
            Err(ToolFailure::usage(message, "give a path, or leave `root` out"))
        }
    }
}

/// The arguments of a call. One that a tool does not have is told: a model has mistyped it.
fn arguments<T: DeserializeOwned>(mut arguments: Value) -> Called<T> {
    match arguments.as_object_mut() {
        Some(all) => drop(all.remove("root")),
        None => {
            let message = "the arguments are not an object";
            return Err(ToolFailure::usage(message, "correct them by the tool's schema"));
        }
    }
    serde_json::from_value(arguments).map_err(|error| {
        ToolFailure::usage(error.to_string(), "correct the arguments by the tool's schema")
    })
}

/// A text, or a number where a model writes the id of a task as one.
#[derive(Deserialize)]
#[serde(untagged, expecting = "expected a text")]
enum WordOrNumber {
    Word(String),
    Number(i64),
}

impl WordOrNumber {
    fn text(self) -> String {
        match self {
            WordOrNumber::Word(text) => text,
            WordOrNumber::Number(number) => number.to_string(),
        }
    }
}

fn word<'de, D: Deserializer<'de>>(given: D) -> Result<String, D::Error> {
    WordOrNumber::deserialize(given).map(WordOrNumber::text)
}

fn word_or_none<'de, D: Deserializer<'de>>(given: D) -> Result<Option<String>, D::Error> {
    Ok(Option::<WordOrNumber>::deserialize(given)?.map(WordOrNumber::text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_of_tools_costs_little_to_read() {
        let text = list().to_string();
        // Of such a text a token is 3.5 characters or more.
        assert!(text.len() <= 3500, "{} characters: {text}", text.len());
    }
}
