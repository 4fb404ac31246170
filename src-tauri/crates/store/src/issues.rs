//! Open issues in groups: who is concerned, since when, and how it grew. An issue is the latest answer of a mailbox's workload that is
//! no pass, whoever asked; or one of the organization, where nobody could be asked.

use rollcall_core::id::{OrganizationId, UserId};
use rollcall_core::issue::Cause;
use rollcall_core::time::Timestamp;
use rollcall_core::workload::Workload;
use rusqlite::{Connection, Row, params};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::error::StoreError;
use crate::text;

mod affected;
mod days;
mod sign_in;
mod snoozes;

pub use affected::{Affected, AffectedFilter, AffectedPage, affected};
pub use days::{Days, days, snapshot};
pub use sign_in::{SignInIssue, SignInRefusal, forget_sign_in_issues, note_sign_in, sign_in_issues};
pub use snoozes::{Snooze, snooze, snoozes, unsnooze};

/// Equal errors within one organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupRow {
    pub organization: OrganizationId,
    pub fingerprint: String,
    /// Names the problem that it is part of; see [`reaches`].
    pub problem: String,
    pub cause: Option<Cause>,
    pub http: Option<u16>,
    pub code: Option<String>,
    pub workload: Workload,
    pub users: u32,
    pub first_seen: Timestamp,
    pub last_seen: Timestamp,
    /// Whether each of them has it since its last check and not for longer.
    pub new: bool,
}

/// How many users of an organization have a problem, whatever the workload and the code. One that fails on five workloads counts once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReachRow {
    pub organization: OrganizationId,
    pub problem: String,
    pub users: u32,
}

/// What Microsoft support needs of one answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Sample {
    pub request_id: Option<String>,
    pub client_request_id: Option<String>,
    pub at: Timestamp,
    pub user: Option<UserId>,
}

/// What a problem is told by, in SQL: the cause, and where that is a general one the fingerprint without its workload. `?2` holds the
/// general ones.
macro_rules! problem {
    () => {
        "iif(c.cause IN (SELECT value FROM json_each(?2)),
                          substr(c.fingerprint, 1, length(c.fingerprint) - length(c.workload) - 1),
                          coalesce(c.cause, 'unexpected'))"
    };
}
use problem;

/// Which users of the organization `?2` have any of the fingerprints in `?3`, in SQL. Where nobody could be asked for one of these
/// reasons, it is everybody.
macro_rules! with_issues {
    () => {
        "(id IN (SELECT user
                         FROM   checks
                         WHERE  fingerprint IN (SELECT value FROM json_each(?3)) AND verdict IN ('failed', 'unknown'))
                  OR EXISTS (SELECT 1
                             FROM   sign_in_issues
                             WHERE  organization = ?2 AND fingerprint IN (SELECT value FROM json_each(?3))))"
    };
}
pub(crate) use with_issues;

fn general() -> rusqlite::Result<String> {
    text::to_json(&Cause::ALL.into_iter().filter(|cause| cause.is_generic()).collect::<Vec<_>>())
}

/// The open issues of mailboxes, of an organization or of all, in groups.
///
/// # Errors
/// [`StoreError`] when the disk can't be read.
pub fn groups(conn: &Connection, organization: Option<OrganizationId>) -> Result<Vec<GroupRow>, StoreError> {
    let mut statement = conn.prepare_cached(concat!(
        "SELECT   u.organization, c.fingerprint, min(",
        problem!(),
        "),
                  min(c.cause), min(c.http), min(c.code), min(c.workload), count(*), min(c.first_seen), max(c.checked),
                  min(c.first_seen = c.checked)
         FROM     checks AS c INDEXED BY checks_open CROSS JOIN users AS u ON u.id = c.user
         WHERE    c.verdict IN ('failed', 'unknown') AND c.fingerprint IS NOT NULL AND (?1 IS NULL OR u.organization = ?1)
         GROUP BY c.fingerprint, u.organization"
    ))?;
    let rows = statement.query_map(params![organization.map(|id| id.0), general()?], group)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn group(row: &Row<'_>) -> rusqlite::Result<GroupRow> {
    Ok(GroupRow {
        organization: OrganizationId(row.get(0)?),
        fingerprint: row.get(1)?,
        problem: row.get(2)?,
        // A row that a newer version wrote may hold a cause that this one doesn't know.
        cause: text::maybe_named(row, 3).unwrap_or_default(),
        http: row.get(4)?,
        code: row.get(5)?,
        workload: text::named(row, 6)?,
        users: row.get(7)?,
        first_seen: text::moment(row, 8)?,
        last_seen: text::moment(row, 9)?,
        new: row.get(10)?,
    })
}

/// How far the problems reach, of an organization or of all.
///
/// # Errors
/// [`StoreError`] when the disk can't be read.
pub fn reaches(conn: &Connection, organization: Option<OrganizationId>) -> Result<Vec<ReachRow>, StoreError> {
    let mut statement = conn.prepare_cached(concat!(
        "SELECT   u.organization, ",
        problem!(),
        " AS problem, count(DISTINCT c.user)
         FROM     checks AS c INDEXED BY checks_open CROSS JOIN users AS u ON u.id = c.user
         WHERE    c.verdict IN ('failed', 'unknown') AND c.fingerprint IS NOT NULL AND (?1 IS NULL OR u.organization = ?1)
         GROUP BY problem, u.organization"
    ))?;
    let rows = statement.query_map(params![organization.map(|id| id.0), general()?], |row| {
        Ok(ReachRow { organization: OrganizationId(row.get(0)?), problem: row.get(1)?, users: row.get(2)? })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Some answers of a group, for Microsoft support.
///
/// # Errors
/// [`StoreError`] when the disk can't be read.
pub fn samples(conn: &Connection, organization: Option<OrganizationId>, fingerprint: &str, limit: u32) -> Result<Vec<Sample>, StoreError> {
    let mut statement = conn.prepare_cached(
        "SELECT c.request_id, c.client_request_id, c.checked, c.user
         FROM   checks AS c JOIN users AS u ON u.id = c.user
         WHERE  c.verdict IN ('failed', 'unknown') AND c.fingerprint = ?2 AND (?1 IS NULL OR u.organization = ?1)
                AND (c.request_id IS NOT NULL OR c.client_request_id IS NOT NULL)
         LIMIT  ?3",
    )?;
    let rows = statement.query_map(params![organization.map(|id| id.0), fingerprint, limit], |row| {
        Ok(Sample { request_id: row.get(0)?, client_request_id: row.get(1)?, at: text::moment(row, 2)?, user: Some(UserId(row.get(3)?)) })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}
