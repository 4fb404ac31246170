//! What happens to a user over time, as its timeline tells it.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::address::AddressChange;
use crate::issue::Cause;
use crate::migration::MigrationStep;
use crate::organization::AccessType;
use crate::time::Timestamp;
use crate::verdict::Verdict;

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
    /// Somebody put the user into another wave of the rollout plan, before either was started.
    PutInWave {
        from: u32,
        to: u32,
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
    /// Somebody signed in for a mailbox.
    Connected {
        address: String,
    },
    Disconnected {
        address: String,
    },
    /// A secondary mailbox was put on the user's list, or taken off it.
    MailboxAdded {
        address: String,
    },
    MailboxTakenOff {
        address: String,
    },
    /// What an address is used for was changed.
    MailboxSet {
        address: String,
        change: AddressChange,
    },
    MigrationBegun {
        from: String,
        to: String,
        /// Whether it was outside the organization's change window.
        outside_window: bool,
    },
    MigrationChecked {
        step: MigrationStep,
        verdict: Verdict,
    },
    MigrationTicked {
        step: MigrationStep,
    },
    MigrationReopened {
        step: MigrationStep,
    },
    MigrationGivenUp,
}

/// A happening with its time, and who did it: a signed-in admin's principal name, or nobody where it came about by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Moment {
    pub at: Timestamp,
    pub what: Happening,
    pub actor: Option<String>,
}
