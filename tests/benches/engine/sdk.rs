//! The other yardstick: graph-rs-sdk, which people use. Its program is a package of its own, `tests/benches/beside`, that says what
//! it does there.

use serde::{Deserialize, Serialize};

use crate::serve::Details;

/// The name of this role.
pub const ROLE: &str = "graph-rs-sdk";

/// What to do.
#[derive(Serialize)]
pub struct Errand {
    pub details: Details,
    pub in_flight: usize,
    /// So many of those that were listed are asked.
    pub asked: u32,
    /// What is read of each user.
    pub select: &'static str,
    /// What each mailbox is asked for, below its own path.
    pub probes: [&'static str; 4],
}

/// How it went.
#[derive(Debug, Clone, Deserialize)]
pub struct Done {
    /// In seconds.
    pub processor: Option<f64>,
    pub listed: usize,
    pub answered: usize,
}
