//! File operations for tests: on a simulated disk, and with faults.

pub(crate) mod faulty;
pub(crate) mod simulated;
