//! The probes of a run that still wait, in memory: loaded from the durable queue, handed out in batches over different mailboxes, as
//! far as the gate lets each of these be visited.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use rollcall_core::id::{ObjectId, UserId};
use rollcall_core::time::Timestamp;
use rollcall_core::workload::Workload;
use rollcall_graph::gate::{Gate, Guest, LOOK_AGAIN, Visit};

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

/// What still waits, and what is under way of it.
pub(crate) struct Queue {
    gate: Arc<Gate>,
    ready: VecDeque<Waiting>,
    later: BinaryHeap<Reverse<(Timestamp, u64)>>,
    postponed: HashMap<u64, Waiting>,
    next: u64,
    /// One for each probe that was handed out, by mailbox.
    guests: HashMap<ObjectId, Vec<Guest>>,
    /// Whether somebody else is at work at all places of a mailbox that was to be asked.
    is_kept_out: bool,
}

impl Queue {
    /// An empty one, of what passes this gate.
    pub fn new(gate: Arc<Gate>) -> Self {
        Self {
            gate,
            ready: VecDeque::new(),
            later: BinaryHeap::new(),
            postponed: HashMap::new(),
            next: 0,
            guests: HashMap::new(),
            is_kept_out: false,
        }
    }

    /// The gate that its probes pass.
    pub const fn gate(&self) -> &Arc<Gate> {
        &self.gate
    }

    /// Adds a probe that may be asked from `due` on.
    pub fn add(&mut self, probe: Waiting, due: Timestamp, now: Timestamp) {
        if due <= now {
            self.ready.push_back(probe);
        } else {
            self.postpone(probe, due);
        }
    }

    fn postpone(&mut self, probe: Waiting, due: Timestamp) {
        self.next += 1;
        self.later.push(Reverse((due, self.next)));
        self.postponed.insert(self.next, probe);
    }

    /// Takes the next batch of at most `size`: probes that are due, of mailboxes that may be visited. Empty when none can go now.
    pub fn batch(&mut self, size: usize, now: Timestamp) -> Vec<Waiting> {
        self.wake(now);
        let (mut batch, mut busy) = (Vec::with_capacity(size), Vec::new());
        self.is_kept_out = false;
        while batch.len() < size && busy.len() < LOOKED_AT {
            let Some(probe) = self.ready.pop_front() else { break };
            match self.gate.visit(probe.object_id) {
                Visit::Admitted(guest) => {
                    self.guests.entry(probe.object_id).or_default().push(guest);
                    batch.push(probe);
                }
                Visit::Full => {
                    self.is_kept_out |= !self.guests.contains_key(&probe.object_id);
                    busy.push(probe);
                }
                Visit::Held { until } => self.postpone(probe, until),
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
        self.done(probe.object_id);
        self.ready.push_front(probe);
    }

    /// Frees the place that a probe of this mailbox held.
    pub fn done(&mut self, mailbox: ObjectId) {
        if let Some(guests) = self.guests.get_mut(&mailbox) {
            guests.pop();
            if guests.is_empty() {
                self.guests.remove(&mailbox);
            }
        }
    }

    /// How long it is until there may be something to ask that can't be asked now, though nothing comes back until then.
    pub fn look_again_in(&self, now: Timestamp) -> Option<Duration> {
        let due = self.next_due().map(|due| due.since(now).max(Duration::from_millis(1)));
        let free = self.is_kept_out.then_some(LOOK_AGAIN);
        due.into_iter().chain(free).min()
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
    use rollcall_graph::pace::Pace;

    const NOW: Timestamp = Timestamp(1_000);

    fn queue() -> Queue {
        Queue::new(Gate::new(Arc::new(|| NOW), Pace::default(), None))
    }

    fn mailbox(number: u32) -> ObjectId {
        ObjectId(uuid::Uuid::from_u128(u128::from(number)))
    }

    fn probe(user: u32, workload: Workload) -> Waiting {
        Waiting { user: UserId(user), object_id: mailbox(user), workload, attempts: 0 }
    }

    #[test]
    fn one_mailbox_never_has_more_than_four_requests_in_flight() {
        let mut queue = queue();
        for workload in Workload::ALL {
            queue.add(probe(1, workload), NOW, NOW);
        }
        assert_eq!(queue.batch(20, NOW).len(), 4);
        assert!(queue.batch(20, NOW).is_empty(), "the fifth waits for one of the four");
        assert_eq!(queue.look_again_in(NOW), None, "which come back by themselves");
        queue.gate().leave(25);
        queue.done(mailbox(1));
        assert!(queue.batch(20, NOW).is_empty(), "one place is left to the integration");
        queue.gate().leave(0);
        assert_eq!(queue.batch(20, NOW).len(), 1);
        assert!(queue.is_empty());
    }

    #[test]
    fn two_queues_and_users_of_one_mailbox_have_four_requests_there_together() {
        let mut one = queue();
        let mut other = Queue::new(Arc::clone(one.gate()));
        for user in 1..=3 {
            one.add(Waiting { user: UserId(user), ..probe(9, Workload::Mail) }, NOW, NOW);
            other.add(Waiting { user: UserId(user), ..probe(9, Workload::Calendar) }, NOW, NOW);
        }
        assert_eq!((one.batch(20, NOW).len(), other.batch(20, NOW).len()), (3, 1));
        other.done(mailbox(9));
        one.add(probe(9, Workload::Tasks), NOW, NOW);
        assert_eq!((one.batch(20, NOW).len(), other.batch(20, NOW).len()), (1, 0));
        assert_eq!(other.look_again_in(NOW), Some(LOOK_AGAIN), "nothing of its own comes back");
        drop(one);
        assert_eq!(other.batch(20, NOW).len(), 2, "what a queue had under way ends with it");
    }

    #[test]
    fn a_mailbox_that_asks_for_it_is_left_alone_with_all_its_workloads() {
        let mut queue = queue();
        queue.add(probe(1, Workload::Mail), NOW, NOW);
        queue.add(probe(2, Workload::Mail), NOW, NOW);
        let until = Timestamp(31_000);
        queue.gate().hold(mailbox(1), Duration::from_secs(30));
        assert_eq!(queue.batch(20, NOW), [probe(2, Workload::Mail)]);
        assert_eq!((queue.ready(NOW), queue.next_due()), (0, Some(until)));
        assert_eq!(queue.look_again_in(NOW), Some(Duration::from_secs(30)));
    }

    #[test]
    fn a_postponed_probe_comes_back_when_it_is_due_and_not_before() {
        let mut queue = queue();
        queue.add(probe(1, Workload::Mail), Timestamp(3_000), NOW);
        assert_eq!(queue.next_due(), Some(Timestamp(3_000)));
        assert!(queue.batch(20, Timestamp(2_999)).is_empty());
        assert_eq!(queue.batch(20, Timestamp(3_000)).len(), 1);
    }

    #[test]
    fn a_batch_holds_as_many_as_it_should_and_what_was_not_asked_comes_first_again() {
        let mut queue = queue();
        for user in 0..50 {
            queue.add(probe(user, Workload::Mail), NOW, NOW);
        }
        let first = queue.batch(20, NOW);
        assert_eq!([first.len(), queue.batch(20, NOW).len(), queue.batch(8, NOW).len()], [20, 20, 8]);
        queue.take_back(first[0]);
        assert_eq!(queue.batch(1, NOW), [first[0]]);
    }
}
