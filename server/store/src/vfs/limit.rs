//! What becomes of a write beyond the file size limit of this process.

/// Has such a write answered by an error. Otherwise the kernel ends the process without a word.
pub fn outlive_size_limit() {
    #[cfg(unix)]
    ignore(libc::SIGXFSZ);
}

#[cfg(unix)]
#[allow(unsafe_code)]
fn ignore(signal: libc::c_int) {
    // SAFETY: no handler is installed, so nothing runs when the signal comes.
    let before = unsafe { libc::signal(signal, libc::SIG_IGN) };
    if before == libc::SIG_ERR {
        tracing::debug!("a signal cannot be ignored");
    }
}
