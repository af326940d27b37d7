//! The process that an editor says has started this one: once it is gone nobody is served any more, even
//! where something else still holds the pipe open.

/// Waits for the end of a process that has started this one. One that has not is waited for without end:
/// an editor in a container or behind another tool numbers processes in its own way, and the same number
/// is somebody else's here.
pub(crate) async fn gone(process: Option<u32>) {
    if let Some(process) = process
        && started_this_one(process)
        && end_of(process).await.is_some()
    {
        tracing::info!(process, "the process that started this server is gone");
        return;
    }
    std::future::pending().await
}

/// The process that an `initialize` names.
pub(crate) fn named(params: &serde_json::Value) -> Option<u32> {
    params["processId"].as_u64().and_then(|id| u32::try_from(id).ok())
}

/// Whether a process has started this one, itself or through others.
#[cfg(target_os = "linux")]
fn started_this_one(process: u32) -> bool {
    let parent = |id: u32| -> Option<u32> {
        let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
        // The name in parentheses may hold anything.
        let (_, behind) = stat.rsplit_once(") ")?;
        behind.split(' ').nth(1)?.parse().ok()
    };
    let ancestors = std::iter::successors(parent(std::process::id()), |id| parent(*id));
    ancestors.take_while(|id| *id > 1).any(|id| id == process)
}

/// Waits for the end of a process; `None` where that cannot be known.
#[cfg(target_os = "linux")]
async fn end_of(process: u32) -> Option<()> {
    use rustix::event::{PollFd, PollFlags, poll};
    use rustix::process::{Pid, PidfdFlags, pidfd_open};

    let id = Pid::from_raw(i32::try_from(process).ok()?)?;
    let handle = pidfd_open(id, PidfdFlags::empty()).ok()?;
    // It may have ended before it was held, and its number been given away.
    started_this_one(process).then_some(())?;
    let wait = move || {
        loop {
            match poll(&mut [PollFd::new(&handle, PollFlags::IN)], None) {
                Err(rustix::io::Errno::INTR) => {}
                ended => return ended.ok().map(|_| ()),
            }
        }
    };
    // A thread that waits for nothing else; the runtime is not kept by it.
    tokio::task::spawn_blocking(wait).await.ok()?
}

/// Elsewhere the end of standard input tells.
#[cfg(not(target_os = "linux"))]
fn started_this_one(_: u32) -> bool {
    false
}

#[cfg(not(target_os = "linux"))]
async fn end_of(_: u32) -> Option<()> {
    None
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn only_processes_that_started_this_one_are_its_parents() {
        assert!(started_this_one(std::os::unix::process::parent_id()));
        assert!(!started_this_one(std::process::id()));
        assert!(!started_this_one(u32::MAX));
        assert_eq!(named(&serde_json::json!({"processId": 7})), Some(7));
        for none in [serde_json::json!({"processId": null}), serde_json::json!({"processId": -1})] {
            assert_eq!(named(&none), None);
        }
    }
}
