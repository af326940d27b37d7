//! Whether a server still says anything. Knows no clock and no stream.
//!
//! Nothing happens at rest. A server that owes something and says nothing is asked whether it is
//! there; what answers that waits for nobody, so that a server which does not answer stands still.

use std::time::{Duration, Instant};

/// How long a server may say nothing before it is asked, and how long it may take to answer that.
/// As with the first answer of a daemon, milliseconds would do.
const PATIENCE: Duration = Duration::from_secs(5);
/// A moment that is seen so much too late was slept through.
const LATE: Duration = Duration::from_secs(1);

/// What is known of one server.
#[derive(Debug)]
pub(super) struct Pulse {
    state: PulseState,
    /// Whether what it says waits for the editor, and so is not heard.
    is_held_up: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum PulseState {
    /// It owes nothing.
    Rest,
    /// It owes something since then.
    Owing(Instant),
    /// It was asked then whether it is there.
    Asked(Instant),
    /// It does not answer, which was told.
    Silent,
}

/// What is to be done about a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Act {
    /// It is to be asked whether it is there.
    Ask,
    /// It does not answer.
    Tell,
}

impl Pulse {
    /// A server that is at rest.
    pub(super) fn new() -> Pulse {
        Pulse { state: PulseState::Rest, is_held_up: false }
    }

    /// Something is said to the server. Returns whether it owed nothing before.
    pub(super) fn said(&mut self, now: Instant) -> bool {
        let was_at_rest = self.state == PulseState::Rest;
        if was_at_rest {
            self.state = PulseState::Owing(now);
        }
        was_at_rest
    }

    /// The server is asked what it must answer before anything else is said.
    pub(super) fn asked(&mut self, now: Instant) {
        self.state = PulseState::Asked(now);
    }

    /// The server says something that the editor takes, and may owe more. Returns whether it was
    /// silent.
    pub(super) fn heard(&mut self, now: Instant, owes: bool) -> bool {
        let was_silent = self.state == PulseState::Silent;
        self.state = if owes { PulseState::Owing(now) } else { PulseState::Rest };
        self.is_held_up = false;
        was_silent
    }

    /// The server says something that waits for the editor.
    pub(super) fn hold_up(&mut self) {
        self.is_held_up = true;
    }

    /// When there is something to do, if nothing is heard before.
    pub(super) fn due(&self) -> Option<Instant> {
        match self.state {
            PulseState::Owing(since) | PulseState::Asked(since) => Some(since + PATIENCE),
            PulseState::Rest | PulseState::Silent => None,
        }
    }

    /// What is to be done now.
    pub(super) fn act(&mut self, now: Instant) -> Option<Act> {
        let due = self.due().filter(|due| *due <= now)?;
        // Who stood still has heard nothing either.
        let is_late = now > due + LATE || self.is_held_up;
        let (state, act) = match self.state {
            PulseState::Owing(_) if is_late => (PulseState::Owing(now), None),
            PulseState::Asked(_) if is_late => (PulseState::Asked(now), None),
            PulseState::Owing(_) => (PulseState::Asked(now), Some(Act::Ask)),
            PulseState::Asked(_) => (PulseState::Silent, Some(Act::Tell)),
            PulseState::Rest | PulseState::Silent => (self.state, None),
        };
        self.state = state;
        act
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A server that was told something just now.
    fn told() -> (Pulse, Instant) {
        let (mut pulse, now) = (Pulse::new(), Instant::now());
        assert_eq!(pulse.due(), None);
        assert!(pulse.said(now));
        assert!(!pulse.said(now + PATIENCE / 2));
        (pulse, now)
    }

    #[test]
    fn a_server_that_says_nothing_is_asked_and_then_told_of_once() {
        let (mut pulse, now) = told();
        assert_eq!(pulse.act(now + PATIENCE / 2), None);
        assert_eq!(pulse.act(now + PATIENCE), Some(Act::Ask));
        assert_eq!(pulse.act(now + PATIENCE * 2), Some(Act::Tell));
        assert_eq!(pulse.due(), None);
        assert!(!pulse.said(now + PATIENCE * 3));
        assert_eq!(pulse.act(now + PATIENCE * 9), None);
        assert!(pulse.heard(now + PATIENCE * 9, false), "it was silent");
        assert_eq!(pulse.due(), None);
    }

    #[test]
    fn a_server_that_works_long_is_asked_again_and_again_and_never_told_of() {
        let (mut pulse, mut now) = told();
        for _ in 0..9 {
            now += PATIENCE;
            assert_eq!(pulse.act(now), Some(Act::Ask));
            assert!(!pulse.heard(now, true));
        }
    }

    #[test]
    fn time_in_which_this_process_stood_still_does_not_count() {
        let (mut pulse, now) = told();
        assert_eq!(pulse.act(now + PATIENCE * 3), None);
        assert_eq!(pulse.act(now + PATIENCE * 4), Some(Act::Ask));
        assert_eq!(pulse.act(now + PATIENCE * 8), None);
        assert_eq!(pulse.act(now + PATIENCE * 9), Some(Act::Tell));
    }

    #[test]
    fn what_waits_for_the_editor_is_not_held_against_the_server() {
        let (mut pulse, now) = told();
        pulse.hold_up();
        assert_eq!(pulse.act(now + PATIENCE), None);
        assert_eq!(pulse.act(now + PATIENCE * 2), None);
        pulse.heard(now + PATIENCE * 2, true);
        assert_eq!(pulse.act(now + PATIENCE * 3), Some(Act::Ask));
    }
}
