//! Probes: the queue of a run, one row a mailbox and workload, and the answers that came.

use rollcall_core::id::{ObjectId, RunId, UserId};
use rollcall_core::issue::Cause;
use rollcall_core::time::Timestamp;
use rollcall_core::verdict::Verdict;
use rollcall_core::workload::Workload;
use rusqlite::{Connection, Transaction};
use serde::Serialize;
use ts_rs::TS;

use crate::error::StoreError;
use crate::runs::Counters;

/// A probe whose turn it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueuedProbe {
    pub user: UserId,
    pub object_id: ObjectId,
    pub workload: Workload,
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
    pub attempts: u32,
}

/// What recording came to: what was new about it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, TS)]
pub struct Recorded {
    pub probes: u32,
    /// Mailboxes whose last answer was among them.
    pub mailboxes: u32,
}

/// The queued probes whose time has come, ordered so that neighbours are of different mailboxes, and so that mailboxes are
/// completed in blocks. A probe stays queued until it is recorded: who has it in hand must remember so.
///
/// # Errors
/// [`StoreError`] when the disk can't be read.
pub fn due(conn: &Connection, run: RunId, now: Timestamp, limit: u32) -> Result<Vec<QueuedProbe>, StoreError> {
    todo!()
}

/// When the next queued probe is due; `None` when none is queued.
///
/// # Errors
/// [`StoreError`] when the disk can't be read.
pub fn next_due(conn: &Connection, run: RunId) -> Result<Option<Timestamp>, StoreError> {
    todo!()
}

/// Puts off probes that are still queued.
///
/// # Errors
/// [`StoreError`] when it can't be written.
pub fn postpone(tx: &Transaction<'_>, run: RunId, probes: &[Postponed]) -> Result<(), StoreError> {
    todo!()
}

/// Records answers: the probe, its mailbox's verdict when the last one is in, the user's issues, and the run's figures. Only
/// probes still queued change, so recording twice changes nothing and counts nothing twice.
///
/// # Errors
/// [`StoreError::NotFound`] when there is no such run.
pub fn record(
    tx: &Transaction<'_>,
    run: RunId,
    results: &[ProbeResult],
    now: Timestamp,
    counters: Counters,
) -> Result<Recorded, StoreError> {
    todo!()
}
