//! How two runs differ.

use rollcall_core::id::{RunId, UserId};
use rusqlite::{Connection, params};
use serde::Serialize;
use ts_rs::TS;

use crate::error::StoreError;

/// Mailboxes that two runs tell apart in the same way.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, TS)]
pub struct Difference {
    pub count: u32,
    pub users: Vec<UserId>,
}

/// How a later run differs from an earlier one, mailbox by mailbox.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, TS)]
pub struct Comparison {
    /// Failed in the later one only.
    pub newly_failing: Difference,
    /// Failed in the earlier one, passed in the later.
    pub fixed: Difference,
    pub still_failing: Difference,
    /// In the later one only.
    pub added: Difference,
    /// In the earlier one only.
    pub gone: Difference,
}

/// How `later` differs from `earlier`. Mailboxes are matched by object id: a user who was removed and brought in again has a new
/// number and the same mailbox.
///
/// # Errors
/// [`StoreError::NotFound`] when one of them doesn't exist.
pub fn compare(conn: &Connection, earlier: RunId, later: RunId) -> Result<Comparison, StoreError> {
    super::get(conn, earlier)?;
    super::get(conn, later)?;
    let both = |condition: &str| {
        format!(
            "SELECT   b.user
             FROM     mailboxes_of_runs AS b JOIN mailboxes_of_runs AS a ON a.run = ?1 AND a.object_id = b.object_id
             WHERE    b.run = ?2 AND {condition}
             ORDER BY b.user"
        )
    };
    let one_only = "SELECT   b.user
                    FROM     mailboxes_of_runs AS b
                    WHERE    b.run = ?2 AND b.object_id NOT IN (SELECT object_id FROM mailboxes_of_runs WHERE run = ?1)
                    ORDER BY b.user";
    Ok(Comparison {
        newly_failing: difference(conn, &both("b.verdict = 'failed' AND a.verdict <> 'failed'"), earlier, later)?,
        fixed: difference(conn, &both("b.verdict = 'passed' AND a.verdict = 'failed'"), earlier, later)?,
        still_failing: difference(conn, &both("b.verdict = 'failed' AND a.verdict = 'failed'"), earlier, later)?,
        added: difference(conn, one_only, earlier, later)?,
        gone: difference(conn, one_only, later, earlier)?,
    })
}

fn difference(conn: &Connection, sql: &str, without: RunId, within: RunId) -> Result<Difference, StoreError> {
    let mut statement = conn.prepare_cached(sql)?;
    let users: Vec<UserId> =
        statement.query_map(params![without.0, within.0], |row| row.get(0).map(UserId))?.collect::<rusqlite::Result<_>>()?;
    Ok(Difference { count: u32::try_from(users.len()).unwrap_or(u32::MAX), users })
}
