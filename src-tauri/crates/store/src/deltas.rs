//! Deltas: where the directory said to go on reading an organization's changes.

use rollcall_core::id::{OrganizationId, TenantId};
use rollcall_core::time::Timestamp;
use rusqlite::{Connection, OptionalExtension, Transaction, params};

use crate::error::StoreError;
use crate::text;

/// Where to go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delta {
    /// The `@odata.deltaLink`, as it came.
    pub link: String,
    /// When it came: it expires some days later.
    pub at: Timestamp,
}

/// Where an organization's changes go on; `None` when all of the directory has to be read.
///
/// # Errors
/// [`StoreError`] when the disk can't be read.
pub fn get(conn: &Connection, organization: OrganizationId) -> Result<Option<Delta>, StoreError> {
    let mut statement = conn.prepare_cached("SELECT link, at FROM deltas WHERE organization = ?1")?;
    let delta = statement.query_row([organization.0], |row| Ok(Delta { link: row.get(0)?, at: text::moment(row, 1)? }));
    Ok(delta.optional()?)
}

/// Keeps where to go on, in place of what was kept before.
///
/// # Errors
/// [`StoreError`] when it can't be written, or there is no such organization.
pub fn set(tx: &Transaction<'_>, organization: OrganizationId, link: &str, now: Timestamp) -> Result<(), StoreError> {
    let mut statement = tx.prepare_cached(
        "INSERT INTO deltas (organization, link, at)
         VALUES             (?1,           ?2,   ?3)
         ON CONFLICT (organization) DO UPDATE
         SET link = excluded.link, at = excluded.at",
    )?;
    statement.execute(params![organization.0, link, now.0])?;
    Ok(())
}

/// Forgets those of all organizations of a tenant: who left one of them may come into any, and no change of the directory will say so.
///
/// # Errors
/// [`StoreError`] when it can't be written.
pub fn forget_tenant(tx: &Transaction<'_>, tenant: TenantId) -> Result<(), StoreError> {
    tx.execute("DELETE FROM deltas WHERE organization IN (SELECT id FROM organizations WHERE tenant = ?1)", [tenant.0])?;
    Ok(())
}

/// Forgets it: the next reading is of all of the directory.
///
/// # Errors
/// [`StoreError`] when it can't be written.
pub fn forget(tx: &Transaction<'_>, organization: OrganizationId) -> Result<(), StoreError> {
    tx.execute("DELETE FROM deltas WHERE organization = ?1", [organization.0])?;
    Ok(())
}
