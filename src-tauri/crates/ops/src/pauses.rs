//! Pauses that a service asked for, kept on disk so that they outlive the process.

use std::sync::Arc;
use std::time::Duration;

use rollcall_core::id::TenantId;
use rollcall_core::time::Timestamp;
use rollcall_graph::gate::{Keeper, Lane, Pause};
use rollcall_store::{Connection, Store, StoreError, settings};
use serde::{Deserialize, Serialize};

/// A pause as it is kept: its end by the service's own clock, and how long it was.
#[derive(Serialize, Deserialize)]
struct Kept {
    until: Timestamp,
    long_ms: u64,
}

/// Pauses that began within this time of each other may reach the disk in either order.
const TOGETHER_MS: i64 = 60_000;

impl Kept {
    /// Whether this pause still holds when `other` is over. One that began well after `other` by the service's clock was kept while
    /// that clock was wrong, and outlasts nothing.
    fn outlasts(&self, other: &Self) -> bool {
        let began = |pause: &Self| pause.until.0.saturating_sub_unsigned(pause.long_ms);
        self.until >= other.until && began(self) <= began(other).saturating_add(TOGETHER_MS)
    }
}

/// The pauses of a tenant's services that were kept last.
pub(crate) fn kept(conn: &Connection, tenant: TenantId) -> Result<Vec<(Lane, Pause)>, StoreError> {
    let mut pauses = Vec::new();
    for lane in Lane::ALL {
        if let Some(Kept { until, long_ms }) = settings::get(conn, &key(tenant, lane))? {
            pauses.push((lane, Pause { until, long: Duration::from_millis(long_ms) }));
        }
    }
    Ok(pauses)
}

/// What keeps each pause of a tenant's services when it begins.
pub(crate) fn keeper(store: Arc<Store>, tenant: TenantId) -> Keeper {
    Box::new(move |lane, pause| {
        let store = Arc::clone(&store);
        let kept = Kept { until: pause.until, long_ms: u64::try_from(pause.long.as_millis()).unwrap_or(u64::MAX) };
        tokio::task::spawn_blocking(move || {
            let written = store.write(|tx| match settings::get::<Kept>(tx, &key(tenant, lane))? {
                Some(before) if before.outlasts(&kept) => Ok(()),
                _ => settings::set(tx, &key(tenant, lane), &kept),
            });
            if let Err(error) = written {
                tracing::warn!(%error, "A pause could not be kept; it holds for as long as this process lives");
            }
        });
    })
}

fn key(tenant: TenantId, lane: Lane) -> String {
    format!("pause.{}.{tenant}", lane.name())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(until: i64, long_ms: u64) -> Kept {
        Kept { until: Timestamp(until), long_ms }
    }

    #[test]
    fn the_later_end_holds_whichever_was_written_first_unless_a_wrong_clock_named_it() {
        assert!(kept(110_001, 10_000).outlasts(&kept(110_000, 10_000)));
        assert!(!kept(110_000, 10_000).outlasts(&kept(110_001, 10_000)));
        assert!(kept(400_000, 300_000).outlasts(&kept(200_000, 10_000)), "a long pause that a short one came after");
        assert!(!kept(9_000_000, 10_000).outlasts(&kept(200_000, 10_000)), "it would have begun in the future");
    }
}
