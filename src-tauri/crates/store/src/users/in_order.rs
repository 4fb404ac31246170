//! Everybody whom a filter leaves, in order: for a table that is written as a whole.

use rollcall_core::id::UserId;
use rusqlite::{Connection, params_from_iter};

use super::filter::{ACCESS, CHECKED, OPEN_ISSUES, SYNC, Where};
use super::{Sort, UserFilter, UserSort};
use crate::error::StoreError;

/// Everybody that `filter` leaves, in the order of windows.
///
/// # Errors
/// [`StoreError`] when the disk can't be read.
pub fn in_order(conn: &Connection, filter: &UserFilter, sort: Sort) -> Result<Vec<UserId>, StoreError> {
    let matching = Where::of(filter)?;
    let (key, down) = (key(sort.by), if sort.descending { "DESC" } else { "" });
    let sql = format!("SELECT u.id FROM users AS u {matching} ORDER BY {key} {down}, u.id {down}");
    let mut statement = conn.prepare_cached(&sql)?;
    let ids = statement.query_map(params_from_iter(matching.values()), |row| row.get(0).map(UserId))?;
    Ok(ids.collect::<rusqlite::Result<_>>()?)
}

const fn key(by: UserSort) -> &'static str {
    match by {
        UserSort::Name => "u.name_key",
        UserSort::Upn => "folded(u.upn)",
        UserSort::Organization => "(SELECT name FROM organizations WHERE id = u.organization) COLLATE NOCASE",
        UserSort::Access => ACCESS,
        UserSort::Mailbox => "u.mailbox",
        UserSort::Kind => "u.kind",
        // What needs somebody's attention first.
        UserSort::Verdict => {
            "CASE (SELECT verdict FROM verdicts WHERE user = u.id) WHEN 'failed' THEN 0 WHEN 'unknown' THEN 1 WHEN 'passed' THEN 3 ELSE 2 END"
        }
        UserSort::Checked => CHECKED,
        UserSort::Issues => OPEN_ISSUES,
        UserSort::Session => "u.synced",
        UserSort::Sync => SYNC,
    }
}
