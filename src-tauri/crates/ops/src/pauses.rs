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
            if let Err(error) = store.write(|tx| settings::set(tx, &key(tenant, lane), &kept)) {
                tracing::warn!(%error, "A pause could not be kept; it holds for as long as this process lives");
            }
        });
    })
}

fn key(tenant: TenantId, lane: Lane) -> String {
    format!("pause.{}.{tenant}", lane.name())
}
