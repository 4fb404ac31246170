//! Damaged data: found before it is used, moved aside and never deleted, its audit log carried over as far as it reads.

use std::fs;
use std::path::{Path, PathBuf};

use rollcall_core::time::Timestamp;
use rusqlite::{Connection, ErrorCode, OpenFlags};

use crate::error::{OpenError, StoreError};
use crate::migrate::{self, SCHEMA};
use crate::open::FILE;

/// What the file looks like from outside.
#[derive(Debug, PartialEq, Eq)]
pub enum Condition {
    /// Usable, empty, or not there.
    Sound,
    /// Written by a newer Rollcall, of this version.
    Newer(u32),
    Damaged,
}

/// Files that belong together: moved together, or the rest would be taken for the new database's.
const PARTS: [&str; 3] = ["rollcall.db", "rollcall.db-wal", "rollcall.db-shm"];

/// Looks at the file without writing to it.
pub fn look(file: &Path) -> Result<Condition, OpenError> {
    let size = match fs::metadata(file) {
        Ok(found) if found.is_file() => found.len(),
        Ok(_) => return Err(OpenError::NotAFolder),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Condition::Sound),
        Err(error) => return Err(OpenError::of_file(error, file)),
    };
    if size == 0 {
        // SQLite would throw the WAL of an empty file away, and with it what was committed.
        let wal = fs::metadata(file.with_file_name(PARTS[1])).map_or(0, |wal| wal.len());
        return Ok(if wal == 0 { Condition::Sound } else { Condition::Damaged });
    }
    // Looking may leave an empty WAL and its index beside the file; what wasn't there before goes again.
    let absent: Vec<PathBuf> = PARTS[1..].iter().map(|part| file.with_file_name(part)).filter(|part| !part.exists()).collect();
    let examined = examine(file);
    for part in absent.iter().filter(|part| part.exists()) {
        fs::remove_file(part).map_err(|error| OpenError::of_file(error, file))?;
    }
    match examined {
        Ok(condition) => Ok(condition),
        Err(error) if is_damage(&error) => Ok(Condition::Damaged),
        Err(error) => Err(error.into()),
    }
}

/// Moves the database with its WAL into a folder of its own, byte for byte.
pub fn set_aside(folder: &Path, now: Timestamp) -> Result<PathBuf, OpenError> {
    let mut aside = folder.join(format!("quarantine-{}", now.0));
    let mut again = 1;
    while aside.exists() {
        aside = folder.join(format!("quarantine-{}-{again}", now.0));
        again += 1;
    }
    fs::create_dir(&aside).map_err(|error| OpenError::of_file(error, folder))?;
    // The WAL and its index first: a crash in between leaves a damaged file that is found again, not a new file with an old WAL.
    for part in PARTS.iter().rev().filter(|part| folder.join(part).exists()) {
        fs::rename(folder.join(part), aside.join(part)).map_err(|_| OpenError::Damaged(folder.join(part)))?;
    }
    Ok(aside)
}

fn examine(file: &Path) -> rusqlite::Result<Condition> {
    // A connection that can only read leaves the file as it is, even when it closes last and a WAL is left.
    let conn = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    let found = migrate::version(&conn)?;
    if found > migrate::newest(SCHEMA) {
        return Ok(Condition::Newer(found));
    }
    let verdict: String = conn.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    Ok(if verdict == "ok" { Condition::Sound } else { Condition::Damaged })
}

fn is_damage(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase))
}

/// A row of the audit log, exactly as it was stored.
pub type RawEntry = Vec<rusqlite::types::Value>;

const JOURNAL: &str = "SELECT   number, at, actor, tenant, action, target, before, after, request_id, outcome, digest
                       FROM     journal
                       ORDER BY number";

/// Reads the audit log from a copy of what was set aside, up to where it can be read: reading may write to the WAL's index,
/// and what was set aside stays as it was found.
pub fn salvage(aside: &Path) -> Vec<RawEntry> {
    let copy = aside.join("reading");
    let read = || -> Result<Vec<RawEntry>, Box<dyn std::error::Error>> {
        fs::create_dir(&copy)?;
        for part in PARTS.iter().take(2).filter(|part| aside.join(part).exists()) {
            fs::copy(aside.join(part), copy.join(part))?;
        }
        let conn = Connection::open_with_flags(copy.join(FILE), OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        let mut statement = conn.prepare(JOURNAL)?;
        let rows = statement.query_map([], |row| (0..11).map(|column| row.get(column)).collect())?;
        Ok(rows.map_while(Result::ok).collect())
    };
    let entries = read().unwrap_or_default();
    if let Err(error) = fs::remove_dir_all(&copy) {
        tracing::debug!(kind = ?error.kind(), "The copy that the audit log was read from stays in the quarantine folder");
    }
    entries
}

/// Puts salvaged entries into a new store. Verifying the log tells whether they are still whole.
pub fn carry_over(conn: &mut Connection, entries: &[RawEntry]) -> Result<(), StoreError> {
    let tx = conn.transaction()?;
    for entry in entries {
        let kept = tx.execute(
            "INSERT INTO journal (number, at, actor, tenant, action, target, before, after, request_id, outcome, digest)
             VALUES              (?1,     ?2, ?3,    ?4,     ?5,     ?6,     ?7,     ?8,    ?9,         ?10,     ?11)",
            rusqlite::params_from_iter(entry),
        );
        if kept.is_err() {
            break;
        }
    }
    Ok(tx.commit()?)
}
