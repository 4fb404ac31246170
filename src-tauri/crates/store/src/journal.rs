//! The journal: the audit log. Entries are only ever added, and each carries the digest of the one before, so that a changed,
//! dropped, moved or inserted entry is found. A cut tail is found by whoever kept the head.

use ring::digest::{Context, SHA256};
use rollcall_core::id::TenantId;
use rollcall_core::time::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::error::StoreError;
use crate::text;

/// What became of an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// About to be done; an entry with the outcome follows.
    Intended,
    Done,
    /// It surely didn't happen.
    Failed,
    /// No answer came; it is settled by reading the tenant, never by doing it again.
    Unknown,
}

impl Outcome {
    /// The name used in JSON and in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Intended => "intended",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Unknown => "unknown",
        }
    }
}

/// One thing that was done. Holds no secret and no message content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Entry {
    pub at: Timestamp,
    /// Who did it: the signed-in admin's principal name, or the system's user when nobody was signed in.
    pub actor: String,
    /// The tenant's number; stays when the tenant is forgotten.
    pub tenant: Option<TenantId>,
    /// The command, such as `consent.grant`.
    pub action: String,
    /// What it was done to.
    pub target: String,
    pub before: Option<String>,
    pub after: Option<String>,
    pub request_id: Option<String>,
    pub outcome: Outcome,
}

/// An entry with its place in the chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Kept {
    /// 1 is the first.
    pub number: u32,
    pub entry: Entry,
    /// SHA-256 over the entry, its number and the digest before it; lower-case hexadecimal.
    pub digest: String,
}

/// Whether the chain is what was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum Verified {
    /// Every entry follows from the one before. `head` is the last digest, empty for an empty log: compare it with one that was
    /// kept elsewhere to find a cut tail.
    Whole { entries: u32, head: String },
    /// The first entry that doesn't follow.
    Broken { at: u32 },
}

/// Adds an entry; answers its number.
///
/// # Errors
/// [`StoreError`] when it can't be written.
pub fn append(tx: &Transaction<'_>, entry: &Entry) -> Result<u32, StoreError> {
    let (number, before) = last(tx)?.map_or((1, String::new()), |(number, digest)| (number + 1, digest));
    tx.execute(
        "INSERT INTO journal (number, at, actor, tenant, action, target, before, after, request_id, outcome, digest)
         VALUES              (?1,     ?2, ?3,    ?4,     ?5,     ?6,     ?7,     ?8,    ?9,         ?10,     ?11)",
        params![
            number,
            entry.at.0,
            entry.actor,
            entry.tenant.map(|id| id.0),
            entry.action,
            entry.target,
            entry.before,
            entry.after,
            entry.request_id,
            entry.outcome.name(),
            digest(number, entry, &before),
        ],
    )?;
    Ok(number)
}

/// The latest entries, or those before a number, the latest first.
///
/// # Errors
/// [`StoreError`] when the disk can't be read.
pub fn list(conn: &Connection, before: Option<u32>, limit: u32) -> Result<Vec<Kept>, StoreError> {
    let mut statement = conn.prepare_cached(
        "SELECT   number, at, actor, tenant, action, target, before, after, request_id, outcome, digest
         FROM     journal
         WHERE    number < coalesce(?1, 4294967296)
         ORDER BY number DESC
         LIMIT    ?2",
    )?;
    Ok(statement.query_map(params![before, limit], kept)?.collect::<rusqlite::Result<_>>()?)
}

/// The entry of that number; `None` when there is none.
///
/// # Errors
/// [`StoreError`] when the disk can't be read.
pub fn get(conn: &Connection, number: u32) -> Result<Option<Kept>, StoreError> {
    let mut statement = conn.prepare_cached(
        "SELECT number, at, actor, tenant, action, target, before, after, request_id, outcome, digest
         FROM   journal
         WHERE  number = ?1",
    )?;
    Ok(statement.query_row([number], kept).optional()?)
}

/// Checks the whole chain.
///
/// # Errors
/// [`StoreError`] when the disk can't be read. An entry that can't be understood is no error but a broken chain.
pub fn verify(conn: &Connection) -> Result<Verified, StoreError> {
    let mut statement = conn.prepare_cached(
        "SELECT   number, at, actor, tenant, action, target, before, after, request_id, outcome, digest
         FROM     journal
         ORDER BY number",
    )?;
    let mut rows = statement.query([])?;
    let (mut entries, mut head) = (0, String::new());
    while let Some(row) = rows.next()? {
        let number = entries + 1;
        match kept(row) {
            Ok(kept) if kept.number == number && kept.digest == digest(number, &kept.entry, &head) => head = kept.digest,
            Ok(_) | Err(_) => return Ok(Verified::Broken { at: number }),
        }
        entries = number;
    }
    Ok(Verified::Whole { entries, head })
}

fn last(conn: &Connection) -> Result<Option<(u32, String)>, StoreError> {
    let mut statement = conn.prepare_cached("SELECT number, digest FROM journal ORDER BY number DESC LIMIT 1")?;
    Ok(statement.query_row([], |row| Ok((row.get(0)?, row.get(1)?))).optional()?)
}

fn digest(number: u32, entry: &Entry, before: &str) -> String {
    let (number, at) = (number.to_string(), entry.at.0.to_string());
    let tenant = entry.tenant.map(|id| id.to_string());
    let fields = [
        Some(before),
        Some(&number),
        Some(&at),
        Some(&entry.actor),
        tenant.as_deref(),
        Some(&entry.action),
        Some(&entry.target),
        entry.before.as_deref(),
        entry.after.as_deref(),
        entry.request_id.as_deref(),
        Some(entry.outcome.name()),
    ];
    let mut context = Context::new(&SHA256);
    for field in fields {
        // The length goes first, so that no two entries feed the same bytes.
        context.update(&field.map_or(u64::MAX, |field| field.len() as u64).to_be_bytes());
        context.update(field.unwrap_or_default().as_bytes());
    }
    context.finish().as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn kept(row: &Row<'_>) -> rusqlite::Result<Kept> {
    Ok(Kept {
        number: row.get(0)?,
        entry: Entry {
            at: text::moment(row, 1)?,
            actor: row.get(2)?,
            tenant: row.get::<_, Option<u32>>(3)?.map(TenantId),
            action: row.get(4)?,
            target: row.get(5)?,
            before: row.get(6)?,
            after: row.get(7)?,
            request_id: row.get(8)?,
            outcome: text::named(row, 9)?,
        },
        digest: row.get(10)?,
    })
}
