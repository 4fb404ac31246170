//! Writing users, with the search index kept in step: its content is the users table itself, so a row leaves the index with the
//! words it had there and enters it with its new ones, a whole page in one statement.

use std::collections::HashMap;

use rollcall_core::id::{ObjectId, OrganizationId, TenantId, UserId};
use rollcall_core::organization::{AccessType, SyncStatus};
use rollcall_core::time::Timestamp;
use rollcall_core::user::{DirectoryUser, MailboxStatus};
use rusqlite::types::Value;
use rusqlite::{OptionalExtension, Transaction, params, params_from_iter};

use super::filter::{Where, kind_name};
use super::{Chosen, Upserted, directory_user};
use crate::error::StoreError;
use crate::fold::fold;
use crate::{organizations, runs, text};

/// Brings in a page of the directory, or refreshes it. A person of a tenant is in one organization only: who is in another
/// already stays there.
///
/// # Errors
/// [`StoreError::NotFound`] when there is no such organization.
pub fn upsert_page(
    tx: &Transaction<'_>,
    organization: OrganizationId,
    page: &[DirectoryUser],
    now: Timestamp,
) -> Result<Upserted, StoreError> {
    let tenant = organizations::get(tx, organization)?.tenant;
    // Paging may list a person twice when the directory changes meanwhile: the later one is the newer.
    let last: HashMap<_, _> = page.iter().enumerate().map(|(place, person)| (person.object_id, place)).collect();
    let mut upserted = Upserted::default();
    let (mut new, mut same, mut changed) = (Vec::new(), Vec::new(), Vec::new());
    let newest = page.iter().enumerate().filter(|(place, person)| last.get(&person.object_id) == Some(place));
    for (_, person) in newest {
        match find(tx, tenant, person)? {
            None => new.push(add(tx, tenant, organization, person, now)?),
            Some((_, elsewhere, _)) if elsewhere != organization => upserted.elsewhere += 1,
            Some((id, _, known)) if known == *person => same.push(id),
            Some((id, _, _)) => changed.push((id, person)),
        }
    }
    let altered: Vec<UserId> = changed.iter().map(|(id, _)| *id).collect();
    unindex(tx, &altered)?;
    for (id, person) in changed {
        alter(tx, id, person, now)?;
    }
    tx.execute(
        "UPDATE users SET seen = ?1, gone = NULL WHERE id IN (SELECT value FROM json_each(?2))",
        params![now.0, text::to_json(&same)?],
    )?;
    (upserted.new, upserted.changed, upserted.same) = (length(&new), length(&altered), length(&same));
    new.extend(altered);
    index(tx, &new)?;
    Ok(upserted)
}

/// Sets where the mailboxes stand; answers how many changed.
///
/// # Errors
/// [`StoreError`] when it can't be written.
pub fn set_mailbox(tx: &Transaction<'_>, chosen: &Chosen, status: MailboxStatus) -> Result<u32, StoreError> {
    let mut those = Where::chosen(chosen)?;
    those.and("u.mailbox <> ?", [status.name().to_owned().into()]);
    update(tx, "UPDATE users AS u SET mailbox = ?", status.name().to_owned().into(), &those)
}

/// Sets the users' own synchronization status; answers how many changed.
///
/// # Errors
/// [`StoreError`] when it can't be written.
pub fn set_sync(tx: &Transaction<'_>, chosen: &Chosen, status: SyncStatus) -> Result<u32, StoreError> {
    let mut those = Where::chosen(chosen)?;
    those.and("u.sync <> ?", [status.name().to_owned().into()]);
    update(tx, "UPDATE users AS u SET sync = ?", status.name().to_owned().into(), &those)
}

/// Sets the users' own mailbox access type, or with `None` leaves it to the organization; answers how many changed.
///
/// # Errors
/// [`StoreError`] when it can't be written.
pub fn set_access(tx: &Transaction<'_>, chosen: &Chosen, access: Option<AccessType>) -> Result<u32, StoreError> {
    let value = access.map_or(Value::Null, |access| access.name().to_owned().into());
    let mut those = Where::chosen(chosen)?;
    those.and("u.access IS NOT ?", [value.clone()]);
    update(tx, "UPDATE users AS u SET access = ?", value, &those)
}

/// Removes users with their issues; answers how many. Runs keep what they found out about them.
///
/// # Errors
/// [`StoreError`] when it can't be written.
pub fn delete(tx: &Transaction<'_>, chosen: &Chosen) -> Result<u32, StoreError> {
    let ids = ids(tx, chosen)?;
    runs::plan_before_removal(tx, &text::to_json(&ids)?)?;
    unindex(tx, &ids)?;
    tx.execute("DELETE FROM users WHERE id IN (SELECT value FROM json_each(?1))", [text::to_json(&ids)?])?;
    Ok(length(&ids))
}

/// Moves users to another organization of the same tenant; answers how many moved. What was checked with the integration of the
/// organization they leave says nothing about the new one, so their checks go.
///
/// # Errors
/// [`StoreError::NotFound`] when there is no such organization.
pub fn move_to(tx: &Transaction<'_>, chosen: &Chosen, organization: OrganizationId) -> Result<u32, StoreError> {
    let to = organizations::get(tx, organization)?;
    let mut those = Where::chosen(chosen)?;
    those.and("u.organization <> ? AND u.tenant = ?", [to.id.0.into(), to.tenant.0.into()]);
    let mut statement = tx.prepare_cached(&format!("SELECT u.id FROM users AS u {those}"))?;
    let moving: Vec<u32> = statement.query_map(params_from_iter(those.values()), |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    let moving = text::to_json(&moving)?;
    forget_checks_of(tx, &moving)?;
    let moved = tx.execute("UPDATE users SET organization = ?2 WHERE id IN (SELECT value FROM json_each(?1))", params![moving, to.id.0])?;
    Ok(u32::try_from(moved).unwrap_or(u32::MAX))
}

/// Forgets what the last checks found out about users, because it was asked in another way than from now on.
///
/// # Errors
/// [`StoreError`] when it can't be written.
pub fn forget_checks(tx: &Transaction<'_>, chosen: &Chosen) -> Result<(), StoreError> {
    let ids = ids(tx, chosen)?;
    forget_checks_of(tx, &text::to_json(&ids)?)
}

/// Marks those of a tenant whom the directory doesn't list any more; answers how many were not marked before. Whoever is listed
/// again loses the mark.
///
/// # Errors
/// [`StoreError`] when it can't be written.
pub fn mark_gone(tx: &Transaction<'_>, tenant: TenantId, gone: &[ObjectId], now: Timestamp) -> Result<u32, StoreError> {
    let mut statement = tx.prepare_cached("UPDATE users SET gone = ?3 WHERE tenant = ?1 AND object_id = ?2 AND gone IS NULL")?;
    let mut marked = 0;
    for person in gone {
        marked += statement.execute(params![tenant.0, person.to_string(), now.0])?;
    }
    Ok(u32::try_from(marked).unwrap_or(u32::MAX))
}

/// Brings the search index up to what pages have brought in since; answers how many users that were.
///
/// # Errors
/// [`StoreError`] when it can't be written.
pub fn index_pending(_tx: &Transaction<'_>) -> Result<u32, StoreError> {
    Ok(0)
}

fn forget_checks_of(tx: &Transaction<'_>, ids: &str) -> Result<(), StoreError> {
    tx.execute("DELETE FROM checks WHERE user IN (SELECT value FROM json_each(?1))", [ids])?;
    tx.execute(
        "UPDATE users
         SET    verdict = 'not_run', checked = NULL, open_issues = 0, first_cause = NULL
         WHERE  id IN (SELECT value FROM json_each(?1))",
        [ids],
    )?;
    Ok(())
}

fn ids(tx: &Transaction<'_>, chosen: &Chosen) -> Result<Vec<UserId>, StoreError> {
    let those = Where::chosen(chosen)?;
    let mut statement = tx.prepare_cached(&format!("SELECT u.id FROM users AS u {those}"))?;
    let ids = statement.query_map(params_from_iter(those.values()), |row| row.get(0).map(UserId))?;
    Ok(ids.collect::<rusqlite::Result<_>>()?)
}

fn update(tx: &Transaction<'_>, set: &'static str, value: Value, those: &Where) -> Result<u32, StoreError> {
    let values = std::iter::once(value).chain(those.values().cloned());
    let changed = tx.execute(&format!("{set} {those}"), params_from_iter(values))?;
    Ok(u32::try_from(changed).unwrap_or(u32::MAX))
}

type Known = (UserId, OrganizationId, DirectoryUser);

fn find(tx: &Transaction<'_>, tenant: TenantId, person: &DirectoryUser) -> Result<Option<Known>, StoreError> {
    let mut statement = tx.prepare_cached(
        "SELECT id, organization, object_id, upn, display_name, mail, aliases, department, job_title, enabled, guest, on_premises,
                exchange_plan
         FROM   users
         WHERE  tenant = ?1 AND object_id = ?2",
    )?;
    let found = statement.query_row(params![tenant.0, person.object_id.to_string()], |row| {
        Ok((UserId(row.get(0)?), OrganizationId(row.get(1)?), directory_user(row, 2)?))
    });
    Ok(found.optional()?)
}

fn add(
    tx: &Transaction<'_>,
    tenant: TenantId,
    organization: OrganizationId,
    person: &DirectoryUser,
    now: Timestamp,
) -> Result<UserId, StoreError> {
    let mut statement = tx.prepare_cached(
        "INSERT INTO users (tenant, organization, object_id, upn, display_name, name_key, mail, aliases, department, job_title,
                            enabled, guest, on_premises, exchange_plan, kind, sync, mailbox, created, seen)
         VALUES            (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?18)
         RETURNING id",
    )?;
    let id = statement.query_row(
        params![
            tenant.0,
            organization.0,
            person.object_id.to_string(),
            person.upn,
            person.display_name,
            fold(&person.display_name),
            person.mail,
            text::to_json(&person.aliases)?,
            person.department,
            person.job_title,
            person.enabled,
            person.guest,
            person.on_premises,
            person.exchange_plan,
            kind_name(person.mailbox_kind()),
            SyncStatus::Enabled.name(),
            MailboxStatus::NotInitialized.name(),
            now.0,
        ],
        |row| row.get(0).map(UserId),
    )?;
    Ok(id)
}

fn alter(tx: &Transaction<'_>, id: UserId, person: &DirectoryUser, now: Timestamp) -> Result<(), StoreError> {
    let mut statement = tx.prepare_cached(
        "UPDATE users
         SET    upn = ?2, display_name = ?3, name_key = ?4, mail = ?5, aliases = ?6, department = ?7, job_title = ?8, enabled = ?9,
                guest = ?10, on_premises = ?11, exchange_plan = ?12, kind = ?13, seen = ?14, gone = NULL
         WHERE  id = ?1",
    )?;
    statement.execute(params![
        id.0,
        person.upn,
        person.display_name,
        fold(&person.display_name),
        person.mail,
        text::to_json(&person.aliases)?,
        person.department,
        person.job_title,
        person.enabled,
        person.guest,
        person.on_premises,
        person.exchange_plan,
        kind_name(person.mailbox_kind()),
        now.0,
    ])?;
    Ok(())
}

fn index(tx: &Transaction<'_>, ids: &[UserId]) -> Result<(), StoreError> {
    let mut statement = tx.prepare_cached(
        "INSERT INTO users_search (rowid, display_name, upn, mail, aliases, department, job_title, object_id)
         SELECT                    id,    display_name, upn, mail, aliases, department, job_title, object_id
         FROM                      users
         WHERE                     id IN (SELECT value FROM json_each(?1))",
    )?;
    statement.execute([text::to_json(ids)?])?;
    Ok(())
}

/// Must come before the rows change: the index takes out the words that it is shown.
fn unindex(tx: &Transaction<'_>, ids: &[UserId]) -> Result<(), StoreError> {
    let mut statement = tx.prepare_cached(
        "INSERT INTO users_search (users_search, rowid, display_name, upn, mail, aliases, department, job_title, object_id)
         SELECT                    'delete',     id,    display_name, upn, mail, aliases, department, job_title, object_id
         FROM                      users
         WHERE                     id IN (SELECT value FROM json_each(?1))",
    )?;
    statement.execute([text::to_json(ids)?])?;
    Ok(())
}

fn length<T>(list: &[T]) -> u32 {
    u32::try_from(list.len()).unwrap_or(u32::MAX)
}
