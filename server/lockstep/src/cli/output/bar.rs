//! How far a command is: a line on standard error, where that is a terminal and people read.

use std::cell::Cell;
use std::io::{self, IsTerminal, Write};
use std::time::{Duration, Instant};

use crate::cli::OutputFormat;
use crate::workspace::commit::Interim;

/// Cells of the bar.
const CELLS: usize = 24;
/// How long nothing is drawn: most commands are done by then. And the time between two drawings.
const PAUSE: Duration = Duration::from_millis(100);

/// A line that is drawn over itself, and erased in the end.
#[derive(Debug)]
pub(in crate::cli) struct Bar {
    is_seen: bool,
    drawn: Cell<Instant>,
    stands: Cell<bool>,
}

impl Bar {
    /// A bar that is drawn if somebody sees it.
    pub(in crate::cli) fn new(format: OutputFormat) -> Bar {
        let is_seen = format == OutputFormat::Text && io::stderr().is_terminal();
        Bar { is_seen, drawn: Cell::new(Instant::now()), stands: Cell::new(false) }
    }

    /// Says how many of how many are done, and warns of what is to be known.
    pub(in crate::cli) fn tell(&self, told: Interim) {
        match told {
            Interim::Progress(done, total) => self.show(done, total),
            Interim::Warning(warning) => {
                self.erase();
                super::warn(&warning);
            }
        }
    }

    fn show(&self, done: usize, total: usize) {
        if self.is_seen && total > 1 && self.drawn.get().elapsed() >= PAUSE {
            self.drawn.set(Instant::now());
            self.stands.set(true);
            // Where it cannot be drawn nobody misses it.
            let _ = write!(io::stderr(), "\r{}\x1b[K", text(done, total));
        }
    }

    /// Takes the line away again.
    pub(in crate::cli) fn erase(&self) {
        if self.stands.replace(false) {
            let _ = write!(io::stderr(), "\r\x1b[K");
        }
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.erase();
    }
}

fn text(done: usize, total: usize) -> String {
    let full = (done * CELLS).checked_div(total).unwrap_or(0).min(CELLS);
    let what = if done < total { "planned" } else { "planned, now written" };
    format!("[{}{}] {done}/{total} {what}", "#".repeat(full), "-".repeat(CELLS - full))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bar_fills_with_what_is_done() {
        assert_eq!(text(0, 3), "[------------------------] 0/3 planned");
        assert_eq!(text(2, 3), "[################--------] 2/3 planned");
        assert_eq!(text(3, 3), "[########################] 3/3 planned, now written");
    }

    #[test]
    fn for_programs_nothing_is_drawn() {
        let bar = Bar::new(OutputFormat::Json);
        bar.drawn.set(Instant::now() - PAUSE);
        bar.show(1, 2);
        assert!(!bar.stands.get());
    }
}
