//! How long what was written to the directory may take to be seen: new objects answer as unknown, and new grants are missing from
//! lists, until Microsoft's replicas have caught up.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

/// The waits between one look and the next. That it takes seconds is documented, how many isn't: half a minute in all.
pub const WAITS: [Duration; 6] = [
    Duration::from_millis(500),
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(4),
    Duration::from_secs(8),
    Duration::from_secs(15),
];

/// Waits; `false` when it was stopped meanwhile.
pub async fn wait(time: Duration, stop: &CancellationToken) -> bool {
    tokio::select! {
        () = tokio::time::sleep(time) => true,
        () = stop.cancelled() => false,
    }
}
