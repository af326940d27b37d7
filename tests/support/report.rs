//! How thoroughly to search, what by, and what came of it.

use std::fmt::Display;
use std::path::Path;
use std::sync::Mutex;
use std::time::{Instant, SystemTime};

/// Whether the long forms are asked for.
pub fn full() -> bool {
    std::env::var_os("LOCKSTEP_FULL").is_some()
}

/// The count of the quick form, or that of the full one.
pub fn count(quick: u64, long: u64) -> u64 {
    if full() { long } else { quick }
}

/// Numbers by chance, the same again for the same seed.
#[derive(Clone, Debug)]
pub struct Chance(u64);

impl Chance {
    /// From `LOCKSTEP_SEED`, or else from the clock.
    pub fn new() -> Chance {
        let given = std::env::var("LOCKSTEP_SEED").ok().and_then(|seed| seed.parse().ok());
        let clock = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        Chance(given.unwrap_or_else(|| clock.map_or(0, |past| past.as_millis() as u64)))
    }

    /// From this seed, the same in every run.
    pub fn of(seed: u64) -> Chance {
        Chance(seed)
    }

    /// Another sequence, for a thread of its own.
    pub fn fork(&mut self) -> Chance {
        Chance(self.next())
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`.
    pub fn below(&mut self, end: u64) -> u64 {
        self.next() % end.max(1)
    }
}

/// The line that an experiment ends with.
#[derive(Debug)]
pub struct Summary {
    name: &'static str,
    began: Instant,
    text: String,
}

impl Summary {
    pub fn new(name: &'static str, chance: &Chance) -> Summary {
        let text = format!("seed {}", chance.0);
        // For whoever looks at a failure.
        eprintln!("{name}: {text}");
        Summary { name, began: Instant::now(), text }
    }

    pub fn with(mut self, what: &str, value: impl Display) -> Summary {
        self.text.push_str(&format!(", {what} {value}"));
        self
    }

    /// Prints the line, and keeps that of a full form in `target/crash-report.txt`.
    pub fn tell(self) {
        static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
        let seconds = self.began.elapsed().as_secs_f64();
        let line = format!("{}: {}, {seconds:.1} s", self.name, self.text);
        println!("{line}");
        if !full() {
            return;
        }
        let _guard = ONE_AT_A_TIME.lock();
        let binary = Path::new(env!("CARGO_BIN_EXE_lockstep"));
        let target = binary.ancestors().nth(2).expect("the target folder");
        let path = target.join("crash-report.txt");
        let old = std::fs::read_to_string(&path).unwrap_or_default();
        let own = format!("{}:", self.name);
        let mut lines: Vec<&str> = old.lines().filter(|old| !old.starts_with(&own)).collect();
        lines.push(&line);
        lines.sort_unstable();
        std::fs::write(&path, format!("{}\n", lines.join("\n"))).expect("the report");
    }
}
