//! The `lockstep` binary.

fn main() -> std::process::ExitCode {
    lockstep::lsp::server::run_stdio()
}
