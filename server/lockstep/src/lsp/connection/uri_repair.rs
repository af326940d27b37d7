//! URIs as clients write them to URIs as RFC 3986 has them. The protocol types accept only the
//! latter, and a notification with any other URI would be lost.

use std::str::FromStr;

use serde_json::Value;
use tower_lsp::ls_types::Uri;

use crate::hub::uri::push_percent_encoded;

const URI_KEYS: [&str; 7] =
    ["uri", "oldUri", "newUri", "rootUri", "targetUri", "scopeUri", "baseUri"];

/// Percent-encodes what may not stand in a URI, wherever `value` holds one: under the protocol's
/// keys for URIs and in the keys of a `changes` object. Valid URIs keep their spelling.
pub(super) fn repair_uris(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(repair_uris),
        Value::Object(object) => {
            for (key, child) in object.iter_mut() {
                match child {
                    Value::String(text) if URI_KEYS.contains(&key.as_str()) => {
                        if let Some(uri) = repaired(text) {
                            *text = uri;
                        }
                    }
                    Value::Object(changes) if key == "changes" => {
                        let entries = std::mem::take(changes).into_iter();
                        *changes = entries
                            .map(|(uri, edits)| (repaired(&uri).unwrap_or(uri), edits))
                            .collect();
                        changes.values_mut().for_each(repair_uris);
                    }
                    _ => repair_uris(child),
                }
            }
        }
        _ => {}
    }
}

/// `text` as a valid URI; `None` if it is one already or has no scheme to start from.
fn repaired(text: &str) -> Option<String> {
    if Uri::from_str(text).is_ok() {
        return None;
    }
    let (scheme, rest) = text.split_once(':')?;
    let mut scheme_bytes = scheme.bytes();
    let scheme_is_valid = scheme_bytes.next().is_some_and(|byte| byte.is_ascii_alphabetic())
        && scheme_bytes.all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
    if !scheme_is_valid {
        return None;
    }
    let authority_len = match rest.strip_prefix("//") {
        Some(after) => 2 + after.find(['/', '?', '#']).unwrap_or(after.len()),
        None => 0,
    };
    let (authority, path) = rest.split_at(authority_len);

    let mut out = String::with_capacity(text.len() + 16);
    out.push_str(scheme);
    out.push(':');
    push_legal(&mut out, authority, b"[]");
    let mut in_fragment = false;
    for piece in path.split_inclusive('#') {
        let (piece, ends_in_hash) = match piece.strip_suffix('#') {
            Some(piece) => (piece, true),
            None => (piece, false),
        };
        push_legal(&mut out, piece, b"");
        if ends_in_hash {
            out.push_str(if in_fragment { "%23" } else { "#" });
            in_fragment = true;
        }
    }
    Some(out)
}

/// Appends `text`; encodes each byte that is neither legal in a path, a query and a fragment nor
/// one of `also_legal`, and each `%` that starts no escape.
fn push_legal(out: &mut String, text: &str, also_legal: &[u8]) {
    let bytes = text.as_bytes();
    for (at, &byte) in bytes.iter().enumerate() {
        let is_legal = match byte {
            b'%' => bytes
                .get(at + 1..at + 3)
                .is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit)),
            _ => {
                byte.is_ascii_alphanumeric()
                    || b"-._~!$&'()*+,;=:@/?".contains(&byte)
                    || also_legal.contains(&byte)
            }
        };
        if is_legal {
            out.push(char::from(byte));
        } else {
            push_percent_encoded(out, byte);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn illegal_characters_are_encoded_and_legal_ones_kept() {
        for (sent, expected) in [
            ("file:///a b[c].md", "file:///a%20b%5Bc%5D.md"),
            ("file:///é.md", "file:///%C3%A9.md"),
            ("file:///100%.md", "file:///100%25.md"),
            ("file:///a%20b[.md", "file:///a%20b%5B.md"),
            ("file:///C:\\a\\b.md", "file:///C:%5Ca%5Cb.md"),
            ("file:///a#b#c", "file:///a#b%23c"),
            ("file://[::1]/a b", "file://[::1]/a%20b"),
            ("untitled:a b", "untitled:a%20b"),
        ] {
            assert_eq!(repaired(sent).as_deref(), Some(expected));
        }
    }

    #[test]
    fn valid_uris_and_texts_without_a_scheme_are_left_alone() {
        for sent in
            ["file:///a%5Bb%5d.md", "file:///c%3A/a", "untitled:Untitled-1", "", "/a b", "1:x"]
        {
            assert_eq!(repaired(sent), None, "{sent}");
        }
    }

    #[test]
    fn every_place_of_a_uri_is_repaired_and_nothing_else() {
        let mut value = json!({
            "textDocument": {"uri": "file:///[a]", "text": "file:///[a]"},
            "files": [{"oldUri": "file:///[a]", "newUri": "file:///[b]"}],
            "edit": {"changes": {"file:///[a]": [{"newText": "[x]"}], "file:///b": []}},
            "changes": [{"uri": "file:///[a]", "type": 1}],
        });
        repair_uris(&mut value);
        assert_eq!(
            value,
            json!({
                "textDocument": {"uri": "file:///%5Ba%5D", "text": "file:///[a]"},
                "files": [{"oldUri": "file:///%5Ba%5D", "newUri": "file:///%5Bb%5D"}],
                "edit": {"changes": {"file:///%5Ba%5D": [{"newText": "[x]"}], "file:///b": []}},
                "changes": [{"uri": "file:///%5Ba%5D", "type": 1}],
            })
        );
    }

    proptest! {
        #[test]
        fn whatever_path_follows_file_becomes_a_valid_uri(path in "\\PC*") {
            let uri = format!("file:///{path}");
            let uri = repaired(&uri).unwrap_or(uri);
            prop_assert!(Uri::from_str(&uri).is_ok(), "{uri}");
        }
    }
}
