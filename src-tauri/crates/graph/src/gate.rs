//! The throttle gate: one per tenant, passed by every request, so that one answer's Retry-After holds all tasks, and as many
//! requests are in flight as the service takes gladly.

use std::pin::pin;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rollcall_core::time::{Clock, Timestamp};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::pace::Pace;

/// The service behind a request; each throttles on its own ("Microsoft Graph throttling limits").
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Lane {
    /// Users, groups, applications, grants.
    Directory,
    /// Mailboxes.
    Outlook,
}

impl Lane {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Directory, Self::Outlook];
}

/// How a request that was let in ended, as far as the next ones are concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Answered: a step towards more at once.
    Good,
    /// Says nothing about how much the service takes.
    Indifferent,
    /// Throttled: half as many at once, and nobody asks again before that moment.
    Throttled { until: Timestamp },
    /// The service is struggling: half as many at once.
    Strained,
}

/// What has passed the gate so far, and what is at it now.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counters {
    /// Requests let in since the gate was built.
    pub requests: u64,
    /// Answers that asked for a pause.
    pub throttled: u64,
    pub in_flight: u32,
    pub waiting: u32,
}

/// Why a request wasn't let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Shut {
    #[error("stopped")]
    Stopped,
    /// The pause is longer than a call waits.
    #[error("the service asked for a long pause")]
    Held { until: Timestamp },
}

/// The gate of one tenant.
pub struct Gate {
    clock: Clock,
    pace: Pace,
    lanes: Mutex<[State; 2]>,
    changed: Notify,
    requests: AtomicU64,
    throttled: AtomicU64,
    waiting: AtomicU32,
}

/// Leave to send one request; the place is free again when it is reported or dropped.
#[must_use]
pub struct Permit {
    gate: Arc<Gate>,
    lane: Lane,
    window: u32,
}

struct State {
    not_before: Timestamp,
    limit: u32,
    in_flight: u32,
    good: u32,
    /// Counts the halvings: requests that were under way when the limit was halved don't halve it again.
    window: u32,
}

impl Gate {
    /// A gate that nothing has passed. `clock` alone decides when a wait is over, also after the computer slept.
    #[must_use]
    pub fn new(clock: Clock, pace: Pace) -> Arc<Self> {
        let lane = || State { not_before: Timestamp(i64::MIN), limit: pace.first_in_flight.max(1), in_flight: 0, good: 0, window: 0 };
        Arc::new(Self {
            lanes: Mutex::new([lane(), lane()]),
            clock,
            pace,
            changed: Notify::new(),
            requests: AtomicU64::new(0),
            throttled: AtomicU64::new(0),
            waiting: AtomicU32::new(0),
        })
    }

    /// Waits until a request may leave.
    ///
    /// # Errors
    /// [`Shut::Stopped`] when `stop` is triggered, [`Shut::Held`] when the wait is longer than the pace's patience.
    pub async fn enter(self: &Arc<Self>, lane: Lane, stop: &CancellationToken) -> Result<Permit, Shut> {
        let _waiting = Waiting::at(self);
        loop {
            let mut changed = pin!(self.changed.notified());
            changed.as_mut().enable();
            if stop.is_cancelled() {
                return Err(Shut::Stopped);
            }
            let pause = match self.ask(lane) {
                Ok(permit) => return Ok(permit),
                Err(Full::NoPlace) => None,
                Err(Full::Held { until, pause }) if pause > self.pace.patience => return Err(Shut::Held { until }),
                // In slices, because a timer may stand still while the computer sleeps and the clock doesn't.
                Err(Full::Held { pause, .. }) => Some(pause.min(Duration::from_secs(1))),
            };
            tokio::select! {
                () = stop.cancelled() => return Err(Shut::Stopped),
                () = changed => {}
                () = tokio::time::sleep(pause.unwrap_or_default()), if pause.is_some() => {}
            }
        }
    }

    /// Holds a lane until a moment: to restore a pause that outlived the process.
    pub fn hold(&self, lane: Lane, until: Timestamp) {
        let mut lanes = self.lanes();
        let state = &mut lanes[lane as usize];
        state.not_before = state.not_before.max(until);
    }

    /// Until when a lane is held, if it is now.
    #[must_use]
    pub fn held(&self, lane: Lane) -> Option<Timestamp> {
        let until = self.lanes()[lane as usize].not_before;
        (until > (self.clock)()).then_some(until)
    }

    /// How many requests of a lane may be in flight now.
    #[must_use]
    pub fn limit(&self, lane: Lane) -> u32 {
        self.lanes()[lane as usize].limit
    }

    /// The numbers for a progress line.
    #[must_use]
    pub fn counters(&self) -> Counters {
        Counters {
            requests: self.requests.load(Ordering::Relaxed),
            throttled: self.throttled.load(Ordering::Relaxed),
            in_flight: self.lanes().iter().map(|state| state.in_flight).sum(),
            waiting: self.waiting.load(Ordering::Relaxed),
        }
    }

    /// The numbers that the gate, and all that pass it, go by.
    #[must_use]
    pub fn pace(&self) -> &Pace {
        &self.pace
    }

    fn ask(self: &Arc<Self>, lane: Lane) -> Result<Permit, Full> {
        let mut lanes = self.lanes();
        let state = &mut lanes[lane as usize];
        let pause = state.not_before.since((self.clock)());
        if !pause.is_zero() {
            return Err(Full::Held { until: state.not_before, pause });
        }
        if state.in_flight >= state.limit {
            return Err(Full::NoPlace);
        }
        state.in_flight += 1;
        self.requests.fetch_add(1, Ordering::Relaxed);
        Ok(Permit { gate: Arc::clone(self), lane, window: state.window })
    }

    fn lanes(&self) -> MutexGuard<'_, [State; 2]> {
        self.lanes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Permit {
    /// Says how it ended, and frees the place.
    pub fn report(self, outcome: Outcome) {
        let pace = &self.gate.pace;
        let mut lanes = self.gate.lanes();
        let state = &mut lanes[self.lane as usize];
        match outcome {
            Outcome::Good => {
                state.good += 1;
                if state.good >= pace.good_for_one_more {
                    state.good = 0;
                    state.limit = (state.limit + 1).min(pace.most_in_flight);
                }
            }
            Outcome::Indifferent => {}
            Outcome::Throttled { until } => {
                state.not_before = state.not_before.max(until);
                state.ease(self.window);
                self.gate.throttled.fetch_add(1, Ordering::Relaxed);
            }
            Outcome::Strained => state.ease(self.window),
        }
        drop(lanes);
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let mut lanes = self.gate.lanes();
        let state = &mut lanes[self.lane as usize];
        state.in_flight = state.in_flight.saturating_sub(1);
        drop(lanes);
        self.gate.changed.notify_waiters();
    }
}

impl State {
    fn ease(&mut self, window: u32) {
        if window == self.window {
            self.limit = (self.limit / 2).max(1);
            self.good = 0;
            self.window = self.window.wrapping_add(1);
        }
    }
}

enum Full {
    NoPlace,
    Held { until: Timestamp, pause: Duration },
}

struct Waiting<'a>(&'a AtomicU32);

impl<'a> Waiting<'a> {
    fn at(gate: &'a Gate) -> Self {
        gate.waiting.fetch_add(1, Ordering::Relaxed);
        Self(&gate.waiting)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::time::Instant;

    /// A gate on a clock that moves with tokio's paused time.
    fn gate(pace: Pace) -> Arc<Gate> {
        let start = Instant::now();
        let clock: Clock = Arc::new(move || Timestamp(1_000_000).after(start.elapsed()));
        Gate::new(clock, pace)
    }

    fn later(gate: &Gate, seconds: u64) -> Timestamp {
        (gate.clock)().after(Duration::from_secs(seconds))
    }

    async fn enter(gate: &Arc<Gate>) -> Permit {
        gate.enter(Lane::Outlook, &CancellationToken::new()).await.unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn everyone_waits_for_the_pause_that_one_was_asked_for() {
        let gate = gate(Pace::default());
        let before = Instant::now();
        enter(&gate).await.report(Outcome::Throttled { until: later(&gate, 90) });
        let waiters: Vec<_> = (0..3)
            .map(|_| {
                tokio::spawn({
                    let gate = Arc::clone(&gate);
                    async move {
                        drop(enter(&gate).await);
                        Instant::now()
                    }
                })
            })
            .collect();
        for waiter in waiters {
            assert!(waiter.await.unwrap() - before >= Duration::from_secs(90), "nobody may ask early");
        }
        let (lane, stop) = (Lane::Directory, CancellationToken::new());
        assert_eq!(gate.held(lane), None, "another service isn't concerned");
        drop(gate.enter(lane, &stop).await.unwrap());
        assert_eq!(gate.counters(), Counters { requests: 5, throttled: 1, in_flight: 0, waiting: 0 });
    }

    #[tokio::test(start_paused = true)]
    async fn the_clock_decides_and_not_the_timer() {
        let asleep = Arc::new(AtomicU64::new(0));
        let clock: Clock = {
            let asleep = Arc::clone(&asleep);
            Arc::new(move || Timestamp(i64::try_from(asleep.load(Ordering::Relaxed)).unwrap()))
        };
        let gate = Gate::new(clock, Pace::default());
        gate.hold(Lane::Outlook, Timestamp(60_000));
        let waiter = tokio::spawn({
            let gate = Arc::clone(&gate);
            async move {
                drop(enter(&gate).await);
            }
        });
        tokio::time::sleep(Duration::from_secs(3600)).await;
        assert!(!waiter.is_finished(), "an hour on the timer is nothing while the clock stands");
        let woken = Instant::now();
        asleep.store(60_000, Ordering::Relaxed);
        waiter.await.unwrap();
        assert!(woken.elapsed() <= Duration::from_secs(1), "after sleep the wait is over at once");
    }

    #[tokio::test(start_paused = true)]
    async fn a_pause_is_never_shortened_by_a_later_one() {
        let gate = gate(Pace::default());
        let (first, second) = (enter(&gate).await, enter(&gate).await);
        let far = later(&gate, 100);
        first.report(Outcome::Throttled { until: far });
        second.report(Outcome::Throttled { until: later(&gate, 1) });
        assert_eq!(gate.held(Lane::Outlook), Some(far));
    }

    #[tokio::test(start_paused = true)]
    async fn a_pause_beyond_patience_is_handed_back() {
        let gate = gate(Pace::default());
        let until = later(&gate, 3600);
        gate.hold(Lane::Outlook, until);
        let shut = gate.enter(Lane::Outlook, &CancellationToken::new()).await.err();
        assert_eq!(shut, Some(Shut::Held { until }), "the run is parked, not the task");
    }

    #[tokio::test(start_paused = true)]
    async fn good_answers_let_more_in_and_one_throttling_halves_once() {
        let gate = gate(Pace { most_in_flight: 9, ..Pace::default() });
        let mut permits = Vec::new();
        for expected in 5..=9 {
            for _ in 0..4 {
                enter(&gate).await.report(Outcome::Good);
            }
            assert_eq!(gate.limit(Lane::Outlook), expected);
        }
        for _ in 0..4 {
            enter(&gate).await.report(Outcome::Good);
        }
        assert_eq!(gate.limit(Lane::Outlook), 9, "the cap holds");
        for _ in 0..9 {
            permits.push(enter(&gate).await);
        }
        for permit in permits {
            permit.report(Outcome::Throttled { until: later(&gate, 1) });
        }
        assert_eq!(gate.limit(Lane::Outlook), 4, "nine answers to one moment's load are one reason to ease off");
        for _ in 0..5 {
            enter(&gate).await.report(Outcome::Strained);
        }
        assert_eq!(gate.limit(Lane::Outlook), 1, "one is always let in");
    }

    #[tokio::test(start_paused = true)]
    async fn a_full_gate_lets_the_next_in_when_one_leaves_and_stopping_ends_the_wait() {
        let gate = gate(Pace { first_in_flight: 1, ..Pace::default() });
        let inside = enter(&gate).await;
        let stop = CancellationToken::new();
        let stopped = tokio::spawn({
            let (gate, stop) = (Arc::clone(&gate), stop.clone());
            async move { gate.enter(Lane::Outlook, &stop).await.err() }
        });
        let next = tokio::spawn({
            let gate = Arc::clone(&gate);
            async move {
                drop(enter(&gate).await);
            }
        });
        tokio::task::yield_now().await;
        assert_eq!((gate.counters().in_flight, gate.counters().waiting), (1, 2));
        stop.cancel();
        assert_eq!(stopped.await.unwrap(), Some(Shut::Stopped));
        drop(inside);
        next.await.unwrap();
        assert_eq!(gate.counters().in_flight, 0);
    }
}
