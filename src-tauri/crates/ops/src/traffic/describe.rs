//! How the line to each tenant stands at this moment, and every request that was sent, by route and status.

use rollcall_core::bound::Bound;
use rollcall_core::id::TenantId;
use rollcall_core::time::Timestamp;
use rollcall_graph::gate::{Gate, Lane};
use rollcall_store::tenants;
use serde::Serialize;
use ts_rs::TS;

use crate::desk::Desk;
use crate::error::Result;
use crate::job::Job;

/// All that was sent since the program was started.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct Traffic {
    pub tenants: Vec<TenantTraffic>,
    /// The trace file that is being written, if one is.
    pub recording: Option<String>,
}

/// The line to one tenant.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct TenantTraffic {
    pub tenant: TenantId,
    pub name: String,
    /// Over the last five seconds.
    pub requests_per_second: f64,
    /// The same with the parts of batches in their place.
    pub parts_per_second: f64,
    pub services: Vec<Service>,
    pub routes: Vec<Route>,
}

/// How one service of a tenant stands.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct Service {
    /// `directory` or `outlook`.
    pub name: String,
    pub in_flight: u32,
    /// Requests that wait for a place.
    pub waiting: u32,
    /// How many may be in flight.
    pub allowed: u32,
    /// What keeps it from being more.
    pub bound: Bound,
    /// Until when it asked for a pause, if it is one now.
    pub held_until: Option<Timestamp>,
}

/// Requests of one shape that were answered alike.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Route {
    /// Method and shape of the address; it names nobody.
    pub route: String,
    /// Whether it was a part of a batch.
    pub inside: bool,
    /// `None` where no answer came.
    pub status: Option<u16>,
    #[ts(type = "number")]
    pub count: u64,
    /// Of these, tries after the first.
    #[ts(type = "number")]
    pub repeats: u64,
    /// Milliseconds spent waiting for a place, all together; nothing for parts of a batch.
    #[ts(type = "number")]
    pub waited_ms: u64,
    /// Milliseconds until the answers were here, all together; nothing for parts of a batch.
    #[ts(type = "number")]
    pub took_ms: u64,
}

/// # Errors
/// Those of the store.
pub async fn describe(desk: &Desk, _ask: (), _job: &Job) -> Result<Traffic> {
    let tenants = desk.read(tenants::list).await?;
    let gates = desk.gates().clone();
    let lines = tenants.into_iter().filter_map(|tenant| gates.get(&tenant.id).map(|gate| line(desk, tenant.id, tenant.name, gate)));
    let recording = desk.recording().as_ref().and_then(|recording| Some(recording.file()?.display().to_string()));
    Ok(Traffic { tenants: lines.collect(), recording })
}

fn line(desk: &Desk, tenant: TenantId, name: String, gate: &Gate) -> TenantTraffic {
    let (requests_per_second, parts_per_second) = gate.traffic().rate();
    TenantTraffic {
        tenant,
        name,
        requests_per_second,
        parts_per_second,
        services: Lane::ALL.into_iter().map(|lane| service(desk, gate, lane)).collect(),
        routes: gate.traffic().figures().into_iter().map(Into::into).collect(),
    }
}

fn service(desk: &Desk, gate: &Gate, lane: Lane) -> Service {
    let standing = gate.standing(lane);
    Service {
        name: lane.name().to_owned(),
        in_flight: standing.in_flight,
        waiting: standing.waiting,
        allowed: standing.allowed,
        bound: standing.bound,
        held_until: standing.held.map(|until| desk.by_day(until)),
    }
}

impl From<(rollcall_graph::traffic::Kind, rollcall_graph::traffic::Figures)> for Route {
    fn from((kind, figures): (rollcall_graph::traffic::Kind, rollcall_graph::traffic::Figures)) -> Self {
        let millis = |duration: std::time::Duration| u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
        Self {
            route: kind.route,
            inside: kind.inside,
            status: kind.status,
            count: figures.count,
            repeats: figures.repeats,
            waited_ms: millis(figures.waited),
            took_ms: millis(figures.took),
        }
    }
}
