//! Probes: the queue of a run, one probe a mailbox and workload, and the answers that came.

use rollcall_core::id::{ObjectId, UserId};
use rollcall_core::issue::Cause;
use rollcall_core::time::Timestamp;
use rollcall_core::verdict::Verdict;
use rollcall_core::workload::Workload;
use serde::Serialize;
use ts_rs::TS;

mod commit;
mod queue;

pub(crate) use commit::Mailbox;
pub use commit::commit;
pub use queue::queued;

/// A probe that waits for its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueuedProbe {
    /// Its place in the queue: unique in the run, and never another.
    pub turn: i64,
    pub user: UserId,
    pub object_id: ObjectId,
    pub workload: Workload,
    /// When it may be asked, not before.
    pub due: Timestamp,
    /// How often it was asked without a settled answer.
    pub attempts: u32,
}

/// A probe that is put off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Postponed {
    pub user: UserId,
    pub workload: Workload,
    /// Not to be asked before.
    pub due: Timestamp,
    pub attempts: u32,
}

/// What a probe came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProbeResult {
    pub user: UserId,
    pub workload: Workload,
    pub verdict: Verdict,
    pub http: Option<u16>,
    pub code: Option<String>,
    pub cause: Option<Cause>,
    pub fingerprint: Option<String>,
    pub request_id: Option<String>,
    pub client_request_id: Option<String>,
    /// Under which address the mailbox that was asked is the user's, where it isn't the user's own.
    pub mailbox: Option<String>,
    pub attempts: u32,
}

/// What recording came to: what was new about it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, TS)]
pub struct Recorded {
    pub probes: u32,
    /// Mailboxes whose last answer was among them.
    pub mailboxes: u32,
    /// How many of those mailboxes passed.
    pub passed: u32,
    /// How many failed.
    pub failed: u32,
    /// How many no answer settled.
    pub unknown: u32,
}
