//! When somebody who was told to stay away may come back.
//!
//! The rule: a `Retry-After` of `n` seconds begins when its answer is handed to the socket and ends exactly `n` seconds later, in
//! microseconds of the practice tenant's clock. A date ends at that date. A request that arrives (its head has been read) before
//! the end is a violation, and is refused with the time that is still left, but at least a second. A client that counts from when
//! it has read the answer is never early. A time that holds for a whole app begins a twentieth of a second later: requests that
//! crossed the refusal on its way are refused too, but could not have known. One that holds for a whole mailbox begins three
//! quarters of a second later, because several workloads are usually asked together and a client with much on its hands may have made
//! the next ready before it comes to the refusal; what crossed it is answered.

/// How long a request may have been on its way when the refusal of another one was sent.
pub(super) const ON_THE_WIRE_US: i64 = 50_000;
/// The same for what else is asked of a mailbox, counted from when a busy client may have made it ready.
pub(super) const ON_THE_WAY_US: i64 = 750_000;

/// A time to stay away; none at first.
#[derive(Default, Clone, Copy)]
pub(super) struct Window {
    told_us: i64,
    until_us: i64,
}

/// What to think of a request.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Judgement {
    Open,
    /// It met the refusal half way.
    Crossed {
        left_us: i64,
    },
    Early {
        left_us: i64,
    },
}

impl Window {
    /// A time that ends so, told long ago.
    pub(super) fn until(until_us: i64) -> Window {
        Window { told_us: i64::MIN / 2, until_us }
    }

    /// Judges a request that arrived at `now_us`; it may have been under way for `on_the_wire_us`.
    pub(super) fn judge(&self, now_us: i64, on_the_wire_us: i64) -> Judgement {
        let left_us = self.until_us - now_us;
        if left_us <= 0 {
            return Judgement::Open;
        }
        if now_us - self.told_us < on_the_wire_us { Judgement::Crossed { left_us } } else { Judgement::Early { left_us } }
    }

    /// Tells somebody to stay away; a longer time that was told before still holds.
    pub(super) fn close(&mut self, now_us: i64, until_us: i64) {
        if self.until_us <= now_us {
            self.told_us = now_us;
        }
        self.until_us = self.until_us.max(until_us);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_microsecond_early_is_early_and_the_end_itself_is_not() {
        let mut window = Window::default();
        assert_eq!(window.judge(5, 0), Judgement::Open);
        window.close(1_000_000, 2_000_000);
        assert_eq!(window.judge(1_999_999, 0), Judgement::Early { left_us: 1 });
        assert_eq!(window.judge(2_000_000, 0), Judgement::Open);
    }

    #[test]
    fn what_crossed_the_refusal_on_its_way_could_not_know_but_repeating_it_opens_nothing() {
        let mut window = Window::default();
        window.close(1_000_000, 2_000_000);
        assert_eq!(window.judge(1_040_000, ON_THE_WIRE_US), Judgement::Crossed { left_us: 960_000 });
        window.close(1_045_000, 2_045_000);
        assert_eq!(window.judge(1_060_000, ON_THE_WIRE_US), Judgement::Early { left_us: 985_000 }, "the first refusal counts");
        window.close(1_060_000, 1_500_000);
        assert_eq!(window.judge(2_044_000, ON_THE_WIRE_US), Judgement::Early { left_us: 1_000 }, "a shorter time ends no longer one");
    }
}
