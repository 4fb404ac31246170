//! What a run came to: mailbox by mailbox, and its errors in groups.

use std::collections::HashMap;

use rollcall_core::id::{ObjectId, RunId, UserId};
use rollcall_core::issue::Cause;
use rollcall_core::time::Timestamp;
use rollcall_core::verdict::Verdict;
use rollcall_core::workload::Workload;
use rusqlite::types::Value;
use rusqlite::{Connection, Row, Rows, params, params_from_iter};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Plan, Planned, RunState, WorkloadResult};
use crate::error::StoreError;
use crate::fold::fold;
use crate::result::of_mailbox;
use crate::{passes, text};

/// Equal errors over many mailboxes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct FingerprintRow {
    pub fingerprint: String,
    pub cause: Option<Cause>,
    pub http: Option<u16>,
    pub code: Option<String>,
    pub workload: Workload,
    pub mailboxes: u32,
    /// How many mailboxes have the same cause on any workload and with any code: each counts once.
    pub with_cause: u32,
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

/// Request ids in a group: enough for a support case.
const SAMPLES: usize = 5;

/// A run's errors in groups, the largest first.
///
/// # Errors
/// [`StoreError`] when the disk can't be read.
pub fn fingerprints(conn: &Connection, run: RunId) -> Result<Vec<FingerprintRow>, StoreError> {
    let mut groups = conn.prepare_cached(
        "SELECT   fingerprint, min(cause), min(http), min(code), min(workload), count(*), min(checked), max(checked)
         FROM     probes
         WHERE    run = ?1 AND fingerprint IS NOT NULL AND verdict IN ('failed', 'unknown')
         GROUP BY fingerprint
         ORDER BY count(*) DESC, fingerprint",
    )?;
    let mut causes = conn.prepare_cached(
        "SELECT   cause, count(DISTINCT user)
         FROM     probes
         WHERE    run = ?1 AND cause IS NOT NULL AND verdict IN ('failed', 'unknown')
         GROUP BY cause",
    )?;
    let causes = reach(causes.query([run.0])?)?;
    let groups: Vec<FingerprintRow> = groups.query_map([run.0], fingerprint_row)?.collect::<rusqlite::Result<_>>()?;
    let mut samples = samples(conn, run)?;
    let with_samples = |group: FingerprintRow| {
        let sample_request_ids = samples.remove(&group.fingerprint).unwrap_or_default();
        FingerprintRow { sample_request_ids, ..group.within(&causes) }
    };
    Ok(groups.into_iter().map(with_samples).collect())
}

/// The first request ids of each group, found while going through the run's answers once.
fn samples(conn: &Connection, run: RunId) -> Result<HashMap<String, Vec<String>>, StoreError> {
    let mut statement = conn.prepare_cached(
        "SELECT   fingerprint, request_id
         FROM     probes
         WHERE    run = ?1 AND fingerprint IS NOT NULL AND request_id IS NOT NULL
         ORDER BY user, workload",
    )?;
    let mut rows = statement.query([run.0])?;
    let mut samples: HashMap<String, Vec<String>> = HashMap::new();
    while let Some(row) = rows.next()? {
        let fingerprint = row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?;
        match samples.get_mut(fingerprint) {
            Some(ids) if ids.len() < SAMPLES => ids.push(row.get(1)?),
            Some(_) => {}
            None => {
                samples.insert(fingerprint.to_owned(), vec![row.get(1)?]);
            }
        }
    }
    Ok(samples)
}

/// Reads two columns: the cause, and how many mailboxes have it.
fn reach(mut rows: Rows<'_>) -> rusqlite::Result<HashMap<Cause, u32>> {
    let mut reach = HashMap::new();
    while let Some(row) = rows.next()? {
        reach.insert(text::named(row, 0)?, row.get(1)?);
    }
    Ok(reach)
}

impl FingerprintRow {
    /// The group with the reach of its cause; a group without a cause stands for itself.
    fn within(self, causes: &HashMap<Cause, u32>) -> Self {
        let with_cause = self.cause.and_then(|cause| causes.get(&cause).copied()).unwrap_or(self.mailboxes);
        Self { with_cause, ..self }
    }
}

/// Reads eight columns: fingerprint, cause, http, code, workload, mailboxes, first and last seen.
fn fingerprint_row(row: &Row<'_>) -> rusqlite::Result<FingerprintRow> {
    Ok(FingerprintRow {
        fingerprint: row.get(0)?,
        cause: text::maybe_named(row, 1)?,
        http: row.get(2)?,
        code: row.get(3)?,
        workload: text::named(row, 4)?,
        mailboxes: row.get(5)?,
        with_cause: 0,
        sample_request_ids: Vec::new(),
        first_seen: text::moment(row, 6)?,
        last_seen: text::moment(row, 7)?,
    })
}

/// A window of a run's results: what needs somebody first (failed, unknown, not run, passed), by name within.
///
/// # Errors
/// [`StoreError`] when the disk can't be read, or there is no such run.
pub fn results(conn: &Connection, run: RunId, filter: &ResultFilter, offset: u32, limit: u32) -> Result<ResultPage, StoreError> {
    let plan = Plan::of(conn, run)?;
    let narrowed = filter.fingerprint.is_some() || filter.search.as_ref().is_some_and(|search| !search.trim().is_empty());
    if plan.complete && !narrowed {
        by_verdict(conn, run, &plan, filter, offset, limit)
    } else {
        scan(conn, run, &plan, filter, offset, limit)
    }
}

/// The order in which verdicts are listed.
const ORDER: [Verdict; 4] = [Verdict::Failed, Verdict::Unknown, Verdict::NotRun, Verdict::Passed];

/// Goes through the verdicts one after the other, each by an index and in order of name.
fn by_verdict(
    conn: &Connection,
    run: RunId,
    plan: &Plan,
    filter: &ResultFilter,
    offset: u32,
    limit: u32,
) -> Result<ResultPage, StoreError> {
    let (mut matching, mut offset, mut rows) = (0, offset, Vec::new());
    let counts = counts(conn, run, plan)?;
    for (verdict, count) in ORDER.into_iter().zip(counts) {
        if !filter.verdict.is_empty() && !filter.verdict.contains(&verdict) {
            continue;
        }
        matching += count;
        let left = limit.saturating_sub(u32::try_from(rows.len()).unwrap_or(u32::MAX));
        if offset < count && left > 0 {
            let mut statement = conn.prepare_cached(of_verdict(verdict))?;
            let mut found = match verdict {
                Verdict::Failed | Verdict::Unknown => statement.query(params![run.0, left, offset])?,
                Verdict::NotRun | Verdict::Passed => statement.query(params![run.0, left, offset, plan.state == RunState::Finished])?,
            };
            while let Some(row) = found.next()? {
                rows.push(mailbox_result(conn, run, plan, row)?);
            }
        }
        offset = offset.saturating_sub(count);
    }
    Ok(ResultPage { matching, rows })
}

/// How many mailboxes there are of each verdict, in the order of [`ORDER`]; those that wait for more answers included.
fn counts(conn: &Connection, run: RunId, plan: &Plan) -> Result<[u32; 4], StoreError> {
    let mut statement = conn.prepare_cached(
        "SELECT count(*) FILTER (WHERE verdict = 'failed'), count(*) FILTER (WHERE verdict = 'unknown')
         FROM   run_mailboxes INDEXED BY run_mailboxes_open
         WHERE  run = ?1 AND verdict IN ('failed', 'unknown')",
    )?;
    let (failed, unknown): (u32, u32) = statement.query_row([run.0], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok([failed, unknown, plan.mailboxes.saturating_sub(failed + unknown + plan.passed), plan.passed])
}

/// Whether a mailbox has passed that has no verdict of its own: because a row of passes says that it has completed it, or because the run
/// is over (`?4`), in which nothing waits any more; in SQL.
macro_rules! has_passed {
    () => {
        "(m.remaining > 0
              AND (?4 OR EXISTS (SELECT 1
                                 FROM   passes AS p
                                 WHERE  p.run = m.run AND p.block = m.user / 16 AND p.completed >> (m.user % 16) & 1)))"
    };
}

/// A window of the mailboxes of one verdict. The index of those that need somebody holds only them (its condition
/// must be repeated to be known); the others are most of a run, and found while going by name.
const fn of_verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Failed => {
            "SELECT   user, object_id, upn, display_name, verdict
             FROM     run_mailboxes INDEXED BY run_mailboxes_open
             WHERE    run = ?1 AND verdict = 'failed' AND verdict IN ('failed', 'unknown')
             ORDER BY name_key, user
             LIMIT    ?2 OFFSET ?3"
        }
        Verdict::Unknown => {
            "SELECT   user, object_id, upn, display_name, verdict
             FROM     run_mailboxes INDEXED BY run_mailboxes_open
             WHERE    run = ?1 AND verdict = 'unknown' AND verdict IN ('failed', 'unknown')
             ORDER BY name_key, user
             LIMIT    ?2 OFFSET ?3"
        }
        Verdict::NotRun => concat!(
            "SELECT   m.user, m.object_id, m.upn, m.display_name, 'not_run'
             FROM     run_mailboxes AS m INDEXED BY run_mailboxes_by_name
             WHERE    m.run = ?1 AND m.verdict NOT IN ('failed', 'unknown', 'passed') AND NOT ",
            has_passed!(),
            "
             ORDER BY m.name_key, m.user
             LIMIT    ?2 OFFSET ?3"
        ),
        Verdict::Passed => concat!(
            "SELECT   m.user, m.object_id, m.upn, m.display_name, 'passed'
             FROM     run_mailboxes AS m INDEXED BY run_mailboxes_by_name
             WHERE    m.run = ?1 AND (m.verdict = 'passed' OR ",
            has_passed!(),
            ")
             ORDER BY m.name_key, m.user
             LIMIT    ?2 OFFSET ?3"
        ),
    }
}

/// Goes through all mailboxes: for a search, and while the run is still being planned.
fn scan(conn: &Connection, run: RunId, plan: &Plan, filter: &ResultFilter, offset: u32, limit: u32) -> Result<ResultPage, StoreError> {
    let source = plan.source();
    let (condition, mut values) = condition(run, filter)?;
    let mut statement = conn.prepare_cached(&format!("SELECT count(*) FROM {source} WHERE {condition}"))?;
    let matching = statement.query_row(params_from_iter(&values), |row| row.get(0))?;
    values.extend([limit.into(), offset.into()]);
    let mut statement = conn.prepare_cached(&format!(
        "SELECT   user, object_id, upn, display_name, verdict
         FROM     {source}
         WHERE    {condition}
         ORDER BY CASE verdict WHEN 'failed' THEN 0 WHEN 'unknown' THEN 1 WHEN 'not_run' THEN 2 ELSE 3 END, name_key, user
         LIMIT    ? OFFSET ?"
    ))?;
    let mut found = statement.query(params_from_iter(&values))?;
    let mut rows = Vec::new();
    while let Some(row) = found.next()? {
        rows.push(mailbox_result(conn, run, plan, row)?);
    }
    Ok(ResultPage { matching, rows })
}

/// Hands every result of a run to `each`, one at a time and in the order of the users' numbers, without holding them all.
///
/// # Errors
/// The first error of `each`, and [`StoreError`] when the disk can't be read, or there is no such run.
pub fn each_result<E: From<StoreError>>(
    conn: &Connection,
    run: RunId,
    mut each: impl FnMut(MailboxResult) -> Result<(), E>,
) -> Result<(), E> {
    let plan = Plan::of(conn, run)?;
    let sql = format!(
        "SELECT   user, object_id, upn, display_name, verdict
         FROM     {}
         WHERE    run = ?1
         ORDER BY user",
        plan.source()
    );
    let mut statement = conn.prepare_cached(&sql).map_err(StoreError::from)?;
    let mut rows = statement.query([run.0]).map_err(StoreError::from)?;
    while let Some(row) = rows.next().map_err(StoreError::from)? {
        each(mailbox_result(conn, run, &plan, row)?)?;
    }
    Ok(())
}

fn condition(run: RunId, filter: &ResultFilter) -> Result<(String, Vec<Value>), StoreError> {
    let (mut clauses, mut values) = (vec!["run = ?"], vec![Value::from(run.0)]);
    if !filter.verdict.is_empty() {
        clauses.push("verdict IN (SELECT value FROM json_each(?))");
        values.push(text::to_json(&filter.verdict)?.into());
    }
    if let Some(fingerprint) = &filter.fingerprint {
        clauses.push("user IN (SELECT user FROM probes WHERE run = ? AND fingerprint = ?)");
        values.extend([run.0.into(), fingerprint.clone().into()]);
    }
    if let Some(search) = filter.search.as_deref().map(str::trim).filter(|search| !search.is_empty()) {
        clauses.push("(instr(name_key, ?) > 0 OR instr(lower(upn), ?) > 0)");
        values.extend([fold(search).into(), search.to_lowercase().into()]);
    }
    Ok((clauses.join(" AND "), values))
}

fn mailbox_result(conn: &Connection, run: RunId, plan: &Plan, row: &Row<'_>) -> Result<MailboxResult, StoreError> {
    let user = UserId(row.get(0)?);
    let mut statement = conn.prepare_cached(
        "SELECT workload, verdict, http, code, cause, fingerprint, request_id, client_request_id, checked, digest, mailbox
         FROM   probes
         WHERE  run = ?1 AND user = ?2",
    )?;
    let mut answers: Vec<WorkloadResult> =
        statement.query_map(params![run.0, user.0], |row| WorkloadResult::read(row, 0, run, user))?.collect::<rusqlite::Result<_>>()?;
    answers.extend(passes::of_mailbox(conn, run, user)?);
    let passed = text::maybe_named(row, 4).ok().flatten() == Some(Verdict::Passed);
    let answer = |planned: &Planned| {
        let mut found = answers.iter().filter(|answer| answer.workload == planned.workload);
        match (found.clone().find(|answer| answer.intact).or_else(|| found.next()), planned.not_asked) {
            (Some(answer), _) => answer.clone(),
            // A mailbox passes with its last answer, and a run ends with it, so one that is not there any more was lost.
            (None, None) if passed || plan.state == RunState::Finished => WorkloadResult::damaged(planned.workload),
            (None, _) => WorkloadResult::unanswered(planned.workload, plan.unanswered(planned.workload)),
        }
    };
    let workloads: Vec<WorkloadResult> = plan.workloads.iter().map(answer).collect();
    let verdicts: Vec<_> = workloads.iter().map(|result| (result.verdict, result.cause)).collect();
    Ok(MailboxResult {
        user,
        object_id: text::parsed(row, 1)?,
        upn: row.get(2)?,
        display_name: row.get(3)?,
        verdict: of_mailbox(&verdicts),
        workloads,
    })
}
