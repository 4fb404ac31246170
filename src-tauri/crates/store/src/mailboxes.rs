//! Users' mailboxes: what was set for each address, who has signed in for it, and how far a guided migration is.

use std::collections::HashMap;

use rollcall_core::address::{self, MailboxAddress, ReadMailbox, SignInNeed};
use rollcall_core::id::{IntegrationId, ObjectId, OrganizationId, TenantId, UserId};
use rollcall_core::migration::Migration;
use rollcall_core::time::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use crate::error::StoreError;
use crate::text;

/// A sign-in to an integration for a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignIn {
    /// Whose account signed in.
    pub account: ObjectId,
    pub integration: IntegrationId,
    pub since: Timestamp,
    /// Why it has to be done again, if it has.
    pub need: Option<SignInNeed>,
}

/// What is kept of a user's addresses.
///
/// # Errors
/// [`StoreError`] when the disk can't be read.
pub fn addresses(conn: &Connection, user: UserId) -> Result<Vec<MailboxAddress>, StoreError> {
    let mut statement = conn
        .prepare_cached("SELECT address, kind, account, sync, send, chosen, seen FROM mailbox_addresses WHERE user = ?1 ORDER BY place")?;
    Ok(statement.query_map([user.0], mailbox_address)?.collect::<rusqlite::Result<_>>()?)
}

/// Reads seven columns.
fn mailbox_address(row: &Row<'_>) -> rusqlite::Result<MailboxAddress> {
    Ok(MailboxAddress {
        address: row.get(0)?,
        kind: text::named(row, 1)?,
        account: row.get::<_, Option<String>>(2)?.map(|_| text::parsed(row, 2)).transpose()?,
        sync: row.get(3)?,
        send: row.get(4)?,
        default: row.get(5)?,
        seen: text::maybe_json(row, 6)?,
    })
}

/// Whether sessions and checks read the own mailbox of a user `u`, as [`address::is_read`] has it; in SQL.
macro_rules! own_is_read {
    () => {
        "(NOT EXISTS (SELECT 1 FROM mailbox_addresses AS a WHERE a.user = u.id AND a.account IS NOT NULL AND a.sync)
          OR EXISTS (SELECT 1 FROM mailbox_addresses AS a WHERE a.user = u.id AND a.account IS NULL AND a.sync))"
    };
}
pub(crate) use own_is_read;

/// Of a user `u` and a sign-in `c` for that user: whether it is for a mailbox that sessions and checks read; in SQL.
pub(crate) const IS_READ: &str = concat!(
    "(c.account <> u.object_id
          AND EXISTS (SELECT 1 FROM mailbox_addresses AS a WHERE a.user = u.id AND a.account = c.account AND a.sync)
      OR c.account = u.object_id AND ",
    own_is_read!(),
    ")"
);

/// A mailbox that sessions and checks read for a user, and whether its account has signed in to the organization's integration, and doesn't
/// have to again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reached {
    pub mailbox: ReadMailbox,
    pub signed_in: bool,
}

/// Of those users of an organization of whom another mailbox is read than their own, or several, all that are: the own one first. Of
/// everybody else it is the own one alone.
///
/// # Errors
/// [`StoreError`] when the disk can't be read.
pub fn read_otherwise(conn: &Connection, organization: OrganizationId) -> Result<HashMap<UserId, Vec<Reached>>, StoreError> {
    let mut statement = conn.prepare_cached(
        "SELECT u.id, u.object_id
         FROM   (SELECT DISTINCT user FROM mailbox_addresses WHERE account IS NOT NULL AND sync) AS m
                CROSS JOIN users AS u ON u.id = m.user
         WHERE  u.organization = ?1",
    )?;
    let users = statement.query_map([organization.0], |row| Ok((UserId(row.get(0)?), text::parsed(row, 1)?)))?;
    let users: Vec<(UserId, ObjectId)> = users.collect::<rusqlite::Result<_>>()?;
    let mut signed_in = conn.prepare_cached(
        "SELECT EXISTS (SELECT 1
                        FROM   connections AS c JOIN organizations AS o ON o.integration = c.integration
                        WHERE  o.id = ?1 AND c.user = ?2 AND c.account = ?3 AND c.need IS NULL)",
    )?;
    let mut all = HashMap::with_capacity(users.len());
    for (user, own) in users {
        let mut reached = Vec::new();
        for mailbox in address::read(own, &addresses(conn, user)?) {
            let signed_in = signed_in.query_row(params![organization.0, user.0, mailbox.account.to_string()], |row| row.get(0))?;
            reached.push(Reached { mailbox, signed_in });
        }
        all.insert(user, reached);
    }
    Ok(all)
}

/// Keeps a user's addresses in place of what was kept before.
///
/// # Errors
/// [`StoreError`] when it can't be written.
pub fn set_addresses(tx: &Transaction<'_>, user: UserId, addresses: &[MailboxAddress]) -> Result<(), StoreError> {
    tx.prepare_cached("DELETE FROM mailbox_addresses WHERE user = ?1")?.execute([user.0])?;
    let mut statement = tx.prepare_cached(
        "INSERT INTO mailbox_addresses (user, place, address, kind, account, sync, send, chosen, seen)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )?;
    for (one, place) in addresses.iter().zip(0u32..) {
        let account = one.account.map(|account| account.to_string());
        let seen = one.seen.as_ref().map(text::to_json).transpose()?;
        statement.execute(params![user.0, place, one.address, one.kind.name(), account, one.sync, one.send, one.default, seen])?;
    }
    Ok(())
}

/// Who has signed in for a user.
///
/// # Errors
/// [`StoreError`] when the disk can't be read.
pub fn sign_ins(conn: &Connection, user: UserId) -> Result<Vec<SignIn>, StoreError> {
    let mut statement =
        conn.prepare_cached("SELECT account, integration, since, need FROM connections WHERE user = ?1 ORDER BY account")?;
    let rows = statement.query_map([user.0], |row| {
        Ok(SignIn {
            account: text::parsed(row, 0)?,
            integration: IntegrationId(row.get(1)?),
            since: text::moment(row, 2)?,
            need: text::maybe_json(row, 3)?,
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Notes a sign-in for a user, in place of an earlier one of that account.
///
/// # Errors
/// [`StoreError`] when it can't be written.
pub fn note_sign_in(tx: &Transaction<'_>, user: UserId, sign_in: &SignIn) -> Result<(), StoreError> {
    let need = sign_in.need.as_ref().map(text::to_json).transpose()?;
    tx.prepare_cached("INSERT OR REPLACE INTO connections (user, account, integration, since, need) VALUES (?1, ?2, ?3, ?4, ?5)")?
        .execute(params![user.0, sign_in.account.to_string(), sign_in.integration.0, sign_in.since.0, need])?;
    Ok(())
}

/// Notes that an account has to sign in to an integration again, for whomever it signed in.
///
/// # Errors
/// [`StoreError`] when it can't be written.
pub fn note_need(tx: &Transaction<'_>, integration: IntegrationId, account: ObjectId, need: SignInNeed) -> Result<(), StoreError> {
    tx.prepare_cached("UPDATE connections SET need = ?3 WHERE integration = ?1 AND account = ?2")?.execute(params![
        integration.0,
        account.to_string(),
        text::to_json(&need)?
    ])?;
    Ok(())
}

/// The same by an organization that uses the integration.
///
/// # Errors
/// [`StoreError`] when it can't be written.
pub fn note_need_in(tx: &Transaction<'_>, organization: OrganizationId, account: ObjectId, need: SignInNeed) -> Result<(), StoreError> {
    let integration: u32 =
        tx.prepare_cached("SELECT integration FROM organizations WHERE id = ?1")?.query_row([organization.0], |row| row.get(0))?;
    note_need(tx, IntegrationId(integration), account, need)
}

/// Whether any user of an organization has signed in to its integration for a mailbox that is read, and doesn't have to again.
///
/// # Errors
/// [`StoreError`] when the disk can't be read.
pub fn any_connected(conn: &Connection, organization: OrganizationId) -> Result<bool, StoreError> {
    let mut statement = conn.prepare_cached(&format!(
        "SELECT EXISTS (SELECT 1
                        FROM   organizations AS o
                               JOIN connections AS c ON c.integration = o.integration AND c.need IS NULL
                               JOIN users       AS u ON u.id = c.user AND u.organization = o.id
                        WHERE  o.id = ?1 AND {IS_READ})"
    ))?;
    Ok(statement.query_row([organization.0], |row| row.get(0))?)
}

/// The users of an organization who have signed in to its integration for their own mailboxes, and don't have to again.
///
/// # Errors
/// [`StoreError`] when the disk can't be read.
pub fn connected(conn: &Connection, organization: OrganizationId) -> Result<Vec<UserId>, StoreError> {
    let mut statement = conn.prepare_cached(
        "SELECT c.user
         FROM   organizations AS o
                JOIN connections AS c ON c.integration = o.integration AND c.need IS NULL
                JOIN users       AS u ON u.id = c.user AND u.object_id = c.account AND u.organization = o.id
         WHERE  o.id = ?1",
    )?;
    Ok(statement.query_map([organization.0], |row| row.get(0).map(UserId))?.collect::<rusqlite::Result<_>>()?)
}

/// Forgets the sign-in of an account for a user.
///
/// # Errors
/// [`StoreError`] when it can't be written.
pub fn forget_sign_in(tx: &Transaction<'_>, user: UserId, account: ObjectId) -> Result<(), StoreError> {
    tx.prepare_cached("DELETE FROM connections WHERE user = ?1 AND account = ?2")?.execute(params![user.0, account.to_string()])?;
    Ok(())
}

/// Forgets all sign-ins to a tenant's integrations.
///
/// # Errors
/// [`StoreError`] when it can't be written.
pub fn forget_sign_ins(tx: &Transaction<'_>, tenant: TenantId) -> Result<(), StoreError> {
    tx.prepare_cached("DELETE FROM connections WHERE integration IN (SELECT id FROM integrations WHERE tenant = ?1)")?
        .execute([tenant.0])?;
    Ok(())
}

/// The accounts whose sign-ins to integrations are gone and whose tokens have still to be taken out of the keychain.
///
/// # Errors
/// [`StoreError`] when the disk can't be read.
pub fn discarded(conn: &Connection) -> Result<Vec<(IntegrationId, ObjectId)>, StoreError> {
    let mut statement = conn.prepare_cached("SELECT integration, account FROM discarded_tokens")?;
    let rows = statement.query_map([], |row| Ok((IntegrationId(row.get(0)?), text::parsed(row, 1)?)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// A token is out of the keychain.
///
/// # Errors
/// [`StoreError`] when it can't be written.
pub fn token_dropped(tx: &Transaction<'_>, integration: IntegrationId, account: ObjectId) -> Result<(), StoreError> {
    tx.prepare_cached("DELETE FROM discarded_tokens WHERE integration = ?1 AND account = ?2")?
        .execute(params![integration.0, account.to_string()])?;
    Ok(())
}

/// A user's guided migration, if one was begun.
///
/// # Errors
/// [`StoreError`] when the disk can't be read.
pub fn migration(conn: &Connection, user: UserId) -> Result<Option<Migration>, StoreError> {
    let mut statement = conn.prepare_cached("SELECT state FROM migrations WHERE user = ?1")?;
    Ok(statement.query_row([user.0], |row| text::json(row, 0)).optional()?)
}

/// Keeps a user's guided migration as it stands, or forgets it.
///
/// # Errors
/// [`StoreError`] when it can't be written.
pub fn set_migration(tx: &Transaction<'_>, user: UserId, migration: Option<&Migration>) -> Result<(), StoreError> {
    match migration {
        Some(migration) => tx
            .prepare_cached("INSERT OR REPLACE INTO migrations (user, state) VALUES (?1, ?2)")?
            .execute(params![user.0, text::to_json(migration)?])?,
        None => tx.prepare_cached("DELETE FROM migrations WHERE user = ?1")?.execute([user.0])?,
    };
    Ok(())
}
