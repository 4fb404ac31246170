//! The probes of a run that still wait, in memory: loaded from the durable queue, handed out in batches over different mailboxes.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, VecDeque};

use rollcall_core::id::{ObjectId, UserId};
use rollcall_core::time::Timestamp;
use rollcall_core::workload::Workload;

/// Probes of busy mailboxes that are passed over in search of others.
const LOOKED_AT: usize = 2_000;

/// A probe that waits for its turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Waiting {
    pub user: UserId,
    pub object_id: ObjectId,
    pub workload: Workload,
    /// How often it was asked already, without an answer that settles it.
    pub attempts: u32,
}

/// What still waits, and how many requests each mailbox has in flight.
#[derive(Default)]
pub(crate) struct Queue {
    ready: VecDeque<Waiting>,
    later: BinaryHeap<Reverse<(Timestamp, u64)>>,
    postponed: HashMap<u64, Waiting>,
    next: u64,
    in_flight: HashMap<UserId, u32>,
}

impl Queue {
    /// Adds a probe that may be asked from `due` on.
    pub fn add(&mut self, probe: Waiting, due: Timestamp, now: Timestamp) {
        if due <= now {
            self.ready.push_back(probe);
        } else {
            self.next += 1;
            self.later.push(Reverse((due, self.next)));
            self.postponed.insert(self.next, probe);
        }
    }

    /// Takes the next batch of at most `size`: probes that are due, of mailboxes with less than `per_mailbox` requests in flight. Empty
    /// when none can go now.
    pub fn batch(&mut self, size: usize, per_mailbox: u32, now: Timestamp) -> Vec<Waiting> {
        self.wake(now);
        let (mut batch, mut busy) = (Vec::with_capacity(size), Vec::new());
        while batch.len() < size && busy.len() < LOOKED_AT {
            let Some(probe) = self.ready.pop_front() else { break };
            let in_flight = self.in_flight.entry(probe.user).or_default();
            if *in_flight < per_mailbox {
                *in_flight += 1;
                batch.push(probe);
            } else {
                busy.push(probe);
            }
        }
        // They keep their place: a mailbox that was begun is to be done soon.
        for probe in busy.into_iter().rev() {
            self.ready.push_front(probe);
        }
        batch
    }

    /// Takes a probe back that was handed out and not asked.
    pub fn take_back(&mut self, probe: Waiting) {
        self.done(probe.user);
        self.ready.push_front(probe);
    }

    /// Frees the place that a probe of this mailbox held.
    pub fn done(&mut self, user: UserId) {
        if let Some(busy) = self.in_flight.get_mut(&user) {
            *busy = busy.saturating_sub(1);
            if *busy == 0 {
                self.in_flight.remove(&user);
            }
        }
    }

    /// When the next postponed probe is due; `None` when none is postponed.
    pub fn next_due(&self) -> Option<Timestamp> {
        self.later.peek().map(|Reverse((due, _))| *due)
    }

    /// How many are due already.
    pub fn ready(&mut self, now: Timestamp) -> usize {
        self.wake(now);
        self.ready.len()
    }

    /// Whether nothing waits any more.
    pub fn is_empty(&self) -> bool {
        self.ready.is_empty() && self.later.is_empty()
    }

    fn wake(&mut self, now: Timestamp) {
        while let Some(Reverse((due, ticket))) = self.later.peek().copied() {
            if due > now {
                break;
            }
            self.later.pop();
            self.ready.extend(self.postponed.remove(&ticket));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_000);

    fn probe(user: u32, workload: Workload) -> Waiting {
        Waiting { user: UserId(user), object_id: ObjectId(uuid::Uuid::from_u128(u128::from(user))), workload, attempts: 0 }
    }

    #[test]
    fn one_mailbox_never_has_more_than_four_requests_in_flight() {
        let mut queue = Queue::default();
        for workload in Workload::ALL {
            queue.add(probe(1, workload), NOW, NOW);
        }
        assert_eq!(queue.batch(20, 4, NOW).len(), 4);
        assert!(queue.batch(20, 4, NOW).is_empty(), "the fifth waits for one of the four");
        queue.done(UserId(1));
        assert!(queue.batch(20, 3, NOW).is_empty(), "one place is left to the integration");
        assert_eq!(queue.batch(20, 4, NOW).len(), 1);
        assert!(queue.is_empty());
    }

    #[test]
    fn a_postponed_probe_comes_back_when_it_is_due_and_not_before() {
        let mut queue = Queue::default();
        queue.add(probe(1, Workload::Mail), Timestamp(3_000), NOW);
        assert_eq!(queue.next_due(), Some(Timestamp(3_000)));
        assert!(queue.batch(20, 4, Timestamp(2_999)).is_empty());
        assert_eq!(queue.batch(20, 4, Timestamp(3_000)).len(), 1);
    }

    #[test]
    fn a_batch_holds_as_many_as_it_should_and_what_was_not_asked_comes_first_again() {
        let mut queue = Queue::default();
        for user in 0..50 {
            queue.add(probe(user, Workload::Mail), NOW, NOW);
        }
        let first = queue.batch(20, 4, NOW);
        assert_eq!([first.len(), queue.batch(20, 4, NOW).len(), queue.batch(8, 4, NOW).len()], [20, 20, 8]);
        queue.take_back(first[0]);
        assert_eq!(queue.batch(1, 4, NOW), [first[0]]);
    }
}
