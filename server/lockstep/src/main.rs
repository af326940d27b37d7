//! The `lockstep` binary.

use std::process::ExitCode;

use mimalloc::MiMalloc;

/// A workspace is many small texts and lists, made by all processors at once; the allocator of the
/// system takes a tenth of the time of `check` longer for them.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    lockstep::cli::main().into()
}
