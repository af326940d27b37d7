//! Applies edits of the server as an editor does.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use lockstep::lsp::uri;
use serde_json::Value;

/// The units of columns.
#[derive(Clone, Copy, Debug)]
pub enum Units {
    Bytes,
    Utf16,
    Characters,
}

impl Units {
    /// Those with this name in the protocol.
    pub fn named(name: &str) -> Units {
        match name {
            "utf-8" => Units::Bytes,
            "utf-16" => Units::Utf16,
            "utf-32" => Units::Characters,
            other => panic!("{other} is no encoding"),
        }
    }

    pub fn of(self, c: char) -> usize {
        match self {
            Units::Bytes => c.len_utf8(),
            Units::Utf16 => c.len_utf16(),
            Units::Characters => 1,
        }
    }
}

/// The edits of a workspace edit, in either form: URI, version, edits.
pub fn files(edit: &Value) -> Vec<(String, Value, Vec<Value>)> {
    let mut out = Vec::new();
    for change in edit["documentChanges"].as_array().into_iter().flatten() {
        if change.get("kind").is_none() {
            let document = &change["textDocument"];
            assert!(document.get("version").is_some(), "no version: {change}");
            let uri = document["uri"].as_str().expect("a URI").to_owned();
            let edits = change["edits"].as_array().expect("edits").clone();
            out.push((uri, document["version"].clone(), edits));
        }
    }
    for (uri, edits) in edit["changes"].as_object().into_iter().flatten() {
        out.push((uri.clone(), Value::Null, edits.as_array().expect("edits").clone()));
    }
    out
}

/// The renames of a workspace edit, which come before any text: from where to where.
pub fn renames(edit: &Value) -> Vec<(PathBuf, PathBuf)> {
    let changes = edit["documentChanges"].as_array().into_iter().flatten();
    let n_first = changes.clone().take_while(|it| it["kind"] == "rename").count();
    let renames: Vec<&Value> = changes.filter(|it| it["kind"] == "rename").collect();
    assert_eq!(renames.len(), n_first, "{edit:#}");
    let path = |uri: &Value| {
        let uri = uri.as_str().and_then(|uri| uri.parse().ok()).expect("a URI");
        uri::to_path(&uri).expect("a path")
    };
    renames.iter().map(|it| (path(&it["oldUri"]), path(&it["newUri"]))).collect()
}

/// The texts an edit makes of those on disk, by path relative to `root`.
pub fn applied(edit: &Value, root: &Path, units: Units) -> BTreeMap<String, String> {
    let mut out = BTreeMap::new();
    for (uri, _, edits) in files(edit) {
        let uri = uri.parse().expect("a URI");
        let path = uri::to_path(&uri).expect("a path");
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        let relative = path.strip_prefix(root).expect("below the root").display().to_string();
        out.insert(relative, apply(&text, &edits, units));
    }
    out
}

/// The text that edits make of `text`.
pub fn apply(text: &str, edits: &[Value], units: Units) -> String {
    let mut ranges: Vec<(usize, usize, &str)> = edits
        .iter()
        .map(|edit| {
            let at = |end: &str| offset(text, &edit["range"][end], units);
            (at("start"), at("end"), edit["newText"].as_str().expect("a text"))
        })
        .collect();
    ranges.sort();
    let mut out = String::new();
    let mut done = 0;
    for (start, end, new) in ranges {
        assert!(start >= done, "overlapping edits: {edits:?}");
        out.push_str(&text[done..start]);
        out.push_str(new);
        done = end;
    }
    out + &text[done..]
}

/// The offset of a position; the text has no lone carriage returns.
fn offset(text: &str, position: &Value, units: Units) -> usize {
    let line = position["line"].as_u64().expect("a line") as usize;
    let mut column = position["character"].as_u64().expect("a column") as usize;
    let start: usize = text.split_inclusive('\n').take(line).map(str::len).sum();
    let mut at = start;
    for c in text[start..].chars() {
        if column == 0 {
            break;
        }
        assert!(c != '\n', "a column after the end of its line");
        column = column.checked_sub(units.of(c)).expect("a column between characters");
        at += c.len_utf8();
    }
    at
}

/// The range of the protocol for bytes of a text.
pub fn range(text: &str, bytes: std::ops::Range<usize>, units: Units) -> Value {
    let position = |at: usize| {
        let before = &text[..at];
        let start = before.rfind('\n').map_or(0, |at| at + 1);
        let column: usize = before[start..].chars().map(|c| units.of(c)).sum();
        serde_json::json!({"line": before.matches('\n').count(), "character": column})
    };
    serde_json::json!({"start": position(bytes.start), "end": position(bytes.end)})
}
