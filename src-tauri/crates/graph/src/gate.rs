//! The throttle gate: one per tenant, passed by every request, so that one answer's Retry-After holds all tasks, as many requests are
//! in flight as the service takes gladly, and those who wait take turns.

mod flow;
mod line;
mod mailboxes;
mod service_clock;

use std::collections::BTreeMap;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rollcall_core::bound::Bound;
use rollcall_core::id::ObjectId;
use rollcall_core::time::{Clock, Timestamp};
use tokio::sync::{Notify, oneshot};
use tokio_util::sync::CancellationToken;

use crate::pace::Pace;
use crate::party::Party;
use crate::traffic::Traffic;
use flow::{Flow, share};
use line::Line;
use mailboxes::Mailboxes;
pub use mailboxes::{Guest, LOOK_AGAIN, Visit};
use service_clock::ServiceClock;

/// The most requests at once for one mailbox ("Microsoft Graph throttling limits", Outlook service limits).
const PER_MAILBOX: u32 = 4;

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

    /// The name used in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Directory => "directory",
            Self::Outlook => "outlook",
        }
    }
}

/// How a request that was let in ended, as far as the next ones are concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Answered: a step towards more at once.
    Good(Size),
    /// Says nothing about how much the service takes.
    Indifferent,
    /// Throttled: half as many at once, and nobody asks again before that moment.
    Throttled { until: Timestamp },
    /// The service is struggling: half as many at once.
    Strained,
    /// One mailbox alone was throttled: half as many at once, but only where there is much at once.
    Busy,
}

/// How much was inside of a request, where that tells something about its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Size {
    /// As much as a request carries.
    Full,
    /// One probe alone.
    Single,
    /// Anything else.
    Other,
}

/// What a party has sent so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counters {
    /// Requests let in.
    pub requests: u64,
    /// Answers to whole requests that asked for a pause.
    pub throttled: u64,
}

/// How a lane stands at this moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    pub in_flight: u32,
    pub waiting: u32,
    /// How many may be in flight.
    pub allowed: u32,
    /// What keeps it from being more.
    pub bound: Bound,
    /// Until when the service asked for a pause, if it is one now.
    pub held: Option<Timestamp>,
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

/// A pause that has to outlive the process: until when by the service's own clock, and how long it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pause {
    pub until: Timestamp,
    pub long: Duration,
}

/// Who asks for a pause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paused {
    /// A service, in all that is asked of it.
    Lane(Lane),
    /// One mailbox.
    Mailbox(ObjectId),
}

/// Told of each pause that a service asks for, and of those of a mailbox that aren't brief, so that they can be kept.
pub type Keeper = Box<dyn Fn(Paused, Pause) + Send + Sync>;

/// A mailbox that asks for no more than this is not told to the keeper: nothing is asked for as long as this after a process that was
/// cut off, anyway ([`Gate::shut`]).
pub const BRIEF: Duration = Duration::from_secs(2);

/// The gate of one tenant.
pub struct Gate {
    clock: Clock,
    pace: Pace,
    inner: Mutex<Inner>,
    mailboxes: Mutex<Mailboxes>,
    keeper: Option<Keeper>,
    traffic: Traffic,
    /// A pause has begun, so that those who wait look at the time.
    paused: Notify,
}

/// Leave to send one request; the place is free again when it is reported or dropped.
#[must_use]
pub struct Permit {
    gate: Arc<Gate>,
    lane: Lane,
    party: Party,
    window: u32,
    /// How many were under way when it was let in, itself among them.
    among: u32,
    let_in: Timestamp,
}

struct Inner {
    lanes: [State; 2],
    service_clock: ServiceClock,
    /// Nothing leaves before that moment.
    shut_until: Timestamp,
    /// Percent of what the tenant bears that is left to the live integration.
    left: u8,
    counters: BTreeMap<Party, Counters>,
}

struct State {
    not_before: Timestamp,
    /// A pause from before a restart, until the service has told its time.
    restored: Option<Pause>,
    in_flight: u32,
    flow: Flow,
    line: Line<oneshot::Sender<Permit>>,
}

impl Gate {
    /// A gate that nothing has passed. `clock` decides when a wait is over; it must count the time that the computer sleeps and
    /// must not be set while it runs. `keeper` is told of pauses.
    #[must_use]
    pub fn new(clock: Clock, pace: Pace, keeper: Option<Keeper>) -> Arc<Self> {
        let lane =
            || State { not_before: Timestamp(i64::MIN), restored: None, in_flight: 0, flow: Flow::new(&pace), line: Line::default() };
        let inner = Inner {
            lanes: [lane(), lane()],
            service_clock: ServiceClock::default(),
            shut_until: Timestamp(i64::MIN),
            left: 0,
            counters: BTreeMap::new(),
        };
        Arc::new(Self {
            traffic: Traffic::new(Arc::clone(&clock)),
            clock,
            pace,
            inner: Mutex::new(inner),
            mailboxes: Mutex::default(),
            keeper,
            paused: Notify::new(),
        })
    }

    /// Waits until a request of this party may leave. Parties that wait take turns.
    ///
    /// # Errors
    /// [`Shut::Stopped`] when `stop` is triggered, [`Shut::Held`] when the wait is longer than the pace's patience.
    pub async fn enter(self: &Arc<Self>, lane: Lane, party: Party, stop: &CancellationToken) -> Result<Permit, Shut> {
        if stop.is_cancelled() {
            return Err(Shut::Stopped);
        }
        let (place, mut permit) = oneshot::channel();
        self.inner().lanes[lane as usize].line.join(party, place);
        loop {
            let mut paused = pin!(self.paused.notified());
            paused.as_mut().enable();
            // Looked at first: a pause that ends between the two would leave nobody to let this one in.
            let pause = self.pause(lane);
            self.let_in(lane);
            if pause.is_some_and(|pause| pause > self.pace.patience) {
                return Err(Shut::Held { until: self.now().after(pause.unwrap_or_default()) });
            }
            tokio::select! {
                biased;
                // The sender lives in the line until it is used, so it is never just gone.
                Ok(permit) = &mut permit => return Ok(permit),
                () = stop.cancelled() => return Err(Shut::Stopped),
                () = paused => {}
                // In slices, because a timer may stand still while the computer sleeps and the clock doesn't.
                () = tokio::time::sleep(pause.unwrap_or_default().min(Duration::from_secs(1))), if pause.is_some() => {}
            }
        }
    }

    /// Lets nothing leave for so long: the last process was cut off while it asked, and what it was answered last may be known to
    /// nobody.
    pub fn shut(&self, long: Duration) {
        let until = self.now().after(long);
        let mut inner = self.inner();
        inner.shut_until = until.max(inner.shut_until);
    }

    /// Takes up a pause of before a restart. Until the service has told its time it is counted by our clock, but never as longer
    /// than it was.
    pub fn restore(&self, lane: Lane, pause: Pause) {
        let now = self.now();
        let mut inner = self.inner();
        let local = inner.service_clock.of_ours(pause.until);
        let known = inner.service_clock.is_known();
        let state = &mut inner.lanes[lane as usize];
        state.not_before = state.not_before.max(local.min(now.after(pause.long)));
        state.restored = (!known).then_some(pause);
    }

    /// Hears the date of an answer, from this service or the sign-in service beside it, when it arrives.
    pub fn hear_date(&self, date: Timestamp) {
        let now = self.now();
        let mut inner = self.inner();
        inner.service_clock.hear(date, now);
        let clock = inner.service_clock;
        if clock.is_known() {
            for state in &mut inner.lanes {
                if let Some(pause) = state.restored.take() {
                    state.not_before = clock.of_ours(pause.until).min(now.after(pause.long));
                }
            }
            drop(inner);
            self.mailboxes().tell_time(clock, now);
        }
    }

    /// A moment of this gate's clock by the service's own, to be kept across restarts.
    #[must_use]
    pub fn by_service(&self, ours: Timestamp) -> Timestamp {
        self.inner().service_clock.of_service(ours)
    }

    /// A kept moment of the service's clock by this gate's.
    #[must_use]
    pub fn by_ours(&self, service: Timestamp) -> Timestamp {
        self.inner().service_clock.of_ours(service)
    }

    /// How much of what the tenant bears is left to the live integration, in percent up to 90.
    pub fn leave(&self, percent: u8) {
        let mut inner = self.inner();
        inner.left = percent.min(90);
        let left = inner.left;
        inner.lanes[Lane::Outlook as usize].flow.leave(left);
    }

    /// How much that is, in percent.
    #[must_use]
    pub fn left(&self) -> u8 {
        self.inner().left
    }

    /// Until when a lane is held, if it is now.
    #[must_use]
    pub fn held(&self, lane: Lane) -> Option<Timestamp> {
        self.pause(lane).map(|pause| self.now().after(pause))
    }

    /// How many requests of a lane may be in flight now.
    #[must_use]
    pub fn allowed(&self, lane: Lane) -> u32 {
        self.inner().allowed(lane)
    }

    /// How many requests one mailbox may be asked at once.
    #[must_use]
    pub fn per_mailbox(&self) -> u32 {
        share(PER_MAILBOX, self.inner().left)
    }

    /// How many probes to put into one request, `largest` at most, when so many are waiting: measured, not believed.
    #[must_use]
    pub fn together(&self, largest: u32, waiting: u32) -> u32 {
        let now = self.now();
        let inner = self.inner();
        inner.lanes[Lane::Outlook as usize].flow.together(largest, waiting, inner.allowed(Lane::Outlook), now)
    }

    /// How a lane stands.
    #[must_use]
    pub fn standing(&self, lane: Lane) -> Standing {
        let (now, held) = (self.now(), self.held(lane));
        let inner = self.inner();
        let (allowed, state) = (inner.allowed(lane), &inner.lanes[lane as usize]);
        let bound = match state.flow.bound(&self.pace, now) {
            _ if held.is_some() => Bound::Pause,
            Bound::Ceiling | Bound::Line if allowed < state.flow.limit() => Bound::Share,
            bound => bound,
        };
        Standing { in_flight: state.in_flight, waiting: state.line.count(|place| !place.is_closed()), allowed, bound, held }
    }

    /// What a party has sent so far.
    #[must_use]
    pub fn counters(&self, party: Party) -> Counters {
        self.inner().counters.get(&party).copied().unwrap_or_default()
    }

    /// Forgets the figures of a party that is done.
    pub fn forget(&self, party: Party) {
        self.inner().counters.remove(&party);
    }

    /// The numbers that the gate, and all that pass it, go by.
    #[must_use]
    pub fn pace(&self) -> &Pace {
        &self.pace
    }

    /// What has passed, by route and status.
    #[must_use]
    pub fn traffic(&self) -> &Traffic {
        &self.traffic
    }

    /// The time by the gate's clock.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        (self.clock)()
    }

    /// Lets in whoever's turn it is while there are places.
    fn let_in(self: &Arc<Self>, lane: Lane) {
        let now = self.now();
        loop {
            let (place, permit) = {
                let mut inner = self.inner();
                let (allowed, shut_until) = (inner.allowed(lane), inner.shut_until);
                let state = &mut inner.lanes[lane as usize];
                if now < state.not_before.max(shut_until) || state.in_flight >= allowed {
                    return;
                }
                let Some((party, place)) = state.line.next() else { return };
                state.flow.leaves(state.in_flight, &self.pace, now);
                state.in_flight += 1;
                let permit =
                    Permit { gate: Arc::clone(self), lane, party, window: state.flow.window(), among: state.in_flight, let_in: now };
                inner.counters.entry(party).or_default().requests += 1;
                (place, permit)
            };
            // Whoever went away meanwhile leaves the place to the next.
            if let Err(unused) = place.send(permit) {
                unused.give_back();
            }
        }
    }

    fn pause(&self, lane: Lane) -> Option<Duration> {
        let inner = self.inner();
        let until = inner.lanes[lane as usize].not_before.max(inner.shut_until);
        drop(inner);
        Some(until.since(self.now())).filter(|pause| !pause.is_zero())
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn allowed(&self, lane: Lane) -> u32 {
        self.lanes[lane as usize].flow.allowed()
    }
}

impl Permit {
    /// Says how it ended, and frees the place.
    pub fn report(self, outcome: Outcome) {
        let gate = Arc::clone(&self.gate);
        let now = gate.now();
        let mut pause = None;
        {
            let mut inner = gate.inner();
            let state = &mut inner.lanes[self.lane as usize];
            let took = now.since(self.let_in);
            match outcome {
                Outcome::Good(size) => state.flow.good(state.in_flight, self.among, size, took, &gate.pace, now),
                Outcome::Indifferent => {}
                Outcome::Throttled { until } => {
                    state.flow.ease(self.window, now);
                    if until > state.not_before {
                        (state.not_before, state.restored) = (until, None);
                        pause = Some(until);
                    }
                    inner.counters.entry(self.party).or_default().throttled += 1;
                }
                Outcome::Strained => state.flow.ease(self.window, now),
                // At the end of a run there are few left to ask, and those are the busy ones.
                Outcome::Busy if state.in_flight > gate.pace.first_in_flight => state.flow.ease(self.window, now),
                Outcome::Busy => {}
            }
        }
        let Some(until) = pause else { return };
        gate.paused.notify_waiters();
        if let Some(keeper) = &gate.keeper {
            keeper(Paused::Lane(self.lane), Pause { until: gate.by_service(until), long: until.since(now) });
        }
    }

    /// Frees a place that nobody used: it was no request.
    pub(crate) fn give_back(self) {
        let mut inner = self.gate.inner();
        if let Some(counters) = inner.counters.get_mut(&self.party) {
            counters.requests = counters.requests.saturating_sub(1);
        }
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        {
            let mut inner = self.gate.inner();
            let state = &mut inner.lanes[self.lane as usize];
            state.in_flight = state.in_flight.saturating_sub(1);
        }
        self.gate.let_in(self.lane);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rollcall_core::id::RunId;
    use std::sync::atomic::{AtomicI64, Ordering};
    use tokio::time::Instant;

    /// A gate on a clock that moves with tokio's paused time.
    fn gate(pace: Pace) -> Arc<Gate> {
        let start = Instant::now();
        let clock: Clock = Arc::new(move || Timestamp(1_000_000).after(start.elapsed()));
        Gate::new(clock, pace, None)
    }

    fn later(gate: &Gate, seconds: u64) -> Timestamp {
        gate.now().after(Duration::from_secs(seconds))
    }

    async fn enter(gate: &Arc<Gate>) -> Permit {
        gate.enter(Lane::Outlook, Party::Console, &CancellationToken::new()).await.unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn everyone_waits_for_the_pause_that_one_was_asked_for() {
        let gate = gate(Pace::default());
        let before = Instant::now();
        enter(&gate).await.report(Outcome::Throttled { until: later(&gate, 90) });
        let waiters: Vec<_> = (0..3)
            .map(|_| {
                let gate = Arc::clone(&gate);
                tokio::spawn(async move {
                    drop(enter(&gate).await);
                    Instant::now()
                })
            })
            .collect();
        for waiter in waiters {
            let let_in = waiter.await.unwrap() - before;
            assert!(let_in >= Duration::from_secs(90), "nobody may ask early");
            assert!(let_in < Duration::from_millis(90_100), "and nobody is kept longer: {let_in:?}");
        }
        let (lane, stop) = (Lane::Directory, CancellationToken::new());
        assert_eq!(gate.held(lane), None, "another service isn't concerned");
        drop(gate.enter(lane, Party::Console, &stop).await.unwrap());
        assert_eq!(gate.counters(Party::Console), Counters { requests: 5, throttled: 1 });
    }

    #[tokio::test(start_paused = true)]
    async fn who_waits_for_a_place_also_waits_for_a_pause_that_begins_meanwhile() {
        let gate = gate(Pace { first_in_flight: 1, most_in_flight: 1, ..Pace::default() });
        let inside = enter(&gate).await;
        let waiter = tokio::spawn({
            let gate = Arc::clone(&gate);
            async move {
                drop(enter(&gate).await);
                Instant::now()
            }
        });
        tokio::time::sleep(Duration::from_millis(100)).await;
        let before = Instant::now();
        inside.report(Outcome::Throttled { until: later(&gate, 2) });
        let waited = waiter.await.unwrap() - before;
        assert!((2_000..2_100).contains(&waited.as_millis()), "{waited:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_pause_that_ends_between_two_looks_at_the_clock_keeps_nobody() {
        for looks in 0..8 {
            let left = Arc::new(AtomicI64::new(looks));
            let clock: Clock = {
                let left = Arc::clone(&left);
                Arc::new(move || Timestamp(if left.fetch_sub(1, Ordering::Relaxed) > 0 { 59_999 } else { 60_000 }))
            };
            let gate = Gate::new(clock, Pace::default(), None);
            gate.restore(Lane::Outlook, Pause { until: Timestamp(60_000), long: Duration::from_secs(60) });
            let let_in = tokio::time::timeout(Duration::from_secs(60), enter(&gate)).await;
            assert!(let_in.is_ok(), "the pause was over after {looks} looks");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn the_clock_decides_and_not_the_timer() {
        let moved = Arc::new(AtomicI64::new(0));
        let clock: Clock = {
            let moved = Arc::clone(&moved);
            Arc::new(move || Timestamp(moved.load(Ordering::Relaxed)))
        };
        let gate = Gate::new(clock, Pace::default(), None);
        gate.restore(Lane::Outlook, Pause { until: Timestamp(60_000), long: Duration::from_secs(60) });
        let waiter = tokio::spawn({
            let gate = Arc::clone(&gate);
            async move {
                drop(enter(&gate).await);
            }
        });
        tokio::time::sleep(Duration::from_secs(3600)).await;
        assert!(!waiter.is_finished(), "an hour on the timer is nothing while the clock stands");
        let woken = Instant::now();
        moved.store(60_000, Ordering::Relaxed);
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
        enter(&gate).await.report(Outcome::Throttled { until });
        let shut = gate.enter(Lane::Outlook, Party::Console, &CancellationToken::new()).await.err();
        assert_eq!(shut, Some(Shut::Held { until }));
        assert_eq!(gate.standing(Lane::Outlook).bound, Bound::Pause);
    }

    #[tokio::test(start_paused = true)]
    async fn a_pause_outlives_the_process_by_the_services_clock_and_is_kept_when_it_begins() {
        let kept = Arc::new(Mutex::new(Vec::new()));
        let start = Instant::now();
        let clock: Clock = Arc::new(move || Timestamp(1_000_000).after(start.elapsed()));
        let keeper: Keeper = {
            let kept = Arc::clone(&kept);
            Box::new(move |lane, pause| kept.lock().unwrap().push((lane, pause)))
        };
        let before = Gate::new(clock, Pace::default(), Some(keeper));
        before.hear_date(Timestamp(5_000_000));
        enter(&before).await.report(Outcome::Throttled { until: later(&before, 100) });
        let (lane, pause) = kept.lock().unwrap()[0];
        assert_eq!((lane, pause.until), (Paused::Lane(Lane::Outlook), Timestamp(5_101_000)));

        // The next process starts forty seconds later with a clock that is a day ahead, and by it the pause would long be over.
        tokio::time::sleep(Duration::from_secs(40)).await;
        let start = Instant::now();
        let after = Gate::new(Arc::new(move || Timestamp(87_400_000).after(start.elapsed())), Pace::default(), None);
        after.restore(Lane::Outlook, pause);
        assert_eq!(after.held(Lane::Outlook), None, "our clock alone can't know");
        after.hear_date(Timestamp(5_040_000));
        let left = after.held(Lane::Outlook).unwrap().since(after.now());
        assert!((60..=61).contains(&left.as_secs()), "{left:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_share_is_left_to_the_live_integration() {
        let gate = gate(Pace { first_in_flight: 8, ..Pace::default() });
        assert_eq!((gate.allowed(Lane::Outlook), gate.per_mailbox()), (8, 4));
        gate.leave(25);
        assert_eq!((gate.allowed(Lane::Outlook), gate.per_mailbox(), gate.allowed(Lane::Directory)), (6, 3, 8));
        gate.leave(255);
        assert_eq!((gate.allowed(Lane::Outlook), gate.per_mailbox()), (1, 1), "one always may");
    }

    #[tokio::test(start_paused = true)]
    async fn two_runs_share_the_gate_though_one_has_a_hundred_in_line() {
        let gate = gate(Pace { first_in_flight: 1, most_in_flight: 1, ..Pace::default() });
        let order = Arc::new(Mutex::new(Vec::new()));
        let inside = enter(&gate).await;
        let mut waiters = Vec::new();
        for run in std::iter::repeat_n(1, 100).chain(std::iter::repeat_n(2, 3)) {
            let (gate, order) = (Arc::clone(&gate), Arc::clone(&order));
            waiters.push(tokio::spawn(async move {
                let permit = gate.enter(Lane::Outlook, Party::Run(RunId(run)), &CancellationToken::new()).await.unwrap();
                order.lock().unwrap().push(run);
                permit.report(Outcome::Indifferent);
            }));
            tokio::task::yield_now().await;
        }
        drop(inside);
        for waiter in waiters {
            waiter.await.unwrap();
        }
        assert_eq!(order.lock().unwrap()[..7], [1, 2, 1, 2, 1, 2, 1]);
        assert_eq!(gate.counters(Party::Run(RunId(2))).requests, 3);
    }

    #[tokio::test(start_paused = true)]
    async fn a_full_gate_lets_the_next_in_when_one_leaves_and_stopping_ends_the_wait() {
        let gate = gate(Pace { first_in_flight: 1, ..Pace::default() });
        let inside = enter(&gate).await;
        let stop = CancellationToken::new();
        let stopped = tokio::spawn({
            let (gate, stop) = (Arc::clone(&gate), stop.clone());
            async move { gate.enter(Lane::Outlook, Party::Console, &stop).await.err() }
        });
        tokio::task::yield_now().await;
        let next = tokio::spawn({
            let gate = Arc::clone(&gate);
            async move {
                drop(enter(&gate).await);
            }
        });
        tokio::task::yield_now().await;
        let standing = gate.standing(Lane::Outlook);
        assert_eq!((standing.in_flight, standing.waiting), (1, 2));
        stop.cancel();
        assert_eq!(stopped.await.unwrap(), Some(Shut::Stopped));
        drop(inside);
        next.await.unwrap();
        assert_eq!(gate.standing(Lane::Outlook).in_flight, 0, "a place given to somebody who had left goes to the next");
        assert_eq!(gate.counters(Party::Console).requests, 2);
    }

    #[tokio::test(start_paused = true)]
    async fn nothing_leaves_for_a_while_after_a_process_that_was_cut_off() {
        let gate = gate(Pace::default());
        let before = Instant::now();
        gate.shut(BRIEF);
        gate.hear_date(Timestamp(77_000_000));
        assert_eq!(gate.held(Lane::Directory), Some(later(&gate, 2)));
        drop(enter(&gate).await);
        assert_eq!(before.elapsed(), BRIEF);
    }
}
