//! Nouns as they stand in columns: enums by name, ids as numbers or text, times as milliseconds.

use rusqlite::Row;
use rusqlite::types::{Type, ValueRef};
use serde::Deserialize;
use serde::de::IntoDeserializer;
use serde::de::value::{Error as NotAName, StrDeserializer};
use std::str::FromStr;

use rollcall_core::time::Timestamp;

/// An enum column, stored by its name.
pub fn named<'de, T: Deserialize<'de>>(row: &Row<'_>, column: usize) -> rusqlite::Result<T> {
    let text = row.get_ref(column)?.as_str().map_err(|error| unreadable(column, error))?;
    by_name(text).map_err(|error| unreadable(column, error))
}

/// An enum column that may be empty.
pub fn maybe_named<'de, T: Deserialize<'de>>(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<T>> {
    match row.get_ref(column)?.as_str_or_null().map_err(|error| unreadable(column, error))? {
        Some(text) => by_name(text).map(Some).map_err(|error| unreadable(column, error)),
        None => Ok(None),
    }
}

/// A column whose type reads itself from text: GUIDs and External IDs.
pub fn parsed<T: FromStr>(row: &Row<'_>, column: usize) -> rusqlite::Result<T>
where
    T::Err: std::error::Error + Send + Sync + 'static,
{
    let text = row.get_ref(column)?.as_str().map_err(|error| unreadable(column, error))?;
    text.parse().map_err(|error: T::Err| unreadable(column, error))
}

/// A column that holds JSON.
pub fn json<T: serde::de::DeserializeOwned>(row: &Row<'_>, column: usize) -> rusqlite::Result<T> {
    let text = row.get_ref(column)?.as_str().map_err(|error| unreadable(column, error))?;
    serde_json::from_str(text).map_err(|error| unreadable(column, error))
}

/// A column that holds JSON or nothing.
pub fn maybe_json<T: serde::de::DeserializeOwned>(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<T>> {
    if row.get_ref(column)? == ValueRef::Null { Ok(None) } else { json(row, column).map(Some) }
}

/// A moment.
pub fn moment(row: &Row<'_>, column: usize) -> rusqlite::Result<Timestamp> {
    row.get(column).map(Timestamp)
}

/// A moment that may not have come.
pub fn maybe_moment(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<Timestamp>> {
    Ok(row.get::<_, Option<i64>>(column)?.map(Timestamp))
}

/// Writes a value as JSON. Only types of ours with string keys are written, for which this can't fail short of memory.
pub fn to_json<T: serde::Serialize + ?Sized>(value: &T) -> rusqlite::Result<String> {
    serde_json::to_string(value).map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))
}

/// Reads an enum by the name it has in JSON, which is the name it has in the database.
pub fn by_name<'de, T: Deserialize<'de>>(text: &str) -> Result<T, NotAName> {
    let text: StrDeserializer<'_, NotAName> = text.into_deserializer();
    T::deserialize(text)
}

fn unreadable(column: usize, error: impl std::error::Error + Send + Sync + 'static) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, Type::Text, Box::new(error))
}
