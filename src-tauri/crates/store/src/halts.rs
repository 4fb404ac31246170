//! Halts: why no user of an organization can be read, while it is so: a wrong secret, an application that was disabled.

use rollcall_core::id::OrganizationId;
use rollcall_core::time::Timestamp;
use rusqlite::{Connection, OptionalExtension, Transaction, params};
use serde::Serialize;
use ts_rs::TS;

use crate::error::StoreError;
use crate::text;

/// Why an organization's sessions don't come about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Halt {
    /// The code that faces have words for.
    pub code: String,
    /// What happened, with ids; no name, token or body.
    pub detail: String,
    /// Entra's correlation id or Graph's request id.
    pub request_id: Option<String>,
    pub since: Timestamp,
    /// When it was last tried.
    pub at: Timestamp,
}

/// What halts an organization now, if anything.
///
/// # Errors
/// [`StoreError`] when the disk can't be read.
pub fn get(conn: &Connection, organization: OrganizationId) -> Result<Option<Halt>, StoreError> {
    let mut statement = conn.prepare_cached("SELECT code, detail, request_id, since, at FROM halts WHERE organization = ?1")?;
    let halt = statement.query_row([organization.0], |row| {
        Ok(Halt {
            code: row.get(0)?,
            detail: row.get(1)?,
            request_id: row.get(2)?,
            since: text::moment(row, 3)?,
            at: text::moment(row, 4)?,
        })
    });
    Ok(halt.optional()?)
}

/// Notes what halts an organization; the same again keeps since when.
///
/// # Errors
/// [`StoreError`] when it can't be written.
pub fn note(
    tx: &Transaction<'_>,
    organization: OrganizationId,
    code: &str,
    detail: &str,
    request_id: Option<&str>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let mut statement = tx.prepare_cached(
        "INSERT INTO halts (organization, code, detail, request_id, since, at)
         VALUES            (?1,           ?2,   ?3,     ?4,         ?5,    ?5)
         ON CONFLICT (organization) DO UPDATE
         SET since = iif(code = excluded.code, since, excluded.since), code = excluded.code, detail = excluded.detail,
             request_id = excluded.request_id, at = excluded.at",
    )?;
    statement.execute(params![organization.0, code, detail, request_id, now.0])?;
    Ok(())
}

/// Nothing halts it any more.
///
/// # Errors
/// [`StoreError`] when it can't be written.
pub fn end(tx: &Transaction<'_>, organization: OrganizationId) -> Result<(), StoreError> {
    tx.prepare_cached("DELETE FROM halts WHERE organization = ?1")?.execute([organization.0])?;
    Ok(())
}
