//! What is under way at each mailbox, and which of them asked to be left alone: the limits of an app at a mailbox hold for all that is
//! asked there, whoever asks and whatever for ("Microsoft Graph throttling limits", Outlook service limits).

use std::collections::HashMap;
use std::sync::{Arc, MutexGuard, PoisonError};
use std::time::Duration;

use rollcall_core::id::ObjectId;
use rollcall_core::time::Timestamp;
use tokio_util::sync::CancellationToken;

use super::service_clock::ServiceClock;
use super::{BRIEF, Gate, Pause, Paused, Shut};

/// How long it is until somebody looks again at a mailbox at which others are at work; a request takes longer.
pub const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// Whether a request to a mailbox may leave.
pub enum Visit {
    /// It may, and counts as under way as long as the guest is there.
    Admitted(Guest),
    /// As many are under way as one mailbox may be asked at once.
    Full,
    /// The mailbox is to be left alone until that moment of the gate's clock.
    Held { until: Timestamp },
}

/// A request that is under way at a mailbox.
#[must_use]
pub struct Guest {
    gate: Arc<Gate>,
    mailbox: ObjectId,
}

/// What a mailbox has to bear. Each list has one line for a mailbox at most.
#[derive(Default)]
pub(super) struct Mailboxes {
    under_way: HashMap<ObjectId, u32>,
    held: HashMap<ObjectId, Timestamp>,
    /// Waits from before a restart, until the service has told its time.
    restored: HashMap<ObjectId, Pause>,
}

/// Why a request to a mailbox may not leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Closed {
    Full,
    Held { until: Timestamp },
}

impl Mailboxes {
    /// Counts one more request as under way, unless `most` are or the mailbox is to be left alone.
    pub fn begin(&mut self, mailbox: ObjectId, most: u32, now: Timestamp) -> Result<(), Closed> {
        if let Some(until) = self.held(mailbox, now) {
            return Err(Closed::Held { until });
        }
        self.held.remove(&mailbox);
        let under_way = self.under_way.entry(mailbox).or_default();
        if *under_way >= most {
            return Err(Closed::Full);
        }
        *under_way += 1;
        Ok(())
    }

    /// Until when a mailbox is to be left alone, if it is now.
    pub fn held(&self, mailbox: ObjectId, now: Timestamp) -> Option<Timestamp> {
        self.held.get(&mailbox).copied().filter(|until| now < *until)
    }

    /// A request that was counted is over.
    pub fn end(&mut self, mailbox: ObjectId) {
        if let Some(under_way) = self.under_way.get_mut(&mailbox) {
            *under_way = under_way.saturating_sub(1);
            if *under_way == 0 {
                self.under_way.remove(&mailbox);
            }
        }
    }

    /// Leaves a mailbox alone until a moment, and says whether that is news: a later one that was named before still holds.
    pub fn hold(&mut self, mailbox: ObjectId, until: Timestamp) -> bool {
        let held = self.held.entry(mailbox).or_insert(Timestamp(i64::MIN));
        let is_news = *held < until;
        *held = until.max(*held);
        is_news
    }

    /// Takes up a wait of before a restart: in full, as long as it isn't known what time it is at the service.
    pub fn restore(&mut self, mailbox: ObjectId, pause: Pause, clock: ServiceClock, now: Timestamp) {
        if clock.is_known() {
            self.hold(mailbox, left_of(pause, clock, now));
        } else {
            self.hold(mailbox, now.after(pause.long));
            self.restored.insert(mailbox, pause);
        }
    }

    /// It is known what time it is at the service, and so how much is left of the waits from before a restart.
    pub fn tell_time(&mut self, clock: ServiceClock, now: Timestamp) {
        for (mailbox, pause) in self.restored.drain() {
            self.held.insert(mailbox, left_of(pause, clock, now));
        }
    }
}

/// The end of a wait that was kept; never later than if it began now.
fn left_of(pause: Pause, clock: ServiceClock, now: Timestamp) -> Timestamp {
    clock.of_ours(pause.until).min(now.after(pause.long))
}

impl Gate {
    /// Counts one more request as under way at a mailbox, of all that ask there, where that may be.
    pub fn visit(self: &Arc<Self>, mailbox: ObjectId) -> Visit {
        let (most, now) = (self.per_mailbox(), self.now());
        match self.mailboxes().begin(mailbox, most, now) {
            Ok(()) => Visit::Admitted(Guest { gate: Arc::clone(self), mailbox }),
            Err(Closed::Full) => Visit::Full,
            Err(Closed::Held { until }) => Visit::Held { until },
        }
    }

    /// Waits until a mailbox may be visited, but not longer than `patience` where it is to be left alone.
    ///
    /// # Errors
    /// [`Shut::Stopped`] when `stop` is triggered, [`Shut::Held`] when the wait would be too long.
    pub async fn visit_when_free(self: &Arc<Self>, mailbox: ObjectId, patience: Duration, stop: &CancellationToken) -> Result<Guest, Shut> {
        loop {
            let wait = match self.visit(mailbox) {
                Visit::Admitted(guest) => return Ok(guest),
                Visit::Full => LOOK_AGAIN,
                // In slices, because a timer may stand still while the computer sleeps and the clock doesn't.
                Visit::Held { until } => match until.since(self.now()) {
                    wait if wait > patience => return Err(Shut::Held { until }),
                    wait => wait.min(Duration::from_secs(1)),
                },
            };
            tokio::select! {
                () = stop.cancelled() => return Err(Shut::Stopped),
                () = tokio::time::sleep(wait) => {}
            }
        }
    }

    /// Until when one of these mailboxes is to be left alone, if one is now.
    #[must_use]
    pub fn held_mailbox(&self, mailboxes: &[ObjectId]) -> Option<Timestamp> {
        let now = self.now();
        let books = self.mailboxes();
        mailboxes.iter().filter_map(|mailbox| books.held(*mailbox, now)).max()
    }

    /// Leaves a mailbox alone for so long, whoever would ask there and for whatever.
    pub fn hold(&self, mailbox: ObjectId, long: Duration) {
        let until = self.now().after(long);
        let is_news = self.mailboxes().hold(mailbox, until);
        if let Some(keeper) = self.keeper.as_ref().filter(|_| is_news && long > BRIEF) {
            keeper(Paused::Mailbox(mailbox), Pause { until: self.by_service(until), long });
        }
    }

    /// Takes up a wait that one mailbox asked for before a restart. Until the service has told its time it is kept in full.
    pub fn restore_mailbox(&self, mailbox: ObjectId, pause: Pause) {
        let (now, clock) = (self.now(), self.inner().service_clock);
        self.mailboxes().restore(mailbox, pause, clock, now);
    }

    pub(super) fn mailboxes(&self) -> MutexGuard<'_, Mailboxes> {
        self.mailboxes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Guest {
    fn drop(&mut self) {
        self.gate.mailboxes().end(self.mailbox);
    }
}

#[cfg(test)]
mod tests {
    use super::super::Keeper;
    use super::*;
    use crate::pace::Pace;
    use rollcall_core::time::Clock;
    use std::sync::Mutex;
    use tokio::time::Instant;

    /// A gate on a clock that moves with tokio's paused time.
    fn gate() -> Arc<Gate> {
        let start = Instant::now();
        let clock: Clock = Arc::new(move || Timestamp(1_000_000).after(start.elapsed()));
        Gate::new(clock, Pace::default(), None)
    }

    fn later(gate: &Gate, seconds: u64) -> Timestamp {
        gate.now().after(Duration::from_secs(seconds))
    }

    fn mailbox(number: u128) -> ObjectId {
        ObjectId(uuid::Uuid::from_u128(number))
    }

    #[tokio::test(start_paused = true)]
    async fn one_mailbox_has_four_guests_at_most_whoever_they_are() {
        let gate = gate();
        let guests: Vec<Guest> = (0..4)
            .map(|_| match gate.visit(mailbox(1)) {
                Visit::Admitted(guest) => guest,
                Visit::Full | Visit::Held { .. } => panic!("four may come"),
            })
            .collect();
        assert!(matches!(gate.visit(mailbox(1)), Visit::Full));
        assert!(matches!(gate.visit(mailbox(2)), Visit::Admitted(_)), "another mailbox has its own");
        let stop = CancellationToken::new();
        let (next, ()) = tokio::join!(gate.visit_when_free(mailbox(1), Duration::ZERO, &stop), async {
            tokio::time::sleep(Duration::from_secs(3)).await;
            drop(guests);
        });
        let next = next.unwrap();
        gate.leave(75);
        assert!(matches!(gate.visit(mailbox(1)), Visit::Full), "three of the four are left to the integration");
        drop(next);
        assert!(matches!(gate.visit(mailbox(1)), Visit::Admitted(_)));
    }

    #[tokio::test(start_paused = true)]
    async fn a_mailbox_that_asks_for_it_is_left_alone_by_everybody() {
        let gate = gate();
        gate.hold(mailbox(1), Duration::from_secs(30));
        gate.hold(mailbox(1), Duration::from_secs(5));
        let until = later(&gate, 30);
        assert!(matches!(gate.visit(mailbox(1)), Visit::Held { until: held } if held == until), "the longer wait holds");
        assert!(matches!(gate.visit(mailbox(2)), Visit::Admitted(_)));
        let stop = CancellationToken::new();
        let impatient = gate.visit_when_free(mailbox(1), Duration::from_secs(29), &stop).await.err();
        assert_eq!(impatient, Some(Shut::Held { until }));
        let before = Instant::now();
        drop(gate.visit_when_free(mailbox(1), Duration::from_secs(30), &stop).await.unwrap());
        assert_eq!(before.elapsed(), Duration::from_secs(30));
        gate.hold(mailbox(1), Duration::from_secs(30));
        stop.cancel();
        assert_eq!(gate.visit_when_free(mailbox(1), Duration::from_secs(30), &stop).await.err(), Some(Shut::Stopped));
    }

    #[tokio::test(start_paused = true)]
    async fn what_a_mailbox_asked_for_outlives_the_process_by_the_services_clock() {
        let told = Arc::new(Mutex::new(Vec::new()));
        let start = Instant::now();
        let clock: Clock = Arc::new(move || Timestamp(1_000_000).after(start.elapsed()));
        let ear = Arc::clone(&told);
        let keeper: Keeper = Box::new(move |paused, pause| ear.lock().unwrap().push((paused, pause)));
        let before = Gate::new(clock, Pace::default(), Some(keeper));
        before.hear_date(Timestamp(50_000_000));
        before.hold(mailbox(1), Duration::from_secs(600));
        before.hold(mailbox(1), Duration::from_secs(599));
        before.hold(mailbox(2), BRIEF);
        let kept = told.lock().unwrap().clone();
        let [(Paused::Mailbox(whose), pause)] = kept.as_slice() else { panic!("{kept:?}") };
        assert_eq!((*whose, pause.long), (mailbox(1), Duration::from_secs(600)));
        assert!(pause.until.0.abs_diff(50_600_000) <= 1_000, "by the service's clock: {pause:?}");

        // Five minutes later, on a computer whose clock says anything.
        let after = gate();
        after.restore_mailbox(*whose, *pause);
        let left = |gate: &Arc<Gate>| match gate.visit(mailbox(1)) {
            Visit::Held { until } => until.since(gate.now()),
            Visit::Admitted(_) | Visit::Full => Duration::ZERO,
        };
        assert_eq!(left(&after), Duration::from_secs(600), "in full, while nobody knows what time it is");
        after.hear_date(Timestamp(50_300_000));
        assert!(left(&after).abs_diff(Duration::from_secs(300)) <= Duration::from_secs(1), "{:?}", left(&after));
    }
}
