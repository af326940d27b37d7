//! The present time, as analysis and the history take it.

use jiff::Timestamp;

/// The present time, as RFC 3339 to the second.
pub fn now() -> String {
    Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}
