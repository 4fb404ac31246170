//! Those of a tenant who are known here, with all that tells who has which address.

use std::collections::HashMap;

use rollcall_core::id::{ObjectId, OrganizationId, TenantId, UserId};
use rollcall_core::organization::{AccessType, Ways};
use rusqlite::Connection;

use crate::error::StoreError;
use crate::{organizations, text};

/// Somebody who is known here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    pub object_id: ObjectId,
    pub organization: OrganizationId,
    /// The principal name, the primary address and the aliases.
    pub addresses: Vec<String>,
}

/// All who are known of a tenant and are still in its directory, the first one who was brought in first.
///
/// # Errors
/// [`StoreError`] when the disk can't be read.
pub fn known(conn: &Connection, tenant: TenantId) -> Result<Vec<Known>, StoreError> {
    let mut statement = conn
        .prepare_cached("SELECT object_id, organization, upn, mail, aliases FROM users WHERE tenant = ?1 AND gone IS NULL ORDER BY id")?;
    let rows = statement.query_map([tenant.0], |row| {
        let mut addresses: Vec<String> = vec![row.get(2)?];
        addresses.extend(row.get::<_, Option<String>>(3)?);
        addresses.extend(text::json::<Vec<String>>(row, 4)?);
        Ok(Known { object_id: text::parsed(row, 0)?, organization: OrganizationId(row.get(1)?), addresses })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// The users of an organization who have an access type of their own.
///
/// # Errors
/// [`StoreError`] when the disk can't be read.
pub fn own_access(conn: &Connection, organization: OrganizationId) -> Result<Vec<(UserId, AccessType)>, StoreError> {
    let mut statement = conn
        .prepare_cached("SELECT id, access FROM users INDEXED BY users_with_own_access WHERE organization = ?1 AND access IS NOT NULL")?;
    let rows = statement.query_map([organization.0], |row| Ok((UserId(row.get(0)?), text::named(row, 1)?)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// In which ways an organization's users are reached.
///
/// # Errors
/// [`StoreError::NotFound`](crate::StoreError::NotFound) when there is no such organization.
pub fn ways(conn: &Connection, organization: OrganizationId) -> Result<Ways, StoreError> {
    let of_all = organizations::get(conn, organization)?.access;
    let mut statement = conn.prepare_cached(
        "SELECT   access, count(*)
         FROM     users INDEXED BY users_with_own_access
         WHERE    organization = ?1 AND access IS NOT NULL
         GROUP BY access",
    )?;
    let own = statement.query_map([organization.0], |row| Ok((text::named(row, 0)?, row.get(1)?)))?;
    let own: Vec<(AccessType, u32)> = own.collect::<rusqlite::Result<_>>()?;
    let inheriting = organizations::users(conn, organization)?.saturating_sub(own.iter().map(|(_, users)| users).sum());
    let mut ways = Ways::default();
    for (access, _) in own.into_iter().chain([(of_all, inheriting)]).filter(|(_, users)| *users > 0) {
        match access {
            AccessType::GraphAppOnly => ways.app_only = true,
            AccessType::GraphDelegated => ways.delegated = true,
            AccessType::EwsAppOnly | AccessType::EwsDelegated => ways.ews = true,
        }
    }
    Ok(ways)
}

/// Which of a tenant's organizations each of its users is in.
///
/// # Errors
/// [`StoreError`] when the disk can't be read.
pub fn places(conn: &Connection, tenant: TenantId) -> Result<HashMap<ObjectId, OrganizationId>, StoreError> {
    let mut statement = conn.prepare_cached("SELECT object_id, organization FROM users WHERE tenant = ?1")?;
    let rows = statement.query_map([tenant.0], |row| Ok((text::parsed(row, 0)?, OrganizationId(row.get(1)?))))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}
