//! Those of a tenant who are known here, with all that tells who has which address.

use std::collections::HashMap;

use rollcall_core::id::{ObjectId, OrganizationId, TenantId};
use rollcall_core::organization::AccessType;
use rusqlite::Connection;

use crate::error::StoreError;
use crate::text;

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
pub fn own_access(conn: &Connection, organization: OrganizationId) -> Result<Vec<(ObjectId, AccessType)>, StoreError> {
    let mut statement = conn.prepare_cached(
        "SELECT object_id, access FROM users INDEXED BY users_with_own_access WHERE organization = ?1 AND access IS NOT NULL",
    )?;
    let rows = statement.query_map([organization.0], |row| Ok((text::parsed(row, 0)?, text::named(row, 1)?)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Whether anybody of an organization is reached over Graph by an access type of their own.
///
/// # Errors
/// [`StoreError`] when the disk can't be read.
pub fn any_over_graph(conn: &Connection, organization: OrganizationId) -> Result<bool, StoreError> {
    let mut statement = conn.prepare_cached(
        "SELECT EXISTS (SELECT 1
                        FROM   users INDEXED BY users_with_own_access
                        WHERE  organization = ?1 AND access IS NOT NULL AND access IN (?2, ?3))",
    )?;
    let over_graph = [AccessType::GraphAppOnly, AccessType::GraphDelegated].map(AccessType::name);
    Ok(statement.query_row((organization.0, over_graph[0], over_graph[1]), |row| row.get(0))?)
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
