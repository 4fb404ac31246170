//! Sync sessions: who is due for one, what the latest of each user came to, and all of them in figures.

use std::sync::LazyLock;

use rollcall_core::id::{ObjectId, OrganizationId, UserId};
use rollcall_core::session::{Reading, SessionKind};
use rollcall_core::time::Timestamp;
use rollcall_core::verdict::{Ledger, Verdict};
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::Serialize;
use ts_rs::TS;

use crate::cursors::Feeds;
use crate::error::StoreError;
use crate::mailboxes::IS_READ;
use crate::text;
use crate::users::filter::WAVE;

mod commit;

pub use commit::{Committed, commit};

/// So many sessions of a user are kept.
pub const KEPT: u32 = 12;
/// Figures by the hour are kept for so many days.
pub const DAYS_OF_FIGURES: i64 = 90;

const HOUR: i64 = 60 * 60 * 1_000;

/// A session that has ended, to be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    pub user: UserId,
    pub kind: SessionKind,
    pub started: Timestamp,
    pub ended: Timestamp,
    pub requests: u32,
    pub readings: Vec<Reading>,
    /// Where the feeds of the workloads that passed go on, mailbox by mailbox.
    pub feeds: Vec<Feeds>,
    /// Until when Graph has asked not to be asked about the mailbox, by its own clock, where that is longer than a session waits.
    pub held: Option<Timestamp>,
}

/// A session as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Session {
    /// 1 is the user's first.
    pub number: u32,
    pub kind: SessionKind,
    pub verdict: Verdict,
    pub started: Timestamp,
    pub ended: Timestamp,
    pub changed: u32,
    pub removed: u32,
    pub requests: u32,
    pub readings: Vec<Reading>,
}

/// The sessions of an organization that ended in one hour, in figures.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, TS)]
pub struct Hour {
    /// When the hour began.
    #[ts(type = "number")]
    pub from: i64,
    pub passed: u32,
    pub failed: u32,
    pub unknown: u32,
    pub changed: u32,
    pub removed: u32,
    pub requests: u32,
    /// How long they took together, in milliseconds.
    #[ts(type = "number")]
    pub took: i64,
}

/// A user who can be read over Graph now, for at least one of the mailboxes that are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Readable {
    pub user: UserId,
    pub object_id: ObjectId,
    /// Whether with sign-ins to each mailbox.
    pub by_user: bool,
}

/// The sessions of an organization's users as they are now.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, TS)]
pub struct Standing {
    /// Users who are read.
    pub users: u32,
    /// By what their last session came to; those who had none yet are not run.
    pub last: Ledger,
    /// When a session last ended.
    pub latest: Option<Timestamp>,
    /// Whose switch hangs.
    pub stuck: u32,
    /// Who was disabled because sessions kept failing.
    pub disabled_due_to_error: u32,
    /// Who could be read, and is left alone until the wave starts that they are in.
    pub waiting: u32,
}

/// A user who is read, in the integration's own name or with a sign-in for one of the mailboxes that are read.
static READ: LazyLock<String> = LazyLock::new(|| {
    format!(
        "u.organization = ?1 AND u.sync = 'enabled' AND o.sync = 'enabled' AND u.mailbox <> 'excluded' AND u.gone IS NULL
         AND (coalesce(u.access, o.access) = 'graph_app_only'
              OR coalesce(u.access, o.access) = 'graph_delegated'
                 AND EXISTS (SELECT 1
                             FROM   connections AS c
                             WHERE  c.user = u.id AND c.integration = o.integration AND c.need IS NULL AND {IS_READ}))"
    )
});

/// Whose mailbox may be asked at a moment of the service's clock.
const FREE: &str = "(u.held IS NULL OR u.held <= ?2)";

/// Who is brought forward: asked for since the last session.
const FORWARD: &str = "coalesce(u.forced > coalesce(u.synced, 0), 0)";

/// Whose turn to be brought in has not come: a wave of the organization's plan that has not started. Whoever had a session before, be it
/// in another organization, goes on being read, after a reset from the beginning; and so does whoever is switched by hand or brought forward.
static WAITS: LazyLock<String> = LazyLock::new(|| {
    format!(
        "(u.mailbox = 'not_initialized' AND u.sessions = 0 AND NOT {FORWARD}
          AND EXISTS (SELECT 1
                      FROM   waves AS w
                      WHERE  w.organization = u.organization AND w.started IS NULL AND w.number = {WAVE}))"
    )
});

/// Whether the organization has a wave that has not started. It is looked up once for a whole statement, and asked before [`WAITS`], which
/// looks up each user's wave.
const TO_COME: &str = "EXISTS (SELECT 1 FROM waves WHERE organization = ?1 AND started IS NULL)";

/// When users are due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// Who was never read, not since this moment, or is brought forward.
    Since(Timestamp),
    /// Only who is brought forward.
    Forced,
}

/// How many of an organization's users are left alone until their wave starts.
///
/// # Errors
/// [`StoreError`] when the disk can't be read.
pub fn waiting(conn: &Connection, organization: OrganizationId) -> Result<u32, StoreError> {
    let (read, waits) = (&*READ, &*WAITS);
    let mut statement = conn.prepare_cached(&format!(
        "SELECT count(*) FROM users AS u JOIN organizations AS o ON o.id = u.organization WHERE {TO_COME} AND {read} AND {waits}"
    ))?;
    Ok(statement.query_row([organization.0], |row| row.get(0))?)
}

/// Whether a user is left alone until its wave starts.
///
/// # Errors
/// [`StoreError`] when the disk can't be read.
pub fn waits(conn: &Connection, user: UserId) -> Result<bool, StoreError> {
    let waits = &*WAITS;
    let mut statement = conn.prepare_cached(&format!("SELECT EXISTS (SELECT 1 FROM users AS u WHERE u.id = ?1 AND {waits})"))?;
    Ok(statement.query_row([user.0], |row| row.get(0))?)
}

/// Those of an organization who are due and whose mailbox may be asked at `now`, a moment of the service's clock: those who are brought
/// forward first, then those who wait the longest.
///
/// # Errors
/// [`StoreError`] when the disk can't be read.
pub fn due(conn: &Connection, organization: OrganizationId, due: Due, now: Timestamp, limit: u32) -> Result<Vec<Readable>, StoreError> {
    let before = match due {
        Due::Since(moment) => Some(moment.0),
        Due::Forced => None,
    };
    let (read, waits) = (&*READ, &*WAITS);
    let mut statement = conn.prepare_cached(&format!(
        "SELECT   u.id, u.object_id, coalesce(u.access, o.access) = 'graph_delegated'
         FROM     users AS u JOIN organizations AS o ON o.id = u.organization
         WHERE    {read} AND {FREE}
                  AND ({FORWARD} OR ?3 IS NOT NULL AND (u.synced IS NULL OR u.synced <= ?3) AND NOT ({TO_COME} AND {waits}))
         ORDER BY {FORWARD} DESC, u.synced, u.id
         LIMIT    ?4"
    ))?;
    Ok(statement.query_map(params![organization.0, now.0, before, limit], readable)?.collect::<rusqlite::Result<_>>()?)
}

/// Those of these users who are read, whenever it was last, and whose mailbox may be asked at `now`, a moment of the service's clock.
///
/// # Errors
/// [`StoreError`] when the disk can't be read.
pub fn among(conn: &Connection, organization: OrganizationId, users: &[UserId], now: Timestamp) -> Result<Vec<Readable>, StoreError> {
    let read = &*READ;
    let mut statement = conn.prepare_cached(&format!(
        "SELECT   u.id, u.object_id, coalesce(u.access, o.access) = 'graph_delegated'
         FROM     users AS u JOIN organizations AS o ON o.id = u.organization
         WHERE    {read} AND {FREE} AND u.id IN (SELECT value FROM json_each(?3))
         ORDER BY u.synced, u.id"
    ))?;
    Ok(statement.query_map(params![organization.0, now.0, text::to_json(users)?], readable)?.collect::<rusqlite::Result<_>>()?)
}

/// How the sessions of an organization's users stand; `stuck` is the moment before which a switch that still goes on began too long ago.
///
/// # Errors
/// [`StoreError`] when the disk can't be read.
pub fn standing(conn: &Connection, organization: OrganizationId, stuck: Timestamp) -> Result<Standing, StoreError> {
    let (read, waits) = (&*READ, &*WAITS);
    let mut statement = conn.prepare_cached(&format!(
        "SELECT count(*) FILTER (WHERE {read}),
                count(*) FILTER (WHERE {read} AND u.session = 'passed'),
                count(*) FILTER (WHERE {read} AND u.session = 'failed'),
                count(*) FILTER (WHERE {read} AND u.session = 'unknown'),
                max(u.synced),
                count(*) FILTER (WHERE u.mailbox = 'switching' AND u.mailbox_since <= ?2),
                count(*) FILTER (WHERE u.sync = 'disabled_due_to_error'),
                count(*) FILTER (WHERE {TO_COME} AND {read} AND {waits})
         FROM   users AS u JOIN organizations AS o ON o.id = u.organization
         WHERE  u.organization = ?1"
    ))?;
    Ok(statement.query_row(params![organization.0, stuck.0], |row| {
        let (read, waiting): (u32, u32) = (row.get(0)?, row.get(7)?);
        let users = read.saturating_sub(waiting);
        let (passed, failed, unknown): (u32, u32, u32) = (row.get(1)?, row.get(2)?, row.get(3)?);
        Ok(Standing {
            users,
            last: Ledger { passed, failed, unknown, not_run: users.saturating_sub(passed + failed + unknown) },
            latest: text::maybe_moment(row, 4)?,
            stuck: row.get(5)?,
            disabled_due_to_error: row.get(6)?,
            waiting,
        })
    })?)
}

/// When a session of an organization last ended, told without a look at its users. Of hours that were counted before this was kept, the
/// hour's beginning is told.
///
/// # Errors
/// [`StoreError`] when the disk can't be read.
pub fn latest(conn: &Connection, organization: OrganizationId) -> Result<Option<Timestamp>, StoreError> {
    let mut statement = conn.prepare_cached(
        "SELECT   coalesce(latest, hour * ?2)
         FROM     session_hours
         WHERE    organization = ?1
         ORDER BY hour DESC
         LIMIT    1",
    )?;
    Ok(statement.query_row([i64::from(organization.0), HOUR], |row| text::moment(row, 0)).optional()?)
}

/// Of how many users of an organization a session has ended since a moment.
///
/// # Errors
/// [`StoreError`] when the disk can't be read.
pub fn ended_since(conn: &Connection, organization: OrganizationId, since: Timestamp) -> Result<u32, StoreError> {
    let mut statement = conn.prepare_cached("SELECT count(*) FROM users WHERE organization = ?1 AND synced >= ?2")?;
    Ok(statement.query_row(params![organization.0, since.0], |row| row.get(0))?)
}

/// How many users of an organization are brought forward: they are read next, though its sessions be paused.
///
/// # Errors
/// [`StoreError`] when the disk can't be read.
pub fn count_forward(conn: &Connection, organization: OrganizationId) -> Result<u32, StoreError> {
    let read = &*READ;
    let mut statement = conn.prepare_cached(&format!(
        "SELECT count(*) FROM users AS u JOIN organizations AS o ON o.id = u.organization WHERE {read} AND {FORWARD}"
    ))?;
    Ok(statement.query_row([organization.0], |row| row.get(0))?)
}

/// The kept sessions of a user, the latest first.
///
/// # Errors
/// [`StoreError`] when the disk can't be read.
pub fn of_user(conn: &Connection, user: UserId) -> Result<Vec<Session>, StoreError> {
    let mut statement = conn.prepare_cached(
        "SELECT   number, kind, verdict, started, ended, changed, removed, requests, readings
         FROM     sessions
         WHERE    user = ?1
         ORDER BY number DESC",
    )?;
    Ok(statement.query_map([user.0], |row| session(row, 0))?.collect::<rusqlite::Result<_>>()?)
}

/// Hands every kept session of an organization to `take`, with its user's principal name: user by user, each one's latest first.
///
/// # Errors
/// [`StoreError`] when the disk can't be read.
pub fn of_organization(conn: &Connection, organization: OrganizationId, mut take: impl FnMut(String, Session)) -> Result<(), StoreError> {
    let mut statement = conn.prepare_cached(
        "SELECT   u.upn, s.number, s.kind, s.verdict, s.started, s.ended, s.changed, s.removed, s.requests, s.readings
         FROM     users AS u JOIN sessions AS s ON s.user = u.id
         WHERE    u.organization = ?1
         ORDER BY u.upn, s.number DESC",
    )?;
    let mut rows = statement.query([organization.0])?;
    while let Some(row) = rows.next()? {
        take(row.get(0)?, session(row, 1)?);
    }
    Ok(())
}

/// The figures of an organization's sessions since a moment, hour by hour, the earliest first. Hours without any are left out.
///
/// # Errors
/// [`StoreError`] when the disk can't be read.
pub fn hours(conn: &Connection, organization: OrganizationId, since: Timestamp) -> Result<Vec<Hour>, StoreError> {
    let mut statement = conn.prepare_cached(
        "SELECT   hour, passed, failed, unknown, changed, removed, requests, took
         FROM     session_hours
         WHERE    organization = ?1 AND hour >= ?2
         ORDER BY hour",
    )?;
    let hours = statement.query_map(params![organization.0, since.0.div_euclid(HOUR)], |row| {
        Ok(Hour {
            from: row.get::<_, i64>(0)? * HOUR,
            passed: row.get(1)?,
            failed: row.get(2)?,
            unknown: row.get(3)?,
            changed: row.get(4)?,
            removed: row.get(5)?,
            requests: row.get(6)?,
            took: row.get(7)?,
        })
    })?;
    Ok(hours.collect::<rusqlite::Result<_>>()?)
}

fn readable(row: &Row<'_>) -> rusqlite::Result<Readable> {
    Ok(Readable { user: UserId(row.get(0)?), object_id: text::parsed(row, 1)?, by_user: row.get(2)? })
}

/// Reads nine columns.
fn session(row: &Row<'_>, first: usize) -> rusqlite::Result<Session> {
    Ok(Session {
        number: row.get(first)?,
        kind: text::named(row, first + 1)?,
        verdict: text::named(row, first + 2)?,
        started: text::moment(row, first + 3)?,
        ended: text::moment(row, first + 4)?,
        changed: row.get(first + 5)?,
        removed: row.get(first + 6)?,
        requests: row.get(first + 7)?,
        readings: text::json(row, first + 8)?,
    })
}
