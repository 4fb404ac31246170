//! Organizations: groups of users that share one integration and one mailbox access type.

use std::collections::HashMap;

use rollcall_core::change_window::ChangeWindow;
use rollcall_core::id::{IntegrationId, OrganizationId, TenantId, UserId};
use rollcall_core::integration::RequiredPermission;
use rollcall_core::organization::{AccessType, Acknowledged, ExternalId, Organization, Rhythm, SyncStatus};
use rollcall_core::time::Timestamp;
use rollcall_core::verdict::Ledger;
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};
use serde::Serialize;
use ts_rs::TS;

use crate::error::{StoreError, Thing};
use crate::integrations;
use crate::sessions;
use crate::text;
use crate::users::{self, Chosen, UserFilter};

/// An organization that isn't known yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewOrganization {
    pub tenant: TenantId,
    pub integration: IntegrationId,
    /// Checked by the caller with [`rollcall_core::organization::name`]; unique in the tenant.
    pub name: String,
    /// Unique in the tenant, and never changed again.
    pub external_id: ExternalId,
    pub access: AccessType,
    pub sync: SyncStatus,
}

/// What is to change about an organization; `None` leaves it as it is. The External ID is not among it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OrganizationChange {
    pub name: Option<String>,
    pub access: Option<AccessType>,
    pub sync: Option<SyncStatus>,
    pub every_minutes: Option<u32>,
    pub failures: Option<u32>,
}

/// An organization's users in figures.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, TS)]
pub struct Tally {
    pub users: u32,
    /// Users by their last verdict; never checked counts as not run.
    pub verdicts: Ledger,
    /// Users with at least one open issue.
    pub with_issues: u32,
    /// When a user was last checked.
    pub checked: Option<Timestamp>,
    /// When the check of a user that is the longest ago was: the age of the evidence as a whole.
    pub oldest: Option<Timestamp>,
}

/// What goes when an organization is deleted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, TS)]
pub struct Belongings {
    pub users: u32,
    /// Users whose mailbox is initialized or switching: whom the integration serves.
    pub initialized: u32,
    /// Users of whom check results are kept.
    pub checked: u32,
    pub runs: u32,
    /// Sync sessions that are kept.
    pub sessions: u32,
}

/// What is read of an organization, in the order in which it is taken apart.
const COLUMNS: &str = "id, tenant, integration, name, external_id, access, sync, permissions, every_minutes, failures, paused, created,
                       acknowledged, change_window, acknowledged_by, acknowledged_what";

/// The organizations of a tenant, or of all, by name.
///
/// # Errors
/// [`StoreError`] when the disk can't be read.
pub fn list(conn: &Connection, tenant: Option<TenantId>) -> Result<Vec<Organization>, StoreError> {
    let mut statement =
        conn.prepare_cached(&format!("SELECT {COLUMNS} FROM organizations WHERE tenant = ?1 OR ?1 IS NULL ORDER BY name, id"))?;
    Ok(statement.query_map([tenant.map(|id| id.0)], organization)?.collect::<rusqlite::Result<_>>()?)
}

/// One organization.
///
/// # Errors
/// [`StoreError::NotFound`] when there is none of that number.
pub fn get(conn: &Connection, id: OrganizationId) -> Result<Organization, StoreError> {
    let mut statement = conn.prepare_cached(&format!("SELECT {COLUMNS} FROM organizations WHERE id = ?1"))?;
    statement.query_row([id.0], organization).optional()?.ok_or(StoreError::NotFound(Thing::Organization))
}

/// The organization of that name, or else of that External ID, in a tenant, whatever its case.
///
/// # Errors
/// [`StoreError`] when the disk can't be read.
pub fn by_name(conn: &Connection, tenant: TenantId, name: &str) -> Result<Option<Organization>, StoreError> {
    let mut statement = conn.prepare_cached(&format!(
        "SELECT   {COLUMNS}
         FROM     organizations
         WHERE    tenant = ?1 AND (name = ?2 OR external_id = ?2)
         ORDER BY name = ?2 DESC
         LIMIT    1"
    ))?;
    Ok(statement.query_row(params![tenant.0, name.trim()], organization).optional()?)
}

/// What an organization says of its users.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Standing {
    pub tenant: TenantId,
    pub access: AccessType,
    pub sync: SyncStatus,
    /// How many it has.
    pub users: u32,
    /// Its place among all by name; those of one name have one place.
    pub place: u32,
}

/// What each organization says of its users.
///
/// # Errors
/// [`StoreError`] when the disk can't be read.
pub(crate) fn standings(conn: &Connection) -> Result<HashMap<OrganizationId, Standing>, StoreError> {
    let mut statement =
        conn.prepare_cached("SELECT id, tenant, access, sync, users, dense_rank() OVER (ORDER BY name) FROM organizations")?;
    let rows = statement.query_map([], |row| {
        let standing = Standing {
            tenant: TenantId(row.get(1)?),
            access: text::named(row, 2)?,
            sync: text::named(row, 3)?,
            users: row.get(4)?,
            place: row.get(5)?,
        };
        Ok((OrganizationId(row.get(0)?), standing))
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Adds an organization.
///
/// # Errors
/// [`StoreError::Duplicate`] when the tenant has one of that name or External ID.
pub fn insert(tx: &Transaction<'_>, new: &NewOrganization, now: Timestamp) -> Result<Organization, StoreError> {
    tx.execute(
        "INSERT INTO organizations (tenant, integration, name, external_id, access, sync, paused, created)
         VALUES                    (?1,     ?2,          ?3,   ?4,          ?5,     ?6,   ?7,     ?7)",
        params![new.tenant.0, new.integration.0, new.name, new.external_id.as_str(), new.access.name(), new.sync.name(), now.0],
    )?;
    let id = tx.query_row("SELECT last_insert_rowid()", [], |row| row.get(0).map(OrganizationId))?;
    get(tx, id)
}

/// Changes an organization's name, access type or synchronization status. An access type concerns those who have none of their own. From
/// EWS to Graph it concerns only who comes from now on: the present users keep EWS as their own. Else what was checked over another
/// access type says nothing about the new one, so with it the checks go.
///
/// # Errors
/// [`StoreError::NotFound`] and [`StoreError::Duplicate`].
pub fn change(tx: &Transaction<'_>, id: OrganizationId, change: &OrganizationChange) -> Result<Organization, StoreError> {
    let before = get(tx, id)?;
    tx.execute(
        "UPDATE organizations
         SET    name          = coalesce(?2, name),
                access        = coalesce(?3, access),
                sync          = coalesce(?4, sync),
                every_minutes = coalesce(?5, every_minutes),
                failures      = coalesce(?6, failures)
         WHERE  id = ?1",
        params![
            id.0,
            change.name,
            change.access.map(AccessType::name),
            change.sync.map(SyncStatus::name),
            change.every_minutes,
            change.failures
        ],
    )?;
    let after = get(tx, id)?;
    if before.access.comes_to_graph(after.access) {
        tx.execute("UPDATE users SET access = ?2 WHERE organization = ?1 AND access IS NULL", params![id.0, before.access.name()])?;
    } else if after.access != before.access {
        users::forget_checks(tx, &Chosen::Ids(inheriting(tx, id)?))?;
    }
    Ok(after)
}

/// The users of an organization who have no access type of their own.
///
/// # Errors
/// [`StoreError`] when the disk can't be read.
pub fn inheriting(conn: &Connection, id: OrganizationId) -> Result<Vec<UserId>, StoreError> {
    let mut statement = conn.prepare_cached("SELECT id FROM users WHERE organization = ?1 AND access IS NULL ORDER BY id")?;
    Ok(statement.query_map([id.0], |row| row.get(0).map(UserId))?.collect::<rusqlite::Result<_>>()?)
}

/// Gives an organization a list of permissions of its own, or with `None` its integration's back. Where that requires something
/// else than before, what was checked was another question, so the checks go.
///
/// # Errors
/// [`StoreError::NotFound`].
pub fn set_permissions(tx: &Transaction<'_>, id: OrganizationId, own: Option<&[RequiredPermission]>) -> Result<Organization, StoreError> {
    let before = get(tx, id)?;
    let integration = integrations::get(tx, before.integration)?;
    tx.execute("UPDATE organizations SET permissions = ?2 WHERE id = ?1", params![id.0, own.map(text::to_json).transpose()?])?;
    let after = get(tx, id)?;
    if after.needs(&integration) != before.needs(&integration) {
        users::forget_checks(tx, &Chosen::Filter(UserFilter { organization: Some(id), ..UserFilter::default() }))?;
    }
    Ok(after)
}

/// Sets when an organization's users may be switched, or with `None` that they may at any time.
///
/// # Errors
/// [`StoreError::NotFound`].
pub fn set_window(tx: &Transaction<'_>, id: OrganizationId, window: Option<&ChangeWindow>) -> Result<Organization, StoreError> {
    tx.execute("UPDATE organizations SET change_window = ?2 WHERE id = ?1", params![id.0, window.map(text::to_json).transpose()?])?;
    get(tx, id)
}

/// Notes that somebody has read what Graph can't do for an organization's integration.
///
/// # Errors
/// [`StoreError::NotFound`].
pub fn acknowledge(tx: &Transaction<'_>, id: OrganizationId, read: &Acknowledged) -> Result<Organization, StoreError> {
    let what = (read.integration.0, &read.limitations);
    tx.execute(
        "UPDATE organizations SET acknowledged = ?2, acknowledged_by = ?3, acknowledged_what = ?4 WHERE id = ?1",
        params![id.0, read.at.0, read.by.as_deref().unwrap_or_default(), text::to_json(&what)?],
    )?;
    get(tx, id)
}

/// An acknowledgement of which it isn't kept what was read is none.
fn acknowledged(row: &Row<'_>, at: usize, by: usize, what: usize) -> rusqlite::Result<Option<Acknowledged>> {
    let what: Option<(u32, Vec<String>)> = text::maybe_json(row, what)?;
    let (Some(at), Some((integration, limitations))) = (text::maybe_moment(row, at)?, what) else { return Ok(None) };
    let by = row.get::<_, Option<String>>(by)?.filter(|by| !by.is_empty());
    Ok(Some(Acknowledged { at, by, integration: IntegrationId(integration), limitations }))
}

/// Has an organization's sessions wait from a moment on, or with `None` go on.
///
/// # Errors
/// [`StoreError::NotFound`].
pub fn pause(tx: &Transaction<'_>, id: OrganizationId, since: Option<Timestamp>) -> Result<Organization, StoreError> {
    tx.execute(
        "UPDATE organizations SET paused = iif(?2 IS NULL, NULL, coalesce(paused, ?2)) WHERE id = ?1",
        params![id.0, since.map(|at| at.0)],
    )?;
    get(tx, id)
}

/// Removes an organization with its users and its runs.
///
/// # Errors
/// [`StoreError::NotFound`] when there is no such organization.
pub fn delete(tx: &Transaction<'_>, id: OrganizationId) -> Result<(), StoreError> {
    users::delete(tx, &Chosen::Filter(UserFilter { organization: Some(id), ..UserFilter::default() }))?;
    let changed = tx.execute("DELETE FROM organizations WHERE id = ?1", [id.0])?;
    if changed == 0 { Err(StoreError::NotFound(Thing::Organization)) } else { Ok(()) }
}

/// An organization's users in figures.
///
/// # Errors
/// [`StoreError`] when the disk can't be read.
pub fn tally(conn: &Connection, id: OrganizationId) -> Result<Tally, StoreError> {
    let mut statement = conn.prepare_cached(
        "SELECT (SELECT users FROM organizations WHERE id = ?1),
                count(*) FILTER (WHERE v.verdict = 'passed'), count(*) FILTER (WHERE v.verdict = 'failed'),
                count(*) FILTER (WHERE v.verdict NOT IN ('passed', 'failed', 'not_run')), count(*) FILTER (WHERE v.open_issues > 0),
                max(v.checked), min(v.checked)
         FROM   users AS u INDEXED BY users_by_organization CROSS JOIN verdicts AS v ON v.user = u.id
         WHERE  u.organization = ?1",
    )?;
    Ok(statement.query_row([id.0], |row| {
        let users = row.get::<_, Option<u32>>(0)?.unwrap_or_default();
        let (passed, failed, unknown): (u32, u32, u32) = (row.get(1)?, row.get(2)?, row.get(3)?);
        let not_run = users.saturating_sub(passed + failed + unknown);
        Ok(Tally {
            users,
            verdicts: Ledger { passed, failed, unknown, not_run },
            with_issues: row.get(4)?,
            checked: text::maybe_moment(row, 5)?,
            oldest: text::maybe_moment(row, 6)?,
        })
    })?)
}

/// What goes with an organization when it is deleted.
///
/// # Errors
/// [`StoreError`] when the disk can't be read.
pub fn belongings(conn: &Connection, id: OrganizationId) -> Result<Belongings, StoreError> {
    let mut statement = conn.prepare_cached(
        "SELECT count(*), count(*) FILTER (WHERE u.mailbox IN ('initialized', 'switching')), count(*) FILTER (WHERE v.verdict <> 'not_run'),
                (SELECT count(*) FROM runs WHERE organization = ?1), coalesce(sum(min(u.sessions, ?2)), 0)
         FROM   users AS u LEFT JOIN verdicts AS v ON v.user = u.id
         WHERE  u.organization = ?1",
    )?;
    Ok(statement.query_row([id.0, sessions::KEPT], |row| {
        Ok(Belongings { users: row.get(0)?, initialized: row.get(1)?, checked: row.get(2)?, runs: row.get(3)?, sessions: row.get(4)? })
    })?)
}

/// How many users an organization has.
///
/// # Errors
/// [`StoreError::NotFound`] when there is no such organization.
pub fn users(conn: &Connection, id: OrganizationId) -> Result<u32, StoreError> {
    let mut statement = conn.prepare_cached("SELECT users FROM organizations WHERE id = ?1")?;
    statement.query_row([id.0], |row| row.get(0)).optional()?.ok_or(StoreError::NotFound(Thing::Organization))
}

fn organization(row: &Row<'_>) -> rusqlite::Result<Organization> {
    Ok(Organization {
        id: OrganizationId(row.get(0)?),
        tenant: TenantId(row.get(1)?),
        integration: IntegrationId(row.get(2)?),
        name: row.get(3)?,
        external_id: text::parsed(row, 4)?,
        access: text::named(row, 5)?,
        sync: text::named(row, 6)?,
        permissions: text::maybe_json(row, 7)?,
        rhythm: Rhythm { every_minutes: row.get(8)?, failures: row.get(9)?, paused: text::maybe_moment(row, 10)? },
        created: text::moment(row, 11)?,
        acknowledged: acknowledged(row, 12, 14, 15)?,
        window: text::maybe_json(row, 13)?,
    })
}
