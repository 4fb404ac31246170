//! Migrations: numbered steps that only add, each in its own transaction, after a copy of the old file was made.

use std::path::Path;

use rollcall_core::time::Timestamp;
use rusqlite::{Connection, TransactionBehavior};

use crate::error::OpenError;
use crate::schema;

/// The steps; the first makes version 1 of an empty file.
pub const SCHEMA: &[&str] = &[schema::FIRST, schema::SECOND];

/// The version that a list of steps leads to.
pub fn newest(steps: &[&str]) -> u32 {
    u32::try_from(steps.len()).unwrap_or(u32::MAX)
}

/// The version of an open database; 0 for an empty one.
pub fn version(conn: &Connection) -> rusqlite::Result<u32> {
    conn.pragma_query_value(None, "user_version", |row| row.get(0))
}

/// Takes the steps that are missing. A step that fails leaves the version before it, whole.
pub fn to_newest(conn: &mut Connection, steps: &[&str], folder: &Path, now: Timestamp) -> Result<(), OpenError> {
    let found = version(conn)?;
    if found > 0 && found < newest(steps) {
        let copy = folder.join(format!("rollcall-version-{found}-{}.db", now.0));
        conn.execute("VACUUM INTO ?1", [copy.to_string_lossy()])?;
    }
    for (step, number) in steps.iter().zip(1u32..).skip(found as usize) {
        let transaction = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
        transaction.execute_batch(step)?;
        transaction.pragma_update(None, "user_version", number)?;
        transaction.commit()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_migration_keeps_the_rows_and_a_copy_of_the_file_before_it() {
        let folder = tempfile::tempdir().unwrap();
        let mut conn = Connection::open(folder.path().join("old.db")).unwrap();
        to_newest(&mut conn, &SCHEMA[..1], folder.path(), Timestamp(1)).unwrap();
        conn.execute("INSERT INTO settings (key, value) VALUES ('a', '1')", []).unwrap();

        let longer = [SCHEMA[0], "ALTER TABLE settings ADD COLUMN note TEXT"];
        to_newest(&mut conn, &longer, folder.path(), Timestamp(7)).unwrap();

        let kept: (String, Option<String>) =
            conn.query_row("SELECT value, note FROM settings WHERE key = 'a'", [], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        assert_eq!((kept, version(&conn).unwrap()), (("1".to_owned(), None), 2));
        let copy = Connection::open(folder.path().join("rollcall-version-1-7.db")).unwrap();
        assert_eq!(version(&copy).unwrap(), 1, "the copy is of before");
    }

    #[test]
    fn a_step_that_fails_half_way_leaves_the_version_before_it() {
        let folder = tempfile::tempdir().unwrap();
        let mut conn = Connection::open(folder.path().join("old.db")).unwrap();
        let broken = [SCHEMA[0], "ALTER TABLE settings ADD COLUMN note TEXT; INSERT INTO nowhere VALUES (1)"];
        to_newest(&mut conn, &broken, folder.path(), Timestamp(1)).unwrap_err();
        assert_eq!(version(&conn).unwrap(), 1);
        assert!(conn.prepare("SELECT note FROM settings").is_err(), "the column of the failed step is not there");
    }
}
