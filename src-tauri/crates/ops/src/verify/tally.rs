//! How fast a sitting of a run goes, and how long the rest will take.

use rollcall_core::id::RunId;
use rollcall_core::time::Timestamp;
use rollcall_graph::gate::{Counters as Passed, Gate, Lane};
use rollcall_store::runs::{Counters, Run};

use crate::job::Verified;

/// The figures of one sitting.
pub(super) struct Tally {
    run: RunId,
    started: Timestamp,
    done_before: u32,
    at_start: Passed,
    booked: Passed,
    retried: u32,
    /// Probes that were throttled inside a batch that as a whole was not: in all, and not booked yet.
    throttled_inside: (u32, u32),
}

impl Tally {
    /// Starts counting; `gate` may have been passed by others before.
    pub fn new(run: &Run, gate: &Gate, now: Timestamp) -> Self {
        let counters = gate.counters();
        Self {
            run: run.id,
            started: now,
            done_before: run.mailboxes_done,
            at_start: counters,
            booked: counters,
            retried: 0,
            throttled_inside: (0, 0),
        }
    }

    /// Notes that a probe has to be asked again.
    pub fn again(&mut self) {
        self.retried += 1;
    }

    /// Notes that a probe alone was asked to wait.
    pub fn throttled(&mut self) {
        self.throttled_inside.0 += 1;
        self.throttled_inside.1 += 1;
    }

    /// What has been sent since the last call, to be booked on the run.
    pub fn unbooked(&mut self, gate: &Gate) -> Counters {
        let now = gate.counters();
        let counters = Counters {
            requests: clamp(now.requests - self.booked.requests),
            throttled: clamp(now.throttled - self.booked.throttled) + std::mem::take(&mut self.throttled_inside.1),
            retried: std::mem::take(&mut self.retried),
        };
        self.booked = now;
        counters
    }

    /// The progress line for the run as it is on disk.
    pub fn line(&self, run: &Run, gate: &Gate, now: Timestamp) -> Verified {
        let seconds = now.since(self.started).as_secs_f64();
        let here = f64::from(run.mailboxes_done.saturating_sub(self.done_before));
        let per_second = if seconds > 0.0 { here / seconds } else { 0.0 };
        let left = f64::from(run.mailboxes.saturating_sub(run.mailboxes_done));
        let counters = gate.counters();
        Verified {
            run: self.run.0,
            done: run.mailboxes_done,
            total: run.mailboxes,
            passed: run.ledger.passed,
            failed: run.ledger.failed,
            unknown: run.ledger.unknown,
            per_second,
            // The first answers say little: an estimate from less than a second's work would jump about.
            seconds_left: (seconds >= 1.0 && per_second > 0.0)
                .then(|| (whole(left / per_second * 0.8), whole(left / per_second * 1.4 + 1.0))),
            requests: clamp(counters.requests - self.at_start.requests),
            throttled: clamp(counters.throttled - self.at_start.throttled) + self.throttled_inside.0,
            waiting_until: gate.held(Lane::Outlook),
        }
    }
}

fn clamp(count: u64) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

fn whole(seconds: f64) -> u32 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a float to integer cast saturates, and the value is not negative"
    )]
    let seconds = seconds.ceil() as u32;
    seconds
}
