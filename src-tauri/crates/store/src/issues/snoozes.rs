//! Groups that somebody has put aside, with the reason.

use rollcall_core::id::OrganizationId;
use rollcall_core::time::Timestamp;
use rusqlite::{Connection, Row, Transaction, params};

use crate::error::StoreError;
use crate::text;

/// A group of an organization that was put aside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snooze {
    pub organization: OrganizationId,
    pub fingerprint: String,
    pub note: String,
    /// Who did it; empty where nobody was signed in.
    pub actor: String,
    pub at: Timestamp,
    /// `None`: until it grows.
    pub until: Option<Timestamp>,
    /// How many users it had then.
    pub users: u32,
}

/// Puts a group aside, or anew.
///
/// # Errors
/// [`StoreError`] when it can't be written, or there is no such organization.
pub fn snooze(tx: &Transaction<'_>, snooze: &Snooze) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO snoozes (organization, fingerprint, note, actor, at, until, users)
         VALUES              (?1,           ?2,          ?3,   ?4,    ?5, ?6,    ?7)
         ON CONFLICT (organization, fingerprint) DO UPDATE
         SET note = excluded.note, actor = excluded.actor, at = excluded.at, until = excluded.until, users = excluded.users",
        params![
            snooze.organization.0,
            snooze.fingerprint,
            snooze.note,
            snooze.actor,
            snooze.at.0,
            snooze.until.map(|until| until.0),
            snooze.users
        ],
    )?;
    Ok(())
}

/// Takes a group up again; answers what was put aside, if it was.
///
/// # Errors
/// [`StoreError`] when it can't be written.
pub fn unsnooze(tx: &Transaction<'_>, organization: OrganizationId, fingerprint: &str) -> Result<Option<Snooze>, StoreError> {
    let found = snoozes(tx, Some(organization))?.into_iter().find(|snooze| snooze.fingerprint == fingerprint);
    tx.execute("DELETE FROM snoozes WHERE organization = ?1 AND fingerprint = ?2", params![organization.0, fingerprint])?;
    Ok(found)
}

/// What was put aside in an organization, or in all, also what has come back since.
///
/// # Errors
/// [`StoreError`] when the disk can't be read.
pub fn snoozes(conn: &Connection, organization: Option<OrganizationId>) -> Result<Vec<Snooze>, StoreError> {
    let mut statement = conn.prepare_cached(
        "SELECT organization, fingerprint, note, actor, at, until, users
         FROM   snoozes
         WHERE  ?1 IS NULL OR organization = ?1",
    )?;
    let rows = statement.query_map([organization.map(|id| id.0)], read)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn read(row: &Row<'_>) -> rusqlite::Result<Snooze> {
    Ok(Snooze {
        organization: OrganizationId(row.get(0)?),
        fingerprint: row.get(1)?,
        note: row.get(2)?,
        actor: row.get(3)?,
        at: text::moment(row, 4)?,
        until: text::maybe_moment(row, 5)?,
        users: row.get(6)?,
    })
}
