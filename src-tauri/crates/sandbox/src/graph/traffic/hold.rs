use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::{App, SECOND_US, Traffic};
use crate::faults::Workload;

/// What an answer that is still on its way keeps busy, and what happens once it is handed over.
#[derive(Default)]
pub struct Hold {
    whose: Option<(Traffic, Arc<App>)>,
    entered: bool,
    mailboxes: Vec<Held>,
    outcomes: Vec<Outcome>,
}

/// A mailbox at work for one HTTP request; a batch holds the most that it needs in any of its rounds.
struct Held {
    mailbox: u32,
    in_round: u32,
    most: u32,
}

/// What takes effect with the delivery: nobody can obey, or know, what has not been told.
pub(super) enum Outcome {
    App(Until),
    Directory(Until),
    Logs(Until),
    Mailbox(u32, Workload, Until),
    /// An answer of a workload; with its success the workload was read. `again` when it had been before.
    Expected {
        mailbox: u32,
        workload: Workload,
        again: bool,
        success: bool,
    },
}

/// The end of a time to stay away.
#[derive(Clone, Copy)]
pub(super) enum Until {
    /// Seconds after the delivery.
    After(i64),
    /// Microseconds since 1970.
    Moment(i64),
}

impl Hold {
    /// The answer is handed to the socket: waiting times begin, and what it keeps busy is free.
    pub(crate) fn deliver(mut self, now_us: i64) {
        let Some((traffic, app)) = self.whose.clone() else { return };
        let end = |until: Until| match until {
            Until::After(seconds) => now_us + seconds * SECOND_US,
            Until::Moment(us) => us,
        };
        for outcome in self.outcomes.drain(..) {
            match outcome {
                Outcome::App(until) => app.gate().all.close(now_us, end(until)),
                Outcome::Directory(until) => app.gate().directory.close(now_us, end(until)),
                Outcome::Logs(until) => app.gate().logs.close(now_us, end(until)),
                Outcome::Mailbox(mailbox, workload, until) => {
                    let mut mailboxes = app.shard(mailbox);
                    let books = mailboxes.entry(mailbox).or_default();
                    books.all.close(now_us, end(until));
                    let until_us = books.until_us(workload);
                    *until_us = end(until).max(*until_us);
                }
                Outcome::Expected { success: false, .. } => {}
                Outcome::Expected { mailbox, workload, again, success: true } => {
                    let mut mailboxes = app.shard(mailbox);
                    let books = mailboxes.entry(mailbox).or_default();
                    // Two at the same time are as superfluous as one after the other.
                    if !again && books.read & workload.bit() != 0 {
                        traffic.0.duplicates.fetch_add(1, Ordering::Relaxed);
                    }
                    books.read |= workload.bit();
                }
            }
        }
    }

    /// The next round of a batch begins: what the last one kept at work is free for it.
    pub(in crate::graph) fn next_round(&mut self) {
        for held in &mut self.mailboxes {
            held.in_round = 0;
        }
    }

    /// The last workload that was let in was answered with success.
    pub(in crate::graph) fn succeeded(&mut self) {
        if let Some(Outcome::Expected { success, .. }) = self.outcomes.last_mut() {
            *success = true;
        }
    }

    pub(super) fn enter(&mut self, traffic: &Traffic, app: &Arc<App>) {
        self.belong(traffic, app);
        self.entered = true;
    }

    pub(super) fn tell(&mut self, traffic: &Traffic, app: &Arc<App>, outcome: Outcome) {
        self.belong(traffic, app);
        self.outcomes.push(outcome);
    }

    pub(super) fn expect(&mut self, mailbox: u32, workload: Workload, again: bool) {
        self.outcomes.push(Outcome::Expected { mailbox, workload, again, success: false });
    }

    /// Keeps a mailbox at work, of which `at_work` requests are there already; false when that is too many.
    pub(super) fn occupy(&mut self, traffic: &Traffic, app: &Arc<App>, mailbox: u32, at_work: &mut u32, most: u32) -> bool {
        let known = self.mailboxes.iter().position(|held| held.mailbox == mailbox);
        let held = known.and_then(|at| self.mailboxes.get_mut(at));
        let (in_round, own) = held.as_ref().map_or((0, 0), |held| (held.in_round, held.most));
        if *at_work - own + in_round >= most {
            return false;
        }
        if in_round + 1 > own {
            *at_work += 1;
        }
        match held {
            Some(held) => {
                held.in_round += 1;
                held.most = held.most.max(held.in_round);
            }
            None => self.mailboxes.push(Held { mailbox, in_round: 1, most: 1 }),
        }
        self.belong(traffic, app);
        true
    }

    fn belong(&mut self, traffic: &Traffic, app: &Arc<App>) {
        if self.whose.is_none() {
            self.whose = Some((traffic.clone(), Arc::clone(app)));
        }
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        let Some((_, app)) = &self.whose else { return };
        for held in self.mailboxes.drain(..) {
            if let Some(books) = app.shard(held.mailbox).get_mut(&held.mailbox) {
                books.at_work = books.at_work.saturating_sub(held.most);
            }
        }
        if self.entered {
            let mut gate = app.gate();
            gate.under_way = gate.under_way.saturating_sub(1);
        }
    }
}
