//! `lockstep mcp`, through the real binary.

mod eras;
#[cfg(target_os = "linux")]
mod listening;
#[cfg(target_os = "linux")]
mod many;
#[cfg(target_os = "linux")]
mod races;
mod tools;
#[cfg(target_os = "linux")]
mod transcript;
