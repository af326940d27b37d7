//! The process that an editor says has started this one: once it is gone nobody is served any more, even
//! where something else still holds the pipe open.

/// The processes that have started this one, itself or through others, each with when it began. Noted before
/// anything is served: who has ended since is none of them any more.
#[derive(Debug)]
pub(crate) struct Ancestors(Vec<(u32, String)>);

impl Ancestors {
    /// Waits for the end of one of them. Another process is waited for without end: an editor in a container
    /// or behind another tool numbers processes in its own way, and the same number is somebody else's here.
    pub(crate) async fn gone(&self, process: Option<u32>) {
        let known = self.0.iter().find(|(id, _)| Some(*id) == process);
        if let Some((id, began)) = known
            && end_of(*id, began).await.is_some()
        {
            tracing::info!(process, "the process that started this server is gone");
            return;
        }
        std::future::pending().await
    }
}

/// The process that an `initialize` names.
pub(crate) fn named(params: &serde_json::Value) -> Option<u32> {
    params["processId"].as_u64().and_then(|id| u32::try_from(id).ok())
}

/// The parent of a process, and when it began in the clock of the system.
#[cfg(target_os = "linux")]
fn stat(id: u32) -> Option<(u32, String)> {
    let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    // The name in parentheses may hold anything.
    let mut behind = stat.rsplit_once(") ")?.1.split(' ').skip(1);
    Some((behind.next()?.parse().ok()?, behind.nth(17)?.to_owned()))
}

#[cfg(target_os = "linux")]
impl Ancestors {
    /// Those of this process.
    pub(crate) fn of_this_process() -> Ancestors {
        let parent = |id: u32| stat(id).map(|(parent, _)| parent);
        let all = std::iter::successors(parent(std::process::id()), |id| parent(*id));
        let all = all.take_while(|id| *id > 1);
        Ancestors(all.filter_map(|id| Some((id, stat(id)?.1))).collect())
    }
}

/// Waits for the end of the process that began then; `None` where that cannot be known.
#[cfg(target_os = "linux")]
async fn end_of(process: u32, began: &str) -> Option<()> {
    use rustix::event::{PollFd, PollFlags, poll};
    use rustix::io::Errno;
    use rustix::process::{Pid, PidfdFlags, pidfd_open};

    let id = Pid::from_raw(i32::try_from(process).ok()?)?;
    let handle = match pidfd_open(id, PidfdFlags::empty()) {
        Ok(handle) => handle,
        Err(Errno::SRCH) => return Some(()),
        Err(_) => return None,
    };
    // Its number may have been given away.
    if stat(process).is_none_or(|(_, now)| now != began) {
        return Some(());
    }
    let wait = move || {
        loop {
            match poll(&mut [PollFd::new(&handle, PollFlags::IN)], None) {
                Err(Errno::INTR) => {}
                ended => return ended.ok().map(|_| ()),
            }
        }
    };
    // A thread that waits for nothing else; the runtime is not kept by it.
    tokio::task::spawn_blocking(wait).await.ok()?
}

/// Elsewhere the end of standard input tells.
#[cfg(not(target_os = "linux"))]
impl Ancestors {
    pub(crate) fn of_this_process() -> Ancestors {
        Ancestors(Vec::new())
    }
}

#[cfg(not(target_os = "linux"))]
async fn end_of(_: u32, _: &str) -> Option<()> {
    None
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn only_processes_that_started_this_one_are_its_parents() {
        let own = Ancestors::of_this_process();
        let has = |process: u32| own.0.iter().any(|(id, _)| *id == process);
        assert!(has(std::os::unix::process::parent_id()));
        assert!(!has(std::process::id()) && !has(u32::MAX));
        assert_eq!(named(&serde_json::json!({"processId": 7})), Some(7));
        for none in [serde_json::json!({"processId": null}), serde_json::json!({"processId": -1})] {
            assert_eq!(named(&none), None);
        }
    }

    #[tokio::test]
    async fn one_that_has_ended_before_it_is_named_is_gone() {
        // Nobody began then: the number is of another process by now.
        let own = Ancestors(vec![(std::process::id(), "none".to_owned())]);
        own.gone(Some(std::process::id())).await;
        let mut child = std::process::Command::new("true").spawn().expect("it runs");
        let ended = child.id();
        child.wait().expect("it ends");
        Ancestors(vec![(ended, "none".to_owned())]).gone(Some(ended)).await;
    }
}
