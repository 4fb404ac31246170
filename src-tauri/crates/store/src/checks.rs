//! Checks: the latest answer of each mailbox's workload; one that is no pass is an open issue of the user.

use rollcall_core::id::{OrganizationId, RunId, TenantId, UserId};
use rollcall_core::issue::Cause;
use rollcall_core::time::Timestamp;
use rollcall_core::verdict::Verdict;
use rollcall_core::workload::Workload;
use rusqlite::types::Value;
use rusqlite::{CachedStatement, Connection, Row, Transaction, params, params_from_iter};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::error::StoreError;
use crate::probes::Mailbox;
use crate::result::Answer;
use crate::runs::{FingerprintRow, Plan, WorkloadResult, fingerprint_row, reach};
use crate::{text, users};

/// The latest answer of one workload of a user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Check {
    pub result: WorkloadResult,
    /// The run that asked.
    pub run: RunId,
    /// Since when the answer is of this fingerprint, or a pass.
    pub first_seen: Timestamp,
}

/// Which issues are meant. `None` doesn't narrow.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default, deny_unknown_fields)]
pub struct IssueFilter {
    pub organization: Option<OrganizationId>,
    pub tenant: Option<TenantId>,
    pub fingerprint: Option<String>,
    /// As in [`crate::users::UserFilter`].
    pub search: Option<String>,
}

/// An unresolved error of a user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Issue {
    pub user: UserId,
    pub upn: String,
    pub display_name: String,
    pub organization: OrganizationId,
    pub organization_name: String,
    pub check: Check,
}

/// A window of issues.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct IssuePage {
    pub matching: u32,
    pub rows: Vec<Issue>,
}

/// A window of the open issues, the newest first.
///
/// # Errors
/// [`StoreError`] when the disk can't be read.
pub fn issues(conn: &Connection, filter: &IssueFilter, offset: u32, limit: u32) -> Result<IssuePage, StoreError> {
    let (condition, mut values) = condition(filter);
    let mut statement =
        conn.prepare_cached(&format!("SELECT count(*) FROM checks AS c JOIN users AS u ON u.id = c.user WHERE {condition}"))?;
    let matching = statement.query_row(params_from_iter(&values), |row| row.get(0))?;
    values.extend([limit.into(), offset.into()]);
    let mut statement = conn.prepare_cached(&format!(
        "SELECT   c.user, c.run, c.first_seen,
                  c.workload, c.verdict, c.http, c.code, c.cause, c.fingerprint, c.request_id, c.client_request_id, c.checked, c.digest,
                  u.upn, u.display_name, u.organization, o.name
         FROM     checks AS c JOIN users AS u ON u.id = c.user JOIN organizations AS o ON o.id = u.organization
         WHERE    {condition}
         ORDER BY c.first_seen DESC, c.user, c.workload
         LIMIT    ? OFFSET ?"
    ))?;
    let rows = statement.query_map(params_from_iter(&values), |row| {
        Ok(Issue {
            user: UserId(row.get(0)?),
            upn: row.get(13)?,
            display_name: row.get(14)?,
            organization: OrganizationId(row.get(15)?),
            organization_name: row.get(16)?,
            check: check(row)?,
        })
    })?;
    Ok(IssuePage { matching, rows: rows.collect::<rusqlite::Result<_>>()? })
}

/// Request ids in a group: enough for a support case.
const SAMPLES: u32 = 5;

/// The open issues of an organization, or of all, in groups, the largest first.
///
/// # Errors
/// [`StoreError`] when the disk can't be read.
pub fn groups(conn: &Connection, organization: Option<OrganizationId>) -> Result<Vec<FingerprintRow>, StoreError> {
    let mut groups = conn.prepare_cached(
        "SELECT   c.fingerprint, min(c.cause), min(c.http), min(c.code), min(c.workload), count(*), min(c.first_seen), max(c.checked)
         FROM     checks AS c JOIN users AS u ON u.id = c.user
         WHERE    c.verdict IN ('failed', 'unknown') AND c.fingerprint IS NOT NULL AND (?1 IS NULL OR u.organization = ?1)
         GROUP BY c.fingerprint
         ORDER BY count(*) DESC, c.fingerprint",
    )?;
    let mut samples = conn.prepare_cached(
        "SELECT   c.request_id
         FROM     checks AS c JOIN users AS u ON u.id = c.user
         WHERE    c.verdict IN ('failed', 'unknown') AND c.fingerprint = ?2 AND c.request_id IS NOT NULL
                  AND (?1 IS NULL OR u.organization = ?1)
         LIMIT    ?3",
    )?;
    let mut causes = conn.prepare_cached(
        "SELECT   c.cause, count(DISTINCT c.user)
         FROM     checks AS c JOIN users AS u ON u.id = c.user
         WHERE    c.verdict IN ('failed', 'unknown') AND c.cause IS NOT NULL AND (?1 IS NULL OR u.organization = ?1)
         GROUP BY c.cause",
    )?;
    let organization = organization.map(|id| id.0);
    let causes = reach(causes.query([organization])?)?;
    let groups: Vec<FingerprintRow> = groups.query_map([organization], fingerprint_row)?.collect::<rusqlite::Result<_>>()?;
    let with_samples = groups.into_iter().map(|group| {
        let ids = samples.query_map(params![organization, group.fingerprint, SAMPLES], |row| row.get(0))?;
        Ok(FingerprintRow { sample_request_ids: ids.collect::<rusqlite::Result<_>>()?, ..group.within(&causes) })
    });
    with_samples.collect()
}

/// The latest answer of each workload of a user.
///
/// # Errors
/// [`StoreError`] when the disk can't be read.
pub fn of_user(conn: &Connection, user: UserId) -> Result<Vec<Check>, StoreError> {
    let mut statement = conn.prepare_cached(
        "SELECT user, run, first_seen,
                workload, verdict, http, code, cause, fingerprint, request_id, client_request_id, checked, digest
         FROM   checks
         WHERE  user = ?1",
    )?;
    let mut checks: Vec<Check> = statement.query_map([user.0], check)?.collect::<rusqlite::Result<_>>()?;
    checks.sort_by_key(|check| check.result.workload);
    Ok(checks)
}

/// The statements that keep the users' latest answers while a run is under way.
pub(crate) struct Keeper<'a> {
    run: RunId,
    now: Timestamp,
    /// Workloads that the integration doesn't cover.
    uncovered: Vec<Workload>,
    keep: CachedStatement<'a>,
    drop: CachedStatement<'a>,
    open: CachedStatement<'a>,
    pass: CachedStatement<'a>,
    summarize: CachedStatement<'a>,
}

impl<'a> Keeper<'a> {
    pub fn new(tx: &'a Transaction<'_>, run: RunId, plan: &Plan, now: Timestamp) -> Result<Self, StoreError> {
        let uncovered = plan.not_asked().filter(|(_, cause)| *cause == Cause::NotCovered);
        Ok(Self {
            run,
            now,
            uncovered: uncovered.map(|(workload, _)| workload).collect(),
            keep: tx.prepare_cached(
                "INSERT INTO checks (user, workload, run, verdict, http, code, cause, fingerprint, request_id, client_request_id,
                                     checked, digest, first_seen)
                 VALUES             (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?11)
                 ON CONFLICT (user, workload) DO UPDATE
                 SET run = excluded.run, verdict = excluded.verdict, http = excluded.http, code = excluded.code,
                     cause = excluded.cause, fingerprint = excluded.fingerprint, request_id = excluded.request_id,
                     client_request_id = excluded.client_request_id, checked = excluded.checked, digest = excluded.digest,
                     first_seen = iif(fingerprint IS excluded.fingerprint, first_seen, excluded.first_seen)",
            )?,
            drop: tx.prepare_cached("DELETE FROM checks WHERE user = ?1 AND workload = ?2")?,
            open: tx.prepare_cached(
                "SELECT   verdict, cause
                 FROM     checks
                 WHERE    user = ?1 AND verdict IN ('failed', 'unknown')
                 ORDER BY verdict, workload",
            )?,
            pass: tx.prepare_cached("UPDATE users SET verdict = ?2, checked = ?3 WHERE id = ?1")?,
            summarize: tx.prepare_cached(
                "UPDATE users
                 SET    open_issues = ?2, first_cause = ?3, verdict = iif(?4, ?5, verdict), checked = iif(?4, ?6, checked)
                 WHERE  id = ?1",
            )?,
        })
    }

    /// Keeps an answer as the latest of its workload.
    pub fn keep(&mut self, user: UserId, answer: &Answer<'_>, digest: &[u8; 32]) -> Result<(), StoreError> {
        self.keep.execute(params![
            user.0,
            answer.workload.name(),
            self.run.0,
            answer.verdict.name(),
            answer.http,
            answer.code,
            answer.cause.map(Cause::name),
            answer.fingerprint,
            answer.request_id,
            answer.client_request_id,
            answer.checked.map(|at| at.0),
            digest,
        ])?;
        Ok(())
    }

    /// Brings the user's own row in line with its checks; `touched` says whether it has, or had, an open issue. A pass of the
    /// mailbox doesn't hide an issue of a workload that the run left out; a refusal counts at once, a pass only when the mailbox
    /// is complete.
    pub fn summarize(&mut self, user: UserId, mailbox: Mailbox, touched: bool) -> Result<(), StoreError> {
        if mailbox.complete {
            // What the integration doesn't cover any more is no issue any more.
            for workload in &self.uncovered {
                self.drop.execute(params![user.0, workload.name()])?;
            }
        }
        if !touched {
            self.pass.execute(params![user.0, mailbox.verdict.name(), self.now.0])?;
            return Ok(());
        }
        let open: Vec<(Verdict, Option<String>)> =
            self.open.query_map([user.0], |row| Ok((text::named(row, 0)?, row.get(1)?)))?.collect::<rusqlite::Result<_>>()?;
        // By name, failed comes before unknown.
        let worst = open.first().map_or(mailbox.verdict, |(verdict, _)| *verdict);
        let cause = open.first().and_then(|(_, cause)| cause.as_deref());
        let settled = mailbox.complete || !open.is_empty();
        let issues = u32::try_from(open.len()).unwrap_or(u32::MAX);
        self.summarize.execute(params![user.0, issues, cause, settled, worst.name(), self.now.0])?;
        Ok(())
    }
}

fn condition(filter: &IssueFilter) -> (String, Vec<Value>) {
    let (mut clauses, mut values) = (vec!["c.verdict IN ('failed', 'unknown')"], Vec::new());
    if let Some(organization) = filter.organization {
        clauses.push("u.organization = ?");
        values.push(organization.0.into());
    }
    if let Some(tenant) = filter.tenant {
        clauses.push("u.tenant = ?");
        values.push(tenant.0.into());
    }
    if let Some(fingerprint) = &filter.fingerprint {
        clauses.push("c.fingerprint = ?");
        values.push(fingerprint.clone().into());
    }
    for (clause, found) in filter.search.iter().flat_map(|searched| users::search(searched)) {
        clauses.push(clause);
        values.extend(found);
    }
    (clauses.join(" AND "), values)
}

/// Reads user, run and first seen, and then the ten columns of the answer.
fn check(row: &Row<'_>) -> rusqlite::Result<Check> {
    let (user, run) = (UserId(row.get(0)?), RunId(row.get(1)?));
    Ok(Check { run, first_seen: text::moment(row, 2)?, result: WorkloadResult::read(row, 3, run, user)? })
}
