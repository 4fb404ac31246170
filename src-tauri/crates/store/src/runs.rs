//! Runs: verifications over the mailboxes of an organization, what they came to, and how two of them differ.

use rollcall_core::id::{OrganizationId, RunId, TenantId, UserId};
use rollcall_core::issue::Cause;
use rollcall_core::time::Timestamp;
use rollcall_core::verdict::Ledger;
use rollcall_core::workload::Workload;
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params, params_from_iter};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::error::{StoreError, Thing};
pub use crate::result::WorkloadResult;
use crate::text;

mod compare;
mod outcome;
mod plan;

pub use compare::{Comparison, Difference, compare};
pub use outcome::{FingerprintRow, MailboxResult, ResultFilter, ResultPage, each_result, fingerprints, results};
pub(crate) use plan::{Plan, block, plan_before_removal};
pub use plan::{count, create, plan_more};

/// Which mailboxes of the organization a run asks. Excluded ones are never asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Which {
    All,
    /// Those that failed in an earlier run.
    FailedOf(RunId),
    /// Those that an earlier run left unknown, or didn't get to.
    UnsettledOf(RunId),
    Users(Vec<UserId>),
    /// Those with an open issue of one of these fingerprints.
    WithIssues(Vec<String>),
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

impl RunState {
    /// The name used in JSON and in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Finished => "finished",
            Self::Cancelled => "cancelled",
            Self::Interrupted => "interrupted",
        }
    }
}

/// How a run ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunEnd {
    Finished,
    Cancelled,
    Interrupted,
    /// Interrupted until a moment before which nothing can be asked.
    Parked {
        until: Timestamp,
    },
}

/// A workload of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
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
    /// The earlier run of which this one asks some mailboxes again.
    pub failed_of: Option<RunId>,
    pub started: Timestamp,
    pub ended: Option<Timestamp>,
    /// Interrupted because nothing can be asked before this moment.
    pub parked_until: Option<Timestamp>,
    pub mailboxes: u32,
    /// Mailboxes with an answer to every probe.
    pub mailboxes_done: u32,
    pub probes: u32,
    pub probes_done: u32,
    pub counters: Counters,
    /// Mailboxes by verdict. One that still waits for an answer counts as not run.
    pub ledger: Ledger,
}

/// Ends a run that is under way or interrupted. Cancelling settles what is still queued as not run. Interrupting keeps it queued;
/// so does finishing, and the run is then interrupted rather than finished.
///
/// # Errors
/// [`StoreError::NotFound`] when there is no such run, or it has ended.
pub fn finish(tx: &Transaction<'_>, run: RunId, end: RunEnd, now: Timestamp) -> Result<(), StoreError> {
    // Who was asked again, because a row of passes was lost, was counted again.
    let whole: bool = tx
        .query_row("SELECT mailboxes_done >= mailboxes FROM runs WHERE id = ?1", [run.0], |row| row.get(0))
        .optional()?
        .ok_or(StoreError::NotFound(Thing::Run))?;
    let state = match end {
        RunEnd::Finished if whole => RunState::Finished,
        RunEnd::Finished | RunEnd::Interrupted | RunEnd::Parked { .. } => RunState::Interrupted,
        RunEnd::Cancelled => RunState::Cancelled,
    };
    let parked_until = if let RunEnd::Parked { until } = end { Some(until.0) } else { None };
    let changed = tx.execute(
        "UPDATE runs
         SET    state = ?2, ended = ?3, parked_until = ?4
         WHERE  id = ?1 AND state IN ('running', 'interrupted')",
        params![run.0, state.name(), now.0, parked_until],
    )?;
    if changed == 0 {
        return Err(StoreError::NotFound(Thing::Run));
    }
    if state != RunState::Interrupted {
        plan_more(tx, run, u32::MAX)?;
    }
    if state == RunState::Cancelled {
        let cause = Cause::Cancelled.name();
        tx.execute("UPDATE probes SET verdict = 'not_run', cause = ?2 WHERE run = ?1 AND verdict IS NULL", params![run.0, cause])?;
    }
    Ok(())
}

/// Takes up an interrupted run, or one that the end of the process cut off.
///
/// # Errors
/// [`StoreError::NotFound`] when there is no such run, or it has ended.
pub fn resume(tx: &Transaction<'_>, run: RunId) -> Result<(), StoreError> {
    let changed = tx.execute(
        "UPDATE runs
         SET    state = 'running', ended = NULL, parked_until = NULL
         WHERE  id = ?1 AND state IN ('running', 'interrupted')",
        [run.0],
    )?;
    if changed == 0 { Err(StoreError::NotFound(Thing::Run)) } else { Ok(()) }
}

/// The runs of an organization, or of all, the latest first.
///
/// # Errors
/// [`StoreError`] when the disk can't be read.
pub fn list(conn: &Connection, organization: Option<OrganizationId>, limit: u32) -> Result<Vec<Run>, StoreError> {
    let values = [organization.map_or(Value::Null, |id| id.0.into()), limit.into()];
    select(conn, "(?1 IS NULL OR r.organization = ?1)", "LIMIT ?2", &values)
}

/// One run.
///
/// # Errors
/// [`StoreError::NotFound`] when there is none of that number.
pub fn get(conn: &Connection, run: RunId) -> Result<Run, StoreError> {
    select(conn, "r.id = ?1", "", &[run.0.into()])?.pop().ok_or(StoreError::NotFound(Thing::Run))
}

/// The runs that are under way, cut off or interrupted, the latest first.
///
/// # Errors
/// [`StoreError`] when the disk can't be read.
pub fn unfinished(conn: &Connection) -> Result<Vec<Run>, StoreError> {
    select(conn, "r.state IN ('running', 'interrupted')", "", &[])
}

/// A run's mailboxes by verdict. One that waits for an answer counts as not run, also when a refusal has settled its verdict
/// already: the figures then add up with those of the mailboxes that are done.
///
/// # Errors
/// [`StoreError::NotFound`] when there is none of that number.
pub fn ledger(conn: &Connection, run: RunId) -> Result<Ledger, StoreError> {
    get(conn, run).map(|run| run.ledger)
}

fn select(conn: &Connection, condition: &'static str, limit: &'static str, values: &[Value]) -> Result<Vec<Run>, StoreError> {
    let mut statement = conn.prepare_cached(&format!(
        "SELECT   r.id, r.organization, o.name, o.tenant, r.state, r.workloads, r.failed_of, r.started, r.ended, r.mailboxes,
                  r.mailboxes_done, r.probes, r.probes_done, r.requests, r.throttled, r.retried, r.parked_until, r.passed, r.failed, r.unknown
         FROM     runs AS r JOIN organizations AS o ON o.id = r.organization
         WHERE    {condition}
         ORDER BY r.id DESC {limit}"
    ))?;
    Ok(statement.query_map(params_from_iter(values), run_row)?.collect::<rusqlite::Result<_>>()?)
}

fn run_row(row: &Row<'_>) -> rusqlite::Result<Run> {
    let (mailboxes, passed, failed, unknown): (u32, u32, u32, u32) = (row.get(9)?, row.get(17)?, row.get(18)?, row.get(19)?);
    let not_run = mailboxes.saturating_sub(passed).saturating_sub(failed).saturating_sub(unknown);
    Ok(Run {
        id: RunId(row.get(0)?),
        organization: OrganizationId(row.get(1)?),
        organization_name: row.get(2)?,
        tenant: TenantId(row.get(3)?),
        state: text::named(row, 4)?,
        workloads: text::json(row, 5)?,
        failed_of: row.get::<_, Option<u32>>(6)?.map(RunId),
        started: text::moment(row, 7)?,
        ended: text::maybe_moment(row, 8)?,
        parked_until: text::maybe_moment(row, 16)?,
        mailboxes,
        mailboxes_done: row.get(10)?,
        probes: row.get(11)?,
        probes_done: row.get(12)?,
        counters: Counters { requests: row.get(13)?, throttled: row.get(14)?, retried: row.get(15)? },
        ledger: Ledger { passed, failed, unknown, not_run },
    })
}
