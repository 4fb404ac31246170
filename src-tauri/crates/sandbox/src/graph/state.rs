use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::Duration;

use super::traffic::{App, Traffic};
use crate::faults::{RouteFault, Trouble};
use crate::world::{Random, World, hash};

/// What a running practice tenant shares between its requests.
#[derive(Clone)]
pub struct State(Arc<Inner>);

struct Inner {
    world: RwLock<World>,
    graph: String,
    /// Where the ids of answers begin.
    ids: u64,
    opened_ms: i64,
    traffic: Traffic,
    serial: AtomicU64,
    /// How often all delta links were expired; a link is worth something in its own era only.
    era: AtomicU64,
    replays: AtomicBool,
    /// Folders and task lists that everybody has deleted, in the order in which it happened.
    deleted: Mutex<Vec<String>>,
    load: Meter,
    /// What goes wrong on the routes of the directory.
    troubles: Mutex<Vec<RouteFault>>,
    /// How long something new is missing from reads, in milliseconds.
    settling_ms: AtomicI64,
}

/// How much the practice Graph lets through.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Requests of one app to one mailbox at the same time ("Microsoft Graph throttling limits": 4).
    pub at_once: u32,
    /// Requests of one app to one mailbox in ten minutes; Microsoft's 10,000, `None` for no limit.
    pub in_ten_minutes: Option<u32>,
    /// Resource units of one app in ten seconds for the directory; Microsoft's 3,500 to 8,000, `None` for no limit.
    pub directory_units: Option<u32>,
    /// So many of a thousand pairs of mailbox and workload, the same ones for the same seed, answer the first request of an app
    /// with 429 and `Retry-After: 1`; the next one passes.
    pub throttled_per_mille: u32,
    /// HTTP requests to Graph that are worked on at the same time; more of them wait inside, without an error. `None` for all.
    pub capacity: Option<u32>,
    /// Requests of one app in ten seconds, those in batches counted one by one; Microsoft's 130,000, `None` for no limit. What
    /// comes beyond is refused whole, with a `Retry-After` to the end of the ten seconds, and so is all that does not wait for it.
    pub in_ten_seconds: Option<u32>,
    /// HTTP requests of one app under way at the same time; one more is refused with `Retry-After: 1` for the whole app.
    pub at_once_app: Option<u32>,
}

/// What the practice Graph had to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Load {
    /// HTTP requests to Graph.
    pub requests: u64,
    /// Requests answered, those in batches counted one by one.
    pub items: u64,
    /// Time spent computing answers, of all threads together; reading from and writing to sockets is not in it.
    pub busy: Duration,
}

#[derive(Default)]
struct Meter {
    requests: AtomicU64,
    items: AtomicU64,
    busy_ns: AtomicU64,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            at_once: 4,
            in_ten_minutes: None,
            directory_units: None,
            throttled_per_mille: 0,
            capacity: None,
            in_ten_seconds: None,
            at_once_app: None,
        }
    }
}

impl State {
    /// `graph` is the base of all links, without `/v1.0`; new mail starts to arrive at `opened_ms`.
    pub fn new(mut world: World, seed: u64, graph: String, limits: Limits, opened_ms: i64) -> State {
        world.open(opened_ms);
        State(Arc::new(Inner {
            ids: hash(&world.tenant_id, seed),
            world: RwLock::new(world),
            graph,
            opened_ms,
            traffic: Traffic::new(seed, limits),
            serial: AtomicU64::new(0),
            era: AtomicU64::new(0),
            replays: AtomicBool::new(false),
            deleted: Mutex::default(),
            load: Meter::default(),
            troubles: Mutex::default(),
            settling_ms: AtomicI64::new(0),
        }))
    }

    pub fn world(&self) -> RwLockReadGuard<'_, World> {
        self.0.world.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn world_mut(&self) -> RwLockWriteGuard<'_, World> {
        self.0.world.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many requests came back before the `Retry-After` of their 429 had passed. A well-behaved client leaves it at 0.
    pub fn violations(&self) -> u64 {
        self.0.traffic.violations()
    }

    /// Requests by method, route and status; items of a batch count like others, those whose answer was left out with status 0.
    pub fn counts(&self) -> BTreeMap<(String, u16), u64> {
        self.0.traffic.counts()
    }

    /// From now on a route has this trouble.
    pub fn fail(&self, fault: RouteFault) {
        self.troubles().push(fault);
    }

    /// No route has any trouble any more.
    pub fn heal(&self) {
        self.troubles().clear();
    }

    /// What a request to the directory meets. `address` is only asked for when there is trouble at all.
    pub(super) fn trouble(&self, route: impl FnOnce() -> String, address: impl FnOnce() -> String) -> Option<Trouble> {
        let mut troubles = self.troubles();
        if troubles.is_empty() {
            return None;
        }
        let (route, address) = (route(), address());
        troubles.iter_mut().find_map(|fault| fault.meets(&route, &address))
    }

    fn troubles(&self) -> MutexGuard<'_, Vec<RouteFault>> {
        self.0.troubles.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// New service principals and grants are missing from reads for so long.
    pub fn settle_after(&self, settling: Duration) {
        self.0.settling_ms.store(i64::try_from(settling.as_millis()).unwrap_or(i64::MAX), Ordering::Relaxed);
    }

    /// Whether something made then has reached the replicas that are read from.
    pub(super) fn has_settled(&self, created_ms: i64, now_ms: i64) -> bool {
        now_ms.saturating_sub(created_ms) >= self.0.settling_ms.load(Ordering::Relaxed)
    }

    pub(crate) fn graph(&self) -> &str {
        &self.0.graph
    }

    pub(crate) fn opened_ms(&self) -> i64 {
        self.0.opened_ms
    }

    /// The two halves of what identifies the `serial`th answer.
    pub(super) fn request_id(&self, serial: u64) -> (u64, u64) {
        let mut random = Random::new(self.0.ids ^ serial.wrapping_mul(0xd134_2543_de82_ef95));
        (random.next(), random.next())
    }

    pub(super) fn traffic(&self) -> &Traffic {
        &self.0.traffic
    }

    pub(super) fn app(&self, app_id: &str) -> Arc<App> {
        self.0.traffic.app(app_id)
    }

    /// How often delta links were expired so far.
    pub(super) fn era(&self) -> u64 {
        self.0.era.load(Ordering::Relaxed)
    }

    /// All delta links that were given out until now are worth nothing any more.
    pub fn expire_deltas(&self) {
        self.0.era.fetch_add(1, Ordering::Relaxed);
    }

    /// From now on each page of a feed of a mailbox tells all of its changes twice.
    pub fn replay_changes(&self) {
        self.0.replays.store(true, Ordering::Relaxed);
    }

    pub(super) fn replays(&self) -> bool {
        self.0.replays.load(Ordering::Relaxed)
    }

    /// Everybody deletes the mail folder or task list with this well-known name.
    pub fn delete_place(&self, name: &str) {
        self.0.deleted.lock().unwrap_or_else(PoisonError::into_inner).push(name.to_owned());
    }

    /// The well-known names of the folders and task lists that were deleted so far.
    pub(super) fn deleted(&self) -> Vec<String> {
        self.0.deleted.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// First questions of an app to a workload of a mailbox that had been answered with success before.
    pub fn duplicates(&self) -> u64 {
        self.0.traffic.duplicates()
    }

    /// Begins a new count of duplicates: everything is asked, and refused, for the first time again.
    pub fn forget_history(&self) {
        self.0.traffic.forget_history();
    }

    pub fn load(&self) -> Load {
        let of = |amount: &AtomicU64| amount.load(Ordering::Relaxed);
        let Meter { requests, items, busy_ns } = &self.0.load;
        Load { requests: of(requests), items: of(items), busy: Duration::from_nanos(of(busy_ns)) }
    }

    /// Adds an HTTP request to the load.
    pub(crate) fn worked(&self, items: u32, busy: Duration) {
        self.0.load.requests.fetch_add(1, Ordering::Relaxed);
        self.0.load.items.fetch_add(u64::from(items), Ordering::Relaxed);
        self.0.load.busy_ns.fetch_add(u64::try_from(busy.as_nanos()).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    pub(super) fn next_serial(&self) -> u64 {
        self.0.serial.fetch_add(1, Ordering::Relaxed)
    }
}
