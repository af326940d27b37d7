//! How often facts and documents are looked at, and how many bytes of long texts are copied. Tests count
//! it: what a keystroke costs must not grow with the workspace.

#[cfg(test)]
thread_local! {
    static LOOKS: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

/// Counts a look.
#[inline]
pub(crate) fn looked() {
    #[cfg(test)]
    LOOKS.set(LOOKS.get() + 1);
}

/// Counts a copy of so many bytes.
#[inline]
pub(crate) fn copied(_bytes: usize) {
    #[cfg(test)]
    LOOKS.set(LOOKS.get() + _bytes);
}

/// How many looks `work` takes on this thread.
#[cfg(test)]
pub(crate) fn count(work: impl FnOnce()) -> usize {
    let before = LOOKS.get();
    work();
    LOOKS.get() - before
}
