//! Settings: small facts by name, as JSON.

use rusqlite::{Connection, OptionalExtension, Transaction, params};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::StoreError;
use crate::text;

/// The value under `key`; `None` when there is none, or it is of a form that isn't understood any more.
///
/// # Errors
/// [`StoreError`] when the disk can't be read.
pub fn get<T: DeserializeOwned>(conn: &Connection, key: &str) -> Result<Option<T>, StoreError> {
    let mut statement = conn.prepare_cached("SELECT value FROM settings WHERE key = ?1")?;
    let stored = statement.query_row([key], |row| row.get::<_, String>(0)).optional()?;
    Ok(stored.and_then(|value| serde_json::from_str(&value).ok()))
}

/// The values whose keys begin with `prefix`, by what follows it; those of a form that isn't understood any more are left out.
///
/// # Errors
/// [`StoreError`] when the disk can't be read.
pub fn under<T: DeserializeOwned>(conn: &Connection, prefix: &str) -> Result<Vec<(String, T)>, StoreError> {
    let mut statement = conn.prepare_cached(
        "SELECT substr(key, length(?1) + 1), value FROM settings WHERE key >= ?1 AND substr(key, 1, length(?1)) = ?1 ORDER BY key",
    )?;
    let rows = statement.query_map([prefix], |row| Ok((row.get(0)?, row.get::<_, String>(1)?)))?;
    let rows: Vec<(String, String)> = rows.collect::<rusqlite::Result<_>>()?;
    Ok(rows.into_iter().filter_map(|(key, value)| Some((key, serde_json::from_str(&value).ok()?))).collect())
}

/// Puts `value` under `key`.
///
/// # Errors
/// [`StoreError`] when it can't be written.
pub fn set<T: Serialize + ?Sized>(tx: &Transaction<'_>, key: &str, value: &T) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO settings (key, value)
         VALUES                (?1,  ?2)
         ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        params![key, text::to_json(value)?],
    )?;
    Ok(())
}

/// Removes what is under `key`.
///
/// # Errors
/// [`StoreError`] when it can't be written.
pub fn remove(tx: &Transaction<'_>, key: &str) -> Result<(), StoreError> {
    tx.execute("DELETE FROM settings WHERE key = ?1", [key])?;
    Ok(())
}
