//! What happens to a user over time, as its timeline tells it.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::issue::Cause;
use crate::organization::AccessType;
use crate::time::Timestamp;

/// One thing that happened to a user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Happening {
    /// From one organization into another, by their names of then.
    Moved {
        from: String,
        to: String,
    },
    /// A mailbox access type of its own, or with none the organization's.
    AccessSet {
        access: Option<AccessType>,
    },
    SyncEnabled,
    SyncDisabled,
    /// Too many sessions in a row had failed.
    SyncDisabledDueToError {
        failures: u32,
    },
    /// The wave that the user is in was started.
    InWave {
        wave: u32,
    },
    /// The switch waits for the organization's change window.
    SwitchQueued,
    SwitchWithdrawn,
    /// The switch has begun; sessions of before are cancelled, which is no error.
    Switched {
        to: AccessType,
    },
    WentBack {
        to: AccessType,
    },
    Initialized,
    Reset,
    Excluded,
    Included,
    Forced,
    /// Sessions began to fail.
    SessionFailed {
        cause: Option<Cause>,
        code: Option<String>,
    },
    /// Sessions pass again.
    SessionRecovered,
    /// The service had lost what it knew of the mailbox, so it was read anew.
    Resynced,
}

/// A happening with its time, and who did it: a signed-in admin's principal name, or nobody where it came about by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Moment {
    pub at: Timestamp,
    pub what: Happening,
    pub actor: Option<String>,
}
