//! Floor 0: what is counted: how long requests take, what was sent, who was dropped. Counting never
//! waits and costs a few atomic additions.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use dashmap::DashMap;
use serde::{Deserialize, Serialize};

/// Values below this have a bucket each; above it every doubling has [`STEPS`].
const EXACT: u64 = 16;
const STEPS: usize = 8;
/// Up to 2^35 microseconds, which is nine hours.
const BUCKETS: usize = 16 + 31 * STEPS;

/// Methods beyond this many are counted together: a client can ask for any.
const METHODS: usize = 100;

/// Everything that is counted.
#[derive(Debug, Default)]
pub struct Metrics {
    latencies: DashMap<String, Histogram>,
    events: AtomicU64,
    dropped: AtomicU64,
}

/// How long one kind of request takes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Latency {
    /// The method, or another name for what was done.
    pub method: String,
    /// How often.
    pub count: u64,
    /// Half of them took at most this long, in milliseconds; at most an eighth too much.
    pub p50_ms: f64,
    /// All but a hundredth took at most this long.
    pub p99_ms: f64,
}

impl Metrics {
    /// Counts something that took this long.
    pub fn record(&self, method: &str, took: Duration) {
        let known = self.latencies.get(method);
        if let Some(histogram) = known {
            return histogram.record(took);
        }
        let name = if self.latencies.len() < METHODS { method } else { "other" };
        self.latencies.entry(name.to_owned()).or_default().record(took);
    }

    /// Counts events that were sent to sessions.
    pub fn add_events(&self, n: u64) {
        self.events.fetch_add(n, Ordering::Relaxed);
    }

    /// Counts a session that was dropped because its client did not read.
    pub fn add_dropped(&self) {
        self.dropped.fetch_add(1, Ordering::Relaxed);
    }

    /// How many events were sent.
    pub fn events(&self) -> u64 {
        self.events.load(Ordering::Relaxed)
    }

    /// How many sessions were dropped.
    pub fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }

    /// How long everything took so far, by name.
    pub fn latencies(&self) -> Vec<Latency> {
        let told = self.latencies.iter().map(|entry| entry.value().latency(entry.key()));
        let mut latencies: Vec<Latency> = told.collect();
        latencies.sort_by(|a, b| a.method.cmp(&b.method));
        latencies
    }
}

/// How often something took how long.
#[derive(Debug)]
struct Histogram {
    buckets: [AtomicU64; BUCKETS],
}

impl Default for Histogram {
    fn default() -> Histogram {
        Histogram { buckets: [const { AtomicU64::new(0) }; BUCKETS] }
    }
}

impl Histogram {
    fn record(&self, took: Duration) {
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        self.buckets[bucket(micros)].fetch_add(1, Ordering::Relaxed);
    }

    fn latency(&self, method: &str) -> Latency {
        let counts: Vec<u64> = self.buckets.iter().map(|n| n.load(Ordering::Relaxed)).collect();
        let count: u64 = counts.iter().sum();
        let at = |percent: u64| {
            let rank = (count * percent).div_ceil(100).max(1);
            let mut seen = 0;
            let reaches = |n: &u64| {
                seen += n;
                seen >= rank
            };
            let index = counts.iter().position(reaches).unwrap_or(0);
            // Without the remainders of the division, which would be printed.
            (Duration::from_micros(upper_bound(index)).as_secs_f64() * 1e6).round() / 1e3
        };
        Latency { method: method.to_owned(), count, p50_ms: at(50), p99_ms: at(99) }
    }
}

/// Where a value is counted.
fn bucket(micros: u64) -> usize {
    if micros < EXACT {
        return usize::try_from(micros).unwrap_or(0);
    }
    let octave = micros.ilog2();
    let step = (micros >> (octave - 3)) & 7;
    let index = 16 + (octave as usize - 4) * STEPS + usize::try_from(step).unwrap_or(0);
    index.min(BUCKETS - 1)
}

/// The largest value that is counted in a bucket.
fn upper_bound(index: usize) -> u64 {
    if index < 16 {
        return index as u64;
    }
    let (octave, step) = ((index - 16) / STEPS, (index - 16) % STEPS);
    ((8 + step as u64 + 1) << (octave + 1)) - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_lies_in_its_bucket() {
        for micros in (0..100_000).chain([1 << 20, (1 << 34) + 12_345, (1 << 35) - 1]) {
            let index = bucket(micros);
            let below = index.checked_sub(1).map(upper_bound);
            assert!(micros <= upper_bound(index), "{micros} in {index}");
            assert!(below.is_none_or(|below| below < micros), "{micros} in {index}");
        }
        assert_eq!(bucket(u64::MAX), BUCKETS - 1);
    }

    #[test]
    fn quantiles_are_at_most_an_eighth_too_large() {
        let metrics = Metrics::default();
        for millis in 1..=1000 {
            metrics.record("m", Duration::from_millis(millis));
        }
        let latency = &metrics.latencies()[0];
        let digits = |value: f64| value.to_string().split('.').nth(1).map_or(0, str::len);
        assert!(digits(latency.p50_ms).max(digits(latency.p99_ms)) <= 3, "{latency:?}");
        assert_eq!((latency.method.as_str(), latency.count), ("m", 1000));
        assert!((500.0..563.0).contains(&latency.p50_ms), "{latency:?}");
        assert!((990.0..1114.0).contains(&latency.p99_ms), "{latency:?}");
    }

    #[test]
    fn a_client_that_invents_methods_costs_no_memory() {
        let metrics = Metrics::default();
        for n in 0..10_000 {
            metrics.record(&format!("m{n}"), Duration::ZERO);
        }
        let latencies = metrics.latencies();
        assert_eq!(latencies.len(), METHODS + 1);
        assert_eq!(latencies.iter().map(|it| it.count).sum::<u64>(), 10_000);
    }
}
