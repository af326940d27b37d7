//! Time stamps as people write them, compared.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

/// A stamp of a day or of an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stamp {
    /// `2025-12-28`
    Day(Date),
    /// `2025-12-28T22:47:00Z`, `2025-12-28T14:47:00-08:00`, `2025-12-28 22:47`
    Instant(DateTime, Date),
}

impl Stamp {
    /// Reads the first word or two of `text`; `None` where they are no time (RFC 3339 and ISO 8601
    /// dates).
    pub fn parse(text: &str) -> Option<Stamp> {
        let text = text.trim().trim_start_matches(['*', '`', '"', '[']);
        let day: Date = text.get(..10)?.parse().ok()?;
        let rest = &text[10..];
        let time = match rest.strip_prefix('T').or_else(|| rest.strip_prefix(' ')) {
            Some(time) => time,
            None => return Some(Stamp::Day(day)),
        };
        let end = time
            .find(|c: char| !(c.is_ascii_digit() || matches!(c, ':' | '.' | '+' | '-' | 'Z')))
            .unwrap_or(time.len());
        let time = &time[..end];
        if let Ok(instant) = format!("{day}T{time}").parse::<jiff::Timestamp>() {
            return Some(Stamp::Instant(TimeZone::UTC.to_datetime(instant), day));
        }
        match format!("{day}T{time}").parse::<DateTime>() {
            Ok(local) => Some(Stamp::Instant(local, day)),
            Err(_) => Some(Stamp::Day(day)),
        }
    }

    /// Whether this is certainly earlier than `other`: days are compared as written where one of
    /// them has no time of day.
    pub fn is_before(self, other: Stamp) -> bool {
        match (self, other) {
            (Stamp::Instant(a, _), Stamp::Instant(b, _)) => a < b,
            _ => self.day() < other.day(),
        }
    }

    fn day(self) -> Date {
        match self {
            Stamp::Day(day) | Stamp::Instant(_, day) => day,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Stamp;

    fn before(a: &str, b: &str) -> bool {
        Stamp::parse(a).unwrap().is_before(Stamp::parse(b).unwrap())
    }

    #[test]
    fn instants_compare_across_offsets() {
        assert!(before("2025-12-28T14:00:00-08:00", "2025-12-28T22:47:00Z"));
        assert!(!before("2025-12-28T23:00:00Z", "2025-12-28T14:47:00-08:00"));
    }

    #[test]
    fn a_day_is_not_before_an_instant_of_that_day() {
        assert!(!before("2025-12-28", "2025-12-28T22:47:00Z"));
        assert!(!before("2025-12-28T22:47:00Z", "2025-12-28"));
        assert!(before("2025-12-27", "2025-12-28T22:47:00Z"));
    }

    #[test]
    fn what_follows_the_time_does_not_matter() {
        assert!(before("2025-12-27 (evening)", "2025-12-28T22:47:00Z by hand"));
        assert_eq!(Stamp::parse("YYYY-MM-DD"), None);
        assert_eq!(Stamp::parse("soon"), None);
        assert_eq!(Stamp::parse("2025-13-40"), None);
    }
}
