//! The search index: its content is a view of the users table, so a row leaves the index with the words it had there and enters it
//! with its new ones. What pages bring in waits to be indexed in larger steps, and is read through until then.

use rollcall_core::id::UserId;
use rollcall_core::issue::Cause;
use rusqlite::functions::FunctionFlags;
use rusqlite::{Connection, Transaction, params};

use crate::error::StoreError;
use crate::fold::fold;
use crate::text;

/// So many users may wait before a page brings the index up to date itself: reading through them is still quick.
const MOST_PENDING: u32 = 20_000;

/// Brings the search index up to what pages have brought in since; answers how many users that were. Worth a call after each ten
/// pages or so and at the end of an import; what an import leaves behind is made up for when the store is opened.
///
/// # Errors
/// [`StoreError`] when it can't be written.
pub fn index_pending(tx: &Transaction<'_>) -> Result<u32, StoreError> {
    let indexed = tx.execute(
        "INSERT INTO users_search (rowid, display_name,   upn,   mail,   aliases,   department,   job_title)
         SELECT                    u.id,  u.display_name, u.upn, u.mail, u.aliases, u.department, u.job_title
         FROM                      unindexed AS n CROSS JOIN searched_users AS u ON u.id = n.user
         ORDER BY                  n.user",
        [],
    )?;
    tx.execute("DELETE FROM unindexed", [])?;
    Ok(u32::try_from(indexed).unwrap_or(u32::MAX))
}

/// Remembers users that are to be indexed: those with numbers from one to another, and some others.
pub(super) fn index(tx: &Transaction<'_>, added: Option<(UserId, UserId)>, altered: &[UserId]) -> Result<(), StoreError> {
    if let Some((first, last)) = added {
        let mut statement = tx.prepare_cached("INSERT OR IGNORE INTO unindexed (user) SELECT id FROM users WHERE id BETWEEN ?1 AND ?2")?;
        statement.execute(params![first.0, last.0])?;
    }
    if !altered.is_empty() {
        let mut statement = tx.prepare_cached("INSERT OR IGNORE INTO unindexed (user) SELECT value FROM json_each(?1)")?;
        statement.execute([text::to_json(altered)?])?;
    }
    // Without anything around the count it is taken page by page of the file.
    let mut statement = tx.prepare_cached("SELECT count(*) FROM unindexed")?;
    if statement.query_row([], |row| row.get::<_, u32>(0))? > MOST_PENDING {
        index_pending(tx)?;
    }
    Ok(())
}

/// Must come before the rows change: the index takes out the words that it is shown. What waits to be indexed isn't in it.
pub(super) fn unindex(tx: &Transaction<'_>, ids: &[UserId]) -> Result<(), StoreError> {
    if ids.is_empty() {
        return Ok(());
    }
    let ids = text::to_json(ids)?;
    let mut statement = tx.prepare_cached(
        "INSERT INTO users_search (users_search, rowid, display_name, upn, mail, aliases, department, job_title)
         SELECT                    'delete',     id,    display_name, upn, mail, aliases, department, job_title
         FROM                      searched_users
         WHERE                     id IN (SELECT value FROM json_each(?1)) AND id NOT IN (SELECT user FROM unindexed)",
    )?;
    statement.execute([&ids])?;
    tx.prepare_cached("DELETE FROM unindexed WHERE user IN (SELECT value FROM json_each(?1))")?.execute([&ids])?;
    Ok(())
}

/// Gives a connection the function `holds(words, text, …)`: whether each of the words stands in one of the texts, as the index
/// would find it, for what waits to be indexed; and `shown(error)`: what a person reads of an error of the table of checks.
pub(crate) fn teach(conn: &Connection) -> rusqlite::Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC | FunctionFlags::SQLITE_DIRECTONLY;
    conn.create_scalar_function("holds", -1, flags, |context| {
        let words = fold(context.get_raw(0).as_str()?);
        let texts: Vec<String> = (1..context.len()).filter_map(|at| context.get_raw(at).as_str().ok().map(fold)).collect();
        Ok(words.split(' ').all(|word| texts.iter().any(|text| text.contains(word))))
    })?;
    conn.create_scalar_function("shown", 1, flags, |context| Ok(context.get_raw(0).as_str_or_null()?.map(shown)))
}

/// The status and the code, the words of the cause, and its title.
fn shown(error: &str) -> String {
    let (before, name) = error.rsplit_once(' ').unwrap_or(("", error));
    // A row that a newer version wrote may hold a cause that this one doesn't know.
    let title = text::by_name::<Cause>(name).map_or("", Cause::title);
    format!("{before} {} {title}", name.replace('_', " "))
}
