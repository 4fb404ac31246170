//! The numbers that decide how patient and how fast the wire is, in one place, so that tests can be quick without being different.

use std::time::Duration;

use rollcall_core::back_off::BackOff;

/// How long to wait, how often to try and how much to do at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pace {
    /// How often a read is sent at most while the service fails or the network does. Production: 5.
    pub tries: u32,
    /// How many 429 one call sits through, each with its full wait. Production: 10.
    pub throttled_tries: u32,
    /// The first wait where the service names none; it doubles each time, with up to half of it added at random. Production: 500 ms.
    pub back_off: Duration,
    /// The longest wait of our own making. A Retry-After is never shortened by it. Production: 30 s.
    pub longest_back_off: Duration,
    /// A wait longer than this is not sat through inside a call: the call ends as throttled and says until when, so that the run
    /// can be parked. Production: 5 min.
    pub patience: Duration,
    /// Until a connection stands. Production: 15 s.
    pub connect: Duration,
    /// Between two pieces of an answer. Production: 60 s.
    pub read: Duration,
    /// For one request and its whole answer. Production: 3 min.
    pub whole: Duration,
    /// Requests in flight at the start, per lane. Production: 4.
    pub first_in_flight: u32,
    /// Requests in flight at most, per lane; beyond some 54 batches at 80 ms the limit of an app across tenants is reached
    /// ("Microsoft Graph throttling limits"). Production: 64.
    pub most_in_flight: u32,
    /// After how many good answers one more may be in flight, on the way back after it was too much. Production: 4.
    pub good_for_one_more: u32,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            tries: 5,
            throttled_tries: 10,
            back_off: Duration::from_millis(500),
            longest_back_off: Duration::from_secs(30),
            patience: Duration::from_secs(300),
            connect: Duration::from_secs(15),
            read: Duration::from_secs(60),
            whole: Duration::from_secs(180),
            first_in_flight: 4,
            most_in_flight: 64,
            good_for_one_more: 4,
        }
    }
}

impl Pace {
    /// The waits of our own making.
    #[must_use]
    pub const fn waits(&self) -> BackOff {
        BackOff { first: self.back_off, longest: self.longest_back_off }
    }

    /// The wait before the next try, after `failures` (from 1) in a row; `random` is any random number.
    #[must_use]
    pub fn wait_after(&self, failures: u32, random: u64) -> Duration {
        self.waits().after(failures, random)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_their_limit_and_differ_between_callers() {
        let pace = Pace::default();
        let [first, second, last] = [1, 2, 60].map(|failures| pace.wait_after(failures, 0));
        assert_eq!((first, second, last), (pace.back_off, pace.back_off * 2, pace.longest_back_off));
        assert!(pace.wait_after(1, 511) > first && pace.wait_after(1, u64::MAX) < first * 2, "jitter only ever adds, at most half");
    }
}
