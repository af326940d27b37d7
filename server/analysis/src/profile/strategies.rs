//! What becomes of a task by the tasks that are part of it. Adding a strategy is a file and a line here.

mod best_effort;
mod fail_fast;
mod race;
mod wait_all;

use std::fmt;

use crate::profile::roll_up::RollUp;
use crate::profile::vocabulary::Category;

/// How many children of a task are how far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ChildCounts {
    /// Those that are finished.
    pub done: usize,
    /// Those that went wrong.
    pub failed: usize,
    /// Those that were given up.
    pub dropped: usize,
    /// Those that somebody works on.
    pub active: usize,
    /// Those that are not begun, or cannot go on.
    pub open: usize,
    /// Those that do not say.
    pub silent: usize,
}

impl ChildCounts {
    /// Counts what each child says; `None` is one that says nothing.
    pub fn of(children: impl IntoIterator<Item = Option<Category>>) -> ChildCounts {
        let mut counts = ChildCounts::default();
        for child in children {
            let count = match child {
                Some(Category::Done) => &mut counts.done,
                Some(Category::Failed) => &mut counts.failed,
                Some(Category::Dropped) => &mut counts.dropped,
                Some(Category::Active) => &mut counts.active,
                Some(Category::Open | Category::Waiting) => &mut counts.open,
                None => &mut counts.silent,
            };
            *count += 1;
        }
        counts
    }

    /// All of them.
    pub fn all(&self) -> usize {
        self.done + self.failed + self.dropped + self.active + self.open + self.silent
    }

    /// Whether nothing is left to be done.
    pub fn have_ended(&self) -> bool {
        self.all() > 0 && self.active + self.open + self.silent == 0
    }

    /// What is said where some are left: whether work has begun.
    fn under_way(&self) -> RollUp {
        let begun = self.done + self.failed;
        match self {
            _ if self.active > 0 || (begun > 0 && self.open > 0) => RollUp::Active,
            _ if begun == 0 && self.open > 0 && self.silent == 0 => RollUp::Open,
            _ => RollUp::Silent,
        }
    }

    /// What parts say of which failure is one more thing to be done.
    pub fn coarse(&self) -> RollUp {
        let open = self.open + self.failed;
        if self.active > 0 || (self.done > 0 && open > 0) {
            RollUp::Active
        } else if self.done > 0 && self.silent == 0 {
            RollUp::Done
        } else if self.done == 0 && open > 0 && self.silent == 0 {
            RollUp::Open
        } else {
            RollUp::Silent
        }
    }
}

/// How many children suffice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Threshold {
    /// So many.
    Count(usize),
    /// So many of a hundred, rounded up.
    Percent(usize),
}

impl Threshold {
    /// `3`, or `60 %`; `None` for what is neither, and for nothing.
    pub fn parse(text: &str) -> Option<Threshold> {
        let text = text.trim().trim_matches('"');
        let (number, is_share) = match text.strip_suffix('%') {
            Some(number) => (number.trim_end(), true),
            None => (text, false),
        };
        let number = number.parse().ok().filter(|number| *number > 0)?;
        match is_share {
            true => (number <= 100).then_some(Threshold::Percent(number)),
            false => Some(Threshold::Count(number)),
        }
    }

    /// How many of `all` suffice.
    pub fn of(self, all: usize) -> usize {
        match self {
            Threshold::Count(count) => count.min(all),
            Threshold::Percent(percent) => (all * percent).div_ceil(100),
        }
    }
}

/// One suffices.
impl Default for Threshold {
    fn default() -> Threshold {
        Threshold::Count(1)
    }
}

/// How the children of a task make it succeed or fail. No children say nothing.
pub trait Strategy: fmt::Debug + Sync {
    /// Its name in files and configuration.
    fn name(&self) -> &'static str;

    /// One sentence: when the parent is done, and when it has failed.
    fn summary(&self) -> &'static str;

    /// What the children say of their parent.
    fn rolled(&self, children: &ChildCounts, threshold: Threshold) -> RollUp;

    /// Why what is left of the children need not be done, as a clause; `None` where it must.
    fn decided(&self, _: &ChildCounts, _: Threshold) -> Option<String> {
        None
    }

    /// Whether a child may begin once the parent is decided.
    fn goes_on(&self) -> bool {
        false
    }
}

/// Every strategy. The first holds where nothing names one.
pub static STRATEGIES: [&dyn Strategy; 4] =
    [&wait_all::WaitAll, &fail_fast::FailFast, &best_effort::BestEffort, &race::Race];

/// The names of all, in order.
pub const NAMES: [&str; 4] = ["wait_all", "fail_fast", "best_effort", "race"];

/// The strategy of that name: `wait-all` and `Wait all` are one.
pub fn strategy(name: &str) -> Option<&'static dyn Strategy> {
    let name = super::vocabulary::normalise(name).replace(' ', "_");
    STRATEGIES.into_iter().find(|strategy| strategy.name() == name)
}

/// `1 part failed`, `2 parts failed`.
fn parts(count: usize, verb: &str) -> String {
    let s = if count == 1 { "" } else { "s" };
    format!("{count} part{s} {verb}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::flow::TaskKind;

    const THRESHOLDS: [Threshold; 4] =
        [Threshold::Count(1), Threshold::Count(2), Threshold::Percent(50), Threshold::Percent(100)];

    fn every() -> Vec<ChildCounts> {
        let mut all = Vec::new();
        for code in 0..3_usize.pow(5) {
            let digit = |at: u32| code / 3_usize.pow(at) % 3;
            let (done, failed, dropped) = (digit(0), digit(1), digit(2));
            let (active, open) = (digit(3), digit(4));
            all.push(ChildCounts { done, failed, dropped, active, open, silent: 0 });
        }
        all
    }

    /// The table that the reference shows, read by itself.
    fn expected(name: &str, c: &ChildCounts, threshold: Threshold) -> RollUp {
        let n = c.all();
        let begun = c.active > 0 || c.done + c.failed > 0;
        let ended = c.done + c.failed + c.dropped == n;
        let needed = threshold.of(n);
        let wait_all = match () {
            () if n == 0 => RollUp::Silent,
            () if c.done >= 1 && c.done + c.dropped == n => RollUp::Done,
            () if c.dropped == n => RollUp::Dropped,
            () if c.failed >= 1 && c.active == 0 => RollUp::Failed,
            () if begun => RollUp::Active,
            () => RollUp::Open,
        };
        match name {
            _ if n == 0 => RollUp::Silent,
            "fail_fast" if c.failed >= 1 => RollUp::Failed,
            "wait_all" | "fail_fast" => wait_all,
            "best_effort" if c.done >= needed && c.done == n => RollUp::Done,
            "best_effort" if c.done >= needed => RollUp::Partial,
            "race" if c.done >= 1 => RollUp::Done,
            _ if ended => RollUp::Failed,
            _ if begun => RollUp::Active,
            _ => RollUp::Open,
        }
    }

    #[test]
    fn each_strategy_says_what_the_table_says() {
        for strategy in STRATEGIES {
            for (counts, threshold) in
                every().iter().flat_map(|it| THRESHOLDS.map(|threshold| (*it, threshold)))
            {
                let (name, rolled) = (strategy.name(), strategy.rolled(&counts, threshold));
                let table = expected(name, &counts, threshold);
                assert_eq!(rolled, table, "{name} of {counts:?} with {threshold:?}");
            }
        }
    }

    #[test]
    fn what_is_left_is_not_needed_once_the_parent_is_decided() {
        for strategy in STRATEGIES {
            for (counts, threshold) in
                every().iter().flat_map(|it| THRESHOLDS.map(|threshold| (*it, threshold)))
            {
                let decided = match strategy.name() {
                    "fail_fast" => counts.failed > 0,
                    "race" => counts.done > 0,
                    "best_effort" => counts.all() > 0 && counts.done >= threshold.of(counts.all()),
                    _ => false,
                };
                let said = strategy.decided(&counts, threshold);
                assert_eq!(said.is_some(), decided, "{strategy:?} of {counts:?}");
            }
        }
    }

    #[test]
    fn the_page_tells_what_each_strategy_and_kind_is() {
        let page = include_str!("../../../docs/strategies.md");
        for strategy in STRATEGIES {
            let row = format!("| `{}` | {} |", strategy.name(), strategy.summary());
            assert!(page.contains(&row), "{row}");
        }
        for (_, name) in TaskKind::ALL {
            assert!(page.contains(&format!("| `{name}` | ")), "{name}");
        }
    }

    #[test]
    fn names_and_thresholds_are_read_in_the_ways_people_write_them() {
        assert_eq!(STRATEGIES.map(|strategy| strategy.name()), NAMES);
        for name in ["wait_all", "Wait-All", "`fail fast`", "BEST_EFFORT", "race"] {
            assert!(strategy(name).is_some(), "{name}");
        }
        assert!(strategy("race to the bottom").is_none() && strategy("").is_none());
        let read = |text| Threshold::parse(text).map(|it| it.of(5));
        assert_eq!(
            (read("2"), read("9"), read("50%"), read("41 %")),
            (Some(2), Some(5), Some(3), Some(3))
        );
        assert_eq!((read("0"), read("-1"), read("101%"), read("most")), (None, None, None, None));
    }
}
