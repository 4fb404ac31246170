//! Cursors: where the service said to go on reading each of a mailbox's feeds of changes.

use rollcall_core::id::{ObjectId, UserId};
use rollcall_core::time::Timestamp;
use rollcall_core::workload::Workload;
use rusqlite::{Connection, Transaction, params};

use crate::error::StoreError;
use crate::text;

/// Where one feed goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    pub workload: Workload,
    /// Which feed of the workload: a folder, a list; empty where there is one only.
    pub place: String,
    /// The `@odata.deltaLink`, as it came.
    pub link: String,
    /// The end of the feed's window, where it has one.
    pub until: Option<Timestamp>,
}

/// The feeds of one workload of a mailbox that were read, and where each goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Feeds {
    /// The account of the mailbox; `None` for the user's own.
    pub mailbox: Option<ObjectId>,
    pub workload: Workload,
    pub cursors: Vec<Cursor>,
}

/// The cursors of a mailbox of a user: that of the account, or the user's own.
///
/// # Errors
/// [`StoreError`] when the disk can't be read.
pub fn of_mailbox(conn: &Connection, user: UserId, mailbox: Option<ObjectId>) -> Result<Vec<Cursor>, StoreError> {
    let mut statement = conn.prepare_cached("SELECT workload, place, link, until FROM cursors WHERE user = ?1 AND account = ?2")?;
    let cursors = statement.query_map(params![user.0, account(mailbox)], |row| {
        Ok(Cursor { workload: text::named(row, 0)?, place: row.get(1)?, link: row.get(2)?, until: text::maybe_moment(row, 3)? })
    })?;
    Ok(cursors.collect::<rusqlite::Result<_>>()?)
}

/// Puts the cursors of one workload of a mailbox in place of those before.
pub(crate) fn replace(tx: &Transaction<'_>, user: UserId, feeds: &Feeds) -> Result<(), StoreError> {
    let Feeds { mailbox, workload, cursors } = feeds;
    let account = account(*mailbox);
    let places: Vec<&str> = cursors.iter().map(|cursor| cursor.place.as_str()).collect();
    let mut statement = tx.prepare_cached(
        "DELETE FROM cursors
         WHERE  user = ?1 AND account = ?2 AND workload = ?3 AND place NOT IN (SELECT value FROM json_each(?4))",
    )?;
    statement.execute(params![user.0, account, workload.name(), text::to_json(&places)?])?;
    let mut statement = tx.prepare_cached(
        "INSERT INTO cursors (user, account, workload, place, link, until)
         VALUES              (?1,   ?2,      ?3,       ?4,    ?5,   ?6)
         ON CONFLICT (user, account, workload, place) DO UPDATE
         SET link = excluded.link, until = excluded.until",
    )?;
    for cursor in cursors {
        statement.execute(params![user.0, account, workload.name(), cursor.place, cursor.link, cursor.until.map(|at| at.0)])?;
    }
    Ok(())
}

/// How an account is written here.
fn account(mailbox: Option<ObjectId>) -> String {
    mailbox.map_or_else(String::new, |account| account.to_string())
}

/// Forgets those of another mailbox of a user.
///
/// # Errors
/// [`StoreError`] when it can't be written.
pub fn forget_mailbox(tx: &Transaction<'_>, user: UserId, account: ObjectId) -> Result<(), StoreError> {
    tx.execute("DELETE FROM cursors WHERE user = ?1 AND account = ?2", params![user.0, account.to_string()])?;
    Ok(())
}

/// Forgets those of users, a JSON list of numbers.
pub(crate) fn forget(tx: &Transaction<'_>, users: &str) -> Result<(), StoreError> {
    tx.execute("DELETE FROM cursors WHERE user IN (SELECT value FROM json_each(?1))", [users])?;
    Ok(())
}
