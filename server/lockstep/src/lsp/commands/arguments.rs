//! The object that a command or request of ours is given, field by field. Every complaint names the
//! field.

use std::str::FromStr;

use lockstep_analysis::profile::config::CommitTo;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use tower_lsp::jsonrpc::{Error, Result};
use tower_lsp::ls_types::{Position, Range, Uri};

use crate::lsp::error::invalid_params;

/// The fields that have not been taken yet.
#[derive(Clone, Debug)]
pub(crate) struct Arguments(Map<String, Value>);

impl Arguments {
    /// The fields of an object; `null` has none.
    pub(crate) fn new(value: Value) -> Result<Arguments> {
        match value {
            Value::Object(fields) => Ok(Arguments(fields)),
            Value::Null => Ok(Arguments(Map::new())),
            _ => Err(invalid_params("the argument must be an object")),
        }
    }

    /// All fields at once.
    pub(crate) fn all<T: DeserializeOwned>(self) -> Result<T> {
        let fields = serde_json::from_value(Value::Object(self.0));
        fields.map_err(|error| invalid_params(format!("incomplete arguments: {error}")))
    }

    /// A field of text, where it is there. A number is the text of its digits: ids are numbers to
    /// many.
    pub(crate) fn text(&mut self, field: &str) -> Result<Option<String>> {
        match self.take(field) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(Value::Number(number)) => Ok(Some(number.to_string())),
            Some(_) => Err(invalid_params(format!("`{field}` must be a string"))),
        }
    }

    /// A field of text that must be there.
    pub(crate) fn required_text(&mut self, field: &str) -> Result<String> {
        self.text(field)?.ok_or_else(|| missing(field))
    }

    /// Whether a field is set; one that is not there is not.
    pub(crate) fn flag(&mut self, field: &str) -> Result<bool> {
        match self.take(field) {
            None => Ok(false),
            Some(Value::Bool(flag)) => Ok(flag),
            Some(_) => Err(invalid_params(format!("`{field}` must be true or false"))),
        }
    }

    /// A field that counts something, where it is there.
    pub(crate) fn number(&mut self, field: &str) -> Result<Option<usize>> {
        let Some(value) = self.take(field) else { return Ok(None) };
        let number = value.as_u64().and_then(|number| usize::try_from(number).ok());
        number.map(Some).ok_or_else(|| {
            invalid_params(format!("`{field}` must be a whole number that is not negative"))
        })
    }

    /// A list of texts, where it is there. Numbers are texts as in [`Arguments::text`].
    pub(crate) fn texts(&mut self, field: &str) -> Result<Option<Vec<String>>> {
        let text = |item: &Value| match item {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        };
        let Some(value) = self.take(field) else { return Ok(None) };
        let texts = value.as_array().and_then(|items| items.iter().map(text).collect());
        texts
            .map(Some)
            .ok_or_else(|| invalid_params(format!("`{field}` must be a list of strings")))
    }

    /// Where to make the change, where it is said.
    pub(crate) fn commit(&mut self) -> Result<Option<CommitTo>> {
        let Some(name) = self.text("commit")? else { return Ok(None) };
        let known = CommitTo::parse(&name);
        known.map(Some).ok_or_else(|| invalid_params("`commit` must be `edit` or `disk`"))
    }

    /// A URI, where it is there.
    pub(crate) fn uri(&mut self, field: &str) -> Result<Option<Uri>> {
        let Some(text) = self.text(field)? else { return Ok(None) };
        let uri = Uri::from_str(&text);
        uri.map(Some).map_err(|error| invalid_params(format!("`{field}` is not a URI: {error}")))
    }

    /// A position that must be there.
    pub(crate) fn position(&mut self, field: &str) -> Result<Position> {
        let value = self.take(field).ok_or_else(|| missing(field))?;
        Position::deserialize(value)
            .map_err(|error| invalid_params(format!("`{field}` is not a position: {error}")))
    }

    /// A range, where it is there.
    pub(crate) fn range(&mut self, field: &str) -> Result<Option<Range>> {
        let Some(value) = self.take(field) else { return Ok(None) };
        let range = Range::deserialize(value);
        range
            .map(Some)
            .map_err(|error| invalid_params(format!("`{field}` is not a range: {error}")))
    }

    /// Complains of fields that nobody has taken.
    pub(crate) fn finish(self) -> Result<()> {
        match self.0.keys().next() {
            Some(field) => Err(invalid_params(format!("unknown field `{field}`"))),
            None => Ok(()),
        }
    }

    fn take(&mut self, field: &str) -> Option<Value> {
        self.0.remove(field).filter(|value| !value.is_null())
    }
}

fn missing(field: &str) -> Error {
    invalid_params(format!("`{field}` is missing"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn complaints_name_the_field() {
        let arguments = |value: Value| Arguments::new(value).expect("an object");
        let message = |error: Error| error.message.into_owned();
        let status = arguments(json!({})).required_text("status").map_err(message);
        assert_eq!(status, Err("`status` is missing".to_owned()));
        let phase = arguments(json!({"phase": [1]})).text("phase").map_err(message);
        assert_eq!(phase, Err("`phase` must be a string".to_owned()));
        let flag = arguments(json!({"tick": "yes"})).flag("tick").map_err(message);
        assert_eq!(flag, Err("`tick` must be true or false".to_owned()));
        let position = arguments(json!({"position": {"line": 1}})).position("position");
        assert!(position.map_err(message).is_err_and(|it| it.starts_with("`position` is not a")));
        let left = arguments(json!({"statsu": "x"})).finish().map_err(message);
        assert_eq!(left, Err("unknown field `statsu`".to_owned()));
    }

    #[test]
    fn an_id_may_be_a_number_and_null_is_nothing() {
        let mut arguments = Arguments::new(json!({"task": 7, "phase": null})).expect("an object");
        assert_eq!(arguments.text("task"), Ok(Some("7".to_owned())));
        assert_eq!(arguments.text("phase"), Ok(None));
    }
}
