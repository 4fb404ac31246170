//! How long to wait before something is tried again, where nobody names a wait.

use std::time::Duration;

/// Waits that double from the first up to the longest, with up to half of each added at random, so that those who failed together
/// don't come back together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BackOff {
    pub first: Duration,
    /// Without what is added at random.
    pub longest: Duration,
}

impl BackOff {
    /// The wait after so many failures in a row, from 1; `random` is any random number.
    #[must_use]
    pub fn after(&self, failures: u32, random: u64) -> Duration {
        let doubled = self.first.saturating_mul(2_u32.saturating_pow(failures.saturating_sub(1))).min(self.longest);
        let share = u32::try_from(random % 512).unwrap_or(0);
        doubled + doubled / 1024 * share
    }
}
