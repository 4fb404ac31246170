//! Tenants: the connections to Microsoft Entra directories.

use rollcall_core::id::{AppId, TenantId};
use rollcall_core::tenant::{Cloud, Tenant, TenantIdentity};
use rollcall_core::time::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use crate::error::{StoreError, Thing};
use crate::text;
use crate::users::{self, Chosen, UserFilter};

/// A tenant that isn't known yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewTenant {
    /// Checked by the caller with [`rollcall_core::organization::name`].
    pub name: String,
    pub cloud: Cloud,
    pub authority: String,
    pub graph: String,
    pub directory: String,
    pub client_id: AppId,
    pub practice: bool,
}

/// All tenants, by name.
///
/// # Errors
/// [`StoreError`] when the disk can't be read.
pub fn list(conn: &Connection) -> Result<Vec<Tenant>, StoreError> {
    let mut statement = conn.prepare_cached(
        "SELECT   id, name, cloud, authority, graph, directory, client_id, practice, directory_id, display_name, admin, identified
         FROM     tenants
         ORDER BY name",
    )?;
    Ok(statement.query_map([], tenant)?.collect::<rusqlite::Result<_>>()?)
}

/// One tenant.
///
/// # Errors
/// [`StoreError::NotFound`] when there is none of that number.
pub fn get(conn: &Connection, id: TenantId) -> Result<Tenant, StoreError> {
    let mut statement = conn.prepare_cached(
        "SELECT id, name, cloud, authority, graph, directory, client_id, practice, directory_id, display_name, admin, identified
         FROM   tenants
         WHERE  id = ?1",
    )?;
    statement.query_row([id.0], tenant).optional()?.ok_or(StoreError::NotFound(Thing::Tenant))
}

/// The tenant of that name, whatever its case.
///
/// # Errors
/// [`StoreError`] when the disk can't be read.
pub fn by_name(conn: &Connection, name: &str) -> Result<Option<Tenant>, StoreError> {
    let mut statement = conn.prepare_cached(
        "SELECT id, name, cloud, authority, graph, directory, client_id, practice, directory_id, display_name, admin, identified
         FROM   tenants
         WHERE  name = ?1",
    )?;
    Ok(statement.query_row([name.trim()], tenant).optional()?)
}

/// Adds a tenant.
///
/// # Errors
/// [`StoreError::Duplicate`] when the name is taken.
pub fn insert(tx: &Transaction<'_>, new: &NewTenant, now: Timestamp) -> Result<Tenant, StoreError> {
    tx.execute(
        "INSERT INTO tenants (name, cloud, authority, graph, directory, client_id, practice, created)
         VALUES              (?1,   ?2,    ?3,        ?4,    ?5,        ?6,        ?7,       ?8)",
        params![new.name, cloud_name(new.cloud), new.authority, new.graph, new.directory, new.client_id.to_string(), new.practice, now.0],
    )?;
    let id = tx.query_row("SELECT last_insert_rowid()", [], |row| row.get(0).map(TenantId))?;
    get(tx, id)
}

/// Remembers what Graph said about the tenant at a sign-in.
///
/// # Errors
/// [`StoreError::NotFound`] when there is no such tenant.
pub fn set_identity(tx: &Transaction<'_>, id: TenantId, identity: &TenantIdentity) -> Result<(), StoreError> {
    let changed = tx.execute(
        "UPDATE tenants
         SET    directory_id = ?2, display_name = ?3, admin = ?4, identified = ?5
         WHERE  id = ?1",
        params![id.0, identity.directory_id.to_string(), identity.display_name, identity.admin, identity.seen.0],
    )?;
    if changed == 0 { Err(StoreError::NotFound(Thing::Tenant)) } else { Ok(()) }
}

/// Moves a tenant to other endpoints, as a practice tenant does at each start; who was signed in there no longer is.
///
/// # Errors
/// [`StoreError::NotFound`] when there is no such tenant.
pub fn reconnect(tx: &Transaction<'_>, id: TenantId, to: &NewTenant) -> Result<Tenant, StoreError> {
    tx.execute(
        "UPDATE tenants
         SET    authority = ?2, graph = ?3, directory = ?4, client_id = ?5,
                directory_id = NULL, display_name = NULL, admin = NULL, identified = NULL
         WHERE  id = ?1",
        params![id.0, to.authority, to.graph, to.directory, to.client_id.to_string()],
    )?;
    get(tx, id)
}

/// Removes the tenant and every row that belongs to it. The audit log keeps its entries: they are the record of what was done.
///
/// # Errors
/// [`StoreError::NotFound`] when there is no such tenant.
pub fn forget(tx: &Transaction<'_>, id: TenantId) -> Result<(), StoreError> {
    users::delete(tx, &Chosen::Filter(UserFilter { tenant: Some(id), ..UserFilter::default() }))?;
    // Organizations first: the rule that an integration in use can't be deleted holds for the cascade too.
    tx.execute("DELETE FROM organizations WHERE tenant = ?1", [id.0])?;
    let changed = tx.execute("DELETE FROM tenants WHERE id = ?1", [id.0])?;
    if changed == 0 { Err(StoreError::NotFound(Thing::Tenant)) } else { Ok(()) }
}

fn tenant(row: &Row<'_>) -> rusqlite::Result<Tenant> {
    let identity = match text::maybe_moment(row, 11)? {
        Some(seen) => Some(TenantIdentity { directory_id: text::parsed(row, 8)?, display_name: row.get(9)?, admin: row.get(10)?, seen }),
        None => None,
    };
    Ok(Tenant {
        id: TenantId(row.get(0)?),
        name: row.get(1)?,
        cloud: text::named(row, 2)?,
        authority: row.get(3)?,
        graph: row.get(4)?,
        directory: row.get(5)?,
        client_id: text::parsed(row, 6)?,
        practice: row.get(7)?,
        identity,
    })
}

const fn cloud_name(cloud: Cloud) -> &'static str {
    match cloud {
        Cloud::Global => "global",
        Cloud::UsGov => "us_gov",
        Cloud::UsGovDod => "us_gov_dod",
        Cloud::China => "china",
        Cloud::Custom => "custom",
    }
}
