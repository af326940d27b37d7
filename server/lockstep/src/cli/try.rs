//! stub
use crate::cli::Command;
/// The command.
pub const COMMAND: Command = Command { name: "try", summary: "Try it", page: include_str!("try.md"), arguments: |c| c, run: |_, _| Ok(crate::cli::Exit::Done) };
