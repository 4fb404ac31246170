//! Runs: verifications over the mailboxes of an organization, what they came to, and how two of them differ.

use rollcall_core::id::{ObjectId, OrganizationId, RunId, TenantId, UserId};
use rollcall_core::issue::Cause;
use rollcall_core::time::Timestamp;
use rollcall_core::verdict::{Ledger, Verdict};
use rollcall_core::workload::Workload;
use rusqlite::{Connection, Transaction};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::error::StoreError;
pub use crate::result::WorkloadResult;

/// Which mailboxes of the organization a run asks. Excluded ones are never asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Which {
    All,
    /// Those that failed in an earlier run.
    FailedOf(RunId),
    Users(Vec<UserId>),
}

/// Where a run stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum RunState {
    /// Under way; or, right after a start, cut off by the end of the process.
    Running,
    Finished,
    Cancelled,
    /// Stopped with mailboxes left; may be resumed.
    Interrupted,
}

/// How a run ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunEnd {
    Finished,
    Cancelled,
    Interrupted,
}

/// A workload of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
pub struct Planned {
    pub workload: Workload,
    /// Why it is not asked; `None` when it is.
    pub not_asked: Option<Cause>,
}

/// Requests that a run cost.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, TS)]
pub struct Counters {
    pub requests: u32,
    /// Answers that said to wait.
    pub throttled: u32,
    /// Probes that were asked again.
    pub retried: u32,
}

/// A run as it is remembered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Run {
    pub id: RunId,
    pub organization: OrganizationId,
    pub organization_name: String,
    pub tenant: TenantId,
    pub state: RunState,
    pub workloads: Vec<Planned>,
    /// The earlier run whose failed mailboxes this one asks again.
    pub failed_of: Option<RunId>,
    pub started: Timestamp,
    pub ended: Option<Timestamp>,
    pub mailboxes: u32,
    /// Mailboxes with an answer to every probe.
    pub mailboxes_done: u32,
    pub probes: u32,
    pub probes_done: u32,
    pub counters: Counters,
    /// Mailboxes by verdict; one that still waits for an answer counts as not run.
    pub ledger: Ledger,
}

/// Equal errors over many mailboxes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct FingerprintRow {
    pub fingerprint: String,
    pub cause: Option<Cause>,
    pub http: Option<u16>,
    pub code: Option<String>,
    pub workload: Workload,
    pub mailboxes: u32,
    /// Up to five, for Microsoft support.
    pub sample_request_ids: Vec<String>,
    pub first_seen: Timestamp,
    pub last_seen: Timestamp,
}

/// Which results are meant. An empty list and `None` don't narrow.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default, deny_unknown_fields)]
pub struct ResultFilter {
    pub verdict: Vec<Verdict>,
    pub fingerprint: Option<String>,
    /// Part of the name or the address.
    pub search: Option<String>,
}

/// What a run found out about one mailbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct MailboxResult {
    /// The user's number, which may be gone by now.
    pub user: UserId,
    pub object_id: ObjectId,
    pub upn: String,
    pub display_name: String,
    pub verdict: Verdict,
    pub workloads: Vec<WorkloadResult>,
}

/// A window of results.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct ResultPage {
    pub matching: u32,
    pub rows: Vec<MailboxResult>,
}

/// Mailboxes that two runs tell apart in the same way.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, TS)]
pub struct Difference {
    pub count: u32,
    pub users: Vec<UserId>,
}

/// How a later run differs from an earlier one, mailbox by mailbox.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, TS)]
pub struct Comparison {
    /// Failed in the later one only.
    pub newly_failing: Difference,
    /// Failed in the earlier one, passed in the later.
    pub fixed: Difference,
    pub still_failing: Difference,
    /// In the later one only.
    pub added: Difference,
    /// In the earlier one only.
    pub gone: Difference,
}

/// Plans a run: one row a mailbox, one a mailbox and workload. A workload with a cause is not asked and says so from the start.
///
/// # Errors
/// [`StoreError::NotFound`] when there is no such organization or earlier run of it.
pub fn create(
    tx: &Transaction<'_>,
    organization: OrganizationId,
    workloads: &[(Workload, Option<Cause>)],
    only: &Which,
    now: Timestamp,
) -> Result<RunId, StoreError> {
    todo!()
}

/// Ends a run that is under way or interrupted. Cancelling it settles what is still queued as not run; interrupting keeps it.
///
/// # Errors
/// [`StoreError::NotFound`] when there is no such run, or it has ended.
pub fn finish(tx: &Transaction<'_>, run: RunId, end: RunEnd, now: Timestamp) -> Result<(), StoreError> {
    todo!()
}

/// Takes up an interrupted run, or one that the end of the process cut off.
///
/// # Errors
/// [`StoreError::NotFound`] when there is no such run, or it has ended.
pub fn resume(tx: &Transaction<'_>, run: RunId) -> Result<(), StoreError> {
    todo!()
}

/// The runs of an organization, or of all, the latest first.
///
/// # Errors
/// [`StoreError`] when the disk can't be read.
pub fn list(conn: &Connection, organization: Option<OrganizationId>, limit: u32) -> Result<Vec<Run>, StoreError> {
    todo!()
}

/// One run.
///
/// # Errors
/// [`StoreError::NotFound`] when there is none of that number.
pub fn get(conn: &Connection, run: RunId) -> Result<Run, StoreError> {
    todo!()
}

/// The runs that are under way, cut off or interrupted.
///
/// # Errors
/// [`StoreError`] when the disk can't be read.
pub fn unfinished(conn: &Connection) -> Result<Vec<Run>, StoreError> {
    todo!()
}

/// A run's mailboxes by verdict.
///
/// # Errors
/// [`StoreError`] when the disk can't be read.
pub fn ledger(conn: &Connection, run: RunId) -> Result<Ledger, StoreError> {
    todo!()
}

/// A run's errors in groups, the largest first.
///
/// # Errors
/// [`StoreError`] when the disk can't be read.
pub fn fingerprints(conn: &Connection, run: RunId) -> Result<Vec<FingerprintRow>, StoreError> {
    todo!()
}

/// A window of a run's results, by name.
///
/// # Errors
/// [`StoreError`] when the disk can't be read.
pub fn results(conn: &Connection, run: RunId, filter: &ResultFilter, offset: u32, limit: u32) -> Result<ResultPage, StoreError> {
    todo!()
}

/// Hands every result of a run to `each`, one at a time and in a fixed order, without holding them all.
///
/// # Errors
/// The first error of `each`, and [`StoreError`] when the disk can't be read.
pub fn each_result<E: From<StoreError>>(
    conn: &Connection,
    run: RunId,
    mut each: impl FnMut(MailboxResult) -> Result<(), E>,
) -> Result<(), E> {
    todo!()
}

/// How `later` differs from `earlier`.
///
/// # Errors
/// [`StoreError::NotFound`] when one of them doesn't exist.
pub fn compare(conn: &Connection, earlier: RunId, later: RunId) -> Result<Comparison, StoreError> {
    todo!()
}
