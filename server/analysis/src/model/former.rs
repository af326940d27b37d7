//! Which tasks a file says are finished, by their numbers: `former` of a role.

use std::ops::RangeInclusive;

use crate::profile::Role;

/// More numbers than this are no list of tasks.
const MOST: u64 = 999;

/// What a file says.
pub(super) fn of(role: &Role, text: &str) -> Vec<RangeInclusive<u64>> {
    let Some(form) = &role.former else { return Vec::new() };
    let ranges = form.captures_iter(text).filter_map(|found| {
        let number = |name: &str| found.name(name)?.as_str().parse::<u64>().ok();
        let from = number("from")?;
        let to = number("to").unwrap_or(from);
        (from <= to && to <= MOST).then_some(from..=to)
    });
    ranges.collect()
}
