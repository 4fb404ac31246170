//! Issues of an organization as a whole: Entra gave its integration no token, so nobody could be asked.

use rollcall_core::id::{IntegrationId, OrganizationId};
use rollcall_core::issue::{Cause, sign_in_fingerprint};
use rollcall_core::time::Timestamp;
use rusqlite::{Connection, Transaction, params};

use crate::error::StoreError;
use crate::text;

/// Why Entra gave no token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignInRefusal {
    pub cause: Cause,
    /// The digits after `AADSTS`.
    pub number: Option<u32>,
    /// Entra's correlation id.
    pub request_id: Option<String>,
}

/// A refusal that stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignInIssue {
    pub organization: OrganizationId,
    pub fingerprint: String,
    pub refusal: SignInRefusal,
    pub first_seen: Timestamp,
    pub last_seen: Timestamp,
}

/// Puts down how the integration's sign-in for an organization went: a refusal stands until a sign-in goes well.
///
/// # Errors
/// [`StoreError`] when it can't be written, or there is no such organization.
pub fn note_sign_in(
    tx: &Transaction<'_>,
    organization: OrganizationId,
    refused: Option<&SignInRefusal>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let Some(refused) = refused else {
        tx.execute("DELETE FROM sign_in_issues WHERE organization = ?1", [organization.0])?;
        return Ok(());
    };
    tx.execute(
        "INSERT INTO sign_in_issues (organization, fingerprint, cause, number, request_id, first_seen, last_seen)
         VALUES                     (?1,           ?2,          ?3,    ?4,     ?5,         ?6,         ?6)
         ON CONFLICT (organization) DO UPDATE
         SET fingerprint = excluded.fingerprint, cause = excluded.cause, number = excluded.number, request_id = excluded.request_id,
             last_seen = excluded.last_seen,
             first_seen = iif(fingerprint = excluded.fingerprint, first_seen, excluded.first_seen)",
        params![
            organization.0,
            sign_in_fingerprint(refused.cause, refused.number),
            refused.cause.name(),
            refused.number,
            refused.request_id,
            now.0
        ],
    )?;
    Ok(())
}

/// The credential of an integration was just accepted, so no refusal of it stands any more.
///
/// # Errors
/// [`StoreError`] when it can't be written.
pub fn forget_sign_in_issues(tx: &Transaction<'_>, integration: IntegrationId) -> Result<(), StoreError> {
    tx.execute("DELETE FROM sign_in_issues WHERE organization IN (SELECT id FROM organizations WHERE integration = ?1)", [integration.0])?;
    Ok(())
}

/// The refusals that stand, of an organization or of all.
///
/// # Errors
/// [`StoreError`] when the disk can't be read.
pub fn sign_in_issues(conn: &Connection, organization: Option<OrganizationId>) -> Result<Vec<SignInIssue>, StoreError> {
    let mut statement = conn.prepare_cached(
        "SELECT   organization, fingerprint, cause, number, request_id, first_seen, last_seen
         FROM     sign_in_issues
         WHERE    ?1 IS NULL OR organization = ?1
         ORDER BY organization",
    )?;
    let rows = statement.query_map([organization.map(|id| id.0)], |row| {
        let refusal = SignInRefusal { cause: text::named(row, 2)?, number: row.get(3)?, request_id: row.get(4)? };
        Ok(SignInIssue {
            organization: OrganizationId(row.get(0)?),
            fingerprint: row.get(1)?,
            refusal,
            first_seen: text::moment(row, 5)?,
            last_seen: text::moment(row, 6)?,
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}
