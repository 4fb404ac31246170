//! Grants: the last read of what each integration holds, for everyone and user by user, and of whether it may be used at all.

use rollcall_core::approval::Approval;
use rollcall_core::consent::Held;
use rollcall_core::grant::Grant;
use rollcall_core::id::{IntegrationId, ObjectId, OrganizationId, UserId};
use rollcall_core::time::Timestamp;
use rusqlite::{Connection, OptionalExtension, Transaction, params};
use serde::Serialize;

use crate::error::StoreError;
use crate::text;

/// What was read of an integration.
#[derive(Debug, Clone, PartialEq)]
pub struct Snapshot {
    pub held: Vec<Held>,
    /// What it holds of other APIs than Graph and Exchange.
    pub others: Vec<Grant>,
    pub approval: Approval,
    /// What single users consented to: for each its permissions in one text, see [`UserConsent::scopes`].
    pub users: Vec<(ObjectId, String)>,
}

/// The last read of an integration's grants. A failed read says nothing about them, so it holds none.
#[derive(Debug, Clone, PartialEq)]
pub struct GrantsRead {
    /// What was granted; `None` when the read failed.
    pub held: Option<Vec<Held>>,
    pub others: Vec<Grant>,
    pub approval: Option<Approval>,
    /// Why the read failed: Graph's code or ours.
    pub error_code: Option<String>,
    pub at: Timestamp,
}

/// A user of an organization and what was consented to by or for this user alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserConsent {
    pub user: UserId,
    pub object_id: ObjectId,
    pub upn: String,
    pub display_name: String,
    /// `graph/Mail.Read exchange/EWS.AccessAsUser.All`; empty for nothing.
    pub scopes: String,
}

/// Remembers what was read of an integration, in place of what was read before.
///
/// # Errors
/// [`StoreError`] when it can't be written.
pub fn set(tx: &Transaction<'_>, id: IntegrationId, read: &Snapshot, now: Timestamp) -> Result<(), StoreError> {
    put(tx, id, Some(read), None, now)?;
    let mut add = tx.prepare_cached("INSERT INTO user_grants (integration, object_id, scopes) VALUES (?1, ?2, ?3)")?;
    for (user, scopes) in &read.users {
        add.execute(params![id.0, user.to_string(), scopes])?;
    }
    Ok(())
}

/// Remembers that the grants could not be read, and forgets what was read before: shown beside the failure it would pass for
/// the present state.
///
/// # Errors
/// [`StoreError`] when it can't be written.
pub fn set_failed(tx: &Transaction<'_>, id: IntegrationId, code: &str, now: Timestamp) -> Result<(), StoreError> {
    put(tx, id, None, Some(code), now)
}

/// Forgets what was read of an integration's grants: they count as never read.
///
/// # Errors
/// [`StoreError`] when it can't be written.
pub fn forget(tx: &Transaction<'_>, id: IntegrationId) -> Result<(), StoreError> {
    tx.execute("DELETE FROM user_grants WHERE integration = ?1", [id.0])?;
    tx.execute("DELETE FROM grants WHERE integration = ?1", [id.0])?;
    Ok(())
}

/// The last read of an integration's grants; `None` when they were never read.
///
/// # Errors
/// [`StoreError`] when the disk can't be read.
pub fn get(conn: &Connection, id: IntegrationId) -> Result<Option<GrantsRead>, StoreError> {
    let mut statement = conn.prepare_cached("SELECT held, others, approval, error_code, at FROM grants WHERE integration = ?1")?;
    let read = statement.query_row([id.0], |row| {
        Ok(GrantsRead {
            held: text::maybe_json(row, 0)?,
            others: text::maybe_json(row, 1)?.unwrap_or_default(),
            approval: text::maybe_json(row, 2)?,
            error_code: row.get(3)?,
            at: text::moment(row, 4)?,
        })
    });
    Ok(read.optional()?)
}

/// The users of an organization, by name, with what each consented to of its integration.
///
/// # Errors
/// [`StoreError`] when the disk can't be read.
pub fn of_users(conn: &Connection, organization: OrganizationId) -> Result<Vec<UserConsent>, StoreError> {
    let mut statement = conn.prepare_cached(
        "SELECT   u.id, u.object_id, u.upn, u.display_name, coalesce(g.scopes, '')
         FROM     organizations AS o
                  JOIN users AS u ON u.organization = o.id
                  LEFT JOIN user_grants AS g ON g.integration = o.integration AND g.object_id = u.object_id
         WHERE    o.id = ?1
         ORDER BY u.name_key, u.id",
    )?;
    let users = statement.query_map([organization.0], |row| {
        Ok(UserConsent {
            user: UserId(row.get(0)?),
            object_id: text::parsed(row, 1)?,
            upn: row.get(2)?,
            display_name: row.get(3)?,
            scopes: row.get(4)?,
        })
    })?;
    Ok(users.collect::<rusqlite::Result<_>>()?)
}

fn put(tx: &Transaction<'_>, id: IntegrationId, read: Option<&Snapshot>, code: Option<&str>, now: Timestamp) -> Result<(), StoreError> {
    forget(tx, id)?;
    tx.execute(
        "INSERT INTO grants (integration, held, others, approval, error_code, at)
         VALUES             (?1,          ?2,   ?3,     ?4,       ?5,         ?6)",
        params![
            id.0,
            written(read.map(|read| &read.held))?,
            written(read.map(|read| &read.others))?,
            written(read.map(|read| &read.approval))?,
            code,
            now.0
        ],
    )?;
    Ok(())
}

fn written<T: Serialize>(value: Option<&T>) -> rusqlite::Result<Option<String>> {
    value.map(text::to_json).transpose()
}
