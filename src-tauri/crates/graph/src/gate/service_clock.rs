//! How far the service's clock is from ours, as far as its answers tell: so that a pause which outlives the process is counted by the
//! one clock that nobody sets.

use std::time::Duration;

use rollcall_core::time::Timestamp;

/// A date that is further off than a clock can reasonably be wrong, and a time zone more, is taken for nonsense.
const FURTHEST: i64 = 26 * 3_600_000;

/// What the dates of answers said so far.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct ServiceClock {
    /// Milliseconds that the service is ahead; `None` while no answer had a date.
    ahead: Option<i64>,
}

impl ServiceClock {
    /// Hears an answer's date when it arrives. Dates are cut to whole seconds and take their time to get here, so that each is a
    /// little less than the truth; the largest comes nearest.
    pub fn hear(&mut self, date: Timestamp, now: Timestamp) {
        let sample = date.0.saturating_sub(now.0);
        if sample.abs() <= FURTHEST {
            self.ahead = Some(self.ahead.map_or(sample, |known| known.max(sample)));
        }
    }

    /// Whether an answer told the time yet.
    pub const fn is_known(&self) -> bool {
        self.ahead.is_some()
    }

    /// A moment of ours by the service's clock, and never before it: rounded up by the second that dates are cut by.
    pub fn of_service(&self, ours: Timestamp) -> Timestamp {
        match self.ahead {
            Some(ahead) => Timestamp(ours.0.saturating_add(ahead)).after(Duration::from_secs(1)),
            None => ours,
        }
    }

    /// A moment of the service's by our clock, and never before it: what is known of the difference is a little less than the truth.
    pub fn of_ours(&self, service: Timestamp) -> Timestamp {
        Timestamp(service.0.saturating_sub(self.ahead.unwrap_or(0)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The date that a service whose clock is `ahead` puts on an answer at a moment.
    fn date(at: i64, ahead: i64) -> Timestamp {
        Timestamp((at + ahead).div_euclid(1_000) * 1_000)
    }

    #[test]
    fn a_moment_that_crosses_a_restart_never_comes_early_however_the_clocks_are_set() {
        for ahead in [0, 1, 999, 7_200_000, -86_400_000, 300_001] {
            let (mut before, mut after) = (ServiceClock::default(), ServiceClock::default());
            for at in [10_000, 10_700, 12_345] {
                before.hear(date(at, ahead), Timestamp(at + 40));
            }
            let until = Timestamp(60_000);
            let kept = before.of_service(until);
            // Our clock was put back an hour while the program was closed; the service's wasn't.
            let set_back = 3_600_000;
            after.hear(date(20_001, ahead), Timestamp(20_001 - set_back + 80));
            let again = after.of_ours(kept).0 + set_back;
            assert!(again >= until.0, "{ahead}: {} ms early", until.0 - again);
            assert!(again <= until.0 + 2_200, "{ahead}: {} ms late", again - until.0);
        }
    }

    #[test]
    fn nonsense_is_not_believed() {
        let mut clock = ServiceClock::default();
        clock.hear(Timestamp(4_102_444_800_000), Timestamp(1_795_168_800_000));
        clock.hear(Timestamp(0), Timestamp(1_795_168_800_000));
        assert!(!clock.is_known());
        assert_eq!(clock.of_service(Timestamp(5)), Timestamp(5));
    }
}
