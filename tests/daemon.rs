//! The daemon and those who meet it, through the real binary.

mod alike;
mod commands;
mod folder;
mod hardship;
mod orders;
mod questions;
mod start;
mod takeover;
