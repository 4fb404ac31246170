use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use super::traffic::Traffic;
use crate::world::World;

/// What a running practice tenant shares between its requests.
#[derive(Clone)]
pub struct State(Arc<Inner>);

struct Inner {
    world: RwLock<World>,
    graph: String,
    opened_ms: i64,
    limits: Limits,
    traffic: Traffic,
    serial: AtomicU64,
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
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { at_once: 4, in_ten_minutes: None, directory_units: None }
    }
}

impl State {
    /// `graph` is the base of all links, without `/v1.0`; new mail starts to arrive at `opened_ms`.
    pub fn new(world: World, graph: String, limits: Limits, opened_ms: i64) -> State {
        State(Arc::new(Inner {
            world: RwLock::new(world),
            graph,
            opened_ms,
            limits,
            traffic: Traffic::default(),
            serial: AtomicU64::new(0),
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

    pub(crate) fn graph(&self) -> &str {
        &self.0.graph
    }

    pub(crate) fn opened_ms(&self) -> i64 {
        self.0.opened_ms
    }

    pub(crate) fn limits(&self) -> Limits {
        self.0.limits
    }

    pub(super) fn traffic(&self) -> &Traffic {
        &self.0.traffic
    }

    pub(super) fn next_serial(&self) -> u64 {
        self.0.serial.fetch_add(1, Ordering::Relaxed)
    }
}
