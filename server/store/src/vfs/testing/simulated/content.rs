//! What a file holds, and what of it a power cut would leave.

#[derive(Clone, Debug, Default)]
pub(super) struct SimulatedContent {
    pub(super) now: Vec<u8>,
    pub(super) durable: Vec<u8>,
    pub(super) flushed: bool,
}

impl SimulatedContent {
    /// What is on disk after a power cut while this was on its way there: nothing of it, half, or all.
    pub(super) fn after_power_cut(&self, thirds: u64) -> Vec<u8> {
        // A change of few bytes in place is one sector: there or not.
        let sector = span(&self.durable, &self.now).is_some_and(|span| span <= 512);
        match thirds {
            0 => self.durable.clone(),
            1 if sector => self.durable.clone(),
            1 => half_written(&self.durable, &self.now),
            _ => self.now.clone(),
        }
    }
}

/// What is on disk when half of what differs was written.
fn half_written(durable: &[u8], now: &[u8]) -> Vec<u8> {
    let same = durable.iter().zip(now).take_while(|(a, b)| a == b).count();
    let written = (same + now.len()) / 2;
    let rest = durable.get(written..).unwrap_or_default();
    [now.get(..written).unwrap_or_default(), rest].concat()
}

/// From the first byte that differs to the last, in contents of the same length.
fn span(a: &[u8], b: &[u8]) -> Option<usize> {
    if a.len() != b.len() || a.is_empty() {
        return None;
    }
    let differs = |at: &usize| a.get(*at) != b.get(*at);
    let first = (0..a.len()).find(differs)?;
    (0..a.len()).rfind(differs).map(|last| last + 1 - first)
}
