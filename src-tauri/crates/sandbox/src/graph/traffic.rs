mod hold;
mod window;

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use http::Method;

use super::error::Refusal;
use super::state::Limits;
use super::time;
use crate::faults::Workload;
use crate::world::Random;
pub use hold::Hold;
use hold::{Outcome, Until};
use window::{Judgement, Window};

/// What happened so far: attempts, waiting times that were imposed, mailboxes at work, counts.
#[derive(Clone)]
pub(super) struct Traffic(Arc<Books>);

struct Books {
    seed: u64,
    limits: Limits,
    apps: RwLock<HashMap<String, Arc<App>>>,
    /// Attempts at workloads with planted trouble, by whomever.
    attempts: Mutex<HashMap<(u32, Workload), u32>>,
    counts: Mutex<HashMap<(Method, &'static str, u16), u64>>,
    violations: AtomicU64,
    duplicates: AtomicU64,
}

/// What one app did and was told.
pub(super) struct App {
    gate: Mutex<Gate>,
    /// Mailboxes the app has been to, spread so that threads seldom meet.
    mailboxes: [Mutex<HashMap<u32, Mailbox>>; SHARDS],
}

const SHARDS: usize = 16;

/// What counts for an app as a whole.
#[derive(Default)]
struct Gate {
    /// HTTP requests whose answer is still on its way.
    under_way: u32,
    all: Window,
    directory: Window,
    logs: Window,
    /// Start of the current ten seconds, and the requests in them.
    asked: Used,
    /// Start of the current ten seconds, and the resource units spent in them.
    spent: Used,
    /// Start of the current ten seconds, and the reads of logs in them.
    logged: Used,
    /// Start of the current second, and the reads of access policies in it.
    guarded: Used,
}

/// An app's doings in one mailbox.
#[derive(Default)]
struct Mailbox {
    /// Until when to stay away from each workload, in microseconds since 1970.
    until_us: [i64; 5],
    /// Until when to stay away from all of it: what one workload was refused for holds for the others, too.
    all: Window,
    /// Start of the current ten minutes, and the requests in them.
    used: Used,
    at_work: u32,
    /// Workloads, as bits, whose one planned refusal is over.
    throttled: u8,
    /// Workloads, as bits, that were read with success.
    read: u8,
}

#[derive(Default)]
struct Used {
    since_us: i64,
    amount: u32,
}

impl Used {
    /// Uses up some more of a span of time; gives back when the span ends if that is too much.
    fn take(&mut self, amount: u32, most: u32, now_us: i64, span_us: i64) -> Result<(), i64> {
        if self.amount == 0 || now_us - self.since_us >= span_us {
            *self = Used { since_us: now_us, amount: 0 };
        }
        if self.amount.saturating_add(amount) > most {
            return Err(self.since_us + span_us);
        }
        self.amount += amount;
        Ok(())
    }
}

/// A request to a workload of a mailbox.
pub(super) struct Visit<'a> {
    pub(super) app: &'a Arc<App>,
    pub(super) mailbox: u32,
    pub(super) workload: Workload,
    pub(super) now_us: i64,
    /// How many requests the mailbox takes at once, when that differs from the usual number.
    pub(super) at_once: Option<u32>,
    /// Whether it is a first question, and not the next page or round of one.
    pub(super) first: bool,
}

impl Traffic {
    pub(super) fn new(seed: u64, limits: Limits) -> Traffic {
        Traffic(Arc::new(Books {
            seed,
            limits,
            apps: RwLock::default(),
            attempts: Mutex::default(),
            counts: Mutex::default(),
            violations: AtomicU64::new(0),
            duplicates: AtomicU64::new(0),
        }))
    }

    pub(super) fn app(&self, app_id: &str) -> Arc<App> {
        if let Some(app) = self.0.apps.read().unwrap_or_else(PoisonError::into_inner).get(app_id) {
            return Arc::clone(app);
        }
        let mut apps = self.0.apps.write().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(apps.entry(app_id.to_owned()).or_insert_with(|| Arc::new(App { gate: Mutex::default(), mailboxes: Default::default() })))
    }

    /// Lets an HTTP request of an app in, with all that is inside of it, or refuses it as a whole.
    pub(super) fn enter(&self, app: &Arc<App>, items: u32, now_us: i64, hold: &mut Hold) -> Result<(), Refusal> {
        let Limits { in_ten_seconds, at_once_app, .. } = self.0.limits;
        let mut gate = app.gate();
        if let Some(refusal) = self.judge(gate.all.judge(now_us, window::ON_THE_WIRE_US), |until| hold.tell(self, app, Outcome::App(until)))
        {
            return Err(refusal);
        }
        if at_once_app.is_some_and(|most| gate.under_way >= most) {
            hold.tell(self, app, Outcome::App(Until::After(1)));
            return Err(too_many(1));
        }
        if let Some(most) = in_ten_seconds
            && let Err(end_us) = gate.asked.take(items, most, now_us, TEN_SECONDS_US)
        {
            let seconds = whole_seconds(end_us - now_us);
            hold.tell(self, app, Outcome::App(Until::After(seconds)));
            return Err(too_many(seconds));
        }
        gate.under_way += 1;
        hold.enter(self, app);
        Ok(())
    }

    /// Lets a request to a mailbox in, or refuses it: it came too early, too often, or too many are at work there.
    pub(super) fn admit(&self, visit: &Visit<'_>, hold: &mut Hold) -> Result<(), Refusal> {
        let Visit { app, mailbox, workload, now_us, at_once, first } = *visit;
        let limits = &self.0.limits;
        let stay = |until| Outcome::Mailbox(mailbox, workload, until);
        let mut mailboxes = app.shard(mailbox);
        let books = mailboxes.entry(mailbox).or_default();
        let again = first && books.read & workload.bit() != 0;
        if again {
            self.0.duplicates.fetch_add(1, Ordering::Relaxed);
        }
        let own = Window::until(*books.until_us(workload)).judge(now_us, 0);
        let judgement = match own {
            // What was on its way already is answered as if the mailbox had said nothing.
            Judgement::Open => match books.all.judge(now_us, window::ON_THE_WAY_US) {
                Judgement::Crossed { .. } => Judgement::Open,
                judgement => judgement,
            },
            judgement => judgement,
        };
        if let Some(refusal) = self.judge(judgement, |until| hold.tell(self, app, stay(until))) {
            return Err(refusal.of_mailbox());
        }
        if let Some(most) = limits.in_ten_minutes
            && let Err(end_us) = books.used.take(1, most, now_us, TEN_MINUTES_US)
        {
            let seconds = whole_seconds(end_us - now_us);
            hold.tell(self, app, stay(Until::After(seconds)));
            return Err(too_many(seconds).of_mailbox());
        }
        if !hold.occupy(self, app, mailbox, &mut books.at_work, at_once.unwrap_or(limits.at_once)) {
            hold.tell(self, app, stay(Until::After(1)));
            return Err(too_many(1).of_mailbox());
        }
        if limits.throttled_per_mille > 0 && books.throttled & workload.bit() == 0 && self.is_chosen(mailbox, workload) {
            books.throttled |= workload.bit();
            hold.tell(self, app, stay(Until::After(1)));
            return Err(too_many(1).of_mailbox());
        }
        if first {
            hold.expect(mailbox, workload, again);
        }
        Ok(())
    }

    /// Books the resource units of a directory request, or refuses it when the app has used up its ten seconds.
    pub(super) fn spend(&self, app: &Arc<App>, units: u32, now_us: i64, hold: &mut Hold) -> Result<(), Refusal> {
        let Some(most) = self.0.limits.directory_units else { return Ok(()) };
        let mut gate = app.gate();
        let judgement = gate.directory.judge(now_us, window::ON_THE_WIRE_US);
        if let Some(refusal) = self.judge(judgement, |until| hold.tell(self, app, Outcome::Directory(until))) {
            return Err(refusal);
        }
        gate.spent.take(units, most, now_us, TEN_SECONDS_US).map_err(|end_us| {
            let seconds = whole_seconds(end_us - now_us);
            hold.tell(self, app, Outcome::Directory(Until::After(seconds)));
            too_many(seconds)
        })
    }

    /// Lets a read of the audit log in: five in ten seconds ("Microsoft Graph throttling limits", reporting).
    pub(super) fn read_log(&self, app: &Arc<App>, now_us: i64, hold: &mut Hold) -> Result<(), Refusal> {
        const MOST: u32 = 5;
        let mut gate = app.gate();
        let judgement = gate.logs.judge(now_us, window::ON_THE_WIRE_US);
        if let Some(refusal) = self.judge(judgement, |until| hold.tell(self, app, Outcome::Logs(until))) {
            return Err(refusal);
        }
        gate.logged.take(1, MOST, now_us, TEN_SECONDS_US).map_err(|end_us| {
            let seconds = whole_seconds(end_us - now_us);
            hold.tell(self, app, Outcome::Logs(Until::After(seconds)));
            too_many(seconds)
        })
    }

    /// Lets a read of the access policies in: one a second, and the refusal names no time ("Microsoft Graph throttling limits").
    pub(super) fn read_access(&self, app: &Arc<App>, now_us: i64) -> Result<(), Refusal> {
        app.gate().guarded.take(1, 1, now_us, SECOND_US).map_err(|_| refusal())
    }

    /// A 429 for this visit, and the time that the client must stay away from the workload.
    pub(super) fn throttle(&self, visit: &Visit<'_>, as_date: bool, hold: &mut Hold) -> Refusal {
        // HTTP dates know whole seconds only: the next one at least a second away.
        let until_us = (visit.now_us + SECOND_US).div_euclid(SECOND_US) * SECOND_US + SECOND_US;
        let until = if as_date { Until::Moment(until_us) } else { Until::After(1) };
        hold.tell(self, visit.app, Outcome::Mailbox(visit.mailbox, visit.workload, until));
        match as_date {
            true => refusal().with("retry-after", time::http_date(until_us.div_euclid(1_000))),
            false => too_many(1),
        }
        .of_mailbox()
    }

    /// How many requests this workload of the mailbox has met before; counts this one.
    pub(super) fn attempt(&self, mailbox: u32, workload: Workload) -> u32 {
        let mut all = lock(&self.0.attempts);
        let attempts = all.entry((mailbox, workload)).or_insert(0);
        *attempts += 1;
        *attempts - 1
    }

    /// Adds what was answered to the counts.
    pub(super) fn count(&self, tally: Tally) {
        let mut counts = lock(&self.0.counts);
        for (method, template, status, amount) in tally.0 {
            *counts.entry((method, template, status)).or_insert(0) += amount;
        }
    }

    pub(super) fn violations(&self) -> u64 {
        self.0.violations.load(Ordering::Relaxed)
    }

    pub(super) fn duplicates(&self) -> u64 {
        self.0.duplicates.load(Ordering::Relaxed)
    }

    pub(super) fn counts(&self) -> BTreeMap<(String, u16), u64> {
        let mut named = BTreeMap::new();
        for ((method, template, status), amount) in lock(&self.0.counts).iter() {
            *named.entry((format!("{method} {template}"), *status)).or_insert(0) += amount;
        }
        named
    }

    /// Forgets what was read and which first attempts are over, but no waiting time.
    pub(super) fn forget_history(&self) {
        for app in self.0.apps.read().unwrap_or_else(PoisonError::into_inner).values() {
            for shard in &app.mailboxes {
                for mailbox in lock(shard).values_mut() {
                    (mailbox.read, mailbox.throttled) = (0, 0);
                }
            }
        }
        lock(&self.0.attempts).clear();
        self.0.duplicates.store(0, Ordering::Relaxed);
    }

    /// The refusal of a request that came while it was to stay away; one that could have known better is a violation.
    fn judge(&self, judgement: Judgement, tell: impl FnOnce(Until)) -> Option<Refusal> {
        let left_us = match judgement {
            Judgement::Open => return None,
            Judgement::Crossed { left_us } => left_us,
            Judgement::Early { left_us } => {
                self.0.violations.fetch_add(1, Ordering::Relaxed);
                left_us
            }
        };
        let seconds = whole_seconds(left_us);
        tell(Until::After(seconds));
        Some(too_many(seconds))
    }

    /// Whether a workload is among those whose first attempt is refused; the same ones in every tenant of this seed.
    fn is_chosen(&self, mailbox: u32, workload: Workload) -> bool {
        let place = u64::from(mailbox) << 3 | workload as u64;
        Random::new(self.0.seed ^ place.wrapping_mul(0x2545_f491_4f6c_dd1d)).next() % 1_000 < u64::from(self.0.limits.throttled_per_mille)
    }
}

impl App {
    fn gate(&self) -> MutexGuard<'_, Gate> {
        lock(&self.gate)
    }

    fn shard(&self, mailbox: u32) -> MutexGuard<'_, HashMap<u32, Mailbox>> {
        lock(&self.mailboxes[mailbox as usize % SHARDS])
    }
}

impl Mailbox {
    fn until_us(&mut self, workload: Workload) -> &mut i64 {
        let [mail, calendar, contacts, tasks, settings] = &mut self.until_us;
        match workload {
            Workload::Mail => mail,
            Workload::Calendar => calendar,
            Workload::Contacts => contacts,
            Workload::Tasks => tasks,
            Workload::Settings => settings,
        }
    }
}

impl Workload {
    fn bit(self) -> u8 {
        1 << self as u8
    }
}

/// What one HTTP request adds to the counts: method, route, status and how often.
#[derive(Default)]
pub(super) struct Tally(Vec<(Method, &'static str, u16, u64)>);

impl Tally {
    pub(super) fn add(&mut self, method: &Method, template: &'static str, status: u16) {
        let known = self.0.iter_mut().find(|(known, name, was, _)| *was == status && std::ptr::eq(*name, template) && known == method);
        match known {
            Some((_, _, _, amount)) => *amount += 1,
            None => self.0.push((method.clone(), template, status, 1)),
        }
    }
}

const SECOND_US: i64 = 1_000_000;
const TEN_SECONDS_US: i64 = 10 * SECOND_US;
const TEN_MINUTES_US: i64 = 600 * SECOND_US;

/// What `Retry-After` says for a time: whole seconds, rounded up, at least one.
fn whole_seconds(us: i64) -> i64 {
    (us + SECOND_US - 1).div_euclid(SECOND_US).max(1)
}

fn refusal() -> Refusal {
    Refusal::new(429, "TooManyRequests", "Too many requests.")
}

fn too_many(seconds: i64) -> Refusal {
    refusal().with("retry-after", seconds.to_string())
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
