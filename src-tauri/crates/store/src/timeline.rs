//! Timelines: what happened to each user, the latest first.

use rollcall_core::id::UserId;
use rollcall_core::time::Timestamp;
use rollcall_core::timeline::{Happening, Moment};
use rusqlite::{Connection, Transaction, params};

use crate::error::StoreError;
use crate::text;

/// The latest of what happened to a user.
///
/// # Errors
/// [`StoreError`] when the disk can't be read.
pub fn of_user(conn: &Connection, user: UserId, limit: u32) -> Result<Vec<Moment>, StoreError> {
    let mut statement =
        conn.prepare_cached("SELECT at, what, actor FROM timeline WHERE user = ?1 ORDER BY at DESC, number DESC LIMIT ?2")?;
    let moments = statement
        .query_map(params![user.0, limit], |row| Ok(Moment { at: text::moment(row, 0)?, what: text::json(row, 1)?, actor: row.get(2)? }))?;
    Ok(moments.collect::<rusqlite::Result<_>>()?)
}

/// Notes that the same happened to all of these users.
///
/// # Errors
/// [`StoreError`] when it can't be written.
pub fn note(tx: &Transaction<'_>, users: &[UserId], what: &Happening, actor: Option<&str>, now: Timestamp) -> Result<(), StoreError> {
    let mut statement = tx.prepare_cached("INSERT INTO timeline (user, at, what, actor) SELECT value, ?2, ?3, ?4 FROM json_each(?1)")?;
    statement.execute(params![text::to_json(users)?, now.0, text::to_json(what)?, actor])?;
    Ok(())
}
