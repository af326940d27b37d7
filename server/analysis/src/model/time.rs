//! Time stamps as people write them, compared.

use std::ops::Range;

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

/// A stamp of a day or of an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeStamp {
    /// `2025-12-28`
    Day(Date),
    /// `2025-12-28T22:47:00Z`, `2025-12-28T14:47:00-08:00`, `2025-12-28 22:47`
    Instant(DateTime, Date),
}

impl TimeStamp {
    /// Reads the first word or two of `text`; `None` where they are no time (RFC 3339 and ISO 8601
    /// dates).
    pub fn parse(text: &str) -> Option<TimeStamp> {
        TimeStamp::find(text).map(|(stamp, _)| stamp)
    }

    /// The time that `text` begins with, and where in it that stands.
    pub fn find(text: &str) -> Option<(TimeStamp, Range<usize>)> {
        let inner = text.trim_start().trim_start_matches(['*', '`', '"', '[']);
        let start = text.len() - inner.len();
        let day: Date = inner.get(..10)?.parse().ok()?;
        let only_day = (TimeStamp::Day(day), start..start + 10);
        let rest = &inner[10..];
        let Some(time) = rest.strip_prefix('T').or_else(|| rest.strip_prefix(' ')) else {
            return Some(only_day);
        };
        let end = time
            .find(|c: char| !(c.is_ascii_digit() || matches!(c, ':' | '.' | '+' | '-' | 'Z')))
            .unwrap_or(time.len());
        let time = &time[..end];
        let whole = start..start + 11 + end;
        if let Ok(instant) = format!("{day}T{time}").parse::<jiff::Timestamp>() {
            return Some((TimeStamp::Instant(TimeZone::UTC.to_datetime(instant), day), whole));
        }
        match format!("{day}T{time}").parse::<DateTime>() {
            Ok(local) => Some((TimeStamp::Instant(local, day), whole)),
            Err(_) => Some(only_day),
        }
    }

    /// Whether this is certainly earlier than `other`: days are compared as written where one of
    /// them has no time of day.
    pub fn is_before(self, other: TimeStamp) -> bool {
        match (self, other) {
            (TimeStamp::Instant(a, _), TimeStamp::Instant(b, _)) => a < b,
            _ => self.day() < other.day(),
        }
    }

    /// Its day, as written.
    pub fn day(self) -> Date {
        match self {
            TimeStamp::Day(day) | TimeStamp::Instant(_, day) => day,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::TimeStamp;

    fn before(a: &str, b: &str) -> bool {
        TimeStamp::parse(a).unwrap().is_before(TimeStamp::parse(b).unwrap())
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
        assert_eq!(TimeStamp::parse("YYYY-MM-DD"), None);
        assert_eq!(TimeStamp::parse("soon"), None);
        assert_eq!(TimeStamp::parse("2025-13-40"), None);
    }

    #[test]
    fn the_ends_of_time_are_times() {
        let times = [
            "-9999-01-01",
            "0000-01-01T00:00:00+14:00",
            "1969-12-31T23:59:59.999999999Z",
            "2038-01-19T03:14:08Z",
            "9999-12-30T23:00:00-23:00",
            "9999-12-31T23:59:60Z",
        ];
        let times: Vec<TimeStamp> = times.into_iter().filter_map(TimeStamp::parse).collect();
        assert_eq!(times.len(), 5, "years of one sign only");
        assert!(times.windows(2).all(|two| two[0].is_before(two[1])), "{times:?}");
    }
}
