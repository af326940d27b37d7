//! How much of something is still to be done.

use tokio::sync::watch;

/// Counts what has begun and is not at its end.
#[derive(Clone, Debug, Default)]
pub(crate) struct Outstanding(watch::Sender<usize>);

/// One of it, until it is dropped.
#[derive(Debug)]
pub(crate) struct OneOutstanding(watch::Sender<usize>);

impl Outstanding {
    /// Counts one more.
    pub(crate) fn begin(&self) -> OneOutstanding {
        self.0.send_modify(|n| *n += 1);
        OneOutstanding(self.0.clone())
    }

    /// Whether all of it is done.
    pub(crate) fn is_none(&self) -> bool {
        *self.0.borrow() == 0
    }

    /// Waits until all of it is done.
    pub(crate) async fn until_none(&self) {
        // It does not fail: there is somebody who counts.
        let _ = self.0.subscribe().wait_for(|n| *n == 0).await;
    }
}

impl Drop for OneOutstanding {
    fn drop(&mut self) {
        self.0.send_modify(|n| *n -= 1);
    }
}
