//! How fast a sitting of a run goes, what bounds it, and how long the rest will take.

use std::collections::VecDeque;
use std::time::Duration;

use rollcall_core::bound::Bound;
use rollcall_core::time::Timestamp;
use rollcall_graph::gate::{Counters as Passed, Gate, Lane};
use rollcall_graph::party::Party;
use rollcall_store::runs::{Counters, Run};

use super::pace::Measured;
use crate::job::Verified;
use crate::told::Told;

/// The rate is taken over so long: short enough to follow what happens, long enough not to jump about.
const WINDOW: Duration = Duration::from_secs(15);
/// The first answers say little.
const SOON: Duration = Duration::from_secs(1);

/// The figures of one sitting, by the gate's clock.
pub(super) struct Tally {
    started: Timestamp,
    before: u32,
    /// When how many probes were settled, over the last seconds.
    recent: VecDeque<(Timestamp, u32)>,
    at_start: Passed,
    booked: Passed,
    retried: u32,
    /// Probes that were throttled inside a batch that as a whole was not: in all, and not booked yet.
    throttled_inside: (u32, u32),
    /// What bounded it last while there was enough to do.
    bound: Option<Bound>,
    told: Told<Verified>,
}

impl Tally {
    /// Starts counting.
    pub fn new(run: &Run, gate: &Gate) -> Self {
        let counters = gate.counters(Party::Run(run.id));
        Self {
            started: gate.now(),
            before: run.probes_done,
            recent: VecDeque::from([(gate.now(), run.probes_done)]),
            at_start: counters,
            booked: counters,
            retried: 0,
            throttled_inside: (0, 0),
            bound: None,
            told: Told::nothing(gate),
        }
    }

    /// Notes that a probe has to be asked again, and whether Graph asked for it.
    pub fn again(&mut self, throttled: bool) {
        self.retried += 1;
        self.throttled_inside.0 += u32::from(throttled);
        self.throttled_inside.1 += u32::from(throttled);
    }

    /// What has been sent since the last call, to be booked on the run.
    pub fn unbooked(&mut self, run: &Run, gate: &Gate) -> Counters {
        let now = gate.counters(Party::Run(run.id));
        let counters = Counters {
            requests: clamp(now.requests.saturating_sub(self.booked.requests)),
            throttled: clamp(now.throttled.saturating_sub(self.booked.throttled)) + std::mem::take(&mut self.throttled_inside.1),
            retried: std::mem::take(&mut self.retried),
        };
        self.booked = now;
        counters
    }

    /// How long it is until the line may say something else though nothing has landed.
    pub fn look_in(&self, now: Timestamp) -> Duration {
        self.told.look_in(now)
    }

    /// The progress line for the run as it is on disk, where it is not what was told last. Nothing is asked before `until`; while the
    /// line is down nobody knows how long it will take.
    pub fn news(
        &mut self,
        run: &Run,
        gate: &Gate,
        (until, is_down): (Option<Timestamp>, bool),
        by_day: impl Fn(Timestamp) -> Timestamp,
    ) -> Option<Verified> {
        let line = self.line(run, gate, until, by_day);
        let line = if is_down { Verified { bound: Bound::Offline, seconds_left: None, ..line } } else { line };
        self.told.news(line, gate.now())
    }

    fn line(&mut self, run: &Run, gate: &Gate, until: Option<Timestamp>, by_day: impl Fn(Timestamp) -> Timestamp) -> Verified {
        let now = gate.now();
        self.recent.push_back((now, run.probes_done));
        while self.recent.len() > 2 && self.recent.front().is_some_and(|(at, _)| now.since(*at) > WINDOW) {
            self.recent.pop_front();
        }
        let (lately, overall) = (self.lately(run, now), self.overall(run, now));
        let left = f64::from(run.probes.saturating_sub(run.probes_done));
        let share = f64::from(run.mailboxes) / f64::from(run.probes.max(1));
        let (counters, standing) = (gate.counters(Party::Run(run.id)), gate.standing(Lane::Outlook));
        if !matches!(standing.bound, Bound::Work | Bound::Pause) {
            self.bound = Some(standing.bound);
        }
        let wait = until.map_or(0.0, |until| until.since(now).as_secs_f64());
        Verified {
            per_second: lately * share,
            seconds_left: (now.since(self.started) >= SOON && lately > 0.0)
                .then(|| (whole(left / lately.max(overall) * 0.9 + wait), whole(left / lately.min(overall) * 1.2 + 1.0 + wait))),
            requests: clamp(counters.requests.saturating_sub(self.at_start.requests)),
            throttled: clamp(counters.throttled.saturating_sub(self.at_start.throttled)) + self.throttled_inside.0,
            in_flight: standing.in_flight,
            allowed: standing.allowed,
            bound: standing.bound,
            waiting_until: self.told.until(until.map(by_day)),
            ..figures(run)
        }
    }

    /// What the sitting shows about the tenant, if it was long enough to show something.
    pub fn measured(&self, run: &Run, gate: &Gate) -> Option<Measured> {
        let now = gate.now();
        let per_second = self.overall(run, now);
        (now.since(self.started) >= SOON && per_second > 0.0).then(|| Measured {
            probes_per_second: per_second,
            bound: self.bound.unwrap_or_else(|| gate.standing(Lane::Outlook).bound),
            left: Some(gate.left()),
        })
    }

    /// Probes settled a second over the last seconds.
    fn lately(&self, run: &Run, now: Timestamp) -> f64 {
        self.recent.front().map_or(0.0, |&(at, done)| rate(run.probes_done.saturating_sub(done), now.since(at)))
    }

    fn overall(&self, run: &Run, now: Timestamp) -> f64 {
        rate(run.probes_done.saturating_sub(self.before), now.since(self.started))
    }
}

/// How far the run is on disk, with nothing under way.
pub(super) fn figures(run: &Run) -> Verified {
    Verified {
        run: run.id.0,
        done: run.mailboxes_done,
        total: run.mailboxes,
        passed: run.ledger.passed,
        failed: run.ledger.failed,
        unknown: run.ledger.unknown,
        ..Verified::default()
    }
}

fn rate(count: u32, over: Duration) -> f64 {
    if over.is_zero() { 0.0 } else { f64::from(count) / over.as_secs_f64() }
}

fn clamp(count: u64) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// Seconds, rounded up.
pub(super) fn whole(seconds: f64) -> u32 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a float to integer cast saturates, and the value is not negative"
    )]
    let seconds = seconds.ceil() as u32;
    seconds
}

#[cfg(test)]
mod tests {
    use super::*;
    use rollcall_core::id::{OrganizationId, RunId, TenantId};
    use rollcall_core::verdict::Ledger;
    use rollcall_graph::pace::Pace;
    use rollcall_store::runs::RunState;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicI64, Ordering};

    fn run(probes_done: u32) -> Run {
        Run {
            id: RunId(1),
            organization: OrganizationId(1),
            organization_name: "Contoso EU".to_owned(),
            tenant: TenantId(1),
            state: RunState::Running,
            workloads: Vec::new(),
            failed_of: None,
            started: Timestamp(0),
            ended: None,
            parked_until: None,
            mailboxes: 500,
            mailboxes_done: probes_done / 2,
            probes: 1_000,
            probes_done,
            counters: Counters::default(),
            ledger: Ledger::default(),
        }
    }

    #[test]
    fn while_nothing_lands_the_rate_falls_and_the_time_left_grows() {
        let clock = Arc::new(AtomicI64::new(1_000_000));
        let time = Arc::clone(&clock);
        let gate = Gate::new(Arc::new(move || Timestamp(time.load(Ordering::Relaxed))), Pace::default(), None);
        let pass = |ms| {
            clock.fetch_add(ms, Ordering::Relaxed);
        };
        let mut tally = Tally::new(&run(0), &gate);
        pass(2_000);
        let busy = tally.news(&run(400), &gate, (None, false), |at| at).unwrap();
        assert_eq!(tally.look_in(gate.now()), Duration::from_secs(1));
        pass(1_000);
        let stalled = tally.news(&run(400), &gate, (None, false), |at| at).unwrap();
        assert!(stalled.per_second < busy.per_second, "{stalled:?} {busy:?}");
        assert!(stalled.seconds_left > busy.seconds_left, "{stalled:?} {busy:?}");
        for _ in 0..20 {
            pass(1_000);
            tally.news(&run(400), &gate, (None, false), |at| at);
        }
        assert_eq!(tally.news(&run(400), &gate, (None, false), |at| at), None, "nothing more can be said of it");
        let until = gate.now().after(Duration::from_secs(200));
        let waiting = tally.news(&run(400), &gate, (Some(until), false), |at| at).unwrap();
        assert_eq!((waiting.waiting_until, waiting.per_second), (Some(until), 0.0));
    }
}
