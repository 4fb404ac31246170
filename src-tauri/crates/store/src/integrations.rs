//! Integrations: the applications being onboarded.

use rollcall_core::id::{AppId, IntegrationId, TenantId};
use rollcall_core::integration::{Integration, Preset, RequiredPermission};
use rollcall_core::organization::Organization;
use rollcall_core::time::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use crate::error::{StoreError, Thing};
use crate::users::{self, Chosen, UserFilter};
use crate::{grants, organizations, text};

/// An integration that isn't known yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewIntegration {
    pub tenant: TenantId,
    /// Checked by the caller with [`rollcall_core::organization::name`]; unique in the tenant.
    pub name: String,
    pub client_id: AppId,
    pub preset: Preset,
    /// Checked by the caller with [`rollcall_core::integration::check`].
    pub permissions: Vec<RequiredPermission>,
}

/// What is to change about an integration; `None` leaves it as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IntegrationChange {
    pub name: Option<String>,
    pub client_id: Option<AppId>,
    pub preset: Option<Preset>,
    pub permissions: Option<Vec<RequiredPermission>>,
}

/// The integrations of a tenant, or of all, by name.
///
/// # Errors
/// [`StoreError`] when the disk can't be read.
pub fn list(conn: &Connection, tenant: Option<TenantId>) -> Result<Vec<Integration>, StoreError> {
    let mut statement = conn.prepare_cached(
        "SELECT   id, tenant, name, client_id, preset, permissions, created
         FROM     integrations
         WHERE    tenant = ?1 OR ?1 IS NULL
         ORDER BY name, id",
    )?;
    Ok(statement.query_map([tenant.map(|id| id.0)], integration)?.collect::<rusqlite::Result<_>>()?)
}

/// One integration.
///
/// # Errors
/// [`StoreError::NotFound`] when there is none of that number.
pub fn get(conn: &Connection, id: IntegrationId) -> Result<Integration, StoreError> {
    let mut statement = conn.prepare_cached(
        "SELECT id, tenant, name, client_id, preset, permissions, created
         FROM   integrations
         WHERE  id = ?1",
    )?;
    statement.query_row([id.0], integration).optional()?.ok_or(StoreError::NotFound(Thing::Integration))
}

/// The integration of that name in a tenant, whatever its case.
///
/// # Errors
/// [`StoreError`] when the disk can't be read.
pub fn by_name(conn: &Connection, tenant: TenantId, name: &str) -> Result<Option<Integration>, StoreError> {
    let mut statement = conn.prepare_cached(
        "SELECT id, tenant, name, client_id, preset, permissions, created
         FROM   integrations
         WHERE  tenant = ?1 AND name = ?2",
    )?;
    Ok(statement.query_row(params![tenant.0, name.trim()], integration).optional()?)
}

/// Adds an integration.
///
/// # Errors
/// [`StoreError::Duplicate`] when the tenant has one of that name.
pub fn insert(tx: &Transaction<'_>, new: &NewIntegration, now: Timestamp) -> Result<Integration, StoreError> {
    tx.execute(
        "INSERT INTO integrations (tenant, name, client_id, preset, permissions, created)
         VALUES                   (?1,     ?2,   ?3,        ?4,     ?5,          ?6)",
        params![new.tenant.0, new.name, new.client_id.to_string(), new.preset.name(), text::to_json(&new.permissions)?, now.0],
    )?;
    let id = tx.query_row("SELECT last_insert_rowid()", [], |row| row.get(0).map(IntegrationId))?;
    get(tx, id)
}

/// Changes an integration. With another client id the grants that were read belong to another application, so they go, and the
/// checks of its organizations with them. With other permissions, what was checked was another question: then the checks go of
/// those organizations that have no list of their own.
///
/// # Errors
/// [`StoreError::NotFound`] and [`StoreError::Duplicate`].
pub fn change(tx: &Transaction<'_>, id: IntegrationId, change: &IntegrationChange) -> Result<Integration, StoreError> {
    let before = get(tx, id)?;
    let permissions = change.permissions.as_ref().map(text::to_json).transpose()?;
    tx.execute(
        "UPDATE integrations
         SET    name        = coalesce(?2, name),
                client_id   = coalesce(?3, client_id),
                preset      = coalesce(?4, preset),
                permissions = coalesce(?5, permissions)
         WHERE  id = ?1",
        params![id.0, change.name, change.client_id.map(|id| id.to_string()), change.preset.map(Preset::name), permissions],
    )?;
    let after = get(tx, id)?;
    if after.client_id != before.client_id {
        grants::forget(tx, id)?;
        forget_checks(tx, id)?;
    } else if after.permissions != before.permissions {
        forget_checks_where(tx, id, |organization| organization.permissions.is_none())?;
    }
    Ok(after)
}

/// Removes an integration that no organization uses.
///
/// # Errors
/// [`StoreError::StillUsed`] while organizations use it, [`StoreError::NotFound`] when there is none.
pub fn delete(tx: &Transaction<'_>, id: IntegrationId) -> Result<(), StoreError> {
    let changed = tx.execute("DELETE FROM integrations WHERE id = ?1", [id.0])?;
    if changed == 0 { Err(StoreError::NotFound(Thing::Integration)) } else { Ok(()) }
}

/// Forgets what was checked of the users of its organizations.
///
/// # Errors
/// [`StoreError`] when it can't be written.
pub fn forget_checks(tx: &Transaction<'_>, id: IntegrationId) -> Result<(), StoreError> {
    forget_checks_where(tx, id, |_| true)
}

fn forget_checks_where(tx: &Transaction<'_>, id: IntegrationId, concerned: impl Fn(&Organization) -> bool) -> Result<(), StoreError> {
    let of_it = organizations::list(tx, None)?.into_iter().filter(|organization| organization.integration == id);
    for organization in of_it.filter(concerned) {
        users::forget_checks(tx, &Chosen::Filter(UserFilter { organization: Some(organization.id), ..UserFilter::default() }))?;
    }
    Ok(())
}

fn integration(row: &Row<'_>) -> rusqlite::Result<Integration> {
    Ok(Integration {
        id: IntegrationId(row.get(0)?),
        tenant: TenantId(row.get(1)?),
        name: row.get(2)?,
        client_id: text::parsed(row, 3)?,
        preset: text::named(row, 4)?,
        permissions: text::json(row, 5)?,
        created: text::moment(row, 6)?,
    })
}
