//! Acting on many users at once: what an action needs to know of each, and the writes that carry it out for all whom it changes.

use std::collections::HashMap;

use rollcall_core::action::Standing;
use rollcall_core::eligibility::Eligibility;
use rollcall_core::id::{OrganizationId, TenantId, UserId};
use rollcall_core::mailbox::{MailboxStatus, Step};
use rollcall_core::organization::{AccessType, SyncStatus};
use rollcall_core::time::Timestamp;
use rusqlite::types::Value;
use rusqlite::{Connection, Transaction, params, params_from_iter};

use super::Chosen;
use super::filter::Where;
use crate::error::StoreError;
use crate::mailboxes::IS_READ;
use crate::{cursors, text};

/// A user on whom something is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Concerned {
    pub user: UserId,
    pub tenant: TenantId,
    pub standing: Standing,
}

/// The chosen users, each with what an action needs to know. `busy` are the organizations of which a run is under way.
///
/// # Errors
/// [`StoreError`] when the disk can't be read.
pub fn concerned(conn: &Connection, chosen: &Chosen, busy: &[OrganizationId]) -> Result<Vec<Concerned>, StoreError> {
    let those = Where::chosen(chosen)?;
    let mut statement = conn.prepare_cached(&format!(
        "SELECT   u.id, u.tenant, u.organization, u.access, o.access, u.sync, o.sync, u.mailbox, u.forced, u.queued IS NOT NULL,
                  u.eligibility,
                  EXISTS (SELECT 1
                          FROM   connections AS c
                          WHERE  c.user = u.id AND c.integration = o.integration AND c.need IS NULL AND {IS_READ})
         FROM     users AS u JOIN organizations AS o ON o.id = u.organization
         {those}
         ORDER BY u.id"
    ))?;
    let rows = statement.query_map(params_from_iter(those.values()), |row| {
        let organization = OrganizationId(row.get(2)?);
        Ok(Concerned {
            user: UserId(row.get(0)?),
            tenant: TenantId(row.get(1)?),
            standing: Standing {
                organization,
                own_access: text::maybe_named(row, 3)?,
                access_of_organization: text::named(row, 4)?,
                sync: text::named(row, 5)?,
                sync_of_organization: text::named(row, 6)?,
                mailbox: text::named(row, 7)?,
                forced: text::maybe_moment(row, 8)?,
                queued: row.get(9)?,
                eligibility: text::maybe_named(row, 10)?.unwrap_or(Eligibility::Ready),
                connected: row.get(11)?,
                run_under_way: busy.contains(&organization),
            },
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Moves mailboxes on by a step.
///
/// # Errors
/// [`StoreError`] when it can't be written.
pub fn step(tx: &Transaction<'_>, users: &[Concerned], step: Step, now: Timestamp) -> Result<(), StoreError> {
    let mut by_end: HashMap<MailboxStatus, Vec<UserId>> = HashMap::new();
    for one in users {
        let end = one.standing.mailbox.after(step);
        if end != one.standing.mailbox {
            by_end.entry(end).or_default().push(one.user);
        }
    }
    let mut statement =
        tx.prepare_cached("UPDATE users SET mailbox = ?2, mailbox_since = ?3 WHERE id IN (SELECT value FROM json_each(?1))")?;
    for (end, users) in by_end {
        statement.execute(params![text::to_json(&users)?, end.name(), now.0])?;
    }
    Ok(())
}

/// Sets the users' own mailbox access types, where each is handed in with its own.
///
/// # Errors
/// [`StoreError`] when it can't be written.
pub fn set_access(tx: &Transaction<'_>, users: &[(UserId, Option<AccessType>)]) -> Result<(), StoreError> {
    let mut by_access: HashMap<Option<AccessType>, Vec<UserId>> = HashMap::new();
    for (user, access) in users {
        by_access.entry(*access).or_default().push(*user);
    }
    let mut statement = tx.prepare_cached("UPDATE users SET access = ?2 WHERE id IN (SELECT value FROM json_each(?1))")?;
    for (access, users) in by_access {
        statement.execute(params![text::to_json(&users)?, access.map(AccessType::name)])?;
    }
    Ok(())
}

/// Sets the users' own synchronization status. Whoever is enabled again has no failures behind.
///
/// # Errors
/// [`StoreError`] when it can't be written.
pub fn set_sync(tx: &Transaction<'_>, users: &[UserId], status: SyncStatus) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE users SET sync = ?2, failing = iif(?2 = 'enabled', 0, failing) WHERE id IN (SELECT value FROM json_each(?1))",
        params![text::to_json(users)?, status.name()],
    )?;
    Ok(())
}

/// Has switches wait since a moment, or with `None` no more.
///
/// # Errors
/// [`StoreError`] when it can't be written.
pub fn queue(tx: &Transaction<'_>, users: &[UserId], since: Option<Timestamp>) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE users SET queued = ?2 WHERE id IN (SELECT value FROM json_each(?1))",
        params![text::to_json(users)?, since.map(|at| at.0)],
    )?;
    Ok(())
}

/// How many switches of an organization wait.
///
/// # Errors
/// [`StoreError`] when the disk can't be read.
pub fn count_queued(conn: &Connection, organization: OrganizationId) -> Result<u32, StoreError> {
    let mut statement =
        conn.prepare_cached("SELECT count(*) FROM users INDEXED BY users_queued WHERE organization = ?1 AND queued IS NOT NULL")?;
    Ok(statement.query_row([organization.0], |row| row.get(0))?)
}

/// Brings the users' next sessions forward.
///
/// # Errors
/// [`StoreError`] when it can't be written.
pub fn force(tx: &Transaction<'_>, users: &[UserId], now: Timestamp) -> Result<(), StoreError> {
    tx.execute("UPDATE users SET forced = ?2 WHERE id IN (SELECT value FROM json_each(?1))", params![text::to_json(users)?, now.0])?;
    Ok(())
}

/// Forgets what sessions have read of the users, so that the next begins anew. The sessions that there were stay.
///
/// # Errors
/// [`StoreError`] when it can't be written.
pub fn forget_sessions(tx: &Transaction<'_>, users: &[UserId]) -> Result<(), StoreError> {
    let users = text::to_json(users)?;
    cursors::forget(tx, &users)?;
    tx.execute("UPDATE users SET synced = NULL, session = NULL, failing = 0 WHERE id IN (SELECT value FROM json_each(?1))", [users])?;
    Ok(())
}

/// The users' principal names, for those who are told about by name.
///
/// # Errors
/// [`StoreError`] when the disk can't be read.
pub fn principal_names(conn: &Connection, users: &[UserId]) -> Result<HashMap<UserId, String>, StoreError> {
    let mut statement = conn.prepare_cached("SELECT id, upn FROM users WHERE id IN (SELECT value FROM json_each(?1))")?;
    let names = statement.query_map([Value::from(text::to_json(users)?)], |row| Ok((UserId(row.get(0)?), row.get(1)?)))?;
    Ok(names.collect::<rusqlite::Result<_>>()?)
}
