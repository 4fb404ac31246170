use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::error::Refusal;
use super::state::Limits;
use super::time;
use crate::faults::Workload;

/// What happened so far: attempts, waiting times that were imposed, mailboxes at work, counts.
#[derive(Default, Clone)]
pub(super) struct Traffic(Arc<Mutex<Books>>);

#[derive(Default)]
struct Books {
    attempts: HashMap<(usize, Workload), u32>,
    /// Until when a client was told to stay away.
    windows: HashMap<Window, i64>,
    at_work: HashMap<(String, usize), u32>,
    /// Start of the current ten minutes and the requests in them.
    used: HashMap<(String, usize), (i64, u32)>,
    /// Start of the current ten seconds and the resource units spent in them, by app.
    spent: HashMap<String, (i64, u32)>,
    counts: BTreeMap<(String, u16), u64>,
    violations: u64,
}

/// What a client was told to stay away from.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Window {
    Mailbox(String, usize, Workload),
    Directory(String),
}

/// A request to a workload of a mailbox.
pub(super) struct Visit<'a> {
    pub(super) app_id: &'a str,
    pub(super) mailbox: usize,
    pub(super) workload: Workload,
    pub(super) now_ms: i64,
}

pub(super) enum Admission {
    Admitted,
    Refused(Refusal),
}

/// Mailboxes that are at work for an answer that is still on its way, and waiting times that begin when it arrives.
#[derive(Default)]
pub struct Hold {
    traffic: Option<Traffic>,
    mailboxes: Vec<(String, usize)>,
    windows: Vec<(Window, i64)>,
}

impl Hold {
    pub(super) fn none() -> Hold {
        Hold::default()
    }

    /// How often each mailbox is held.
    pub(super) fn held(&self) -> BTreeMap<(String, usize), u32> {
        let mut held = BTreeMap::new();
        for mailbox in &self.mailboxes {
            *held.entry(mailbox.clone()).or_insert(0) += 1;
        }
        held
    }

    /// Takes over the waiting times of a round of a batch and lets its mailboxes go.
    pub(super) fn end_round(&mut self, mut round: Hold) {
        if let Some(traffic) = &round.traffic {
            self.traffic.get_or_insert_with(|| traffic.clone());
        }
        self.windows.append(&mut round.windows);
    }

    /// Keeps mailboxes busy until the answer has been delivered.
    pub(super) fn occupy(&mut self, traffic: &Traffic, mailboxes: Vec<(String, usize)>) {
        let mut books = traffic.books();
        for mailbox in &mailboxes {
            *books.at_work.entry(mailbox.clone()).or_insert(0) += 1;
        }
        self.traffic = Some(traffic.clone());
        self.mailboxes.extend(mailboxes);
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        let Some(traffic) = &self.traffic else { return };
        let mut books = traffic.books();
        for mailbox in self.mailboxes.drain(..) {
            if let Some(count) = books.at_work.get_mut(&mailbox) {
                *count -= 1;
                if *count == 0 {
                    books.at_work.remove(&mailbox);
                }
            }
        }
        // A client cannot obey a Retry-After before it has read it.
        for (window, until_ms) in self.windows.drain(..) {
            books.windows.insert(window, until_ms);
        }
    }
}

impl Books {
    /// Whether a client did not wait; if so, its waiting time starts again.
    fn is_too_early(&mut self, window: &Window, now_ms: i64) -> bool {
        let Some(until_ms) = self.windows.get_mut(window) else { return false };
        if now_ms < *until_ms {
            *until_ms = now_ms + WAIT_MS;
            self.violations += 1;
            return true;
        }
        self.windows.remove(window);
        false
    }
}

impl Traffic {
    /// Lets a request to a mailbox in, or refuses it: it came too early, too often, or too many are at work there.
    pub(super) fn admit(&self, visit: &Visit<'_>, at_once: Option<u32>, limits: Limits, hold: &mut Hold) -> Admission {
        let mut books = self.books();
        let window = Window::Mailbox(visit.app_id.to_owned(), visit.mailbox, visit.workload);
        if books.is_too_early(&window, visit.now_ms) {
            return Admission::Refused(too_many());
        }
        let mailbox = (visit.app_id.to_owned(), visit.mailbox);
        if let Some(most) = limits.in_ten_minutes {
            let used = books.used.entry(mailbox.clone()).or_insert((visit.now_ms, 0));
            if visit.now_ms - used.0 >= TEN_MINUTES_MS {
                *used = (visit.now_ms, 0);
            }
            used.1 += 1;
            if used.1 > most {
                let seconds = (used.0 + TEN_MINUTES_MS - visit.now_ms).div_euclid(1_000) + 1;
                self.close(window, visit.now_ms + seconds * 1_000, hold);
                return Admission::Refused(too_many().with("retry-after", seconds.to_string()));
            }
        }
        let at_work = books.at_work.entry(mailbox.clone()).or_insert(0);
        if *at_work >= at_once.unwrap_or(limits.at_once) {
            self.close(window, visit.now_ms + WAIT_MS, hold);
            let refusal = Refusal::new(429, "ApplicationThrottled", "Application is over its MailboxConcurrency limit.");
            return Admission::Refused(refusal.with("retry-after", "1".to_owned()));
        }
        *at_work += 1;
        hold.traffic = Some(self.clone());
        hold.mailboxes.push(mailbox);
        Admission::Admitted
    }

    /// Books the resource units of a directory request, or refuses it when the app has used up its ten seconds.
    pub(super) fn spend(&self, app_id: &str, units: u32, now_ms: i64, limits: Limits, hold: &mut Hold) -> Admission {
        let Some(most) = limits.directory_units else { return Admission::Admitted };
        let mut books = self.books();
        let window = Window::Directory(app_id.to_owned());
        if books.is_too_early(&window, now_ms) {
            return Admission::Refused(too_many());
        }
        let spent = books.spent.entry(app_id.to_owned()).or_insert((now_ms, 0));
        if now_ms - spent.0 >= TEN_SECONDS_MS {
            *spent = (now_ms, 0);
        }
        if spent.1 + units > most {
            let seconds = (spent.0 + TEN_SECONDS_MS - now_ms).div_euclid(1_000) + 1;
            self.close(window, now_ms + seconds * 1_000, hold);
            return Admission::Refused(too_many().with("retry-after", seconds.to_string()));
        }
        spent.1 += units;
        Admission::Admitted
    }

    /// A 429 for this visit, and the time that the client must stay away from the workload.
    pub(super) fn throttle(&self, visit: &Visit<'_>, as_date: bool, hold: &mut Hold) -> Refusal {
        let window = Window::Mailbox(visit.app_id.to_owned(), visit.mailbox, visit.workload);
        let until_ms = visit.now_ms + WAIT_MS;
        if as_date {
            // HTTP dates know whole seconds only: the next one at least a second away.
            let until_ms = until_ms.div_euclid(1_000) * 1_000 + 1_000;
            self.close(window, until_ms, hold);
            return too_many().with("retry-after", time::http_date(until_ms));
        }
        self.close(window, until_ms, hold);
        too_many()
    }

    /// How many requests this workload of the mailbox has met before; counts this one.
    pub(super) fn attempt(&self, mailbox: usize, workload: Workload) -> u32 {
        let mut books = self.books();
        let attempts = books.attempts.entry((mailbox, workload)).or_insert(0);
        *attempts += 1;
        *attempts - 1
    }

    pub(super) fn count(&self, method: &str, template: &str, status: u16) {
        let mut books = self.books();
        *books.counts.entry((format!("{method} {template}"), status)).or_insert(0) += 1;
    }

    pub(super) fn violations(&self) -> u64 {
        self.books().violations
    }

    pub(super) fn counts(&self) -> BTreeMap<(String, u16), u64> {
        self.books().counts.clone()
    }

    fn close(&self, window: Window, until_ms: i64, hold: &mut Hold) {
        hold.traffic = Some(self.clone());
        hold.windows.push((window, until_ms));
    }

    fn books(&self) -> MutexGuard<'_, Books> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

const WAIT_MS: i64 = 1_000;
const TEN_SECONDS_MS: i64 = 10_000;
const TEN_MINUTES_MS: i64 = 600_000;

fn too_many() -> Refusal {
    Refusal::new(429, "TooManyRequests", "Too many requests.").with("retry-after", "1".to_owned())
}

#[cfg(test)]
mod tests {
    use crate::faults::{FaultPlan, Workload};
    use crate::graph::Limits;
    use crate::graph::testing::{Desk, NOW, probe};

    #[test]
    fn the_directory_gives_so_many_units_in_ten_seconds() {
        let limits = Limits { directory_units: Some(5), ..Limits::default() };
        let mut desk = Desk::limited(30, &FaultPlan::none(), limits);
        assert_eq!(desk.get("/users").headers["x-ms-resource-unit"], "2");
        assert_eq!(desk.get("/users?$select=id").headers["x-ms-resource-unit"], "1");
        assert_eq!(desk.get("/users").status, 200);
        let refused = desk.get("/users?$select=id&$top=5");
        assert_eq!((refused.status, refused.retry_after()), (429, Some("11")));
        desk.now_ms = NOW + 11_000;
        assert_eq!(desk.get("/users").status, 200);
        assert_eq!(desk.state.violations(), 0);
    }

    #[test]
    fn a_mailbox_takes_so_many_requests_in_ten_minutes() {
        let limits = Limits { in_ten_minutes: Some(3), ..Limits::default() };
        let mut desk = Desk::limited(30, &FaultPlan::none(), limits);
        let url = probe(&desk.afflicted(None), Workload::Tasks);
        for _ in 0..3 {
            assert_eq!(desk.get(&url).status, 200);
        }
        assert_eq!(desk.get(&url).code(), "TooManyRequests");
        desk.now_ms = NOW + 601_000;
        assert_eq!(desk.get(&url).status, 200);
        assert_eq!(desk.state.violations(), 0);
    }
}
