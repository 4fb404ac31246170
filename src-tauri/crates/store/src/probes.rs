//! Probes: the queue of a run, one row a mailbox and workload, and the answers that came.

use rollcall_core::id::{ObjectId, OrganizationId, RunId, UserId};
use rollcall_core::issue::Cause;
use rollcall_core::time::Timestamp;
use rollcall_core::verdict::Verdict;
use rollcall_core::workload::Workload;
use rusqlite::{Connection, OptionalExtension, Transaction, params};
use serde::Serialize;
use ts_rs::TS;

use crate::error::{StoreError, Thing};
use crate::result::{WorkloadResult, of_mailbox};
use crate::runs::Counters;
use crate::{checks, text};

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

/// The queued probes after a turn, or from the first, in order of turn: neighbours are of different mailboxes, and mailboxes are
/// completed in blocks. Those put off are among them. A probe stays queued until it is committed: who has it in hand must
/// remember so.
///
/// # Errors
/// [`StoreError`] when the disk can't be read.
pub fn queued(conn: &Connection, run: RunId, after: Option<i64>, limit: u32) -> Result<Vec<QueuedProbe>, StoreError> {
    let mut statement = conn.prepare_cached(
        "SELECT   p.turn, p.user, m.object_id, p.workload, p.due, p.attempts
         FROM     probes AS p INDEXED BY probes_queued
                  JOIN run_mailboxes AS m ON m.run = p.run AND m.user = p.user
         WHERE    p.run = ?1 AND p.verdict IS NULL AND p.turn > ?2
         ORDER BY p.turn
         LIMIT    ?3",
    )?;
    let queued = statement.query_map(params![run.0, after.unwrap_or(-1), limit], |row| {
        Ok(QueuedProbe {
            turn: row.get(0)?,
            user: UserId(row.get(1)?),
            object_id: text::parsed(row, 2)?,
            workload: text::named(row, 3)?,
            due: text::moment(row, 4)?,
            attempts: row.get(5)?,
        })
    })?;
    Ok(queued.collect::<rusqlite::Result<_>>()?)
}

/// Records answers (the probe, its mailbox's verdict, the user's issues, and the run's figures) and puts off what is to be asked
/// again. Only probes still queued change, so recording twice changes nothing and counts nothing twice; a group whose answers
/// were all recorded before adds no `counters` either.
///
/// # Errors
/// [`StoreError::NotFound`] when there is no such run.
pub fn commit(
    tx: &Transaction<'_>,
    run: RunId,
    settled: &[ProbeResult],
    put_off: &[Postponed],
    counters: Counters,
    now: Timestamp,
) -> Result<Recorded, StoreError> {
    let organization = tx
        .query_row("SELECT organization FROM runs WHERE id = ?1", [run.0], |row| row.get(0).map(OrganizationId))
        .optional()?
        .ok_or(StoreError::NotFound(Thing::Run))?;
    postpone(tx, run, put_off)?;
    let mut recorded = Recorded::default();
    for result in settled {
        let row = row_of(result, now);
        if !settle(tx, run, result, &row)? {
            continue;
        }
        recorded.probes += 1;
        let mailbox = count_down(tx, run, result.user)?;
        if mailbox.complete {
            recorded.completed(mailbox.verdict);
        }
        if checks::keep(tx, run, organization, result.user, &row)?.is_some_and(|moved| moved || mailbox.complete) {
            checks::summarize(tx, run, result.user, mailbox, now)?;
        }
    }
    if recorded.probes > 0 || settled.is_empty() {
        add_to_run(tx, run, recorded, counters)?;
    }
    Ok(recorded)
}

fn postpone(tx: &Transaction<'_>, run: RunId, probes: &[Postponed]) -> Result<(), StoreError> {
    let mut statement = tx.prepare_cached(
        "UPDATE probes
         SET    due = ?4, attempts = ?5
         WHERE  run = ?1 AND user = ?2 AND workload = ?3 AND verdict IS NULL",
    )?;
    for probe in probes {
        statement.execute(params![run.0, probe.user.0, probe.workload.name(), probe.due.0, probe.attempts])?;
    }
    Ok(())
}

impl Recorded {
    const fn completed(&mut self, verdict: Verdict) {
        self.mailboxes += 1;
        match verdict {
            Verdict::Passed => self.passed += 1,
            Verdict::Failed => self.failed += 1,
            Verdict::Unknown => self.unknown += 1,
            Verdict::NotRun => {}
        }
    }
}

/// Where a mailbox stands within its run.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Mailbox {
    pub verdict: Verdict,
    /// Whether nothing of it is queued any more.
    pub complete: bool,
}

fn row_of(result: &ProbeResult, now: Timestamp) -> WorkloadResult {
    WorkloadResult {
        workload: result.workload,
        verdict: result.verdict,
        http: result.http,
        code: result.code.clone(),
        cause: result.cause,
        fingerprint: result.fingerprint.clone(),
        request_id: result.request_id.clone(),
        client_request_id: result.client_request_id.clone(),
        checked: Some(now),
        intact: true,
    }
}

/// Writes the answer of a probe; says whether it was still queued.
fn settle(tx: &Transaction<'_>, run: RunId, result: &ProbeResult, row: &WorkloadResult) -> Result<bool, StoreError> {
    let mut statement = tx.prepare_cached(
        "UPDATE probes
         SET    verdict = ?4, http = ?5, code = ?6, cause = ?7, fingerprint = ?8, request_id = ?9, client_request_id = ?10,
                checked = ?11, attempts = ?12, digest = ?13
         WHERE  run = ?1 AND user = ?2 AND workload = ?3 AND verdict IS NULL",
    )?;
    let changed = statement.execute(params![
        run.0,
        result.user.0,
        row.workload.name(),
        row.verdict.name(),
        row.http,
        row.code,
        row.cause.map(Cause::name),
        row.fingerprint,
        row.request_id,
        row.client_request_id,
        row.checked.map(|at| at.0),
        result.attempts,
        row.digest(run, result.user),
    ])?;
    Ok(changed > 0)
}

fn count_down(tx: &Transaction<'_>, run: RunId, user: UserId) -> Result<Mailbox, StoreError> {
    let mut statement = tx.prepare_cached("SELECT verdict, cause FROM probes WHERE run = ?1 AND user = ?2")?;
    let verdicts: Vec<(Verdict, Option<Cause>)> = statement
        .query_map(params![run.0, user.0], |row| Ok((text::maybe_named(row, 0)?.unwrap_or(Verdict::NotRun), text::maybe_named(row, 1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    let verdict = of_mailbox(&verdicts);
    let mut statement = tx.prepare_cached(
        "UPDATE    run_mailboxes
         SET       remaining = remaining - 1
         WHERE     run = ?1 AND user = ?2
         RETURNING remaining = 0, verdict <> ?3",
    )?;
    let (complete, moved): (bool, bool) =
        statement.query_row(params![run.0, user.0, verdict.name()], |row| Ok((row.get(0)?, row.get(1)?)))?;
    if moved {
        let mut statement = tx.prepare_cached("UPDATE run_mailboxes SET verdict = ?3 WHERE run = ?1 AND user = ?2")?;
        statement.execute(params![run.0, user.0, verdict.name()])?;
    }
    Ok(Mailbox { verdict, complete })
}

fn add_to_run(tx: &Transaction<'_>, run: RunId, recorded: Recorded, counters: Counters) -> Result<(), StoreError> {
    let mut statement = tx.prepare_cached(
        "UPDATE runs
         SET    probes_done = probes_done + ?2, mailboxes_done = mailboxes_done + ?3,
                requests = requests + ?4, throttled = throttled + ?5, retried = retried + ?6
         WHERE  id = ?1",
    )?;
    statement.execute(params![run.0, recorded.probes, recorded.mailboxes, counters.requests, counters.throttled, counters.retried])?;
    Ok(())
}
