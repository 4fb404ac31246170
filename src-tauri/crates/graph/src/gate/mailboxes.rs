//! What is under way at each mailbox, and which of them asked to be left alone: the limits of an app at a mailbox hold for all that is
//! asked there, whoever asks and whatever for ("Microsoft Graph throttling limits", Outlook service limits).

use std::collections::HashMap;

use rollcall_core::id::ObjectId;
use rollcall_core::time::Timestamp;

use super::Pause;
use super::service_clock::ServiceClock;

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
