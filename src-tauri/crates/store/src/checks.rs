//! Checks: the latest answer of each mailbox's workload; one that is no pass is an open issue of the user.

use std::borrow::Cow;

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
use crate::runs::{Plan, Planned, WorkloadResult};
use crate::{passes, text, users};

/// The latest answer of one workload of a user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Check {
    pub result: WorkloadResult,
    /// The run that asked; none where it was a sync session.
    pub run: Option<RunId>,
    /// Since when the answer is of this fingerprint, or a pass.
    pub first_seen: Timestamp,
}

/// What a workload of a user last answered, in short.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
pub struct WorkloadVerdict {
    pub workload: Workload,
    pub verdict: Verdict,
}

/// Which issues are meant. `None` doesn't narrow.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default, deny_unknown_fields)]
pub struct IssueFilter {
    pub organization: Option<OrganizationId>,
    pub tenant: Option<TenantId>,
    /// Of any of these; an empty list doesn't narrow.
    pub fingerprints: Vec<String>,
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
    let (condition, mut values) = condition(filter)?;
    let mut statement =
        conn.prepare_cached(&format!("SELECT count(*) FROM checks AS c JOIN users AS u ON u.id = c.user WHERE {condition}"))?;
    let matching = statement.query_row(params_from_iter(&values), |row| row.get(0))?;
    values.extend([limit.into(), offset.into()]);
    let mut statement = conn.prepare_cached(&format!(
        "SELECT   c.user, c.run, c.first_seen,
                  c.workload, c.verdict, c.http, c.code, c.cause, c.fingerprint, c.request_id, c.client_request_id, c.checked, c.digest,
                  c.mailbox, u.upn, u.display_name, u.organization, o.name
         FROM     checks AS c JOIN users AS u ON u.id = c.user JOIN organizations AS o ON o.id = u.organization
         WHERE    {condition}
         ORDER BY c.first_seen DESC, c.user, c.workload
         LIMIT    ? OFFSET ?"
    ))?;
    let rows = statement.query_map(params_from_iter(&values), |row| {
        Ok(Issue {
            user: UserId(row.get(0)?),
            upn: row.get(14)?,
            display_name: row.get(15)?,
            organization: OrganizationId(row.get(16)?),
            organization_name: row.get(17)?,
            check: check(row)?,
        })
    })?;
    Ok(IssuePage { matching, rows: rows.collect::<rusqlite::Result<_>>()? })
}

/// The latest answer of each workload of a user.
///
/// # Errors
/// [`StoreError`] when the disk can't be read.
pub fn of_user(conn: &Connection, user: UserId) -> Result<Vec<Check>, StoreError> {
    let mut statement = conn.prepare_cached(
        "SELECT user, run, first_seen,
                workload, verdict, http, code, cause, fingerprint, request_id, client_request_id, checked, digest, mailbox,
                verdict <> 'passed', passes
         FROM   checks
         WHERE  user = ?1",
    )?;
    let kept = statement.query_map([user.0], |row| Ok(Kept { check: check(row)?, is_issue: row.get(14)?, at: row.get(15)? }))?;
    let mut kept: Vec<Kept> = kept.collect::<rusqlite::Result<_>>()?;
    let mut checks = passes_of_user(conn, user, &mut kept)?;
    checks.extend(kept.into_iter().map(|kept| kept.check));
    checks.sort_by_key(|check| check.result.workload);
    Ok(checks)
}

/// The same in short; workloads that never answered are left out.
///
/// # Errors
/// [`StoreError`] when the disk can't be read.
pub fn verdicts(conn: &Connection, user: UserId) -> Result<Vec<WorkloadVerdict>, StoreError> {
    let short = |check: Check| WorkloadVerdict { workload: check.result.workload, verdict: check.result.verdict };
    Ok(of_user(conn, user)?.into_iter().map(short).collect())
}

/// A row of checks, and how many rows of passes there were when it was written.
struct Kept {
    check: Check,
    is_issue: bool,
    at: i64,
}

/// The passes that are the latest answers of a user's workloads, and that no row of checks tells of. An issue that is kept is always
/// the latest, because the pass that ends it is kept, too; since a pass that is kept there were passes only. Takes out of `kept` what
/// passes have outdated, or what a later run says isn't covered any more.
fn passes_of_user(conn: &Connection, user: UserId, kept: &mut Vec<Kept>) -> Result<Vec<Check>, StoreError> {
    let mut statement = conn.prepare_cached(&format!(
        "SELECT   p.number, p.run, p.completed, r.workloads, {}
         FROM     users AS u
                  CROSS JOIN runs AS r ON r.organization = u.organization
                  CROSS JOIN passes AS p ON p.run = r.id AND p.block = ?2
         WHERE    u.id = ?1 AND p.number > u.forgotten
         ORDER BY p.number DESC",
        passes::Row::COLUMNS
    ))?;
    let mut rows = statement.query(params![user.0, passes::block_of(user)])?;
    let mut latest: Vec<Check> = Vec::new();
    let mut not_covered = passes::Workloads::default();
    while let Some(row) = rows.next()? {
        let number: i64 = row.get(0)?;
        let packed = passes::Row::read(row, 4, RunId(row.get(1)?), passes::block_of(user))?;
        for result in packed.of(user).filter(|result| !not_covered.contains(result.workload)) {
            let kept = kept.iter().find(|kept| kept.check.result.workload == result.workload);
            if kept.is_some_and(|kept| kept.is_issue || kept.at >= number) {
                continue;
            }
            match latest.iter_mut().find(|check| check.result.workload == result.workload) {
                // The first of the passes in a row, as far as it can be told.
                Some(check) => check.first_seen = result.checked.unwrap_or(check.first_seen),
                None => latest.push(Check { run: Some(packed.run), first_seen: packed.checked, result }),
            }
        }
        if row.get::<_, u32>(2)? & 1 << passes::place_of(user) != 0 {
            let plan: Vec<Planned> = text::json(row, 3)?;
            for planned in plan.iter().filter(|planned| planned.not_asked == Some(Cause::NotCovered)) {
                not_covered.insert(planned.workload);
                kept.retain(|kept| kept.check.result.workload != planned.workload || kept.at >= number);
            }
        }
    }
    for check in &mut latest {
        if let Some(place) = kept.iter().position(|kept| kept.check.result.workload == check.result.workload) {
            check.first_seen = kept.swap_remove(place).check.first_seen;
        }
    }
    Ok(latest)
}

/// Keeps an answer as the latest of its workload.
const KEEP: &str = "
    INSERT INTO checks (user, workload, run, verdict, http, code, cause, fingerprint, request_id, client_request_id,
                        checked, digest, mailbox, first_seen, passes)
    VALUES             (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?11, ?14)
    ON CONFLICT (user, workload) DO UPDATE
    SET run = excluded.run, verdict = excluded.verdict, http = excluded.http, code = excluded.code,
        cause = excluded.cause, fingerprint = excluded.fingerprint, request_id = excluded.request_id,
        client_request_id = excluded.client_request_id, checked = excluded.checked, digest = excluded.digest,
        mailbox = excluded.mailbox, passes = excluded.passes,
        first_seen = iif(fingerprint IS excluded.fingerprint, first_seen, excluded.first_seen)";

/// The open issues of a user, the gravest first: by name, failed comes before unknown.
const OPEN: &str = "
    SELECT   verdict, cause
    FROM     checks
    WHERE    user = ?1 AND verdict IN ('failed', 'unknown')
    ORDER BY verdict, workload";

/// The statements that keep the users' latest answers while a run is under way: all but the passes that follow no issue, which are
/// found among those of the runs.
pub(crate) struct Keeper<'a> {
    run: RunId,
    organization: OrganizationId,
    now: Timestamp,
    /// The last row of passes before the commit; those that come with it are of answers that are no older.
    passes: i64,
    /// Workloads that the integration doesn't cover.
    uncovered: Vec<Workload>,
    keep: CachedStatement<'a>,
    drop: CachedStatement<'a>,
    open: CachedStatement<'a>,
    here: CachedStatement<'a>,
    complete: CachedStatement<'a>,
    pass: CachedStatement<'a>,
    summarize: CachedStatement<'a>,
}

impl<'a> Keeper<'a> {
    pub fn new(tx: &'a Transaction<'_>, run: RunId, plan: &Plan, now: Timestamp) -> Result<Self, StoreError> {
        let uncovered = plan.not_asked().filter(|(_, cause)| *cause == Cause::NotCovered);
        Ok(Self {
            run,
            organization: plan.organization,
            now,
            passes: passes::last(tx)?,
            uncovered: uncovered.map(|(workload, _)| workload).collect(),
            keep: tx.prepare_cached(KEEP)?,
            drop: tx.prepare_cached("DELETE FROM checks WHERE user = ?1 AND workload = ?2")?,
            open: tx.prepare_cached(OPEN)?,
            here: tx.prepare_cached("SELECT EXISTS (SELECT 1 FROM users WHERE id = ?1 AND organization = ?2)")?,
            complete: tx.prepare_cached(
                "INSERT INTO verdicts (user, verdict, checked, open_issues)
                 SELECT                id,   ?2,      ?3,      0
                 FROM   users
                 WHERE  id = ?1 AND organization = ?4
                 ON CONFLICT (user) DO UPDATE
                 SET verdict = excluded.verdict, checked = excluded.checked",
            )?,
            pass: tx.prepare_cached(
                "INSERT INTO verdicts (user, verdict,  checked, open_issues)
                 SELECT                id,   'passed', ?4,      0
                 FROM   users NOT INDEXED
                 WHERE  id BETWEEN ?1 AND ?2 AND (?3 >> (id - ?1)) & 1 AND organization = ?5
                 ON CONFLICT (user) DO UPDATE
                 SET verdict = excluded.verdict, checked = excluded.checked",
            )?,
            summarize: tx.prepare_cached(
                "INSERT INTO verdicts (user, open_issues, first_cause, verdict,                checked)
                 VALUES               (?1,   ?2,          ?3,          iif(?4, ?5, 'not_run'), iif(?4, ?6, NULL))
                 ON CONFLICT (user) DO UPDATE
                 SET open_issues = ?2, first_cause = ?3, verdict = iif(?4, ?5, verdict), checked = iif(?4, ?6, checked)",
            )?,
        })
    }

    /// Keeps an answer as the latest of its workload.
    pub fn keep(&mut self, user: UserId, answer: &Answer<'_>, digest: &[u8; 32]) -> Result<(), StoreError> {
        execute_keep(&mut self.keep, self.run, user, answer, digest, self.passes)
    }

    /// Whether the user is still in the run's organization. What a run finds out about one who left is not the user's any more.
    pub fn is_here(&mut self, user: UserId) -> Result<bool, StoreError> {
        Ok(self.here.query_row(params![user.0, self.organization.0], |row| row.get(0))?)
    }

    /// Puts down the verdict of a complete mailbox, of which neither this run nor one before has found an issue that is open.
    pub fn complete(&mut self, user: UserId, verdict: Verdict) -> Result<(), StoreError> {
        self.complete.execute(params![user.0, verdict.name(), self.now.0, self.organization.0])?;
        Ok(())
    }

    /// Puts down that mailboxes from one to another have passed, those with a bit in `which`: complete, and without an open issue.
    pub fn pass(&mut self, first: UserId, last: UserId, which: u32) -> Result<(), StoreError> {
        self.pass.execute(params![first.0, last.0, which, self.now.0, self.organization.0])?;
        Ok(())
    }

    /// Brings the verdict on a user who is here, and who has or had an open issue, in line with its checks. A pass of the mailbox doesn't
    /// hide an issue of a workload that the run left out; a refusal counts at once, a pass only when the mailbox is complete.
    pub fn summarize(&mut self, user: UserId, mailbox: Mailbox) -> Result<(), StoreError> {
        if mailbox.complete {
            // What the integration doesn't cover any more is no issue any more.
            for workload in &self.uncovered {
                self.drop.execute(params![user.0, workload.name()])?;
            }
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

fn execute_keep(
    statement: &mut CachedStatement<'_>,
    run: RunId,
    user: UserId,
    answer: &Answer<'_>,
    digest: &[u8; 32],
    passes: i64,
) -> Result<(), StoreError> {
    statement.execute(params![
        user.0,
        answer.workload.name(),
        run.0,
        answer.verdict.name(),
        answer.http,
        answer.code,
        answer.cause.map(Cause::name),
        answer.fingerprint,
        answer.request_id,
        answer.client_request_id,
        answer.checked.map(|at| at.0),
        digest,
        answer.mailbox,
        passes,
    ])?;
    Ok(())
}

/// Stands for the run in a check that a sync session made; runs are numbered from 1.
const NO_RUN: RunId = RunId(0);

/// Keeps what a sync session found out as the latest answer of its workload.
pub(crate) fn keep_of_session(tx: &Transaction<'_>, user: UserId, answer: &Answer<'_>) -> Result<(), StoreError> {
    execute_keep(&mut tx.prepare_cached(KEEP)?, NO_RUN, user, answer, &answer.digest(NO_RUN, user), passes::last(tx)?)
}

/// Whether a workload of a user has an open issue.
pub(crate) fn is_open(conn: &Connection, user: UserId, workload: Workload) -> Result<bool, StoreError> {
    let mut statement =
        conn.prepare_cached("SELECT EXISTS (SELECT 1 FROM checks WHERE user = ?1 AND workload = ?2 AND verdict IN ('failed', 'unknown'))")?;
    Ok(statement.query_row(params![user.0, workload.name()], |row| row.get(0))?)
}

/// Brings the verdict on a user in line with its checks after a sync session: an issue counts at once, and where the last one has ended,
/// the mailbox has passed.
pub(crate) fn summarize(tx: &Transaction<'_>, user: UserId, now: Timestamp) -> Result<(), StoreError> {
    let mut open = tx.prepare_cached(OPEN)?;
    let open: Vec<(Verdict, Option<String>)> =
        open.query_map([user.0], |row| Ok((text::named(row, 0)?, row.get(1)?)))?.collect::<rusqlite::Result<_>>()?;
    let verdict = open.first().map_or(Verdict::Passed, |(verdict, _)| *verdict);
    let cause = open.first().and_then(|(_, cause)| cause.as_deref());
    let issues = u32::try_from(open.len()).unwrap_or(u32::MAX);
    let mut statement = tx
        .prepare_cached("INSERT OR REPLACE INTO verdicts (user, open_issues, first_cause, verdict, checked) VALUES (?1, ?2, ?3, ?4, ?5)")?;
    statement.execute(params![user.0, issues, cause, verdict.name(), now.0])?;
    Ok(())
}

fn condition(filter: &IssueFilter) -> Result<(String, Vec<Value>), StoreError> {
    let (mut clauses, mut values) = (vec![Cow::from("c.verdict IN ('failed', 'unknown')")], Vec::new());
    if let Some(organization) = filter.organization {
        clauses.push("u.organization = ?".into());
        values.push(organization.0.into());
    }
    if let Some(tenant) = filter.tenant {
        clauses.push("u.tenant = ?".into());
        values.push(tenant.0.into());
    }
    if !filter.fingerprints.is_empty() {
        clauses.push("c.fingerprint IN (SELECT value FROM json_each(?))".into());
        values.push(text::to_json(&filter.fingerprints)?.into());
    }
    for (clause, found) in filter.search.iter().flat_map(|searched| users::search(searched)) {
        clauses.push(clause.into());
        values.extend(found);
    }
    Ok((clauses.join(" AND "), values))
}

/// Reads user, run and first seen, and then the eleven columns of the answer.
fn check(row: &Row<'_>) -> rusqlite::Result<Check> {
    let (user, run) = (UserId(row.get(0)?), RunId(row.get(1)?));
    Ok(Check { run: (run != NO_RUN).then_some(run), first_seen: text::moment(row, 2)?, result: WorkloadResult::read(row, 3, run, user)? })
}
