//! stub
/// Stub.
pub fn run_stdio() -> std::io::Result<()> { Ok(()) }
