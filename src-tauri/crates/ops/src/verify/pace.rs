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
    /// What bounded it while there was enough to do.
    pub bound: Bound,
    /// Percent that were left to the integration then; `None` where that wasn't noted.
    #[serde(default)]
    pub left: Option<u8>,
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

/// Estimates from what was measured, in proportion where another share is `left` to the integration than then (in percent), else from
/// Microsoft's limits: between as many batches in flight as are ever sent and a near service, and as many as are sent at first and a
/// far one. A batch of twenty takes five rounds at Outlook, because four of its requests are dispatched at a time ("Combine multiple
/// requests in one HTTP call using JSON batching").
pub(crate) fn estimate(probes: u32, measured: Option<Measured>, left: u8) -> Estimate {
    if let Some(measured) = measured.filter(|measured| measured.probes_per_second > 0.0) {
        let seconds = f64::from(probes) / measured.probes_per_second;
        let used = |left: u8| f64::from(100 - left.min(90));
        let times = measured.left.map_or(1.0, |then| used(then) / used(left));
        // What is taken away is missed for certain; what is added helps only where nothing else bounds it.
        let (fastest, slowest) = (seconds * times * 0.8, seconds * times.max(1.0) * 1.5);
        let bound = if times > 1.0 { Bound::Share } else { measured.bound };
        return Estimate { seconds: (whole(fastest), whole(slowest)), bound, measured: true };
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
        assert_eq!(estimate(0, None, 25).seconds, (0, 0));
        let unknown = estimate(400_000, None, 25);
        assert!(unknown.seconds.0 > 60 && unknown.seconds.0 < unknown.seconds.1 && !unknown.measured, "{unknown:?}");
        let measured = Measured { probes_per_second: 2_000.0, bound: Bound::Line, left: Some(20) };
        let same = Estimate { seconds: (160, 300), bound: Bound::Line, measured: true };
        assert_eq!(estimate(400_000, Some(measured), 20), same);
        assert_eq!(estimate(400_000, Some(Measured { left: None, ..measured }), 80), same, "of before it was noted");
    }

    #[test]
    fn an_estimate_goes_by_the_share_that_is_left_today() {
        let measured = |left| Some(Measured { probes_per_second: 2_000.0, bound: Bound::Ceiling, left: Some(left) });
        let less = Estimate { seconds: (640, 1_200), bound: Bound::Share, measured: true };
        assert_eq!(estimate(400_000, measured(20), 80), less, "a quarter of what was used then");
        let more = Estimate { seconds: (40, 300), bound: Bound::Ceiling, measured: true };
        assert_eq!(estimate(400_000, measured(80), 20), more, "up to four times as fast, if nothing else bounds it");
    }
}
