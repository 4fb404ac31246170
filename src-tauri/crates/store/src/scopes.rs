//! Access scopes: whom each organization's integration is to reach, what was last read of the tenant, and what the test cmdlets said.

use std::collections::BTreeMap;

use rollcall_core::id::{IntegrationId, OrganizationId};
use rollcall_core::scope::Desired;
use rollcall_core::scope::clock::Change;
use rollcall_core::scope::cmdlet::{Report, Said};
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::StoreError;
use crate::text;
use rollcall_core::time::Timestamp;

/// The scope of an organization; `R` is what was read of the tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope<R> {
    pub desired: Desired,
    /// `None` where nobody ever has set one, and only something was read.
    pub set_at: Option<Timestamp>,
    pub reading: Option<R>,
    pub change: Option<Change>,
    /// When what was in force before the last change that a reading has shown was read.
    pub changed_after: Option<Timestamp>,
}

/// The scope of an organization; `None` where nobody has set one or read what is in force.
///
/// # Errors
/// [`StoreError`] when the disk can't be read.
pub fn get<R: DeserializeOwned>(conn: &Connection, organization: OrganizationId) -> Result<Option<Scope<R>>, StoreError> {
    let mut statement =
        conn.prepare_cached("SELECT desired, set_at, reading, change, changed_after FROM scopes WHERE organization = ?1")?;
    Ok(statement.query_row([organization.0], scope).optional()?)
}

/// Another organization of the same application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Beside<R> {
    pub organization: OrganizationId,
    pub name: String,
    /// `None` where nobody has set one or read what is in force.
    pub scope: Option<Scope<R>>,
}

/// The other organizations of the same application, by their age: to Exchange it is one by its client id and its tenant, by whatever
/// integration Rollcall knows it.
///
/// # Errors
/// [`StoreError`] when the disk can't be read.
pub fn beside<R: DeserializeOwned>(conn: &Connection, organization: OrganizationId) -> Result<Vec<Beside<R>>, StoreError> {
    let mut statement = conn.prepare_cached(
        "SELECT    scopes.desired, scopes.set_at, scopes.reading, scopes.change, scopes.changed_after, other.id, other.name
         FROM      organizations AS own
         JOIN      integrations AS app ON app.id = own.integration
         JOIN      integrations AS same ON same.tenant = app.tenant AND same.client_id = app.client_id
         JOIN      organizations AS other ON other.integration = same.id AND other.id <> own.id
         LEFT JOIN scopes ON scopes.organization = other.id
         WHERE     own.id = ?1
         ORDER BY  other.id",
    )?;
    let read = |row: &Row<'_>| {
        let known = row.get_ref(0)? != rusqlite::types::ValueRef::Null;
        let scope = known.then(|| scope(row)).transpose()?;
        Ok(Beside { organization: OrganizationId(row.get(5)?), name: row.get(6)?, scope })
    };
    let others = statement.query_map([organization.0], read)?.collect::<Result<_, _>>()?;
    Ok(others)
}

/// The scopes of all organizations of an integration's application, by their age.
///
/// # Errors
/// [`StoreError`] when the disk can't be read.
pub fn of_application<R: DeserializeOwned>(
    conn: &Connection,
    integration: IntegrationId,
) -> Result<Vec<(OrganizationId, Scope<R>)>, StoreError> {
    let mut statement = conn.prepare_cached(
        "SELECT   scopes.desired, scopes.set_at, scopes.reading, scopes.change, scopes.changed_after, scopes.organization
         FROM     integrations AS app
         JOIN     integrations AS same ON same.tenant = app.tenant AND same.client_id = app.client_id
         JOIN     organizations ON organizations.integration = same.id
         JOIN     scopes ON scopes.organization = organizations.id
         WHERE    app.id = ?1
         ORDER BY scopes.organization",
    )?;
    let read = |row: &Row<'_>| Ok((OrganizationId(row.get(5)?), scope(row)?));
    let scopes = statement.query_map([integration.0], read)?.collect::<Result<_, _>>()?;
    Ok(scopes)
}

fn scope<R: DeserializeOwned>(row: &Row<'_>) -> rusqlite::Result<Scope<R>> {
    Ok(Scope {
        desired: text::json(row, 0)?,
        set_at: text::maybe_moment(row, 1)?,
        reading: text::maybe_json(row, 2)?,
        change: text::maybe_json(row, 3)?,
        changed_after: text::maybe_moment(row, 4)?,
    })
}

/// Sets whom the integration is to reach; what was read for an earlier wish is forgotten. What was changed last stays: Exchange
/// may still be learning of it.
///
/// # Errors
/// [`StoreError`] when it can't be written.
pub fn set(tx: &Transaction<'_>, organization: OrganizationId, desired: &Desired, now: Timestamp) -> Result<(), StoreError> {
    tx.prepare_cached(
        "INSERT INTO scopes (organization, desired, set_at) VALUES (?1, ?2, ?3)
         ON CONFLICT (organization) DO UPDATE
         SET desired = excluded.desired, set_at = excluded.set_at, reading = NULL",
    )?
    .execute(params![organization.0, text::to_json(desired)?, now.0])?;
    Ok(())
}

/// Remembers what was read of the tenant, with the wish as it is called now.
///
/// # Errors
/// [`StoreError`] when it can't be written.
pub fn note_reading<R: Serialize>(
    tx: &Transaction<'_>,
    organization: OrganizationId,
    desired: &Desired,
    reading: &R,
) -> Result<(), StoreError> {
    tx.prepare_cached(
        "INSERT INTO scopes (organization, desired, reading) VALUES (?1, ?3, ?2)
         ON CONFLICT (organization) DO UPDATE SET reading = excluded.reading, desired = excluded.desired",
    )?
    .execute(params![organization.0, text::to_json(reading)?, text::to_json(desired)?])?;
    Ok(())
}

/// Notes a change of what is in force.
///
/// # Errors
/// [`StoreError`] when it can't be written.
pub fn note_change(tx: &Transaction<'_>, organization: OrganizationId, change: Change) -> Result<(), StoreError> {
    tx.prepare_cached("UPDATE scopes SET change = ?2 WHERE organization = ?1")?
        .execute(params![organization.0, text::to_json(&change)?])?;
    Ok(())
}

/// Whether a moment is before a scope became what it is: before it was wished for, or before what is in force was changed last.
pub(crate) fn is_before(at: Timestamp, set_at: Option<Timestamp>, change: Option<Change>) -> bool {
    set_at.max(change.map(|change| change.at)).is_some_and(|since| at < since)
}

/// Notes a change that a reading has shown, and when what was in force before it was read.
///
/// # Errors
/// [`StoreError`] when it can't be written.
pub fn note_seen(tx: &Transaction<'_>, organization: OrganizationId, change: Change, after: Timestamp) -> Result<(), StoreError> {
    note_change(tx, organization, change)?;
    tx.prepare_cached("UPDATE scopes SET changed_after = ?2 WHERE organization = ?1")?.execute(params![organization.0, after.0])?;
    Ok(())
}

/// What the test cmdlets said of a mailbox by its principal name or its primary address; the name counts first.
///
/// # Errors
/// [`StoreError`] when the disk can't be read.
pub fn said_of(conn: &Connection, organization: OrganizationId, upn: &str, mail: Option<&str>) -> Result<Option<Report>, StoreError> {
    let mut statement = conn.prepare_cached(
        "SELECT    s.said, s.at, w.set_at, w.change
         FROM      scope_said AS s
         LEFT JOIN scopes     AS w ON w.organization = s.organization
         WHERE     s.organization = ?1 AND s.mailbox IN (lower(?2), lower(?3))
         ORDER BY  s.mailbox = lower(?2) DESC
         LIMIT     1",
    )?;
    let report = |row: &Row<'_>| {
        let at = text::moment(row, 1)?;
        let before_change = is_before(at, text::maybe_moment(row, 2)?, text::maybe_json(row, 3)?);
        Ok(Report { said: text::named(row, 0)?, at, before_change })
    };
    Ok(statement.query_row(params![organization.0, upn, mail], report).optional()?)
}

/// What came of an import beside what was there.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Noted {
    pub added: u32,
    /// Said of mailboxes of which something was said before.
    pub replaced: u32,
    /// Said of other mailboxes before.
    pub kept: u32,
}

/// Notes what the test cmdlets said, in place of what they said of the same mailboxes before.
///
/// # Errors
/// [`StoreError`] when it can't be written.
pub fn note_said(
    tx: &Transaction<'_>,
    organization: OrganizationId,
    said: &BTreeMap<String, Said>,
    now: Timestamp,
) -> Result<Noted, StoreError> {
    let before = said_count(tx, organization)?;
    let mut insert = tx.prepare_cached(
        "INSERT INTO scope_said (organization, mailbox, said, at) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (organization, mailbox) DO UPDATE SET said = excluded.said, at = excluded.at",
    )?;
    for (mailbox, said) in said {
        insert.execute(params![organization.0, mailbox, said.name(), now.0])?;
    }
    let added = said_count(tx, organization)?.saturating_sub(before);
    let replaced = u32::try_from(said.len()).unwrap_or(u32::MAX).saturating_sub(added);
    Ok(Noted { added, replaced, kept: before.saturating_sub(replaced) })
}

/// Of how many mailboxes something is kept that the test cmdlets said.
///
/// # Errors
/// [`StoreError`] when the disk can't be read.
pub fn said_count(conn: &Connection, organization: OrganizationId) -> Result<u32, StoreError> {
    let mut statement = conn.prepare_cached("SELECT count(*) FROM scope_said WHERE organization = ?1")?;
    Ok(statement.query_row([organization.0], |row| row.get(0))?)
}

/// Forgets all that the test cmdlets said. Answers of how many mailboxes that was.
///
/// # Errors
/// [`StoreError`] when it can't be written.
pub fn forget_said(tx: &Transaction<'_>, organization: OrganizationId) -> Result<u32, StoreError> {
    let forgotten = tx.prepare_cached("DELETE FROM scope_said WHERE organization = ?1")?.execute([organization.0])?;
    Ok(u32::try_from(forgotten).unwrap_or(u32::MAX))
}
