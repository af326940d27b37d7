//! Somebody who runs `lockstep watch`.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use serde_json::Value;

/// Far longer than anything takes.
const DEADLINE: Duration = Duration::from_secs(20);

/// A process that watches, and what it tells.
pub struct Watch {
    child: Child,
    lines: Receiver<String>,
    /// The number of the last event.
    pub last: u64,
}

impl Watch {
    /// Runs a command, which is given the arguments.
    pub fn start(mut command: Command, since: u64) -> Watch {
        command.args(["watch", "--format", "json", "--since", &since.to_string()]);
        let mut child = command.stdout(Stdio::piped()).spawn().expect("the binary runs");
        let output = BufReader::new(child.stdout.take().expect("a pipe"));
        let (sender, lines) = channel();
        std::thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    break;
                }
            }
        });
        Watch { child, lines, last: since }
    }

    /// The next event, whose number follows that of the last.
    pub fn next(&mut self) -> Value {
        let line = self.lines.recv_timeout(DEADLINE);
        let line = line.unwrap_or_else(|_| panic!("nothing is told after event {}", self.last));
        let event: Value = serde_json::from_str(&line).expect("one object a line");
        assert_eq!(event["seq"], self.last + 1, "{event:#}");
        self.last += 1;
        event
    }

    /// The next events have these kinds.
    pub fn expect(&mut self, kinds: &[&str]) {
        for kind in kinds {
            let event = self.next();
            assert_eq!(event["kind"], *kind, "{event:#}");
        }
    }

    /// The next event of this kind.
    pub fn until(&mut self, kind: &str) -> Value {
        loop {
            let event = self.next();
            if event["kind"] == kind {
                return event;
            }
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        // It may have ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
