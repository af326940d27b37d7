//! The present time, as analysis and the history take it.

use jiff::Timestamp;

/// The present time, as RFC 3339 to the second.
pub fn now() -> String {
    Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// The present time, in seconds since 1970.
pub fn seconds() -> i64 {
    Timestamp::now().as_second()
}

/// A time in seconds since 1970, as RFC 3339.
pub fn instant(seconds: i64) -> String {
    let stamp = Timestamp::from_second(seconds).unwrap_or(Timestamp::MAX);
    stamp.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}
