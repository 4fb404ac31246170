//! How fast a tenant was checked the last time: what the next plan goes by.

use rollcall_core::bound::Bound;
use rollcall_core::id::TenantId;
use rollcall_store::{Connection, StoreError, Transaction, settings};
use serde::{Deserialize, Serialize};

use super::tally::whole;

/// What a sitting has shown.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) struct Measured {
    pub probes_per_second: f64,
    pub bound: Bound,
}

/// How long so many probes will probably take, between two numbers of seconds, what will bound it, and whether that was measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Estimate {
    pub seconds: (u32, u32),
    pub bound: Bound,
    pub measured: bool,
}

/// Remembers what the last sitting in a tenant has shown.
pub(crate) fn remember(tx: &Transaction<'_>, tenant: TenantId, measured: &Measured) -> Result<(), StoreError> {
    settings::set(tx, &key(tenant), measured)
}

/// What the last sitting in a tenant has shown.
pub(crate) fn remembered(conn: &Connection, tenant: TenantId) -> Result<Option<Measured>, StoreError> {
    settings::get(conn, &key(tenant))
}

/// Estimates from what was measured, else from Microsoft's limits: between as many batches in flight as are ever sent and a near
/// service, and as many as are sent at first and a far one. A batch of twenty takes five rounds at Outlook, because four of its
/// requests are dispatched at a time ("Combine multiple requests in one HTTP call using JSON batching").
pub(crate) fn estimate(probes: u32, measured: Option<Measured>) -> Estimate {
    if let Some(measured) = measured.filter(|measured| measured.probes_per_second > 0.0) {
        let seconds = f64::from(probes) / measured.probes_per_second;
        return Estimate { seconds: (whole(seconds * 0.8), whole(seconds * 1.5)), bound: measured.bound, measured: true };
    }
    let batches = f64::from(probes.div_ceil(20));
    let taking = |in_flight: f64, round: f64| whole((batches / in_flight).ceil() * round * 5.0);
    Estimate { seconds: (taking(64.0, 0.05), taking(8.0, 0.15)), bound: Bound::Finding, measured: false }
}

fn key(tenant: TenantId) -> String {
    format!("pace.{tenant}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_estimate_is_a_range_and_nothing_takes_no_time() {
        assert_eq!(estimate(0, None).seconds, (0, 0));
        let unknown = estimate(400_000, None);
        assert!(unknown.seconds.0 > 60 && unknown.seconds.0 < unknown.seconds.1 && !unknown.measured, "{unknown:?}");
        let measured = estimate(400_000, Some(Measured { probes_per_second: 2_000.0, bound: Bound::Line }));
        assert_eq!(measured, Estimate { seconds: (160, 300), bound: Bound::Line, measured: true });
    }
}
