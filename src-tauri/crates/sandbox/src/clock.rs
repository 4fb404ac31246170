//! The practice tenant's one clock: the system's time plus an offset that a test may move.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Time since 1970, shifted by what [`Clock::advance`] added.
#[derive(Debug, Default)]
pub(crate) struct Clock {
    offset_us: AtomicI64,
}

impl Clock {
    pub(crate) fn now_ms(&self) -> i64 {
        self.now_us().div_euclid(1_000)
    }

    /// Microseconds, because who comes back a millisecond early comes back early.
    pub(crate) fn now_us(&self) -> i64 {
        system_us().saturating_add(self.offset_us.load(Ordering::Relaxed))
    }

    /// Moves the practice tenant into the future, for example past a token's life.
    pub(crate) fn advance(&self, by: Duration) {
        let us = i64::try_from(by.as_micros()).unwrap_or(i64::MAX);
        self.offset_us.fetch_add(us, Ordering::Relaxed);
    }
}

#[expect(clippy::disallowed_methods, reason = "the practice tenant plays a server, and a server has its own clock")]
fn system_us() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
}
