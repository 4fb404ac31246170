//! A moment in time, always handed in by a face: nothing below the faces reads a clock.

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Milliseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(transparent)]
#[ts(type = "number")]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// The moment `later` after this one; saturates at the end of time.
    #[must_use]
    pub fn after(self, later: Duration) -> Self {
        Self(self.0.saturating_add(i64::try_from(later.as_millis()).unwrap_or(i64::MAX)))
    }

    /// How long it is from `earlier` to this moment; zero when `earlier` isn't earlier.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }
}

/// What tells the time: the faces hand in the system's clock, tests one that they move.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// A clock for waits: it begins at `start` and goes on with `elapsed`, which must count the time that the computer sleeps, so that
/// setting the system's clock neither shortens a wait nor draws it out.
pub fn steady(start: Timestamp, elapsed: impl Fn() -> Duration + Send + Sync + 'static) -> Clock {
    Arc::new(move || start.after(elapsed()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_is_never_negative() {
        let (early, late) = (Timestamp(1_000), Timestamp(4_000));
        assert_eq!(late.since(early), Duration::from_secs(3));
        assert_eq!(early.since(late), Duration::ZERO, "a clock that was put back must not yield a huge wait");
        assert_eq!(early.after(Duration::from_secs(3)), late);
    }

    #[test]
    fn a_steady_clock_knows_only_how_long_it_has_run() {
        let clock = steady(Timestamp(5_000), || Duration::from_millis(250));
        assert_eq!(clock(), Timestamp(5_250));
    }
}
