//! Floor 0: who holds a lock, as it stands beside the lock.

use std::fmt;

/// Who holds a lock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// The process id.
    pub pid: u32,
    /// The program and its first argument.
    pub command: String,
    /// Since when, in seconds since 1970.
    pub since: u64,
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (process {})", self.command, self.pid)
    }
}

impl Holder {
    pub(crate) fn this_process(now: u64) -> Holder {
        let mut arguments = std::env::args();
        let program = arguments.next().unwrap_or_default();
        let program = program.rsplit(['/', '\\']).next().unwrap_or_default().to_string();
        let command = match arguments.next() {
            Some(argument) => format!("{program} {argument}"),
            None => program,
        };
        Holder { pid: std::process::id(), command: command.replace('\n', " "), since: now }
    }

    pub(crate) fn to_text(&self) -> String {
        format!("pid {}\ncommand {}\nsince {}\n", self.pid, self.command, self.since)
    }

    pub(crate) fn from_text(text: &str) -> Option<Holder> {
        let mut lines = text.lines();
        Some(Holder {
            pid: lines.next()?.strip_prefix("pid ")?.parse().ok()?,
            command: lines.next()?.strip_prefix("command ")?.to_string(),
            since: lines.next()?.strip_prefix("since ")?.parse().ok()?,
        })
    }
}
