//! What long work has told last: while nothing lands it is looked at once a second, and told again where it says something else.

use std::time::Duration;

use rollcall_core::time::Timestamp;
use rollcall_graph::gate::{Gate, Lane};

/// Between two looks while nothing lands.
const LOOK: Duration = Duration::from_secs(1);
/// A moment that is worked out anew differs by less than this where it is the same.
const SAME: u64 = 1_000;

/// The last line of one kind, by the gate's clock.
pub(crate) struct Told<T> {
    last: Option<T>,
    look: Timestamp,
    until: Option<Timestamp>,
}

impl<T: Clone + PartialEq> Told<T> {
    /// Nothing yet. Where the service has asked for a pause it is said at once.
    pub fn nothing(gate: &Gate) -> Self {
        let now = gate.now();
        let look = if gate.held(Lane::Outlook).is_some() { now } else { now.after(LOOK) };
        Self { last: None, look, until: None }
    }

    /// How long it is until the next look.
    pub fn look_in(&self, now: Timestamp) -> Duration {
        self.look.since(now)
    }

    /// Until when is waited: the same moment as in the last line, where it is the same.
    pub fn until(&mut self, until: Option<Timestamp>) -> Option<Timestamp> {
        let same = until.zip(self.until).is_some_and(|(until, last)| until.0.abs_diff(last.0) < SAME);
        if !same {
            self.until = until;
        }
        self.until
    }

    /// Takes a line, and hands it on to be told where it says something new.
    pub fn news(&mut self, line: T, now: Timestamp) -> Option<T> {
        self.look = now.after(LOOK);
        let new = self.last.as_ref() != Some(&line);
        self.last = Some(line);
        self.last.clone().filter(|_| new)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rollcall_graph::pace::Pace;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicI64, Ordering};

    fn gate() -> (Arc<Gate>, Arc<AtomicI64>) {
        let clock = Arc::new(AtomicI64::new(1_000_000));
        let time = Arc::clone(&clock);
        (Gate::new(Arc::new(move || Timestamp(time.load(Ordering::Relaxed))), Pace::default(), None), clock)
    }

    #[test]
    fn it_is_looked_at_once_a_second_and_told_only_where_it_differs() {
        let (gate, clock) = gate();
        let mut told = Told::nothing(&gate);
        assert_eq!(told.look_in(gate.now()), LOOK);
        clock.fetch_add(1_000, Ordering::Relaxed);
        assert_eq!(told.look_in(gate.now()), Duration::ZERO);
        assert_eq!(told.news("a", gate.now()), Some("a"));
        assert_eq!(told.look_in(gate.now()), LOOK);
        assert_eq!(told.news("a", gate.now()), None);
        assert_eq!(told.news("b", gate.now()), Some("b"));
    }

    #[test]
    fn a_moment_that_was_worked_out_anew_is_no_news() {
        let (gate, _) = gate();
        let mut told = Told::<()>::nothing(&gate);
        let at = |ms| Some(Timestamp(ms));
        assert_eq!(told.until(at(60_000)), at(60_000));
        assert_eq!(told.until(at(60_003)), at(60_000));
        assert_eq!(told.until(at(61_003)), at(61_003), "the pause was drawn out");
        assert_eq!(told.until(None), None);
    }
}
