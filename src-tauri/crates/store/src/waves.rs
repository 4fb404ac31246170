//! Plans by which organizations are switched in waves: who is in which, which were started, and what was seen of their users.

use std::collections::{BTreeMap, HashMap};

use rollcall_core::id::{ObjectId, OrganizationId, UserId};
use rollcall_core::issue::Cause;
use rollcall_core::time::Timestamp;
use rollcall_core::wave::{Entry, Exit, Severity, WaveFigures};
use rusqlite::{Connection, OptionalExtension, Transaction, params, params_from_iter};

use crate::error::{StoreError, Thing};
use crate::text;
use crate::users::filter::{ACCESS, VERDICT, WAVE, Where};
use crate::users::{Chosen, UserFilter};

/// The plan of an organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    pub organization: OrganizationId,
    pub entry: Entry,
    pub exit: Exit,
    /// Whether the next wave starts by itself when it may.
    pub by_itself: bool,
    pub made: Timestamp,
    pub made_by: String,
}

/// A wave of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wave {
    /// From 1.
    pub number: u32,
    /// Its share of those after the pilot; the pilot and the last wave have none.
    pub percent: Option<u32>,
    /// What it has to come to, where that differs from the plan.
    pub exit: Option<Exit>,
    pub started: Option<Timestamp>,
    pub started_by: Option<String>,
    pub held: Option<Timestamp>,
}

/// The users of a wave.
#[must_use]
pub fn users_of(organization: OrganizationId, wave: u32) -> UserFilter {
    UserFilter { organization: Some(organization), wave: Some(wave), ..UserFilter::default() }
}

/// The plan of an organization, where there is one.
///
/// # Errors
/// [`StoreError`] when the disk can't be read.
pub fn plan(conn: &Connection, organization: OrganizationId) -> Result<Option<Plan>, StoreError> {
    let mut statement = conn.prepare_cached("SELECT entry, exit, by_itself, made, made_by FROM wave_plans WHERE organization = ?1")?;
    let plan = statement.query_row([organization.0], |row| {
        Ok(Plan {
            organization,
            entry: text::json(row, 0)?,
            exit: text::json(row, 1)?,
            by_itself: row.get(2)?,
            made: text::moment(row, 3)?,
            made_by: row.get(4)?,
        })
    });
    Ok(plan.optional()?)
}

/// The organizations of which the next wave is to start by itself, as long as there is one.
///
/// # Errors
/// [`StoreError`] when the disk can't be read.
pub fn by_themselves(conn: &Connection) -> Result<Vec<OrganizationId>, StoreError> {
    let mut statement = conn.prepare_cached(
        "SELECT   p.organization
         FROM     wave_plans AS p
         WHERE    p.by_itself AND EXISTS (SELECT 1 FROM waves AS w WHERE w.organization = p.organization AND w.started IS NULL)
         ORDER BY p.organization",
    )?;
    Ok(statement.query_map([], |row| row.get(0).map(OrganizationId))?.collect::<rusqlite::Result<_>>()?)
}

/// The waves of an organization's plan, in order.
///
/// # Errors
/// [`StoreError`] when the disk can't be read.
pub fn waves(conn: &Connection, organization: OrganizationId) -> Result<Vec<Wave>, StoreError> {
    let mut statement =
        conn.prepare_cached("SELECT number, percent, exit, started, started_by, held FROM waves WHERE organization = ?1 ORDER BY number")?;
    let waves = statement.query_map([organization.0], |row| {
        Ok(Wave {
            number: row.get(0)?,
            percent: row.get(1)?,
            exit: text::maybe_json(row, 2)?,
            started: text::maybe_moment(row, 3)?,
            started_by: row.get(4)?,
            held: text::maybe_moment(row, 5)?,
        })
    })?;
    Ok(waves.collect::<rusqlite::Result<_>>()?)
}

/// Those whom waves are dealt out of, with the ids by which they are dealt.
///
/// # Errors
/// [`StoreError`] when the disk can't be read.
pub fn candidates(conn: &Connection, chosen: &Chosen) -> Result<Vec<(UserId, ObjectId)>, StoreError> {
    let those = Where::chosen(chosen)?;
    let mut statement = conn.prepare_cached(&format!("SELECT u.id, u.object_id FROM users AS u {those} ORDER BY u.id"))?;
    let users = statement.query_map(params_from_iter(those.values()), |row| Ok((UserId(row.get(0)?), text::parsed(row, 1)?)))?;
    Ok(users.collect::<rusqlite::Result<_>>()?)
}

/// Everybody who was dealt into a wave of an organization's plan. Whoever has left that organization is in it no more.
///
/// # Errors
/// [`StoreError`] when the disk can't be read.
pub(crate) fn dealt(conn: &Connection) -> Result<Vec<(UserId, OrganizationId, u32)>, StoreError> {
    let mut statement = conn.prepare_cached("SELECT user, organization, wave FROM wave_members INDEXED BY wave_members_by_organization")?;
    let members = statement.query_map([], |row| Ok((UserId(row.get(0)?), OrganizationId(row.get(1)?), row.get(2)?)))?;
    Ok(members.collect::<rusqlite::Result<_>>()?)
}

/// The number of the last wave of each organization that has a plan.
///
/// # Errors
/// [`StoreError`] when the disk can't be read.
pub(crate) fn last(conn: &Connection) -> Result<HashMap<OrganizationId, u32>, StoreError> {
    let mut statement = conn.prepare_cached("SELECT organization, max(number) FROM waves GROUP BY organization")?;
    let last = statement.query_map([], |row| Ok((OrganizationId(row.get(0)?), row.get(1)?)))?;
    Ok(last.collect::<rusqlite::Result<_>>()?)
}

/// The users that are chosen, with the organization of each and the wave of its plan.
///
/// # Errors
/// [`StoreError`] when the disk can't be read.
pub fn members(conn: &Connection, chosen: &Chosen) -> Result<Vec<(UserId, OrganizationId, Option<u32>)>, StoreError> {
    let those = Where::chosen(chosen)?;
    let mut statement = conn.prepare_cached(&format!("SELECT u.id, u.organization, {WAVE} FROM users AS u {those} ORDER BY u.id"))?;
    let users =
        statement.query_map(params_from_iter(those.values()), |row| Ok((UserId(row.get(0)?), OrganizationId(row.get(1)?), row.get(2)?)))?;
    Ok(users.collect::<rusqlite::Result<_>>()?)
}

/// How many users the waves of an organization's plan have, by their numbers; one that has nobody is left out.
///
/// # Errors
/// [`StoreError`] when the disk can't be read.
pub fn sizes(conn: &Connection, organization: OrganizationId) -> Result<BTreeMap<u32, u32>, StoreError> {
    let mut statement = conn.prepare_cached(&format!(
        "SELECT {WAVE} AS wave, count(*) FROM users AS u WHERE u.organization = ?1 GROUP BY wave HAVING wave IS NOT NULL"
    ))?;
    Ok(statement.query_map([organization.0], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<rusqlite::Result<_>>()?)
}

/// Puts users of an organization into a wave of its plan.
///
/// # Errors
/// [`StoreError`] when it can't be written.
pub fn put(tx: &Transaction<'_>, organization: OrganizationId, wave: u32, users: &[UserId]) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO wave_members (user, organization, wave) SELECT value, ?2, ?3 FROM json_each(?1) WHERE true
         ON CONFLICT (user, organization) DO UPDATE SET wave = excluded.wave",
        params![text::to_json(users)?, organization.0, wave],
    )?;
    Ok(())
}

/// A wave as a plan lays it out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LaidOut {
    /// Its share of those after the pilot; the pilot and the last wave have none.
    pub percent: Option<u32>,
    /// What it has to come to, where that differs from the plan.
    pub exit: Option<Exit>,
    pub users: Vec<UserId>,
}

/// Keeps a plan in place of the one that there may be.
///
/// # Errors
/// [`StoreError`] when it can't be written.
pub fn keep(tx: &Transaction<'_>, plan: &Plan, waves: &[LaidOut]) -> Result<(), StoreError> {
    let id = plan.organization.0;
    tx.execute("DELETE FROM wave_plans WHERE organization = ?1", [id])?;
    tx.execute(
        "INSERT INTO wave_plans (organization, entry, exit, by_itself, made, made_by) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        params![id, text::to_json(&plan.entry)?, text::to_json(&plan.exit)?, plan.by_itself, plan.made.0, plan.made_by],
    )?;
    for (LaidOut { percent, exit, users }, number) in waves.iter().zip(1_u32..) {
        let exit = exit.as_ref().map(text::to_json).transpose()?;
        tx.execute("INSERT INTO waves (organization, number, percent, exit) VALUES (?1, ?2, ?3, ?4)", params![id, number, percent, exit])?;
        tx.execute(
            "INSERT INTO wave_members (user, organization, wave) SELECT value, ?2, ?3 FROM json_each(?1)",
            params![text::to_json(users)?, id, number],
        )?;
    }
    Ok(())
}

/// Sets by what a plan judges its waves, and what each of them has to come to. Who is in them stays, and so does who made the plan.
///
/// # Errors
/// [`StoreError::NotFound`].
pub fn judge(tx: &Transaction<'_>, plan: &Plan, waves: &[Wave]) -> Result<(), StoreError> {
    let id = plan.organization.0;
    found(tx.execute(
        "UPDATE wave_plans SET entry = ?2, exit = ?3, by_itself = ?4 WHERE organization = ?1",
        params![id, text::to_json(&plan.entry)?, text::to_json(&plan.exit)?, plan.by_itself],
    )?)?;
    for wave in waves {
        let exit = wave.exit.as_ref().map(text::to_json).transpose()?;
        found(tx.execute("UPDATE waves SET exit = ?3 WHERE organization = ?1 AND number = ?2", params![id, wave.number, exit])?)?;
    }
    Ok(())
}

/// Forgets a plan. Nothing changes for its users.
///
/// # Errors
/// [`StoreError::NotFound`].
pub fn remove(tx: &Transaction<'_>, organization: OrganizationId) -> Result<(), StoreError> {
    found(tx.execute("DELETE FROM wave_plans WHERE organization = ?1", [organization.0])?)
}

/// Notes that a wave was started; of one that goes on, the first start stays.
///
/// # Errors
/// [`StoreError::NotFound`].
pub fn start(tx: &Transaction<'_>, organization: OrganizationId, wave: u32, actor: &str, now: Timestamp) -> Result<(), StoreError> {
    found(tx.execute(
        "UPDATE waves SET started = coalesce(started, ?3), started_by = coalesce(started_by, ?4) WHERE organization = ?1 AND number = ?2",
        params![organization.0, wave, now.0, actor],
    )?)
}

/// Holds a wave since a moment, or with `None` no more.
///
/// # Errors
/// [`StoreError::NotFound`].
pub fn hold(tx: &Transaction<'_>, organization: OrganizationId, wave: u32, since: Option<Timestamp>) -> Result<(), StoreError> {
    found(tx.execute(
        "UPDATE waves SET held = ?3 WHERE organization = ?1 AND number = ?2",
        params![organization.0, wave, since.map(|at| at.0)],
    )?)
}

fn found(changed: usize) -> Result<(), StoreError> {
    if changed == 0 { Err(StoreError::NotFound(Thing::Wave)) } else { Ok(()) }
}

/// What was seen of a wave's users, but for those who are excluded or gone from the directory, whom nobody reads, and those on EWS
/// who aren't ready and whose switch doesn't wait: no wave switches them. A start counts as a switch: with those who were over Graph before, watching begins with it.
///
/// # Errors
/// [`StoreError`] when the disk can't be read.
pub fn seen(conn: &Connection, organization: OrganizationId, wave: &Wave, severity: Option<Severity>) -> Result<WaveFigures, StoreError> {
    let those = Where::of(&users_of(organization, wave.number))?;
    let mut statement = conn.prepare_cached(&format!(
        "SELECT count(*),
                count(*) FILTER (WHERE graph AND mailbox = 'initialized'),
                count(*) FILTER (WHERE waits OR graph AND mailbox IN ('not_initialized', 'switching')),
                count(*) FILTER (WHERE NOT waits AND NOT graph),
                count(*) FILTER (WHERE session = 'failed'),
                count(*) FILTER (WHERE coalesce(session, 'not_run') NOT IN ('passed', 'failed')),
                count(*) FILTER (WHERE verdict NOT IN ('passed', 'failed') AND coalesce(session, 'not_run') NOT IN ('passed', 'failed')),
                count(*) FILTER (WHERE waits), max(switched), min(synced) FILTER (WHERE session IN ('passed', 'failed'))
         FROM   (SELECT u.mailbox, u.session, {VERDICT} AS verdict, u.synced, u.queued IS NOT NULL AS waits, {ACCESS} LIKE 'graph%' AS graph,
                        (SELECT max(at) FROM timeline WHERE user = u.id AND what LIKE '{{\"kind\":\"switched\"%') AS switched
                 FROM   users AS u
                 {} u.mailbox <> 'excluded' AND u.gone IS NULL
                        AND (u.eligibility IS NULL OR u.queued IS NOT NULL OR {ACCESS} LIKE 'graph%'))",
        those.open()
    ))?;
    let mut seen = statement.query_row(params_from_iter(those.values()), |row| {
        Ok(WaveFigures {
            users: row.get(0)?,
            initialized: row.get(1)?,
            under_way: row.get(2)?,
            left: row.get(3)?,
            failed: row.get(4)?,
            unseen: row.get(5)?,
            unchecked: row.get(6)?,
            with_issues: 0,
            queued: row.get(7)?,
            last_switch: text::maybe_moment(row, 8)?.max(wave.started),
            watched_until: text::maybe_moment(row, 9)?,
        })
    })?;
    if let Some(severity) = severity {
        seen.with_issues = with_issues(conn, &those, severity)?;
    }
    Ok(seen)
}

/// How many users have an open issue that counts.
fn with_issues(conn: &Connection, those: &Where, severity: Severity) -> Result<u32, StoreError> {
    let passing: Vec<Cause> = Cause::ALL.into_iter().filter(|cause| !severity.counts(Some(*cause))).collect();
    let mut statement = conn.prepare_cached(&format!(
        "SELECT count(*)
         FROM   users AS u
         {} u.mailbox <> 'excluded' AND u.gone IS NULL
                AND EXISTS (SELECT 1
                            FROM   checks AS c
                            WHERE  c.user = u.id AND c.verdict IN ('failed', 'unknown')
                                   AND (c.cause IS NULL OR c.cause NOT IN (SELECT value FROM json_each(?))))",
        those.open()
    ))?;
    let values = those.values().cloned().chain([text::to_json(&passing)?.into()]);
    Ok(statement.query_row(params_from_iter(values), |row| row.get(0))?)
}
