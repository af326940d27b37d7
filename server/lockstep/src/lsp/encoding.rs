//! Which units the columns of one session count.

use lockstep_analysis::text::line_index::PositionEncoding;
use tower_lsp::ls_types::{ClientCapabilities, PositionEncodingKind};

/// The first encoding that the client offers and that there is; UTF-16 if there is none.
pub(crate) fn negotiate(client: &ClientCapabilities) -> PositionEncoding {
    let offers = client.general.as_ref().and_then(|general| general.position_encodings.as_ref());
    offers.into_iter().flatten().find_map(from_proto).unwrap_or(PositionEncoding::Utf16)
}

/// What `initialize` answers for `encoding`.
pub(crate) fn to_proto(encoding: PositionEncoding) -> PositionEncodingKind {
    match encoding {
        PositionEncoding::Utf8 => PositionEncodingKind::UTF8,
        PositionEncoding::Utf16 => PositionEncodingKind::UTF16,
        PositionEncoding::Utf32 => PositionEncodingKind::UTF32,
    }
}

/// The encoding that is meant by `kind`, if there is such a one.
pub(crate) fn from_proto(kind: &PositionEncodingKind) -> Option<PositionEncoding> {
    match kind.as_str() {
        "utf-8" => Some(PositionEncoding::Utf8),
        "utf-16" => Some(PositionEncoding::Utf16),
        "utf-32" => Some(PositionEncoding::Utf32),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_first_known_offer_is_taken() {
        for (offers, expected) in [
            (json!(["utf-16"]), PositionEncoding::Utf16),
            (json!(["utf-8", "utf-32", "utf-16"]), PositionEncoding::Utf8),
            (json!(["utf-7", "utf-32", "utf-8"]), PositionEncoding::Utf32),
            (json!(["utf-7"]), PositionEncoding::Utf16),
            (json!([]), PositionEncoding::Utf16),
            (json!(null), PositionEncoding::Utf16),
        ] {
            let client = json!({"general": {"positionEncodings": offers}});
            let client = serde_json::from_value(client).expect("client capabilities");
            assert_eq!(negotiate(&client), expected);
        }
        assert_eq!(negotiate(&ClientCapabilities::default()), PositionEncoding::Utf16);
    }

    #[test]
    fn every_encoding_survives_the_protocol() {
        for encoding in [PositionEncoding::Utf8, PositionEncoding::Utf16, PositionEncoding::Utf32] {
            assert_eq!(from_proto(&to_proto(encoding)), Some(encoding));
        }
    }
}
