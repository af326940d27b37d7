//! The daemon and those who meet it, through the real binary.

mod commands;
mod folder;
mod hardship;
mod start;
mod takeover;
